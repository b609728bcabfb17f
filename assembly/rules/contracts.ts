/** Contract lines of a pool: unsettled P&L as the rule counts it, closing costs, and requirements. */
import {
  positionEntries,
  positionFundings,
  positionInstruments,
  positionQuantities,
  positionStarts,
  startOf,
} from "../book/book";
import { markOf, multiplierOf, payoffOf, quoteOf, settleOf } from "../book/market";
import { INVERSE, unrealised } from "../instruments/linear";
import { ASKS, BIDS, lineFloor, orderCount, orderOf } from "./extras";
import {
  ADDED,
  add,
  addEquity,
  ASSETS,
  bookOf,
  extrasOf,
  floorOf,
  hold,
  indexOf,
  instrumentMove,
  LIABILITIES,
  lineRecord,
  marketOf,
  NOTIONAL,
  note,
  noteLine,
  notePosition,
  ORDERS,
  POSITIONS,
  RECORD_COSTS,
  RECORD_JOINED,
  RECORD_PNL,
  RECORD_REQUIREMENT,
  REWARDS,
  rowOf,
  TAKEN,
  variantOf,
} from "./frame";
import { gainOf, lossOf } from "./pnl";
import { requirementOf } from "./requirement";
import { DOWN, rounded } from "./rounding";
import { settledBase } from "./settle";
import {
  AT_ENTRY,
  AT_INDEX,
  AT_LEAST,
  contractOrders,
  COSTS,
  COUNTS_AS,
  flagsOf,
  INITIAL,
  instrumentCurve,
  instrumentLane,
  instrumentRow,
  JOINS_POSITION,
  LOSSES_OFF_ASSETS,
  MAINTENANCE,
  moneyPerOrder,
  NOTIONAL_AT,
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
  UNDERLYING,
  WEIGHTS_BASE,
  WORST_SIDE,
} from "./variant";

/** Of no instrument. */
export const NO_ASSET: usize = 0xffffffff;

/**
 * All contract lines of pool p at the levels from `first`. O(lines). Lines without orders that count by a rate and whose P&L
 * joins what else settles in its asset, which are most, are added up here; `contractLine` does any.
 */
