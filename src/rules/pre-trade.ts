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
  required,
  truth,
} from "../checks.js";
import type { Market } from "../market/market.js";
import { STATUSES, type Status } from "../models/model.js";
import type { ComposedModel } from "./composed.js";
import { type ComposedFrame, composedFrame } from "./composed-frame.js";
import { sourceOf } from "./lines.js";
import { type PoolOptions, readPoolOptions } from "./pool-options.js";

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
 * Cost: an evaluation of each pool, in the kernel, and for each order of its lines in the instrument and of one asset; of the
 * whole pool again for spot orders. No object an order where they are given as columns.
 * @see METHODS.md#solvers
 */
export function preTrade(
  book: ResidentBook,
  orders: readonly Order[] | OrderColumns,
  model: ComposedModel,
): PreTradeResult {
  const { memory } = book;
  const columns = isList(orders) ? readOrders(book, orders) : checkColumns(orders);
  const pools = poolRows(columns.pool, book.packed.poolCount);
  const frame = composedFrame(book, model.rules, model.single);
  const kinds = book.block("holding-kind", () => book.packed.holdingKind);
  const bases = book.market.block("rules/bases", () => basesOf(book.market.market));
  const holdings = longest(book.packed.holdingStart);
  const lines = longest(frame.lines.contracts.start);
  const place = placesByPool(pools, book.packed.poolCount);
  const n = place.length;
  return memory.scope(() => {
    const { kernel, bookAt, marketAt, extrasAt, tables } = frame;
    const at = memory.reserveF64(ORDER * n);
    const answers = memory.reserveF64(ANSWER * n);
    const scratch = memory.reserve(kernel.rulesPreTradeScratch(marketAt, holdings, lines));
    fillRecords(memory.f64(at, ORDER * n), columns, pools, place, book, frame);
    const variants = tables.at;
    kernel.rulesPreTrade(bookAt, marketAt, extrasAt, variants, kinds, bases, n, at, holdings, lines, answers, scratch);
    return resultOf(memory.f64(answers, ANSWER * n), place);
  });
}

const REDUCES = VERDICTS.indexOf("reduces");

/** Columns in the order of the orders, from answers by pool. */
function resultOf(answers: Float64Array, place: Uint32Array): PreTradeResult {
  const n = place.length;
  const [accepted, verdict, status] = [new Uint8Array(n), new Uint8Array(n), new Uint8Array(n)];
  const [before, after] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    const at = ANSWER * (place[i] ?? 0);
    const code = answers[at + 2] ?? 0;
    before[i] = answers[at] ?? 0;
    after[i] = answers[at + 1] ?? 0;
    verdict[i] = code;
    accepted[i] = code <= REDUCES ? 1 : 0;
    status[i] = answers[at + 3] ?? 0;
  }
  return {
    accepted,
    verdict,
    before,
    after,
    status,
    order(index) {
      const [code, state] = [VERDICTS[verdict[index] ?? -1], STATUSES[status[index] ?? -1]];
      if (code === undefined || state === undefined) throw invalid("order", `a row from 0 to ${n - 1}`, index);
      const [was = 0, is = 0] = [before[index], after[index]];
      return { accepted: accepted[index] === 1, verdict: code, before: was, after: is, status: state };
    },
  };
}

function isList(orders: readonly Order[] | OrderColumns): orders is readonly Order[] {
  return Array.isArray(orders);
}

const ORDER_KEYS = ["pool", "instrument", "quantity", "limitPrice", "reduceOnly"];

function readOrders(book: ResidentBook, orders: readonly Order[]): OrderColumns {
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
    columns.reduceOnly[i] = optional(fields, "reduceOnly", place, false, truth) ? 1 : 0;
  });
  return columns;
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
  const index = (asset: number) => prices.index[asset] ?? Number.NaN;
  return Float64Array.from(instruments, ({ kind, underlying, quote }, i) =>
    kind === "spot" ? index(underlying) / index(quote) : (marks[i] ?? Number.NaN),
  );
}

