import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { parseMarket } from "../../src/market/parse-market.js";
import type { Memory } from "../../src/memory.js";
import { runOf } from "../../src/models/run.js";
import { composed } from "../../src/rules/composed.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { AS_OF, perpetualMarket } from "../support/perpetual-market.js";
import { rulesBuilds } from "../support/rules-builds.js";

const MARK = 64_000;
const PERPETUAL = perpetualMarket(MARK);
const market = parseMarket({
  ...PERPETUAL,
  instruments: [
    ...PERPETUAL.instruments,
    { id: "BTC/USD", kind: "spot", payoff: "linear", underlying: "BTC", quote: "USD", settle: "USD" },
  ],
});

/** Pools of one long BTC at the mark and so much money each, under a rule with this rate and these fields. */
function long(memory: Memory, money: readonly number[], rate: unknown, fields: object = {}, more: object = {}) {
  const rule = composedRule({
    schema: "margrave/rule/1",
    model: "composed",
    id: "r",
    assets: { USD: { maintenance: 1 }, BTC: { maintenance: 1 } },
    instruments: [{ match: { underlying: "BTC" }, maintenance: rate }],
    ...fields,
  });
  const pools = money.map((quantity, p) => ({
    id: `p${p}`,
    balances: [{ asset: "USD", quantity }],
    positions: [{ instrument: "BTC-PERP", quantity: 1, entryPrice: MARK }],
    ...more,
  }));
  const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] };
  const resident = new ResidentMarket(memory, market, null);
  const book = new ResidentBook(resident, packBook(accounts, market));
  try {
    return memory.scope(() => composed(rule).evaluate(book, runOf(book)));
  } finally {
    book.dispose();
    resident.dispose();
  }
}

