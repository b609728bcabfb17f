/**
 * Numbers of twice the digits, as a sum of two f64 of which the second is below half an ulp of the first. A function returns the
 * first and leaves the second in `rest`, which the next call overwrites.
 *
 * What is raised to a power needs them: an error of the logarithm is multiplied by up to 745 on its way through e^x.
 * Source: Dekker, A floating-point technique for extending the available precision (1971); Knuth for the sum.
 */
import { OVERFLOW, scaled, TAYLOR, TERMS, UNDERFLOW } from "./exponential";
import { LN2_HIGH, LN2_LOW, MANTISSA, ONE, SQRT_2 } from "./logarithm";
import { polynomial } from "./polynomial";

/** The second part of the latest result. */
export let rest: f64 = 0;

/** 2^27 + 1 */
const SPLIT: f64 = 134217729;

/** a + b. */
export function wideSum(a: f64, b: f64): f64 {
  const sum = a + b;
  const second = sum - a;
  rest = a - (sum - second) + (b - second);
  return sum;
}

/** a·b − fl(a·b), for products and factors below 1e300. */
export function productRest(a: f64, b: f64): f64 {
  const wideA = a * SPLIT;
  const highA = wideA - (wideA - a);
  const lowA = a - highA;
  const wideB = b * SPLIT;
  const highB = wideB - (wideB - b);
  const lowB = b - highB;
  return highA * highB - a * b + highA * lowB + lowA * highB + lowA * lowB;
}

/** (a + aRest) ÷ b. */
export function wideQuotient(a: f64, aRest: f64, b: f64): f64 {
  const quotient = a / b;
  rest = (a - quotient * b - productRest(quotient, b) + aRest) / b;
  return quotient;
}

const THIRD: f64 = 0.3333333333333333;
const THIRD_REST: f64 = 1.850371707708594e-17;

/** 1/5, 1/7, ..., 1/23: the series of artanh(s) behind its second term. */
export const ARTANH_REST = memory.data<f64>([
  0.2, 0.14285714285714285, 0.1111111111111111, 0.09090909090909091, 0.07692307692307693, 0.06666666666666667,
  0.058823529411764705, 0.05263157894736842, 0.047619047619047616, 0.043478260869565216,
]);
export const ARTANH_TERMS: i32 = 10;

/**
 * log(x + xRest) for a finite x > 0, relative error 2^−64: x = 2^k m, s = (m − 1)/(m + 1), 2s (1 + s²/3 + s⁴/5 + ...), the first
 * two terms with all their digits.
 */
export function wideLogarithm(x: f64, xRest: f64): f64 {
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
  const f = m - 1;
  const sum = m + 1;
  const s = f / sum;
  const sRest = (f - s * sum - productRest(s, sum) - s * (m - (sum - 1))) / sum;
  const square = s * s;
  const squareRest = productRest(s, s) + 2 * s * sRest;
  const second = square * THIRD;
  const secondRest = productRest(square, THIRD) + square * THIRD_REST + squareRest * THIRD;
  const series = square * square * polynomial(ARTANH_REST, ARTANH_TERMS, square);
  const w = second + series;
  const wRest = second - w + series + secondRest;
  const twice = 2 * s;
  const product = twice * w;
  const high = twice + product;
  const low = twice - high + product + (productRest(twice, w) + twice * wRest + 2 * sRest * (1 + w));
  const whole = <f64>k * LN2_HIGH;
  const total = whole + high;
  const beside = whole - total + high + (low + <f64>k * LN2_LOW + xRest / x);
  const result = total + beside;
  rest = total - result + beside;
  return result;
}

/** e^(x + xRest) for |xRest| < 1e-9, within 0.9 ulp. */
export function wideExponential(x: f64, xRest: f64): f64 {
  if (!(x <= OVERFLOW)) return x + Infinity;
  if (x < UNDERFLOW) return 0;
  const k = nearest(x * 1.4426950408889634);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const curve = r * r * polynomial(TAYLOR, TERMS, r);
  const lost = high - r - low + xRest * (1 + (r + curve));
  return scaled(1 + (r + (curve + lost)), <i32>k);
}
