import { at, finiteNumber, invalid, list, own, type Place, record } from "../../checks.js";

/**
 * Hyperliquid: margin tiers, what is liquidated and what may be taken out. Source: hyperliquid.gitbook.io, Trading: Margin
 * tiers, Liquidations, Margining, Portfolio margin.
 */

/** Above a notional of `lowerBound` (in USDC) positions may have no more than `maxLeverage`. */
export interface HyperliquidTier {
  readonly lowerBound: number;
  readonly maxLeverage: number;
}

/** The maintenance margin of a notional in the tier: notional · rate − deduction. */
export interface HyperliquidBracket {
  readonly lowerBound: number;
  readonly rate: number;
  readonly deduction: number;
}

/**
 * Maintenance brackets of margin tiers:
 *
 *   rate_k = 1 / (2 maxLeverage_k),   deduction_0 = 0,   deduction_k = deduction_{k−1} + lowerBound_k · (rate_k − rate_{k−1})
 *
 * so that the margin is continuous in the notional.
 *
 * @throws InvalidInputError   naming the tier: a first bound that is not 0, bounds that do not rise, a leverage not above 0
 */
export function hyperliquidBrackets(tiers: readonly HyperliquidTier[]): readonly HyperliquidBracket[] {
  return readBrackets(tiers, "tiers");
}

/** The brackets of a field that holds tiers. */
export function readBrackets(value: unknown, place: Place): readonly HyperliquidBracket[] {
  const read = list(value, place, (item, here) => {
    const fields = record(item, here, ["lowerBound", "maxLeverage"]);
    const lowerBound = finiteNumber(own(fields, "lowerBound"), at(here, "lowerBound"), { min: 0 });
    const maxLeverage = finiteNumber(own(fields, "maxLeverage"), at(here, "maxLeverage"), { above: 0 });
    return { lowerBound, rate: 0.5 / maxLeverage };
  });
  if (read.length === 0) throw invalid(place, "at least one tier", value);
  let deduction = 0;
  return Object.freeze(
    read.map(({ lowerBound, rate }, k) => {
      const before = read[k - 1];
      if (before === undefined ? lowerBound !== 0 : lowerBound <= before.lowerBound) {
        throw invalid(at(at(place, k), "lowerBound"), before === undefined ? "0" : "above the one before", lowerBound);
      }
      if (before !== undefined) deduction += lowerBound * (rate - before.rate);
      return Object.freeze({ lowerBound, rate, deduction });
    }),
  );
}

/**
 * Weight of collateral at liquidation under portfolio margin:  0.5 + 0.5 · ltv, where `ltv` is what may be borrowed on it.
 *
 * @throws InvalidInputError   where `ltv` is not from 0 to 1
 */
export function hyperliquidLiquidationThreshold(ltv: number): number {
  return 0.5 + 0.5 * finiteNumber(ltv, "ltv", { min: 0, max: 1 });
}

export interface HyperliquidAccount {
  readonly equity: number;
  readonly maintenance: number;
}

/** Share of a position that a first liquidation order takes, and whether the backstop vault takes the account over instead. */
export interface HyperliquidLiquidation {
  readonly fraction: number;
  readonly backstop: boolean;
}

/** Positions larger than this are first closed in part (in USDC), and by how much. */
const LARGE = 100_000;
const FIRST = 0.2;
const BACKSTOP = 2 / 3;

/**
 * What happens to a position of some notional: nothing while equity ≥ maintenance; below that an order for all of it, or for
 * 20 % first where it is worth more than 100,000 USDC; below 2/3 of maintenance the backstop takes over. (After a partial
 * order there are 30 seconds in which any further one is for the whole position.)
 *
 * @throws InvalidInputError   naming a field that is not finite, or a maintenance or notional below 0
 */
export function hyperliquidLiquidation(account: HyperliquidAccount, notional: number): HyperliquidLiquidation {
  const place = "hyperliquidLiquidation";
  const fields = record(account, place, ["equity", "maintenance"]);
  const equity = finiteNumber(own(fields, "equity"), at(place, "equity"));
  const maintenance = finiteNumber(own(fields, "maintenance"), at(place, "maintenance"), { min: 0 });
  const size = finiteNumber(notional, at(place, "notional"), { min: 0 });
  if (equity >= maintenance) return Object.freeze({ fraction: 0, backstop: false });
  if (equity < maintenance * BACKSTOP) return Object.freeze({ fraction: 1, backstop: true });
  return Object.freeze({ fraction: size > LARGE ? FIRST : 1, backstop: false });
}

/**
 * Money that may be taken out:  max(0, equity − max(initial, 0.1 · notional)), notional of all positions.
 *
 * @throws InvalidInputError   naming a field that is not finite, or an initial margin or notional below 0
 */
export function hyperliquidTransferable(input: {
  readonly equity: number;
  readonly initial: number;
  readonly notional: number;
}): number {
  const place = "hyperliquidTransferable";
  const fields = record(input, place, ["equity", "initial", "notional"]);
  const equity = finiteNumber(own(fields, "equity"), at(place, "equity"));
  const initial = finiteNumber(own(fields, "initial"), at(place, "initial"), { min: 0 });
  const notional = finiteNumber(own(fields, "notional"), at(place, "notional"), { min: 0 });
  return Math.max(0, equity - Math.max(initial, 0.1 * notional));
}
