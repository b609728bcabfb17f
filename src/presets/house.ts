import type { PresetData } from "./preset-data.js";

/** A prime broker's own rule, the one that the data model is explained with. */
export const house: PresetData = {
  id: "house",
  title: "House rule of a prime broker (example)",
  family: "house",
  effective: "2026-11-01",
  source: "Margrave's data model, rule house-2026-11",
  refuses: [
    "Spot orders are refused; orders in perpetuals and futures count at the initial level, at the worse of both sides.",
    "Options are refused.",
  ],
  settings: {},
  structure: {
    breach: "<",
    maxPriceAge: "PT1H",
    unlisted: "refuse",
    missing: "index",
    price: { assets: "index", liabilities: "ask" },
    pnl: { joins: "apart" },
    orders: { contracts: "worstSide", spot: "refuse", levels: "initial", each: 0 },
  },
  shipped: {
    assets: {
      USDC: { initial: 1, maintenance: 1, liability: { initial: 1.02, maintenance: 1.01 } },
      BTC: {
        initial: [
          [500_000, 0.95],
          [null, 0.9],
        ],
        maintenance: 0.95,
      },
      "wstETH@ethereum": { initial: 0.8, maintenance: 0.85, cap: { USD: 2_000_000 } },
    },
    instruments: [{ match: { underlying: "BTC" }, initial: 0.05, maintenance: 0.025 }],
  },
};
