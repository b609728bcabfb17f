import { at, finiteNumber, own, type Place, record } from "../../checks.js";

/** A perpetual at maintenance. Sizes in units of the base, money in units of the settle token. */
export interface MangoPerp {
  readonly price: number;
  /** signed */
  readonly base: number;
  /** base of all open bids and of all open asks */
  readonly bids: number;
  readonly asks: number;
  readonly quote: number;
  readonly assetWeight: number;
  readonly liabilityWeight: number;
  /** weight of what results where that is positive */
  readonly overallWeight: number;
}

export interface MangoPriceInput {
  /** maintenance health of the account */
  readonly health: number;
  readonly perp: MangoPerp;
  /**
   * Token that the perpetual settles in: its balance with what all perpetuals add, and its maintenance weights × price. No
   * spot order may reserve it: what such an order adds depends on the balance.
   */
  readonly settle: { readonly balance: number; readonly assetWorth: number; readonly liabilityWorth: number };
}

/**
 * Oracle price of one perpetual, which alone moves, where Mango's maintenance health is 0. Health is a monotone function of
 * the settle balance t and that of the price P, so both are undone one after the other:
 *
 *   value(t′) = value(t) − health               value: t × asset worth, of a negative t × liability worth
 *   u′ = u + t′ − t, ÷ overallWeight where > 0  u: what the perpetual adds now
 *   P = (u′ − quote) / slope                    slope: the lesser of n w − o over n = base + o, o all bids or −all asks,
 *                                               w the asset weight, of a negative n the liability weight
 *
 * null where health is negative already (the library throws), the price cannot reach it (a long that is healthy at 0), or
 * nothing depends on the price. The library searches for the same point to about 1e-4.
 * Source: blockworks-foundation/mango-v4 at 1303a4a, ts/client/src/accounts/healthCache.ts `getPerpPositionLiquidationPrice`.
 *
 * @throws InvalidInputError   naming a field that is not finite, or a price, size, weight or worth below 0
 */
export function mangoLiquidationPrice(input: MangoPriceInput): number | null {
  const place = "mangoLiquidationPrice";
  const fields = record(input, place, ["health", "perp", "settle"]);
  const health = finiteNumber(own(fields, "health"), at(place, "health"));
  const perp = readPerp(own(fields, "perp"), at(place, "perp"));
  const settlePlace = at(place, "settle");
  const settle = record(own(fields, "settle"), settlePlace, ["balance", "assetWorth", "liabilityWorth"]);
  const balance = finiteNumber(own(settle, "balance"), at(settlePlace, "balance"));
  const assetWorth = finiteNumber(own(settle, "assetWorth"), at(settlePlace, "assetWorth"), { min: 0 });
  const liabilityWorth = finiteNumber(own(settle, "liabilityWorth"), at(settlePlace, "liabilityWorth"), { min: 0 });
  if (health < 0) return null;

  const target = balance * (balance < 0 ? liabilityWorth : assetWorth) - health;
  const worth = target < 0 ? liabilityWorth : assetWorth;
  if (worth === 0) return null;
  const { price, base, bids, asks, quote } = perp;
  const slopeOf = (order: number) => {
    const net = base + order;
    return net * (net < 0 ? perp.liabilityWeight : perp.assetWeight) - order;
  };
  const slope = Math.min(slopeOf(bids), slopeOf(-asks));
  const now = quote + slope * price;
  const wanted = (now > 0 ? now * perp.overallWeight : now) + target / worth - balance;
  if (slope === 0 || (wanted > 0 && perp.overallWeight === 0)) return null;
  const liquidation = ((wanted > 0 ? wanted / perp.overallWeight : wanted) - quote) / slope;
  return liquidation > 0 ? liquidation : null;
}

function readPerp(value: unknown, place: Place): MangoPerp {
  const keys = ["price", "base", "bids", "asks", "quote", "assetWeight", "liabilityWeight", "overallWeight"];
  const fields = record(value, place, keys);
  const signed = (key: string) => finiteNumber(own(fields, key), at(place, key));
  const natural = (key: string) => finiteNumber(own(fields, key), at(place, key), { min: 0 });
  return {
    price: natural("price"),
    base: signed("base"),
    bids: natural("bids"),
    asks: natural("asks"),
    quote: signed("quote"),
    assetWeight: natural("assetWeight"),
    liabilityWeight: natural("liabilityWeight"),
    overallWeight: natural("overallWeight"),
  };
}
