import { preset } from "../../src/presets/index.js";
import type { ExactAccount } from "../../src/rules/exact.js";
import type { Rational } from "../../src/rules/exact-number.js";
import { chainHealthFactor } from "../../src/rules/integers.js";
import { aaveSeizure } from "../../src/rules/sizing/aave.js";
import { tolerance } from "../support/tolerance.js";
import { checks as library } from "./aave-library.js";
import { BASE, BPS, scaled, weights } from "./aave-reserves.js";
import {
  byList,
  type Comparison,
  decimalText,
  eachCase,
  integerAt,
  type Json,
  type JsonRecord,
  numberAt,
  objectsAt,
  truthAt,
  type VectorCheck,
  type VectorChecks,
} from "./comparison.js";
import { NOW, VectorBook } from "./product.js";

const accounts: VectorCheck["answer"] = (cases, context) => {
  const book = new VectorBook();
  const assets: Record<string, JsonRecord> = {};
  const categories: Record<string, JsonRecord> = {};
  for (const [i, { input }] of cases.entries()) chainAccount(book, assets, categories, i, input);
  const rows = book.margin(context, preset("aave-v3", { shipped: false, assets, categories }));
  return rows.map((row): Comparison[] => {
    const exact = row.exact();
    return [
      { field: "expected.totalCollateralBase", actual: exact.collateral },
      { field: "expected.totalDebtBase", actual: exact.debt },
      { field: "expected.avgLtv", actual: exact.averages.initial },
      { field: "expected.avgLiquidationThreshold", actual: exact.averages.maintenance },
      { field: "expected.healthFactor", actual: chainHealthFactor(exact.healthFactor) },
      { field: "expected.hasZeroLtvCollateral", actual: exact.zeroWeightCollateral },
      { field: "expected.availableBorrowsBase", actual: exact.available },
      { field: "expected.healthFactor", what: "liquidatable", of: isBelowOne, actual: exact.breached },
      {
        field: "expected.totalCollateralBase",
        what: "f64",
        actual: row.collateral * BASE,
        tolerance: tolerance.chainFast,
      },
      { field: "expected.totalDebtBase", what: "f64", actual: row.debt * BASE, tolerance: tolerance.chainFast },
      {
        field: "expected.healthFactor",
        what: "f64",
        actual: chainRatio(row.healthFactor),
        tolerance: tolerance.chainQuotient,
      },
      {
        field: "expected.availableBorrowsBase",
        what: "f64",
        actual: Math.max(0, row.excess.initial) * BASE,
        tolerance: tolerance.chainDifference((row.collateral + row.debt) * BASE, 1 + stepOf(exact)),
      },
      { field: "expected.healthFactor", what: "liquidatable, f64", of: isBelowOne, actual: row.breached },
    ];
  });
};

/** What a basis point of the collateral is where its average is next to a whole one from below, which an f64 cannot tell. */
function stepOf({ sums }: ExactAccount): number {
  const [weighted, collateral] = [sums.weighted.initial, sums.collateral.initial];
  const [n, d] = [weighted.n * collateral.d * BigInt(BPS), weighted.d * collateral.n];
  if (d === 0n || n % d === 0n || (d - (n % d)) * 2n ** 46n > n) return 0;
  return (quotientOf(collateral) * BASE) / BPS;
}

function quotientOf({ n, d }: Rational): number {
  return Number(n) / Number(d);
}

function isBelowOne(healthFactor: Json): boolean {
  return BigInt(String(healthFactor)) < 10n ** 18n;
}

function chainAccount(
  book: VectorBook,
  assets: Record<string, JsonRecord>,
  categories: Record<string, JsonRecord>,
  i: number,
  input: JsonRecord,
): void {
  const now = numberAt(input, "timestamp");
  const chosen = integerAt(input, "userEModeCategory");
  const eMode = objectsAt(input, "eModes").find((mode) => integerAt(mode, "id") === chosen);
  const members: Record<string, JsonRecord> = {};
  const supplies: JsonRecord[] = [];
  const debts: JsonRecord[] = [];
  for (const reserve of objectsAt(input, "reserves")) {
    const number = integerAt(reserve, "id");
    const id = `${i}/${number}`;
    const decimals = numberAt(reserve, "decimals");
    book.asset({ id, decimals }, { index: decimalText(integerAt(reserve, "price8"), 8) });
    assets[id] = weights(reserve, "ltv", "liquidationThreshold");
    if (eMode !== undefined && bit(eMode, "collateralBitmap", number)) {
      const entry = weights(eMode, "ltv", "liquidationThreshold");
      members[id] = bit(eMode, "ltvzeroBitmap", number) ? { ...entry, initial: 0 } : entry;
    }
    const updatedAt = NOW - (now - numberAt(reserve, "lastUpdateTimestamp"));
    supplies.push({
      ...scaled(reserve, id, decimals, "scaledATokenBalance", "liquidityIndex", "liquidityRate", updatedAt),
      collateral: truthAt(reserve, "collateralEnabled"),
    });
    debts.push(
      scaled(reserve, id, decimals, "scaledVariableDebt", "variableBorrowIndex", "variableBorrowRate", updatedAt),
    );
  }
  if (eMode === undefined) {
    book.pool({ supplies, debts });
    return;
  }
  categories[`case ${i}`] = { assets: members, ...(truthAt(eMode, "isolated") ? { others: { initial: 0 } } : {}) };
  book.pool({ supplies, debts, options: { eMode: `case ${i}` } });
}

function bit(of: JsonRecord, bitmap: string, number: bigint): boolean {
  return ((integerAt(of, bitmap) >> number) & 1n) === 1n;
}

/** A ratio of ours as a chain writes one, without limit as 2^256 − 1. */
function chainRatio(ratio: number): number {
  return ratio === Number.POSITIVE_INFINITY ? Number(2n ** 256n - 1n) : ratio * 1e18;
}

const liquidations = eachCase(({ input }) => {
  const seizure = aaveSeizure({
    collateralPrice: integerAt(input, "collateralPrice8"),
    collateralDecimals: numberAt(input, "collateralDecimals"),
    collateralBalance: integerAt(input, "borrowerCollateralBalance"),
    debtPrice: integerAt(input, "debtPrice8"),
    debtDecimals: numberAt(input, "debtDecimals"),
    debtToCover: integerAt(input, "debtToCover"),
    bonus: integerAt(input, "liquidationBonusBps"),
    protocolFee: integerAt(input, "liquidationProtocolFeeBps"),
  });
  return [
    { field: "expected.collateralToLiquidator", actual: seizure.toLiquidator },
    { field: "expected.debtNeeded", actual: seizure.debtNeeded },
    { field: "expected.protocolFee", actual: seizure.protocolFee },
  ];
});

export const checks: VectorChecks = {
  "aave-v3/chain_v37_random.json": byList({ accounts, liquidations }),
  ...library,
};
