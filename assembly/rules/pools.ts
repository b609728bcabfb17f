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
import { assetRecord, begin, bookOf, end, extrasOf, floorOf, frameBytes, frameOpen, isMoved, variantOf } from "./frame";
import { gather, gatherPlain, joinBalances, weigh } from "./holdings";
import { finish, NOT_DONE, OK, refuse, STALE_PRICE, statusesOf, UNSUPPORTED } from "./output";
import { isSolo, soloPool } from "./solo";
import { fillSpot, reserveSpot } from "./spot-orders";
import { tablePools } from "./table";
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
  return frameBytes(assetCount(market));
}

/**
 * Margin of the pools from .. to, each under its variant.
 *
 * @param extras    descriptor of rules/extras: variants of pools, orders of lines
 * @param variants  descriptors of rules/variant, back to back
 * @param assetMoves, instrumentMoves   f64[assets], f64[instruments]: multiples of prices and marks, or null
 * @param smooth    1: money is not rounded as the protocol rounds it
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
  smooth: u32,
  out: usize,
  scratch: usize,
): usize {
  const n = to - from;
  const statuses = statusesOf(out, n);
  const counts = statuses - 16;
  memory.fill(scratch, 0, rulesScratch(market));
  memory.fill(counts, 0, 16);
  memory.fill(statuses, NOT_DONE, n);
  frameOpen(scratch, book, market, extras, assetCount(market), assetMoves, instrumentMoves, smooth);
  if (!isMoved(scratch)) store<u32>(counts, <u32>tablePools(scratch, book, market, extras, variants, from, to, out));
  let first: usize = 0;
  for (let p = from; p < to; p++) {
    const at = statuses + (p - from);
    if (load<u8>(at) != NOT_DONE) continue;
    const status = rulesPool(scratch, variants, p, out + ((p - from) << 3), n << 3, at, n);
    if (status >= UNSUPPORTED && first == 0) first = p - from + 1;
    store<u8>(at, <u8>status);
    store<u32>(counts + ((<usize>status) << 2), load<u32>(counts + ((<usize>status) << 2)) + 1);
  }
  return first;
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
  const number = load<u32>(variantNumbers(extrasOf(frame)) + (p << 2));
  const variant = number == NO_VARIANT ? <usize>0 : variants + VARIANT_BYTES * <usize>number;
  let status = badOf(extrasOf(frame), p);
  if (variant == 0) status = UNSUPPORTED;
  else if (status == OK) status = readable(frame, variant, p);
  if (status < UNSUPPORTED) {
    const first = (flagsOf(variant) & HAS_INITIAL) != 0 ? INITIAL : MAINTENANCE;
    begin(frame, variant, poolFloor(extrasOf(frame), p));
    if (ASC_FEATURE_SIMD && isSolo(frame, p)) soloPool(frame, p);
    else addUp(frame, p, first);
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
