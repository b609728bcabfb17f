import { describe, expect, test } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { InvalidInputError } from "../../src/errors.js";
import type { Market } from "../../src/market/market.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { composed } from "../../src/rules/composed.js";
import {
  type LiquidationPriceOptions,
  type LiquidationPrices,
  liquidationPrices,
} from "../../src/rules/liquidation-prices.js";
import { motionOf, movedMarket, multiples } from "../../src/rules/motion.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { evenly } from "../../src/rules/roots.js";
import { type PoolDocument, referencePool } from "../reference/composed.js";
import { pathOf } from "../support/errors.js";
import { randomComposed } from "../support/random-composed.js";
import { tolerance } from "../support/tolerance.js";

const engine = createEngine();
const AS_OF = "2026-11-20T08:00:00Z";

function accounts(pools: readonly unknown[]) {
  return { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] };
}

/** A market of BTC and ETH with contracts, prices at round numbers. */
const MARKET = {
  schema: "margrave/market/1",
  asOf: AS_OF,
  numeraire: "USD",
  assets: [{ id: "USD", decimals: 6 }, { id: "BTC" }, { id: "ETH" }],
  prices: [
    { of: "BTC", in: "USD", index: 50_000 },
    { of: "ETH", in: "USD", index: 2_500 },
    { of: "BTC-PERP", mark: 50_000 },
    { of: "BTC-DEC", mark: 50_000 },
    { of: "BTC-INV", mark: 50_000 },
  ],
  instruments: [
    { id: "BTC-PERP", kind: "perpetual", payoff: "linear", settle: "USD" },
    { id: "BTC-DEC", kind: "future", payoff: "linear", settle: "USD", expiry: "2026-12-25T08:00:00Z" },
    { id: "BTC-INV", kind: "perpetual", payoff: "inverse", settle: "BTC" },
  ].map((instrument) => ({ ...instrument, underlying: "BTC", quote: "USD", multiplier: 1 })),
};

const RULE = {
  schema: "margrave/rule/1",
  id: "desk",
  model: "composed",
  assets: { USD: { maintenance: 1 }, BTC: { maintenance: 0.8 }, ETH: { maintenance: 0.75 } },
  instruments: [{ match: {}, maintenance: 0.05 }],
};

function solve(
  pool: PoolDocument,
  rule: object = RULE,
  options: LiquidationPriceOptions = {},
  market: object = MARKET,
) {
  const parsed = parseMarket(market);
  const resident = engine.loadMarket(parsed);
  const packed = packBook(accounts([{ id: "p", ...pool }]), parsed, { onInvalid: "collect" });
  const book = engine.loadBook(packed, resident);
  try {
    return liquidationPrices(book, "p", composed(composedRule(rule)), options);
  } finally {
    book.dispose();
    resident.dispose();
  }
}

const prices = (found: LiquidationPrices | undefined) => found?.levels.map(({ price, breached }) => [price, breached]);
const of = (name: string, found: { readonly factors: readonly LiquidationPrices[] }) =>
  found.factors.find(({ factor }) => factor === name);

