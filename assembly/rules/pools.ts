/**
 * Margin of pools under composed rules: the general path. A pool is added up asset by asset, its contracts line by line, and
 * the sums are combined, at both levels of its rule. `table.ts` does what sums do alone.
 */
import {
  holdingQuantities,
  holdingStarts,
  poolFeatures,
  positionInstruments,
  positionQuantities,
  positionStarts,
  slots,
  startOf,
} from "../book/book";
import { assetCount } from "../book/market";
import { combined } from "./combine";
import { contracts } from "./contracts";
import {
  badOf,
  NO_VARIANT,
  orderCount,
  poolFloor,
  spotInstrument,
  spotOrderCount,
  spotStarts,
  variantNumbers,
} from "./extras";
import {
  assetRecord,
  begin,
  bookOf,
  end,
  extrasOf,
  floorOf,
  frameBytes,
  frameOpen,
  isMoved,
  stackOf,
  variantOf,
} from "./frame";
import { gather, gatherPlain, joinBalances, weigh } from "./holdings";
import { COLUMNS, finish, OK, refuse, STALE_PRICE, statusesOf, UNSUPPORTED } from "./output";
import { soloPool } from "./solo";
import { BLOCK, fetchPools, isMixed, ORDER_BYTES, orderPools } from "./order";
import { fillSpot, reserveSpot } from "./spot-orders";
import { BY_PARTS, FLAT_ROW, flatPair, flatPool, ONE_PASS, ROUNDED_ROW, wayOf } from "./table";
import { prepareRounded, roundedPool } from "./table-rounded";
import {
  contractOrders,
  flagsOf,
  HAS_INITIAL,
  INITIAL,
  instrumentStatus,
  JOINS_BALANCE,
  MAINTENANCE,
  ORDERS_IGNORED,
  ORDERS_REFUSED,
  PLAIN_HOLDINGS,
  refusedFeatures,
  slotStatus,
  spotOrders,
  VARIANT_BYTES,
  WHERE_HELD,
  WHERE_STALE,
} from "./variant";

/** Bytes of scratch of `rulesPools`. */
export function rulesScratch(market: usize): usize {
  return frameBytes(assetCount(market)) + ORDER_BYTES;
}

/**
 * Margin of the pools from .. to, each under its variant.
 *
 * @param extras    descriptor of rules/extras: variants of pools, orders of lines
 * @param variants  descriptors of rules/variant, back to back
 * @param assetMoves, instrumentMoves   f64[assets], f64[instruments]: multiples of prices and marks, or null
 * @param out       rulesOutputBytes(to − from) bytes: see rules/output
 * @param scratch   rulesScratch bytes, 16-byte aligned
 * @returns         one-based row within from .. to of the first pool without a number, 0 where all have one
 *
 * Cost: a dozen flops per holding where sums do, a few dozen per asset and contract line otherwise.
 */
export function rulesPools(
  book: usize,
  market: usize,
  extras: usize,
  variants: usize,
  from: usize,
  to: usize,
  assetMoves: usize,
  instrumentMoves: usize,
  out: usize,
  scratch: usize,
): usize {
  const n = to - from;
  const column = n << 3;
  const statuses = statusesOf(out, n);
  const counts = statuses - 16;
  const cleared = frameBytes(assetCount(market));
  memory.fill(scratch, 0, cleared);
  memory.fill(counts, 0, 16);
  frameOpen(scratch, book, market, extras, assetCount(market), assetMoves, instrumentMoves);
  const tables = !isMoved(scratch);
  let first = n + 1;
  let written: u32 = 0;
  let prepared: usize = 0;
  for (let block = from; block < to; block += BLOCK) {
    const size = min(BLOCK, to - block);
    const mixed = isMixed(extras, block, block + size);
    const order = mixed ? ordered(book, extras, block, block + size, scratch + cleared, out, from, n) : 0;
    for (let turn: usize = 0; turn < size; turn++) {
      const p = mixed ? <usize>load<u32>(order + (turn << 2)) : block + turn;
      const variant = descriptorOf(extras, variants, p);
      const way = tables ? wayOf(extras, variant, p) : BY_PARTS;
      const row = out + ((p - from) << 3);
      const bytes = statuses + (p - from);
      let done: u32 = 0;
      if (way == ONE_PASS) {
        if (ASC_FEATURE_SIMD) done = soloPool(scratch, variant, p, row, column, bytes, n);
      } else if (way == ROUNDED_ROW) {
        if (variant != prepared) prepareRounded(scratch, variant);
        prepared = variant;
        done = roundedPool(scratch, book, variant, p, row, column, bytes, n);
      } else if (way == FLAT_ROW) {
        if (ASC_FEATURE_SIMD) {
          const following = mixed && turn + 1 < size ? <usize>load<u32>(order + (turn << 2), 4) : p + 1;
          const next = turn + 1 < size ? following : p;
          const alike = descriptorOf(extras, variants, next) == variant && wayOf(extras, variant, next) == FLAT_ROW;
          const q = alike ? next : p;
          const other = out + ((q - from) << 3);
          const both = flatPair(
            book,
            variant,
            p,
            q,
            row,
            other,
            column,
            bytes,
            statuses + (q - from),
            n,
            stackOf(scratch),
          );
          done = both & 1;
          if (q != p) {
            turn++;
            if ((both & 2) != 0) written++;
            else first = min(first, byParts(scratch, variants, q, from, n, out));
          }
        } else done = flatPool(book, variant, p, row, column, bytes, n);
      }
      if (done != 0) written++;
      else first = min(first, byParts(scratch, variants, p, from, n, out));
    }
  }
  store<u32>(counts, load<u32>(counts) + written);
  return first > n ? 0 : first;
}

