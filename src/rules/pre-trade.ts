import { Feature } from "../book/packed.js";
import type { ResidentBook } from "../book/resident.js";
import { at, finiteNumber, invalid, type Place, price } from "../checks.js";
import type { Market } from "../market/market.js";
import type { Memory } from "../memory.js";
import { STATUSES, type Status } from "../models/model.js";
import type { ComposedModel } from "./composed.js";
import { type ComposedFrame, composedFrame } from "./composed-frame.js";
import { sourceOf } from "./lines.js";
import {
  checkColumns,
  checkReduces,
  defaultFills,
  isList,
  isTraded,
  type Order,
  type OrderColumns,
  poolRows,
  readOrders,
} from "./order-columns.js";
import { type PoolOptions, readPoolOptions } from "./pool-options.js";

/** Why an order is accepted or not, in the order of the codes of `PreTradeResult.verdict`. */
export const VERDICTS = ["holds", "reduces", "fails", "nothingToReduce", "noNumber"] as const;
/** `holds` and `reduces` are accepted; `noNumber`: the pool has none, so that nothing is. */
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
 * @throws InvalidInputError   naming the order: an unknown pool or instrument, an option, a price that is not above zero, a
 *                             spot order that only reduces, or columns of other lengths
 * Cost: an evaluation of each pool, in the kernel, and for each order of its lines in the instrument and of one asset, which under
 * most rules is a few dozen flops; of the whole pool again for spot orders. No object an order where they are given as columns.
 * @see METHODS.md#solvers
 */
export function preTrade(
  book: ResidentBook,
  orders: readonly Order[] | OrderColumns,
  model: ComposedModel,
): PreTradeResult {
  return checkedBy(book, orders, model, true);
}

/** `preTrade`; `lean` false: no order takes the shorter way that most rules have (assembly/rules/fill-lean.ts). */
export function checkedBy(
  book: ResidentBook,
  orders: readonly Order[] | OrderColumns,
  model: ComposedModel,
  lean: boolean,
): PreTradeResult {
  const { memory } = book;
  const columns = isList(orders) ? readOrders(book, orders) : checkColumns(orders);
  const pools = poolRows(columns.pool, book.packed.poolCount);
  const n = pools.length;
  const frame = composedFrame(book, model.rules, model.single);
  const kinds = book.block("holding-kind", () => book.packed.holdingKind);
  const bases = book.market.block("rules/bases", () => basesOf(book.market.market));
  const { holdings, lines } = longestOf(book, frame.lines.contracts.start);
  return memory.scope(() => {
    const { kernel, bookAt, marketAt, extrasAt, tables } = frame;
    const at = memory.reserve(8 * ORDER * n);
    const answers = memory.reserve(ANSWER * n);
    const places = memory.reserve(4 * n);
    const results = memory.reserve(RESULT * n);
    const scratch = memory.reserve(kernel.rulesPreTradeScratch(marketAt, holdings, lines));
    const place = memory.u32(places, n);
    placeByPool(place, pools, book.packed.poolCount);
    fillRecords(memory, at, columns, place, book, frame);
    kernel.rulesPreTrade(
      bookAt,
      marketAt,
      extrasAt,
      tables.at,
      kinds,
      bases,
      n,
      at,
      holdings,
      lines,
      answers,
      places,
      results,
      lean ? 1 : 0,
      scratch,
    );
    return resultOf(memory, results, n);
  });
}

