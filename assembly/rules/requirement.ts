/** What a position or a loan requires: a rate of its notional, by size. */
import { AFFINE, BRACKETS, kindOf, parameter, ROOT, ROOT_BETWEEN, rowCount, rowLane } from "./curve";
import { variantOf } from "./frame";
import { DOWN, rounded } from "./rounding";
import { ASSETS, directionOf, REQUIREMENT, scaleOf } from "./variant";
import { premium, raised } from "./weights";

/**
 * Requirement of `notional` ≥ 0 in money, of `size` units of the underlying, at `rate` or by `curve` where that is not null,
 * of at least `least` × notional, rounded as the rule rounds requirements.
 *
 *   brackets  r_k N − c_k of the bracket k that N is in        affine  (base + slope · size) N
 *   share     s × (r N rounded), rounded again
 */
export function requirementOf(frame: usize, curve: usize, rate: f64, size: f64, notional: f64, least: f64): f64 {
  const variant = variantOf(frame);
  const scale = scaleOf(variant, REQUIREMENT);
  const direction = directionOf(variant, REQUIREMENT, ASSETS);
  if (curve == 0) return rounded(max(rate, least) * notional, scale, direction);
  const kind = kindOf(curve);
  if (kind == BRACKETS) return rounded(max(brackets(curve, notional), least * notional), scale, direction);
  if (kind <= ROOT_BETWEEN) return rounded(max(rateOf(curve, size), least) * notional, scale, direction);
  const whole = rounded(parameter(curve, 0) * notional, scale, direction);
  const share = rounded(parameter(curve, 1) * whole, scale, direction);
  return least == 0.0 ? share : max(share, rounded(least * notional, scale, direction));
}

/** Money of a notional by marginal brackets. */
export function brackets(curve: usize, notional: f64): f64 {
  const last = rowCount(curve) - 1;
  let k: usize = 0;
  // Counted rather than searched: which bracket a position is in cannot be foretold, how many there are can.
  for (let bound: usize = 0; bound < last; bound++) k += notional > rowLane(curve, bound, 0) ? 1 : 0;
  return rowLane(curve, k, 1) * notional - rowLane(curve, k, 2);
}

/** A rate that depends on the size. */
function rateOf(curve: usize, size: f64): f64 {
  const kind = kindOf(curve);
  if (kind == AFFINE) return parameter(curve, 0) + parameter(curve, 1) * size;
  return kind == ROOT ? premium(curve, size) : between(curve, size);
}

/**
 * High-leverage mode, parameters: high, imf, scale, low. With a = high − high/5 + imf √size: a where that is above `high`, `low`
 * where it is equal, and below it low + (high − low) (1 − (high − a) / (high / 5)), the quotient rounded down to a hundredth of the unit, the sum to it.
 */
function between(curve: usize, size: f64): f64 {
  const high = parameter(curve, 0);
  const scale = parameter(curve, 2);
  const low = parameter(curve, 3);
  const risen = raised(curve, high, size);
  if (risen > high) return risen;
  if (risen == high) return low;
  const part = 1.0 - rounded((high - risen) / rounded(high / 5.0, scale, DOWN), 100.0 * scale, DOWN);
  return low + rounded(max(high - low, 1.0 / scale) * part, scale, DOWN);
}
