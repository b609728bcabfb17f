import { describe, expect, it } from "vitest";
import { builds, freshMemory } from "../support/builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

/** A pool: its factors, the gradient of its excess by them, and the excess. */
interface Row {
  readonly factors: readonly number[];
  readonly gradient: readonly number[];
  readonly excess: number;
}

const FACTORS = 6;
/** Factors 4 and 1 have no place in the covariance. */
const PLACES = [2, 0xffffffff, 0, 3, 0xffffffff, 1];
const MOVING = 4;

/** A covariance Σ of factors that are related, and a drift. */
function moves(seed: number) {
  const uniform = random(seed);
  const roots = Array.from({ length: MOVING }, () => Array.from({ length: MOVING }, () => 0.1 * (uniform() - 0.5)));
  const covariance = roots.map((a) => roots.map((b) => a.reduce((sum, x, k) => sum + x * (b[k] ?? 0), 0)));
  return { covariance, drift: Array.from({ length: MOVING }, () => 0.01 * (uniform() - 0.3)) };
}

describe.each(builds)("the distance of pools from liquidation on $build", (build) => {
  const memory = freshMemory(build);
  const { kernel } = memory;

  function measured(rows: readonly Row[], { covariance, drift }: ReturnType<typeof moves>) {
    return memory.scope(() => {
      const starts = [0];
      for (const { factors } of rows) starts.push((starts.at(-1) ?? 0) + factors.length);
      const count = starts.at(-1) ?? 0;
      const f64 = (values: readonly number[]) => memory.copy(Float64Array.from(values));
      const u32 = (values: readonly number[]) => memory.copy(Uint32Array.from(values));
      const start = u32(starts);
      const factor = u32(rows.flatMap(({ factors }) => factors));
      const gradient = f64(rows.flatMap((row) => row.gradient));
      const place = u32(PLACES);
      const matrix = f64(covariance.flat());
      const mean = f64(drift);
      const excess = f64(rows.map((row) => row.excess));
      const [deviation, expected, distance] = [0, 0, 0].map(() => memory.reserveF64(rows.length)) as [
        number,
        number,
        number,
      ];
      const scenario = memory.reserveF64(count);
      kernel.liquidationDistance(
        rows.length,
        start,
        factor,
        gradient,
        place,
        MOVING,
        matrix,
        mean,
        excess,
        deviation,
        expected,
        distance,
        scenario,
      );
      const of = (at: number) => memory.f64(at, rows.length).slice();
      const all = memory.f64(scenario, count).slice();
      const scenarios = rows.map((_, r) => [...all.subarray(starts[r], starts[r + 1])]);
      return { deviation: of(deviation), mean: of(expected), distance: of(distance), scenarios };
    });
  }

  it("is the excess over the deviation of its change, and the scenario is the most likely one that takes it to 0", () => {
    const uniform = random(3);
    const made = moves(5);
    const rows: Row[] = Array.from({ length: 40 }, () => {
      const factors = Array.from({ length: FACTORS }, (_, i) => i).filter(() => uniform() < 0.6);
      const gradient = factors.map(() => 2000 * (uniform() - 0.5));
      return { factors, gradient, excess: 500 * (uniform() - 0.3) };
    });
    const out = measured(rows, made);
    let moving = 0;
    for (const [r, { factors, gradient, excess }] of rows.entries()) {
      // Dense, over the factors that move.
      const g = Array.from({ length: MOVING }, () => 0);
      for (const [k, factor] of factors.entries()) {
        const place = PLACES[factor] ?? 0;
        if (place < MOVING) g[place] = gradient[k] ?? 0;
      }
      const image = made.covariance.map((row) => row.reduce((sum, x, k) => sum + x * (g[k] ?? 0), 0));
      const variance = image.reduce((sum, x, k) => sum + x * (g[k] ?? 0), 0);
      const mean = made.drift.reduce((sum, x, k) => sum + x * (g[k] ?? 0), 0);
      const near = (actual: number | undefined, wanted: number, scale: number) =>
        expect(Math.abs((actual ?? Number.NaN) - wanted)).toBeLessThanOrEqual(tolerance.poolSumRelative * scale);
      near(out.deviation[r], Math.sqrt(variance), 1000);
      near(out.mean[r], mean, 1000);
      if (variance === 0) {
        expect(out.distance[r]).toBe(excess > 0 ? Infinity : -Infinity);
        expect(out.scenarios[r]?.every((x) => x === 0)).toBe(true);
        continue;
      }
      moving++;
      near(out.distance[r], excess / Math.sqrt(variance), 1 + Math.abs(excess / Math.sqrt(variance)));
      for (const [k, factor] of factors.entries()) {
        const place = PLACES[factor] ?? 0;
        const wanted = place < MOVING ? (-excess * (image[place] ?? 0)) / variance : 0;
        near(out.scenarios[r]?.[k], wanted, 1 + Math.abs(wanted));
      }
    }
    expect(moving).toBeGreaterThan(25);
  });

  it("is infinite by the sign of the excess where nothing moves, 0 at no excess, and has no scenario without an excess", () => {
    const still = (excess: number): Row => ({ factors: [1], gradient: [7], excess });
    const rows = [still(3), still(-3), still(0), { factors: [0], gradient: [7], excess: Number.POSITIVE_INFINITY }];
    const out = measured(rows, moves(9));
    expect([...out.distance]).toEqual([Infinity, -Infinity, 0, Infinity]);
    expect([...out.deviation]).toEqual([0, 0, 0, 0]);
    expect(out.scenarios.flat().every((x) => x === 0)).toBe(true);
  });
});