describe.each(rulesBuilds)("a pool of contracts ($build)", ({ memory: fresh }) => {
  const memory = fresh();
  const money = [6399, 6400, 6401];
  const ladder = { of: "health", steps: [["liquidate", 1]] };

  it.each([
    ["<", [1, 0, 0], ["liquidate", "ok", "ok"]],
    ["<=", [1, 1, 0], ["liquidate", "liquidate", "ok"]],
  ])("that has just what it must, under %s", (breach, breached, states) => {
    const found = long(memory, money, 0.1, { breach, ladder });
    expect([...found.excess.maintenance]).toEqual([-1, 0, 1]);
    expect([...found.breached]).toEqual(breached);
    expect([...found.state].map((code) => found.states[code])).toEqual(states);
  });

  it("is near the boundary there, and a dollar away is not", () => {
    expect([...long(memory, money, 0.1).nearBoundary]).toEqual([0, 1, 0]);
  });

  const whole = { decimals: 0 };
  const rates = [
    // Products of f64 are not always the whole number that they are meant to be, on either side of it.
    ["a rate", 0.07, 4480],
    ["a rate", 0.29, 18_560],
    [
      "brackets",
      [
        [50_000, 0.1],
        [null, 0.29],
      ],
      9060,
    ],
    ["an affine rate", { affine: { base: 0.06, slope: 0.01 } }, 4480],
    ["a root", { root: { rate: 0.29, imf: 0.001 } }, 18_560],
    ["a share", { share: { of: 0.58, share: 0.5 } }, 18_560],
  ] as const;

  it.each(
    rates.flatMap(([what, rate, money]) =>
      (["down", "up", "half"] as const).map((direction) => [what, direction, rate, money] as const),
    ),
  )("has a whole requirement by %s left as it is, rounded %s", (_, direction, rate, expected) => {
    const fields = { rounding: { requirement: { ...whole, direction } } };
    expect([...long(memory, [1, 2], rate, fields).requirement.maintenance]).toEqual([expected, expected]);
  });

  it("has what a spot order brings or costs rounded to whole money, whichever side leaves less", () => {
    // Of 0.5 BTC at 64,000.1, worth 32,000.05: sold they bring 32,000 and cost 32,001 × 1.5, bought the other way about.
    const priced = perpetualMarket(64_000.1);
    const spot = parseMarket({
      ...priced,
      instruments: [
        ...priced.instruments,
        { id: "BTC/USD", kind: "spot", payoff: "linear", underlying: "BTC", quote: "USD", settle: "USD" },
      ],
    });
    const rule = composedRule({
      schema: "margrave/rule/1",
      model: "composed",
      id: "r",
      assets: { USD: { maintenance: 1 }, BTC: { maintenance: 1, liability: { maintenance: 1.5 } } },
      instruments: [],
      rounding: { value: { decimals: 0, assets: "down", liabilities: "up" } },
      orders: { spot: "fill", levels: "both" },
    });
    const pools = [-0.5, 0.5].map((quantity, p) => ({
      id: `p${p}`,
      balances: [{ asset: "USD", quantity: 100_000 }],
      orders: [{ instrument: "BTC/USD", quantity, limitPrice: 64_000.1 }],
    }));
    const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] };
    const resident = new ResidentMarket(memory, spot, null);
    const book = new ResidentBook(resident, packBook(accounts, spot));
    const { assets, liabilities } = memory.scope(() => composed(rule).evaluate(book, runOf(book)));
    expect([...assets.maintenance]).toEqual([132_000, 132_000]);
    expect([...liabilities.maintenance]).toEqual([48_001.5, 32_001]);
    book.dispose();
    resident.dispose();
  });

  it("has a requirement of half a unit rounded away from 0", () => {
    const fields = { rounding: { requirement: { ...whole, direction: "half" } } };
    const found = [0.1000078125, 0.1000234375].map(
      (rate) => long(memory, [1], rate, fields).requirement.maintenance[0],
    );
    expect(found).toEqual([6401, 6402]);
  });

  it.each([
    ["gain", "long", 1, -100, 100],
    ["loss", "long", 1, 100, -100],
    ["gain", "short", -1, 100, 100],
    ["loss", "short", -1, -100, -100],
  ] as const)(
    "has a whole %s of a %s left as it is, the value of the position rounded either way",
    (_, __, quantity, off, pnl) => {
      const fields = {
        pnl: { joins: "position" },
        rounding: { value: { ...whole, assets: "down", liabilities: "up" } },
      };
      const positions = [{ instrument: "BTC-PERP", quantity, entryPrice: MARK + off }];
      expect([...long(memory, [1000], 0, fields, { positions }).excess.maintenance]).toEqual([1000 + pnl]);
    },
  );

  it("has the low rate of high-leverage mode where its size just reaches the high one", () => {
    // high − high ÷ 5 + imf √size is high at a size of 1, and above it from there on.
    const rate = { rootBetween: { high: 0.1, low: 0.05, imf: 0.02, unit: 0.0001 } };
    expect([...long(memory, [1], rate).requirement.maintenance]).toEqual([0.05 * MARK]);
  });

  it.each([
    ["alone", {}],
    ["beside a spot order", { orders: [{ instrument: "BTC/USD", quantity: 0.01, limitPrice: MARK }] }],
  ])("%s has a share of what is rounded first, rounded again", (_, more) => {
    // 0.0501 · 64,000 is 3206.4 and so 3207, of which six tenths are 1924.2 and so 1925.
    const rate = { share: { of: 0.0501, share: 0.6 } };
    const fields = {
      rounding: { requirement: { decimals: 0, direction: "up" } },
      orders: { spot: "fill", levels: "both" },
    };
    expect([...long(memory, [5000], rate, fields, more).requirement.maintenance]).toEqual([1925]);
  });

  it.each([
    ["alone", {}],
    ["beside a spot order", { orders: [{ instrument: "BTC/USD", quantity: 0.01, limitPrice: MARK }] }],
  ])("%s has money of more units than an f64 tells apart as it is", (_, more) => {
    // Half of 64,000,000,000 in units of 1e-6 is 3.2e16, of which the noise of a product would be 28.
    const fields = {
      rounding: { requirement: { decimals: 6, direction: "down" } },
      orders: { spot: "fill", levels: "both" },
    };
    const positions = [{ instrument: "BTC-PERP", quantity: 1e6, entryPrice: MARK }];
    expect([...long(memory, [5000], 0.5, fields, { ...more, positions }).requirement.maintenance]).toEqual([3.2e10]);
  });
});
