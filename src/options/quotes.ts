import type { Instrument, Market } from "../market/market.js";
import type { Owner } from "../memory.js";
import { YEAR } from "../time.js";

/** Implied volatility where a market quotes none, asked at an option's own forward: what `surfaceSource` makes, or your own. */
export interface VolatilitySource {
  /** names it, with everything that it was made with: two of one key are taken to be one */
  readonly key: string;
  /** per year; NaN where the source has none */
  volatility(
    owner: Owner,
    query: {
      readonly underlying: string;
      readonly forward: number;
      readonly strike: number;
      /** to expiry, ACT/365 */
      readonly years: number;
    },
  ): number;
}

/** Where the volatility of an option without a quote of one comes from: from nowhere, its own mark, or a surface. */
export type MissingVolatility = "error" | "mark" | VolatilitySource;

/** An option with everything that its price is a function of. */
export interface OptionQuote {
  readonly instrument: number;
  readonly call: boolean;
  /** price in the settle asset per unit of underlying is that of Black ÷ forward, in place of that of Black */
  readonly inverse: boolean;
  readonly strike: number;
  readonly years: number;
  /** in what the strike is in */
  readonly forward: number;
  /** what 1 of that is worth in the numeraire */
  readonly unit: number;
  /** per year; NaN where it is to be that of the mark */
  readonly volatility: number;
  readonly mark: number;
  readonly multiplier: number;
  readonly settle: number;
  /** index price of the settle asset in the numeraire */
  readonly price: number;
}

/** Why no treatment can take an option, whatever its prices; null where one can. */
export function faultOf(market: Market, instrument: Instrument): string | null {
  const { id, option, payoff, quote, settle, underlying } = instrument;
  if (option?.exercise !== "european") return `${id} may be exercised early; only European options are valued`;
  if (quote !== settle) return `${id} is quoted in another asset than it settles in`;
  const base = (asset: number) => market.assets[asset]?.is ?? market.assets[asset]?.id;
  if (payoff === "inverse" && base(settle) !== base(underlying)) {
    return `${id} is inverse and does not settle in its underlying`;
  }
  return null;
}

/** The quote of an option, or in words what it lacks to be valued. The option has no fault. */
export function quoteOf(
  { market, ...owner }: Owner & { readonly market: Market },
  index: number,
  missing: MissingVolatility,
): OptionQuote | string {
  const instrument = market.instruments[index];
  const { option, expiry } = instrument ?? {};
  if (instrument === undefined || !option || expiry == null) return "option";
  const { id, payoff, underlying, quote, settle, multiplier } = instrument;
  const indexOf = (asset: number) => market.prices.index[asset] ?? Number.NaN;
  const named = (asset: number) => market.assets[asset]?.id ?? asset;
  const mark = market.marks[index] ?? Number.NaN;
  if (Number.isNaN(mark)) return `mark of ${id}`;
  if (!(expiry > market.asOf)) return `millisecond to the expiry of ${id}`;
  const price = indexOf(settle);
  if (Number.isNaN(price)) return `price of ${named(settle)}, in which ${id} settles`;
  const years = (expiry - market.asOf) / YEAR;
  const inverse = payoff === "inverse";
  const found = forwardOf(market, instrument, index);
  if (typeof found === "string") return found;
  const { forward, unit } = found;
  const base = market.assets[underlying];
  let volatility = market.impliedVols[index] ?? Number.NaN;
  if (Number.isNaN(volatility)) {
    if (missing === "error") return `implied volatility of ${id}`;
    if (missing !== "mark") {
      const query = { underlying: base?.is ?? base?.id ?? "", forward, strike: option.strike, years };
      volatility = missing.volatility(owner, query);
      if (!(volatility >= 0 && volatility < Infinity)) return `volatility of ${id} on the surface ${missing.key}`;
    }
  }
  const call = option.right === "call";
  const strike = option.strike;
  return {
    instrument: index,
    call,
    inverse,
    strike,
    years,
    forward,
    unit,
    volatility,
    mark,
    multiplier,
    settle,
    price,
  };

  /** The forward and what its quote is worth: the mark of a contract, else the index of the underlying. */
  function forwardOf(facts: Market, of: Instrument, at: number): { forward: number; unit: number } | string {
    const which = facts.forwards[at] ?? -1;
    const contract = facts.instruments[which];
    if (contract === undefined) {
      const spot = indexOf(of.underlying);
      // The index is in the numeraire; a linear option's strike is in what it is quoted in.
      const unitPrice = of.payoff === "inverse" ? 1 : indexOf(quote);
      return Number.isNaN(spot)
        ? `price of ${named(of.underlying)}, on which ${id} is`
        : { forward: spot / unitPrice, unit: unitPrice };
    }
    const dated = contract.kind === "future" || contract.kind === "perpetual";
    if (!dated || contract.underlying !== of.underlying) {
      return `future or perpetual on ${named(of.underlying)} as the forward of ${id}, not ${contract.id},`;
    }
    if (of.payoff === "linear" && contract.quote !== quote) {
      return `forward of ${id} in ${named(quote)}, in which its strike is, not ${contract.id},`;
    }
    const forward = facts.marks[which] ?? Number.NaN;
    if (Number.isNaN(forward)) return `mark of ${contract.id}, the forward of ${id},`;
    const unitPrice = indexOf(contract.quote);
    if (Number.isNaN(unitPrice)) return `price of ${named(contract.quote)}, in which the forward of ${id} is`;
    return { forward, unit: unitPrice };
  }
}
