import { axpy } from "../linalg/axpy";

/**
 * What the quadratic form w'Cw becomes when one exposure changes, from g = Cw:
 *
 *   value + change · (2·g[i] + change · C[i][i])
 *
 * @param n      order of C
 * @param i      which exposure
 * @param c      f64[n*n], symmetric
 * @param g      f64[n], Cw
 * @param value  w'Cw
 *
 * O(1).
 */
export function varianceAfter(n: i32, i: i32, change: f64, c: usize, g: usize, value: f64): f64 {
  const own = load<f64>(c + ((<usize>i * <usize>(n + 1)) << 3));
  return value + change * (2 * load<f64>(g + ((<usize>i) << 3)) + change * own);
}

/** The same, and g brought up to date:  g += change · C[i]. O(n). */
export function varianceTick(n: i32, i: i32, change: f64, c: usize, g: usize, value: f64): f64 {
  const after = varianceAfter(n, i, change, c, g, value);
  axpy(change, c + ((<usize>i * <usize>n) << 3), g, n);
  return after;
}
