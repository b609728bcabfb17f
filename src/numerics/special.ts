import { finiteNumber, invalid } from "../checks.js";
import type { Owner } from "../memory.js";
import { type BinomialFunctions, binomialFunctions } from "../stats.js";
import { numericsKernel } from "./kernel.js";

/** A number or an infinity, at least `least`, at most `most`. */
function between(x: number, place: string, least: number, most: number): number {
  if (typeof x === "number" && x >= least && x <= most) return x;
  const range = Number.isFinite(most) ? `from ${least} to ${most}` : `of at least ${least}`;
  throw invalid(place, Number.isFinite(least) ? `a number ${range}` : "a number", x);
}

/** Shapes for which the accuracy is known and the steps, of which there are some 6√shape, are few. */
const shape = (a: number, place: string) => finiteNumber(a, place, { min: 1e-300, max: 1e8 });
const anything = (x: number) => between(x, "x", Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
const positive = (x: number) => between(x, "x", 0, Number.POSITIVE_INFINITY);
const fraction = (x: number) => between(x, "x", 0, 1);

export interface ErrorFunctions {
  /** 2/√π ∫₀ˣ e^(−u²) du */
  erf(x: number): number;
  /** 1 − erf(x), never formed so: down to the smallest number */
  erfc(x: number): number;
  /** e^(x²) erfc(x): 1/(x√π) for large x; Infinity below −26.7, where it has no f64 */
  erfcx(x: number): number;
}

/**
 * The error function: relative error 2e-15 for every x.
 * @throws InvalidInputError  an argument is NaN
 * @see METHODS.md#special-functions
 */
export function errorFunctions({ memory }: Owner): ErrorFunctions {
  const kernel = numericsKernel(memory);
  return {
    erf: (x) => kernel.erf(anything(x)),
    erfc: (x) => kernel.erfc(anything(x)),
    erfcx: (x) => kernel.erfcx(anything(x)),
  };
}

export interface GammaFunctions {
  /** log Γ(x) for x ≥ 0, relative error 1e-15, its zeros' neighbourhoods included; Infinity at 0 and beyond 2.5e305 */
  logGamma(x: number): number;
  /** ψ(x) = Γ′(x)/Γ(x) for x ≥ 0, relative error 2e-15 but beside its zero at 1.4616, there absolute; −Infinity at 0 */
  digamma(x: number): number;
  /** P(a, x) = ∫₀ˣ u^(a−1) e^−u du / Γ(a), 0 < a ≤ 1e8, x ≥ 0 */
  lower(a: number, x: number): number;
  /** Q(a, x) = 1 − P(a, x), never formed so where it is small */
  upper(a: number, x: number): number;
}

/**
 * The gamma function's logarithm and its derivative, and the regularised incomplete gamma functions, relative error
 * 1e-13 in both tails.
 * @throws InvalidInputError  an argument is NaN or out of its range
 * Cost: O(√a) for the incomplete ones.
 * @see METHODS.md#special-functions
 */
export function gammaFunctions({ memory }: Owner): GammaFunctions {
  const kernel = numericsKernel(memory);
  return {
    logGamma: (x) => kernel.logGamma(positive(x)),
    digamma: (x) => kernel.digamma(positive(x)),
    lower: (a, x) => kernel.gammaLower(shape(a, "a"), positive(x)),
    upper: (a, x) => kernel.gammaUpper(shape(a, "a"), positive(x)),
  };
}

export interface BetaFunctions {
  /** I_x(a, b) = ∫₀ˣ u^(a−1) (1 − u)^(b−1) du / B(a, b), 0 < a, b ≤ 1e8, 0 ≤ x ≤ 1 */
  lower(a: number, b: number, x: number): number;
  /** 1 − I_x(a, b), never formed so where it is small; 1 − x is not rounded */
  upper(a: number, b: number, x: number): number;
}

/**
 * The regularised incomplete beta function, relative error 1e-13 in both tails.
 * @throws InvalidInputError  an argument is NaN or out of its range
 * Cost: O(√(a + b)).
 * @see METHODS.md#special-functions
 */
export function betaFunctions({ memory }: Owner): BetaFunctions {
  const kernel = numericsKernel(memory);
  return {
    lower: (a, b, x) => kernel.betaLower(shape(a, "a"), shape(b, "b"), fraction(x)),
    upper: (a, b, x) => kernel.betaUpper(shape(a, "a"), shape(b, "b"), fraction(x)),
  };
}

export interface ChiSquareFunctions {
  /** P(X ≤ x), 0 < degrees of freedom ≤ 2e8, any real */
  cdf(x: number, degreesOfFreedom: number): number;
  /** P(X > x), a p-value; never formed as 1 − cdf where it is small */
  survival(x: number, degreesOfFreedom: number): number;
  /** the x with cdf(x) = p, relative error 1e-12 for p from 1e-300; 0 at 0 and where it has no f64, Infinity at 1 */
  quantile(p: number, degreesOfFreedom: number): number;
  /** the x with survival(x) = p: the critical value of a test at level p */
  upperQuantile(p: number, degreesOfFreedom: number): number;
}

/**
 * The chi-square distribution: P and Q of (degrees of freedom / 2, x / 2), relative error 1e-13 in both tails.
 * @throws InvalidInputError  an argument is NaN or out of its range
 * @see METHODS.md#special-functions
 */
export function chiSquareDistribution({ memory }: Owner): ChiSquareFunctions {
  const kernel = numericsKernel(memory);
  const half = (nu: number) => 0.5 * finiteNumber(nu, "degreesOfFreedom", { min: 1e-300, max: 2e8 });
  return {
    cdf: (x, nu) => kernel.gammaLower(half(nu), 0.5 * positive(x)),
    survival: (x, nu) => kernel.gammaUpper(half(nu), 0.5 * positive(x)),
    quantile: (p, nu) => 2 * kernel.gammaQuantile(half(nu), between(p, "p", 0, 1), false),
    upperQuantile: (p, nu) => 2 * kernel.gammaQuantile(half(nu), between(p, "p", 0, 1), true),
  };
}

/**
 * Successes in independent trials of probability 0 < p < 1; relative error 1e-12 in both tails.
 * @throws InvalidInputError  k or the trials are no whole numbers, fewer than 0, or a probability is out of range
 * @see METHODS.md#special-functions
 */
export function binomialDistribution({ memory }: Owner): BinomialFunctions {
  return binomialFunctions(memory);
}
