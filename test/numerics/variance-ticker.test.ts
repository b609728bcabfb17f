import { describe, expect, it } from "vitest";
import { DisposedError } from "../../src/errors.js";
import { varianceTicker } from "../../src/numerics/index.js";
import { quadratic } from "../reference/tickers.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

interface Case {
  readonly covariance: readonly (readonly number[])[];
  readonly exposures: readonly number[];
  readonly changes: readonly { readonly index: number; readonly change: number }[];
}

/** A common factor and variances of their own: positive definite. */
function randomCase(seed: number, n: number, ticks: number): Case {
  const uniform = random(seed + 1);
  const beta = Array.from({ length: n }, () => uniform() - 0.3);
  return {
    covariance: beta.map((a, i) => beta.map((b, j) => a * b + (i === j ? 0.1 : 0))),
    exposures: Array.from({ length: n }, () => 10 * (uniform() - 0.5)),
    changes: Array.from({ length: ticks }, (_, i) => ({
      index: Math.floor(n * uniform()),
      change: (i % 11 === 5 ? 1000 : 2) * (uniform() - 0.5),
    })),
  };
}

function tickerOf(engine: Parameters<typeof varianceTicker>[0], { covariance, exposures }: Case, rebuildEvery = 4096) {
  return varianceTicker(engine, {
    columns: exposures.length,
    covariance: Float64Array.from(covariance.flat()),
    exposures: Float64Array.from(exposures),
    rebuildEvery,
  });
}

const SIZES = [...Array.from({ length: 70 }, (_, n) => n + 1), 128, 301, 600];

