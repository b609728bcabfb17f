/**
 * The normal distribution at two numbers at once, each lane with the operations of stats/normal and so with its bits. Reached in
 * the simd build only.
 */
import { exponentialPair } from "../simd/exponential-pair";
import { logarithm1pPair, logarithmPair } from "../simd/logarithm-pair";
import { polynomialLanes, polynomialPair } from "../simd/polynomial";
import { CENTRE, FAR, MIDDLE, normalQuantile, TAIL_ABOVE, TAIL_BELOW } from "./normal";

/** Loaded, since a vector constant in the code is rebuilt each time: 1, 2, ½, 1/√(2π), √2, the bounds 1e8, 1e150, 39 and 28, and 2^27 + 1. */
const PAIR = memory.data<f64>([1, 2, 0.5, 0.3989422804014327, 1.4142135623730951, 1e8, 1e150, 39, 28, 134217729]);

/** `scaledTail` in each lane. */
export function scaledTailPair(y: v128): v128 {
  const far = f64x2.gt(y, v128.load64_splat(PAIR, 40));
  const above = v128.bitselect(v128.load64_splat(PAIR, 24), polynomialPair(TAIL_ABOVE, 12, y), far);
  return f64x2.div(above, v128.bitselect(y, polynomialPair(TAIL_BELOW, 12, y), far));
}

/** `normalTailRatio` in each lane. */
export function normalTailRatioPair(y: v128): v128 {
  return f64x2.div(scaledTailPair(y), v128.load64_splat(PAIR, 24));
}

/** `squareResidual` in each lane. */
function squareResidualPair(y: v128): v128 {
  const wide = f64x2.mul(y, v128.load64_splat(PAIR, 72));
  const high = f64x2.sub(wide, f64x2.sub(wide, y));
  const low = f64x2.sub(y, high);
  const first = f64x2.sub(f64x2.mul(high, high), f64x2.mul(y, y));
  const second = f64x2.mul(f64x2.mul(v128.load64_splat(PAIR, 8), high), low);
  const residual = f64x2.add(f64x2.add(first, second), f64x2.mul(low, low));
  return v128.andnot(residual, f64x2.gt(y, v128.load64_splat(PAIR, 48)));
}

/** `gaussian` in each lane. */
function gaussianPair(c: v128, y: v128): v128 {
  const exponent = f64x2.mul(f64x2.neg(c), f64x2.mul(y, y));
  const rest = f64x2.sub(v128.load64_splat(PAIR), f64x2.mul(c, squareResidualPair(y)));
  return f64x2.mul(exponentialPair(exponent), rest);
}

/** `upperTail` in each lane. */
function upperTailPair(y: v128): v128 {
  const tail = f64x2.mul(gaussianPair(v128.load64_splat(PAIR, 16), y), scaledTailPair(y));
  return v128.andnot(tail, f64x2.gt(y, v128.load64_splat(PAIR, 56)));
}

/** Φ(x) in each lane: `normalCdf`. */
export function normalCdfPair(x: v128): v128 {
  const tail = upperTailPair(f64x2.abs(x));
  return v128.bitselect(tail, f64x2.sub(v128.load64_splat(PAIR), tail), f64x2.lt(x, f64x2.splat(0)));
}

/** P(Z > x) in each lane: `normalSurvival`. */
export function normalSurvivalPair(x: v128): v128 {
  const tail = upperTailPair(f64x2.abs(x));
  return v128.bitselect(tail, f64x2.sub(v128.load64_splat(PAIR), tail), f64x2.gt(x, f64x2.splat(0)));
}

/** log Φ(x) in each lane: `normalLogCdf`. */
export function normalLogCdfPair(x: v128): v128 {
  const half = v128.load64_splat(PAIR, 16);
  const y = f64x2.abs(x);
  const above = f64x2.ge(x, f64x2.splat(0));
  const value = logarithmPair(scaledTailPair(y));
  const square = f64x2.mul(half, f64x2.mul(x, x));
  const below = f64x2.sub(f64x2.sub(value, f64x2.mul(half, squareResidualPair(y))), square);
  if (!v128.any_true(above)) return below;
  return v128.bitselect(logarithm1pPair(f64x2.neg(upperTailPair(y))), below, above);
}

/** Density in each lane: `normalPdf`. */
export function normalPdfPair(x: v128): v128 {
  const y = f64x2.abs(x);
  const density = f64x2.mul(gaussianPair(v128.load64_splat(PAIR, 16), y), v128.load64_splat(PAIR, 24));
  return v128.andnot(density, f64x2.gt(y, v128.load64_splat(PAIR, 56)));
}

/** erfc(x) in each lane: `erfc`. */
export function erfcPair(x: v128): v128 {
  const two = v128.load64_splat(PAIR, 8);
  const y = f64x2.abs(x);
  const scaled = f64x2.mul(
    f64x2.mul(two, gaussianPair(v128.load64_splat(PAIR), y)),
    scaledTailPair(f64x2.mul(v128.load64_splat(PAIR, 32), y)),
  );
  const tail = v128.andnot(scaled, f64x2.gt(y, v128.load64_splat(PAIR, 64)));
  return v128.bitselect(f64x2.sub(two, tail), tail, f64x2.lt(x, f64x2.splat(0)));
}

/** Φ⁻¹(p) in each lane: `normalQuantile`. Where a lane needs what few do, each goes through that. */
export function normalQuantilePair(p: v128): v128 {
  const inside = v128.and(f64x2.ge(p, f64x2.splat(1e-300)), f64x2.lt(p, f64x2.splat(1)));
  if (!i64x2.all_true(inside)) {
    const first = normalQuantile(f64x2.extract_lane(p, 0));
    return f64x2.replace_lane(f64x2.splat(first), 1, normalQuantile(f64x2.extract_lane(p, 1)));
  }
  const q = f64x2.sub(p, f64x2.splat(0.5));
  const central = f64x2.le(f64x2.abs(q), f64x2.splat(0.425));
  let s = f64x2.sub(f64x2.splat(0.180625), f64x2.mul(q, q));
  if (i64x2.all_true(central)) {
    return f64x2.div(f64x2.mul(q, polynomialPair(CENTRE, 8, s)), polynomialPair(CENTRE + 64, 8, s));
  }
  const lower = f64x2.lt(q, f64x2.splat(0));
  const tail = v128.bitselect(p, f64x2.sub(v128.load64_splat(PAIR), p), lower);
  const r = f64x2.sqrt(f64x2.neg(logarithmPair(tail)));
  const near = f64x2.le(r, f64x2.splat(5));
  s = v128.bitselect(s, f64x2.sub(r, v128.bitselect(f64x2.splat(1.6), f64x2.splat(5), near)), central);
  const centrals = i64x2.bitmask(central);
  const nears = i64x2.bitmask(near);
  const first = centrals & 1 ? CENTRE : nears & 1 ? MIDDLE : FAR;
  const second = centrals & 2 ? CENTRE : nears & 2 ? MIDDLE : FAR;
  const above = polynomialLanes(first, second, 8, s);
  const z = f64x2.div(
    v128.bitselect(f64x2.mul(q, above), above, central),
    polynomialLanes(first + 64, second + 64, 8, s),
  );
  return v128.bitselect(f64x2.neg(z), z, v128.andnot(lower, central));
}
