import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/errors.js";
import {
  driftAssetForLiability,
  driftAssetWeight,
  driftBaseToCover,
  driftHealth,
  driftLiabilityOfAsset,
  driftLiabilityToCover,
  driftLiabilityWeight,
} from "../../src/rules/sizing/drift.js";
import {
  type DydxPerpetual,
  type DydxSubaccount,
  dydxBankruptcyPrice,
  dydxFillablePrice,
  dydxFunding,
  dydxInitialRate,
  dydxMaintenanceRate,
  dydxNotional,
  dydxRequirement,
  dydxRisk,
} from "../../src/rules/sizing/dydx.js";
import { gmxCosts, gmxEntryPrice, gmxLeverage } from "../../src/rules/sizing/gmx.js";
import {
  hyperliquidBrackets,
  hyperliquidLiquidation,
  hyperliquidLiquidationThreshold,
  hyperliquidTransferable,
} from "../../src/rules/sizing/hyperliquid.js";
import { mangoMaxSettle } from "../../src/rules/sizing/mango.js";
import { synthetixFillPrice, synthetixReward, synthetixWithdrawable } from "../../src/rules/sizing/synthetix.js";

const M = 1_000_000n;
const BASE = 1_000_000_000n;

function pathOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidInputError) return error.path;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("Drift weights by size", () => {
  it("fall for an asset and rise for a liability with the root of the size, each step in the program's units", () => {
    // √(10 · 4e9 + 1) is 200,000: 1.1 / (1 + 0.1 · 2) = 0.91666…
    expect(driftAssetWeight({ size: 4n * BASE, weight: 9_500n, imf: 100_000n })).toBe(9_166n);
    expect(driftAssetWeight({ size: 4n * BASE, weight: 9_000n, imf: 100_000n })).toBe(9_000n);
    // 1.1 − 0.22 + 0.1 · 10 of 100 units; of one unit that is below the weight itself.
    expect(driftLiabilityWeight({ size: 100n * BASE, weight: 11_000n, imf: 100_000n })).toBe(18_800n);
    expect(driftLiabilityWeight({ size: BASE, weight: 11_000n, imf: 100_000n })).toBe(11_000n);
  });

  it("do not depend on the size without a factor", () => {
    const size = 10n ** 40n;
    expect(driftAssetWeight({ size, weight: 8_000n, imf: 0n })).toBe(8_000n);
    expect(driftLiabilityWeight({ size, weight: 12_000n, imf: 0n })).toBe(12_000n);
  });

  it("take roots of integers of any size exactly", () => {
    // imf 1e7 ÷ 1e7 shows the root itself: 10 size + 1 = r² − 1 and r² about a large r = 10^20 + 1.
    const root = 10n ** 20n + 9n;
    const below = (root * root - 1n) / 10n;
    const at = driftLiabilityWeight({ size: below, weight: 0n, imf: 10_000_000n });
    expect(at * at <= 10n * below + 1n && (at + 1n) * (at + 1n) > 10n * below + 1n).toBe(true);
  });

  it("are of other precisions where asked", () => {
    expect(driftLiabilityWeight({ size: 100n * BASE, weight: 1_100_000n, imf: 100_000n, precision: M })).toBe(
      1_880_000n,
    );
  });

  it("refuse what is not a size", () => {
    expect(pathOf(() => driftAssetWeight({ size: -1n, weight: 1n, imf: 0n }))).toBe("driftAssetWeight.size");
    expect(pathOf(() => driftLiabilityWeight({ size: 1 as never, weight: 1n, imf: 0n }))).toBe(
      "driftLiabilityWeight.size",
    );
  });
});

