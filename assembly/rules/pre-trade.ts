/** Orders before they are sent: the initial level of their pool once each is filled, every order by itself. */
import { COLLATERAL, LIABILITY, positionInstruments, positionQuantities, positionStarts, startOf } from "../book/book";
import { assetCount, multiplierOf, quoteOf, settleOf } from "../book/market";
import { combined } from "./combine";
import { badOf, NO_VARIANT, poolFloor, spotStarts } from "./extras";
import { afterFill, FILL_BYTES, partsBytes, takeApart } from "./fill";
import { isLean, LEAN_BYTES, leanAfter, leanFill, leanOpen } from "./fill-lean";
import { ASSETS, begin, end, extrasOf, frameBytes, frameOpen, LIABILITIES, sumOf } from "./frame";
import { excessColumn, OK, rulesOutputBytes, statusesOf, UNSUPPORTED } from "./output";
import {
  addBalance,
  balanceOf,
  overlayBook,
  overlayBytes,
  overlayExtras,
  overlayPool,
  overlayRestore,
  overlaySave,
  trade,
} from "./overlay";
import { addUp, descriptorOf, readable } from "./pools";
import { soloPool } from "./solo";
import { standsAlone } from "./table";
import {
  flagsOf,
  HAS_INITIAL,
  INITIAL,
  instrumentStatus,
  MAINTENANCE,
  ORDERS_IGNORED,
  slotStatus,
  spotOrders,
} from "./variant";

/** Verdicts, as in src/rules/pre-trade.ts. */
const HOLDS: u32 = 0;
const REDUCES: u32 = 1;
const FAILS: u32 = 2;
const NOTHING_TO_REDUCE: u32 = 3;
const NO_NUMBER: u32 = 4;

const NOT_SPOT: u32 = 0xffffffff;

/** Places in scratch: three frames, what a lean fill takes, a row, an overlay, the parts of a pool, and what a fill takes. */
function frameAt(market: usize, scratch: usize, n: usize): usize {
  return scratch + n * ((frameBytes(assetCount(market)) + 15) & ~15);
}
function rowAt(market: usize, scratch: usize): usize {
  return frameAt(market, scratch, 3) + LEAN_BYTES;
}
function overlayAt(market: usize, scratch: usize): usize {
  return rowAt(market, scratch) + ((rulesOutputBytes(1) + 15) & ~15);
}
function partsAt(market: usize, scratch: usize, holdings: usize, lines: usize): usize {
  return overlayAt(market, scratch) + ((overlayBytes(holdings, lines) + 15) & ~15);
}
function spareAt(market: usize, scratch: usize, holdings: usize, lines: usize): usize {
  return partsAt(market, scratch, holdings, lines) + partsBytes(assetCount(market), lines);
}

/** Bytes of scratch of `rulesPreTrade`, for pools of at most so many holdings and contract lines. */
export function rulesPreTradeScratch(market: usize, holdings: usize, lines: usize): usize {
  return spareAt(market, 0, holdings, lines) + FILL_BYTES;
}

/**
 * An order, 32 bytes: f64 quantity, price of the fill, least initial rate; u32 row of its pool; u32 instrument, and REDUCE_ONLY
 * where it only reduces. Half a cache line, since whoever sorts them writes them all over memory.
 */
const ORDER: usize = 32;
const REDUCE_ONLY: u32 = 0x80000000;
/** What becomes of it, 24 bytes: f64 excess before and after; u8 verdict, status, whether it is accepted. */
const ANSWER: usize = 24;

/**
 * Check n orders, each against its pool as the book has it.
 *
 * @param kinds        u8[holdings]
 * @param bases        u32[instruments]: underlying of spot, which exchanges balances; NOT_SPOT of what takes positions
 * @param orders       ORDER bytes each; those of one pool behind each other, so that it is evaluated once
 * @param holdings, lines      most of a pool in the book
 * @param answers      ANSWER bytes each, in the order of the orders: scratch
 * @param places       u32[n]: which of the orders each row of the results is of
 * @param results      columns of n in the order of `places`: f64 excess before, after; u8 verdict, status, accepted
 * @param lean         0: rules/fill does all of them
 * @param scratch      rulesPreTradeScratch bytes, 16-byte aligned
 *
 * Cost: an evaluation of each pool; of each order its lines in the instrument and one asset, which under most rules are a few
 * dozen flops (rules/fill-lean), and the combiner under the others. All of the pool again for spot orders, and where open spot
 * orders count.
 */
