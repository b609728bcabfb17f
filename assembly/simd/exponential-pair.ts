/**
 * e^x and e^x − 1 of two numbers at once, each lane with the operations of simd/exponential and so with its bits. Functions of a
 * vector are reached in the simd build only, and what is not reached is not compiled.
 */
import { TAYLOR, TERMS } from "./exponential";
import { polynomialPair } from "./polynomial";

/**
 * Loaded, since a vector constant in the code is rebuilt each time: log2(e), ln 2 in two parts,
 * the ends of the range, 1, 40, and 1.5 · 2^52 + 1023, to which a whole number k is added to have k + 1023 in the low bits.
 */
const PAIR = memory.data<f64>([
  1.4426950408889634, 6.9314718036912381649e-1, 1.90821492927058770002e-10, 709.782712893384, -745.1332191019412, 1, 40,
  6755399441056767,
]);

/** 2^k in each lane for whole −1023 < k < 1024. */
function power2Pair(k: v128): v128 {
  return i64x2.shl(f64x2.add(k, v128.load64_splat(PAIR, 56)), 52);
}

/** `scaled` in each lane. */
function scaledPair(x: v128, k: v128): v128 {
  const half = f64x2.floor(f64x2.mul(k, f64x2.splat(0.5)));
  return f64x2.mul(f64x2.mul(x, power2Pair(half)), power2Pair(f64x2.sub(k, half)));
}

/** x + Infinity where x is NaN or above the range of e^x, 0 below it, and `value` between. */
function limitedPair(x: v128, value: v128): v128 {
  const above = f64x2.add(x, f64x2.splat(Infinity));
  const inside = v128.andnot(value, f64x2.lt(x, v128.load64_splat(PAIR, 32)));
  return v128.bitselect(inside, above, f64x2.le(x, v128.load64_splat(PAIR, 24)));
}

/** `exponential` in each lane. */
export function exponentialPair(x: v128): v128 {
  const k = f64x2.nearest(f64x2.mul(x, v128.load64_splat(PAIR)));
  const high = f64x2.sub(x, f64x2.mul(k, v128.load64_splat(PAIR, 8)));
  const low = f64x2.mul(k, v128.load64_splat(PAIR, 16));
  const r = f64x2.sub(high, low);
  const lost = f64x2.sub(f64x2.sub(high, r), low);
  const rest = f64x2.add(f64x2.mul(f64x2.mul(r, r), polynomialPair(TAYLOR, TERMS, r)), lost);
  return limitedPair(x, scaledPair(f64x2.add(v128.load64_splat(PAIR, 40), f64x2.add(r, rest)), k));
}

/** e^(x + xRest) in each lane: `wideExponential` of simd/wide. */
export function wideExponentialPair(x: v128, xRest: v128): v128 {
  const one = v128.load64_splat(PAIR, 40);
  const k = f64x2.nearest(f64x2.mul(x, v128.load64_splat(PAIR)));
  const high = f64x2.sub(x, f64x2.mul(k, v128.load64_splat(PAIR, 8)));
  const low = f64x2.mul(k, v128.load64_splat(PAIR, 16));
  const r = f64x2.sub(high, low);
  const curve = f64x2.mul(f64x2.mul(r, r), polynomialPair(TAYLOR, TERMS, r));
  const factor = f64x2.add(one, f64x2.add(r, curve));
  const lost = f64x2.add(f64x2.sub(f64x2.sub(high, r), low), f64x2.mul(xRest, factor));
  return limitedPair(x, scaledPair(f64x2.add(one, f64x2.add(r, f64x2.add(curve, lost))), k));
}

/** `exponentialM1` in each lane. */
export function exponentialM1Pair(x: v128): v128 {
  const one = v128.load64_splat(PAIR, 40);
  const k = f64x2.nearest(f64x2.mul(x, v128.load64_splat(PAIR)));
  const high = f64x2.sub(x, f64x2.mul(k, v128.load64_splat(PAIR, 8)));
  const low = f64x2.mul(k, v128.load64_splat(PAIR, 16));
  const r = f64x2.sub(high, low);
  const lost = f64x2.sub(f64x2.sub(high, r), low);
  const rest = f64x2.add(f64x2.mul(f64x2.mul(r, r), polynomialPair(TAYLOR, TERMS, r)), lost);
  const near = f64x2.le(f64x2.abs(x), v128.load64_splat(PAIR, 48));
  const below = f64x2.sub(one, power2Pair(f64x2.neg(k)));
  const sum = v128.bitselect(f64x2.add(f64x2.add(below, r), rest), f64x2.add(one, f64x2.add(r, rest)), near);
  const value = scaledPair(sum, k);
  const far = f64x2.sub(limitedPair(x, value), one);
  return v128.bitselect(v128.bitselect(f64x2.add(r, rest), value, f64x2.eq(k, f64x2.splat(0))), far, near);
}
