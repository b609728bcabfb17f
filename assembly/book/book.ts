/**
 * A book in linear memory: one descriptor of pointers, filled once when the book is loaded.
 *
 *   holdingStart   u32[pools + 1]     holdings of pool p are holdingStart[p] .. holdingStart[p+1]
 *   slot           u32[holdings]      4 × asset + class: the row of a rule's table that weighs the holding
 *   holdingQty     f64[holdings]      signed
 *   positionStart  u32[pools + 1]     positions likewise, within a pool ordered by settle asset
 *   instrument     u32[positions]
 *   positionQty, entry, funding       f64[positions]; funding due in the settle asset
 *   features       u8[pools]          bits of what a model must handle, be told to ignore, or refuse
 */
const HOLDING_START: usize = 0;
const SLOT: usize = 4;
const HOLDING_QTY: usize = 8;
const POSITION_START: usize = 12;
const INSTRUMENT: usize = 16;
const POSITION_QTY: usize = 20;
const ENTRY: usize = 24;
const FUNDING: usize = 28;
const FEATURES: usize = 32;

/** Classes of a slot. GAIN is unsettled P&L above zero, which carries no haircut; no holding has it. */
export const COLLATERAL: u32 = 0;
export const LIABILITY: u32 = 1;
export const IDLE: u32 = 2;
export const GAIN: u32 = 3;

/** Holding kinds, as in src/book/packed.ts. */
const KIND_LOCKED: u32 = 1;
const KIND_IDLE_SUPPLY: u32 = 3;

/** Bytes of a descriptor of any kind: of a market, a book, a rule, a curve. */
export function descriptorBytes(): usize {
  return 64;
}

/** Fill the descriptor at `at`; every pointer must outlive it. */
export function bookDescribe(
  at: usize,
  holdingStart: usize,
  slot: usize,
  holdingQty: usize,
  positionStart: usize,
  instrument: usize,
  positionQty: usize,
  entry: usize,
  funding: usize,
  features: usize,
): void {
  store<usize>(at, holdingStart, HOLDING_START);
  store<usize>(at, slot, SLOT);
  store<usize>(at, holdingQty, HOLDING_QTY);
  store<usize>(at, positionStart, POSITION_START);
  store<usize>(at, instrument, INSTRUMENT);
  store<usize>(at, positionQty, POSITION_QTY);
  store<usize>(at, entry, ENTRY);
  store<usize>(at, funding, FUNDING);
  store<usize>(at, features, FEATURES);
}

/**
 * slot[i] = 4 × asset[i] + class. A negative quantity is a liability whatever its kind; of the rest, locked balances and
 * supplies that are not collateral are idle.
 *
 * @param asset  u32[n]
 * @param kind   u8[n]
 * @param qty    f64[n]
 */
export function bookSlots(n: usize, asset: usize, kind: usize, qty: usize, slot: usize): void {
  for (let i: usize = 0; i < n; i++) {
    const k = <u32>load<u8>(kind + i);
    const idle = k == KIND_LOCKED || k == KIND_IDLE_SUPPLY ? IDLE : COLLATERAL;
    const holding = load<f64>(qty + (i << 3)) < 0.0 ? LIABILITY : idle;
    store<u32>(slot + (i << 2), (load<u32>(asset + (i << 2)) << 2) | holding);
  }
}

export function holdingStarts(book: usize): usize {
  return load<usize>(book, HOLDING_START);
}
export function slots(book: usize): usize {
  return load<usize>(book, SLOT);
}
export function holdingQuantities(book: usize): usize {
  return load<usize>(book, HOLDING_QTY);
}
export function positionStarts(book: usize): usize {
  return load<usize>(book, POSITION_START);
}
export function positionInstruments(book: usize): usize {
  return load<usize>(book, INSTRUMENT);
}
export function positionQuantities(book: usize): usize {
  return load<usize>(book, POSITION_QTY);
}
export function positionEntries(book: usize): usize {
  return load<usize>(book, ENTRY);
}
export function positionFundings(book: usize): usize {
  return load<usize>(book, FUNDING);
}
export function poolFeatures(book: usize): usize {
  return load<usize>(book, FEATURES);
}

/** Entry p of a u32 table of starts. */
export function startOf(starts: usize, p: usize): usize {
  return <usize>load<u32>(starts + (p << 2));
}
