import { describe, expect, it } from "vitest";
import { DisposedError } from "../../src/errors.js";
import { type ScenarioTicker, scenarioTicker } from "../../src/numerics/index.js";
import { numericsKernel } from "../../src/numerics/kernel.js";
import { tails } from "../../src/stats.js";
import { tail } from "../reference/selection.js";
import { scenarioPnl } from "../reference/tickers.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

interface Case {
  readonly returns: readonly (readonly number[])[];
  readonly exposures: readonly number[];
  readonly changes: readonly { readonly factor: number; readonly change: number }[];
}

/** Returns of three kinds: spread, tied and nearly all zero, which is where thresholds fail. */
function random3(seed: number, scenarios: number, factors: number, ticks: number): Case {
  const uniform = random(seed);
  const value = [
    () => uniform() - 0.5,
    () => Math.floor(5 * uniform()) - 2,
    () => (uniform() < 0.9 ? 0 : uniform() - 0.5),
  ][seed % 3] as () => number;
  return {
    returns: Array.from({ length: factors }, () => Array.from({ length: scenarios }, value)),
    exposures: Array.from({ length: factors }, () => (uniform() < 0.2 ? 0 : 200 * (uniform() - 0.5))),
    changes: Array.from({ length: ticks }, (_, i) => ({
      factor: Math.floor(factors * uniform()),
      // Now and then one that moves the tail far beyond every threshold.
      change: (i % 7 === 3 ? 3000 : 20) * (uniform() - 0.5),
    })),
  };
}

function tickerOf(
  engine: Parameters<typeof scenarioTicker>[0],
  { returns, exposures }: Case,
  confidence: number,
  rebuildEvery?: number,
): ScenarioTicker {
  return scenarioTicker(engine, {
    scenarios: returns[0]?.length ?? 0,
    returns: Float64Array.from(returns.flat()),
    exposures: Float64Array.from(exposures),
    confidence,
    ...(rebuildEvery === undefined ? {} : { rebuildEvery }),
  });
}

const SIZES = [...Array.from({ length: 70 }, (_, n) => n + 1), 255, 600, 2047, 2048, 2050, 4100, 5001];

