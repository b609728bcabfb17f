import type { PresetData } from "./preset-data.js";

/** OKX multi-currency margin: every currency's equity at tiered discounts of its value in USD. */
export const okxMultiCurrency: PresetData = {
  id: "okx-multi-currency",
  title: "OKX multi-currency margin",
  family: "centralised",
  effective: "2024-07-18",
  source:
    "okx.com/help: multi-currency margin mode, cross margin trading; okx.com/learn/when-would-my-order-be-liquidated (below 100 %); discount rates of BETH as announced on 2024-07-18",
  refuses: [
    "Discount tiers other than BETH's, position tiers and borrowing tiers come from the user; tiers announced in coins must be turned into values.",
    "The fee for liquidation stands in OKX's denominator; here it is the instrument's costs, off eligible, with the same decision at 100 %.",
    "The margin of open orders is not in the source: a pool with orders is refused.",
    "Options and portfolio margin are other rules.",
    "A warning at 300 % is remembered, not sourced: the ladder has no such step.",
  ],
  settings: {},
  structure: {
    breach: "<",
    unlisted: "refuse",
    missing: "index",
    pnl: { joins: "balance" },
    options: { leverage: "leverage" },
    ladder: { of: "coverage", steps: [["liquidate", 1]] },
  },
  shipped: {
    assets: {
      BETH: {
        initial: [
          [2e6, 0.95],
          [4e6, 0.85],
          [8e6, 0.5],
          [null, 0],
        ],
        maintenance: [
          [2e6, 0.95],
          [4e6, 0.85],
          [8e6, 0.5],
          [null, 0],
        ],
      },
    },
  },
};
