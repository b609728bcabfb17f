import { duration, finiteNumber, oneOf, type Place, record, required, withDefault } from "../checks.js";
import { describe, exposures, usedFactors, values } from "../book/exposures.js";
import { linesOf } from "../book/lines.js";
import { Feature, type FeatureName } from "../book/packed.js";
import { ResidentBook } from "../book/resident.js";
import { payoffCode } from "../book/descriptors.js";
import type { OptionBend, OptionTreatment } from "../book/option-treatment.js";
import type { GapRule } from "../covariance/returns.js";
import { InsufficientDataError, InvalidInputError, type RiskError, UnsupportedError } from "../errors.js";
import type { History, Market } from "../market/market.js";
import type { LineMatrix } from "./decomposition.js";
import { type MarginResult, type Run, STATUSES, type Status } from "./model.js";
import { outputOf } from "./output.js";

/** What the models that turn first-order exposures into a VaR and an ES have in common. */
export interface FactorRiskOptions {
  /** 0.99 means the 1 % tail */
  readonly confidence?: number;
  /** ISO 8601 duration, a whole number of the history's bars */
  readonly holdingPeriod?: string;
  /** what a missing price does to the observations: an error, or the observation is left out, for all factors, counted */
  readonly gaps?: "reject" | "dropRows";
  /** which of the two the requirement is made of */
  readonly measure?: "valueAtRisk" | "expectedShortfall";
  /** requirement = measure × factor; initial ≥ maintenance ≥ 0 */
  readonly factors?: { readonly initial: number; readonly maintenance: number };
  /** exposures to factors without history: the pools fail, or the exposures are left out and named in the result */
  readonly missing?: "error" | "drop";
  /** how options are taken, by a function of `margrave/options`; by default pools that hold any are refused */
  readonly options?: OptionTreatment | null;
  /** what pools may contain although the model does not compute it */
  readonly ignores?: readonly FeatureName[];
}

export interface FactorRiskResult extends MarginResult {
  /** loss at the confidence, numeraire; not floored */
  readonly valueAtRisk: Float64Array;
  /** mean loss of the tail, numeraire; not floored */
  readonly expectedShortfall: Float64Array;
  /** factors whose exposures were left out (`missing: "drop"`) or failed pools */
  readonly missingFactors: readonly string[];
  /** observations that the numbers rest on */
  readonly observations: number;
  /** observations left out because a price was missing (`gaps: "dropRows"`) */
  readonly droppedRows: number;
}

/** The options of both models that mean the same, as readers for `checkOptions`. */
export const factorRiskReaders = {
  confidence: withDefault(0.99, (value: unknown, place: Place) => finiteNumber(value, place, { above: 0, below: 1 })),
  holdingPeriod: withDefault("P1D", (value: unknown, place: Place) => {
    duration(value, place);
    return String(value);
  }),
  gaps: withDefault("reject" as const, oneOf(["reject", "dropRows"] as const)),
  measure: withDefault("valueAtRisk" as const, oneOf(["valueAtRisk", "expectedShortfall"] as const)),
  factors: withDefault({ initial: 1, maintenance: 1 }, levelFactors),
  missing: withDefault("error" as const, oneOf(["error", "drop"] as const)),
  ignores: withDefault([] as readonly FeatureName[], featureNames),
};

function levelFactors(value: unknown, place: Place): { readonly initial: number; readonly maintenance: number } {
  const fields = record(value, place, ["initial", "maintenance"]);
  const maintenance = required(fields, "maintenance", place, (v, p) => finiteNumber(v, p, { min: 0 }));
  const initial = required(fields, "initial", place, (v, p) => finiteNumber(v, p, { min: maintenance }));
  return { initial, maintenance };
}

function featureNames(value: unknown, place: Place): readonly FeatureName[] {
  if (!Array.isArray(value)) throw new InvalidInputError(String(place), "an array of feature names", value);
  const read = oneOf(Object.keys(Feature) as FeatureName[]);
  return value.map((name, i) => read(name, { parent: place, key: i }));
}

/** Whole number of bars in a duration. */
export function barsOf(holdingPeriod: string, interval: number, model: string): number {
  const bars = duration(holdingPeriod, `${model}.holdingPeriod`) / interval;
  if (!Number.isInteger(bars)) {
    const expected = `a whole number of the history's bars of ${interval / 1000} seconds`;
    throw new InvalidInputError(`${model}.holdingPeriod`, expected, holdingPeriod);
  }
  return bars;
}

/** A note of every model that multiplies exposures by moves. */
export const FIRST_ORDER = "P&L is taken as linear in the relative moves of the factors";

