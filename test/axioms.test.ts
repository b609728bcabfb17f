import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { packBook } from "../src/book/pack-book.js";
import { createEngine } from "../src/engine.js";
import { parseMarket } from "../src/market/parse-market.js";
import { collateral } from "../src/models/collateral.js";
import type { MarginResult } from "../src/models/model.js";
import { covariance } from "../src/covariance/covariance.js";
import { sample } from "../src/covariance/sample.js";
import { type Axiom, flatRule, lowerFlatRule, type ModelRow, models } from "./support/models.js";
import { randomHistory } from "./support/random-history.js";
import { tolerance } from "./support/tolerance.js";

const AS_OF = "2026-11-20T08:00:00Z";
const PRICES = { BTC: 64_000, ETH: 3_000 } as const;
const CASES = 120;

/** What a pool holds: balances by asset (negative: a loan) and perpetual positions, each with its entry. */
interface Holdings {
  readonly balances: Readonly<Record<"USD" | "BTC" | "ETH", number>>;
  readonly positions: readonly { readonly on: "BTC" | "ETH"; readonly quantity: number; readonly entry: number }[];
}

const quantity = (size: number) => fc.integer({ min: -1000, max: 1000 }).map((steps) => (steps / 1000) * size);
const held = (size: number) => fc.integer({ min: 0, max: 1000 }).map((steps) => (steps / 1000) * size);
const entry = (price: number) => fc.integer({ min: -200, max: 200 }).map((steps) => price * (1 + steps / 1000));
const position = fc.oneof(
  fc.record({ on: fc.constant("BTC" as const), quantity: quantity(5), entry: entry(PRICES.BTC) }),
  fc.record({ on: fc.constant("ETH" as const), quantity: quantity(100), entry: entry(PRICES.ETH) }),
);
const holdings: fc.Arbitrary<Holdings> = fc.record({
  balances: fc.record({ USD: quantity(200_000), BTC: quantity(4), ETH: quantity(80) }),
  positions: fc.array(position, { maxLength: 5 }),
});
/** Pools that only own things, for the axiom about longs. */
const longOnly: fc.Arbitrary<Holdings> = fc.record({
  balances: fc.record({ USD: quantity(200_000), BTC: held(4), ETH: held(80) }),
  positions: fc.constant([]),
});

function market(prices: Readonly<Record<"BTC" | "ETH", number>> = PRICES) {
  const perpetual = (on: string) => ({
    id: `${on}-PERP`,
    kind: "perpetual",
    payoff: "linear",
    underlying: on,
    quote: "USD",
    settle: "USD",
    multiplier: 1,
  });
  return parseMarket({
    schema: "margrave/market/1",
    asOf: AS_OF,
    numeraire: "USD",
    assets: [{ id: "USD" }, { id: "BTC" }, { id: "ETH" }],
    prices: [
      { of: "BTC", in: "USD", index: prices.BTC, time: AS_OF },
      { of: "ETH", in: "USD", index: prices.ETH, time: AS_OF },
      { of: "BTC-PERP", mark: prices.BTC, time: AS_OF },
      { of: "ETH-PERP", mark: prices.ETH, time: AS_OF },
    ],
    instruments: [perpetual("BTC"), perpetual("ETH")],
  });
}

const history = randomHistory(7, ["BTC", "ETH"], 201);
const engine = createEngine();
const facts = market();
const resident = engine.loadMarket(facts, { history });
afterAll(() => resident.dispose());

/** Pools as a resident book. */
function bookOf(pools: readonly Holdings[], at = resident) {
  const document = {
    schema: "margrave/accounts/1",
    asOf: AS_OF,
    accounts: [
      {
        id: "a",
        pools: pools.map((pool, p) => ({
          id: `a/${p}`,
          venue: "house",
          balances: Object.entries(pool.balances)
            .filter(([, amount]) => amount !== 0)
            .map(([asset, amount]) => ({ asset, quantity: amount })),
          positions: pool.positions.map((item, n) => ({
            id: `${p}/${n}`,
            instrument: `${item.on}-PERP`,
            quantity: item.quantity,
            entryPrice: item.entry,
          })),
        })),
      },
    ],
  };
  return engine.loadBook(packBook(document, at.market), at);
}

/** The result of pools under a model; the default market unless another is given. */
function margin(row: Pick<ModelRow, "model">, pools: readonly Holdings[], at = resident): MarginResult {
  const book = bookOf(pools, at);
  try {
    return engine.margin(book, row.model);
  } finally {
    book.dispose();
  }
}