/** Copies of the columns that the kernel wrote (assembly/rules/pre-trade.ts). */
function resultOf(memory: Memory, at: number, n: number): PreTradeResult {
  const before = memory.f64(at, n).slice();
  const after = memory.f64(at + 8 * n, n).slice();
  const [verdict, status, accepted] = [
    memory.u8(at + 16 * n, n).slice(),
    memory.u8(at + 17 * n, n).slice(),
    memory.u8(at + 18 * n, n).slice(),
  ];
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

/** Check the orders and write them where the kernel reads them (assembly/rules/pre-trade.ts), each in its place. */
function fillRecords(
  memory: Memory,
  at: number,
  columns: OrderColumns,
  place: Uint32Array,
  book: ResidentBook,
  frame: ComposedFrame,
): void {
  const { market } = book.market;
  const { features } = book.packed;
  const { pool, instrument, quantity, price: prices, reduceOnly } = columns;
  const n = place.length;
  const numbers = memory.f64(at, ORDER * n);
  const codes = memory.u32(at, 2 * ORDER * n);
  const fills = defaultFills(market);
  const traded = Uint8Array.from(market.instruments, (_, i) => (isTraded(market, i) ? 1 : 0));
  const rateOf = features.some((bits) => (bits & Feature.poolOptions) !== 0) ? leverageRates(book, frame) : null;
  for (let i = 0; i < n; i++) {
    const index = instrument[i] ?? -1;
    const amount = quantity[i] ?? Number.NaN;
    const given = prices === undefined ? Number.NaN : (prices[i] ?? Number.NaN);
    const reduces = reduceOnly === undefined ? 0 : (reduceOnly[i] ?? 0);
    if (traded[index] !== 1) {
      throw invalid(placeOf("instrument", i), "the index of an instrument that is not an option", index);
    }
    if (!Number.isFinite(amount)) finiteNumber(amount, placeOf("quantity", i));
    if (given <= 0 || given === Number.POSITIVE_INFINITY) price(given, placeOf("price", i));
    if (reduces !== 0) checkReduces(market, index, reduces, placeOf("reduceOnly", i));
    const p = pool[i] ?? 0;
    const to = ORDER * (place[i] ?? 0);
    numbers[to] = amount;
    numbers[to + 1] = given > 0 ? given : (fills[index] ?? Number.NaN);
    numbers[to + 2] = rateOf === null || ((features[p] ?? 0) & Feature.poolOptions) === 0 ? 0 : rateOf(p, index);
    codes[2 * to + 6] = p;
    codes[2 * to + 7] = reduces === 0 ? index : index + REDUCE_ONLY;
  }
}

const placeOf = (name: string, i: number): Place => at(at("orders", name), i);

/** u32[instruments]: the underlying of spot, which exchanges balances; 2^32 − 1 of what takes positions. */
function basesOf({ instruments }: Market): Uint32Array {
  return Uint32Array.from(instruments, ({ kind, underlying }) => (kind === "spot" ? underlying : 0xffffffff));
}

/** The most holdings and contract lines of a pool, looked for once in a book and where its lines are others. */
function longestOf(book: ResidentBook, start: Uint32Array): { readonly holdings: number; readonly lines: number } {
  const kept = book.derive("rules/longest", () => ({
    holdings: longest(book.packed.holdingStart),
    lines: 0,
    of: null as Uint32Array | null,
  }));
  if (kept.of !== start) {
    kept.lines = longest(start);
    kept.of = start;
  }
  return kept;
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
function placeByPool(place: Uint32Array, pool: Uint32Array, poolCount: number): void {
  const n = pool.length;
  if (n * 16 < poolCount) {
    const order = Array.from(pool.keys()).sort((a, b) => (pool[a] ?? 0) - (pool[b] ?? 0) || a - b);
    for (const [at, i] of order.entries()) place[i] = at;
    return;
  }
  const next = new Uint32Array(poolCount + 1);
  for (let i = 0; i < n; i++) {
    const above = (pool[i] ?? 0) + 1;
    next[above] = (next[above] ?? 0) + 1;
  }
  for (let p = 0; p < poolCount; p++) next[p + 1] = (next[p + 1] ?? 0) + (next[p] ?? 0);
  for (let i = 0; i < n; i++) {
    const p = pool[i] ?? 0;
    const to = next[p] ?? 0;
    place[i] = to;
    next[p] = to + 1;
  }
}

/** Numbers of an order as in assembly/rules/pre-trade.ts, bytes of an answer and of a result, mark of an order's instrument. */
const ORDER = 4;
const ANSWER = 24;
const RESULT = 19;
const REDUCE_ONLY = 2 ** 31;

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
