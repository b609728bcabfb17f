import { describe, expect, test } from "vitest";
import { rollingHistorical } from "../reference/backtest.js";
import { tailMass } from "../reference/historical.js";
import { builds, freshMemory } from "../support/builds.js";
import { random } from "../support/random-book.js";

describe.each(builds)("the rolling kernels of the $build build", (build) => {
  const memory = freshMemory(build);
  const { kernel } = memory;

  function rolling(x: readonly number[], known: readonly number[], window: number, rank: number): number[] {
    return memory.scope(() => {
      const xAt = memory.copy(Float64Array.from(x));
      const knownAt = memory.copy(Uint32Array.from(known));
      const scratch = memory.reserve(kernel.rollingScratch(window));
      const out = memory.reserveF64(known.length);
      kernel.rollingQuantile(xAt, knownAt, known.length, window, rank, scratch, out);
      return [...memory.f64(out, known.length)];
    });
  }

  test("state for every window the order statistic that sorting it afresh gives, to the bit", () => {
    for (let seed = 1; seed <= 120; seed++) {
      const next = random(seed);
      const n = 20 + Math.floor(next() * 200);
      const window = 2 + Math.floor(next() * 18);
      const ties = seed % 3 === 0;
      const x = Array.from({ length: n }, () => (ties ? Math.floor(next() * 5) - 2 : next() - 0.5));
      const known: number[] = [];
      for (let end = window; end <= n; end += 1 + (seed % 4 === 0 ? Math.floor(next() * 2 * window) : 0))
        known.push(end);
      const confidence = [0.9, 0.95, 0.99, 0.5][seed % 4] ?? 0.9;
      const rank = Math.max(1, Math.ceil(tailMass(window, confidence)));
      const expected = rollingHistorical(x, known, window, confidence);
      expect(rolling(x, known, window, rank)).toEqual(expected.map((value) => value + 0));
    }
  });

  test("never look at the observation that is being tested, nor beyond it", () => {
    const calm = Array.from({ length: 40 }, (_, t) => Math.sin(t));
    const known = Array.from({ length: 20 }, (_, i) => 20 + i);
    const before = rolling(calm, known, 10, 1);
    for (let i = 0; i < known.length; i++) {
      const shocked = calm.map((value, t) => (t >= (known[i] ?? 0) ? -1000 : value));
      expect(rolling(shocked, known, 10, 1).slice(0, i + 1)).toEqual(before.slice(0, i + 1));
    }
  });

  test("count a loss as an exception only where it is above the VaR, not where it is equal", () => {
    const positions = memory.scope(() => {
      const pnl = memory.copy(Float64Array.from([-2, -1, -1.0000001, 3, 0, -5]));
      const risk = memory.copy(Float64Array.from([1, 1, 1, -4, 0, 5]));
      const out = memory.reserve(24);
      return [...memory.u32(out, kernel.exceptions(pnl, risk, 6, out))];
    });
    expect(positions).toEqual([0, 2, 3]);
  });

  test("roll a window of 500 over 40,000 observations in well under a second", () => {
    const next = random(7);
    const x = Array.from({ length: 40_000 }, () => next() - 0.5);
    const known = Array.from({ length: 39_500 }, (_, i) => 500 + i);
    const began = performance.now();
    const result = rolling(x, known, 500, 5);
    expect(performance.now() - began).toBeLessThan(build.build === "debug" ? 5000 : 1000);
    for (const i of [0, 1, 499, 500, 20_000, 39_499]) {
      const sorted = x.slice(i, i + 500).sort((a, b) => a - b);
      expect(result[i]).toBe(-(sorted[4] ?? 0));
    }
  });
});
