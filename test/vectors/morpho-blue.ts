import { chainHealthFactor } from "../../src/rules/integers.js";
import { morphoAccount, morphoAccrual } from "../../src/rules/sizing/morpho.js";
import { casesIn, eachCase, integerAt, type VectorChecks } from "./comparison.js";

export const checks: VectorChecks = {
  "morpho-blue/random200.json": {
    cases: (document) => casesIn(document),
    answer: eachCase(({ input }) => {
      const of = (key: string) => integerAt(input, key);
      const market = {
        lltv: of("lltv"),
        price: of("price"),
        totalBorrowAssets: of("totalBorrowAssets"),
        totalBorrowShares: of("totalBorrowShares"),
      };
      const account = morphoAccount(market, { collateral: of("collateral"), borrowShares: of("borrowShares") });
      const accrual = morphoAccrual({
        totalBorrowAssets: market.totalBorrowAssets,
        totalSupplyAssets: of("totalSupplyAssets"),
        totalSupplyShares: of("totalSupplyShares"),
        fee: of("fee"),
        ratePerSecond: of("ratePerSecond"),
        elapsed: of("elapsed"),
      });
      return [
        { field: "expected.lif", actual: account.liquidationIncentive },
        { field: "expected.borrowAssets", actual: account.borrowAssets },
        { field: "expected.maxBorrowAssets", actual: account.maxBorrowAssets },
        { field: "expected.maxBorrowable", actual: account.maxBorrowable },
        { field: "expected.isHealthy", actual: account.healthy },
        { field: "expected.healthFactor", actual: chainHealthFactor(account.healthFactor) },
        { field: "expected.ltv", actual: account.ltv },
        { field: "expected.liquidationPrice", actual: account.liquidationPrice },
        { field: "expected.priceVariation", actual: account.priceVariation },
        { field: "expected.withdrawable", actual: account.withdrawable },
        { field: "expected.seizable", actual: account.seizable },
        { field: "expected.capacityUsage", actual: account.capacityUsage },
        { field: "expected.interest", actual: accrual.interest },
        { field: "expected.feeShares", actual: accrual.feeShares },
        { field: "expected.utilization", actual: accrual.utilisation },
      ];
    }),
  },
};
