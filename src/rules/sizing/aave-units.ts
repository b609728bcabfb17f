import { at, finiteNumber, own, type Place, record, required } from "../../checks.js";
import { quantityOf } from "../balances.js";
import { digitsOf, exactDecimal } from "../exact-number.js";
import { unitOf } from "../integers.js";
import type { WholeDirection } from "../interest.js";
import { type AaveLiquidation, aaveLiquidation } from "./aave.js";

/** A token of a liquidation in units: its price in the base currency and a quantity of it. */
export interface AaveToken {
  readonly price: number;
  readonly quantity: number;
  readonly decimals: number;
}

export interface AaveLiquidationInUnits {
  readonly collateral: AaveToken;
  readonly debt: AaveToken;
  /** of the debt token; by default as much as may be */
  readonly repay?: number;
  /** 1.05 where a liquidator gets 5 % more than is repaid */
  readonly bonus: number;
  readonly protocolFee: number;
  /** all debt of the account, in the base currency */
  readonly totalDebt: number;
  readonly healthFactor: number;
}

/**
 * `aaveLiquidation` of numbers: quantities in units of the tokens, money in the base currency, fractions of one. Numbers
 * are taken as their shortest decimals; beyond the chain's digits (8 of prices and money, 4 of fractions, 18 of the health
 * factor, the tokens' own) assets are rounded down, debt up, prices and fractions to the nearest. The result is the chain's,
 * as f64.
 *
 * @throws InvalidInputError   naming the field: a number that is negative or not finite, or as `aaveLiquidation`
 */
export function aaveLiquidationInUnits(input: AaveLiquidationInUnits): {
  readonly [K in keyof AaveLiquidation]: AaveLiquidation[K] extends bigint ? number : boolean;
} {
  const name = "aaveLiquidationInUnits";
  const keys = ["collateral", "debt", "repay", "bonus", "protocolFee", "totalDebt", "healthFactor"];
  const fields = record(input, name, keys);
  const token = (key: "collateral" | "debt", rounding: WholeDirection) => {
    const place = at(name, key);
    const { decimals, ...rest } = required(fields, key, name, (value, here) =>
      record(value, here, ["price", "quantity", "decimals"]),
    );
    unitOf(decimals, at(place, "decimals"));
    const places = Number(decimals);
    return {
      places,
      price: digits(rest.price, at(place, "price"), 8, "half"),
      amount: digits(rest.quantity, at(place, "quantity"), places, rounding),
    };
  };
  const [collateral, debt] = [token("collateral", "down"), token("debt", "up")];
  const number = (key: string, places: number, rounding: WholeDirection) =>
    digits(own(fields, key), at(name, key), places, rounding);
  const result = aaveLiquidation({
    collateralPrice: collateral.price,
    collateralDecimals: collateral.places,
    collateralBalance: collateral.amount,
    debtPrice: debt.price,
    debtDecimals: debt.places,
    debtBalance: debt.amount,
    debtToCover: own(fields, "repay") === undefined ? debt.amount : number("repay", debt.places, "down"),
    bonus: number("bonus", 4, "half"),
    protocolFee: number("protocolFee", 4, "half"),
    totalDebt: number("totalDebt", 8, "up"),
    healthFactor: number("healthFactor", 18, "down"),
  });
  return Object.freeze({
    liquidatable: result.liquidatable,
    halved: result.halved,
    leavesDust: result.leavesDust,
    toLiquidator: quantityOf(result.toLiquidator, collateral.places),
    protocolFee: quantityOf(result.protocolFee, collateral.places),
    debtNeeded: quantityOf(result.debtNeeded, debt.places),
    maxDebt: quantityOf(result.maxDebt, debt.places),
    debtLeft: quantityOf(result.debtLeft, 8),
    collateralLeft: quantityOf(result.collateralLeft, 8),
  });
}

function digits(value: unknown, place: Place, places: number, rounding: WholeDirection): bigint {
  return digitsOf(exactDecimal(finiteNumber(value, place, { min: 0 })), places, rounding);
}
