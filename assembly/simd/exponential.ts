import { polynomial } from "./polynomial";

const LOG2_E: f64 = 1.4426950408889634;
/** ln 2 in two parts; the first has 32 significant bits, so that its product with any exponent is exact. */
const LN2_HIGH: f64 = 6.9314718036912381649e-1;
const LN2_LOW: f64 = 1.90821492927058770002e-10;
/** Above the first the result is +Infinity, below the second it rounds to 0: the logarithms of the f64 range's ends. */
export const OVERFLOW: f64 = 709.782712893384;
export const UNDERFLOW: f64 = -745.1332191019412;

/** 1/2!, 1/3!, ..., 1/13!: the Taylor series is exact to 5e-18 on |x| ≤ ln(2)/2. */
export const TAYLOR = memory.data<f64>([
  0.5, 0.16666666666666666, 0.041666666666666664, 0.008333333333333333, 0.001388888888888889, 0.0001984126984126984,
  2.48015873015873e-5, 2.7557319223985893e-6, 2.755731922398589e-7, 2.505210838544172e-8, 2.08767569878681e-9,
  1.6059043836821613e-10,
]);
export const TERMS: i32 = 12;

/** x · 2^k for −1080 < k < 1080, rounded once. */
export function scaled(x: f64, k: i32): f64 {
  const half = k >> 1;
  return x * power2(half) * power2(k - half);
}

function power2(k: i32): f64 {
  return reinterpret<f64>((<u64>(k + 1023)) << 52);
}

/**
 * e^x, within 0.9 ulp; 0 and +Infinity outside the range of f64, NaN for NaN.
 *
 * Cody and Waite: x = k ln 2 + r, |r| ≤ ln(2)/2, then the Taylor series of e^r and a change of exponent.
 */
export function exponential(x: f64): f64 {
  if (!(x <= OVERFLOW)) return x + Infinity;
  if (x < UNDERFLOW) return 0;
  const k = nearest(x * LOG2_E);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const lost = high - r - low;
  return scaled(1 + (r + (r * r * polynomial(TAYLOR, TERMS, r) + lost)), <i32>k);
}

/**
 * e^x − 1, within 1.5 ulp, also where x is tiny; −1 and +Infinity at the ends, NaN for NaN.
 *
 * As `exponential`, but the 1 is taken away before the change of exponent: 2^k (e^r − 1 + (1 − 2^−k)).
 */
export function exponentialM1(x: f64): f64 {
  if (!(abs(x) <= 40)) return exponential(x) - 1;
  const k = nearest(x * LOG2_E);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const lost = high - r - low;
  const rest = r * r * polynomial(TAYLOR, TERMS, r) + lost;
  if (k == 0) return r + rest;
  // 1 − 2^−k is exact up to k = 53; beyond, as for all x above 40, what is lost is less than half an ulp of the result.
  return scaled(1 - power2(<i32>-k) + r + rest, <i32>k);
}
