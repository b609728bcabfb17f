import { syrk, syrkScratch } from "../linalg/syrk";

/** A row whose weight has fallen below this adds nothing that f64 could show, and would slow every product down. */
const NEGLIGIBLE: f64 = 1e-290;

/** Bytes of workspace that `ewmaCovariance` needs. */
export function ewmaScratch(n: i32, rows: i32): usize {
  return (((<usize>rows + 1) & ~1) << 3) + syrkScratch(n, true);
}

/**
 * Exponentially weighted covariance about zero, newest row last:
 *
 *   S[i][j] = (sum over t of w[t]·x[i][t]·x[j][t]) / (sum of w)
 *
 * Normalised: w[t] = decay^(rows−1−t). Recursive: what the recursion S ← decay·S + (1 − decay)·x·x' leaves when it is
 * seeded with the first row's product, i.e. w[0] = decay^(rows−1) and w[t] = (1 − decay)·decay^(rows−1−t), which sum to 1.
 *
 * @param x          f64[n][rows], one column after the other; rows ≥ 1
 * @param decay      0 < decay < 1
 * @param recursive  1: recursive, 0: normalised
 * @param out        f64[n*n]
 * @returns          number of rows whose weight is at least 1e-290; older ones are not read
 *
 * n·(n+1) operations for each of these rows.
 * Source: J.P. Morgan, RiskMetrics Technical Document (1996), section 5.2.
 */
export function ewmaCovariance(
  n: i32,
  rows: i32,
  x: usize,
  decay: f64,
  recursive: i32,
  out: usize,
  scratch: usize,
): i32 {
  const weight = scratch;
  let first = rows;
  let power: f64 = 1;
  while (first > 0 && power >= NEGLIGIBLE) {
    first--;
    const share = recursive != 0 && first > 0 ? power * (1 - decay) : power;
    store<f64>(weight + ((<usize>first) << 3), share);
    power *= decay;
  }
  let total: f64 = 0;
  for (let t = first; t < rows; t++) total += load<f64>(weight + ((<usize>t) << 3));
  const skip = (<usize>first) << 3;
  const work = scratch + (((<usize>rows + 1) & ~1) << 3);
  syrk(n, rows - first, x + skip, rows, 0, weight + skip, recursive != 0 ? 1 : total, out, work);
  return rows - first;
}
