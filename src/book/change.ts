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
  spell,
} from "../checks.js";
import { UnsupportedError } from "../errors.js";
import type { Instrument, Market } from "../market/market.js";
import { Book, type BookArrays } from "./columns.js";
import { Feature, HoldingKind, type OptionPosition, type PackedBook } from "./packed.js";
import { lackOf } from "./positions.js";

/** What is added to a pool: quantities are deltas, so that a negative one takes away. */
export interface PoolChange {
  readonly balances?: readonly { readonly asset: string; readonly quantity: number | string }[];
  readonly positions?: readonly {
    readonly instrument: string;
    readonly quantity: number | string;
    /** price of the trade; by default the mark */
    readonly entryPrice?: number | string;
  }[];
}

/** A change to a pool, as a value: the pool alone before and after it, each as a book of one. */
export interface Change {
  apply(book: PackedBook, pool: number): { readonly before: PackedBook; readonly after: PackedBook };
}

/**
 * What `engine.whatIf` is to do to a pool. What balances and trades do to it stands at METHODS.md#documents, "Change of a
 * pool". Checked when it is applied, against the market of the book.
 */
export function change(what: PoolChange): Change {
  return { apply: (book, pool) => ({ before: poolSlice(book, pool), after: withChange(book, pool, what) }) };
}

/** A holding of one pool while it is being changed. */
interface Holding {
  readonly asset: number;
  readonly kind: number;
  quantity: number;
}

/** A position of one pool while it is being changed. */
interface Position {
  /** row in the book it came from, −1 for a new one */
  readonly source: number;
  readonly instrument: number;
  quantity: number;
  entry: number;
  funding: number;
}

/**
 * The book of pool `p` alone. Columns are views of the book's own, so this costs the same for a pool of any size.
 *
 * @throws InvalidInputError   no such pool
 */
export function poolSlice(book: PackedBook, p: number): PackedBook {
  const info = book.pool(p);
  const h0 = book.holdingStart[p] ?? 0;
  const h1 = book.holdingStart[p + 1] ?? 0;
  const p0 = book.positionStart[p] ?? 0;
  const p1 = book.positionStart[p + 1] ?? 0;
  return ofOne(book, p, info.id, (position) => p0 + position, {
    holdingStart: Uint32Array.of(0, h1 - h0),
    holdingAsset: book.holdingAsset.subarray(h0, h1),
    holdingKind: book.holdingKind.subarray(h0, h1),
    holdingQuantity: book.holdingQuantity.subarray(h0, h1),
    positionStart: Uint32Array.of(0, p1 - p0),
    positionInstrument: book.positionInstrument.subarray(p0, p1),
    positionQuantity: book.positionQuantity.subarray(p0, p1),
    positionEntry: book.positionEntry.subarray(p0, p1),
    positionFunding: book.positionFunding.subarray(p0, p1),
    options: optionsAlone(book, p),
    features: book.features.subarray(p, p + 1),
  });
}

/** The option positions of pool `p` as those of a book of one. */
function optionsAlone({ options }: PackedBook, p: number): PackedBook["options"] {
  const own = options.get(p);
  return new Map(own === undefined ? [] : [[0, own]]);
}

/** A book of one pool: pool `p` of `book` with `arrays`. `source` gives a position's row in `book`, −1 where it is new. */
function ofOne(
  book: PackedBook,
  p: number,
  id: string,
  source: (position: number) => number,
  arrays: BookArrays,
): PackedBook {
  return new Book(book.market, arrays, {
    pool: (index) => {
      if (index !== 0) throw invalid("pool", "row 0, the only one", index);
      return book.pool(p);
    },
    identity: () => Object.values(book.pool(p)).join("\0"),
    source: () => book.source(p),
    poolIndex: (other) => (other === id ? 0 : -1),
    featurePath: (_, feature) => book.featurePath(p, feature),
    positionId: (position) => (source(position) < 0 ? null : book.positionId(source(position))),
    accounts: () => book.accounts,
    reported: book.reported.filter((entry) => entry.pool === id),
    rejected: [],
    onInvalid: book.onInvalid,
  });
}

