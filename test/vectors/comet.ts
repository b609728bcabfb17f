import { preset } from "../../src/presets/index.js";
import {
  cometAbsorb,
  cometBalance,
  type CometBase,
  type CometCollateral,
  cometQuote,
  cometRates,
} from "../../src/rules/sizing/comet.js";
import { tolerance } from "../support/tolerance.js";
import {
  casesIn,
  type Comparison,
  decimalText,
  integerAt,
  isList,
  type JsonRecord,
  numberAt,
  objectAt,
  objectsAt,
  recordOf,
  textAt,
  valueAt,
  type VectorCase,
  type VectorCheck,
  type VectorChecks,
  type VectorContext,
} from "./comparison.js";
import { type Row, VectorBook } from "./product.js";

/** An account of a market: its principal in the base asset, and its collateral beside what the market says of that. */
interface Account {
  readonly base: CometBase;
  readonly principal: bigint;
  readonly collateral: readonly { readonly terms: JsonRecord; readonly balance: bigint }[];
}

/** Accounts of any markets as one book under one rule. */
function margin(accounts: readonly Account[], context: VectorContext): readonly Row[] {
  const book = new VectorBook();
  const assets: Record<string, JsonRecord> = {};
  for (const [i, { base, principal, collateral }] of accounts.entries()) {
    const id = `${i} base`;
    book.asset({ id, decimals: base.decimals }, { index: decimalText(base.price, 8) });
    assets[id] = { initial: 1, maintenance: 1 };
    const supplies: JsonRecord[] = [];
    const debts: JsonRecord[] = [];
    if (principal < 0n) debts.push(scaled(id, -principal, base.borrowIndex, base.decimals));
    else supplies.push(scaled(id, principal, base.supplyIndex, base.decimals));
    for (const [k, { terms, balance }] of collateral.entries()) {
      const other = `${i}/${k}`;
      const decimals = numberAt(terms, "decimals");
      book.asset({ id: other, decimals }, { index: decimalText(integerAt(terms, "price8"), 8) });
      assets[other] = { initial: factor(terms, "borrowCF"), maintenance: factor(terms, "liquidateCF") };
      supplies.push(scaled(other, balance, INDEX, decimals));
    }
    book.pool({ supplies, debts });
  }
  return book.margin(context, preset("compound-v3", { shipped: false, assets }));
}

const INDEX = 10n ** 15n;

function factor(of: JsonRecord, key: string): string {
  return decimalText(integerAt(of, key), 18);
}

function scaled(asset: string, amount: bigint, index: bigint, decimals: number): JsonRecord {
  const raw = { scaled: amount.toString(), index: index.toString() };
  return { asset, quantity: decimalText(amount, decimals), raw };
}

function collateralOf({ terms, balance }: Account["collateral"][number]): CometCollateral {
  return {
    decimals: numberAt(terms, "decimals"),
    price: integerAt(terms, "price8"),
    balance,
    liquidationFactor: integerAt(terms, "liquidationFactor"),
  };
}

/** What is expected of an account that is absorbed, by the names of the files. Assets of which it has none are not listed. */
function absorption({ base, principal, collateral }: Account) {
  const absorbed = cometAbsorb(base, { principal, collateral: collateral.map(collateralOf) });
  return {
    basePaidOut: absorbed.basePaidOut,
    usdValue: absorbed.value,
    newPrincipal: absorbed.newPrincipal,
    newBalance: absorbed.newBalance,
    collateral: collateral.flatMap(({ balance }, asset) =>
      balance === 0n ? [] : [{ asset, seized: balance, usdValue: absorbed.seized[asset] ?? null }],
    ),
  };
}

function baseOf(market: JsonRecord): CometBase {
  return {
    decimals: numberAt(market, "baseDecimals"),
    price: integerAt(market, "basePrice8"),
    supplyIndex: integerAt(market, "baseSupplyIndex"),
    borrowIndex: integerAt(market, "baseBorrowIndex"),
  };
}

function quoteOf(
  quote: JsonRecord,
  asset: JsonRecord,
  base: { decimals: number; price: bigint },
  front: bigint,
): bigint {
  return cometQuote({
    baseAmount: integerAt(quote, "baseAmount"),
    basePrice: base.price,
    baseDecimals: base.decimals,
    price: integerAt(asset, "price8"),
    decimals: numberAt(asset, "decimals"),
    liquidationFactor: integerAt(asset, "liquidationFactor"),
    storeFrontPriceFactor: front,
  });
}

function ratesOf(market: JsonRecord) {
  const rates = objectAt(market, "rates");
  const curve = (side: string) => ({
    base: integerAt(rates, `${side}Base`),
    low: integerAt(rates, `${side}Low`),
    high: integerAt(rates, `${side}High`),
    kink: integerAt(rates, `${side}Kink`),
  });
  return cometRates({
    supplyIndex: integerAt(market, "baseSupplyIndex"),
    borrowIndex: integerAt(market, "baseBorrowIndex"),
    totalSupply: integerAt(market, "totalSupplyBase"),
    totalBorrow: integerAt(market, "totalBorrowBase"),
    supply: curve("supply"),
    borrow: curve("borrow"),
  });
}

