import { list } from "../../checks.js";
import { divideFloor, greatest, IntegerFields, WAD } from "../integers.js";
import { type KinkedCurve, kinkedRate, perSecond, utilisation } from "../rates.js";

/**
 * Sizing and rates of Compound v3 (Comet) markets: one base asset that is lent, collateral that is not. Amounts are integers
 * of the token's own unit, prices have 8 decimals, indices 15, factors 18. `principal` is signed: negative is a debt.
 * Source: compound-finance/comet `contracts/Comet.sol`; equal to the executed contract.
 */

const INDEX = 10n ** 15n;

/** The base asset of a market, and its indices. */
export interface CometBase {
  readonly decimals: number;
  readonly price: bigint;
  readonly supplyIndex: bigint;
  readonly borrowIndex: bigint;
}

/** One collateral of an account. */
export interface CometCollateral {
  readonly decimals: number;
  readonly price: bigint;
  readonly balance: bigint;
  /** fraction of its value that the account is credited when it is absorbed */
  readonly liquidationFactor: bigint;
}

export interface CometAbsorption {
  /** per collateral, its value; all of every balance is seized */
  readonly seized: readonly bigint[];
  /** base paid out of the reserves, and its value */
  readonly basePaidOut: bigint;
  readonly value: bigint;
  /** of the account afterwards, never negative */
  readonly newPrincipal: bigint;
  readonly newBalance: bigint;
}

/**
 * What a principal is worth in base: ⌊p · supplyIndex / 1e15⌋ of a supply, −⌊|p| · borrowIndex / 1e15⌋ of a debt.
 *
 * @throws InvalidInputError   where a field is not a bigint or an index negative
 */
export function cometBalance(
  principal: bigint,
  base: { readonly supplyIndex: bigint; readonly borrowIndex: bigint },
): bigint {
  const { supplyIndex, borrowIndex } = base;
  const fields = new IntegerFields({ principal, supplyIndex, borrowIndex }, "cometBalance", [
    "principal",
    "supplyIndex",
    "borrowIndex",
  ]);
  const [supply, borrow] = [fields.natural("supplyIndex"), fields.natural("borrowIndex")];
  return presentValue(fields.integer("principal"), supply, borrow);
}

/**
 * Absorption of an account: all collateral is seized and credited at its liquidation factor; what the debt exceeds that is
 * the reserves' loss, a surplus becomes a supply of base.
 *
 *   value_i    = ⌊balance · price / 10^decimals⌋
 *   credit     = Σ ⌊value_i · liquidationFactor / 1e18⌋
 *   newBalance = max(0, old + ⌊credit · 10^baseDecimals / basePrice⌋)
 *   principal  = ⌊newBalance · 1e15 / supplyIndex⌋, from which the balance is read back
 *
 * Whether an account may be absorbed is its rule's decision, not asked here.
 *
 * @throws InvalidInputError   naming the field: a negative amount or factor, a price or index of 0
 */
export function cometAbsorb(
  base: CometBase,
  account: { readonly principal: bigint; readonly collateral: readonly CometCollateral[] },
): CometAbsorption {
  const market = readBase(base, "cometAbsorb.base");
  const fields = new IntegerFields(account, "cometAbsorb.account", ["principal", "collateral"]);
  const old = presentValue(fields.integer("principal"), market.supplyIndex, market.borrowIndex);
  let credit = 0n;
  const seized = list(fields.of("collateral"), fields.at("collateral"), (item, place) => {
    const held = new IntegerFields(item, place, ["decimals", "price", "balance", "liquidationFactor"]);
    const value = (held.natural("balance") * held.positive("price")) / held.unit("decimals");
    credit += (value * held.natural("liquidationFactor")) / WAD;
    return value;
  });
  const balance = greatest(0n, old + (credit * market.unit) / market.price);
  const basePaidOut = balance - old;
  const newPrincipal = (balance * INDEX) / market.supplyIndex;
  return Object.freeze({
    seized: Object.freeze(seized),
    basePaidOut,
    value: divideFloor(basePaidOut * market.price, market.unit),
    newPrincipal,
    newBalance: (newPrincipal * market.supplyIndex) / INDEX,
  });
}

