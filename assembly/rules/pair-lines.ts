/** Contract lines of a pool at both levels at once: the operations of contracts.ts. */
import { positionEntries, positionFundings, positionInstruments, positionQuantities } from "../book/book";
import { markOf, multiplierOf, payoffOf, settleOf } from "../book/market";
import { INVERSE, unrealised } from "../instruments/linear";
import { hasOrders, joinBoth, NO_ASSET, notionalOf, required } from "./contracts";
import { ASKS, BIDS, lineFloor, orderCount, orderOf } from "./extras";
import {
  ADDED,
  addBoth,
  addEquity,
  ASSETS,
  bookOf,
  extrasOf,
  floorOf,
  holdBoth,
  indexOf,
  LIABILITIES,
  marketOf,
  NOTIONAL,
  noteLine,
  notePosition,
  ORDERS,
  POSITIONS,
  REWARDS,
  rowOf,
  TAKEN,
  variantOf,
} from "./frame";
import { gainOf, lossOf } from "./pnl";
import { alike, moneys } from "./pair-curves";
import { DOWN, roundedPair } from "./rounding";
import { settledBase } from "./settle";
import {
  ASSETS as AS_ASSET,
  AT_LEAST,
  COSTS,
  COUNTS_AS,
  contractOrders,
  directionOf,
  flagsOf,
  INITIAL,
  instrumentCurve,
  instrumentPair,
  instrumentRow,
  JOINS_POSITION,
  LOSSES_OFF_ASSETS,
  MAINTENANCE,
  moneyPerOrder,
  ORDERS_AT_BOTH,
  ORDERS_IGNORED,
  PLUS,
  RATE,
  RATE_CURVE,
  REQUIREMENT,
  REQUIRES,
  REWARD,
  SETTLE,
  scaleOf,
  WEIGHTS_BASE,
  WORST_SIDE,
} from "./variant";

/** `contracts` of the lines from `begin` to `end`. */
export function contractPairs(frame: usize, begin: usize, end: usize): void {
  const book = bookOf(frame);
  const market = marketOf(frame);
  const variant = variantOf(frame);
  const any = (flagsOf(variant) & JOINS_POSITION) != 0;
  let settle: usize = NO_ASSET;
  let index = 0.0;
  let added = 0.0;
  let taken = 0.0;
  let notional = 0.0;
  let costs = 0.0;
  let rewards = 0.0;
  let due = f64x2.splat(0.0);
  for (let k = begin; k < end; k++) {
    const i = <usize>load<u32>(positionInstruments(book) + (k << 2));
    if (any || load<u32>(instrumentCurve(variant, i), COUNTS_AS) != REQUIRES || hasOrders(frame, k)) {
      line(frame, k);
      continue;
    }
    const asset = <usize>settleOf(market, <u32>i);
    if (asset != settle) {
      if (added + taken != 0.0) joinBoth(frame, settle, added, taken);
      added = 0.0;
      taken = 0.0;
      settle = asset;
      index = indexOf(frame, asset);
    }
    const payoff = payoffOf(market, <u32>i);
    const multiplier = multiplierOf(market, <u32>i);
    const mark = markOf(market, <u32>i);
    const quantity = load<f64>(positionQuantities(book) + (k << 3));
    const entry = quantity == 0.0 ? mark : load<f64>(positionEntries(book) + (k << 3));
    const pnl = unrealised(payoff, quantity * multiplier, entry, mark) + load<f64>(positionFundings(book) + (k << 3));
    addEquity(frame, pnl * index);
    noteLine(frame);
    if (pnl < 0.0) taken -= pnl;
    else added += pnl;
    if (quantity == 0.0) continue;
    notePosition(frame);
    const unit = notionalOf(frame, i, payoff, multiplier, mark, entry);
    const own = abs(quantity) * unit;
    const row = instrumentRow(variant, i);
    notional += own;
    costs += own * load<f64>(row, COSTS);
    rewards += own * load<f64>(row, REWARD);
    const size = f64x2.splat(abs(quantity));
    const per = payoff == INVERSE ? mark : 1.0;
    due = f64x2.add(due, requirement(frame, k, i, row, size, unit, multiplier, per));
  }
  if (added + taken != 0.0) joinBoth(frame, settle, added, taken);
  addBoth(frame, LIABILITIES, f64x2.splat(costs));
  addBoth(frame, NOTIONAL, f64x2.splat(notional));
  addBoth(frame, REWARDS, f64x2.splat(rewards));
  addBoth(frame, POSITIONS, due);
}

