import { tile } from "./microkernel";
import { pack } from "./pack";

/** Terms summed before a tile is written back, and panels that stay in the second-level cache: as in `syrk`. */
const DEPTH: i32 = 256;
const GROUP: i32 = 24;

/** Bytes of workspace that `gemm` needs. */
export function gemmScratch(m: i32, n: i32): usize {
  const height = (<usize>m + 3) & ~3;
  const width = (<usize>n + 3) & ~3;
  return (height * width + (height + width) * <usize>DEPTH) << 3;
}

/**
 * Matrix product with the second factor by its columns:  out[i][j] = sum over k of a[i][k] · weight[k] · b[j][k].
 *
 * @param a        f64[m][≥ depth], `strideA` numbers from row to row
 * @param b        f64[n][≥ depth], `strideB` numbers from row to row
 * @param weight   f64[depth], or 0 for all ones
 * @param out      f64[m*n], written; not overlapping the others
 *
 * Sums in the order of k within blocks of 256, and over the blocks in order, in every build. 2·m·n·depth operations.
 * Source: Goto and van de Geijn, Anatomy of high-performance matrix multiplication (2008).
 */
export function gemm(
  m: i32,
  n: i32,
  depth: i32,
  a: usize,
  strideA: i32,
  b: usize,
  strideB: i32,
  weight: usize,
  out: usize,
  scratch: usize,
): void {
  const rows = (m + 3) >> 2;
  const columns = (n + 3) >> 2;
  const stride = (<usize>columns) << 5;
  const left = scratch + <usize>(rows << 2) * stride;
  const right = left + ((<usize>(rows * DEPTH)) << 5);
  for (let from = 0; from < depth; from += DEPTH) {
    const deep = min(DEPTH, depth - from);
    const at = (<usize>from) << 3;
    const panel = (<usize>deep) << 5;
    pack(m, deep, a + at, (<usize>strideA) << 3, 0, weight == 0 ? 0 : weight + at, left);
    pack(n, deep, b + at, (<usize>strideB) << 3, 0, 0, right);
    for (let group = 0; group < columns; group += GROUP) {
      const last = min(group + GROUP, columns);
      for (let i = 0; i < rows; i++) {
        const row = scratch + ((<usize>i) << 2) * stride;
        for (let j = group; j < last; j++) {
          const to = row + ((<usize>j) << 5);
          tile(deep, left + <usize>i * panel, right + <usize>j * panel, to, stride, from == 0);
        }
      }
    }
  }
  const size = (<usize>n) << 3;
  for (let i = 0; i < m; i++) {
    if (depth == 0) memory.fill(out + <usize>i * size, 0, size);
    else memory.copy(out + <usize>i * size, scratch + <usize>i * stride, size);
  }
}
