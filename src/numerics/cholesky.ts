import { checkOptions, oneOf, truth, withDefault } from "../checks.js";
import { type CholeskyFactor, numbersIn } from "../covariance/factor.js";
import { InvalidInputError, NotPositiveDefiniteError } from "../errors.js";
import type { Memory, Owner } from "../memory.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { numericsKernel } from "./kernel.js";
import { blamed, checkFactor, orderOf, packInto, panelsOf, unpacked } from "./panels.js";
import { sizedArray } from "./resident.js";

export interface LadderFactor extends CholeskyFactor {
  /** what was added to the diagonal for there to be a factor; 0 where nothing was */
  readonly jitter: number;
}

/** Shares of the mean of the diagonal that `jitter: "ladder"` adds, one after the other. */
const RUNGS = [1e-14, 1e-13, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8];

/** Factor of A + shift·I in panels at `lower`, where −A is, unless a pivot fails: its one-based place, else 0. */
function factor(memory: Memory, kernel: NumericsKernel, n: number, shift: number, lower: number): number {
  return memory.scope(() => kernel.choleskyPanels(n, shift, lower, memory.reserveF64(4)));
}

/** Factor of a matrix, of which panels at `lower` hold the negative, or the error of the pivot that fails. */
function factorised(
  memory: Memory,
  kernel: NumericsKernel,
  n: number,
  matrix: Float64Array,
  lower: number,
): NotPositiveDefiniteError | null {
  const status = factor(memory, kernel, n, 0, lower);
  if (status === 0) return null;
  const value = memory.f64(lower, 1)[0] ?? 0;
  blamed(memory, n, matrix, "matrix");
  return new NotPositiveDefiniteError(status - 1, value);
}

/**
 * Cholesky factor of a symmetric positive definite matrix, blocked: that of `choleskyFactor`, whose verdict it shares, some two times
 * faster from n = 64. That one is in the core, for programs that take no other numerics; this one has the ladder besides.
 *
 * @param columns          order n of the matrix, ≥ 1
 * @param matrix           f64[n*n], symmetric; its lower triangle is read
 * @param options.jitter   `none` (default): nothing is repaired; `ladder`: where there is no factor, the least of 1e-14, 1e-13 .. 1e-8
 *                         of the mean of the diagonal is added to it for which there is one, and the result says how much
 * @param options.into     f64[n*n]: takes the factor in place of a new array; may be the matrix. Left alone where there is an error
 * @throws InvalidInputError          a matrix of another size, or a number that is not finite
 * @throws NotPositiveDefiniteError   naming the first pivot that is not above n·eps of its own diagonal element, and its value; of
 *                                    the matrix as it was given, also where the ladder has been climbed in vain
 * Cost: n³/3 operations, as many times as there are rungs climbed.
 * @see METHODS.md#factorisation-factor
 */
export function cholesky(
  { memory }: Owner,
  columns: number,
  matrix: Float64Array,
  options?: { readonly jitter?: "none" | "ladder"; readonly into?: Float64Array | null },
): LadderFactor {
  const n = orderOf(columns);
  const { jitter: repair, into } = checkOptions(options, "cholesky", {
    jitter: withDefault<"none" | "ladder", "none" | "ladder">("none", oneOf(["none", "ladder"])),
    into: withDefault(null, (value, place) => (value === null ? null : sizedArray(value, n * n, place))),
  });
  const kernel = numericsKernel(memory);
  return memory.scope(() => {
    sizedArray(matrix, n * n, "matrix");
    const lower = panelsOf(memory, kernel, n, matrix, -1);
    const refused = factorised(memory, kernel, n, matrix, lower);
    let jitter = 0;
    if (refused !== null) {
      const rung = repair === "ladder" ? rungOf(memory, kernel, n, matrix, lower) : undefined;
      if (rung === undefined) throw refused;
      jitter = rung;
    }
    const logDeterminant = kernel.panelsLogDeterminant(n, lower);
    return { lower: unpacked(memory, kernel, n, lower, into ?? undefined), logDeterminant, jitter };
  });
}