describe.each(builds)("the variance of exposures on $build", (build) => {
  const memory = freshMemory(build);
  const { kernel } = memory;

  it("is the quadratic form, for rows of few factors and of most of many", () => {
    const uniform = random(21);
    for (const n of [1, 5, 23, 24, 25, 40, 47, 48, 49, 90]) {
      const roots = Array.from({ length: n }, () => Array.from({ length: 3 }, () => uniform() - 0.5));
      const c = roots.map((a, i) =>
        roots.map((b, j) => a.reduce((sum, x, k) => sum + x * (b[k] ?? 0), 0) + (i === j ? 0.1 : 0)),
      );
      for (const count of [0, 1, 23, 24, 25, n - 1, n].filter((k) => k >= 0 && k <= n)) {
        const slots = Array.from({ length: n }, (_, i) => (i * 7 + 3) % n).slice(0, count);
        const taken = n % 7 === 0 ? Array.from({ length: count }, (_, i) => n - 1 - i) : slots;
        const g = taken.map(() => 10 * (uniform() - 0.5));
        let wanted = 0;
        for (const [i, a] of taken.entries()) {
          for (const [j, b] of taken.entries()) wanted += (g[i] ?? 0) * (c[a]?.[b] ?? Number.NaN) * (g[j] ?? 0);
        }
        const variance = memory.scope(() => {
          const slot = memory.copy(Uint32Array.from(taken));
          const value = memory.copy(Float64Array.from(g));
          const matrix = memory.copy(Float64Array.from(c.flat()));
          const [deviation, valueAtRisk, shortfall] = [0, 0, 0].map(() => memory.reserveF64(1)) as [
            number,
            number,
            number,
          ];
          const scratch = memory.reserve(kernel.parametricScratch(n));
          const start = memory.copy(Uint32Array.of(0, count));
          const at = [deviation, valueAtRisk, shortfall] as const;
          kernel.parametricPools(1, start, slot, value, n, matrix, 1, 2, 3, scratch, ...at);
          const sigma = memory.f64(deviation, 1)[0] ?? Number.NaN;
          expect(memory.f64(valueAtRisk, 1)[0]).toBe(2 * sigma);
          expect(memory.f64(shortfall, 1)[0]).toBe(3 * sigma);
          return sigma * sigma;
        });
        const scale = g.reduce((sum, x) => sum + x * x, 0) * n;
        expect(Math.abs(variance - wanted)).toBeLessThanOrEqual(tolerance.poolSumRelative * scale);
      }
    }
  });

  it("of a perfect hedge is 0 and never below", () => {
    for (const n of [2, 30]) {
      const sigma = memory.scope(() => {
        const slot = memory.copy(Uint32Array.from({ length: n }, (_, i) => i));
        const value = memory.copy(Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 0.1 : -0.1) * 3));
        const matrix = memory.copy(new Float64Array(n * n).fill(0.07));
        const out = memory.reserveF64(3);
        const scratch = memory.reserve(kernel.parametricScratch(n));
        const start = memory.copy(Uint32Array.of(0, n));
        kernel.parametricPools(1, start, slot, value, n, matrix, 1, 2, 3, scratch, out, out + 8, out + 16);
        return memory.f64(out, 1)[0] ?? Number.NaN;
      });
      expect(sigma).toBeGreaterThanOrEqual(0);
      expect(sigma).toBeLessThan(1e-8);
    }
  });
});
