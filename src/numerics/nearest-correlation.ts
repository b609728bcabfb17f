import { checkOptions, finiteNumber, withDefault } from "../checks.js";
import { numbersIn } from "../covariance/factor.js";
import { InvalidInputError } from "../errors.js";
import type { Memory, Owner } from "../memory.js";
import { numericsKernel } from "./kernel.js";

export interface NearestCorrelation {
  /** f64[n*n]: symmetric, ones on its diagonal, no eigenvalue below the floor but by rounding */
  readonly matrix: Float64Array;
  /** Frobenius norm of what it differs by from the matrix given, its diagonal included */
  readonly distance: number;
  /** eigenvalues above the floor */
  readonly rank: number;
  /** Newton steps; 0 where the matrix given was a correlation, but for its diagonal */
  readonly iterations: number;
  /** by how much the diagonal was off 1 at the end, before it was made 1 */
  readonly residual: number;
}

export interface NearestCorrelationOptions {
  /** least eigenvalue, 0 .. 1: above 0 the result has a Cholesky factor; default 0 */
  readonly floor?: number;
  /** of the residual, 1e-15 .. 1e-6; default 1e-13. Where rounding leaves more, that is enough, and `residual` says how much it is */
  readonly tolerance?: number;
  /** steps at most; default 100 */
  readonly iterations?: number;
}

/**
 * The nearest correlation matrix in the Frobenius norm, by Newton's method on the dual: for a correlation that missing or edited
 * entries have made indefinite. It differs from what `clipEigenvalues` makes, which is farther away and quicker.
 *
 * @param columns   order n of the matrix, ≥ 1
 * @param matrix    f64[n*n], symmetric; its lower triangle is read, and its diagonal counts as any other element
 * @throws InvalidInputError   another size, a number that is not finite, an option out of range, or steps that do not get there
 * Cost: some ten eigendecompositions, and for each some ten pairs of products.
 * @see METHODS.md#nearest-correlation
 */
export function nearestCorrelation(
  { memory }: Owner,
  columns: number,
  matrix: Float64Array,
  options?: NearestCorrelationOptions,
): NearestCorrelation {
  const name = "nearestCorrelation";
  const { floor, tolerance, iterations } = checkOptions(options, name, {
    floor: withDefault(0, (value, place) => finiteNumber(value, place, { min: 0, below: 1 })),
    tolerance: withDefault(1e-13, (value, place) => finiteNumber(value, place, { min: 1e-15, max: 1e-6 })),
    iterations: withDefault(100, (value, place) => finiteNumber(value, place, { min: 0, max: 10_000, whole: true })),
  });
  const n = finiteNumber(columns, "columns", { min: 1, whole: true });
  return memory.scope(() => {
    const at = numbersIn(memory, n * n, matrix);
    const out = memory.reserveF64(n * n);
    const deviations = memory.reserveF64(n);
    const { steps, residual, rank, near, whole } = newton(memory, n, matrix, floor, tolerance, iterations);
    if (near === 0) {
      throw new InvalidInputError(
        `${name}.iterations`,
        `enough for a diagonal that is 1 within ${tolerance}`,
        steps,
        `It was off by ${residual} after them`,
      );
    }
    // The correlation is made of what is above the diagonal; the matrix is read below.
    if (whole) memory.kernel.transpose(n, n, at, near);
    const square = memory.f64(near, n * n);
    for (let i = 0; i < n; i++) square[i * (n + 1)] = whole ? 1 : (square[i * (n + 1)] ?? 0) + floor;
    memory.kernel.correlationOf(n, near, deviations, out);
    const correlation = memory.f64(out, n * n).slice();
    return {
      matrix: correlation,
      distance: apart(n, matrix, correlation),
      rank: floor > 0 ? n : rank,
      iterations: steps,
      residual,
    };
  });
}

/** Where Newton's method ended. */
interface Ending {
  readonly steps: number;
  /** by how much the diagonal is off 1 */
  readonly residual: number;
  /** positive eigenvalues of X − floor·I */
  readonly rank: number;
  /** X − floor·I, symmetric to rounding; 0 where it was not reached */
  readonly near: number;
  /** the matrix was a correlation to rounding but for its diagonal, and nothing is at `near` */
  readonly whole: boolean;
}

/** A step is halved at most this often. */
const MOST_HALVED = 40;
/** Share of the promised decrease that a step must keep (Armijo). */
const DECREASE = 1e-4;
/** Rounding that leaves more than this of the diagonal leaves no correlation. */
const COARSEST = 1e-6;

