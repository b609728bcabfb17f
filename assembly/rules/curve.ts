/**
 * A weight or rate that depends on size: u32 kind, u32 count, four f64 parameters at 8, then `count` rows of three f64.
 * What a kind means stands in src/rules/rule-functions.ts.
 */

/** Kinds, as in src/rules/tables-curves.ts. */
export const TIERS: u32 = 1;
export const ROOT: u32 = 2;
export const CLAMP: u32 = 3;
export const BRACKETS: u32 = 4;
export const AFFINE: u32 = 5;
export const ROOT_BETWEEN: u32 = 6;
export const SHARE: u32 = 7;

const PARAMETERS: usize = 8;
const ROWS: usize = 40;
const ROW: usize = 24;

export function kindOf(curve: usize): u32 {
  return load<u32>(curve);
}
export function rowCount(curve: usize): usize {
  return <usize>load<u32>(curve, 4);
}
export function parameter(curve: usize, n: usize): f64 {
  return load<f64>(curve + (n << 3), PARAMETERS);
}
/** Lane of row k: 0 upper bound, 1 weight or rate, 2 deduction. */
export function rowLane(curve: usize, k: usize, lane: usize): f64 {
  return load<f64>(curve + ROW * k + (lane << 3), ROWS);
}
