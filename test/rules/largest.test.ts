import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LargestOptions, largest } from "../../src/rules/largest.js";
import { tolerance } from "../support/tolerance.js";

const options = (over: Partial<LargestOptions> = {}): LargestOptions => ({
  bound: Number.POSITIVE_INFINITY,
  guess: 1,
  tolerance: 1e-9,
  nodes: 0,
  ...over,
});
const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true });

describe("the largest amount that a function allows", () => {
  test("is the end of a line, found from two values of it and checked at it and beyond", () => {
    fc.assert(
      fc.property(positive, positive, fc.double({ min: 0.01, max: 100, noNaN: true }), (excess, price, off) => {
        const f = (x: number) => excess - price * x;
        const guess = (off * excess) / price;
        const found = largest(f, options({ guess, tolerance: tolerance.rootRelative * excess }));
        expect(found).toMatchObject({ stop: "level", method: "line" });
        expect(found.at).toBeGreaterThanOrEqual(0);
        expect(found.at).toBeLessThanOrEqual(tolerance.rootRelative * excess);
        expect(found.beyond?.value).toBeLessThan(0);
        expect(found.evaluations).toBeLessThanOrEqual(8);
      }),
    );
  });

  test("is bracketed where the function bends, however far from the guess", () => {
    fc.assert(
      fc.property(positive, positive, positive, positive, (excess, price, bend, guess) => {
        const f = (x: number) => excess - price * x - price * Math.max(0, x - bend);
        const found = largest(f, options({ guess, tolerance: tolerance.rootRelative * excess }));
        expect(found.stop).toBe("level");
        expect(found.at).toBeGreaterThanOrEqual(0);
        expect(found.beyond?.value).toBeLessThan(0);
        expect(f(found.amount)).toBe(found.at);
      }),
    );
  });

  test("stops at its bound, and says so", () => {
    expect(largest((x) => 10 - x, options({ bound: 4 }))).toMatchObject({ amount: 4, stop: "bound", beyond: null });
    expect(largest(() => 10, options())).toMatchObject({ stop: "none" });
  });

  test("is zero where nothing is allowed", () => {
    expect(largest((x) => -1 - x, options({ nodes: 33, bound: 8 }))).toMatchObject({
      amount: 0,
      at: -1,
      stop: "level",
    });
  });

  test("is the last of several where the function rises and falls", () => {
    const f = (x: number) => 1 - Math.abs(x - 5);
    expect(largest(f, options({ nodes: 33, bound: 20 })).amount).toBeCloseTo(6, 9);
    // Above zero up to π, and from 2π to 3π.
    expect(largest(Math.sin, options({ nodes: 33, bound: 12 })).amount).toBeCloseTo(3 * Math.PI, 8);
  });

  test("is the last amount before a jump", () => {
    const f = (x: number) => (x <= 3 ? 1 : -1);
    const found = largest(f, options({ bound: 20 }));
    expect([found.amount, found.at, found.beyond?.value]).toEqual([3, 1, -1]);
  });
});
