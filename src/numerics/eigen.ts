import { checkOptions, finiteNumber, withDefault } from "../checks.js";
import { numbersIn } from "../covariance/factor.js";
import { InvalidInputError } from "../errors.js";
import type { Memory, Owner } from "../memory.js";
import { numericsKernel } from "./kernel.js";

export interface Eigen {
  /** f64[n], ascending */
  readonly values: Float64Array;
  /** f64[n*n] row-major, orthogonal: column k belongs to value k; of each the first of its largest components is positive */
  readonly vectors: Float64Array;
}

/** Refuse a matrix of which the numbers at `at` are made, if one of them is beyond f64. */
function refuseInfinite(memory: Memory, count: number, at: number): void {
  if (memory.kernel.firstNonFinite(at, count) === 0) return;
  throw new InvalidInputError("matrix", "one whose eigenvalues are within the range of numbers", "one beyond it");
}

/** Where the eigenvalues of a matrix of order n at `at` are, ascending, and its vectors. @throws InvalidInputError  none were found */
export function eigenIn(memory: Memory, n: number, at: number, name: string): { values: number; vectors: number } {
  const kernel = numericsKernel(memory);
  const values = memory.reserveF64(n);
  const vectors = memory.reserveF64(n * n);
  const scratch = memory.reserve(kernel.eigenScratch(n));
  if (kernel.eigenSymmetric(n, at, values, vectors, scratch) === 1) return { values, vectors };
  throw new InvalidInputError(name, "one whose eigenvalues the iteration finds", "one for which it did not end");
}

/** A matrix in memory with its eigenvalues and vectors, for `work`. */
function decomposed<T>(
  { memory }: Owner,
  columns: number,
  matrix: Float64Array,
  work: (memory: Memory, n: number, values: number, vectors: number) => T,
): T {
  const n = finiteNumber(columns, "columns", { min: 1, whole: true });
  return memory.scope(() => {
    const { values, vectors } = eigenIn(memory, n, numbersIn(memory, n * n, matrix), "matrix");
    refuseInfinite(memory, n, values);
    return work(memory, n, values, vectors);
  });
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix: those of one within a few n ε ‖matrix‖ of it, at any scale.
 *
 * @param columns   order n of the matrix, ≥ 1
 * @param matrix    f64[n*n], symmetric; its lower triangle is read
 * @throws InvalidInputError   a matrix of another size, a number that is not finite, or eigenvalues out of range
 * Cost: O(n³).
 * @see METHODS.md#eigen
 */
export function eigenSymmetric(engine: Owner, columns: number, matrix: Float64Array): Eigen {
  return decomposed(engine, columns, matrix, (memory, n, values, vectors) => ({
    values: memory.f64(values, n).slice(),
    vectors: memory.f64(vectors, n * n).slice(),
  }));
}

export interface ClippedMatrix {
  /** f64[n*n]: the matrix with its eigenvalues raised to the floor, the nearest such in the Frobenius norm */
  readonly matrix: Float64Array;
  /** f64[n*n]: the same with ones on its diagonal; 0 beside the diagonal where that was 0 */
  readonly correlation: Float64Array;
  /** how many eigenvalues were below the floor */
  readonly raised: number;
}

/**
 * A symmetric matrix whose eigenvalues below a floor are raised to it: what a correlation with missing or edited entries is made
 * positive by, on request and never in silence.
 *
 * @param options.floor   ≥ 0; default 0
 * @throws InvalidInputError   a matrix of another size, a number that is not finite, or a floor below 0
 * Cost: O(n³).
 * @see METHODS.md#eigen
 */
export function clipEigenvalues(
  engine: Owner,
  columns: number,
  matrix: Float64Array,
  options?: { readonly floor?: number },
): ClippedMatrix {
  const { floor } = checkOptions(options, "clipEigenvalues", {
    floor: withDefault(0, (value, place) => finiteNumber(value, place, { min: 0 })),
  });
  return decomposed(engine, columns, matrix, (memory, n, values, vectors) => {
    const kept = memory.f64(values, n);
    const raised = kept.filter((value) => value < floor).length;
    kept.set(kept.map((value) => Math.max(value, floor)));
    const out = memory.reserveF64(n * n);
    const unit = memory.reserveF64(n * n);
    const deviations = memory.reserveF64(n);
    // V diag(values) V': the product of the rows of V, weighted by the values.
    const { kernel: core } = memory;
    core.syrk(n, n, vectors, n, 0, values, 1, out, memory.reserve(core.syrkScratch(n, true)));
    refuseInfinite(memory, n * n, out);
    core.correlationOf(n, out, deviations, unit);
    const correlation = memory.f64(unit, n * n).slice();
    for (let i = 0; i < n; i++) correlation[i * (n + 1)] = 1;
    return { matrix: memory.f64(out, n * n).slice(), correlation, raised };
  });
}