/** The least rung of the ladder that leaves a factor, which is then at `lower`. */
function rungOf(
  memory: Memory,
  kernel: NumericsKernel,
  n: number,
  matrix: Float64Array,
  lower: number,
): number | undefined {
  // Each share by itself, so that the sum of large numbers stays in range.
  let mean = 0;
  for (let i = 0; i < n; i++) mean += (matrix[i * (n + 1)] ?? 0) / n;
  if (!(mean > 0)) return undefined;
  return RUNGS.map((share) => share * mean).find((shift) => {
    packInto(memory, kernel, n, matrix, -1, lower);
    return factor(memory, kernel, n, shift, lower) === 0;
  });
}

/**
 * x with L·x = b, or L'·x = b, for one or several b.
 *
 * @param columns            order n of L, ≥ 1
 * @param lower              f64[n*n] row-major, lower triangular with a positive diagonal, as `cholesky` makes it
 * @param right              f64[m*n]: one b after the other
 * @param options.transposed solve with L'; default false
 * @returns                  f64[m*n]: one x after the other
 * @throws InvalidInputError   sizes that do not fit, a number that is not finite, a diagonal that is not positive, or an x out of range
 * Cost: n² operations for each b.
 * @see METHODS.md#factorisation-factor
 */
export function solveTriangular(
  { memory }: Owner,
  columns: number,
  lower: Float64Array,
  right: Float64Array,
  options?: { readonly transposed?: boolean },
): Float64Array {
  const { transposed } = checkOptions(options, "solveTriangular", {
    transposed: withDefault<boolean, boolean>(false, truth),
  });
  const n = orderOf(columns);
  const kernel = numericsKernel(memory);
  return memory.scope(() => {
    checkFactor(n, lower);
    const at = memory.copy(lower);
    const x = rightIn(memory, n, right);
    for (let b = 0; b < right.length; b += n) kernel.solveLower(n, at, transposed ? 1 : 0, x + 8 * b);
    return solved(memory, x, right.length, () => blamed(memory, n, lower, "lower"));
  });
}

/** Solutions over a triangle, if they are within the range of numbers; `blame` refuses the triangle where they are not for its sake. */
function solved(memory: Memory, at: number, count: number, blame?: () => void): Float64Array {
  if (memory.kernel.firstNonFinite(at, count) === 0) return memory.f64(at, count).slice();
  blame?.();
  throw new InvalidInputError("right", "such that the solution is within the range of numbers", "one beyond it");
}

/** Right-hand sides in scratch, checked. */
function rightIn(memory: Memory, n: number, right: Float64Array): number {
  const whole = right instanceof Float64Array ? Math.max(1, Math.ceil(right.length / n)) : 1;
  return numbersIn(memory, whole * n, right, "right");
}

/**
 * x with A·x = b for a symmetric positive definite A, for one or several b.
 *
 * @param columns   order n of A, ≥ 1
 * @param matrix    f64[n*n], symmetric; its lower triangle is read
 * @param right     f64[m*n]: one b after the other
 * @returns         f64[m*n]: one x after the other, each that of a matrix within a few n ε of A
 * @throws InvalidInputError          sizes that do not fit, a number that is not finite, or an x out of range
 * @throws NotPositiveDefiniteError   as `cholesky`
 * Cost: n³/3 operations, and 2n² for each b.
 * @see METHODS.md#factorisation-factor
 */
export function solveSymmetric(
  { memory }: Owner,
  columns: number,
  matrix: Float64Array,
  right: Float64Array,
): Float64Array {
  const n = orderOf(columns);
  const kernel = numericsKernel(memory);
  return memory.scope(() => {
    sizedArray(matrix, n * n, "matrix");
    const x = rightIn(memory, n, right);
    const lower = panelsOf(memory, kernel, n, matrix, -1);
    const refused = factorised(memory, kernel, n, matrix, lower);
    if (refused !== null) throw refused;
    const at = memory.reserveF64(n * n);
    kernel.unpackLower(n, 0, n, lower, at);
    for (let b = 0; b < right.length; b += n) {
      kernel.solveLower(n, at, 0, x + 8 * b);
      kernel.solveLower(n, at, 1, x + 8 * b);
    }
    return solved(memory, x, right.length);
  });
}
