import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tailOf } from "../../src/distribution.js";
import { InsufficientDataError } from "../../src/errors.js";
import { kernelSmoothedTail } from "../../src/numerics/index.js";
import { normalDistribution, tails } from "../../src/stats.js";
import { kernelSmoothed, silverman } from "../reference/kernel-smoothed.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { near, tolerance } from "../support/tolerance.js";

function noise(seed: number, n: number): number[] {
  const uniform = random(seed);
  return Array.from({ length: n }, () => uniform() + uniform() + uniform() - 1.5);
}

const ends = (pnl: readonly number[]) => 1 + Math.max(...pnl.map(Math.abs));

describe.each(numericsBuilds)("kernel-smoothed VaR ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };
  const normal = normalDistribution(engine);

  it("is the root that halving finds, with the bandwidth of Silverman's rule or one that is given", () => {
    for (const n of [1, 2, 3, 4, 5, 8, 13, 30, 47, 70, 300]) {
      const pnl = noise(n, n);
      for (const confidence of [0.2, 0.9, 0.975, 0.999]) {
        for (const bandwidth of [null, 0.01, 2]) {
          const tail = kernelSmoothedTail(engine, { pnl, confidence, bandwidth });
          const h = bandwidth ?? silverman(pnl);
          near(tail.bandwidth, h, tolerance.bandwidth * h, "bandwidth");
          if (h === 0) continue;
          const slow = kernelSmoothed(pnl, h, tailOf(confidence, "confidence"), normal);
          near(tail.valueAtRisk, slow.quantile, tolerance.smoothedRoot * ends(pnl), `VaR ${n} ${confidence} ${h}`);
          const alpha = tailOf(confidence, "confidence");
          near(
            tail.expectedShortfall,
            slow.mean,
            (tolerance.smoothedRoot * ends(pnl)) / alpha,
            `ES ${n} ${confidence}`,
          );
        }
      }
    }
  });

  it("without a bandwidth is historical, and so it is with one that is small, but where nα is whole its VaR is mid-gap", () => {
    for (const n of [10, 40, 100]) {
      const pnl = noise(n, n);
      const order = [...pnl].sort((a, b) => a - b);
      for (const confidence of [0.875, 0.9, 0.95]) {
        const plain = tails(engine).historical({ pnl, confidence });
        const none = kernelSmoothedTail(engine, { pnl, confidence, bandwidth: 0 });
        expect([none.valueAtRisk, none.expectedShortfall]).toEqual([plain.valueAtRisk, plain.expectedShortfall]);
        const mass = plain.observations;
        const middle = -((order[mass - 1] ?? 0) + (order[mass] ?? 0)) / 2;
        for (const bandwidth of [1e-9, 1e-14, 1e-200]) {
          const tail = kernelSmoothedTail(engine, { pnl, confidence, bandwidth });
          const expected = Number.isInteger(mass) ? middle : plain.valueAtRisk;
          near(tail.valueAtRisk, expected, 3 * bandwidth + tolerance.smoothedRoot, `${n} ${confidence} ${bandwidth}`);
          near(tail.expectedShortfall, plain.expectedShortfall, 9 * bandwidth + tolerance.smoothedRoot, "ES");
        }
      }
    }
  });

  it("of one observation is a normal tail about it", () => {
    const { valueAtRisk, expectedShortfall } = kernelSmoothedTail(engine, { pnl: [5], confidence: 0.99, bandwidth: 2 });
    const plain = tails(engine).normal({ mean: 5, deviation: 2, confidence: 0.99 });
    near(valueAtRisk, plain.valueAtRisk, tolerance.smoothedRoot, "VaR");
    near(expectedShortfall, plain.expectedShortfall, tolerance.smoothedRoot, "ES");
  });

  it("moves with the sample, its shortfall never below it, ties or not", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 40 }),
        fc.constantFrom(0.5, 0.9, 0.95, 0.99),
        fc.integer({ min: -64, max: 64 }),
        (pnl, confidence, shift) => {
          const of = (x: readonly number[]) => kernelSmoothedTail(engine, { pnl: x, confidence });
          const base = of(pnl);
          expect(base.expectedShortfall).toBeGreaterThanOrEqual(base.valueAtRisk);
          const scaled = of(pnl.map((x) => 1024 * x));
          near(scaled.valueAtRisk, 1024 * base.valueAtRisk, 1024 * tolerance.smoothedRoot * ends(pnl), "VaR");
          const moved = of(pnl.map((x) => x + shift));
          near(moved.valueAtRisk, base.valueAtRisk - shift, tolerance.smoothedRoot * 100, "VaR");
          near(moved.expectedShortfall, base.expectedShortfall - shift, tolerance.smoothedRoot * 100, "ES");
          const wider = kernelSmoothedTail(engine, { pnl, confidence, bandwidth: 2 * base.bandwidth });
          expect(wider.expectedShortfall).toBeGreaterThanOrEqual(base.expectedShortfall - tolerance.smoothedRoot * 100);
        },
      ),
      { seed: 5, numRuns: 60 },
    );
  });

  it("does not smooth equal observations, and smooths by the deviation where the quartiles are equal", () => {
    expect(kernelSmoothedTail(engine, { pnl: [0.3, 0.3, 0.3], confidence: 0.9 })).toEqual({
      valueAtRisk: -0.3,
      expectedShortfall: -0.3,
      bandwidth: 0,
    });
    const pnl = [-1, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    near(kernelSmoothedTail(engine, { pnl, confidence: 0.9 }).bandwidth, silverman(pnl), 1e-15, "bandwidth");
  });

  it("is finite at both ends of the confidence, of samples far apart and bandwidths of any size", () => {
    for (const pnl of [[0], [1e70, -1e70, 3], [1, 2, 3, 1e-300]]) {
      for (const confidence of [1e-12, 1 - 1e-12, 0.5]) {
        for (const bandwidth of [5e-324, 1, 1e70]) {
          const tail = kernelSmoothedTail(engine, { pnl, confidence, bandwidth });
          expect(tail.valueAtRisk).toSatisfy(Number.isFinite);
          expect(tail.expectedShortfall).toSatisfy(Number.isFinite);
        }
      }
    }
  });

  it("refuses what it cannot use by its path", () => {
    const base = { pnl: [1, 2], confidence: 0.9 };
    for (const [path, change] of [
      ["kernelSmoothedTail.bandwidth", { bandwidth: -1 }],
      ["kernelSmoothedTail.pnl[1]", { pnl: [1, Number.NaN] }],
      ["kernelSmoothedTail.confidence", { confidence: 0 }],
      ["kernelSmoothedTail.h", { h: 1 }],
    ] as const) {
      expect(pathOf(() => kernelSmoothedTail(engine, { ...base, ...change }))).toBe(path);
    }
    expect(() => kernelSmoothedTail(engine, { ...base, pnl: [] })).toThrow(InsufficientDataError);
    expect(engine.memory.kernel.arenaMark()).toBe(engine.memory.kernel.arenaFloor());
  });
});
