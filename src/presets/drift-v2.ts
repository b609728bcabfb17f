import type { PresetData } from "./preset-data.js";

/** Drift v2, as the program has it; the SDK differs in two places (see METHODS). */
export const driftV2: PresetData = {
  id: "drift-v2",
  title: "Drift v2",
  family: "cross margin with perpetuals",
  effective: "2026-04-01",
  source: "drift-labs/protocol-v2 0ae3e3b (programs/drift/src/math), @drift-labs/sdk 2.156.0 of 2026-04-01",
  refuses: [
    "Spot and perp markets come from the user: root weights and rates with the market's imf, gain weights, depositScaled with the market's start.",
    "Isolated perp positions have a margin calculation of their own: a pool of one's own here, if at all.",
    "Asset and contract tiers restrict in which order positions are liquidated: not modelled.",
    "Oracle validity and the mean of both levels at which orders fill are not modelled.",
    "Without a five-minute average (twap) the initial level is at the oracle price, as in the SDK; the result says so.",
  ],
  settings: {},
  structure: {
    breach: "<",
    unlisted: "refuse",
    missing: "index",
    price: {
      initial: { assets: { min: ["index", "twap"] }, liabilities: { max: ["index", "twap"] } },
      maintenance: { assets: "index", liabilities: "index" },
    },
    pnl: { joins: "position", losses: "assets" },
    orders: { contracts: "worstSide", spot: "fill", levels: "both", each: 0.01 },
    rounding: {
      amount: { assets: "down", liabilities: "up" },
      value: { decimals: 6, assets: "down", liabilities: "down" },
      weighted: { decimals: 6, assets: "down", liabilities: "down" },
      requirement: { decimals: 6, direction: "down" },
    },
    balances: {
      assets: { index: { one: "10000000000" } },
      liabilities: { index: { one: "10000000000" } },
      interest: { assets: "none", liabilities: "none" },
    },
    options: { category: "marginMode", floor: "maxMarginRatio", floorExempt: ["USDC"] },
  },
  instrument: { gainCap: { initial: 100 } },
  forms: {
    root: { unit: 0.0001 },
    rootBetween: { unit: 0.0001 },
    depositScaled: { unit: 0.0001 },
  },
};
