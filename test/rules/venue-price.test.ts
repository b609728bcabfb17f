import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/errors.js";
import { gmxCosts } from "../../src/rules/sizing/gmx.js";
import { hyperliquidBrackets } from "../../src/rules/sizing/hyperliquid.js";
import { venueLiquidationPrice } from "../../src/rules/venue-price.js";
import { type BinanceLeg, binanceLiquidationPrice } from "../../src/rules/venue-price/binance.js";
import { driftLiquidationPrice } from "../../src/rules/venue-price/drift.js";
import { type GmxPriceInput, gmxLiquidationPrice } from "../../src/rules/venue-price/gmx.js";
import { hyperliquidLiquidationPrice } from "../../src/rules/venue-price/hyperliquid.js";
import { type MangoPriceInput, mangoLiquidationPrice } from "../../src/rules/venue-price/mango.js";
import { marginfiLiquidationPrice } from "../../src/rules/venue-price/marginfi.js";
import { near, tolerance } from "../support/tolerance.js";

const M = 1_000_000n;
const BASE = 1_000_000_000n;
const USD = 10n ** 30n;

function pathOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidInputError) return error.path;
    throw error;
  }
  throw new Error("nothing was thrown");
}

function given<T>(value: T | null): T {
  if (value === null) throw new Error("no price");
  return value;
}

describe("Hyperliquid's liquidation price", () => {
  const tiers = [
    { lowerBound: 0, maxLeverage: 50 },
    { lowerBound: 100_000, maxLeverage: 20 },
    { lowerBound: 400_000, maxLeverage: 5 },
  ];
  const brackets = hyperliquidBrackets(tiers);
  const maintenance = (notional: number) => {
    const { rate, deduction } = given(brackets.findLast(({ lowerBound }) => notional >= lowerBound) ?? null);
    return notional * rate - deduction;
  };

  it("is where equity is the maintenance margin, in whatever tier that is", () => {
    const sides = [1, -1].flatMap((side) => [0.4, 3, 60, 150, 700].map((size) => side * size));
    for (const size of sides) {
      for (const share of [0.05, 0.3, 0.6, 0.85]) {
        const [price, other] = [1000, 25];
        const equity = other + maintenance(Math.abs(size) * price) + share * Math.abs(size) * price;
        const found = given(hyperliquidLiquidationPrice({ price, size, equity, otherMaintenance: other, tiers }));
        const left = equity + size * (found - price);
        const needed = other + maintenance(Math.abs(size) * found);
        near(left, needed, tolerance.rootRelative * (equity + Math.abs(size) * (found + price)), `${size} at ${share}`);
        expect(Math.sign(price - found)).toBe(Math.sign(size));
      }
    }
  });

  it("is none for a long that its collateral carries to 0, and without a position", () => {
    const account = { price: 10, size: 1, equity: 11, otherMaintenance: 0, tiers };
    expect(hyperliquidLiquidationPrice(account)).toBeNull();
    expect(hyperliquidLiquidationPrice({ ...account, size: 0 })).toBeNull();
    expect(hyperliquidLiquidationPrice({ ...account, size: -1e-9, equity: 1e9 })).toBeNull();
  });

  it("refuses by the field", () => {
    const account = { price: 10, size: 1, equity: 1, otherMaintenance: 0, tiers };
    const path = (change: object) => pathOf(() => hyperliquidLiquidationPrice({ ...account, ...change }));
    expect(path({ price: 0 })).toBe("hyperliquidLiquidationPrice.price");
    expect(path({ equity: Number.NaN })).toBe("hyperliquidLiquidationPrice.equity");
    expect(path({ tiers: [] })).toBe("hyperliquidLiquidationPrice.tiers");
    expect(path({ leverage: 3 })).toBe("hyperliquidLiquidationPrice.leverage");
  });
});

