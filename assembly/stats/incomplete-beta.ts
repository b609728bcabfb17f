import { exponential, exponentialM1 } from "../simd/exponential";
import { logarithm } from "../simd/logarithm";
import { productRest, rest, wideExponential, wideLogarithm, wideQuotient, wideSum } from "../simd/wide";
import { stirlingError } from "./gamma";
import { logGamma1p, logGammaRise } from "./log-gamma";

const TWO_PI: f64 = 6.283185307179586;
const EPSILON: f64 = 2.220446049250313e-16;

/** e^(a k + b l + c) for k, l of two parts each. */
function product2(a: f64, k: f64, kRest: f64, b: f64, l: f64, lRest: f64, c: f64): f64 {
  const first = a * k;
  const firstRest = productRest(a, k) + a * kRest;
  const second = b * l;
  const secondRest = productRest(b, l) + b * lRest;
  const sum = wideSum(first, second);
  const sumRest = rest;
  const exponent = wideSum(sum, c);
  return wideExponential(exponent, rest + sumRest + (firstRest + secondRest));
}

/** log(x n / a) for x and n of two parts each, its second part in `rest`. */
function logScaled(x: f64, xRest: f64, n: f64, nRest: f64, a: f64): f64 {
  const product = x * n;
  const quotient = wideQuotient(product, productRest(x, n) + (x * nRest + xRest * n), a);
  return wideLogarithm(quotient, rest);
}

/**
 * x^a y^b / (a B(a, b)) for a ≥ 1, y = 1 − x; both of two parts. For b ≥ 1 relative to the mode at a/(a + b) with Stirling errors, as
 * the binomial mass is, and the exponent, which cancels there, with twice the digits.
 */
function leading(a: f64, b: f64, x: f64, xRest: f64, y: f64, yRest: f64): f64 {
  if (b < 1) {
    const k = wideLogarithm(x, xRest);
    const kRest = rest;
    const l = wideLogarithm(y, yRest);
    return product2(a, k, kRest, b, l, rest, logGammaRise(a, b) - logGamma1p(b)) * (b / a);
  }
  const n = wideSum(a, b);
  const nRest = rest;
  const k = logScaled(x, xRest, n, nRest, a);
  const kRest = rest;
  const l = logScaled(y, yRest, n, nRest, b);
  const constant = stirlingError(n) - stirlingError(a) - stirlingError(b);
  return product2(a, k, kRest, b, l, rest, constant) * sqrt(b / (TWO_PI * a * n));
}

/** Σ over n ≥ 1 of (1 − b)(2 − b)...(n − b) x^n / (n! (a + n)). */
function series(a: f64, b: f64, x: f64): f64 {
  let sum: f64 = 0;
  let term: f64 = 1;
  for (let n: f64 = 1; abs(term) > 1e-3 * EPSILON * abs(sum); n += 1) {
    term *= ((n - b) / n) * x;
    sum += term / (a + n);
  }
  return sum;
}

/**
 * I_x(a, b) for a < 1, or 1 minus it, which would cancel for small a: with e = log(x^a / (a B(a, b))) and the series Σ
 *
 *   I = e^e (1 + a Σ),   1 − I = −(e^e − 1) − e^e a Σ
 */
function bySeries(a: f64, b: f64, x: f64, xRest: f64, complement: bool): f64 {
  const beyond = a * series(a, b, x);
  const constant = logGammaRise(b, a) - logGamma1p(a);
  if (complement) {
    const exponent = a * (logarithm(x) + xRest / x) + constant;
    return -exponentialM1(exponent) - exponential(exponent) * beyond;
  }
  const k = wideLogarithm(x, xRest);
  return product2(a, k, rest, 0, 0, 0, constant) * (1 + beyond);
}

/**
 * a I_x(a, b) over the leading term for a ≥ 1 and x at most about the mean: the continued fraction of Didonato and Morris by
 * Lentz's method, O(√(a + b)) steps.
 */
function fractionOf(a: f64, b: f64, x: f64, xRest: f64, y: f64): f64 {
  const n = wideSum(a, b);
  const nRest = rest;
  // a − (a + b) x
  const product = x * n;
  const lambda = a - product - (productRest(x, n) + (x * nRest + xRest * n));
  let below = (a / (a + 1)) * (lambda + 1);
  let c = below;
  let d: f64 = 0;
  let fraction = below;
  let steps: f64 = Infinity;
  for (let m: f64 = 1; m < steps; m += 1) {
    const at = a + 2 * m - 1;
    const share = (m / at) * (b - m) * x;
    const above = ((a + m - 1) / at) * (a + b + m - 1) * x * share;
    below = m + share + ((a + m) / (at + 2)) * (lambda + 1 + m * (1 + y));
    d = 1 / (below + above * d);
    c = below + above / c;
    const factor = c * d;
    fraction *= factor;
    // Where a step no longer shows there is a multiple of it still to come: a quarter of the steps more.
    if (steps == Infinity && abs(factor - 1) <= 2 * EPSILON) steps = 1.25 * m;
  }
  return a / fraction;
}

/** I_x(a, b), or 1 minus it, for x at most about the mean. */
function below(a: f64, b: f64, x: f64, xRest: f64, y: f64, yRest: f64, complement: bool): f64 {
  if (a < 1) return bySeries(a, b, x, xRest, complement);
  const mass = leading(a, b, x, xRest, y, yRest) * fractionOf(a, b, x, xRest, y);
  return complement ? 1 - mass : mass;
}

function side(a: f64, b: f64, x: f64, upper: bool): f64 {
  if (!(a > 0 && a < Infinity && b > 0 && b < Infinity && x >= 0 && x <= 1)) return NaN;
  if (x == 0 || x == 1) return (x == 0) == upper ? 1 : 0;
  const y = 1 - x;
  const yRest = 1 - y - x;
  if (x * (a + b + 2) > a + 1) return below(b, a, y, yRest, x, 0, !upper);
  return below(a, b, x, 0, y, yRest, upper);
}

/**
 * I_x(a, b) = ∫₀ˣ u^(a−1) (1 − u)^(b−1) du / B(a, b), the regularised incomplete beta function, for a, b > 0 and 0 ≤ x ≤ 1:
 * relative error 1e-13, also for a + b of 1e8. NaN elsewhere. O(√(a + b)).
 */
export function betaLower(a: f64, b: f64, x: f64): f64 {
  return side(a, b, x, false);
}

/** 1 − I_x(a, b) = I_(1−x)(b, a), likewise, with 1 − x exact, and never computed so where it is small. */
export function betaUpper(a: f64, b: f64, x: f64): f64 {
  return side(a, b, x, true);
}
