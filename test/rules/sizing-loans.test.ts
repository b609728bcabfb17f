import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/errors.js";
import { chainHealthFactor, MAX_UINT256 } from "../../src/rules/integers.js";
import { kinkedRate, perSecond, utilisation } from "../../src/rules/rates.js";
import { type AaveLiquidationInput, aaveLiquidation, aaveSeizure } from "../../src/rules/sizing/aave.js";
import { aaveLiquidationInUnits } from "../../src/rules/sizing/aave-units.js";
import { cometAbsorb, cometBalance, cometQuote } from "../../src/rules/sizing/comet.js";
import { eulerLiquidation, eulerRamp } from "../../src/rules/sizing/euler.js";
import { morphoAccount, morphoAccrual, morphoIncentive } from "../../src/rules/sizing/morpho.js";

const WAD = 10n ** 18n;
const USD = 10n ** 8n;

function pathOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidInputError) return error.path;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** 12 ether at $2,000 against $20,000 of a dollar token: a health factor of 0.97 at a threshold of 0.81. */
const loan: AaveLiquidationInput = {
  collateralPrice: 2_000n * USD,
  collateralDecimals: 18,
  collateralBalance: 12n * WAD,
  debtPrice: USD,
  debtDecimals: 6,
  debtToCover: 20_000n * 10n ** 6n,
  bonus: 10_500n,
  protocolFee: 1_000n,
  debtBalance: 20_000n * 10n ** 6n,
  totalDebt: 20_000n * USD,
  healthFactor: 97n * 10n ** 16n,
};

describe("an Aave liquidation", () => {
  it("repays half of the account's debt while the health factor is above 0.95", () => {
    const sizes = aaveLiquidation(loan);
    expect(sizes.halved).toBe(true);
    expect(sizes.maxDebt).toBe(10_000n * 10n ** 6n);
    expect(sizes.debtNeeded).toBe(10_000n * 10n ** 6n);
    // 10,000 × 1.05 / 2,000 = 5.25 ether, a tenth of the 0.25 of bonus to the protocol.
    expect(sizes.toLiquidator).toBe(5_225n * 10n ** 15n);
    expect(sizes.protocolFee).toBe(25n * 10n ** 15n);
    expect(sizes.debtLeft).toBe(10_000n * USD);
    expect(sizes.collateralLeft).toBe(13_500n * USD);
    expect(sizes.leavesDust).toBe(false);
    expect(sizes.liquidatable).toBe(true);
  });

  it("repays all of it at 0.95, and one step above half", () => {
    expect(aaveLiquidation({ ...loan, healthFactor: 95n * 10n ** 16n }).maxDebt).toBe(loan.debtBalance);
    expect(aaveLiquidation({ ...loan, healthFactor: 95n * 10n ** 16n + 1n }).maxDebt).toBe(loan.debtBalance / 2n);
  });

  it("repays all of a debt below $2,000 or against collateral below $2,000, to the cent", () => {
    const small = { ...loan, debtBalance: 2_000n * 10n ** 6n - 1n, totalDebt: 2_000n * USD };
    expect(aaveLiquidation(small).halved).toBe(false);
    expect(aaveLiquidation({ ...small, debtBalance: 2_000n * 10n ** 6n }).halved).toBe(true);
    expect(aaveLiquidation({ ...loan, collateralBalance: WAD - 1n }).halved).toBe(false);
    expect(aaveLiquidation({ ...loan, collateralBalance: WAD }).halved).toBe(true);
  });

  it("repays all of one debt where that is less than half of all debts", () => {
    expect(aaveLiquidation({ ...loan, totalDebt: 40_000n * USD }).halved).toBe(false);
    expect(aaveLiquidation({ ...loan, totalDebt: 40_000n * USD - 2n }).halved).toBe(true);
  });

  it("may not leave less than $1,000 of either, unless one is cleared", () => {
    const all = { ...loan, healthFactor: 9n * 10n ** 17n };
    const repay = (dollars: bigint) => aaveLiquidation({ ...all, debtToCover: dollars * 10n ** 6n });
    expect(repay(19_000n).leavesDust).toBe(false);
    expect(repay(19_001n).leavesDust).toBe(true);
    expect(repay(20_000n).leavesDust).toBe(false);
    const thin = { ...all, collateralBalance: 10n * WAD };
    expect(aaveLiquidation({ ...thin, debtToCover: 18_100n * 10n ** 6n }).leavesDust).toBe(true);
    const cleared = aaveLiquidation({ ...thin, debtToCover: 20_000n * 10n ** 6n });
    expect(cleared.collateralLeft).toBe(0n);
    expect(cleared.leavesDust).toBe(false);
  });

  it("is the same in units of tokens and money", () => {
    const input = {
      collateral: { price: 2_000, quantity: 12, decimals: 18 },
      debt: { price: 1, quantity: 20_000, decimals: 6 },
      bonus: 1.05,
      protocolFee: 0.1,
      totalDebt: 20_000,
      healthFactor: 0.97,
    };
    expect(aaveLiquidationInUnits(input)).toEqual({
      liquidatable: true,
      halved: true,
      leavesDust: false,
      maxDebt: 10_000,
      debtNeeded: 10_000,
      toLiquidator: 5.225,
      protocolFee: 0.025,
      debtLeft: 10_000,
      collateralLeft: 13_500,
    });
    expect(aaveLiquidationInUnits({ ...input, repay: 1_000 })).toMatchObject({
      debtNeeded: 1_000,
      toLiquidator: 0.5225,
    });
    const price = (value: number) => () => aaveLiquidationInUnits({ ...input, debt: { ...input.debt, price: value } });
    expect(pathOf(price(Number.NaN))).toBe("aaveLiquidationInUnits.debt.price");
    expect(pathOf(price(0))).toBe("aaveLiquidation.debtPrice");
  });

  it("never asks for more than was offered, nor takes more than there is", () => {
    for (let balance = 1n; balance < 3_000n; balance += 7n) {
      const trade = { ...loan, collateralDecimals: 3, collateralBalance: balance, debtToCover: 5_000_000_000n };
      const { toLiquidator, protocolFee, debtNeeded } = aaveSeizure({
        collateralPrice: trade.collateralPrice,
        collateralDecimals: trade.collateralDecimals,
        collateralBalance: trade.collateralBalance,
        debtPrice: trade.debtPrice,
        debtDecimals: trade.debtDecimals,
        debtToCover: trade.debtToCover,
        bonus: trade.bonus,
        protocolFee: trade.protocolFee,
      });
      expect(toLiquidator + protocolFee <= balance).toBe(true);
      expect(debtNeeded <= trade.debtToCover).toBe(true);
    }
  });
});

