import type { OptionBend, OptionTables, OptionTreatment } from "../book/option-treatment.js";
import type { ResidentBook, ResidentMarket } from "../book/resident.js";
import { finiteNumber, invalid, type Place, withDefault } from "../checks.js";
import type { OptionColumns } from "./columns.js";
import { optionGreekColumns } from "./greeks.js";
import { IMPLIED_STATUSES, impliedVolatilities } from "./implied.js";
import { merged, refused } from "./merge.js";
import { type MissingVolatility, type OptionQuote, quoteOf, type VolatilitySource } from "./quotes.js";

/** What every treatment of options can be told. */
export interface TreatmentOptions {
  /**
   * where the volatility of an option comes from that the market quotes none of: `error` (the pool fails), `mark` (the one at
   * which the option is worth its mark; the pool fails where none is), or a surface; default `error`
   */
  readonly missingVolatility?: MissingVolatility;
  /** continuous rate per year at which premiums are discounted to expiry; default 0, as venues do that margin in coin */
  readonly rate?: number;
}

/** Readers of `TreatmentOptions`. */
export const treatmentReaders = {
  missingVolatility: withDefault("error" as const, missingVolatility),
  rate: withDefault(0, (value: unknown, place: Place) => finiteNumber(value, place)),
};

function missingVolatility(value: unknown, place: Place): MissingVolatility {
  if (value === "error" || value === "mark") return value;
  const source = value as VolatilitySource | null;
  if (typeof source === "object" && typeof source?.key === "string" && typeof source.volatility === "function") {
    return source;
  }
  throw invalid(place, '"error", "mark" or a surface', value);
}

/** An option of a market with its sensitivities, per unit of underlying and in units of the settle asset. */
export interface OptionTerm extends OptionQuote {
  /** F ∂a/∂F, a the price in the settle asset */
  readonly slope: number;
  /** F² ∂²a/∂F² */
  readonly curvature: number;
}

/** The options of a market. Those that lack something are in `lacks` instead of `terms`. */
export interface MarketOptions {
  /** by instrument */
  readonly terms: ReadonlyMap<number, OptionTerm>;
  readonly lacks: ReadonlyMap<number, string>;
  readonly tables: OptionTables;
}

/** Moves of the forward and of the settle asset of options that share both, by scenario, with the end of each. */
export interface OptionMoves {
  readonly forward: Float64Array;
  readonly settle: Float64Array;
  readonly times: Float64Array;
}

/**
 * What beyond first order a treatment adds: P&L of options that move alike, per unit of quantity, f64[options][scenarios].
 * `book` names them in errors.
 */
export type Bend = (book: ResidentBook, terms: readonly OptionTerm[], rate: number, moves: OptionMoves) => Float64Array;

/** What takes the place of the measures of rows with options under normal moves: `OptionTreatment.normal`, told the options. */
export type NormalTail = (
  ...given: [...Parameters<OptionTreatment["normal"]>, terms: ReadonlyMap<number, OptionTerm>]
) => void;

/** A treatment of options from its name, its options and what it adds beyond first order. */
export function treatment(
  kind: OptionTreatment["kind"],
  options: { readonly missingVolatility: MissingVolatility; readonly rate: number },
  notes: readonly string[],
  bend: { readonly key: string; readonly pnl: Bend; readonly normal?: NormalTail } | null,
): OptionTreatment {
  const { missingVolatility: missing, rate } = options;
  const source = typeof missing === "string" ? missing : missing.key;
  const key = `${kind}(rate=${rate},missingVolatility=${source}${bend?.key ?? ""})`;
  const given = [
    ...notes,
    ...(rate === 0 ? [] : [`premiums of options are discounted at ${rate} a year`]),
    ...(missing === "error"
      ? []
      : [`volatilities that are not quoted are those of ${missing === "mark" ? "the marks" : missing.key}`]),
  ];
  const optionsOf = (market: ResidentMarket) =>
    market.derive(`price/options/${rate}/${source}`, () => marketOptions(market, missing, rate));
  return Object.freeze({
    kind,
    key,
    notes: Object.freeze(given),
    merge: merged,
    refusal: (packed, pool) => refused(packed, pool)?.what ?? "",
    tables: (market) => optionsOf(market).tables,
    lack: (market, instrument) => optionsOf(market).lacks.get(instrument) ?? null,
    bend: (book, factors, moves) =>
      bend === null ? null : bentBook(book, optionsOf(book.market), factors, moves, { key, rate, pnl: bend.pnl }),
    normal: (book, from, frame, moves) => bend?.normal?.(book, from, frame, moves, optionsOf(book.market).terms),
  } satisfies OptionTreatment);
}

