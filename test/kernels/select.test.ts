import { describe, expect, it } from "vitest";
import type { Memory } from "../../src/memory.js";
import { quantile } from "../reference/quantile.js";
import { sorted, tail, tailWeights } from "../reference/selection.js";
import { builds, freshMemory } from "../support/builds.js";
import { near, tolerance } from "../support/tolerance.js";
import { samples, shuffled, uniform } from "./samples.js";

const sizes = [1, 2, 3, 5, 8, 16, 17, 18, 33, 100, 257, 1000, 4096, 4097, 10_007];

/** Zeros of either sign are the same number to selection. */
function unsigned(x: Iterable<number>): number[] {
  return [...x].map((value) => value + 0);
}

function statistics(memory: Memory, pnl: Float64Array, alpha: number): [number, number, number] {
  return memory.scope(() => {
    const x = memory.copy(pnl);
    const out = memory.reserveF64(3);
    const scratch = memory.reserve(memory.kernel.tailScratch(pnl.length));
    memory.kernel.tailStatistics(x, pnl.length, alpha, scratch, out);
    expect([...memory.f64(x, pnl.length)], "the observations are not modified").toEqual([...pnl]);
    const [valueAtRisk = Number.NaN, expectedShortfall = Number.NaN, mass = Number.NaN] = memory.f64(out, 3);
    return [valueAtRisk, expectedShortfall, mass];
  });
}

