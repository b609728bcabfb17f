/**
 * Pools of holdings under rules that round values, weighted values or the average weight, as lending protocols do: both levels
 * of a holding at once. Same numbers as the general path, up to the order of summation.
 */
import { holdingQuantities, holdingStarts, IDLE, LIABILITY, slots, startOf } from "../book/book";
import { begin, COLLATERAL, DEBT, LIABILITIES, noteLines, setEquity, setSum, WEIGHTED } from "./frame";
import { average } from "./holdings";
import { finish, OK } from "./output";
import { DOWN, NOISE, NONE, rounded, UP } from "./rounding";
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

/** Sums of pool p, I and M as the lanes of a vector. */
function pairs(frame: usize, book: usize, variant: usize, p: usize): void {
  const table = flatTable(variant);
  const value = scaleOf(variant, VALUE);
  const weighted = scaleOf(variant, WEIGHTED_STEP);
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
      const owed = roundedPair(worth, value, owedValue);
      debt = f64x2.add(debt, owed);
      liabilities = f64x2.add(liabilities, roundedPair(f64x2.mul(owed, v128.load(entry, 32)), weighted, owedWeighted));
    } else {
      const held = roundedPair(worth, value, heldValue);
      collateral = f64x2.add(collateral, held);
      counted = f64x2.add(counted, roundedPair(f64x2.mul(held, v128.load(entry, 32)), weighted, heldWeighted));
    }
  }
  setEquity(frame, equity);
  noteLines(frame, lines);
  for (let level: usize = 0; level < 2; level++) {
    setSum(
      frame,
      COLLATERAL,
      level,
      level == 0 ? f64x2.extract_lane(collateral, 0) : f64x2.extract_lane(collateral, 1),
    );
    setSum(frame, WEIGHTED, level, level == 0 ? f64x2.extract_lane(counted, 0) : f64x2.extract_lane(counted, 1));
    setSum(frame, DEBT, level, level == 0 ? f64x2.extract_lane(debt, 0) : f64x2.extract_lane(debt, 1));
    setSum(
      frame,
      LIABILITIES,
      level,
      level == 0 ? f64x2.extract_lane(liabilities, 0) : f64x2.extract_lane(liabilities, 1),
    );
  }
}

/** The same, one level after the other. */
function singles(frame: usize, book: usize, variant: usize, p: usize): void {
  const table = flatTable(variant);
  const begins = startOf(holdingStarts(book), p);
  const end = startOf(holdingStarts(book), p + 1);
  for (let level: usize = 0; level < 2; level++) {
    let collateral = 0.0;
    let counted = 0.0;
    let debt = 0.0;
    let liabilities = 0.0;
    let equity = 0.0;
    let lines: usize = 0;
    for (let h = begins; h < end; h++) {
      const slot = load<u32>(slots(book) + (h << 2));
      const entry = table + ((<usize>slot) << 6);
      const quantity = load<f64>(holdingQuantities(book) + (h << 3));
      equity += quantity * load<f64>(entry);
      if ((slot & 3) == IDLE) continue;
      lines++;
      const worth = abs(quantity) * load<f64>(entry + (level << 3), 16);
      const weight = load<f64>(entry + (level << 3), 32);
      if ((slot & 3) == LIABILITY) {
        const owed = rounded(worth, scaleOf(variant, VALUE), directionOf(variant, VALUE, AS_LIABILITY));
        debt += owed;
        liabilities += rounded(
          owed * weight,
          scaleOf(variant, WEIGHTED_STEP),
          directionOf(variant, WEIGHTED_STEP, AS_LIABILITY),
        );
      } else {
        const held = rounded(worth, scaleOf(variant, VALUE), directionOf(variant, VALUE, AS_ASSET));
        collateral += held;
        counted += rounded(
          held * weight,
          scaleOf(variant, WEIGHTED_STEP),
          directionOf(variant, WEIGHTED_STEP, AS_ASSET),
        );
      }
    }
    setEquity(frame, equity);
    noteLines(frame, lines);
    setSum(frame, COLLATERAL, level, collateral);
    setSum(frame, WEIGHTED, level, counted);
    setSum(frame, DEBT, level, debt);
    setSum(frame, LIABILITIES, level, liabilities);
  }
}

/** `rounded` of both lanes. */
function roundedPair(x: v128, scale: f64, direction: u32): v128 {
  if (scale == 0.0 || direction == NONE) return x;
  const by = f64x2.splat(scale);
  const units = f64x2.mul(x, by);
  const noise = f64x2.mul(units, f64x2.splat(NOISE));
  const whole = f64x2.nearest(units);
  const near = f64x2.le(f64x2.abs(f64x2.sub(units, whole)), noise);
  let other: v128;
  if (direction == DOWN) {
    other = f64x2.floor(units);
  } else if (direction == UP) {
    other = f64x2.ceil(units);
  } else {
    const twice = f64x2.add(units, units);
    const halves = f64x2.nearest(twice);
    const tie = f64x2.le(f64x2.abs(f64x2.sub(twice, halves)), f64x2.add(noise, noise));
    const half = f64x2.splat(0.5);
    const up = f64x2.floor(f64x2.mul(f64x2.add(halves, f64x2.splat(1.0)), half));
    other = v128.bitselect(up, f64x2.floor(f64x2.add(units, half)), tie);
  }
  return f64x2.div(v128.bitselect(whole, other, near), by);
}