/** Columns of one length. */
function checkColumns(orders: OrderColumns): OrderColumns {
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

function poolRows(pool: ArrayLike<number>, poolCount: number): Uint32Array {
  const rows = new Uint32Array(pool.length);
  for (let i = 0; i < rows.length; i++) {
    const row = pool[i] ?? -1;
    if (!isRow(row, poolCount)) throw invalid(at(at("orders", "pool"), i), "a row of the book", row);
    rows[i] = row;
  }
  return rows;
}

/** The orders as the kernel takes them, each in its place. */
function fillRecords(
  records: Float64Array,
  { instrument, quantity, price: prices, reduceOnly }: OrderColumns,
  pools: Uint32Array,
  place: Uint32Array,
  book: ResidentBook,
  frame: ComposedFrame,
): void {
  const { market } = book.market;
  const { features } = book.packed;
  const fills = defaultFills(market);
  const traded = Uint8Array.from(market.instruments, (_, i) => (isTraded(market, i) ? 1 : 0));
  const rateOf = leverageRates(book, frame);
  const spot = (name: string, i: number): Place => at(at("orders", name), i);
  for (let i = 0; i < pools.length; i++) {
    const [p = 0, index = -1, amount = Number.NaN] = [pools[i], instrument[i], quantity[i]];
    const given = prices?.[i] ?? Number.NaN;
    if (traded[index] !== 1) {
      throw invalid(spot("instrument", i), "the index of an instrument that is not an option", index);
    }
    if (!Number.isFinite(amount)) finiteNumber(amount, spot("quantity", i));
    if (given <= 0 || given === Number.POSITIVE_INFINITY) price(given, spot("price", i));
    const to = ORDER * (place[i] ?? 0);
    records[to] = p;
    records[to + 1] = index;
    records[to + 2] = amount;
    records[to + 3] = given > 0 ? given : (fills[index] ?? Number.NaN);
    records[to + 4] = ((features[p] ?? 0) & Feature.poolOptions) === 0 ? 0 : rateOf(p, index);
    records[to + 5] = reduceOnly?.[i] === 1 ? 1 : 0;
  }
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

/**
 * Where each order stands when they are sorted by pool, stably: by counting where there are many, else by comparing. The
 * kernel then reads and writes one after the other what would be all over memory.
 */
function placesByPool(pool: Uint32Array, poolCount: number): Uint32Array {
  const n = pool.length;
  const place = new Uint32Array(n);
  if (n * 16 < poolCount) {
    const order = Array.from(pool.keys()).sort((a, b) => (pool[a] ?? 0) - (pool[b] ?? 0) || a - b);
    for (const [at, i] of order.entries()) place[i] = at;
    return place;
  }
  const next = new Uint32Array(poolCount + 1);
  for (let i = 0; i < n; i++) next[(pool[i] ?? 0) + 1] = (next[(pool[i] ?? 0) + 1] ?? 0) + 1;
  for (let p = 0; p < poolCount; p++) next[p + 1] = (next[p + 1] ?? 0) + (next[p] ?? 0);
  for (let i = 0; i < n; i++) {
    const p = pool[i] ?? 0;
    const at = next[p] ?? 0;
    place[i] = at;
    next[p] = at + 1;
  }
  return place;
}

/** Numbers of an order and of an answer, as in assembly/rules/pre-trade.ts. */
const ORDER = 6;
const ANSWER = 4;

/** The least initial rate that a pool's options set for a position in an instrument. */
function leverageRates({ packed, market }: ResidentBook, { lines }: ComposedFrame) {
  const known = new Map<number, PoolOptions | null>();
  const read = (p: number): PoolOptions | null => {
    const rule = lines.variants[lines.variant[p] ?? -1]?.rule;
    if (rule === undefined || lines.bad[p] !== 0) return null;
    return readPoolOptions(sourceOf(packed.source(p), ""), "", rule, market.market);
  };
  return (p: number, instrument: number): number => {
    let options = known.get(p);
    if (options === undefined) {
      options = read(p);
      known.set(p, options);
    }
    return options === null ? 0 : Math.max(options.floor, options.rates.get(instrument) ?? options.rate);
  };
}
