/** log x and log(1 + x) of two numbers at once, each lane with the operations of simd/logarithm and so with its bits. */
import { ARTANH, MANTISSA, TERMS } from "./logarithm";
import { polynomialPair } from "./polynomial";

/** Loaded, since a vector constant in the code is rebuilt each time: ln 2 in two parts, √2, the smallest normal number, 2^54, 2^52 + 1023, 1, 2. */
const PAIR = memory.data<f64>([
  6.9314718036912381649e-1, 1.90821492927058770002e-10, 1.4142135623730951, 2.2250738585072014e-308, 18014398509481984,
  4503599627371519, 1, 2,
]);

/** `assembled` in each lane. */
function assembledPair(f: v128, k: v128, correction: v128): v128 {
  const s = f64x2.div(f, f64x2.add(v128.load64_splat(PAIR, 56), f));
  const square = f64x2.mul(s, s);
  const half = f64x2.mul(f64x2.mul(f64x2.splat(0.5), f), f);
  const series = f64x2.mul(square, polynomialPair(ARTANH, TERMS, square));
  const low = f64x2.add(f64x2.mul(k, v128.load64_splat(PAIR, 8)), correction);
  const rest = f64x2.sub(half, f64x2.add(f64x2.mul(s, f64x2.add(half, series)), low));
  return f64x2.sub(f64x2.mul(k, v128.load64_splat(PAIR)), f64x2.sub(rest, f));
}

/** `corrected` in each lane; where `near` is set, log(1 + f) instead. */
function correctedPair(x: v128, correction: v128, near: v128, f: v128): v128 {
  const one = v128.load64_splat(PAIR, 48);
  const tiny = f64x2.lt(x, v128.load64_splat(PAIR, 24));
  const bits = v128.bitselect(f64x2.mul(x, v128.load64_splat(PAIR, 32)), x, tiny);
  // 2^52 | field is 2^52 + field as a number.
  const field = v128.or(i64x2.shr_u(bits, 52), i64x2.splat(0x4330000000000000));
  const k = f64x2.sub(f64x2.sub(field, v128.load64_splat(PAIR, 40)), v128.and(tiny, f64x2.splat(54)));
  const m = v128.or(v128.and(bits, i64x2.splat(MANTISSA)), one);
  const large = f64x2.gt(m, v128.load64_splat(PAIR, 16));
  const whole = f64x2.add(k, v128.and(large, one));
  const rest = f64x2.sub(v128.bitselect(f64x2.mul(m, f64x2.splat(0.5)), m, large), one);
  return assembledPair(v128.bitselect(f, rest, near), v128.andnot(whole, near), correction);
}

/** `logarithm` in each lane, of normal numbers above 0 and below infinity only. */
export function logarithmUnitPair(x: v128): v128 {
  const one = v128.load64_splat(PAIR, 48);
  const field = v128.or(i64x2.shr_u(x, 52), i64x2.splat(0x4330000000000000));
  const k = f64x2.sub(field, v128.load64_splat(PAIR, 40));
  const m = v128.or(v128.and(x, i64x2.splat(MANTISSA)), one);
  const large = f64x2.gt(m, v128.load64_splat(PAIR, 16));
  const rest = f64x2.sub(v128.bitselect(f64x2.mul(m, f64x2.splat(0.5)), m, large), one);
  return assembledPair(rest, f64x2.add(k, v128.and(large, one)), f64x2.splat(0));
}

/** `value`, and for an x that is not positive −Infinity at `end`, NaN elsewhere. */
function positivePair(value: v128, above: v128, end: v128): v128 {
  const outside = v128.bitselect(f64x2.splat(-Infinity), f64x2.splat(NaN), end);
  return v128.bitselect(value, outside, above);
}

/** `logarithm` in each lane. */
export function logarithmPair(x: v128): v128 {
  const zero = f64x2.splat(0);
  const value = correctedPair(x, zero, zero, zero);
  const finite = v128.bitselect(x, value, f64x2.eq(x, f64x2.splat(Infinity)));
  return positivePair(finite, f64x2.gt(x, zero), f64x2.eq(x, zero));
}

/** `logarithm1p` in each lane. */
export function logarithm1pPair(x: v128): v128 {
  const one = v128.load64_splat(PAIR, 48);
  const near = v128.and(f64x2.gt(x, f64x2.splat(-0.2928)), f64x2.lt(x, f64x2.splat(0.4142)));
  const far = f64x2.ge(x, f64x2.splat(9007199254740992));
  const sum = f64x2.add(one, x);
  const above = f64x2.sub(one, f64x2.sub(sum, x));
  const below = f64x2.sub(x, f64x2.sub(sum, one));
  const correction = f64x2.div(v128.bitselect(above, below, f64x2.gt(x, one)), sum);
  const value = correctedPair(v128.bitselect(x, sum, far), v128.andnot(correction, v128.or(near, far)), near, x);
  const finite = v128.bitselect(x, value, f64x2.eq(x, f64x2.splat(Infinity)));
  const end = f64x2.splat(-1);
  return positivePair(finite, f64x2.gt(x, end), f64x2.eq(x, end));
}
