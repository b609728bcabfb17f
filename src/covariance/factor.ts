import { finiteNumber } from "../checks.js";
import { InvalidInputError, NotPositiveDefiniteError } from "../errors.js";
import type { Owner } from "../memory.js";

export interface CholeskyFactor {
  /** f64[n*n] row-major: lower triangular with a positive diagonal, zeros above it; lower · lower' = matrix */
  readonly lower: Float64Array;
  /** natural logarithm of the determinant of the matrix */
  readonly logDeterminant: number;
}

/**
 * Cholesky factor of a covariance matrix. This is where a singular covariance stops being a result: nothing is repaired.
 *
 * @param columns   order n of the matrix, ≥ 1
 * @param matrix    f64[n*n], symmetric; its lower triangle is read
 * @throws InvalidInputError          a matrix of another size, or a number that is not finite
 * @throws NotPositiveDefiniteError   naming the first pivot that is not above n·eps of its own variance
 * @see METHODS.md#factorisation
 */
export function choleskyFactor({ memory }: Owner, columns: number, matrix: Float64Array): CholeskyFactor {
  const n = finiteNumber(columns, "columns", { min: 1, whole: true });
  if (!(matrix instanceof Float64Array) || matrix.length !== n * n) {
    throw new InvalidInputError("matrix", `a Float64Array of ${n * n} numbers`, matrix);
  }
  return memory.scope(() => {
    const { kernel } = memory;
    const at = memory.copy(matrix);
    const fault = kernel.firstNonFinite(at, n * n);
    if (fault > 0) throw new InvalidInputError(`matrix[${fault - 1}]`, "a finite number", matrix[fault - 1]);
    const status = kernel.cholesky(n, at);
    const lower = memory.f64(at, n * n).slice();
    if (status > 0) throw new NotPositiveDefiniteError(status - 1, lower[(status - 1) * (n + 1)] ?? 0);
    return { lower, logDeterminant: kernel.logDeterminant(n, at) };
  });
}