describe("a Drift liquidation", () => {
  const cover = {
    shortage: 27n * M,
    marginRatio: 2_000n,
    liquidationFee: 20_000n,
    insuranceFee: 0n,
    oraclePrice: 50n * M,
    quotePrice: M,
  };

  it("takes over as much base as frees the shortage after fees", () => {
    // 27 / (50 · (0.2 − 0.02)), and / (50 · (0.2 − 0.02 − 0.03)) with an insurance fee.
    expect(driftBaseToCover(cover)).toBe(3n * BASE);
    expect(driftBaseToCover({ ...cover, insuranceFee: 30_000n })).toBe(3_600_000_000n);
  });

  it("has no size where fees take what is freed", () => {
    expect(driftBaseToCover({ ...cover, liquidationFee: 200_000n })).toBeNull();
    expect(driftBaseToCover({ ...cover, insuranceFee: 180_000n })).toBeNull();
    expect(driftBaseToCover({ ...cover, oraclePrice: 0n })).toBeNull();
  });

  const transfer = {
    shortage: 36n * M,
    assetWeight: 8_000n,
    assetMultiplier: M,
    liabilityWeight: 12_000n,
    liabilityMultiplier: M,
    liabilityDecimals: 9,
    liabilityPrice: 30n * M,
    insuranceFee: 0n,
  };

  it("takes over as much of a loan as frees the shortage after the asset that pays for it", () => {
    // 36 / (30 · (1.2 − 0.8)) of 9 decimals, or of 4.
    expect(driftLiabilityToCover(transfer)).toBe(3n * BASE);
    expect(driftLiabilityToCover({ ...transfer, liabilityDecimals: 4 })).toBe(30_000n);
    expect(driftLiabilityToCover({ ...transfer, shortage: 0n })).toBe(1n);
  });

  it("has no size where the asset weighs as much as the loan, or the insurance fee takes the difference", () => {
    expect(driftLiabilityToCover({ ...transfer, assetWeight: 12_000n })).toBeNull();
    expect(driftLiabilityToCover({ ...transfer, assetMultiplier: 1_500_000n })).toBeNull();
    expect(driftLiabilityToCover({ ...transfer, insuranceFee: 500_000n })).toBeNull();
  });

  const exchange = {
    assetAmount: 600n * M,
    assetMultiplier: 1_050_000n,
    assetDecimals: 6,
    assetPrice: M,
    liabilityMultiplier: M,
    liabilityDecimals: 9,
    liabilityPrice: 20n * M,
  };

  it("exchanges an asset for a loan and back, against the account by no more than a unit", () => {
    const loan = driftLiabilityOfAsset(exchange);
    // 600 / (20 · 1.05) = 28.571428571428…, up.
    expect(loan).toBe(28_571_428_572n);
    expect(driftAssetForLiability({ ...exchange, transfer: loan })).toBe(600n * M);
    expect(driftAssetForLiability({ ...exchange, transfer: 10n * BASE })).toBe(210n * M);
  });

  it("takes all of an asset of which less than a dollar's worth would be left", () => {
    expect(driftAssetForLiability({ ...exchange, assetAmount: 210n * M + 999_999n, transfer: 10n * BASE })).toBe(
      210n * M + 999_999n,
    );
    expect(driftAssetForLiability({ ...exchange, assetAmount: 211n * M, transfer: 10n * BASE })).toBe(210n * M);
  });

  it("names the field that it cannot take", () => {
    expect(pathOf(() => driftBaseToCover({ ...cover, shortage: -1n }))).toBe("driftBaseToCover.shortage");
    expect(pathOf(() => driftLiabilityToCover({ ...transfer, liabilityPrice: 0n }))).toBe(
      "driftLiabilityToCover.liabilityPrice",
    );
    expect(pathOf(() => driftLiabilityOfAsset({ ...exchange, assetDecimals: 1.5 }))).toBe(
      "driftLiabilityOfAsset.assetDecimals",
    );
  });

  it("shows health from 0 to 100, halves up", () => {
    expect(driftHealth(200n, 99n)).toBe(51);
    expect(driftHealth(200n, 100n)).toBe(50);
    expect(driftHealth(200n, 0n)).toBe(100);
    expect(driftHealth(0n, 0n)).toBe(100);
    expect(driftHealth(-1n, 0n)).toBe(0);
    expect(driftHealth(100n, 100n)).toBe(0);
    expect(driftHealth(100n, 300n)).toBe(0);
  });
});

/** 10^−10 of a coin at 10^−5 USDC: a coin at 20,000 USDC is 10^10 quantums at 2 · 10^9. */
const perpetual: DydxPerpetual = {
  atomicResolution: -10,
  exponent: -5,
  price: 2_000_000_000n,
  initialPpm: 50_000n,
  maintenancePpm: 600_000n,
};
const COIN = 10n ** 10n;

