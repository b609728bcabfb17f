import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.js";
import { hayashiYoshida } from "../../src/numerics/index.js";
import { slowOverlap } from "../reference/present.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

/** Series that share times now and then. */
function series(seed: number, count: number, ticks: number) {
  const uniform = random(seed);
  return Array.from({ length: count }, () => {
    const [times, values]: [number[], number[]] = [[], []];
    let [time, value] = [Math.floor(20 * uniform()), 10];
    for (let t = 0; t < Math.max(2, Math.floor(ticks * (0.5 + uniform()))); t++) {
      time += 1 + Math.floor(6 * uniform());
      value += 0.01 * (uniform() - 0.5);
      times.push(time);
      values.push(value);
    }
    return { times, values };
  });
}

describe.each(numericsBuilds)("covariance of series at times of their own ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it("is the double sum over intervals that share time", () => {
    for (const [count, ticks] of [
      [1, 2],
      [2, 2],
      [3, 9],
      [8, 70],
      [2, 600],
    ] as const) {
      const given = series(count + ticks, count, ticks);
      const found = hayashiYoshida(engine, given);
      for (const [i, a] of given.entries()) {
        for (const [j, b] of given.entries()) {
          const { sum, count: pairs } = slowOverlap(a, b);
          const scale = (found.deviations[i] ?? 0) * (found.deviations[j] ?? 0);
          const far = Math.abs((found.matrix[i * count + j] ?? Number.NaN) - sum);
          expect(far).toBeLessThanOrEqual(tolerance.reorderedSum(ticks) * 4 * scale);
          expect(found.counts[i * count + j]).toBe(pairs);
        }
      }
    }
  });

  it("of the same times is the sum of products, and does not ask what time is counted in", () => {
    const [one] = series(5, 1, 50);
    const times = one?.times ?? [];
    const values = (one?.values ?? []).map((value, t) => value + ((t % 3) - 1) / 100);
    const { matrix, counts } = hayashiYoshida(engine, [
      { times, values: one?.values ?? [] },
      { times, values },
    ]);
    expect(counts[1]).toBe(times.length - 1);
    const seconds = Float64Array.from(times, (time) => time / 1000 - 7);
    expect(
      hayashiYoshida(engine, [
        { times: seconds, values: one?.values ?? [] },
        { times: seconds, values: Float64Array.from(values) },
      ]).matrix,
    ).toEqual(matrix);
  });

  it("may have a correlation beyond 1, and says that it is no correlation", () => {
    // One change of a falls on three of b's, two of which are taken back.
    const { correlation, indefinite, smallestEigenvalue } = hayashiYoshida(engine, [
      { times: [0, 10, 20, 30], values: [0, 1, 2, 3] },
      { times: [5, 15, 25], values: [0, 1, 2] },
    ]);
    expect(correlation[1]).toBeCloseTo(4 / Math.sqrt(6), 14);
    expect([indefinite, smallestEigenvalue < 0]).toEqual([true, true]);
  });

  it("is 0 of series that share no time, or do not move", () => {
    const { matrix, counts, correlation } = hayashiYoshida(engine, [
      { times: [0, 1, 2], values: [0, 1, 0] },
      { times: [2, 3], values: [0, 1] },
      { times: [0, 5], values: [4, 4] },
    ]);
    expect([matrix[1], counts[1]]).toEqual([0, 0]);
    expect([matrix[8], correlation[8], counts[2]]).toEqual([0, 0, 2]);
  });

  it("refuses times that do not increase, and what is not a series, and goes on", () => {
    const good = { times: [0, 1], values: [1, 2] };
    expect(pathOf(() => hayashiYoshida(engine, []))).toBe("series");
    expect(pathOf(() => hayashiYoshida(engine, [good, { times: [0, 3, 3], values: [1, 2, 3] }]))).toBe(
      "series[1].times[2]",
    );
    expect(pathOf(() => hayashiYoshida(engine, [{ times: [0, 1], values: [1] }]))).toBe("series[0].values");
    expect(pathOf(() => hayashiYoshida(engine, [{ times: [0, 1], values: [1, Number.NaN] }]))).toBe(
      "series[0].values[1]",
    );
    expect(() => hayashiYoshida(engine, [good, { times: [0], values: [1] }])).toThrow(InsufficientDataError);
    expect(pathOf(() => hayashiYoshida(engine, [{ times: [0, 1], values: [0, 1e200] }]))).toBe("series[0].values");
    expect(hayashiYoshida(engine, [good]).matrix[0]).toBe(1);
  });
});

it("covariance of series at times of their own has the same bits on every build", () => {
  const made = numericsBuilds.map(({ memory }) => [
    ...new BigUint64Array(hayashiYoshida({ memory: memory() }, series(9, 6, 90)).matrix.slice().buffer),
  ]);
  for (const other of made.slice(1)) expect(other).toEqual(made[0]);
});
