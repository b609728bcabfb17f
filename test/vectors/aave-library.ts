import { preset } from "../../src/presets/index.js";
import { accrue, amountOf } from "../../src/rules/balances.js";
import { binomialInterest, compoundedInterest, linearInterestByShare } from "../../src/rules/interest.js";
import { type AaveCeiling, aaveIsolation } from "../../src/rules/sizing/aave.js";
import { tolerance } from "../support/tolerance.js";
import { BASE, BPS, scaled, weights } from "./aave-reserves.js";
import {
  type Actual,
  byList,
  casesIn,
  type Comparison,
  decimalText,
  eachCase,
  integerAt,
  type JsonRecord,
  numberAt,
  objectsAt,
  recordOf,
  textAt,
  truthAt,
  type VectorCase,
  type VectorCheck,
  type VectorChecks,
  type VectorContext,
} from "./comparison.js";
import { NOW, type Row, VectorBook } from "./product.js";

/** Accounts as the venue's library has them: halves up, binomial interest, averages that are not rounded, isolation. */
const libraryRows = (cases: readonly VectorCase[], context: VectorContext) => {
  const book = new VectorBook();
  const assets: Record<string, JsonRecord> = {};
  const categories: Record<string, JsonRecord> = {};
  const isolations = cases.map(({ input }, i) => libraryAccount(book, assets, categories, i, input));
  const settings = { baseDecimals: UNROUNDED, averageDecimals: UNROUNDED };
  const rows = book.margin(context, preset("aave-v3-pre-3.7", { assets, categories, settings }));
  return rows.map((row, i) => ({
    row,
    isolation: isolations[i] ?? null,
    numbers: libraryNumbers(row, isolations[i] ?? null),
  }));
};

/** More decimals than the library prints: it rounds neither values nor averages. */
const UNROUNDED = 38;

type Isolation = ReturnType<typeof aaveIsolation>;

/** The library's totals, in the numeraire and as fractions of one. */
function libraryNumbers(row: Row, isolation: Isolation) {
  const free = Math.max(0, row.excess.initial);
  const over = (weighted: number) => (row.collateral === 0 ? 0 : weighted / row.collateral);
  return {
    collateral: row.collateral,
    liquidity: Number(exactSums(row).liquidity),
    debt: row.debt,
    worth: row.equity,
    available: isolation === null ? free : Math.min(free, Number(isolation.left) / BASE),
    loanToValue: over(row.assets.initial),
    threshold: over(row.assets.maintenance),
    health: row.healthFactor === Number.POSITIVE_INFINITY ? -1 : row.healthFactor,
  };
}

/** The sums that the library does not round, to the last digit. `liquidity`: all supplies, collateral or not. */
function exactSums(row: Row) {
  const { perHolding, collateral, debt, decimals } = row.exact();
  const liquidity = perHolding.reduce((sum, { kind, value }) => (kind === "debt" ? sum : sum + value), 0n);
  const text = (value: bigint) => decimalText(value, decimals);
  return { collateral: text(collateral), liquidity: text(liquidity), debt: text(debt), worth: text(liquidity - debt) };
}

const library: VectorCheck = {
  cases: (document) => casesIn(document),
  answer: (cases, context) =>
    libraryRows(cases, context).map(({ row, isolation, numbers }, i): Comparison[] => {
      const scale = numbers.liquidity + numbers.debt;
      const compared = (field: string, actual: number): Comparison => ({
        field: `expected.${field}`,
        actual,
        tolerance: tolerance.chainFast,
      });
      const difference = (field: string, actual: number): Comparison => ({
        field: `expected.${field}`,
        actual,
        tolerance: tolerance.chainDifference(scale),
      });
      const exact = exactSums(row);
      return [
        { field: "expected.totalCollateralUSD", what: "exact", actual: exact.collateral },
        { field: "expected.totalLiquidityUSD", what: "exact", actual: exact.liquidity },
        { field: "expected.totalBorrowsUSD", what: "exact", actual: exact.debt },
        { field: "expected.netWorthUSD", what: "exact", actual: exact.worth },
        compared("totalCollateralUSD", numbers.collateral),
        compared("totalBorrowsUSD", numbers.debt),
        compared("currentLoanToValue", numbers.loanToValue),
        compared("currentLiquidationThreshold", numbers.threshold),
        compared("healthFactor", numbers.health),
        difference("availableBorrowsUSD", numbers.available),
        difference("netWorthUSD", numbers.worth),
        { field: "expected.isInIsolationMode", actual: isolation !== null },
        {
          field: "expected.healthFactor",
          what: "liquidatable",
          of: (health) => Number(health) >= 0 && Number(health) < 1,
          actual: row.breached,
        },
        { field: "expected.perReserve", actual: reservesOf(row, cases[i], i) },
      ];
    }),
};