describe("a dYdX subaccount", () => {
  /** Two coins long, 39,000 USDC borrowed: 1,000 against a maintenance requirement of 1,200. */
  const long: DydxSubaccount = { usdc: -39_000n * M, positions: [{ perpetual, quantums: 2n * COIN }] };
  const short: DydxSubaccount = { usdc: 41_000n * M, positions: [{ perpetual, quantums: -2n * COIN }] };

  it("has notionals towards zero and requirements rounded up", () => {
    expect(dydxNotional({ perpetual, quantums: 3n * COIN })).toBe(60_000n * M);
    expect(dydxNotional({ perpetual, quantums: -1n })).toBe(-2n);
    expect(dydxNotional({ perpetual: { ...perpetual, price: 1_999_999_999n }, quantums: -1n })).toBe(-1n);
    expect(dydxNotional({ perpetual: { ...perpetual, exponent: 6 }, quantums: 1n })).toBe(200_000_000_000n);
    expect(dydxRequirement({ perpetual, quantums: 1n }, 50_000n)).toEqual({ initial: 1n, maintenance: 1n });
    // 5 % of 3,322 is 166.1 and so 167, of which six tenths are 100.2 and so 101.
    expect(dydxRequirement({ perpetual, quantums: 1661n }, 50_000n)).toEqual({ initial: 167n, maintenance: 101n });
    expect(dydxRequirement({ perpetual, quantums: COIN }, 75_000n)).toEqual({
      initial: 1_500n * M,
      maintenance: 600n * M,
    });
  });

  it("needs more the more of a market is open, between its caps", () => {
    const caps = { initialPpm: 200_000n, lowerCap: 1_000n, upperCap: 3_000n };
    const rate = (openInterest: bigint) => dydxInitialRate({ ...caps, openInterest });
    expect([0n, 1_000n, 2_000n, 2_001n, 3_000n, 9_000n].map(rate)).toEqual([
      200_000n,
      200_000n,
      600_000n,
      600_400n,
      1_000_000n,
      1_000_000n,
    ]);
    expect(dydxInitialRate({ ...caps, upperCap: 0n, openInterest: 10n ** 30n })).toBe(200_000n);
    expect(dydxMaintenanceRate({ initialPpm: 333_333n, maintenancePpm: 333_333n })).toBe(111_110n);
  });

  it("is due funding by what its index has moved", () => {
    expect(dydxFunding({ quantums: -5n, from: 10n, to: 30n })).toBe(100n);
    expect(dydxFunding({ quantums: 5n, from: 10n, to: 30n })).toBe(-100n);
  });

  it("is liquidatable where more is required than there is, and never where nothing is", () => {
    expect(dydxRisk(long)).toEqual({ netCollateral: 1_000n * M, maintenance: 1_200n * M, liquidatable: true });
    expect(dydxRisk({ ...long, usdc: -38_800n * M }).liquidatable).toBe(false);
    expect(dydxRisk({ usdc: -1n, positions: [] })).toEqual({
      netCollateral: -1n,
      maintenance: 0n,
      liquidatable: false,
    });
  });

  it("is left with nothing after closing its only position at the bankruptcy price", () => {
    for (const subaccount of [long, short]) {
      const delta = -(subaccount.positions[0]?.quantums ?? 0n);
      const quote = dydxBankruptcyPrice({ subaccount, position: 0, delta });
      expect(subaccount.usdc + (quote ?? 0n)).toBe(0n);
    }
  });

  it("keeps its ratio after closing a part there, rounded for the subaccount's counterparty", () => {
    const quote = dydxBankruptcyPrice({ subaccount: long, position: 0, delta: -COIN / 2n }) ?? 0n;
    const rest = { usdc: long.usdc + quote, positions: [{ perpetual, quantums: (3n * COIN) / 2n }] };
    expect(dydxRisk(rest)).toEqual({ netCollateral: 750n * M, maintenance: 900n * M, liquidatable: true });
    // A third of 1,000 USDC is not a whole number of quantums: the subaccount pays the lesser.
    const odd = dydxBankruptcyPrice({ subaccount: long, position: 0, delta: (-2n * COIN) / 3n });
    expect(odd).toBe(13_333_333_334n - 333_333_333n - 1n);
  });

  it("is matched at the oracle price while healthy, further off as health falls, and no further than its spread", () => {
    const parameters = { bankruptcyAdjustmentPpm: M, spreadToMaintenancePpm: 100_000n };
    const matched = (usdc: bigint, of: DydxSubaccount, price: bigint) => {
      const fill = dydxFillablePrice({ subaccount: { ...of, usdc }, position: 0, ...parameters });
      if (fill === null) throw new Error("no price");
      // USDC for a coin, exactly.
      expect(fill.numerator * COIN).toBe(price * M * fill.denominator);
    };
    matched(-38_000n * M, long, 20_000n);
    matched(-38_800n * M, long, 20_000n);
    // Half way to bankruptcy: half of a tenth of 1,200 for two coins.
    matched(-39_400n * M, long, 19_970n);
    matched(-40_000n * M, long, 19_940n);
    matched(-45_000n * M, long, 19_940n);
    matched(40_600n * M, short, 20_030n);
    expect(
      dydxFillablePrice({
        subaccount: { usdc: 0n, positions: [{ perpetual, quantums: 0n }] },
        position: 0,
        ...parameters,
      }),
    ).toBeNull();
  });

  it("refuses by the field", () => {
    const close = { subaccount: long, position: 0, delta: -COIN };
    expect(pathOf(() => dydxBankruptcyPrice({ ...close, position: 1 }))).toBe("dydxBankruptcyPrice.position");
    expect(pathOf(() => dydxBankruptcyPrice({ ...close, delta: COIN }))).toBe("dydxBankruptcyPrice.delta");
    expect(pathOf(() => dydxBankruptcyPrice({ ...close, delta: -3n * COIN }))).toBe("dydxBankruptcyPrice.delta");
    const broken = { usdc: 0n, positions: [{ perpetual: { ...perpetual, exponent: 0.5 }, quantums: 1n }] };
    expect(pathOf(() => dydxRisk(broken))).toBe("dydxRisk.positions[0].perpetual.exponent");
    expect(pathOf(() => dydxInitialRate({ initialPpm: 1n, openInterest: 5n, lowerCap: 4n, upperCap: 3n }))).toBe(
      "dydxInitialRate.upperCap",
    );
  });
});

