import { describe } from "../book/exposures.js";
import { checkChoice, treatmentOf } from "../book/option-treatment.js";
import type { ResidentBook } from "../book/resident.js";
import { checkOptions, finiteNumber, invalid, oneOf, type Place, truth, withDefault } from "../checks.js";
import { isEstimator, residentCovariance } from "../covariance/covariance.js";
import type { CovarianceEstimator } from "../covariance/estimator.js";
import { ewma } from "../covariance/ewma.js";
import { historyOf, type ResidentReturns, residentReturns } from "../covariance/returns.js";
import { tailOf } from "../distribution.js";
import type { Memory } from "../memory.js";
import {
  barsOf,
  type FactorRiskOptions,
  type FactorRiskResult,
  FIRST_ORDER,
  factorRiskReaders,
  frameOf,
  historyNotes,
  missingNotes,
  riskResult,
  type Universe,
  universeOf,
} from "../models/factor-risk.js";
import { decomposeScenarios } from "../models/historical.js";
import type { MarginModel, Run } from "../models/model.js";
import { explainRisk, type PoolDecomposition } from "../models/pool-decomposition.js";
import { type Copula, copulaReader, isMargin, type Margin, normalMargin } from "./copula.js";
import { numericsKernel } from "./kernel.js";
import { type NormalMethod, normalMethod, philox } from "./random.js";
import {
  checkDimensions,
  checkMethod,
  checkPaths,
  isPoints,
  isSource,
  pathCount,
  type Row,
  type Source,
  simulated,
  throughMargin,
} from "./simulation.js";

export interface MonteCarloOptions extends FactorRiskOptions {
  /** default 10,000 */
  readonly paths?: number;
  /** deviations and correlation of the factors over one bar; default `ewma({ decay: 0.97 })` */
  readonly covariance?: CovarianceEstimator;
  /** default `gaussianCopula()` */
  readonly copula?: Copula;
  /** of every factor: `normalMargin()` (default), `studentTMargin({…})`, or `historyMargin()`, its own returns */
  readonly margin?: Margin;
  /** default `philox()`; points need a dimension for each factor that the book moves with, and one more for a t copula */
  readonly source?: Source;
  readonly method?: NormalMethod;
  /** what is simulated: `simple` (default) moves, or `log`arithmic ones, of which a move is e^x − 1 and so above −1 */
  readonly returns?: "simple" | "log";
  /** newest one-bar returns to estimate from; default null: all */
  readonly lookback?: number | null;
  /** default true; half of the work of selecting */
  readonly standardErrors?: boolean;
}

export interface MonteCarloResult extends FactorRiskResult {
  /** bars in the holding period */
  readonly bars: number;
  readonly paths: number;
  /** standard errors of VaR and ES of each pool, numeraire; null where none were asked for, or for points */
  readonly standardErrors: { readonly valueAtRisk: Float64Array; readonly expectedShortfall: Float64Array } | null;
}

export interface MonteCarloModel extends MarginModel<MonteCarloResult> {
  readonly kind: "monteCarlo";
  readonly options: ReturnType<typeof checked>;
  /** VaR and ES of one pool by factor and by line, with the paths of its tail; a path's time is its number */
  decompose(book: ResidentBook, pool: number): PoolDecomposition;
}

function ownMargin(value: unknown, place: Place): Margin {
  const margin = isMargin(value, place);
  if (margin.name !== "sample") return margin;
  throw invalid(place, "normalMargin(), studentTMargin({…}) or historyMargin()", margin.key);
}

function checked(options: MonteCarloOptions | undefined) {
  const settings = checkOptions(options, "monteCarlo", {
    ...factorRiskReaders,
    options: treatmentOf(["delta", "deltaGamma", "revaluation"]),
    paths: (value, place) => pathCount(value ?? 10_000, place),
    covariance: withDefault(ewma({ decay: 0.97 }), isEstimator),
    copula: copulaReader,
    margin: withDefault<Margin, Margin>(normalMargin(), ownMargin),
    source: withDefault<Source, Source>(philox(), isSource),
    method: normalMethod,
    returns: withDefault("simple" as const, oneOf(["simple", "log"] as const)),
    lookback: withDefault(null, (value, place) =>
      value === null ? null : finiteNumber(value, place, { min: 1, whole: true }),
    ),
    standardErrors: withDefault(true, truth),
  });
  checkChoice(settings.options, settings.ignores, "monteCarlo");
  checkMethod(settings.source, settings.method, "monteCarlo.method");
  return settings;
}

