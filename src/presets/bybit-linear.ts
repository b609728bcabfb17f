import type { PresetData } from "./preset-data.js";

/** Bybit unified trading account, cross margin, linear contracts. */
export const bybitLinear: PresetData = {
  id: "bybit-linear",
  title: "Bybit unified account, cross margin, linear contracts",
  family: "centralised",
  effective: "2025-09-18",
  source:
    "bybit.com/en/help-center: UTA-Trading-Rules (liquidation at a maintenance rate of 100 %), Assets-Collateral-Value-Ratio-List-UTA of 2025-09-18; maintenance margin of USDT contracts",
  refuses: [
    "Portfolio margin: its stress grid and contingencies were not obtained.",
    "Collateral value ratios are tiered by coins, the rule's tiers by value: turn them with a price; only USDT is shipped, at 1.",
    "Risk limit tiers of contracts come from the user.",
    "The margin of open orders, and the order loss in the denominator, are not in the source: a pool with orders is refused.",
    "Options are refused; automatic repayment at 85 % with borrowings is a step of Bybit's, not a level of the rule.",
  ],
  settings: {},
  structure: {
    breach: "<=",
    unlisted: "refuse",
    missing: "index",
    pnl: { joins: "balance" },
    options: { leverage: "leverage" },
    ladder: { of: "coverage", steps: [["liquidate", 1]] },
  },
  shipped: { assets: { USDT: { initial: 1, maintenance: 1 } } },
};
