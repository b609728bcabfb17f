import type { ResidentMarket } from "../book/resident.js";
import { checkOptions, finiteNumber, invalid, list, oneOf, type Place, text, withDefault } from "../checks.js";
import { InvalidInputError } from "../errors.js";
import type { Memory, Owner } from "../memory.js";
import { type CovarianceEstimator, type EstimateInfo, estimateInto } from "./estimator.js";
import { type GapRule, historyOf, type ReturnKind, residentReturns } from "./returns.js";

/** Observations as a caller has them. */
export interface ObservationTable {
  readonly rows: number;
  readonly columns: number;
  /** f64[rows*columns] row-major, one row per date, newest last */
  readonly values: Float64Array;
  /** what the columns are; needed by `fixed` only */
  readonly names?: readonly string[];
}

export interface CovarianceResult extends EstimateInfo {
  /** f64[columns*columns], symmetric; per row of the observations, not annualised */
  readonly matrix: Float64Array;
  /** f64[columns]: square roots of the diagonal */
  readonly deviations: Float64Array;
  /** f64[columns*columns]; 0 in the row and column of a column without variance, whose deviation is 0 */
  readonly correlation: Float64Array;
  /** name and parameters of the estimator */
  readonly estimator: string;
  readonly rows: number;
}

/**
 * Covariance of the columns of a table. More columns than rows and singular results are results: only who needs a factor
 * or an inverse is refused it.
 *
 * @throws InvalidInputError       a table of another size than it says, or a number that is not finite
 * @throws InsufficientDataError   fewer rows than the estimator takes
 */
export function covariance(
  { memory }: Owner,
  table: ObservationTable,
  estimator: CovarianceEstimator,
): CovarianceResult {
  const rows = finiteNumber(table.rows, "rows", { min: 0, whole: true });
  const columns = finiteNumber(table.columns, "columns", { min: 1, whole: true });
  const { values, names = null } = table;
  if (!(values instanceof Float64Array) || values.length !== rows * columns) {
    throw new InvalidInputError("values", `a Float64Array of ${rows * columns} numbers`, values);
  }
  if (names !== null && names.length !== columns) {
    throw new InvalidInputError("names", `an array of ${columns}`, names);
  }
  return memory.scope(() => {
    const { kernel } = memory;
    const out = memory.reserveF64(columns * columns);
    const at = memory.reserveF64(rows * columns);
    memory.scope(() => {
      const given = memory.copy(values);
      const fault = kernel.firstNonFinite(given, rows * columns);
      if (fault > 0) throw new InvalidInputError(`values[${fault - 1}]`, "a finite number", values[fault - 1]);
      kernel.transpose(rows, columns, given, at);
    });
    const info = estimateInto(memory, estimator, { at, rows, columns, names }, out);
    return { ...info, ...described(memory, out, columns), estimator: estimator.key, rows };
  });
}

/** A covariance matrix at `out` read out, with its correlations and deviations. */
function described(memory: Memory, out: number, n: number) {
  return memory.scope(() => {
    const correlation = memory.reserveF64(n * n);
    const deviations = memory.reserveF64(n);
    memory.kernel.correlationOf(n, out, deviations, correlation);
    return {
      matrix: memory.f64(out, n * n).slice(),
      deviations: memory.f64(deviations, n).slice(),
      correlation: memory.f64(correlation, n * n).slice(),
    };
  });
}

export interface MarketCovarianceOptions {
  /** indices into `Market.factors` */
  readonly factors: readonly number[];
  readonly estimator: CovarianceEstimator;
  readonly returns: ReturnKind;
  readonly gaps: GapRule;
  readonly lookback: number | null;
}

export interface ResidentCovariance {
  /** f64[n*n], in the order of the factors asked for, per bar; lives as long as the market */
  readonly at: number;
  readonly info: EstimateInfo;
  /** returns it was estimated from; 0 where the estimator brings its own matrix */
  readonly rows: number;
  readonly dropped: number;
  readonly jumps: number;
  /** end of the first and of the last return, ms since 1970; null without returns */
  readonly from: number | null;
  readonly to: number | null;
  readonly note: string | null;
}

const NO_RETURNS = { at: 0, rows: 0, dropped: 0, jumps: 0, times: new Float64Array(0), note: null };

/**
 * Covariance of one-bar returns of factors, resident, made on first use.
 *
 * @throws as `residentReturns` and the estimator do
 */
