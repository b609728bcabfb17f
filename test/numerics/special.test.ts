import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Memory } from "../../src/memory.js";
import {
  betaFunctions,
  binomialDistribution,
  chiSquareDistribution,
  elementary,
  errorFunctions,
  gammaFunctions,
} from "../../src/numerics/index.js";
import { numericsKernel } from "../../src/numerics/kernel.js";
import { studentTDistribution } from "../../src/stats.js";
import { generator } from "../kernels/samples.js";
import * as exact from "../reference/special.js";
import * as reference from "../reference/special-functions.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { near, tolerance } from "../support/tolerance.js";

const ONE = exact.fixed(1);
const draw = generator(42);
const power10 = (low: number, high: number) => 10 ** (low + (high - low) * draw());
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

/** Every build's functions by name, on a memory of its own. */
const builds = numericsBuilds.map(({ build, memory: fresh }) => {
  const memory: Memory = fresh();
  return { build, engine: { memory }, kernel: numericsKernel(memory) };
});

/** Errors relative to the truth of a function at points, the first build's; the others' bits must be equal. */
function worst(
  name: "logGamma" | "digamma" | "erf" | "erfc" | "erfcx" | "gammaLower" | "gammaUpper" | "betaLower" | "betaUpper",
  points: readonly (readonly number[])[],
  truth: (...fixed: bigint[]) => number,
): { readonly error: number; readonly at: readonly number[] } {
  let found = { error: 0, at: points[0] ?? [] };
  for (const point of points) {
    const [value, ...others] = builds.map(({ kernel }) => (kernel[name] as (...x: number[]) => number)(...point));
    for (const other of others) expect(other, `${name}(${point})`).toBe(value);
    const expected = truth(...point.map((x) => exact.fixed(x)));
    // Too small for a fixed-point number of 1,024 bits, or nearly.
    if (Math.abs(expected) < 1e-270) continue;
    const error = value === expected ? 0 : Math.abs((value ?? Number.NaN) - expected) / Math.abs(expected);
    if (!(error <= found.error)) found = { error, at: point };
  }
  return found;
}

