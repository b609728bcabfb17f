import type { PackedBook } from "../book/packed.js";
import type { Market } from "../market/market.js";
import type { PoolOptions } from "./pool-options.js";
import type { OpenOrders } from "./pool-orders.js";

/**
 * Contract lines: the positions of a book, and an empty one for each instrument in which a pool has orders and no position.
 * Within a pool they are ordered by settle asset. The orders of an instrument belong to its first line in the pool.
 */
export interface ContractLines {
  /** u32[pools + 1] */
  readonly start: Uint32Array;
  /** u32[lines]: index into market.instruments */
  readonly instrument: Uint32Array;
  readonly quantity: Float64Array;
  /** f64[lines]: of an empty line the mark */
  readonly entry: Float64Array;
  readonly funding: Float64Array;
  readonly bids: Float64Array;
  readonly asks: Float64Array;
  readonly bidValue: Float64Array;
  readonly askValue: Float64Array;
  readonly orderCount: Uint32Array;
  /** f64[lines]: least initial rate by the pool's leverage and floor, 0: none */
  readonly floor: Float64Array;
  /** u32: which lines are empty ones, added for orders */
  readonly empty: Uint32Array;
}

/** The same lines after a repricing, which moves the entry of empty ones to the new mark. */
export function atMark(lines: ContractLines, market: Market): ContractLines {
  if (lines.empty.length === 0) return lines;
  const entry = lines.entry.slice();
  for (const k of lines.empty) entry[k] = market.marks[lines.instrument[k] ?? 0] ?? Number.NaN;
  return { ...lines, entry };
}

/** The id of the position that line k of pool p is, null for a line of orders alone. */
export function positionId(packed: PackedBook, lines: ContractLines, p: number, k: number): string | null {
  const end = packed.positionStart[p + 1] ?? 0;
  const is = (line: number, n: number) =>
    n < end &&
    packed.positionInstrument[n] === lines.instrument[line] &&
    packed.positionQuantity[n] === lines.quantity[line] &&
    packed.positionEntry[n] === lines.entry[line];
  let n = packed.positionStart[p] ?? 0;
  for (let line = lines.start[p] ?? 0; line < k; line++) if (is(line, n)) n++;
  return is(k, n) ? packed.positionId(n) : null;
}

interface PoolContracts {
  readonly orders: readonly OpenOrders[];
  readonly options: PoolOptions;
}

/** Takes what pools add to their positions, then makes the lines of the book. */
export class ContractLineWriter {
  private readonly packed: PackedBook;
  private readonly market: Market;
  private readonly pools = new Map<number, PoolContracts>();
  private fresh = 0;

  constructor(packed: PackedBook, market: Market) {
    this.packed = packed;
    this.market = market;
  }

  /** What pool `p` has beside its positions. */
  put(p: number, orders: readonly OpenOrders[], options: PoolOptions): void {
    const { floor, rate, rates } = options;
    if (orders.length === 0 && floor === 0 && rate === 0 && rates.size === 0) return;
    this.pools.set(p, { orders, options });
    this.fresh += this.without(p, orders).length;
  }

  /** All lines. The book's own columns where no pool adds a line. */
  lines(): ContractLines {
    const { packed, pools, fresh } = this;
    const count = packed.positionInstrument.length + fresh;
    const f64 = () => new Float64Array(count);
    const positions = {
      start: packed.positionStart,
      instrument: packed.positionInstrument,
      quantity: packed.positionQuantity,
      entry: packed.positionEntry,
      funding: packed.positionFunding,
      empty: new Uint32Array(0),
    };
    const lines: ContractLines = {
      ...(fresh === 0 ? positions : this.merged(count)),
      bids: f64(),
      asks: f64(),
      bidValue: f64(),
      askValue: f64(),
      orderCount: new Uint32Array(count),
      floor: f64(),
    };
    for (const [p, { orders, options }] of pools) {
      const open = new Map(orders.map((one) => [one.instrument, one]));
      for (let k = lines.start[p] ?? 0; k < (lines.start[p + 1] ?? 0); k++) {
        const instrument = lines.instrument[k] ?? 0;
        lines.floor[k] = Math.max(options.floor, options.rates.get(instrument) ?? options.rate);
        const one = open.get(instrument);
        if (one === undefined) continue;
        open.delete(instrument);
        lines.bids[k] = one.bids;
        lines.asks[k] = one.asks;
        lines.bidValue[k] = one.bidValue;
        lines.askValue[k] = one.askValue;
        lines.orderCount[k] = one.count;
      }
    }
    return lines;
  }

  /** The instruments of `orders` in which pool `p` has no position, ordered by settle asset, stably. */
  private without(p: number, orders: readonly OpenOrders[]): readonly number[] {
    const { positionStart, positionInstrument } = this.packed;
    const positions = positionInstrument.subarray(positionStart[p], positionStart[p + 1]);
    return orders
      .map(({ instrument }) => instrument)
      .filter((instrument) => !positions.includes(instrument))
      .sort((a, b) => this.settle(a) - this.settle(b));
  }

  /** Positions and empty lines by pool, merged by settle asset, positions first. */
  private merged(
    count: number,
  ): Pick<ContractLines, "start" | "instrument" | "quantity" | "entry" | "funding" | "empty"> {
    const { packed, market } = this;
    const start = new Uint32Array(packed.poolCount + 1);
    const instrument = new Uint32Array(count);
    const quantity = new Float64Array(count);
    const entry = new Float64Array(count);
    const funding = new Float64Array(count);
    const added: number[] = [];
    let k = 0;
    for (let p = 0; p < packed.poolCount; p++) {
      const pool = this.pools.get(p);
      const fresh = pool === undefined ? [] : this.without(p, pool.orders);
      let next = 0;
      const empty = (index: number): void => {
        added.push(k);
        instrument[k] = index;
        entry[k++] = market.marks[index] ?? Number.NaN;
      };
      for (let n = packed.positionStart[p] ?? 0; n < (packed.positionStart[p + 1] ?? 0); n++) {
        const index = packed.positionInstrument[n] ?? 0;
        for (let one = fresh[next]; one !== undefined && this.settle(one) < this.settle(index); one = fresh[++next]) {
          empty(one);
        }
        instrument[k] = index;
        quantity[k] = packed.positionQuantity[n] ?? 0;
        entry[k] = packed.positionEntry[n] ?? 0;
        funding[k++] = packed.positionFunding[n] ?? 0;
      }
      for (const one of fresh.slice(next)) empty(one);
      start[p + 1] = k;
    }
    return { start, instrument, quantity, entry, funding, empty: Uint32Array.from(added) };
  }

  private settle(instrument: number): number {
    return this.market.instruments[instrument]?.settle ?? 0;
  }
}
