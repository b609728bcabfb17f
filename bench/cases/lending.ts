import { createRequire } from "node:module";
import { packBook } from "../../src/book/pack-book.js";
import type { PackedBook } from "../../src/book/packed.js";
import { createEngine } from "../../src/engine.js";
import type { Market } from "../../src/market/market.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { preset } from "../../src/presets/index.js";
import { composed, type ComposedResult, composedRule, exactAccount } from "../../src/rules/index.js";
import { random } from "../books.js";
import { agreeing, type BenchCase } from "../case.js";

/** The peers are CommonJS, in the benchmark's own install beside which the bundle of the cases stands. */
const require = createRequire(import.meta.url);

const TIME = 1_790_000_000;
const AS_OF = new Date(1000 * TIME).toISOString();
const RESERVES = 12;
const HELD = 5;
const RAY = 10n ** 27n;
/** Places and about what one is worth: a unit of any is far less than a millionth of what an account holds. */
const TOKENS: readonly { readonly decimals: number; readonly dollars: bigint }[] = [
  { decimals: 6, dollars: 1n },
  { decimals: 8, dollars: 60_000n },
  { decimals: 18, dollars: 3_000n },
];

interface Reserve {
  readonly id: string;
  readonly decimals: number;
  readonly price8: bigint;
  readonly ltv: number;
  readonly threshold: number;
  readonly supplyIndex: bigint;
  readonly debtIndex: bigint;
}

interface Account {
  readonly held: readonly { readonly reserve: number; readonly supply: bigint; readonly debt: bigint }[];
}

/** Reserves and accounts of five reserves each, the last of them owed. */
function aave(count: number): { readonly reserves: readonly Reserve[]; readonly accounts: readonly Account[] } {
  const uniform = random();
  const integer = (size: number): bigint => BigInt(Math.floor(uniform() * size));
  const reserves = Array.from({ length: RESERVES }, (_, i): Reserve => {
    const { decimals, dollars } = TOKENS[i % TOKENS.length] as (typeof TOKENS)[number];
    const threshold = 6500 + Math.floor(2000 * uniform());
    return {
      id: `R${i}`,
      decimals,
      price8: dollars * (95_000_000n + integer(1e7)),
      ltv: threshold - 300,
      threshold,
      supplyIndex: RAY + integer(2e8) * 10n ** 18n,
      debtIndex: RAY + integer(4e8) * 10n ** 18n,
    };
  });
  const worth = (reserve: number, dollars: number): bigint => {
    const { decimals, price8 } = reserves[reserve] as Reserve;
    return (BigInt(Math.floor(dollars * 1e6)) * 100n * 10n ** BigInt(decimals)) / price8;
  };
  const accounts = Array.from({ length: count }, (_, a): Account => {
    const held = Array.from({ length: HELD }, (_, h) => {
      const reserve = (a + 2 * h) % RESERVES;
      const owed = h === HELD - 1;
      const dollars = 5000 + 50_000 * uniform();
      return { reserve, supply: owed ? 0n : worth(reserve, dollars), debt: owed ? worth(reserve, dollars) : 0n };
    });
    return { held };
  });
  return { reserves, accounts };
}

/** The same accounts as documents of ours, with their raw integers. */
function aaveDocuments({ reserves, accounts }: ReturnType<typeof aave>): { market: Market; document: unknown } {
  const decimal = (value: bigint, places: number): string => {
    const digits = value.toString().padStart(places + 1, "0");
    return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  };
  const market = parseMarket({
    schema: "margrave/market/1",
    asOf: AS_OF,
    numeraire: "USD",
    assets: [{ id: "USD" }, ...reserves.map(({ id, decimals }) => ({ id, decimals }))],
    prices: reserves.map(({ id, price8 }) => ({ of: id, in: "USD", index: decimal(price8, 8) })),
  });
  const holding = (reserve: number, scaled: bigint, index: bigint) => {
    const { id, decimals } = reserves[reserve] as Reserve;
    return {
      asset: id,
      quantity: decimal((scaled * index) / RAY, decimals),
      raw: { scaled: `${scaled}`, index: `${index}`, rate: 0, updatedAt: TIME },
    };
  };
  const pools = accounts.map(({ held }, p) => ({
    id: `${p}`,
    supplies: held
      .filter(({ supply }) => supply > 0n)
      .map(({ reserve, supply }) => ({
        ...holding(reserve, supply, reserves[reserve]?.supplyIndex ?? RAY),
        collateral: true,
      })),
    debts: held
      .filter(({ debt }) => debt > 0n)
      .map(({ reserve, debt }) => holding(reserve, debt, reserves[reserve]?.debtIndex ?? RAY)),
  }));
  return { market, document: { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] } };
}

