import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseMarket } from "../../src/market/parse-market.js";
import { type JsonObject, preset } from "../../src/presets/index.js";
import { composedRule } from "../../src/rules/index.js";
import { composedPool } from "../support/composed-book.js";
import { near, tolerance } from "../support/tolerance.js";

const FILE = new URL("../../../shared/vectors/cefi.json", import.meta.url);
const present = existsSync(FILE);
if (!present) console.warn(`MISSING ${FILE.pathname}: venues' published examples are not computed`);

interface Example {
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: every example has fields of its own
  readonly inputs: any;
  // biome-ignore lint/suspicious/noExplicitAny: every example has fields of its own
  readonly expected: any;
}

function example(id: string): Example {
  const all: Example[] = JSON.parse(readFileSync(FILE, "utf8"));
  const found = all.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no example ${id}`);
  return found;
}

interface Contract {
  readonly underlying: string;
  readonly mark: number;
  readonly openInterest?: number;
}

/** A market in dollars with linear perpetuals `<underlying>-PERP` settled in `settle`, and assets at their index. */
function marketOf(settle: string, contracts: readonly Contract[], indices: Readonly<Record<string, number>> = {}) {
  const assets = new Set([settle, ...contracts.map(({ underlying }) => underlying), ...Object.keys(indices)]);
  return parseMarket({
    schema: "margrave/market/1",
    asOf: "2026-01-01T00:00:00Z",
    numeraire: "USD",
    assets: [{ id: "USD" }, ...[...assets].map((id) => ({ id }))],
    prices: [
      ...(settle in indices ? [] : [{ of: settle, in: "USD", index: 1 }]),
      ...Object.entries(indices).map(([of, index]) => ({ of, in: "USD", index })),
      ...contracts.map(({ underlying, mark, openInterest }) => ({
        of: `${underlying}-PERP`,
        mark,
        ...(openInterest === undefined ? {} : { state: { openInterest } }),
      })),
    ],
    instruments: contracts.map(({ underlying }) => ({
      id: `${underlying}-PERP`,
      kind: "perpetual",
      payoff: "linear",
      underlying,
      quote: settle,
      settle,
      multiplier: 1,
    })),
  });
}

function margin(rule: unknown, market: ReturnType<typeof marketOf>, pool: object) {
  const result = composedPool(market, pool, composedRule(rule));
  expect(result.status).toBe("ok");
  return result;
}

describe.skipIf(!present)("venues' published examples under the presets", () => {
  it("OKX: 5 million USD of BETH count 4.1 million", () => {
    const { inputs, expected } = example("okx-beth-discount");
    const market = marketOf("USDT", [], { BETH: inputs.usd });
    const result = margin(preset("okx-multi-currency"), market, { balances: [{ asset: "BETH", quantity: 1 }] });
    expect(result.eligible.initial).toBe(expected.discountedUSD);
    expect(result.eligible.maintenance).toBe(expected.discountedUSD);
  });

  it("Binance multi-assets: USDT converts at 0.9801 where positive and 0.99495 where negative", () => {
    const { inputs, expected } = example("binance-multiasset-buffer");
    const market = marketOf("USDT", [], { USDT: inputs.index });
    const rule = preset("binance-multi-asset");
    const held = margin(rule, market, { balances: [{ asset: "USDT", quantity: 1 }] });
    const owed = margin(rule, market, { balances: [{ asset: "USDT", quantity: -1 }] });
    near(held.assets.maintenance, 0.9999 * expected.bid, tolerance.printedExample, "bid");
    near(owed.liabilities.maintenance, expected.ask, tolerance.printedExample, "ask");
  });

  it("Binance cross: maintenance of two positions, and both liquidation prices to their printed digits", () => {
    const { inputs, expected } = example("binance-cross-liq");
    const held = ["BTC", "ETH"] as const;
    // The example states one bracket of each: rate and deduction, so a first bracket without a rate ends at c ÷ r.
    const instruments: JsonObject[] = held.map((coin) => ({
      match: { underlying: coin },
      initial: inputs[coin].mmr,
      maintenance: [
        [inputs[coin].cum / inputs[coin].mmr, 0],
        [null, inputs[coin].mmr, inputs[coin].cum],
      ],
    }));
    const rule = preset("binance-cross", {
      shipped: false,
      assets: { USDT: { initial: 1, maintenance: 1 } },
      instruments,
    });
    const at = (moved: Readonly<Record<string, number>>) => {
      const contracts = held.map((underlying) => ({ underlying, mark: moved[underlying] ?? inputs[underlying].mark }));
      return margin(rule, marketOf("USDT", contracts), {
        balances: [{ asset: "USDT", quantity: inputs.walletBalance }],
        positions: held.map((coin) => ({
          id: coin,
          instrument: `${coin}-PERP`,
          quantity: inputs[coin].q,
          entryPrice: inputs[coin].EP,
        })),
      });
    };
    const now = at({});
    near(now.requirement.maintenance, expected.MM_BTC + expected.MM_ETH, tolerance.printedMoney, "maintenance");
    near(now.equity, inputs.walletBalance + expected.UPNL_BTC + expected.UPNL_ETH, tolerance.printedMoney, "equity");
    for (const coin of held) {
      const printed = expected[`LP_${coin}`];
      expect(at({ [coin]: printed + tolerance.printedMoney }).breached).toBe(false);
      expect(at({ [coin]: printed - tolerance.printedMoney }).breached).toBe(true);
    }
  });

  it("Hyperliquid: 200 million of BTC need 3.125 million", () => {
    const { inputs, expected } = example("hyperliquid-tier");
    const market = marketOf("USDC", [{ underlying: "BTC", mark: inputs.notional }]);
    const position = { id: "p", instrument: "BTC-PERP", quantity: 1, entryPrice: inputs.notional };
    const result = margin(preset("hyperliquid"), market, { positions: [position] });
    near(result.requirement.maintenance, expected.mm, tolerance.printedExample, "maintenance");
  });

  it("Hyperliquid: positions breach at the liquidation prices that an exchange library reports", () => {
    const { inputs, expected } = example("hyperliquid-liq");
    for (const [coin, entry, side, size, collateral, maxLeverage, reported] of inputs.rows) {
      const instruments: JsonObject[] = [{ match: {}, initial: 1 / maxLeverage, maintenance: 1 / (2 * maxLeverage) }];
      const rule = preset("hyperliquid", { instruments });
      const breached = (mark: number) =>
        margin(rule, marketOf("USDC", [{ underlying: coin, mark }]), {
          balances: [{ asset: "USDC", quantity: collateral }],
          positions: [{ id: "p", instrument: `${coin}-PERP`, quantity: side * size, entryPrice: entry }],
        }).breached;
      expect(breached(reported * (1 + side * expected.relTol))).toBe(false);
      expect(breached(reported * (1 - side * expected.relTol))).toBe(true);
    }
    console.log(
      `${inputs.rows.length} reported liquidation prices, each within ${expected.relTol} of where the rule breaches`,
    );
  });

  it("dYdX: initial margin with open interest, to the last unit", () => {
    const { inputs, expected } = example("dydx-oimf");
    for (const [i, [imf, lower, upper, interest, notional]] of inputs.rows.entries()) {
      const caps = { base: imf / 1e6, lower: lower / 1e6, upper: upper / 1e6 };
      const instruments: JsonObject[] = [
        { match: {}, initial: { openInterest: caps }, maintenance: { share: { of: imf / 1e6, share: 0.5 } } },
      ];
      const rule = preset("dydx-v4", { instruments });
      const market = marketOf("USDC", [{ underlying: "BTC", mark: 1, openInterest: interest / 1e6 }]);
      const position = { id: "p", instrument: "BTC-PERP", quantity: notional / 1e6, entryPrice: 1 };
      const result = margin(rule, market, { positions: [position] });
      expect(Math.round(result.requirement.initial * 1e6)).toBe(expected.imQuantums[i]);
    }
  });

  it("Paradex: open orders on both sides count at the worse one, as a rule of a user's own has them", () => {
    const { inputs, expected } = example("paradex-imr-open-size");
    const rule = {
      schema: "margrave/rule/1",
      model: "composed",
      id: "paradex-cross",
      assets: { USDC: { initial: 1, maintenance: 1 } },
      instruments: [{ match: {}, initial: inputs.imf, maintenance: inputs.imf / 2 }],
      orders: { contracts: "worstSide", levels: "initial" },
    };
    const result = margin(rule, marketOf("USDC", [{ underlying: "BTC", mark: inputs.mark }]), {
      positions: [{ id: "p", instrument: "BTC-PERP", quantity: inputs.position, entryPrice: inputs.mark }],
      orders: [
        { id: "buy", instrument: "BTC-PERP", quantity: inputs.buy, limitPrice: inputs.mark },
        { id: "sell", instrument: "BTC-PERP", quantity: -inputs.sell, limitPrice: inputs.mark },
      ],
    });
    expect(result.requirement.initial).toBe(expected.netImr);
  });
});

describe("an example of Kraken's", () => {
  it("half a bitcoin at 35,000 and a haircut of 4 % is collateral of 16,800", () => {
    const assets = { BTC: { initial: 0.96, maintenance: 0.96 } };
    const market = marketOf("USDT", [], { BTC: 35_000 });
    const result = margin(preset("kraken-collateral", { assets }), market, {
      balances: [{ asset: "BTC", quantity: 0.5 }],
    });
    expect(result.eligible.maintenance).toBe(16_800);
  });
});
