import { Engine } from "../../src/engine.js";
import { change, packBook, parseMarket } from "../../src/index.js";
import type { CompiledKernel } from "../../src/kernel.js";
import { MAXIMUM_BYTES } from "../../src/memory.js";
import { preset } from "../../src/presets/index.js";
import {
  amountToHealth,
  type ComposedRule,
  composed,
  composedRule,
  digitsOf,
  exactAccount,
  liquidationPrices,
  maxBorrow,
  maxPosition,
  maxSwap,
  maxWithdraw,
  type Order,
  preTrade,
} from "../../src/rules/index.js";
import { adoptRules } from "../../src/rules/kernel.js";
import { presetRows } from "./preset-rows.js";
import { random } from "./random-book.js";
import { rulesModule } from "./rules-builds.js";

const TIME = "2026-11-20T08:00:00Z";
const POOLS = 400;
const COINS = { BTC: 64_000, ETH: 3_000 } as const;
const ASSETS = ["USD", "BTC", "ETH"] as const;
type Asset = (typeof ASSETS)[number];
const DECIMALS = { USD: 6, BTC: 8, ETH: 18 } as const;
const worth = (asset: Asset) => (asset === "USD" ? 1 : COINS[asset]);

/**
 * The part of the seeded workload (workload.ts) that is of composed rules: one book of pools under every preset, margined as a
 * whole and in slices, explained, changed, as integers, and solved. As there, inputs are made with + − × ÷ only.
 */
export function composedWorkload(kernel: CompiledKernel): Readonly<Record<string, unknown>> {
  const engine = rulesEngine(kernel);
  const rules = presetRules();
  const { market: documentOfMarket, accounts } = composedDocuments(rules);
  const market = parseMarket(documentOfMarket);
  const resident = engine.loadMarket(market);
  const book = engine.loadBook(packBook(accounts, market), resident);
  const model = composed(rules);
  const whole = engine.margin(book, model);
  if (whole.meta.statuses.ok !== POOLS) {
    const bad = whole.status.findIndex((status) => status !== 0);
    throw new Error(`composed must compute all ${POOLS} pools, but pool ${bad} has status ${whole.status[bad]}`);
  }
  const every = (step: number, from = 0) => Array.from({ length: Math.floor(POOLS / step) }, (_, i) => from + step * i);
  const ruleOf = (p: number) => rules[p % rules.length];
  const lends = (p: number) => presetRows[p % rules.length]?.lends === true;
  const trades = every(1).filter((p) => !lends(p));
  const orders = trades.map((p, i): Order => {
    const instrument = i % 2 === 0 ? "BTC-PERP" : "ETH-PERP";
    return { pool: p, instrument, quantity: (i % 3) - 1.25, ...(i % 5 === 0 ? { reduceOnly: true } : {}) };
  });
  const moved = change({
    balances: [{ asset: "ETH", quantity: -0.5 }],
    positions: [{ instrument: "BTC-PERP", quantity: -0.25 }],
  });
  return {
    composed: [whole, engine.margin(book, model, { from: 11, to: 222 })],
    composedExplained: every(3).map((p) => engine.explain(book, p, model)),
    composedChanged: trades.filter((_, i) => i % 9 === 0).map((p) => engine.whatIf(book, p, moved, model)),
    composedExact: every(1)
      .filter((p) => lends(p))
      .flatMap((p) => exact(ruleOf(p), book.packed, p)),
    liquidationPrices: every(3, 1).map((p) => liquidationPrices(book, p, model)),
    limits: every(9, 3).map((p) => [
      maxBorrow(book, p, "USD", model),
      maxWithdraw(book, p, "BTC", model),
      maxSwap(book, p, "BTC", "ETH", model),
      amountToHealth(book, p, 1.5, { deposit: "ETH" }, model),
      ...(lends(p) ? [] : [maxPosition(book, p, "BTC-PERP", "buy", model)]),
    ]),
    preTrade: preTrade(book, orders, model),
  };
}

/** An engine on a build of the core kernel and on the kernels of composed rules in the same build. */
export function rulesEngine(kernel: CompiledKernel, maximumBytes = MAXIMUM_BYTES): Engine {
  const engine = new Engine(kernel, maximumBytes);
  adoptRules(engine.memory, rulesModule(kernel));
  return engine;
}

/** Every preset, with the parameters that the axioms give it. */
export function presetRules(): readonly ComposedRule[] {
  return presetRows.map((row) => composedRule(preset(row.preset, row.parameters(1))));
}

/** A pool as integers, where it has such a form; its public numbers, since an account keeps more. */
function exact(
  rule: ComposedRule | undefined,
  book: Parameters<typeof exactAccount>[1],
  pool: number,
): readonly unknown[] {
  if (rule === undefined) return [];
  const account = exactAccount(rule, book, pool);
  const { collateral, debt, weighted, liabilities, averages, healthFactor, available, breached } = account;
  const { perHolding } = account;
  // The fractions of `sums` need not be reduced: their digits count.
  const sums = ["collateral", "debt", "weighted", "liabilities"] as const;
  const digits = sums.flatMap((name) => Object.values(account.sums[name]).map((sum) => digitsOf(sum, 30)));
  return [{ collateral, debt, weighted, liabilities, averages, healthFactor, available, breached, perHolding, digits }];
}