describe("liquidation prices in closed form", () => {
  test("of a long linear contract are (E0 − q P0) ÷ (|q| r − q)", () => {
    const found = solve({
      balances: [{ asset: "USD", quantity: 10_000 }],
      positions: [{ instrument: "BTC-PERP", quantity: 1, entryPrice: 50_000 }],
    });
    const btc = of("BTC", found);
    expect(btc?.method).toBe("closed");
    expect(btc?.levels.length).toBe(1);
    expect(btc?.levels[0]?.breached).toBe("below");
    expect(btc?.levels[0]?.price).toBeCloseTo((10_000 - 50_000) / (0.05 - 1), tolerance.priceDigits);
  });

  test("of a pool that is short on both sides are two", () => {
    // Gains count nothing: whichever leg loses, loses alone.
    const rule = {
      ...RULE,
      pnl: { joins: "position" },
      instruments: [{ match: {}, maintenance: 0.05, gain: { maintenance: 0 } }],
    };
    const found = solve(
      {
        balances: [{ asset: "USD", quantity: 10_000 }],
        positions: [
          { instrument: "BTC-PERP", quantity: 1, entryPrice: 50_000 },
          { instrument: "BTC-DEC", quantity: -1, entryPrice: 50_000 },
        ],
      },
      rule,
    );
    // 10,000 − |P − 50,000| − 0.1 P = 0
    const [low, high] = [(50_000 - 10_000) / 0.9, 60_000 / 1.1];
    expect(of("BTC", found)?.method).toBe("closed");
    const levels = of("BTC", found)?.levels ?? [];
    expect(levels.map(({ breached }) => breached)).toEqual(["below", "above"]);
    expect(levels[0]?.price).toBeCloseTo(low, tolerance.priceDigits);
    expect(levels[1]?.price).toBeCloseTo(high, tolerance.priceDigits);
  });

  test("go through tiers, caps and brackets", () => {
    const rule = {
      ...RULE,
      assets: {
        USD: { maintenance: 1 },
        BTC: {
          maintenance: [
            [40_000, 0.9],
            [60_000, 0.5],
            [null, 0],
          ],
          cap: { USD: 70_000 },
        },
      },
    };
    const found = solve(
      {
        balances: [
          { asset: "BTC", quantity: 2 },
          { asset: "USD", quantity: -45_000 },
        ],
      },
      rule,
    );
    // 36,000 + 0.5 (2 P − 40,000) = 45,000 at P = 29,000
    expect(prices(of("BTC", found))).toEqual([[expect.closeTo(29_000, tolerance.priceDigits), "below"]]);
  });

  test("of an inverse contract in its own coin are exact", () => {
    const found = solve({
      balances: [{ asset: "BTC", quantity: 1 }],
      positions: [{ instrument: "BTC-INV", quantity: -150_000, entryPrice: 50_000 }],
    });
    // 0.8 P + [(150,000 / P − 3) P] (gain: × 1, loss: × 1) − 7,500 = 0
    expect(of("BTC", found)?.method).toBe("closed");
    expect(prices(of("BTC", found))).toEqual([
      [expect.closeTo((150_000 - 7_500) / 2.2, tolerance.priceDigits), "above"],
    ]);
  });

  test("are none where nothing that moves matters, or no price within the range does", () => {
    expect(solve({ balances: [{ asset: "USD", quantity: 1 }] }).factors).toEqual([]);
    const safe = solve({
      balances: [
        { asset: "BTC", quantity: 1 },
        { asset: "USD", quantity: -10_000 },
      ],
    });
    expect(of("BTC", safe)?.levels).toEqual([]);
    expect(of("BTC", safe)?.range).toEqual([-0.6, 0.6]);
    const far = solve(
      {
        balances: [
          { asset: "BTC", quantity: 1 },
          { asset: "USD", quantity: -10_000 },
        ],
      },
      RULE,
      {
        range: [-1, 1],
      },
    );
    expect(prices(of("BTC", far))).toEqual([[expect.closeTo(12_500, tolerance.priceDigits), "below"]]);
    expect(of("BTC", far)?.range[0]).toBeGreaterThan(-1);
  });

  test("along a direction take every factor that it names", () => {
    const found = solve(
      {
        balances: [
          { asset: "BTC", quantity: 1 },
          { asset: "ETH", quantity: 20 },
          { asset: "USD", quantity: -50_000 },
        ],
      },
      RULE,
      { direction: { BTC: 1, ETH: 2 } },
    );
    // 0.8 · 50,000 (1 + t) + 0.75 · 50,000 (1 + 2 t) = 50,000
    const move = -(40_000 + 37_500 - 50_000) / (40_000 + 75_000);
    expect(found.direction?.levels.map(({ move, price }) => [move, price])).toEqual([[expect.closeTo(move, 12), null]]);
    expect(found.direction?.range[0]).toBeGreaterThanOrEqual(-0.5);
  });
});

describe("liquidation prices on a ladder", () => {
  test("jump where an average weight is rounded down", () => {
    const rule = {
      ...RULE,
      rounding: { value: { decimals: 2, assets: "down", liabilities: "up" }, average: { maintenance: 2 } },
    };
    const pool = {
      balances: [
        { asset: "BTC", quantity: 1 },
        { asset: "ETH", quantity: 20 },
        { asset: "USD", quantity: -63_700 },
      ],
    };
    const found = of("BTC", solve(pool, rule));
    expect(found?.method).toBe("ladder");
    // 0.77 × 83,333 above and 0.76 × 83,333 below BTC at 33,333
    expect(found?.levels.length).toBe(1);
    expect(found?.levels[0]).toMatchObject({ breached: "below", jump: true });
    expect(found?.levels[0]?.price).toBeCloseTo(100_000 / 3, 1);
  });
});

