import { Feature } from "../book/packed.js";
import type { ResidentBook } from "../book/resident.js";
import {
  at,
  decimal,
  finiteNumber,
  invalid,
  list,
  optional,
  own,
  type Place,
  price,
  record,
  truth,
} from "../checks.js";
import type { Market } from "../market/market.js";
import { STATUSES, type Status } from "../models/model.js";
import type { ComposedModel } from "./composed.js";
import { type ComposedFrame, composedFrame } from "./composed-frame.js";
import { sourceOf } from "./lines.js";
import { readPoolOptions } from "./pool-options.js";

/** An order that is to be checked, and the pool that it is for, by id or row. */
export interface Order {
  readonly pool: string | number;
  readonly instrument: string;
  /** signed, in contracts; in units of the underlying for spot */
  readonly quantity: number | string;
  /** price of the fill; by default the mark, for spot the ratio of the index prices */
  readonly limitPrice?: number | string;
  /** the order fills only as far as it closes positions; default false */
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
  /** 1: reduces only */
  readonly reduceOnly?: ArrayLike<number>;
}

/** Why an order is accepted or not, in the order of the codes of `PreTradeResult.verdict`. */
export const VERDICTS = ["holds", "reduces", "fails", "nothingToReduce", "noNumber"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Columns over the orders. */
export interface PreTradeResult {
  /** 1 where the order may be sent: `holds` or `reduces` */
  readonly accepted: Uint8Array;
  /** index into VERDICTS */
  readonly verdict: Uint8Array;
  /** excess at the initial level, at maintenance where the pool's rule has none, without the order and with it filled */
  readonly before: Float64Array;
  readonly after: Float64Array;
  /** index into STATUSES, of the pool with the order filled */
  readonly status: Uint8Array;
  /** one order, readable */
  order(index: number): {
    readonly accepted: boolean;
    readonly verdict: Verdict;
    readonly before: number;
    readonly after: number;
    readonly status: Status;
  };
}

/**
 * Whether orders may be sent: for each by itself, the excess of its pool at the initial level once it is filled, the pool's
 * other open orders counting as its rule counts them. A fill trades as `change` does: what it closes realises its P&L at the
 * price, the rest opens or increases a position; a spot order exchanges balances. An order is accepted where the excess is
 * not below zero afterwards (`holds`). One that only reduces is filled as far as there is something to close, and is accepted
 * whatever the level says (`reduces`), unless there is nothing. A pool without a number accepts nothing.
 *
 * @throws InvalidInputError   naming the order: an unknown pool or instrument, an option, a price that is not above zero, or
 *                             columns of other lengths
 * Cost: an evaluation of the pool an order, in the kernel, and another where the pool is not that of the order before; no
 * object an order where they are given as columns.
 * @see METHODS.md#solvers
 */
export function preTrade(
  book: ResidentBook,
  orders: readonly Order[] | OrderColumns,
  model: ComposedModel,
): PreTradeResult {
  const { memory } = book;
  const columns = isList(orders) ? readOrders(book, orders) : checkColumns(book, orders);
  const frame = composedFrame(book, model.rules, model.single);
  const kinds = book.block("holding-kind", () => book.packed.holdingKind);
  const bases = book.market.block("rules/bases", () => basesOf(book.market.market));
  const holdings = longest(book.packed.holdingStart);
  const lines = longest(frame.lines.contracts.start);
  const n = columns.quantity.length;
  const rates = ratesOf(book, frame, columns);
  return memory.scope(() => {
    const { kernel, bookAt, marketAt, extrasAt, tables } = frame;
    const [pool, instrument] = [memory.copy(columns.pool), memory.copy(columns.instrument)];
    const [quantity, fill] = [memory.copy(columns.quantity), memory.copy(columns.price)];
    const [rate, reduceOnly] = [memory.copy(rates), memory.copy(columns.reduceOnly)];
    const out = memory.reserve(18 * n);
    const scratch = memory.reserve(kernel.rulesPreTradeScratch(marketAt, holdings, lines));
    kernel.rulesPreTrade(
      bookAt,
      marketAt,
      extrasAt,
      tables.at,
      kinds,
      bases,
      n,
      pool,
      instrument,
      quantity,
      fill,
      rate,
      reduceOnly,
      holdings,
      lines,
      out,
      scratch,
    );
    const verdict = memory.u8(out + 16 * n, n).slice();
    return resultOf({
      verdict,
      accepted: verdict.map((code) => (code <= REDUCES ? 1 : 0)),
      before: memory.f64(out, n).slice(),
      after: memory.f64(out + 8 * n, n).slice(),
      status: memory.u8(out + 17 * n, n).slice(),
    });
  });
}

const REDUCES = VERDICTS.indexOf("reduces");

function resultOf(columns: Omit<PreTradeResult, "order">): PreTradeResult {
  const { accepted, verdict, before, after, status } = columns;
  return {
    ...columns,
    order(index) {
      const [code, state] = [VERDICTS[verdict[index] ?? -1], STATUSES[status[index] ?? -1]];
      if (code === undefined || state === undefined) {
        throw invalid("order", `a row from 0 to ${verdict.length - 1}`, index);
      }
      const [was = 0, is = 0] = [before[index], after[index]];
      return { accepted: accepted[index] === 1, verdict: code, before: was, after: is, status: state };
    },
  };
}

function isList(orders: readonly Order[] | OrderColumns): orders is readonly Order[] {
  return Array.isArray(orders);
}

/** Orders as the kernel takes them. */
interface Columns {
  readonly pool: Uint32Array;
  readonly instrument: Uint32Array;
  readonly quantity: Float64Array;
  readonly price: Float64Array;
  readonly reduceOnly: Uint8Array;
}

const ORDER_KEYS = ["pool", "instrument", "quantity", "limitPrice", "reduceOnly"];

function readOrders(book: ResidentBook, orders: readonly Order[]): Columns {
  const { market } = book.market;
  const fills = defaultFills(market);
  const n = orders.length;
  const columns = columnsOf(n);
  list(orders, "orders", (item, place, i) => {
    const fields = record(item, place, ORDER_KEYS);
    const pool = own(fields, "pool");
    const id = own(fields, "instrument");
    const row = typeof pool === "string" ? book.packed.poolIndex(pool) : pool;
    const instrument = typeof id === "string" ? market.instrumentIndex(id) : -1;
    if (typeof row !== "number" || !isRow(row, book.packed.poolCount)) {
      throw invalid(at(place, "pool"), "the id or row of a pool in this book", pool);
    }
    if (!isTraded(market, instrument)) throw invalid(at(place, "instrument"), TRADED, id);
    columns.pool[i] = row;
    columns.instrument[i] = instrument;
    columns.quantity[i] = decimal(own(fields, "quantity"), at(place, "quantity"));
    columns.price[i] = optional(fields, "limitPrice", place, fills[instrument] ?? 0, price);
    columns.reduceOnly[i] = optional(fields, "reduceOnly", place, false, truth) ? 1 : 0;
  });
  return columns;
}

const TRADED = "the id of an instrument of the market that is not an option";

function columnsOf(n: number): Columns {
  return {
    pool: new Uint32Array(n),
    instrument: new Uint32Array(n),
    quantity: new Float64Array(n),
    price: new Float64Array(n),
    reduceOnly: new Uint8Array(n),
  };
}

function isRow(row: number, count: number): boolean {
  return Number.isInteger(row) && row >= 0 && row < count;
}

function isTraded(market: Market, instrument: number): boolean {
  const found = market.instruments[instrument];
  return found !== undefined && found.kind !== "option";
}

/** f64[instruments]: what an order without a limit fills at; NaN where there is no such price. */
function defaultFills({ instruments, marks, prices }: Market): Float64Array {
  return Float64Array.from(instruments, ({ kind, underlying, quote }, i) =>
    kind === "spot"
      ? (prices.index[underlying] ?? Number.NaN) / (prices.index[quote] ?? Number.NaN)
      : (marks[i] ?? Number.NaN),
  );
}

function checkColumns(book: ResidentBook, orders: OrderColumns): Columns {
  const { market } = book.market;
  const { poolCount } = book.packed;
  const given = record(orders, "orders", ["pool", "instrument", "quantity", "price", "reduceOnly"]);
  const n = orders.quantity.length;
  for (const [name, column] of Object.entries(given)) {
    if (column === undefined) continue;
    const { length } = column as ArrayLike<number>;
    if (length !== n) throw invalid(at("orders", name), `${n} numbers, as many as quantities`, length);
  }
  const fills = defaultFills(market);
  const traded = market.instruments.map((_, i) => isTraded(market, i));
  const columns = columnsOf(n);
  const { pool, instrument, quantity, price: prices, reduceOnly } = columns;
  for (let i = 0; i < n; i++) {
    const [row = -1, index = -1, amount = Number.NaN] = [orders.pool[i], orders.instrument[i], orders.quantity[i]];
    const fill = orders.price?.[i] ?? Number.NaN;
    const place = (name: string): Place => at(at("orders", name), i);
    if (!isRow(row, poolCount)) throw invalid(place("pool"), "a row of the book", row);
    if (traded[index] !== true)
      throw invalid(place("instrument"), "the index of an instrument that is not an option", index);
    if (!Number.isFinite(amount)) finiteNumber(amount, place("quantity"));
    if (fill <= 0 || fill === Number.POSITIVE_INFINITY) price(fill, place("price"));
    pool[i] = row;
    instrument[i] = index;
    quantity[i] = amount;
    prices[i] = fill > 0 ? fill : (fills[index] ?? Number.NaN);
    reduceOnly[i] = orders.reduceOnly?.[i] === 1 ? 1 : 0;
  }
  return columns;
}

/** u32[instruments]: the underlying of spot, which exchanges balances; 2^32 − 1 of what takes positions. */
function basesOf({ instruments }: Market): Uint32Array {
  return Uint32Array.from(instruments, ({ kind, underlying }) => (kind === "spot" ? underlying : 0xffffffff));
}

function longest(start: Uint32Array): number {
  let most = 0;
  for (let p = 1; p < start.length; p++) most = Math.max(most, (start[p] ?? 0) - (start[p - 1] ?? 0));
  return most;
}

/** f64[orders]: the least initial rate that a pool's options set for a position in the order's instrument. */
function ratesOf({ packed, market }: ResidentBook, { lines }: ComposedFrame, columns: Columns): Float64Array {
  const rates = new Float64Array(columns.pool.length);
  const known = new Map<number, ReturnType<typeof readPoolOptions>>();
  for (const [i, p] of columns.pool.entries()) {
    if (((packed.features[p] ?? 0) & Feature.poolOptions) === 0 || lines.bad[p] !== 0) continue;
    const rule = lines.variants[lines.variant[p] ?? -1]?.rule;
    if (rule === undefined) continue;
    let options = known.get(p);
    if (options === undefined) {
      options = readPoolOptions(sourceOf(packed.source(p), ""), "", rule, market.market);
      known.set(p, options);
    }
    rates[i] = Math.max(options.floor, options.rates.get(columns.instrument[i] ?? 0) ?? options.rate);
  }
  return rates;
}
