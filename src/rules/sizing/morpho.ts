import { divideUp, greatest, IntegerFields, least, MAX_UINT256, WAD } from "../integers.js";
import { utilisation } from "../rates.js";

/**
 * Morpho Blue: isolated markets of one loan asset against one collateral. Amounts are integers of the token's own unit,
 * `price` is loan per collateral with 36 decimals (the tokens' decimals included), ratios and rates have 18. Shares carry
 * 10^6 virtual shares and one virtual asset. Source: morpho-org `blue-sdk` 6.4 `MarketUtils` and the contract it mirrors.
 */

const PRICE = 10n ** 36n;
const VIRTUAL_SHARES = 10n ** 6n;
const VIRTUAL_ASSETS = 1n;
const LIQUIDATION_CURSOR = 3n * 10n ** 17n;
const MAX_INCENTIVE = 115n * 10n ** 16n;

export interface MorphoMarket {
  readonly lltv: bigint;
  readonly price: bigint;
  readonly totalBorrowAssets: bigint;
  readonly totalBorrowShares: bigint;
}

export interface MorphoPosition {
  readonly collateral: bigint;
  readonly borrowShares: bigint;
}

/** All that a position is, in integers. A ratio without a bound is 2^256 − 1, as the venue's library has it. */
export interface MorphoAccount {
  /** debt, rounded up */
  readonly borrowAssets: bigint;
  readonly collateralValue: bigint;
  /** most debt that the collateral carries, and what is left of that */
  readonly maxBorrowAssets: bigint;
  readonly maxBorrowable: bigint;
  /** null without debt */
  readonly healthFactor: bigint | null;
  readonly healthy: boolean;
  /** debt ÷ collateral value, rounded up; null without debt */
  readonly ltv: bigint | null;
  /** price at which the debt reaches the limit; null without debt */
  readonly liquidationPrice: bigint | null;
  /** relative move of the price to there; null without debt */
  readonly priceVariation: bigint | null;
  /** collateral that can be taken out */
  readonly withdrawable: bigint;
  /** collateral that a liquidator can take; 0 while healthy */
  readonly seizable: bigint;
  /** 1 ÷ health factor, rounded up */
  readonly capacityUsage: bigint;
  readonly liquidationIncentive: bigint;
}

/**
 * Liquidation incentive factor:  min(1.15, ⌊1e36 / (1e18 − ⌊0.3 · (1e18 − lltv)⌋)⌋).
 *
 * @throws InvalidInputError   where the limit is not a bigint from 0 to 1e18
 */
export function morphoIncentive(lltv: bigint): bigint {
  const limit = new IntegerFields({ lltv }, "morphoIncentive", ["lltv"]).integer("lltv", 0n, WAD);
  return least(MAX_INCENTIVE, (WAD * WAD) / (WAD - (LIQUIDATION_CURSOR * (WAD - limit)) / WAD));
}

/**
 * Assets of shares:  shares · (totalAssets + 1) / (totalShares + 10^6), rounded as said.
 *
 * @throws InvalidInputError   where a field is not a bigint or negative
 */
export function morphoAssets(
  shares: bigint,
  totals: { readonly assets: bigint; readonly shares: bigint },
  rounding: "down" | "up",
): bigint {
  const fields = new IntegerFields({ shares, totalAssets: totals.assets, totalShares: totals.shares }, "morphoAssets", [
    "shares",
    "totalAssets",
    "totalShares",
  ]);
  const product = fields.natural("shares") * (fields.natural("totalAssets") + VIRTUAL_ASSETS);
  const parts = fields.natural("totalShares") + VIRTUAL_SHARES;
  return rounding === "up" ? divideUp(product, parts) : product / parts;
}

/**
 * A position under a market:
 *
 *   debt             ⌈shares · (totalBorrowAssets + 1) / (totalBorrowShares + 10^6)⌉
 *   collateralValue  ⌊collateral · price / 1e36⌋
 *   maxBorrow        ⌊collateralValue · lltv / 1e18⌋; healthy while ≥ debt; healthFactor ⌊maxBorrow · 1e18 / debt⌋
 *   ltv              ⌈debt · 1e18 / collateralValue⌉
 *   liquidationPrice ⌈debt · 1e36 / ⌊collateral · lltv / 1e18⌋⌉; priceVariation ⌈liquidationPrice · 1e18 / price⌉ − 1e18
 *   withdrawable     max(0, collateral − ⌈⌈debt · 1e36 / price⌉ · 1e18 / lltv⌉)
 *   seizable         min(collateral, ⌊⌊⌊debt, rounded down⌋ · incentive / 1e18⌋ · 1e36 / price⌋) where not healthy
 *   capacityUsage    ⌈1e36 / healthFactor⌉
 *
 * @throws InvalidInputError   naming the field: a negative amount, a price or lltv of 0, an lltv above 1e18
 */
