import type { FeatureName } from "../book/packed.js";
import type { Instrument, Payoff } from "../market/market.js";
import type { GainWeight, PriceChoice, Rate, Weight } from "./rule-functions.js";

export type { GainWeight, NamedPrice, PriceChoice, Rate, Weight } from "./rule-functions.js";

/**
 * A composed rule, parsed: what `composedRule` makes of a document and `composed` evaluates. Every part is a value of a
 * closed list of primitives; money is in the numeraire, fractions are fractions, quantities are in units of the asset or
 * contract.
 */

/** A value per margin level. Where a rule has no initial level (`hasInitial` false) its initial values are not read. */
export interface Pair<T> {
  readonly initial: T;
  readonly maintenance: T;
}

/** Which price each side is valued at. */
export interface SidePrices {
  readonly assets: PriceChoice;
  readonly liabilities: PriceChoice;
}

/** One asset under the rule. */
export interface AssetEntry {
  readonly weight: Pair<Weight>;
  /** multiplier on what is owed (borrow factor) */
  readonly liability: Pair<Weight>;
  /** prices of this asset, where they differ from the rule's */
  readonly price: Pair<SidePrices> | null;
  /** value in units of `asset` above which a holding counts for nothing more */
  readonly cap: { readonly asset: string; readonly amount: number } | null;
  /** requirement on what is borrowed, as a fraction of its value; null: none */
  readonly borrow: Pair<Rate> | null;
}

/** Which instruments an entry is for: those that agree with every field given. Assets are given by id. */
export interface InstrumentMatch {
  readonly id?: string;
  readonly underlying?: string;
  readonly quote?: string;
  readonly settle?: string;
  readonly kind?: Instrument["kind"];
  readonly payoff?: Payoff;
}

/** One instrument under the rule. The first entry that matches an instrument counts. */
export interface InstrumentEntry {
  readonly match: InstrumentMatch;
  /** null where `weights` says how the position counts */
  readonly rate: Pair<Rate> | null;
  /**
   * Position as weighted base and quote (Mango): net base n at price p counts n · p · (n < 0 ? liability : asset weight),
   * the worst of all bids or all asks filled; what results joins the settle asset's balance, × overall where positive.
   */
  readonly weights: Pair<{ readonly asset: number; readonly liability: number; readonly overall: number }> | null;
  /** what the notional is taken at: the mark, the index of the underlying, or the entry price (GMX: size in USD) */
  readonly notional: "mark" | "index" | "entry";
  /** money per position added to, and least money of, its requirement */
  readonly plus: Pair<number>;
  readonly atLeast: Pair<number>;
  /** weight and cap of positive P&L per position */
  readonly gain: Pair<GainWeight>;
  readonly gainCap: Pair<number>;
  /** fraction of the notional that closing costs (fees, capped impact): taken off eligible */
  readonly costs: number;
  /** fraction of the notional that goes into the combiner's `rewards` */
  readonly reward: number;
}

/** How unsettled P&L counts. */
export interface PnlRule {
  /**
   * `apart`: netted per settle asset; a gain counts at the settle asset's price for assets and weight 1, a loss as a
   * liability of it (the house rule). `position`: each position by itself, gain × its weight and cap, loss in full.
   * `balance`: joins the balance of the settle asset before that is weighted.
   */
  readonly joins: "apart" | "position" | "balance";
  /**
   * Where `joins` is "balance": what becomes of the lesser, m, of what adds to a settle asset's balance and what takes from
   * it (the balance itself and each position by itself). `net`: the two cancel. `liability`: m counts in assets and in
   * liabilities alike, at the asset's liability weight and price; `asset`: so, at its asset weight and price. The excess is
   * the same; the health factor is not (Mango's health ratio is of `liability`). The asset's weights must then be static.
   */
  readonly overlap: "net" | "liability" | "asset";
  /** whether a loss is a weighted liability or reduces weighted assets (joins "position") */
  readonly losses: "liability" | "assets";
}

/** How open orders count. */
export interface OrdersRule {
  /**
   * `refuse`: a pool with such orders is unsupported. `worstSide`: the size that a requirement is taken on is the greater of
   * |q + bids| and |q − asks|. `settle`: as `InstrumentEntry.weights` says. (perpetuals and futures)
   */
  readonly contracts: "refuse" | "worstSide" | "settle";
  /**
   * `fill`: of all bids or all asks of an asset filled at its own price, the side that leaves less (Drift). `reserved`: the
   * lesser of all ending in base or all in quote, against the greatest balance (Mango). (spot instruments)
   */
  readonly spot: "refuse" | "fill" | "reserved";
  /** levels that orders count at */
  readonly levels: "initial" | "both";
  /** money of requirement per open order */
  readonly each: number;
}

/** Numbers of one pool that a combiner may use, at the level being combined. */
export type Atom =
  | "positions"
  | "borrowing"
  | "orders"
  | "notional"
  | "rewards"
  | "collateral"
  | "debt"
  | "assets"
  | "liabilities";

/** Money as an expression over a pool's atoms. `held`: `of` where the pool has a position, else 0. */
export type Combiner =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "atom"; readonly name: Atom }
  | { readonly kind: "max" | "min" | "sum"; readonly of: readonly Combiner[] }
  | { readonly kind: "scale"; readonly of: Combiner; readonly by: number }
  | { readonly kind: "held"; readonly of: Combiner };

/** Of a magnitude: towards 0, away from it, to the nearest with halves up, or not rounded. */
export type Direction = "down" | "up" | "half" | "none";

