/**
 * Pools of holdings under rules that round values, weighted values or the average weight, as lending protocols do: both levels
 * of a holding at once, no branch per holding. Same numbers as the general path, up to the order of summation.
 *
 * A direction is two numbers, s and half: s ⌊s u + half + noise⌋ is u rounded down at s = 1, half = 0, up at −1, 0 and half up
 * at 1, ½; a third is all bits where the step leaves u as it is. `steps` in scratch holds them by class of a holding: 96 bytes,
 * a vector each of s, half and that mask of the value, then of the weighted value.
 */
import { holdingQuantities, holdingStarts, IDLE, LIABILITY, slots, startOf } from "../book/book";
import { roundedSteps } from "./frame";
import { HALF, MOST_NOISE, NOISE, NONE, UP } from "./rounding";
import { loanRow } from "./table-row";
import {
  ASSETS as AS_ASSET,
  averageScale,
  directionOf,
  flatTable,
  INITIAL,
  LIABILITIES as AS_LIABILITY,
  MAINTENANCE,
  scaleOf,
  VALUE,
  WEIGHTED,
} from "./variant";

const CLASS_BYTES: usize = 96;

/** Fill `steps` for a variant. */
export function prepareRounded(frame: usize, variant: usize): void {
  const steps = roundedSteps(frame);
  for (let held: u32 = 0; held < 3; held++) {
    const side = held == LIABILITY ? AS_LIABILITY : AS_ASSET;
    const at = steps + CLASS_BYTES * <usize>held;
    prepareStep(at, directionOf(variant, VALUE, side));
    prepareStep(at + 48, directionOf(variant, WEIGHTED, side));
  }
}

