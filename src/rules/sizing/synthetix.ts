import { at, finiteNumber, own, type Place, record } from "../../checks.js";

/**
 * Synthetix v3 perpetuals: the price of a trade, the keeper's reward and what can be taken out. Source:
 * Synthetixio/synthetix-v3 at 23585f7, markets/perps-market/contracts/storage/{AsyncOrder,PerpsAccount,GlobalPerpsMarketConfiguration}.sol.
 */

export interface SynthetixTrade {
  /** the market's skew before the trade, signed, and the skew at which the premium is 100 % */
  readonly skew: number;
  readonly skewScale: number;
  /** signed size of the trade */
  readonly size: number;
  readonly price: number;
}

/**
 * Mean of the prices before and after the trade has moved the skew:
 *
 *   price · (1 + (2 skew + size) / (2 skewScale))
 *
 * It is the entry price of the position that the trade opens.
 *
 * @throws InvalidInputError   naming a field that is not finite, or a price or scale that is not positive
 */
export function synthetixFillPrice(trade: SynthetixTrade): number {
  const read = numbers(trade, "synthetixFillPrice", ["skew", "skewScale", "size", "price"]);
  const skew = read("skew");
  const size = read("size");
  const scale = read("skewScale", { above: 0 });
  const price = read("price", { above: 0 });
  const before = price * (1 + skew / scale);
  const after = price * (1 + (skew + size) / scale);
  return (before + after) / 2;
}

/** What bounds the reward for flagging an account. */
export interface SynthetixRewardBounds {
  readonly minimum: number;
  readonly maximum: number;
  /** most of the collateral's value that may be paid */
  readonly collateralFraction: number;
}

/**
 * Reward of the keeper that liquidates:  min(max(flag, minimum), min(maximum, collateral · collateralFraction)), where `flag`
 * is Σ notional · reward ratio over the positions; 0 without a position (`flag` null).
 *
 * A rule has it as a combiner over its atoms `rewards` and `collateral`.
 *
 * @throws InvalidInputError   naming an argument that is not finite, or negative
 */
export function synthetixReward(flag: number | null, collateral: number, bounds: SynthetixRewardBounds): number {
  const place = "synthetixReward";
  const held = finiteNumber(collateral, at(place, "collateral"), { min: 0 });
  const read = numbers(bounds, at(place, "bounds"), ["minimum", "maximum", "collateralFraction"]);
  const minimum = read("minimum", { min: 0 });
  const most = Math.min(read("maximum", { min: 0 }), held * read("collateralFraction", { min: 0 }));
  if (flag === null) return 0;
  return Math.min(Math.max(finiteNumber(flag, at(place, "flag"), { min: 0 }), minimum), most);
}

export interface SynthetixWithdrawal {
  /** value of the collateral before discounts */
  readonly collateral: number;
  readonly debt: number;
  /** initial excess: discounted collateral + P&L − debt − initial requirement − reward; not read without positions */
  readonly excess: number;
  readonly positions: number;
}

/**
 * Value of collateral that can be taken out: nothing while there is debt; all of it without positions, undiscounted; else
 * what is left above the initial requirement and the reward, if anything.
 *
 * @throws InvalidInputError   naming a field that is not finite, or a collateral, debt or count that is negative
 */
export function synthetixWithdrawable(input: SynthetixWithdrawal): number {
  const read = numbers(input, "synthetixWithdrawable", ["collateral", "debt", "excess", "positions"]);
  const collateral = read("collateral", { min: 0 });
  const debt = read("debt", { min: 0 });
  const excess = read("excess");
  const positions = read("positions", { min: 0, whole: true });
  if (debt > 0) return 0;
  return positions === 0 ? collateral : Math.max(0, excess);
}

function numbers(value: unknown, place: Place, known: readonly string[]) {
  const fields = record(value, place, known);
  return (key: string, bounds: Parameters<typeof finiteNumber>[2] = {}): number =>
    finiteNumber(own(fields, key), at(place, key), bounds);
}