/** Rounding to multiples of `unit`; `none` or a null step leaves the number as it is. Of magnitudes: down is towards 0. */
export interface RoundingStep {
  /** decimal places; a unit of 10^−decimals */
  readonly decimals: number;
  readonly assets: Direction;
  readonly liabilities: Direction;
}

/** Where money and amounts become whole units. A step that is null does not round. */
export interface Rounding {
  /** on-chain amounts from raw integers, to smallest units of the asset; `none` keeps the fraction */
  readonly amount: { readonly assets: Direction; readonly liabilities: Direction };
  /** quantity × price */
  readonly value: RoundingStep | null;
  /** value × weight */
  readonly weighted: RoundingStep | null;
  /** requirement of a position: notional is rounded down and the requirement as said */
  readonly requirement: { readonly decimals: number; readonly direction: Direction } | null;
  /** the pool's average weight (weighted ÷ unweighted collateral), rounded down at that level before it is used */
  readonly average: { readonly initial: number | null; readonly maintenance: number | null };
}

/** How a raw on-chain balance becomes an amount. `one` is what index 1 is written as; raw may state its own `one`. */
export type BalanceForm =
  | { readonly kind: "index"; readonly one: bigint }
  | { readonly kind: "shares"; readonly virtualShares: bigint; readonly virtualAssets: bigint }
  | {
      readonly kind: "growth";
      readonly fractionalBits: number;
      /** where not null, index ÷ from is first taken as a multiple of 1 / ratio, rounded as the amount is, which must be */
      readonly ratio: bigint | null;
    };

/** How an index grows from `updatedAt` to the market's asOf: see METHODS "Scaled balances". */
export type Interest = "none" | "linear" | "binomial" | "taylor" | "compounded";

/** How the raw balances of either side become amounts, and how they grow until then. */
export interface Balances {
  readonly assets: BalanceForm;
  readonly liabilities: BalanceForm;
  readonly interest: { readonly assets: Interest; readonly liabilities: Interest };
}

/** Names of states of a pool from best to worst, each with the measure at or below which (breach `<=`) or below which it begins. */
export interface Ladder {
  /** `health`: assets ÷ (liabilities + requirement). `coverage`: eligible ÷ requirement at maintenance */
  readonly of: "health" | "coverage";
  readonly steps: readonly { readonly name: string; readonly below: number }[];
}

/** Overrides for pools in a category (e-mode, elevation group): entries replace, `others` changes every asset without one. */
export interface Category {
  readonly id: string;
  readonly assets: ReadonlyMap<string, AssetEntry>;
  readonly others: { readonly weight: Partial<Pair<Weight>>; readonly liability: Partial<Pair<Weight>> } | null;
  readonly instruments: readonly InstrumentEntry[];
}

/** A rule of the language. `composedRule` makes it from a document; its parts are frozen. */
export interface ComposedRule {
  readonly id: string;
  readonly title: string | null;
  readonly effective: string | null;
  readonly source: string | null;
  readonly breach: "<" | "<=";
  /** `requirement`: a pool without a maintenance requirement is never breached, whatever it owes (dYdX, Synthetix) */
  readonly breachNeeds: "nothing" | "requirement";
  readonly hasInitial: boolean;
  /** ms; older prices get the rule's answer. null: no limit */
  readonly maxPriceAge: number | null;
  /** `flag`: computed, status stalePrice. `zero`: counts nothing as an asset, status stalePrice. `refuse`: no number */
  readonly stale: "flag" | "zero" | "refuse";
  /** a price kind that the rule reads and the market does not quote: `index` (noted), `zero` weight as an asset, or no number */
  readonly missing: "index" | "zero" | "refuse";
  readonly price: Pair<SidePrices>;
  readonly unlisted: "refuse" | "zero";
  /** features of a pool that are left out of account; of `poolOptions`, those that `options` does not name */
  readonly ignores: readonly FeatureName[];
  /** by id; an asset without an entry takes that of the asset it `is`, else that of `"*"` */
  readonly assets: ReadonlyMap<string, AssetEntry>;
  /** the first that matches an instrument counts */
  readonly instruments: readonly InstrumentEntry[];
  readonly categories: ReadonlyMap<string, Category>;
  /** pool options that the rule reads, by what it does with them; the value is the option's name */
  readonly options: {
    readonly category: string | null;
    /** raises initial position rates to 1 / leverage; `leverage.<instrument id>` for one instrument */
    readonly leverage: string | null;
    /** a fraction f: at initial, position rates at least f, asset weights at most 1 − f, liability weights at least 1 + f */
    readonly floor: string | null;
    /** assets that the floor leaves alone (the quote asset) */
    readonly floorExempt: readonly string[];
  };
  readonly pnl: PnlRule;
  readonly orders: OrdersRule;
  readonly requirement: Pair<Combiner>;
  readonly rounding: Rounding;
  /** null: the rule does not read raw integers, and refuses or ignores the feature `raw` */
  readonly balances: Balances | null;
  readonly ladder: Ladder | null;
  /** sentences: what the source leaves open and the rule therefore refuses or does not model */
  readonly refuses: readonly string[];
  /** what of a market and of pools the rule reads: an incremental engine needs no more */
  readonly reads: {
    /** ids of the entries, `"*"` among them where any asset may be held, and of assets that caps are in */
    readonly assets: readonly string[];
    /** price kinds, and "confidence" where a band is read */
    readonly prices: readonly string[];
    /** names of market states */
    readonly states: readonly string[];
    readonly instruments: readonly InstrumentMatch[];
    readonly orders: boolean;
  };
  /** 64-bit hash of everything above, hexadecimal */
  readonly hash: string;
}
