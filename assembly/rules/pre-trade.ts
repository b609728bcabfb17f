/** Orders before they are sent: the initial level of their pool once each is filled, every order by itself. */
import { assetCount, multiplierOf, quoteOf } from "../book/market";
import { combined } from "./combine";
import { badOf, NO_VARIANT, poolFloor, variantNumbers } from "./extras";
import { ASSETS, begin, end, extrasOf, frameBytes, frameOpen, LIABILITIES, sumOf } from "./frame";
import { OK, UNSUPPORTED } from "./output";
import {
  addBalance,
  opposite,
  overlayBook,
  overlayBytes,
  overlayExtras,
  overlayOpen,
  overlayPool,
  trade,
} from "./overlay";
import { addUp, readable } from "./pools";
import { flagsOf, HAS_INITIAL, INITIAL, MAINTENANCE, VARIANT_BYTES } from "./variant";

/** Verdicts, as in src/rules/pre-trade.ts. */
const HOLDS: u8 = 0;
const REDUCES: u8 = 1;
const FAILS: u8 = 2;
const NOTHING_TO_REDUCE: u8 = 3;
const NO_NUMBER: u8 = 4;

const NOT_SPOT: u32 = 0xffffffff;

/** Bytes of scratch of `rulesPreTrade`, for pools of at most so many holdings and contract lines. */
export function rulesPreTradeScratch(market: usize, holdings: usize, lines: usize): usize {
  return ((frameBytes(assetCount(market)) + 15) & ~15) + overlayBytes(holdings + 2, lines + 1);
}

/**
 * Check n orders, each against its pool as the book has it.
 *
 * @param kinds        u8[holdings]
 * @param bases        u32[instruments]: underlying of spot, which exchanges balances; NOT_SPOT of what takes positions
 * @param pools, instruments   u32[n]
 * @param quantities   f64[n], signed
 * @param prices       f64[n] of the fills
 * @param rates        f64[n]: least initial rate of a position that the order opens
 * @param reduceOnly   u8[n]
 * @param holdings, lines      most of a pool in the book
 * @param out          f64[n] excess before, f64[n] after, u8[n] verdicts, u8[n] statuses
 * @param scratch      rulesPreTradeScratch bytes, 16-byte aligned
 *
 * Cost: one evaluation of the pool an order, and one more where the order before it was another pool's.
 */
export function rulesPreTrade(
  book: usize,
  market: usize,
  extras: usize,
  variants: usize,
  kinds: usize,
  bases: usize,
  n: usize,
  pools: usize,
  instruments: usize,
  quantities: usize,
  prices: usize,
  rates: usize,
  reduceOnly: usize,
  holdings: usize,
  lines: usize,
  out: usize,
  scratch: usize,
): void {
  const frame = scratch;
  const overlay = scratch + ((frameBytes(assetCount(market)) + 15) & ~15);
  memory.fill(scratch, 0, rulesPreTradeScratch(market, holdings, lines));
  overlayOpen(overlay, holdings + 2, lines + 1);
  frameOpen(frame, overlayBook(overlay), market, overlayExtras(overlay), assetCount(market), 0, 0, 0);
  let last: u32 = NO_VARIANT;
  let before = 0.0;
  for (let i: usize = 0; i < n; i++) {
    const at = out + (i << 3);
    const p = load<u32>(pools + (i << 2));
    overlayPool(overlay, book, extras, kinds, <usize>p);
    if (p != last) excess(frame, variants, <usize>p, at);
    else store<f64>(at, before);
    before = load<f64>(at);
    last = p;
    const instrument = load<u32>(instruments + (i << 2));
    const price = load<f64>(prices + (i << 3));
    let quantity = load<f64>(quantities + (i << 3));
    const reduces = load<u8>(reduceOnly + i) != 0;
    const base = load<u32>(bases + ((<usize>instrument) << 2));
    if (base != NOT_SPOT) {
      const units = quantity * multiplierOf(market, instrument);
      addBalance(overlay, base, units);
      addBalance(overlay, quoteOf(market, instrument), -units * price);
    } else {
      if (reduces) quantity = clipped(quantity, opposite(overlay, instrument, quantity));
      trade(overlay, market, instrument, quantity, price, load<f64>(rates + (i << 3)));
    }
    const status = excess(frame, variants, <usize>p, at + (n << 3));
    store<u8>(out + (n << 4) + i, verdict(status, load<f64>(at + (n << 3)), reduces, quantity));
    store<u8>(out + 17 * n + i, <u8>status);
  }
}

/** `quantity` as far as it closes what there is on the other side. */
function clipped(quantity: f64, most: f64): f64 {
  return quantity < 0.0 ? max(quantity, -most) : min(quantity, most);
}

function verdict(status: u32, after: f64, reduces: bool, quantity: f64): u8 {
  if (status >= UNSUPPORTED) return NO_NUMBER;
  if (reduces) return quantity == 0.0 ? NOTHING_TO_REDUCE : REDUCES;
  return after < 0.0 ? FAILS : HOLDS;
}

/**
 * Excess of pool p at the initial level, at maintenance where its rule has none, stored at `at`; −∞ where it has no number.
 * Returns the status.
 */
function excess(frame: usize, variants: usize, p: usize, at: usize): u32 {
  const number = load<u32>(variantNumbers(extrasOf(frame)) + (p << 2));
  const variant = number == NO_VARIANT ? <usize>0 : variants + VARIANT_BYTES * <usize>number;
  let status = badOf(extrasOf(frame), p);
  if (variant == 0) status = UNSUPPORTED;
  else if (status == OK) status = readable(frame, variant, p);
  store<f64>(at, -Infinity);
  if (status >= UNSUPPORTED) return status;
  const level = (flagsOf(variant) & HAS_INITIAL) != 0 ? INITIAL : MAINTENANCE;
  begin(frame, variant, poolFloor(extrasOf(frame), p));
  addUp(frame, p, level);
  const left = sumOf(frame, ASSETS, level) - sumOf(frame, LIABILITIES, level) - combined(frame, level);
  end(frame);
  if (left - left != 0.0) return UNSUPPORTED;
  store<f64>(at, left);
  return status;
}
