import type { PresetData } from "./preset-data.js";

/** Mango v4. */
export const mangoV4: PresetData = {
  id: "mango-v4",
  title: "Mango v4",
  family: "cross margin with perpetuals",
  effective: "2026-05-08",
  source:
    "@blockworks-foundation/mango-v4 0.33.9 of 2026-05-08, ts/client/src/accounts/healthCache.ts; programs/mango-v4/src/health of blockworks-foundation/mango-v4 1303a4a",
  refuses: [
    "Banks and perp markets come from the user: token weights with depositScaled and borrowScaled, perp markets as weights.",
    "A liquidation goes on until the initial weights at the oracle price are met: that third level is not a level of the rule.",
    "Account flags (being liquidated, frozen), token and perp positions' settlement limits are not modelled.",
    "A stale price gets the answer that the program gives for a health computation that fails: none.",
  ],
  settings: {},
  structure: {
    breach: "<",
    unlisted: "refuse",
    missing: "refuse",
    stale: "refuse",
    price: {
      initial: { assets: { min: ["index", "stable"] }, liabilities: { max: ["index", "stable"] } },
      maintenance: { assets: "index", liabilities: "index" },
    },
    pnl: { joins: "balance", overlap: "liability" },
    orders: { contracts: "settle", spot: "reserved", levels: "both", each: 0 },
  },
};
