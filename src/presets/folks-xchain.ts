import type { PresetData } from "./preset-data.js";

/** Folks Finance xChain: hub and spokes, all accounts kept on the hub. */
export const folksXchain: PresetData = {
  id: "folks-xchain",
  title: "Folks Finance xChain, one loan",
  family: "money market",
  effective: "2026-11-25",
  source:
    "Folks-Finance/folks-finance-xchain-js-sdk 35673ee, src/common/utils/formulae.ts; the commit's date is not known, entered on 2026-11-25",
  refuses: [
    "Collateral and borrow factors are per pool and loan type: the asset entries of a loan type come from the user.",
    "Messages in flight and the liquidity of a spoke are not modelled: the loan is as the hub has it.",
    "Interest is in the index that the raw balance states, as of the market's time.",
  ],
  settings: {},
  structure: {
    breach: "<",
    unlisted: "refuse",
    missing: "index",
    rounding: {
      amount: { assets: "down", liabilities: "up" },
      value: { decimals: 18, assets: "down", liabilities: "down" },
      weighted: { decimals: 8, assets: "down", liabilities: "up" },
    },
    balances: {
      assets: { index: { one: "1000000000000000000" } },
      liabilities: { growth: { ratio: "1000000000000000000" } },
      interest: { assets: "none", liabilities: "none" },
    },
  },
};
