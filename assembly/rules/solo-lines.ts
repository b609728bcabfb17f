/** Contract lines of a pool, at both levels at once: the operations of contracts.ts, in locals. */
import { positionEntries, positionFundings, positionInstruments, positionQuantities } from "../book/book";
import { settleOf } from "../book/market";
import { INVERSE, unrealised } from "../instruments/linear";
import { hasOrders, NO_ASSET, notionalOf, required } from "./contracts";
import { ASKS, BIDS, lineFloor, orderCount, orderOf } from "./extras";
import {
  addBoth,
  ASSETS,
  bookOf,
  equityOf,
  extrasOf,
  indexOf,
  LIABILITIES,
  lineCount,
  marketOf,
  NOTIONAL,
  noteLines,
  ORDERS,
  POSITIONS,
  REWARDS,
  setEquity,
  setHolds,
  stackOf,
} from "./frame";
import { moneys, shares } from "./pair-curves";
import { gains, losses } from "./pair-pnl";
import { DOWN, roundedPair } from "./rounding";
import { SHARE } from "./curve";
import {
  ASSETS as AS_ASSET,
  contractOrders,
  directionOf,
  flagsOf,
  INITIAL,
  instrumentCurve,
  JOINS_POSITION,
  LINE_COSTS,
  LINE_COUNTS,
  LINE_KIND,
  LINE_LEAST,
  LINE_MARK,
  LINE_MULTIPLIER,
  LINE_PAYOFF,
  LINE_PLUS,
  LINE_RATE,
  LINE_REWARD,
  LINE_SHARE,
  LINE_STATUS,
  lineRow,
  LOSSES_OFF_ASSETS,
  MAINTENANCE,
  MIXED,
  moneyPerOrder,
  NUMBERS,
  ORDERS_AT_BOTH,
  ORDERS_IGNORED,
  RATE_CURVE,
  REQUIREMENT,
  REQUIRES,
  scaleOf,
  WORST_SIDE,
} from "./variant";

/** Lines that settle in one asset: u32 asset, f64 at 8 what P&L adds to it, and what it takes from it. */
export const RUN: usize = 24;
export const RUN_JOINS: usize = 8;
/** As many as the stack of combiners has room for. */
const MOST_RUNS: usize = 21;

/**
 * `contracts` of the lines from `begin` to `end`, at least one: their sums into the frame, runs of lines that settle in one
 * asset behind its stack. As there, lines with orders or P&L by itself are added first, then the others.
 *
 * @returns  the number of runs, 0: a line has a status, or there is no room for the runs
 */
export function soloLines(frame: usize, variant: usize, begin: usize, end: usize, ordered: bool): usize {
  const book = bookOf(frame);
  const market = marketOf(frame);
  const extras = extrasOf(frame);
  const any = (flagsOf(variant) & JOINS_POSITION) != 0;
  const scale = scaleOf(variant, REQUIREMENT);
  const direction = directionOf(variant, REQUIREMENT, AS_ASSET);
  const zero = f64x2.splat(0.0);
  let worst: u32 = 0;
  let holds = false;
  let runs: usize = 0;
  let run = stackOf(frame) - RUN;
  let settle: usize = NO_ASSET;
  let index = 0.0;
  let equity = equityOf(frame);
  let joined = zero;
  let due = zero;
  let notional = 0.0;
  let costs = 0.0;
  let rewards = 0.0;
  for (let k = begin; k < end; k++) {
    const i = <usize>load<u32>(positionInstruments(book) + (k << 2));
    const line = lineRow(variant, i);
    const asset = <usize>settleOf(market, <u32>i);
    if (asset != settle) {
      if (runs != 0) join(run, joined);
      if (runs++ == MOST_RUNS) return 0;
      run += RUN;
      store<u32>(run, <u32>asset);
      v128.store(run, zero, RUN_JOINS);
      joined = zero;
      settle = asset;
      index = indexOf(frame, asset);
    }
    worst |= load<u32>(line, LINE_STATUS);
    const quantity = load<f64>(positionQuantities(book) + (k << 3));
    const multiplier = load<f64>(line, LINE_MULTIPLIER);
    const mark = load<f64>(line, LINE_MARK);
    const payoff = load<u32>(line, LINE_PAYOFF);
    const entry = quantity == 0.0 ? mark : load<f64>(positionEntries(book) + (k << 3));
    const pnl = unrealised(payoff, quantity * multiplier, entry, mark) + load<f64>(positionFundings(book) + (k << 3));
    equity += pnl * index;
    holds = holds || quantity != 0.0;
    let unit = load<f64>(line);
    if (unit != unit) unit = notionalOf(frame, i, payoff, multiplier, mark, entry);
    const sides = f64x2.pmax(f64x2.replace_lane(f64x2.splat(pnl), 1, -pnl), zero);
    const per = payoff == INVERSE ? mark : 1.0;
    if (any || load<u32>(line, LINE_COUNTS) != REQUIRES || (ordered && hasOrders(extras, k))) {
      orderedLine(frame, variant, k, i, run, any, sides, quantity, unit, multiplier, per);
      continue;
    }
    joined = f64x2.add(joined, sides);
    if (quantity == 0.0) continue;
    const own = abs(quantity) * unit;
    notional += own;
    costs += own * load<f64>(line, LINE_COSTS);
    rewards += own * load<f64>(line, LINE_REWARD);
    const kind = load<u32>(line, LINE_KIND);
    if (kind == MIXED || ordered) {
      due = f64x2.add(due, requirement(frame, variant, k, i, f64x2.splat(abs(quantity)), unit, multiplier, per));
      continue;
    }
    const whole = roundedPair(f64x2.splat(own), scale, DOWN);
    let money: v128;
    if (kind == NUMBERS) money = roundedPair(f64x2.mul(v128.load(line, LINE_RATE), whole), scale, direction);
    else if (kind == SHARE) {
      money = shares(v128.load(line, LINE_RATE), v128.load(line, LINE_SHARE), whole, scale, direction);
    } else {
      const curves = instrumentCurve(variant, i);
      const units = f64x2.splat((abs(quantity) * multiplier) / per);
      money = moneys(kind, load<usize>(curves, RATE_CURVE), load<usize>(curves, RATE_CURVE + 4), units, whole, zero);
      money = roundedPair(money, scale, direction);
    }
    money = f64x2.add(money, v128.load(line, LINE_PLUS));
    due = f64x2.add(due, f64x2.pmax(money, v128.load(line, LINE_LEAST)));
  }
  if (worst != 0) return 0;
  join(run, joined);
  setEquity(frame, equity);
  setHolds(frame, holds);
  noteLines(frame, lineCount(frame) + end - begin);
  addBoth(frame, LIABILITIES, f64x2.splat(costs));
  addBoth(frame, NOTIONAL, f64x2.splat(notional));
  addBoth(frame, REWARDS, f64x2.splat(rewards));
  addBoth(frame, POSITIONS, due);
  return runs;
}