const aaveRule = ({ reserves }: ReturnType<typeof aave>) =>
  composedRule(
    preset("aave-v3", {
      shipped: false,
      assets: Object.fromEntries(
        reserves.map(({ id, ltv, threshold }) => [id, { initial: ltv / 1e4, maintenance: threshold / 1e4 }]),
      ),
    }),
  );

/** What the peer's summary has of an account: decimal strings. */
interface Summary {
  readonly totalCollateralMarketReferenceCurrency: string;
  readonly totalBorrowsMarketReferenceCurrency: string;
  readonly currentLoanToValue: string;
  readonly currentLiquidationThreshold: string;
  readonly availableBorrowsMarketReferenceCurrency: string;
  readonly healthFactor: string;
}

/** The peer's summaries of the accounts; reserves are formatted once, outside the work. */
function summaries({ reserves, accounts }: ReturnType<typeof aave>): () => Summary[] {
  const library = require("@aave/math-utils");
  const common = { currentTimestamp: TIME, marketReferencePriceInUsd: "100000000", marketReferenceCurrencyDecimals: 8 };
  const formattedReserves = library.formatReserves({
    ...common,
    reserves: reserves.map((reserve) => ({
      id: reserve.id,
      underlyingAsset: reserve.id,
      name: reserve.id,
      symbol: reserve.id,
      decimals: reserve.decimals,
      baseLTVasCollateral: `${reserve.ltv}`,
      reserveLiquidationThreshold: `${reserve.threshold}`,
      reserveLiquidationBonus: "10500",
      reserveFactor: "1000",
      usageAsCollateralEnabled: true,
      borrowingEnabled: true,
      isActive: true,
      isFrozen: false,
      liquidityIndex: `${reserve.supplyIndex}`,
      variableBorrowIndex: `${reserve.debtIndex}`,
      liquidityRate: "0",
      variableBorrowRate: "0",
      lastUpdateTimestamp: TIME,
      availableLiquidity: "0",
      totalScaledVariableDebt: "0",
      priceInMarketReferenceCurrency: `${reserve.price8}`,
      borrowCap: "0",
      supplyCap: "0",
      debtCeiling: "0",
      debtCeilingDecimals: 2,
      isolationModeTotalDebt: "0",
      unbacked: "0",
      virtualUnderlyingBalance: "0",
      eModes: [],
    })),
  });
  const users = accounts.map(({ held }) =>
    held.map(({ reserve, supply, debt }) => ({
      underlyingAsset: reserves[reserve]?.id ?? "",
      scaledATokenBalance: `${supply}`,
      usageAsCollateralEnabledOnUser: true,
      scaledVariableDebt: `${debt}`,
    })),
  );
  return () =>
    users.map((userReserves) =>
      library.formatUserSummary({ ...common, userReserves, formattedReserves, userEmodeCategoryId: 0 }),
    );
}

const AAVE_WORK = `collateral, debt, threshold, available and health of ACCOUNTS Aave accounts × ${HELD} reserves`;

/** The numbers of one account. */
interface Totals {
  readonly collateral: number;
  readonly debt: number;
  readonly threshold: number;
  readonly available: number;
  readonly health: number;
}