describe("a Synthetix account", () => {
  it("trades at the mean of the prices before and after, so that going and coming back cost the same", () => {
    const there = synthetixFillPrice({ skew: 10, skewScale: 1000, size: 20, price: 500 });
    expect(there).toBe(510);
    expect(synthetixFillPrice({ skew: 30, skewScale: 1000, size: -20, price: 500 })).toBe(there);
    expect(synthetixFillPrice({ skew: 0, skewScale: 1000, size: 0, price: 500 })).toBe(500);
  });

  it("pays a keeper within bounds, which its collateral bounds again", () => {
    const bounds = { minimum: 5, maximum: 50, collateralFraction: 0.1 };
    expect(synthetixReward(20, 1000, bounds)).toBe(20);
    expect(synthetixReward(1, 1000, bounds)).toBe(5);
    expect(synthetixReward(80, 1000, bounds)).toBe(50);
    expect(synthetixReward(1, 30, bounds)).toBe(3);
    expect(synthetixReward(null, 1000, bounds)).toBe(0);
  });

  it("gives out nothing in debt, everything without positions, else the excess", () => {
    const account = { collateral: 900, debt: 0, excess: 120, positions: 2 };
    expect(synthetixWithdrawable(account)).toBe(120);
    expect(synthetixWithdrawable({ ...account, excess: -5 })).toBe(0);
    expect(synthetixWithdrawable({ ...account, positions: 0 })).toBe(900);
    expect(synthetixWithdrawable({ ...account, debt: 1e-9 })).toBe(0);
  });

  it("refuses by the field", () => {
    expect(pathOf(() => synthetixFillPrice({ skew: 0, skewScale: 0, size: 1, price: 1 }))).toBe(
      "synthetixFillPrice.skewScale",
    );
    const bounds = { minimum: 0, maximum: Number.NaN, collateralFraction: 1 };
    expect(pathOf(() => synthetixReward(1, 1, bounds))).toBe("synthetixReward.bounds.maximum");
    expect(pathOf(() => synthetixWithdrawable({ collateral: 1, debt: 0, excess: 0, positions: 0.5 }))).toBe(
      "synthetixWithdrawable.positions",
    );
  });
});