/** Prices and sensitivities of all options of a market. Cost: some 150 ns each. */
function marketOptions(resident: ResidentMarket, missing: MissingVolatility, rate: number): MarketOptions {
  const { market, memory } = resident;
  const lacks = new Map<number, string>();
  const found: OptionQuote[] = [];
  for (const [i, { option }] of market.instruments.entries()) {
    if (option === null) continue;
    const quote = quoteOf({ memory, market }, i, missing);
    if (typeof quote === "string") lacks.set(i, quote);
    else found.push(quote);
  }
  const quotes = impliedByMarks(resident, found, rate, lacks);
  const terms = new Map<number, OptionTerm>();
  const marks = market.marks.slice();
  const slopes = new Float64Array(marks.length);
  const notionals = new Float64Array(marks.length).fill(Number.NaN);
  for (const i of lacks.keys()) marks[i] = Number.NaN;
  const greeks = optionGreekColumns({ memory }, columnsOf(quotes, rate));
  for (const [row, quote] of quotes.entries()) {
    const { instrument, forward, strike, inverse, multiplier, unit } = quote;
    const delta = greeks.delta[row] ?? Number.NaN;
    // V is homogeneous: V_F − V/F = −K V_K/F, without the cancellation.
    const slope = inverse ? -((greeks.strikeDelta[row] ?? Number.NaN) * strike) / forward : delta * forward;
    const bend = (greeks.gamma[row] ?? Number.NaN) * forward;
    const curvature = inverse ? bend - 2 * slope : bend * forward;
    if (!Number.isFinite(slope) || !Number.isFinite(curvature)) {
      lacks.set(instrument, `finite sensitivity of ${market.instruments[instrument]?.id}`);
      marks[instrument] = Number.NaN;
      continue;
    }
    terms.set(instrument, { ...quote, slope, curvature });
    slopes[instrument] = slope;
    notionals[instrument] = multiplier * Math.abs(delta) * forward * unit;
  }
  return { terms, lacks, tables: { marks, slopes, notionals } };
}

/** The quotes with the volatilities of their marks where they have none; those whose mark has none go to `lacks`. */
function impliedByMarks(
  { market, memory }: ResidentMarket,
  quotes: readonly OptionQuote[],
  rate: number,
  lacks: Map<number, string>,
): readonly OptionQuote[] {
  const open = quotes.filter(({ volatility }) => Number.isNaN(volatility));
  if (open.length === 0) return quotes;
  const { volatility: _, ...columns } = columnsOf(open, rate);
  const price = Float64Array.from(open, ({ inverse, mark, forward }) => (inverse ? mark * forward : mark));
  const implied = impliedVolatilities({ memory }, { ...columns, price });
  const solved = new Map<number, OptionQuote>();
  for (const [row, quote] of open.entries()) {
    const status = IMPLIED_STATUSES[implied.status[row] ?? -1];
    if (status === "ok") solved.set(quote.instrument, { ...quote, volatility: implied.volatility[row] ?? Number.NaN });
    else
      lacks.set(quote.instrument, `volatility of the mark of ${market.instruments[quote.instrument]?.id} (${status})`);
  }
  return quotes.flatMap((quote) => (Number.isNaN(quote.volatility) ? (solved.get(quote.instrument) ?? []) : quote));
}

/** Options as columns of the kernels, priced by their forwards. */
export function columnsOf(
  quotes: readonly Pick<OptionQuote, "call" | "forward" | "strike" | "years" | "volatility">[],
  rate: number,
): OptionColumns {
  const column = (name: "forward" | "strike" | "years" | "volatility") =>
    Float64Array.from(quotes, (quote) => quote[name]);
  return {
    type: Uint8Array.from(quotes, ({ call }) => (call ? 1 : 0)),
    forward: column("forward"),
    strike: column("strike"),
    years: column("years"),
    volatility: column("volatility"),
    rate,
  };
}

