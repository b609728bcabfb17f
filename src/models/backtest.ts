import type { ResidentBook } from "../book/resident.js";
import { describe } from "../book/exposures.js";
import { checkOptions, finiteNumber, instant, withDefault } from "../checks.js";
import { estimateInto } from "../covariance/estimator.js";
import { historyOf, type ResidentReturns, residentReturns } from "../covariance/returns.js";
import { InsufficientDataError } from "../errors.js";
import { tailOf } from "../distribution.js";
import { exceptionBand, kupiec, trafficLight, type Zone } from "../stats.js";
import { barsOf, type Frame, frameOf, historyNotes, type Universe, universeOf } from "./factor-risk.js";
import type { HistoricalModel } from "./historical.js";
import { type Status, STATUSES } from "./model.js";
import type { ParametricModel } from "./parametric.js";

export interface BacktestOptions {
  /** observations before each test that its VaR is estimated from */
  readonly window: number;
  /** first test not before this time, ISO 8601 with a zone or ms since 1970; default: as early as the window allows */
  readonly from?: string | number;
}

/** Exceptions of one calendar year (UTC, by the end of the move) beside the band that 95 % of years should fall in. */
export interface BacktestYear {
  readonly year: number;
  readonly tests: number;
  readonly exceptions: number;
  /** 2.5 % and 97.5 % quantiles of the binomial */
  readonly lower: number;
  readonly upper: number;
}

export interface PoolBacktest {
  readonly pool: string;
  readonly status: Status;
  readonly tests: number;
  readonly exceptions: number;
  /** exceptions ÷ tests; the model promises 1 − confidence */
  readonly rate: number;
  readonly years: readonly BacktestYear[];
  /** ends of the moves whose loss exceeded the VaR, ms since 1970, with the loss and the VaR */
  readonly dates: Float64Array;
  readonly losses: Float64Array;
  readonly valueAtRisk: Float64Array;
  /** Kupiec's test of the number of exceptions: likelihood ratio and the probability of a larger one */
  readonly likelihoodRatio: number;
  readonly pValue: number;
  /** Basel: by the probability of at most this many exceptions, below 95 %, below 99.99 %, above */
  readonly zone: Zone;
}

export interface BacktestResult {
  readonly model: string;
  readonly confidence: number;
  readonly window: number;
  readonly bars: number;
  /** tests per pool, and the ends of their moves */
  readonly tests: number;
  readonly times: Float64Array;
  readonly pools: readonly PoolBacktest[];
  readonly missingFactors: readonly string[];
  readonly notes: readonly string[];
}

/** What is tested against what was known: tests are rows of `moves`, test i knew the first known[i] rows of `seen`. */
interface Plan {
  readonly universe: Universe;
  readonly bars: number;
  readonly seen: ResidentReturns;
  readonly moves: ResidentReturns;
  /** first test, as a row of `moves` */
  readonly first: number;
  readonly known: Uint32Array;
  readonly notes: readonly string[];
}

/**
 * Rolling backtest: before each move of the holding period, the VaR that the model would have stated from the `window`
 * observations that had ended by then, against what today's exposures would have made of the move. No observation that
 * ends after the move begins is used. The moves tested do not share bars, so that exceptions can be counted as independent;
 * `lookback` of the model is not used, `window` takes its place.
 *
 * Exposures are fixed, so an estimator for which w'S(X)w = S(Xw) (sample, ewma) is applied to the pool's own P&L: the same
 * number from one series. Others are estimated in full for each window, at the cost of tests × one estimate.
 *
 * @throws InsufficientDataError  not one move has `window` observations before it
 * @throws what the model throws when it evaluates the book
 * @see METHODS.md#backtest
 */