/**
 * The book of pool `p` alone after a change; `book` is left as it is. Trades are at `entryPrice`, by default the mark, so
 * that a trade at the mark leaves the equity as it was.
 *
 * A balance is added to the free balance of its asset. Locked parts, supplies, debts and accrued interest stay.
 *
 * A trade first reduces positions of its instrument on the other side, in order: what is closed realises its P&L,
 *
 *   linear   closed · multiplier · (trade price − entry price)
 *   inverse  closed · multiplier · (1 / entry price − 1 / trade price)
 *
 * into the balance of the settle asset, with `closed` signed as the position was. A position that is closed entirely goes,
 * and its funding due moves to that balance too. The rest of the trade increases the first position on its own side, at the
 * average entry price that leaves the P&L as the two apart (arithmetic for linear, harmonic for inverse, by quantity), or
 * opens a new position.
 *
 * A trade of an option pays its premium, quantity · multiplier · price, from the balance of the settle asset and is added to
 * the first position in it, at the average price where that grows. One that comes to 0 goes, its funding due to that balance.
 *
 * @throws InvalidInputError   naming the path, e.g. `change.positions[0].instrument`
 * @throws UnsupportedError    a linear instrument that settles in another asset than it is quoted in
 */
export function withChange(book: PackedBook, p: number, change: PoolChange): PackedBook {
  const slice = poolSlice(book, p);
  const { market } = book;
  const holdings: Holding[] = Array.from(slice.holdingAsset, (asset, i) => ({
    asset,
    kind: slice.holdingKind[i] ?? HoldingKind.balance,
    quantity: slice.holdingQuantity[i] ?? 0,
  }));
  const offset = book.positionStart[p] ?? 0;
  const positions: Position[] = Array.from(slice.positionInstrument, (instrument, n) => ({
    source: offset + n,
    instrument,
    quantity: slice.positionQuantity[n] ?? 0,
    entry: slice.positionEntry[n] ?? 0,
    funding: slice.positionFunding[n] ?? 0,
  }));

  const options: OptionPosition[] = [...(slice.options.get(0) ?? [])];
  const fields = record(change, "change", ["balances", "positions"]);
  optional(fields, "balances", "change", null, (value, place) =>
    list(value, place, (item, here) => {
      const entry = record(item, here, ["asset", "quantity"]);
      const id = own(entry, "asset");
      const asset = typeof id === "string" ? market.assetIndex(id) : -1;
      if (asset < 0) throw invalid(at(here, "asset"), "the id of an asset of the market", id);
      if (Number.isNaN(market.prices.index[asset])) throw invalid(at(here, "asset"), "an asset with a price", id);
      addBalance(holdings, asset, decimal(own(entry, "quantity"), at(here, "quantity")), here);
    }),
  );
  optional(fields, "positions", "change", null, (value, place) =>
    list(value, place, (item, here) => applyTrade(market, holdings, positions, options, item, here)),
  );

  const settle = (position: Position): number => market.instruments[position.instrument]?.settle ?? 0;
  const open = positions.sort((a, b) => settle(a) - settle(b));
  return ofOne(book, p, slice.pool(0).id, (n) => open[n]?.source ?? -1, {
    holdingStart: Uint32Array.of(0, holdings.length),
    holdingAsset: Uint32Array.from(holdings, (holding) => holding.asset),
    holdingKind: Uint8Array.from(holdings, (holding) => holding.kind),
    holdingQuantity: Float64Array.from(holdings, (holding) => holding.quantity),
    positionStart: Uint32Array.of(0, open.length),
    positionInstrument: Uint32Array.from(open, (position) => position.instrument),
    positionQuantity: Float64Array.from(open, (position) => position.quantity),
    positionEntry: Float64Array.from(open, (position) => position.entry),
    positionFunding: Float64Array.from(open, (position) => position.funding),
    options: new Map(options.length === 0 ? [] : [[0, options]]),
    features: slice.features.map((bits) => (options.length === 0 ? bits & ~Feature.options : bits | Feature.options)),
  });
}

