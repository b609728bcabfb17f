import { describe } from "../book/exposures.js";
import { checkChoice, treatmentOf } from "../book/option-treatment.js";
import type { ResidentBook } from "../book/resident.js";
import { checkOptions, finiteNumber, type Place, truth, withDefault } from "../checks.js";
import { historyOf, type ResidentReturns, residentReturns } from "../covariance/returns.js";
import { type HistoricalShares, historicalShares, type LineMatrix } from "./decomposition.js";
import { tailOf } from "../distribution.js";
import {
  barsOf,
  type FactorRiskOptions,
  type FactorRiskResult,
  FIRST_ORDER,
  factorRiskReaders,
  frameOf,
  historyNotes,
  missingNotes,
  poolExposures,
  riskResult,
  type Universe,
  universeOf,
} from "./factor-risk.js";
import type { MarginModel, Run } from "./model.js";
import { explainRisk, type PoolDecomposition, poolDecomposition } from "./pool-decomposition.js";
import { poolRow } from "./run.js";

export interface HistoricalOptions extends FactorRiskOptions {
  /** newest moves to look at; default 500; null: all */
  readonly lookback?: number | null;
  /** moves over the holding period may share bars; default true */
  readonly overlapping?: boolean;
}

export interface HistoricalResult extends FactorRiskResult {
  /** bars in the holding period */
  readonly bars: number;
  readonly overlapping: boolean;
  /** ends of the moves looked at, oldest first, ms since 1970 */
  readonly times: Float64Array;
  /** component VaR and ES and the P&L vector of one pool, with the worst dates where they are weighed; by id or row of the book */
  detail(pool: string | number): PoolDecomposition;
}

export interface HistoricalModel extends MarginModel<HistoricalResult> {
  readonly kind: "historical";
  readonly options: ReturnType<typeof checked>;
  /** VaR and ES of one pool by factor and by line, with the scenarios of its tail */
  decompose(book: ResidentBook, pool: number): PoolDecomposition;
}

/** Which observed moves a model looks at, as readers for `checkOptions`. */
export const windowReaders = {
  lookback: withDefault(500, (value: unknown, place: Place) =>
    value === null ? null : finiteNumber(value, place, { min: 1, whole: true }),
  ),
  overlapping: withDefault(true, truth),
};

function checked(options: HistoricalOptions | undefined) {
  const settings = checkOptions(options, "historical", {
    ...factorRiskReaders,
    options: treatmentOf(["delta", "deltaGamma", "revaluation"]),
    ...windowReaders,
  });
  checkChoice(settings.options, settings.ignores, "historical");
  return settings;
}

type Settings = ReturnType<typeof checked>;

/**
 * Historical simulation: today's first-order exposures under each relative move that the factors made over the holding
 * period. VaR is the k-th worst P&L, k = max(1, ⌈n α⌉), and ES the mean of the worst n α of them, the last one counting
 * with a fraction; both exact, by selection.
 *
 * Moves over several bars overlap by default: there are more of them, but they are not independent. requirement =
 * max(0, measure × factor) at both levels, backed by equity.
 *
 * @throws InvalidInputError      an option that is unknown or out of range; on use, a holding period that is not a whole
 *                                number of bars, a history in another unit than the numeraire, a gap that is not dropped
 * @throws InsufficientDataError  on use: fewer moves than `lookback`, a factor without history that is not dropped
 * @throws UnsupportedError       on use: a pool with what no model computes yet; with `onInvalid: "collect"` its status
 * @see METHODS.md#historical
 */
export function historical(options?: HistoricalOptions): HistoricalModel {
  const settings = checked(options);
  return {
    name: "historical",
    kind: "historical",
    options: settings,
    treatment: settings.options,
    evaluate: (book, run) => evaluate(book.with(settings.options), run, settings),
    decompose: (book, pool) => decompose(book.with(settings.options), pool, settings),
    explain: (book, pool) => explainRisk(decompose(book.with(settings.options), pool, settings), settings),
  };
}

export interface PreparedMoves {
  readonly universe: Universe;
  readonly bars: number;
  /** null where the book moves with no factor that has a history */
  readonly returns: ResidentReturns | null;
  readonly notes: readonly string[];
}

