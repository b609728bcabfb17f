import { smallestInto, sortAscending } from "./select";
import { twoSumError } from "./sum";

/** How far from a whole number n·alpha may be and still count as whole, relative to max(1, n·alpha). */
const SNAP: f64 = 1e-9;

/**
 * x, or the nearest whole number where that is closer than rounding can tell: 100 · 0.07 is 7, not 7.000000000000001, and
 * must not reach for an eighth observation.
 */
export function snapped(x: f64): f64 {
  const whole = nearest(x);
  return abs(x - whole) <= SNAP * max<f64>(1, abs(x)) ? whole : x;
}

/** Observations the tail touches: ceil(n·alpha), at least 1, at most n. */
export function touched(n: i32, nAlpha: f64): i32 {
  return min(n, max<i32>(1, <i32>ceil(nAlpha)));
}

/** Bytes of scratch for the functions of this file over n observations. */
export function tailScratch(n: i32): usize {
  return max<usize>(16384, (<usize>n) << 3);
}

/**
 * Lower tail of an equally weighted sample, as losses: quantile and mean of the worst share `alpha` of its mass.
 *
 *   k   = max(1, ceil(n·alpha)),  q = k-th smallest x
 *   out = [ −q,  −q + 1/(n·alpha) Σ_{i < n·alpha} max(q − x_i, 0),  n·alpha ]
 *
 * The second is Rockafellar and Uryasev's form of the mean of the tail whose last observation counts with a fraction: the
 * fraction falls out because its excess is 0, and the mean is never below the quantile, not even by rounding.
 *
 * @param x        f64[n], gains positive, finite, not modified; n ≥ 1
 * @param alpha    share of the tail, 0 < alpha < 1; n·alpha is snapped to a whole number within 1e-9
 * @param scratch  tailScratch(n) bytes
 * @param out      f64[3]: the quantile's loss, the tail's mean loss, n·alpha after snapping
 *
 * Exact selection, not sorting: O(n). The tail is summed in ascending order with compensation, so that the order of the
 * observations does not show in the last bit. Source: Rockafellar and Uryasev (2002); Acerbi and Tasche (2002).
 */
export function tailStatistics(x: usize, n: i32, alpha: f64, scratch: usize, out: usize): void {
  const nAlpha = snapped(<f64>n * alpha);
  const k = touched(n, nAlpha);
  smallestInto(x, n, k, scratch);
  tailOfSmallest(k, nAlpha, scratch, out);
}

/** The three numbers of `tailStatistics` from the k smallest as `selectSmallest` leaves them in x: f64[k], which it sorts. */
export function tailOfSmallest(k: i32, nAlpha: f64, x: usize, out: usize): void {
  const quantile = load<f64>(x + ((<usize>(k - 1)) << 3));
  sortAscending(x, k);
  let sum: f64 = 0;
  let lost: f64 = 0;
  for (let at = x, end = x + ((<usize>(k - 1)) << 3); at < end; at += 8) {
    const excess = quantile - load<f64>(at);
    const next = sum + excess;
    lost += twoSumError(sum, excess, next);
    sum = next;
  }
  if (lost == lost) sum += lost;
  // 0 − q rather than −q: a zero quantile must not carry the sign of whichever zero came first.
  const loss = 0 - quantile;
  store<f64>(out, loss);
  store<f64>(out, k > 1 ? loss + sum / nAlpha : loss, 8);
  store<f64>(out, nAlpha, 16);
}

/**
 * The observations behind `tailStatistics`, worst first, equal ones in the order given, with their weights in the mean:
 * 1/(n·alpha) each, the last the rest. What attributes a tail mean to its parts.
 *
 * @param x          f64[n], finite, not modified; n ≥ 1
 * @param scratch    tailScratch(n) bytes
 * @param outIndex   u32[ceil(n·alpha)], at least 1 (n always suffices)
 * @param outWeight  f64 of the same length; sums to 1
 * @returns          how many there are
 *
 * O(n + k log k).
 */
export function tailRows(x: usize, n: i32, alpha: f64, scratch: usize, outIndex: usize, outWeight: usize): i32 {
  const nAlpha = snapped(<f64>n * alpha);
  const k = touched(n, nAlpha);
  smallestInto(x, n, k, scratch);
  const quantile = load<f64>(scratch + ((<usize>(k - 1)) << 3));
  let below = 0;
  for (let i = 0; i < k; i++) below += <i32>(load<f64>(scratch + ((<usize>i) << 3)) < quantile);
  let ties = k - below;
  let count = 0;
  for (let i = 0; i < n; i++) {
    const value = load<f64>(x + ((<usize>i) << 3));
    if (value > quantile) continue;
    if (value == quantile && --ties < 0) continue;
    store<u32>(outIndex + ((<usize>count) << 2), i);
    count += 1;
  }
  sortRows(x, outIndex, k, scratch);
  const each = 1 / max<f64>(1, nAlpha);
  for (let i = 0; i < k; i++) store<f64>(outWeight + ((<usize>i) << 3), each);
  if (k > 1) store<f64>(outWeight + ((<usize>(k - 1)) << 3), (nAlpha - <f64>(k - 1)) * each);
  return k;
}

/** Stable merge sort of rows: u32[k] by x[row] ascending; scratch u32[k]. Bottom up, back and forth between the two. */
function sortRows(x: usize, rows: usize, k: i32, scratch: usize): void {
  let from = rows;
  let to = scratch;
  for (let width = 1; width < k; width <<= 1) {
    for (let start = 0; start < k; start += width << 1) {
      const middle = min(start + width, k);
      merge(x, from, to, start, middle, min(middle + width, k));
    }
    const swapped = from;
    from = to;
    to = swapped;
  }
  if (from != rows) memory.copy(rows, from, (<usize>k) << 2);
}

/** Merge the sorted runs from[start .. middle) and from[middle .. end) into `to`; the left one first on ties. */
function merge(x: usize, from: usize, to: usize, start: i32, middle: i32, end: i32): void {
  let left = start;
  let right = middle;
  for (let i = start; i < end; i++) {
    const a = load<u32>(from + ((<usize>left) << 2));
    const b = load<u32>(from + ((<usize>min(right, end - 1)) << 2));
    const takeLeft =
      right >= end || (left < middle && load<f64>(x + ((<usize>a) << 3)) <= load<f64>(x + ((<usize>b) << 3)));
    store<u32>(to + ((<usize>i) << 2), takeLeft ? a : b);
    if (takeLeft) left += 1;
    else right += 1;
  }
}
