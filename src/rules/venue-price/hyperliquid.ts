import { at, finiteNumber, own, record } from "../../checks.js";
import { type HyperliquidTier, readBrackets } from "../sizing/hyperliquid.js";

export interface HyperliquidPriceInput {
  readonly price: number;
  /** signed */
  readonly size: number;
  /** account value of the cross margin, or of the isolated position, at `price`, in USDC */
  readonly equity: number;
  /** maintenance margin of the other positions that share the equity */
  readonly otherMaintenance: number;
  readonly tiers: readonly HyperliquidTier[];
}

/** The venue shows no price from here on. */
const HIGHEST = 1e15;

/**
 * Liquidation price that Hyperliquid shows:
 *
 *   price − side · available / |size| / (1 − l · side),   l = 1 / (2 maxLeverage)
 *   available = equity − otherMaintenance − (|size| · price · l − deduction)
 *
 * of the tier that the position is in at the liquidation price. null where that is not above 0 or beyond 10^15, and without
 * a position. O(tiers).
 *
 * Source: hyperliquid.gitbook.io, Trading: Liquidations, "Computing liquidation price"; the deduction is of Margin tiers.
 *
 * @throws InvalidInputError   naming a field that is not finite, a price not above 0, a tier that is not as described
 */
export function hyperliquidLiquidationPrice(input: HyperliquidPriceInput): number | null {
  const place = "hyperliquidLiquidationPrice";
  const fields = record(input, place, ["price", "size", "equity", "otherMaintenance", "tiers"]);
  const price = finiteNumber(own(fields, "price"), at(place, "price"), { above: 0 });
  const size = finiteNumber(own(fields, "size"), at(place, "size"));
  const equity = finiteNumber(own(fields, "equity"), at(place, "equity"));
  const other = finiteNumber(own(fields, "otherMaintenance"), at(place, "otherMaintenance"), { min: 0 });
  const brackets = readBrackets(own(fields, "tiers"), at(place, "tiers"));
  if (size === 0) return null;
  const side = Math.sign(size);
  const held = Math.abs(size);
  for (const [k, { lowerBound, rate, deduction }] of brackets.entries()) {
    const available = equity - other - (held * price * rate - deduction);
    const liquidation = price - (side * available) / held / (1 - rate * side);
    const notional = held * liquidation;
    const above = brackets[k + 1]?.lowerBound ?? Number.POSITIVE_INFINITY;
    // Below the first bound there is no price; a bracket that the answer is not in is not the one in force.
    if (notional < lowerBound || notional >= above) continue;
    return liquidation > 0 && liquidation < HIGHEST ? liquidation : null;
  }
  return null;
}
