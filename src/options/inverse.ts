import { checkOptions, finiteNumber, invalid, oneOf, type Place, record } from "../checks.js";
import type { Owner } from "../memory.js";
import type { Column, OptionType } from "./columns.js";
import { GREEK_STATUSES, type Greeks, type GreekStatus, optionGreekColumns, optionGreeks } from "./greeks.js";

/** A European option on a coin whose premium and payoff are paid in that coin, and what it is valued with. */
export interface InverseOption {
  readonly type: OptionType;
  /** price of the coin for delivery at expiry, in the currency of the strike */
  readonly forward: number;
  readonly strike: number;
  /** to expiry, ≥ 0 */
  readonly years: number;
  /** per year, ≥ 0 */
  readonly volatility: number;
}

/** Such options in columns of equal length. */
export interface InverseOptionColumns {
  /** one for all, or one each: 1 for a call and 0 for a put */
  readonly type: OptionType | Uint8Array;
  readonly forward: Column;
  readonly strike: Column;
  readonly years: Column;
  readonly volatility: Column;
}

/** A price in coin and its derivatives. N is a number, or a column of them. */
export interface InverseGreeks<N> {
  /** which kernel made the numbers */
  readonly kernel: "price";
  /** Black (1976) without a rate, divided by the forward */
  readonly coinPrice: N;
  /** the delta less the coin price, which is the hedge in coin of a premium paid in coin: ±(K/F) Φ(±d2), computed directly */
  readonly netDelta: N;
  /** ∂coinPrice/∂forward = netDelta/forward */
  readonly coinDelta: N;
  /** ∂coinDelta/∂forward */
  readonly coinGamma: N;
  /** ∂coinPrice/∂volatility, per 1.00 */
  readonly coinVega: N;
  /** ∂coinPrice/∂time as time passes, per year */
  readonly coinTheta: N;
  /** the same option paid in the currency of the strike; its delta is the one that exchanges report */
  readonly quote: Greeks<N>;
}

/** There is no rate: the forward is what it is, and a premium in coin earns nothing. */
const KNOWN = ["type", "forward", "strike", "years", "volatility"];

/** What the numbers in coin are made of. */
interface Parts {
  readonly forward: number;
  readonly strike: number;
  readonly price: number;
  readonly gamma: number;
  readonly vega: number;
  readonly theta: number;
  readonly strikeDelta: number;
}

/** What of the greeks in coin follows from those in the currency of the strike. */
function inCoin({ forward, strike, price, gamma, vega, theta, strikeDelta }: Parts) {
  // Adding 0 makes −0 a 0.
  const netDelta = (-strikeDelta * strike) / forward + 0;
  const coinDelta = netDelta / forward;
  const coinGamma = gamma / forward - (2 * coinDelta) / forward;
  return {
    coinPrice: price / forward,
    netDelta,
    coinDelta,
    // Where both terms are infinite the sign is that of their difference per unit of the forward.
    coinGamma: Number.isNaN(coinGamma) ? (gamma * forward - 2 * netDelta) / forward / forward : coinGamma,
    coinVega: vega / forward,
    coinTheta: theta / forward,
  };
}

/**
 * Price and greeks of an option that is settled in its coin, as Deribit's are. Kernel: `price`.
 *
 * @throws InvalidInputError   a number that is missing, not finite or out of range
 * @see METHODS.md#inverse-options
 */
export function inverseGreeks(engine: Owner, option: InverseOption): InverseGreeks<number> & { status: GreekStatus } {
  record(option, "option", KNOWN);
  const { kernel, status, ...quote } = optionGreeks(engine, option);
  const coin = inCoin({ ...option, ...quote });
  return { kernel, status: Object.values(coin).every(Number.isFinite) ? status : "range", ...coin, quote };
}

/**
 * `inverseGreeks` of many options in columns; a column may be one number for all.
 *
 * @throws InvalidInputError   columns of different lengths, or a number that is missing, not finite or out of range
 */
