import { truth } from "../../checks.js";
import { greatest, IntegerFields } from "../integers.js";
import { GMX_ONE } from "../sizing/gmx.js";

/** One isolated position, in the venue's integers: money and factors of 30 decimals, tokens of their own. */
export interface GmxPriceInput {
  readonly isLong: boolean;
  /** whether the collateral is the index token itself, so that its value moves too */
  readonly sameToken: boolean;
  readonly sizeInUsd: bigint;
  readonly sizeInTokens: bigint;
  readonly indexDecimals: number;
  readonly collateralAmount: bigint;
  readonly collateralUsd: bigint;
  /** funding and borrowing fees that have accrued */
  readonly pendingFeesUsd: bigint;
  /** costs of closing: `gmxCosts` */
  readonly closingFeeUsd: bigint;
  readonly impactUsd: bigint;
  readonly minCollateralFactor: bigint;
  readonly minCollateralUsd: bigint;
}

/**
 * Liquidation price of a GMX v2 position, 30 decimals, null where it is not positive:
 *
 *   required = max(⌊size · minCollateralFactor⌋, minCollateralUsd),   costs = pending + closing fee + impact
 *   another token   long: (required − (collateralUsd − costs) + size) / tokens    short: (required − (collateralUsd − costs) − size) / −tokens
 *   same token      long: (size + required + costs) / (tokens + amount)          short: (size − required − costs) / (tokens − amount)
 *
 * divided towards zero, then × 10^indexDecimals. The impact is always the capped one: the contract's may be smaller.
 * Source: gmx-io/gmx-interface at a78e920, sdk/src/utils/positions.ts `getLiquidationPrice`, re-derived.
 *
 * @throws InvalidInputError   naming a field that is not as described
 */
export function gmxLiquidationPrice(input: GmxPriceInput): bigint | null {
  const fields = new IntegerFields(input, "gmxLiquidationPrice", [
    "isLong",
    "sameToken",
    "sizeInUsd",
    "sizeInTokens",
    "indexDecimals",
    "collateralAmount",
    "collateralUsd",
    "pendingFeesUsd",
    "closingFeeUsd",
    "impactUsd",
    "minCollateralFactor",
    "minCollateralUsd",
  ]);
  const isLong = truth(fields.of("isLong"), fields.at("isLong"));
  const sameToken = truth(fields.of("sameToken"), fields.at("sameToken"));
  const size = fields.natural("sizeInUsd");
  const tokens = fields.natural("sizeInTokens");
  const unit = fields.unit("indexDecimals");
  const amount = fields.natural("collateralAmount");
  const collateral = fields.natural("collateralUsd");
  const costs = fields.natural("pendingFeesUsd") + fields.natural("closingFeeUsd") + fields.natural("impactUsd");
  const factor = fields.natural("minCollateralFactor");
  const required = greatest((size * factor) / GMX_ONE, fields.natural("minCollateralUsd"));

  const held = sameToken ? amount : 0n;
  const own = sameToken ? 0n : collateral;
  const numerator = isLong ? size + required + costs - own : size - required - costs + own;
  const denominator = isLong ? tokens + held : tokens - held;
  if (denominator === 0n) return null;
  const price = (numerator / denominator) * unit;
  return price > 0n ? price : null;
}