describe("special functions against 1,024-bit arithmetic, with the same bits in every build", () => {
  it("log Γ and ψ", () => {
    const points = [
      ...times(60, () => [3 * draw()]),
      ...times(40, () => [20 * draw()]),
      ...times(30, () => [power10(-12, 12)]),
      ...[1 + 2 ** -52, 1 - 2 ** -53, 2 + 2 ** -51, 2 - 2 ** -52, 0.5, 1.5, 2.5, 15.999, 16, 5e-250].map((x) => [x]),
    ];
    const logGamma = worst("logGamma", points, (x) => exact.rounded(reference.logGamma(x)));
    expect(logGamma.error, String(logGamma.at)).toBeLessThan(tolerance.logGammaRelative);
    const away = points.filter(([x = 0]) => Math.abs(x - 1.4616) > 0.1);
    const digamma = worst("digamma", away, (x) => exact.rounded(reference.digamma(x)));
    expect(digamma.error, String(digamma.at)).toBeLessThan(tolerance.digammaRelative);
    const beside = times(20, () => 1.36 + 0.2 * draw());
    for (const { kernel } of builds) {
      for (const x of beside) {
        near(kernel.digamma(x), exact.rounded(reference.digamma(exact.fixed(x))), tolerance.digammaAbsolute, `ψ(${x})`);
      }
    }
  });

  it("erf, erfc and e^(x²) erfc", () => {
    const points = [
      ...times(60, () => [4 * draw() - 2]),
      ...times(60, () => [18 * draw()]),
      ...times(20, () => [power10(-300, 0)]),
      ...[0.5, 0.5 - 2 ** -54, -0.5, 2 ** -1074].map((x) => [x]),
    ];
    const normal = points.filter(([x = 0]) => Math.abs(x) > 1e-280);
    const erf = worst("erf", normal, (x) => exact.rounded(reference.erf(x)));
    expect(erf.error, String(erf.at)).toBeLessThan(tolerance.errorRelative);
    const erfc = worst("erfc", points, (x) => exact.rounded(ONE - reference.erf(x)));
    expect(erfc.error, String(erfc.at)).toBeLessThan(tolerance.errorRelative);
    const erfcx = worst("erfcx", points, (x) => {
      const { mantissa, exponent } = exact.exponential((x * x) >> 1024n);
      return exact.rounded((mantissa * (ONE - reference.erf(x))) >> 1024n, exponent);
    });
    expect(erfcx.error, String(erfcx.at)).toBeLessThan(tolerance.errorRelative);
  });

  it("P(a, x) and Q(a, x), for small and large a and in both tails", () => {
    const points = [
      ...times(60, () => {
        const a = power10(-3, 2);
        return [a, a * power10(-1.5, 0.9)];
      }),
      ...times(30, () => [power10(-12, 0), power10(-8, 1.5)]),
      ...times(30, () => {
        const a = power10(2, 4);
        return [a, a + (16 * draw() - 8) * Math.sqrt(a)];
      }),
      [1, 1],
      [1, 1 - 2 ** -53],
      [0.5, 1],
      [25, 700],
      [1e6, 1e6 - 3e3],
      [1e6, 1e6 + 6e3],
    ];
    const lower = worst("gammaLower", points, (a, x) => exact.rounded(reference.gammaLower(a ?? 0n, x ?? 0n)));
    expect(lower.error, String(lower.at)).toBeLessThan(tolerance.incompleteRelative);
    const upper = worst("gammaUpper", points, (a, x) => exact.rounded(ONE - reference.gammaLower(a ?? 0n, x ?? 0n)));
    expect(upper.error, String(upper.at)).toBeLessThan(tolerance.incompleteRelative);
  });

  it("I_x(a, b) and 1 − I_x(a, b), for small and large shapes and in both tails", () => {
    const points = [
      ...times(50, () => [power10(-3, 2.5), power10(-3, 2.5), 0.97 * draw()]),
      ...times(30, () => [power10(-10, 0), power10(-10, 2), 0.95 * draw()]),
      ...times(30, () => [power10(-3, 2), power10(-3, 2), power10(-10, 0) * 0.9]),
      ...times(30, () => {
        const [a, b] = [power10(1, 3.5), power10(1, 3.5)];
        const mean = a / (a + b);
        const x = mean + (12 * draw() - 6) * Math.sqrt((mean * (1 - mean)) / (a + b));
        return [a, b, Math.min(0.98, Math.max(1e-3, x))];
      }),
      [1, 1, 0.3],
      [0.5, 0.5, 0.5],
      [1e6, 2e6, 0.3334],
    ];
    const lower = worst("betaLower", points, (a, b, x) =>
      exact.rounded(reference.betaLower(a ?? 0n, b ?? 0n, x ?? 0n)),
    );
    expect(lower.error, String(lower.at)).toBeLessThan(tolerance.incompleteRelative);
    const upper = worst("betaUpper", points, (a, b, x) =>
      exact.rounded(ONE - reference.betaLower(a ?? 0n, b ?? 0n, x ?? 0n)),
    );
    expect(upper.error, String(upper.at)).toBeLessThan(tolerance.incompleteRelative);
  });
});