type Settings = ReturnType<typeof checked>;

/**
 * Monte Carlo: today's first-order exposures under simulated relative moves of the factors, whose ranks move together by a copula
 * and each of which has a margin of its own, scaled by the square root of the bars in the holding period. VaR and ES are those of
 * `historical` over the paths, with their standard errors.
 *
 * With a Gaussian copula and normal margins the result tends to `parametric`'s. requirement = max(0, measure × factor) at both
 * levels, backed by equity.
 *
 * @throws InvalidInputError          an option that is unknown or out of range; on use what `parametric` throws, and points of
 *                                    another number of dimensions
 * @throws InsufficientDataError      on use: fewer returns than `lookback`, a factor without history that is not dropped
 * @throws NotPositiveDefiniteError   on use: the correlation of the factors has no Cholesky factor
 * @throws UnsupportedError           on use: a pool with what no model computes yet; with `onInvalid: "collect"` its status
 * Cost: factors × paths once per market; then per pool exposures × paths, and one or two selections.
 * @see METHODS.md#monte-carlo
 */
export function monteCarlo(options?: MonteCarloOptions): MonteCarloModel {
  const settings = checked(options);
  const taken = (book: ResidentBook) => book.with(settings.options);
  const decompose = (book: ResidentBook, pool: number) => {
    const whole = taken(book);
    const { universe, moves } = prepare(whole, settings);
    return decomposeScenarios(whole, pool, "monteCarlo", settings, universe, moves);
  };
  return {
    name: "monteCarlo",
    kind: "monteCarlo",
    options: settings,
    evaluate: (book, run) => evaluate(taken(book), run, settings),
    decompose,
    explain: (book, pool) => explainRisk(decompose(book, pool), settings),
  };
}

interface Prepared {
  readonly universe: Universe;
  readonly bars: number;
  /** simulated moves as `residentReturns` has observed ones; null where the book moves with no factor that is known */
  readonly moves: ResidentReturns | null;
  readonly observations: number;
  readonly notes: readonly string[];
}

/** Everything resident: the simulated moves of the book's factors. */
function prepare(book: ResidentBook, settings: Settings): Prepared {
  const { market } = book;
  const { covariance: estimator, returns, gaps, lookback, holdingPeriod, paths, copula, margin, source } = settings;
  describe(book);
  const window = { bars: 1, overlapping: true, lookback, gaps };
  const universe = universeOf(book, estimator.factors ?? null, window);
  const { factors } = universe;
  if (factors.length === 0) return { universe, bars: 1, moves: null, observations: 0, notes: [] };
  checkDimensions(source, factors.length, copula, "monteCarlo.source");
  checkPaths({ source, copula, from: 0, paths }, factors.length, "monteCarlo.paths");
  const bars = barsOf(holdingPeriod, historyOf(market).interval, "monteCarlo");
  const covariance = residentCovariance(market, { factors, estimator, returns, gaps, lookback });
  const past = margin.name === "history" ? residentReturns(market, { ...window, factors, returns }) : null;
  const from = JSON.stringify([source.name, source.parameters], (_, v) => (typeof v === "bigint" ? `${v}n` : v));
  const parts = [factors.join(","), estimator.key, returns, gaps, lookback ?? "all", bars, copula.key, margin.key];
  const { at, times } = market.derive(`simulated/${[...parts, from, settings.method, paths].join("/")}`, (keep) => {
    const kept = keep(8 * factors.length * paths);
    simulateInto(market.memory, settings, factors.length, Math.sqrt(bars), covariance.at, past, kept);
    return { at: kept, times: Float64Array.from({ length: paths }, (_, path) => path) };
  });
  const moves = { at, rows: paths, dropped: covariance.dropped, jumps: covariance.jumps, times, note: covariance.note };
  const notes = book.options === null ? [FIRST_ORDER] : [FIRST_ORDER, ...book.options.notes];
  if (bars > 1) notes.push(`moves over one bar are scaled by the square root of ${bars} to ${holdingPeriod}`);
  notes.push(...historyNotes(covariance, "returns"));
  const prepared = { bars, observations: covariance.rows, notes };
  const bend = book.options?.bend(book, factors, moves);
  if (!bend) return { ...prepared, universe, moves };
  const names = [...universe.names, ...bend.names];
  return { ...prepared, universe: { ...universe, names, bend }, moves: { ...moves, at: bend.at } };
}

