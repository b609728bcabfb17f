import { polynomial } from "./polynomial";

export const LN2_HIGH: f64 = 6.9314718036912381649e-1;
export const LN2_LOW: f64 = 1.90821492927058770002e-10;
export const SQRT_2: f64 = 1.4142135623730951;
export const MANTISSA: u64 = 0x000fffffffffffff;
export const ONE: u64 = 0x3ff0000000000000;

/** 2/3, 2/5, ..., 2/21: the series of 2 artanh(s) / s − 2 in s², exact to 1e-18 on |s| ≤ 0.172. */
export const ARTANH = memory.data<f64>([
  0.6666666666666666, 0.4, 0.2857142857142857, 0.2222222222222222, 0.18181818181818182, 0.15384615384615385,
  0.13333333333333333, 0.11764705882352941, 0.10526315789473684, 0.09523809523809523,
]);
export const TERMS: i32 = 10;

/** k ln 2 + log(1 + f) + correction for √½ ≤ 1 + f ≤ √2; the correction is tiny. */
function assembled(f: f64, k: f64, correction: f64): f64 {
  const s = f / (2 + f);
  const square = s * s;
  const half = 0.5 * f * f;
  const series = square * polynomial(ARTANH, TERMS, square);
  // log(1 + f) = f − f²/2 + s (f²/2 + series): the leading term f is exact, which the form 2s + s·series is not.
  return k * LN2_HIGH - (half - (s * (half + series) + (k * LN2_LOW + correction)) - f);
}

/** log(x) + correction for a finite x > 0. */
function corrected(x: f64, correction: f64): f64 {
  let bits = reinterpret<u64>(x);
  let k: i32 = -1023;
  if (bits < 0x0010000000000000) {
    bits = reinterpret<u64>(x * 18014398509481984); // 2^54: a subnormal made normal
    k -= 54;
  }
  k += <i32>(bits >> 52);
  let m = reinterpret<f64>((bits & MANTISSA) | ONE);
  if (m > SQRT_2) {
    m *= 0.5;
    k += 1;
  }
  return assembled(m - 1, <f64>k, correction);
}

/** Natural logarithm, within 0.9 ulp; −Infinity at 0, NaN below 0 and for NaN. Subnormal arguments are exact as any. */
export function logarithm(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN;
  return x == Infinity ? x : corrected(x, 0);
}

/** log(1 + x), within 1 ulp, also where x is tiny; −Infinity at −1, NaN below and for NaN. */
export function logarithm1p(x: f64): f64 {
  if (x > -0.2928 && x < 0.4142) return assembled(x, 0, 0);
  if (!(x > -1)) return x == -1 ? -Infinity : NaN;
  if (x >= 9007199254740992) return logarithm(x); // 2^53: adding 1 changes nothing
  const sum = 1 + x;
  // What the sum lost, relative to it: log(1 + x) = log(sum) + log(1 + lost/sum).
  return corrected(sum, (x > 1 ? 1 - (sum - x) : x - (sum - 1)) / sum);
}