describe.each(builds)("special functions ($build)", ({ engine }) => {
  const gamma = gammaFunctions(engine);
  const beta = betaFunctions(engine);
  const chiSquare = chiSquareDistribution(engine);

  it("have the limits of their ranges", () => {
    expect(gamma.logGamma(0)).toBe(Number.POSITIVE_INFINITY);
    expect(gamma.logGamma(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(gamma.logGamma(1e308)).toBe(Number.POSITIVE_INFINITY);
    expect([gamma.logGamma(1), gamma.logGamma(2)]).toEqual([0, 0]);
    near(gamma.logGamma(5e-324), 1074 * Math.LN2, tolerance.logGammaRelative * 745, "the smallest number");
    expect(gamma.digamma(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(gamma.digamma(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect([gamma.lower(2.5, 0), gamma.upper(2.5, 0)]).toEqual([0, 1]);
    expect([gamma.lower(2.5, Number.POSITIVE_INFINITY), gamma.upper(2.5, Number.POSITIVE_INFINITY)]).toEqual([1, 0]);
    expect(gamma.upper(2.5, 1e10)).toBe(0);
    expect(gamma.lower(1, 5e-324)).toBe(5e-324);
    expect(gamma.lower(1e5, 1e-310)).toBe(0);
    expect([beta.lower(2, 3, 0), beta.upper(2, 3, 0), beta.lower(2, 3, 1), beta.upper(2, 3, 1)]).toEqual([0, 1, 1, 0]);
    expect(beta.lower(1, 1, 5e-324)).toBe(5e-324);
    const { erf, erfc, erfcx } = errorFunctions(engine);
    expect([erf(Number.POSITIVE_INFINITY), erf(Number.NEGATIVE_INFINITY), erf(-0)]).toEqual([1, -1, -0]);
    expect([erfc(Number.POSITIVE_INFINITY), erfc(30)]).toEqual([0, 0]);
    expect([erfcx(Number.NEGATIVE_INFINITY), erfcx(-27), erfcx(Number.POSITIVE_INFINITY)]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      0,
    ]);
    near(erfcx(1e200), 1 / (1e200 * Math.sqrt(Math.PI)), 1e-215, "far out");
  });

  it("agree with the distributions that are computed another way", () => {
    const student = studentTDistribution(engine);
    const binomial = binomialDistribution(engine);
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 500, noNaN: true }),
        fc.double({ min: 0.01, max: 40, noNaN: true }),
        (nu, t) => {
          // P(T > t) is half of I_x(ν/2, ½) at x = ν/(ν + t²), that is of its complement at t²/(ν + t²).
          const tail = 0.5 * beta.upper(0.5, 0.5 * nu, (t * t) / (nu + t * t));
          near(tail, student.cdf(-t, nu), tolerance.otherWay * nu * tail, `nu ${nu}, t ${t}`);
        },
      ),
      { seed: 20261130, numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (n, p) => {
        for (const k of [1, Math.ceil(n / 3), n]) {
          const upper = beta.lower(k, n - k + 1, p);
          if (upper > 1e-290)
            near(upper, binomial.upper(k, n, p), tolerance.otherWay * upper, `n ${n}, k ${k}, p ${p}`);
        }
      }),
      { seed: 20261130, numRuns: 100 },
    );
  });

  it("both sides are 1 together, and I_x(a, b) is the complement of I_(1−x)(b, a)", () => {
    const shape = fc.double({ min: -9, max: 5, noNaN: true }).map((e) => 10 ** e);
    fc.assert(
      fc.property(shape, shape, fc.integer({ min: 1, max: 1023 }), (a, b, part) => {
        const x = part / 1024;
        near(beta.lower(a, b, x) + beta.upper(a, b, x), 1, 4e-16, `a ${a}, b ${b}, x ${x}`);
        expect(beta.lower(a, b, x)).toBe(beta.upper(b, a, 1 - x));
        near(gamma.lower(a, b) + gamma.upper(a, b), 1, 4e-16, `a ${a}, x ${b}`);
      }),
      { seed: 20261130, numRuns: 300 },
    );
  });

  it("χ² quantiles undo both tails", () => {
    for (let i = 0; i < 300; i++) {
      const nu = power10(-1, 4);
      const p = power10(-280, 0);
      for (const [quantile, tail] of [
        [chiSquare.quantile(p, nu), (x: number) => chiSquare.cdf(x, nu)],
        [chiSquare.upperQuantile(p, nu), (x: number) => chiSquare.survival(x, nu)],
      ] as const) {
        // An ulp of x moves its tail by x f(x)/P(x) of them, at most about x in the upper tail and ν in the lower.
        const allowed = tolerance.incompleteRelative * (1 + quantile + nu) * p;
        if (quantile > 1e-290) near(tail(quantile), p, allowed, `nu ${nu}, p ${p}`);
      }
    }
    expect([chiSquare.quantile(0, 3), chiSquare.quantile(1, 3)]).toEqual([0, Number.POSITIVE_INFINITY]);
    expect([chiSquare.upperQuantile(0, 3), chiSquare.upperQuantile(1, 3)]).toEqual([Number.POSITIVE_INFINITY, 0]);
    expect(chiSquare.quantile(0.4, 1e-9)).toBe(0);
    near(chiSquare.upperQuantile(0.05, 2), -2 * Math.log(0.05), 1e-14, "two degrees of freedom");
  });

  it("refuse what is not in their domain, by name, and work on", () => {
    expect(pathOf(() => gamma.logGamma(-1))).toBe("x");
    expect(pathOf(() => gamma.digamma(Number.NaN))).toBe("x");
    expect(pathOf(() => gamma.lower(0, 1))).toBe("a");
    expect(pathOf(() => gamma.upper(2e8, 1))).toBe("a");
    expect(pathOf(() => beta.lower(1, -1, 0.5))).toBe("b");
    expect(pathOf(() => beta.upper(1, 1, 1.1))).toBe("x");
    expect(pathOf(() => chiSquare.cdf(-1, 1))).toBe("x");
    expect(pathOf(() => chiSquare.survival(1, 0))).toBe("degreesOfFreedom");
    expect(pathOf(() => chiSquare.quantile(1.5, 1))).toBe("p");
    expect(pathOf(() => errorFunctions(engine).erfcx(Number.NaN))).toBe("x");
    expect(gamma.logGamma(3)).toBe(elementary(engine).log(Float64Array.of(2))[0]);
  });
});