/** Both round every amount and value, the peer halves up, the contracts assets down and debts up. */
const ROUNDED = 1e-6;
/** The peer rounds average weights to the nearest basis point, the contracts the one for borrowing down to one. */
const BASIS_POINT = 1e-4;

function agreeWithSummaries(rows: readonly Summary[], of: (row: number) => Totals) {
  for (const [i, row] of rows.entries()) {
    const { collateral, debt, threshold, available, health } = of(i);
    agreeing(`collateral[${i}]`, collateral, Number(row.totalCollateralMarketReferenceCurrency), ROUNDED);
    agreeing(`debt[${i}]`, debt, Number(row.totalBorrowsMarketReferenceCurrency), ROUNDED);
    agreeing(`threshold[${i}]`, threshold, Number(row.currentLiquidationThreshold), 2 * BASIS_POINT);
    const borrowable = Number(row.availableBorrowsMarketReferenceCurrency);
    agreeing(`collateral and available[${i}]`, collateral + available, collateral + borrowable, BASIS_POINT);
    agreeing(`health[${i}]`, health, Number(row.healthFactor), ROUNDED);
  }
}

/** Row `i` of a margin call. */
function totalsOf({ collateral, debt, assets, excess, healthFactor }: ComposedResult, i: number): Totals {
  return {
    collateral: collateral[i] ?? 0,
    debt: debt[i] ?? 0,
    threshold: (assets.maintenance[i] ?? 0) / (collateral[i] ?? 1),
    available: Math.max(0, excess.initial?.[i] ?? 0),
    health: healthFactor[i] ?? 0,
  };
}

const SUMMARY = "@aave/math-utils formatUserSummary, which formats more fields, as strings";

const fast: BenchCase = {
  id: "lending.aave.1000x5.math-utils",
  work: AAVE_WORK.replace("ACCOUNTS", "1000"),
  subject: "margin call under aave-v3 over a resident book",
  peer: SUMMARY,
  async prepare() {
    const made = aave(1000);
    const engine = createEngine();
    const { market, document } = aaveDocuments(made);
    const book = engine.loadBook(packBook(document, market), engine.loadMarket(market));
    const model = composed(aaveRule(made));
    const peer = summaries(made);
    return {
      subject: () => engine.margin(book, model, { live: true }),
      peer,
      agree() {
        const result = engine.margin(book, model);
        agreeWithSummaries(peer(), (i) => totalsOf(result, i));
      },
    };
  },
};

const fromDocuments: BenchCase = {
  id: "lending.aave-document.1000x5.math-utils",
  work: AAVE_WORK.replace("ACCOUNTS", "1000"),
  subject: "check and pack the document, read its raw integers, load it and make a margin call",
  peer: SUMMARY,
  async prepare() {
    const made = aave(1000);
    const engine = createEngine();
    const { market, document } = aaveDocuments(made);
    const resident = engine.loadMarket(market);
    const model = composed(aaveRule(made));
    const peer = summaries(made);
    const subject = (): ComposedResult => {
      const book = engine.loadBook(packBook(document, market), resident);
      const result = engine.margin(book, model);
      book.dispose();
      return result;
    };
    return {
      subject,
      peer,
      agree() {
        const result = subject();
        agreeWithSummaries(peer(), (i) => totalsOf(result, i));
      },
    };
  },
};

/** Exact accounts of `packed`, over a book that is kept, whose raw integers are read once, or one that is packed each time. */
function exactCase(id: string, subject: string, packed: (pack: () => PackedBook) => () => PackedBook): BenchCase {
  return {
    id,
    work: AAVE_WORK.replace("ACCOUNTS", "200"),
    subject,
    peer: SUMMARY,
    async prepare() {
      const made = aave(200);
      const { market, document } = aaveDocuments(made);
      const bookOf = packed(() => packBook(document, market));
      const rule = aaveRule(made);
      const peer = summaries(made);
      const accounts = () => {
        const book = bookOf();
        return made.accounts.map((_, p) => exactAccount(rule, book, p));
      };
      return {
        subject: accounts,
        peer,
        agree() {
          const ours = accounts();
          agreeWithSummaries(peer(), (i) => {
            const account = ours[i];
            if (account === undefined) throw new Error(`no account ${i}`);
            return {
              collateral: Number(account.collateral) / 1e8,
              debt: Number(account.debt) / 1e8,
              threshold: Number(account.averages.maintenance) / 1e4,
              available: Number(account.available) / 10 ** account.weightedDecimals,
              health: Number(account.healthFactor) / 1e18,
            };
          });
        },
      };
    },
  };
}