describe("Binance's liquidation price", () => {
  const brackets = [
    { floor: 0, rate: 0.004, deduction: 0 },
    { floor: 50_000, rate: 0.005, deduction: 50 },
    { floor: 250_000, rate: 0.01, deduction: 1300 },
  ];
  const leg = (size: number, entryPrice: number): BinanceLeg => ({ size, entryPrice, brackets });
  /** Margin left at a price, and the size of what it is a difference of. */
  const left = (legs: readonly BinanceLeg[], wallet: number, other: number, unrealised: number, price: number) => {
    let margin = wallet - other + unrealised;
    let scale = Math.abs(wallet) + other + Math.abs(unrealised);
    for (const { size, entryPrice } of legs) {
      const notional = Math.abs(size) * price;
      const { rate, deduction } = given(brackets.findLast(({ floor }) => notional >= floor) ?? null);
      margin += size * (price - entryPrice) - (notional * rate - deduction);
      scale += Math.abs(size) * (price + entryPrice);
    }
    return { margin, scale };
  };

  it("is where the margin balance is the maintenance margin: one way, and of hedges of every net", () => {
    const books = [
      [leg(2, 30_000)],
      [leg(-2, 30_000)],
      [leg(0.9, 30_000)],
      [leg(12, 28_000), leg(-3, 31_000)],
      [leg(3, 28_000), leg(-12, 31_000)],
      [leg(5, 29_000), leg(-5, 31_000)],
    ];
    for (const legs of books) {
      const [walletBalance, otherMaintenance, otherUnrealised] = [9000, 120, -300];
      const found = given(binanceLiquidationPrice({ walletBalance, otherMaintenance, otherUnrealised, legs }));
      const at = (price: number) => left(legs, walletBalance, otherMaintenance, otherUnrealised, price);
      near(at(found).margin, 0, tolerance.rootRelative * at(found).scale, `${legs.map(({ size }) => size)}`);
      // It is short on the side that the net position is exposed to.
      const net = legs.reduce((sum, { size }) => sum + size, 0);
      expect(at(found * (net > 0 ? 0.999 : 1.001)).margin).toBeLessThan(0);
      expect(at(found * (net > 0 ? 1.001 : 0.999)).margin).toBeGreaterThan(0);
    }
  });

  it("is none where the wallet carries the position to 0, and without one", () => {
    const cross = { walletBalance: 9000, otherMaintenance: 0, otherUnrealised: 0 };
    expect(binanceLiquidationPrice({ ...cross, legs: [leg(0.01, 30_000)] })).toBeNull();
    expect(binanceLiquidationPrice({ ...cross, legs: [] })).toBeNull();
    expect(binanceLiquidationPrice({ ...cross, legs: [leg(0, 30_000)] })).toBeNull();
  });

  it("refuses by the field", () => {
    const cross = { walletBalance: 9000, otherMaintenance: 0, otherUnrealised: 0 };
    const path = (legs: readonly BinanceLeg[]) => pathOf(() => binanceLiquidationPrice({ ...cross, legs }));
    expect(path([{ ...leg(1, 1), brackets: [] }])).toBe("binanceLiquidationPrice.legs[0].brackets");
    expect(path([leg(1, 0)])).toBe("binanceLiquidationPrice.legs[0].entryPrice");
    expect(path([{ ...leg(1, 1), brackets: brackets.slice(1) }])).toBe(
      "binanceLiquidationPrice.legs[0].brackets[0].floor",
    );
    expect(path([{ ...leg(1, 1), brackets: [{ floor: 0, rate: 1, deduction: 0 }] }])).toBe(
      "binanceLiquidationPrice.legs[0].brackets[0].rate",
    );
  });
});

describe("GMX's liquidation price", () => {
  const costs = gmxCosts({
    sizeInUsd: 50_000n * USD,
    positionFeeFactor: (7n * USD) / 10_000n,
    referralRebateFactor: 0n,
    referralDiscountFactor: 0n,
    maxImpactFactor: (5n * USD) / 1_000n,
  });
  const position: GmxPriceInput = {
    isLong: true,
    sameToken: false,
    sizeInUsd: 50_000n * USD,
    sizeInTokens: 20n * 10n ** 18n,
    indexDecimals: 18,
    collateralAmount: 5_000n * M,
    collateralUsd: 5_000n * USD,
    pendingFeesUsd: 40n * USD,
    closingFeeUsd: costs.fee,
    impactUsd: costs.impact,
    minCollateralFactor: USD / 200n,
    minCollateralUsd: 10n * USD,
  };
  /** What is left of the collateral at a price, less what must be. */
  const left = (of: GmxPriceInput, price: bigint) => {
    const unit = 10n ** BigInt(of.indexDecimals);
    const value = (price * of.sizeInTokens) / unit;
    const pnl = of.isLong ? value - of.sizeInUsd : of.sizeInUsd - value;
    const collateral = of.sameToken ? (price * of.collateralAmount) / unit : of.collateralUsd;
    const factor = (of.sizeInUsd * of.minCollateralFactor) / USD;
    const required = factor > of.minCollateralUsd ? factor : of.minCollateralUsd;
    return collateral + pnl - of.pendingFeesUsd - of.closingFeeUsd - of.impactUsd - required;
  };

  it("is where what is left of the collateral is what must be, of every side and collateral", () => {
    for (const isLong of [true, false]) {
      for (const sameToken of [true, false]) {
        const amount = sameToken ? 2n * 10n ** 18n : position.collateralAmount;
        const of = { ...position, isLong, sameToken, collateralAmount: amount };
        const price = given(gmxLiquidationPrice(of));
        const step = 10n ** BigInt(of.indexDecimals) + 1n;
        const [better, worse] = isLong ? [price + step, price - step] : [price - step, price + step];
        expect(left(of, better) >= 0n && left(of, worse) <= 0n, `${isLong} ${sameToken}`).toBe(true);
      }
    }
  });

  it("has the least collateral in money for a small position", () => {
    const small = { ...position, minCollateralUsd: 4_000n * USD };
    expect(given(gmxLiquidationPrice(small))).toBeGreaterThan(given(gmxLiquidationPrice(position)));
  });

  it("is none where it is not positive, and of a short that its own token hedges", () => {
    expect(gmxLiquidationPrice({ ...position, collateralUsd: 60_000n * USD })).toBeNull();
    expect(gmxLiquidationPrice({ ...position, sizeInUsd: 0n, sizeInTokens: 0n })).toBeNull();
    const hedged = { ...position, isLong: false, sameToken: true, collateralAmount: position.sizeInTokens };
    expect(gmxLiquidationPrice(hedged)).toBeNull();
    expect(pathOf(() => gmxLiquidationPrice({ ...position, isLong: 1 as never }))).toBe("gmxLiquidationPrice.isLong");
  });
});

