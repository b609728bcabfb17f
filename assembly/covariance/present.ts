/**
 * Covariances of columns with gaps, pair by pair over the rows that both columns have: NaN where an observation is missing. Each
 * pair has rows of its own, so that the matrix may be indefinite.
 *
 *   n       number of columns
 *   x       f64[n][rows], one column after the other
 *   counts  f64[n*n], becomes the rows that both have
 *   out     f64[n*n], symmetric; 0 where there are too few
 */

function put(matrix: usize, n: i32, i: i32, j: i32, value: f64): void {
  store<f64>(matrix + ((<usize>i * <usize>n + <usize>j) << 3), value);
  store<f64>(matrix + ((<usize>j * <usize>n + <usize>i) << 3), value);
}

/**
 * S[i][j] = Σ (x_i − m_i)(x_j − m_j) / (k − 1), m the means over the k rows that both have. Two passes, from the first such row
 * on, so that a level common to a column drops out. 3·n²·rows operations.
 */
export function pairwiseCovariance(n: i32, rows: i32, x: usize, counts: usize, out: usize): void {
  const stride = (<usize>rows) << 3;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const a = x + <usize>i * stride;
      const b = x + <usize>j * stride;
      let count: f64 = 0;
      let originA: f64 = 0;
      let originB: f64 = 0;
      let sumA: f64 = 0;
      let sumB: f64 = 0;
      for (let at: usize = 0; at < stride; at += 8) {
        const p = load<f64>(a + at);
        const q = load<f64>(b + at);
        if (p != p || q != q) continue;
        if (count == 0) {
          originA = p;
          originB = q;
        }
        count += 1;
        sumA += p - originA;
        sumB += q - originB;
      }
      put(counts, n, i, j, count);
      if (count < 2) {
        put(out, n, i, j, 0);
        continue;
      }
      const meanA = sumA / count;
      const meanB = sumB / count;
      let products: f64 = 0;
      for (let at: usize = 0; at < stride; at += 8) {
        const p = load<f64>(a + at);
        const q = load<f64>(b + at);
        if (p == p && q == q) products += (p - originA - meanA) * (q - originB - meanB);
      }
      put(out, n, i, j, products / (count - 1));
    }
  }
}

/**
 * Exponentially weighted, about zero, newest row last.
 *
 *   skip 0   S[i][j] = Σ decay^age x_i x_j / Σ decay^age over the rows that both have, age in rows of the table
 *   skip 1   S ← decay·S + (1 − decay) x_i x_j at these rows alone, seeded with the first product
 *
 * 3·n²·rows operations.
 */
export function presentEwma(n: i32, rows: i32, x: usize, decay: f64, skip: i32, counts: usize, out: usize): void {
  const stride = (<usize>rows) << 3;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const a = x + <usize>i * stride;
      const b = x + <usize>j * stride;
      let count: f64 = 0;
      let sum: f64 = 0;
      let total: f64 = 1;
      // Weight of what is summed against the next row that both have: decayed when that comes, so that no gap is too long.
      let carried: f64 = 1;
      for (let at: usize = 0; at < stride; at += 8) {
        carried *= decay;
        const p = load<f64>(a + at);
        const q = load<f64>(b + at);
        if (p != p || q != q) continue;
        if (count == 0) {
          sum = p * q;
        } else if (skip != 0) {
          sum = decay * sum + (1 - decay) * (p * q);
        } else {
          sum = carried * sum + p * q;
          total = carried * total + 1;
        }
        count += 1;
        carried = 1;
      }
      put(counts, n, i, j, count);
      put(out, n, i, j, sum / total);
    }
  }
}
