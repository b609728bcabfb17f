import { logarithm, logarithm1p } from "../simd/logarithm";
import { polynomial } from "../simd/polynomial";
import { stirlingError } from "./gamma";

const HALF_LOG_2PI: f64 = 0.9189385332046728;
/** From here on Stirling's series is exact to 1e-17. */
const ASYMPTOTIC: f64 = 16;

/** 1 − γ, (ζ(2) − 1)/2, −(ζ(3) − 1)/3, ...: log Γ(2 + z) = z (...), exact to 1e-18 of it on |z| ≤ ½. */
const AROUND_2 = memory.data<f64>([
  0.42278433509846713, 0.3224670334241132, -0.0673523010531981, 0.020580808427784546, -0.007385551028673986,
  0.0028905103307415234, -0.001192753911703261, 0.0005096695247430425, -0.00022315475845357939, 9.945751278180853e-5,
  -4.492623673813314e-5, 2.050721277567069e-5, -9.439488275268397e-6, 4.374866789907488e-6, -2.039215753801366e-6,
  9.55141213040742e-7, -4.492469198764566e-7, 2.1207184805554665e-7, -1.0043224823968099e-7, 4.7698101693639804e-8,
  -2.2711094608943164e-8, 1.0838659214896955e-8, -5.183475041970047e-9, 2.4836745438024785e-9, -1.1921401405860912e-9,
  5.731367241678862e-10, -2.7595228851242334e-10, 1.330476437424449e-10,
]);
const TERMS: i32 = 28;

/** log Γ(2 + z) for |z| ≤ ½. */
function around2(z: f64): f64 {
  return z * polynomial(AROUND_2, TERMS, z);
}

/**
 * log Γ(1 + a) for 0 ≤ a < 1 and, by the same, −½ ≤ a: relative to a where that is tiny.
 */
export function logGamma1p(a: f64): f64 {
  return a > 0.5 ? around2(a - 1) : around2(a) - logarithm1p(a);
}

/**
 * log Γ(x) for x ≥ 0: relative error 1e-15 but beside the zero at 1 and 2 too, where the argument is exact. +Infinity at 0 and
 * where the result has no f64; NaN below 0 and for NaN.
 *
 * Around 2 the Taylor series, whose coefficients are those of ζ; below, log Γ(x) = log Γ(x + 1) − log x; above, by the product
 * (x − 1)(x − 2)... down to it; from 16 Stirling's series.
 * Source: Abramowitz and Stegun (1964), 6.1.33, 6.1.15, 6.1.40.
 */
export function logGamma(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? Infinity : NaN;
  if (x >= ASYMPTOTIC) {
    if (x == Infinity) return x;
    const log = logarithm(x);
    return x * (log - 1) + (HALF_LOG_2PI - 0.5 * log + stirlingError(x));
  }
  if (x < 0.5) return around2(x) - logarithm1p(x) - logarithm(x);
  if (x < 1.5) return logGamma1p(x - 1);
  let product: f64 = 1;
  let z = x;
  while (z > 2.5) {
    z -= 1;
    product *= z;
  }
  return around2(z - 2) + logarithm(product);
}

/** d/dz of `around2`: ψ(2 + z). */
function slopeAround2(z: f64): f64 {
  let sum: f64 = 0;
  for (let k = TERMS; k > 0; k--) sum = sum * z + <f64>k * load<f64>(AROUND_2 + ((<usize>(k - 1)) << 3));
  return sum;
}

/**
 * ψ(x) = Γ′(x)/Γ(x) for x ≥ 0: absolute error 1e-15 beside its zero at 1.4616, relative elsewhere. −Infinity at 0, NaN below and
 * for NaN. As `logGamma`, term by term; from 16 log x − 1/(2x) − Σ B(2k)/(2k x^(2k)).
 */
export function digamma(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN;
  if (x >= ASYMPTOTIC) {
    if (x == Infinity) return x;
    const inverse = 1 / x;
    const square = inverse * inverse;
    const series =
      1 / 12.0 -
      square *
        (1 / 120.0 - square * (1 / 252.0 - square * (1 / 240.0 - square * (1 / 132.0 - square * (691 / 32760.0)))));
    return logarithm(x) - (0.5 * inverse + square * series);
  }
  if (x < 0.5) return slopeAround2(x) - 1 / (x + 1) - 1 / x;
  if (x < 1.5) return slopeAround2(x - 1) - 1 / x;
  let sum: f64 = 0;
  let z = x;
  while (z > 2.5) {
    z -= 1;
    sum += 1 / z;
  }
  return slopeAround2(z - 2) + sum;
}

/**
 * log Γ(b + a) − log Γ(b) for 0 < a ≤ 1 and b > 0, relative to a where that is tiny: upwards to b ≥ 16 by log(1 + a/b), there
 * Stirling's formula at both, their difference formed term by term.
 */
export function logGammaRise(b: f64, a: f64): f64 {
  let passed: f64 = 0;
  let at = b;
  while (at < ASYMPTOTIC) {
    passed += logarithm1p(a / at);
    at += 1;
  }
  // 1/(at + a) = u, 1/at = w; the differences of their odd powers.
  const u = 1 / (at + a);
  const w = 1 / at;
  const first = -a * u * w;
  const second = first * (u + w);
  const uu = u * u;
  const ww = w * w;
  const third = uu * first + w * second;
  const fifth = uu * third + w * ww * second;
  const seventh = uu * fifth + w * ww * ww * second;
  const ninth = uu * seventh + w * ww * ww * ww * second;
  const series = first / 12.0 - third / 360.0 + fifth / 1260.0 - seventh / 1680.0 + ninth / 1188.0;
  const slope = logarithm1p(a * w);
  return (at - 0.5) * slope + a * (logarithm(at) + slope - 1) + series - passed;
}
