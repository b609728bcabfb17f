/** Holdings of a pool: added up per asset and side, joined by P&L, then valued, weighed and rounded per level. */
import { COLLATERAL as HELD_CLASS, holdingQuantities, holdingStarts, IDLE, slots, startOf } from "../book/book";
import { isNetted } from "./extras";
import {
  ADDED,
  ASSETS,
  add,
  addEquity,
  assetMove,
  assetRecord,
  BALANCE,
  BORROWING,
  bookOf,
  COLLATERAL,
  DEBT,
  extrasOf,
  floorOf,
  HELD,
  heldAt,
  hold,
  indexOf,
  LIABILITIES,
  note,
  noteLine,
  noteLines,
  OWED,
  priceOf,
  RECORD_APART,
  RECORD_BORROWING,
  RECORD_COUNTED,
  RECORD_DEBT,
  RECORD_HELD,
  RECORD_LIABILITY,
  RECORD_OWED,
  RECORD_VALUE,
  rowOf,
  setEquity,
  setSum,
  sumOf,
  TAKEN,
  touchedAsset,
  touchedCount,
  variantOf,
  WEIGHTED,
} from "./frame";
import { requirementOf } from "./requirement";
import { DOWN, rounded } from "./rounding";
import {
  ASSETS as AS_ASSET,
  assetCurve,
  assetLane,
  assetRow,
  averageScale,
  BORROW_CURVE,
  BORROW_RATE,
  CAP,
  CAP_ASSET,
  COUNTS,
  flagsOf,
  flatTable,
  INITIAL,
  JOINS_BALANCE,
  JOINS_POSITION,
  LIABILITIES as AS_LIABILITY,
  LIABILITY_WEIGHT,
  MAINTENANCE,
  OVERLAP_ASSET,
  OVERLAP_LIABILITY,
  PLAIN_HOLDINGS,
  scaleOf,
  VALUE,
  WEIGHT,
} from "./variant";
import { valueOf, weightedAsset, weightedLiability, weightedOnce } from "./weights";

/** Quantities of pool p by asset and side, in the order of the book; its equity at index prices. O(holdings). */
export function gather(frame: usize, p: usize): void {
  const book = bookOf(frame);
  const joined = (flagsOf(variantOf(frame)) & JOINS_BALANCE) != 0;
  for (let h = startOf(holdingStarts(book), p), end = startOf(holdingStarts(book), p + 1); h < end; h++) {
    const slot = load<u32>(slots(book) + (h << 2));
    const asset = <usize>(slot >> 2);
    const quantity = load<f64>(holdingQuantities(book) + (h << 3));
    addEquity(frame, quantity * indexOf(frame, asset));
    if ((slot & 3) == IDLE) continue;
    noteLine(frame);
    const row = rowOf(frame, asset);
    const netted = joined && isNetted(extrasOf(frame), h);
    const held = (slot & 3) == HELD_CLASS;
    const lane = netted ? BALANCE : held ? HELD : OWED;
    const amount = netted || held ? quantity : -quantity;
    hold(row, lane, 0, amount);
    hold(row, lane, 1, amount);
  }
}

/**
 * Holdings of pool p where their weights are numbers, nothing is rounded and no P&L joins them: their sums by the flat table,
 * one row per holding and no row per asset. O(holdings).
 */
export function gatherPlain(frame: usize, p: usize): void {
  const book = bookOf(frame);
  const table = flatTable(variantOf(frame));
  const begin = startOf(holdingStarts(book), p);
  const end = startOf(holdingStarts(book), p + 1);
  let equity = 0.0;
  let collateral = 0.0;
  let initialAssets = 0.0;
  let assets = 0.0;
  let debt = 0.0;
  let initialOwed = 0.0;
  let owed = 0.0;
  for (let h = begin; h < end; h++) {
    const q = load<f64>(holdingQuantities(book) + (h << 3));
    // A holding of nothing reads no price, also where there is none.
    if (q == 0.0) continue;
    const entry = table + ((<usize>load<u32>(slots(book) + (h << 2))) << 6);
    equity += q * load<f64>(entry);
    collateral += q * load<f64>(entry, 8);
    initialAssets += q * load<f64>(entry, 16);
    assets += q * load<f64>(entry, 24);
    debt += q * load<f64>(entry, 40);
    initialOwed += q * load<f64>(entry, 48);
    owed += q * load<f64>(entry, 56);
  }
  setEquity(frame, equity);
  noteLines(frame, end - begin);
  setSum(frame, COLLATERAL, MAINTENANCE, collateral);
  setSum(frame, DEBT, MAINTENANCE, debt);
  setSum(frame, WEIGHTED, INITIAL, initialAssets);
  setSum(frame, WEIGHTED, MAINTENANCE, assets);
  setSum(frame, LIABILITIES, INITIAL, initialOwed);
  setSum(frame, LIABILITIES, MAINTENANCE, owed);
}

