import {
  array,
  at,
  decimal,
  decimalIn,
  entries,
  type Fields,
  instant,
  invalid,
  list,
  optional,
  own,
  type Place,
  price,
  record,
  required,
  text,
  truth,
} from "../checks.js";
import type { Market } from "../market/market.js";
import { YEAR } from "../time.js";
import { type BookArrays, Column } from "./columns.js";
import { Feature, type FeatureName, HoldingKind, type PoolInfo } from "./packed.js";
import { lackOf, orderBySettle } from "./positions.js";

export type PoolNames = Pick<PoolInfo, "id" | "venue" | "domain" | "rule">;

const POOL_KEYS = ["id", "venue", "domain", "rule", "options", "balances", "supplies", "debts", "positions", "orders"];
const BALANCE_KEYS = ["asset", "quantity", "borrow", "locked", "raw"];
const SUPPLY_KEYS = ["asset", "quantity", "collateral", "raw"];
const DEBT_KEYS = ["asset", "quantity", "raw"];
const POSITION_KEYS = ["id", "instrument", "quantity", "entryPrice", "fundingDue"];
const ORDER_KEYS = ["id", "instrument", "quantity", "limitPrice", "reduceOnly"];

const f64 = (length: number): Float64Array => new Float64Array(length);
const u32 = (length: number): Uint32Array => new Uint32Array(length);
const u8 = (length: number): Uint8Array => new Uint8Array(length);
const amount = decimalIn({ min: 0 });

/** The holdings and positions of a book while it is being read, pool by pool. */
export class PoolReader {
  readonly holdingStart = new Column(u32);
  readonly holdingAsset = new Column(u32);
  readonly holdingKind = new Column(u8);
  readonly holdingQuantity = new Column(f64);
  readonly positionStart = new Column(u32);
  readonly positionInstrument = new Column(u32);
  readonly positionQuantity = new Column(f64);
  readonly positionEntry = new Column(f64);
  readonly positionFunding = new Column(f64);
  readonly positionIds: (string | null)[] = [];
  readonly features = new Column(u8);
  /** first place of each feature, under pool * 256 + bit */
  readonly featurePlaces = new Map<number, Place>();
  private readonly market: Market;
  /** per asset, the list in which it was last seen: a number per list of holdings read */
  private readonly lastSeen: Uint32Array;
  private lists = 0;

  constructor(market: Market) {
    this.market = market;
    this.lastSeen = new Uint32Array(market.assets.length);
    this.holdingStart.push(0);
    this.positionStart.push(0);
  }

  /** Read one pool and return its names. Where that throws, nothing of the pool remains. */
  read(value: unknown, place: Place): PoolNames {
    const holdings = this.holdingAsset.length;
    const positions = this.positionInstrument.length;
    const pool = this.features.length;
    this.features.push(0);
    try {
      const fields = record(value, place, POOL_KEYS);
      const names = {
        id: required(fields, "id", place, text),
        venue: optional(fields, "venue", place, null, text),
        domain: optional(fields, "domain", place, null, text),
        rule: optional(fields, "rule", place, null, text),
      };
      this.readPool(fields, place, pool);
      this.holdingStart.push(this.holdingAsset.length);
      this.positionStart.push(this.positionInstrument.length);
      return names;
    } catch (error) {
      for (const column of [this.holdingAsset, this.holdingKind, this.holdingQuantity]) column.length = holdings;
      const { positionInstrument, positionQuantity, positionEntry, positionFunding } = this;
      for (const column of [positionInstrument, positionQuantity, positionEntry, positionFunding]) {
        column.length = positions;
      }
      this.positionIds.length = positions;
      for (const bit of Object.values(Feature)) this.featurePlaces.delete(pool * 256 + bit);
      this.features.length = pool;
      throw error;
    }
  }

  /** Note that `pool` has a feature, first seen at `place`. */
  mark(pool: number, feature: FeatureName, place: Place): void {
    const bit = Feature[feature];
    const known = this.features.get(pool);
    if ((known & bit) !== 0) return;
    this.features.set(pool, known | bit);
    this.featurePlaces.set(pool * 256 + bit, place);
  }