/** The pools of a block by variant, all that they touch fetched. Where they stand. */
function ordered(
  book: usize,
  extras: usize,
  block: usize,
  end: usize,
  at: usize,
  out: usize,
  from: usize,
  n: usize,
): usize {
  const order = orderPools(extras, block, end, at);
  // The sum is kept where nobody reads it.
  store<u32>(at, fetchPools(book, extras, block, end, out + ((block - from) << 3), COLUMNS, n << 3));
  return order;
}

/** The descriptor of pool p's variant, 0: it has none. */
export function descriptorOf(extras: usize, variants: usize, p: usize): usize {
  const number = load<u32>(variantNumbers(extras) + (p << 2));
  return number == NO_VARIANT ? 0 : variants + VARIANT_BYTES * <usize>number;
}

/** Row p − from the general way, counted by its status. One-based where the row has no number, else beyond the last. */
function byParts(frame: usize, variants: usize, p: usize, from: usize, n: usize, out: usize): usize {
  const bytes = statusesOf(out, n) + (p - from);
  const status = rulesPool(frame, variants, p, out + ((p - from) << 3), n << 3, bytes, n);
  const count = statusesOf(out, n) - 16 + ((<usize>status) << 2);
  store<u8>(bytes, <u8>status);
  store<u32>(count, load<u32>(count) + 1);
  return status >= UNSUPPORTED ? p - from + 1 : n + 1;
}

/** One pool: its row of the columns. Returns its status. */
export function rulesPool(
  frame: usize,
  variants: usize,
  p: usize,
  row: usize,
  column: usize,
  bytes: usize,
  n: usize,
): u32 {
  const variant = descriptorOf(extrasOf(frame), variants, p);
  let status = badOf(extrasOf(frame), p);
  if (variant == 0) status = UNSUPPORTED;
  else if (status == OK) status = readable(frame, variant, p);
  if (status < UNSUPPORTED) {
    const first = (flagsOf(variant) & HAS_INITIAL) != 0 ? INITIAL : MAINTENANCE;
    begin(frame, variant, poolFloor(extrasOf(frame), p));
    addUp(frame, p, first);
    const initial = first == INITIAL ? combined(frame, INITIAL) : 0.0;
    const finished = finish(frame, row, column, bytes, n, initial, combined(frame, MAINTENANCE));
    end(frame);
    if (finished != OK) status = finished;
  }
  if (status >= UNSUPPORTED) refuse(variant, row, column, bytes, n);
  return status;
}

/** The sums of a pool that was begun, at the levels from `first`. */
export function addUp(frame: usize, p: usize, first: usize): void {
  if (standAlone(frame, p)) {
    gatherPlain(frame, p);
    contracts(frame, p, first);
    weigh(frame, first);
    return;
  }
  gather(frame, p);
  contracts(frame, p, first);
  joinBalances(frame, first);
  fillSpot(frame, p, first);
  weigh(frame, first);
  reserveSpot(frame, p, first);
}

/** Whether holdings of pool p are sums by themselves: plain, not joined, not filled or reserved, not moved or recorded. */
function standAlone(frame: usize, p: usize): bool {
  const flags = flagsOf(variantOf(frame));
  if ((flags & (PLAIN_HOLDINGS | JOINS_BALANCE)) != PLAIN_HOLDINGS) return false;
  if (floorOf(frame) != 0.0 || isMoved(frame) || assetRecord(frame, 0) != 0) return false;
  const spot = spotStarts(extrasOf(frame));
  return startOf(spot, p) == startOf(spot, p + 1);
}

/** What the variant makes of what pool p contains, in the order of the book: OK, stale, or the first reason to refuse. */
export function readable(frame: usize, variant: usize, p: usize): u32 {
  const book = bookOf(frame);
  const extras = extrasOf(frame);
  if ((<u32>load<u8>(poolFeatures(book) + p) & refusedFeatures(variant)) != 0) return UNSUPPORTED;
  let worst: u32 = OK;
  for (let h = startOf(holdingStarts(book), p), last = startOf(holdingStarts(book), p + 1); h < last; h++) {
    let status = slotStatus(variant, <usize>load<u32>(slots(book) + (h << 2)));
    if (status >= WHERE_HELD) {
      const held = load<f64>(holdingQuantities(book) + (h << 3)) != 0.0;
      status = held ? status & (WHERE_HELD - 1) : status >= WHERE_STALE ? STALE_PRICE : OK;
    }
    if (status >= UNSUPPORTED) return status;
    worst = max(worst, status);
  }
  const orders = contractOrders(variant);
  for (let k = startOf(positionStarts(book), p), last = startOf(positionStarts(book), p + 1); k < last; k++) {
    if (orders == ORDERS_REFUSED && orderCount(extras, k) > 0) return UNSUPPORTED;
    if (orders == ORDERS_IGNORED && load<f64>(positionQuantities(book) + (k << 3)) == 0.0) continue;
    const status = instrumentStatus(variant, <usize>load<u32>(positionInstruments(book) + (k << 2)));
    if (status >= UNSUPPORTED) return status;
    worst = max(worst, status);
  }
  const spot = spotOrders(variant);
  if (spot == ORDERS_IGNORED) return worst;
  for (let s = startOf(spotStarts(extras), p), last = startOf(spotStarts(extras), p + 1); s < last; s++) {
    if (spot == ORDERS_REFUSED && spotOrderCount(extras, s) > 0) return UNSUPPORTED;
    const status = instrumentStatus(variant, spotInstrument(extras, s));
    if (status >= UNSUPPORTED) return status;
    worst = max(worst, status);
  }
  return worst;
}
