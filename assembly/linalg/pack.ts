/**
 * Copy a slab of columns into panels of four for `tile`:  to[panel][k][j] = value of column 4·panel + j in row k,
 * where the value is (x − shift[2j]) − shift[2j+1], times weight[k].
 *
 * @param n       number of columns; the last panel is filled up with zero columns
 * @param depth   number of rows of the slab
 * @param x       first row of the slab in column 0
 * @param stride  bytes from column to column
 * @param shift   f64[2*n], or 0 for none; two numbers because one cannot hold a mean to the last bit
 * @param weight  f64[depth], or 0 for none
 * @param to      f64[4*ceil(n/4)*depth]
 */
export function pack(n: i32, depth: i32, x: usize, stride: usize, shift: usize, weight: usize, to: usize): void {
  for (let column = 0; column < n; column += 4) {
    for (let j = 0; j < 4; j++) {
      const at = to + ((<usize>j) << 3);
      if (column + j >= n) {
        for (let k = 0; k < depth; k++) store<f64>(at + ((<usize>k) << 5), 0);
        continue;
      }
      const from = x + <usize>(column + j) * stride;
      let high: f64 = 0;
      let low: f64 = 0;
      if (shift != 0) {
        high = load<f64>(shift + ((<usize>(column + j)) << 4));
        low = load<f64>(shift + ((<usize>(column + j)) << 4), 8);
      }
      if (weight == 0) {
        for (let k = 0; k < depth; k++) {
          store<f64>(at + ((<usize>k) << 5), load<f64>(from + ((<usize>k) << 3)) - high - low);
        }
      } else {
        for (let k = 0; k < depth; k++) {
          const value = load<f64>(from + ((<usize>k) << 3)) - high - low;
          store<f64>(at + ((<usize>k) << 5), value * load<f64>(weight + ((<usize>k) << 3)));
        }
      }
    }
    to += (<usize>depth) << 5;
  }
}

/** Columns of one pass of `transpose`: as many output streams as stay in the first-level cache. */
const STREAMS: i32 = 16;

/** to[j][i] = from[i][j], from: f64[rows*columns], to: f64[columns*rows], not overlapping. */
export function transpose(rows: i32, columns: i32, from: usize, to: usize): void {
  for (let first = 0; first < columns; first += STREAMS) {
    const last = min(first + STREAMS, columns);
    for (let i = 0; i < rows; i++) {
      const row = from + ((<usize>i * <usize>columns) << 3);
      for (let j = first; j < last; j++) {
        store<f64>(to + ((<usize>j * <usize>rows + <usize>i) << 3), load<f64>(row + ((<usize>j) << 3)));
      }
    }
  }
}
