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

/**
 * The lower triangle of a square into panels, times `sign`.
 *
 * @param l     f64[n*n] row-major; what is above the diagonal is not read
 * @param sign  1 or −1
 * @param to    lowerBytes(n) bytes, written
 */
export function packLower(n: i32, l: usize, sign: f64, to: usize): void {
  for (let top = 0; top < n; top += 4) {
    for (let r = 0; r < 4; r++) {
      const from = l + ((<usize>(top + r) * <usize>n) << 3);
      const own = top + r < n ? top + r + 1 : 0;
      const at = to + ((<usize>r) << 3);
      for (let k = 0; k < own; k++) store<f64>(at + ((<usize>k) << 5), sign * load<f64>(from + ((<usize>k) << 3)));
      for (let k = own; k < top + 4; k++) store<f64>(at + ((<usize>k) << 5), 0);
    }
    to += (<usize>(top + 4)) << 5;
  }
}

/** A triangle from its panels into a square, f64[n*n] row-major, with zeros above the diagonal. */
export function unpackLower(n: i32, from: usize, l: usize): void {
  for (let i = 0; i < n; i++) {
    const at = from + ((<usize>(i & 3)) << 3);
    for (let k = 0; k <= i; k++) store<f64>(l + ((<usize>k) << 3), load<f64>(at + ((<usize>k) << 5)));
    memory.fill(l + ((<usize>(i + 1)) << 3), 0, (<usize>(n - 1 - i)) << 3);
    l += (<usize>n) << 3;
    if ((i & 3) == 3) from += (<usize>(i + 1)) << 5;
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
