import { logarithm, logarithm1p } from "../simd/logarithm";
import { normalTailAt } from "./normal";

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

/**
 * P(X > x) for X chi-square with one degree of freedom, x ≥ 0: twice the normal tail beyond √x, with x itself as the square
 * so that its root's rounding does not show. Relative error 1e-13, never as 1 − P.
 */
export function chiSquareTail(x: f64): f64 {
  return x > 0 ? 2 * normalTailAt(x, sqrt(x)) : 1;
}
