import { describe, expect, it } from "vitest";
import * as exact from "../reference/special.js";
import { builds, freshMemory } from "../support/builds.js";
import { near, tolerance } from "../support/tolerance.js";
import { generator } from "./samples.js";

const memories = builds.map((build) => freshMemory(build));
const draw = generator(20);
const spread = (count: number, make: (u: number) => number) => Array.from({ length: count }, () => make(draw()));

/** Error of `actual` in units of its last place. */
function ulps(actual: number, expected: number): number {
  const unit = 2 ** Math.max(-1074, Math.floor(Math.log2(Math.abs(expected))) - 52);
  return Math.abs(actual - expected) / unit;
}

/** Largest error in ulp over `points`. Expected values are rounded themselves, which costs half of one. */
function worst(points: number[], actual: (x: number) => number, expected: (x: number) => number): number {
  return Math.max(...points.map((x) => ulps(actual(x), expected(x))));
}

const exponential = (x: number) => {
  const { mantissa, exponent } = exact.exponential(exact.fixed(x));
  return exact.rounded(mantissa, exponent);
};
const logarithm = (x: number) => exact.rounded(exact.logarithm(exact.fixed(x)));

for (const { kernel } of memories.slice(0, 1)) {
  describe("elementary functions", () => {
    it("e^x is within an ulp of the truth", () => {
      const points = [
        0,
        1,
        -1,
        1e-300,
        709.7,
        -708,
        ...spread(500, (u) => 1400 * u - 700),
        ...spread(500, (u) => u - 0.5),
      ];
      expect(worst(points, kernel.exponential, exponential)).toBeLessThanOrEqual(tolerance.elementaryUlps);
    });

    it("log x is within an ulp of the truth", () => {
      const points = [1 - 2 ** -53, 1 + 2 ** -52, 0.5, 2, Math.SQRT2, Math.SQRT1_2];
      points.push(...spread(500, (u) => 0.5 + u), ...spread(300, (u) => 10 ** (60 * u - 30)));
      expect(worst(points, kernel.logarithm, logarithm)).toBeLessThanOrEqual(tolerance.elementaryUlps);
    });

    it("e^x − 1 and log(1 + x) are within an ulp or two of the truth, also for tiny x", () => {
      const points = [
        ...spread(500, (u) => 4 * u - 2),
        ...spread(300, (u) => 10 ** (-20 * u)),
        ...spread(200, (u) => 90 * u - 45),
        ...spread(200, (u) => 709.7 * u),
        40,
        40.1,
        709.6,
        709.78,
      ];
      const one = exact.fixed(1);
      const expectedM1 = (x: number) => {
        const { mantissa, exponent } = exact.exponential(exact.fixed(x));
        const power = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa >> BigInt(-exponent);
        return exact.rounded(power - one);
      };
      expect(worst(points, kernel.exponentialM1, expectedM1)).toBeLessThanOrEqual(tolerance.elementaryUlps);
      const above = points.filter((x) => x > -1);
      const expected1p = (x: number) => exact.rounded(exact.logarithm(one + exact.fixed(x)));
      expect(worst(above, kernel.logarithm1p, expected1p)).toBeLessThanOrEqual(tolerance.elementaryUlps);
    });

    it("have the limits of their ranges", () => {
      expect(kernel.exponential(710)).toBe(Number.POSITIVE_INFINITY);
      expect(kernel.exponential(-746)).toBe(0);
      expect(kernel.exponential(Number.NEGATIVE_INFINITY)).toBe(0);
      expect(kernel.exponential(-744.5)).toBe(5e-324);
      expect(kernel.exponential(Number.NaN)).toBeNaN();
      expect(kernel.exponentialM1(-50)).toBe(-1);
      expect(kernel.exponentialM1(710)).toBe(Number.POSITIVE_INFINITY);
      expect(kernel.logarithm(0)).toBe(Number.NEGATIVE_INFINITY);
      expect(kernel.logarithm(-1)).toBeNaN();
      expect(kernel.logarithm(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
      near(kernel.logarithm(5e-324), -1074 * Math.LN2, 1e-15 * 745, "the smallest number");
      expect(kernel.logarithm1p(-1)).toBe(Number.NEGATIVE_INFINITY);
      expect(kernel.logarithm1p(-2)).toBeNaN();
      expect(kernel.logarithm1p(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    });
  });

  describe("the normal distribution", () => {
    it("Φ(x) + Φ(−x) is 1 and the quantile undoes the cdf", () => {
      for (const x of spread(300, (u) => 16 * u - 8)) {
        near(kernel.normalCdf(x) + kernel.normalCdf(-x), 1, 2 ** -52, `x = ${x}`);
        expect(kernel.normalSurvival(x)).toBe(kernel.normalCdf(-x));
      }
      for (const x of spread(300, (u) => -37 * u)) {
        const slope = kernel.normalCdf(x) / kernel.normalPdf(x);
        near(kernel.normalQuantile(kernel.normalCdf(x)), x, 4e-15 * (slope + Math.abs(x)), `x = ${x}`);
      }
    });

    it("has the limits of its range", () => {
      expect(kernel.normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
      expect(kernel.normalCdf(Number.NEGATIVE_INFINITY)).toBe(0);
      expect(kernel.normalPdf(Number.NEGATIVE_INFINITY)).toBe(0);
      expect(kernel.normalLogCdf(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
      expect(kernel.normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
      expect(kernel.normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
      expect(kernel.normalQuantile(0.5)).toBe(0);
      expect(kernel.normalQuantile(1.1)).toBeNaN();
      expect(kernel.erfc(0)).toBe(1);
      expect(kernel.erfc(Number.NEGATIVE_INFINITY)).toBe(2);
      expect(kernel.erfc(Number.POSITIVE_INFINITY)).toBe(0);
      near(kernel.normalLogCdf(-1e10), -5e19, 4e-15 * 5e19, "far below every probability that is a number");
    });
  });
}