export function morphoAccount(market: MorphoMarket, position: MorphoPosition): MorphoAccount {
  const fields = new IntegerFields(market, "morphoAccount.market", [
    "lltv",
    "price",
    "totalBorrowAssets",
    "totalBorrowShares",
  ]);
  const lltv = fields.integer("lltv", 1n, WAD);
  const price = fields.positive("price");
  const totals = { assets: fields.natural("totalBorrowAssets"), shares: fields.natural("totalBorrowShares") };
  const held = new IntegerFields(position, "morphoAccount.position", ["collateral", "borrowShares"]);
  const collateral = held.natural("collateral");
  const shares = held.natural("borrowShares");

  const debt = morphoAssets(shares, totals, "up");
  const collateralValue = (collateral * price) / PRICE;
  const maxBorrow = (collateralValue * lltv) / WAD;
  const healthy = maxBorrow >= debt;
  const healthFactor = debt === 0n ? null : (maxBorrow * WAD) / debt;
  const incentive = morphoIncentive(lltv);
  const power = (collateral * lltv) / WAD;
  const liquidationPrice = shares === 0n ? null : power === 0n ? MAX_UINT256 : divideUp(debt * PRICE, power);
  const reserved = divideUp(divideUp(debt * PRICE, price) * WAD, lltv);
  const repaid = (morphoAssets(shares, totals, "down") * incentive) / WAD;
  return Object.freeze({
    borrowAssets: debt,
    collateralValue,
    maxBorrowAssets: maxBorrow,
    maxBorrowable: greatest(0n, maxBorrow - debt),
    healthFactor,
    healthy,
    ltv: shares === 0n ? null : collateralValue === 0n ? MAX_UINT256 : divideUp(debt * WAD, collateralValue),
    liquidationPrice,
    priceVariation: liquidationPrice === null ? null : divideUp(liquidationPrice * WAD, price) - WAD,
    withdrawable: greatest(0n, collateral - reserved),
    seizable: healthy ? 0n : least(collateral, (repaid * PRICE) / price),
    capacityUsage: healthFactor === 0n ? MAX_UINT256 : divideUp(WAD * WAD, healthFactor ?? MAX_UINT256),
    liquidationIncentive: incentive,
  });
}

export interface MorphoAccrualInput {
  readonly totalBorrowAssets: bigint;
  readonly totalSupplyAssets: bigint;
  readonly totalSupplyShares: bigint;
  /** share of the interest that becomes shares of the fee's recipient */
  readonly fee: bigint;
  readonly ratePerSecond: bigint;
  /** seconds */
  readonly elapsed: bigint;
}

/**
 * Interest of a market over `elapsed` seconds, the shares that its fee mints, and utilisation before it:
 *
 *   x         = rate · elapsed
 *   interest  = ⌊totalBorrowAssets · (x + ⌊x² / 2e18⌋ + ⌊⌊x² / 2e18⌋ · x / 3e18⌋) / 1e18⌋
 *   fee       = ⌊interest · fee / 1e18⌋
 *   feeShares = ⌊fee · (totalSupplyShares + 10^6) / (totalSupplyAssets + interest − fee + 1)⌋
 *
 * @throws InvalidInputError   naming the field: a negative number, a fee above 1e18
 */
export function morphoAccrual(market: MorphoAccrualInput): {
  readonly interest: bigint;
  readonly feeShares: bigint;
  readonly utilisation: bigint;
} {
  const fields = new IntegerFields(market, "morphoAccrual", [
    "totalBorrowAssets",
    "totalSupplyAssets",
    "totalSupplyShares",
    "fee",
    "ratePerSecond",
    "elapsed",
  ]);
  const borrowed = fields.natural("totalBorrowAssets");
  const supplied = fields.natural("totalSupplyAssets");
  const x = fields.natural("ratePerSecond") * fields.natural("elapsed");
  const second = (x * x) / (2n * WAD);
  const third = (second * x) / (3n * WAD);
  const interest = (borrowed * (x + second + third)) / WAD;
  const fee = (interest * fields.integer("fee", 0n, WAD)) / WAD;
  const feeShares =
    (fee * (fields.natural("totalSupplyShares") + VIRTUAL_SHARES)) / (supplied + interest - fee + VIRTUAL_ASSETS);
  return Object.freeze({ interest, feeShares, utilisation: utilisation({ borrowed, supplied }) });
}
