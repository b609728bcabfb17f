import type { PresetParameters } from "../../src/presets/index.js";

/** What a pool of the axioms holds: balances by asset (negative: a loan) and perpetual positions, each with its entry. */
export interface Holdings {
  readonly balances: Readonly<Record<"USD" | "BTC" | "ETH", number>>;
  readonly positions: readonly { readonly on: "BTC" | "ETH"; readonly quantity: number; readonly entry: number }[];
}

export type PresetAxiom = "A1" | "A2" | "A3" | "A4" | "A5" | "A6" | "A7" | "A8" | "A10" | "A11";

/** Why a preset breaks an axiom, and a small case in which it does: values that the axiom's law is then given. */
export interface Excuse {
  readonly reason: string;
  readonly example: readonly unknown[];
}

/** A preset with parameters for the assets and contracts of the axioms. */
export interface PresetRow {
  readonly preset: string;
  /** with every weight of an asset times `k` */
  readonly parameters: (k: number) => PresetParameters;
  /** whether its pools may have positions */
  readonly trades: boolean;
  /** whether its pools lend and borrow in lists of their own rather than keep signed balances */
  readonly lends: boolean;
  /** the coarsest unit that amounts of money are rounded to, 0 where none are */
  readonly unit: number;
  readonly excused: Readonly<Partial<Record<PresetAxiom, Excuse>>>;
}

export const cash = (usd: number): Holdings => ({ balances: { USD: usd, BTC: 0, ETH: 0 }, positions: [] });
export const coins = (btc: number, eth = 0): Holdings => ({ balances: { USD: 0, BTC: btc, ETH: eth }, positions: [] });
export const long = (quantity: number, entry = 64_000): Holdings => ({
  balances: { USD: 0, BTC: 0, ETH: 0 },
  positions: [{ on: "BTC", quantity, entry }],
});

const WHOLE_POINTS =
  "the initial level takes the pool's average loan-to-value, rounded down to whole basis points of all its collateral";
const averaged: PresetRow["excused"] = {
  A3: { reason: WHOLE_POINTS, example: [coins(0.1), 100] },
  A5: { reason: WHOLE_POINTS, example: [coins(0, 1), coins(0.1)] },
  A10: {
    reason: `${WHOLE_POINTS}: less of one asset may round up to the next`,
    example: [{ balances: { USD: 100_000, BTC: 0.05, ETH: 0 }, positions: [] }, 1],
  },
};
const LEGS = "two positions in one instrument are two legs, each with its own size for brackets, roots and minimums";
const CAPPED = "value above a cap counts for nothing: two pools have one cap together";
const capped = (btc: number): PresetRow["excused"] => ({
  A4: { reason: CAPPED, example: [coins(btc), 2] },
  A5: { reason: CAPPED, example: [coins(btc), coins(btc)] },
});
const legs = (quantity: number): Excuse => ({ reason: LEGS, example: [long(quantity)] });
const FALLS = "a weight that falls with size is a concentration add-on: twice the value is worth less than twice";
const falls = (btc: number): PresetRow["excused"] => ({
  A4: { reason: FALLS, example: [coins(btc), 2] },
  A5: { reason: FALLS, example: [coins(btc), coins(btc)] },
});

/** Assets of a lending protocol: what counts in full, and two coins. */
const lent = (k: number, liability: object = {}) => ({
  USD: { initial: 1, maintenance: 1 },
  BTC: { initial: 0.8 * k, maintenance: 0.85 * k, ...liability },
  ETH: { initial: 0.75 * k, maintenance: 0.82 * k, ...liability },
});
const owed = { liability: { initial: 1.2, maintenance: 1.1 } };
const margins = [{ match: { kind: "perpetual" }, initial: 0.1, maintenance: 0.05 }];
const brackets = [
  {
    match: { kind: "perpetual" },
    initial: [
      [50_000, 0.025],
      [null, 0.05],
    ],
    maintenance: [
      [50_000, 0.0125],
      [null, 0.025],
    ],
  },
];
const lending = { trades: false, lends: true };
const trading = { trades: true, lends: false };

