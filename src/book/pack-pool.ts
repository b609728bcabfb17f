import {
  array,
  at,
  decimal,
  entries,
  type Fields,
  instant,
  invalid,
  list,
  optional,
  type Place,
  price,
  record,
  required,
  spell,
  text,
  truth,
} from "../checks.js";
import type { Market } from "../market/market.js";
import { YEAR } from "../time.js";
import { type BookArrays, Column } from "./columns.js";
import { Feature, type FeatureName, HoldingKind, type OptionPosition, type PoolInfo } from "./packed.js";
import { addOption, lackOf, orderBySettle } from "./positions.js";

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
  readonly options = new Map<number, OptionPosition[]>();
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
      const { venue, domain, rule } = fields;
      const names = {
        id: required(fields, "id", place, text),
        venue: venue === undefined ? null : text(venue, at(place, "venue")),
        domain: domain === undefined ? null : text(domain, at(place, "domain")),
        rule: rule === undefined ? null : text(rule, at(place, "rule")),
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
      this.options.delete(pool);
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
      options: this.options,
      features: this.features.toArray(),
    };
  }

  private readPool(fields: Fields, place: Place, pool: number): void {
    this.readHoldings(fields.balances, at(place, "balances"), pool, this.readBalance);
    this.readHoldings(fields.supplies, at(place, "supplies"), pool, this.readSupply);
    this.readHoldings(fields.debts, at(place, "debts"), pool, this.readDebt);
    if (fields.positions !== undefined) this.readPositions(fields.positions, at(place, "positions"), pool);
    if (fields.orders !== undefined) this.readOrders(fields.orders, at(place, "orders"), pool);
    if (fields.options === undefined) return;
    const here = at(place, "options");
    for (const [key, entry] of entries(fields.options, here)) {
      if (typeof entry === "string") text(entry, at(here, key));
      else if (typeof entry !== "boolean") decimal(entry, at(here, key));
      this.mark(pool, "poolOptions", here);
    }
  }

  private readHoldings(
    value: unknown,
    place: Place,
    pool: number,
    read: (value: unknown, place: Place, pool: number) => void,
  ): void {
    if (value === undefined) return;
    this.lists++;
    const items = array(value, place);
    for (let i = 0; i < items.length; i++) read.call(this, items[i], at(place, i), pool);
  }

  private readBalance(value: unknown, place: Place, pool: number): void {
    const fields = record(value, place, BALANCE_KEYS);
    const asset = this.readAsset(fields, place);
    const quantity = number(fields.quantity, place, "quantity", -Infinity);
    let locked = 0;
    if (fields.locked !== undefined) {
      locked = number(fields.locked, place, "locked", 0);
      const free = Math.max(0, quantity);
      if (locked > free) throw invalid(at(place, "locked"), `at most the quantity held, ${free}`, fields.locked);
    }
    this.push(asset, HoldingKind.balance, quantity - locked, place);
    if (locked > 0) this.push(asset, HoldingKind.locked, locked, place);
    if (fields.borrow !== undefined) this.readBorrow(fields.borrow, place, asset, quantity);
    if (fields.raw !== undefined) this.readRaw(fields.raw, at(place, "raw"), pool);
  }

  private readBorrow(value: unknown, balance: Place, asset: number, quantity: number): void {
    const place = at(balance, "borrow");
    const fields = record(value, place, ["rate", "accruedTo"]);
    const rate = number(fields.rate, place, "rate", 0);
    const accruedTo = required(fields, "accruedTo", place, instant);
    const { asOf } = this.market;
    if (quantity > 0) throw invalid(place, "absent on a balance that is not a loan", value);
    if (accruedTo > asOf) throw invalid(at(place, "accruedTo"), "at or before the market's asOf", fields.accruedTo);
    const interest = (quantity * rate * (asOf - accruedTo)) / YEAR;
    if (interest < 0) this.push(asset, HoldingKind.interest, interest, balance);
  }

  private readSupply(value: unknown, place: Place, pool: number): void {
    const fields = record(value, place, SUPPLY_KEYS);
    const asset = this.readAsset(fields, place);
    const quantity = number(fields.quantity, place, "quantity", 0);
    const collateral = required(fields, "collateral", place, truth);
    this.push(asset, collateral ? HoldingKind.supply : HoldingKind.idleSupply, quantity, place);
    if (fields.raw !== undefined) this.readRaw(fields.raw, at(place, "raw"), pool);
  }

  private readDebt(value: unknown, place: Place, pool: number): void {
    const fields = record(value, place, DEBT_KEYS);
    const asset = this.readAsset(fields, place);
    this.push(asset, HoldingKind.debt, 0 - number(fields.quantity, place, "quantity", 0), place);
    if (fields.raw !== undefined) this.readRaw(fields.raw, at(place, "raw"), pool);
  }

  /** The asset of a holding, which may stand in a list of holdings once: caps and tiers are per asset. */
  private readAsset(fields: Fields, place: Place): number {
    const id = fields.asset;
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
  private readRaw(value: unknown, place: Place, pool: number): void {
    for (const [key, entry] of entries(value, place)) {
      if (typeof entry === "number" ? Number.isSafeInteger(entry) : typeof entry === "string" && /^-?\d+$/.test(entry))
        continue;
      throw invalid(at(place, key), "an integer, as a string where it is 2^53 or more", entry);
    }
    this.mark(pool, "raw", place);
  }

  private readInstrument(fields: Fields, place: Place): number {
    const id = fields.instrument;
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
      const id = readId(fields, here, ids);
      const instrument = this.readInstrument(fields, here);
      const quantity = number(fields.quantity, here, "quantity", -Infinity);
      const entry = required(fields, "entryPrice", here, price);
      const funding = fields.fundingDue === undefined ? 0 : number(fields.fundingDue, here, "fundingDue", -Infinity);
      if (this.market.instruments[instrument]?.kind === "option") {
        this.mark(pool, "options", here);
        addOption(this.options, pool, { id, instrument, quantity, entry, funding, path: spell(here) });
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
      readId(fields, here, ids);
      this.readInstrument(fields, here);
      required(fields, "quantity", here, decimal);
      optional(fields, "limitPrice", here, 0, price);
      optional(fields, "reduceOnly", here, false, truth);
      this.mark(pool, "orders", here);
    });
  }
}

/** The id of a position or order, if any, which its list may have once. */
function readId(fields: Fields, place: Place, ids: Set<string>): string | null {
  const id = optional(fields, "id", place, null, text);
  if (id !== null && ids.has(id)) throw invalid(at(place, "id"), "an id that nothing before it has", id);
  if (id !== null) ids.add(id);
  return id;
}

/** `decimal` of at least `min`, with the place made only where it is needed: for strings and for errors. */
function number(value: unknown, parent: Place, key: string, min: number): number {
  if (typeof value === "number" && value >= min && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value + 0;
  return decimal(value, at(parent, key), min === 0 ? { min } : undefined);
}