export function residentCovariance(market: ResidentMarket, options: MarketCovarianceOptions): ResidentCovariance {
  const { factors, estimator, returns, gaps, lookback } = options;
  const { memory } = market;
  const x =
    estimator.minimumRows === 0
      ? NO_RETURNS
      : residentReturns(market, { factors, returns, bars: 1, overlapping: true, gaps, lookback });
  const parts = [factors.join(","), returns, gaps, lookback ?? "all", estimator.key];
  return market.derive(`covariance/${parts.join("/")}`, (keep) => {
    const columns = factors.length;
    const at = keep(8 * columns * columns);
    const names = factors.map((factor) => market.market.factors[factor] ?? "");
    const info = estimateInto(memory, estimator, { at: x.at, rows: x.rows, columns, names }, at);
    const { rows, dropped, jumps, times, note } = x;
    return { at, info, rows, dropped, jumps, from: times[0] ?? null, to: times.at(-1) ?? null, note };
  });
}

export interface NamedCovariance extends CovarianceResult {
  /** factor of each row and column */
  readonly names: readonly string[];
  /** factors of the market that the history has no column for, and that are therefore left out; empty where all are asked for */
  readonly missing: readonly string[];
  /** rows passed over because a close is missing, and jumps in time that no return was taken over */
  readonly dropped: number;
  readonly jumps: number;
  /** end of the first and of the last return, ms since 1970; null without returns */
  readonly from: number | null;
  readonly to: number | null;
  readonly notes: readonly string[];
}

/**
 * Covariance, correlation and deviations of a market's factors, per bar of its history.
 *
 * @param options.factors     names; default: every factor that the history has a column for
 * @param options.estimator   a value of `sample`, `ewma`, `ledoitWolf`, `fixed`, or the caller's own
 * @param options.returns     `simple` (default) or `log`
 * @param options.gaps        `reject` (default): a missing close is an error; `dropRows`: its rows are passed over, counted
 * @param options.lookback    number of newest returns; default: all
 * @throws InvalidInputError, InsufficientDataError   see `residentReturns`
 */
export function marketCovariance(
  market: ResidentMarket,
  options: {
    readonly factors?: readonly string[];
    readonly estimator: CovarianceEstimator;
    readonly returns?: ReturnKind;
    readonly gaps?: GapRule;
    readonly lookback?: number | null;
  },
): NamedCovariance {
  const { factors, estimator, returns, gaps, lookback } = checkOptions(options, "marketCovariance", {
    factors: withDefault(null, (value, place) => list(value, place, text)),
    estimator: isEstimator,
    returns: withDefault<ReturnKind, ReturnKind>("simple", oneOf(["simple", "log"])),
    gaps: withDefault<GapRule, GapRule>("reject", oneOf(["reject", "dropRows"])),
    lookback: withDefault(null, (value, place) =>
      value === null ? null : finiteNumber(value, place, { min: 1, whole: true }),
    ),
  });
  const columns = factors === null ? historyOf(market).columns : factors;
  const names = factors ?? market.market.factors.filter((factor) => columns.includes(factor));
  const missing = factors === null ? market.market.factors.filter((factor) => !columns.includes(factor)) : [];
  if (names.length === 0) throw new InvalidInputError("marketCovariance.factors", "at least one factor", names);
  const indices = names.map((name, i) => {
    const index = market.market.factorIndex(name);
    if (index < 0) throw new InvalidInputError(`marketCovariance.factors[${i}]`, "a factor of the market", name);
    return index;
  });
  const { memory } = market;
  const result = residentCovariance(market, { factors: indices, estimator, returns, gaps, lookback });
  const { info, rows, dropped, jumps, from, to, note } = result;
  const notes = note === null ? [] : [note];
  const { key } = estimator;
  const matrices = described(memory, result.at, names.length);
  return { ...info, ...matrices, estimator: key, rows, names, missing, dropped, jumps, from, to, notes };
}

/** Reads an option that is an estimator. */
export function isEstimator(value: unknown, place: Place): CovarianceEstimator {
  const given = value as Partial<CovarianceEstimator> | null | undefined;
  if (typeof given?.estimate !== "function" || typeof given.key !== "string") {
    throw invalid(place, "a covariance estimator such as ewma()", value);
  }
  return given as CovarianceEstimator;
}
