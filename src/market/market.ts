/**
 * The market: facts about assets and instruments, in the order of the document. Amounts of money are in the numeraire.
 * A price is never part of a rule, and a haircut never part of a market.
 */

/** Which observation of a price. A rule says which it reads; a kind that is not quoted falls back to `index`, counted. */
export type PriceKind = "index" | "bid" | "ask" | "twap" | "ema";
export const PRICE_KINDS: readonly PriceKind[] = ["index", "bid", "ask", "twap", "ema"];

/** Something that can be held. `is` names the asset that a token instance stands for. */
export interface Asset {
  readonly id: string;
  readonly is: string | null;
  readonly domain: string | null;
  readonly decimals: number | null;
  readonly peg: { readonly to: string; readonly ratio: number } | null;
}

export type Payoff = "linear" | "inverse";

/** Something that can be traded. Indices are into `Market.assets`. */
export interface Instrument {
  readonly id: string;
  /** `spot`: one asset for another; orders may be in it, positions not */
  readonly kind: "perpetual" | "future" | "option" | "spot";
  readonly payoff: Payoff;
  readonly underlying: number;
  readonly quote: number;
  readonly settle: number;
  readonly multiplier: number;
  /** ms since 1970, null where there is none: a perpetual, spot */
  readonly expiry: number | null;
  readonly option: { readonly strike: number; readonly right: "call" | "put"; readonly exercise: string } | null;
}

/** Rows of (factor, coefficient) pairs: row r is entries start[r] .. start[r+1]. */
export interface SparseRows {
  readonly start: Uint32Array;
  readonly factor: Uint32Array;
  readonly coefficient: Float64Array;
}

export interface Market {
  /** valuation time, ms since 1970; there is no other clock */
  readonly asOf: number;
  readonly numeraire: string;
  readonly assets: readonly Asset[];
  readonly instruments: readonly Instrument[];
  /** what moves; by default one per asset with a price, under the asset's id */
  readonly factors: readonly string[];
  /** per kind f64[assets], numeraire per unit; NaN where that kind is not quoted (index NaN: the asset has no price) */
  readonly prices: Readonly<Record<PriceKind, Float64Array>>;
  /** f64[assets]: time of the oldest price on the way to the numeraire, ms; NaN where there is none */
  readonly priceTimes: Float64Array;
  /** f64[assets]: confidence band of the price as a fraction; 0 where none is stated */
  readonly confidence: Float64Array;
  /** what a venue says of an asset or instrument besides prices, by id and name: `stable`, `deposits`, `openInterest` … */
  readonly states: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** f64[instruments], in the quote asset per unit of underlying; NaN where there is none. That of an option may be 0 */
  readonly marks: Float64Array;
  readonly markTimes: Float64Array;
  /** f64[instruments]: funding rate per interval as stated; NaN where there is none */
  readonly fundingRates: Float64Array;
  /** f64[instruments]: implied volatility of an option, per year; NaN where there is none */
  readonly impliedVols: Float64Array;
  /** i32[instruments]: which one is the forward of an option, −1 where none is: then the index of the underlying is */
  readonly forwards: Int32Array;
  /** the factors that an asset's price is made of: relative move of the price = sum of coefficient × relative move */
  readonly assetFactors: SparseRows;
  /** the same for the mark of an instrument, or the forward of an option; by default the factors of its underlying */
  readonly instrumentFactors: SparseRows;
  /** what the document says of its price history, if anything */
  readonly history: { readonly file: string | null; readonly in: string; readonly interval: number } | null;
  /** position of an asset or instrument by id, −1 where unknown */
  assetIndex(id: string): number;
  instrumentIndex(id: string): number;
  factorIndex(id: string): number;
  /** the document that the market was parsed from, for the decimals of its prices that an f64 does not hold */
  readonly source: unknown;
  /** 64-bit hash of everything above but `source`, hexadecimal */
  readonly hash: string;
}

/**
 * Price history: closes of columns at regular times. `columns` are factor names (an asset id, or a ratio such as
 * `wstETH/ETH`). A bar that is absent for all columns is simply not there: times then jump by more than the interval, and
 * no return is taken over the jump.
 */
export interface History {
  /** f64[rows], ms since 1970, strictly increasing */
  readonly times: Float64Array;
  /** length of a bar in ms */
  readonly interval: number;
  readonly columns: readonly string[];
  /** f64[columns * rows], column-major: column c is closes[c*rows .. (c+1)*rows]; NaN where missing */
  readonly closes: Float64Array;
  /** what the closes are in */
  readonly in: string;
  readonly hash: string;
}
