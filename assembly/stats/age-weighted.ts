import { exponential } from "../simd/exponential";
import { logarithm } from "../simd/logarithm";
import { sum, twoSumError } from "./sum";

/** How near to the tail's mass a sum of weights counts as reaching it, as in `tailStatistics` where weights are equal. */
const SNAP: f64 = 1e-9;

/**
 * Weights that fall by `decay` with each observation towards the past, newest last, and sum to 1:
 *
 *   w_t = λ^(n−1−t) / Σ λ^j,   which is λ^(n−1−t) (1 − λ)/(1 − λ^n) for λ < 1, and 1/n for λ = 1
 *
 * Each as e^(age · log λ), whose error does not grow with the age while the weight is of any size.
 *
 * @param decay  0 < λ ≤ 1
 * @param out    f64[n], n ≥ 1
 */
export function ageWeights(n: i32, decay: f64, out: usize): void {
  const rate = logarithm(decay);
  for (let t = 0; t < n; t++) store<f64>(out + ((<usize>t) << 3), exponential(<f64>(n - 1 - t) * rate));
  const total = sum(out, n);
  for (let t = 0; t < n; t++) {
    const at = out + ((<usize>t) << 3);
    store<f64>(at, load<f64>(at) / total);
  }
}

/**
 * Lower tail of a weighted sample, as losses. With the observations ascending, W_k = w_1 + … + w_k and v the first k of which
 * W_k reaches α (within 1e-9 of the greater of α and 1/n):
 *
 *   step −x_v,   mean −x_v + 1/α Σ_{i<v} w_i (x_v − x_i),   interpolated −x_(v−1) − (x_v − x_(v−1)) (α − W_(v−1))/w_v
 *
 * the last −x_1 where v is 1. The mean is Rockafellar and Uryasev's, never below the step.
 *
 * @param x        f64[n]
 * @param weights  f64[n], sum 1
 * @param rows     u32[k], the k smallest of x, ascending
 * @param out      f64[4]: step, mean, interpolated, W_(v−1)
 * @returns        v; 0 where W_k does not reach α and k < n: call again with more rows
 *
 * Sources: Boudoukh, Richardson and Whitelaw, The best of both worlds, Risk 11 (1998); Rockafellar and Uryasev (2002).
 */
export function weightedTail(x: usize, n: i32, weights: usize, rows: usize, k: i32, alpha: f64, out: usize): i32 {
  const enough = alpha - SNAP * max<f64>(alpha, 1 / <f64>n);
  let before: f64 = 0;
  let reached: f64 = 0;
  let lost: f64 = 0;
  let v = 0;
  while (v < k) {
    const weight = load<f64>(weights + ((<usize>load<u32>(rows + ((<usize>v) << 2))) << 3));
    const next = reached + weight;
    before = reached + lost;
    lost += twoSumError(reached, weight, next);
    reached = next;
    v++;
    if (reached + lost >= enough) break;
    if (v == k && k < n) return 0;
  }
  const last = (<usize>load<u32>(rows + ((<usize>(v - 1)) << 2))) << 3;
  const quantile = load<f64>(x + last);
  let excess: f64 = 0;
  let previous = quantile;
  for (let i = 0; i < v - 1; i++) {
    const at = (<usize>load<u32>(rows + ((<usize>i) << 2))) << 3;
    previous = load<f64>(x + at);
    excess += load<f64>(weights + at) * (quantile - previous);
  }
  // A weight may have vanished below f64, of an observation of ages ago.
  const weight = load<f64>(weights + last);
  const share = weight > 0 ? min<f64>(1, max<f64>(0, (alpha - before) / weight)) : 1;
  store<f64>(out, 0 - quantile);
  store<f64>(out, 0 - quantile + excess / alpha, 8);
  store<f64>(out, 0 - (previous + share * (quantile - previous)), 16);
  store<f64>(out, before, 24);
  return v;
}
