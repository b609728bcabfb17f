import type { Market } from "../market/market.js";

/** What a holding is. Locked balances and supplies that are not collateral count in equity but not as collateral. */
export const HoldingKind = { balance: 0, locked: 1, supply: 2, idleSupply: 3, debt: 4, interest: 5 } as const;
export type HoldingKind = (typeof HoldingKind)[keyof typeof HoldingKind];

/** What a pool contains that a model must handle, be told to ignore, or refuse. Bits of `PackedBook.features`. */
export const Feature = { orders: 1, options: 2, links: 4, transfers: 8, raw: 16, poolOptions: 32 } as const;
export type FeatureName = keyof typeof Feature;

export interface PoolInfo {
  readonly id: string;
  readonly account: string;
  readonly venue: string | null;
  readonly domain: string | null;
  /** id of the rule that the pool names, if any */
  readonly rule: string | null;
  /** where it stands in the document, e.g. `accounts[1].pools[0]` */
  readonly path: string;
}

/** A pool that could not be packed, with the reason. */
export interface Rejection {
  readonly pool: string;
  readonly path: string;
  readonly reason: string;
}

/** A position in an option. What it is worth and how it moves is a model's choice of treatment, not a column. */
export interface OptionPosition {
  /** null where it has none of its own */
  readonly id: string | null;
  /** index into market.instruments */
  readonly instrument: number;
  readonly quantity: number;
  /** price of the trade in the settle asset. It was paid, so that it takes no part in what the position is worth */
  readonly entry: number;
  /** funding due in the settle asset, positive where the pool receives it */
  readonly funding: number;
  /** where it stands, e.g. `accounts[1].pools[1].positions[0]` */
  readonly path: string;
}

/** What a venue said of a pool: input to reconciliation, never to a computation. */
export interface Reported {
  readonly pool: string;
  readonly asOf: number;
  readonly asset: string;
  readonly equity: number | null;
  readonly initial: number | null;
  readonly maintenance: number | null;
}

/**
 * A book: pools as structure of arrays, plain data, cacheable and transferable. Row p is pool p. Built by `packBook` and
 * `packColumns`, which check everything; nothing later checks it again.
 */
export interface PackedBook {
  readonly market: Market;
  readonly poolCount: number;
  /** description of pool p; made on demand, since a book of columns has no document */
  pool(index: number): PoolInfo;
  /**
   * The document of pool p as it was given and checked, for what the columns do not hold: orders, raw integers, pool options. null
   * where there is none, as in a book of columns. A change leaves it as it is: the columns say what is held after it.
   */
  source(index: number): unknown;
  /** position of a pool by id, −1 where unknown */
  poolIndex(id: string): number;
  /** u32[pools + 1] */
  readonly holdingStart: Uint32Array;
  /** u32[holdings]: index into market.assets */
  readonly holdingAsset: Uint32Array;
  /** u8[holdings]: HoldingKind */
  readonly holdingKind: Uint8Array;
  /** f64[holdings], signed, in units of the asset: loans, debts and their interest are negative; never 0-sign ambiguous */
  readonly holdingQuantity: Float64Array;
  /** u32[pools + 1] */
  readonly positionStart: Uint32Array;
  /** u32[positions]: index into market.instruments; within a pool positions are ordered by settle asset (stable) */
  readonly positionInstrument: Uint32Array;
  readonly positionQuantity: Float64Array;
  readonly positionEntry: Float64Array;
  /** f64[positions]: funding due in the settle asset, positive where the pool receives it */
  readonly positionFunding: Float64Array;
  /** positions in options by pool, in the order given; pools without any are not in it */
  readonly options: ReadonlyMap<number, readonly OptionPosition[]>;
  /** u8[pools]: bits of `Feature` */
  readonly features: Uint8Array;
  /** first place of a feature in the document, e.g. `accounts[1].pools[0].orders[0]` */
  featurePath(pool: number, feature: FeatureName): string;
  /** id of position n of the book (index into positionInstrument), else its instrument's id */
  positionId(position: number): string;
  /** the account tree, for roll-ups: parent of each account id (null: a root) */
  readonly accounts: ReadonlyMap<
    string,
    { readonly parent: string | null; readonly tags: Readonly<Record<string, string>> }
  >;
  readonly reported: readonly Reported[];
  readonly rejected: readonly Rejection[];
  readonly onInvalid: "throw" | "collect";
  readonly hash: string;
}
