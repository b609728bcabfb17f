import { BRACKETS } from "./binance-brackets.js";
import type { PresetData } from "./preset-data.js";

/** Binance USDⓈ-M futures, multi-assets mode: several collaterals at a ratio and up to a cap each, buffered conversions. */
export const binanceMultiAsset: PresetData = {
  id: "binance-multi-asset",
  title: "Binance USDⓈ-M futures, multi-assets mode",
  family: "centralised",
  effective: "2024-10-24",
  source:
    "Leverage brackets of 2024-10-24 (freqtrade 3d9514d26); collateral ratios and caps as published in 2021; binance.com/en/support/faq c983a9268cfa4e70a4916c276bb3b7bc for the conversion (example USDT 1 % and 0.5 %)",
  refuses: [
    "The automatic exchange of an asset below −10,000 USD is a trade, not margin: not modelled.",
    "Ratios and caps are of 2021 and have changed since: give today's.",
    "Conversion buffers other than the example's for USDT are not known: give a price of its own to each asset, scaled by 1 − bid buffer and 1 + ask buffer; without one it counts at the index.",
    "Initial margin is notional ÷ the leverage set, which the pool states in the option leverage; without it the highest leverage of each bracket counts, bracket by bracket, which is a lower bound.",
    "Open orders count at the mark and initial level; their opening loss at the order's price is not added.",
    "Portfolio Margin (uniMMR) is another rule.",
  ],
  settings: {},
  structure: {
    breach: "<=",
    unlisted: "refuse",
    missing: "index",
    pnl: { joins: "balance" },
    orders: { contracts: "worstSide", spot: "refuse", levels: "initial", each: 0 },
    options: { leverage: "leverage" },
  },
  shipped: {
    assets: {
      USDT: {
        initial: 0.9999,
        maintenance: 0.9999,
        price: {
          assets: { scaled: { of: "index", factor: 0.99 } },
          liabilities: { scaled: { of: "index", factor: 1.005 } },
        },
      },
      USDC: { initial: 0.9999, maintenance: 0.9999, cap: { USDC: 10_000_000 } },
      BTC: { initial: 0.95, maintenance: 0.95, cap: { BTC: 5 } },
      ETH: { initial: 0.95, maintenance: 0.95, cap: { ETH: 70 } },
      BNB: { initial: 0.95, maintenance: 0.95, cap: { BNB: 1000 } },
      XRP: { initial: 0.9, maintenance: 0.9, cap: { XRP: 15_600 } },
      ADA: { initial: 0.9, maintenance: 0.9, cap: { ADA: 11_300 } },
      DOT: { initial: 0.9, maintenance: 0.9, cap: { DOT: 460 } },
      SOL: { initial: 0.9, maintenance: 0.9, cap: { SOL: 100 } },
    },
    instruments: BRACKETS,
  },
};
