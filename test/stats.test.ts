import { describe, expect, it } from "vitest";
import { normal, studentT, tailOf } from "../src/distribution.js";
import { InsufficientDataError, InvalidInputError } from "../src/errors.js";
import {
  binomialFunctions,
  exceptionBand,
  kupiec,
  normalDistribution,
  studentTDistribution,
  tails,
  trafficLight,
} from "../src/stats.js";
import * as exact from "./reference/special.js";
import { builds, freshMemory } from "./support/builds.js";
import { near, tolerance } from "./support/tolerance.js";

for (const build of builds) {
  describe(build.build, () => {
    const memory = freshMemory(build);
    const tail = tails({ memory });
    const t = studentTDistribution({ memory });
    const binomial = binomialFunctions(memory);

    it("takes a confidence as the decimal that was meant", () => {
      expect([0.95, 0.9, 0.99, 0.975, 0.9999].map((c) => tailOf(c, "c"))).toEqual([0.05, 0.1, 0.01, 0.025, 0.0001]);
      for (const confidence of [0, 1, -0.1, 1.1, Number.NaN, 1e-14, 1 - 1e-14]) {
        expect(() => tail.normal({ deviation: 1, confidence })).toThrow(InvalidInputError);
      }
    });

    it("refuses samples that are empty or hold no number, naming the place", () => {
      expect(() => tail.historical({ pnl: [], confidence: 0.99 })).toThrow(InsufficientDataError);
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => tail.historical({ pnl: [1, bad], confidence: 0.99 })).toThrow(
          expect.objectContaining({ name: "InvalidInputError", path: "tails.historical.pnl[1]" }),
        );
      }
    });

    it("needs more than one degree of freedom for a shortfall and more than two for a deviation", () => {
      const base = { confidence: 0.99 };
      expect(() => tail.studentT({ ...base, scale: 1, degreesOfFreedom: 1 })).toThrow(InvalidInputError);
      expect(() => tail.studentT({ ...base, deviation: 1, degreesOfFreedom: 2 })).toThrow(InvalidInputError);
      expect(() => tail.studentT({ ...base, degreesOfFreedom: 4 })).toThrow(InvalidInputError);
      expect(() => tail.studentT({ ...base, scale: 1, deviation: 1, degreesOfFreedom: 4 })).toThrow(InvalidInputError);
      expect(() => studentT({ degreesOfFreedom: 2 })).toThrow(InvalidInputError);
      expect(studentT({ degreesOfFreedom: 4 }).key).not.toBe(studentT({ degreesOfFreedom: 5 }).key);
    });

    it("gives Student's t the normal multiples as the degrees of freedom grow, and fatter tails below", () => {
      const plain = normal().multiples(memory.kernel, 0.01);
      const nearly = studentT({ degreesOfFreedom: 1e8 }).multiples(memory.kernel, 0.01);
      near(nearly.valueAtRisk, plain.valueAtRisk, tolerance.studentTLimit, "VaR");
      near(nearly.expectedShortfall, plain.expectedShortfall, tolerance.studentTLimit, "ES");
      const fat = studentT({ degreesOfFreedom: 4 }).multiples(memory.kernel, 0.01);
      expect(fat.expectedShortfall).toBeGreaterThan(plain.expectedShortfall);
    });

    it("has the t distribution's closed forms at one, two and four degrees of freedom", () => {
      for (const x of [-50, -3, -1.9, -1.7, -0.6, -1e-9, 0, 0.3, 1.81, 4]) {
        near(t.cdf(x, 2), 0.5 + x / (2 * Math.sqrt(2 + x * x)), tolerance.studentTClosed, `ν = 2, x = ${x}`);
        near(t.cdf(x, 1), 0.5 + Math.atan(x) / Math.PI, tolerance.studentTClosed, `ν = 1, x = ${x}`);
        const s = x / Math.sqrt(4 + x * x);
        near(t.cdf(x, 4), 0.5 + 0.75 * (s - s ** 3 / 3), tolerance.studentTClosed, `ν = 4, x = ${x}`);
      }
    });

    it("undoes the t distribution's cdf by its quantile over the whole range", () => {
      for (const nu of [0.5, 0.9, 1, 2.3, 3, 7.7, 30, 250, 1e4, 1e6, 1e8]) {
        for (const p of [
          1e-300, 1e-200, 1e-50, 1e-9, 1e-3, 0.02, 0.1, 0.19, 0.29, 0.31, 0.45, 0.4999, 0.6, 0.9, 0.999,
        ]) {
          const x = t.quantile(p, nu);
          if (Number.isFinite(x)) near(t.cdf(x, nu), p, tolerance.studentTRound * p, `ν = ${nu}, p = ${p}, x = ${x}`);
          else expect(nu * 308).toBeLessThan(300);
        }
      }
    });

    it("has monotone quantiles across the seams of its methods", () => {
      for (const nu of [0.5, 1, 3, 100, 1e8]) {
        let last = Number.NEGATIVE_INFINITY;
        for (let p = 0.0005; p < 1; p += 0.0005) {
          const x = t.quantile(p, nu);
          expect(x).toBeGreaterThan(last);
          last = x;
        }
      }
    });

    it("reaches the ends of the range without NaN", () => {
      expect(t.quantile(1e-300, 0.5)).toBe(Number.NEGATIVE_INFINITY);
      expect(t.quantile(0, 3)).toBe(Number.NEGATIVE_INFINITY);
      expect(t.quantile(1, 3)).toBe(Number.POSITIVE_INFINITY);
      expect(t.quantile(0.5, 3)).toBe(0);
      expect(t.cdf(Number.NEGATIVE_INFINITY, 3)).toBe(0);
      expect(t.cdf(Number.POSITIVE_INFINITY, 3)).toBe(1);
      expect(t.pdf(Number.POSITIVE_INFINITY, 3)).toBe(0);
      expect(t.cdf(-1e300, 0.5)).toBeGreaterThan(0);
      for (const nu of [0.5, 1, 3, 1e8]) expect(t.quantile(5e-324, nu)).toBeLessThan(-38);
      const functions = normalDistribution({ memory });
      for (const f of [functions.cdf, functions.survival, functions.logCdf, functions.pdf, functions.quantile]) {
        expect(() => f(Number.NaN)).toThrow(InvalidInputError);
      }
      expect(() => functions.quantile(1.01)).toThrow(InvalidInputError);
      expect(() => t.cdf(0, 0.4)).toThrow(InvalidInputError);
    });

    it("agrees with exact binomial sums", () => {
      for (const [n, p] of [
        [1, 0.3],
        [7, 0.5],
        [100, 0.01],
        [120, 0.9],
      ] as const) {
        let below = 0n;
        for (let k = 0; k <= n; k++) {
          const mass = exact.binomialMass(k, n, p);
          below += mass;
          near(
            binomial.mass(k, n, p),
            exact.rounded(mass),
            tolerance.binomial(exact.rounded(mass)),
            `mass ${k} ${n} ${p}`,
          );
          near(
            binomial.cdf(k, n, p),
            exact.rounded(below),
            tolerance.binomial(exact.rounded(below)),
            `cdf ${k} ${n} ${p}`,
          );
          expect(binomial.quantile(Math.min(1, exact.rounded(below)) * (1 - 1e-9), n, p)).toBeLessThanOrEqual(k);
        }
        expect([
          binomial.cdf(-1, n, p),
          binomial.cdf(n, n, p),
          binomial.upper(0, n, p),
          binomial.upper(n + 1, n, p),
        ]).toEqual([0, 1, 1, 0]);
      }
    });

    it("puts the Basel zones where the Basel table has them", () => {
      const zones = Array.from({ length: 12 }, (_, x) => trafficLight(memory, 250, x, 0.01).zone[0]).join("");
      expect(zones).toBe("gggggyyyyyrr");
    });

    it("bands the exceptions that do not speak against the model", () => {
      expect(exceptionBand(memory, 250, 0.01)).toEqual({ low: 0, high: 6 });
      const { low, high } = exceptionBand(memory, 1000, 0.05, 0.95);
      expect(binomial.cdf(low - 1, 1000, 0.05)).toBeLessThan(0.025);
      expect(binomial.cdf(high, 1000, 0.05)).toBeGreaterThanOrEqual(0.975);
      expect(binomial.cdf(high - 1, 1000, 0.05)).toBeLessThan(0.975);
    });

    it("tests the proportion of failures without underflow, for any number of observations", () => {
      expect(kupiec(memory, 250, 2.5 * 2, 0.02)).toEqual({ likelihoodRatio: 0, pValue: 1 });
      const huge = kupiec(memory, 1e6, 20_000, 0.01);
      expect(huge.likelihoodRatio).toBeGreaterThan(1000);
      expect(huge.pValue).toBeGreaterThanOrEqual(0);
      expect(() => kupiec(memory, 250, 251, 0.01)).toThrow(InvalidInputError);
      expect(() => kupiec(memory, 250, 1, 0)).toThrow(InvalidInputError);
    });

    it("leaves the memory as it was", () => {
      const before = memory.kernel.arenaMark();
      tail.historical({ pnl: [1, 2, 3], confidence: 0.9, quantile: 7 });
      kupiec(memory, 250, 3, 0.01);
      expect(memory.kernel.arenaMark()).toBe(before);
    });
  });
}

it("gives the same bits of every special function on every build", () => {
  const kernels = builds.map((build) => freshMemory(build).kernel);
  for (let i = 0; i < 400; i++) {
    const u = ((i * 0.6180339887498949) % 1) * 0.998 + 0.001;
    const x = (u - 0.5) * 60;
    const nu = 10 ** (6 * u - 0.3);
    const bits = kernels.map(
      (kernel) =>
        new Uint8Array(
          Float64Array.of(
            kernel.exponential(x),
            kernel.exponentialM1(x),
            kernel.logarithm(u * 9),
            kernel.logarithm1p(u),
            kernel.erfc(x / 2),
            kernel.normalCdf(x),
            kernel.normalLogCdf(x),
            kernel.normalPdf(x),
            kernel.normalQuantile(u),
            kernel.studentTCdf(x / 3, nu),
            kernel.studentTPdf(x, nu),
            kernel.studentTQuantile(u, nu),
            kernel.binomialCdf(i, 400, u),
            kernel.chiSquareTail(i / 7),
            kernel.binomialQuantile(u, i + 1, 0.1),
          ).buffer,
        ),
    );
    for (const each of bits) expect(each).toEqual(bits[0]);
  }
});