/** Every preset of the package. A new preset is one row, which buys it every axiom. */
export const presetRows: readonly PresetRow[] = [
  { preset: "aave-v3", ...lending, unit: 1e-8, parameters: (k) => ({ assets: lent(k) }), excused: averaged },
  { preset: "aave-v3-pre-3.7", ...lending, unit: 1e-8, parameters: (k) => ({ assets: lent(k) }), excused: averaged },
  { preset: "compound-v3", ...lending, unit: 1e-8, parameters: (k) => ({ assets: lent(k) }), excused: {} },
  { preset: "morpho-blue", ...lending, unit: 1e-18, parameters: (k) => ({ assets: lent(k) }), excused: {} },
  { preset: "euler-v2", ...lending, unit: 1e-18, parameters: (k) => ({ assets: lent(k) }), excused: {} },
  { preset: "kamino", ...lending, unit: 0, parameters: (k) => ({ assets: lent(k, owed) }), excused: {} },
  {
    preset: "marginfi-v2",
    ...lending,
    unit: 0,
    parameters: (k) => ({
      assets: {
        ...lent(k, owed),
        ETH: {
          initial: { depositScaled: { of: 0.75 * k, start: 1e6, price: "index" } },
          maintenance: 0.82 * k,
          ...owed,
        },
      },
    }),
    excused: {
      A2: {
        reason:
          "the initial level is at the moving average, the maintenance level at the live price: the market here is below its average",
        example: [coins(1)],
      },
    },
  },
  { preset: "folks-xchain", ...lending, unit: 1e-8, parameters: (k) => ({ assets: lent(k, owed) }), excused: {} },
  {
    preset: "mango-v4",
    ...trading,
    unit: 0,
    parameters: (k) => ({
      assets: {
        ...lent(k, owed),
        BTC: {
          initial: { depositScaled: { of: 0.8 * k, start: 1e6, price: { max: ["index", "stable"] } } },
          maintenance: 0.85 * k,
          ...owed,
        },
      },
      instruments: [
        {
          match: { kind: "perpetual" },
          weights: {
            initial: { asset: 0.9, liability: 1.1, overall: 0.8 },
            maintenance: { asset: 0.95, liability: 1.05, overall: 0.9 },
          },
        },
      ],
    }),
    excused: {},
  },
  {
    preset: "drift-v2",
    ...trading,
    unit: 1e-6,
    parameters: (k) => ({
      assets: {
        USD: { initial: 1, maintenance: 1 },
        BTC: {
          initial: { root: { of: { depositScaled: { of: 0.8 * k, start: 5_000_700 } }, imf: 0.2 } },
          maintenance: { root: { of: 0.9 * k, imf: 0.2 } },
          liability: {
            initial: { root: { of: 1.2, imf: 0.2 } },
            maintenance: { root: { of: 1.1, imf: 0.2 } },
          },
        },
        ETH: { initial: 0.75 * k, maintenance: 0.85 * k, liability: { initial: 1.2, maintenance: 1.1 } },
      },
      instruments: [
        {
          match: { kind: "perpetual" },
          initial: { root: { rate: 0.1, imf: 0.01 } },
          maintenance: { root: { rate: 0.05, imf: 0.01 } },
          gain: { initial: { root: { weight: 0.9, imf: 0.0001 } }, maintenance: 1 },
        },
      ],
    }),
    excused: {
      ...falls(2),
      A6: legs(2),
      A10: {
        reason:
          "a weight that falls with deposits is rounded down to its unit: as the price falls it may round to the next higher",
        example: [coins(1), 1],
      },
    },
  },
  {
    preset: "dydx-v4",
    ...trading,
    unit: 1e-6,
    parameters: (k) => ({
      assets: lent(k),
      instruments: [
        {
          match: { kind: "perpetual" },
          initial: { openInterest: { base: 0.05, lower: 1e6, upper: 1e8 } },
          maintenance: { share: { of: 0.05, share: 0.6 } },
        },
      ],
    }),
    excused: {},
  },
  {
    preset: "synthetix-v3",
    ...trading,
    unit: 0,
    parameters: (k) => ({
      assets: {
        USD: { initial: 1, maintenance: 1 },
        BTC: {
          initial: { clamp: { scale: 1000, slope: 2, lower: 1 - 0.95 * k, upper: 1 - 0.5 * k } },
          maintenance: { clamp: { scale: 1000, slope: 2, lower: 1 - 0.95 * k, upper: 1 - 0.5 * k } },
        },
        ETH: { initial: 0.8 * k, maintenance: 0.8 * k },
      },
    }),
    excused: {
      A4: {
        reason: "the requirement of a position grows with the square of its size, and the reward is bounded",
        example: [{ ...long(1), balances: { USD: 0, BTC: 0.001, ETH: 0 } }, 2],
      },
      A5: {
        reason: "the reward of a liquidation is bounded by the collateral, which another pool brings",
        example: [cash(1000), long(1)],
      },
      A6: legs(2),
    },
  },
  {
    preset: "gmx-v2",
    ...trading,
    unit: 0,
    parameters: (k) => ({
      assets: { USD: { maintenance: 1 }, BTC: { maintenance: k }, ETH: { maintenance: k } },
      instruments: [{ match: { kind: "perpetual" }, maintenance: 0.005, atLeast: { maintenance: 10 }, costs: 0.0006 }],
    }),
    excused: { A6: legs(0.01) },
  },
  {
    preset: "hyperliquid",
    ...trading,
    unit: 0,
    parameters: (k) => ({ assets: lent(k), instruments: brackets }),
    excused: { A6: legs(1) },
  },
  {
    preset: "binance-cross",
    ...trading,
    unit: 0,
    parameters: (k) => ({ assets: lent(k), instruments: brackets }),
    excused: { A6: legs(1) },
  },
  {
    preset: "binance-multi-asset",
    ...trading,
    unit: 0,
    parameters: (k) => ({
      assets: {
        USD: { initial: 1, maintenance: 1 },
        BTC: { initial: 0.95 * k, maintenance: 0.95 * k, cap: { BTC: 1 } },
        ETH: { initial: 0.95 * k, maintenance: 0.95 * k, cap: { ETH: 70 } },
      },
      instruments: brackets,
    }),
    excused: { ...capped(0.8), A6: legs(1) },
  },
  {
    preset: "okx-multi-currency",
    ...trading,
    unit: 0,
    parameters: (k) => {
      const tiers = [
        [50_000, 0.95 * k],
        [null, 0.9 * k],
      ];
      const coin = { initial: tiers, maintenance: tiers };
      return { assets: { USD: { initial: 1, maintenance: 1 }, BTC: coin, ETH: coin }, instruments: margins };
    },
    excused: falls(0.6),
  },
  {
    preset: "kraken-collateral",
    ...trading,
    unit: 0,
    parameters: (k) => ({
      assets: {
        BTC: { initial: 0.97 * k, maintenance: 0.97 * k },
        ETH: { initial: 0.97 * k, maintenance: 0.97 * k },
      },
      instruments: margins,
    }),
    excused: {},
  },
  {
    preset: "bybit-linear",
    ...trading,
    unit: 0,
    parameters: (k) => ({ assets: lent(k), instruments: margins }),
    excused: {},
  },
  {
    preset: "house",
    ...trading,
    unit: 0,
    parameters: (k) => ({
      assets: {
        USD: { initial: 1, maintenance: 1 },
        BTC: {
          initial: [
            [50_000, 0.95 * k],
            [null, 0.9 * k],
          ],
          maintenance: 0.95 * k,
        },
        ETH: { initial: 0.8 * k, maintenance: 0.85 * k, cap: { USD: 100_000 } },
      },
      instruments: margins,
    }),
    excused: falls(0.6),
  },
];