  /** The columns read so far. */
  arrays(): BookArrays {
    return {
      holdingStart: this.holdingStart.toArray(),
      holdingAsset: this.holdingAsset.toArray(),
      holdingKind: this.holdingKind.toArray(),
      holdingQuantity: this.holdingQuantity.toArray(),
      positionStart: this.positionStart.toArray(),
      positionInstrument: this.positionInstrument.toArray(),
      positionQuantity: this.positionQuantity.toArray(),
      positionEntry: this.positionEntry.toArray(),
      positionFunding: this.positionFunding.toArray(),
      features: this.features.toArray(),
    };
  }

  private readPool(fields: Fields, place: Place, pool: number): void {
    optional(fields, "balances", place, null, (value, here) => this.readHoldings(value, here, pool, this.readBalance));
    optional(fields, "supplies", place, null, (value, here) => this.readHoldings(value, here, pool, this.readSupply));
    optional(fields, "debts", place, null, (value, here) => this.readHoldings(value, here, pool, this.readDebt));
    optional(fields, "positions", place, null, (value, here) => this.readPositions(value, here, pool));
    optional(fields, "orders", place, null, (value, here) => this.readOrders(value, here, pool));
    optional(fields, "options", place, null, (value, here) => {
      for (const [key, entry] of entries(value, here)) {
        if (typeof entry === "string") text(entry, at(here, key));
        else if (typeof entry !== "boolean") decimal(entry, at(here, key));
      }
      if (Object.keys(fields.options ?? {}).length > 0) this.mark(pool, "poolOptions", here);
    });
  }

  private readHoldings(
    value: unknown,
    place: Place,
    pool: number,
    read: (value: unknown, place: Place, pool: number) => void,
  ): void {
    this.lists++;
    const items = array(value, place);
    for (let i = 0; i < items.length; i++) read.call(this, items[i], at(place, i), pool);
  }

  private readBalance(value: unknown, place: Place, pool: number): void {
    const fields = record(value, place, BALANCE_KEYS);
    const asset = this.readAsset(fields, place);
    const quantity = decimal(own(fields, "quantity"), at(place, "quantity"));
    const locked = optional(fields, "locked", place, 0, amount);
    if (locked > Math.max(0, quantity)) {
      throw invalid(at(place, "locked"), `at most the quantity held, ${Math.max(0, quantity)}`, own(fields, "locked"));
    }
    this.push(asset, HoldingKind.balance, quantity - locked, place);
    if (locked > 0) this.push(asset, HoldingKind.locked, locked, place);
    this.readRaw(fields, place, pool);
    optional(fields, "borrow", place, null, (borrow, here) => {
      const parts = record(borrow, here, ["rate", "accruedTo"]);
      const rate = required(parts, "rate", here, amount);
      const accruedTo = required(parts, "accruedTo", here, instant);
      const { asOf } = this.market;
      if (quantity > 0) throw invalid(here, "absent on a balance that is not a loan", borrow);
      if (accruedTo > asOf) throw invalid(at(here, "accruedTo"), "at or before the market's asOf", parts.accruedTo);
      const interest = (quantity * rate * (asOf - accruedTo)) / YEAR;
      if (interest < 0) this.push(asset, HoldingKind.interest, interest, place);
    });
  }

  private readSupply(value: unknown, place: Place, pool: number): void {
    const fields = record(value, place, SUPPLY_KEYS);
    const asset = this.readAsset(fields, place);
    const quantity = amount(own(fields, "quantity"), at(place, "quantity"));
    const collateral = truth(own(fields, "collateral"), at(place, "collateral"));
    this.push(asset, collateral ? HoldingKind.supply : HoldingKind.idleSupply, quantity, place);
    this.readRaw(fields, place, pool);
  }

  private readDebt(value: unknown, place: Place, pool: number): void {
    const fields = record(value, place, DEBT_KEYS);
    const asset = this.readAsset(fields, place);
    this.push(asset, HoldingKind.debt, 0 - amount(own(fields, "quantity"), at(place, "quantity")), place);
    this.readRaw(fields, place, pool);
  }

  /** The asset of a holding, which may stand in a list of holdings once: caps and tiers are per asset. */
  private readAsset(fields: Fields, place: Place): number {
    const id = own(fields, "asset");
    const asset = typeof id === "string" ? this.market.assetIndex(id) : -1;
    if (asset < 0) throw invalid(at(place, "asset"), "the id of an asset of the market", id);
    if (this.lastSeen[asset] === this.lists) throw invalid(at(place, "asset"), "an asset not listed before it", id);
    this.lastSeen[asset] = this.lists;
    return asset;
  }

