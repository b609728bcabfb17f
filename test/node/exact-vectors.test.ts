import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { exactAccount } from "../../src/rules/exact.js";
import { digitsOf } from "../../src/rules/exact-number.js";
import { chainHealthFactor } from "../../src/rules/integers.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { eulerLiquidation } from "../../src/rules/sizing/euler.js";

const VECTORS = new URL("../../../shared/vectors/", import.meta.url);

// biome-ignore lint/suspicious/noExplicitAny: the files are of many shapes, and the tests fail where one is another
type Json = any;

/** A file of worked cases, parsed; null, said aloud, where it is missing. */
function vectors(path: string): Json {
  const file = new URL(path, VECTORS);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  console.warn(`MISSING ${file.pathname}: exact mode is not checked against it`);
  return null;
}

interface Reserve {
  readonly id: string;
  readonly decimals: number;
  /** of `prices`, besides `of` and `in`; none for the numeraire */
  readonly price: Readonly<Record<string, string>> | null;
}

/** One pool under a rule, exactly. Seconds since 1970. */
function account(reserves: readonly Reserve[], seconds: number, rule: Json, pool: Json, numeraire = "USD") {
  const asOf = new Date(1000 * seconds).toISOString();
  const base = reserves.some(({ id }) => id === numeraire) ? [] : [{ id: numeraire }];
  const market = parseMarket({
    schema: "margrave/market/1",
    asOf,
    numeraire,
    assets: [...base, ...reserves.map(({ id, decimals }) => ({ id, decimals }))],
    prices: reserves.flatMap(({ id, price }) => (price === null ? [] : [{ of: id, in: numeraire, ...price }])),
  });
  const accounts = [{ id: "a", pools: [{ id: "p", ...pool }] }];
  const book = packBook({ schema: "margrave/accounts/1", asOf, accounts }, market);
  const parsed = composedRule({ schema: "margrave/rule/1", id: "r", model: "composed", ...rule });
  return exactAccount(parsed, book, 0);
}

const RAY = String(10n ** 27n);
const DOWN_UP = { assets: "down", liabilities: "up" };
const DOWN = { assets: "down", liabilities: "down" };
const bps = (value: number) => value / 10_000;
/** A decimal with 18 places from an integer. */
const wad = (value: string) => Number(`${value}e-18`);

const aave = vectors("aave-v3/chain_v37_random.json");
describe.skipIf(aave === null)("Aave v3.7, in exact mode", () => {
  it("has the account data of the executed contracts", () => {
    for (const one of aave.accounts) {
      const reserves = one.reserves.map((reserve: Json) => ({
        id: `r${reserve.id}`,
        decimals: reserve.decimals,
        price: { index: `${reserve.price8}e-8` },
      }));
      const rule = {
        rounding: { amount: DOWN_UP, value: { decimals: 8, ...DOWN_UP }, average: { initial: 4 } },
        balances: {
          assets: { index: { one: RAY } },
          liabilities: { index: { one: RAY } },
          interest: { assets: "linear", liabilities: "taylor" },
        },
        options: { category: "eMode" },
        assets: Object.fromEntries(
          one.reserves.map(({ id, ltv, liquidationThreshold }: Json) => [
            `r${id}`,
            { initial: bps(ltv), maintenance: bps(liquidationThreshold) },
          ]),
        ),
        categories: Object.fromEntries(
          one.eModes.map((mode: Json) => {
            const member = (bitmap: number, id: number) => ((bitmap >> id) & 1) === 1;
            const members = one.reserves.filter(({ id }: Json) => member(mode.collateralBitmap, id));
            const entries = members.map(({ id }: Json) => [
              `r${id}`,
              {
                initial: member(mode.ltvzeroBitmap, id) ? 0 : bps(mode.ltv),
                maintenance: bps(mode.liquidationThreshold),
              },
            ]);
            const others = mode.isolated ? { others: { initial: 0 } } : {};
            return [String(mode.id), { assets: Object.fromEntries(entries), ...others }];
          }),
        ),
      };
      const raw = (reserve: Json, scaled: string, index: string, rate: string) => ({
        asset: `r${reserve.id}`,
        quantity: "0",
        raw: { scaled, index: reserve[index], rate: reserve[rate], updatedAt: reserve.lastUpdateTimestamp },
      });
      const got = account(reserves, one.timestamp, rule, {
        options: { eMode: one.userEModeCategory },
        supplies: one.reserves.map((reserve: Json) => ({
          ...raw(reserve, reserve.scaledATokenBalance, "liquidityIndex", "liquidityRate"),
          collateral: reserve.collateralEnabled,
        })),
        debts: one.reserves.map((reserve: Json) =>
          raw(reserve, reserve.scaledVariableDebt, "variableBorrowIndex", "variableBorrowRate"),
        ),
      });
      expect(
        {
          totalCollateralBase: String(got.collateral),
          totalDebtBase: String(got.debt),
          avgLtv: String(got.averages.initial),
          avgLiquidationThreshold: String(got.averages.maintenance),
          healthFactor: String(chainHealthFactor(got.healthFactor)),
          hasZeroLtvCollateral: got.zeroWeightCollateral,
          availableBorrowsBase: String(got.available),
        },
        `account ${one.id}`,
      ).toEqual(one.expected);
      expect(got.breached).toBe(BigInt(one.expected.healthFactor) < 10n ** 18n);
    }
    expect(aave.accounts.length).toBeGreaterThan(100);
  });
});