/** Everything resident: the moves of the book's factors that a model looks at. */
export function prepareMoves(
  book: ResidentBook,
  model: string,
  settings: Pick<Settings, "gaps" | "lookback" | "overlapping" | "holdingPeriod">,
): PreparedMoves {
  const { market } = book;
  const { gaps, lookback, overlapping, holdingPeriod } = settings;
  describe(book);
  if (market.history === null) {
    return { universe: { factors: [], names: [] }, bars: 1, returns: null, notes: [] };
  }
  const bars = barsOf(holdingPeriod, historyOf(market).interval, model);
  const universe = universeOf(book, null, { bars, overlapping, lookback, gaps });
  if (universe.factors.length === 0) return { universe, bars, returns: null, notes: [] };
  const returns = residentReturns(market, {
    factors: universe.factors,
    returns: "simple",
    bars,
    overlapping,
    gaps,
    lookback,
  });
  const kind = overlapping ? "overlapping" : "disjoint";
  const notes = book.options === null ? [FIRST_ORDER] : [FIRST_ORDER, ...book.options.notes];
  if (bars > 1) notes.push(`${returns.rows} ${kind} moves over ${bars} bars each, together ${holdingPeriod}`);
  notes.push(...historyNotes(returns, "moves"));
  const bend = book.options?.bend(book, universe.factors, returns);
  if (!bend) return { universe, bars, returns, notes };
  const names = [...universe.names, ...bend.names];
  return { universe: { ...universe, names, bend }, bars, returns: { ...returns, at: bend.at }, notes };
}

function evaluate(book: ResidentBook, run: Run, settings: Settings): HistoricalResult {
  const began = performance.now();
  const { memory, from, to } = run;
  const { kernel } = memory;
  const alpha = tailOf(settings.confidence, "historical.confidence");
  const { universe, bars, returns, notes } = prepareMoves(book, "historical", settings);
  const scenarios = returns?.rows ?? 0;
  const prepared = performance.now();
  const frame = frameOf(book, universe, settings, from, to);
  if (returns === null) {
    // No pool has an exposure that could move: rows that want one have their status already.
    for (const column of [frame.valueAtRisk, frame.expectedShortfall]) memory.f64(column, frame.rows).fill(0);
  } else {
    kernel.historicalPools(
      frame.rows,
      frame.start,
      frame.slot,
      frame.value,
      scenarios,
      returns.at,
      alpha,
      memory.reserve(kernel.historicalScratch(scenarios)),
      frame.valueAtRisk,
      frame.expectedShortfall,
    );
  }
  const { statuses, deviation: _, ...columns } = riskResult(run, "historical", frame, settings);
  const computed = performance.now();
  return {
    from,
    to,
    ...columns,
    bars,
    overlapping: settings.overlapping,
    times: returns?.times ?? new Float64Array(0),
    missingFactors: frame.missing,
    observations: scenarios,
    droppedRows: returns?.dropped ?? 0,
    detail: (pool) => decompose(book, poolRow(book, pool), settings),
    meta: {
      ...run.meta,
      model: "historical",
      parameters: { ...settings, options: settings.options?.key ?? null },
      rules: [],
      statuses,
      notes: [...notes, ...missingNotes(frame, settings)],
      time: { prepare: prepared - began, compute: computed - prepared },
    },
  };
}

function decompose(book: ResidentBook, pool: number, settings: Settings): PoolDecomposition {
  const { universe, returns } = prepareMoves(book, "historical", settings);
  return decomposeScenarios(book, pool, "historical", settings, universe, returns);
}

/** How VaR and ES of one pool split, with the scenarios of its tail; none for a measure that does not weigh scenarios. */
type ScenarioSplit = Pick<HistoricalShares, "valueAtRisk" | "expectedShortfall" | "tail" | "weights" | "pnl">;

/**
 * One pool's VaR and ES over scenarios, by factor and by line.
 *
 * @param shares   the split of a matrix of exposures over f64[factors*rows] at an address; default that of equally weighted scenarios
 */
export function decomposeScenarios(
  book: ResidentBook,
  pool: number,
  model: string,
  settings: Pick<Settings, "confidence" | "missing" | "ignores">,
  universe: Universe,
  returns: Pick<ResidentReturns, "at" | "rows" | "times"> | null,
  shares: (matrix: LineMatrix, own: number, rows: number, alpha: number) => ScenarioSplit = (...split) =>
    historicalShares(book.memory, ...split),
): PoolDecomposition {
  const { memory } = book;
  const alpha = tailOf(settings.confidence, `${model}.confidence`);
  const parts = poolExposures(book, universe, settings, pool);
  const rows = returns?.rows ?? 0;
  return memory.scope(() => {
    const own = memory.reserveF64(parts.slots.length * rows);
    const all = memory.f64(returns?.at ?? 0, universe.names.length * rows);
    const view = memory.f64(own, parts.slots.length * rows);
    parts.slots.forEach((slot, i) => {
      view.set(all.subarray(slot * rows, (slot + 1) * rows), i * rows);
    });
    return poolDecomposition<ScenarioSplit>(
      book,
      pool,
      model,
      parts,
      (matrix) => shares(matrix, own, rows, alpha),
      ({ tail, weights, pnl }) => {
        const times = returns?.times ?? new Float64Array(0);
        const worst = Array.from(tail, (scenario, i) => ({
          time: times[scenario] ?? 0,
          pnl: pnl[scenario] ?? 0,
          weight: weights[i] ?? 0,
        }));
        return { worst, pnl, times };
      },
    );
  });
}
