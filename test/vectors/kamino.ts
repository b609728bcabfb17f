import { preset } from "../../src/presets/index.js";
import {
  casesIn,
  type Comparison,
  decimalText,
  integerAt,
  isList,
  type Json,
  type JsonRecord,
  numberAt,
  objectsAt,
  recordOf,
  textAt,
  type VectorCheck,
  type VectorChecks,
} from "./comparison.js";
import { decimalParts, FINE, VectorBook } from "./product.js";

const RELATIVE = { relative: 1e-12 };

const obligations: VectorCheck = {
  cases: (document) => casesIn(document, "cases"),
  answer(cases, context) {
    const book = new VectorBook();
    const assets: Record<string, JsonRecord> = {};
    const categories: Record<string, JsonRecord> = {};
    for (const [i, { input }] of cases.entries()) obligation(book, assets, categories, i, input);
    const rows = book.margin(context, preset("kamino", { assets, categories }));
    return rows.map((row): Comparison[] => {
      const { assets: limits, liabilities } = row;
      return [
        { field: "expected.borrowLimit", what: "f64", actual: limits.initial, tolerance: RELATIVE },
        { field: "expected.borrowLiquidationLimit", what: "f64", actual: limits.maintenance, tolerance: RELATIVE },
        { field: "expected.userTotalDeposit", what: "f64", actual: row.collateral, tolerance: RELATIVE },
        { field: "expected.userTotalBorrow", what: "f64", actual: row.debt, tolerance: RELATIVE },
        {
          field: "expected.userTotalBorrowBorrowFactorAdjusted",
          what: "f64",
          actual: liabilities.maintenance,
          tolerance: RELATIVE,
        },
        { field: "expected", what: "unhealthy", of: isUnhealthy, actual: row.breached },
        { field: "expected.potentialElevationGroupUpdate", skipped: UPDATE },
      ];
    });
  },
};

const UPDATE = "an elevation group that the client proposes; zero in all, and not a number of the obligation";

/** Of an obligation with debt: the comparison that the program makes. */
function isUnhealthy(expected: Json): boolean {
  const fields = recordOf(expected, ["expected"]);
  const debt = numberAt(fields, "userTotalBorrowBorrowFactorAdjusted");
  return debt > 0 && debt >= numberAt(fields, "borrowLiquidationLimit");
}

function obligation(
  book: VectorBook,
  assets: Record<string, JsonRecord>,
  categories: Record<string, JsonRecord>,
  i: number,
  input: JsonRecord,
): void {
  const chosen = integerAt(input, "elevationGroup");
  const group = objectsAt(input, "groups").find((one) => integerAt(one, "id") === chosen);
  const members: Record<string, JsonRecord> = {};
  const reserves = objectsAt(input, "reserves");
  for (const [k, reserve] of reserves.entries()) {
    const id = `${i}/${k}`;
    book.asset({ id, decimals: numberAt(reserve, "decimals") + FINE.decimals }, { index: textAt(reserve, "price") });
    const factor = numberAt(reserve, "borrowFactorPct") / 100;
    assets[id] = {
      initial: numberAt(reserve, "loanToValue"),
      maintenance: numberAt(reserve, "liquidationThreshold"),
      liability: { initial: factor, maintenance: factor },
    };
    const { elevationGroups } = reserve;
    if (!isList(elevationGroups)) throw new TypeError("elevationGroups must be a list");
    if (chosen !== 0n && group !== undefined && elevationGroups.some((one) => BigInt(String(one)) === chosen)) {
      members[id] = {
        initial: numberAt(group, "ltvPct") / 100,
        maintenance: numberAt(group, "liquidationThresholdPct") / 100,
      };
    }
  }
  const reserveOf = (holding: JsonRecord) => {
    const number = numberAt(holding, "reserve");
    return { id: `${i}/${number}`, reserve: recordOf(reserves[number], ["reserves", String(number)]) };
  };
  const supplies = objectsAt(input, "deposits").map((deposit): JsonRecord => {
    const { id, reserve } = reserveOf(deposit);
    const amount = integerAt(deposit, "depositedAmount");
    const rate = decimalParts(textAt(reserve, "collateralExchangeRate"));
    return {
      asset: id,
      quantity: decimalText(amount, numberAt(reserve, "decimals")),
      raw: { shares: (amount * FINE.scale).toString(), totalAssets: rate.one, totalShares: rate.digits },
    };
  });
  const debts = objectsAt(input, "borrows").map((borrow): JsonRecord => {
    const { id, reserve } = reserveOf(borrow);
    const now = decimalParts(textAt(reserve, "cumulativeBorrowRate"));
    const then = decimalParts(textAt(borrow, "cumulativeBorrowRateAtOpen"));
    // The program keeps the rate at opening with 60 fractional bits, rounded down; the present one comes as a decimal.
    const from = (BigInt(then.digits) << FRACTION) / BigInt(then.one);
    return {
      asset: id,
      quantity: "1",
      raw: {
        owed: (integerAt(borrow, "borrowedAmountSf") * FINE.scale).toString(),
        index: (BigInt(now.digits) << FRACTION).toString(),
        from: (from * BigInt(now.one)).toString(),
      },
    };
  });
  const category = `case ${i}`;
  if (Object.keys(members).length > 0) categories[category] = { assets: members };
  book.pool({ supplies, debts, ...(Object.keys(members).length > 0 ? { options: { elevationGroup: category } } : {}) });
}

const FRACTION = 60n;

export const checks: VectorChecks = { "kamino/random200.json": obligations };
