import { preset } from "../../src/presets/index.js";
import type { ExactAccount } from "../../src/rules/exact.js";
import { eulerLiquidation } from "../../src/rules/sizing/euler.js";
import { tolerance } from "../support/tolerance.js";
import {
  type Actual,
  casesIn,
  type Comparison,
  decimalText,
  integerAt,
  type Json,
  type JsonRecord,
  numberAt,
  objectAt,
  objectsAt,
  recordOf,
  truthAt,
  type VectorCase,
  type VectorCheck,
  type VectorChecks,
} from "./comparison.js";
import { NOW, VectorBook } from "./product.js";

const PRICES = ["mid", "bid", "ask"] as const;
/** The unit of account has 18 decimals in all of these. */
const UNIT = 1e18;

const accounts: VectorCheck = {
  cases: (document) => casesIn(document, "cases"),
  answer(cases, context) {
    const book = new VectorBook();
    const assets: Record<string, JsonRecord> = {};
    for (const [i, { input }] of cases.entries()) account(book, assets, i, input);
    const rows = book.margin(context, preset("euler-v2", { assets }));
    return rows.map((row, i): Comparison[] => {
      const exact = row.exact();
      const sides = [
        ["borrow.collateralValue", exact.weighted.initial, row.assets.initial],
        ["borrow.liabilityValue", exact.liabilities.initial, row.liabilities.initial],
        ["liquidation.collateralValue", exact.weighted.maintenance, row.assets.maintenance],
        ["liquidation.liabilityValue", exact.liabilities.maintenance, row.liabilities.maintenance],
      ] as const;
      return [
        ...sides.flatMap(([key, integer, value]): Comparison[] => [
          { field: `expected.${key}`, actual: integer },
          { field: `expected.${key}`, what: "f64", actual: value * UNIT, tolerance: tolerance.chainFast },
        ]),
        { field: "expected.owedAssets", actual: owedBy(exact) },
        { field: "expected.checkLiquidation", actual: liquidations(exact, cases[i]) },
        { field: "expected", what: "liquidatable", of: isLiquidatable, actual: exact.breached },
        { field: "expected", what: "liquidatable, f64", of: isLiquidatable, actual: row.breached },
      ];
    });
  },
};

function owedBy(exact: ExactAccount): bigint {
  return exact.perHolding.find(({ kind }) => kind === "debt")?.amount ?? 0n;
}

/** What a liquidator of each collateral, in the order of the case, may repay and gets. */
function liquidations(exact: ExactAccount, one: VectorCase | undefined): Actual {
  const maxDiscount = integerAt(one?.input ?? {}, "maxLiquidationDiscountBps");
  // Supplies stand in the order of the case, and before the debt.
  return exact.perHolding
    .filter(({ kind }) => kind === "collateral")
    .map(({ amount, value }): Actual => {
      const { maxRepay, maxYield } = eulerLiquidation({
        owed: owedBy(exact),
        liabilityValue: exact.liabilities.maintenance,
        collateralAdjusted: exact.weighted.maintenance,
        maxDiscount,
        balance: amount,
        value,
      });
      return { maxRepay, maxYield };
    });
}

/** The vault lets go of an account only while its collateral is worth more than it owes; a debt worth nothing is none. */
function isLiquidatable(expected: Json): boolean {
  const fields = recordOf(expected, ["expected"]);
  const sides = objectAt(fields, "liquidation");
  const [collateral, liability] = [integerAt(sides, "collateralValue"), integerAt(sides, "liabilityValue")];
  return liability > 0n && collateral <= liability;
}

function account(book: VectorBook, assets: Record<string, JsonRecord>, i: number, input: JsonRecord): void {
  const now = numberAt(input, "timestamp");
  const liability = objectAt(input, "liability");
  const decimals = numberAt(liability, "decimals");
  const id = `${i} liability`;
  // Where the debt's asset is the unit of account no price is asked: the value is the amount.
  const own = truthAt(input, "unitOfAccountIsLiabilityAsset");
  book.asset(
    { id, decimals },
    own ? quotes({ mid: WHOLE, bid: WHOLE, ask: WHOLE }, decimals) : quotes(liability, decimals),
  );
  assets[id] = { initial: 0, maintenance: 0 };
  const owed = integerAt(liability, "owedRaw31").toString();
  const raw = {
    owed,
    index: integerAt(liability, "interestAccumulator").toString(),
    from: integerAt(liability, "userInterestAccumulator").toString(),
  };
  const supplies: JsonRecord[] = [];
  for (const [k, collateral] of objectsAt(input, "collaterals").entries()) {
    const other = `${i}/${k}`;
    const places = numberAt(collateral, "decimals");
    book.asset({ id: other, decimals: places }, quotes(collateral, places));
    const ratio = (key: string) => numberAt(collateral, key) / 10_000;
    const until = NOW + numberAt(collateral, "targetTimestamp") - now;
    assets[other] = {
      initial: ratio("borrowLTV"),
      maintenance: {
        ramp: {
          from: ratio("initialLiquidationLTV"),
          to: ratio("liquidationLTV"),
          until: new Date(until * 1000).toISOString(),
          over: Math.max(1, numberAt(collateral, "rampDuration")) * 1000,
        },
      },
    };
    const balance = integerAt(collateral, "balance");
    supplies.push({
      asset: other,
      quantity: decimalText(balance, places),
      raw: { scaled: balance.toString(), index: "1" },
    });
  }
  book.pool({ supplies, debts: [{ asset: id, quantity: owed, raw }] });
}

const WHOLE = (10n ** 18n).toString();

/** Prices of a whole token: those of the file are of 10^18 raw units in raw units of account. */
function quotes(of: JsonRecord, decimals: number): JsonRecord {
  const price = (key: string) => decimalText(integerAt(of, key) * 10n ** BigInt(decimals), 36);
  const [mid, bid, ask] = PRICES.map(price);
  return { index: mid ?? "", bid: bid ?? "", ask: ask ?? "" };
}

export const checks: VectorChecks = { "euler-v2/chain_random.json": accounts };
