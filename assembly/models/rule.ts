/**
 * A collateral rule applied to a market's prices: tables in linear memory, 64 bytes of descriptor per rule, rules back to
 * back. The wrapper multiplies prices and weights once; a pool then costs table look-ups.
 *
 *   table        f64[4 × assets][4]      row 4 × asset + class (book/book), per unit of a holding:
 *                                          [equity, eligible at initial, weighted asset, weighted liability at maintenance]
 *                                        COLLATERAL  [index, a wI, a wM, 0]      a: price kind for assets
 *                                        LIABILITY   [index, l vI, 0, −l vM]     l: price kind for liabilities, v ≥ 1
 *                                        IDLE        [index, 0, 0, 0]
 *                                        GAIN        [index, a, a, 0]
 *                                        NaN where the rule refuses the asset, as a holding or as what settles. An asset with a curve has [index, 0, 0, 0].
 *   rates        f64[instruments][2]     requirement per unit of |quantity|, initial and maintenance; NaN where refused
 *   curveOf      u32[assets]             one more than the asset's curve, 0: none. Null pointer: no asset has one
 *   curves       64 bytes each           tiered or capped assets, below
 *   staleAsset   u8[assets]              1: the price is older than the rule allows. Null pointer: nothing is stale
 *   staleInstrument  u8[instruments]
 *   refused      u32                     feature bits that make a pool unsupported
 *   atEquality   u32                     1: excess 0 is a breach
 */
import { descriptorBytes } from "../book/book";

const TABLE: usize = 0;
const RATES: usize = 4;
const CURVE_OF: usize = 8;
const CURVES: usize = 12;
const STALE_ASSET: usize = 16;
const STALE_INSTRUMENT: usize = 20;
const REFUSED: usize = 24;
const AT_EQUALITY: usize = 28;

/** A curve: price and cap in the numeraire, the asset that the cap is in, and two runs of marginal tiers. */
const CURVE_PRICE: usize = 0;
const CURVE_CAP: usize = 8;
const CURVE_CAP_ASSET: usize = 16;
const CURVE_TIERS: usize = 20;
const CURVE_COUNT: usize = 28;

export const INITIAL: usize = 0;
export const MAINTENANCE: usize = 1;

/** Fill the descriptor at `at`; every pointer must outlive it. */
export function ruleDescribe(
  at: usize,
  table: usize,
  rates: usize,
  curveOf: usize,
  curves: usize,
  staleAsset: usize,
  staleInstrument: usize,
  refused: u32,
  atEquality: u32,
): void {
  store<usize>(at, table, TABLE);
  store<usize>(at, rates, RATES);
  store<usize>(at, curveOf, CURVE_OF);
  store<usize>(at, curves, CURVES);
  store<usize>(at, staleAsset, STALE_ASSET);
  store<usize>(at, staleInstrument, STALE_INSTRUMENT);
  store<u32>(at, refused, REFUSED);
  store<u32>(at, atEquality, AT_EQUALITY);
}

/**
 * Fill the curve at `at`. `initial` and `maintenance` point to marginal tiers, f64[count][2] of upper bound and weight,
 * ascending; value above the last bound counts nothing.
 */
export function curveDescribe(
  at: usize,
  price: f64,
  cap: f64,
  capAsset: u32,
  initial: usize,
  initialCount: u32,
  maintenance: usize,
  maintenanceCount: u32,
): void {
  store<f64>(at, price, CURVE_PRICE);
  store<f64>(at, cap, CURVE_CAP);
  store<u32>(at, capAsset, CURVE_CAP_ASSET);
  store<usize>(at, initial, CURVE_TIERS);
  store<usize>(at, maintenance, CURVE_TIERS + 4);
  store<u32>(at, initialCount, CURVE_COUNT);
  store<u32>(at, maintenanceCount, CURVE_COUNT + 4);
}

export function tableOf(rule: usize): usize {
  return load<usize>(rule, TABLE);
}
export function ratesOf(rule: usize): usize {
  return load<usize>(rule, RATES);
}
export function hasCurves(rule: usize): bool {
  return load<usize>(rule, CURVE_OF) != 0;
}
/** The curve of an asset, 0 where it has none. The rule must have curves. */
export function curveOf(rule: usize, asset: u32): usize {
  const index = <usize>load<u32>(load<usize>(rule, CURVE_OF) + ((<usize>asset) << 2));
  return index == 0 ? 0 : load<usize>(rule, CURVES) + (index - 1) * descriptorBytes();
}
export function hasStale(rule: usize): bool {
  return load<usize>(rule, STALE_ASSET) != 0;
}
export function staleAsset(rule: usize, asset: u32): bool {
  return load<u8>(load<usize>(rule, STALE_ASSET) + <usize>asset) != 0;
}
export function staleInstrument(rule: usize, instrument: u32): bool {
  return load<u8>(load<usize>(rule, STALE_INSTRUMENT) + <usize>instrument) != 0;
}
export function refusedFeatures(rule: usize): u32 {
  return load<u32>(rule, REFUSED);
}
export function breachAtEquality(rule: usize): bool {
  return load<u32>(rule, AT_EQUALITY) != 0;
}
export function curvePrice(curve: usize): f64 {
  return load<f64>(curve, CURVE_PRICE);
}
export function curveCap(curve: usize): f64 {
  return load<f64>(curve, CURVE_CAP);
}
export function curveCapAsset(curve: usize): u32 {
  return load<u32>(curve, CURVE_CAP_ASSET);
}
export function tiersOf(curve: usize, level: usize): usize {
  return load<usize>(curve + (level << 2), CURVE_TIERS);
}
export function tierCount(curve: usize, level: usize): usize {
  return <usize>load<u32>(curve + (level << 2), CURVE_COUNT);
}

/**
 * Collateral value of `worth` ≥ 0 of an asset: marginal tiers on what is below `cap`.
 *
 *   W(v) = Σ over tiers of weight × length of [0, min(v, cap)] ∩ tier
 */
export function weighted(curve: usize, level: usize, worth: f64, cap: f64): f64 {
  const value = min(worth, cap);
  const count = tierCount(curve, level);
  let tier = tiersOf(curve, level);
  let total = 0.0;
  let lower = 0.0;
  for (let k: usize = 0; k < count && value > lower; k++, tier += 16) {
    const upper = load<f64>(tier);
    total += (min(value, upper) - lower) * load<f64>(tier, 8);
    lower = upper;
  }
  return total;
}
