import { logarithmPair } from "../simd/logarithm-pair";
import { logarithm } from "../simd/logarithm";
import { RECIPROCAL_0, RECIPROCAL_1, RECIPROCAL_2, RECIPROCAL_3, solveBlock, tile } from "./microkernel";
import { panel } from "./triangular";

/** Panels of rows that stay in the second-level cache while the rows below pass by. */
const GROUP: i32 = 24;

/**
 * Cholesky factor  A + shift·I = L·L',  L lower triangular with a positive diagonal, in panels.
 *
 * @param shift      added to the diagonal, ≥ 0
 * @param lower      lowerBytes(n) bytes: −A in panels, of `packLower`; becomes L
 * @param variances  f64[4], workspace
 * @returns          0, or k where pivot k (one-based) is not above n·eps·(a[k][k] + shift), NaN included; `lower` then begins
 *                   with its value, −Infinity where that has left the range of numbers
 *
 * What block i, j of four by four has to lose before it is solved over the diagonal is one `tile` product of panels i and j, which
 * are the factor's own: nothing is packed again. Each element is a sum over k in order and a multiplication by a reciprocal, in
 * every build. n³/3 operations.
 * Source: Higham, Accuracy and Stability of Numerical Algorithms (2002), section 10.1; Goto and van de Geijn (2008).
 */
export function choleskyPanels(n: i32, shift: f64, lower: usize, variances: usize): i32 {
  const panels = (n + 3) >> 2;
  for (let group = 0; group < panels; group += GROUP) {
    const last = min(group + GROUP, panels);
    for (let i = group; i < panels; i++) {
      const rows = panel(lower, i);
      const end = min(last, i);
      for (let j = group; j < end; j++) {
        const to = rows + ((<usize>j) << 7);
        const other = panel(lower, j);
        const over = other + ((<usize>j) << 7);
        if (j > 0) tile(j << 2, other, rows, to, 32, false, over);
        else solveBlock(to, over);
      }
      if (i >= last) continue;
      const to = rows + ((<usize>i) << 7);
      for (let k: usize = 0; k < 4; k++) store<f64>(variances + (k << 3), shift - load<f64>(to + 40 * k));
      if (i > 0) tile(i << 2, rows, rows, to, 32, false);
      const failed = factor(n, i << 2, variances, shift, to);
      if (failed != 0) {
        store<f64>(lower, load<f64>(to));
        return failed;
      }
      keepReciprocals(to);
    }
  }
  for (let i = 0; i < panels; i++) dropReciprocals(panel(lower, i) + ((<usize>i) << 7));
  return 0;
}

/** For `solveBlock`, which the rows below take: nothing reads these zeros before the end. */
function keepReciprocals(l: usize): void {
  store<f64>(l, -1 / load<f64>(l), RECIPROCAL_0);
  store<f64>(l, -1 / load<f64>(l, 40), RECIPROCAL_1);
  store<f64>(l, -1 / load<f64>(l, 80), RECIPROCAL_2);
  store<f64>(l, -1 / load<f64>(l, 120), RECIPROCAL_3);
}

/** Zeros again in their places. */
function dropReciprocals(l: usize): void {
  store<f64>(l, 0, RECIPROCAL_0);
  store<f64>(l, 0, RECIPROCAL_1);
  store<f64>(l, 0, RECIPROCAL_2);
  store<f64>(l, 0, RECIPROCAL_3);
}

/** The four by four on the diagonal, of which the negative stands at `c`: c[k][r] becomes L[r][k]. */
function factor(n: i32, top: i32, variances: usize, shift: f64, c: usize): i32 {
  const count = min(4, n - top);
  for (let k = 0; k < count; k++) {
    const variance = load<f64>(variances + ((<usize>k) << 3));
    const own = c + ((<usize>k) << 5);
    for (let r = k; r < 4; r++) {
      let rest = load<f64>(own + ((<usize>r) << 3));
      for (let m = 0; m < k; m++) {
        const before = c + ((<usize>m) << 5);
        rest += load<f64>(before + ((<usize>r) << 3)) * load<f64>(before + ((<usize>k) << 3));
      }
      store<f64>(own + ((<usize>r) << 3), -rest);
    }
    const pivot = load<f64>(own + ((<usize>k) << 3)) + shift;
    if (!(pivot > <f64>n * f64.EPSILON * variance)) {
      store<f64>(c, pivot == pivot ? pivot : -Infinity);
      return top + k + 1;
    }
    const root = sqrt<f64>(pivot);
    store<f64>(own + ((<usize>k) << 3), root);
    for (let r = k + 1; r < 4; r++) store<f64>(own + ((<usize>r) << 3), load<f64>(own + ((<usize>r) << 3)) / root);
    for (let r = 0; r < k; r++) store<f64>(own + ((<usize>r) << 3), 0);
  }
  return 0;
}

/** Natural logarithm of the determinant of L·L' from its panels: twice the sum of log L[i][i], in order, as `logDeterminant`. */
export function panelsLogDeterminant(n: i32, lower: usize): f64 {
  let total: f64 = 0;
  for (let i = 0; i < n; i += 2) {
    const at = panel(lower, i >> 2) + ((<usize>i) << 5) + ((<usize>(i & 3)) << 3);
    const first = load<f64>(at);
    const second = i + 1 < n ? load<f64>(at, 40) : 1;
    if (ASC_FEATURE_SIMD) {
      const pair = logarithmPair(f64x2.replace_lane(f64x2.splat(first), 1, second));
      total += f64x2.extract_lane(pair, 0);
      total += f64x2.extract_lane(pair, 1);
    } else {
      total += logarithm(first);
      total += logarithm(second);
    }
  }
  return 2 * total;
}
