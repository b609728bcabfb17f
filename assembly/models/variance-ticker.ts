import { axpy } from "../linalg/axpy";

/** Half a unit in the last place of 1. */
const HALF_ULP: f64 = 1.1102230246251565e-16;
/** What is kept stays below this, so that sums over it stay in the range of f64. */
const LARGEST: f64 = 1e290;

/** By how much, at most, w'Cw changes with `step` = |change|, from the bounds of `state`; NaN where something would leave the range. */
function grown(step: f64, state: usize): f64 {
  const slope = load<f64>(state, 16);
  const turn = step * load<f64>(state, 48);
  const by = step * (2 * slope + turn);
  return load<f64>(state, 24) + by < LARGEST && load<f64>(state, 8) + step < LARGEST && slope + turn < LARGEST
    ? by
    : NaN;
}

/**
 * What the quadratic form v = w'Cw becomes when one exposure changes, from g = Cw:
 *
 *   v + change · (2·g[i] + change · C[i][i])
 *
 * @param n      order of C
 * @param i      which exposure
 * @param c      f64[n*n], symmetric
 * @param g      f64[n], Cw
 * @param state  f64[7] of `varianceTick`
 * @returns      NaN where the change is not finite, or so large that something would leave the range
 *
 * O(1).
 */
export function varianceAfter(n: i32, i: i32, change: f64, c: usize, g: usize, state: usize): f64 {
  const by = grown(abs(change), state);
  if (by != by) return NaN;
  const own = load<f64>(c + ((<usize>i * <usize>(n + 1)) << 3));
  return load<f64>(state) + change * (2 * load<f64>(g + ((<usize>i) << 3)) + change * own);
}

/**
 * The same, and everything brought up to date:  v as above,  g += change · C[i],  w[i] += change.
 *
 * @param w      f64[n]
 * @param state  f64[7]: v; Σ|w|; at least max|g|; at least |v|; what g and v may be off by, at most; max|C|
 * @returns      v; NaN where the change is refused, and then nothing is changed
 *
 * What v may be off by grows by twice |change| times what g is off already, by half an ulp of three results in what is added
 * and of v, and by what the rounding of w[i] is worth, from which a later computation begins. O(n).
 */
export function varianceTick(n: i32, i: i32, change: f64, c: usize, w: usize, g: usize, state: usize): f64 {
  const step = abs(change);
  const by = grown(step, state);
  const after = varianceAfter(n, i, change, c, g, state);
  if (after != after) return NaN;
  axpy(change, c + ((<usize>i * <usize>n) << 3), g, n);
  const largest = load<f64>(state, 48);
  const turn = step * largest;
  const at = w + ((<usize>i) << 3);
  const before = load<f64>(at);
  const exposure = before + change;
  const gross = load<f64>(state, 8) + (abs(exposure) - abs(before));
  const slope = min<f64>(load<f64>(state, 16) + turn, gross * largest);
  const size = min<f64>(load<f64>(state, 24) + by, gross * gross * largest);
  const rounded = HALF_ULP * abs(exposure);
  const off = load<f64>(state, 32);
  const added = 2 * step * off + HALF_ULP * (3 * by + size) + rounded * (2 * slope + rounded * largest);
  store<f64>(at, exposure);
  store<f64>(state, after);
  store<f64>(state, gross, 8);
  store<f64>(state, slope, 16);
  store<f64>(state, size, 24);
  store<f64>(state, off + (HALF_ULP * (turn + slope) + rounded * largest), 32);
  store<f64>(state, load<f64>(state, 40) + added, 40);
  return after;
}
