/** As in covariance/ewma: a row whose weight has fallen below this adds nothing that f64 could show. */
const NEGLIGIBLE: f64 = 1e-290;

/**
 * What the exponentially weighted covariance about the weighted mean needs beside `syrk`: w[t] = decay^(rows−1−t), and
 *
 *   mean[i] = Σ w x[i] / Σ w,   pairs = (Σ w)² − Σ w² = 2 Σ_{s<t} w[s] w[t]
 *
 * @param x        f64[n][rows], one column after the other; rows ≥ 1
 * @param weight   f64[rows], written from the first row that counts
 * @param mean     f64[n], written
 * @param shift    f64[n][2], the means as two numbers: the newest row, and what is between; a constant column is centred to 0
 * @param sums     f64[3], becomes Σ w, Σ w², pairs
 * @returns        number of rows whose weight is at least 1e-290; older ones are not read
 */
export function ewmaCentre(
  n: i32,
  rows: i32,
  x: usize,
  decay: f64,
  weight: usize,
  mean: usize,
  shift: usize,
  sums: usize,
): i32 {
  let first = rows;
  let power: f64 = 1;
  while (first > 0 && power >= NEGLIGIBLE) {
    first--;
    store<f64>(weight + ((<usize>first) << 3), power);
    power *= decay;
  }
  let total: f64 = 0;
  let squares: f64 = 0;
  let pairs: f64 = 0;
  for (let t = first; t < rows; t++) {
    const w = load<f64>(weight + ((<usize>t) << 3));
    pairs += 2 * w * total;
    squares += w * w;
    total += w;
  }
  store<f64>(sums, total);
  store<f64>(sums, squares, 8);
  store<f64>(sums, pairs, 16);
  for (let i = 0; i < n; i++) {
    const column = x + ((<usize>i * <usize>rows) << 3);
    const newest = load<f64>(column + ((<usize>(rows - 1)) << 3));
    let sum: f64 = 0;
    for (let t = first; t < rows; t++) {
      const at = (<usize>t) << 3;
      sum += load<f64>(weight + at) * (load<f64>(column + at) - newest);
    }
    const low = sum / total;
    store<f64>(shift + ((<usize>i) << 4), newest);
    store<f64>(shift + ((<usize>i) << 4), low, 8);
    store<f64>(mean + ((<usize>i) << 3), newest + low);
  }
  return rows - first;
}
