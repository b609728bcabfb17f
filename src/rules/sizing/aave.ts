import { at } from "../../checks.js";
import { divideHalfUp, divideUp, greatest, IntegerFields, least, WAD } from "../integers.js";

/**
 * Sizing of Aave v3 liquidations, version 3.7. Amounts are integers of the token's own unit, prices and values integers of
 * the pool's base currency (8 decimals where that is the dollar), percentages basis points (10,000 is one), the health
 * factor has 18 decimals.
 */

/** What one liquidation call trades: some debt in one asset against collateral in another. */
export interface AaveSeizureInput {
  readonly collateralPrice: bigint;
  readonly collateralDecimals: number;
  /** all of that collateral that the account has */
  readonly collateralBalance: bigint;
  readonly debtPrice: bigint;
  readonly debtDecimals: number;
  readonly debtToCover: bigint;
  /** 10,500 where a liquidator gets 5 % more than is repaid; the e-mode's where the collateral is a member */
  readonly bonus: bigint;
  /** the protocol's share of the bonus */
  readonly protocolFee: bigint;
}

export interface AaveSeizure {
  readonly toLiquidator: bigint;
  /** what the liquidator repays: less than `debtToCover` where the collateral does not reach */
  readonly debtNeeded: bigint;
  /** collateral that goes to the protocol */
  readonly protocolFee: bigint;
}

export interface AaveLiquidationInput extends AaveSeizureInput {
  /** all debt in that asset */
  readonly debtBalance: bigint;
  /** all debt of the account, in the base currency */
  readonly totalDebt: bigint;
  readonly healthFactor: bigint;
}

export interface AaveLiquidation extends AaveSeizure {
  /** whether the health factor is below one; where it is not the chain refuses and the sizes are hypothetical */
  readonly liquidatable: boolean;
  /** the most that one call repays */
  readonly maxDebt: bigint;
  /** whether that is limited to half of the account's debt */
  readonly halved: boolean;
  /** debt and collateral left in these two assets, in the base currency */
  readonly debtLeft: bigint;
  readonly collateralLeft: bigint;
  /** the chain refuses: neither all debt nor all collateral is taken, and less than the minimum is left of one of them */
  readonly leavesDust: boolean;
}

/** Constants of the pool's liquidation logic: bps, 1e18, base currency of 8 decimals. */
export const AAVE_LIQUIDATION = Object.freeze({
  closeFactor: 5_000n,
  closeFactorHealth: 95n * 10n ** 16n,
  closeFactorMinimum: 2_000n * 10n ** 8n,
  minimumLeft: 1_000n * 10n ** 8n,
});

const BPS = 10_000n;
/** A cent in the base currency's eight decimals. */
const CENT = 10n ** 6n;
const SEIZURE_KEYS = [
  "collateralPrice",
  "collateralDecimals",
  "collateralBalance",
  "debtPrice",
  "debtDecimals",
  "debtToCover",
  "bonus",
  "protocolFee",
];

/**
 * Collateral that repaying `debtToCover` takes:
 *
 *   base   = ⌊debtPrice · debtToCover · 10^collateralDecimals / (collateralPrice · 10^debtDecimals)⌋
 *   taken  = ⌊base · bonus / 1e4⌋, debtNeeded = debtToCover; where that is more than the balance,
 *   taken  = balance, debtNeeded = ⌈⌊collateralPrice · taken · 10^debtDecimals / (debtPrice · 10^collateralDecimals)⌋ · 1e4 / bonus⌉
 *   fee    = ⌈(taken − ⌊taken · 1e4 / bonus⌋) · protocolFee / 1e4⌉, toLiquidator = taken − fee
 *
 * Source: aave-dao/aave-v3-origin v3.7, LiquidationLogic `_calculateAvailableCollateralToLiquidate`; equal to the executed
 * contract.
 *
 * @throws InvalidInputError   naming the field: a negative amount, a price of 0, a bonus below 10,000, a fee above it
 */
export function aaveSeizure(input: AaveSeizureInput): AaveSeizure {
  return seize(readSeizure(new IntegerFields(input, "aaveSeizure", SEIZURE_KEYS)));
}

/**
 * A whole liquidation call: how much of the debt may be repaid, what that takes, and whether the rest would be dust.
 *
 *   half of the debt   where the values of both balances are ≥ $2,000 and the health factor is > 0.95, a call repays at most
 *                      ⌊½(totalDebt / 2) · 10^debtDecimals / debtPrice⌋ (½: halves up) if the debt in this asset is worth more
 *   all of it          else
 *   dust               where neither balance is cleared, both rests must be worth ≥ $1,000
 *
 * Values: collateral rounded down, debt up. `debtToCover` above what is allowed is cut to it, as the chain does.
 * Source: as `aaveSeizure`, `executeLiquidationCall`.
 *
 * @throws InvalidInputError   as `aaveSeizure`
 */
