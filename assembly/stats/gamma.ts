import { exponential } from "../simd/exponential";
import { logarithm, logarithm1p } from "../simd/logarithm";
import { normalTailAt } from "./normal";
import { twoSumError } from "./sum";

const TWO_PI: f64 = 6.283185307179586;
const EPSILON: f64 = 2.220446049250313e-16;
/** From here on the asymptotic series of `stirlingError` is exact to 1e-17. */
const ASYMPTOTIC: f64 = 16;

/**
 * δ(a) = log Γ(a + 1) − (a + ½) log a + a − ½ log 2π, what Stirling's formula leaves out, for a > 0; absolute error 2e-15.
 *
 * The series 1/(12a) − 1/(360a³) + ... above 16; below, upwards by δ(a) = δ(a + 1) + (a + ½) log(1 + 1/a) − 1. With it
 * no probability is formed from logarithms of factorials, whose size would cost digits.
 */
export function stirlingError(a: f64): f64 {
  let shifted: f64 = 0;
  let at = a;
  while (at < ASYMPTOTIC) {
    shifted += (at + 0.5) * logarithm1p(1 / at) - 1;
    at += 1;
  }
  const inverse = 1 / at;
  const square = inverse * inverse;
  const series =
    1 / 12.0 -
    square *
      (1 / 360.0 - square * (1 / 1260.0 - square * (1 / 1680.0 - square * (1 / 1188.0 - square * (691 / 360360.0)))));
  return shifted + series * inverse;
}

/**
 * Deviance x log(x/m) + m − x ≥ 0 for x ≥ 0 and m > 0, without cancellation where x is near m.
 *
 *   v = (x − m)/(x + m):  (x − m) v + 2x (v³/3 + v⁵/5 + ...)  for |v| < 0.1
 *
 * Source: Loader, Fast and accurate computation of binomial probabilities (2000).
 */
export function deviance(x: f64, m: f64): f64 {
  if (x == 0) return m;
  const difference = x - m;
  const v = difference / (x + m);
  if (!(abs(v) < 0.1)) return x * logarithm(x / m) + (m - x);
  const square = v * v;
  let sum = difference * v;
  let term = 2 * x * v;
  for (let j = 3; j < 41; j += 2) {
    term *= square;
    const next = sum + term / <f64>j;
    if (next == sum) break;
    sum = next;
  }
  return sum;
}

/** x^a e^(−x) / Γ(a + 1) for a > 0, x > 0. Far from the mode the exponent is added up in two parts: it is large there. */
function poissonTerm(a: f64, x: f64): f64 {
  const outside = 1 / sqrt(TWO_PI * a);
  const delta = stirlingError(a);
  if (abs(x - a) < 0.1 * (x + a)) return outside * exponential(-delta - deviance(a, x));
  const first = a * logarithm(x / a);
  const second = a - x;
  const exponent = first + second;
  return outside * exponential(exponent) * exponential(twoSumError(first, second, exponent) - delta);
}

/**
 * P(X > x) for X chi-square with k degrees of freedom, k > 0 and x ≥ 0: Q(k/2, x/2), relative error 1e-13, never as 1 − P.
 *
 * One degree of freedom is a normal tail. Otherwise the series of P below k/2 + 1, where P is less than about a half, and
 * the continued fraction of Q above (modified Lentz). O(√k) terms. Source: Gautschi (1979); NIST DLMF 8.7.1, 8.9.2.
 */
export function chiSquareTail(x: f64, k: f64): f64 {
  if (!(x > 0)) return 1;
  if (k == 1) return 2 * normalTailAt(x, sqrt(x));
  const a = 0.5 * k;
  const half = 0.5 * x;
  if (half == Infinity) return 0;
  const prefix = poissonTerm(a, half);
  if (half < a + 1) {
    let sum: f64 = 1;
    let term: f64 = 1;
    for (let n = a + 1; term > EPSILON * sum; n += 1) {
      term *= half / n;
      sum += term;
    }
    return 1 - prefix * sum;
  }
  let b = half + 1 - a;
  let c: f64 = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let i: f64 = 1; i < 1e6; i += 1) {
    const numerator = i * (a - i);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    const factor = c * d;
    fraction *= factor;
    if (abs(factor - 1) < EPSILON) break;
  }
  return prefix * a * fraction;
}
