import { Feature } from "../book/packed.js";
import type { ResidentBook } from "../book/resident.js";
import { at, finiteNumber, invalid, type Place, price } from "../checks.js";
import type { Market } from "../market/market.js";
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
  const placeOf = (name: string, i: number): Place => at(at("orders", name), i);
  for (let i = 0; i < pools.length; i++) {
    const [p = 0, index = -1, amount = Number.NaN] = [pools[i], instrument[i], quantity[i]];
    const given = prices?.[i] ?? Number.NaN;
    if (traded[index] !== 1) {
      throw invalid(placeOf("instrument", i), "the index of an instrument that is not an option", index);
    }
    if (!Number.isFinite(amount)) finiteNumber(amount, placeOf("quantity", i));
    if (given <= 0 || given === Number.POSITIVE_INFINITY) price(given, placeOf("price", i));
    const reduces = reduceOnly?.[i] ?? 0;
    if (reduces !== 0) checkReduces(market, index, reduces, placeOf("reduceOnly", i));
    const to = ORDER * (place[i] ?? 0);
    records[to] = p;
    records[to + 1] = index;
    records[to + 2] = amount;
    records[to + 3] = given > 0 ? given : (fills[index] ?? Number.NaN);
    records[to + 4] = ((features[p] ?? 0) & Feature.poolOptions) === 0 ? 0 : rateOf(p, index);
    records[to + 5] = reduces;
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