describe.each(numericsBuilds)("scenario ticker ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it("after each tick gives the tail of its gains and losses to the bit, as the batch does", () => {
    for (const [seed, scenarios] of SIZES.entries()) {
      const given = random3(seed, scenarios, 1 + (seed % 9), 25);
      const confidence = [0.99, 0.975, 0.7][seed % 3] ?? 0;
      using ticker = tickerOf(engine, given, confidence);
      for (const { factor, change } of given.changes) {
        const { valueAtRisk, expectedShortfall } = ticker.tick(factor, change);
        const { observations: _, ...batch } = tails(engine).historical({ pnl: ticker.pnl, confidence });
        expect({ valueAtRisk, expectedShortfall }, `${scenarios}`).toEqual(batch);
        expect(ticker.tail).toEqual(batch);
      }
    }
  });

  it("lets a threshold stand above the quantile by the slack beside it", () => {
    const kernel = numericsKernel(engine.memory);
    const uniform = random(5);
    for (const n of [1, 7, 50, 3000]) {
      const pnl = Float64Array.from({ length: n }, () => uniform() - 0.5);
      const [loss = 0, , , threshold = 0, slack = 0] = engine.memory.scope(() => {
        const out = engine.memory.reserveF64(5);
        const scratch = engine.memory.reserve(engine.memory.kernel.tailScratch(n));
        kernel.scenarioTail(n, engine.memory.copy(pnl), 0.025, scratch, out);
        return engine.memory.f64(out, 5).slice();
      });
      expect(slack).toBeGreaterThan(0);
      expect(threshold).toBe(-loss + slack);
    }
  });

  it("takes as many scenarios as the batch does where they are a whole number within 1e-9, and where not quite", () => {
    const given = random3(3, 1000, 3, 5);
    for (const off of [-2.1e-9, -1.5e-9, -0.5e-9, 0, 0.5e-9, 1.5e-9, 2.1e-9]) {
      const confidence = 1 - 0.025 * (1 + off);
      using ticker = tickerOf(engine, given, confidence);
      const batch = () => {
        const { observations: _, ...rest } = tails(engine).historical({ pnl: ticker.pnl, confidence });
        return rest;
      };
      expect(ticker.tail, `${off}`).toEqual(batch());
      for (const { factor, change } of given.changes) {
        ticker.tick(factor, change);
        expect(ticker.tail, `${off}`).toEqual(batch());
      }
    }
  });

  it("stays within its bound of gains and losses summed anew, and of their tail by sorting", () => {
    for (const [seed, scenarios] of [1, 2, 7, 33, 70, 250, 600].entries()) {
      const given = random3(3 * seed, scenarios, 5, 200);
      using ticker = tickerOf(engine, given, 0.95);
      const held = [...given.exposures];
      for (const [i, { factor, change }] of given.changes.entries()) {
        const { valueAtRisk, expectedShortfall } = ticker.tick(factor, change);
        held[factor] = (held[factor] ?? 0) + change;
        if (i % 10 !== 9) continue;
        expect([...ticker.exposures]).toEqual(held);
        const bound = ticker.driftBound;
        const anew = scenarioPnl(given.returns, held);
        const apart = Math.max(...anew.map((value, t) => Math.abs(value - (ticker.pnl[t] ?? Number.NaN))));
        expect(apart).toBeLessThanOrEqual(bound);
        expect(bound).toBeLessThan(tolerance.tickerBound * Math.max(...held.map(Math.abs)));
        const expected = tail(anew, 0.05);
        expect(Math.abs(valueAtRisk - expected.valueAtRisk)).toBeLessThanOrEqual(bound);
        expect(Math.abs(expectedShortfall - expected.expectedShortfall)).toBeLessThanOrEqual(2 * bound);
      }
    }
  });

  it("is a fresh one of the same exposures after a rebuild, to the bit, and says how far it was", () => {
    const given = random3(3, 400, 6, 100);
    using ticker = tickerOf(engine, given, 0.975);
    for (const { factor, change } of given.changes) ticker.tick(factor, change);
    const [before, bound] = [ticker.pnl, ticker.driftBound];
    const residual = ticker.rebuild();
    using other = tickerOf(engine, { ...given, exposures: [...ticker.exposures] }, 0.975);
    expect(ticker.pnl).toEqual(other.pnl);
    expect(ticker.tail).toEqual(other.tail);
    expect(residual).toBe(Math.max(...before.map((value, t) => Math.abs(value - (ticker.pnl[t] ?? Number.NaN)))));
    expect(residual).toBeGreaterThan(0);
    expect(residual).toBeLessThanOrEqual(bound);
    expect([ticker.residual, ticker.driftBound]).toEqual([residual, 0]);
  });

  it("rebuilds by itself after as many ticks as asked for", () => {
    const given = random3(6, 50, 3, 35);
    using ticker = tickerOf(engine, given, 0.9, 10);
    const bounds = given.changes.map(({ factor, change }) => {
      ticker.tick(factor, change);
      return ticker.driftBound;
    });
    expect(bounds.map((bound, i) => (bound === 0 ? i : -1)).filter((i) => i >= 0)).toEqual([9, 19, 29]);
  });

  it("begins from nothing, counts by hand, and comes back", () => {
    const returns = Float64Array.of(-0.5, 0, 1, 0.25, 1, 1, 1, 1);
    using ticker = scenarioTicker(engine, { scenarios: 4, returns, confidence: 0.5 });
    expect([ticker.factors, ticker.scenarios]).toEqual([2, 4]);
    expect(ticker.tail).toEqual({ valueAtRisk: 0, expectedShortfall: 0 });
    expect(ticker.tick(0, 8)).toEqual({ valueAtRisk: 0, expectedShortfall: 2 });
    expect(ticker.tick(1, 2)).toEqual({ valueAtRisk: -2, expectedShortfall: 0 });
    expect(ticker.tick(0, -16)).toEqual({ valueAtRisk: 0, expectedShortfall: 3 });
    ticker.tick(1, -2);
    expect(ticker.tick(0, 8)).toEqual({ valueAtRisk: 0, expectedShortfall: 0 });
  });

  it("works on when memory has grown under it", () => {
    const given = random3(4, 90, 2, 4);
    using ticker = tickerOf(engine, given, 0.9);
    const before = ticker.tail;
    const block = engine.memory.keep(engine.memory.size);
    expect(ticker.tail).toEqual(before);
    engine.memory.free(block);
  });

  it("changes nothing where it refuses, and goes on", () => {
    const given = random3(9, 40, 3, 5);
    using ticker = tickerOf(engine, given, 0.9);
    ticker.tick(1, 5);
    const state = () => [ticker.exposures, ticker.pnl, ticker.tail, ticker.driftBound];
    const before = state();
    for (const factor of [-1, 3, 0.5, Number.NaN]) expect(pathOf(() => ticker.tick(factor, 1))).toBe("factor");
    for (const change of [Number.NaN, Number.POSITIVE_INFINITY, 1e291, 1.7e308]) {
      expect(pathOf(() => ticker.tick(0, change))).toBe("change");
    }
    expect(state()).toEqual(before);
    expect(ticker.tick(1, -5).valueAtRisk).toBeTypeOf("number");
  });

  it("refuses what it cannot be made of, by its path", () => {
    const returns = Float64Array.of(0.1, 0.2);
    const made = (options: object) =>
      pathOf(() => scenarioTicker(engine, { scenarios: 2, returns, confidence: 0.9, ...options }));
    expect(made({ scenarios: 0 })).toBe("scenarioTicker.scenarios");
    expect(made({ scenarios: 3 })).toBe("scenarioTicker.returns");
    expect(made({ returns: [0.1, 0.2] })).toBe("scenarioTicker.returns");
    expect(made({ returns: new Float64Array(0) })).toBe("scenarioTicker.returns");
    expect(made({ returns: Float64Array.of(0, Number.NaN) })).toBe("scenarioTicker.returns[1]");
    expect(made({ exposures: Float64Array.of(1, 2) })).toBe("scenarioTicker.exposures");
    expect(made({ exposures: Float64Array.of(Number.POSITIVE_INFINITY) })).toBe("scenarioTicker.exposures[0]");
    expect(made({ exposures: Float64Array.of(1e300) })).toBe("scenarioTicker.exposures");
    expect(made({ confidence: 1 })).toBe("scenarioTicker.confidence");
    expect(made({ rebuildEvery: 0 })).toBe("scenarioTicker.rebuildEvery");
    expect(made({ other: 1 })).toBe("scenarioTicker.other");
  });

  it("gives its memory back, once, and does not work afterwards", () => {
    const kept = engine.memory.kept;
    using ticker = tickerOf(engine, random3(5, 100, 2, 1), 0.9);
    expect(engine.memory.kept).toBeGreaterThan(kept);
    ticker.dispose();
    ticker.dispose();
    expect(engine.memory.kept).toBe(kept);
    expect(() => ticker.tick(0, 1)).toThrow(DisposedError);
    expect(() => ticker.rebuild()).toThrow(DisposedError);
    expect(() => ticker.tail).toThrow(DisposedError);
    expect(() => ticker.pnl).toThrow(DisposedError);
  });
});

it("a scenario ticker has the same bits on every build", () => {
  const made = numericsBuilds.map(({ memory }) => {
    const engine = { memory: memory() };
    return [1, 30, 601, 4097].map((scenarios, seed) => {
      const given = random3(seed, scenarios, 4, 60);
      using ticker = tickerOf(engine, given, 0.975, 25);
      const tailsOf = given.changes.map(({ factor, change }) => ticker.tick(factor, change));
      return [tailsOf, ticker.pnl, ticker.residual, ticker.driftBound];
    });
  });
  for (const other of made.slice(1)) expect(other).toEqual(made[0]);
});
