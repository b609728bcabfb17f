import { exponential } from "../simd/exponential";
import { logarithm, logarithm1p } from "../simd/logarithm";
import { polynomial } from "../simd/polynomial";

const SQRT_2: f64 = 1.4142135623730951;
const INVERSE_SQRT_2PI: f64 = 0.3989422804014327;

/**
 * g(y) = Φ(−y) e^(y²/2) on [0, ∞) as a quotient of polynomials of degrees 10 and 11, relative error 2.2e-17. Every
 * coefficient is positive, so nothing cancels. Fitted to 60-digit values of erfc by interpolation in the Chebyshev points
 * of t = (y − 4)/(y + 4) on [−1, 1].
 */
export const TAIL_ABOVE = memory.data<f64>([
  0.5, 0.8608879306762593, 0.7320234267813366, 0.39847762044180396, 0.15255574190361323, 0.04276593666335417,
  0.00888536708955921, 0.0013539352612631115, 0.00014553684829116332, 1.0054509410486508e-5, 3.444844248133779e-7, 0,
]);
export const TAIL_BELOW = memory.data<f64>([
  1, 2.5196604221553853, 2.9744450028664335, 2.176350294818652, 1.0994979979374775, 0.4039518693304244,
  0.11054171261622948, 0.022635392167119316, 0.0034190153254793935, 0.000365670273326713, 2.5202917575868965e-5,
  8.634943994072101e-7,
]);

/** g(y) for y ≥ 0. Beyond 1e8 its limit 1/(y √2π): the next term is y⁻² smaller. */
export function scaledTail(y: f64): f64 {
  if (y > 1e8) return INVERSE_SQRT_2PI / y;
  return polynomial(TAIL_ABOVE, 12, y) / polynomial(TAIL_BELOW, 12, y);
}

/** Φ(−y)/φ(y) for y ≥ 0, Mills' ratio: a tail beside a density that is there already. */
export function normalTailRatio(y: f64): f64 {
  return scaledTail(y) / INVERSE_SQRT_2PI;
}

/** y² − fl(y²), exact while y² is in range: Veltkamp's splitting, Dekker's product. */
export function squareResidual(y: f64): f64 {
  if (y > 1e150) return 0;
  const wide = y * 134217729; // 2^27 + 1
  const high = wide - (wide - y);
  const low = y - high;
  return high * high - y * y + 2 * high * low + low * low;
}

/** e^(−c y²) for c = ½ or 1: the rounding of y² alone would cost y² half-ulps. */
function gaussian(c: f64, y: f64): f64 {
  return exponential(-c * (y * y)) * (1 - c * squareResidual(y));
}

/** Φ(−y) for y ≥ 0. */
function upperTail(y: f64): f64 {
  return y > 39 ? 0 : gaussian(0.5, y) * scaledTail(y);
}

/** Φ(−y) for y ≥ 0, given its square: for arguments that are square roots. */
export function normalTailAt(square: f64, y: f64): f64 {
  return exponential(-0.5 * square) * scaledTail(y);
}

/** erfc(x) = 2/√π ∫ₓ^∞ e^(−u²) du, relative error 1e-15, down to the smallest number. */
export function erfc(x: f64): f64 {
  const y = abs(x);
  const tail = y > 28 ? 0 : 2 * gaussian(1, y) * scaledTail(SQRT_2 * y);
  return x < 0 ? 2 - tail : tail;
}

/** Φ(x) = P(Z ≤ x), relative error 1e-15 in both tails. Source of the accuracy: see `scaledTail` and `gaussian`. */
export function normalCdf(x: f64): f64 {
  return x < 0 ? upperTail(-x) : 1 - upperTail(x);
}

/** P(Z > x), never as 1 − Φ(x). */
export function normalSurvival(x: f64): f64 {
  return x > 0 ? upperTail(x) : 1 - upperTail(-x);
}

/** log Φ(x), relative error 1e-15 for every x, also where Φ(x) is too small for a number. */
export function normalLogCdf(x: f64): f64 {
  if (x >= 0) return logarithm1p(-upperTail(x));
  return logarithm(scaledTail(-x)) - 0.5 * squareResidual(-x) - 0.5 * (x * x);
}

/** Density e^(−x²/2) / √2π. */
export function normalPdf(x: f64): f64 {
  return abs(x) > 39 ? 0 : gaussian(0.5, abs(x)) * INVERSE_SQRT_2PI;
}

/**
 * Wichura's rational approximations PPND16: in 0.180625 − q² for |q| ≤ 0.425, q = p − ½, and in r = √(−log p) for
 * r ≤ 5 and above. Numerator and denominator each eight coefficients, lowest power first.
 */
export const CENTRE = memory.data<f64>([
  3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
  67265.770927008700853, 33430.575583588128105, 2509.0809287301226727, 1, 42.313330701600911252, 687.1870074920579083,
  5394.1960214247511077, 21213.794301586595867, 39307.89580009271061, 28729.085735721942674, 5226.495278852854561,
]);
export const MIDDLE = memory.data<f64>([
  1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258,
  0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4, 1, 2.05319162663775882187,
  1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459, 0.0151986665636164571966,
  5.475938084995344946e-4, 1.05075007164441684324e-9,
]);
export const FAR = memory.data<f64>([
  6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123, 0.026532189526576123093,
  0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7, 1, 0.59983220655588793769,
  0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4, 1.8463183175100546818e-5,
  1.4215117583164458887e-7, 2.04426310338993978564e-15,
]);

/**
 * Φ⁻¹(p), relative error 1e-15 on [1e-300, 1); −Infinity at 0, +Infinity at 1, NaN outside [0, 1].
 *
 * Source: Wichura, Algorithm AS 241 (1988). A subnormal p lies just beyond the range of its last approximation, so there
 * one Newton step in log p follows: z + (log p − log Φ(z)) Φ(z)/φ(z).
 */
export function normalQuantile(p: f64): f64 {
  if (!(p > 0 && p < 1)) return p == 0 ? -Infinity : p == 1 ? Infinity : NaN;
  const q = p - 0.5;
  if (abs(q) <= 0.425) {
    const s = 0.180625 - q * q;
    return (q * polynomial(CENTRE, 8, s)) / polynomial(CENTRE + 64, 8, s);
  }
  const tail = q < 0 ? p : 1 - p;
  const r = sqrt(-logarithm(tail));
  const table = r <= 5 ? MIDDLE : FAR;
  const s = r <= 5 ? r - 1.6 : r - 5;
  let z = polynomial(table, 8, s) / polynomial(table + 64, 8, s);
  if (tail < 1e-300) z -= (logarithm(tail) - normalLogCdf(-z)) * (scaledTail(z) / INVERSE_SQRT_2PI);
  return q < 0 ? -z : z;
}
