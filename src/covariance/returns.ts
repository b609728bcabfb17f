import type { ResidentMarket } from "../book/resident.js";
import { InsufficientDataError, InvalidInputError } from "../errors.js";
import type { History } from "../market/market.js";
import type { Memory } from "../memory.js";

export type ReturnKind = "simple" | "log";
export type GapRule = "reject" | "dropRows";

export interface ReturnOptions {
  /** indices into `Market.factors`; each needs a column of that name in the history */
  readonly factors: readonly number[];
  readonly returns: ReturnKind;
  /** bars that a return spans */
  readonly bars: number;
  readonly overlapping: boolean;
  readonly gaps: GapRule;
  /** number of newest returns wanted; null: all there are */
  readonly lookback: number | null;
}

export interface ResidentReturns {
  /** f64[factors*rows], one factor after the other, newest row last; lives as long as the market */
  readonly at: number;
  readonly rows: number;
  /** ends of bars passed over because a price is missing */
  readonly dropped: number;
  /** jumps in time among the bars looked at; no return is taken over one */
  readonly jumps: number;
  /** end of each return, ms since 1970 */
  readonly times: Float64Array;
  /** what was assumed about the currency of the history, or null */
  readonly note: string | null;
}

/**
 * Returns of factors over the history of a market, resident, made on first use.
 *
 * A return exists only where every bar from its first to its last is present, in time and for every factor asked for.
 *
 * @throws InvalidInputError       no history; a factor without a column; a history in another currency than the numeraire;
 *                                 with `gaps: "reject"`, a missing close that one of the returns needs
 * @throws InsufficientDataError   a column of gaps only; fewer returns than `lookback`, or none
 * @see METHODS.md#returns
 */
export function residentReturns(market: ResidentMarket, options: ReturnOptions): ResidentReturns {
  const { returns, bars, overlapping, gaps, lookback } = options;
  const parts = [options.factors.join(","), returns, bars, overlapping, gaps, lookback ?? "all"];
  return market.derive(`returns/${parts.join("/")}`, (keep) => {
    const { memory } = market;
    const history = historyOf(market);
    const columns = columnsOf(market, history, options.factors);
    const note = currencyNote(market, history);
    const selected = memory.scope(() => selectRows(memory, history, columns, options));
    const rows = selected.index.length;
    if (rows < (lookback ?? 1)) {
      const what = `returns of ${bars} ${bars === 1 ? "bar" : "bars"} each`;
      throw new InsufficientDataError("history", lookback ?? 1, rows, what, "Load more history or ask for less of it");
    }
    const at = keep(8 * columns.length * rows);
    memory.scope(() => fill(memory, history, columns, options, selected.index, at));
    const times = Float64Array.from(selected.index, (t) => history.times[t] ?? 0);
    return { at, rows, dropped: selected.dropped, jumps: selected.jumps, times, note };
  });
}

/** The history of a market. */
export function historyOf(market: ResidentMarket): History {
  if (market.history === null) {
    throw new InvalidInputError("history", "a price history", null, "Pass one to loadMarket");
  }
  return market.history;
}

/** What is assumed where the history is not in the numeraire itself but in something pegged to it; else null. */
export function currencyNote(market: ResidentMarket, history: History): string | null {
  const { numeraire, assets } = market.market;
  if (history.in === numeraire) return null;
  const peg = assets.find(({ id }) => id === history.in)?.peg ?? null;
  if (peg?.to === numeraire) return `the history is in ${history.in}, which is taken to move as ${numeraire} does`;
  const remedy = `Convert the history, or state in the market that ${history.in} is pegged to ${numeraire}`;
  throw new InvalidInputError("history.in", `${numeraire} or an asset pegged to it`, history.in, remedy);
}

/** Columns of the history that hold the factors; all that lack one are named. */
function columnsOf(market: ResidentMarket, history: History, factors: readonly number[]): readonly number[] {
  const names = factors.map((factor) => market.market.factors[factor] ?? `factor ${factor}`);
  const columns = names.map((name) => history.columns.indexOf(name));
  const absent = names.filter((_, i) => columns[i] === -1);
  if (absent.length > 0) {
    const remedy = "Add their prices to the history, or name a proxy in the market's exposures";
    throw new InvalidInputError("history.columns", `a list with ${absent.join(", ")}`, history.columns, remedy);
  }
  return columns;
}

/** Last bar of each return, oldest first. */
function selectRows(memory: Memory, history: History, columns: readonly number[], options: ReturnOptions) {
  const { kernel } = memory;
  const { times, interval } = history;
  const n = times.length;
  const timesAt = memory.copy(times);
  const missing = memory.reserve(4 * n);
  const column = memory.reserveF64(n);
  const index = memory.reserve(4 * n);
  const counts = memory.reserve(12);
  const scratch = memory.reserve(kernel.returnRowsScratch(n));
  memory.u32(missing, n).fill(0);
  for (const c of columns) {
    memory.write(column, closesOf(history, c));
    if (kernel.countMissing(n, column, missing) === 0) {
      throw new InsufficientDataError(`history.columns[${c}]`, 1, 0, `closes of ${history.columns[c]}`);
    }
  }
  const found = kernel.returnRows(
    n,
    timesAt,
    interval,
    missing,
    options.bars,
    options.overlapping ? 1 : 0,
    options.lookback ?? 0,
    options.gaps === "reject" ? 1 : 0,
    index,
    counts,
    scratch,
  );
  const [dropped = 0, jumps = 0, lacking = 0] = memory.u32(counts, 3);
  if (lacking > 0) throw missingClose(history, columns, lacking - 1);
  return { index: memory.u32(index, found).slice(), dropped, jumps };
}

function missingClose(history: History, columns: readonly number[], bar: number): InvalidInputError {
  const n = history.times.length;
  const column = columns.find((c) => Number.isNaN(history.closes[c * n + bar])) ?? -1;
  const time = new Date(history.times[bar] ?? 0).toISOString();
  const path = `history.closes[${JSON.stringify(history.columns[column])}]`;
  const remedy = 'Take gaps: "dropRows", a shorter lookback or fewer factors';
  return new InvalidInputError(path, `present at ${time}`, null, remedy);
}

/** Returns ending at the bars `index`, factor by factor, to `at`. */
function fill(
  memory: Memory,
  history: History,
  columns: readonly number[],
  { bars, returns }: ReturnOptions,
  index: Uint32Array,
  at: number,
): void {
  const { kernel } = memory;
  const rows = index.length;
  const first = index[0] ?? 0;
  const n = history.times.length - (first - bars);
  const indexAt = memory.copy(index);
  const column = memory.reserveF64(n);
  const series = memory.reserveF64(n);
  for (const [j, c] of columns.entries()) {
    memory.write(column, closesOf(history, c).subarray(first - bars));
    kernel.seriesReturns(n, column, bars, returns === "log" ? 1 : 0, series);
    kernel.gather(rows, series, indexAt, first, at + 8 * rows * j);
  }
}

function closesOf({ closes, times }: History, column: number): Float64Array {
  return closes.subarray(column * times.length, (column + 1) * times.length);
}
