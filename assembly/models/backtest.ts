/** Workspace of `rollingQuantile` in bytes: the window, sorted. */
export function rollingScratch(window: i32): usize {
  return (<usize>window) << 3;
}

/**
 * Empirical quantile of a sliding window, negated: the VaR that the `window` observations before each test would have
 * stated. Exact: the window is kept sorted, one observation out and one in, so nothing drifts.
 *
 * @param x        f64[..]: observations, oldest first
 * @param known    u32[tests], not falling, each ≥ window: the window of test i is x[known[i] − window .. known[i])
 * @param tests    number of tests
 * @param window   length of the window, ≥ 1
 * @param rank     1 .. window: the rank-th smallest observation is taken
 * @param scratch  rollingScratch(window) bytes
 * @param out      f64[tests]: −(rank-th smallest)
 *
 * Cost per step: two binary searches and a move of at most the window; a gap of a window or more starts afresh.
 */
export function rollingQuantile(
  x: usize,
  known: usize,
  tests: i32,
  window: i32,
  rank: i32,
  scratch: usize,
  out: usize,
): void {
  let end: usize = 0;
  for (let i: usize = 0; i < <usize>tests; i++) {
    const next = <usize>load<u32>(known + (i << 2));
    if (i == 0 || next - end >= <usize>window) {
      fillSorted(scratch, x + ((next - <usize>window) << 3), window);
      end = next;
    }
    while (end < next) {
      replaceSorted(scratch, window, load<f64>(x + ((end - <usize>window) << 3)), load<f64>(x + (end << 3)));
      end++;
    }
    store<f64>(out + (i << 3), 0.0 - load<f64>(scratch + ((<usize>rank - 1) << 3)));
  }
}

/** Position of the first element of sorted: f64[n] that is not below `value`. */
function lowerBound(sorted: usize, n: i32, value: f64): i32 {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<f64>(sorted + ((<usize>middle) << 3)) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Copy x: f64[n] to `sorted` in rising order, by binary insertion. */
function fillSorted(sorted: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const value = load<f64>(x + ((<usize>i) << 3));
    const at = lowerBound(sorted, i, value);
    const to = sorted + ((<usize>at) << 3);
    memory.copy(to + 8, to, (<usize>(i - at)) << 3);
    store<f64>(to, value);
  }
}

/** Replace `old`, which sorted: f64[n] holds, by `value`, and keep the order. */
function replaceSorted(sorted: usize, n: i32, old: f64, value: f64): void {
  const from = lowerBound(sorted, n, old);
  const to = lowerBound(sorted, n, value);
  const hole = sorted + ((<usize>from) << 3);
  if (to > from) {
    memory.copy(hole, hole + 8, (<usize>(to - 1 - from)) << 3);
    store<f64>(sorted + ((<usize>(to - 1)) << 3), value);
  } else {
    const place = sorted + ((<usize>to) << 3);
    memory.copy(place + 8, place, (<usize>(from - to)) << 3);
    store<f64>(place, value);
  }
}

/**
 * The tests whose loss exceeded the VaR stated before: −pnl > VaR, strictly.
 *
 * @param pnl    f64[tests]
 * @param risk   f64[tests]
 * @param tests  number of tests
 * @param out    u32[tests]: their positions, rising
 * @returns      how many
 */
export function exceptions(pnl: usize, risk: usize, tests: i32, out: usize): i32 {
  let count = 0;
  for (let i: usize = 0; i < <usize>tests; i++) {
    if (0.0 - load<f64>(pnl + (i << 3)) > load<f64>(risk + (i << 3))) {
      store<u32>(out + ((<usize>count) << 2), <u32>i);
      count++;
    }
  }
  return count;
}
