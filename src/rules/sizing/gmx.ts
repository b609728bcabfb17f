import { IntegerFields } from "../integers.js";

/**
 * GMX v2 positions in their own integers: money has 30 decimals, factors too, tokens their own. Source: gmx-io/gmx-interface at
 * a78e920, sdk/src/utils/positions.ts, re-derived.
 */

export const GMX_ONE = 10n ** 30n;

/** What closing a position costs: the fee less what a referral gives back, and the capped price impact. */
export interface GmxCostsInput {
  readonly sizeInUsd: bigint;
  readonly positionFeeFactor: bigint;
  /** fraction of the fee that a referral is about, and the trader's fraction of that; 0 without one */
  readonly referralRebateFactor: bigint;
  readonly referralDiscountFactor: bigint;
  readonly maxImpactFactor: bigint;
}

export interface GmxCosts {
  readonly fee: bigint;
  readonly impact: bigint;
}

/**
 * Costs of closing all of a position at liquidation, every division towards zero:
 *
 *   fee = ⌊size · feeFactor⌋ − ⌊⌊fee · rebate⌋ · discount⌋,   impact = ⌊size · maxImpactFactor⌋
 *
 * @throws InvalidInputError   naming a field that is not a bigint, or negative
 */
export function gmxCosts(input: GmxCostsInput): GmxCosts {
  const fields = new IntegerFields(input, "gmxCosts", [
    "sizeInUsd",
    "positionFeeFactor",
    "referralRebateFactor",
    "referralDiscountFactor",
    "maxImpactFactor",
  ]);
  const size = fields.natural("sizeInUsd");
  const fee = (size * fields.natural("positionFeeFactor")) / GMX_ONE;
  const rebate = (fee * fields.natural("referralRebateFactor")) / GMX_ONE;
  return Object.freeze({
    fee: fee - (rebate * fields.natural("referralDiscountFactor")) / GMX_ONE,
    impact: (size * fields.natural("maxImpactFactor")) / GMX_ONE,
  });
}

/**
 * Leverage in basis points:  ⌊size · 1e4 / (collateral − pending fees)⌋, null where the fees have eaten the collateral. The
 * P&L is not in it.
 *
 * @throws InvalidInputError   naming a field that is not a bigint, or negative
 */
export function gmxLeverage(input: {
  readonly sizeInUsd: bigint;
  readonly collateralUsd: bigint;
  readonly pendingFeesUsd: bigint;
}): bigint | null {
  const fields = new IntegerFields(input, "gmxLeverage", ["sizeInUsd", "collateralUsd", "pendingFeesUsd"]);
  const left = fields.natural("collateralUsd") - fields.natural("pendingFeesUsd");
  return left <= 0n ? null : (fields.natural("sizeInUsd") * 10_000n) / left;
}

/**
 * Entry price of one whole token:  ⌊size · 10^decimals / tokens⌋, null without tokens.
 *
 * @throws InvalidInputError   naming a field that is not an integer, or negative
 */
export function gmxEntryPrice(input: {
  readonly sizeInUsd: bigint;
  readonly sizeInTokens: bigint;
  readonly indexDecimals: number;
}): bigint | null {
  const fields = new IntegerFields(input, "gmxEntryPrice", ["sizeInUsd", "sizeInTokens", "indexDecimals"]);
  const tokens = fields.natural("sizeInTokens");
  const unit = fields.unit("indexDecimals");
  return tokens === 0n ? null : (fields.natural("sizeInUsd") * unit) / tokens;
}
