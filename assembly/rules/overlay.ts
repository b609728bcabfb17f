/**
 * One pool of a book in scratch, to be changed and margined while the book stays as it is: a descriptor of a book and one of
 * extras whose holdings and contract lines are copies, and whose columns over pools are the book's own.
 *
 * Layout: a head of 64 bytes, the two descriptors, starts, then 8-byte columns of holdings (quantity; slot; kind and netted)
 * and of contract lines (quantity, entry, funding, bids, asks, bid value, ask value, least rate; instrument; orders).
 */
import {
  bookDescribe,
  COLLATERAL,
  holdingQuantities,
  holdingStarts,
  LIABILITY,
  poolFeatures,
  positionEntries,
  positionFundings,
  positionInstruments,
  positionQuantities,
  positionStarts,
  slots,
  startOf,
} from "../book/book";
import { multiplierOf, payoffOf, settleOf } from "../book/market";
import { LINEAR, unrealised } from "../instruments/linear";
import {
  ASK_VALUE,
  ASKS,
  BID_VALUE,
  BIDS,
  extrasBytes,
  extrasLines,
  isNetted,
  lineFloor,
  orderCount,
  orderOf,
} from "./extras";

const BOOK: usize = 64;
const EXTRAS: usize = 128;
const STARTS: usize = 256;
const COLUMNS: usize = 272;

/** Places in the head. */
const HOLDINGS: usize = 0;
const LINES: usize = 4;
const MOST_HOLDINGS: usize = 8;
const MOST_LINES: usize = 12;
const SAVED_HOLDINGS: usize = 16;
const SAVED_LINES: usize = 20;

/** Columns: of holdings 0 .. 3, of lines the rest. */
const QUANTITY: usize = 0;
const SLOT: usize = 1;
const KIND: usize = 2;
const NETTED: usize = 3;
const HOLDING_COLUMNS: usize = 4;
const LINE_QUANTITY: usize = 0;
const ENTRY: usize = 1;
const FUNDING: usize = 2;
const BID: usize = 3;
const ASK: usize = 4;
const BID_MONEY: usize = 5;
const ASK_MONEY: usize = 6;
const FLOOR: usize = 7;
const INSTRUMENT: usize = 8;
const ORDERS: usize = 9;
const LINE_COLUMNS: usize = 10;

/** Kind of a free balance, as in src/book/packed.ts. */
export const KIND_BALANCE: u8 = 0;

/** What one fill may append: balances of both assets of a spot order, and a position. */
const APPENDED_HOLDINGS: usize = 2;
const APPENDED_LINES: usize = 1;

/** Bytes for pools of at most so many holdings and lines, and as much again of what changes in them. */
export function overlayBytes(holdings: usize, lines: usize): usize {
  const h = holdings + APPENDED_HOLDINGS;
  const l = lines + APPENDED_LINES;
  return COLUMNS + ((HOLDING_COLUMNS * h + LINE_COLUMNS * l) << 3) + changing(h, l);
}
/** Bytes of what a fill changes: quantities and slots of holdings; quantities, entries and funding of lines. */
function changing(holdings: usize, lines: usize): usize {
  return (2 * holdings + 3 * lines) << 3;
}

function holding(at: usize, column: usize): usize {
  return at + COLUMNS + ((column * load<usize>(at, MOST_HOLDINGS)) << 3);
}
function line(at: usize, column: usize): usize {
  return holding(at, HOLDING_COLUMNS) + ((column * load<usize>(at, MOST_LINES)) << 3);
}
export function overlayBook(at: usize): usize {
  return at + BOOK;
}
export function overlayExtras(at: usize): usize {
  return at + EXTRAS;
}

export function overlayLines(at: usize): usize {
  return load<usize>(at, LINES);
}
/** How many lines the pool had when it was saved. */
export function savedLines(at: usize): usize {
  return load<usize>(at, SAVED_LINES);
}
export function lineInstrument(at: usize, k: usize): u32 {
  return load<u32>(line(at, INSTRUMENT) + (k << 2));
}
export function lineQuantity(at: usize, k: usize): f64 {
  return load<f64>(line(at, LINE_QUANTITY) + (k << 3));
}

/**
 * Copy pool p.
 *
 * @param kinds  u8[holdings]
 */
