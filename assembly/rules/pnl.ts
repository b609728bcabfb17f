/** Unsettled P&L of one position as money: a gain at its weight and cap, a loss in full. */
import { parameter } from "./curve";
import { priceOf, variantOf } from "./frame";
import { DOWN, NONE, rounded, UP } from "./rounding";
import {
  ASSETS,
  directionOf,
  GAIN_CAP,
  GAIN_CURVE,
  GAIN_WEIGHT,
  instrumentCurve,
  instrumentLane,
  instrumentRow,
  LIABILITIES,
  scaleOf,
  VALUE,
  WEIGHTED,
} from "./variant";
import { discount } from "./weights";

/** Place of the factor by which a gain in money is a size, among the parameters of its curve. */
export const GAIN_SCALE: usize = 3;

/**
 * Value of `amount` ≥ 0 units of an asset at a side's price. Where the rule rounds values of that side, what a venue rounds
 * is the position's value at the mark: a long's P&L down and a short's up, whatever its sign.
 */
function valued(frame: usize, settle: usize, level: usize, side: usize, amount: f64, quantity: f64): f64 {
  const variant = variantOf(frame);
  const value = amount * priceOf(frame, settle, level, side);
  const direction = directionOf(variant, VALUE, side);
  if (direction == NONE) return value;
  const lower = quantity > 0.0 == (side == ASSETS);
  return rounded(value, scaleOf(variant, VALUE), quantity == 0.0 ? direction : lower ? DOWN : UP);
}

/**
 * What a gain of `pnl` ≥ 0 units of `settle` adds to assets: min(cap, weight × value). The weight is a number, or falls with
 * the gain as that of a holding does with its size.
 */
export function gainOf(frame: usize, instrument: usize, settle: usize, level: usize, pnl: f64, quantity: f64): f64 {
  const variant = variantOf(frame);
  const row = instrumentRow(variant, instrument);
  const curve = load<usize>(instrumentCurve(variant, instrument) + (level << 2), GAIN_CURVE);
  const value = valued(frame, settle, level, ASSETS, pnl, quantity);
  const weight =
    curve == 0 ? instrumentLane(row, level, GAIN_WEIGHT) : discount(curve, value * parameter(curve, GAIN_SCALE));
  const whole = rounded(value * weight, scaleOf(variant, WEIGHTED), directionOf(variant, WEIGHTED, ASSETS));
  return min(instrumentLane(row, level, GAIN_CAP), whole);
}

/** What a loss of `pnl` ≥ 0 units of `settle` takes, in full. */
export function lossOf(frame: usize, settle: usize, level: usize, pnl: f64, quantity: f64): f64 {
  return valued(frame, settle, level, LIABILITIES, pnl, quantity);
}
