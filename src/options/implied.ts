import type { Owner } from "../memory.js";
import { type Column, type OptionType, packOptions, rowOf, type Terms } from "./columns.js";

/** One European option and what it costs. */
export interface Quote extends Terms<number> {
  readonly type: OptionType;
  /** in the currency of the strike; a coin price times the forward */
  readonly price: number;
}

/** European options and what they cost, in columns of equal length. */
export interface QuoteColumns extends Terms<Column> {
  /** one for all, or one each: 1 for a call and 0 for a put */
  readonly type: OptionType | Uint8Array;
  readonly price: Column;
}

/**
 * What the price of an option says of its volatility.
 * `ok`: one volatility, finite and above 0. `atIntrinsic`: the discounted intrinsic value, at any volatility too small to show; 0.
 * `atUpperBound`: the discounted underlying of a call or strike of a put, approached by ever more volatility; Infinity.
 * `belowIntrinsic`, `aboveUpperBound`: beyond them, an arbitrage: none. `expired`: no time is left, none. `noConvergence`: none was found.
 */
export const IMPLIED_STATUSES = [
  "ok",
  "atIntrinsic",
  "atUpperBound",
  "belowIntrinsic",
  "aboveUpperBound",
  "expired",
  "noConvergence",
] as const;
export type ImpliedStatus = (typeof IMPLIED_STATUSES)[number];

export interface ImpliedVolatility {
  /** which kernel made the number */
  readonly kernel: "price";
  readonly status: ImpliedStatus;
  /** per year; null where the status says that there is none */
  readonly volatility: number | null;
}

export interface ImpliedVolatilityColumns {
  readonly kernel: "price";
  /** u8: places in `IMPLIED_STATUSES` */
  readonly status: Uint8Array;
  /** per year; 0 where the status says that there is none */
  readonly volatility: Float64Array;
}

/**
 * The volatility at which an option has its price, to the last digits that the price determines.
 *
 * The relative error is a few ε (1 + price ÷ (σ vega)), for a price down to the smallest number and up to the bound.
 *
 * @throws InvalidInputError   a number that is missing, not finite or out of range; a price may be any finite number
 * @see METHODS.md#implied-volatility
 */
export function impliedVolatility(engine: Owner, quote: Quote): ImpliedVolatility {
  const { kernel, call, row } = rowOf(engine, quote, "price");
  const found = kernel.impliedVolatility(call, ...row);
  const status = IMPLIED_STATUSES[kernel.impliedStatus(found)] ?? "noConvergence";
  return { kernel: "price", status, volatility: found < 0 ? null : found };
}

/**
 * `impliedVolatility` of many options in columns; a column may be one number for all.
 *
 * @throws InvalidInputError   columns of different lengths, or a number that is missing, not finite or out of range
 * Cost: some 400 ns an option.
 */
export function impliedVolatilities({ memory }: Owner, quotes: QuoteColumns): ImpliedVolatilityColumns {
  return memory.scope(() => {
    const { kernel, count, columns, calls, fault } = packOptions(memory, quotes, "price");
    const out = memory.reserveF64(count);
    const statuses = memory.reserve(count);
    const wrong = kernel.impliedVolatilities(count, columns, calls, out, statuses);
    if (wrong > 0) throw fault(wrong);
    const volatility = memory.f64(out, count).slice();
    return { kernel: "price", status: memory.u8(statuses, count).slice(), volatility };
  });
}