/** What a result has to say of the history it rests on: its currency, what was dropped and where time jumps. */
export function historyNotes(
  { note, dropped, jumps }: { readonly note: string | null; readonly dropped: number; readonly jumps: number },
  unit: "moves" | "returns",
): readonly string[] {
  const notes = note === null ? [] : [note];
  if (dropped > 0) notes.push(`${dropped} ${unit} were dropped: a price was missing`);
  if (jumps > 0) notes.push(`no return is taken over the ${jumps} jumps in the history's times`);
  return notes;
}

/** What a result has to say of exposures that were left out on request, because there is no history of their factors. */
export function missingNotes({ missing }: Frame, options: { readonly missing: "error" | "drop" }): readonly string[] {
  if (options.missing !== "drop" || missing.length === 0) return [];
  return [`exposures to ${missing.join(", ")} are left out: there is no history of them`];
}

/** The factors that the book moves with and the source knows, with the row that each has in what is estimated of them. */
export interface Universe {
  /** indices into market.factors, ascending; factor i has slot i */
  readonly factors: readonly number[];
  readonly names: readonly string[];
  /** of options beyond first order: further slots, whose names are the last ones */
  readonly bend?: OptionBend;
}

/**
 * The book's factors that have observations. In a book packed to collect its faults, a factor whose closes have a gap that
 * `gaps: "reject"` would refuse has none: only the pools that hold it fail. O(factors), plus the closes in that case.
 *
 * @param known  names that are known beforehand, with a covariance the caller brings; null: the columns of the history
 */
export function universeOf(
  book: ResidentBook,
  known: readonly string[] | null,
  options: ReturnWindow & { readonly gaps: GapRule },
): Universe {
  const { market, history } = book.market;
  const whole = options.gaps === "reject" && book.packed.onInvalid === "collect";
  const oldest = history === null || !whole ? 0 : oldestBar(history, options);
  const has = (name: string) => {
    if (known !== null) return known.includes(name);
    const column = history?.columns.indexOf(name) ?? -1;
    if (history === null || column < 0) return false;
    if (!whole) return true;
    const rows = history.times.length;
    return !history.closes.subarray(column * rows + oldest, (column + 1) * rows).some(Number.isNaN);
  };
  const factors = usedFactors(book).filter((factor) => has(market.factors[factor] ?? ""));
  return { factors, names: factors.map((factor) => market.factors[factor] ?? "") };
}

/** Which returns a model looks at. */
export interface ReturnWindow {
  readonly bars: number;
  readonly overlapping: boolean;
  readonly lookback: number | null;
}

/** First bar of the oldest return in the window, 0 where there are not enough. Returns end where no bar is absent. */
function oldestBar({ times, interval }: History, { bars, overlapping, lookback }: ReturnWindow): number {
  if (lookback === null) return 0;
  let found = 0;
  for (let t = times.length - 1; t >= bars; ) {
    if ((times[t] ?? 0) - (times[t - bars] ?? 0) > bars * interval) {
      t--;
      continue;
    }
    found++;
    if (found === lookback) return t - bars;
    t -= overlapping ? 1 : bars;
  }
  return 0;
}

/** A pool that holds what the model does not compute. */
interface Refusal {
  readonly pool: number;
  readonly path: string;
  readonly what: string;
  readonly remedy: string;
}

/** Slot of a factor without observations. */
const ABSENT = 0xffffffff;

/** Why each pool of the book is refused, before any number is looked at; sparse. O(positions), once per book. */
function refusals(book: ResidentBook, ignores: readonly FeatureName[]): readonly Refusal[] {
  return book.derive(`refusals/${[...ignores].sort().join()}`, () => {
    const { packed } = book;
    const names = (Object.keys(Feature) as FeatureName[]).filter((name) => !ignores.includes(name));
    const mask = names.reduce((bits, name) => bits | Feature[name], 0);
    const odd = oddInstruments(packed.market);
    const found: Refusal[] = [];
    for (let pool = 0; pool < packed.poolCount; pool++) {
      const bits = (packed.features[pool] ?? 0) & mask;
      const name = bits === 0 ? undefined : names.find((candidate) => bits & Feature[candidate]);
      if (name !== undefined) {
        const remedy = `Leave them out, or list "${name}" in the model's \`ignores\``;
        const what = book.options?.refusal(packed, pool) ?? `this model does not compute ${name}`;
        found.push({ pool, path: packed.featurePath(pool, name), what, remedy });
      } else if (odd.size > 0) {
        for (let n = packed.positionStart[pool] ?? 0; n < (packed.positionStart[pool + 1] ?? 0); n++) {
          const id = odd.get(packed.positionInstrument[n] ?? 0);
          if (id === undefined) continue;
          const what = `${id} is not a linear or inverse contract that settles as such`;
          const path = `${packed.pool(pool).path} position ${packed.positionId(n)}`;
          found.push({ pool, path, what, remedy: "" });
          break;
        }
      }
    }
    return found;
  });
}