  /** A quantity of zero needs no price, so it is left out where there is none. */
  private push(asset: number, kind: HoldingKind, quantity: number, place: Place): void {
    if (Number.isNaN(this.market.prices.index[asset])) {
      if (quantity === 0) return;
      throw invalid(at(place, "asset"), "an asset with a price", this.market.assets[asset]?.id);
    }
    this.holdingAsset.push(asset);
    this.holdingKind.push(kind);
    this.holdingQuantity.push(quantity);
  }

  /** On-chain integers, of any size; they are for exact mode, and a feature that a rule must know of. */
  private readRaw(fields: Fields, place: Place, pool: number): void {
    if (own(fields, "raw") === undefined) return;
    const here = at(place, "raw");
    for (const [key, value] of entries(fields.raw, here)) {
      if (typeof value === "number" && Number.isSafeInteger(value)) continue;
      if (typeof value === "string" && /^-?\d+$/.test(value)) continue;
      throw invalid(at(here, key), "an integer, as a string above 2^53", value);
    }
    this.mark(pool, "raw", here);
  }

  private readInstrument(fields: Fields, place: Place): number {
    const id = own(fields, "instrument");
    const instrument = typeof id === "string" ? this.market.instrumentIndex(id) : -1;
    if (instrument < 0) throw invalid(at(place, "instrument"), "the id of an instrument of the market", id);
    return instrument;
  }

  private readPositions(value: unknown, place: Place, pool: number): void {
    const ids = new Set<string>();
    const first = this.positionInstrument.length;
    for (const [i, item] of array(value, place).entries()) {
      const here = at(place, i);
      const fields = record(item, here, POSITION_KEYS);
      const id = optional(fields, "id", here, null, text);
      if (id !== null && ids.has(id)) throw invalid(at(here, "id"), "an id that no position before it has", id);
      if (id !== null) ids.add(id);
      const instrument = this.readInstrument(fields, here);
      const quantity = decimal(own(fields, "quantity"), at(here, "quantity"));
      const entry = price(own(fields, "entryPrice"), at(here, "entryPrice"));
      const funding = optional(fields, "fundingDue", here, 0, decimal);
      if (this.market.instruments[instrument]?.kind === "option") {
        this.mark(pool, "options", here);
        continue;
      }
      const lack = lackOf(this.market, instrument);
      if (lack !== null) throw invalid(at(here, "instrument"), lack, fields.instrument);
      this.positionInstrument.push(instrument);
      this.positionQuantity.push(quantity);
      this.positionEntry.push(entry);
      this.positionFunding.push(funding);
      this.positionIds.push(id);
    }
    this.orderPositions(first);
  }

  /** Order the positions from `first` on by settle asset, stably, so that P&L in one asset is one run of positions. */
  private orderPositions(first: number): void {
    const order = orderBySettle(this.market, first, this.positionInstrument.length, (n) =>
      this.positionInstrument.get(n),
    );
    if (order === null) return;
    const { positionInstrument, positionQuantity, positionEntry, positionFunding } = this;
    for (const column of [positionInstrument, positionQuantity, positionEntry, positionFunding]) {
      const values = order.map((n) => column.get(n));
      for (const [i, item] of values.entries()) column.set(first + i, item);
    }
    const ids = order.map((n) => this.positionIds[n] ?? null);
    for (const [i, id] of ids.entries()) this.positionIds[first + i] = id;
  }

  private readOrders(value: unknown, place: Place, pool: number): void {
    const ids = new Set<string>();
    list(value, place, (item, here) => {
      const fields = record(item, here, ORDER_KEYS);
      const id = optional(fields, "id", here, null, text);
      if (id !== null && ids.has(id)) throw invalid(at(here, "id"), "an id that no order before it has", id);
      if (id !== null) ids.add(id);
      this.readInstrument(fields, here);
      decimal(own(fields, "quantity"), at(here, "quantity"));
      optional(fields, "limitPrice", here, 0, price);
      optional(fields, "reduceOnly", here, false, truth);
      this.mark(pool, "orders", here);
    });
  }
}