export function overlayPool(at: usize, book: usize, extras: usize, kinds: usize, p: usize): void {
  const h0 = startOf(holdingStarts(book), p);
  const holdings = startOf(holdingStarts(book), p + 1) - h0;
  const k0 = startOf(positionStarts(book), p);
  const lines = startOf(positionStarts(book), p + 1) - k0;
  store<usize>(at, holdings + APPENDED_HOLDINGS, MOST_HOLDINGS);
  store<usize>(at, lines + APPENDED_LINES, MOST_LINES);
  memory.copy(holding(at, QUANTITY), holdingQuantities(book) + (h0 << 3), holdings << 3);
  memory.copy(holding(at, SLOT), slots(book) + (h0 << 2), holdings << 2);
  memory.copy(holding(at, KIND), kinds + h0, holdings);
  for (let h: usize = 0; h < holdings; h++) store<u8>(holding(at, NETTED) + h, isNetted(extras, h0 + h) ? 1 : 0);
  memory.copy(line(at, LINE_QUANTITY), positionQuantities(book) + (k0 << 3), lines << 3);
  memory.copy(line(at, ENTRY), positionEntries(book) + (k0 << 3), lines << 3);
  memory.copy(line(at, FUNDING), positionFundings(book) + (k0 << 3), lines << 3);
  memory.copy(line(at, INSTRUMENT), positionInstruments(book) + (k0 << 2), lines << 2);
  for (let k: usize = 0; k < lines; k++) {
    store<f64>(line(at, BID) + (k << 3), orderOf(extras, k0 + k, BIDS));
    store<f64>(line(at, ASK) + (k << 3), orderOf(extras, k0 + k, ASKS));
    store<f64>(line(at, BID_MONEY) + (k << 3), orderOf(extras, k0 + k, BID_VALUE));
    store<f64>(line(at, ASK_MONEY) + (k << 3), orderOf(extras, k0 + k, ASK_VALUE));
    store<f64>(line(at, FLOOR) + (k << 3), lineFloor(extras, k0 + k));
    store<u32>(line(at, ORDERS) + (k << 2), orderCount(extras, k0 + k));
  }
  // Row p of the columns over pools stays row p: the starts are placed so that theirs is the one pair there is.
  const starts = at + STARTS - (p << 2);
  bookDescribe(
    at + BOOK,
    starts,
    holding(at, SLOT),
    holding(at, QUANTITY),
    starts + 8,
    line(at, INSTRUMENT),
    line(at, LINE_QUANTITY),
    line(at, ENTRY),
    line(at, FUNDING),
    poolFeatures(book),
  );
  memory.copy(at + EXTRAS, extras, extrasBytes());
  extrasLines(
    at + EXTRAS,
    holding(at, NETTED),
    line(at, BID),
    line(at, ASK),
    line(at, BID_MONEY),
    line(at, ASK_MONEY),
    line(at, ORDERS),
    line(at, FLOOR),
  );
  resize(at, holdings, lines);
}

/** A copy of a few words, which a call to copy memory would cost more than. */
function words(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 8) store<u64>(to + at, load<u64>(from + at));
}

/** Keep what a fill changes, and put it back. */
export function overlaySave(at: usize): void {
  const holdings = load<usize>(at, MOST_HOLDINGS);
  const lines = load<usize>(at, MOST_LINES);
  const saved = line(at, LINE_COLUMNS);
  words(saved, holding(at, QUANTITY), holdings << 4);
  words(saved + (holdings << 4), line(at, LINE_QUANTITY), 24 * lines);
  store<usize>(at, load<usize>(at, HOLDINGS), SAVED_HOLDINGS);
  store<usize>(at, load<usize>(at, LINES), SAVED_LINES);
}
export function overlayRestore(at: usize): void {
  const holdings = load<usize>(at, MOST_HOLDINGS);
  const lines = load<usize>(at, MOST_LINES);
  const saved = line(at, LINE_COLUMNS);
  words(holding(at, QUANTITY), saved, holdings << 4);
  words(line(at, LINE_QUANTITY), saved + (holdings << 4), 24 * lines);
  resize(at, load<usize>(at, SAVED_HOLDINGS), load<usize>(at, SAVED_LINES));
}

/** The free balance of an asset. */
export function balanceOf(at: usize, asset: u32): f64 {
  const h = balanceRow(at, asset);
  return h == load<usize>(at, HOLDINGS) ? 0.0 : load<f64>(holding(at, QUANTITY) + (h << 3));
}
/** The holding that is the free balance of an asset; how many holdings there are where there is none. */
function balanceRow(at: usize, asset: u32): usize {
  const holdings = load<usize>(at, HOLDINGS);
  for (let h: usize = 0; h < holdings; h++) {
    if (load<u32>(holding(at, SLOT) + (h << 2)) >> 2 != asset) continue;
    if (load<u8>(holding(at, KIND) + h) == KIND_BALANCE) return h;
  }
  return holdings;
}

