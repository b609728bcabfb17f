import { exponential, exponentialM1 } from "../simd/exponential";
import { logarithm } from "../simd/logarithm";
import { power } from "../simd/power";
import { productRest, rest, wideExponential, wideLogarithm, wideQuotient, wideSum } from "../simd/wide";
import { stirlingError } from "./gamma";
import { logGamma, logGamma1p } from "./log-gamma";
import { normalQuantile } from "./normal";

const TWO_PI: f64 = 6.283185307179586;
const EPSILON: f64 = 2.220446049250313e-16;

/**
 * x^a e^−x / Γ(a + 1). For a ≥ 1 as e^(a log(x/a) + a − x) / √(2πa) e^−δ(a), the exponent with twice the digits: it cancels near
 * the mode, and in the tail is up to 745.
 */
function leading(a: f64, x: f64): f64 {
  if (a < 1) return power(x, a) * exponential(-x - logGamma1p(a));
  const ratio = wideQuotient(x, 0, a);
  if (ratio < 1e-280) return power(x, a) * exponential(-x - logGamma(a + 1));
  const log = wideLogarithm(ratio, rest);
  const logRest = rest;
  const product = a * log;
  const productLow = productRest(a, log) + a * logRest;
  const away = wideSum(a, -x);
  const awayRest = rest;
  const sum = wideSum(product, away);
  const sumRest = rest;
  const exponent = wideSum(sum, -stirlingError(a));
  return wideExponential(exponent, rest + sumRest + (productLow + awayRest)) / sqrt(TWO_PI * a);
}

/** P(a, x) for 0 < x < max(a, 1): leading term times 1 + x/(a + 1) + x²/((a + 1)(a + 2)) + ..., all positive. */
function lowerSeries(a: f64, x: f64): f64 {
  let sum: f64 = 1;
  let term: f64 = 1;
  for (let n = a + 1; term > 1e-3 * EPSILON * sum; n += 1) {
    term *= x / n;
    sum += term;
  }
  return leading(a, x) * sum;
}

/**
 * Q(a, x) for 0 < a < 1 and 0 < x < 1, where 1 − P would cancel for small a:
 *
 *   −(e^e − 1) − e^e a Σ (−x)^n / (n! (a + n)),   e = a log x − log Γ(1 + a)
 */
function upperSeries(a: f64, x: f64): f64 {
  const exponent = a * logarithm(x) - logGamma1p(a);
  let sum: f64 = 0;
  let term: f64 = 1;
  for (let n: f64 = 1; abs(term) > 1e-3 * EPSILON * abs(sum); n += 1) {
    term *= -x / n;
    sum += term / (a + n);
  }
  return -exponentialM1(exponent) - exponential(exponent) * a * sum;
}

/** Q(a, x) for x ≥ max(a, 1): Legendre's continued fraction by Lentz's method, O(√a) steps. */
function upperFraction(a: f64, x: f64): f64 {
  let below = x + 1 - a;
  let c: f64 = 1e300;
  let d = 1 / below;
  let fraction = d;
  // Where a step no longer shows there is a multiple of it still to come: a quarter of the steps more.
  let steps: f64 = Infinity;
  for (let n: f64 = 1; n < steps; n += 1) {
    const above = n * (a - n);
    below += 2;
    d = 1 / (above * d + below);
    c = below + above / c;
    const factor = c * d;
    fraction *= factor;
    if (steps == Infinity && abs(factor - 1) <= 2 * EPSILON) steps = 1.25 * n;
  }
  return leading(a, x) * a * fraction;
}

/** 0: P, 1: Q. */
function side(a: f64, x: f64, upper: bool): f64 {
  if (!(a > 0 && a < Infinity && x >= 0)) return NaN;
  // Beyond this the splitting of x overflows, and there is nothing left of the tail of any shape there is.
  if (x == 0 || x > 1e290) return (x == 0) == upper ? 1 : 0;
  if (x >= max<f64>(a, 1)) {
    const tail = upperFraction(a, x);
    return upper ? tail : 1 - tail;
  }
  if (a < 1 && upper) return upperSeries(a, x);
  const mass = lowerSeries(a, x);
  return upper ? 1 - mass : mass;
}

/**
 * P(a, x) = ∫₀ˣ u^(a−1) e^−u du / Γ(a), the regularised incomplete gamma function, 0 < a, 0 ≤ x ≤ ∞: relative error 1e-13, also
 * for a of 1e8. NaN elsewhere. O(√a).
 */
export function gammaLower(a: f64, x: f64): f64 {
  return side(a, x, false);
}

/** Q(a, x) = 1 − P(a, x), likewise, and never computed so where it is small. */
export function gammaUpper(a: f64, x: f64): f64 {
  return side(a, x, true);
}

/**
 * The x with P(a, x) = p or, where `upper`, Q(a, x) = p, 0 ≤ p ≤ 1: relative error 1e-12 for p from 1e-300. NaN elsewhere.
 *
 * Newton's method on the logarithm of the smaller tail against log x, which is concave: after one step it is on one side of the
 * root and stays there. From Wilson and Hilferty's normal approximation, or for P from x^a = p Γ(a + 1), which is below the root.
 * Source of the start: Wilson and Hilferty, The distribution of chi-square (1931).
 */
export function gammaQuantile(a: f64, p: f64, upper: bool): f64 {
  if (!(a > 0 && a < Infinity && p >= 0 && p <= 1)) return NaN;
  if (p == 0 || p == 1) return (p == 0) == upper ? Infinity : 0;
  const other = p > 0.5;
  const tail = other ? 1 - p : p;
  const above = upper != other;
  const z = normalQuantile(tail);
  const w = 1 - 1 / (9 * a) + (above ? -z : z) / (3 * sqrt(a));
  const normal = w > 0 ? logarithm(a) + 3 * logarithm(w) : -Infinity;
  const least = above ? -745 : (logarithm(tail) + logGamma(a + 1)) / a;
  let s = max(normal, least);
  for (let i = 0; i < 200; i++) {
    if (s < -746) return 0;
    const x = exponential(s);
    const value = side(a, x, above);
    const slope = a * leading(a, x);
    // Where the tail underflows the root is nearer to the middle.
    const step = value > 0 && slope > 0 ? (logarithm(tail / value) * value) / slope : 0.5 * (logarithm(a) - s);
    s += above ? -step : step;
    if (abs(step) < 1e-9) break;
  }
  // One step in x itself: the logarithm of a large x has fewer digits than x.
  const x = exponential(s);
  const value = side(a, x, above);
  const change = ((tail - value) / (a * leading(a, x))) * x;
  return abs(change) < x ? (above ? x - change : x + change) : x;
}
