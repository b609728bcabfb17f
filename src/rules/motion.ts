import type { Market, SparseRows } from "../market/market.js";
import type { PoolLines } from "./pool-lines.js";

/**
 * How far the prices of a market move with t: the price of asset a is its own × (1 + assets[a] t), a mark its own
 * × (1 + instruments[i] t). All prices of an asset move alike, whatever their kind.
 */
export interface Motion {
  readonly assets: Float64Array;
  readonly instruments: Float64Array;
}

/** The motion of a move along `direction`: f64[factors], relative move of each factor per unit of t. */
export function motionOf(market: Market, direction: Float64Array): Motion {
  return {
    assets: along(market.assetFactors, market.assets.length, direction),
    instruments: along(market.instrumentFactors, market.instruments.length, direction),
  };
}

function along({ start, factor, coefficient }: SparseRows, rows: number, direction: Float64Array): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let total = 0;
    for (let e = start[row] ?? 0; e < (start[row + 1] ?? 0); e++) {
      total += (coefficient[e] ?? 0) * (direction[factor[e] ?? 0] ?? 0);
    }
    return total;
  });
}

/** Multiples of prices and marks after a move t. A price that would not stay above zero stays barely so. */
export function multiples(motion: Motion, t: number): Motion {
  const after = (moves: Float64Array) => moves.map((move) => Math.max(1 + move * t, Number.MIN_VALUE));
  return { assets: after(motion.assets), instruments: after(motion.instruments) };
}

/** A market whose prices are multiplied; what venues say in units stays, their stable prices move. */
export function movedMarket(market: Market, by: Motion): Market {
  const scaled = (values: Float64Array) => values.map((value, asset) => value * (by.assets[asset] ?? 1));
  const { index, bid, ask, twap, ema } = market.prices;
  const states = new Map(
    Array.from(market.states, ([id, state]) => {
      const multiple = by.assets[market.assetIndex(id)] ?? 1;
      return [id, state.stable === undefined ? state : { ...state, stable: state.stable * multiple }] as const;
    }),
  );
  return {
    ...market,
    prices: { index: scaled(index), bid: scaled(bid), ask: scaled(ask), twap: scaled(twap), ema: scaled(ema) },
    marks: market.marks.map((mark, instrument) => mark * (by.instruments[instrument] ?? 1)),
    states,
    hash: `${market.hash}/moved`,
  };
}

/** Assets and instruments that the numbers of a pool depend on. */
export interface Reach {
  readonly assets: ReadonlySet<number>;
  readonly instruments: ReadonlySet<number>;
}

/** What a pool holds and has orders in, with the assets of its instruments; `more` are assets that its rule reads besides. */
export function reachOf(pool: PoolLines, market: Market, more: Iterable<number>): Reach {
  const assets = new Set<number>([...more, ...pool.holdings.map(({ asset }) => asset)]);
  const instruments = new Set<number>([...pool.spot, ...pool.contracts.map(({ instrument }) => instrument)]);
  for (const index of instruments) {
    const { underlying, quote, settle } = market.instruments[index] ?? {};
    for (const asset of [underlying, quote, settle]) if (asset !== undefined) assets.add(asset);
  }
  return { assets, instruments };
}

/** How much of the way to a price of zero a search may go. */
const NEARLY = 1 - 2 ** -20;

/** The part of from .. to in which every price that counts stays above zero. */
export function domain(motion: Motion, reach: Reach, from: number, to: number): readonly [number, number] {
  let [least, most] = [from, to];
  const moves = [
    ...Array.from(reach.assets, (asset) => motion.assets[asset] ?? 0),
    ...Array.from(reach.instruments, (instrument) => motion.instruments[instrument] ?? 0),
  ];
  for (const move of moves) {
    if (move > 0) least = Math.max(least, -NEARLY / move);
    if (move < 0) most = Math.min(most, -NEARLY / move);
  }
  return [least, most];
}

/** Whether anything that the pool depends on moves. */
export function moves(motion: Motion, reach: Reach): boolean {
  const any = (values: Float64Array, of: ReadonlySet<number>) => [...of].some((index) => (values[index] ?? 0) !== 0);
  return any(motion.assets, reach.assets) || any(motion.instruments, reach.instruments);
}
