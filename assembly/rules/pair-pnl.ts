/** Unsettled P&L of one position as money, at both levels at once: the operations of pnl.ts. */
import { parameter } from "./curve";
import { GAIN_SCALE } from "./pnl";
import { DOWN, NONE, roundedPair, UP } from "./rounding";
import {
  ASSETS,
  assetPair,
  assetRow,
  directionOf,
  GAIN_CAP,
  GAIN_CURVE,
  GAIN_WEIGHT,
  instrumentCurve,
  instrumentLane,
  instrumentPair,
  instrumentRow,
  LIABILITIES,
  PRICE,
  scaleOf,
  VALUE,
  WEIGHTED,
} from "./variant";
import { discount } from "./weights";

function valued(variant: usize, settle: usize, side: usize, amount: f64, quantity: f64): v128 {
  const value = f64x2.mul(f64x2.splat(amount), assetPair(assetRow(variant, settle), PRICE + (side << 3)));
  const direction = directionOf(variant, VALUE, side);
  const lower = quantity > 0.0 == (side == ASSETS);
  const turned = direction == NONE || quantity == 0.0 ? direction : lower ? DOWN : UP;
  return roundedPair(value, scaleOf(variant, VALUE), turned);
}

/** What a gain of `pnl` ≥ 0 units of `settle` adds to assets: `gainOf`. */
export function gains(variant: usize, instrument: usize, settle: usize, pnl: f64, quantity: f64): v128 {
  const value = valued(variant, settle, ASSETS, pnl, quantity);
  const row = instrumentRow(variant, instrument);
  const first = weight(variant, instrument, row, 0, f64x2.extract_lane(value, 0));
  const last = weight(variant, instrument, row, 1, f64x2.extract_lane(value, 1));
  const counted = f64x2.mul(value, f64x2.replace_lane(f64x2.splat(first), 1, last));
  const whole = roundedPair(counted, scaleOf(variant, WEIGHTED), directionOf(variant, WEIGHTED, ASSETS));
  return f64x2.pmin(whole, instrumentPair(row, GAIN_CAP));
}

function weight(variant: usize, instrument: usize, row: usize, level: usize, value: f64): f64 {
  const curve = load<usize>(instrumentCurve(variant, instrument) + (level << 2), GAIN_CURVE);
  return curve == 0 ? instrumentLane(row, level, GAIN_WEIGHT) : discount(curve, value * parameter(curve, GAIN_SCALE));
}

/** What a loss of `pnl` ≥ 0 units of `settle` takes, in full. */
export function losses(variant: usize, settle: usize, pnl: f64, quantity: f64): v128 {
  return valued(variant, settle, LIABILITIES, pnl, quantity);
}