function addBalance(holdings: Holding[], asset: number, quantity: number, place: Place): void {
  const known = holdings.find((holding) => holding.asset === asset && holding.kind === HoldingKind.balance);
  const sum = finiteNumber((known?.quantity ?? 0) + quantity, place);
  if (known !== undefined) known.quantity = sum;
  else holdings.push({ asset, kind: HoldingKind.balance, quantity: sum });
}

function applyTrade(
  market: Market,
  holdings: Holding[],
  positions: Position[],
  options: OptionPosition[],
  value: unknown,
  place: Place,
): void {
  const fields = record(value, place, ["instrument", "quantity", "entryPrice"]);
  const id = own(fields, "instrument");
  const index = typeof id === "string" ? market.instrumentIndex(id) : -1;
  const instrument = market.instruments[index];
  const here = at(place, "instrument");
  if (instrument === undefined) throw invalid(here, "the id of an instrument of the market", id);
  const lack = lackOf(market, index);
  if (lack !== null) throw invalid(here, lack, id);
  const traded = optional(fields, "entryPrice", place, market.marks[index] ?? 0, price);
  let rest = decimal(own(fields, "quantity"), at(place, "quantity"));
  if (instrument.option !== null) {
    addBalance(holdings, instrument.settle, -rest * instrument.multiplier * traded, place);
    const paid = { id: null, instrument: index, quantity: rest, entry: traded, funding: 0, path: spell(here) };
    const left = tradeOption(options, paid, at(place, "quantity"));
    if (left !== 0) addBalance(holdings, instrument.settle, left, place);
    return;
  }

  const opposite = positions.filter((position) => position.instrument === index && position.quantity * rest < 0);
  for (const position of opposite) {
    const closed = Math.sign(position.quantity) * Math.min(Math.abs(position.quantity), Math.abs(rest));
    addBalance(holdings, instrument.settle, realised(instrument, closed, position.entry, traded, here), place);
    position.quantity -= closed;
    rest += closed;
    if (position.quantity !== 0) break;
    addBalance(holdings, instrument.settle, position.funding, place);
    positions.splice(positions.indexOf(position), 1);
  }
  if (rest === 0) return;
  const same = positions.find((position) => position.instrument === index && position.quantity * rest > 0);
  if (same === undefined) {
    positions.push({ source: -1, instrument: index, quantity: rest, entry: traded, funding: 0 });
    return;
  }
  const sum = finiteNumber(same.quantity + rest, at(place, "quantity"));
  const entry =
    instrument.payoff === "linear"
      ? (same.entry * same.quantity + traded * rest) / sum
      : sum / (same.quantity / same.entry + rest / traded);
  same.entry = finiteNumber(entry, place, { above: 0 });
  same.quantity = sum;
}

/** Add a trade of an option to the first position in it. Returns the funding due of a position that it closed. */
function tradeOption(options: OptionPosition[], trade: OptionPosition, place: Place): number {
  const n = options.findIndex(({ instrument }) => instrument === trade.instrument);
  const known = options[n];
  if (trade.quantity === 0) return 0;
  if (known === undefined) {
    options.push(trade);
    return 0;
  }
  const quantity = finiteNumber(known.quantity + trade.quantity, place);
  if (quantity === 0) {
    options.splice(n, 1);
    return known.funding;
  }
  const grows = known.quantity * trade.quantity > 0;
  const turns = known.quantity * quantity < 0;
  const average = (known.entry * known.quantity + trade.entry * trade.quantity) / quantity;
  options[n] = { ...known, quantity, entry: grows ? average : turns ? trade.entry : known.entry };
  return 0;
}

/** P&L of closing `closed`, in units of the settle asset. */
function realised(instrument: Instrument, closed: number, entry: number, traded: number, place: Place): number {
  if (instrument.payoff === "inverse") return closed * instrument.multiplier * (1 / entry - 1 / traded);
  if (instrument.quote !== instrument.settle) {
    const feature = "closing a linear instrument that settles in another asset than it is quoted in";
    throw new UnsupportedError(spell(place), feature);
  }
  return closed * instrument.multiplier * (traded - entry);
}
