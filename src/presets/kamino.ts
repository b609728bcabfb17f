import type { PresetData } from "./preset-data.js";

/** Kamino Lend. */
export const kamino: PresetData = {
  id: "kamino",
  title: "Kamino Lend, one market",
  family: "money market",
  effective: "2026-08-24",
  source: "@kamino-finance/klend-sdk 8.0.2 of 2026-08-24 (Kamino-Finance/klend-sdk cf46535); klend edd5ff5 read",
  refuses: [
    "Reserves of a market come from the user; an elevation group is a category, named by the pool in the option elevationGroup, that lists its members.",
    "Liquidation bonus and close factor are read, not executed, and leave cases open: not modelled.",
    "Automatic deleveraging and the checks of a price against its time-weighted average are not modelled.",
    "Interest is in the borrow rate index that the raw balance states, as of the market's time.",
  ],
  settings: {},
  structure: {
    breach: "<=",
    unlisted: "refuse",
    missing: "index",
    rounding: { amount: { assets: "none", liabilities: "none" } },
    // Collateral tokens by what all of them stand for, debts kept with 60 fractional bits (Sf).
    balances: {
      assets: { shares: { virtualShares: "0", virtualAssets: "0" } },
      liabilities: { growth: { fractionalBits: 60 } },
      interest: { assets: "none", liabilities: "none" },
    },
    options: { category: "elevationGroup" },
  },
};