const plus = (a: Holdings, b: Holdings): Holdings => ({
  balances: {
    USD: a.balances.USD + b.balances.USD,
    BTC: a.balances.BTC + b.balances.BTC,
    ETH: a.balances.ETH + b.balances.ETH,
  },
  positions: [...a.positions, ...b.positions],
});

/** Both levels of a column pair in one row; a missing initial level counts as maintenance. */
const levels = (pair: MarginResult["excess"], p: number) => [
  pair.initial?.[p] ?? pair.maintenance[p] ?? Number.NaN,
  pair.maintenance[p] ?? Number.NaN,
];

/** Size of the amounts in a pool: what rounding is measured against. */
const scale = (pool: Holdings) =>
  1 +
  Math.abs(pool.balances.USD) +
  Math.abs(pool.balances.BTC) * PRICES.BTC +
  Math.abs(pool.balances.ETH) * PRICES.ETH +
  pool.positions.reduce((sum, item) => sum + Math.abs(item.quantity) * PRICES[item.on], 0);

/** A counterexample that is expected need not be made small, which takes longest. */
let shrinking = true;

const check = <T extends unknown[]>(arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> }, law: (...values: T) => void) =>
  fc.assert(
    fc.property(...(arbitraries as unknown as [fc.Arbitrary<unknown>]), (...values: unknown[]) =>
      law(...(values as T)),
    ),
    { seed: 20261125, numRuns: CASES, endOnFailure: !shrinking },
  );

const near = (actual: number, expected: number, size: number) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance.axiomRelative * size);

describe.each(models)("$name", (row) => {
  const holds = (axiom: Axiom, sentence: string, law: () => void) => {
    const reason = row.excused[axiom];
    if (reason === undefined) it(`${axiom}: ${sentence}`, law);
    else {
      it(`${axiom} has a counterexample, because ${reason}`, () => {
        shrinking = false;
        try {
          expect(law).toThrow();
        } finally {
          shrinking = true;
        }
      });
    }
  };

  holds("A1", "an empty pool needs nothing", () => {
    const result = margin(row, [{ balances: { USD: 0, BTC: 0, ETH: 0 }, positions: [] }]);
    expect([...levels(result.requirement, 0), ...levels(result.excess, 0), result.equity[0]]).toEqual([0, 0, 0, 0, 0]);
    expect(result.healthFactor[0]).toBe(Number.POSITIVE_INFINITY);
  });

  holds("A2", "initial ≥ maintenance ≥ 0", () =>
    check([holdings], (pool) => {
      const [initial = 0, maintenance = -1] = levels(margin(row, [pool]).requirement, 0);
      expect(maintenance).toBeGreaterThanOrEqual(0);
      expect(initial).toBeGreaterThanOrEqual(maintenance);
    }),
  );

  holds("A3", "cash added raises excess by that amount", () =>
    check([holdings, held(50_000)], (pool, cash) => {
      const positive = { ...pool, balances: { ...pool.balances, USD: Math.abs(pool.balances.USD) } };
      const richer = { ...positive, balances: { ...positive.balances, USD: positive.balances.USD + cash } };
      const result = margin(row, [positive, richer]);
      levels(result.excess, 1).forEach((after, i) => {
        near(after - (levels(result.excess, 0)[i] ?? 0), cash, scale(richer));
      });
    }),
  );

  holds("A4", "k copies of a pool need, and are worth, k times as much", () =>
    check([holdings, fc.integer({ min: 2, max: 5 })], (pool, k) => {
      const copies = Array.from({ length: k - 1 }).reduce<Holdings>((sum) => plus(sum, pool), pool);
      const result = margin(row, [pool, copies]);
      for (const pair of [result.requirement, result.eligible]) {
        levels(pair, 1).forEach((many, i) => {
          near(many, k * (levels(pair, 0)[i] ?? 0), k * scale(pool));
        });
      }
    }),
  );

  holds("A5", "two pools together never need more than apart", () =>
    check([holdings, holdings], (a, b) => {
      const result = margin(row, [a, b, plus(a, b)]);
      levels(result.requirement, 2).forEach((together, i) => {
        const apart = (levels(result.requirement, 0)[i] ?? 0) + (levels(result.requirement, 1)[i] ?? 0);
        expect(together).toBeLessThanOrEqual(apart + tolerance.axiomRelative * (scale(a) + scale(b)));
      });
    }),
  );

  holds("A6", "order, splitting a position and adding an empty one change nothing", () =>
    check([holdings], (pool) => {
      const split = pool.positions.flatMap((item) => [
        { ...item, quantity: item.quantity / 4 },
        { ...item, quantity: (item.quantity * 3) / 4 },
      ]);
      const empty = { on: "BTC" as const, quantity: 0, entry: 50_000 };
      const same = [
        pool,
        { ...pool, positions: [...pool.positions].reverse() },
        { ...pool, positions: split },
        { ...pool, positions: [...pool.positions, empty] },
      ];
      const result = margin(row, same);
      for (const pair of [result.requirement, result.excess]) {
        for (let p = 1; p < same.length; p++) {
          levels(pair, p).forEach((value, i) => {
            near(value, levels(pair, 0)[i] ?? Number.NaN, scale(pool));
          });
        }
      }
    }),
  );

  holds("A8", "the terms of each number sum to it", () =>
    check([holdings], (pool) => {
      const book = bookOf([pool]);
      try {
        const result = engine.margin(book, row.model);
        const explained = engine.explain(book, 0, row.model);
        const total = (terms: typeof explained.eligible, level: "initial" | "maintenance") =>
          terms.reduce((sum, term) => sum + (term[level] ?? 0), 0);
        near(total(explained.eligible, "maintenance"), result.eligible.maintenance[0] ?? Number.NaN, scale(pool));
        near(total(explained.requirement, "maintenance"), result.requirement.maintenance[0] ?? Number.NaN, scale(pool));
        near(total(explained.requirement, "initial"), result.requirement.initial?.[0] ?? Number.NaN, scale(pool));
        near(
          explained.equity.reduce((sum, term) => sum + term.value, 0),
          result.equity[0] ?? Number.NaN,
          scale(pool),
        );
      } finally {
        book.dispose();
      }
    }),
  );

  if ("kind" in row.model) {
    holds("A9", "ES ≥ VaR on the same sample and confidence", () =>
      check([holdings], (pool) => {
        const result = margin(row, [pool]) as MarginResult & {
          valueAtRisk: Float64Array;
          expectedShortfall: Float64Array;
        };
        expect(result.expectedShortfall[0]).toBeGreaterThanOrEqual(
          (result.valueAtRisk[0] ?? Number.NaN) - tolerance.axiomRelative * scale(pool),
        );
      }),
    );
  }

  holds("A10", "a lower price for a pool that is only long never raises its excess", () =>
    check([longOnly, fc.integer({ min: 1, max: 900 })], (pool, steps) => {
      const lower = engine.loadMarket(market({ ...PRICES, BTC: PRICES.BTC * (1 - steps / 1000) }), { history });
      try {
        const before = levels(margin(row, [pool]).excess, 0);
        levels(margin(row, [pool], lower).excess, 0).forEach((after, i) => {
          expect(after).toBeLessThanOrEqual((before[i] ?? 0) + tolerance.axiomRelative * scale(pool));
        });
      } finally {
        lower.dispose();
      }
    }),
  );

  holds("A11", "the same input twice gives the same bits", () =>
    check([holdings], (pool) => {
      const bits = () => {
        const { equity, healthFactor, excess, requirement } = margin(row, [pool]);
        return [equity, healthFactor, excess.maintenance, requirement.maintenance].map((column) => column[0]);
      };
      expect(bits()).toEqual(bits());
    }),
  );
});

