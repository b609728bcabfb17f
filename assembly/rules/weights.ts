/** What a quantity of an asset counts as collateral and as a liability: flat weights and the curves of size. */
import { kindOf, parameter, ROOT, rowCount, rowLane, TIERS } from "./curve";
import { floorOf, variantOf } from "./frame";
import { DOWN, rounded } from "./rounding";
import {
  ASSETS,
  assetCurve,
  assetLane,
  assetRow,
  directionOf,
  EXEMPT,
  INITIAL,
  LIABILITIES,
  LIABILITY_CURVE,
  LIABILITY_WEIGHT,
  scaleOf,
  VALUE,
  WEIGHT,
  WEIGHT_CURVE,
  WEIGHTED,
} from "./variant";

/** What a venue adds under the root. */
export const ROOT_OFFSET: f64 = 1e-10;

/** `worthAsset`, rounded as the rule rounds. */
export function weightedAsset(frame: usize, asset: usize, level: usize, quantity: f64, value: f64): f64 {
  const variant = variantOf(frame);
  const counted = worthAsset(frame, asset, level, quantity, value);
  return rounded(counted, scaleOf(variant, WEIGHTED), directionOf(variant, WEIGHTED, ASSETS));
}

/** A value that counts in full as an asset, rounded as the rule rounds weighted values. */
export function weightedOnce(frame: usize, value: f64): f64 {
  const variant = variantOf(frame);
  return rounded(value, scaleOf(variant, WEIGHTED), directionOf(variant, WEIGHTED, ASSETS));
}

/** `worthLiability`, rounded as the rule rounds. */
export function weightedLiability(frame: usize, asset: usize, level: usize, quantity: f64, value: f64): f64 {
  const variant = variantOf(frame);
  const counted = worthLiability(frame, asset, level, quantity, value);
  return rounded(counted, scaleOf(variant, WEIGHTED), directionOf(variant, WEIGHTED, LIABILITIES));
}

/**
 * What `quantity` ≥ 0 of an asset that is worth `value` counts: at one weight, or Σ weight × length of [0, value] ∩ tier.
 * A floor f of the pool holds every weight at 1 − f at the most, at initial.
 */
export function worthAsset(frame: usize, asset: usize, level: usize, quantity: f64, value: f64): f64 {
  const row = assetRow(variantOf(frame), asset);
  const curve = load<usize>(assetCurve(variantOf(frame), asset) + (level << 2), WEIGHT_CURVE);
  const most = max(0.0, 1.0 - poolFloor(frame, row, level));
  if (curve == 0)
    return value * (most < 1.0 ? min(assetLane(row, level, WEIGHT), most) : assetLane(row, level, WEIGHT));
  const kind = kindOf(curve);
  if (kind == TIERS) return tiers(curve, value, most);
  const weight = kind == ROOT ? discount(curve, quantity) : clamped(curve, quantity);
  return value * (most < 1.0 ? min(weight, most) : weight);
}

/**
 * What `quantity` ≥ 0 owed of an asset, worth `value`, counts: at a number, or at the root of its size, the one curve there is for
 * what is owed. A floor f holds every weight at 1 + f at the least.
 */
export function worthLiability(frame: usize, asset: usize, level: usize, quantity: f64, value: f64): f64 {
  const row = assetRow(variantOf(frame), asset);
  const curve = load<usize>(assetCurve(variantOf(frame), asset) + (level << 2), LIABILITY_CURVE);
  const floor = poolFloor(frame, row, level);
  const least = floor > 0.0 ? 1.0 + floor : 0.0;
  if (curve == 0) return value * max(assetLane(row, level, LIABILITY_WEIGHT), least);
  return value * max(premium(curve, quantity), least);
}

/** `quantity` × `price` rounded as the rule rounds values of a side. */
export function valueOf(frame: usize, quantity: f64, price: f64, side: usize): f64 {
  const variant = variantOf(frame);
  return rounded(quantity * price, scaleOf(variant, VALUE), directionOf(variant, VALUE, side));
}

function poolFloor(frame: usize, row: usize, level: usize): f64 {
  return level == INITIAL && load<f64>(row, EXEMPT) == 0.0 ? floorOf(frame) : 0.0;
}

/** Marginal tiers: Σ weight × length of [0, value] ∩ tier, every weight at `most` at the most. */
function tiers(curve: usize, value: f64, most: f64): f64 {
  let total = 0.0;
  let lower = 0.0;
  // All of them: which tier a value ends in cannot be foretold, how many there are can.
  for (let k: usize = 0, count = rowCount(curve); k < count; k++) {
    const upper = rowLane(curve, k, 0);
    total += max(min(value, upper) - lower, 0.0) * min(rowLane(curve, k, 1), most);
    lower = upper;
  }
  return total;
}

/** 1 − clamp(q / scale · slope, lower, upper). */
function clamped(curve: usize, quantity: f64): f64 {
  const share = (quantity / parameter(curve, 0)) * parameter(curve, 1);
  return 1.0 - min(max(share, parameter(curve, 2)), parameter(curve, 3));
}

/** imf √(|q| + 1e-10); with a scale, the root is rounded down to a tenth of its unit, and the product to 1 / `product`. */
function rootOf(quantity: f64, imf: f64, scale: f64, product: f64): f64 {
  const root = rounded(sqrt(quantity + ROOT_OFFSET), 10.0 * scale, DOWN);
  return rounded(root * imf, product, DOWN);
}

/** min(w, 1.1 / (1 + imf √q)). Parameters: w, imf, scale of the weight's unit (0: none). */
export function discount(curve: usize, quantity: f64): f64 {
  const weight = parameter(curve, 0);
  return parameter(curve, 1) == 0.0 ? weight : min(weight, lowered(curve, quantity));
}

/** 1.1 / (1 + imf √q), the quotient rounded down to the unit and the product under it to a hundredth of that. */
function lowered(curve: usize, quantity: f64): f64 {
  const scale = parameter(curve, 2);
  return rounded(1.1 / (1.0 + rootOf(quantity, parameter(curve, 1), scale, 100.0 * scale)), scale, DOWN);
}

/** max(w, w − w/5 + imf √q), of a weight or of a rate. */
export function premium(curve: usize, quantity: f64): f64 {
  const weight = parameter(curve, 0);
  if (parameter(curve, 1) == 0.0) return weight;
  return max(weight, raised(curve, weight, quantity));
}

/** w − w/5 + imf √q, where a fifth of w and the product are rounded down to the unit each. */
export function raised(curve: usize, weight: f64, quantity: f64): f64 {
  const scale = parameter(curve, 2);
  return weight - rounded(weight / 5.0, scale, DOWN) + rootOf(quantity, parameter(curve, 1), scale, scale);
}