/** Simulated moves of n factors, f64[n*paths], whose covariance over one bar is at `covariance`. */
function simulateInto(
  memory: Memory,
  { copula, margin, source, method, paths, returns }: Settings,
  n: number,
  scale: number,
  covariance: number,
  past: ResidentReturns | null,
  out: number,
): void {
  const kernel = numericsKernel(memory);
  memory.scope(() => {
    const correlation = memory.reserveF64(n * n);
    const deviations = memory.reserveF64(n);
    memory.kernel.correlationOf(n, covariance, deviations, correlation);
    const deviation = memory.f64(deviations, n).slice();
    const square = memory.f64(correlation, n * n);
    // What does not move has no correlation, and takes a number like the others, times 0.
    for (const [i, own] of deviation.entries()) if (own === 0) square[i * (n + 1)] = 1;
    const rows = Array.from(deviation, (own, i): Row => {
      if (past === null) return { margin, scale: scale * own, sample: 0 };
      const sample = memory
        .f64(past.at + 8 * i * past.rows, past.rows)
        .slice()
        .sort();
      return { margin: { ...margin, sample }, scale, sample: memory.copy(sample) };
    });
    const together = { n, correlation, copula, source, method, from: 0, paths };
    simulated(memory, kernel, together, (first, count, x, stride) => {
      for (const [i, row] of rows.entries()) {
        throughMargin(kernel, copula, row, i, count, x, stride, out + 8 * (i * paths + first));
      }
    });
    if (returns === "log") kernel.exponentialsM1(n * paths, out, out);
  });
}

function evaluate(book: ResidentBook, run: Run, settings: Settings): MonteCarloResult {
  const began = performance.now();
  const { memory, from, to } = run;
  const alpha = tailOf(settings.confidence, "monteCarlo.confidence");
  const { universe, bars, moves, observations, notes } = prepare(book, settings);
  const { paths } = settings;
  const { kernel } = memory;
  const wanted = settings.standardErrors && !isPoints(settings.source);
  const prepared = performance.now();
  const frame = frameOf(book, universe, settings, from, to);
  const { rows } = frame;
  const errors = wanted ? memory.reserveF64(2 * rows) : 0;
  if (moves === null) {
    for (const column of [frame.valueAtRisk, frame.expectedShortfall]) memory.f64(column, rows).fill(0);
    if (wanted) memory.f64(errors, 2 * rows).fill(0);
  } else {
    const scratch = memory.reserve(kernel.historicalScratch(paths));
    const { start, slot, value, valueAtRisk, expectedShortfall } = frame;
    const over = [rows, start, slot, value, paths, moves.at, alpha, scratch, valueAtRisk, expectedShortfall] as const;
    if (wanted) numericsKernel(memory).simulatedPools(...over, errors);
    else kernel.historicalPools(...over);
  }
  const { statuses, deviation: _, ...columns } = riskResult(run, "monteCarlo", frame, settings);
  const standardErrors = wanted
    ? {
        valueAtRisk: memory.f64(errors, rows).slice(),
        expectedShortfall: memory.f64(errors + 8 * rows, rows).slice(),
      }
    : null;
  const computed = performance.now();
  const { covariance, copula, margin, source, ...plain } = settings;
  return {
    from,
    to,
    ...columns,
    bars,
    paths,
    standardErrors,
    missingFactors: frame.missing,
    observations,
    droppedRows: moves?.dropped ?? 0,
    meta: {
      ...run.meta,
      model: "monteCarlo",
      parameters: {
        ...plain,
        covariance: covariance.key,
        copula: copula.key,
        margin: margin.key,
        source: { name: source.name, ...source.parameters },
        options: settings.options?.key ?? null,
      },
      rules: [],
      statuses,
      notes: [...notes, ...missingNotes(frame, settings)],
      time: { prepare: prepared - began, compute: computed - prepared },
    },
  };
}
