import { divideFloor, greatest, IntegerFields, WAD } from "../integers.js";

const BPS = 10_000n;

/** One collateral of an account against the account's only liability. Values in the unit of account, amounts raw integers. */
export interface EulerLiquidationInput {
  /** the debt in its own asset (rounded up), and its value at the mid price */
  readonly owed: bigint;
  readonly liabilityValue: bigint;
  /** of all collateral: value at mid × liquidation LTV, each rounded down */
  readonly collateralAdjusted: bigint;
  /** the vault's limit of the discount, basis points */
  readonly maxDiscount: bigint;
  /** the collateral that the liquidator chooses: its balance, and its value at the mid price */
  readonly balance: bigint;
  readonly value: bigint;
}

/**
 * Most that a liquidator may repay, and what of the chosen collateral that yields (Euler v2, `checkLiquidation`):
 *
 *   nothing        where collateralAdjusted > liabilityValue, or nothing is owed
 *   discount d     = max(⌊collateralAdjusted · 1e18 / liabilityValue⌋, 1e18 − ⌊1e18 · maxDiscount / 1e4⌋)
 *   yieldValue     = ⌊liabilityValue · 1e18 / d⌋ for repayValue = liabilityValue; where the collateral is worth less,
 *                    yieldValue = value, repayValue = ⌊value · d / 1e18⌋
 *   maxRepay       = ⌊repayValue · owed / liabilityValue⌋
 *   maxYield       = ⌊yieldValue · balance / value⌋; worthless collateral goes whole, for nothing
 *
 * There is no close factor: the bonus 1/d grows as health falls. Source: euler-xyz/euler-vault-kit `LiquidationModule`;
 * equal to the executed contract.
 *
 * @throws InvalidInputError   naming the field: a negative amount, a discount of 10,000 or more
 */
export function eulerLiquidation(input: EulerLiquidationInput): {
  readonly maxRepay: bigint;
  readonly maxYield: bigint;
} {
  const fields = new IntegerFields(input, "eulerLiquidation", [
    "owed",
    "liabilityValue",
    "collateralAdjusted",
    "maxDiscount",
    "balance",
    "value",
  ]);
  const owed = fields.natural("owed");
  const liability = fields.natural("liabilityValue");
  const adjusted = fields.natural("collateralAdjusted");
  const maxDiscount = fields.integer("maxDiscount", 0n, BPS - 1n);
  const balance = fields.natural("balance");
  const value = fields.natural("value");
  if (owed === 0n || liability === 0n || adjusted > liability) return Object.freeze({ maxRepay: 0n, maxYield: 0n });
  if (value === 0n) return Object.freeze({ maxRepay: 0n, maxYield: balance });
  const discount = greatest((adjusted * WAD) / liability, WAD - (WAD * maxDiscount) / BPS);
  let repay = liability;
  let taken = (liability * WAD) / discount;
  if (taken > value) {
    taken = value;
    repay = (value * discount) / WAD;
  }
  return Object.freeze({ maxRepay: (repay * owed) / liability, maxYield: (taken * balance) / value });
}

/**
 * A loan-to-value ratio, basis points, that governance lowered and that ramps down, at time `now`:
 *
 *   target + ⌊(initial − target) · (until − now) / over⌋ while now < until and initial > target, else target
 *
 * Times in seconds. The rule language has the same as a weight of kind `ramp`.
 *
 * @throws InvalidInputError   naming the field: a negative number, an `over` of 0 while the ramp runs
 */
export function eulerRamp(ramp: {
  readonly target: bigint;
  readonly initial: bigint;
  readonly until: bigint;
  readonly over: bigint;
  readonly now: bigint;
}): bigint {
  const fields = new IntegerFields(ramp, "eulerRamp", ["target", "initial", "until", "over", "now"]);
  const [target, initial] = [fields.natural("target"), fields.natural("initial")];
  const left = fields.natural("until") - fields.natural("now");
  if (left <= 0n || initial <= target) return target;
  return target + divideFloor((initial - target) * left, fields.positive("over"));
}
