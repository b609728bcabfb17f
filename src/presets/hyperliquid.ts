import type { JsonObject, PresetData } from "./preset-data.js";

/** Half the initial rate at the highest leverage of each tier; bounds in USDC. */
const TABLES: readonly JsonObject[] = [
  {
    match: { underlying: "BTC", kind: "perpetual" },
    initial: [
      [150e6, 1 / 40],
      [null, 1 / 20],
    ],
    maintenance: [
      [150e6, 1 / 80],
      [null, 1 / 40],
    ],
  },
  {
    match: { underlying: "ETH", kind: "perpetual" },
    initial: [
      [100e6, 1 / 25],
      [null, 1 / 15],
    ],
    maintenance: [
      [100e6, 1 / 50],
      [null, 1 / 30],
    ],
  },
  {
    match: { underlying: "SOL", kind: "perpetual" },
    initial: [
      [70e6, 1 / 20],
      [null, 1 / 10],
    ],
    maintenance: [
      [70e6, 1 / 40],
      [null, 1 / 20],
    ],
  },
  {
    match: { underlying: "XRP", kind: "perpetual" },
    initial: [
      [40e6, 1 / 20],
      [null, 1 / 10],
    ],
    maintenance: [
      [40e6, 1 / 40],
      [null, 1 / 20],
    ],
  },
];

/** Hyperliquid perpetuals, cross or isolated. */
export const hyperliquid: PresetData = {
  id: "hyperliquid",
  title: "Hyperliquid perpetuals, cross margin",
  family: "cross margin with perpetuals",
  effective: "2026-09-25",
  source:
    "Margin tables recorded from api.hyperliquid.xyz on 2026-09-25; hyperliquid.gitbook.io/hyperliquid-docs: margining, margin-tiers, liquidations",
  refuses: [
    "Portfolio margin, which lends against spot balances: its published figures disagree in one place, and its ratio is another rule.",
    "The margin of open orders is not in the source: a pool with orders is refused.",
    "Initial margin is notional ÷ the leverage set, which the pool states in the option leverage; without it the highest leverage of each tier counts.",
    "Withdrawing needs the greater of initial margin and a tenth of all notional: not a level of the rule.",
    "Above 100,000 USDC a fifth of a position is liquidated first: not modelled.",
  ],
  settings: {},
  structure: {
    breach: "<",
    unlisted: "refuse",
    missing: "index",
    pnl: { joins: "apart" },
    options: { leverage: "leverage" },
    ladder: {
      of: "coverage",
      steps: [
        ["liquidate", 1],
        ["backstop", 2 / 3],
      ],
    },
  },
  shipped: { assets: { USDC: { initial: 1, maintenance: 1 } }, instruments: TABLES },
};
