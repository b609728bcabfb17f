import { list } from "../../checks.js";
import { divideFloor, divideUp, IntegerFields } from "../integers.js";

/** One collateral or debt of a loan. */
export interface FolksHolding {
  /** 18 decimals, rounded down on either side, as the hub has it */
  readonly value: bigint;
  /** value × collateral or borrow factor, 8 decimals, rounded down of collateral and up of debt */
  readonly effective: bigint;
}

/** A loan as the hub's client shows it: money with 8 decimals. */
export interface FolksLoan {
  /** of each collateral and each debt, with 8 decimals: rounded down of collateral and up of debt */
  readonly collateralValues: readonly bigint[];
  readonly borrowValues: readonly bigint[];
  readonly collateral: bigint;
  readonly effectiveCollateral: bigint;
  readonly borrow: bigint;
  readonly effectiveBorrow: bigint;
  /** fractions of 1e8, each 0 without collateral */
  readonly loanToValue: bigint;
  readonly borrowUtilisation: bigint;
  /** negative where the loan can be liquidated */
  readonly liquidationMargin: bigint;
}

const ONE = 10n ** 8n;
/** From 18 decimals to 8. */
const FINER = 10n ** 10n;

/**
 * Sums and ratios of a loan of Folks Finance xChain:
 *
 *   loanToValue        ⌈borrow · 1e8 / collateral⌉
 *   borrowUtilisation  ⌈effectiveBorrow · 1e8 / effectiveCollateral⌉
 *   liquidationMargin  ⌊(effectiveCollateral − effectiveBorrow) · 1e8 / effectiveCollateral⌋, of bad debt too
 *
 * Source: Folks-Finance/folks-finance-xchain-js-sdk 35673ee, src/common/utils/formulae.ts.
 *
 * @throws InvalidInputError   naming the field: a number that is no bigint or negative
 */
export function folksLoan(loan: {
  readonly collaterals: readonly FolksHolding[];
  readonly borrows: readonly FolksHolding[];
}): FolksLoan {
  const fields = new IntegerFields(loan, "folksLoan", ["collaterals", "borrows"]);
  const holdings = (key: string) =>
    list(fields.of(key), fields.at(key), (item, place) => {
      const one = new IntegerFields(item, place, ["value", "effective"]);
      return { value: one.natural("value"), effective: one.natural("effective") };
    });
  const [collaterals, borrows] = [holdings("collaterals"), holdings("borrows")];
  const collateralValues = collaterals.map(({ value }) => value / FINER);
  const borrowValues = borrows.map(({ value }) => divideUp(value, FINER));
  const collateral = sum(collateralValues);
  const borrow = sum(borrowValues);
  const effectiveCollateral = sum(collaterals.map(({ effective }) => effective));
  const effectiveBorrow = sum(borrows.map(({ effective }) => effective));
  const left = effectiveCollateral - effectiveBorrow;
  return Object.freeze({
    collateralValues: Object.freeze(collateralValues),
    borrowValues: Object.freeze(borrowValues),
    collateral,
    effectiveCollateral,
    borrow,
    effectiveBorrow,
    loanToValue: collateral === 0n ? 0n : divideUp(borrow * ONE, collateral),
    borrowUtilisation: effectiveCollateral === 0n ? 0n : divideUp(effectiveBorrow * ONE, effectiveCollateral),
    liquidationMargin: effectiveCollateral === 0n ? 0n : divideFloor(left * ONE, effectiveCollateral),
  });
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