/** Documents of a market with all that presets read, and of pools of which the n-th is under the n-th rule, over and over. */
export function composedDocuments(
  rules: readonly ComposedRule[],
  count = POOLS,
): { readonly market: unknown; readonly accounts: unknown } {
  const uniform = random(16);
  const between = (low: number, high: number) => low + (high - low) * uniform();
  /** with six decimals, which every asset has */
  const units = (x: number) => Math.round(x * 1e6) / 1e6;
  const contracts = (["BTC", "ETH"] as const).map((underlying) => ({
    id: `${underlying}-PERP`,
    kind: "perpetual",
    payoff: "linear",
    underlying,
    quote: "USD",
    settle: "USD",
    multiplier: 1,
  }));
  const inverse = { ...contracts[0], id: "BTC-INVERSE", payoff: "inverse", settle: "BTC", multiplier: 100 };
  const spot = { id: "BTC/USD", kind: "spot", payoff: "linear", underlying: "BTC", quote: "USD", settle: "USD" };
  const market = {
    schema: "margrave/market/1",
    asOf: TIME,
    numeraire: "USD",
    assets: ASSETS.map((id) => ({ id, decimals: DECIMALS[id] })),
    instruments: [...contracts, inverse, spot],
    prices: [
      ...(["BTC", "ETH"] as const).map((of) => ({
        of,
        in: "USD",
        index: COINS[of],
        bid: COINS[of] * 0.9995,
        ask: COINS[of] * 1.0005,
        twap: COINS[of] * between(0.99, 1.01),
        ema: COINS[of] * between(0.99, 1.01),
        confidence: 0.0007,
        time: TIME,
        state: {
          stable: COINS[of] * between(0.98, 1.02),
          emaConfidence: 0.0009,
          deposits: 2e6 / COINS[of],
          borrows: 1e6 / COINS[of],
        },
      })),
      ...[...contracts, inverse].map(({ id, underlying }) => ({
        of: id,
        mark: COINS[underlying === "ETH" ? "ETH" : "BTC"] * between(0.995, 1.005),
        time: TIME,
        state: { openInterest: 3e7 / COINS[underlying === "ETH" ? "ETH" : "BTC"] },
      })),
    ],
  };
  const amount = (asset: Asset, low: number, high: number) => units(between(low, high) / worth(asset));
  /** what Aave and Compound store of an amount: scaled by an index */
  const raw = (asset: Asset, quantity: number, one: string) => {
    const whole = BigInt(Math.round(quantity * 1e6)) * 10n ** BigInt(DECIMALS[asset] - 6);
    return { raw: { scaled: String(whole), index: `11${one.slice(2)}` } };
  };
  const loan = (turn: number, rule: ComposedRule) => {
    const held = (asset: Asset, low: number, high: number) => {
      const quantity = amount(asset, low, high);
      const form = rule.balances?.assets;
      const given = turn % 2 === 0 && form?.kind === "index" && rule.balances?.liabilities.kind === "index";
      return {
        asset,
        quantity,
        ...(given ? raw(asset, quantity, String(form.one)) : {}),
      };
    };
    return {
      supplies: [
        { ...held("BTC", 10_000, 900_000), collateral: true },
        { ...held("ETH", 100, 200_000), collateral: turn % 3 !== 0 },
      ],
      debts: [held("USD", 100, 400_000)],
    };
  };
  const position = (instrument: string, underlying: "BTC" | "ETH", size: number) => ({
    instrument,
    quantity: size,
    entryPrice: COINS[underlying] * between(0.85, 1.15),
    fundingDue: between(-5, 5) / (instrument === "BTC-INVERSE" ? 64_000 : 1),
  });
  const trade = (turn: number, rule: ComposedRule) => ({
    balances: [
      { asset: "USD", quantity: units(between(-20_000, 200_000)) },
      { asset: "BTC", quantity: amount("BTC", 1_000, 400_000) },
      { asset: "ETH", quantity: amount("ETH", turn % 5 === 0 ? -50_000 : 0, 100_000) },
    ],
    positions: [
      position("BTC-PERP", "BTC", units(between(-4, 4))),
      position("ETH-PERP", "ETH", units(between(-60, 60))),
      ...(turn % 3 === 1 ? [position("BTC-INVERSE", "BTC", Math.round(between(-900, 900)))] : []),
    ],
    orders: [
      ...(rule.orders.contracts === "refuse"
        ? []
        : [
            { instrument: "BTC-PERP", quantity: units(between(-2, 2)), limitPrice: COINS.BTC * between(0.95, 1.05) },
            { instrument: "ETH-PERP", quantity: units(between(-9, 9)), reduceOnly: turn % 2 === 0 },
          ]),
      ...(rule.orders.spot === "refuse"
        ? []
        : [
            { instrument: "BTC/USD", quantity: units(between(-1, 1)), limitPrice: COINS.BTC * between(0.95, 1.05) },
            { instrument: "BTC/USD", quantity: units(between(-1, 1)), limitPrice: COINS.BTC * between(0.95, 1.05) },
          ]),
    ],
  });
  const pools = Array.from({ length: count }, (_, p) => {
    const [row, rule] = [presetRows[p % rules.length], rules[p % rules.length]];
    if (row === undefined || rule === undefined) throw new Error("a rule per row of presets");
    const turn = Math.floor(p / rules.length);
    return { id: `p${p}`, venue: "v", rule: rule.id, ...(row.lends ? loan(turn, rule) : trade(turn, rule)) };
  });
  const accounts = { schema: "margrave/accounts/1", asOf: TIME, accounts: [{ id: "a", pools }] };
  return { market, accounts };
}
