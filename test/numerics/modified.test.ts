import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tailOf } from "../../src/distribution.js";
import { InsufficientDataError, InvalidInputError } from "../../src/errors.js";
import { cornishFisherTail, type ModifiedShortfall, modifiedTail } from "../../src/numerics/index.js";
import { normalDistribution, tails } from "../../src/stats.js";
import { edgeworthMean, expansion, moments, risesEverywhere } from "../reference/modified.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { near, tolerance } from "../support/tolerance.js";

const CONFIDENCES = [0.01, 0.5, 0.9, 0.95, 0.99, 0.9999];
const SHORTFALLS: readonly ModifiedShortfall[] = ["integral", "edgeworth", "operational"];

/** A skewed sample about a level. */
function skewed(seed: number, n: number, level = 0): number[] {
  const uniform = random(seed);
  return Array.from({ length: n }, () => level + 0.02 * (uniform() + uniform() - 1) + 0.05 * (uniform() ** 6 - 0.14));
}

describe.each(numericsBuilds)("modified VaR ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };
  const normal = normalDistribution(engine);

  it("is the polynomial of z that METHODS.md writes, with ES by the published recursion of integrals", () => {
    for (const confidence of CONFIDENCES) {
      for (const [skewness, excessKurtosis] of [
        [0, 0],
        [-0.5, 1],
        [0.8, 2.5],
        [-3, 12],
        [2, -1.5],
        [6, 60],
      ] as const) {
        const [mean, deviation] = [0.25, 3];
        const tail = cornishFisherTail(engine, { mean, deviation, skewness, excessKurtosis, confidence });
        const alpha = tailOf(confidence, "confidence");
        const h = expansion(normal.quantile(alpha), skewness, excessKurtosis);
        const size = 1 + Math.abs(h) ** 3;
        near(tail.quantile, h, tolerance.expansion * size, "h");
        near(tail.valueAtRisk, -mean - deviation * h, tolerance.expansion * size * deviation, "VaR");
        const slow = edgeworthMean(alpha, tail.quantile, normal.pdf(tail.quantile), skewness, excessKurtosis);
        const scale = deviation * (1 + Math.abs(tail.quantile) ** 6 * (1 + skewness ** 2)) * normal.pdf(tail.quantile);
        near(tail.edgeworthShortfall, -mean + deviation * slow, (tolerance.expansion * scale) / alpha + 1e-15, "E");
        expect(tail.operationalShortfall).toBe(Math.max(tail.valueAtRisk, tail.edgeworthShortfall));
      }
    }
  });

  it("has as its integral shortfall the mean of its own quantiles over the tail", () => {
    const [skewness, excessKurtosis] = [-0.6, 1.8];
    const alpha = 0.05;
    // Midpoints of α s², in s, over which the quantile is smooth enough for a plain sum.
    const steps = 4000;
    let mean = 0;
    for (let k = 0; k < steps; k++) {
      const s = (k + 0.5) / steps;
      mean += (expansion(normal.quantile(alpha * s ** 4), skewness, excessKurtosis) * 4 * s ** 3) / steps;
    }
    const { expectedShortfall } = cornishFisherTail(engine, {
      deviation: 1,
      skewness,
      excessKurtosis,
      confidence: 0.95,
    });
    near(expectedShortfall, -mean, tolerance.midpointSum, "integral");
  });

  it("is normal where there is neither skewness nor kurtosis", () => {
    for (const confidence of CONFIDENCES) {
      const tail = cornishFisherTail(engine, { mean: -1, deviation: 2, skewness: 0, excessKurtosis: 0, confidence });
      const plain = tails(engine).normal({ mean: -1, deviation: 2, confidence });
      expect(tail.valueAtRisk).toBe(plain.valueAtRisk);
      expect(tail.monotone).toBe(true);
      for (const shortfall of [tail.expectedShortfall, tail.edgeworthShortfall]) {
        near(shortfall, plain.expectedShortfall, tolerance.expansion * Math.abs(plain.expectedShortfall), "ES");
      }
    }
  });

  it("says where the expansion falls somewhere, as a walk along its slope does", () => {
    fc.assert(
      fc.property(fc.integer({ min: -400, max: 400 }), fc.integer({ min: -200, max: 1000 }), (s, k) => {
        const [skewness, excessKurtosis] = [s / 100, k / 100];
        const { monotone } = cornishFisherTail(engine, { deviation: 1, skewness, excessKurtosis, confidence: 0.99 });
        expect(monotone).toBe(risesEverywhere(skewness, excessKurtosis));
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it("holds on the edge of that domain and not beyond it", () => {
    const monotone = (skewness: number, excessKurtosis: number) =>
      cornishFisherTail(engine, { deviation: 1, skewness, excessKurtosis, confidence: 0.9 }).monotone;
    for (const [excess, holds] of [
      [0, true],
      [8, true],
      [-(2 ** -40), false],
      [8 + 2 ** -40, false],
    ] as const) {
      expect(monotone(0, excess)).toBe(holds);
    }
    // S²/9 = 4 (K/8 − S²/6)(1 − K/8 + 5S²/36) is a quadratic of K: its two roots for S = 1 are the ends of the domain.
    const [a, b] = [1 / 6, 1 + 5 / 36];
    const root = Math.sqrt((b - a) ** 2 - 1 / 9);
    const ends = [4 * (a + b - root), 4 * (a + b + root)] as const;
    for (const [at, inwards] of [
      [ends[0], 1],
      [ends[1], -1],
    ] as const) {
      expect(monotone(1, at + inwards * 1e-9)).toBe(true);
      expect(monotone(-1, at - inwards * 1e-9)).toBe(false);
    }
  });

  it("outside of that domain may shrink as the confidence grows, and be above its own integral shortfall", () => {
    const of = (confidence: number) =>
      cornishFisherTail(engine, { deviation: 1, skewness: 0, excessKurtosis: -1, confidence });
    expect(of(0.9999).valueAtRisk).toBeLessThan(of(0.999).valueAtRisk);
    expect(of(0.999).expectedShortfall).toBeLessThan(of(0.999).valueAtRisk);
    expect(of(0.999).operationalShortfall).toBeGreaterThanOrEqual(of(0.999).valueAtRisk);
    expect(of(0.999).monotone).toBe(false);
  });

  it("is finite at the ends of what it takes", () => {
    for (const skewness of [-1e6, 0, 1e6]) {
      for (const excessKurtosis of [-3, 1e12]) {
        for (const confidence of [1e-12, 0.5, 1 - 1e-12]) {
          const tail = cornishFisherTail(engine, { deviation: 1e100, skewness, excessKurtosis, confidence });
          for (const value of Object.values(tail))
            if (typeof value === "number") expect(value).toSatisfy(Number.isFinite);
        }
      }
    }
  });

  it("of a sample is that of its moments by n, or with the variance by n − 1", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const pnl = skewed(seed, 2 + ((seed * 13) % 69));
      const n = pnl.length;
      const slow = moments(pnl);
      for (const divisor of ["n", "n-1"] as const) {
        const tail = modifiedTail(engine, { pnl, confidence: 0.95, divisor });
        const deviation = Math.sqrt((slow.variance * n) / (divisor === "n" ? n : n - 1));
        near(tail.deviation, deviation, tolerance.moments * deviation, "σ");
        near(tail.skewness, slow.third / deviation ** 3, tolerance.moments * Math.sqrt(n), "S");
        near(tail.excessKurtosis, slow.fourth / deviation ** 4 - 3, tolerance.moments * n, "K");
        const { skewness, excessKurtosis, mean } = tail;
        const whole = cornishFisherTail(engine, {
          mean,
          deviation: tail.deviation,
          skewness,
          excessKurtosis,
          confidence: 0.95,
        });
        expect(tail.valueAtRisk).toBe(whole.valueAtRisk);
        expect(tail.monotone).toBe(whole.monotone);
        for (const shortfall of SHORTFALLS) {
          const expected = shortfall === "integral" ? whole.expectedShortfall : whole[`${shortfall}Shortfall`];
          expect(modifiedTail(engine, { pnl, confidence: 0.95, divisor, shortfall }).expectedShortfall).toBe(expected);
        }
      }
    }
  });

  it("keeps its digits at a level 10^9 times the deviation", () => {
    const steps = skewed(3, 64).map((x) => Math.round(x * 2 ** 20) / 2 ** 20);
    const base = modifiedTail(engine, { pnl: steps, confidence: 0.99 });
    const high = modifiedTail(engine, { pnl: steps.map((x) => x + 2 ** 24), confidence: 0.99 });
    near(high.skewness, base.skewness, tolerance.highLevel, "S");
    near(high.excessKurtosis, base.excessKurtosis, tolerance.highLevel, "K");
    near(high.valueAtRisk + 2 ** 24, base.valueAtRisk, tolerance.highLevel, "VaR");
  });

  it("moves with the sample: shifted by what is added, scaled by what it is multiplied by", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: -50, max: 50 }), (seed, shift) => {
        const pnl = skewed(seed, 30);
        for (const shortfall of SHORTFALLS) {
          const of = (x: readonly number[]) => modifiedTail(engine, { pnl: x, confidence: 0.975, shortfall });
          const base = of(pnl);
          const scaled = of(pnl.map((x) => 4096 * x));
          expect([scaled.valueAtRisk, scaled.expectedShortfall]).toEqual([
            4096 * base.valueAtRisk,
            4096 * base.expectedShortfall,
          ]);
          const moved = of(pnl.map((x) => x + shift));
          near(moved.valueAtRisk + shift, base.valueAtRisk, tolerance.shifted * (1 + Math.abs(shift)), "VaR");
          near(
            moved.expectedShortfall + shift,
            base.expectedShortfall,
            tolerance.shifted * (1 + Math.abs(shift)),
            "ES",
          );
        }
      }),
      { seed: 11, numRuns: 40 },
    );
  });

  it("of equal observations is minus that observation, and never minus zero", () => {
    for (const [value, n] of [
      [0.1, 7],
      [-1e9 / 3, 50],
      [0, 3],
      [5, 1],
    ] as const) {
      const tail = modifiedTail(engine, { pnl: Array.from({ length: n }, () => value), confidence: 0.99 });
      expect(tail).toMatchObject({ deviation: 0, skewness: 0, excessKurtosis: 0, monotone: true });
      near(tail.valueAtRisk, -value, 2 ** -52 * Math.abs(value), "VaR");
      expect(tail.expectedShortfall).toBe(tail.valueAtRisk);
      if (value === 0) expect(Object.is(tail.valueAtRisk, 0)).toBe(true);
    }
  });

  it("refuses what it cannot use by its path, and works on", () => {
    const base = { deviation: 1, skewness: 0, excessKurtosis: 0, confidence: 0.99 };
    for (const [path, change] of [
      ["cornishFisherTail.deviation", { deviation: -1 }],
      ["cornishFisherTail.mean", { mean: Number.NaN }],
      ["cornishFisherTail.skewness", { skewness: 1e7 }],
      ["cornishFisherTail.excessKurtosis", { excessKurtosis: -3.5 }],
      ["cornishFisherTail.confidence", { confidence: 1 }],
      ["cornishFisherTail.kurtosis", { kurtosis: 3 }],
    ] as const) {
      expect(pathOf(() => cornishFisherTail(engine, { ...base, ...change }))).toBe(path);
    }
    expect(pathOf(() => modifiedTail(engine, { pnl: [1, Number.NaN], confidence: 0.9 }))).toBe("modifiedTail.pnl[1]");
    expect(pathOf(() => modifiedTail(engine, { pnl: [1, 1e80], confidence: 0.9 }))).toBe("modifiedTail.pnl[1]");
    expect(() => modifiedTail(engine, { pnl: [], confidence: 0.9 })).toThrow(InsufficientDataError);
    expect(() => modifiedTail(engine, { pnl: [1], confidence: 0.9, divisor: "n-1" })).toThrow(InsufficientDataError);
    const odd = { pnl: [1, 2], confidence: 0.9, shortfall: "mean" as ModifiedShortfall };
    expect(() => modifiedTail(engine, odd)).toThrow(InvalidInputError);
    expect(modifiedTail(engine, { pnl: [1, 2], confidence: 0.9 }).mean).toBe(1.5);
    expect(engine.memory.kernel.arenaMark()).toBe(engine.memory.kernel.arenaFloor());
  });
});
