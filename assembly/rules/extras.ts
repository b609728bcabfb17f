/**
 * What a composed rule reads of a book beside its holdings and positions: a descriptor of pointers.
 *
 *   variant     u32[pools]            which variant each pool takes; NO_VARIANT where it names a rule that was not given
 *   bad         u8[pools]             status that a pool has whatever its numbers are, 0: none
 *   floor       f64[pools]            the pool's own floor of margin, 0: none
 *   shape       u32[pools]            what a pool is made of: its feature bits, and the bits below
 *   netted      u8[holdings]          1 for balances and their interest, which P&L may join
 *   and per contract line, in the order of the book's positions, which are these lines:
 *   bids, asks  f64                   sizes of open orders
 *   bidValue, askValue  f64           Σ size × limit price
 *   orderCount  u32
 *   lineFloor   f64                   least initial rate that the pool's leverage sets, 0: none
 *   and per spot line:
 *   spotStart   u32[pools + 1]
 *   spotInstrument  u32
 *   spotBids, spotAsks, spotBidValue, spotAskValue  f64
 *   spotOrderCount  u32
 */
const VARIANT: usize = 0;
const FLOOR: usize = 4;
const SHAPE: usize = 8;
const NETTED: usize = 12;
const ORDERS: usize = 16;
const ORDER_COUNT: usize = 32;
const LINE_FLOOR: usize = 36;
const SPOT_START: usize = 40;
const SPOT_INSTRUMENT: usize = 44;
const SPOT_ORDERS: usize = 48;
const SPOT_ORDER_COUNT: usize = 64;
const BAD: usize = 68;

export const NO_VARIANT: u32 = 0xffffffff;

/**
 * Bits of a shape, above those of features: an asset in two balances; an asset twice on one side; spot orders, a floor or
 * a status of its own; contracts; orders of contracts, or a leverage; an asset in two holdings; contracts that settle in more
 * than one asset.
 */
export const REPEATED_BALANCE: u32 = 256;
export const REPEATED_SIDE: u32 = 512;
export const MORE: u32 = 1024;
export const CONTRACTS: u32 = 2048;
export const ORDERED: u32 = 4096;
export const SEVERAL: u32 = 8192;
export const SETTLES: u32 = 16384;

/** Columns of orders. */
export const BIDS: usize = 0;
export const ASKS: usize = 4;
export const BID_VALUE: usize = 8;
export const ASK_VALUE: usize = 12;

/** Bytes of the descriptor. */
export function extrasBytes(): usize {
  return 128;
}

/** Fill what the descriptor at `at` says of pools, holdings and contract lines; every pointer must outlive it. */
export function extrasDescribe(
  at: usize,
  variant: usize,
  bad: usize,
  floor: usize,
  shape: usize,
  netted: usize,
  bids: usize,
  asks: usize,
  bidValue: usize,
  askValue: usize,
  orderCount: usize,
  lineFloor: usize,
): void {
  store<usize>(at, variant, VARIANT);
  store<usize>(at, bad, BAD);
  store<usize>(at, floor, FLOOR);
  store<usize>(at, shape, SHAPE);
  extrasLines(at, netted, bids, asks, bidValue, askValue, orderCount, lineFloor);
}

/** Let the descriptor at `at` say other things of holdings and contract lines. */
export function extrasLines(
  at: usize,
  netted: usize,
  bids: usize,
  asks: usize,
  bidValue: usize,
  askValue: usize,
  orderCount: usize,
  lineFloor: usize,
): void {
  store<usize>(at, netted, NETTED);
  store<usize>(at, bids, ORDERS + BIDS);
  store<usize>(at, asks, ORDERS + ASKS);
  store<usize>(at, bidValue, ORDERS + BID_VALUE);
  store<usize>(at, askValue, ORDERS + ASK_VALUE);
  store<usize>(at, orderCount, ORDER_COUNT);
  store<usize>(at, lineFloor, LINE_FLOOR);
}

/** Fill what the descriptor at `at` says of spot lines. */
export function extrasDescribeSpot(
  at: usize,
  start: usize,
  instrument: usize,
  bids: usize,
  asks: usize,
  bidValue: usize,
  askValue: usize,
  orderCount: usize,
): void {
  store<usize>(at, start, SPOT_START);
  store<usize>(at, instrument, SPOT_INSTRUMENT);
  store<usize>(at, bids, SPOT_ORDERS + BIDS);
  store<usize>(at, asks, SPOT_ORDERS + ASKS);
  store<usize>(at, bidValue, SPOT_ORDERS + BID_VALUE);
  store<usize>(at, askValue, SPOT_ORDERS + ASK_VALUE);
  store<usize>(at, orderCount, SPOT_ORDER_COUNT);
}

/** u32[pools]. */
export function variantNumbers(extras: usize): usize {
  return load<usize>(extras, VARIANT);
}
/** Status that pool p has whatever its numbers are. */
export function badOf(extras: usize, p: usize): u32 {
  return <u32>load<u8>(load<usize>(extras, BAD) + p);
}
export function poolFloor(extras: usize, p: usize): f64 {
  return load<f64>(load<usize>(extras, FLOOR) + (p << 3));
}
/** u32[pools]. */
export function shapes(extras: usize): usize {
  return load<usize>(extras, SHAPE);
}
export function isNetted(extras: usize, h: usize): bool {
  return load<u8>(load<usize>(extras, NETTED) + h) != 0;
}
/** Column BIDS .. ASK_VALUE, and what it has of contract line k. */
export function orderColumn(extras: usize, column: usize): usize {
  return load<usize>(extras + column, ORDERS);
}
export function orderOf(extras: usize, k: usize, column: usize): f64 {
  return load<f64>(orderColumn(extras, column) + (k << 3));
}
export function orderCounts(extras: usize): usize {
  return load<usize>(extras, ORDER_COUNT);
}
export function orderCount(extras: usize, k: usize): u32 {
  return load<u32>(orderCounts(extras) + (k << 2));
}
export function lineFloors(extras: usize): usize {
  return load<usize>(extras, LINE_FLOOR);
}
export function lineFloor(extras: usize, k: usize): f64 {
  return load<f64>(lineFloors(extras) + (k << 3));
}
export function spotStarts(extras: usize): usize {
  return load<usize>(extras, SPOT_START);
}
export function spotInstrument(extras: usize, s: usize): usize {
  return <usize>load<u32>(load<usize>(extras, SPOT_INSTRUMENT) + (s << 2));
}
export function spotOrderOf(extras: usize, s: usize, column: usize): f64 {
  return load<f64>(load<usize>(extras + column, SPOT_ORDERS) + (s << 3));
}
export function spotOrderCount(extras: usize, s: usize): u32 {
  return load<u32>(load<usize>(extras, SPOT_ORDER_COUNT) + (s << 2));
}
