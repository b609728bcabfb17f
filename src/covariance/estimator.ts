import { InsufficientDataError, InvalidInputError } from "../errors.js";
import type { Memory } from "../memory.js";

/** Observations in linear memory: one row per date, newest last. Every number is finite. */
export interface Observations {
  /** f64[columns*rows], one column after the other; 0 where there are no rows */
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
  /** what the columns are, where they have names */
  readonly names: readonly string[] | null;
}

/** What an estimate says about itself beside the matrix. */
export interface EstimateInfo {
  /** means of the columns; null where the estimator takes them to be zero */
  readonly mean: Float64Array | null;
  /** weight of the target in the result, 0 to 1; null without shrinkage */
  readonly shrinkage: number | null;
  /** mean correlation of the target; null unless the target has one */
  readonly meanCorrelation: number | null;
  /** eigenvalues of the sample covariance, ascending, and what each became; absent where they are not moved one by one */
  readonly spectrum?: { readonly sample: Float64Array; readonly shrunk: Float64Array };
  /** rows of equal weight that would tell as much; absent where rows are not weighed about their mean */
  readonly effectiveRows?: number;
}

/**
 * A covariance estimator is a value: `parametric({ covariance: ewma({ decay: 0.97 }) })`. A user may write one; there is
 * no registry.
 */
export interface CovarianceEstimator {
  readonly name: string;
  /** name and parameters: two estimators with the same key give the same matrix */
  readonly key: string;
  /** fewest rows it takes; 0: it looks at none */
  readonly minimumRows: number;
  /** the factors it has numbers for, where it brings its own; absent: any that there are observations of */
  readonly factors?: readonly string[];
  /** true: the estimate for a weighted sum of columns is the weighted form of the estimate, S(Xw) = w'S(X)w */
  readonly equivariant?: boolean;
  /** Write the covariance, f64[columns*columns], symmetric, to `out`. Runs in a memory scope. */
  estimate(memory: Memory, x: Observations, out: number): EstimateInfo;
}

/**
 * Estimate into `out`, f64[columns*columns].
 *
 * @throws InsufficientDataError   fewer rows than the estimator takes
 * @throws InvalidInputError       a product of two observations overflows
 */
export function estimateInto(
  memory: Memory,
  estimator: CovarianceEstimator,
  x: Observations,
  out: number,
): EstimateInfo {
  if (x.rows < estimator.minimumRows) {
    throw new InsufficientDataError("rows", estimator.minimumRows, x.rows, `rows for ${estimator.key}`);
  }
  const info = memory.scope(() => estimator.estimate(memory, x, out));
  const fault = memory.kernel.firstNonFinite(out, x.columns * x.columns);
  if (fault > 0) {
    const column = Math.floor((fault - 1) / x.columns);
    const path = x.names === null ? `columns[${column}]` : `columns[${JSON.stringify(x.names[column])}]`;
    throw new InvalidInputError(path, "numbers whose products f64 can hold", "an overflow", "Scale the column");
  }
  return info;
}
