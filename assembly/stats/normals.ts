/** The normal distribution at n numbers at `x`, f64[n], to `out`, f64[n], as simd/elementary has its functions. */
import { erfc, normalCdf, normalLogCdf, normalPdf, normalQuantile, normalSurvival } from "./normal";
import {
  erfcPair,
  normalCdfPair,
  normalLogCdfPair,
  normalPdfPair,
  normalQuantilePair,
  normalSurvivalPair,
} from "./normal-pair";

/** Φ(x) of each. */
export function normalCdfs(n: usize, x: usize, out: usize): void {
  const end = x + (n << 3);
  if (ASC_FEATURE_SIMD) {
    for (; x + 8 < end; x += 16, out += 16) v128.store(out, normalCdfPair(v128.load(x)));
    if (x < end) v128.store64_lane(out, normalCdfPair(v128.load64_splat(x)), 0);
  } else {
    for (; x < end; x += 8, out += 8) store<f64>(out, normalCdf(load<f64>(x)));
  }
}

/** P(Z > x) of each. */
export function normalSurvivals(n: usize, x: usize, out: usize): void {
  const end = x + (n << 3);
  if (ASC_FEATURE_SIMD) {
    for (; x + 8 < end; x += 16, out += 16) v128.store(out, normalSurvivalPair(v128.load(x)));
    if (x < end) v128.store64_lane(out, normalSurvivalPair(v128.load64_splat(x)), 0);
  } else {
    for (; x < end; x += 8, out += 8) store<f64>(out, normalSurvival(load<f64>(x)));
  }
}

/** log Φ(x) of each. */
export function normalLogCdfs(n: usize, x: usize, out: usize): void {
  const end = x + (n << 3);
  if (ASC_FEATURE_SIMD) {
    for (; x + 8 < end; x += 16, out += 16) v128.store(out, normalLogCdfPair(v128.load(x)));
    if (x < end) v128.store64_lane(out, normalLogCdfPair(v128.load64_splat(x)), 0);
  } else {
    for (; x < end; x += 8, out += 8) store<f64>(out, normalLogCdf(load<f64>(x)));
  }
}

/** The density at each. */
export function normalPdfs(n: usize, x: usize, out: usize): void {
  const end = x + (n << 3);
  if (ASC_FEATURE_SIMD) {
    for (; x + 8 < end; x += 16, out += 16) v128.store(out, normalPdfPair(v128.load(x)));
    if (x < end) v128.store64_lane(out, normalPdfPair(v128.load64_splat(x)), 0);
  } else {
    for (; x < end; x += 8, out += 8) store<f64>(out, normalPdf(load<f64>(x)));
  }
}

/** Φ⁻¹ of each; NaN outside [0, 1]. */
export function normalQuantiles(n: usize, x: usize, out: usize): void {
  const end = x + (n << 3);
  if (ASC_FEATURE_SIMD) {
    for (; x + 8 < end; x += 16, out += 16) v128.store(out, normalQuantilePair(v128.load(x)));
    if (x < end) v128.store64_lane(out, normalQuantilePair(v128.load64_splat(x)), 0);
  } else {
    for (; x < end; x += 8, out += 8) store<f64>(out, normalQuantile(load<f64>(x)));
  }
}

/** erfc of each. */
export function erfcs(n: usize, x: usize, out: usize): void {
  const end = x + (n << 3);
  if (ASC_FEATURE_SIMD) {
    for (; x + 8 < end; x += 16, out += 16) v128.store(out, erfcPair(v128.load(x)));
    if (x < end) v128.store64_lane(out, erfcPair(v128.load64_splat(x)), 0);
  } else {
    for (; x < end; x += 8, out += 8) store<f64>(out, erfc(load<f64>(x)));
  }
}
