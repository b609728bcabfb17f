/**
 * Elementary functions of n numbers at `x`, f64[n], to `out`, f64[n]: which may be `x`. The simd build takes two at a time, the
 * scalar build one, with the same operations and the same bits; an odd last one goes through both lanes.
 */
import { exponential, exponentialM1 } from "./exponential";
import { exponentialM1Pair, exponentialPair } from "./exponential-pair";
import { logarithm, logarithm1p } from "./logarithm";
import { logarithm1pPair, logarithmPair } from "./logarithm-pair";
import { power, powerPair } from "./power";
import { sinCosTurn, sinCosTurnPair } from "./turn";

/** e^x of each: `exponential`. */
export function exponentials(n: usize, x: usize, out: usize): void {
  const end = x + (n << 3);
  if (ASC_FEATURE_SIMD) {
    for (; x + 8 < end; x += 16, out += 16) v128.store(out, exponentialPair(v128.load(x)));
    if (x < end) v128.store64_lane(out, exponentialPair(v128.load64_splat(x)), 0);
  } else {
    for (; x < end; x += 8, out += 8) store<f64>(out, exponential(load<f64>(x)));
  }
}

/** e^x − 1 of each: `exponentialM1`. */
export function exponentialsM1(n: usize, x: usize, out: usize): void {
  const end = x + (n << 3);
  if (ASC_FEATURE_SIMD) {
    for (; x + 8 < end; x += 16, out += 16) v128.store(out, exponentialM1Pair(v128.load(x)));
    if (x < end) v128.store64_lane(out, exponentialM1Pair(v128.load64_splat(x)), 0);
  } else {
    for (; x < end; x += 8, out += 8) store<f64>(out, exponentialM1(load<f64>(x)));
  }
}

/** log x of each: `logarithm`. */
export function logarithms(n: usize, x: usize, out: usize): void {
  const end = x + (n << 3);
  if (ASC_FEATURE_SIMD) {
    for (; x + 8 < end; x += 16, out += 16) v128.store(out, logarithmPair(v128.load(x)));
    if (x < end) v128.store64_lane(out, logarithmPair(v128.load64_splat(x)), 0);
  } else {
    for (; x < end; x += 8, out += 8) store<f64>(out, logarithm(load<f64>(x)));
  }
}

/** log(1 + x) of each: `logarithm1p`. */
export function logarithms1p(n: usize, x: usize, out: usize): void {
  const end = x + (n << 3);
  if (ASC_FEATURE_SIMD) {
    for (; x + 8 < end; x += 16, out += 16) v128.store(out, logarithm1pPair(v128.load(x)));
    if (x < end) v128.store64_lane(out, logarithm1pPair(v128.load64_splat(x)), 0);
  } else {
    for (; x < end; x += 8, out += 8) store<f64>(out, logarithm1p(load<f64>(x)));
  }
}

/** One plus the place of the first of f64[n] at `x` that is NaN; 0 where none is. */
export function firstNaN(n: usize, x: usize): usize {
  for (let i: usize = 0; i < n; i++) {
    const value = load<f64>(x + (i << 3));
    if (value != value) return i + 1;
  }
  return 0;
}

/** sin 2πu and cos 2πu of each number at `u`, f64[n], to `sine` and `cosine`, f64[n]: `sinCosTurn`. */
export function sinCosTurns(n: usize, u: usize, sine: usize, cosine: usize): void {
  const end = u + (n << 3);
  if (ASC_FEATURE_SIMD) {
    for (; u + 8 < end; u += 16, sine += 16, cosine += 16) sinCosTurnPair(v128.load(u), sine, cosine);
  }
  for (; u < end; u += 8, sine += 8, cosine += 8) sinCosTurn(load<f64>(u), sine, cosine);
}

/** x^y of each x, f64[n], to `out`, f64[n]: y from f64 at `y`, `step` bytes apart, which is 8 or, for one y of all, 0. */
export function powers(n: usize, x: usize, y: usize, step: usize, out: usize): void {
  const end = x + (n << 3);
  if (ASC_FEATURE_SIMD) {
    for (; x + 8 < end; x += 16, y += 2 * step, out += 16) {
      v128.store(out, powerPair(v128.load(x), v128.load64_lane(y + step, v128.load64_splat(y), 1)));
    }
    if (x < end) v128.store64_lane(out, powerPair(v128.load64_splat(x), v128.load64_splat(y)), 0);
  } else {
    for (; x < end; x += 8, y += step, out += 8) store<f64>(out, power(load<f64>(x), load<f64>(y)));
  }
}
