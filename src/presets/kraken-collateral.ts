import type { PresetData } from "./preset-data.js";

/** Kraken derivatives, multi-collateral wallet: flat haircuts on what is not USD, balances and unrealised P&L alike. */
export const krakenCollateral: PresetData = {
  id: "kraken-collateral",
  title: "Kraken derivatives, multi-collateral wallet",
  family: "centralised",
  effective: "2026-11-25",
  source:
    "support.kraken.com 4844463246100 (margining and liquidations, multi-collateral) and 360022835671 (equity protection process); the haircuts are undated there, entered on 2026-11-25",
  refuses: [
    "The margin schedule (levels per class of contract) comes from the user.",
    "Perpetuals and fixed maturities of one underlying are netted to the greater of long and short: not modelled, the sum is taken, which is never less.",
    "Whether a contract's margin is on its value at entry or at the mark is stated both ways: at the mark here; give notional entry for the other.",
    "The margin of open orders is not in the source: a pool with orders is refused.",
    "The conversion fee on collateral that is sold is not modelled.",
  ],
  settings: {},
  structure: {
    breach: "<",
    unlisted: "refuse",
    missing: "index",
    pnl: { joins: "balance" },
  },
  shipped: {
    assets: {
      USD: { initial: 1, maintenance: 1 },
      EUR: { initial: 0.99, maintenance: 0.99 },
      GBP: { initial: 0.99, maintenance: 0.99 },
      USDC: { initial: 0.99, maintenance: 0.99 },
      USDT: { initial: 0.99, maintenance: 0.99 },
      BTC: { initial: 0.97, maintenance: 0.97 },
      ETH: { initial: 0.97, maintenance: 0.97 },
      PAXG: { initial: 0.97, maintenance: 0.97 },
      ADA: { initial: 0.95, maintenance: 0.95 },
      DOGE: { initial: 0.95, maintenance: 0.95 },
      POL: { initial: 0.95, maintenance: 0.95 },
      XRP: { initial: 0.95, maintenance: 0.95 },
      LINK: { initial: 0.925, maintenance: 0.925 },
      ATOM: { initial: 0.925, maintenance: 0.925 },
      LTC: { initial: 0.925, maintenance: 0.925 },
      DOT: { initial: 0.925, maintenance: 0.925 },
      SOL: { initial: 0.925, maintenance: 0.925 },
      ARB: { initial: 0.9, maintenance: 0.9 },
      FIL: { initial: 0.9, maintenance: 0.9 },
    },
  },
};