function prepareStep(at: usize, direction: u32): void {
  for (let lane: usize = 0; lane < 16; lane += 8) {
    store<f64>(at + lane, direction == UP ? -1.0 : 1.0);
    store<f64>(at + lane, direction == HALF ? 0.5 : 0.0, 16);
    store<i64>(at + lane, direction == NONE ? -1 : 0, 32);
  }
}

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
): u32 {
  const table = flatTable(variant);
  const slot = slots(book);
  const quantities = holdingQuantities(book);
  const steps = roundedSteps(frame);
  const begin = startOf(holdingStarts(book), p);
  const end = startOf(holdingStarts(book), p + 1);
  let equity = 0.0;
  let lines: usize = 0;
  let collateralInitial = 0.0;
  let collateral = 0.0;
  let countedInitial = 0.0;
  let counted = 0.0;
  let debt = 0.0;
  let owedInitial = 0.0;
  let owed = 0.0;
  if (ASC_FEATURE_SIMD) {
    let held = f64x2.splat(0.0);
    let weighed = held;
    let borrowed = held;
    let liabilities = held;
    const tiny = f64x2.splat(NOISE);
    const most = f64x2.splat(MOST_NOISE);
    for (let h = begin; h < end; h++) {
      const s = load<u32>(slot + (h << 2));
      const entry = table + ((<usize>s) << 6);
      const step = steps + CLASS_BYTES * <usize>(s & 3);
      const quantity = load<f64>(quantities + (h << 3));
      equity += quantity * load<f64>(entry);
      lines += (s & 3) == IDLE ? 0 : 1;
      const isOwed = i64x2.splat(0 - <i64>(s & 1));
      const units = f64x2.mul(f64x2.splat(abs(quantity)), v128.load(entry, 16));
      const noise = f64x2.pmin(f64x2.mul(units, tiny), most);
      const sign = v128.load(step);
      const stepped = f64x2.floor(f64x2.add(f64x2.add(f64x2.mul(units, sign), v128.load(step, 16)), noise));
      const value = v128.bitselect(units, f64x2.mul(stepped, sign), v128.load(step, 32));
      held = f64x2.add(held, v128.andnot(value, isOwed));
      borrowed = f64x2.add(borrowed, v128.and(value, isOwed));
      const parts = f64x2.mul(value, v128.load(entry, 32));
      const partNoise = f64x2.pmin(f64x2.mul(parts, tiny), most);
      const turn = v128.load(step, 48);
      const whole = f64x2.floor(f64x2.add(f64x2.add(f64x2.mul(parts, turn), v128.load(step, 64)), partNoise));
      const weight = v128.bitselect(parts, f64x2.mul(whole, turn), v128.load(step, 80));
      weighed = f64x2.add(weighed, v128.andnot(weight, isOwed));
      liabilities = f64x2.add(liabilities, v128.and(weight, isOwed));
    }
    collateralInitial = f64x2.extract_lane(held, 0);
    collateral = f64x2.extract_lane(held, 1);
    countedInitial = f64x2.extract_lane(weighed, 0);
    counted = f64x2.extract_lane(weighed, 1);
    debt = f64x2.extract_lane(borrowed, 1);
    owedInitial = f64x2.extract_lane(liabilities, 0);
    owed = f64x2.extract_lane(liabilities, 1);
  } else {
    for (let h = begin; h < end; h++) {
      const s = load<u32>(slot + (h << 2));
      const entry = table + ((<usize>s) << 6);
      const step = steps + CLASS_BYTES * <usize>(s & 3);
      const quantity = load<f64>(quantities + (h << 3));
      equity += quantity * load<f64>(entry);
      lines += (s & 3) == IDLE ? 0 : 1;
      const valueInitial = stepped(abs(quantity) * load<f64>(entry, 16), step);
      const value = stepped(abs(quantity) * load<f64>(entry, 24), step);
      const weightInitial = stepped(valueInitial * load<f64>(entry, 32), step + 48);
      const weight = stepped(value * load<f64>(entry, 40), step + 48);
      if ((s & 1) != 0) {
        debt += value;
        owedInitial += weightInitial;
        owed += weight;
      } else {
        collateralInitial += valueInitial;
        collateral += value;
        countedInitial += weightInitial;
        counted += weight;
      }
    }
  }
  const valueScale = unitsOf(variant, VALUE);
  const weightedScale = unitsOf(variant, WEIGHTED);
  collateral /= valueScale;
  const assets = averaged(variant, MAINTENANCE, collateral, counted / weightedScale);
  const initialAssets = averaged(variant, INITIAL, collateralInitial / valueScale, countedInitial / weightedScale);
  owed /= weightedScale;
  owedInitial /= weightedScale;
  debt /= valueScale;
  return loanRow(
    variant,
    lines,
    row,
    column,
    bytes,
    n,
    equity,
    collateral,
    debt,
    initialAssets,
    assets,
    owedInitial,
    owed,
  );
}

/** Weighted collateral, or collateral × the average weight rounded down where the rule takes that. */
function averaged(variant: usize, level: usize, collateral: f64, counted: f64): f64 {
  const scale = averageScale(variant, level);
  if (scale == 0.0 || collateral == 0.0) return counted;
  const units = (counted / collateral) * scale;
  const product = collateral * (floor(units + min(units * NOISE, MOST_NOISE)) / scale);
  const value = scaleOf(variant, VALUE);
  if (value == 0.0) return product;
  return floor(product * value + min(product * value * NOISE, MOST_NOISE)) / value;
}

/** Units in one of a step; 1 where it does not round, as the table has it. */
function unitsOf(variant: usize, step: usize): f64 {
  const scale = scaleOf(variant, step);
  return scale == 0.0 ? 1.0 : scale;
}

/** `units` by a step, as the vectors do it. */
function stepped(units: f64, step: usize): f64 {
  if (load<i64>(step, 32) != 0) return units;
  const noise = units * NOISE;
  const held = MOST_NOISE < noise ? MOST_NOISE : noise;
  return floor(units * load<f64>(step) + load<f64>(step, 16) + held) * load<f64>(step);
}