/** `contractLine` at both levels. */
function line(frame: usize, k: usize): void {
  const book = bookOf(frame);
  const market = marketOf(frame);
  const variant = variantOf(frame);
  const instrument = load<u32>(positionInstruments(book) + (k << 2));
  const i = <usize>instrument;
  const settle = <usize>settleOf(market, instrument);
  const payoff = payoffOf(market, instrument);
  const multiplier = multiplierOf(market, instrument);
  const mark = markOf(market, instrument);
  const quantity = load<f64>(positionQuantities(book) + (k << 3));
  const entry = quantity == 0.0 ? mark : load<f64>(positionEntries(book) + (k << 3));
  const funding = load<f64>(positionFundings(book) + (k << 3));
  const pnl = unrealised(payoff, quantity * multiplier, entry, mark) + funding;
  addEquity(frame, pnl * indexOf(frame, settle));
  noteLine(frame);
  if (quantity != 0.0) notePosition(frame);

  const unit = notionalOf(frame, i, payoff, multiplier, mark, entry);
  const own = abs(quantity) * unit;
  const row = instrumentRow(variant, i);
  const counts = load<u32>(instrumentCurve(variant, i), COUNTS_AS);
  const orders = contractOrders(variant);
  const both = (flagsOf(variant) & ORDERS_AT_BOTH) != 0;
  if ((counts & WEIGHTS_BASE) != 0) {
    const quote = funding - quantity * multiplier * entry;
    const all = orders == SETTLE;
    const initial = settledBase(frame, k, i, INITIAL, quantity, multiplier, quote, all);
    const settled = f64x2.splat(settledBase(frame, k, i, MAINTENANCE, quantity, multiplier, quote, all && both));
    joined(frame, settle, f64x2.replace_lane(settled, 0, initial));
  } else if ((flagsOf(variant) & JOINS_POSITION) != 0) {
    alone(frame, i, settle, pnl, quantity);
  } else {
    joined(frame, settle, f64x2.splat(pnl));
  }
  addBoth(frame, LIABILITIES, f64x2.splat(own * load<f64>(row, COSTS)));
  addBoth(frame, NOTIONAL, f64x2.splat(own));
  addBoth(frame, REWARDS, f64x2.splat(own * load<f64>(row, REWARD)));
  if (orders > ORDERS_IGNORED) {
    const money = moneyPerOrder(variant) * <f64>orderCount(extrasOf(frame), k);
    addBoth(frame, ORDERS, f64x2.replace_lane(f64x2.splat(money), 1, both ? money : 0.0));
  }
  if ((counts & REQUIRES) == 0) return;
  let size = f64x2.splat(abs(quantity));
  if (orders == WORST_SIDE) {
    const bids = orderOf(extrasOf(frame), k, BIDS);
    const asks = orderOf(extrasOf(frame), k, ASKS);
    const worst = max(abs(quantity + bids), abs(quantity - asks));
    size = both ? f64x2.splat(worst) : f64x2.replace_lane(size, 0, worst);
  }
  addBoth(frame, POSITIONS, requirement(frame, k, i, row, size, unit, multiplier, payoff == INVERSE ? mark : 1.0));
}

/** What a line requires; 0 at a level where its size is 0. */
function requirement(
  frame: usize,
  k: usize,
  i: usize,
  row: usize,
  size: v128,
  unit: f64,
  multiplier: f64,
  per: f64,
): v128 {
  const variant = variantOf(frame);
  const notional = f64x2.mul(size, f64x2.splat(unit));
  const there = f64x2.ne(size, f64x2.splat(0.0));
  const units = f64x2.div(f64x2.mul(size, f64x2.splat(multiplier)), f64x2.splat(per));
  const curve = load<usize>(instrumentCurve(variant, i), RATE_CURVE);
  const other = load<usize>(instrumentCurve(variant, i), RATE_CURVE + 4);
  const flat = (curve | other) == 0;
  const floor = max(floorOf(frame), lineFloor(extrasOf(frame), k));
  const scale = scaleOf(variant, REQUIREMENT);
  const whole = roundedPair(notional, scale, DOWN);
  if (flat || alike(curve, other)) {
    const least = f64x2.replace_lane(f64x2.splat(0.0), 0, floor);
    const money = flat
      ? f64x2.mul(f64x2.max(instrumentPair(row, RATE), least), whole)
      : moneys(curve, other, units, whole, least);
    const due = f64x2.add(
      roundedPair(money, scale, directionOf(variant, REQUIREMENT, AS_ASSET)),
      instrumentPair(row, PLUS),
    );
    return v128.and(f64x2.max(due, instrumentPair(row, AT_LEAST)), there);
  }
  const initial = required(frame, i, INITIAL, f64x2.extract_lane(whole, 0), f64x2.extract_lane(units, 0), floor);
  const last = required(frame, i, MAINTENANCE, f64x2.extract_lane(whole, 1), f64x2.extract_lane(units, 1), 0.0);
  return v128.and(f64x2.replace_lane(f64x2.splat(initial), 1, last), there);
}

/** P&L of a position by itself. */
function alone(frame: usize, i: usize, settle: usize, pnl: f64, quantity: f64): void {
  if (pnl >= 0.0) {
    const gain = f64x2.splat(gainOf(frame, i, settle, INITIAL, pnl, quantity));
    addBoth(frame, ASSETS, f64x2.replace_lane(gain, 1, gainOf(frame, i, settle, MAINTENANCE, pnl, quantity)));
    return;
  }
  const first = f64x2.splat(lossOf(frame, settle, INITIAL, -pnl, quantity));
  const loss = f64x2.replace_lane(first, 1, lossOf(frame, settle, MAINTENANCE, -pnl, quantity));
  const off = (flagsOf(variantOf(frame)) & LOSSES_OFF_ASSETS) != 0;
  addBoth(frame, off ? ASSETS : LIABILITIES, off ? f64x2.neg(loss) : loss);
}

/** Add amounts of either sign to what P&L does to its settle asset. */
function joined(frame: usize, settle: usize, amount: v128): void {
  const row = rowOf(frame, settle);
  const taken = f64x2.lt(amount, f64x2.splat(0.0));
  holdBoth(row, TAKEN, v128.and(f64x2.neg(amount), taken));
  holdBoth(row, ADDED, v128.andnot(amount, taken));
}
