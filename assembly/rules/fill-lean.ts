/**
 * A fill under the usual rule, where it changes three things and each is a sum by itself: what the instrument's lines require,
 * what the unsettled P&L of the settle asset counts, and what its balance does. Nothing is copied or put back:
 *
 *   after = before − (requirement and costs of its lines after − before) + (worth of the settle asset after − before)
 *
 * Same numbers as rules/fill up to the order of summation. `at` is LEAN_BYTES of scratch: what of the pool at hand settles in
 * one asset, and the excess that is found.
 */
import {
  COLLATERAL,
  holdingQuantities,
  holdingStarts,
  IDLE,
  LIABILITY,
  positionEntries,
  positionFundings,
  positionInstruments,
  positionQuantities,
  positionStarts,
  slots,
  startOf,
} from "../book/book";
import { markOf, multiplierOf, payoffOf, settleOf } from "../book/market";
import { INVERSE, unrealised } from "../instruments/linear";
import { notionalOf, required } from "./contracts";
import { ASKS, BIDS, lineFloor, orderOf } from "./extras";
import { bookOf, extrasOf, floorOf, marketOf, priceOf, variantOf } from "./frame";
import { OK } from "./output";
import { KIND_BALANCE } from "./overlay";
import { requirementOf } from "./requirement";
import { DOWN, rounded } from "./rounding";
import {
  ASSETS,
  AT_LEAST,
  assetCurve,
  assetLane,
  assetRow,
  averageScale,
  BORROW_CURVE,
  BORROW_RATE,
  CAP,
  contractOrders,
  COSTS,
  COUNTS,
  COUNTS_AS,
  flagsOf,
  INITIAL,
  instrumentCurve,
  instrumentLane,
  instrumentRow,
  JOINS_BALANCE,
  JOINS_POSITION,
  LIABILITIES,
  LIABILITY_CURVE,
  ORDERS_AT_BOTH,
  PLAIN_SUM,
  PLUS,
  RATE,
  RATE_CURVE,
  REQUIREMENT,
  REQUIRES,
  SETTLE as SETTLE_ORDERS,
  scaleOf,
  slotStatus,
  VALUE,
  WEIGHTED,
  WEIGHTS_BASE,
  WORST_SIDE,
} from "./variant";
import { worthAsset, worthLiability } from "./weights";

export const LEAN_BYTES: usize = 64;
const AFTER: usize = 0;
const FREE: usize = 8;
const HELD: usize = 16;
const OWED: usize = 24;
const NET: usize = 32;
const HELD_WORTH: usize = 40;
const NET_WORTH: usize = 48;
const SETTLE: usize = 56;
const FITS: usize = 60;

const NO_ASSET: u32 = 0xffffffff;
const NO_LINE: usize = 0xffffffff;

/** Whether a variant is one for it at a level: sums of what is not rounded, P&L apart, orders at their worse side or not at all. */
export function isLean(variant: usize, level: usize): bool {
  const joins = JOINS_BALANCE | JOINS_POSITION;
  if ((flagsOf(variant) & (joins | PLAIN_SUM)) != PLAIN_SUM || contractOrders(variant) == SETTLE_ORDERS) return false;
  return scaleOf(variant, VALUE) == 0.0 && scaleOf(variant, WEIGHTED) == 0.0 && averageScale(variant, level) == 0.0;
}

/** Begin a pool. */
export function leanOpen(at: usize): void {
  store<u32>(at, NO_ASSET, SETTLE);
}
/** The excess that `leanFill` found. */
export function leanAfter(at: usize): f64 {
  return load<f64>(at, AFTER);
}

/**
 * Excess at `level` of pool p once it trades, from `before`, for `leanAfter`: rules/overlay says what a trade does. The frame
 * is that of the book and was begun with the pool. O(lines), and O(holdings) where the order before settles elsewhere.
 *
 * @param kinds  u8[holdings]
 * @param least  least initial rate of a position in this instrument, for one that is opened
 * @returns      whether the fill is one for it; if not, nothing is found
 */
