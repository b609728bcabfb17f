import type { PresetData } from "./preset-data.js";

/** Compound v3 (Comet). Parameters: the USDC market on Ethereum. */
export const compoundV3: PresetData = {
  id: "compound-v3",
  title: "Compound v3 (Comet), one market",
  family: "money market",
  effective: "2026-05-29",
  source:
    "compound-finance/comet d5a30b0 of 2026-05-29: contracts/Comet.sol, deployments/mainnet/usdc/configuration.json",
  refuses: [
    "A market has one base asset, which alone is borrowed: a rule has the weights of one market and does not check what is owed.",
    "Collateral is never lent and the base asset is supplied or owed, never both: not checked.",
    "Interest on the base asset since its index was last written is not added: give the index as of the market's time.",
    "The least amount borrowed, supply caps and reserves are not checked.",
  ],
  settings: { priceDecimals: 8 },
  structure: {
    breach: "<",
    unlisted: "refuse",
    missing: "index",
    rounding: {
      amount: { assets: "down", liabilities: "down" },
      value: { decimals: { setting: "priceDecimals" }, assets: "down", liabilities: "down" },
      weighted: { decimals: { setting: "priceDecimals" }, assets: "down", liabilities: "down" },
    },
    balances: {
      assets: { index: { one: "1000000000000000" } },
      liabilities: { index: { one: "1000000000000000" } },
      interest: { assets: "none", liabilities: "none" },
    },
  },
  shipped: {
    assets: {
      USDC: { initial: 1, maintenance: 1 },
      COMP: { initial: 0.65, maintenance: 0.7 },
      WBTC: { initial: 0.7, maintenance: 0.77 },
      WETH: { initial: 0.825, maintenance: 0.895 },
      UNI: { initial: 0.75, maintenance: 0.81 },
      LINK: { initial: 0.79, maintenance: 0.85 },
    },
  },
};
