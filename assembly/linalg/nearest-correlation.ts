import { axpy } from "./axpy";
import { dot } from "./dot";
import { gemm, gemmScratch } from "./gemm";
import { transpose } from "./pack";

/** A step is solved for by at most this many directions. */
const MOST_DIRECTIONS = 200;

function entry(x: usize, i: i32): f64 {
  return load<f64>(x + ((<usize>i) << 3));
}
function set(x: usize, i: i32, value: f64): void {
  store<f64>(x + ((<usize>i) << 3), value);
}

/** Bytes of workspace that `newtonStep` needs. */
export function newtonScratch(n: i32): usize {
  return ((3 * (<usize>n + 1) * <usize>n) << 3) + gemmScratch(n, n);
}

/**
 * The diagonal of a matrix whose negative eigenvalues have been made 0:  out[i] = Σ_{k ≥ none} λ[k]·V[i][k]².
 *
 * @param none     number of eigenvalues that are not positive
 * @param values   f64[n], ascending, and the vectors, f64[n*n] by columns, of `eigenSymmetric`
 * @param out      f64[n], written
 */
export function positiveDiagonal(n: i32, none: i32, values: usize, vectors: usize, out: usize): void {
  for (let i = 0; i < n; i++) {
    let sum: f64 = 0;
    for (let k = none; k < n; k++) {
      const x = entry(vectors, i * n + k);
      sum += entry(values, k) * x * x;
    }
    set(out, i, sum);
  }
}

/**
 * Newton's step for the dual of the nearest correlation:  (V + σ·I)·step = −gradient,  σ = 1e-6·size, by conjugate gradients, to a
 * tenth or `size` of the gradient.
 *
 *   V h = diag(P (Ω ∘ (P' Diag(h) P)) P')
 *
 * P the eigenvectors; Ω 1 for two positive eigenvalues, 0 for two others, λ_i/(λ_i − λ_k) between. Rows of the fewer are summed: with
 * the others V is the identity less the same.
 *
 * @param none      number of eigenvalues that are not positive
 * @param size      of the gradient's largest component, at most 1
 * @param gradient  f64[n]
 * @param values    f64[n], ascending, and the vectors, f64[n*n] by columns, of `eigenSymmetric`
 * @param step      f64[n], written
 *
 * Per direction, of which there are a dozen, two products with as many rows as there are of the fewer.
 * Source: Qi and Sun, A quadratically convergent Newton method for computing the nearest correlation matrix (2006).
 */
export function newtonStep(
  n: i32,
  none: i32,
  size: f64,
  gradient: usize,
  values: usize,
  vectors: usize,
  step: usize,
  scratch: usize,
): void {
  const line = (<usize>n) << 3;
  const turned = scratch;
  const inner = turned + <usize>n * line;
  const outer = inner + <usize>n * line;
  const rest = outer + <usize>n * line;
  const direction = rest + line;
  const image = direction + line;
  const work = image + line;
  const fewer = n - none <= none;
  const first = fewer ? none : 0;
  const rows = fewer ? n - none : none;
  const own = turned + <usize>first * line;
  transpose(n, n, vectors, turned);
  memory.fill(step, 0, line);
  for (let i = 0; i < n; i++) set(rest, i, -entry(gradient, i));
  memory.copy(direction, rest, line);
  let left = dot(rest, rest, n);
  const near = min<f64>(0.1, size);
  const wanted = near * near * left;
  for (let turn = 0; turn < MOST_DIRECTIONS && left > wanted; turn++) {
    gemm(rows, n, n, own, n, turned, n, direction, inner, work);
    for (let i = 0; i < rows; i++) {
      const a = entry(values, first + i);
      const between = fewer ? 0 : none;
      for (let k = between; k < between + n - rows; k++) {
        const pair = i * n + k;
        set(inner, pair, (entry(inner, pair) * 2 * a) / (a - entry(values, k)));
      }
    }
    gemm(rows, n, n, inner, n, vectors, n, 0, outer, work);
    for (let i = 0; i < n; i++) {
      const d = entry(direction, i);
      let sum: f64 = 0;
      for (let k = 0; k < rows; k++) sum += entry(own, k * n + i) * entry(outer, k * n + i);
      set(image, i, (fewer ? sum : d - sum) + 1e-6 * size * d);
    }
    const curved = dot(direction, image, n);
    if (!(curved > 0)) return;
    axpy(left / curved, direction, step, n);
    axpy(-left / curved, image, rest, n);
    const after = dot(rest, rest, n);
    const kept = after / left;
    left = after;
    for (let i = 0; i < n; i++) set(direction, i, entry(rest, i) + kept * entry(direction, i));
  }
}