describe("Drift's liquidation price", () => {
  it("is linear in one oracle from where it stands", () => {
    const perp = { base: 2n * BASE, marginRatio: 500n };
    const input = { of: "perp", price: 100n * M, freeCollateral: 38n * M, perp, spot: null } as const;
    // A long of 2 at 5 % frees 1.9 for a unit of price: 100 − 38 / 1.9.
    expect(driftLiquidationPrice(input)).toBe(80n * M);
    // A short of 2 at 5 % takes 2.1 for one.
    const short = { ...perp, base: -2n * BASE };
    expect(driftLiquidationPrice({ ...input, perp: short, freeCollateral: 42n * M })).toBe(120n * M);
    // A deposit of 3 at 0.8 on the same oracle adds 2.4, a loan of 1 at 1.2 takes 1.2.
    const deposit = { amount: 3n * BASE, decimals: 9, weight: 8_000n };
    expect(driftLiquidationPrice({ ...input, spot: deposit, freeCollateral: 43n * M })).toBe(90n * M);
    const loan = { amount: -1n * BASE, decimals: 9, weight: 12_000n };
    expect(driftLiquidationPrice({ ...input, spot: loan, freeCollateral: 7n * M })).toBe(90n * M);
    expect(driftLiquidationPrice({ ...input, of: "spot", perp: null, spot: loan, freeCollateral: 12n * M })).toBe(
      110n * M,
    );
  });

  it("is the price itself where nothing is free, and none below 0 or where nothing moves", () => {
    const perp = { base: 2n * BASE, marginRatio: 500n };
    const input = { of: "perp", price: 100n * M, freeCollateral: -5n, perp, spot: null } as const;
    expect(driftLiquidationPrice(input)).toBe(100n * M);
    expect(driftLiquidationPrice({ ...input, freeCollateral: 200n * M })).toBeNull();
    expect(driftLiquidationPrice({ ...input, perp: null })).toBeNull();
    expect(driftLiquidationPrice({ ...input, of: "spot" })).toBeNull();
    const against = { amount: -1_900_000_000n, decimals: 9, weight: 10_000n };
    expect(driftLiquidationPrice({ ...input, spot: against })).toBeNull();
    expect(pathOf(() => driftLiquidationPrice({ ...input, perp: { ...perp, base: 1.5 as never } }))).toBe(
      "driftLiquidationPrice.perp.base",
    );
    expect(pathOf(() => driftLiquidationPrice({ ...input, of: "both" as never }))).toBe("driftLiquidationPrice.of");
  });
});

describe("marginfi's liquidation price", () => {
  const bank = { assets: 900, liabilities: 600, quantity: 10, weight: 0.9, price: 100, confidence: 0 };

  it("is where maintenance health is 0, without a confidence band", () => {
    expect(marginfiLiquidationPrice(bank)).toBe(600 / 9);
    // A loan of 5 at 1.2: 600 of liabilities at 100, 900 at 150.
    expect(marginfiLiquidationPrice({ ...bank, quantity: -5, weight: 1.2 })).toBe(150);
  });

  it("adds the band of a deposit and takes that of a loan, as the client does", () => {
    const banded = { ...bank, confidence: 2 };
    expect(marginfiLiquidationPrice(banded)).toBe(600 / 9 + 2);
    expect(marginfiLiquidationPrice({ ...banded, quantity: -5, weight: 1.2 })).toBe(148);
  });

  it("is none without the bank, without liabilities, without a weight, and below 0", () => {
    expect(marginfiLiquidationPrice({ ...bank, quantity: 0 })).toBeNull();
    expect(marginfiLiquidationPrice({ ...bank, liabilities: 0 })).toBeNull();
    expect(marginfiLiquidationPrice({ ...bank, weight: 0 })).toBeNull();
    expect(marginfiLiquidationPrice({ ...bank, assets: 2000 })).toBeNull();
    expect(pathOf(() => marginfiLiquidationPrice({ ...bank, confidence: -1 }))).toBe(
      "marginfiLiquidationPrice.confidence",
    );
  });
});