/** Amounts and values per reserve of an account, in the order of the account. */
function reservesOf(row: Row, one: VectorCase | undefined, i: number): Actual {
  const exact = row.exact();
  const decimals = new Map(
    objectsAt(one?.input ?? {}, "reserves").map((reserve) => [reserve.underlyingAsset, numberAt(reserve, "decimals")]),
  );
  return objectsAt(one?.input ?? {}, "user").map(({ underlyingAsset }): Actual => {
    const id = `${i}/${String(underlyingAsset)}`;
    const part = (isDebt: boolean) => {
      const found = exact.perHolding.find(({ asset, kind }) => asset === id && (kind === "debt") === isDebt);
      if (found === undefined) throw new RangeError(`no holding of ${id}`);
      return {
        amount: decimalText(found.amount, decimals.get(underlyingAsset ?? null) ?? 0),
        value: decimalText(found.value, exact.decimals),
      };
    };
    const [supply, debt] = [part(false), part(true)];
    return {
      underlyingAsset: String(underlyingAsset),
      underlyingBalance: supply.amount,
      underlyingBalanceUSD: supply.value,
      variableBorrows: debt.amount,
      variableBorrowsUSD: debt.value,
    };
  });
}

function libraryAccount(
  book: VectorBook,
  assets: Record<string, JsonRecord>,
  categories: Record<string, JsonRecord>,
  i: number,
  input: JsonRecord,
): Isolation {
  const now = numberAt(input, "currentTimestamp");
  const chosen = integerAt(input, "userEmodeCategoryId");
  const places = numberAt(input, "marketReferenceCurrencyDecimals");
  const reference = `${i} reference`;
  book.asset({ id: reference }, { index: decimalText(integerAt(input, "marketReferencePriceInUsd"), 8) });
  const reserves = new Map(
    objectsAt(input, "reserves").map((reserve) => [textAt(reserve, "underlyingAsset"), reserve]),
  );
  const members: Record<string, JsonRecord> = {};
  for (const [address, reserve] of reserves) {
    const id = `${i}/${address}`;
    const price = decimalText(integerAt(reserve, "priceBase8"), places);
    book.asset({ id, decimals: numberAt(reserve, "decimals") }, { in: reference, index: price });
    assets[id] = weights(reserve, "ltv", "liquidationThreshold");
    const member = memberOf(reserve, chosen);
    if (member !== undefined) {
      const entry = weights(member, "ltv", "lt");
      members[id] = truthAt(member, "ltvzeroEnabled") ? { ...entry, initial: 0 } : entry;
    }
  }
  const supplies: JsonRecord[] = [];
  const debts: JsonRecord[] = [];
  const ceilings: AaveCeiling[] = [];
  for (const holding of objectsAt(input, "user")) {
    const address = textAt(holding, "underlyingAsset");
    const reserve = recordOf(reserves.get(address), ["reserves", address]);
    // What has no threshold, its own or in the account's e-mode, the library does not count as collateral at all.
    const counts = numberAt(reserve, "liquidationThreshold") !== 0 || memberOf(reserve, chosen) !== undefined;
    const collateral = counts && truthAt(holding, "usageAsCollateralEnabledOnUser");
    if (collateral) {
      const [debtCeiling, isolationDebt] = [
        integerAt(reserve, "debtCeiling"),
        integerAt(reserve, "isolationModeTotalDebt"),
      ];
      ceilings.push({ debtCeiling, isolationDebt });
    }
    const all = { ...reserve, ...holding };
    const [id, decimals] = [`${i}/${address}`, numberAt(reserve, "decimals")];
    const updatedAt = NOW - (now - numberAt(reserve, "lastUpdateTimestamp"));
    supplies.push({
      ...scaled(all, id, decimals, "scaledATokenBalance", "liquidityIndex", "liquidityRate", updatedAt),
      collateral,
    });
    debts.push(scaled(all, id, decimals, "scaledVariableDebt", "variableBorrowIndex", "variableBorrowRate", updatedAt));
  }
  if (Object.keys(members).length === 0) book.pool({ supplies, debts });
  else {
    categories[`case ${i}`] = { assets: members };
    book.pool({ supplies, debts, options: { eMode: `case ${i}` } });
  }
  return aaveIsolation(ceilings);
}