export function rulesPreTrade(
  book: usize,
  market: usize,
  extras: usize,
  variants: usize,
  kinds: usize,
  bases: usize,
  n: usize,
  orders: usize,
  holdings: usize,
  lines: usize,
  answers: usize,
  places: usize,
  results: usize,
  lean: u32,
  scratch: usize,
): void {
  const whole = frameAt(market, scratch, 1);
  const own = frameAt(market, scratch, 2);
  const state = frameAt(market, scratch, 3);
  const row = rowAt(market, scratch);
  const overlay = overlayAt(market, scratch);
  const parts = partsAt(market, scratch, holdings, lines);
  const spare = spareAt(market, scratch, holdings, lines);
  memory.fill(scratch, 0, rulesPreTradeScratch(market, holdings, lines));
  const assets = assetCount(market);
  frameOpen(scratch, overlayBook(overlay), market, overlayExtras(overlay), assets, 0, 0);
  frameOpen(whole, overlayBook(overlay), market, overlayExtras(overlay), assets, 0, 0);
  frameOpen(own, book, market, extras, assets, 0, 0);
  let last: u32 = NO_VARIANT;
  let variant: usize = 0;
  let status: u32 = OK;
  let fits = false;
  let short = false;
  let copied = false;
  let apart = false;
  let level = INITIAL;
  let before = 0.0;
  for (let i: usize = 0; i < n; i++) {
    const order = orders + ORDER * i;
    const to = answers + ANSWER * i;
    const p = load<u32>(order, 24);
    if (p != last) {
      if (apart) end(scratch);
      apart = false;
      copied = false;
      last = p;
      variant = descriptorOf(extras, variants, <usize>p);
      status = excessOf(own, variants, <usize>p, to, row);
      before = load<f64>(to);
      fits = status < UNSUPPORTED && !countsSpot(variant, extras, <usize>p);
      if (fits) level = levelOf(variant);
      short = lean != 0 && fits && isLean(variant, level);
      leanOpen(state);
    }
    store<f64>(to, before);
    const coded = load<u32>(order, 28);
    const instrument = coded & ~REDUCE_ONLY;
    const reduces = (coded & REDUCE_ONLY) != 0;
    const price = load<f64>(order, 8);
    const least = load<f64>(order, 16);
    const base = load<u32>(bases + ((<usize>instrument) << 2));
    let quantity = load<f64>(order);
    if (reduces) quantity = clipped(quantity, closable(book, <usize>p, instrument, quantity));
    let now: u32 = status;
    let left = -Infinity;
    const known = fits && base == NOT_SPOT && instrumentStatus(variant, <usize>instrument) < UNSUPPORTED;
    if (known && short && leanFill(own, state, kinds, <usize>p, level, before, instrument, quantity, price, least)) {
      left = leanAfter(state);
      now = max(status, instrumentStatus(variant, <usize>instrument));
    } else {
      if (copied) {
        overlayRestore(overlay);
      } else {
        overlayPool(overlay, book, extras, kinds, <usize>p);
        overlaySave(overlay);
        copied = true;
      }
      const settle = settleOf(market, instrument);
      const balance = balanceOf(overlay, settle);
      if (base == NOT_SPOT) trade(overlay, market, instrument, quantity, price, least);
      else exchange(overlay, market, instrument, base, quantity, price);
      if (known && isPlain(variant, settle, balance, balanceOf(overlay, settle))) {
        if (!apart) {
          overlayRestore(overlay);
          begin(scratch, variant, poolFloor(extras, <usize>p));
          takeApart(scratch, parts, lines, <usize>p, level);
          trade(overlay, market, instrument, quantity, price, least);
          apart = true;
        }
        left = afterFill(scratch, parts, lines, overlay, level, instrument, balance, spare);
        now = max(status, instrumentStatus(variant, <usize>instrument));
      } else {
        now = excess(whole, variants, <usize>p, to + 8);
        left = load<f64>(to, 8);
      }
    }
    if (left - left != 0.0) now = max(now, UNSUPPORTED);
    store<f64>(to, now < UNSUPPORTED ? left : <f64>-Infinity, 8);
    const said = verdict(now, left, reduces, quantity);
    store<u32>(to, said | (now << 8) | (said <= REDUCES ? 1 << 16 : 0), 16);
  }
  spread(n, answers, places, results);
}