const exact = exactCase(
  "lending.aave-exact.200x5.math-utils",
  "exactAccount over a packed book, the contracts' integers from the raw ones",
  (pack) => {
    const book = pack();
    return () => book;
  },
);

const exactFromDocuments = exactCase(
  "lending.aave-exact-document.200x5.math-utils",
  "check and pack the document, read its raw integers, exactAccount",
  (pack) => pack,
);

const POSITIONS = 10_000;

const morpho: BenchCase = {
  id: "lending.morpho.10000.blue-sdk",
  work: `debt, borrowing power and health of ${POSITIONS} positions of a Morpho Blue market`,
  subject: "margin call under morpho-blue over a resident book",
  peer: "@morpho-org/blue-sdk MarketUtils.getHealthFactor (health alone)",
  async prepare() {
    const uniform = random();
    const integer = (size: number): bigint => BigInt(Math.floor(uniform() * size));
    const price = 2_913_377_123_456_789n * 10n ** 10n;
    const total = { totalBorrowAssets: 36_424_324_750_000n, totalBorrowShares: 33_838_197_692_750_000_000n };
    const lltv = 860_000_000_000_000_000n;
    const positions = Array.from({ length: POSITIONS }, () => {
      const collateral = 10n ** 17n + integer(9e15) * 10_000n;
      const borrowShares = (collateral / 10n ** 8n) * (1_000n + integer(1_000_000)) * 10n;
      return { collateral, borrowShares };
    });
    const market = parseMarket({
      schema: "margrave/market/1",
      asOf: AS_OF,
      numeraire: "LOAN",
      assets: [
        { id: "LOAN", decimals: 0 },
        { id: "COLLATERAL", decimals: 0 },
      ],
      prices: [{ of: "COLLATERAL", in: "LOAN", index: `${Number(price) / 1e36}` }],
    });
    const pools = positions.map(({ collateral, borrowShares }, p) => ({
      id: `${p}`,
      supplies: [{ asset: "COLLATERAL", quantity: `${collateral}`, collateral: true }],
      debts: [
        {
          asset: "LOAN",
          quantity: `${borrowShares}`,
          raw: {
            shares: `${borrowShares}`,
            totalAssets: `${total.totalBorrowAssets}`,
            totalShares: `${total.totalBorrowShares}`,
          },
        },
      ],
    }));
    const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] };
    const engine = createEngine();
    const book = engine.loadBook(packBook(accounts, market), engine.loadMarket(market));
    const assets = { LOAN: { maintenance: 0 }, COLLATERAL: { maintenance: "0.86" } };
    const model = composed(composedRule(preset("morpho-blue", { assets, settings: { loanDecimals: 0 } })));
    const { MarketUtils } = require("@morpho-org/blue-sdk");
    const peer = (): bigint[] =>
      positions.map((position) => MarketUtils.getHealthFactor(position, { ...total, price }, { lltv }));
    return {
      subject: () => engine.margin(book, model, { live: true }),
      peer,
      agree() {
        const { healthFactor } = engine.margin(book, model);
        for (const [i, health] of peer().entries()) {
          agreeing(`health[${i}]`, healthFactor[i] ?? 0, Number(health) / 1e18, 1e-9);
        }
      },
    };
  },
};

export const cases: readonly BenchCase[] = [fast, fromDocuments, exact, exactFromDocuments, morpho];
