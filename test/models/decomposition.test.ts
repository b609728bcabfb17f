import { describe, expect, test } from "vitest";
import { ewma } from "../../src/covariance/ewma.js";
import { normal } from "../../src/distribution.js";
import { Engine } from "../../src/engine.js";
import { InvalidInputError } from "../../src/errors.js";
import { MAXIMUM_BYTES } from "../../src/memory.js";
import { decomposeHistorical, decomposeParametric, type RiskShares } from "../../src/models/decomposition.js";
import { historical } from "../../src/models/historical.js";
import type { FactorRiskResult } from "../../src/models/factor-risk.js";
import type { MarginModel } from "../../src/models/model.js";
import { parametric } from "../../src/models/parametric.js";
import type { PoolDecomposition } from "../../src/models/pool-decomposition.js";
import { worstFirst } from "../reference/historical.js";
import { linesOfPool } from "../reference/lines.js";
import { decompose } from "../reference/parametric.js";
import { builds } from "../support/builds.js";
import { type PlainBook, type PlainPool, plainMarket, plainPacked, randomBook } from "../support/random-book.js";
import { randomHistory } from "../support/random-history.js";
import { tolerance } from "../support/tolerance.js";

const models = {
  historical: historical({ holdingPeriod: "PT1H", lookback: null, confidence: 0.95 }),
  parametric: parametric({ holdingPeriod: "PT2H", covariance: ewma({ decay: 0.9 }), confidence: 0.975 }),
};

/** Either model, by what both have. */
type RiskModel = MarginModel<FactorRiskResult> & { decompose: typeof models.historical.decompose };
const both: readonly RiskModel[] = [models.historical, models.parametric];

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
const magnitude = (values: ArrayLike<number>) => sum(Array.from(values, Math.abs));

function sumsToTotal(shares: RiskShares): void {
  const error = Math.abs(sum(shares.component) - shares.total);
  expect(error).toBeLessThanOrEqual(tolerance.componentSum * magnitude(shares.component));
  if (shares.percent === null) return;
  expect(Math.abs(sum(shares.percent) - 1)).toBeLessThanOrEqual(2 * tolerance.componentSum * magnitude(shares.percent));
}

/** The book of one pool, some of its lines left out. */
function onlyPool(book: PlainBook, change: (pool: PlainPool) => PlainPool): PlainBook {
  const [pool] = book.pools;
  if (pool === undefined) throw new Error("no pool");
  return { ...book, pools: [change(pool)] };
}

