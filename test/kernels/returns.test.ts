import { describe, expect, it } from "vitest";
import { returnEnds } from "../reference/covariance.js";
import { onEveryBuild, place } from "../support/every-build.js";
import { random } from "../support/random-book.js";
import { near, tolerance } from "../support/tolerance.js";

function series(prices: readonly number[], bars: number, kind: 0 | 1): number[] {
  return onEveryBuild((memory) => {
    const count = Math.max(0, prices.length - bars);
    const out = memory.reserveF64(count);
    memory.kernel.seriesReturns(prices.length, place(memory, prices), bars, kind, out);
    return memory.f64(out, count);
  });
}

describe("countMissing", () => {
  it("adds one to each bar that lacks a price, and says how many there are", () => {
    const counts = onEveryBuild((memory) => {
      const missing = memory.copy(Uint32Array.of(0, 0, 5, 0));
      const columns = [
        [1, Number.NaN, Number.NaN, 4],
        [Number.NaN, Number.NaN, 3, 4],
      ];
      const present = columns.map((prices) => memory.kernel.countMissing(4, place(memory, prices), missing));
      return Float64Array.of(...present, ...memory.u32(missing, 4));
    });
    expect(counts).toEqual([2, 2, 1, 2, 6, 0]);
  });
});

describe("seriesReturns", () => {
  it("takes the relative change or its logarithm over any number of bars", () => {
    const next = random(11);
    const prices = Array.from({ length: 200 }, () => 50 + 100 * next());
    for (const bars of [1, 2, 24]) {
      const simple = series(prices, bars, 0);
      const logarithmic = series(prices, bars, 1);
      expect(simple).toHaveLength(200 - bars);
      for (let t = 0; t < simple.length; t++) {
        const [a, b] = [prices[t]!, prices[t + bars]!];
        expect(simple[t]).toBe((b - a) / a);
        const expected = Math.log1p((b - a) / a);
        near(logarithmic[t]!, expected, tolerance.elementaryAbsolute(expected), `return ${t}`);
      }
    }
  });

  it("is not a number where an end is missing or the first is not positive", () => {
    expect(series([1, Number.NaN, 2, 3, 0, 4], 1, 0)).toEqual([Number.NaN, Number.NaN, 0.5, -1, Number.NaN]);
    expect(series([1, Number.NaN, 2, 0, 4], 1, 1)).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    expect(series([-1, 2], 1, 0)).toEqual([Number.NaN]);
  });

  it("gives nothing for fewer prices than a return needs", () => {
    expect(series([42], 1, 0)).toEqual([]);
    expect(series([], 1, 0)).toEqual([]);
    expect(series([1, 2], 5, 0)).toEqual([]);
  });
});

interface Selection {
  readonly bars: number;
  readonly overlapping: boolean;
  readonly limit: number;
  readonly reject: boolean;
}

function selected(times: readonly number[], columns: readonly (readonly number[])[], options: Selection) {
  const n = times.length;
  const out = onEveryBuild((memory) => {
    const { kernel } = memory;
    const missing = memory.copy(new Uint32Array(n));
    for (const column of columns) kernel.countMissing(n, place(memory, column), missing);
    const index = memory.reserve(4 * (n + 4));
    const counts = memory.reserve(12);
    const at = place(memory, times);
    const scratch = memory.reserve(kernel.returnRowsScratch(n));
    const { bars, limit } = options;
    const [overlapping, reject] = [options.overlapping ? 1 : 0, options.reject ? 1 : 0];
    const found = kernel.returnRows(n, at, 10, missing, bars, overlapping, limit, reject, index, counts, scratch);
    return Uint32Array.of(...memory.u32(counts, 3), ...memory.u32(index, found));
  });
  const [dropped, jumps, lacking, ...ends] = out;
  return { dropped, jumps, lacking, ends };
}

const ALL = { bars: 1, overlapping: true, limit: 0, reject: false };

describe("returnRows", () => {
  it("agrees with a look at every bar of every return, over random gaps and jumps", () => {
    const next = random(12);
    for (let round = 0; round < 300; round++) {
      const n = Math.floor(next() * 40);
      let now = 0;
      const times = Array.from({ length: n }, () => (now += next() < 0.1 ? 25 : 10));
      const columns = Array.from({ length: 1 + Math.floor(3 * next()) }, () =>
        Array.from({ length: n }, () => (next() < 0.08 ? Number.NaN : 1)),
      );
      const bars = 1 + Math.floor(4 * next());
      const overlapping = next() < 0.5;
      const limit = next() < 0.5 ? 0 : 1 + Math.floor(10 * next());
      const { dropped, ends } = selected(times, columns, { bars, overlapping, limit, reject: false });
      expect({ dropped, ends }).toEqual(returnEnds(times, 10, columns, { bars, overlapping, limit }));
    }
  });

  it("takes no return over a jump in time and counts the jumps it looked at", () => {
    const times = [0, 10, 20, 50, 60, 70];
    const column = [1, 1, 1, 1, 1, 1];
    expect(selected(times, [column], ALL)).toEqual({ dropped: 0, jumps: 1, lacking: 0, ends: [1, 2, 4, 5] });
    expect(selected(times, [column], { ...ALL, bars: 2 })).toMatchObject({ jumps: 1, ends: [2, 5] });
    expect(selected(times, [column], { ...ALL, limit: 2 })).toMatchObject({ jumps: 0, ends: [4, 5] });
  });

  it("passes over returns that need a missing price in any column, and counts them", () => {
    const times = [0, 10, 20, 30, 40, 50];
    const columns = [
      [1, 1, 1, 1, 1, 1],
      [1, 1, Number.NaN, 1, 1, 1],
    ];
    expect(selected(times, columns, ALL)).toEqual({ dropped: 2, jumps: 0, lacking: 0, ends: [1, 4, 5] });
    expect(selected(times, columns, { ...ALL, bars: 2 })).toMatchObject({ dropped: 3, ends: [5] });
  });

  it("rejects only what the wanted returns need, and says which bar comes first", () => {
    const times = [0, 10, 20, 30, 40, 50];
    const column = [1, Number.NaN, Number.NaN, 1, 1, 1];
    expect(selected(times, [column], { ...ALL, limit: 2, reject: true })).toMatchObject({ lacking: 0, ends: [4, 5] });
    expect(selected(times, [column], { ...ALL, limit: 3, reject: true })).toMatchObject({ lacking: 3 });
    expect(selected(times, [column], { ...ALL, reject: true })).toMatchObject({ lacking: 2 });
  });

  it("counts returns that do not overlap from the newest back", () => {
    const times = Array.from({ length: 8 }, (_, t) => 10 * t);
    const column = times.map(() => 1);
    expect(selected(times, [column], { ...ALL, bars: 3, overlapping: false }).ends).toEqual([4, 7]);
    expect(selected(times, [column], { ...ALL, bars: 3 }).ends).toEqual([3, 4, 5, 6, 7]);
  });

  it("finds none in an empty or too short history", () => {
    expect(selected([], [[]], ALL).ends).toEqual([]);
    expect(selected([0], [[1]], ALL).ends).toEqual([]);
    expect(selected([0, 10], [[1, 1]], { ...ALL, bars: 2 }).ends).toEqual([]);
  });
});
