import type { PresetData } from "./preset-data.js";

/** dYdX v4: USDC against perpetuals. Parameters: mainnet genesis. */
export const dydxV4: PresetData = {
  id: "dydx-v4",
  title: "dYdX v4, one subaccount",
  family: "cross margin with perpetuals",
  effective: "2023-10-26",
  source:
    "dydxprotocol/v4-chain 84d4664 of 2026-03-04 (subaccounts, perpetuals); liquidity tiers of the mainnet genesis of 2023-10-26",
  refuses: [
    "Tiers are those of genesis, before caps on open interest: give current markets with openInterest, which needs the market's state.",
    "Open orders take no margin on chain before they match: a pool with orders is refused unless the rule is told to ignore them.",
    "An isolated market has a subaccount of its own, hence a pool of its own.",
    "That a worse account may trade where its ratio does not fall is not modelled.",
  ],
  settings: {},
  structure: {
    breach: "<",
    breachNeeds: "requirement",
    unlisted: "refuse",
    missing: "index",
    pnl: { joins: "apart" },
    rounding: {
      value: { decimals: 6, assets: "down", liabilities: "down" },
      requirement: { decimals: 6, direction: "up" },
    },
    options: { floor: "customImf", floorExempt: ["USDC"] },
  },
  forms: { openInterest: { unit: 0.000001 } },
  shipped: {
    assets: { USDC: { initial: 1, maintenance: 1 } },
    instruments: [
      {
        match: { underlying: "BTC", kind: "perpetual" },
        initial: 0.05,
        maintenance: { share: { of: 0.05, share: 0.6 } },
      },
      {
        match: { underlying: "ETH", kind: "perpetual" },
        initial: 0.05,
        maintenance: { share: { of: 0.05, share: 0.6 } },
      },
      {
        match: { underlying: "SOL", kind: "perpetual" },
        initial: 0.1,
        maintenance: { share: { of: 0.1, share: 0.5 } },
      },
      {
        match: { underlying: "LINK", kind: "perpetual" },
        initial: 0.1,
        maintenance: { share: { of: 0.1, share: 0.5 } },
      },
      {
        match: { underlying: "LDO", kind: "perpetual" },
        initial: 0.2,
        maintenance: { share: { of: 0.2, share: 0.5 } },
      },
    ],
  },
};
