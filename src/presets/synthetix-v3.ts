import type { PresetData } from "./preset-data.js";

/** Synthetix v3 perps. Parameters: Arbitrum. */
export const synthetixV3: PresetData = {
  id: "synthetix-v3",
  title: "Synthetix v3 perps, one account",
  family: "cross margin with perpetuals",
  effective: "2026-06-25",
  source:
    "Synthetixio/synthetix-v3 23585f7 (perps-market); parameters Synthetixio/synthetix-deployments bb0c6bc of 2026-06-25, omnibus-arbitrum-mainnet",
  refuses: [
    "The haircut of other collateral is a clamp over the skew scale of its synth, which the deployment's files lack: give it.",
    "A market's margin ratio is its slope per unit, initial margin ratio ÷ skew scale: state other markets as affine rates.",
    "Pending orders, which the account commits to before they fill: a pool with orders is refused.",
    "Interest by utilisation on locked collateral is not added: give the debt as of the market's time.",
    "The limit on how much of a market may be liquidated in a window is not modelled.",
  ],
  settings: { minimumReward: 1, maximumReward: 30, rewardShareOfCollateral: 0.4 },
  structure: {
    breach: "<",
    breachNeeds: "requirement",
    unlisted: "refuse",
    missing: "index",
    pnl: { joins: "apart" },
    requirement: {
      sum: [
        "positions",
        {
          held: {
            min: [
              { max: ["rewards", { setting: "minimumReward" }] },
              { setting: "maximumReward" },
              { scale: { of: "collateral", by: { setting: "rewardShareOfCollateral" } } },
            ],
          },
        },
      ],
    },
  },
  shipped: {
    assets: {
      snxUSD: { initial: 1, maintenance: 1 },
      USDC: { initial: 1, maintenance: 1 },
    },
    instruments: [
      {
        match: { underlying: "BTC", kind: "perpetual" },
        initial: { affine: { base: 0.02, slope: 1.07 / 35_000 } },
        maintenance: { affine: { base: 0.02 * 0.333, slope: (1.07 / 35_000) * 0.333 } },
        plus: { initial: 15, maintenance: 15 },
        reward: 0.0003,
      },
      {
        match: { underlying: "ETH", kind: "perpetual" },
        initial: { affine: { base: 0.02, slope: 0.744 / 350_000 } },
        maintenance: { affine: { base: 0.02 * 0.333, slope: (0.744 / 350_000) * 0.333 } },
        plus: { initial: 15, maintenance: 15 },
        reward: 0.0003,
      },
      {
        match: { underlying: "SOL", kind: "perpetual" },
        initial: { affine: { base: 0.02, slope: 5.503 / 1_406_250 } },
        maintenance: { affine: { base: 0.02 * 0.333, slope: (5.503 / 1_406_250) * 0.333 } },
        plus: { initial: 15, maintenance: 15 },
        reward: 0.0003,
      },
    ],
  },
};