describe("a kinked rate", () => {
  const curve = { base: 100n, low: WAD, high: 5n * WAD, kink: (8n * WAD) / 10n };

  it("bends at the kink and is continuous there", () => {
    expect(kinkedRate(curve, 0n)).toBe(100n);
    expect(kinkedRate(curve, curve.kink)).toBe(100n + (8n * WAD) / 10n);
    expect(kinkedRate(curve, WAD)).toBe(100n + (8n * WAD) / 10n + WAD);
  });

  it("is rounded down where a year becomes seconds", () => {
    expect(perSecond({ base: 31_536_000n, low: 31_535_999n, high: 63_072_001n, kink: 5n })).toEqual({
      base: 1n,
      low: 0n,
      high: 2n,
      kink: 5n,
    });
  });

  it("has no utilisation where nothing is supplied", () => {
    expect(utilisation({ borrowed: 5n, supplied: 0n })).toBe(0n);
    expect(utilisation({ borrowed: 1n, supplied: 3n })).toBe(333_333_333_333_333_333n);
  });
});

describe("Comet", () => {
  const base = { decimals: 6, price: USD, supplyIndex: 10n ** 15n, borrowIndex: 10n ** 15n + 1n };

  it("rounds a balance towards zero on either side", () => {
    expect(cometBalance(-3n, base)).toBe(-3n);
    expect(cometBalance(-(10n ** 15n), base)).toBe(-(10n ** 15n) - 1n);
    expect(cometBalance(7n, { ...base, supplyIndex: 15n * 10n ** 14n })).toBe(10n);
  });

  it("turns a deficit into a loss of the reserves and a surplus into a supply", () => {
    const ether = { decimals: 18, price: 2_000n * USD, balance: WAD, liquidationFactor: (9n * WAD) / 10n };
    const owed = { ...base, borrowIndex: 10n ** 15n };
    const surplus = cometAbsorb(owed, { principal: -1_000_000_000n, collateral: [ether] });
    expect(surplus.seized).toEqual([2_000n * USD]);
    expect(surplus.newBalance).toBe(800_000_000n);
    expect(surplus.basePaidOut).toBe(1_800_000_000n);
    const deficit = cometAbsorb(owed, { principal: -5_000_000_000n, collateral: [ether] });
    expect(deficit.newBalance).toBe(0n);
    expect(deficit.basePaidOut).toBe(5_000_000_000n);
  });
});

describe("an Euler liquidation", () => {
  const account = {
    owed: 1_000n,
    liabilityValue: 1_000n * WAD,
    collateralAdjusted: 900n * WAD,
    maxDiscount: 1_500n,
    balance: 50n,
    value: 2_000n * WAD,
  };

  it("discounts by health, up to the vault's limit", () => {
    // 1,000 / 0.9 of value, of 2,000 for 50 tokens.
    expect(eulerLiquidation(account)).toEqual({ maxRepay: 1_000n, maxYield: 27n });
    expect(eulerLiquidation({ ...account, collateralAdjusted: 0n })).toEqual({ maxRepay: 1_000n, maxYield: 29n });
  });

  it("is for nothing where the collateral covers the debt, and of all where it is worthless", () => {
    expect(eulerLiquidation({ ...account, collateralAdjusted: 1_001n * WAD })).toEqual({ maxRepay: 0n, maxYield: 0n });
    expect(eulerLiquidation({ ...account, value: 0n })).toEqual({ maxRepay: 0n, maxYield: 50n });
  });

  it("ramps down to the target and stays there", () => {
    const ramp = { target: 7_000n, initial: 8_000n, until: 200n, over: 100n };
    expect([100n, 133n, 199n, 200n, 900n].map((now) => eulerRamp({ ...ramp, now }))).toEqual([
      8_000n,
      7_670n,
      7_010n,
      7_000n,
      7_000n,
    ]);
    expect(eulerRamp({ ...ramp, initial: 6_000n, now: 150n })).toBe(7_000n);
  });
});

