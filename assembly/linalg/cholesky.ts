import { logarithm } from "../simd/logarithm";
import { dot } from "./dot";

/**
 * Cholesky factor  A = L·L', L lower triangular with a positive diagonal, in place.
 *
 * @param a  f64[n*n], symmetric; only its lower triangle is read. Becomes L with zeros above the diagonal
 * @returns  0, or k where pivot k (one-based) is not above n·eps·a[k][k]; its value is then left at a[k][k] and the rest
 *           of `a` is undefined
 *
 * A pivot is what remains of a variance once the rows before have explained theirs. It is held against its own variance
 * and not against the largest one, so that the verdict does not depend on the units of the columns. NaN fails.
 * Row by row, inner products over contiguous rows. n³/3 operations.
 * Source: Higham, Accuracy and Stability of Numerical Algorithms (2002), section 10.1.
 */
export function cholesky(n: i32, a: usize): i32 {
  const stride = (<usize>n) << 3;
  for (let i = 0; i < n; i++) {
    const row = a + <usize>i * stride;
    for (let j = 0; j < i; j++) {
      const other = a + <usize>j * stride;
      const at = row + ((<usize>j) << 3);
      store<f64>(at, (load<f64>(at) - dot(row, other, j)) / load<f64>(other + ((<usize>j) << 3)));
    }
    const diagonal = row + ((<usize>i) << 3);
    const variance = load<f64>(diagonal);
    const pivot = variance - dot(row, row, i);
    if (!(pivot > <f64>n * f64.EPSILON * variance)) {
      store<f64>(diagonal, pivot);
      return i + 1;
    }
    store<f64>(diagonal, sqrt<f64>(pivot));
    memory.fill(diagonal + 8, 0, (<usize>(n - 1 - i)) << 3);
  }
  return 0;
}

/** Natural logarithm of the determinant of A from its factor: twice the sum of log L[i][i]. */
export function logDeterminant(n: i32, l: usize): f64 {
  let total: f64 = 0;
  for (let i = 0; i < n; i++) total += logarithm(load<f64>(l + ((<usize>i * <usize>(n + 1)) << 3)));
  return 2 * total;
}