export function backtest(
  whole: ResidentBook,
  model: HistoricalModel | ParametricModel,
  options: BacktestOptions,
): BacktestResult {
  // Beyond first order the moves of options are not those of the window alone: such pools are refused, as without a treatment.
  const book = model.treatment?.kind === "delta" ? whole.with(model.treatment) : whole;
  const { memory, packed } = book;
  const { window, from } = checkOptions(options, "backtest", {
    window: (value, place) => finiteNumber(value, place, { min: 2, whole: true }),
    from: withDefault(null, (value, place) => (typeof value === "number" ? value : instant(value, place))),
  });
  const { confidence } = model.options;
  const alpha = tailOf(confidence, `${model.name}.confidence`);
  const plan = planOf(book, model, window, from);
  const { bars, moves, first, known, notes } = plan;
  const times = moves.times.subarray(first);
  return memory.scope(() => {
    const frame = frameOf(book, plan.universe, model.options, 0, packed.poolCount);
    const status = memory.u8(frame.columns + 80 * frame.rows + 4 * STATUSES.length, frame.rows).slice();
    const knownAt = memory.copy(known);
    const pnl = memory.reserveF64(moves.rows);
    const risk = memory.reserveF64(times.length);
    const hits = memory.reserve(4 * times.length);
    const forecast =
      model.kind === "historical"
        ? rollingHistorical(book, plan, frame, window, alpha, knownAt)
        : rollingParametric(book, plan, frame, window, model, alpha);
    const pools = Array.from(status, (state, row): PoolBacktest => {
      const pool = packed.pool(row).id;
      const name = STATUSES[state] ?? "unsupported";
      if (name !== "ok" && name !== "stalePrice") return untested(pool, name);
      profit(book, frame, row, moves, pnl);
      forecast(row, risk);
      const realised = pnl + 8 * first;
      const count = memory.kernel.exceptions(realised, risk, times.length, hits);
      const which = memory.u32(hits, count).slice();
      const losses = Float64Array.from(which, (i) => -(memory.f64(realised, times.length)[i] ?? 0));
      const valueAtRisk = Float64Array.from(which, (i) => memory.f64(risk, times.length)[i] ?? 0);
      return { pool, status: name, ...judge(book, times, which, alpha), losses, valueAtRisk };
    });
    const missingFactors = frame.missing;
    return { model: model.name, confidence, window, bars, tests: times.length, times, pools, missingFactors, notes };
  });
}

function planOf(
  book: ResidentBook,
  model: HistoricalModel | ParametricModel,
  window: number,
  from: number | null,
): Plan {
  const { market } = book;
  const { gaps, holdingPeriod } = model.options;
  describe(book);
  const { interval } = historyOf(market);
  const bars = barsOf(holdingPeriod, interval, model.name);
  const overlapping = model.kind === "parametric" || model.options.overlapping;
  const seenBars = model.kind === "parametric" ? 1 : bars;
  const universe = universeOf(book, null, { bars, overlapping, lookback: null, gaps });
  const shared = { factors: universe.factors, gaps, lookback: null };
  const returns = model.kind === "parametric" ? model.options.returns : "simple";
  const seen = residentReturns(market, { ...shared, returns, bars: seenBars, overlapping });
  const moves = residentReturns(market, { ...shared, returns: "simple", bars, overlapping: bars === 1 && overlapping });
  const known: number[] = [];
  let first = moves.rows;
  let count = 0;
  for (let i = 0; i < moves.rows; i++) {
    const start = (moves.times[i] ?? 0) - bars * interval;
    while (count < seen.rows && (seen.times[count] ?? 0) <= start) count++;
    if (count < window || (from !== null && start < from)) continue;
    if (first === moves.rows) first = i;
    known.push(count);
  }
  if (known.length === 0) {
    const remedy = "Take a shorter window, an earlier from, or a longer history";
    throw new InsufficientDataError("history", window + 1, seen.rows, "observations", remedy);
  }
  const notes = [`each VaR rests on the ${window} observations that had ended before the move it is tested on`];
  if (bars > 1) notes.push(`one test every ${bars} bars: moves that share bars are not independent`);
  notes.push(...historyNotes(seen, "moves"));
  return { universe, bars, seen, moves, first, known: Uint32Array.from(known), notes };
}

/** P&L of one row's exposures under every move, f64[moves.rows] at `out`. */
function profit(book: ResidentBook, frame: Frame, row: number, moves: ResidentReturns, out: number): void {
  const { memory } = book;
  const [begin = 0, end = 0] = memory.u32(frame.start + 4 * row, 2);
  memory.kernel.scenarioPnl(moves.rows, end - begin, frame.slot + 4 * begin, frame.value + 8 * begin, moves.at, out);
}

/** Writes the VaR before each test of a row to an address. */
type Forecast = (row: number, out: number) => void;

function rollingHistorical(
  book: ResidentBook,
  { seen, known }: Plan,
  frame: Frame,
  window: number,
  alpha: number,
  knownAt: number,
): Forecast {
  const { memory } = book;
  const { kernel } = memory;
  const pnl = memory.reserveF64(seen.rows);
  const sorted = memory.reserve(kernel.rollingScratch(window));
  const tail = memory.reserve(kernel.tailScratch(window));
  const out = memory.reserveF64(3);
  return (row, risk) => {
    profit(book, frame, row, seen, pnl);
    kernel.tailStatistics(pnl, window, alpha, tail, out);
    const rank = Math.max(1, Math.ceil(memory.f64(out, 3)[2] ?? 0));
    kernel.rollingQuantile(pnl, knownAt, known.length, window, rank, sorted, risk);
  };
}

