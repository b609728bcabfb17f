import { exponential } from "../simd/exponential";
import { logarithm, logarithm1p } from "../simd/logarithm";
import { chiSquareTail, deviance, stirlingError } from "./gamma";

const TWO_PI: f64 = 6.283185307179586;
const EPSILON: f64 = 2.220446049250313e-16;

/**
 * P(X = k), X the successes in n trials of probability p: relative error 1e-13 for n up to 1e6 and more.
 *
 *   √(n / (2π k (n − k))) exp(δ(n) − δ(k) − δ(n − k) − D(k, np) − D(n − k, n(1 − p)))
 *
 * with Stirling errors δ and deviances D, none of them large near the mode. Source: Loader (2000).
 */
export function binomialMass(k: f64, n: f64, p: f64): f64 {
  if (k < 0 || k > n) return 0;
  if (k == 0) return n == 0 ? 1 : exponential(n * logarithm1p(-p));
  if (k == n) return exponential(n * logarithm(p));
  const rest = n - k;
  const errors = stirlingError(n) - stirlingError(k) - stirlingError(rest);
  const exponent = errors - deviance(k, n * p) - deviance(rest, n * (1 - p));
  return sqrt(n / (TWO_PI * k * rest)) * exponential(exponent);
}

/** Sum of the masses at k, k + step, ... in units of the one at k, each from the one before: away from the mode. */
function massesBeyond(k: f64, n: f64, p: f64, step: f64): f64 {
  const odds = step > 0 ? p / (1 - p) : (1 - p) / p;
  let sum: f64 = 1;
  let term: f64 = 1;
  for (let j = k; term > 0.1 * EPSILON * sum; j += step) {
    term *= (step > 0 ? (n - j) / (j + 1) : j / (n - j + 1)) * odds;
    sum += term;
  }
  return sum;
}

/** P(X ≤ k) and P(X ≥ k) are the sum of the shorter side, or 1 minus it. */
function side(k: f64, n: f64, p: f64, lower: bool): f64 {
  if (lower ? k < 0 : k > n) return 0;
  if (lower ? k >= n : k <= 0) return 1;
  const from = lower == k <= n * p ? k : lower ? k + 1 : k - 1;
  const step: f64 = k <= n * p ? -1 : 1;
  const mass = binomialMass(from, n, p);
  const sum = mass == 0 ? 0 : mass * massesBeyond(from, n, p, step);
  return from == k ? sum : max<f64>(0, 1 - sum);
}

/** P(X ≤ k): k and n whole numbers, 0 < p < 1. Relative error 1e-12. O(√n) terms. */
export function binomialCdf(k: f64, n: f64, p: f64): f64 {
  return side(k, n, p, true);
}

/** P(X ≥ k), the mass at k included; never as 1 − P(X < k) where that is the longer side. */
export function binomialUpper(k: f64, n: f64, p: f64): f64 {
  return side(k, n, p, false);
}

/** The smallest k with P(X ≤ k) ≥ level, 0 ≤ level ≤ 1. Bisection: log2(n) evaluations of the cdf. */
export function binomialQuantile(level: f64, n: f64, p: f64): f64 {
  let low: f64 = -1;
  let high = n;
  while (high - low > 1) {
    const middle = floor(0.5 * (low + high));
    if (binomialCdf(middle, n, p) >= level) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Likelihood ratio of x successes in n trials against the probability p, and its p-value by one degree of freedom.
 *
 *   LR = 2 [x log(x/(np)) + (n − x) log((n − x)/(n(1 − p)))] = 2 [D(x, np) + D(n − x, n(1 − p))],   0 log 0 = 0
 *
 * As a sum of deviances it underflows for no n and cancels for no x near np.
 *
 * @param n,x  whole numbers, n ≥ 1, 0 ≤ x ≤ n
 * @param p    0 < p < 1
 * @param out  f64[2]: LR, P(χ²₁ > LR)
 * Source: Kupiec, Techniques for verifying the accuracy of risk measurement models (1995).
 */
export function kupiec(n: f64, x: f64, p: f64, out: usize): void {
  const ratio = 2 * (deviance(x, n * p) + deviance(n - x, n * (1 - p)));
  store<f64>(out, ratio);
  store<f64>(out, chiSquareTail(ratio), 8);
}
