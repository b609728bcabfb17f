/**
 * Copy a slab of columns into panels of four for `tile`:  to[panel][k][j] = value of column 4·panel + j in row k,
 * where the value is (x − shift[2j]) − shift[2j+1], times weight[k].
 *
 * @param n       number of columns; the last panel is filled up with its last column, whose products nobody reads
 * @param depth   number of rows of the slab
 * @param x       first row of the slab in column 0
 * @param stride  bytes from column to column
 * @param shift   f64[2*n], or 0 for none; two numbers because one cannot hold a mean to the last bit
 * @param weight  f64[depth], or 0 for none
 * @param to      f64[4*ceil(n/4)*depth]
 */
export function pack(n: i32, depth: i32, x: usize, stride: usize, shift: usize, weight: usize, to: usize): void {
  const last = n - 1;
  for (let column = 0; column < n; column += 4) {
    packPair(depth, x, stride, shift, weight, column, min(column + 1, last), to);
    packPair(depth, x, stride, shift, weight, min(column + 2, last), min(column + 3, last), to + 16);
    to += (<usize>depth) << 5;
  }
}

/** Columns `left` and `right` into half a panel: their rows by twos, which two lanes take as they stand and turn. */
function packPair(
  depth: i32,
  x: usize,
  stride: usize,
  shift: usize,
  weight: usize,
  left: i32,
  right: i32,
  to: usize,
): void {
  const p = x + <usize>left * stride;
  const q = x + <usize>right * stride;
  let k = 0;
  if (ASC_FEATURE_SIMD) {
    const zero = f64x2.splat(0);
    let pHigh = zero;
    let pLow = zero;
    let qHigh = zero;
    let qLow = zero;
    if (shift != 0) {
      pHigh = v128.load64_splat(shift + ((<usize>left) << 4));
      pLow = v128.load64_splat(shift + ((<usize>left) << 4), 8);
      qHigh = v128.load64_splat(shift + ((<usize>right) << 4));
      qLow = v128.load64_splat(shift + ((<usize>right) << 4), 8);
    }
    for (; k < (depth & ~1); k += 2) {
      const at = (<usize>k) << 3;
      let a = f64x2.sub(f64x2.sub(v128.load(p + at), pHigh), pLow);
      let b = f64x2.sub(f64x2.sub(v128.load(q + at), qHigh), qLow);
      if (weight != 0) {
        const w = v128.load(weight + at);
        a = f64x2.mul(a, w);
        b = f64x2.mul(b, w);
      }
      v128.store(to, i64x2.shuffle(a, b, 0, 2));
      v128.store(to, i64x2.shuffle(a, b, 1, 3), 32);
      to += 64;
    }
  }
  for (; k < depth; k++) {
    const at = (<usize>k) << 3;
    store<f64>(to, packed(load<f64>(p + at), left, shift, weight, at));
    store<f64>(to, packed(load<f64>(q + at), right, shift, weight, at), 8);
    to += 32;
  }
}

/** One number of a panel. */
function packed(value: f64, column: i32, shift: usize, weight: usize, at: usize): f64 {
  if (shift != 0) {
    const own = shift + ((<usize>column) << 4);
    value = value - load<f64>(own) - load<f64>(own, 8);
  }
  return weight == 0 ? value : value * load<f64>(weight + at);
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