export function leanFill(
  frame: usize,
  at: usize,
  kinds: usize,
  p: usize,
  level: usize,
  before: f64,
  instrument: u32,
  quantity: f64,
  price: f64,
  least: f64,
): bool {
  const book = bookOf(frame);
  const market = marketOf(frame);
  const variant = variantOf(frame);
  const settle = settleOf(market, instrument);
  if (load<u32>(at, SETTLE) != settle) settles(frame, at, kinds, p, level, settle);
  if (load<u32>(at, FITS) == 0) return false;
  const i = <usize>instrument;
  if ((load<u32>(instrumentCurve(variant, i), COUNTS_AS) & WEIGHTS_BASE) != 0) return false;
  const payoff = payoffOf(market, instrument);
  const multiplier = multiplierOf(market, instrument);
  const mark = markOf(market, instrument);
  const free = load<f64>(at, FREE);
  let left = free;
  const due = load<f64>(at, NET);
  let net = due;
  let needs = 0.0;
  let rest = quantity;
  let same = NO_LINE;
  let empty = NO_LINE;
  for (let k = startOf(positionStarts(book), p), end = startOf(positionStarts(book), p + 1); k < end; k++) {
    if (load<u32>(positionInstruments(book) + (k << 2)) != instrument) continue;
    const own = load<f64>(positionQuantities(book) + (k << 3));
    if (own == 0.0) {
      if (empty == NO_LINE) empty = k;
    } else if (own * quantity > 0.0) {
      if (same == NO_LINE) same = k;
    } else if (own * quantity < 0.0 && rest != 0.0) {
      const closed = own < 0.0 ? max(own, -rest) : min(own, -rest);
      const entry = load<f64>(positionEntries(book) + (k << 3));
      let gain = unrealised(payoff, closed * multiplier, entry, price);
      const stays = own - closed;
      net -= unrealised(payoff, own * multiplier, entry, mark);
      if (own == closed) {
        const funding = load<f64>(positionFundings(book) + (k << 3));
        gain += funding;
        net -= funding;
        if (empty == NO_LINE) empty = k;
      } else {
        net += unrealised(payoff, stays * multiplier, entry, mark);
      }
      needs += needed(frame, i, k, level, stays, entry, 0.0) - needed(frame, i, k, level, own, entry, 0.0);
      left += gain;
      rest += closed;
    }
  }
  if (rest != 0.0 && same != NO_LINE) {
    const own = load<f64>(positionQuantities(book) + (same << 3));
    const entry = load<f64>(positionEntries(book) + (same << 3));
    const sum = own + rest;
    const average = payoff == INVERSE ? sum / (own / entry + rest / price) : (entry * own + price * rest) / sum;
    net += unrealised(payoff, sum * multiplier, average, mark) - unrealised(payoff, own * multiplier, entry, mark);
    needs += needed(frame, i, same, level, sum, average, 0.0) - needed(frame, i, same, level, own, entry, 0.0);
  } else if (rest != 0.0) {
    needs += needed(frame, i, empty, level, rest, price, least);
    if (empty != NO_LINE) {
      needs -= needed(frame, i, empty, level, 0.0, mark, 0.0);
      // Of a line of orders alone that is filled, what was due is replaced with the line.
      const own = load<f64>(positionQuantities(book) + (empty << 3));
      if (own == 0.0) net -= load<f64>(positionFundings(book) + (empty << 3));
    }
    net += unrealised(payoff, rest * multiplier, price, mark);
  }
  let worth = 0.0;
  if (left != free) {
    const slot = (settle << 2) | (left < 0.0 ? LIABILITY : COLLATERAL);
    if (slotStatus(variant, <usize>slot) != OK) return false;
    const held = load<f64>(at, HELD) + (max(left, 0.0) - max(free, 0.0));
    const owed = load<f64>(at, OWED) + (max(-left, 0.0) - max(-free, 0.0));
    worth = heldWorth(frame, <usize>settle, level, held, owed) - load<f64>(at, HELD_WORTH);
  }
  if (net != due) worth += netWorth(frame, <usize>settle, level, net) - load<f64>(at, NET_WORTH);
  store<f64>(at, before - needs + worth, AFTER);
  return true;
}