/** A market with its rates and quotes is a case, and each of its accounts is one. */
const markets: VectorCheck = {
  cases: (document) =>
    casesIn(document, "markets").flatMap((market) => [market, ...casesIn(document, ...market.at, "accounts")]),
  answer(cases, context) {
    const accounts = cases.filter(isAccount).map((one): Account => {
      const market = recordOf(valueAt(one.document, one.at.slice(0, 2)), one.at);
      const { collateral } = one.input;
      const assets = objectsAt(market, "assets");
      if (!isList(collateral) || collateral.length !== assets.length) {
        throw new TypeError(`collateral must be a list of ${assets.length} balances`);
      }
      return {
        base: baseOf(market),
        principal: integerAt(one.input, "principal"),
        collateral: assets.map((terms, k) => ({
          terms,
          balance: integerAt({ balance: collateral[k] ?? null }, "balance"),
        })),
      };
    });
    const rows = margin(accounts, context);
    let next = 0;
    return cases.map((one) => {
      if (!isAccount(one)) return marketCase(one.input);
      const [account, row] = [accounts[next], rows[next]];
      next++;
      if (account === undefined || row === undefined) throw new RangeError("a row per account");
      const balance = cometBalance(account.principal, account.base);
      return [
        ...decisions(row, "expected.isBorrowCollateralized", "expected.isLiquidatable"),
        { field: "expected.borrowBalance", actual: balance < 0n ? -balance : 0n },
        { field: "expected.supplyBalance", actual: balance > 0n ? balance : 0n },
        { field: "expected.absorb", actual: row.breached ? absorption(account) : null },
      ];
    });
  },
};

function isAccount({ at }: VectorCase): boolean {
  return at.length === 4;
}

/** Whether an account may borrow and may be liquidated, in exact mode and in f64. */
function decisions(row: Row, borrow: string | null, liquidate: string | null): Comparison[] {
  const exact = row.exact();
  const both = (field: string | null, integers: boolean, f64: boolean): Comparison[] => {
    if (field === null) return [];
    return [
      { field, actual: integers },
      { field, what: "f64", actual: f64 },
    ];
  };
  return [
    ...both(borrow, exact.weighted.initial >= exact.liabilities.initial, row.excess.initial >= 0),
    ...both(liquidate, exact.breached, row.breached),
  ];
}

function marketCase(market: JsonRecord): Comparison[] {
  const { utilisation, supplyPerSecond, borrowPerSecond } = ratesOf(market);
  const assets = objectsAt(market, "assets");
  const front = integerAt(objectAt(market, "rates"), "storeFrontPriceFactor");
  return [
    { field: "expected.utilization", actual: utilisation },
    { field: "expected.supplyRatePerSec", actual: supplyPerSecond },
    { field: "expected.borrowRatePerSec", actual: borrowPerSecond },
    ...objectsAt(market, "quotes").map((quote, k) => ({
      field: `quotes.${k}.expected`,
      actual: quoteOf(quote, recordOf(assets[numberAt(quote, "asset")], ["assets"]), baseOf(market), front),
    })),
  ];
}

/** Unit tests of the protocol, of several kinds. What they leave unsaid is USD Coin with indices of one. */
const SPEC_BASE = { decimals: 6, price: 10n ** 8n };
const YEAR = 31_536_000n;

const spec: VectorCheck = {
  cases: (document) => casesIn(document, "cases"),
  answer(cases, context) {
    const accounts = cases.filter(isPool).map(({ input }) => specAccount(input));
    const rows = margin(accounts, context);
    let next = 0;
    return cases.map((one) => {
      const { input } = one;
      const row = isPool(one) ? rows[next++] : undefined;
      switch (textAt(input, "kind")) {
        case "isBorrowCollateralized":
        case "isLiquidatable":
          if (row === undefined) throw new RangeError("a row per account");
          return input.kind === "isLiquidatable" ? decisions(row, null, "expected") : decisions(row, "expected", null);
        case "quoteCollateral":
          return [
            {
              field: "expected",
              actual: quoteOf(input, objectAt(input, "asset"), SPEC_BASE, integerAt(input, "storeFrontPriceFactor")),
            },
          ];
        case "absorb":
          return Object.entries(absorption(specAccount(input))).map(([key, actual]) => ({
            field: `expected.${key}`,
            actual,
          }));
        case "rates":
          return specRates(input);
        default:
          throw new TypeError(`kind must be one that is known, got ${JSON.stringify(input.kind)}`);
      }
    });
  },
};

function isPool({ input }: VectorCase): boolean {
  return input.kind === "isBorrowCollateralized" || input.kind === "isLiquidatable";
}

function specAccount(input: JsonRecord): Account {
  const index = (key: string) => (input[key] === undefined ? INDEX : integerAt(input, key));
  return {
    base: { ...SPEC_BASE, supplyIndex: index("baseSupplyIndex"), borrowIndex: index("baseBorrowIndex") },
    principal: integerAt(input, "principal"),
    collateral: objectsAt(input, "assets").map((terms) => ({ terms, balance: integerAt(terms, "balance") })),
  };
}

/** The tests state rates per year, from floating point: within 1e8 of 1e18, as they are asked for upstream. */
function specRates(input: JsonRecord): Comparison[] {
  const { utilisation, supplyPerSecond, borrowPerSecond } = ratesOf(input);
  return [
    { field: "expected.utilization", actual: utilisation },
    { field: "expected.supplyRatePerYear", actual: supplyPerSecond * YEAR, tolerance: tolerance.cometSpecRate },
    { field: "expected.borrowRatePerYear", actual: borrowPerSecond * YEAR, tolerance: tolerance.cometSpecRate },
  ];
}

export const checks: VectorChecks = { "comet/chain_random.json": markets, "comet/spec_cases.json": spec };
