import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chainHealthFactor } from "../../src/rules/integers.js";
import { YEAR_SECONDS } from "../../src/rules/rates.js";
import { aaveSeizure } from "../../src/rules/sizing/aave.js";
import { cometAbsorb, cometBalance, cometQuote, cometRates } from "../../src/rules/sizing/comet.js";
import { eulerLiquidation, eulerRamp } from "../../src/rules/sizing/euler.js";
import { morphoAccount, morphoAccrual } from "../../src/rules/sizing/morpho.js";

const VECTORS = new URL("../../../shared/vectors/", import.meta.url);

// biome-ignore lint/suspicious/noExplicitAny: the files are of many shapes, and the tests fail where one is another
type Json = any;

/** A file of worked cases, parsed; null, said aloud, where it is missing. */
function vectors(path: string): Json {
  const file = new URL(path, VECTORS);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  console.warn(`MISSING ${file.pathname}: sizing is not checked against it`);
  return null;
}
const aave = vectors("aave-v3/chain_v37_random.json");
const comet = vectors("comet/chain_random.json");
const cometSpec = vectors("comet/spec_cases.json");
const euler = vectors("euler-v2/chain_random.json");
const morpho = vectors("morpho-blue/random200.json");

const KINKED = (rates: Json, side: "supply" | "borrow") => ({
  base: BigInt(rates[`${side}Base`]),
  low: BigInt(rates[`${side}Low`]),
  high: BigInt(rates[`${side}High`]),
  kink: BigInt(rates[`${side}Kink`]),
});

const cometBase = (market: Json, decimals = 6, price = 10n ** 8n) => ({
  decimals: market.baseDecimals ?? decimals,
  price: BigInt(market.basePrice8 ?? price),
  supplyIndex: BigInt(market.baseSupplyIndex),
  borrowIndex: BigInt(market.baseBorrowIndex),
});

const cometCollateral = (asset: Json, balance: string) => ({
  decimals: asset.decimals,
  price: BigInt(asset.price8),
  balance: BigInt(balance),
  liquidationFactor: BigInt(asset.liquidationFactor),
});

/** What `cometAbsorb` says, in the words of the files; they leave out collateral that is not held. */
function absorbed(base: Json, principal: string, collateral: readonly ReturnType<typeof cometCollateral>[]) {
  const { seized, basePaidOut, value, newPrincipal, newBalance } = cometAbsorb(base, {
    principal: BigInt(principal),
    collateral,
  });
  return {
    basePaidOut: String(basePaidOut),
    usdValue: String(value),
    collateral: seized.flatMap((usd, asset) => {
      const { balance = 0n } = collateral[asset] ?? {};
      return balance === 0n ? [] : [{ asset, seized: String(balance), usdValue: String(usd) }];
    }),
    newPrincipal: String(newPrincipal),
    newBalance: String(newBalance),
  };
}

describe.skipIf(aave === null)("Aave v3.7", () => {
  it("sizes every liquidation as the executed contract", () => {
    for (const one of aave.liquidations) {
      const { toLiquidator, debtNeeded, protocolFee } = aaveSeizure({
        collateralPrice: BigInt(one.collateralPrice8),
        collateralDecimals: one.collateralDecimals,
        collateralBalance: BigInt(one.borrowerCollateralBalance),
        debtPrice: BigInt(one.debtPrice8),
        debtDecimals: one.debtDecimals,
        debtToCover: BigInt(one.debtToCover),
        bonus: BigInt(one.liquidationBonusBps),
        protocolFee: BigInt(one.liquidationProtocolFeeBps),
      });
      expect({
        collateralToLiquidator: `${toLiquidator}`,
        debtNeeded: `${debtNeeded}`,
        protocolFee: `${protocolFee}`,
      }).toEqual(one.expected);
    }
    expect(aave.liquidations.length).toBeGreaterThan(100);
  });
});

