import type { PresetData } from "./preset-data.js";

/** Aave v3 as of v3.7. Parameters: Ethereum core market. */
export const aaveV3: PresetData = {
  id: "aave-v3",
  title: "Aave v3 (v3.7, with e-modes)",
  family: "money market",
  effective: "2026-08-22",
  source:
    "Contracts aave-dao/aave-v3-origin fd1fbd9 (v3.7); Ethereum reserves as read on 2026-08-22 by th3nolo/aave-v3-data 71685a9",
  refuses: [
    "Aave v4 is another protocol (hubs, spokes, risk premiums, target health): no rule of its own here.",
    "E-modes are ids in the reserve data, without weights: give them as categories, the pool names one in the option eMode.",
    "Debt repayable only at a stable rate, supply and borrow caps, and frozen or paused reserves are not checked.",
    "While any collateral has a loan-to-value of 0 the pool must withdraw that first: not checked.",
  ],
  settings: { baseDecimals: 8 },
  structure: {
    breach: "<",
    unlisted: "refuse",
    missing: "index",
    rounding: {
      amount: { assets: "down", liabilities: "up" },
      value: { decimals: { setting: "baseDecimals" }, assets: "down", liabilities: "up" },
      average: { initial: 4 },
    },
    balances: {
      assets: { index: { one: "1000000000000000000000000000" } },
      liabilities: { index: { one: "1000000000000000000000000000" } },
      interest: { assets: "linear", liabilities: "taylor" },
    },
    options: { category: "eMode" },
  },
  shipped: {
    assets: {
      WETH: { initial: 0.805, maintenance: 0.83 },
      wstETH: { initial: 0.785, maintenance: 0.81 },
      weETH: { initial: 0.775, maintenance: 0.8 },
      WBTC: { initial: 0.73, maintenance: 0.78 },
      cbBTC: { initial: 0.73, maintenance: 0.78 },
      AAVE: { initial: 0.69, maintenance: 0.76 },
      LINK: { initial: 0, maintenance: 0.71 },
      USDC: { initial: 0.75, maintenance: 0.78 },
      USDT: { initial: 0.75, maintenance: 0.78 },
      DAI: { initial: 0, maintenance: 0.77 },
      GHO: { initial: 0, maintenance: 0 },
    },
  },
};