/** Linear instruments that settle in another asset than their quote: no kernel values them. */
function oddInstruments(market: Market): ReadonlyMap<number, string> {
  const odd = new Map<number, string>();
  market.instruments.forEach((instrument, i) => {
    if (instrument.option === null && payoffCode(instrument) === "other") odd.set(i, instrument.id);
  });
  return odd;
}

/** One evaluation in scratch: exposures in slots of a universe, values, and the columns of the result. */
export interface Frame {
  readonly rows: number;
  /** u32[rows + 1], u32 and f64 of the entries */
  readonly start: number;
  readonly slot: number;
  readonly value: number;
  readonly values: { readonly assets: number; readonly liabilities: number; readonly equity: number };
  /** see `riskColumns` in assembly/models/factor-exposures.ts */
  readonly columns: number;
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
  readonly deviation: number;
  /** factors without observations that some pool has an exposure to */
  readonly missing: readonly string[];
}

/**
 * Exposures and values of the rows from .. to. Everything resident must exist by now: this reserves scratch.
 *
 * @throws UnsupportedError       a pool holds what the model does not compute, and the book was packed to throw
 * @throws InsufficientDataError  likewise a missing price, or an exposure to a factor without history that is not dropped
 */
export function frameOf(
  book: ResidentBook,
  universe: Universe,
  options: { readonly missing: "error" | "drop"; readonly ignores: readonly FeatureName[] },
  from: number,
  to: number,
): Frame {
  const { memory, packed } = book;
  const { kernel } = memory;
  const { factors } = book.market.market;
  const rows = to - from;
  const refused = refusals(book, options.ignores).filter(({ pool }) => pool >= from && pool < to);
  const first = refused[0];
  if (first !== undefined && packed.onInvalid === "throw") {
    throw new UnsupportedError(first.path, first.what, first.remedy);
  }
  const columns = memory.reserve(kernel.riskColumnBytes(rows));
  const status = columns + 80 * rows + 4 * STATUSES.length;
  const slots = memory.reserve(4 * factors.length);
  const missingAt = memory.reserve(factors.length);
  const { start, factor, value } = exposures(book, from, to);
  const worth = values(book, from, to);
  const table = memory.u32(slots, factors.length).fill(ABSENT);
  universe.factors.forEach((market, slot) => {
    table[market] = slot;
  });
  memory.u8(missingAt, factors.length).fill(0);
  const states = memory.u8(status, rows).fill(0);
  for (const { pool } of refused) states[pool - from] = STATUSES.indexOf("unsupported");
  const drop = options.missing === "drop" ? 1 : 0;
  kernel.mapExposures(rows, start, factor, value, worth.equity, slots, drop, status, missingAt);
  const flags = memory.u8(missingAt, factors.length);
  const missing = factors.filter((_, i) => flags[i] === 1);
  if (packed.onInvalid === "throw") {
    const lacking = memory.u8(status, rows).indexOf(STATUSES.indexOf("insufficientData"));
    if (lacking >= 0) throw insufficient(book, missing, memory.u8(status, rows), from);
  }
  const entries = universe.bend?.entries(book, { rows, start, slot: factor, value }, from);
  const column = (index: number) => columns + 8 * rows * index;
  const risk = { valueAtRisk: column(7), expectedShortfall: column(8), deviation: column(9) };
  return { rows, start, slot: factor, value, ...entries, values: worth, columns, ...risk, missing };
}

/** The error that names what the first pools without a number lack: a price, or closes of a factor. */
function insufficient(book: ResidentBook, missing: readonly string[], status: Uint8Array, from: number): RiskError {
  const { packed } = book;
  const pools = [...status.keys()].filter((row) => STATUSES[status[row] ?? 0] === "insufficientData");
  for (const row of pools) {
    const what = unpriced(book, from + row);
    if (what !== null) return new InsufficientDataError(packed.pool(from + row).path, 1, 0, what);
  }
  const named = pools.slice(0, 5).map((row) => packed.pool(from + row).id);
  const more = pools.length > named.length ? ` and ${pools.length - named.length} more` : "";
  return new InsufficientDataError(
    "history",
    1,
    0,
    `column of closes for each of ${missing.join(", ")}, which pools ${named.join(", ")}${more} move with`,
    'Name a proxy in the market\'s exposures, or pass missing: "drop" to leave these exposures out',
  );
}

