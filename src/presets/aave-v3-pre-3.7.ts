import type { PresetData } from "./preset-data.js";

/** Aave v3 of older deployments: half-up amounts, binomial interest (to v3.4), isolation mode. */
export const aaveV3Before37: PresetData = {
  id: "aave-v3-pre-3.7",
  title: "Aave v3 before v3.7 (older deployments, with isolation mode)",
  family: "money market",
  effective: "2026-08-22",
  source:
    "Aave v3 deployments before v3.7 as computed by @aave/math-utils 1.38.0 (aave/aave-utilities d4c9396); reserves of older deployments come from the user",
  refuses: [
    "An isolated collateral is a category of its own, named by the pool in the option eMode, in which every other asset weighs 0: give it as a category.",
    "The debt ceiling of an isolated collateral is over all its borrowers: a pool alone cannot be checked against it.",
    "Versions 3.5 and 3.6 accrue and round as 3.7 does: take aave-v3 with such categories for them.",
    "An e-mode together with isolation needs a category that states both.",
    "Siloed borrowing, the price oracle sentinel and supply and borrow caps are not checked.",
  ],
  settings: { baseDecimals: 8, averageDecimals: 4 },
  structure: {
    breach: "<",
    unlisted: "refuse",
    missing: "index",
    rounding: {
      amount: { assets: "half", liabilities: "half" },
      value: { decimals: { setting: "baseDecimals" }, assets: "down", liabilities: "down" },
      average: { initial: { setting: "averageDecimals" } },
    },
    balances: {
      assets: { index: { one: "1000000000000000000000000000" } },
      liabilities: { index: { one: "1000000000000000000000000000" } },
      interest: { assets: "linear", liabilities: "binomial" },
    },
    options: { category: "eMode" },
  },
};
