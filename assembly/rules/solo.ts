/**
 * Pools that stand in one pass: no spot orders, no floor and no status of their own; contracts that settle in one asset and
 * assets that each stand in one holding, or holdings that are sums and P&L apart from them. Both levels at once, the sums in
 * locals. Operations and their order are those of the general path, so the same bits. In a build without vectors the general
 * path does all.
 */
import { holdingQuantities, holdingStarts, IDLE, positionStarts, slots, startOf } from "../book/book";
import { combined } from "./combine";
import { NO_ASSET } from "./contracts";
import { ORDERED, shapes } from "./extras";
import {
  addBoth,
  ASSETS,
  begin as beginPool,
  bookOf,
  bothOf,
  COLLATERAL,
  DEBT,
  extrasOf,
  indexOf,
  LIABILITIES,
  noteLines,
  setBoth,
  setEquity,
  stackOf,
  WEIGHTED,
} from "./frame";
import { average } from "./holdings";
import { finish, OK } from "./output";
import { weighApart, weighHoldings } from "./solo-holdings";
import { RUN, soloLines } from "./solo-lines";
import {
  averageScale,
  flagsOf,
  flatTable,
  HAS_INITIAL,
  INITIAL,
  JOINS_BALANCE,
  MAINTENANCE,
  PLAIN_HOLDINGS,
  slotStatus,
} from "./variant";

/**
 * The row of such a pool; 1 where it is written, 0 where the general path is to do it: a status that is not OK, a number that
 * is not finite, contracts that settle in more assets than there is room for. O(holdings + lines).
 */
export function soloPool(
  frame: usize,
  variant: usize,
  p: usize,
  row: usize,
  column: usize,
  bytes: usize,
  n: usize,
): u32 {
  const book = bookOf(frame);
  const flags = flagsOf(variant);
  const joined = (flags & JOINS_BALANCE) != 0;
  const plain = !joined && (flags & PLAIN_HOLDINGS) != 0;
  const begin = startOf(holdingStarts(book), p);
  const end = startOf(holdingStarts(book), p + 1);
  beginPool(frame, variant, 0.0);
  if (!(plain ? sumHoldings(frame, variant, begin, end) : valueHoldings(frame, variant, begin, end))) return 0;
  const first = startOf(positionStarts(book), p);
  const last = startOf(positionStarts(book), p + 1);
  let runs: usize = 0;
  if (first < last) {
    const ordered = (load<u32>(shapes(extrasOf(frame)) + (p << 2)) & ORDERED) != 0;
    runs = soloLines(frame, variant, first, last, ordered);
    if (runs == 0) return 0;
  }
  const run = stackOf(frame);
  if (plain) {
    for (let at = run, stop = run + RUN * runs; at < stop; at += RUN) weighApart(frame, variant, at);
  } else {
    weighHoldings(frame, variant, begin, end, runs == 0 ? NO_ASSET : <usize>load<u32>(run), run, joined);
  }
  if (averageScale(variant, INITIAL) == 0.0 && averageScale(variant, MAINTENANCE) == 0.0) {
    addBoth(frame, ASSETS, bothOf(frame, WEIGHTED));
  } else {
    average(frame, INITIAL);
    average(frame, MAINTENANCE);
  }
  const initial = (flags & HAS_INITIAL) != 0 ? combined(frame, INITIAL) : 0.0;
  if (finish(frame, row, column, bytes, n, initial, combined(frame, MAINTENANCE)) != OK) return 0;
  store<u8>(bytes, <u8>OK);
  return 1;
}

/** `gatherPlain`; false where a holding has a status. */
function sumHoldings(frame: usize, variant: usize, begin: usize, end: usize): bool {
  const book = bookOf(frame);
  const table = flatTable(variant);
  const zero = f64x2.splat(0.0);
  let worst: u32 = 0;
  let collateral = zero;
  let assets = zero;
  let debt = zero;
  let owed = zero;
  for (let h = begin; h < end; h++) {
    const slot = <usize>load<u32>(slots(book) + (h << 2));
    const entry = table + (slot << 6);
    const quantity = v128.load64_splat(holdingQuantities(book) + (h << 3));
    worst |= slotStatus(variant, slot);
    collateral = f64x2.add(collateral, f64x2.mul(quantity, v128.load(entry)));
    assets = f64x2.add(assets, f64x2.mul(quantity, v128.load(entry, 16)));
    debt = f64x2.add(debt, f64x2.mul(quantity, v128.load(entry, 32)));
    owed = f64x2.add(owed, f64x2.mul(quantity, v128.load(entry, 48)));
  }
  // The first lane of what is not weighed is equity, and nothing: such a rule reads neither collateral nor debt at initial.
  setEquity(frame, f64x2.extract_lane(collateral, 0));
  setBoth(frame, COLLATERAL, collateral);
  setBoth(frame, WEIGHTED, assets);
  setBoth(frame, DEBT, debt);
  setBoth(frame, LIABILITIES, owed);
  noteLines(frame, end - begin);
  return worst == OK;
}

/** Equity of holdings that are yet to be weighed, and their number; false where one has a status. */
function valueHoldings(frame: usize, variant: usize, begin: usize, end: usize): bool {
  const book = bookOf(frame);
  let worst: u32 = 0;
  let equity = 0.0;
  let lines: usize = 0;
  for (let h = begin; h < end; h++) {
    const slot = load<u32>(slots(book) + (h << 2));
    worst |= slotStatus(variant, <usize>slot);
    equity += load<f64>(holdingQuantities(book) + (h << 3)) * indexOf(frame, <usize>(slot >> 2));
    lines += (slot & 3) == IDLE ? 0 : 1;
  }
  setEquity(frame, equity);
  noteLines(frame, lines);
  return worst == OK;
}
