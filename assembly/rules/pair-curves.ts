/**
 * Weights and rates that depend on size, at both levels at once: the operations of weights.ts and requirement.ts. `kind` is
 * that of both.
 */
import { AFFINE, BRACKETS, parameter, ROOT, rowCount, rowLane, TIERS } from "./curve";
import { brackets } from "./requirement";
import { DOWN, roundedPair } from "./rounding";
import { ROOT_OFFSET } from "./weights";

function parameters(first: usize, last: usize, n: usize): v128 {
  return f64x2.replace_lane(f64x2.splat(parameter(first, n)), 1, parameter(last, n));
}

/** What a `quantity` of `value` counts as an asset: by tiers, a root or a clamp. */
export function assetsCounted(kind: u32, first: usize, last: usize, quantity: v128, value: v128): v128 {
  return kind == TIERS ? tiers(first, last, value) : f64x2.mul(value, assetWeights(kind, first, last, quantity));
}

function assetWeights(kind: u32, first: usize, last: usize, quantity: v128): v128 {
  const one = f64x2.splat(1.0);
  if (kind == ROOT) {
    const scale = parameter(first, 2);
    const lowered = f64x2.add(one, roots(first, last, quantity, 100.0 * scale));
    const weight = roundedPair(f64x2.div(f64x2.splat(1.1), lowered), scale, DOWN);
    return f64x2.pmin(weight, parameters(first, last, 0));
  }
  return f64x2.sub(one, clamps(first, last, quantity));
}

/** What a `quantity` of `value` counts that is owed: by a root, the one curve there is for it. */
export function liabilitiesCounted(first: usize, last: usize, quantity: v128, value: v128): v128 {
  return f64x2.mul(value, premiums(first, last, quantity));
}

/** Σ weight × length of [0, value] ∩ tier, of as many tiers at both levels. */
function tiers(first: usize, last: usize, value: v128): v128 {
  const zero = f64x2.splat(0.0);
  let total = zero;
  let lower = zero;
  for (let k: usize = 0, count = rowCount(first); k < count; k++) {
    const upper = f64x2.replace_lane(f64x2.splat(rowLane(first, k, 0)), 1, rowLane(last, k, 0));
    const weight = f64x2.replace_lane(f64x2.splat(rowLane(first, k, 1)), 1, rowLane(last, k, 1));
    const length = f64x2.pmax(f64x2.sub(f64x2.pmin(value, upper), lower), zero);
    total = f64x2.add(total, f64x2.mul(length, weight));
    lower = upper;
  }
  return total;
}

/** Money of `notional` of `size` units, before it is rounded: by brackets, an affine rate or a root; at least `least` of it. */
export function moneys(kind: u32, first: usize, last: usize, size: v128, notional: v128, least: v128): v128 {
  if (kind == BRACKETS) {
    const initial = brackets(first, f64x2.extract_lane(notional, 0));
    const money = f64x2.replace_lane(f64x2.splat(initial), 1, brackets(last, f64x2.extract_lane(notional, 1)));
    return f64x2.pmax(money, f64x2.mul(least, notional));
  }
  const rate =
    kind == AFFINE
      ? f64x2.add(parameters(first, last, 0), f64x2.mul(parameters(first, last, 1), size))
      : premiums(first, last, size);
  return f64x2.mul(f64x2.pmax(rate, least), notional);
}

/**
 * Money at numbers or at a share of what is rounded first: `rate` and `share` of a row of `lines`, where a share of NaN is
 * none. Rounded.
 */
export function shares(rate: v128, share: v128, notional: v128, scale: f64, direction: u32): v128 {
  const whole = roundedPair(f64x2.mul(rate, notional), scale, direction);
  const part = roundedPair(f64x2.mul(share, whole), scale, direction);
  return v128.bitselect(part, whole, f64x2.eq(share, share));
}

/** max(w, w − w/5 + imf √q). */
function premiums(first: usize, last: usize, quantity: v128): v128 {
  const scale = parameter(first, 2);
  const weight = parameters(first, last, 0);
  const fifth = roundedPair(f64x2.div(weight, f64x2.splat(5.0)), scale, DOWN);
  return f64x2.pmax(f64x2.add(f64x2.sub(weight, fifth), roots(first, last, quantity, scale)), weight);
}

function roots(first: usize, last: usize, quantity: v128, product: f64): v128 {
  const exact = f64x2.sqrt(f64x2.add(quantity, f64x2.splat(ROOT_OFFSET)));
  const root = roundedPair(exact, 10.0 * parameter(first, 2), DOWN);
  return roundedPair(f64x2.mul(root, parameters(first, last, 1)), product, DOWN);
}

function clamps(first: usize, last: usize, quantity: v128): v128 {
  const share = f64x2.mul(f64x2.div(quantity, parameters(first, last, 0)), parameters(first, last, 1));
  return f64x2.pmin(f64x2.pmax(share, parameters(first, last, 2)), parameters(first, last, 3));
}