describe("rules and estimators", () => {
  it("A7: raising a haircut never raises excess", () =>
    check([holdings], (pool) => {
      const before = margin({ model: collateral(flatRule) }, [pool]).excess;
      const after = margin({ model: collateral(lowerFlatRule) }, [pool]).excess;
      levels(after, 0).forEach((value, i) => {
        expect(value).toBeLessThanOrEqual((levels(before, 0)[i] ?? Number.NaN) + tolerance.axiomRelative * scale(pool));
      });
    }));

  it("A12: a covariance is symmetric, has no negative quadratic form and scales with the square of returns", () => {
    const row = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 3 });
    check([fc.array(row, { minLength: 2, maxLength: 30 }), row], (rows, weights) => {
      const values = Float64Array.from(rows.flat(), (step) => step / 1e4);
      const table = { rows: rows.length, columns: 3, values };
      const { matrix } = covariance(engine, table, sample());
      const doubled = covariance(engine, { ...table, values: values.map((x) => 2 * x) }, sample()).matrix;
      let form = 0;
      let size = 0;
      for (let i = 0; i < 3; i++) {
        for (let j = 0; j < 3; j++) {
          const entry = matrix[3 * i + j] ?? Number.NaN;
          expect(entry).toBe(matrix[3 * j + i]);
          expect(doubled[3 * i + j]).toBe(4 * entry);
          const term = (weights[i] ?? 0) * entry * (weights[j] ?? 0);
          form += term;
          size += Math.abs(term);
        }
      }
      expect(form).toBeGreaterThanOrEqual(-tolerance.axiomRelative * size);
    });
  });
});