export function contracts(frame: usize, p: usize, first: usize): void {
  const book = bookOf(frame);
  const market = marketOf(frame);
  const variant = variantOf(frame);
  const begin = startOf(positionStarts(book), p);
  const end = startOf(positionStarts(book), p + 1);
  if (begin == end) return;
  const any = (flagsOf(variant) & JOINS_POSITION) != 0 || lineRecord(frame, 0) != 0;
  const scale = scaleOf(variant, REQUIREMENT);
  let settle: usize = NO_ASSET;
  let index = 0.0;
  let added = 0.0;
  let taken = 0.0;
  let notional = 0.0;
  let costs = 0.0;
  let rewards = 0.0;
  let initial = 0.0;
  let maintenance = 0.0;
  for (let k = begin; k < end; k++) {
    const i = <usize>load<u32>(positionInstruments(book) + (k << 2));
    if (any || load<u32>(instrumentCurve(variant, i), COUNTS_AS) != REQUIRES || hasOrders(extrasOf(frame), k)) {
      contractLine(frame, k, first, MAINTENANCE, lineRecord(frame, k - begin));
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
    const mark = markOf(market, <u32>i) * instrumentMove(frame, i);
    const quantity = load<f64>(positionQuantities(book) + (k << 3));
    const entry = quantity == 0.0 ? mark : load<f64>(positionEntries(book) + (k << 3));
    const pnl = unrealised(payoff, quantity * multiplier, entry, mark) + load<f64>(positionFundings(book) + (k << 3));
    addEquity(frame, pnl * index);
    noteLine(frame);
    if (pnl < 0.0) taken -= pnl;
    else added += pnl;
    if (quantity == 0.0) continue;
    notePosition(frame);
    const own = abs(quantity) * notionalOf(frame, i, payoff, multiplier, mark, entry);
    const row = instrumentRow(variant, i);
    notional += own;
    costs += own * load<f64>(row, COSTS);
    rewards += own * load<f64>(row, REWARD);
    const size = abs(quantity) * multiplier;
    const units = payoff == INVERSE ? size / mark : size;
    const whole = rounded(own, scale, DOWN);
    if (first == INITIAL) {
      const least = max(floorOf(frame), lineFloor(extrasOf(frame), k));
      initial += required(frame, i, INITIAL, whole, units, least);
    }
    maintenance += required(frame, i, MAINTENANCE, whole, units, 0.0);
  }
  if (added + taken != 0.0) joinBoth(frame, settle, added, taken);
  for (let level = first; level < 2; level++) {
    add(frame, LIABILITIES, level, costs);
    add(frame, NOTIONAL, level, notional);
    add(frame, REWARDS, level, rewards);
  }
  add(frame, POSITIONS, INITIAL, initial);
  add(frame, POSITIONS, MAINTENANCE, maintenance);
}

export function hasOrders(extras: usize, k: usize): bool {
  return orderCount(extras, k) != 0 || orderOf(extras, k, BIDS) != 0.0 || orderOf(extras, k, ASKS) != 0.0;
}

/** Add what P&L adds to its settle asset and takes from it, the same at both levels. */
function joinBoth(frame: usize, settle: usize, added: f64, taken: f64): void {
  const row = rowOf(frame, settle);
  for (let level: usize = 0; level < 2; level++) {
    hold(row, ADDED, level, added);
    hold(row, TAKEN, level, taken);
  }
}

export function contractLine(frame: usize, k: usize, first: usize, last: usize, record: usize): void {
  const book = bookOf(frame);
  const market = marketOf(frame);
  const variant = variantOf(frame);
  const instrument = load<u32>(positionInstruments(book) + (k << 2));
  const i = <usize>instrument;
  const settle = <usize>settleOf(market, instrument);
  const payoff = payoffOf(market, instrument);
  const multiplier = multiplierOf(market, instrument);
  const mark = markOf(market, instrument) * instrumentMove(frame, i);
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
  for (let level = first; level <= last; level++) {
    const open = level == INITIAL || (flagsOf(variant) & ORDERS_AT_BOTH) != 0;
    if ((counts & WEIGHTS_BASE) != 0) {
      const quote = funding - quantity * multiplier * entry;
      const all = open && orders == SETTLE;
      join(frame, settle, level, settledBase(frame, k, i, level, quantity, multiplier, quote, all), record);
    } else {
      unsettled(frame, i, settle, level, pnl, quantity, record);
    }
    const costs = own * load<f64>(row, COSTS);
    add(frame, LIABILITIES, level, costs);
    note(record, RECORD_COSTS, level, costs);
    add(frame, NOTIONAL, level, own);
    add(frame, REWARDS, level, own * load<f64>(row, REWARD));
    if (open && orders > ORDERS_IGNORED) {
      add(frame, ORDERS, level, moneyPerOrder(variant) * <f64>orderCount(extrasOf(frame), k));
    }
    if ((counts & REQUIRES) == 0) continue;
    let size = abs(quantity);
    if (open && orders == WORST_SIDE) {
      const bids = orderOf(extrasOf(frame), k, BIDS);
      const asks = orderOf(extrasOf(frame), k, ASKS);
      size = max(abs(quantity + bids), abs(quantity - asks));
    }
    if (size == 0.0) continue;
    const units = size * multiplier;
    const whole = rounded(size * unit, scaleOf(variant, REQUIREMENT), DOWN);
    const least = level == INITIAL ? max(floorOf(frame), lineFloor(extrasOf(frame), k)) : 0.0;
    const money = required(frame, i, level, whole, payoff == INVERSE ? units / mark : units, least);
    add(frame, POSITIONS, level, money);
    note(record, RECORD_REQUIREMENT, level, money);
  }
}

/** Requirement on a whole notional and a size of at least `least` of it: max(rate × notional + plus, at least). */
export function required(frame: usize, i: usize, level: usize, notional: f64, size: f64, least: f64): f64 {
  const variant = variantOf(frame);
  const row = instrumentRow(variant, i);
  const curve = load<usize>(instrumentCurve(variant, i) + (level << 2), RATE_CURVE);
  const money = requirementOf(frame, curve, instrumentLane(row, level, RATE), size, notional, least);
  return max(money + instrumentLane(row, level, PLUS), instrumentLane(row, level, AT_LEAST));
}

/** Notional of one contract in the numeraire, at the price that the rule takes. */
export function notionalOf(frame: usize, i: usize, payoff: u32, multiplier: f64, mark: f64, entry: f64): f64 {
  const curves = instrumentCurve(variantOf(frame), i);
  const at = load<u32>(curves, NOTIONAL_AT);
  const quote = indexOf(frame, <usize>quoteOf(marketOf(frame), <u32>i));
  if (payoff == INVERSE) return multiplier * quote;
  if (at == AT_INDEX) return multiplier * indexOf(frame, <usize>load<u32>(curves, UNDERLYING));
  return multiplier * (at == AT_ENTRY ? entry : mark) * quote;
}

/** P&L of a line by itself, or joined with what else settles in its asset. */
function unsettled(frame: usize, i: usize, settle: usize, level: usize, pnl: f64, quantity: f64, record: usize): void {
  const flags = flagsOf(variantOf(frame));
  if ((flags & JOINS_POSITION) == 0) {
    join(frame, settle, level, pnl, record);
  } else if (pnl >= 0.0) {
    const gain = gainOf(frame, i, settle, level, pnl, quantity);
    add(frame, ASSETS, level, gain);
    note(record, RECORD_PNL, level, gain);
  } else {
    const loss = lossOf(frame, settle, level, -pnl, quantity);
    const off = (flags & LOSSES_OFF_ASSETS) != 0;
    add(frame, off ? ASSETS : LIABILITIES, level, off ? -loss : loss);
    note(record, RECORD_PNL, level, -loss);
  }
}

/** Add an amount of either sign to what P&L does to its settle asset. */
function join(frame: usize, settle: usize, level: usize, amount: f64, record: usize): void {
  const row = rowOf(frame, settle);
  if (amount < 0.0) hold(row, TAKEN, level, -amount);
  else hold(row, ADDED, level, amount);
  note(record, RECORD_JOINED, level, amount);
}
