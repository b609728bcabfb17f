import { dot } from "./dot";

/**
 * Quadratic form  w'Cw  and the vector  g = Cw.
 *
 * @param c  f64[n*n], symmetric
 * @param w  f64[n]
 * @param g  f64[n], written; not overlapping w
 *
 * Rows by `dot`, then one more `dot`. 2·n² operations.
 */
export function quadraticForm(n: i32, c: usize, w: usize, g: usize): f64 {
  for (let i = 0; i < n; i++) {
    store<f64>(g + ((<usize>i) << 3), dot(c + ((<usize>i * <usize>n) << 3), w, n));
  }
  return dot(w, g, n);
}
