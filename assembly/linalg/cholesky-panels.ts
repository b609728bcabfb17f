import { tile } from "./microkernel";
import { packLower } from "./triangular";

/** Panels of rows that stay in the second-level cache while the rows below pass by. */
const GROUP: i32 = 24;

function panel(lower: usize, i: i32): usize {
  return lower + ((<usize>i * <usize>(i + 1)) << 6);
}

/**
 * Cholesky factor  A + shift·I = L·L',  L lower triangular with a positive diagonal, in panels.
 *
 * @param a      f64[n*n], symmetric; only its lower triangle is read, and nothing changed
 * @param shift  added to the diagonal, ≥ 0
 * @param lower  lowerBytes(n) bytes: L in panels (triangular.ts), written
 * @returns      0, or k where pivot k (one-based) is not above n·eps·(a[k][k] + shift), NaN included; `lower` then begins with its
 *               value, −Infinity where that has left the range of numbers
 *
 * The panels begin as −A. What tile i, j of four by four has to lose before it is solved over the diagonal is one `tile` product
 * of panels i and j, which are the factor's own: nothing is packed again. Each element is a sum over k in order and a division,
 * in every build. n³/3 operations.
 * Source: Higham, Accuracy and Stability of Numerical Algorithms (2002), section 10.1; Goto and van de Geijn (2008).
 */
export function choleskyPanels(n: i32, a: usize, shift: f64, lower: usize): i32 {
  packLower(n, a, -1, lower);
  const panels = (n + 3) >> 2;
  for (let group = 0; group < panels; group += GROUP) {
    const last = min(group + GROUP, panels);
    for (let i = group; i < panels; i++) {
      const rows = panel(lower, i);
      const end = min(last, i);
      for (let j = group; j < end; j++) {
        const to = rows + ((<usize>j) << 7);
        const other = panel(lower, j);
        if (j > 0) tile(j << 2, other, rows, to, 32, false);
        solve(to, other + ((<usize>j) << 7));
      }
      if (i >= last) continue;
      const to = rows + ((<usize>i) << 7);
      if (i > 0) tile(i << 2, rows, rows, to, 32, false);
      const failed = factor(n, i << 2, a, shift, to);
      if (failed != 0) {
        store<f64>(lower, load<f64>(to));
        return failed;
      }
    }
  }
  return 0;
}

/** The four by four on the diagonal, of which the negative stands at `c`: c[k][r] becomes L[r][k]. */
function factor(n: i32, top: i32, a: usize, shift: f64, c: usize): i32 {
  const count = min(4, n - top);
  for (let k = 0; k < count; k++) {
    const variance = load<f64>(a + ((<usize>(top + k) * <usize>(n + 1)) << 3)) + shift;
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

/**
 * X with X·L' = −C: c[k][r], the negative of four rows, over the four by four l[k][r] of `factor`; two rows at a time. By the
 * reciprocals of the diagonal, which do not wait for what is solved, as four divisions in turn would.
 */
function solve(c: usize, l: usize): void {
  if (ASC_FEATURE_SIMD) {
    const minus = f64x2.splat(-1);
    const r0 = f64x2.div(minus, v128.load64_splat(l));
    const r1 = f64x2.div(minus, v128.load64_splat(l, 40));
    const r2 = f64x2.div(minus, v128.load64_splat(l, 80));
    const r3 = f64x2.div(minus, v128.load64_splat(l, 120));
    for (const end = c + 32; c < end; c += 16) {
      const x0 = f64x2.mul(v128.load(c), r0);
      v128.store(c, x0);
      let t = f64x2.add(v128.load(c, 32), f64x2.mul(x0, v128.load64_splat(l, 8)));
      const x1 = f64x2.mul(t, r1);
      v128.store(c, x1, 32);
      t = f64x2.add(v128.load(c, 64), f64x2.mul(x0, v128.load64_splat(l, 16)));
      t = f64x2.add(t, f64x2.mul(x1, v128.load64_splat(l, 48)));
      const x2 = f64x2.mul(t, r2);
      v128.store(c, x2, 64);
      t = f64x2.add(v128.load(c, 96), f64x2.mul(x0, v128.load64_splat(l, 24)));
      t = f64x2.add(t, f64x2.mul(x1, v128.load64_splat(l, 56)));
      t = f64x2.add(t, f64x2.mul(x2, v128.load64_splat(l, 88)));
      v128.store(c, f64x2.mul(t, r3), 96);
    }
  } else {
    const r0 = -1 / load<f64>(l);
    const r1 = -1 / load<f64>(l, 40);
    const r2 = -1 / load<f64>(l, 80);
    const r3 = -1 / load<f64>(l, 120);
    for (let r: usize = 0; r < 32; r += 8) {
      const x0 = load<f64>(c + r) * r0;
      store<f64>(c + r, x0);
      const x1 = (load<f64>(c + r, 32) + x0 * load<f64>(l, 8)) * r1;
      store<f64>(c + r, x1, 32);
      const x2 = (load<f64>(c + r, 64) + x0 * load<f64>(l, 16) + x1 * load<f64>(l, 48)) * r2;
      store<f64>(c + r, x2, 64);
      const t = load<f64>(c + r, 96) + x0 * load<f64>(l, 24) + x1 * load<f64>(l, 56) + x2 * load<f64>(l, 88);
      store<f64>(c + r, t * r3, 96);
    }
  }
}