/**
 * The minimum of  θ(y) = ½ ‖(A − floor·I + Diag(y))₊‖² − (1 − floor) Σ y_i,  whose gradient is what the diagonal of X has too much. A step
 * is halved until θ falls as it should, or the gradient by half.
 */
function newton(
  memory: Memory,
  n: number,
  matrix: Float64Array,
  floor: number,
  tolerance: number,
  most: number,
): Ending {
  const kernel = numericsKernel(memory);
  const [shifted, vectors, near] = [memory.reserveF64(n * n), memory.reserveF64(n * n), memory.reserveF64(n * n)];
  const [values, gradient, step] = [memory.reserveF64(n), memory.reserveF64(n), memory.reserveF64(n)];
  const scratch = memory.reserve(Math.max(kernel.eigenScratch(n), kernel.newtonScratch(n)));
  const [square, lambda, excess, move] = [
    memory.f64(shifted, n * n),
    memory.f64(values, n),
    memory.f64(gradient, n),
    memory.f64(step, n),
  ];
  const ending = { steps: 0, residual: Number.POSITIVE_INFINITY, rank: 0, near: 0, whole: false };
  let y = Float64Array.from({ length: n }, (_, i) => 1 - (matrix[i * (n + 1)] ?? 0));
  let [dual, slope, length, halved] = [0, 0, 0, 0];
  move.fill(0);
  for (;;) {
    const tried = y.map((value, i) => value + length * (move[i] ?? 0));
    square.set(matrix);
    for (let i = 0; i < n; i++) square[i * (n + 1)] = (matrix[i * (n + 1)] ?? 0) - floor + (tried[i] ?? 0);
    if (kernel.eigenSymmetric(n, shifted, values, vectors, scratch) === 0) return ending;
    const none = lambda.filter((value) => !(value > 0)).length;
    kernel.positiveDiagonal(n, none, values, vectors, gradient);
    let [theta, error] = [0, 0];
    for (let i = 0; i < n; i++) {
      const own = lambda[i] ?? 0;
      if (i >= none) theta += 0.5 * own * own;
      theta -= (1 - floor) * (tried[i] ?? 0);
      const over = (excess[i] ?? 0) - (1 - floor);
      excess[i] = over;
      error = Math.max(error, Math.abs(over));
    }
    const rounding = n * Number.EPSILON * Math.max(Math.abs(lambda[0] ?? 0), Math.abs(lambda[n - 1] ?? 0));
    ending.whole = ending.steps === 0 && (lambda[0] ?? 0) >= -rounding;
    let ends = ending.whole || error <= tolerance;
    // Steps that go on halving the gradient go on; what rounding leaves is where they no longer do.
    if (ending.steps > 0 && error > 0.5 * ending.residual && !ends) {
      ends = error <= Math.max(tolerance, 8 * rounding) && 8 * rounding <= COARSEST;
      if (!ends && !(theta <= dual + DECREASE * length * slope)) {
        halved++;
        if (halved > MOST_HALVED) return ending;
        length *= 0.5;
        continue;
      }
    }
    [y, dual] = [tried, theta];
    ending.residual = error;
    if (ends) {
      const positive = vectors + 8 * none;
      ending.rank = lambda.filter((value) => value > Math.max(0, rounding)).length;
      ending.near = near;
      if (!ending.whole) kernel.gemm(n, n, n - none, positive, n, positive, n, values + 8 * none, near, scratch);
      return ending;
    }
    if (ending.steps === most || !Number.isFinite(error)) return ending;
    ending.steps++;
    halved = 0;
    kernel.newtonStep(n, none, Math.min(1, error), gradient, values, vectors, step, scratch);
    slope = excess.reduce((sum, value, i) => sum + value * (move[i] ?? 0), 0);
    length = 1;
  }
}

/** Frobenius norm of the difference of two symmetric matrices, of the first of which the lower triangle is read. */
function apart(n: number, a: Float64Array, b: Float64Array): number {
  let largest = 0;
  let sum = 0;
  // In units of the largest so far, whose square need not be a number.
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const difference = Math.abs((a[i * n + j] ?? 0) - (b[i * n + j] ?? 0));
      if (difference > largest) {
        sum *= (largest / difference) * (largest / difference);
        largest = difference;
      }
      const share = largest > 0 ? difference / largest : 0;
      sum += (i === j ? 1 : 2) * share * share;
    }
  }
  return largest * Math.sqrt(sum);
}
