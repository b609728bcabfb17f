import { invalid } from "../checks.js";
import { binanceLiquidationPrice, type BinancePriceInput } from "./venue-price/binance.js";
import { driftLiquidationPrice, type DriftPriceInput } from "./venue-price/drift.js";
import { gmxLiquidationPrice, type GmxPriceInput } from "./venue-price/gmx.js";
import { hyperliquidLiquidationPrice, type HyperliquidPriceInput } from "./venue-price/hyperliquid.js";
import { mangoLiquidationPrice, type MangoPriceInput } from "./venue-price/mango.js";
import { marginfiLiquidationPrice, type MarginfiPriceInput } from "./venue-price/marginfi.js";

/** What a venue's own liquidation price is computed from, and its kind of number: bigints are the venue's integers. */
export type VenuePrice =
  | { readonly venue: "binance"; readonly input: BinancePriceInput; readonly price: number | null }
  | { readonly venue: "drift-v2"; readonly input: DriftPriceInput; readonly price: bigint | null }
  | { readonly venue: "gmx-v2"; readonly input: GmxPriceInput; readonly price: bigint | null }
  | { readonly venue: "hyperliquid"; readonly input: HyperliquidPriceInput; readonly price: number | null }
  | { readonly venue: "mango-v4"; readonly input: MangoPriceInput; readonly price: number | null }
  | { readonly venue: "marginfi-v2"; readonly input: MarginfiPriceInput; readonly price: number | null };

type Of<V extends VenuePrice["venue"]> = Extract<VenuePrice, { readonly venue: V }>;

const FUNCTIONS: { readonly [V in VenuePrice["venue"]]: (input: Of<V>["input"]) => Of<V>["price"] } = {
  binance: binanceLiquidationPrice,
  "drift-v2": driftLiquidationPrice,
  "gmx-v2": gmxLiquidationPrice,
  hyperliquid: hyperliquidLiquidationPrice,
  "mango-v4": mangoLiquidationPrice,
  "marginfi-v2": marginfiLiquidationPrice,
};

/**
 * The liquidation price that a venue or its library shows, by the formula in the doc comment of the function of that name
 * (`driftLiquidationPrice` and so on), null where it shows none. These are the venues' statements, some of them linearised or
 * approximate: where the rule of a venue breaches is what `liquidationPrices` finds, and the two may differ.
 *
 * @throws InvalidInputError   where `venue` is none of these, or naming a field of the input
 */
export function venueLiquidationPrice<V extends VenuePrice["venue"]>(venue: V, input: Of<V>["input"]): Of<V>["price"] {
  if (!Object.hasOwn(FUNCTIONS, venue)) {
    throw invalid("venueLiquidationPrice.venue", `one of ${Object.keys(FUNCTIONS).join(", ")}`, venue);
  }
  const compute: (input: Of<V>["input"]) => Of<V>["price"] = FUNCTIONS[venue];
  return compute(input);
}