describe("Mango's liquidation price", () => {
  const perp = {
    price: 50,
    base: 8,
    bids: 3,
    asks: 5,
    quote: -300,
    assetWeight: 0.9,
    liabilityWeight: 1.1,
    overallWeight: 0.8,
  };
  /** Health with another balance and other assets beside, at a price of the perpetual. */
  const healthAt = (of: typeof perp, balance: number, rest: number, price: number) => {
    const filled = (order: number) => {
      const net = of.base + order;
      return net * price * (net < 0 ? of.liabilityWeight : of.assetWeight) - order * price;
    };
    const adds = of.quote + Math.min(filled(of.bids), filled(-of.asks));
    const total = balance + (adds > 0 ? adds * of.overallWeight : adds);
    return { total, health: rest + total * (total < 0 ? 1.05 : 0.95) };
  };
  const inputOf = (of: typeof perp, balance: number, rest: number): MangoPriceInput => {
    const { total, health } = healthAt(of, balance, rest, of.price);
    return { health, perp: of, settle: { balance: total, assetWorth: 0.95, liabilityWorth: 1.05 } };
  };

  it("is where maintenance health is 0, on either side of every kink", () => {
    const perps = [
      perp,
      { ...perp, bids: 0, asks: 0 },
      { ...perp, base: -8, quote: 500 },
      { ...perp, base: -8, quote: 900, bids: 20 },
      { ...perp, base: 2, asks: 9, quote: 150 },
    ];
    for (const of of perps) {
      for (const [balance, rest] of [
        [120, -60],
        [-100, 300],
        [400, -350],
        [-40, 130],
      ] as const) {
        const found = mangoLiquidationPrice(inputOf(of, balance, rest));
        if (healthAt(of, balance, rest, of.price).health < 0) {
          expect(found).toBeNull();
          continue;
        }
        if (found === null) {
          expect(healthAt(of, balance, rest, 0).health).toBeGreaterThan(0);
          continue;
        }
        const scale = Math.abs(balance) + Math.abs(rest) + 30 * (found + of.price) + Math.abs(of.quote);
        near(healthAt(of, balance, rest, found).health, 0, tolerance.rootRelative * scale, `${of.base} ${balance}`);
      }
    }
  });

  it("is none where health is negative, where nothing moves it, and for a long that is healthy at 0", () => {
    expect(mangoLiquidationPrice(inputOf(perp, -1000, 0))).toBeNull();
    expect(mangoLiquidationPrice(inputOf({ ...perp, base: 0, bids: 0, asks: 0 }, 100, 0))).toBeNull();
    expect(mangoLiquidationPrice(inputOf({ ...perp, bids: 0, asks: 0 }, 1000, 0))).toBeNull();
    expect(pathOf(() => mangoLiquidationPrice({ ...inputOf(perp, 1, 1), health: Number.NaN }))).toBe(
      "mangoLiquidationPrice.health",
    );
    const broken = { ...inputOf(perp, 1, 1), perp: { ...perp, bids: -1 } };
    expect(pathOf(() => mangoLiquidationPrice(broken))).toBe("mangoLiquidationPrice.perp.bids");
  });
});

describe("venueLiquidationPrice", () => {
  it("is the function of the venue that is named", () => {
    const bank = { assets: 900, liabilities: 600, quantity: 10, weight: 0.9, price: 100, confidence: 2 };
    expect(venueLiquidationPrice("marginfi-v2", bank)).toBe(marginfiLiquidationPrice(bank));
    const perp = { base: 2n * BASE, marginRatio: 500n };
    const input = { of: "perp", price: 100n * M, freeCollateral: 38n * M, perp, spot: null } as const;
    expect(venueLiquidationPrice("drift-v2", input)).toBe(80n * M);
  });

  it("refuses a venue that has none", () => {
    expect(pathOf(() => venueLiquidationPrice("toString" as never, {} as never))).toBe("venueLiquidationPrice.venue");
  });
});
