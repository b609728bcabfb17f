import { checkOptions, finiteNumber, oneOf, withDefault } from "../checks.js";
import type { ObservationTable } from "../covariance/covariance.js";
import { InsufficientDataError, InvalidInputError } from "../errors.js";
import type { Memory, Owner } from "../memory.js";
import { type DecayOptions, decayOf, decayReaders } from "./decay.js";
import { type PairedCovariance, paired } from "./definite.js";
import { numericsKernel } from "./kernel.js";

/** What becomes of a pair of columns that have too few rows together: an error, or an element of 0 that the result names. */
export type LackingRule = "refuse" | "zero";

/** An estimator of columns with gaps, as a value: what `pairwise` and `ewmaPresent` make. */
export interface PresentEstimator {
  readonly name: string;
  /** name and parameters */
  readonly key: string;
  /** fewest rows that two columns must have together */
  readonly minimumRows: number;
  readonly lacking: LackingRule;
  /** Write the covariance and the rows that both have, f64[columns*columns] each. */
  estimate(memory: Memory, columns: number, rows: number, at: number, counts: number, out: number): void;
}

/** Refuse what `covariance` hands an estimator of its own: observations in place of their columns. */
function refuseTable(columns: unknown): void {
  if (typeof columns === "number") return;
  throw new InvalidInputError("estimator", "one of complete rows; this one is for covariancePresent", columns);
}

const lackingReader = withDefault<LackingRule, LackingRule>("refuse", oneOf(["refuse", "zero"]));

/**
 * Pairwise-complete covariance: each element of the rows that both columns have, about their means over these, divided by one
 * less than their number. What pandas' `DataFrame.cov` and R's `use = "pairwise.complete.obs"` give.
 *
 * @param options.lacking   of a pair with fewer than two rows: `refuse` (default), or `zero`
 * @throws InvalidInputError   an option that is unknown or not one of these
 * Cost: 3 · columns² · rows operations.
 * @see METHODS.md#pairwise
 */
export function pairwise(options?: { readonly lacking?: LackingRule }): PresentEstimator {
  const { lacking } = checkOptions(options, "pairwise", { lacking: lackingReader });
  return {
    name: "pairwise",
    key: `pairwise(lacking=${lacking})`,
    minimumRows: 2,
    lacking,
    estimate(memory, columns, rows, at, counts, out) {
      refuseTable(columns);
      numericsKernel(memory).pairwiseCovariance(columns, rows, at, counts, out);
    },
  };
}

/** What the age of a row is counted in: rows of the table, or rows that both columns have. */
export type AgeRule = "calendar" | "skip";

/**
 * Exponentially weighted covariance about zero of the rows that both columns have.
 *
 * `calendar` (default): weights decay^age by the age in the table, divided by the sum of those that count; pandas' `ignore_na =
 * False`. `skip`: the recursion S ← decay·S + (1 − decay)·x·y goes on at rows that both have, seeded with the first.
 *
 * @param options.decay, options.halfLife   as of `ewma`; default a decay of 0.97
 * @param options.ages      `calendar` or `skip`
 * @param options.lacking   of a pair without a row: `refuse` (default), or `zero`
 * @throws InvalidInputError   an option that is unknown or out of range
 * Cost: 3 · columns² · rows operations.
 * @see METHODS.md#ewmapresent
 */
export function ewmaPresent(
  options?: DecayOptions & { readonly ages?: AgeRule; readonly lacking?: LackingRule },
): PresentEstimator {
  const { decay, halfLife, ages, lacking } = checkOptions(options, "ewmaPresent", {
    ...decayReaders,
    ages: withDefault<AgeRule, AgeRule>("calendar", oneOf(["calendar", "skip"])),
    lacking: lackingReader,
  });
  const given = decayOf("ewmaPresent", decay, halfLife);
  return {
    name: "ewmaPresent",
    key: `ewmaPresent(${given.key},ages=${ages},lacking=${lacking})`,
    minimumRows: 1,
    lacking,
    estimate(memory, columns, rows, at, counts, out) {
      refuseTable(columns);
      numericsKernel(memory).presentEwma(columns, rows, at, given.of(memory), ages === "skip" ? 1 : 0, counts, out);
    },
  };
}

