import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tailOf } from "../../src/distribution.js";
import { InsufficientDataError } from "../../src/errors.js";
import { ageWeightedTail } from "../../src/numerics/index.js";
import { tails } from "../../src/stats.js";
import { ageWeighted } from "../reference/age-weighted.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { near, tolerance } from "../support/tolerance.js";

/** Multiples of 1/64, so that there are ties. */
function steps(seed: number, n: number, range = 64): number[] {
  const uniform = random(seed);
  return Array.from({ length: n }, () => Math.round(range * (uniform() + uniform() - 1)) / 64);
}

describe.each(numericsBuilds)("age-weighted VaR ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it("is what sorting the weighted sample gives, over sizes to 600, ties and confidences on both sides of one half", () => {
    for (let n = 1; n <= 70; n++) compared(n, n);
    for (const n of [128, 331, 600]) compared(n, n);
  });

  function compared(seed: number, n: number): void {
    const pnl = steps(seed, n, seed % 3 === 0 ? 4 : 64);
    for (const decay of [0.5, 0.94, 0.99, 1]) {
      for (const confidence of [0.3, 0.95, 0.99]) {
        const slow = ageWeighted(pnl, decay, tailOf(confidence, "confidence"));
        const tail = ageWeightedTail(engine, { pnl, decay, confidence });
        expect(tail.valueAtRisk, `${n} ${decay} ${confidence}`).toBe(slow.step + 0);
        near(tail.expectedShortfall, slow.mean, tolerance.weightedTail, "ES");
        expect(tail.observations).toBe(slow.weights.size);
        const between = ageWeightedTail(engine, { pnl, decay, confidence, quantile: "interpolated" });
        near(between.valueAtRisk, slow.interpolated, tolerance.weightedTail, "interpolated");
      }
    }
  }

  it("is the historical one where all weigh alike, to the bit of its VaR, and near it for a decay near one", () => {
    for (const n of [1, 7, 20, 100, 250, 600]) {
      for (const confidence of [0.9, 0.95, 0.99, 0.999]) {
        const pnl = steps(n, n);
        const plain = tails(engine).historical({ pnl, confidence });
        const alike = ageWeightedTail(engine, { pnl, decay: 1, confidence });
        expect(alike.valueAtRisk).toBe(plain.valueAtRisk);
        near(alike.expectedShortfall, plain.expectedShortfall, tolerance.weightedTail, "ES");
        const almost = ageWeightedTail(engine, { pnl, decay: 1 - 2 ** -50, confidence });
        expect(almost.valueAtRisk).toBe(plain.valueAtRisk);
        near(almost.expectedShortfall, plain.expectedShortfall, tolerance.weightedTail, "ES");
      }
    }
  });

  it("weighs by age alone: a worse loss counts less the longer ago it was", () => {
    const loss = (at: number) => Array.from({ length: 100 }, (_, t) => (t === at ? -1 : t / 1000));
    const shortfalls = [10, 50, 99].map(
      (at) => ageWeightedTail(engine, { pnl: loss(at), decay: 0.95, confidence: 0.9 }).expectedShortfall,
    );
    expect(shortfalls[0]).toBeLessThan(shortfalls[1] ?? 0);
    expect(shortfalls[1]).toBeLessThan(shortfalls[2] ?? 0);
  });

  it("moves with the sample, and its shortfall is never below it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: -64, max: 64 }),
        (pnl, by, shift) => {
          const of = (x: readonly number[]) => ageWeightedTail(engine, { pnl: x, decay: by / 100, confidence: 0.95 });
          const base = of(pnl);
          expect(base.expectedShortfall).toBeGreaterThanOrEqual(base.valueAtRisk);
          const scaled = of(pnl.map((x) => 8 * x));
          expect(scaled.valueAtRisk).toBe(8 * base.valueAtRisk + 0);
          expect(scaled.expectedShortfall).toBe(8 * base.expectedShortfall + 0);
          const moved = of(pnl.map((x) => x + shift));
          expect(moved.valueAtRisk).toBe(base.valueAtRisk - shift + 0);
          near(moved.expectedShortfall, base.expectedShortfall - shift, tolerance.weightedTail * 1000, "ES");
        },
      ),
      { seed: 3, numRuns: 80 },
    );
  });

  it("stands weights below the range of f64, on the worst of the observations too", () => {
    const pnl = Array.from({ length: 3000 }, (_, t) => t - 3000);
    const tail = ageWeightedTail(engine, { pnl, decay: 0.5, confidence: 0.99 });
    expect(tail.oldest).toBe(0);
    near(tail.newest, 0.5, 2 ** -53, "newest");
    expect(tail.valueAtRisk).toBe(7);
    for (const quantile of ["step", "interpolated"] as const) {
      const late = ageWeightedTail(engine, { pnl, decay: 1e-300, confidence: 1e-12, quantile });
      near(late.valueAtRisk, quantile === "step" ? 1 : 1 + 1e-12, 2 ** -52, quantile);
      expect(late.expectedShortfall).toSatisfy(Number.isFinite);
    }
  });

  it("refuses what it cannot use by its path", () => {
    const base = { pnl: [1, 2], decay: 0.9, confidence: 0.9 };
    for (const [path, change] of [
      ["ageWeightedTail.decay", { decay: 0 }],
      ["ageWeightedTail.decay", { decay: 1.1 }],
      ["ageWeightedTail.quantile", { quantile: 7 as unknown as "step" }],
      ["ageWeightedTail.pnl[0]", { pnl: [Number.POSITIVE_INFINITY] }],
      ["ageWeightedTail.pnl", { pnl: "x" as unknown as number[] }],
      ["ageWeightedTail.lambda", { lambda: 0.9 }],
    ] as const) {
      expect(pathOf(() => ageWeightedTail(engine, { ...base, ...change }))).toBe(path);
    }
    expect(() => ageWeightedTail(engine, { ...base, pnl: [] })).toThrow(InsufficientDataError);
    expect(engine.memory.kernel.arenaMark()).toBe(engine.memory.kernel.arenaFloor());
  });
});
