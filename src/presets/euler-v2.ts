import type { PresetData } from "./preset-data.js";

/** Euler v2 (EVK): one liability vault and the collaterals that it accepts. */
export const eulerV2: PresetData = {
  id: "euler-v2",
  title: "Euler v2 (EVK), one liability vault",
  family: "money market",
  effective: "2026-11-25",
  source:
    "euler-xyz/euler-vault-kit 5b98b42 (LiquidityUtils, LiquidationModule); the commit's date is not known, entered on 2026-11-25",
  refuses: [
    "Each vault sets its own loan-to-values: the asset entries of a vault come from the user, a ramped one as a ramp.",
    "Borrowing needs strictly more than the debt: an excess of exactly 0 at the initial level is not enough there.",
    "The cool-off time after a status check and the socialisation of bad debt are not modelled.",
    "Values are rounded to the unit of account only where the market document's numeraire is the unit of account.",
  ],
  settings: { unitDecimals: 18 },
  structure: {
    breach: "<=",
    unlisted: "refuse",
    missing: "index",
    price: {
      initial: { assets: "bid", liabilities: "ask" },
      // The oracle's mid price is a quote of its own, seldom half of bid plus ask: it is the market's index.
      maintenance: { assets: "index", liabilities: "index" },
    },
    rounding: {
      amount: { assets: "down", liabilities: "up" },
      value: { decimals: { setting: "unitDecimals" }, assets: "down", liabilities: "down" },
      weighted: { decimals: { setting: "unitDecimals" }, assets: "down", liabilities: "down" },
    },
    balances: {
      assets: { index: { one: "1" } },
      liabilities: { growth: { fractionalBits: 31 } },
      interest: { assets: "none", liabilities: "compounded" },
    },
  },
  forms: { ramp: { unit: 0.0001 } },
};
