import { tile } from "./microkernel";
import { pack } from "./pack";

/** Rows summed before a tile is written back: two panels of it fill a third of a first-level cache. */
const DEPTH: i32 = 256;
/** Panels of four columns that stay in the second-level cache while the others pass by. */
const GROUP: i32 = 24;

/** Bytes of workspace that `syrk` needs for n columns. */
export function syrkScratch(n: i32, weighted: bool): usize {
  const width = (<usize>n + 3) & ~3;
  return (width * width + width * <usize>DEPTH * (weighted ? 2 : 1)) << 3;
}

/**
 * Symmetric product of a tall matrix with itself, optionally centred and weighted:
 *
 *   out[i][j] = (sum over t of weight[t] · (x[i][t] − shift[i]) · (x[j][t] − shift[j])) / divisor
 *
 * @param n        number of columns, n ≥ 1
 * @param rows     number of rows used, rows ≥ 1
 * @param x        f64[n][stride], one column after the other
 * @param stride   rows from column to column, ≥ rows
 * @param shift    f64[2*n] of `columnMeans`, or 0 for none
 * @param weight   f64[rows], or 0 for all ones
 * @param divisor  > 0
 * @param out      f64[n*n], both triangles written, symmetric to the bit
 *
 * Sums run over t in order within blocks of 256 rows, and over the blocks in order; so the error of an element is at most
 * about (256 + rows/256)·eps·sqrt(out[i][i]·out[j][j]). n·(n+1)·rows operations.
 * Source: Goto and van de Geijn, Anatomy of high-performance matrix multiplication (2008).
 */
export function syrk(
  n: i32,
  rows: i32,
  x: usize,
  stride: i32,
  shift: usize,
  weight: usize,
  divisor: f64,
  out: usize,
  scratch: usize,
): void {
  const panels = (n + 3) >> 2;
  const width = (<usize>panels) << 2;
  const left = scratch + ((width * width) << 3);
  const right = weight == 0 ? left : left + ((width * <usize>DEPTH) << 3);
  for (let from = 0; from < rows; from += DEPTH) {
    const depth = min(DEPTH, rows - from);
    const at = (<usize>from) << 3;
    pack(n, depth, x + at, (<usize>stride) << 3, shift, 0, left);
    if (weight != 0) pack(n, depth, x + at, (<usize>stride) << 3, shift, weight + at, right);
    upperTiles(panels, depth, left, right, scratch, from == 0);
  }
  mirror(n, width, scratch, divisor, out);
}

/** Every tile on and above the diagonal, a group of right-hand panels at a time. */
function upperTiles(panels: i32, depth: i32, left: usize, right: usize, c: usize, first: bool): void {
  const panel = (<usize>depth) << 5;
  const stride = (<usize>panels) << 5;
  for (let group = 0; group < panels; group += GROUP) {
    const last = min(group + GROUP, panels);
    for (let i = 0; i < last; i++) {
      const row = c + ((<usize>i) << 2) * stride;
      for (let j = max(i, group); j < last; j++) {
        tile(depth, left + <usize>i * panel, right + <usize>j * panel, row + ((<usize>j) << 5), stride, first);
      }
    }
  }
}

/** out = c / divisor from the upper triangle of c, in squares of eight so that both triangles are written line by line. */
function mirror(n: i32, width: usize, c: usize, divisor: f64, out: usize): void {
  for (let top = 0; top < n; top += 8) {
    for (let left = top; left < n; left += 8) {
      for (let i = top; i < min(top + 8, n); i++) {
        for (let j = max(left, i); j < min(left + 8, n); j++) {
          const value = load<f64>(c + ((<usize>i * width + <usize>j) << 3)) / divisor;
          store<f64>(out + ((<usize>i * <usize>n + <usize>j) << 3), value);
          store<f64>(out + ((<usize>j * <usize>n + <usize>i) << 3), value);
        }
      }
    }
  }
}