/** Find what of pool p settles in an asset: its balance, what is held and owed of it, the net P&L, and what they are worth. */
function settles(frame: usize, at: usize, kinds: usize, p: usize, level: usize, settle: u32): void {
  const book = bookOf(frame);
  const market = marketOf(frame);
  const variant = variantOf(frame);
  let free = 0.0;
  let held = 0.0;
  let owed = 0.0;
  let net = 0.0;
  let found = false;
  // A liability weight of the size of a loss may be rounded, and then steps where sums differ in their last bit.
  let fits = load<usize>(assetCurve(variant, <usize>settle) + (level << 2), LIABILITY_CURVE) == 0;
  for (let h = startOf(holdingStarts(book), p), end = startOf(holdingStarts(book), p + 1); h < end; h++) {
    const slot = load<u32>(slots(book) + (h << 2));
    if (slot >> 2 != settle) continue;
    const quantity = load<f64>(holdingQuantities(book) + (h << 3));
    if (!found && load<u8>(kinds + h) == KIND_BALANCE) {
      found = true;
      free = quantity;
    }
    if ((slot & 3) == COLLATERAL) held += quantity;
    else if ((slot & 3) != IDLE) owed -= quantity;
  }
  for (let k = startOf(positionStarts(book), p), end = startOf(positionStarts(book), p + 1); k < end; k++) {
    const instrument = load<u32>(positionInstruments(book) + (k << 2));
    if (settleOf(market, instrument) != settle) continue;
    if ((load<u32>(instrumentCurve(variant, <usize>instrument), COUNTS_AS) & WEIGHTS_BASE) != 0) fits = false;
    net += load<f64>(positionFundings(book) + (k << 3));
    const quantity = load<f64>(positionQuantities(book) + (k << 3));
    if (quantity == 0.0) continue;
    const size = quantity * multiplierOf(market, instrument);
    const entry = load<f64>(positionEntries(book) + (k << 3));
    net += unrealised(payoffOf(market, instrument), size, entry, markOf(market, instrument));
  }
  store<u32>(at, settle, SETTLE);
  store<u32>(at, fits ? 1 : 0, FITS);
  store<f64>(at, free, FREE);
  store<f64>(at, held, HELD);
  store<f64>(at, owed, OWED);
  store<f64>(at, net, NET);
  store<f64>(at, heldWorth(frame, <usize>settle, level, held, owed), HELD_WORTH);
  store<f64>(at, netWorth(frame, <usize>settle, level, net), NET_WORTH);
}

/**
 * Requirement and costs of line k if it were of `quantity` at `entry`, with its orders and its least rate; of a new line of at
 * least `least` where k is NO_LINE.
 */
function needed(frame: usize, i: usize, k: usize, level: usize, quantity: f64, entry: f64, least: f64): f64 {
  const market = marketOf(frame);
  const variant = variantOf(frame);
  const extras = extrasOf(frame);
  const row = instrumentRow(variant, i);
  const curves = instrumentCurve(variant, i);
  const payoff = payoffOf(market, <u32>i);
  const multiplier = multiplierOf(market, <u32>i);
  const mark = markOf(market, <u32>i);
  const unit = notionalOf(frame, i, payoff, multiplier, mark, quantity == 0.0 ? mark : entry);
  let size = abs(quantity);
  const costs = size * unit * load<f64>(row, COSTS);
  if ((load<u32>(curves, COUNTS_AS) & REQUIRES) == 0) return costs;
  const open = level == INITIAL || (flagsOf(variant) & ORDERS_AT_BOTH) != 0;
  if (k != NO_LINE && open && contractOrders(variant) == WORST_SIDE) {
    size = max(abs(quantity + orderOf(extras, k, BIDS)), abs(quantity - orderOf(extras, k, ASKS)));
  }
  if (size == 0.0) return costs;
  let rate = 0.0;
  if (level == INITIAL) rate = max(floorOf(frame), k == NO_LINE ? least : lineFloor(extras, k));
  const scale = scaleOf(variant, REQUIREMENT);
  if (scale == 0.0 && load<usize>(curves + (level << 2), RATE_CURVE) == 0) {
    const money = max(instrumentLane(row, level, RATE), rate) * (size * unit);
    return costs + max(money + instrumentLane(row, level, PLUS), instrumentLane(row, level, AT_LEAST));
  }
  const units = size * multiplier;
  const whole = rounded(size * unit, scale, DOWN);
  return costs + required(frame, i, level, whole, payoff == INVERSE ? units / mark : units, rate);
}

/** What is held and owed of an asset counts at a level, less the requirement of what is owed. */
function heldWorth(frame: usize, asset: usize, level: usize, held: f64, owed: f64): f64 {
  const variant = variantOf(frame);
  const row = assetRow(variant, asset);
  let money = 0.0;
  if (held != 0.0 && load<f64>(row, COUNTS) != 0.0) {
    const value = held * priceOf(frame, asset, level, ASSETS);
    money += worthAsset(frame, asset, level, held, min(value, load<f64>(row, CAP)));
  }
  if (owed == 0.0) return money;
  const value = owed * priceOf(frame, asset, level, LIABILITIES);
  money -= worthLiability(frame, asset, level, owed, value);
  const curve = load<usize>(assetCurve(variant, asset) + (level << 2), BORROW_CURVE);
  const rate = assetLane(row, level, BORROW_RATE);
  if (curve == 0 && rate == 0.0) return money;
  return money - requirementOf(frame, curve, rate, owed, value, 0.0);
}

/** What net P&L in an asset counts at a level: a gain in full, a loss as a liability. */
function netWorth(frame: usize, asset: usize, level: usize, net: f64): f64 {
  if (net > 0.0) return net * priceOf(frame, asset, level, ASSETS);
  if (net == 0.0) return 0.0;
  return -worthLiability(frame, asset, level, -net, -net * priceOf(frame, asset, level, LIABILITIES));
}