const comet = vectors("comet/chain_random.json");
const cometSpec = vectors("comet/spec_cases.json");
const cometAccount = (market: Json, principal: string, held: readonly string[]) => {
  const owed = principal.startsWith("-");
  const reserves = market.assets.map((asset: Json, i: number) => ({
    id: `c${i}`,
    decimals: asset.decimals,
    price: { index: `${asset.price8}e-8` },
  }));
  const base = {
    id: "base",
    decimals: market.baseDecimals ?? 6,
    price: { index: `${market.basePrice8 ?? 10 ** 8}e-8` },
  };
  const rule = {
    rounding: {
      amount: DOWN,
      value: { decimals: 8, ...DOWN },
      weighted: { decimals: 8, ...DOWN },
    },
    balances: {
      assets: { index: { one: "1000000000000000" } },
      liabilities: { index: { one: "1000000000000000" } },
    },
    assets: {
      base: { initial: 1, maintenance: 1 },
      ...Object.fromEntries(
        market.assets.map((asset: Json, i: number) => [
          `c${i}`,
          { initial: wad(asset.borrowCF), maintenance: wad(asset.liquidateCF) },
        ]),
      ),
    },
  };
  const index = market[owed ? "baseBorrowIndex" : "baseSupplyIndex"] ?? "1000000000000000";
  const own = { asset: "base", quantity: "0", raw: { scaled: principal.replace("-", ""), index } };
  const supplies = held.map((balance, i) => ({
    asset: `c${i}`,
    quantity: `${balance}e-${market.assets[i].decimals}`,
    collateral: true,
  }));
  return account([base, ...reserves], 1_760_000_000, rule, {
    supplies: owed ? supplies : [{ ...own, collateral: true }, ...supplies],
    debts: owed ? [own] : [],
  });
};
describe.skipIf(comet === null || cometSpec === null)("Comet, in exact mode", () => {
  it("decides on borrowing and liquidation as the executed contract", () => {
    let count = 0;
    for (const market of comet.markets) {
      for (const { principal, collateral, expected } of market.accounts) {
        const got = cometAccount(market, principal, collateral);
        expect(got.borrowable).toBe(expected.isBorrowCollateralized);
        expect(got.breached).toBe(expected.isLiquidatable);
        const base = got.perHolding.find(({ asset }) => asset === "base");
        const [supplied, owed] = base?.kind === "debt" ? [0n, base.amount] : [base?.amount ?? 0n, 0n];
        expect([String(owed), String(supplied)]).toEqual([expected.borrowBalance, expected.supplyBalance]);
        count++;
      }
    }
    expect(count).toBeGreaterThan(100);
  });

  it("decides as the contract's own tests say", () => {
    for (const one of cometSpec.cases) {
      const check = { isBorrowCollateralized: "borrowable", isLiquidatable: "breached" }[String(one.kind)];
      if (check === undefined) continue;
      const got = cometAccount(
        one,
        one.principal,
        one.assets.map(({ balance }: Json) => balance),
      );
      expect(got[check as "borrowable" | "breached"]).toBe(one.expected);
    }
  });
});

