import { syrk, syrkScratch } from "../linalg/syrk";
import { columnMeans } from "./centre";

/** Bytes of workspace that `sampleCovariance` needs for n columns. */
export function sampleScratch(n: i32): usize {
  return ((<usize>n) << 4) + syrkScratch(n, false);
}

/**
 * Sample covariance about the mean:
 *
 *   S[i][j] = (sum over t of (x[i][t] − mean[i])·(x[j][t] − mean[j])) / divisor
 *
 * @param x        f64[n][rows], one column after the other
 * @param divisor  rows − 1 for the unbiased estimate, rows for the maximum-likelihood one; > 0
 * @param mean     f64[n], written
 * @param out      f64[n*n]
 *
 * Two passes for the mean, then `syrk` over centred values. n·(n+1)·rows operations.
 */
export function sampleCovariance(
  n: i32,
  rows: i32,
  x: usize,
  divisor: f64,
  mean: usize,
  out: usize,
  scratch: usize,
): void {
  columnMeans(n, rows, x, scratch, mean);
  syrk(n, rows, x, rows, scratch, 0, divisor, out, scratch + ((<usize>n) << 4));
}

/**
 * Correlations and standard deviations of a covariance matrix:  out[i][j] = c[i][j]/s[i]/s[j],  s[i] = sqrt(c[i][i]).
 *
 * The diagonal is 1. A column without variance has no correlation: its row and column are 0, and s says so.
 *
 * @param c    f64[n*n], symmetric
 * @param s    f64[n], written
 * @param out  f64[n*n]
 */
export function correlationOf(n: i32, c: usize, s: usize, out: usize): void {
  for (let i = 0; i < n; i++) {
    const variance = load<f64>(c + ((<usize>i * <usize>(n + 1)) << 3));
    store<f64>(s + ((<usize>i) << 3), sqrt<f64>(max<f64>(variance, 0)));
  }
  for (let i = 0; i < n; i++) {
    const own = load<f64>(s + ((<usize>i) << 3));
    store<f64>(out + ((<usize>i * <usize>(n + 1)) << 3), own > 0 ? 1 : 0);
    for (let j = i + 1; j < n; j++) {
      const above = (<usize>i * <usize>n + <usize>j) << 3;
      const other = load<f64>(s + ((<usize>j) << 3));
      const value = own > 0 && other > 0 ? load<f64>(c + above) / own / other : 0;
      store<f64>(out + above, value);
      store<f64>(out + ((<usize>j * <usize>n + <usize>i) << 3), value);
    }
  }
}