/** What a reserve is as collateral in an e-mode, if it is in it. */
function memberOf(reserve: JsonRecord, chosen: bigint): JsonRecord | undefined {
  if (chosen === 0n) return undefined;
  return objectsAt(reserve, "eModes").find(
    (mode) => integerAt(mode, "id") === chosen && truthAt(mode, "collateralEnabled"),
  );
}

const RAY = 10n ** 27n;
const rateAndTime = (input: JsonRecord) => [integerAt(input, "rate"), integerAt(input, "dt"), RAY] as const;

/** A balance or index that has grown for the time that the case states. */
const grown = (input: JsonRecord) => ({
  index: integerAt(input, "index").toString(),
  rate: integerAt(input, "rate").toString(),
  updatedAt: NOW - numberAt(input, "dt"),
});
const INDEX_FORM = { kind: "index", one: RAY } as const;
const SIMPLE = { interest: "linear", asOf: NOW * 1000 } as const;

/** Unit tests of the library, of several kinds. */
const spec = byList({
  compoundedInterest: eachCase(({ input }) => [{ field: "expected", actual: binomialInterest(...rateAndTime(input)) }]),
  compoundedRate: eachCase(({ input }) => [
    { field: "expected", actual: compoundedInterest(...rateAndTime(input)) - RAY },
  ]),
  linearInterest: eachCase(({ input }) => [
    { field: "expected", actual: linearInterestByShare(...rateAndTime(input)) },
  ]),
  normalizedIncome: eachCase(({ input }) => [
    { field: "expected", actual: accrue(INDEX_FORM, { scaled: 0, ...grown(input) }, SIMPLE) },
  ]),
  aTokenBalance: eachCase(({ input }) => {
    const raw = { scaled: integerAt(input, "scaled").toString(), ...grown(input) };
    return [{ field: "expected", actual: amountOf(INDEX_FORM, raw, { ...SIMPLE, direction: "half" }) }];
  }),
  healthFactor(cases, context) {
    const book = new VectorBook();
    const assets: Record<string, JsonRecord> = {};
    for (const [i, { input }] of cases.entries()) {
      for (const side of ["collateral", "debt"]) book.asset({ id: `${i} ${side}`, decimals: 0 }, { index: 1 });
      const weight = numberAt(input, "ltBps") / BPS;
      assets[`${i} collateral`] = { initial: weight, maintenance: weight };
      assets[`${i} debt`] = { initial: 0, maintenance: 0 };
      const holding = (side: string) => ({ asset: `${i} ${side}`, quantity: integerAt(input, side).toString() });
      book.pool({ supplies: [holding("collateral")], debts: [holding("debt")] });
    }
    const rows = book.margin(context, preset("aave-v3-pre-3.7", { assets }));
    return rows.map((row): Comparison[] => {
      const { healthFactor } = row.exact();
      const health = row.healthFactor === Number.POSITIVE_INFINITY ? -1 : row.healthFactor;
      return [
        {
          field: "expected",
          actual: healthFactor === null ? -1 : decimalText(healthFactor, 18),
          tolerance: tolerance.aaveSpecHealth,
        },
        { field: "expected", what: "f64", actual: health, tolerance: tolerance.chainFast },
      ];
    });
  },
  accounts: (cases, context) =>
    libraryRows(cases, context).map(({ numbers }): Comparison[] => {
      const compared = (key: string, actual: number): Comparison => ({
        field: `expected.${key}`,
        actual,
        tolerance: tolerance.chainFast,
      });
      return [
        compared("col", numbers.collateral),
        compared("liq", numbers.liquidity),
        compared("debt", numbers.debt),
        compared("avail", numbers.available),
        compared("ltv", numbers.loanToValue),
        compared("lt", numbers.threshold),
        compared("hf", numbers.health),
      ];
    }),
});

export const checks: VectorChecks = { "aave-v3/random250.json": library, "aave-v3/spec_cases.json": spec };
