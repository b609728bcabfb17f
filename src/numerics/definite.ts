import { InvalidInputError } from "../errors.js";
import type { Memory } from "../memory.js";
import { eigenIn } from "./eigen.js";

/** A covariance whose elements were estimated apart, and what that leaves of its being one. */
export interface PairedCovariance {
  /** f64[columns*columns], symmetric */
  readonly matrix: Float64Array;
  /** f64[columns]: square roots of the diagonal */
  readonly deviations: Float64Array;
  /** f64[columns*columns], not bounded by 1; 0 in the row and column of a column without variance */
  readonly correlation: Float64Array;
  /** f64[columns*columns]: how many rows, or pairs of intervals, each element is of */
  readonly counts: Float64Array;
  /** of the correlation */
  readonly smallestEigenvalue: number;
  /** whether the smallest eigenvalue is below 0 by more than rounding; `clipEigenvalues` of the correlation repairs that, on request */
  readonly indefinite: boolean;
}

/** How far below 0 the smallest eigenvalue of a correlation of n columns may come by rounding. */
const rounding = (n: number) => 8 * n * Number.EPSILON;

/** A matrix at `out` and its counts read out. @throws InvalidInputError  a product of two observations overflows */
export function paired(
  memory: Memory,
  n: number,
  out: number,
  counts: number,
  place: (column: number) => string,
): PairedCovariance {
  const { kernel } = memory;
  const fault = kernel.firstNonFinite(out, n * n);
  if (fault > 0) {
    const column = Math.floor((fault - 1) / n);
    throw new InvalidInputError(place(column), "numbers whose products f64 can hold", "an overflow", "Scale them");
  }
  const correlation = memory.reserveF64(n * n);
  const deviations = memory.reserveF64(n);
  kernel.correlationOf(n, out, deviations, correlation);
  const { values } = eigenIn(memory, n, correlation, "correlation");
  const [smallestEigenvalue = 0] = memory.f64(values, 1);
  return {
    matrix: memory.f64(out, n * n).slice(),
    deviations: memory.f64(deviations, n).slice(),
    correlation: memory.f64(correlation, n * n).slice(),
    counts: memory.f64(counts, n * n).slice(),
    smallestEigenvalue,
    indefinite: smallestEigenvalue < -rounding(n),
  };
}
