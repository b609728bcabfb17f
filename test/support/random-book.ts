import type { PackedBook } from "../../src/book/packed.js";
import type { Instrument, Market, SparseRows } from "../../src/market/market.js";

/** A seeded source of uniform numbers in [0, 1): mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A market and a book as plain records, from which both the packed form and the references are made. */
export interface PlainAsset {
  readonly id: string;
  readonly index: number;
  readonly bid: number | null;
  readonly ask: number | null;
  /** minutes before asOf, null where the price has no time */
  readonly age: number | null;
  readonly peg: string | null;
  readonly factors: Readonly<Record<string, number>>;
}

export interface PlainInstrument {
  readonly id: string;
  readonly payoff: "linear" | "inverse";
  readonly underlying: string;
  readonly quote: string;
  readonly settle: string;
  readonly multiplier: number;
  readonly mark: number;
  readonly age: number | null;
  readonly factors: Readonly<Record<string, number>>;
}

export interface PlainPool {
  readonly id: string;
  readonly rule: string | null;
  readonly holdings: readonly {
    readonly asset: string;
    readonly kind: "balance" | "locked" | "supply" | "idleSupply" | "debt" | "interest";
    readonly quantity: number;
  }[];
  readonly positions: readonly {
    readonly instrument: string;
    readonly quantity: number;
    readonly entry: number;
    readonly funding: number;
  }[];
}

export interface PlainBook {
  readonly numeraire: string;
  readonly assets: readonly PlainAsset[];
  readonly instruments: readonly PlainInstrument[];
  readonly pools: readonly PlainPool[];
}

const KINDS = ["balance", "locked", "supply", "idleSupply", "debt", "interest"] as const;
const AS_OF = Date.UTC(2026, 10, 20, 8);
const MINUTE = 60_000;

/**
 * A book that reaches every branch: assets with and without bid, ask and time, one that moves with two factors, one
 * pegged, linear and inverse contracts, long and short, every kind of holding, empty pools, zero quantities.
 */