/** Add to what P&L adds and takes. */
function join(run: usize, sides: v128): void {
  v128.store(run, f64x2.add(v128.load(run, RUN_JOINS), sides), RUN_JOINS);
}

/** A line with orders, or whose P&L counts by itself. `sides`: what its P&L adds, and what it takes. */
function orderedLine(
  frame: usize,
  variant: usize,
  k: usize,
  i: usize,
  run: usize,
  alone: bool,
  sides: v128,
  quantity: f64,
  unit: f64,
  multiplier: f64,
  per: f64,
): void {
  const flags = flagsOf(variant);
  const line = lineRow(variant, i);
  const extras = extrasOf(frame);
  if (!alone) join(run, sides);
  else if (f64x2.extract_lane(sides, 1) == 0.0) {
    addBoth(frame, ASSETS, gains(variant, i, <usize>load<u32>(run), f64x2.extract_lane(sides, 0), quantity));
  } else {
    const loss = losses(variant, <usize>load<u32>(run), f64x2.extract_lane(sides, 1), quantity);
    if ((flags & LOSSES_OFF_ASSETS) != 0) addBoth(frame, ASSETS, f64x2.neg(loss));
    else addBoth(frame, LIABILITIES, loss);
  }
  const own = abs(quantity) * unit;
  addBoth(frame, LIABILITIES, f64x2.splat(own * load<f64>(line, LINE_COSTS)));
  addBoth(frame, NOTIONAL, f64x2.splat(own));
  addBoth(frame, REWARDS, f64x2.splat(own * load<f64>(line, LINE_REWARD)));
  const orders = contractOrders(variant);
  const both = (flags & ORDERS_AT_BOTH) != 0;
  if (orders > ORDERS_IGNORED) {
    const placed = moneyPerOrder(variant) * <f64>orderCount(extras, k);
    addBoth(frame, ORDERS, f64x2.replace_lane(f64x2.splat(placed), 1, both ? placed : 0.0));
  }
  if ((load<u32>(line, LINE_COUNTS) & REQUIRES) == 0) return;
  let size = f64x2.splat(abs(quantity));
  if (orders == WORST_SIDE) {
    const worst = max(abs(quantity + orderOf(extras, k, BIDS)), abs(quantity - orderOf(extras, k, ASKS)));
    size = both ? f64x2.splat(worst) : f64x2.replace_lane(size, 0, worst);
  }
  addBoth(frame, POSITIONS, requirement(frame, variant, k, i, size, unit, multiplier, per));
}

/** What a line requires at sizes that may differ, of at least what the pool's leverage sets; 0 at a level where its size is 0. */
function requirement(
  frame: usize,
  variant: usize,
  k: usize,
  i: usize,
  size: v128,
  unit: f64,
  multiplier: f64,
  per: f64,
): v128 {
  const line = lineRow(variant, i);
  const notional = f64x2.mul(size, f64x2.splat(unit));
  const there = f64x2.ne(size, f64x2.splat(0.0));
  const units = f64x2.div(f64x2.mul(size, f64x2.splat(multiplier)), f64x2.splat(per));
  const floor = lineFloor(extrasOf(frame), k);
  const scale = scaleOf(variant, REQUIREMENT);
  const whole = roundedPair(notional, scale, DOWN);
  const kind = load<u32>(line, LINE_KIND);
  if (kind != MIXED && kind != SHARE) {
    const least = f64x2.replace_lane(f64x2.splat(0.0), 0, floor);
    const curves = instrumentCurve(variant, i);
    const money =
      kind == NUMBERS
        ? f64x2.mul(f64x2.pmax(v128.load(line, LINE_RATE), least), whole)
        : moneys(kind, load<usize>(curves, RATE_CURVE), load<usize>(curves, RATE_CURVE + 4), units, whole, least);
    const direction = directionOf(variant, REQUIREMENT, AS_ASSET);
    const due = f64x2.add(roundedPair(money, scale, direction), v128.load(line, LINE_PLUS));
    return v128.and(f64x2.pmax(due, v128.load(line, LINE_LEAST)), there);
  }
  const initial = required(frame, i, INITIAL, f64x2.extract_lane(whole, 0), f64x2.extract_lane(units, 0), floor);
  const last = required(frame, i, MAINTENANCE, f64x2.extract_lane(whole, 1), f64x2.extract_lane(units, 1), 0.0);
  return v128.and(f64x2.replace_lane(f64x2.splat(initial), 1, last), there);
}
