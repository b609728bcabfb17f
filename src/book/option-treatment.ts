import { invalid, type Place } from "../checks.js";
import type { FeatureName, PackedBook } from "./packed.js";
import type { ResidentBook, ResidentMarket } from "./resident.js";

/** What the prices of a market make of its options: one entry per instrument, of which those of options are read. */
export interface OptionTables {
  /** in the settle asset; NaN where the option lacks something */
  readonly marks: Float64Array;
  /** change of the mark per unit relative move of the forward, to first order */
  readonly slopes: Float64Array;
  /** what a collateral rule's rate is taken of, per unit of |quantity|, numeraire */
  readonly notionals: Float64Array;
}

/** P&L of options beyond first order, as further factors: their moves, and what each row of a frame holds of them. */
export interface OptionBend {
  /** f64[factors of the universe + names][scenarios]: the universe's moves, then one option's P&L per unit after another's */
  readonly at: number;
  readonly names: readonly string[];
  /** the entries of a frame's rows with those of their options, in scratch */
  entries(
    book: ResidentBook,
    frame: { readonly rows: number; readonly start: number; readonly slot: number; readonly value: number },
    from: number,
  ): { readonly start: number; readonly slot: number; readonly value: number };
}

/** Where a frame of pools keeps its measures, f64[rows] each, and its entries: what a treatment may put others in place of. */
export interface OptionFrame {
  readonly rows: number;
  readonly start: number;
  readonly slot: number;
  readonly value: number;
  readonly deviation: number;
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
}

/** Normal moves of factors, of which slot i of a frame is factors[i]. */
export interface NormalMoves {
  readonly factors: readonly number[];
  /** address of f64[factors²]: their covariance over one bar */
  readonly covariance: number;
  readonly bars: number;
  readonly confidence: number;
}

/**
 * How a model takes options: what `delta`, `deltaGamma` and `revaluation` of `margrave/options` make. A model without one
 * refuses the pools that hold options, unless it is told to ignore them.
 */
export interface OptionTreatment {
  readonly kind: "delta" | "deltaGamma" | "revaluation";
  /** its name with everything it was made with */
  readonly key: string;
  readonly notes: readonly string[];
  /** The book with its options among its positions, at an entry of 0; a pool that has one it cannot take keeps them apart. */
  merge(packed: PackedBook): PackedBook;
  /** Why a pool that was left out of `merge` was. */
  refusal(packed: PackedBook, pool: number): string;
  tables(market: ResidentMarket): OptionTables;
  /** What an option lacks to be computed, as what is needed one of; null where nothing. */
  lack(market: ResidentMarket, instrument: number): string | null;
  /** P&L beyond first order under moves of the factors; null where the treatment has none. */
  bend(
    book: ResidentBook,
    factors: readonly number[],
    moves: { readonly at: number; readonly rows: number; readonly times: Float64Array },
  ): OptionBend | null;
  /** Measures of the rows with options beyond first order, under normal moves, in place of those of first order. */
  normal(book: ResidentBook, from: number, frame: OptionFrame, moves: NormalMoves): void;
}

/** A reader of a treatment of options, one of `kinds`; null where none is given. */
export function treatmentOf(kinds: readonly OptionTreatment["kind"][]) {
  return (value: unknown, place: Place): OptionTreatment | null => {
    if (value === undefined || value === null) return null;
    const treatment = value as OptionTreatment;
    if (kinds.includes(treatment.kind)) return treatment;
    throw invalid(place, `what ${kinds.join(" or ")} of margrave/options makes`, value);
  };
}

/** Options are treated or ignored: to ask for both is a contradiction. */
export function checkChoice(treatment: OptionTreatment | null, ignores: readonly FeatureName[], model: string): void {
  if (treatment === null || !ignores.includes("options")) return;
  throw invalid(`${model}.options`, "absent where options are ignored", treatment.key);
}