/**
 * Collateral that the protocol sells for `baseAmount` of what it has absorbed:
 *
 *   discount = ⌊storeFrontPriceFactor · (1e18 − liquidationFactor) / 1e18⌋
 *   price'   = ⌊price · (1e18 − discount) / 1e18⌋
 *   amount   = ⌊⌊basePrice · baseAmount · 10^decimals / price'⌋ / 10^baseDecimals⌋
 *
 * @throws InvalidInputError   naming the field: a negative amount, a factor above 1e18, a price that is or becomes 0
 */
export function cometQuote(quote: {
  readonly baseAmount: bigint;
  readonly basePrice: bigint;
  readonly baseDecimals: number;
  readonly price: bigint;
  readonly decimals: number;
  readonly liquidationFactor: bigint;
  readonly storeFrontPriceFactor: bigint;
}): bigint {
  const fields = new IntegerFields(quote, "cometQuote", [
    "baseAmount",
    "basePrice",
    "baseDecimals",
    "price",
    "decimals",
    "liquidationFactor",
    "storeFrontPriceFactor",
  ]);
  const factor = fields.integer("liquidationFactor", 0n, WAD);
  const discount = (fields.integer("storeFrontPriceFactor", 0n, WAD) * (WAD - factor)) / WAD;
  const price = (fields.positive("price") * (WAD - discount)) / WAD;
  if (price === 0n) fields.integer("price", WAD);
  const value = fields.positive("basePrice") * fields.natural("baseAmount") * fields.unit("decimals");
  return value / price / fields.unit("baseDecimals");
}

/** What a market has lent and borrowed, by principal, and its rate curves per year. */
export interface CometRatesInput {
  readonly supplyIndex: bigint;
  readonly borrowIndex: bigint;
  readonly totalSupply: bigint;
  readonly totalBorrow: bigint;
  readonly supply: KinkedCurve;
  readonly borrow: KinkedCurve;
}

/**
 * Utilisation and rates per second of a market, 18 decimals: utilisation of the present values, each curve's base and slopes
 * ÷ 31,536,000 rounded down before they are used (`kinkedRate`, `perSecond`).
 *
 * @throws InvalidInputError   naming the field: a negative amount, index or rate
 */
export function cometRates(market: CometRatesInput): {
  readonly utilisation: bigint;
  readonly supplyPerSecond: bigint;
  readonly borrowPerSecond: bigint;
} {
  const keys = ["supplyIndex", "borrowIndex", "totalSupply", "totalBorrow", "supply", "borrow"];
  const fields = new IntegerFields(market, "cometRates", keys);
  const supplied = (fields.natural("totalSupply") * fields.natural("supplyIndex")) / INDEX;
  const borrowed = (fields.natural("totalBorrow") * fields.natural("borrowIndex")) / INDEX;
  const used = utilisation({ borrowed, supplied });
  return Object.freeze({
    utilisation: used,
    supplyPerSecond: kinkedRate(perSecond(market.supply), used),
    borrowPerSecond: kinkedRate(perSecond(market.borrow), used),
  });
}

function readBase(value: unknown, place: string) {
  const fields = new IntegerFields(value, place, ["decimals", "price", "supplyIndex", "borrowIndex"]);
  return {
    unit: fields.unit("decimals"),
    price: fields.positive("price"),
    supplyIndex: fields.positive("supplyIndex"),
    borrowIndex: fields.positive("borrowIndex"),
  };
}

function presentValue(principal: bigint, supplyIndex: bigint, borrowIndex: bigint): bigint {
  // bigint division rounds towards zero, on either side.
  return (principal * (principal < 0n ? borrowIndex : supplyIndex)) / INDEX;
}
