import { preset } from "../../src/presets/index.js";
import { add, divide, exactDecimal, type Rational, subtract, ZERO } from "../../src/rules/exact-number.js";
import { kaminoMaxWithdraw } from "../../src/rules/sizing/kamino.js";
import { tolerance } from "../support/tolerance.js";
import {
  type Actual,
  casesIn,
  type Comparison,
  decimalText,
  type Fraction,
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
import { decimalParts, type Row, VectorBook } from "./product.js";

const obligations: VectorCheck = {
  cases: (document) => casesIn(document, "cases"),
  answer(cases, context) {
    const book = new VectorBook();
    const assets: Record<string, JsonRecord> = {};
    const categories: Record<string, JsonRecord> = {};
    for (const [i, { input }] of cases.entries()) obligation(book, assets, categories, i, input);
    const rows = book.margin(context, preset("kamino", { assets, categories }));
    return rows.map((row, i): Comparison[] => {
      const { assets: limits, liabilities } = row;
      const f64 = (field: string, actual: number): Comparison => ({
        field: `expected.${field}`,
        what: "f64",
        actual,
        tolerance: tolerance.chainFast,
      });
      return [
        ...exactly(row, cases[i]?.input ?? {}),
        f64("borrowLimit", limits.initial),
        f64("borrowLiquidationLimit", limits.maintenance),
        f64("userTotalDeposit", row.collateral),
        f64("userTotalBorrow", row.debt),
        f64("userTotalBorrowBorrowFactorAdjusted", liabilities.maintenance),
        { field: "expected", what: "unhealthy", of: isUnhealthy, actual: row.exact().breached },
        { field: "expected", what: "unhealthy, f64", of: isUnhealthy, actual: row.breached },
        { field: "expected.potentialElevationGroupUpdate", skipped: UPDATE },
      ];
    });
  },
};

const UPDATE = "an elevation group that the client proposes, not a number of the obligation";

/** All numbers of the library, as quotients of the exact sums. */
function exactly(row: Row, input: JsonRecord): Comparison[] {
  const { sums, perHolding } = row.exact();
  const of = (kind: string) => sums.perHolding.filter((_, k) => perHolding[k]?.kind === kind);
  const [deposits, debts] = [of("collateral"), of("debt")];
  const terms = objectsAt(input, "deposits").map((deposit) => termsOf(input, deposit));
  const total = (counts: (k: number) => boolean) =>
    deposits.filter((_, k) => counts(k)).reduce((sum, { value }) => add(sum, value), ZERO);
  const [held, owed] = [sums.collateral.maintenance, sums.debt.maintenance];
  const [limit, liquidation, adjusted] = [
    sums.weighted.initial,
    sums.weighted.maintenance,
    sums.liabilities.maintenance,
  ];
  const collateral = total((k) => terms[k]?.maxLtv.n !== 0n);
  const liquidatable = total((k) => terms[k]?.threshold.n !== 0n);
  const worth = subtract(held, owed);
  const withdrawals = terms.map(({ reserve, maxLtv, price, decimals }, k): [string, Actual] => {
    const deposit = deposits[k]?.amount ?? ZERO;
    return [reserve, fraction(kaminoMaxWithdraw({ deposit, price, decimals, maxLtv, limit, borrowed: adjusted }))];
  });
  const numbers: Readonly<Record<string, Actual>> = {
    borrowLimit: fraction(limit),
    borrowLiquidationLimit: fraction(liquidation),
    userTotalDeposit: fraction(held),
    userTotalCollateralDeposit: fraction(collateral),
    userTotalLiquidatableDeposit: fraction(liquidatable),
    userTotalBorrow: fraction(owed),
    userTotalBorrowBorrowFactorAdjusted: fraction(adjusted),
    netAccountValue: fraction(worth),
    // The library has 0 here, and NaN or Infinity where another divisor is 0.
    liquidationLtv: liquidatable.n === 0n ? 0 : over(liquidation, liquidatable),
    loanToValue: over(adjusted, collateral),
    borrowUtilization: over(adjusted, limit),
    leverage: over(held, worth),
    depositValues: deposits.map(({ value }) => fraction(value)),
    borrowValues: debts.map(({ value }) => fraction(value)),
    maxWithdrawLamports: Object.fromEntries(withdrawals),
  };
  return Object.entries(numbers).map(([key, actual]) => ({
    field: `expected.${key}`,
    actual,
    tolerance: tolerance.kaminoDigits,
  }));
}

/** What a deposit counts for: its reserve's ratios, or those of the elevation group that both are in. */
function termsOf(input: JsonRecord, deposit: JsonRecord) {
  const number = numberAt(deposit, "reserve");
  const reserve = recordOf(objectsAt(input, "reserves")[number], ["reserves", String(number)]);
  const group = groupOf(input, reserve);
  const ratio = (own: string, percent: string) =>
    group === null ? exactDecimal(numberAt(reserve, own)) : exactDecimal(`${numberAt(group, percent)}e-2`);
  return {
    reserve: String(number),
    price: exactDecimal(textAt(reserve, "price")),
    decimals: numberAt(reserve, "decimals"),
    maxLtv: ratio("loanToValue", "ltvPct"),
    threshold: ratio("liquidationThreshold", "liquidationThresholdPct"),
  };
}

/** The elevation group of the obligation, where the reserve is in it. */
function groupOf(input: JsonRecord, reserve: JsonRecord): JsonRecord | null {
  const chosen = integerAt(input, "elevationGroup");
  const { elevationGroups } = reserve;
  if (!isList(elevationGroups)) throw new TypeError("elevationGroups must be a list");
  if (chosen === 0n || !elevationGroups.some((one) => BigInt(String(one)) === chosen)) return null;
  return objectsAt(input, "groups").find((one) => integerAt(one, "id") === chosen) ?? null;
}

function fraction({ n, d }: Rational): Fraction {
  return { numerator: n, denominator: d };
}

/** a ÷ b; the doubles that are no numbers where b is 0. */
function over(a: Rational, b: Rational): Actual {
  if (b.n === 0n) return a.n === 0n ? "NaN" : a.n > 0n ? "Infinity" : "-Infinity";
  return fraction(b.n > 0n ? divide(a, b) : divide({ n: -a.n, d: a.d }, { n: -b.n, d: b.d }));
}

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
  const members: Record<string, JsonRecord> = {};
  const reserves = objectsAt(input, "reserves");
  for (const [k, reserve] of reserves.entries()) {
    const id = `${i}/${k}`;
    book.asset({ id, decimals: numberAt(reserve, "decimals") }, { index: textAt(reserve, "price") });
    const factor = numberAt(reserve, "borrowFactorPct") / 100;
    assets[id] = {
      initial: numberAt(reserve, "loanToValue"),
      maintenance: numberAt(reserve, "liquidationThreshold"),
      liability: { initial: factor, maintenance: factor },
    };
    const group = groupOf(input, reserve);
    if (group !== null) {
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
      raw: { shares: amount.toString(), totalAssets: rate.one, totalShares: rate.digits },
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
        owed: integerAt(borrow, "borrowedAmountSf").toString(),
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