/**
 * Where the rule joins P&L with balances: the sum is held or owed. Where it says what becomes of the part that cancels, that
 * part counts on both sides.
 */
export function joinBalances(frame: usize, first: usize): void {
  if ((flagsOf(variantOf(frame)) & JOINS_BALANCE) == 0) return;
  for (let n: usize = 0; n < touchedCount(frame); n++) {
    for (let level = first; level < 2; level++) joinBalance(frame, touchedAsset(frame, n), level);
  }
}

/** The same of one asset at one level, under such a rule. */
export function joinBalance(frame: usize, asset: usize, level: usize): void {
  const flags = flagsOf(variantOf(frame));
  const row = rowOf(frame, asset);
  const balance = heldAt(row, BALANCE, level);
  const added = heldAt(row, ADDED, level);
  const taken = heldAt(row, TAKEN, level);
  const net = balance + added - taken;
  if (net < 0.0) hold(row, OWED, level, -net);
  else hold(row, HELD, level, net);
  if ((flags & (OVERLAP_LIABILITY | OVERLAP_ASSET)) == 0) return;
  const both = min(max(balance, 0.0) + added, taken - min(balance, 0.0));
  if (both == 0.0) return;
  const side = (flags & OVERLAP_LIABILITY) != 0 ? AS_LIABILITY : AS_ASSET;
  const value = valueOf(frame, both, priceOf(frame, asset, level, side), side);
  const counted =
    side == AS_LIABILITY
      ? weightedLiability(frame, asset, level, both, value)
      : weightedAsset(frame, asset, level, both, value);
  add(frame, ASSETS, level, counted);
  add(frame, LIABILITIES, level, counted);
}

/** All assets that the pool touches, valued and weighed at the levels from `first`. */
export function weigh(frame: usize, first: usize): void {
  const plain =
    (flagsOf(variantOf(frame)) & PLAIN_HOLDINGS) != 0 && floorOf(frame) == 0.0 && assetRecord(frame, 0) == 0;
  for (let n: usize = 0, count = touchedCount(frame); n < count; n++) {
    for (let level = first; level < 2; level++) weighOne(frame, touchedAsset(frame, n), level, plain);
  }
  for (let level = first; level < 2; level++) average(frame, level);
}

/**
 * One asset at one level, before an average weight is taken.
 *
 * @param plain  its weights are numbers, nothing is rounded and nothing recorded
 */
export function weighOne(frame: usize, asset: usize, level: usize, plain: bool): void {
  const row = rowOf(frame, asset);
  const held = heldAt(row, HELD, level);
  const owed = heldAt(row, OWED, level);
  if (plain) {
    weighPlain(frame, asset, level, held, owed);
  } else {
    const record = assetRecord(frame, asset);
    note(record, RECORD_HELD, level, held);
    note(record, RECORD_OWED, level, owed);
    if (held != 0.0) weighHeld(frame, asset, level, held, record);
    if (owed != 0.0) weighOwed(frame, asset, level, owed, record);
  }
  if ((flagsOf(variantOf(frame)) & (JOINS_BALANCE | JOINS_POSITION)) != 0) return;
  weighApart(frame, asset, level, heldAt(row, ADDED, level) - heldAt(row, TAKEN, level));
}

