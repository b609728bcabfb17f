/** A rule with every part of the language that may stand beside the others; every call gives fresh objects. */
export function wholeRule(): Record<string, unknown> {
  return {
    schema: "margrave/rule/1",
    id: "whole",
    model: "composed",
    title: "Everything at once",
    effective: "2026-02-01",
    source: "the suite",
    breach: "<=",
    breachNeeds: "requirement",
    maxPriceAge: "PT2H",
    stale: "zero",
    missing: "refuse",
    price: {
      initial: { assets: { min: ["index", "stable"] }, liabilities: { max: ["index", "stable"] } },
      maintenance: { assets: "mid", liabilities: { median: ["index", "twap", "ema"] } },
    },
    unlisted: "zero",
    ignores: ["links", "transfers", "poolOptions"],
    assets: {
      USDC: {
        initial: 1,
        maintenance: 1,
        liability: { initial: { borrowScaled: { of: 1.1, start: 5e6, price: "ask" } } },
        price: { assets: { below: { of: "ema", confidence: "emaConfidence", times: 2.12, cap: 0.05 } } },
        borrow: {
          initial: 0.05,
          maintenance: [
            [1e5, 0.01],
            [null, 0.02, 1000],
          ],
        },
      },
      BTC: {
        initial: [
          [500_000, 0.95],
          [null, 0.9],
        ],
        maintenance: { root: { of: { depositScaled: { of: 0.9, start: 1e7, unit: 1e-4 } }, imf: 0.002, unit: 1e-4 } },
        cap: { USD: 2e6 },
      },
      ETH: {
        initial: { clamp: { scale: 100, slope: 0.5, lower: 0, upper: 0.3 } },
        maintenance: { ramp: { from: 0.9, to: 0.8, until: "2026-03-01T00:00:00Z", over: "P30D" } },
        price: {
          initial: { liabilities: { above: { of: "index" } } },
          maintenance: { assets: { scaled: { of: "bid", factor: 0.99 } } },
        },
      },
      "*": { initial: 0, maintenance: 0 },
    },
    instruments: [
      {
        match: { underlying: "BTC", kind: "perpetual" },
        initial: { openInterest: { base: 0.05, lower: 1e7, upper: 2e7 } },
        maintenance: { share: { of: 0.05, share: 0.6 } },
        notional: "index",
        plus: { initial: 1, maintenance: 2 },
        atLeast: { maintenance: 10 },
        gain: { initial: { root: { weight: 0.9, imf: 0.01, scale: 1000 } }, maintenance: 1 },
        gainCap: { initial: 100 },
        costs: 0.001,
        reward: 0.0002,
      },
      { match: { id: "ETH-PERP" }, initial: { affine: { base: 0.02, slope: 1e-6 } }, maintenance: 0.01 },
      {
        match: {},
        initial: { root: { rate: 0.1, imf: 0.001, unit: 1e-4 } },
        maintenance: { rootBetween: { low: 0.05, high: 0.1, imf: 0.001, unit: 1e-4 } },
      },
    ],
    categories: {
      "1": {
        assets: { BTC: { initial: 0.97, maintenance: 0.98 } },
        others: { initial: 0, liability: { maintenance: 1.2 } },
        instruments: [{ match: { quote: "USDC" }, initial: 0.01, maintenance: 0.005 }],
      },
    },
    options: { category: "eMode", leverage: "leverage", floor: "marginRatio", floorExempt: ["USDC"] },
    pnl: { joins: "position", losses: "assets" },
    orders: { contracts: "worstSide", spot: "fill", levels: "initial", each: 0.01 },
    requirement: {
      initial: { max: ["positions", { scale: { of: "debt", by: 0.1 } }] },
      maintenance: { sum: ["positions", "borrowing", { held: 5 }, { min: ["orders", "rewards"] }] },
    },
    rounding: {
      amount: { assets: "down", liabilities: "up" },
      value: { decimals: 8, assets: "down", liabilities: "up" },
      weighted: { decimals: 8, assets: "down" },
      requirement: { decimals: 6, direction: "up" },
      average: { initial: 4 },
    },
    balances: {
      assets: { index: { one: "1000000000000000000000000000" } },
      liabilities: { shares: { virtualShares: 1_000_000, virtualAssets: 1 } },
      interest: { assets: "linear", liabilities: "taylor" },
    },
    ladder: {
      of: "health",
      steps: [
        ["warn", 1.5],
        ["liquidate", 1],
      ],
    },
    refuses: ["The source does not say what happens on a Sunday."],
  };
}
