/**
 * What a pool holds and owes, valued and weighed at both levels at once: the operations of holdings.ts in the same order per
 * level, so the same bits.
 */
import {
  ADDED,
  addBoth,
  bothOf,
  ASSETS,
  BORROWING,
  COLLATERAL,
  DEBT,
  floorOf,
  HELD,
  LIABILITIES,
  OWED,
  rowOf,
  TAKEN,
  touchedAsset,
  touchedCount,
  variantOf,
  WEIGHTED,
} from "./frame";
import { average, weighApart } from "./holdings";
import { requirementOf } from "./requirement";
import { alike, assetWeights, liabilityWeights } from "./pair-curves";
import { roundedPair } from "./rounding";
import {
  ASSETS as AS_ASSET,
  assetCurve,
  assetLane,
  assetPair,
  assetRow,
  averageScale,
  BORROW_CURVE,
  BORROW_RATE,
  CAP,
  COUNTS,
  directionOf,
  flagsOf,
  INITIAL,
  JOINS_BALANCE,
  JOINS_POSITION,
  LIABILITIES as AS_LIABILITY,
  LIABILITY_CURVE,
  LIABILITY_WEIGHT,
  MAINTENANCE,
  PRICE,
  scaleOf,
  VALUE,
  WEIGHT,
  WEIGHT_CURVE,
  WEIGHTED as WEIGHTED_STEP,
} from "./variant";
import { weightedAsset, weightedLiability } from "./weights";

/** `weigh` at both levels. */
export function weighPairs(frame: usize): void {
  const variant = variantOf(frame);
  const apart = (flagsOf(variant) & (JOINS_BALANCE | JOINS_POSITION)) == 0;
  for (let n: usize = 0, count = touchedCount(frame); n < count; n++) weighPair(frame, touchedAsset(frame, n), apart);
  if (averageScale(variant, INITIAL) == 0.0 && averageScale(variant, MAINTENANCE) == 0.0) {
    addBoth(frame, ASSETS, bothOf(frame, WEIGHTED));
  } else {
    average(frame, INITIAL);
    average(frame, MAINTENANCE);
  }
}

/** An asset that the pool touches: what is held and owed of it, and P&L apart from that. */
function weighPair(frame: usize, asset: usize, apart: bool): void {
  const row = rowOf(frame, asset);
  const held = v128.load(row, HELD);
  const owed = v128.load(row, OWED);
  if (v128.any_true(held)) weighHeld(frame, asset, held);
  if (v128.any_true(owed)) weighOwed(frame, asset, owed);
  if (!apart) return;
  const net = f64x2.sub(v128.load(row, ADDED), v128.load(row, TAKEN));
  if (!v128.any_true(net)) return;
  weighApart(frame, asset, INITIAL, f64x2.extract_lane(net, 0));
  weighApart(frame, asset, MAINTENANCE, f64x2.extract_lane(net, 1));
}

function weighHeld(frame: usize, asset: usize, held: v128): void {
  const variant = variantOf(frame);
  const row = assetRow(variant, asset);
  if (load<f64>(row, COUNTS) == 0.0) return;
  const there = f64x2.ne(held, f64x2.splat(0.0));
  const whole = f64x2.mul(held, assetPair(row, PRICE + (AS_ASSET << 3)));
  const exact = roundedPair(whole, scaleOf(variant, VALUE), directionOf(variant, VALUE, AS_ASSET));
  const value = v128.and(exact, there);
  const most = f64x2.min(value, v128.load_splat<f64>(row, CAP));
  const curve = load<usize>(assetCurve(variant, asset), WEIGHT_CURVE);
  const other = load<usize>(assetCurve(variant, asset), WEIGHT_CURVE + 4);
  const flat = (curve | other) == 0;
  let counted: v128;
  if (floorOf(frame) == 0.0 && (flat || alike(curve, other))) {
    const product = f64x2.mul(most, flat ? assetPair(row, WEIGHT) : assetWeights(curve, other, held));
    counted = roundedPair(product, scaleOf(variant, WEIGHTED_STEP), directionOf(variant, WEIGHTED_STEP, AS_ASSET));
  } else {
    const first = weightedAsset(frame, asset, INITIAL, f64x2.extract_lane(held, 0), f64x2.extract_lane(most, 0));
    const last = weightedAsset(frame, asset, MAINTENANCE, f64x2.extract_lane(held, 1), f64x2.extract_lane(most, 1));
    counted = f64x2.replace_lane(f64x2.splat(first), 1, last);
  }
  addBoth(frame, COLLATERAL, value);
  addBoth(frame, WEIGHTED, v128.and(counted, there));
}

function weighOwed(frame: usize, asset: usize, owed: v128): void {
  const variant = variantOf(frame);
  const row = assetRow(variant, asset);
  const there = f64x2.ne(owed, f64x2.splat(0.0));
  const whole = f64x2.mul(owed, assetPair(row, PRICE + (AS_LIABILITY << 3)));
  const exact = roundedPair(whole, scaleOf(variant, VALUE), directionOf(variant, VALUE, AS_LIABILITY));
  const value = v128.and(exact, there);
  const curve = load<usize>(assetCurve(variant, asset), LIABILITY_CURVE);
  const other = load<usize>(assetCurve(variant, asset), LIABILITY_CURVE + 4);
  const flat = (curve | other) == 0;
  let counted: v128;
  if (floorOf(frame) == 0.0 && (flat || alike(curve, other))) {
    const product = f64x2.mul(value, flat ? assetPair(row, LIABILITY_WEIGHT) : liabilityWeights(curve, other, owed));
    counted = roundedPair(product, scaleOf(variant, WEIGHTED_STEP), directionOf(variant, WEIGHTED_STEP, AS_LIABILITY));
  } else {
    const first = weightedLiability(frame, asset, INITIAL, f64x2.extract_lane(owed, 0), f64x2.extract_lane(value, 0));
    const last = weightedLiability(
      frame,
      asset,
      MAINTENANCE,
      f64x2.extract_lane(owed, 1),
      f64x2.extract_lane(value, 1),
    );
    counted = f64x2.replace_lane(f64x2.splat(first), 1, last);
  }
  addBoth(frame, DEBT, value);
  addBoth(frame, LIABILITIES, v128.and(counted, there));
  const rates = v128.any_true(assetPair(row, BORROW_RATE));
  if (!rates && load<u64>(assetCurve(variant, asset), BORROW_CURVE) == 0) return;
  const first = borrowing(frame, asset, INITIAL, f64x2.extract_lane(owed, 0), f64x2.extract_lane(value, 0));
  const last = borrowing(frame, asset, MAINTENANCE, f64x2.extract_lane(owed, 1), f64x2.extract_lane(value, 1));
  addBoth(frame, BORROWING, f64x2.replace_lane(f64x2.splat(first), 1, last));
}

function borrowing(frame: usize, asset: usize, level: usize, owed: f64, value: f64): f64 {
  const variant = variantOf(frame);
  const curve = load<usize>(assetCurve(variant, asset) + (level << 2), BORROW_CURVE);
  return requirementOf(frame, curve, assetLane(assetRow(variant, asset), level, BORROW_RATE), owed, value, 0.0);
}
