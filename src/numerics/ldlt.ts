import { checkOptions, finiteNumber, oneOf, withDefault } from "../checks.js";
import { numbersIn } from "../covariance/factor.js";
import { InvalidInputError, NotPositiveDefiniteError } from "../errors.js";
import type { Owner } from "../memory.js";
import { numericsKernel } from "./kernel.js";

export interface LdltFactor {
  /** f64[n*n] row-major: lower triangular with ones on its diagonal */
  readonly lower: Float64Array;
  /** f64[n]: the diagonal of D */
  readonly diagonal: Float64Array;
  /** row i of the factor is row order[i] of the matrix: matrix[order[i]][order[j]] = (L·D·L')[i][j] */
  readonly order: Uint32Array;
  /** elements of D that are not 0 */
  readonly rank: number;
}

/**
 * L·D·L' of a symmetric matrix that need not be positive definite: one that is singular has its rank revealed, and of one that is
 * indefinite the signs of D count its negative eigenvalues.
 *
 * @param columns            order n of the matrix, ≥ 1
 * @param matrix             f64[n*n], symmetric; its lower triangle is read
 * @param options.pivoting   `none` (default): rows as they come; `diagonal`: next is the row that has most left of its own diagonal
 *                           element, so that the zeros of D come last
 * @throws InvalidInputError          another size, a number that is not finite, or factors out of range
 * @throws NotPositiveDefiniteError   an indefinite matrix without such factors, naming the pivot of which nothing is left where its column
 *                                    has something; with `diagonal` the pivot's place in `order`
 * Cost: n³/3 operations.
 * @see METHODS.md#ldlt
 */
export function ldlt(
  { memory }: Owner,
  columns: number,
  matrix: Float64Array,
  options?: { readonly pivoting?: "none" | "diagonal" },
): LdltFactor {
  const { pivoting } = checkOptions(options, "ldlt", {
    pivoting: withDefault<"none" | "diagonal", "none" | "diagonal">("none", oneOf(["none", "diagonal"])),
  });
  const n = finiteNumber(columns, "columns", { min: 1, whole: true });
  const kernel = numericsKernel(memory);
  return memory.scope(() => {
    const at = numbersIn(memory, n * n, matrix);
    const order = memory.reserve(4 * n);
    const d = memory.reserveF64(n);
    const scratch = memory.reserve(kernel.ldltScratch(n));
    const status = kernel.ldlt(n, at, pivoting === "diagonal" ? 1 : 0, order, d, scratch);
    const diagonal = memory.f64(d, n).slice();
    if (status > 0) {
      const remedy =
        pivoting === "none" ? 'Its column is not: try pivoting: "diagonal"' : "No diagonal element is left";
      throw new NotPositiveDefiniteError(status - 1, diagonal[status - 1] ?? 0, remedy);
    }
    if (memory.kernel.firstNonFinite(at, n * n) + memory.kernel.firstNonFinite(d, n) > 0) {
      throw new InvalidInputError("matrix", "one whose factors are within the range of numbers", "one beyond it");
    }
    return {
      lower: memory.f64(at, n * n).slice(),
      diagonal,
      order: memory.u32(order, n).slice(),
      rank: diagonal.filter((pivot) => pivot !== 0).length,
    };
  });
}
