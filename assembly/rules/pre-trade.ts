/** Orders before they are sent: the initial level of their pool once each is filled, every order by itself. */
import { COLLATERAL, LIABILITY, startOf } from "../book/book";
import { assetCount, multiplierOf, quoteOf, settleOf } from "../book/market";
import { combined } from "./combine";
import { badOf, NO_VARIANT, poolFloor, spotStarts, variantNumbers } from "./extras";
import { afterFill, FILL_BYTES, partsBytes, takeApart } from "./fill";
import { ASSETS, begin, end, extrasOf, frameBytes, frameOpen, LIABILITIES, sumOf } from "./frame";
import { OK, UNSUPPORTED } from "./output";
import {
  addBalance,
  balanceOf,
  opposite,
  overlayBook,
  overlayBytes,
  overlayExtras,
  overlayPool,
  overlayRestore,
  overlaySave,
  trade,
} from "./overlay";
import { addUp, readable } from "./pools";
import {
  flagsOf,
  HAS_INITIAL,
  INITIAL,
  instrumentStatus,
  MAINTENANCE,
  ORDERS_IGNORED,
  slotStatus,
  spotOrders,
  VARIANT_BYTES,
} from "./variant";

/** Verdicts, as in src/rules/pre-trade.ts. */
const HOLDS: u32 = 0;
const REDUCES: u32 = 1;
const FAILS: u32 = 2;
const NOTHING_TO_REDUCE: u32 = 3;
const NO_NUMBER: u32 = 4;

const NOT_SPOT: u32 = 0xffffffff;

/** Places in scratch: two frames, an overlay, the parts of a pool, and what a fill takes. */
function overlayAt(market: usize, scratch: usize): usize {
  return scratch + 2 * ((frameBytes(assetCount(market)) + 15) & ~15);
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

/** An order, f64 each: row of its pool, instrument, quantity, price of the fill, least initial rate, whether it only reduces. */
const ORDER: usize = 48;
/** What becomes of it, f64 each: excess before and after, verdict, status. */
const ANSWER: usize = 32;

/**
 * Check n orders, each against its pool as the book has it.
 *
 * @param kinds        u8[holdings]
 * @param bases        u32[instruments]: underlying of spot, which exchanges balances; NOT_SPOT of what takes positions
 * @param orders       ORDER bytes each; orders of one pool behind each other, so that it is taken apart once
 * @param holdings, lines      most of a pool in the book
 * @param answers      ANSWER bytes each, in the order of the orders
 * @param scratch      rulesPreTradeScratch bytes, 16-byte aligned
 *
 * Cost: an evaluation of each pool; of each order its lines in the instrument, one asset and the combiner. All of the pool
 * again for spot orders, and where open spot orders count.
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
  scratch: usize,
): void {
  const whole = scratch + (overlayAt(market, 0) >> 1);
  const overlay = overlayAt(market, scratch);
  const parts = partsAt(market, scratch, holdings, lines);
  const spare = spareAt(market, scratch, holdings, lines);
  memory.fill(scratch, 0, rulesPreTradeScratch(market, holdings, lines));
  for (let frame = scratch; frame <= whole; frame += whole - scratch) {
    frameOpen(frame, overlayBook(overlay), market, overlayExtras(overlay), assetCount(market), 0, 0, 0);
  }
  let last: u32 = NO_VARIANT;
  let variant: usize = 0;
  let status: u32 = OK;
  let apart = false;
  let level = INITIAL;
  let before = 0.0;
  for (let i: usize = 0; i < n; i++) {
    const order = orders + ORDER * i;
    const answer = answers + ANSWER * i;
    const p = <u32>load<f64>(order);
    if (p == last) {
      overlayRestore(overlay);
    } else {
      if (apart) end(scratch);
      overlayPool(overlay, book, extras, kinds, <usize>p);
      overlaySave(overlay);
      last = p;
      variant = variantAt(extras, variants, <usize>p);
      status = excess(whole, variants, <usize>p, answer);
      before = load<f64>(answer);
      apart = status < UNSUPPORTED && !countsSpot(variant, extras, <usize>p);
      if (apart) {
        level = levelOf(variant);
        begin(scratch, variant, poolFloor(extras, <usize>p));
        takeApart(scratch, parts, lines, <usize>p, level);
      }
    }
    store<f64>(answer, before);
    const instrument = <u32>load<f64>(order, 8);
    const price = load<f64>(order, 24);
    const base = load<u32>(bases + ((<usize>instrument) << 2));
    const reduces = load<f64>(order, 40) != 0.0;
    let quantity = load<f64>(order, 16);
    let now: u32;
    if (base != NOT_SPOT) {
      const units = quantity * multiplierOf(market, instrument);
      addBalance(overlay, base, units);
      addBalance(overlay, quoteOf(market, instrument), -units * price);
      now = excess(whole, variants, <usize>p, answer + 8);
    } else {
      if (reduces) quantity = clipped(quantity, opposite(overlay, instrument, quantity));
      const settle = settleOf(market, instrument);
      const balance = balanceOf(overlay, settle);
      trade(overlay, market, instrument, quantity, price, load<f64>(order, 32));
      if (apart && isPlain(variant, instrument, settle, balance, balanceOf(overlay, settle))) {
        const left = afterFill(scratch, parts, lines, overlay, level, instrument, balance, spare);
        now = left - left == 0.0 ? max(status, instrumentStatus(variant, <usize>instrument)) : UNSUPPORTED;
        store<f64>(answer, left - left == 0.0 ? left : -Infinity, 8);
      } else {
        now = excess(whole, variants, <usize>p, answer + 8);
      }
    }
    store<f64>(answer, <f64>verdict(now, load<f64>(answer, 8), reduces, quantity), 16);
    store<f64>(answer, <f64>now, 24);
  }
}

/** Whether a fill changes nothing of what a variant can read: the instrument has numbers, the balance a weight of its side. */
function isPlain(variant: usize, instrument: u32, settle: u32, before: f64, after: f64): bool {
  if (instrumentStatus(variant, <usize>instrument) >= UNSUPPORTED) return false;
  return before == after || slotStatus(variant, <usize>((settle << 2) | (after < 0.0 ? LIABILITY : COLLATERAL))) == OK;
}

/** Whether open spot orders of pool p count. */
function countsSpot(variant: usize, extras: usize, p: usize): bool {
  if (spotOrders(variant) <= ORDERS_IGNORED) return false;
  return startOf(spotStarts(extras), p) != startOf(spotStarts(extras), p + 1);
}

function variantAt(extras: usize, variants: usize, p: usize): usize {
  const number = load<u32>(variantNumbers(extras) + (p << 2));
  return number == NO_VARIANT ? 0 : variants + VARIANT_BYTES * <usize>number;
}

function levelOf(variant: usize): usize {
  return (flagsOf(variant) & HAS_INITIAL) != 0 ? INITIAL : MAINTENANCE;
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

/**
 * Excess of pool p at the initial level, at maintenance where its rule has none, stored at `at`; −∞ where it has no number.
 * Returns the status.
 */
function excess(frame: usize, variants: usize, p: usize, at: usize): u32 {
  const variant = variantAt(extrasOf(frame), variants, p);
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
