import { Hasher } from "../hash.js";
import type { Market } from "../market/market.js";
import { Feature, type FeatureName, type PackedBook, type PoolInfo, type Rejection, type Reported } from "./packed.js";

/** The arrays of a packed book. */
export type BookArrays = Pick<
  PackedBook,
  | "holdingStart"
  | "holdingAsset"
  | "holdingKind"
  | "holdingQuantity"
  | "positionStart"
  | "positionInstrument"
  | "positionQuantity"
  | "positionEntry"
  | "positionFunding"
  | "options"
  | "features"
>;

/** What a packed book knows besides its arrays; asked for on demand, since most pools are never looked at one by one. */
export interface BookNames {
  pool(index: number): PoolInfo;
  source?(index: number): unknown;
  /** everything that a pool's hash is to tell of its description: its names, apart by a control character */
  identity(index: number): string;
  poolIndex(id: string): number;
  featurePath(pool: number, feature: FeatureName): string;
  /** null where the position has no id of its own */
  positionId(position: number): string | null;
  accounts(): PackedBook["accounts"];
  readonly reported: readonly Reported[];
  readonly rejected: readonly Rejection[];
  readonly onInvalid: "throw" | "collect";
}

/** Features whose numbers are in the document only. */
const IN_SOURCE = Feature.orders | Feature.raw | Feature.poolOptions;

/** Fields of an option position that are numbers: what the hash of a book is of. */
const OPTION_NUMBERS = ["instrument", "quantity", "entry", "funding"];

/** A packed book over checked arrays. Its hash and account tree are made when first read. */
export class Book implements PackedBook {
  readonly market: Market;
  readonly poolCount: number;
  readonly holdingStart: Uint32Array;
  readonly holdingAsset: Uint32Array;
  readonly holdingKind: Uint8Array;
  readonly holdingQuantity: Float64Array;
  readonly positionStart: Uint32Array;
  readonly positionInstrument: Uint32Array;
  readonly positionQuantity: Float64Array;
  readonly positionEntry: Float64Array;
  readonly positionFunding: Float64Array;
  readonly options: PackedBook["options"];
  readonly features: Uint8Array;
  readonly reported: readonly Reported[];
  readonly rejected: readonly Rejection[];
  readonly onInvalid: "throw" | "collect";
  private readonly names: BookNames;
  private tree: PackedBook["accounts"] | null = null;
  private digest: string | null = null;

  constructor(market: Market, arrays: BookArrays, names: BookNames) {
    this.market = market;
    this.poolCount = arrays.features.length;
    this.holdingStart = arrays.holdingStart;
    this.holdingAsset = arrays.holdingAsset;
    this.holdingKind = arrays.holdingKind;
    this.holdingQuantity = arrays.holdingQuantity;
    this.positionStart = arrays.positionStart;
    this.positionInstrument = arrays.positionInstrument;
    this.positionQuantity = arrays.positionQuantity;
    this.positionEntry = arrays.positionEntry;
    this.positionFunding = arrays.positionFunding;
    this.options = arrays.options;
    this.features = arrays.features;
    this.reported = names.reported;
    this.rejected = names.rejected;
    this.onInvalid = names.onInvalid;
    this.names = names;
  }

  pool(index: number): PoolInfo {
    return this.names.pool(index);
  }

  source(index: number): unknown {
    return this.names.source?.(index) ?? null;
  }

  poolIndex(id: string): number {
    return this.names.poolIndex(id);
  }

  featurePath(pool: number, feature: FeatureName): string {
    const has = ((this.features[pool] ?? 0) & Feature[feature]) !== 0;
    return has ? this.names.featurePath(pool, feature) : this.pool(pool).path;
  }

  positionId(position: number): string {
    const instrument = this.market.instruments[this.positionInstrument[position] ?? -1];
    return this.names.positionId(position) ?? instrument?.id ?? `position ${position}`;
  }

  get accounts(): PackedBook["accounts"] {
    this.tree ??= this.names.accounts();
    return this.tree;
  }

  /** Of the pools by name, account and rule, of the arrays, and of the assets and instruments by name: not of prices. */
  get hash(): string {
    this.digest ??= this.computeHash();
    return this.digest;
  }

  private computeHash(): string {
    const hasher = new Hasher();
    for (const list of [this.market.assets, this.market.instruments]) for (const { id } of list) hasher.text(id);
    for (let p = 0; p < this.poolCount; p++) {
      hasher.text(this.names.identity(p));
      if (((this.features[p] ?? 0) & IN_SOURCE) !== 0) hasher.text(JSON.stringify(this.source(p)));
    }
    if (this.options.size > 0) hasher.text(JSON.stringify([...this.options], OPTION_NUMBERS));
    hasher.integers(this.holdingStart).integers(this.holdingAsset).integers(this.holdingKind).f64(this.holdingQuantity);
    hasher.integers(this.positionStart).integers(this.positionInstrument).f64(this.positionQuantity);
    return hasher.f64(this.positionEntry).f64(this.positionFunding).integers(this.features).digest();
  }
}

/** A typed array that grows. Cutting it back to a length forgets what was pushed since. */
export class Column<A extends Float64Array | Uint32Array | Uint8Array> {
  length = 0;
  private items: A;
  private readonly make: (length: number) => A;

  constructor(make: (length: number) => A) {
    this.make = make;
    this.items = make(64);
  }

  push(value: number): void {
    if (this.length === this.items.length) {
      const grown = this.make(2 * this.length);
      grown.set(this.items);
      this.items = grown;
    }
    this.items[this.length++] = value;
  }

  get(index: number): number {
    return this.items[index] ?? Number.NaN;
  }

  set(index: number, value: number): void {
    this.items[index] = value;
  }

  /** A copy of exactly what was pushed. */
  toArray(): A {
    const result = this.make(this.length);
    result.set(this.items.subarray(0, this.length));
    return result;
  }
}