/** An asset held or owed where its weights are numbers and nothing is rounded. */
function weighPlain(frame: usize, asset: usize, level: usize, held: f64, owed: f64): void {
  const row = assetRow(variantOf(frame), asset);
  if (held != 0.0 && load<f64>(row, COUNTS) != 0.0) {
    const value = held * priceOf(frame, asset, level, AS_ASSET);
    add(frame, COLLATERAL, level, value);
    add(frame, WEIGHTED, level, value * assetLane(row, level, WEIGHT));
  }
  if (owed != 0.0) {
    const value = owed * priceOf(frame, asset, level, AS_LIABILITY);
    add(frame, DEBT, level, value);
    add(frame, LIABILITIES, level, value * assetLane(row, level, LIABILITY_WEIGHT));
  }
}

/** Collateral: value at the price for assets, up to the cap, × weight. */
function weighHeld(frame: usize, asset: usize, level: usize, held: f64, record: usize): void {
  const variant = variantOf(frame);
  const row = assetRow(variant, asset);
  if (load<f64>(row, COUNTS) == 0.0) return;
  const value = valueOf(frame, held, priceOf(frame, asset, level, AS_ASSET), AS_ASSET);
  let cap = load<f64>(row, CAP);
  if (cap != Infinity) cap *= assetMove(frame, <usize>load<u32>(assetCurve(variant, asset), CAP_ASSET));
  const counted = weightedAsset(frame, asset, level, held, min(value, cap));
  add(frame, COLLATERAL, level, value);
  add(frame, WEIGHTED, level, counted);
  note(record, RECORD_VALUE, level, value);
  note(record, RECORD_COUNTED, level, counted);
}

/** What is owed: value at the price for liabilities × liability weight, and a requirement where the rule has one on loans. */
function weighOwed(frame: usize, asset: usize, level: usize, owed: f64, record: usize): void {
  const variant = variantOf(frame);
  const value = valueOf(frame, owed, priceOf(frame, asset, level, AS_LIABILITY), AS_LIABILITY);
  const counted = weightedLiability(frame, asset, level, owed, value);
  add(frame, DEBT, level, value);
  add(frame, LIABILITIES, level, counted);
  note(record, RECORD_DEBT, level, value);
  note(record, RECORD_LIABILITY, level, counted);
  const curve = load<usize>(assetCurve(variant, asset) + (level << 2), BORROW_CURVE);
  const rate = assetLane(assetRow(variant, asset), level, BORROW_RATE);
  if (curve == 0 && rate == 0.0) return;
  const required = requirementOf(frame, curve, rate, owed, value, 0.0);
  add(frame, BORROWING, level, required);
  note(record, RECORD_BORROWING, level, required);
}

/** P&L in an asset, apart from what is held of it: a gain counts in full, a loss as a liability. */
function weighApart(frame: usize, asset: usize, level: usize, net: f64): void {
  if (net == 0.0) return;
  if (net > 0.0) {
    const gain = valueOf(frame, net, priceOf(frame, asset, level, AS_ASSET), AS_ASSET);
    const counted = weightedOnce(frame, gain);
    add(frame, ASSETS, level, counted);
    note(assetRecord(frame, asset), RECORD_APART, level, counted);
    return;
  }
  const value = valueOf(frame, -net, priceOf(frame, asset, level, AS_LIABILITY), AS_LIABILITY);
  const counted = weightedLiability(frame, asset, level, -net, value);
  add(frame, LIABILITIES, level, counted);
  note(assetRecord(frame, asset), RECORD_APART, level, -counted);
}

/**
 * Weighted holdings into assets: as they are, or collateral × the average weight rounded down, the product rounded down as
 * values are.
 */
export function average(frame: usize, level: usize): void {
  const variant = variantOf(frame);
  const scale = averageScale(variant, level);
  const counted = sumOf(frame, WEIGHTED, level);
  const collateral = sumOf(frame, COLLATERAL, level);
  if (scale == 0.0 || collateral == 0.0) {
    add(frame, ASSETS, level, counted);
    return;
  }
  const whole = collateral * rounded(counted / collateral, scale, DOWN);
  add(frame, ASSETS, level, rounded(whole, scaleOf(variant, VALUE), DOWN));
}
