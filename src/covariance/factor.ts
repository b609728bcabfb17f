import { finiteNumber } from "../checks.js";
import { InvalidInputError, NotPositiveDefiniteError } from "../errors.js";
import type { Memory, Owner } from "../memory.js";

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
  return memory.scope(() => {
    const at = numbersIn(memory, n * n, matrix);
    const status = memory.kernel.cholesky(n, at);
    const lower = memory.f64(at, n * n).slice();
    if (status > 0) throw new NotPositiveDefiniteError(status - 1, lower[(status - 1) * (n + 1)] ?? 0);
    return { lower, logDeterminant: memory.kernel.logDeterminant(n, at) };
  });
}

/** Scratch holding a copy of `count` numbers, all finite. */
export function numbersIn(memory: Memory, count: number, numbers: Float64Array, name = "matrix"): number {
  if (!(numbers instanceof Float64Array) || numbers.length !== count) {
    throw new InvalidInputError(name, `a Float64Array of ${count} numbers`, numbers);
  }
  const at = memory.copy(numbers);
  const fault = memory.kernel.firstNonFinite(at, count);
  if (fault > 0) throw new InvalidInputError(`${name}[${fault - 1}]`, "a finite number", numbers[fault - 1]);
  return at;
}