for (const build of builds) {
  describe(build.build, () => {
    const memory = freshMemory(build);
    const { kernel } = memory;

    it("selects the k smallest and leaves the largest of them at k − 1", () => {
      for (const n of sizes) {
        for (const [name, values] of samples(n)) {
          const expected = unsigned(sorted(values));
          for (const k of new Set([1, 2, Math.ceil(n / 100), Math.ceil(n / 2), Math.ceil(0.9 * n), n - 1, n])) {
            if (k < 1 || k > n) continue;
            memory.scope(() => {
              const x = memory.copy(values);
              kernel.selectSmallest(x, n, k);
              const result = unsigned(memory.f64(x, n));
              const label = `${name}, n = ${n}, k = ${k}`;
              expect(result[k - 1], label).toBe(expected[k - 1]);
              expect(sorted(result.slice(0, k)), label).toEqual(expected.slice(0, k));
              expect(sorted(result.slice(k)), label).toEqual(expected.slice(k));
            });
          }
        }
      }
    });

    it("finds the same tail as sorting does", () => {
      for (const n of sizes) {
        for (const [name, values] of samples(n)) {
          for (const alpha of [0.001, 0.01, 0.025, 0.05, 0.07, 0.5, 0.9]) {
            const [valueAtRisk, expectedShortfall] = statistics(memory, values, alpha);
            const expected = tail([...values], alpha);
            const label = `${name}, n = ${n}, alpha = ${alpha}`;
            expect(valueAtRisk, label).toBe(expected.valueAtRisk + 0);
            const scale = Math.max(...[...values].map(Math.abs));
            near(expectedShortfall, expected.expectedShortfall, tolerance.tailMean * scale, label);
            expect(expectedShortfall, label).toBeGreaterThanOrEqual(valueAtRisk);
          }
        }
      }
    });

    it("gives the same bits whatever the order of the observations", () => {
      for (const n of [3, 20, 500, 5000, 20_000]) {
        for (const [name, values] of samples(n)) {
          const first = statistics(memory, values, 0.03);
          for (let seed = 1; seed <= 3; seed++) {
            const again = statistics(memory, shuffled(values, seed), 0.03);
            expect(
              again.every((value, i) => Object.is(value, first[i])),
              `${name}, n = ${n}: ${again} ${first}`,
            ).toBe(true);
          }
        }
      }
    });

    it("snaps n·alpha to the whole number that was meant", () => {
      expect(
        statistics(
          memory,
          Float64Array.from({ length: 100 }, (_, i) => i),
          0.07,
        ),
      ).toEqual([-6, -3, 7]);
      expect(
        statistics(
          memory,
          Float64Array.from({ length: 100 }, (_, i) => i),
          0.071,
        )[0],
      ).toBe(-7);
    });

    it("counts the last observation of the tail with the fraction that is left", () => {
      const pnl = Float64Array.of(-4, 0, -8, 5);
      const [valueAtRisk, expectedShortfall, mass] = statistics(memory, pnl, 0.375);
      expect([valueAtRisk, mass]).toEqual([4, 1.5]);
      near(expectedShortfall, (8 + 0.5 * 4) / 1.5, tolerance.tailMean * 8, "hand calculation");
    });

    it("is the worst observation where the tail is less than one", () => {
      expect(statistics(memory, Float64Array.of(0.1, -0.3, 0.2), 0.01).slice(0, 2)).toEqual([0.3, 0.3]);
    });

    it("never returns a negative zero", () => {
      for (const pnl of [Float64Array.of(-0, 0, 1), Float64Array.of(0, -0, 1), Float64Array.of(0, 0, -0, -0)]) {
        for (const alpha of [0.1, 0.5, 0.9]) {
          for (const value of statistics(memory, pnl, alpha)) expect(Object.is(value, -0)).toBe(false);
        }
      }
    });

    it("names the observations of the tail, worst first, equal ones in time order, with weights that sum to 1", () => {
      for (const n of sizes) {
        for (const [name, values] of samples(n)) {
          for (const alpha of [0.001, 0.03, 0.2]) {
            memory.scope(() => {
              const label = `${name}, n = ${n}, alpha = ${alpha}`;
              const x = memory.copy(values);
              const index = memory.reserve(4 * n);
              const weight = memory.reserveF64(n);
              const scratch = memory.reserve(kernel.tailScratch(n));
              const count = kernel.tailRows(x, n, alpha, scratch, index, weight);
              const expected = tailWeights([...values], alpha);
              expect([...memory.u32(index, count)], label).toEqual(expected.map((row) => row.index));
              const weights = [...memory.f64(weight, count)];
              for (const [i, value] of weights.entries()) {
                near(value, expected[i]?.weight ?? Number.NaN, tolerance.tailMean, label);
              }
              near(
                weights.reduce((a, b) => a + b, 0),
                1,
                tolerance.tailMean * Math.max(1, count / 4),
                label,
              );
            });
          }
        }
      }
    });

    it("computes the nine quantiles of Hyndman and Fan", () => {
      for (const n of [1, 2, 3, 10, 99, 100, 5000]) {
        for (const [name, values] of samples(n)) {
          for (const p of [0, 0.01, 0.025, 0.05, 0.1, 0.35, 0.5, 0.9, 1]) {
            for (let type = 1; type <= 9; type++) {
              const result = memory.scope(() => {
                const x = memory.copy(values);
                return kernel.quantileOf(x, n, p, type, memory.reserve(kernel.tailScratch(n)));
              });
              const scale = Math.max(...[...values].map(Math.abs));
              near(result, quantile([...values], p, type), tolerance.quantile * scale, `${name} ${n} ${p} ${type}`);
            }
          }
        }
      }
    });

    it("copes with orders that are bad for quickselect", () => {
      const n = 100_000;
      for (const values of [
        Float64Array.from({ length: n }, (_, i) => i),
        Float64Array.from({ length: n }, (_, i) => -i),
        Float64Array.from({ length: n }, (_, i) => Math.min(i, n - i)),
        Float64Array.from({ length: n }, (_, i) => i % 2),
        new Float64Array(n).fill(3),
      ]) {
        const began = performance.now();
        const [valueAtRisk] = statistics(memory, values, 0.01);
        expect(valueAtRisk).toBe(-(sorted(values)[999] ?? Number.NaN) + 0);
        expect(performance.now() - began).toBeLessThan(tolerance.quickMilliseconds);
      }
    });

    it("sums and averages without losing the small among the large", () => {
      for (const n of [0, 1, 2, 7, 8, 9, 15, 16, 17, 1000, 10_001]) {
        const values = uniform(n, n + 1);
        for (let i = 0; i + 1 < n; i += 5) {
          values[i] = 1e16 * (1 + i);
          values[i + 1] = -1e16 * (1 + i);
        }
        memory.scope(() => {
          const x = memory.copy(values);
          let exact = 0n;
          for (const value of values) exact += BigInt(Math.round(value * 2 ** 53));
          const scale = [...values].reduce((a, b) => a + Math.abs(b), 0);
          near(kernel.sum(x, n), Number(exact) / 2 ** 53, tolerance.compensatedSum * scale, `n = ${n}`);
        });
      }
      memory.scope(() => {
        const x = memory.copy(Float64Array.from({ length: 1001 }, (_, i) => 1e9 + (i - 500) * 1e-6));
        near(kernel.mean(x, 1001), 1e9, tolerance.compensatedSum * 1e9, "mean");
      });
    });

    it("sums past the range of numbers to an infinity, not to NaN", () => {
      memory.scope(() => {
        const x = memory.copy(new Float64Array(20).fill(1.7e308));
        expect(kernel.sum(x, 20)).toBe(Number.POSITIVE_INFINITY);
        expect(kernel.mean(x, 20)).toBe(Number.POSITIVE_INFINITY);
      });
    });
  });
}

it("gives the same bits on every build", () => {
  const memories = builds.map((build) => freshMemory(build));
  for (const n of sizes) {
    for (const [name, values] of samples(n)) {
      const results = memories.map((memory) => {
        const { kernel } = memory;
        const sums = memory.scope(() => {
          const x = memory.copy(values);
          return [kernel.sum(x, n), kernel.mean(x, n)];
        });
        return new Uint8Array(Float64Array.from([...statistics(memory, values, 0.05), ...sums]).buffer);
      });
      for (const result of results) expect(result, `${name}, n = ${n}`).toEqual(results[0]);
    }
  }
});