describe.each(builds)("a pool's risk in the $build build", (build) => {
  const engine = new Engine(build, MAXIMUM_BYTES);

  function use<T>(plain: PlainBook, seed: number, work: (book: ReturnType<Engine["loadBook"]>) => T): T {
    const market = plainMarket(plain);
    const resident = engine.loadMarket(market, { history: randomHistory(seed, market.factors, 60) });
    const book = engine.loadBook(plainPacked(plain, market), resident);
    try {
      return work(book);
    } finally {
      book.dispose();
      resident.dispose();
    }
  }

  test("splits over factors and over lines into components that sum to it", () => {
    const floor = engine.memory.kept;
    for (let seed = 1; seed <= 150; seed++) {
      use(randomBook(seed, 3), seed, (book) => {
        for (const model of both) {
          const whole = engine.margin(book, model);
          for (let pool = 0; pool < 3; pool++) {
            const parts: PoolDecomposition = model.decompose(book, pool);
            for (const { valueAtRisk, expectedShortfall } of [parts.factors, parts.lines]) {
              sumsToTotal(valueAtRisk);
              sumsToTotal(expectedShortfall);
            }
            const slack = tolerance.componentSum * (1 + magnitude(parts.factors.exposure));
            expect(Math.abs(parts.lines.valueAtRisk.total - (whole.valueAtRisk[pool] ?? 0))).toBeLessThanOrEqual(slack);
            expect(
              Math.abs(parts.factors.expectedShortfall.total - (whole.expectedShortfall[pool] ?? 0)),
            ).toBeLessThanOrEqual(slack);
            expect(Math.abs(sum(parts.lines.value) - (whole.equity[pool] ?? 0))).toBeLessThanOrEqual(
              slack + tolerance.componentSum * magnitude(parts.lines.value),
            );
          }
        }
      });
    }
    expect(engine.memory.kept).toBe(floor);
  });

  test("loses a line's incremental share when the line is taken out and the pool computed afresh", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const plain = onlyPool(randomBook(seed, 1), (pool) => pool);
      const holdings = plain.pools[0]?.holdings ?? [];
      for (const model of both) {
        // The universe of factors is the book's: keep it by a second pool that holds everything.
        const all: PlainPool = { ...(plain.pools[0] as PlainPool), id: "all" };
        const parts = use({ ...plain, pools: [...plain.pools, all] }, seed, (book) => ({
          split: model.decompose(book, 0),
          whole: engine.margin(book, model),
        }));
        for (const l of holdings.keys()) {
          const without = onlyPool(plain, (pool) => ({ ...pool, holdings: pool.holdings.filter((_, h) => h !== l) }));
          const rest = use({ ...without, pools: [...without.pools, all] }, seed, (book) => engine.margin(book, model));
          const slack = tolerance.componentSum * (1 + magnitude(parts.split.factors.exposure));
          for (const measure of ["valueAtRisk", "expectedShortfall"] as const) {
            const expected = (parts.whole[measure][0] ?? 0) - (rest[measure][0] ?? 0);
            expect(Math.abs((parts.split.lines[measure].incremental[l] ?? 0) - expected)).toBeLessThanOrEqual(slack);
          }
        }
      }
    }
  });

  test("has the parametric shares that the definitions give, written out", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const next = randomBook(seed, 1);
      const market = plainMarket(next);
      const lines = linesOfPool(market, plainPacked(next, market), 0);
      if (lines.length === 0) continue;
      const n = market.factors.length;
      const matrix = lines.map((line) => Array.from({ length: n }, (_, f) => line.exposure.get(f) ?? 0));
      const weights = Array.from({ length: n }, (_, f) => sum(matrix.map((row) => row[f] ?? 0)));
      const covariance = weights.map((_, i) => weights.map((__, j) => (i === j ? 4e-4 + 1e-5 * i : 1e-4)));
      const result = decomposeParametric(engine, {
        weights,
        covariance: covariance.flat(),
        confidence: 0.975,
        distribution: normal(),
      });
      const expected = decompose(
        weights.map((w, i) => weights.map((_, j) => (i === j ? w : 0))),
        covariance,
        1.959963984540054,
      );
      const slack = tolerance.componentSum * magnitude(weights);
      expect(Math.abs(result.valueAtRisk.total - expected.total)).toBeLessThanOrEqual(slack);
      for (let i = 0; i < n; i++) {
        const marginal = Math.abs((result.valueAtRisk.marginal[i] ?? 0) - (expected.marginal[i] ?? 0));
        expect(marginal).toBeLessThanOrEqual(tolerance.componentSum);
        expect(Math.abs((result.valueAtRisk.component[i] ?? 0) - (expected.component[i] ?? 0))).toBeLessThanOrEqual(
          slack,
        );
        expect(Math.abs((result.valueAtRisk.incremental[i] ?? 0) - (expected.incremental[i] ?? 0))).toBeLessThanOrEqual(
          slack,
        );
      }
    }
  });

  test("names the worst moves with their P&L, worst first, and weights that make up the shortfall", () => {
    use(randomBook(11, 2), 11, (book) => {
      const result = engine.margin(book, models.historical);
      expect(() => result.detail("nobody")).toThrow(InvalidInputError);
      for (let pool = 0; pool < 2; pool++) {
        const { worst, pnl, times } = result.detail(pool);
        if (pnl.length === 0) continue;
        expect(times.length).toBe(pnl.length);
        const order = worstFirst([...pnl]).slice(0, worst.length);
        expect(worst.map(({ time }) => time)).toEqual(order.map((t) => times[t]));
        expect(worst.map((scenario) => scenario.pnl)).toEqual(order.map((t) => pnl[t]));
        expect(Math.abs(sum(worst.map(({ weight }) => weight)) - 1)).toBeLessThanOrEqual(tolerance.componentSum);
        const shortfall = -sum(worst.map((scenario) => scenario.weight * scenario.pnl));
        const off = Math.abs(shortfall - (result.expectedShortfall[pool] ?? 0));
        expect(off).toBeLessThanOrEqual(tolerance.componentSum * magnitude(pnl));
        expect(worst.at(-1)?.pnl).toBe(-(result.valueAtRisk[pool] ?? 0));
      }
    });
  });

  test("explains its requirement by terms that sum to it, with a floor where a gain is certain", () => {
    use(randomBook(5, 3), 5, (book) => {
      for (const model of both) {
        const result = engine.margin(book, model);
        for (let pool = 0; pool < 3; pool++) {
          const { requirement, equity, eligible } = engine.explain(book, pool, model);
          const scale = 1 + magnitude(requirement.map((term) => term.maintenance));
          const off = sum(requirement.map((term) => term.maintenance)) - (result.requirement.maintenance[pool] ?? 0);
          expect(Math.abs(off)).toBeLessThanOrEqual(tolerance.componentSum * scale);
          const value = sum(equity.map((term) => term.value));
          const worth = 1 + magnitude(equity.map((term) => term.value));
          expect(Math.abs(value - (result.equity[pool] ?? 0))).toBeLessThanOrEqual(tolerance.componentSum * worth);
          expect(sum(eligible.map((term) => term.maintenance))).toBe(value);
        }
      }
    });
  });

  test("of weights without deviation is minus the drift, and shares of nothing are null and not NaN", () => {
    const still = decomposeParametric(engine, {
      weights: [3, -2],
      mean: [0.01, 0.02],
      covariance: [0, 0, 0, 0],
      confidence: 0.99,
      distribution: normal(),
    });
    expect(still.deviation).toBe(0);
    expect([...still.valueAtRisk.marginal]).toEqual([-0.01, -0.02]);
    expect(still.valueAtRisk.total).toBe(2 * 0.02 - 3 * 0.01);
    const nothing = decomposeParametric(engine, {
      weights: [0, 0],
      covariance: [1, 0, 0, 1],
      confidence: 0.99,
      distribution: normal(),
    });
    expect(nothing.valueAtRisk.total).toBe(0);
    expect(nothing.valueAtRisk.percent).toBeNull();
    expect([...nothing.expectedShortfall.component, ...nothing.expectedShortfall.incremental]).toEqual([0, 0, 0, 0]);
  });

  test("of a hedge that outweighs the rest by far leaves no rounding error in what remains without it", () => {
    const { valueAtRisk } = decomposeParametric(engine, {
      weights: [1e16, 1],
      covariance: [1, 0, 0, 1],
      confidence: 0.975,
      distribution: normal(),
    });
    expect(valueAtRisk.total - (valueAtRisk.incremental[0] ?? 0)).toBeLessThan(1e16);
    const { valueAtRisk: line } = decomposeHistorical(engine, {
      returns: [-1, -1, 1, 1],
      weights: [1e16, 3],
      confidence: 0.5,
    });
    expect(line.total - (line.incremental[0] ?? 0)).toBe(4);
  });

  test("is refused for lengths that do not fit, numbers that are not finite and matrices that are not symmetric", () => {
    const base = { weights: [1, 2], covariance: [1, 0, 0, 1], confidence: 0.99, distribution: normal() };
    for (const [path, change] of [
      ["weights", { weights: [] }],
      ["weights[1]", { weights: [1, Number.NaN] }],
      ["covariance", { covariance: [1, 0, 0] }],
      ["covariance[2]", { covariance: [1, 0, 0.5, 1] }],
      ["mean", { mean: [1] }],
      ["confidence", { confidence: 1 }],
    ] as const) {
      const attempt = () => decomposeParametric(engine, { ...base, ...change });
      expect(attempt, path).toThrow(InvalidInputError);
      expect(attempt, path).toThrow(path);
    }
    expect(() => decomposeHistorical(engine, { returns: [1, 2, 3], weights: [1, 2], confidence: 0.9 })).toThrow(
      InvalidInputError,
    );
  });
});