export interface PresentCovariance extends PairedCovariance {
  /** name and parameters of the estimator */
  readonly estimator: string;
  readonly rows: number;
  /** rows in which no column is missing */
  readonly completeRows: number;
  /** pairs of columns whose element is 0 because they have too few rows together; empty unless asked for with `zero` */
  readonly lacking: readonly (readonly [number, number])[];
}

/**
 * Covariance of a table with gaps, NaN where an observation is missing. Each element is of rows of its own, so that the matrix
 * may be indefinite: the result says so, and nothing is repaired.
 *
 * @param table   as of `covariance`; numbers or NaN
 * @throws InvalidInputError       a table of another size than it says, an infinite number, or an estimator of complete rows
 * @throws InsufficientDataError   two columns with too few rows together, unless the estimator takes 0 for them
 */
export function covariancePresent(
  { memory }: Owner,
  table: ObservationTable,
  estimator: PresentEstimator,
): PresentCovariance {
  if (typeof estimator?.estimate !== "function" || typeof estimator.lacking !== "string") {
    throw new InvalidInputError("estimator", "one for gaps, such as pairwise() or ewmaPresent()", estimator);
  }
  if (!table) throw new InvalidInputError("table", "an object", table);
  const rows = finiteNumber(table.rows, "rows", { min: 0, whole: true });
  const columns = finiteNumber(table.columns, "columns", { min: 1, whole: true });
  const { values, names = null } = table;
  if (!(values instanceof Float64Array) || values.length !== rows * columns) {
    throw new InvalidInputError("values", `a Float64Array of ${rows * columns} numbers`, values);
  }
  if (names !== null && names.length !== columns) {
    throw new InvalidInputError("names", `an array of ${columns}`, names);
  }
  const fault = values.findIndex((value) => value === Infinity || value === -Infinity);
  if (fault >= 0)
    throw new InvalidInputError(`values[${fault}]`, "a finite number, or NaN where none is", values[fault]);
  const place = (column: number) =>
    names === null ? `columns[${column}]` : `columns[${JSON.stringify(names[column])}]`;
  return memory.scope(() => {
    const out = memory.reserveF64(columns * columns);
    const counts = memory.reserveF64(columns * columns);
    const at = memory.reserveF64(rows * columns);
    memory.scope(() => memory.kernel.transpose(rows, columns, memory.copy(values), at));
    estimator.estimate(memory, columns, rows, at, counts, out);
    const lacking = pairsBelow(memory.f64(counts, columns * columns), columns, estimator.minimumRows);
    const [first] = lacking;
    if (first !== undefined && estimator.lacking === "refuse") {
      const [i, j] = first;
      const path = i === j ? place(i) : `${place(i)} and ${place(j)}`;
      const actual = memory.f64(counts, columns * columns)[i * columns + j] ?? 0;
      const remedy = 'Leave one out, or take lacking: "zero"';
      throw new InsufficientDataError(path, estimator.minimumRows, actual, i === j ? "rows" : "rows in common", remedy);
    }
    const completeRows = countComplete(values, columns);
    return { ...paired(memory, columns, out, counts, place), estimator: estimator.key, rows, completeRows, lacking };
  });
}

/** Pairs i ≤ j whose count is below `least`, in order. */
function pairsBelow(counts: Float64Array, n: number, least: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) if ((counts[i * n + j] ?? 0) < least) pairs.push([i, j]);
  }
  return pairs;
}

function countComplete(values: Float64Array, columns: number): number {
  let complete = 0;
  for (let from = 0; from < values.length; from += columns) {
    if (!values.subarray(from, from + columns).some(Number.isNaN)) complete++;
  }
  return complete;
}
