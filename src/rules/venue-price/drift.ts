import { at, oneOf, type Place } from "../../checks.js";
import { IntegerFields } from "../integers.js";

/** Of a perpetual on the oracle, in the venue's integers. */
export interface DriftPerpExposure {
  /** signed base, 9 decimals */
  readonly base: bigint;
  /** maintenance margin ratio at that size, 4 decimals: `driftLiabilityWeight` of the market's ratio */
  readonly marginRatio: bigint;
}

/** Of a token on the oracle. */
export interface DriftSpotExposure {
  /** signed amount in units of the token: negative is a loan */
  readonly amount: bigint;
  readonly decimals: number;
  /** maintenance weight at that size, 4 decimals: `driftAssetWeight`, of a loan `driftLiabilityWeight` */
  readonly weight: bigint;
}

export interface DriftPriceInput {
  /** which of the two the price is asked of: without a position in it there is none */
  readonly of: "perp" | "spot";
  /** oracle price of what moves, 6 decimals */
  readonly price: bigint;
  /**
   * Maintenance collateral less requirement, 6 decimals; the venue takes 0 where it is negative. For the price of a
   * perpetual without open orders, for that of a token with them.
   */
  readonly freeCollateral: bigint;
  readonly perp: DriftPerpExposure | null;
  readonly spot: DriftSpotExposure | null;
}

const RATIO = 10_000n;
const QUOTE = 1_000_000n;
const BASE = 1_000_000_000n;

/**
 * Liquidation price as Drift's SDK shows it, linear in one oracle from where it stands, null where there is none:
 *
 *   price − trunc(max(0, freeCollateral) · 1e6 / Δ),  none where Δ = 0 or the result is negative
 *   Δ      = Δperp + Δspot, money per unit of price, 6 decimals
 *   Δperp  = ⌊(1e6 − ratio) · base / 1e9⌋ of a long, −⌊(1e6 + ratio) · |base| / 1e9⌋ of a short, ratio to 6 decimals
 *   Δspot  = ±⌊⌊1e6 · weight / 1e4⌋ · |amount| / 10^decimals⌋
 *
 * Weights are held where they are, and the P&L's own weight at one: so this is where the venue's interface draws the line,
 * not where an account is liquidated. `liquidationPrices` says that.
 * Source: drift-labs/protocol-v2 at 0ae3e3b, sdk/src/user.ts `liquidationPrice`, `spotLiquidationPrice`.
 *
 * @throws InvalidInputError   naming a field that is not an integer as described
 */
export function driftLiquidationPrice(input: DriftPriceInput): bigint | null {
  const place = "driftLiquidationPrice";
  const fields = new IntegerFields(input, place, ["of", "price", "freeCollateral", "perp", "spot"]);
  const of = oneOf(["perp", "spot"])(fields.of("of"), at(place, "of"));
  const price = fields.natural("price");
  const free = fields.integer("freeCollateral");
  const perp = readPerp(fields.of("perp"), at(place, "perp"));
  const spot = readSpot(fields.of("spot"), at(place, "spot"));
  const delta = perp.delta + spot.delta;
  if (delta === 0n || { perp, spot }[of].size === 0n) return null;
  const liquidation = price - ((free > 0n ? free : 0n) * QUOTE) / delta;
  return liquidation < 0n ? null : liquidation;
}

interface Exposure {
  readonly size: bigint;
  readonly delta: bigint;
}

const NOTHING: Exposure = { size: 0n, delta: 0n };

function readPerp(value: unknown, place: Place): Exposure {
  if (value === null) return NOTHING;
  const fields = new IntegerFields(value, place, ["base", "marginRatio"]);
  const base = fields.integer("base");
  const ratio = (fields.natural("marginRatio") * QUOTE) / RATIO;
  // Division of bigints is towards zero, as the venue's is.
  return { size: base, delta: ((base > 0n ? QUOTE - ratio : QUOTE + ratio) * base) / BASE };
}

function readSpot(value: unknown, place: Place): Exposure {
  if (value === null) return NOTHING;
  const fields = new IntegerFields(value, place, ["amount", "decimals", "weight"]);
  const amount = fields.integer("amount");
  const weight = (QUOTE * fields.natural("weight")) / RATIO;
  return { size: amount, delta: (weight * amount) / fields.unit("decimals") };
}
