/**
 * Lower triangular matrices in panels of four rows, as `tile` reads them: panel i is f64[4i + 4][4], element [k][r] of it
 * L[4i + r][k], with zeros above the diagonal and below the last row. Panels follow each other, so that they take half of what
 * the square would.
 */
import { axpy } from "./axpy";
import { dot } from "./dot";
import { tile } from "./microkernel";

/** Panels of columns that stay in the second-level cache while the rows of the factor pass by. */
const GROUP: i32 = 24;

/** Bytes of a lower triangular matrix of order n in panels. */
export function lowerBytes(n: i32): usize {
  const panels = (<usize>n + 3) >> 2;
  return (panels * (panels + 1)) << 6;
}

/** Where panel i of a triangle begins. */
export function panel(lower: usize, i: i32): usize {
  return lower + ((<usize>i * <usize>(i + 1)) << 6);
}

/**
 * Rows top .. top + count of a lower triangle into its panels, times `sign`: some at a time, so that a matrix that comes from
 * elsewhere is never whole in memory beside them.
 *
 * @param n     order of the triangle
 * @param top   first row, a multiple of 4
 * @param count number of rows, a multiple of 4 or all that are left
 * @param rows  f64[count*n] row-major; what is above the diagonal is not read
 * @param sign  1 or −1
 * @param to    lowerBytes(n) bytes: all panels, of which those of the rows are written
 */
export function packLower(n: i32, top: i32, count: i32, rows: usize, sign: f64, to: usize): void {
  const stride = (<usize>n) << 3;
  for (const end = top + count; top < end; top += 4, rows += stride << 2) {
    const own = panel(to, top >> 2);
    // As they stand in pairs, up to the block on the diagonal.
    const pairs = ASC_FEATURE_SIMD && top + 4 <= n ? top : 0;
    if (ASC_FEATURE_SIMD) {
      packRows(rows, stride, sign, own, pairs);
      packRows(rows + 2 * stride, stride, sign, own + 16, pairs);
    }
    for (let r = 0; r < 4; r++) {
      const from = rows + <usize>r * stride;
      const length = top + r < n ? top + r + 1 : 0;
      const at = own + ((<usize>r) << 3);
      for (let k = pairs; k < length; k++)
        store<f64>(at + ((<usize>k) << 5), sign * load<f64>(from + ((<usize>k) << 3)));
      for (let k = length; k < top + 4; k++) store<f64>(at + ((<usize>k) << 5), 0);
    }
  }
}

/** `count` numbers, an even number, of a row and of the one below it, side by side into half a panel. */
function packRows(row: usize, stride: usize, sign: f64, to: usize, count: i32): void {
  const factor = f64x2.splat(sign);
  for (const end = row + ((<usize>count) << 3); row < end; row += 16, to += 64) {
    const a = f64x2.mul(factor, v128.load(row));
    const b = f64x2.mul(factor, v128.load(row + stride));
    v128.store(to, i64x2.shuffle(a, b, 0, 2));
    v128.store(to, i64x2.shuffle(a, b, 1, 3), 32);
  }
}

/** Rows top .. top + count of a triangle from its panels, f64[count*n] row-major, with zeros above the diagonal; as of `packLower`. */
export function unpackLower(n: i32, top: i32, count: i32, from: usize, rows: usize): void {
  const stride = (<usize>n) << 3;
  for (const end = top + count; top < end; top += 4) {
    const own = panel(from, top >> 2);
    const pairs = ASC_FEATURE_SIMD && top + 4 <= n ? top : 0;
    if (ASC_FEATURE_SIMD) {
      unpackRows(own, rows, stride, pairs);
      unpackRows(own + 16, rows + 2 * stride, stride, pairs);
    }
    for (let i = top; i < min(top + 4, n); i++, rows += stride) {
      const at = own + ((<usize>(i & 3)) << 3);
      for (let k = pairs; k <= i; k++) store<f64>(rows + ((<usize>k) << 3), load<f64>(at + ((<usize>k) << 5)));
      memory.fill(rows + ((<usize>(i + 1)) << 3), 0, (<usize>(n - 1 - i)) << 3);
    }
  }
}

/** `count` numbers, an even number, of half a panel to a row and to the one below it. */
function unpackRows(from: usize, row: usize, stride: usize, count: i32): void {
  for (const end = row + ((<usize>count) << 3); row < end; row += 16, from += 64) {
    const a = v128.load(from);
    const b = v128.load(from, 32);
    v128.store(row, i64x2.shuffle(a, b, 0, 2));
    v128.store(row + stride, i64x2.shuffle(a, b, 1, 3));
  }
}

/**
 * Lower triangular matrix times columns in panels of four:  out[p][i][j] = sum over k ≤ i of L[i][k] · z[p][k][j].
 *
 * Column j of panel p is a vector of its own, e.g. a path of independent normal numbers that L makes correlated. No packing pass
 * is needed where they are made in panels.
 *
 * @param lower   L in panels, of `packLower`
 * @param panels  number of panels of columns, ≥ 0
 * @param z       f64[panels][n][4]
 * @param out     f64[panels][4⌈n/4⌉][4], written, not overlapping z; rows from n on are 0
 *
 * Each sum in the order of k, in every build. n·(n + 4) operations per column: half of a square product's.
 * Source: Goto and van de Geijn, High-performance implementation of the level-3 BLAS (2008), trmm.
 */
export function lowerProduct(n: i32, lower: usize, panels: i32, z: usize, out: usize): void {
  const size = (<usize>n) << 5;
  const written = ((<usize>n + 3) & ~3) << 5;
  for (let group = 0; group < panels; group += GROUP) {
    const last = min(group + GROUP, panels);
    let rows = lower;
    for (let top = 0; top < n; top += 4) {
      const depth = min(top + 4, n);
      const at = out + ((<usize>top) << 5);
      for (let p = group; p < last; p++) tile(depth, rows, z + <usize>p * size, at + <usize>p * written, 32, true);
      rows += (<usize>(top + 4)) << 5;
    }
  }
}

/**
 * x with  L·x = b,  or  L'·x = b  where `transposed`, in place.
 *
 * @param l  f64[n*n] row-major, lower triangular, no 0 on its diagonal; what is above is not read
 * @param x  f64[n], b; becomes x
 *
 * Rows of L in either case: inner products down, multiples of a row up. Backward stable row by row. n² operations.
 * Source: Higham, Accuracy and Stability of Numerical Algorithms (2002), section 8.1.
 */
export function solveLower(n: i32, l: usize, transposed: i32, x: usize): void {
  for (let step = 0; step < n; step++) {
    const i = transposed != 0 ? n - 1 - step : step;
    const row = l + ((<usize>i * <usize>n) << 3);
    const at = (<usize>i) << 3;
    const before = transposed != 0 ? 0 : dot(row, x, i);
    const value = (load<f64>(x + at) - before) / load<f64>(row + at);
    store<f64>(x + at, value);
    if (transposed != 0) axpy(-value, row, x, i);
  }
}