export function inverseGreekColumns(
  engine: Owner,
  options: InverseOptionColumns,
): InverseGreeks<Float64Array> & { readonly status: Uint8Array } {
  record(options, "options", KNOWN);
  const { kernel, status, ...quote } = optionGreekColumns(engine, options);
  const { forward, strike } = options;
  const one = (column: Column, i: number) => (typeof column === "number" ? column : (column[i] ?? 0));
  const rows = Array.from(status, (_, i) =>
    inCoin({
      forward: one(forward, i),
      strike: one(strike, i),
      price: one(quote.price, i),
      gamma: one(quote.gamma, i),
      vega: one(quote.vega, i),
      theta: one(quote.theta, i),
      strikeDelta: one(quote.strikeDelta, i),
    }),
  );
  const range = GREEK_STATUSES.indexOf("range");
  return {
    kernel,
    status: status.map((own, i) => (Object.values(rows[i] ?? {}).every(Number.isFinite) ? own : range)),
    coinPrice: Float64Array.from(rows, (row) => row.coinPrice),
    netDelta: Float64Array.from(rows, (row) => row.netDelta),
    coinDelta: Float64Array.from(rows, (row) => row.coinDelta),
    coinGamma: Float64Array.from(rows, (row) => row.coinGamma),
    coinVega: Float64Array.from(rows, (row) => row.coinVega),
    coinTheta: Float64Array.from(rows, (row) => row.coinTheta),
    quote,
  };
}

const above = (value: unknown, place: Place): number => finiteNumber(value, place, { above: 0 });

/**
 * What an option pays in its coin at expiry: max(±(settlement − strike), 0)/settlement.
 *
 * @throws InvalidInputError   a number that is missing, not finite or not above 0, or a payoff beyond the range of numbers
 */
export function inversePayoff(option: {
  readonly type: OptionType;
  readonly strike: number;
  readonly settlement: number;
}): number {
  const readers = { type: oneOf(["call", "put"]), strike: above, settlement: above };
  const { type, strike, settlement } = checkOptions(option, "inversePayoff", readers);
  const payoff = Math.max(type === "call" ? settlement - strike : strike - settlement, 0) / settlement;
  if (payoff < Infinity) return payoff;
  throw invalid("inversePayoff.settlement", "such that the payoff is within the range of numbers", settlement);
}

/** A future of a fixed notional in the quote currency that is paid in coin, at a mark. */
export interface InverseFuture {
  /** N (x − e)/(e x) for notional N, entry e and mark x, positive for a long that has gained */
  readonly pnl: number;
  /** that times the mark */
  readonly pnlAtMark: number;
  /** ∂pnl/∂mark = N/x² */
  readonly slope: number;
  /** ∂²pnl/∂mark² = −2 N/x³ */
  readonly curvature: number;
  /** N/x: coins whose value moves as the position does */
  readonly delta: number;
}

/**
 * Profit and greeks of an inverse future. A short has a negative notional.
 *
 * @throws InvalidInputError   a number that is missing or not finite, an entry or mark that is not above 0, or a result beyond the
 *                             range of numbers
 */
export function inverseFuture(position: {
  readonly notional: number;
  readonly entry: number;
  readonly mark: number;
}): InverseFuture {
  const { notional, entry, mark } = checkOptions(position, "inverseFuture", {
    notional: (value, place) => finiteNumber(value, place),
    entry: above,
    mark: above,
  });
  const delta = notional / mark;
  const pnl = (notional * (mark - entry)) / entry / mark;
  const result = {
    pnl,
    pnlAtMark: (notional * (mark - entry)) / entry,
    slope: delta / mark,
    curvature: (-2 * delta) / mark / mark,
    delta,
  };
  if (Object.values(result).every(Number.isFinite)) return result;
  throw invalid("inverseFuture", "a position whose profit and greeks are within the range of numbers", "one beyond it");
}