describe("over random rules and pools, against a plain evaluator", () => {
  test("the excess at each price is zero, or jumps there; and its sign is known everywhere between", () => {
    const seen = { closed: 0, ladder: 0, levels: 0, jumps: 0, still: 0 };
    for (let seed = 1; seed <= 25; seed++) {
      const made = randomComposed(seed, 6);
      const market = parseMarket(made.market);
      const rule = ruleOf(made.rule);
      if (rule === null) continue;
      const resident = engine.loadMarket(market);
      const book = engine.loadBook(packBook(accounts(made.pools), market, { onInvalid: "collect" }), resident);
      const model = composed(rule);
      for (const pool of made.pools) {
        const found = liquidationPrices(book, pool.id, model);
        const { status } = referencePool(rule, market, pool);
        if (found.reason !== null || (status !== "ok" && status !== "stalePrice")) continue;
        for (const search of [...found.factors, ...(found.direction === null ? [] : [found.direction])]) {
          seen[search.method]++;
          check(market, search, (moved) => referencePool(rule, moved, pool), rule.breach, seen);
        }
      }
      book.dispose();
      resident.dispose();
    }
    expect(seen.closed).toBeGreaterThan(60);
    expect(seen.ladder).toBeGreaterThan(10);
    expect(seen.levels).toBeGreaterThan(20);
  });
});

/** The rule of a random document; null where it says something that the language refuses. */
function ruleOf(document: unknown) {
  try {
    return composedRule(document);
  } catch (error) {
    if (error instanceof InvalidInputError) return null;
    throw error;
  }
}

function check(
  market: Market,
  search: LiquidationPrices,
  at: (moved: Market) => ReturnType<typeof referencePool>,
  breach: "<" | "<=",
  seen: { levels: number; jumps: number },
): void {
  const vector = Float64Array.from(market.factors, (name) => Number(search.factor === null || name === search.factor));
  const motion = motionOf(market, vector);
  const look = (t: number) => {
    const { levels, scale } = at(movedMarket(market, multiples(motion, t)));
    return { excess: levels.maintenance.excess, allowed: search.tolerance + tolerance.rootRelative * (scale + 1) };
  };
  // Thrown rather than expected: there are some 50,000 of these.
  const demand = (holds: boolean, what: string) => {
    if (!holds) throw new Error(`${what}: ${JSON.stringify(search)}`);
  };
  for (const { move, jump, price } of search.levels) {
    seen.levels++;
    if (jump) seen.jumps++;
    demand(price === null || (price > 0 && Number.isFinite(price)), `price ${price}`);
    const { excess, allowed } = look(move);
    demand(jump || Math.abs(excess) <= allowed, `excess ${excess} at ${move}`);
  }
  const grid = evenly(...search.range, search.method === "closed" ? 65 : 33);
  for (const t of grid) {
    const { excess, allowed } = look(t);
    if (!Number.isFinite(excess) || Math.abs(excess) <= allowed) continue;
    const last = search.levels.filter(({ move }) => move < t).at(-1);
    const next = search.levels.find(({ move }) => move > t);
    const breached = breach === "<" ? excess < 0 : excess <= 0;
    demand(last === undefined || last.breached === (breached ? "above" : "below"), `sign of ${excess} at ${t}`);
    demand(next === undefined || next.breached === (breached ? "below" : "above"), `sign of ${excess} at ${t}`);
  }
}

describe("a pool without a number", () => {
  test("has a status and the reason in words", () => {
    const found = solve(
      { balances: [{ asset: "BTC", quantity: 1 }] },
      { ...RULE, assets: { USD: { maintenance: 1 } } },
    );
    expect(found.status).toBe("unsupported");
    expect(found.reason).toContain("BTC");
    expect(found.factors).toEqual([]);
  });
});

test("options are refused by path", () => {
  const pool = { balances: [{ asset: "BTC", quantity: 1 }] };
  const refused = (options: object) => pathOf(() => solve(pool, RULE, options));
  expect(refused({ factors: ["XRP"] })).toBe("liquidationPrices.factors[0]");
  expect(refused({ direction: { XRP: 1 } })).toBe("liquidationPrices.direction.XRP");
  expect(refused({ range: [0.1, 0.6] })).toBe("liquidationPrices.range");
  expect(refused({ range: [0, 0] })).toBe("liquidationPrices.range");
  expect(refused({ nodes: 1 })).toBe("liquidationPrices.nodes");
});
