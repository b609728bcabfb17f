/** Contract lines of a pool that settle in one asset, at both levels at once: the operations of contracts.ts, in locals. */
import { positionEntries, positionFundings, positionInstruments, positionQuantities } from "../book/book";
import { markOf, multiplierOf, payoffOf, settleOf } from "../book/market";
import { INVERSE, unrealised } from "../instruments/linear";
import { notionalOf, required } from "./contracts";
import { ASKS, BIDS, lineFloor, orderCount, orderOf } from "./extras";
import {
  ASSETS,
  bookOf,
  bothOf,
  equityOf,
  extrasOf,
  floorOf,
  indexOf,
  LIABILITIES,
  lineCount,
  marketOf,
  NOTIONAL,
  noteLines,
  ORDERS,
  POSITIONS,
  REWARDS,
  setBoth,
  setEquity,
  setHolds,
  variantOf,
} from "./frame";
import { alike, moneys } from "./pair-curves";
import { gainOf, lossOf } from "./pnl";
import { DOWN, roundedPair } from "./rounding";
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
  scaleOf,
  WORST_SIDE,
} from "./variant";

/**
 * `contracts` of the lines from `begin` to `end`, at least one: their sums into the frame, what P&L adds to the settle asset and
 * takes from it to `joins`, two f64. As there, lines without orders are added up apart from the others, which are added first.
 */
export function soloLines(frame: usize, begin: usize, end: usize, joins: usize): void {
  const book = bookOf(frame);
  const market = marketOf(frame);
  const variant = variantOf(frame);
  const extras = extrasOf(frame);
  const flags = flagsOf(variant);
  const alone = (flags & JOINS_POSITION) != 0;
  const off = (flags & LOSSES_OFF_ASSETS) != 0;
  const orders = contractOrders(variant);
  const both = (flags & ORDERS_AT_BOTH) != 0;
  const each = orders > ORDERS_IGNORED ? moneyPerOrder(variant) : 0.0;
  const settle = <usize>settleOf(market, load<u32>(positionInstruments(book) + (begin << 2)));
  const index = indexOf(frame, settle);
  let equity = equityOf(frame);
  let liabilities = bothOf(frame, LIABILITIES);
  let assets = f64x2.splat(0.0);
  let positions = assets;
  let due = assets;
  let placed = 0.0;
  let holds = false;
  let added = 0.0;
  let taken = 0.0;
  let notional = 0.0;
  let rewards = 0.0;
  let plainAdded = 0.0;
  let plainTaken = 0.0;
  let plainNotional = 0.0;
  let plainRewards = 0.0;
  let plainCosts = 0.0;
  for (let k = begin; k < end; k++) {
    const instrument = load<u32>(positionInstruments(book) + (k << 2));
    const i = <usize>instrument;
    const payoff = payoffOf(market, instrument);
    const multiplier = multiplierOf(market, instrument);
    const mark = markOf(market, instrument);
    const quantity = load<f64>(positionQuantities(book) + (k << 3));
    const entry = quantity == 0.0 ? mark : load<f64>(positionEntries(book) + (k << 3));
    const pnl = unrealised(payoff, quantity * multiplier, entry, mark) + load<f64>(positionFundings(book) + (k << 3));
    equity += pnl * index;
    holds = holds || quantity != 0.0;
    const unit = notionalOf(frame, i, payoff, multiplier, mark, entry);
    const own = abs(quantity) * unit;
    const row = instrumentRow(variant, i);
    const costs = own * load<f64>(row, COSTS);
    const count = orderCount(extras, k);
    const bids = orderOf(extras, k, BIDS);
    const asks = orderOf(extras, k, ASKS);
    const counts = load<u32>(instrumentCurve(variant, i), COUNTS_AS);
    const plain = !alone && counts == REQUIRES && count == 0 && bids == 0.0 && asks == 0.0;
    let size = f64x2.splat(abs(quantity));
    if (plain) {
      plainTaken -= min(pnl, 0.0);
      plainAdded += max(pnl, 0.0);
      if (quantity == 0.0) continue;
      plainNotional += own;
      plainCosts += costs;
      plainRewards += own * load<f64>(row, REWARD);
    } else {
      if (!alone) {
        taken -= min(pnl, 0.0);
        added += max(pnl, 0.0);
      } else if (pnl >= 0.0) {
        const gain = f64x2.splat(gainOf(frame, i, settle, INITIAL, pnl, quantity));
        assets = f64x2.add(assets, f64x2.replace_lane(gain, 1, gainOf(frame, i, settle, MAINTENANCE, pnl, quantity)));
      } else {
        const first = f64x2.splat(lossOf(frame, settle, INITIAL, -pnl, quantity));
        const loss = f64x2.replace_lane(first, 1, lossOf(frame, settle, MAINTENANCE, -pnl, quantity));
        if (off) assets = f64x2.sub(assets, loss);
        else liabilities = f64x2.add(liabilities, loss);
      }
      liabilities = f64x2.add(liabilities, f64x2.splat(costs));
      notional += own;
      rewards += own * load<f64>(row, REWARD);
      placed += each * <f64>count;
      if ((counts & REQUIRES) == 0) continue;
      if (orders == WORST_SIDE) {
        const worst = max(abs(quantity + bids), abs(quantity - asks));
        size = both ? f64x2.splat(worst) : f64x2.replace_lane(size, 0, worst);
      }
    }
    const money = requirement(frame, k, i, row, size, unit, multiplier, payoff == INVERSE ? mark : 1.0);
    if (plain) due = f64x2.add(due, money);
    else positions = f64x2.add(positions, money);
  }
  setEquity(frame, equity);
  setHolds(frame, holds);
  noteLines(frame, lineCount(frame) + end - begin);
  setBoth(frame, LIABILITIES, f64x2.add(liabilities, f64x2.splat(plainCosts)));
  setBoth(frame, ASSETS, assets);
  setBoth(frame, NOTIONAL, f64x2.splat(notional + plainNotional));
  setBoth(frame, REWARDS, f64x2.splat(rewards + plainRewards));
  setBoth(frame, ORDERS, f64x2.replace_lane(f64x2.splat(placed), 1, both ? placed : 0.0));
  setBoth(frame, POSITIONS, f64x2.add(positions, due));
  store<f64>(joins, added + plainAdded);
  store<f64>(joins, taken + plainTaken, 8);
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
