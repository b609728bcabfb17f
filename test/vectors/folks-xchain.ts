import { preset } from "../../src/presets/index.js";
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
import { VectorBook } from "./product.js";

/** 1e-9, or one unit of the eight decimals that the protocol has. */
const UNITS = { relative: 1e-9, absolute: 1 };

const loans: VectorCheck = {
  cases: (document) => casesIn(document, "cases"),
  answer(cases, context) {
    const book = new VectorBook();
    const assets: Record<string, JsonRecord> = {};
    for (const [i, { input }] of cases.entries()) loan(book, assets, i, input);
    const rows = book.margin(context, preset("folks-xchain", { assets }));
    return rows.map((row): Comparison[] => {
      const effective = { collateral: row.assets.maintenance, borrow: row.liabilities.maintenance };
      return [
        { field: "expected.collateralValue8", what: "f64", actual: row.collateral * 1e8, tolerance: UNITS },
        {
          field: "expected.effectiveCollateralValue8",
          what: "f64",
          actual: effective.collateral * 1e8,
          tolerance: UNITS,
        },
        { field: "expected.borrowValue8", what: "f64", actual: row.debt * 1e8, tolerance: UNITS },
        { field: "expected.effectiveBorrowValue8", what: "f64", actual: effective.borrow * 1e8, tolerance: UNITS },
        { field: "expected", what: "liquidatable", of: isLiquidatable, actual: row.breached },
        { field: "expected.decimals", skipped: "how many decimals the client writes the ratios with" },
      ];
    });
  },
};

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