describe.skipIf(comet === null || cometSpec === null)("Comet", () => {
  it("absorbs, quotes and charges as the executed contract", () => {
    let absorbs = 0;
    for (const market of comet.markets) {
      const base = cometBase(market);
      const rates = cometRates({
        supplyIndex: base.supplyIndex,
        borrowIndex: base.borrowIndex,
        totalSupply: BigInt(market.totalSupplyBase),
        totalBorrow: BigInt(market.totalBorrowBase),
        supply: KINKED(market.rates, "supply"),
        borrow: KINKED(market.rates, "borrow"),
      });
      expect({
        utilization: `${rates.utilisation}`,
        supplyRatePerSec: `${rates.supplyPerSecond}`,
        borrowRatePerSec: `${rates.borrowPerSecond}`,
      }).toEqual(market.expected);
      for (const one of market.quotes) {
        const { price, decimals, liquidationFactor } = cometCollateral(market.assets[one.asset], "0");
        const quote = { baseAmount: BigInt(one.baseAmount), basePrice: base.price, baseDecimals: base.decimals };
        const storeFrontPriceFactor = BigInt(market.rates.storeFrontPriceFactor);
        const amount = cometQuote({ ...quote, price, decimals, liquidationFactor, storeFrontPriceFactor });
        expect(String(amount)).toBe(one.expected);
      }
      for (const { principal, collateral, expected } of market.accounts) {
        const balance = cometBalance(BigInt(principal), base);
        expect(String(balance < 0n ? -balance : 0n)).toBe(expected.borrowBalance);
        expect(String(balance > 0n ? balance : 0n)).toBe(expected.supplyBalance);
        if (expected.absorb === null) continue;
        absorbs++;
        const held = collateral.map((amount: string, i: number) => cometCollateral(market.assets[i], amount));
        expect(absorbed(base, principal, held)).toEqual(expected.absorb);
      }
    }
    expect(absorbs).toBeGreaterThan(50);
  });

  it("gives the numbers of the contract's own tests", () => {
    for (const one of cometSpec.cases) {
      if (one.kind === "quoteCollateral") {
        const { price, decimals, liquidationFactor } = cometCollateral(one.asset, "0");
        const quote = { baseAmount: BigInt(one.baseAmount), basePrice: 10n ** 8n, baseDecimals: 6 };
        const storeFrontPriceFactor = BigInt(one.storeFrontPriceFactor);
        expect(String(cometQuote({ ...quote, price, decimals, liquidationFactor, storeFrontPriceFactor }))).toBe(
          one.expected,
        );
      }
      if (one.kind === "absorb") {
        const held = one.assets.map((asset: Json) => cometCollateral(asset, asset.balance));
        expect(absorbed(cometBase(one), one.principal, held)).toMatchObject(one.expected);
      }
      if (one.kind === "rates") {
        const rates = cometRates({
          supplyIndex: BigInt(one.baseSupplyIndex),
          borrowIndex: BigInt(one.baseBorrowIndex),
          totalSupply: BigInt(one.totalSupplyBase),
          totalBorrow: BigInt(one.totalBorrowBase),
          supply: KINKED(one.rates, "supply"),
          borrow: KINKED(one.rates, "borrow"),
        });
        expect(String(rates.utilisation)).toBe(one.expected.utilization);
        const within = (rate: bigint, perYear: string) => {
          const off = rate * YEAR_SECONDS - BigInt(perYear);
          return off <= 10n ** 8n && off >= -(10n ** 8n);
        };
        // The contract's tests state rates per year to 1e8 of 1e18, since the chain keeps whole numbers per second.
        expect(within(rates.supplyPerSecond, one.expected.supplyRatePerYear)).toBe(true);
        expect(within(rates.borrowPerSecond, one.expected.borrowRatePerYear)).toBe(true);
      }
    }
  });
});

describe.skipIf(euler === null)("Euler v2", () => {
  it("says what may be repaid, and for what, as the executed contract", () => {
    for (const one of euler.cases) {
      const owed = BigInt(one.expected.owedAssets);
      const { collateralValue, liabilityValue } = one.expected.liquidation;
      let adjusted = 0n;
      for (const [i, held] of one.collaterals.entries()) {
        const balance = BigInt(held.balance);
        const value = (balance * BigInt(held.mid)) / 10n ** 18n;
        const limit = eulerRamp({
          target: BigInt(held.liquidationLTV),
          initial: BigInt(held.initialLiquidationLTV),
          until: BigInt(held.targetTimestamp),
          over: BigInt(held.rampDuration),
          now: BigInt(one.timestamp),
        });
        adjusted += (value * limit) / 10_000n;
        const { maxRepay, maxYield } = eulerLiquidation({
          owed,
          liabilityValue: BigInt(liabilityValue),
          collateralAdjusted: BigInt(collateralValue),
          maxDiscount: BigInt(one.maxLiquidationDiscountBps),
          balance,
          value,
        });
        expect({ maxRepay: `${maxRepay}`, maxYield: `${maxYield}` }).toEqual(one.expected.checkLiquidation[i]);
      }
      expect(String(adjusted)).toBe(collateralValue);
    }
    expect(euler.cases.length).toBeGreaterThan(100);
  });
});

describe.skipIf(morpho === null)("Morpho Blue", () => {
  it("has all fifteen outputs of the venue's library", () => {
    for (const { name, expected, ...inputs } of morpho) {
      const of = (key: string) => BigInt(inputs[key]);
      const account = morphoAccount(
        {
          lltv: of("lltv"),
          price: of("price"),
          totalBorrowAssets: of("totalBorrowAssets"),
          totalBorrowShares: of("totalBorrowShares"),
        },
        { collateral: of("collateral"), borrowShares: of("borrowShares") },
      );
      const accrual = morphoAccrual({
        totalBorrowAssets: of("totalBorrowAssets"),
        totalSupplyAssets: of("totalSupplyAssets"),
        totalSupplyShares: of("totalSupplyShares"),
        fee: of("fee"),
        ratePerSecond: of("ratePerSecond"),
        elapsed: of("elapsed"),
      });
      const ours: Readonly<Record<string, bigint | boolean | null>> = {
        lif: account.liquidationIncentive,
        borrowAssets: account.borrowAssets,
        maxBorrowAssets: account.maxBorrowAssets,
        maxBorrowable: account.maxBorrowable,
        healthFactor: chainHealthFactor(account.healthFactor),
        isHealthy: account.healthy,
        ltv: account.ltv,
        liquidationPrice: account.liquidationPrice,
        withdrawable: account.withdrawable,
        seizable: account.seizable,
        priceVariation: account.priceVariation,
        capacityUsage: account.capacityUsage,
        interest: accrual.interest,
        feeShares: accrual.feeShares,
        utilization: accrual.utilisation,
      };
      const spelt = Object.entries(ours).map(([key, value]) => [key, typeof value === "bigint" ? `${value}` : value]);
      expect(Object.fromEntries(spelt), name).toEqual(expected);
    }
    expect(morpho.length).toBeGreaterThan(100);
  });
});
