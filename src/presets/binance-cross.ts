import { BRACKETS } from "./binance-brackets.js";
import type { PresetData } from "./preset-data.js";

/** Binance USDⓈ-M futures, cross margin in single-asset mode. */
export const binanceCross: PresetData = {
  id: "binance-cross",
  title: "Binance USDⓈ-M futures, cross margin, single-asset mode",
  family: "centralised",
  effective: "2024-10-24",
  source:
    "Leverage brackets of 2024-10-24 (freqtrade 3d9514d26); binance.com/en/support/faq: liquidation price b3c689c1f50a44cabb3a84e663b81d93, leverage and margin",
  refuses: [
    "Initial margin is notional ÷ the leverage set, which the pool states in the option leverage; without it the highest leverage of each bracket counts, bracket by bracket, which is a lower bound.",
    "Above the last bracket no position may be held: the last rate goes on.",
    "Open orders count at the mark and initial level; their opening loss at the order's price is not added.",
    "In hedge mode Binance adds up brackets per side as here per position; a reduction for two opposite positions is not known and not given.",
    "The insurance clearance fee and the price that positions are taken over at are not modelled.",
  ],
  settings: {},
  structure: {
    breach: "<=",
    unlisted: "refuse",
    missing: "index",
    pnl: { joins: "apart" },
    orders: { contracts: "worstSide", spot: "refuse", levels: "initial", each: 0 },
    options: { leverage: "leverage" },
  },
  shipped: {
    assets: { USDT: { initial: 1, maintenance: 1 }, USDC: { initial: 1, maintenance: 1 } },
    instruments: BRACKETS,
  },
};