export function aaveLiquidation(input: AaveLiquidationInput): AaveLiquidation {
  const keys = [...SEIZURE_KEYS, "debtBalance", "totalDebt", "healthFactor"];
  const fields = new IntegerFields(input, "aaveLiquidation", keys);
  const trade = readSeizure(fields);
  const debtBalance = fields.natural("debtBalance");
  const totalDebt = fields.natural("totalDebt");
  const healthFactor = fields.natural("healthFactor");
  const { collateralPrice, collateralUnit, collateralBalance, debtPrice, debtUnit } = trade;
  const { closeFactor, closeFactorHealth, closeFactorMinimum, minimumLeft } = AAVE_LIQUIDATION;
  const collateralValue = (amount: bigint) => (amount * collateralPrice) / collateralUnit;
  const debtValue = (amount: bigint) => divideUp(amount * debtPrice, debtUnit);

  const half = divideHalfUp(totalDebt * closeFactor, BPS);
  const halved =
    collateralValue(collateralBalance) >= closeFactorMinimum &&
    debtValue(debtBalance) >= closeFactorMinimum &&
    healthFactor > closeFactorHealth &&
    debtValue(debtBalance) > half;
  const maxDebt = halved ? (half * debtUnit) / debtPrice : debtBalance;
  const seizure = seize({ ...trade, debtToCover: least(trade.debtToCover, maxDebt) });

  const debtRest = debtBalance - seizure.debtNeeded;
  const collateralRest = collateralBalance - seizure.toLiquidator - seizure.protocolFee;
  const debtLeft = debtValue(debtRest);
  const collateralLeft = collateralValue(collateralRest);
  const leavesDust = debtRest > 0n && collateralRest > 0n && (debtLeft < minimumLeft || collateralLeft < minimumLeft);
  return Object.freeze({
    ...seizure,
    liquidatable: healthFactor < WAD,
    maxDebt,
    halved,
    debtLeft,
    collateralLeft,
    leavesDust,
  });
}

/** A collateral's debt ceiling and the debt that all accounts have against it, in base currency with two decimals. */
export interface AaveCeiling {
  readonly debtCeiling: bigint;
  readonly isolationDebt: bigint;
}

/**
 * What isolation mode leaves an account to borrow, for deployments before v3.7: where a collateral that it uses has a debt
 * ceiling (not 0), no more than max(0, debtCeiling − isolationDebt), here in the base currency of 8 decimals. null where none
 * has one. The protocol lets an isolated collateral be the only one; of several the last counts, as in the venue's library.
 * Source: @aave/math-utils 1.38 `formatUserSummary`.
 *
 * @throws InvalidInputError   naming the field: a negative number
 */
export function aaveIsolation(collateral: readonly AaveCeiling[]): { readonly left: bigint } | null {
  let left: bigint | null = null;
  for (const [i, one] of collateral.entries()) {
    const fields = new IntegerFields(one, at("aaveIsolation", i), ["debtCeiling", "isolationDebt"]);
    const [ceiling, debt] = [fields.natural("debtCeiling"), fields.natural("isolationDebt")];
    if (ceiling !== 0n) left = greatest(0n, ceiling - debt) * CENT;
  }
  return left === null ? null : Object.freeze({ left });
}

interface Trade {
  readonly collateralPrice: bigint;
  readonly collateralUnit: bigint;
  readonly collateralBalance: bigint;
  readonly debtPrice: bigint;
  readonly debtUnit: bigint;
  readonly debtToCover: bigint;
  readonly bonus: bigint;
  readonly fee: bigint;
}

function readSeizure(fields: IntegerFields): Trade {
  return {
    collateralPrice: fields.positive("collateralPrice"),
    collateralUnit: fields.unit("collateralDecimals"),
    collateralBalance: fields.natural("collateralBalance"),
    debtPrice: fields.positive("debtPrice"),
    debtUnit: fields.unit("debtDecimals"),
    debtToCover: fields.natural("debtToCover"),
    bonus: fields.integer("bonus", BPS),
    fee: fields.integer("protocolFee", 0n, BPS),
  };
}

function seize(trade: Trade): AaveSeizure {
  const { collateralPrice, collateralUnit, collateralBalance, debtPrice, debtUnit, debtToCover, bonus, fee } = trade;
  const base = (debtPrice * debtToCover * collateralUnit) / (collateralPrice * debtUnit);
  let taken = (base * bonus) / BPS;
  let debtNeeded = debtToCover;
  if (taken > collateralBalance) {
    taken = collateralBalance;
    debtNeeded = divideUp(((collateralPrice * taken * debtUnit) / (debtPrice * collateralUnit)) * BPS, bonus);
  }
  const protocolFee = divideUp((taken - (taken * BPS) / bonus) * fee, BPS);
  return Object.freeze({ toLiquidator: taken - protocolFee, debtNeeded, protocolFee });
}
