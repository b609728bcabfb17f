import type { PresetData } from "./preset-data.js";

/** GMX v2: one isolated position a pool. */
export const gmxV2: PresetData = {
  id: "gmx-v2",
  title: "GMX v2, one position",
  family: "cross margin with perpetuals",
  effective: "2026-08-23",
  source: "@gmx-io/sdk 1.4.0 of 2026-08-23 (getLiquidationPrice); gmx-io/gmx-synthetics a5c0c88 read",
  refuses: [
    "Markets come from the user: the liquidation collateral factor as maintenance, the least collateral as atLeast, closing fee plus capped price impact as costs.",
    "The collateral factor for opening rises with open interest by a formula that the source does not give: no initial level.",
    "A negative price impact is taken at its cap, as the SDK does; the contract's may be smaller.",
    "Pending funding and borrowing fees are the position's fundingDue.",
    "A long closes at the lower and a short at the higher of two prices: the mark given is used for both.",
    "Positions do not share collateral: each is a pool of its own, which is not checked.",
  ],
  settings: {},
  structure: {
    breach: "<",
    unlisted: "refuse",
    missing: "index",
    price: { assets: "bid", liabilities: "ask" },
    pnl: { joins: "apart" },
  },
  instrument: { notional: "entry" },
};
