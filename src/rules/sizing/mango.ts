import { at, finiteNumber, own, record } from "../../checks.js";

export interface MangoSettleInput {
  /** maintenance health without the perpetuals that would take from the settle balance */
  readonly health: number;
  /** settle balance with what those that add to it add */
  readonly balance: number;
  /** maintenance weight × price of the settle token, held and owed */
  readonly assetWorth: number;
  readonly liabilityWorth: number;
}

/**
 * How much of the settle token a Mango v4 account can lose to settling P&L before its maintenance health, negative perpetuals
 * aside, is 0: first what it holds, at the asset weight, then what it would owe, at the liability weight:
 *
 *   min(balance, health / assetWorth) + (health − balance · assetWorth)⁺ / liabilityWorth
 *
 * 0 where the health is not positive. Open spot orders count as they stand.
 * Source: blockworks-foundation/mango-v4 at 1303a4a, programs/mango-v4/src/health/cache.rs `perp_max_settle`.
 *
 * @throws InvalidInputError   naming a field that is not finite, an asset worth below 0 or a liability worth not above 0
 */
export function mangoMaxSettle(input: MangoSettleInput): number {
  const place = "mangoMaxSettle";
  const fields = record(input, place, ["health", "balance", "assetWorth", "liabilityWorth"]);
  const health = finiteNumber(own(fields, "health"), at(place, "health"));
  const balance = finiteNumber(own(fields, "balance"), at(place, "balance"));
  const assetWorth = finiteNumber(own(fields, "assetWorth"), at(place, "assetWorth"), { min: 0 });
  const liabilityWorth = finiteNumber(own(fields, "liabilityWorth"), at(place, "liabilityWorth"), { above: 0 });
  if (health <= 0) return 0;
  const held = Math.max(0, balance);
  const covered = held * assetWorth;
  if (covered >= health) return health / assetWorth;
  return held + (health - covered) / liabilityWorth;
}