describe.each(numericsBuilds)("variance ticker ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it("stays within its bound of w'Σw by plain sums, and so does its gradient", () => {
    for (const [seed, n] of SIZES.entries()) {
      const given = randomCase(seed, n, 60);
      using ticker = tickerOf(engine, given);
      const held = [...given.exposures];
      for (const [i, { index, change }] of given.changes.entries()) {
        const expected = ticker.whatIf(index, change);
        expect(ticker.tick(index, change)).toBe(expected);
        expect(ticker.variance).toBe(expected);
        held[index] = (held[index] ?? 0) + change;
        if (i % 20 !== 19) continue;
        expect([...ticker.exposures]).toEqual(held);
        const { variance, gradient } = quadratic(given.covariance, held);
        const gross = held.reduce((sum, w) => sum + Math.abs(w), 0);
        expect(Math.abs(expected - variance), `${n}`).toBeLessThanOrEqual(ticker.driftBound);
        expect(ticker.driftBound).toBeLessThan(tolerance.tickerBound * n * (gross + 1000) ** 2);
        for (const [k, g] of ticker.gradient.entries()) {
          expect(Math.abs(g - (gradient[k] ?? Number.NaN))).toBeLessThanOrEqual(tolerance.tickerBound * (gross + 1000));
        }
      }
    }
  });

  it("answers what-if with the bits that the tick then gives, and changes nothing", () => {
    const given = randomCase(3, 40, 30);
    using ticker = tickerOf(engine, given);
    for (const { index, change } of given.changes) {
      const before = [ticker.variance, ticker.gradient, ticker.exposures, ticker.driftBound];
      const answer = ticker.whatIf(index, change);
      expect([ticker.variance, ticker.gradient, ticker.exposures, ticker.driftBound]).toEqual(before);
      expect(ticker.tick(index, change)).toBe(answer);
    }
  });

  it("is a fresh one of the same exposures after a rebuild, to the bit, and says how far it was", () => {
    const given = randomCase(5, 50, 300);
    using ticker = tickerOf(engine, given);
    for (const { index, change } of given.changes) ticker.tick(index, change);
    const [before, bound] = [ticker.variance, ticker.driftBound];
    const residual = ticker.rebuild();
    using other = tickerOf(engine, { ...given, exposures: [...ticker.exposures] });
    expect([ticker.variance, ticker.gradient]).toEqual([other.variance, other.gradient]);
    expect(residual).toBe(Math.abs(before - ticker.variance));
    expect(residual).toBeGreaterThan(0);
    expect(residual).toBeLessThanOrEqual(bound);
    expect([ticker.residual, ticker.driftBound]).toEqual([residual, 0]);
  });

  it("rebuilds by itself after as many ticks as asked for", () => {
    const given = randomCase(6, 5, 35);
    using ticker = tickerOf(engine, given, 10);
    const bounds = given.changes.map(({ index, change }) => {
      ticker.tick(index, change);
      return ticker.driftBound;
    });
    expect(bounds.map((bound, i) => (bound === 0 ? i : -1)).filter((i) => i >= 0)).toEqual([9, 19, 29]);
  });

  it("counts by hand", () => {
    using ticker = varianceTicker(engine, { columns: 2, covariance: Float64Array.of(4, 1, 1, 9) });
    expect(ticker.variance).toBe(0);
    expect(ticker.tick(0, 3)).toBe(36);
    expect(ticker.whatIf(1, 1)).toBe(36 + 6 + 9);
    expect(ticker.tick(1, -2)).toBe(36 - 12 + 36);
    expect([...ticker.gradient]).toEqual([10, -15]);
    expect(ticker.columns).toBe(2);
  });

  it("changes nothing where it refuses, and goes on", () => {
    const given = randomCase(9, 3, 5);
    using ticker = tickerOf(engine, given);
    ticker.tick(1, 5);
    const state = () => [ticker.exposures, ticker.gradient, ticker.variance, ticker.driftBound];
    const before = state();
    for (const ask of ["tick", "whatIf"] as const) {
      for (const index of [-1, 3, 0.5, Number.NaN]) expect(pathOf(() => ticker[ask](index, 1))).toBe("index");
      for (const change of [Number.NaN, Number.NEGATIVE_INFINITY, 1e146, 1.7e308]) {
        expect(pathOf(() => ticker[ask](0, change))).toBe("change");
      }
    }
    expect(state()).toEqual(before);
    expect(ticker.tick(1, -5)).toBeGreaterThan(0);
  });

  it("refuses what it cannot be made of, by its path", () => {
    const covariance = Float64Array.of(2, 1, 1, 2);
    const made = (options: object) => pathOf(() => varianceTicker(engine, { columns: 2, covariance, ...options }));
    expect(made({ columns: 0 })).toBe("varianceTicker.columns");
    expect(made({ columns: 3 })).toBe("varianceTicker.covariance");
    expect(made({ covariance: [2, 1, 1, 2] })).toBe("varianceTicker.covariance");
    expect(made({ covariance: Float64Array.of(2, 1, 0, 2) })).toBe("varianceTicker.covariance[2]");
    expect(made({ covariance: Float64Array.of(2, 1, 1, Number.NaN) })).toBe("varianceTicker.covariance[3]");
    expect(made({ exposures: Float64Array.of(1) })).toBe("varianceTicker.exposures");
    expect(made({ exposures: Float64Array.of(1, Number.NaN) })).toBe("varianceTicker.exposures[1]");
    expect(made({ exposures: Float64Array.of(1e150, 1) })).toBe("varianceTicker.exposures");
    expect(made({ rebuildEvery: 1.5 })).toBe("varianceTicker.rebuildEvery");
    expect(made({ other: 1 })).toBe("varianceTicker.other");
  });

  it("gives its memory back, once, and does not work afterwards", () => {
    const kept = engine.memory.kept;
    using ticker = tickerOf(engine, randomCase(5, 10, 1));
    expect(engine.memory.kept).toBeGreaterThan(kept);
    ticker.dispose();
    ticker.dispose();
    expect(engine.memory.kept).toBe(kept);
    expect(() => ticker.tick(0, 1)).toThrow(DisposedError);
    expect(() => ticker.whatIf(0, 1)).toThrow(DisposedError);
    expect(() => ticker.rebuild()).toThrow(DisposedError);
    expect(() => ticker.variance).toThrow(DisposedError);
  });
});

it("a variance ticker has the same bits on every build", () => {
  const made = numericsBuilds.map(({ memory }) => {
    const engine = { memory: memory() };
    return [1, 7, 70, 301].map((n) => {
      const given = randomCase(n, n, 60);
      using ticker = tickerOf(engine, given, 25);
      const values = given.changes.map(({ index, change }) => ticker.tick(index, change));
      return [values, ticker.gradient, ticker.residual, ticker.driftBound];
    });
  });
  for (const other of made.slice(1)) expect(other).toEqual(made[0]);
});
