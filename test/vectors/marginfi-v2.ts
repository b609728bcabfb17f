import { preset } from "../../src/presets/index.js";
import { quantityOf } from "../../src/rules/balances.js";
import { marginfiLiquidationPrice } from "../../src/rules/venue-price/marginfi.js";
import { tolerance } from "../support/tolerance.js";
import {
  type Actual,
  casesIn,
  type Comparison,
  decimalText,
  integerAt,
  type JsonRecord,
  numberAt,
  objectAt,
  objectsAt,
  recordOf,
  type VectorCheck,
  type VectorChecks,
} from "./comparison.js";
import { decimalParts, type Row, VectorBook } from "./product.js";

const UNREPRODUCED = "the README calls it not reproduced: the client's own search for it is not stated";

const accounts: VectorCheck = {
  cases: (document) => casesIn(document),
  answer(cases, context) {
    const book = new VectorBook();
    const assets: Record<string, JsonRecord> = {};
    for (const [i, { input }] of cases.entries()) account(book, assets, i, input);
    const ones = Object.fromEntries(Object.keys(assets).map((id) => [id, { initial: 1, maintenance: 1 }]));
    const rows = book.margin(context, preset("marginfi-v2", { assets }));
    // The client's "equity" is the maintenance level with weights of one.
    const equities = book.margin(context, preset("marginfi-v2", { id: "marginfi-v2 equity", assets: ones }));
    return rows.map((row, i): Comparison[] => {
      const equity = equities[i] ?? row;
      return [
        { field: "expected.init.assets", actual: row.assets.initial, tolerance: tolerance.marginfiValue },
        { field: "expected.init.liabilities", actual: row.liabilities.initial, tolerance: tolerance.marginfiValue },
        { field: "expected.maint.assets", actual: row.assets.maintenance, tolerance: tolerance.marginfiValue },
        {
          field: "expected.maint.liabilities",
          actual: row.liabilities.maintenance,
          tolerance: tolerance.marginfiValue,
        },
        { field: "expected.equity.assets", actual: equity.assets.maintenance, tolerance: tolerance.marginfiValue },
        {
          field: "expected.equity.liabilities",
          actual: equity.liabilities.maintenance,
          tolerance: tolerance.marginfiValue,
        },
        {
          field: "expected.freeCollateral",
          actual: Math.max(0, row.excess.initial),
          tolerance: tolerance.marginfiValue,
        },
        {
          field: "expected.liqPrice",
          actual: liquidationPrices(row, cases[i]?.input ?? {}),
          tolerance: tolerance.marginfiPrice,
        },
        { field: "expected.maxWithdraw", skipped: UNREPRODUCED },
        { field: "expected.maxBorrow", skipped: UNREPRODUCED },
      ];
    });
  },
};

/** The client's liquidation price of each bank that the account has a balance with, by the bank's id. */
function liquidationPrices(row: Row, input: JsonRecord): Actual {
  const banks = new Map(objectsAt(input, "banks").map((bank) => [integerAt(bank, "id"), bank]));
  const { perHolding, sums } = row.exact();
  return Object.fromEntries(
    objectsAt(input, "balances").map((balance): [string, Actual] => {
      const id = integerAt(balance, "bank");
      const bank = recordOf(banks.get(id), ["banks", String(id)]);
      const borrowed = integerAt(balance, "liabilityShares") !== 0n;
      const kind = borrowed ? "debt" : "collateral";
      const at = perHolding.findIndex((one) => one.kind === kind && one.asset.endsWith(`/${id}`));
      const quantity = quantityOf(sums.perHolding[at]?.amount ?? 0n, numberAt(bank, "decimals"));
      const { price, conf } = objectAt(objectAt(bank, "price"), "realtime");
      const shown = marginfiLiquidationPrice({
        assets: row.assets.maintenance,
        liabilities: row.liabilities.maintenance,
        quantity: borrowed ? -quantity : quantity,
        weight: numberAt(bank, borrowed ? "liabilityWeightMaint" : "assetWeightMaint"),
        price: Number(price),
        confidence: Number(conf),
      });
      return [String(id), shown];
    }),
  );
}

function account(book: VectorBook, assets: Record<string, JsonRecord>, i: number, input: JsonRecord): void {
  const banks = new Map(objectsAt(input, "banks").map((bank) => [integerAt(bank, "id"), bank]));
  for (const [id, bank] of banks) {
    const decimals = numberAt(bank, "decimals");
    const price = (kind: string) => objectAt(objectAt(bank, "price"), kind);
    const band = (kind: string) => numberAt(price(kind), "conf") / numberAt(price(kind), "price");
    const limit = numberAt(bank, "totalAssetValueInitLimit");
    book.asset(
      { id: `${i}/${id}`, decimals },
      {
        index: String(numberAt(price("realtime"), "price")),
        ema: String(numberAt(price("ema"), "price")),
        confidence: band("realtime"),
        state: {
          emaConfidence: band("ema"),
          deposits: String((numberAt(bank, "totalAssetShares") * numberAt(bank, "assetShareValue")) / 10 ** decimals),
        },
      },
    );
    const weight = numberAt(bank, "assetWeightInit");
    const scaled = {
      depositScaled: { of: weight, start: String(limit), price: { below: { of: "index", confidence: "confidence" } } },
    };
    assets[`${i}/${id}`] = {
      initial: limit === 0 ? weight : scaled,
      maintenance: numberAt(bank, "assetWeightMaint"),
      liability: {
        initial: numberAt(bank, "liabilityWeightInit"),
        maintenance: numberAt(bank, "liabilityWeightMaint"),
      },
    };
  }
  const supplies: JsonRecord[] = [];
  const debts: JsonRecord[] = [];
  for (const balance of objectsAt(input, "balances")) {
    const id = integerAt(balance, "bank");
    const bank = banks.get(id);
    if (bank === undefined) throw new TypeError(`balances must be of banks of the case, got bank ${id}`);
    const holding = (shares: string, value: string) => {
      const amount = integerAt(balance, shares);
      const { digits, one } = decimalParts(numberAt(bank, value));
      return {
        asset: `${i}/${id}`,
        quantity: decimalText(amount, numberAt(bank, "decimals")),
        raw: { scaled: amount.toString(), index: digits, one },
      };
    };
    supplies.push(holding("assetShares", "assetShareValue"));
    debts.push(holding("liabilityShares", "liabilityShareValue"));
  }
  book.pool({ supplies, debts });
}

export const checks: VectorChecks = { "marginfi-v2/random.json": accounts };