const euler = vectors("euler-v2/chain_random.json");
describe.skipIf(euler === null)("Euler v2, in exact mode", () => {
  it("values, decides and sizes as the executed contract", () => {
    for (const one of euler.cases) {
      const { liability, unitOfAccountIsLiabilityAsset } = one;
      // The contract's quotes are units of account of 18 decimals per 1e18 smallest units.
      const unit = unitOfAccountIsLiabilityAsset ? liability.decimals : 18;
      const quotes = ({ mid, bid, ask, decimals }: Json) => {
        const of = (quote: string) => `${quote}e-${18 + unit - decimals}`;
        return { index: of(mid), bid: of(bid), ask: of(ask), twap: of(mid) };
      };
      const numeraire = unitOfAccountIsLiabilityAsset ? "debt" : "USD";
      const reserves = [
        { id: "debt", decimals: liability.decimals, price: unitOfAccountIsLiabilityAsset ? null : quotes(liability) },
        ...one.collaterals.map((held: Json, i: number) => ({
          id: `c${i}`,
          decimals: held.decimals,
          price: quotes(held),
        })),
      ];
      const rule = {
        breach: "<=",
        price: {
          initial: { assets: "bid", liabilities: "ask" },
          maintenance: { assets: "twap", liabilities: "twap" },
        },
        rounding: {
          amount: DOWN_UP,
          value: { decimals: unit, ...DOWN },
          weighted: { decimals: unit, ...DOWN },
        },
        balances: { assets: { index: { one: "1" } }, liabilities: { growth: { fractionalBits: 31 } } },
        assets: Object.fromEntries([
          ["debt", { initial: 0, maintenance: 0 }],
          ...one.collaterals.map((held: Json, i: number) => {
            const { borrowLTV, liquidationLTV, initialLiquidationLTV, targetTimestamp, rampDuration } = held;
            const ramp = {
              from: bps(initialLiquidationLTV),
              to: bps(liquidationLTV),
              until: new Date(1000 * targetTimestamp).toISOString(),
              over: 1000 * rampDuration,
              unit: 1e-4,
            };
            return [
              `c${i}`,
              { initial: bps(borrowLTV), maintenance: rampDuration === 0 ? bps(liquidationLTV) : { ramp } },
            ];
          }),
        ]),
      };
      const pool = {
        supplies: one.collaterals.map(({ balance, decimals }: Json, i: number) => ({
          asset: `c${i}`,
          quantity: `${balance}e-${decimals}`,
          collateral: true,
        })),
        debts: [
          {
            asset: "debt",
            quantity: "0",
            raw: {
              owed: liability.owedRaw31,
              index: liability.interestAccumulator,
              from: liability.userInterestAccumulator,
            },
          },
        ],
      };
      const got = account(reserves, one.timestamp, rule, pool, numeraire);
      const debt = got.perHolding.find(({ kind }) => kind === "debt");
      const { expected } = one;
      expect(String(debt?.amount)).toBe(expected.owedAssets);
      expect(String(got.weighted.initial)).toBe(expected.borrow.collateralValue);
      expect(String(got.liabilities.initial)).toBe(expected.borrow.liabilityValue);
      expect(String(got.weighted.maintenance)).toBe(expected.liquidation.collateralValue);
      expect(String(got.liabilities.maintenance)).toBe(expected.liquidation.liabilityValue);
      const sizes = one.collaterals.map((_: Json, i: number) => {
        const held = got.perHolding.find(({ asset }) => asset === `c${i}`);
        const { maxRepay, maxYield } = eulerLiquidation({
          owed: debt?.amount ?? 0n,
          liabilityValue: got.debt,
          collateralAdjusted: got.weighted.maintenance,
          maxDiscount: BigInt(one.maxLiquidationDiscountBps),
          balance: held?.amount ?? 0n,
          value: held?.value ?? 0n,
        });
        return { maxRepay: String(maxRepay), maxYield: String(maxYield) };
      });
      expect(sizes, `case ${one.id}`).toEqual(expected.checkLiquidation);
    }
    expect(euler.cases.length).toBeGreaterThan(100);
  });
});