describe("a GMX position", () => {
  const USD = 10n ** 30n;

  it("costs its fee, less what a referral returns, and the capped impact to close", () => {
    const costs = {
      sizeInUsd: 10_000n * USD,
      positionFeeFactor: (6n * USD) / 10_000n,
      referralRebateFactor: USD / 10n,
      referralDiscountFactor: USD / 2n,
      maxImpactFactor: USD / 100n,
    };
    // 6 less a half of a tenth of it, and 100.
    expect(gmxCosts(costs)).toEqual({ fee: (57n * USD) / 10n, impact: 100n * USD });
    expect(gmxCosts({ ...costs, referralRebateFactor: 0n, referralDiscountFactor: 0n }).fee).toBe(6n * USD);
  });

  it("has the leverage of what its fees have left of the collateral", () => {
    const position = { sizeInUsd: 10_000n * USD, collateralUsd: 1_050n * USD, pendingFeesUsd: 50n * USD };
    expect(gmxLeverage(position)).toBe(100_000n);
    expect(gmxLeverage({ ...position, pendingFeesUsd: 1_050n * USD })).toBeNull();
  });

  it("was entered at its size in money for its size in tokens", () => {
    const position = { sizeInUsd: 10_000n * USD, sizeInTokens: 25n * 10n ** 17n, indexDecimals: 18 };
    expect(gmxEntryPrice(position)).toBe(4_000n * USD);
    expect(gmxEntryPrice({ ...position, sizeInTokens: 0n })).toBeNull();
    expect(pathOf(() => gmxEntryPrice({ ...position, sizeInUsd: -1n }))).toBe("gmxEntryPrice.sizeInUsd");
  });
});

describe("Hyperliquid", () => {
  const tiers = [
    { lowerBound: 0, maxLeverage: 32 },
    { lowerBound: 1_000_000, maxLeverage: 16 },
    { lowerBound: 5_000_000, maxLeverage: 8 },
  ];

  it("has margins that do not jump where a tier begins", () => {
    const brackets = hyperliquidBrackets(tiers);
    expect(brackets).toEqual([
      { lowerBound: 0, rate: 1 / 64, deduction: 0 },
      { lowerBound: 1_000_000, rate: 1 / 32, deduction: 15_625 },
      { lowerBound: 5_000_000, rate: 1 / 16, deduction: 171_875 },
    ]);
  });

  it("refuses tiers that do not begin at 0 or do not rise", () => {
    expect(pathOf(() => hyperliquidBrackets([]))).toBe("tiers");
    expect(pathOf(() => hyperliquidBrackets(tiers.slice(1)))).toBe("tiers[0].lowerBound");
    expect(pathOf(() => hyperliquidBrackets([tiers[0] ?? never(), tiers[0] ?? never()]))).toBe("tiers[1].lowerBound");
    expect(pathOf(() => hyperliquidBrackets([{ lowerBound: 0, maxLeverage: 0 }]))).toBe("tiers[0].maxLeverage");
  });

  it("closes a fifth of a large position first, all of a small one, and hands over what is too far gone", () => {
    const at = (equity: number, notional: number) => hyperliquidLiquidation({ equity, maintenance: 300 }, notional);
    expect(at(300, 1e6)).toEqual({ fraction: 0, backstop: false });
    expect(at(299, 100_001)).toEqual({ fraction: 0.2, backstop: false });
    expect(at(299, 100_000)).toEqual({ fraction: 1, backstop: false });
    expect(at(200, 1e6)).toEqual({ fraction: 0.2, backstop: false });
    expect(at(199.9, 1e6)).toEqual({ fraction: 1, backstop: true });
  });

  it("keeps the initial margin, and a tenth of all notional, from being taken out", () => {
    expect(hyperliquidTransferable({ equity: 1000, initial: 400, notional: 3000 })).toBe(600);
    expect(hyperliquidTransferable({ equity: 1000, initial: 400, notional: 8000 })).toBe(200);
    expect(hyperliquidTransferable({ equity: 100, initial: 400, notional: 8000 })).toBe(0);
    expect(hyperliquidLiquidationThreshold(0.5)).toBe(0.75);
    expect(pathOf(() => hyperliquidLiquidationThreshold(1.1))).toBe("ltv");
  });
});

describe("Mango's settlement limit", () => {
  it("is what is held at its asset weight, then what may be owed at its liability weight", () => {
    const account = { health: 90, balance: 50, assetWorth: 0.9, liabilityWorth: 1.25 };
    // 50 tokens hold 45 of the health; the other 45 are 36 tokens owed.
    expect(mangoMaxSettle(account)).toBe(86);
    expect(mangoMaxSettle({ ...account, health: 18 })).toBe(20);
    expect(mangoMaxSettle({ ...account, balance: -10 })).toBe(72);
    expect(mangoMaxSettle({ ...account, assetWorth: 0 })).toBe(50 + 72);
    expect(mangoMaxSettle({ ...account, health: -1 })).toBe(0);
    expect(pathOf(() => mangoMaxSettle({ ...account, liabilityWorth: 0 }))).toBe("mangoMaxSettle.liabilityWorth");
  });
});

function never(): never {
  throw new Error("there is one");
}
