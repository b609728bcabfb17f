import { preset } from "../../src/presets/index.js";
import type { ExactHolding } from "../../src/rules/exact.js";
import { folksLoan } from "../../src/rules/sizing/folks.js";
import { tolerance } from "../support/tolerance.js";
import {
  casesIn,
  type Comparison,
  decimalText,
  integerAt,
  type Json,
  type JsonRecord,
  numberAt,
  objectsAt,
  recordOf,
  type VectorCheck,
  type VectorChecks,
} from "./comparison.js";
import { type Row, VectorBook } from "./product.js";

const loans: VectorCheck = {
  cases: (document) => casesIn(document, "cases"),
  answer(cases, context) {
    const book = new VectorBook();
    const assets: Record<string, JsonRecord> = {};
    for (const [i, { input }] of cases.entries()) loan(book, assets, i, input);
    const rows = book.margin(context, preset("folks-xchain", { assets }));
    return rows.map((row, i): Comparison[] => {
      const terms = Math.max(
        ...["collaterals", "borrows"].map((side) => objectsAt(cases[i]?.input ?? {}, side).length),
      );
      const effective = { collateral: row.assets.maintenance, borrow: row.liabilities.maintenance };
      const f64 = (field: string, actual: number): Comparison => ({
        field: `expected.${field}`,
        what: "f64",
        actual,
        tolerance: tolerance.integerFast(terms),
      });
      return [
        ...exactly(row),
        f64("collateralValue8", row.collateral * UNIT),
        f64("effectiveCollateralValue8", effective.collateral * UNIT),
        f64("borrowValue8", row.debt * UNIT),
        f64("effectiveBorrowValue8", effective.borrow * UNIT),
        { field: "expected", what: "liquidatable", of: isLiquidatable, actual: row.exact().breached },
        { field: "expected", what: "liquidatable, f64", of: isLiquidatable, actual: row.breached },
        { field: "expected.decimals", skipped: "how many decimals the client writes the ratios with" },
      ];
    });
  },
};

const UNIT = 1e8;

/** The hub's integers: each holding, in the order of the case, the sums and the ratios. */
function exactly(row: Row): Comparison[] {
  const { perHolding } = row.exact();
  const sides = { collaterals: perHolding.filter((one) => one.kind !== "debt"), borrows: perHolding.filter(isDebt) };
  const holdings = (side: readonly ExactHolding[]) =>
    side.map(({ value, weighted }) => ({ value, effective: weighted }));
  const loan = folksLoan({ collaterals: holdings(sides.collaterals), borrows: holdings(sides.borrows) });
  const values = { collaterals: loan.collateralValues, borrows: loan.borrowValues };
  const each = (["collaterals", "borrows"] as const).flatMap((side) =>
    sides[side].map(({ amount, weighted }, k): Comparison => {
      const actual = { balance: amount, value8: values[side][k] ?? null, effectiveValue8: weighted };
      return { field: `${side}.${k}.expected`, actual };
    }),
  );
  return [
    ...each,
    { field: "expected.collateralValue8", actual: loan.collateral },
    { field: "expected.effectiveCollateralValue8", actual: loan.effectiveCollateral },
    { field: "expected.borrowValue8", actual: loan.borrow },
    { field: "expected.effectiveBorrowValue8", actual: loan.effectiveBorrow },
    { field: "expected.ltv8", actual: loan.loanToValue },
    { field: "expected.borrowUtilisation8", actual: loan.borrowUtilisation },
    { field: "expected.liquidationMargin8", actual: loan.liquidationMargin },
  ];
}

function isDebt({ kind }: ExactHolding): boolean {
  return kind === "debt";
}

function isLiquidatable(expected: Json): boolean {
  const fields = recordOf(expected, ["expected"]);
  return integerAt(fields, "effectiveBorrowValue8") > integerAt(fields, "effectiveCollateralValue8");
}

function loan(book: VectorBook, assets: Record<string, JsonRecord>, i: number, input: JsonRecord): void {
  const holding = (id: string, item: JsonRecord, amount: string, raw: JsonRecord): JsonRecord => {
    const decimals = numberAt(item, "decimals");
    book.asset({ id, decimals }, { index: decimalText(integerAt(item, "price18"), 18) });
    return { asset: id, quantity: decimalText(BigInt(amount), decimals), raw };
  };
  const digits = (item: JsonRecord, key: string) => integerAt(item, key).toString();
  const supplies = objectsAt(input, "collaterals").map((item, k) => {
    const id = `${i} collateral ${k}`;
    const weight = numberAt(item, "collateralFactorBps") / 10_000;
    assets[id] = { initial: weight, maintenance: weight };
    const scaled = digits(item, "fTokenBalance");
    return holding(id, item, scaled, { scaled, index: digits(item, "interestIndex18") });
  });
  const debts = objectsAt(input, "borrows").map((item, k) => {
    const id = `${i} borrow ${k}`;
    const weight = numberAt(item, "borrowFactorBps") / 10_000;
    assets[id] = { initial: 0, maintenance: 0, liability: { initial: weight, maintenance: weight } };
    const owed = digits(item, "balanceAtLastUpdate");
    const [index, from] = [digits(item, "interestIndex18"), digits(item, "lastInterestIndex18")];
    return holding(id, item, owed, { owed, index, from });
  });
  book.pool({ supplies, debts });
}

export const checks: VectorChecks = { "folks-xchain/random150.json": loans };