const morpho = vectors("morpho-blue/random200.json");
describe.skipIf(morpho === null)("Morpho Blue, in exact mode", () => {
  it("has the debt, limit and health factor of the venue's library", () => {
    for (const one of morpho) {
      const rule = {
        rounding: {
          amount: DOWN_UP,
          value: { decimals: 6, assets: "down", liabilities: "none" },
          weighted: { decimals: 6, assets: "down", liabilities: "none" },
        },
        balances: {
          assets: { index: { one: "1" } },
          liabilities: { shares: { virtualShares: "1000000", virtualAssets: "1" } },
        },
        assets: { loan: { maintenance: 0 }, held: { maintenance: wad(one.lltv) } },
      };
      const reserves = [
        { id: "loan", decimals: 6, price: null },
        // Loan per collateral with 36 decimals, in smallest units: 18 and 6 decimals leave 24.
        { id: "held", decimals: 18, price: { index: `${one.price}e-24` } },
      ];
      const raw = {
        shares: one.borrowShares,
        totalAssets: one.totalBorrowAssets,
        totalShares: one.totalBorrowShares,
      };
      const pool = {
        supplies: [{ asset: "held", quantity: `${one.collateral}e-18`, collateral: true }],
        debts: [{ asset: "loan", quantity: "0", raw }],
      };
      const got = account(reserves, 1_760_000_000, rule, pool, "loan");
      const { expected } = one;
      expect(String(got.debt)).toBe(expected.borrowAssets);
      expect(String(got.weighted.maintenance)).toBe(expected.maxBorrowAssets);
      expect(String(got.available)).toBe(expected.maxBorrowable);
      expect(String(chainHealthFactor(got.healthFactor))).toBe(expected.healthFactor);
      expect(got.breached).toBe(!expected.isHealthy);
    }
  });
});

const folks = vectors("folks-xchain/random150.json");
describe.skipIf(folks === null)("Folks xChain, in exact mode", () => {
  it("has the values of the venue's library", () => {
    for (const one of folks.cases) {
      const held = (side: string, list: Json[]) => list.map((item, i) => ({ ...item, id: `${side}${i}` })) as Json[];
      const collaterals = held("c", one.collaterals);
      const borrows = held("b", one.borrows);
      const rule = {
        rounding: {
          amount: DOWN_UP,
          value: { decimals: 18, ...DOWN },
          weighted: { decimals: 8, ...DOWN_UP },
        },
        balances: {
          assets: { index: { one: String(10n ** 18n) } },
          liabilities: { growth: { ratio: String(10n ** 18n) } },
        },
        assets: Object.fromEntries([
          ...collaterals.map(({ id, collateralFactorBps }) => [id, { maintenance: bps(collateralFactorBps) }]),
          ...borrows.map(({ id, borrowFactorBps }) => [
            id,
            { maintenance: 0, liability: { maintenance: bps(borrowFactorBps) } },
          ]),
        ]),
      };
      const reserves = [...collaterals, ...borrows].map(({ id, decimals, price18 }) => ({
        id,
        decimals,
        price: { index: `${price18}e-18` },
      }));
      const got = account(reserves, 1_760_000_000, rule, {
        supplies: collaterals.map(({ id, fTokenBalance, interestIndex18 }) => ({
          asset: id,
          quantity: "0",
          collateral: true,
          raw: { scaled: fTokenBalance, index: interestIndex18 },
        })),
        debts: borrows.map(({ id, balanceAtLastUpdate, interestIndex18, lastInterestIndex18 }) => ({
          asset: id,
          quantity: "0",
          raw: { owed: balanceAtLastUpdate, index: interestIndex18, from: lastInterestIndex18 },
        })),
      });
      expect(String(got.weighted.maintenance)).toBe(one.expected.effectiveCollateralValue8);
      expect(String(got.liabilities.maintenance)).toBe(one.expected.effectiveBorrowValue8);
      for (const holding of got.perHolding) {
        const { expected } = [...collaterals, ...borrows].find(({ id }) => id === holding.asset);
        expect(String(holding.amount)).toBe(expected.balance);
        expect(String(holding.weighted)).toBe(expected.effectiveValue8);
        const value = { n: holding.value, d: 10n ** 18n };
        expect(String(digitsOf(value, 8, holding.kind === "debt" ? "up" : "down"))).toBe(expected.value8);
      }
      expect(got.breached).toBe(
        BigInt(one.expected.effectiveBorrowValue8) > BigInt(one.expected.effectiveCollateralValue8),
      );
    }
  });
});