describe("a Morpho position", () => {
  const market = {
    lltv: (86n * WAD) / 100n,
    price: 2n * 10n ** 36n,
    totalBorrowAssets: 10n ** 12n,
    totalBorrowShares: 10n ** 18n,
  };

  it("without debt has no health factor, ratio or liquidation price", () => {
    const account = morphoAccount(market, { collateral: 100n, borrowShares: 0n });
    expect(account.healthFactor).toBeNull();
    expect(account.ltv).toBeNull();
    expect(account.liquidationPrice).toBeNull();
    expect(account.withdrawable).toBe(100n);
    expect(chainHealthFactor(account.healthFactor)).toBe(MAX_UINT256);
  });

  it("is liquidated one unit of debt past what its collateral carries", () => {
    const at = (borrowShares: bigint) => morphoAccount(market, { collateral: 1_000n, borrowShares });
    const shares = 1_720n * 10n ** 6n;
    expect(at(shares)).toMatchObject({ borrowAssets: 1_720n, healthy: true, maxBorrowable: 0n, seizable: 0n });
    const broken = at(shares + 10n ** 6n);
    expect(broken).toMatchObject({ borrowAssets: 1_721n, healthy: false, withdrawable: 0n });
    expect(broken.seizable > 860n).toBe(true);
  });

  it("pays a liquidator at most 15 %", () => {
    expect(morphoIncentive(0n)).toBe((115n * WAD) / 100n);
    expect(morphoIncentive(WAD)).toBe(WAD);
  });
});

describe("a sizing function refuses by the path of the field", () => {
  it.each<[string, () => unknown]>([
    ["aaveLiquidation.collateralPrice", () => aaveLiquidation({ ...loan, collateralPrice: 0n })],
    ["aaveLiquidation.bonus", () => aaveLiquidation({ ...loan, bonus: 9_999n })],
    ["aaveLiquidation.protocolFee", () => aaveLiquidation({ ...loan, protocolFee: 10_001n })],
    ["aaveLiquidation.debtBalance", () => aaveLiquidation({ ...loan, debtBalance: -1n })],
    ["aaveLiquidation.debtDecimals", () => aaveLiquidation({ ...loan, debtDecimals: 6.5 })],
    ["aaveSeizure.debtBalance", () => aaveSeizure(loan)],
    ["utilisation.supplied", () => utilisation({ borrowed: 1n, supplied: -1n })],
    ["curve.kink", () => perSecond({ base: 1n, low: 1n, high: 1n, kink: -1n })],
    ["cometBalance.borrowIndex", () => cometBalance(1n, { supplyIndex: 1n, borrowIndex: -1n })],
    [
      "cometAbsorb.account.collateral[0].price",
      () =>
        cometAbsorb(
          { decimals: 6, price: 1n, supplyIndex: 1n, borrowIndex: 1n },
          { principal: 0n, collateral: [{ decimals: 6, price: 0n, balance: 1n, liquidationFactor: 0n }] },
        ),
    ],
    [
      "cometQuote.price",
      () =>
        cometQuote({
          baseAmount: 1n,
          basePrice: 1n,
          baseDecimals: 6,
          price: 1n,
          decimals: 6,
          liquidationFactor: WAD / 2n,
          storeFrontPriceFactor: WAD,
        }),
    ],
    [
      "eulerLiquidation.maxDiscount",
      () =>
        eulerLiquidation({
          owed: 1n,
          liabilityValue: 1n,
          collateralAdjusted: 1n,
          maxDiscount: 10_000n,
          balance: 1n,
          value: 1n,
        }),
    ],
    ["eulerRamp.over", () => eulerRamp({ target: 1n, initial: 2n, until: 2n, over: 0n, now: 1n })],
    ["morphoIncentive.lltv", () => morphoIncentive(WAD + 1n)],
    [
      "morphoAccount.market.lltv",
      () =>
        morphoAccount(
          { lltv: 0n, price: 1n, totalBorrowAssets: 0n, totalBorrowShares: 0n },
          { collateral: 0n, borrowShares: 0n },
        ),
    ],
    [
      "morphoAccrual.fee",
      () =>
        morphoAccrual({
          totalBorrowAssets: 1n,
          totalSupplyAssets: 1n,
          totalSupplyShares: 1n,
          fee: WAD + 1n,
          ratePerSecond: 1n,
          elapsed: 1n,
        }),
    ],
  ])("%s", (path, run) => {
    expect(pathOf(run)).toBe(path);
  });
});