function rollingParametric(
  book: ResidentBook,
  plan: Plan,
  frame: Frame,
  window: number,
  model: ParametricModel,
  alpha: number,
): Forecast {
  const { memory } = book;
  const { kernel } = memory;
  const { seen, known, bars, universe } = plan;
  const { covariance: estimator, distribution } = model.options;
  const scale = Math.sqrt(bars);
  const { valueAtRisk: multiple } = distribution.multiples(kernel, alpha);
  if (estimator.equivariant === true) {
    const pnl = memory.reserveF64(seen.rows);
    const variance = memory.reserveF64(1);
    return (row, risk) => {
      profit(book, frame, row, seen, pnl);
      for (let i = 0; i < known.length; i++) {
        const at = pnl + 8 * ((known[i] ?? 0) - window);
        memory.scope(() => estimator.estimate(memory, { at, rows: window, columns: 1, names: null }, variance));
        memory.f64(risk + 8 * i, 1)[0] = multiple * Math.sqrt(memory.f64(variance, 1)[0] ?? 0) * scale;
      }
    };
  }
  const n = universe.factors.length;
  const all = memory.reserveF64(frame.rows * known.length);
  const x = memory.reserveF64(n * window);
  const c = memory.reserveF64(n * n);
  const scratch = memory.reserve(kernel.parametricScratch(n));
  const columns = memory.reserveF64(3 * frame.rows);
  const [deviation, valueAtRisk, shortfall] = [0, 1, 2].map((i) => columns + 8 * i * frame.rows) as [
    number,
    number,
    number,
  ];
  for (let i = 0; i < known.length; i++) {
    const begin = (known[i] ?? 0) - window;
    const view = memory.f64(x, n * window);
    for (let j = 0; j < n; j++) view.set(memory.f64(seen.at + 8 * (seen.rows * j + begin), window), window * j);
    estimateInto(memory, estimator, { at: x, rows: window, columns: n, names: universe.names }, c);
    const { rows, start, slot, value } = frame;
    kernel.parametricPools(
      rows,
      start,
      slot,
      value,
      n,
      c,
      scale,
      multiple,
      0,
      scratch,
      deviation,
      valueAtRisk,
      shortfall,
    );
    const stated = memory.f64(valueAtRisk, rows);
    const target = memory.f64(all, rows * known.length);
    for (let row = 0; row < rows; row++) target[row * known.length + i] = stated[row] ?? 0;
  }
  return (row, risk) => memory.f64(risk, known.length).set(memory.f64(all + 8 * row * known.length, known.length));
}

/** Counts and tests of the exceptions at the positions `which` among the tests ending at `times`. */
function judge(book: ResidentBook, times: Float64Array, which: Uint32Array, alpha: number) {
  const { memory } = book;
  const tests = times.length;
  const exceptions = which.length;
  const dates = Float64Array.from(which, (i) => times[i] ?? 0);
  const years = byYear(times, dates).map(([year, count, hits]) => {
    const { low, high } = exceptionBand(memory, count, alpha);
    return { year, tests: count, exceptions: hits, lower: low, upper: high };
  });
  const { zone } = trafficLight(memory, tests, exceptions, alpha);
  return {
    tests,
    exceptions,
    rate: exceptions / tests,
    years,
    dates,
    ...kupiec(memory, tests, exceptions, alpha),
    zone,
  };
}

/** [year, tests, exceptions], ascending. */
function byYear(times: Float64Array, dates: Float64Array): readonly (readonly [number, number, number])[] {
  const count = (values: Float64Array) => {
    const years = new Map<number, number>();
    for (const time of values) {
      const year = new Date(time).getUTCFullYear();
      years.set(year, (years.get(year) ?? 0) + 1);
    }
    return years;
  };
  const hits = count(dates);
  return [...count(times)].map(([year, tests]) => [year, tests, hits.get(year) ?? 0] as const);
}

function untested(pool: string, status: Status): PoolBacktest {
  const none = new Float64Array(0);
  const numbers = { tests: 0, exceptions: 0, rate: 0, likelihoodRatio: 0, pValue: 1 };
  return { pool, status, ...numbers, years: [], dates: none, losses: none, valueAtRisk: none, zone: "red" };
}
