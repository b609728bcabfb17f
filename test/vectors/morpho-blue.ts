import { preset } from "../../src/presets/index.js";
import { chainHealthFactor, MAX_UINT256 } from "../../src/rules/integers.js";
import { morphoAccount, morphoAccrual } from "../../src/rules/sizing/morpho.js";
import { tolerance } from "../support/tolerance.js";
import {
  casesIn,
  type Comparison,
  decimalText,
  integerAt,
  type JsonRecord,
  type VectorCheck,
  type VectorChecks,
} from "./comparison.js";
import { NUMERAIRE, type Row, VectorBook } from "./product.js";

const positions: VectorCheck = {
  cases: (document) => casesIn(document),
  answer(cases, context) {
    // The numeraire is the loan asset, of no decimals: everything is in its units, as the protocol compares.
    const book = new VectorBook({ decimals: 0 });
    const assets: Record<string, JsonRecord> = { [NUMERAIRE]: { maintenance: 0 } };
    for (const [i, { input }] of cases.entries()) {
      const collateral = integerAt(input, "collateral").toString();
      book.asset({ id: `${i}`, decimals: 0 }, { index: decimalText(integerAt(input, "price"), 36) });
      assets[`${i}`] = { maintenance: decimalText(integerAt(input, "lltv"), 18) };
      const raw = {
        shares: integerAt(input, "borrowShares").toString(),
        totalAssets: integerAt(input, "totalBorrowAssets").toString(),
        totalShares: integerAt(input, "totalBorrowShares").toString(),
      };
      book.pool({
        supplies: [{ asset: `${i}`, quantity: collateral }],
        debts: [{ asset: NUMERAIRE, quantity: raw.shares, raw }],
      });
    }
    const rows = book.margin(context, preset("morpho-blue", { assets, settings: { loanDecimals: 0 } }));
    return rows.map((row, i) => [...underRule(row), ...sized(cases[i]?.input ?? {})]);
  },
};

/** What the rule says of a position, in integers and in f64. */
function underRule(row: Row): Comparison[] {
  const exact = row.exact();
  const health = row.healthFactor === Number.POSITIVE_INFINITY ? Number(MAX_UINT256) : row.healthFactor * 1e18;
  return [
    { field: "expected.borrowAssets", what: "rule", actual: exact.debt },
    { field: "expected.maxBorrowAssets", what: "rule", actual: exact.weighted.maintenance },
    { field: "expected.maxBorrowable", what: "rule", actual: exact.available },
    { field: "expected.healthFactor", what: "rule", actual: chainHealthFactor(exact.healthFactor) },
    { field: "expected.isHealthy", what: "rule", actual: !exact.breached },
    { field: "expected.borrowAssets", what: "f64", actual: row.debt, tolerance: tolerance.chainFast },
    { field: "expected.maxBorrowAssets", what: "f64", actual: row.assets.maintenance, tolerance: tolerance.chainFast },
    { field: "expected.healthFactor", what: "f64", actual: health, tolerance: tolerance.chainQuotient },
    { field: "expected.isHealthy", what: "f64", actual: !row.breached },
  ];
}

function sized(input: JsonRecord): Comparison[] {
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
}

export const checks: VectorChecks = { "morpho-blue/random200.json": positions };