export function randomBook(seed: number, poolCount: number): PlainBook {
  const next = random(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  const around = (x: number, spread: number) => x * (1 + spread * (2 * next() - 1));
  const names = ["AAA", "BBB", "CCC", "DDD"].slice(0, 2 + Math.floor(next() * 3));
  const assets: PlainAsset[] = [
    { id: "USD", index: 1, bid: null, ask: null, age: null, peg: null, factors: {} },
    {
      id: "STB",
      index: around(1, 0.01),
      bid: 0.998,
      ask: next() < 0.5 ? 1.003 : null,
      age: 1,
      peg: "USD",
      factors: { STB: 1 },
    },
  ];
  for (const id of names) {
    const index = 10 ** (4 * next() - 1);
    assets.push({
      id,
      index,
      bid: next() < 0.5 ? index * (1 - 0.01 * next()) : null,
      ask: next() < 0.5 ? index * (1 + 0.01 * next()) : null,
      age: next() < 0.2 ? null : 90 * next(),
      peg: null,
      factors: { [id]: 1 },
    });
  }
  const base = assets[2] as PlainAsset;
  assets.push({
    ...base,
    id: "stAAA",
    index: base.index * around(1.2, 0.1),
    bid: null,
    ask: null,
    factors: { AAA: 1, "stAAA/AAA": around(1, 0.2) },
  });
  const instruments: PlainInstrument[] = [];
  for (const asset of assets.slice(2)) {
    const shared = { underlying: asset.id, multiplier: pick([1, 0.001, 10]), factors: asset.factors };
    const age = next() < 0.3 ? null : 80 * next();
    const quote = pick(["USD", "STB"]);
    const mark = around(asset.index, 0.02);
    instruments.push({ ...shared, id: `${asset.id}-LIN`, payoff: "linear", quote, settle: quote, mark, age });
    instruments.push({
      ...shared,
      id: `${asset.id}-INV`,
      payoff: "inverse",
      quote: "USD",
      settle: asset.id,
      mark: around(asset.index, 0.02),
      age,
    });
  }
  const pools = Array.from({ length: poolCount }, (_, p): PlainPool => {
    const holdings = Array.from({ length: next() < 0.1 ? 0 : Math.floor(next() * 7) }, () => {
      const asset = pick(assets);
      const kind = pick(KINDS);
      const size = next() < 0.05 ? 0 : (10 ** (3 * next()) * 100) / asset.index;
      const negative = kind === "debt" || kind === "interest" || (kind === "balance" && next() < 0.3);
      return { asset: asset.id, kind, quantity: negative && size !== 0 ? -size : size };
    });
    const positions = Array.from({ length: next() < 0.4 ? 0 : Math.floor(next() * 6) }, () => {
      const instrument = pick(instruments);
      const worth = 10 ** (3 * next()) * 50 * (next() < 0.5 ? -1 : 1);
      const quantity = worth / instrument.multiplier / (instrument.payoff === "linear" ? instrument.mark : 1);
      const funding = next() < 0.5 ? 0 : (next() - 0.5) * (instrument.payoff === "linear" ? 20 : 20 / instrument.mark);
      return { instrument: instrument.id, quantity, entry: around(instrument.mark, 0.3), funding };
    });
    return { id: `pool-${p}`, rule: null, holdings, positions };
  });
  return { numeraire: "USD", assets, instruments, pools };
}

function rows(items: readonly { readonly factors: Readonly<Record<string, number>> }[], names: string[]): SparseRows {
  const entries = items.map((item) => Object.entries(item.factors));
  const start = new Uint32Array(items.length + 1);
  for (const [i, row] of entries.entries()) start[i + 1] = (start[i] ?? 0) + row.length;
  const flat = entries.flat();
  return {
    start,
    factor: Uint32Array.from(flat, ([name]) => names.indexOf(name)),
    coefficient: Float64Array.from(flat, ([, coefficient]) => coefficient),
  };
}

/** The market of a plain book, by hand: what `parseMarket` would make of the same facts. */
export function plainMarket(book: PlainBook): Market {
  const { assets, instruments } = book;
  const factors = [...new Set([...assets, ...instruments].flatMap((item) => Object.keys(item.factors)))];
  const assetIndex = (id: string) => assets.findIndex((asset) => asset.id === id);
  const price = (kind: "bid" | "ask") => Float64Array.from(assets, (asset) => asset[kind] ?? Number.NaN);
  const none = new Float64Array(assets.length).fill(Number.NaN);
  const time = (age: number | null) => (age === null ? Number.NaN : AS_OF - age * MINUTE);
  return {
    asOf: AS_OF,
    numeraire: book.numeraire,
    states: new Map(),
    source: null,
    assets: assets.map(({ id, peg }) => ({
      id,
      is: null,
      domain: null,
      decimals: null,
      peg: peg === null ? null : { to: peg, ratio: 1 },
    })),
    instruments: instruments.map(
      (instrument): Instrument => ({
        id: instrument.id,
        kind: "perpetual",
        payoff: instrument.payoff,
        underlying: assetIndex(instrument.underlying),
        quote: assetIndex(instrument.quote),
        settle: assetIndex(instrument.settle),
        multiplier: instrument.multiplier,
        expiry: null,
        option: null,
      }),
    ),
    factors,
    prices: {
      index: Float64Array.from(assets, (asset) => asset.index),
      bid: price("bid"),
      ask: price("ask"),
      twap: none,
      ema: none,
    },
    priceTimes: Float64Array.from(assets, (asset) => time(asset.age)),
    confidence: new Float64Array(assets.length),
    marks: Float64Array.from(instruments, (instrument) => instrument.mark),
    markTimes: Float64Array.from(instruments, (instrument) => time(instrument.age)),
    fundingRates: new Float64Array(instruments.length).fill(Number.NaN),
    impliedVols: new Float64Array(instruments.length).fill(Number.NaN),
    forwards: new Int32Array(instruments.length).fill(-1),
    assetFactors: rows(assets, factors),
    instrumentFactors: rows(instruments, factors),
    history: null,
    assetIndex,
    instrumentIndex: (id) => instruments.findIndex((instrument) => instrument.id === id),
    factorIndex: (id) => factors.indexOf(id),
    hash: JSON.stringify([assets, instruments]),
  };
}

/** The packed form of a plain book, by hand. Within a pool, positions are ordered by settle asset. */
export function plainPacked(book: PlainBook, market: Market): PackedBook {
  const settle = (id: string) => market.instruments[market.instrumentIndex(id)]?.settle ?? -1;
  const positions = book.pools.map((pool) =>
    [...pool.positions].sort((a, b) => settle(a.instrument) - settle(b.instrument)),
  );
  const starts = (counts: readonly number[]) => {
    const start = new Uint32Array(counts.length + 1);
    for (const [i, count] of counts.entries()) start[i + 1] = (start[i] ?? 0) + count;
    return start;
  };
  const holdings = book.pools.flatMap((pool) => pool.holdings);
  const flat = positions.flat();
  return {
    market,
    poolCount: book.pools.length,
    source: () => null,
    pool: (p) => ({
      id: book.pools[p]?.id ?? "",
      account: "account",
      venue: null,
      domain: null,
      rule: book.pools[p]?.rule ?? null,
      path: `accounts[0].pools[${p}]`,
    }),
    poolIndex: (id) => book.pools.findIndex((pool) => pool.id === id),
    holdingStart: starts(book.pools.map((pool) => pool.holdings.length)),
    holdingAsset: Uint32Array.from(holdings, (holding) => market.assetIndex(holding.asset)),
    holdingKind: Uint8Array.from(holdings, (holding) => KINDS.indexOf(holding.kind)),
    holdingQuantity: Float64Array.from(holdings, (holding) => holding.quantity),
    positionStart: starts(positions.map((list) => list.length)),
    positionInstrument: Uint32Array.from(flat, (position) => market.instrumentIndex(position.instrument)),
    positionQuantity: Float64Array.from(flat, (position) => position.quantity),
    positionEntry: Float64Array.from(flat, (position) => position.entry),
    positionFunding: Float64Array.from(flat, (position) => position.funding),
    options: new Map(),
    features: new Uint8Array(book.pools.length),
    featurePath: (pool, feature) => `accounts[0].pools[${pool}].${feature}`,
    positionId: (position) => flat[position]?.instrument ?? "",
    accounts: new Map([["account", { parent: null, tags: {} }]]),
    reported: [],
    rejected: [],
    onInvalid: "throw",
    hash: JSON.stringify(book.pools),
  };
}
