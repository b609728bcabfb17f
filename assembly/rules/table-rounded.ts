/**
 * Pools of holdings under rules that round values, weighted values or the average weight, as lending protocols do: both levels
 * of a holding at once. Same numbers as the general path, up to the order of summation.
 */
import { holdingQuantities, holdingStarts, IDLE, LIABILITY, slots, startOf } from "../book/book";
import { begin, COLLATERAL, DEBT, LIABILITIES, noteLines, setEquity, setSum, WEIGHTED } from "./frame";
import { average } from "./holdings";
import { finish, OK } from "./output";
import { NONE, whole, wholePair } from "./rounding";
import {
  ASSETS as AS_ASSET,
  directionOf,
  flagsOf,
  flatTable,
  HAS_INITIAL,
  INITIAL,
  LIABILITIES as AS_LIABILITY,
  MAINTENANCE,
  scaleOf,
  VALUE,
  WEIGHTED as WEIGHTED_STEP,
} from "./variant";

/** Pool p; 1 where its row is written, 0 where a number is not finite and the general path is to say why. */
export function roundedPool(
  frame: usize,
  book: usize,
  variant: usize,
  p: usize,
  row: usize,
  column: usize,
  bytes: usize,
  n: usize,
): usize {
  begin(frame, variant, 0.0);
  if (ASC_FEATURE_SIMD) pairs(frame, book, variant, p);
  else singles(frame, book, variant, p);
  const first = (flagsOf(variant) & HAS_INITIAL) != 0 ? INITIAL : MAINTENANCE;
  for (let level = first; level < 2; level++) average(frame, level);
  if (finish(frame, row, column, bytes, n, 0.0, 0.0) != OK) return 0;
  store<u8>(bytes, <u8>OK);
  return 1;
}

/** Sums of pool p, I and M as the lanes of a vector; values in units while they are added up. */
function pairs(frame: usize, book: usize, variant: usize, p: usize): void {
  const table = flatTable(variant);
  const heldValue = directionOf(variant, VALUE, AS_ASSET);
  const heldWeighted = directionOf(variant, WEIGHTED_STEP, AS_ASSET);
  const owedValue = directionOf(variant, VALUE, AS_LIABILITY);
  const owedWeighted = directionOf(variant, WEIGHTED_STEP, AS_LIABILITY);
  let collateral = f64x2.splat(0.0);
  let counted = collateral;
  let debt = collateral;
  let liabilities = collateral;
  let equity = 0.0;
  let lines: usize = 0;
  for (let h = startOf(holdingStarts(book), p), end = startOf(holdingStarts(book), p + 1); h < end; h++) {
    const slot = load<u32>(slots(book) + (h << 2));
    const entry = table + ((<usize>slot) << 6);
    const quantity = load<f64>(holdingQuantities(book) + (h << 3));
    equity += quantity * load<f64>(entry);
    if ((slot & 3) == IDLE) continue;
    lines++;
    const worth = f64x2.mul(f64x2.splat(abs(quantity)), v128.load(entry, 16));
    if ((slot & 3) == LIABILITY) {
      const owed = wholes(worth, owedValue);
      debt = f64x2.add(debt, owed);
      liabilities = f64x2.add(liabilities, wholes(f64x2.mul(owed, v128.load(entry, 32)), owedWeighted));
    } else {
      const held = wholes(worth, heldValue);
      collateral = f64x2.add(collateral, held);
      counted = f64x2.add(counted, wholes(f64x2.mul(held, v128.load(entry, 32)), heldWeighted));
    }
  }
  const value = unitsOf(variant, VALUE);
  const weighted = unitsOf(variant, WEIGHTED_STEP);
  setEquity(frame, equity);
  noteLines(frame, lines);
  setSum(frame, COLLATERAL, INITIAL, f64x2.extract_lane(collateral, 0) / value);
  setSum(frame, COLLATERAL, MAINTENANCE, f64x2.extract_lane(collateral, 1) / value);
  setSum(frame, WEIGHTED, INITIAL, f64x2.extract_lane(counted, 0) / weighted);
  setSum(frame, WEIGHTED, MAINTENANCE, f64x2.extract_lane(counted, 1) / weighted);
  setSum(frame, DEBT, INITIAL, f64x2.extract_lane(debt, 0) / value);
  setSum(frame, DEBT, MAINTENANCE, f64x2.extract_lane(debt, 1) / value);
  setSum(frame, LIABILITIES, INITIAL, f64x2.extract_lane(liabilities, 0) / weighted);
  setSum(frame, LIABILITIES, MAINTENANCE, f64x2.extract_lane(liabilities, 1) / weighted);
}

/** The same, one level after the other. */
function singles(frame: usize, book: usize, variant: usize, p: usize): void {
  const table = flatTable(variant);
  const from = startOf(holdingStarts(book), p);
  const end = startOf(holdingStarts(book), p + 1);
  const value = unitsOf(variant, VALUE);
  const weighted = unitsOf(variant, WEIGHTED_STEP);
  for (let level: usize = 0; level < 2; level++) {
    let collateral = 0.0;
    let counted = 0.0;
    let debt = 0.0;
    let liabilities = 0.0;
    let equity = 0.0;
    let lines: usize = 0;
    for (let h = from; h < end; h++) {
      const slot = load<u32>(slots(book) + (h << 2));
      const entry = table + ((<usize>slot) << 6);
      const quantity = load<f64>(holdingQuantities(book) + (h << 3));
      equity += quantity * load<f64>(entry);
      if ((slot & 3) == IDLE) continue;
      lines++;
      const worth = abs(quantity) * load<f64>(entry + (level << 3), 16);
      const weight = load<f64>(entry + (level << 3), 32);
      if ((slot & 3) == LIABILITY) {
        const owed = stepped(worth, directionOf(variant, VALUE, AS_LIABILITY));
        debt += owed;
        liabilities += stepped(owed * weight, directionOf(variant, WEIGHTED_STEP, AS_LIABILITY));
      } else {
        const held = stepped(worth, directionOf(variant, VALUE, AS_ASSET));
        collateral += held;
        counted += stepped(held * weight, directionOf(variant, WEIGHTED_STEP, AS_ASSET));
      }
    }
    setEquity(frame, equity);
    noteLines(frame, lines);
    setSum(frame, COLLATERAL, level, collateral / value);
    setSum(frame, WEIGHTED, level, counted / weighted);
    setSum(frame, DEBT, level, debt / value);
    setSum(frame, LIABILITIES, level, liabilities / weighted);
  }
}

/** Units in one of a step; 1 where it does not round, as the table has it. */
function unitsOf(variant: usize, step: usize): f64 {
  const scale = scaleOf(variant, step);
  return scale == 0.0 ? 1.0 : scale;
}

function stepped(units: f64, direction: u32): f64 {
  return direction == NONE ? units : whole(units, direction);
}

/** `stepped` of both lanes. */
function wholes(units: v128, direction: u32): v128 {
  return direction == NONE ? units : wholePair(units, direction);
}
