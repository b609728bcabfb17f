import { smallestInto } from "./select";
import { snapped } from "./tail";

/**
 * Sample quantile of x: f64[n] in the nine definitions of Hyndman and Fan; `type` 7 is what R and numpy do by default.
 *
 *   h = position of the quantile among the ordered x, j = floor(h), g = h − j
 *   1  np, up          2  np, mean at jumps     3  nearest to np, half to even
 *   4  np              5  np + 1/2              6  (n + 1)p
 *   7  (n − 1)p + 1    8  (n + 1/3)p + 1/3      9  (n + 1/4)p + 3/8           4–9: (1 − g) x(j) + g x(j+1)
 *
 * Positions below 1 and above n are those of the ends. h is snapped to a whole number as in `tailStatistics`.
 *
 * @param x        f64[n], finite, not modified; n ≥ 1
 * @param p        0 ≤ p ≤ 1
 * @param type     1 .. 9; other values are the caller's fault and act as 9
 * @param scratch  tailScratch(n) bytes
 *
 * Selects two order statistics: O(n). Source: Hyndman and Fan, Sample quantiles in statistical packages (1996).
 */
export function quantileOf(x: usize, n: i32, p: f64, type: i32, scratch: usize): f64 {
  const count = <f64>n;
  let h = count * p;
  if (type == 3) h -= 0.5;
  else if (type == 5) h += 0.5;
  else if (type == 6) h += p;
  else if (type == 7) h += 1 - p;
  else if (type == 8) h += (p + 1) / 3;
  else if (type >= 9) h += 0.25 * p + 0.375;
  h = snapped(h);
  const floored = floor(h);
  let g = h - floored;
  if (type == 1) g = g > 0 ? 1 : 0;
  else if (type == 2) g = g > 0 ? 1 : 0.5;
  else if (type == 3) g = g == 0 && (<i32>floored & 1) == 0 ? 0 : 1;
  const j = <i32>max<f64>(1, min<f64>(count, floored));
  const upper = <i32>max<f64>(1, min<f64>(count, floored + 1));
  smallestInto(x, n, upper, scratch);
  const high = load<f64>(scratch + ((<usize>(upper - 1)) << 3));
  let low = high;
  if (j < upper) {
    low = load<f64>(scratch);
    for (let i = 1; i < j; i++) low = max(low, load<f64>(scratch + ((<usize>i) << 3)));
  }
  // 0 + …: a zero must not carry the sign of whichever zero came first.
  return 0 + (g == 0 ? low : g == 1 ? high : low + g * (high - low));
}
