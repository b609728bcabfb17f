import { logarithm, logarithm1p } from "../simd/logarithm";

/** Relative change from a to b. Where a is not positive there is none: NaN. */
export function simple(a: f64, b: f64): f64 {
  return a > 0 && b >= 0 ? (b - a) / a : NaN;
}

/**
 * Logarithm of b/a. For near prices b − a is exact and b/a is not, so small returns go through log(1 + x).
 * NaN where either is not positive.
 */
export function logarithmic(a: f64, b: f64): f64 {
  if (!(a > 0 && b > 0)) return NaN;
  const change = (b - a) / a;
  return abs<f64>(change) < 0.5 ? logarithm1p(change) : logarithm(b / a);
}

/**
 * Returns of one column over `bars` bars:  out[t] from prices[t] to prices[t + bars].
 *
 * @param prices   f64[n], NaN where missing
 * @param kind     0: simple, b/a − 1; 1: logarithmic, log(b/a)
 * @param out      f64[n − bars], NaN where an end is missing. Bars between the ends are not looked at: see `returnRows`
 */
export function seriesReturns(n: i32, prices: usize, bars: i32, kind: i32, out: usize): void {
  const step = (<usize>bars) << 3;
  for (let t = 0; t < n - bars; t++) {
    const at = (<usize>t) << 3;
    const a = load<f64>(prices + at);
    const b = load<f64>(prices + at + step);
    store<f64>(out + at, kind == 0 ? simple(a, b) : logarithmic(a, b));
  }
}

/** missing[t] += 1 where prices[t] is not a number, prices: f64[n], missing: u32[n]. Returns how many prices there are. */
export function countMissing(n: i32, prices: usize, missing: usize): i32 {
  let present = 0;
  for (let t = 0; t < n; t++) {
    const price = load<f64>(prices + ((<usize>t) << 3));
    if (price == price) {
      present++;
    } else {
      const at = missing + ((<usize>t) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
  return present;
}

/** Bytes of workspace that `returnRows` needs. */
export function returnRowsScratch(n: i32): usize {
  return (<usize>n) << 3;
}

/**
 * Which returns exist for all columns at once, newest first until there are enough.
 *
 * A return over `bars` bars ends at bar t where the bars t − bars .. t follow each other without a jump in time and none
 * of them lacks a price. Not overlapping: the next return must end where this one begins, counted from the newest back.
 *
 * @param times    f64[n], ms, strictly increasing
 * @param missing  u32[n] of `countMissing`
 * @param limit    number of returns wanted; 0 for all
 * @param reject   1: a missing price ends the search; 0: the bar is passed over
 * @param index    u32[n], becomes the last bar of each return, oldest first
 * @param counts   u32[3], becomes: bars passed over because a price is missing; jumps in time among the bars looked at;
 *                 with `reject`, one plus the earliest bar that lacks a price one of the wanted returns needs, else 0
 * @returns        number of returns found
 */
export function returnRows(
  n: i32,
  times: usize,
  interval: f64,
  missing: usize,
  bars: i32,
  overlapping: i32,
  limit: i32,
  reject: i32,
  index: usize,
  counts: usize,
  scratch: usize,
): i32 {
  const clock = scratch;
  const complete = scratch + ((<usize>n) << 2);
  runs(n, times, interval, missing, clock, complete);
  let found = 0;
  let dropped: u32 = 0;
  let lacking = n;
  let t = n - 1;
  let oldest = n - 1;
  while (t >= bars && (limit == 0 || found < limit)) {
    const whole = <i32>load<u32>(complete + ((<usize>t) << 2)) > bars;
    if (<i32>load<u32>(clock + ((<usize>t) << 2)) > bars && (whole || reject != 0)) {
      oldest = t - bars;
      if (!whole) lacking = min(lacking, earliestMissing(missing, oldest, t));
      store<u32>(index + ((<usize>found) << 2), t);
      found++;
      t -= overlapping != 0 ? 1 : bars;
    } else {
      if (<i32>load<u32>(clock + ((<usize>t) << 2)) > bars) dropped++;
      t--;
    }
  }
  reverse(index, found);
  store<u32>(counts, dropped);
  store<u32>(counts, jumps(n, oldest, clock), 4);
  store<u32>(counts, lacking < n ? lacking + 1 : 0, 8);
  return found;
}

/** Per bar, how many bars up to it follow each other in time (`clock`), and of these the last without a gap (`complete`). */
function runs(n: i32, times: usize, interval: f64, missing: usize, clock: usize, complete: usize): void {
  let inTime: u32 = 0;
  let present: u32 = 0;
  let before = -Infinity;
  for (let t = 0; t < n; t++) {
    const now = load<f64>(times + ((<usize>t) << 3));
    if (now - before > interval) {
      inTime = 0;
      present = 0;
    }
    inTime++;
    present = load<u32>(missing + ((<usize>t) << 2)) == 0 ? present + 1 : 0;
    store<u32>(clock + ((<usize>t) << 2), inTime);
    store<u32>(complete + ((<usize>t) << 2), present);
    before = now;
  }
}

function earliestMissing(missing: usize, from: i32, to: i32): i32 {
  while (from < to && load<u32>(missing + ((<usize>from) << 2)) == 0) from++;
  return from;
}

function jumps(n: i32, from: i32, clock: usize): u32 {
  let count: u32 = 0;
  for (let t = from + 1; t < n; t++) if (load<u32>(clock + ((<usize>t) << 2)) == 1) count++;
  return count;
}

function reverse(index: usize, n: i32): void {
  for (let low = 0, high = n - 1; low < high; low++, high--) {
    const a = index + ((<usize>low) << 2);
    const b = index + ((<usize>high) << 2);
    const kept = load<u32>(a);
    store<u32>(a, load<u32>(b));
    store<u32>(b, kept);
  }
}

/** to[i] = from[index[i] − base], index: u32[n]. */
export function gather(n: i32, from: usize, index: usize, base: i32, to: usize): void {
  for (let i = 0; i < n; i++) {
    const at = <usize>(<i32>load<u32>(index + ((<usize>i) << 2)) - base);
    store<f64>(to + ((<usize>i) << 3), load<f64>(from + (at << 3)));
  }
}