/** Answers into the columns of `rulesPreTrade`. */
function spread(n: usize, answers: usize, places: usize, results: usize): void {
  const bytes = results + (n << 4);
  for (let i: usize = 0; i < n; i++) {
    const from = answers + ANSWER * <usize>load<u32>(places + (i << 2));
    store<f64>(results + (i << 3), load<f64>(from));
    store<f64>(results + ((n + i) << 3), load<f64>(from, 8));
    store<u8>(bytes + i, load<u8>(from, 16));
    store<u8>(bytes + n + i, load<u8>(from, 17));
    store<u8>(bytes + 2 * n + i, load<u8>(from, 18));
  }
}

/** A fill in spot: units of the underlying against the quote. */
function exchange(overlay: usize, market: usize, instrument: u32, base: u32, quantity: f64, price: f64): void {
  const units = quantity * multiplierOf(market, instrument);
  addBalance(overlay, base, units);
  addBalance(overlay, quoteOf(market, instrument), -units * price);
}

/** Whether a variant can read the balance that a fill leaves: it is what it was, or has a weight of its side. */
function isPlain(variant: usize, settle: u32, before: f64, after: f64): bool {
  return before == after || slotStatus(variant, <usize>((settle << 2) | (after < 0.0 ? LIABILITY : COLLATERAL))) == OK;
}

/** Whether open spot orders of pool p count. */
function countsSpot(variant: usize, extras: usize, p: usize): bool {
  if (spotOrders(variant) <= ORDERS_IGNORED) return false;
  return startOf(spotStarts(extras), p) != startOf(spotStarts(extras), p + 1);
}

function levelOf(variant: usize): usize {
  return (flagsOf(variant) & HAS_INITIAL) != 0 ? INITIAL : MAINTENANCE;
}

/** Contracts of an instrument in pool p that a trade of the sign of `quantity` would close. O(lines). */
function closable(book: usize, p: usize, instrument: u32, quantity: f64): f64 {
  let total = 0.0;
  for (let k = startOf(positionStarts(book), p), end = startOf(positionStarts(book), p + 1); k < end; k++) {
    const own = load<f64>(positionQuantities(book) + (k << 3));
    if (load<u32>(positionInstruments(book) + (k << 2)) == instrument && own * quantity < 0.0) total += abs(own);
  }
  return total;
}

/** `quantity` as far as it closes what there is on the other side. */
function clipped(quantity: f64, most: f64): f64 {
  return quantity < 0.0 ? max(quantity, -most) : min(quantity, most);
}

function verdict(status: u32, after: f64, reduces: bool, quantity: f64): u32 {
  if (status >= UNSUPPORTED) return NO_NUMBER;
  if (reduces) return quantity == 0.0 ? NOTHING_TO_REDUCE : REDUCES;
  return after < 0.0 ? FAILS : HOLDS;
}

/** `excess` of a pool of the book, in one pass where it stands in one. `row`: rulesOutputBytes(1). */
function excessOf(frame: usize, variants: usize, p: usize, at: usize, row: usize): u32 {
  if (ASC_FEATURE_SIMD) {
    const variant = descriptorOf(extrasOf(frame), variants, p);
    if (variant != 0 && standsAlone(extrasOf(frame), variant, p)) {
      if (soloPool(frame, variant, p, row, 8, statusesOf(row, 1), 1) != 0) {
        store<f64>(at, load<f64>(row + excessColumn(levelOf(variant))));
        return OK;
      }
    }
  }
  return excess(frame, variants, p, at);
}

/**
 * Excess of pool p at the initial level, at maintenance where its rule has none, stored at `at`; −∞ where it has no number.
 * Returns the status.
 */
function excess(frame: usize, variants: usize, p: usize, at: usize): u32 {
  const variant = descriptorOf(extrasOf(frame), variants, p);
  let status = badOf(extrasOf(frame), p);
  if (variant == 0) status = UNSUPPORTED;
  else if (status == OK) status = readable(frame, variant, p);
  store<f64>(at, -Infinity);
  if (status >= UNSUPPORTED) return status;
  const level = levelOf(variant);
  begin(frame, variant, poolFloor(extrasOf(frame), p));
  addUp(frame, p, level);
  const left = sumOf(frame, ASSETS, level) - sumOf(frame, LIABILITIES, level) - combined(frame, level);
  end(frame);
  if (left - left != 0.0) return UNSUPPORTED;
  store<f64>(at, left);
  return status;
}
