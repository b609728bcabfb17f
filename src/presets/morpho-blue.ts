import type { PresetData } from "./preset-data.js";

/** Morpho Blue: one market, a pair. The market's numeraire is the loan asset, since the protocol compares in its units. */
export const morphoBlue: PresetData = {
  id: "morpho-blue",
  title: "Morpho Blue, one market",
  family: "money market",
  effective: "2026-08-24",
  source: "@morpho-org/blue-sdk 6.4.0 (morpho-org/sdks cdff8c4)",
  refuses: [
    "Markets are a pair and a loan-to-value each, without end: the asset entries of a market come from the user.",
    "Pre-liquidation is a contract of its own per market: not modelled.",
    "There is one loan-to-value for borrowing and liquidation, hence no initial level.",
    "Values are rounded to the loan asset's unit only where the market document's numeraire is the loan asset.",
  ],
  settings: { loanDecimals: 18 },
  structure: {
    breach: "<",
    unlisted: "refuse",
    missing: "index",
    rounding: {
      amount: { assets: "down", liabilities: "up" },
      value: { decimals: { setting: "loanDecimals" }, assets: "down", liabilities: "none" },
      weighted: { decimals: { setting: "loanDecimals" }, assets: "down", liabilities: "none" },
    },
    balances: {
      assets: { index: { one: "1" } },
      liabilities: { shares: { virtualShares: "1000000", virtualAssets: "1" } },
      interest: { assets: "none", liabilities: "taylor" },
    },
  },
};
