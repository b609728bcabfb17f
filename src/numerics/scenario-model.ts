import type { ResidentBook } from "../book/resident.js";
import { type TailPair, tailOf } from "../distribution.js";
import { InsufficientDataError } from "../errors.js";
import { factorRiskReaders, frameOf, missingNotes, riskResult } from "../models/factor-risk.js";
import {
  decomposeScenarios,
  type HistoricalOptions,
  type HistoricalResult,
  type PreparedMoves,
  prepareMoves,
  windowReaders,
} from "../models/historical.js";
import type { MarginModel, Run } from "../models/model.js";
import { explainRisk, type PoolDecomposition } from "../models/pool-decomposition.js";
import { poolRow } from "../models/run.js";
import type { Measure } from "./measure.js";
import { scenarioShares } from "./scenario-shares.js";

/** What models have in common that measure the P&L of today's first-order exposures under each observed move. */
export type ScenarioOptions = HistoricalOptions;
export type ScenarioResult = HistoricalResult;

export interface ScenarioModel<K extends string, S, R extends ScenarioResult = ScenarioResult> extends MarginModel<R> {
  readonly kind: K;
  readonly options: S;
  /** VaR and ES of one pool by factor and by line */
  decompose(book: ResidentBook, pool: number): PoolDecomposition;
}

/** The options that such models share, as readers for `checkOptions`. */
export const scenarioReaders = { ...factorRiskReaders, ...windowReaders };

type Settings = { readonly [K in keyof typeof scenarioReaders]: ReturnType<(typeof scenarioReaders)[K]> };

/** Columns that a result has beside those of every model: arrays of one number a pool, and how a pool's are set. */
export interface OwnColumns<T, C> {
  readonly columns: C;
  set(row: number, tail: T): void;
}

/** A model over books of a measure of samples. `own` makes the columns that only this model has. */
export function scenarioModel<
  K extends string,
  S extends Settings,
  T extends TailPair,
  C extends Readonly<Record<string, Float64Array | Uint8Array>>,
>(
  name: K,
  settings: S,
  measure: Measure<T>,
  own: (rows: number) => OwnColumns<T, C>,
): ScenarioModel<K, S, ScenarioResult & C> {
  const taken = (book: ResidentBook, pool: number) => decompose(book, pool, name, settings, measure);
  return {
    name,
    kind: name,
    options: settings,
    evaluate: (book, run) => evaluate(book, run, name, settings, measure, own),
    decompose: taken,
    explain: (book, pool) => explainRisk(taken(book, pool), settings),
  };
}

/** Everything resident: the moves of the book's factors, as many as the measure needs. */
function prepare(book: ResidentBook, name: string, settings: Settings, minimum: number): PreparedMoves {
  const prepared = prepareMoves(book, name, settings);
  const { returns } = prepared;
  if (returns !== null && returns.rows < minimum) {
    throw new InsufficientDataError("history", minimum, returns.rows, "moves");
  }
  return prepared;
}

function evaluate<
  S extends Settings,
  T extends TailPair,
  C extends Readonly<Record<string, Float64Array | Uint8Array>>,
>(
  book: ResidentBook,
  run: Run,
  name: string,
  settings: S,
  measure: Measure<T>,
  own: (rows: number) => OwnColumns<T, C>,
): ScenarioResult & C {
  const began = performance.now();
  const { memory, from, to } = run;
  const { kernel } = memory;
  const alpha = tailOf(settings.confidence, `${name}.confidence`);
  const { universe, bars, returns, notes } = prepare(book, name, settings, measure.minimum);
  const scenarios = returns?.rows ?? 0;
  const prepared = performance.now();
  const frame = frameOf(book, universe, settings, from, to);
  const { rows } = frame;
  const { columns: added, set } = own(rows);
  const pnl = memory.reserveF64(scenarios);
  const measured = returns === null ? null : measure.on(memory, scenarios, alpha);
  const start = memory.u32(frame.start, rows + 1);
  const valueAtRisk = memory.f64(frame.valueAtRisk, rows).fill(0);
  const expectedShortfall = memory.f64(frame.expectedShortfall, rows).fill(0);
  if (measured !== null) {
    for (let row = 0; row < rows; row++) {
      const [begin = 0, end = 0] = [start[row], start[row + 1]];
      const [slot, value] = [frame.slot + 4 * begin, frame.value + 8 * begin];
      kernel.scenarioPnl(scenarios, end - begin, slot, value, returns?.at ?? 0, pnl);
      const tail = measured.risk(pnl);
      // Adding zero turns the −0 of a pool without exposure into 0.
      valueAtRisk[row] = tail.valueAtRisk + 0;
      expectedShortfall[row] = tail.expectedShortfall + 0;
      set(row, tail);
    }
  }
  const { statuses, deviation: _, ...columns } = riskResult(run, name, frame, settings);
  for (let row = 0; row < rows; row++) {
    if (columns.valueAtRisk[row] !== Number.POSITIVE_INFINITY) continue;
    for (const column of Object.values(added)) column[row] = 0;
  }
  const computed = performance.now();
  return {
    from,
    to,
    ...columns,
    ...added,
    bars,
    overlapping: settings.overlapping,
    times: returns?.times ?? new Float64Array(0),
    missingFactors: frame.missing,
    observations: scenarios,
    droppedRows: returns?.dropped ?? 0,
    detail: (pool) => decompose(book, poolRow(book, pool), name, settings, measure),
    meta: {
      ...run.meta,
      model: name,
      parameters: settings,
      rules: [],
      statuses,
      notes: [...notes, ...missingNotes(frame, settings)],
      time: { prepare: prepared - began, compute: computed - prepared },
    },
  };
}

function decompose<T extends TailPair>(
  book: ResidentBook,
  pool: number,
  name: string,
  settings: Settings,
  measure: Measure<T>,
): PoolDecomposition {
  const { universe, returns } = prepare(book, name, settings, measure.minimum);
  return decomposeScenarios(book, pool, name, settings, universe, returns, (matrix, own, rows, alpha) =>
    scenarioShares(book.memory, measure, matrix, own, rows, alpha),
  );
}