/** The options of a book beyond first order, as further factors whose moves are one option's P&L per unit of quantity. */
function bentBook(
  book: ResidentBook,
  { terms }: MarketOptions,
  factors: readonly number[],
  moves: { readonly at: number; readonly rows: number; readonly times: Float64Array },
  how: { readonly key: string; readonly rate: number; readonly pnl: Bend },
): OptionBend {
  const { memory, market: resident } = book;
  const { market } = resident;
  const { rows, times } = moves;
  const used = [...new Set(book.packed.positionInstrument)].filter((i) => terms.has(i)).sort((a, b) => a - b);
  const first = factors.length;
  const slotOf = new Map(used.map((instrument, k) => [instrument, first + k]));
  const at = resident.derive(`price/bend/${how.key}/${moves.at}/${rows}/${used.join()}`, (keep) => {
    const block = keep(8 * (first + used.length) * rows);
    memory.f64(block, first * rows).set(memory.f64(moves.at, first * rows));
    const slot = new Map(factors.map((factor, i) => [factor, i]));
    for (const group of alike(used)) {
      const known = group.flatMap((instrument) => terms.get(instrument) ?? []);
      const [{ instrument, settle } = { instrument: 0, settle: 0 }] = known;
      const forward = sum(market.instrumentFactors, instrument);
      const pnl = how.pnl(book, known, how.rate, { forward, settle: sum(market.assetFactors, settle), times });
      for (const [k, one] of group.entries()) {
        const to = block + 8 * (slotOf.get(one) ?? 0) * rows;
        memory.f64(to, rows).set(pnl.subarray(k * rows, (k + 1) * rows));
      }
    }
    return block;

    /** Options by what their forwards move with and what they settle in. */
    function alike(instruments: readonly number[]): Iterable<readonly number[]> {
      const { start, factor, coefficient } = market.instrumentFactors;
      const groups = new Map<string, number[]>();
      for (const i of instruments) {
        const [from, to] = [start[i], start[i + 1]];
        const row = `${factor.subarray(from, to)}/${coefficient.subarray(from, to)}/${terms.get(i)?.settle}`;
        const group = groups.get(row);
        if (group === undefined) groups.set(row, [i]);
        else group.push(i);
      }
      return groups.values();
    }

    /** Moves of something made of factors: what of them is known, as to first order. */
    function sum({ start, factor, coefficient }: typeof market.assetFactors, row: number): Float64Array {
      const total = new Float64Array(rows);
      for (let e = start[row] ?? 0; e < (start[row + 1] ?? 0); e++) {
        const from = slot.get(factor[e] ?? -1);
        if (from === undefined) continue;
        const weight = coefficient[e] ?? 0;
        const known = memory.f64(moves.at + 8 * from * rows, rows);
        for (let t = 0; t < rows; t++) total[t] = (total[t] ?? 0) + weight * (known[t] ?? 0);
      }
      return total;
    }
  });
  return {
    at,
    names: used.map((instrument) => `${market.instruments[instrument]?.id} beyond first order`),
    entries: (of, frame, from) => withOptions(of, frame, from, slotOf),
  };
}

/** The entries of a frame's rows, each followed by the option positions of its pool. */
function withOptions(
  { memory, packed }: ResidentBook,
  frame: { readonly rows: number; readonly start: number; readonly slot: number; readonly value: number },
  from: number,
  slotOf: ReadonlyMap<number, number>,
): { readonly start: number; readonly slot: number; readonly value: number } {
  const { rows } = frame;
  const starts = memory.u32(frame.start, rows + 1);
  const entries = starts[rows] ?? 0;
  const slots = memory.u32(frame.slot, entries);
  const values = memory.f64(frame.value, entries);
  const start = new Uint32Array(rows + 1);
  const slot: number[] = [];
  const value: number[] = [];
  for (let r = 0; r < rows; r++) {
    for (let e = starts[r] ?? 0; e < (starts[r + 1] ?? 0); e++) {
      slot.push(slots[e] ?? 0);
      value.push(values[e] ?? 0);
    }
    for (let k = packed.positionStart[from + r] ?? 0; k < (packed.positionStart[from + r + 1] ?? 0); k++) {
      const own = slotOf.get(packed.positionInstrument[k] ?? -1);
      const quantity = packed.positionQuantity[k] ?? 0;
      if (own === undefined || quantity === 0) continue;
      slot.push(own);
      value.push(quantity);
    }
    start[r + 1] = slot.length;
  }
  return {
    start: memory.copy(start),
    slot: memory.copy(Uint32Array.from(slot)),
    value: memory.copy(Float64Array.from(value)),
  };
}
