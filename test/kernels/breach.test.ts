import { describe, expect, it } from "vitest";
import { builds, freshMemory } from "../support/builds.js";
import { tolerance } from "../support/tolerance.js";

describe.each(builds)("probabilities of a breach on $build", (build) => {
  const memory = freshMemory(build);

  const of = (excess: number, mean: number, deviation: number, looks = 0, nu = 0) =>
    memory.scope(() => {
      const [at, m, s] = [excess, mean, deviation].map((x) => memory.copy(Float64Array.of(x))) as [
        number,
        number,
        number,
      ];
      const [end, within, deficit] = [memory.reserveF64(1), memory.reserveF64(1), memory.reserveF64(1)];
      memory.kernel.breachProbabilities(1, at, m, s, looks, nu, end, within, deficit);
      const read = (address: number) => memory.f64(address, 1)[0] ?? Number.NaN;
      return { end: read(end), within: read(within), deficit: read(deficit) };
    });

  it("are those of the printed example: normal, Student t, over time and at a number of looks", () => {
    const close = (actual: number, printed: number, digits: number) => expect(actual).toBeCloseTo(printed, digits);
    const [h, s] = [10_400, 4211.490054600628];
    close(of(h, 0, s).end, 0.006766, 6);
    close(of(h, 0, s, 0, 5).end, 0.01216, 5);
    close(of(h, 0, s * Math.sqrt(5)).within, 0.26943, 5);
    close(of(h, 0, s * Math.sqrt(5), 120).within, 0.24705, 5);
    close(of(h, 0, s * Math.sqrt(5), 40).within, 0.23151, 5);
    close(of(h, 0, s).deficit, 1370.77, 2);
  });

  it("are certain where nothing moves and for a pool that is breached already", () => {
    expect(of(1, 0, 0)).toEqual({ end: 0, within: 0, deficit: 0 });
    expect(of(1, -2, 0)).toEqual({ end: 1, within: 1, deficit: 1 });
    expect(of(-3, 0, 0)).toEqual({ end: 1, within: 1, deficit: 3 });
    expect(of(-1, 0, 2).within).toBe(1);
    expect(of(Number.NEGATIVE_INFINITY, 0, 0).end).toBe(1);
  });

  it("grow over time, fall with looks, and stay numbers however far away the breach is", () => {
    for (const excess of [0.1, 1, 3, 10, 30, 60]) {
      for (const mean of [-2, 0, 2]) {
        const { end, within, deficit } = of(excess, mean, 1);
        expect(within).toBeGreaterThanOrEqual(end);
        expect(within).toBeLessThanOrEqual(1);
        expect(of(excess, mean, 1, 10).within).toBeLessThanOrEqual(within);
        expect(deficit).toBeGreaterThan(0);
        expect(deficit).toBeLessThan(2.1);
        if (mean === 0) expect(Math.abs(within - 2 * end)).toBeLessThanOrEqual(tolerance.reflectionRelative * end);
      }
    }
  });
});
