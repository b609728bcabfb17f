import type { ResidentBook } from "../book/resident.js";
import { at, decimal, invalid, list, optional, own, type Place, price, record, required, truth } from "../checks.js";
import type { Market } from "../market/market.js";

/** An order that is to be checked, and the pool that it is for, by id or row. */
export interface Order {
  readonly pool: string | number;
  readonly instrument: string;
  /** signed, in contracts; in units of the underlying for spot */
  readonly quantity: number | string;
  /** price of the fill; by default the mark, for spot the ratio of the index prices */
  readonly limitPrice?: number | string;
  /** the order fills only as far as it closes positions, which spot has none of; default false */
  readonly reduceOnly?: boolean;
}

/** Many orders as columns of one length; a typed array each where it has to be fast. */
export interface OrderColumns {
  /** rows of the book */
  readonly pool: ArrayLike<number>;
  /** indices into `market.instruments` */
  readonly instrument: ArrayLike<number>;
  readonly quantity: ArrayLike<number>;
  /** NaN: the default of `Order.limitPrice` */
  readonly price?: ArrayLike<number>;
  /** 1: reduces only; 0: not */
  readonly reduceOnly?: ArrayLike<number>;
}

export function isList(orders: readonly Order[] | OrderColumns): orders is readonly Order[] {
  return Array.isArray(orders);
}

const ORDER_KEYS = ["pool", "instrument", "quantity", "limitPrice", "reduceOnly"];

export function readOrders(book: ResidentBook, orders: readonly Order[]): OrderColumns {
  const { market } = book.market;
  const n = orders.length;
  const columns = {
    pool: new Uint32Array(n),
    instrument: new Uint32Array(n),
    quantity: new Float64Array(n),
    price: new Float64Array(n),
    reduceOnly: new Uint8Array(n),
  };
  list(orders, "orders", (item, place, i) => {
    const fields = record(item, place, ORDER_KEYS);
    const pool = own(fields, "pool");
    const id = own(fields, "instrument");
    const row = typeof pool === "string" ? book.packed.poolIndex(pool) : pool;
    const instrument = typeof id === "string" ? market.instrumentIndex(id) : -1;
    if (typeof row !== "number" || !isRow(row, book.packed.poolCount)) {
      throw invalid(at(place, "pool"), "the id or row of a pool in this book", pool);
    }
    if (!isTraded(market, instrument)) {
      throw invalid(at(place, "instrument"), "the id of an instrument of the market that is not an option", id);
    }
    columns.pool[i] = row;
    columns.instrument[i] = instrument;
    columns.quantity[i] = decimal(own(fields, "quantity"), at(place, "quantity"));
    columns.price[i] = optional(fields, "limitPrice", place, Number.NaN, price);
    const reduces = optional(fields, "reduceOnly", place, false, truth) ? 1 : 0;
    checkReduces(market, instrument, reduces, at(place, "reduceOnly"));
    columns.reduceOnly[i] = reduces;
  });
  return columns;
}

function isRow(row: number, count: number): boolean {
  return Number.isInteger(row) && row >= 0 && row < count;
}

export function isTraded(market: Market, instrument: number): boolean {
  const found = market.instruments[instrument];
  return found !== undefined && found.kind !== "option";
}

/** An order that only reduces is one in contracts: a spot instrument has no position to close. */
export function checkReduces(market: Market, instrument: number, flag: number, place: Place): void {
  if (flag !== 0 && flag !== 1) throw invalid(place, "0 or 1", flag);
  if (flag === 1 && market.instruments[instrument]?.kind === "spot") {
    throw invalid(place, "not set for a spot instrument, which has no position to close", flag);
  }
}

/** f64[instruments]: what an order without a limit fills at; NaN where there is no such price. */
export function defaultFills({ instruments, marks, prices }: Market): Float64Array {
  const index = (asset: number) => prices.index[asset] ?? Number.NaN;
  return Float64Array.from(instruments, ({ kind, underlying, quote }, i) =>
    kind === "spot" ? index(underlying) / index(quote) : (marks[i] ?? Number.NaN),
  );
}

/** Columns of one length. */
export function checkColumns(orders: OrderColumns): OrderColumns {
  const given = record(orders, "orders", ["pool", "instrument", "quantity", "price", "reduceOnly"]);
  for (const name of ["pool", "instrument", "quantity"]) required(given, name, "orders", column);
  const { length } = orders.quantity;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const numbers = column(value, at("orders", name));
    if (numbers.length !== length) {
      throw invalid(at("orders", name), `${length} numbers, as many as quantities`, numbers.length);
    }
  }
  return orders;
}

function column(value: unknown, place: Place): ArrayLike<number> {
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value)) return value as ArrayLike<number>;
  throw invalid(place, "an array of numbers", value);
}

/** Rows of the book, each checked; no copy where they come as they are needed. */
export function poolRows(pool: ArrayLike<number>, poolCount: number): Uint32Array {
  for (let i = 0; i < pool.length; i++) {
    const row = pool[i] ?? -1;
    if (row >>> 0 !== row || row >= poolCount) throw invalid(at(at("orders", "pool"), i), "a row of the book", row);
  }
  return pool instanceof Uint32Array ? pool : Uint32Array.from(pool);
}
