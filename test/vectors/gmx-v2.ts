import { gmxCosts, gmxEntryPrice, gmxLeverage } from "../../src/rules/sizing/gmx.js";
import { gmxLiquidationPrice } from "../../src/rules/venue-price/gmx.js";
import {
  casesIn,
  type Comparison,
  eachCase,
  integerAt,
  type JsonRecord,
  numberAt,
  truthAt,
  type VectorChecks,
} from "./comparison.js";

/** Money, factors and prices of whole tokens have 30 decimals. */
const optionalAt = (of: JsonRecord, key: string) =>
  of[key] === null || of[key] === undefined ? 0n : integerAt(of, key);

export const checks: VectorChecks = {
  "gmx-v2/random200.json": {
    cases: (document) => casesIn(document),
    answer: eachCase(({ input }): Comparison[] => {
      const of = (key: string) => integerAt(input, key);
      const sizeInUsd = of("sizeInUsd");
      const sizeInTokens = of("sizeInTokens");
      const indexDecimals = numberAt(input, "indexDecimals");
      const collateralUsd = of("collateralUsd");
      const pendingFeesUsd = of("pendingFundingFeesUsd") + of("pendingBorrowingFeesUsd");
      const costs = gmxCosts({
        sizeInUsd,
        positionFeeFactor: of("positionFeeFactorNegative"),
        referralRebateFactor: optionalAt(input, "referralRebateFactor"),
        referralDiscountFactor: optionalAt(input, "referralDiscountFactor"),
        maxImpactFactor: of("maxPositionImpactFactorForLiquidations"),
      });
      const liquidation = gmxLiquidationPrice({
        isLong: truthAt(input, "isLong"),
        sameToken: truthAt(input, "sameToken"),
        sizeInUsd,
        sizeInTokens,
        indexDecimals,
        collateralAmount: of("collateralAmount"),
        collateralUsd,
        pendingFeesUsd,
        closingFeeUsd: costs.fee,
        impactUsd: costs.impact,
        minCollateralFactor: of("minCollateralFactorForLiquidation"),
        minCollateralUsd: of("minCollateralUsd"),
      });
      return [
        { field: "expected.liquidationPrice", what: "integers", actual: liquidation },
        { field: "expected.leverageBps", actual: gmxLeverage({ sizeInUsd, collateralUsd, pendingFeesUsd }) },
        { field: "expected.entryPrice", actual: gmxEntryPrice({ sizeInUsd, sizeInTokens, indexDecimals }) },
      ];
    }),
  },
};
