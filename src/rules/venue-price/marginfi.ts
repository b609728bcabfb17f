import { at, finiteNumber, own, record } from "../../checks.js";

export interface MarginfiPriceInput {
  /** weighted maintenance totals of the account, prices moved by their confidence */
  readonly assets: number;
  readonly liabilities: number;
  /** of the bank whose price is asked, in tokens: positive deposited, negative borrowed */
  readonly quantity: number;
  /** its maintenance weight on that side */
  readonly weight: number;
  /** its real-time price and the absolute confidence of that */
  readonly price: number;
  readonly confidence: number;
}

/**
 * Liquidation price as the marginfi client shows it:
 *
 *   deposit   (liabilities − (assets − v)) / (quantity · weight) + confidence       v = |quantity| · price · weight
 *   loan      (assets − (liabilities − v)) / (|quantity| · weight) − confidence
 *
 * null where that is negative, without the bank, and of a deposit without liabilities. The bank is taken out at its price
 * while the totals hold it at price ∓ confidence, so with a confidence this is not where maintenance health is 0:
 * `liquidationPrices` says that. Source: mrgnlabs marginfi-client-v2 6.4.2, `computeLiquidationPriceForBank`.
 *
 * @throws InvalidInputError   naming a field that is not finite, or a total, weight, price or confidence below 0
 */
export function marginfiLiquidationPrice(input: MarginfiPriceInput): number | null {
  const place = "marginfiLiquidationPrice";
  const fields = record(input, place, ["assets", "liabilities", "quantity", "weight", "price", "confidence"]);
  const natural = (key: string) => finiteNumber(own(fields, key), at(place, key), { min: 0 });
  const assets = natural("assets");
  const liabilities = natural("liabilities");
  const quantity = finiteNumber(own(fields, "quantity"), at(place, "quantity"));
  const weight = natural("weight");
  const price = natural("price");
  const confidence = natural("confidence");
  const weighted = Math.abs(quantity) * weight;
  if (weighted === 0) return null;
  const value = Math.abs(quantity) * price * weight;
  if (quantity > 0 && liabilities === 0) return null;
  const liquidation =
    quantity > 0
      ? (liabilities - (assets - value)) / weighted + confidence
      : (assets - (liabilities - value)) / weighted - confidence;
  return liquidation < 0 ? null : liquidation;
}