/** What a pool holds without a price, in words; null where everything has one. */
function unpriced(resident: ResidentBook, pool: number): string | null {
  const {
    packed,
    market: { market },
  } = resident;
  const noPrice = (asset: number) => Number.isNaN(market.prices.index[asset] ?? Number.NaN);
  const named = (asset: number) => `prices of ${market.assets[asset]?.id ?? asset}`;
  for (const asset of packed.holdingAsset.subarray(packed.holdingStart[pool], packed.holdingStart[pool + 1])) {
    if (noPrice(asset)) return named(asset);
  }
  for (const i of packed.positionInstrument.subarray(packed.positionStart[pool], packed.positionStart[pool + 1])) {
    const instrument = market.instruments[i];
    if (instrument === undefined) continue;
    if (instrument.option !== null) {
      const lack = resident.options?.lack(resident.market, i);
      if (lack) return lack;
      continue;
    }
    if (Number.isNaN(market.marks[i] ?? Number.NaN)) return `marks of ${instrument.id}`;
    const asset = [instrument.quote, instrument.settle].find(noPrice);
    if (asset !== undefined) return named(asset);
  }
  return null;
}

/** Fill and read out the columns of a result, once VaR, ES and deviation stand in the frame. One copy; columns are views. */
export function riskResult(
  run: Run,
  model: string,
  frame: Frame,
  options: {
    readonly measure: "valueAtRisk" | "expectedShortfall";
    readonly factors: { readonly initial: number; readonly maintenance: number };
  },
) {
  const { rows, columns, values: worth } = frame;
  const { initial, maintenance } = options.factors;
  const tailMean = options.measure === "expectedShortfall" ? 1 : 0;
  const { kernel } = run.memory;
  kernel.riskColumns(rows, columns, tailMean, worth.assets, worth.liabilities, worth.equity, initial, maintenance);
  const output = outputOf(run, model, columns, kernel.riskColumnBytes(rows));
  const column = (index: number) => output.f64(8 * rows * index, rows);
  const counts = output.u32(80 * rows, STATUSES.length);
  return {
    equity: column(0),
    eligible: { initial: column(1), maintenance: column(1) },
    requirement: { initial: column(2), maintenance: column(3) },
    excess: { initial: column(4), maintenance: column(5) },
    healthFactor: column(6),
    valueAtRisk: column(7),
    expectedShortfall: column(8),
    deviation: column(9),
    status: output.u8(80 * rows + 4 * STATUSES.length, rows),
    statuses: Object.fromEntries(STATUSES.map((name, i) => [name, counts[i] ?? 0])) as Record<Status, number>,
  };
}

/** One pool taken apart: exposures of its lines to the factors it moves with, and their values. */
export interface PoolExposures {
  readonly names: readonly string[];
  /** slots of the universe that the pool touches, in the order of first touch */
  readonly slots: readonly number[];
  readonly factorNames: readonly string[];
  /** per line and factor */
  readonly matrix: LineMatrix;
  /** f64[lines], numeraire at index */
  readonly value: Float64Array;
  readonly missing: readonly string[];
}

/** Lines of one pool with their exposures. Call before scratch is reserved. Errors are those of `frameOf`, always thrown. */
export function poolExposures(
  book: ResidentBook,
  universe: Universe,
  options: { readonly missing: "error" | "drop"; readonly ignores: readonly FeatureName[] },
  pool: number,
): PoolExposures {
  const { memory } = book;
  const refused = refusals(book, options.ignores).find((refusal) => refusal.pool === pool);
  if (refused !== undefined) throw new UnsupportedError(refused.path, refused.what, refused.remedy);
  const { book: packed, names } = linesOf(book.packed, pool);
  const lines = new ResidentBook(book.market, packed, book.options);
  try {
    describe(lines);
    usedFactors(lines);
    return memory.scope(() => {
      const frame = frameOf(lines, universe, options, 0, names.length);
      const start = memory.u32(frame.start, frame.rows + 1).slice();
      const entries = start[frame.rows] ?? 0;
      const slot = memory.u32(frame.slot, entries);
      const exposure = memory.f64(frame.value, entries);
      const slots = [...new Set(slot)];
      const column = new Map(slots.map((s, i) => [s, i]));
      const matrix = new Float64Array(frame.rows * slots.length);
      for (let l = 0; l < frame.rows; l++) {
        for (let e = start[l] ?? 0; e < (start[l + 1] ?? 0); e++) {
          matrix[l * slots.length + (column.get(slot[e] ?? 0) ?? 0)] = exposure[e] ?? 0;
        }
      }
      return {
        names,
        slots,
        factorNames: slots.map((s) => universe.names[s] ?? ""),
        matrix: { lines: frame.rows, factors: slots.length, values: matrix },
        value: memory.f64(frame.values.equity, frame.rows).slice(),
        missing: frame.missing,
      };
    });
  } finally {
    lines.dispose();
  }
}
