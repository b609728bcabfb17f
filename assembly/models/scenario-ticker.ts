import { selectSmallest, smallestInto } from "../stats/select";
import { snapped, tailOfSmallest, touched } from "../stats/tail";

/** Scenarios of one pass: those whose tail is collected afterwards are still in the first-level cache. */
const PASS: i32 = 2048;

/**
 * One exposure's change through gains and losses under scenarios, and their tail after it:
 *
 *   pnl[t] += change · x[t],   out as `tailStatistics` of pnl has it, to the bit
 *
 * While the vector is passed over anyway, what is at most a threshold is collected: the quantile after the last change and some
 * slack, so that a few more are kept than the tail needs. Should they be fewer, the tail is selected from the whole vector.
 *
 * @param n        scenarios, ≥ 1
 * @param change   change of the exposure
 * @param x        f64[n], returns of the factor, finite
 * @param pnl      f64[n], updated; finite, also afterwards
 * @param alpha    share of the tail, 0 < alpha < 1
 * @param scratch  tailScratch(n) bytes
 * @param out      f64[5]: the three numbers of `tailStatistics`, then the threshold and the slack, which are of the last change
 *
 * One pass of 2·n operations, and O(tail) for the selection.
 */
export function scenarioTick(n: i32, change: f64, x: usize, pnl: usize, alpha: f64, scratch: usize, out: usize): void {
  const mass = snapped(<f64>n * alpha);
  const k = touched(n, mass);
  const kept = collect(n, change, x, pnl, load<f64>(out, 24), scratch);
  let slack = load<f64>(out, 32);
  if (kept >= k) {
    selectSmallest(scratch, kept, k);
    if (kept > k + (k >> 1) + 32) slack *= 0.75;
  } else {
    smallestInto(pnl, n, k, scratch);
    slack *= 2;
  }
  finish(k, mass, slack, kept < k, scratch, out);
}

/** The tail of pnl from the whole vector, and threshold and slack to begin with. As `scenarioTick`, without a change. */
export function scenarioTail(n: i32, pnl: usize, alpha: f64, scratch: usize, out: usize): void {
  const mass = snapped(<f64>n * alpha);
  const k = touched(n, mass);
  smallestInto(pnl, n, k, scratch);
  finish(k, mass, 0, true, scratch, out);
}

/** Tail, threshold and slack from the k smallest. Where `widen`, by a quarter of what lies beyond the quantile, or its size. */
function finish(k: i32, mass: f64, slack: f64, widen: bool, scratch: usize, out: usize): void {
  const quantile = load<f64>(scratch + ((<usize>(k - 1)) << 3));
  tailOfSmallest(k, mass, scratch, out);
  if (widen) slack += 0.25 * max<f64>(load<f64>(out, 8) - load<f64>(out), 0.0625 * abs(quantile));
  store<f64>(out, quantile + slack, 24);
  store<f64>(out, slack, 32);
}

/** pnl += change · x; what is at most the threshold into `out`: f64[n], in order; how many they are. As `filter` lists them. */
function collect(n: i32, change: f64, x: usize, pnl: usize, threshold: f64, out: usize): i32 {
  let to = out;
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    const factor = f64x2.splat(change);
    const thresholds = f64x2.splat(threshold);
    while (i + 4 <= n) {
      const count = min(PASS, (n - i) & ~3);
      const list = out + ((<usize>i) << 3) + 7 * <usize>count;
      let last = list;
      let from = x + ((<usize>i) << 3);
      let at = pnl + ((<usize>i) << 3);
      const end = at + ((<usize>count) << 3);
      for (; at < end; at += 32) {
        const first = f64x2.add(v128.load(at), f64x2.mul(factor, v128.load(from)));
        const second = f64x2.add(v128.load(at, 16), f64x2.mul(factor, v128.load(from, 16)));
        v128.store(at, first);
        v128.store(at, second, 16);
        store<u32>(last, <u32>at);
        const low = v128.or(f64x2.le(first, thresholds), f64x2.le(second, thresholds));
        last += (<usize>v128.any_true(low)) << 2;
        from += 32;
      }
      for (let listed = list; listed < last; listed += 4) {
        const block = <usize>load<u32>(listed);
        for (at = block; at < block + 32; at += 8) {
          const value = load<f64>(at);
          store<f64>(to, value);
          to += (<usize>(value <= threshold)) << 3;
        }
      }
      i += count;
    }
  }
  for (; i < n; i++) {
    const at = pnl + ((<usize>i) << 3);
    const value = load<f64>(at) + change * load<f64>(x + ((<usize>i) << 3));
    store<f64>(at, value);
    store<f64>(to, value);
    to += (<usize>(value <= threshold)) << 3;
  }
  return <i32>((to - out) >> 3);
}
