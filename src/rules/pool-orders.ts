import {
  at,
  decimal,
  type Fields,
  invalid,
  list,
  optional,
  own,
  type Place,
  price,
  record,
  required,
  spell,
  truth,
} from "../checks.js";
import { lackOf } from "../book/positions.js";
import { UnsupportedError } from "../errors.js";
import type { Instrument, Market } from "../market/market.js";
import type { LineWatch } from "./line-watch.js";
import type { ComposedRule } from "./rule.js";

/** The open orders of a pool in one instrument. Sizes are ≥ 0, in contracts. */
export interface OpenOrders {
  readonly instrument: number;
  /** Σ size of what buys and of what sells, without orders that only reduce: those never make a position larger */
  readonly bids: number;
  readonly asks: number;
  /** Σ size × limit price, at the mark where there is no limit */
  readonly bidValue: number;
  readonly askValue: number;
  /** greatest limit of what buys, least of what sells; 0: none */
  readonly bidBest: number;
  readonly askBest: number;
  /** how many orders, those that only reduce or have no size among them */
  readonly count: number;
}

export interface PoolOrders {
  readonly contracts: readonly OpenOrders[];
  readonly spot: readonly OpenOrders[];
}

export const NO_OPEN_ORDERS: PoolOrders = Object.freeze({ contracts: Object.freeze([]), spot: Object.freeze([]) });

const KEYS = ["id", "instrument", "quantity", "limitPrice", "reduceOnly"];

/**
 * The open orders of a pool, by instrument in the order in which they first occur.
 *
 * @throws UnsupportedError    naming the order: in an option, or in a kind of instrument whose orders the rule refuses,
 *                             unless it ignores "orders"
 * @throws InvalidInputError   an order without a limit in an instrument without a mark, or in one that lacks a price
 */
export function readPoolOrders(
  pool: Fields,
  poolPlace: Place,
  rule: ComposedRule,
  market: Market,
  watch: LineWatch,
): PoolOrders {
  const sums = new Map<number, Sums>();
  const place = at(poolPlace, "orders");
  list(own(pool, "orders") ?? [], place, (item, here) => {
    const fields = record(item, here, KEYS);
    const id = own(fields, "instrument");
    const index = typeof id === "string" ? market.instrumentIndex(id) : -1;
    const instrument = market.instruments[index];
    if (instrument === undefined) throw invalid(at(here, "instrument"), "the id of an instrument of the market", id);
    if (!counts(instrument, rule, here)) return;
    watch.order(index);
    const lack = lackOfOrders(market, index);
    if (lack !== null) throw invalid(at(here, "instrument"), lack, id);
    let found = sums.get(index);
    if (found === undefined) {
      found = { instrument: index, bids: 0, asks: 0, bidValue: 0, askValue: 0, bidBest: 0, askBest: 0, count: 0 };
      sums.set(index, found);
    }
    found.count++;
    const quantity = required(fields, "quantity", here, decimal);
    if (quantity === 0 || optional(fields, "reduceOnly", here, false, truth)) return;
    const limit = optional(fields, "limitPrice", here, null, price) ?? watch.mark(market, index);
    if (Number.isNaN(limit)) throw invalid(at(here, "limitPrice"), "given, as the instrument has no mark", undefined);
    add(found, quantity, limit);
  });
  const all = [...sums.values()];
  const isSpot = ({ instrument }: OpenOrders) => market.instruments[instrument]?.kind === "spot";
  const capped = rule.orders.spot === "reserved" ? reserved : (orders: OpenOrders) => orders;
  return { contracts: all.filter((orders) => !isSpot(orders)), spot: all.filter(isSpot).map(capped) };
}

type Sums = { -readonly [K in keyof OpenOrders]: number };

function add(sums: Sums, quantity: number, limit: number): void {
  if (quantity > 0) {
    sums.bids += quantity;
    sums.bidValue += quantity * limit;
    sums.bidBest = Math.max(sums.bidBest, limit);
  } else {
    sums.asks -= quantity;
    sums.askValue -= quantity * limit;
    sums.askBest = sums.askBest === 0 ? limit : Math.min(sums.askBest, limit);
  }
}

/**
 * What a pool reserves is base and quote, and what those turn into is taken at the best limit of the side (Mango): base
 * bought is at most the quote reserved at the highest bid, quote received at least the base reserved at the lowest ask.
 */
function reserved(orders: OpenOrders): OpenOrders {
  const { bidValue, bidBest, asks, askBest } = orders;
  return { ...orders, bids: bidBest === 0 ? 0 : bidValue / bidBest, askValue: asks * askBest };
}

/** Whether the rule counts an order in this instrument; false where it ignores it. */
function counts(instrument: Instrument, rule: ComposedRule, place: Place): boolean {
  const { kind } = instrument;
  const way = kind === "option" ? "refuse" : kind === "spot" ? rule.orders.spot : rule.orders.contracts;
  if (way !== "refuse") return true;
  if (rule.ignores.includes("orders")) return false;
  const what = kind === "option" ? "options" : kind === "spot" ? "spot instruments" : "perpetuals and futures";
  const remedy = 'Leave them out, or list "orders" in the rule\'s "ignores"';
  throw new UnsupportedError(spell(place), `rule ${rule.id} does not handle orders in ${what}`, remedy);
}

/** What orders in an instrument lack to be computed, as the sentence of an error; null where nothing. */
export function lackOfOrders(market: Market, index: number): string | null {
  const instrument = market.instruments[index];
  if (instrument?.kind !== "spot") return lackOf(market, index);
  for (const asset of [instrument.underlying, instrument.quote]) {
    if (!Number.isNaN(market.prices.index[asset])) continue;
    return `an instrument whose assets have a price, which ${market.assets[asset]?.id} has not`;
  }
  return null;
}