function resize(at: usize, holdings: usize, lines: usize): void {
  store<usize>(at, holdings, HOLDINGS);
  store<usize>(at, lines, LINES);
  store<u32>(at, 0, STARTS);
  store<u32>(at, <u32>holdings, STARTS + 4);
  store<u32>(at, 0, STARTS + 8);
  store<u32>(at, <u32>lines, STARTS + 12);
}

/** Add to the free balance of an asset, which is appended where the pool has none. */
export function addBalance(at: usize, asset: u32, amount: f64): void {
  const holdings = load<usize>(at, HOLDINGS);
  const h = balanceRow(at, asset);
  let sum = amount;
  if (h < holdings) sum += load<f64>(holding(at, QUANTITY) + (h << 3));
  else resize(at, holdings + 1, load<usize>(at, LINES));
  store<f64>(holding(at, QUANTITY) + (h << 3), sum);
  store<u32>(holding(at, SLOT) + (h << 2), (asset << 2) | (sum < 0.0 ? LIABILITY : COLLATERAL));
  store<u8>(holding(at, KIND) + h, KIND_BALANCE);
  store<u8>(holding(at, NETTED) + h, 1);
}

/**
 * A trade at `price`, as src/book/change.ts says it: what it closes realises its P&L into the balance of the settle asset,
 * the rest joins the first position on its own side at the average entry price, or opens one.
 *
 * @param least  least initial rate of a position in this instrument, for one that is opened
 */
export function trade(at: usize, market: usize, instrument: u32, quantity: f64, price: f64, least: f64): void {
  const rest = close(at, market, instrument, quantity, price);
  if (rest == 0.0) return;
  const lines = load<usize>(at, LINES);
  let k = lines;
  for (let i: usize = 0; i < lines; i++) {
    if (load<u32>(line(at, INSTRUMENT) + (i << 2)) != instrument) continue;
    const own = load<f64>(line(at, LINE_QUANTITY) + (i << 3));
    if (own * rest > 0.0) {
      join(at, i, own, rest, price, payoffOf(market, instrument) == LINEAR);
      return;
    }
    // A line of orders alone is where the position goes.
    if (own == 0.0 && k == lines) k = i;
  }
  if (k == lines) {
    resize(at, load<usize>(at, HOLDINGS), lines + 1);
    for (let column = BID; column < FLOOR; column++) store<f64>(line(at, column) + (k << 3), 0.0);
    store<f64>(line(at, FLOOR) + (k << 3), least);
    store<u32>(line(at, INSTRUMENT) + (k << 2), instrument);
    store<u32>(line(at, ORDERS) + (k << 2), 0);
  }
  store<f64>(line(at, LINE_QUANTITY) + (k << 3), rest);
  store<f64>(line(at, ENTRY) + (k << 3), price);
  store<f64>(line(at, FUNDING) + (k << 3), 0.0);
}

/** Reduce positions on the other side, in order; what is left of the trade. */
function close(at: usize, market: usize, instrument: u32, quantity: f64, price: f64): f64 {
  let rest = quantity;
  for (let k: usize = 0, lines = load<usize>(at, LINES); k < lines && rest != 0.0; k++) {
    const own = load<f64>(line(at, LINE_QUANTITY) + (k << 3));
    if (load<u32>(line(at, INSTRUMENT) + (k << 2)) != instrument || own * quantity >= 0.0) continue;
    const closed = own < 0.0 ? max(own, -rest) : min(own, -rest);
    const size = closed * multiplierOf(market, instrument);
    let gain = unrealised(payoffOf(market, instrument), size, load<f64>(line(at, ENTRY) + (k << 3)), price);
    store<f64>(line(at, LINE_QUANTITY) + (k << 3), own - closed);
    rest += closed;
    if (own == closed) {
      gain += load<f64>(line(at, FUNDING) + (k << 3));
      store<f64>(line(at, FUNDING) + (k << 3), 0.0);
    }
    addBalance(at, settleOf(market, instrument), gain);
  }
  return rest;
}

/** Increase line k by `rest`: arithmetic mean of the entry prices for a linear contract, harmonic for an inverse one. */
function join(at: usize, k: usize, own: f64, rest: f64, price: f64, linear: bool): void {
  const entry = load<f64>(line(at, ENTRY) + (k << 3));
  const sum = own + rest;
  const average = linear ? (entry * own + price * rest) / sum : sum / (own / entry + rest / price);
  store<f64>(line(at, LINE_QUANTITY) + (k << 3), sum);
  store<f64>(line(at, ENTRY) + (k << 3), average);
}
