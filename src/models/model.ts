import type { OptionTreatment } from "../book/option-treatment.js";
import type { ResidentBook } from "../book/resident.js";
import type { Memory } from "../memory.js";

/** Why a row holds or does not hold a number. Rows other than `ok` and `stalePrice` hold no number: see `Levels`. */
export const STATUSES = ["ok", "stalePrice", "unsupported", "insufficientData"] as const;
export type Status = (typeof STATUSES)[number];

/**
 * One column per margin level, f64[pools]. `initial` is null where the rule has no such level. In a row that could not be
 * computed a requirement, VaR or ES is +Infinity and everything that could back it 0: a reader that overlooks the status
 * refuses the pool rather than trusts it.
 */
export interface Levels {
  readonly initial: Float64Array | null;
  readonly maintenance: Float64Array;
}

export interface MarginMeta {
  readonly version: string;
  readonly kernel: { readonly hash: string; readonly build: string };
  readonly model: string;
  /** the model's parameters as given, after defaults */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly rules: readonly { readonly id: string; readonly hash: string }[];
  readonly market: string;
  readonly book: string;
  readonly statuses: Readonly<Record<Status, number>>;
  /** what was assumed or left out on request, each a sentence */
  readonly notes: readonly string[];
  /** milliseconds */
  readonly time: { readonly prepare: number; readonly compute: number };
}

/** What every model returns: columns over the pools `from` .. `to` of the book. */
export interface MarginResult {
  readonly from: number;
  readonly to: number;
  /** assets − liabilities at index prices, unweighted */
  readonly equity: Float64Array;
  /** value that may back the requirement */
  readonly eligible: Levels;
  /** ≥ 0 */
  readonly requirement: Levels;
  /** eligible − requirement */
  readonly excess: Levels;
  /** weighted assets ÷ (weighted liabilities + requirement) at maintenance; +Infinity where the denominator is 0 */
  readonly healthFactor: Float64Array;
  /** u8[pools]: index into STATUSES */
  readonly status: Uint8Array;
  readonly meta: MarginMeta;
}

/** What a model gets to work with. */
export interface Run {
  readonly memory: Memory;
  readonly from: number;
  readonly to: number;
  /** a result of an earlier call that the caller gives up: a model may overwrite its arrays instead of making new ones */
  readonly into?: MarginResult | undefined;
  /** columns are to be views of linear memory, which the next call into the engine overwrites */
  readonly live?: boolean | undefined;
  /** fields of `meta` that the engine knows */
  readonly meta: Pick<MarginMeta, "version" | "kernel" | "market" | "book">;
}

/** One term of an explained number. */
export interface Term {
  /** e.g. `balance BTC`, `position p1`, `requirement hyperliquid:BTC-PERP` */
  readonly name: string;
  readonly initial: number | null;
  readonly maintenance: number;
  /** how it came about: quantity, price, weight and so on, in reading order */
  readonly workings: Readonly<Record<string, number | string>>;
  /**
   * Risk group, under composed rules: the asset of a holding, the underlying of a position, each by the asset it `is`. Absent
   * where a term belongs to no one group: what a rule makes of others together
   */
  readonly group?: string;
}

/** One term of a pool's equity. */
export interface EquityTerm extends Pick<Term, "name" | "workings" | "group"> {
  readonly value: number;
}

/** The terms of each number of one pool; terms of a number sum to it. */
export interface Explanation {
  readonly pool: string;
  readonly eligible: readonly Term[];
  readonly requirement: readonly Term[];
  readonly equity: readonly EquityTerm[];
}

/**
 * A margin model is a value: `engine.margin(book, historical({ confidence: 0.99 }))`. A user may write one; there is no
 * registry. `evaluate` runs inside a memory scope and must fill every row of from .. to.
 */
export interface MarginModel<R extends MarginResult = MarginResult> {
  readonly name: string;
  /** how the model takes options, null where it takes none: for what takes a book apart before the model sees it */
  readonly treatment?: OptionTreatment | null;
  evaluate(book: ResidentBook, run: Run): R;
  /** terms of one pool; a model without attribution may leave it out */
  explain?(book: ResidentBook, pool: number, run: Run): Explanation;
}
