/**
 * Rows of a margin call under composed rules: 15 f64 columns of n pools, u32[4] pools by status, then u8 columns of status,
 * breached, near the boundary and state.
 *
 *   equity, eligible I, M, requirement I, M, excess I, M, health factor, assets I, M, liabilities I, M,
 *   collateral, debt, notional
 */
import { ASSETS, COLLATERAL, DEBT, equityOf, LIABILITIES, lineCount, NOTIONAL, sumOf, variantOf } from "./frame";
import {
  AT_EQUALITY,
  BREACH_NEEDS_REQUIREMENT,
  flagsOf,
  HAS_INITIAL,
  HAS_MISSING,
  INITIAL,
  LADDER_OF_COVERAGE,
  ladderOf,
  ladderSteps,
  MAINTENANCE,
  nearUnit,
} from "./variant";

/** Statuses, as in src/models/model.ts. */
export const OK: u32 = 0;
export const STALE_PRICE: u32 = 1;
export const UNSUPPORTED: u32 = 2;
export const INSUFFICIENT_DATA: u32 = 3;

export const COLUMNS: usize = 15;
/** 2^−40: far more than sums of a pool's lines can be off by in f64, relative to what is added up. */
export const NEAR: f64 = 9.094947017729282e-13;

/** Bytes of output for `pools` pools. */
export function rulesOutputBytes(pools: usize): usize {
  return 8 * COLUMNS * pools + 16 + 4 * pools;
}
/** Where the statuses of n pools begin; the counts are the 16 bytes before. */
export function statusesOf(out: usize, n: usize): usize {
  return out + 8 * COLUMNS * n + 16;
}

/** Where the excess of a level stands in a row of one pool. */
export function excessColumn(level: usize): usize {
  return (5 + level) << 3;
}

/** Write the row of the pool at hand, whose requirements are given. Its status, OK where all numbers are finite. */
export function finish(
  frame: usize,
  row: usize,
  column: usize,
  bytes: usize,
  n: usize,
  initial: f64,
  required: f64,
): u32 {
  const variant = variantOf(frame);
  const flags = flagsOf(variant);
  const assets = sumOf(frame, ASSETS, MAINTENANCE);
  const liabilities = sumOf(frame, LIABILITIES, MAINTENANCE);
  const eligible = assets - liabilities;
  const excess = eligible - required;
  const backed = liabilities + required;
  // Losses taken off assets leave less than none of them; over next to nothing that is beyond what an f64 holds.
  const health = backed == 0.0 && assets >= 0.0 ? Infinity : max(assets / backed, -f64.MAX_VALUE);
  const collateral = sumOf(frame, COLLATERAL, MAINTENANCE);
  const debt = sumOf(frame, DEBT, MAINTENANCE);
  const notional = sumOf(frame, NOTIONAL, MAINTENANCE);
  // Values that a cap or a weight of 0 keeps out of the others may still be too large to be told.
  let check = equityOf(frame) + assets + backed + (collateral + debt + notional);
  store<f64>(row, equityOf(frame));
  store<f64>(row + 2 * column, eligible);
  store<f64>(row + 4 * column, required);
  store<f64>(row + 6 * column, excess);
  store<f64>(row + 7 * column, health);
  store<f64>(row + 9 * column, assets);
  store<f64>(row + 11 * column, liabilities);
  store<f64>(row + 12 * column, collateral);
  store<f64>(row + 13 * column, debt);
  store<f64>(row + 14 * column, notional);
  if ((flags & HAS_INITIAL) != 0) {
    const held = sumOf(frame, ASSETS, INITIAL);
    const owed = sumOf(frame, LIABILITIES, INITIAL);
    store<f64>(row + column, held - owed);
    store<f64>(row + 3 * column, initial);
    store<f64>(row + 5 * column, held - owed - initial);
    store<f64>(row + 8 * column, held);
    store<f64>(row + 10 * column, owed);
    check += held + owed + initial;
  } else {
    withoutInitial(row, column);
  }
  if (check - check != 0.0) return (flags & HAS_MISSING) != 0 ? INSUFFICIENT_DATA : UNSUPPORTED;
  store<u8>(bytes + n, breaches(flags, excess, liabilities, required));
  const slack = NEAR * (abs(assets) + backed) + <f64>(lineCount(frame) + 2) * nearUnit(variant);
  store<u8>(bytes + 2 * n, abs(excess) <= slack && backed != 0.0 ? 1 : 0);
  const covered = required == 0.0 && eligible >= 0.0 ? Infinity : eligible / required;
  store<u8>(bytes + 3 * n, stateOf(variant, (flags & LADDER_OF_COVERAGE) != 0 ? covered : health));
  return OK;
}

/** The initial level of a row whose rule has none: as in a row without a number. */
export function withoutInitial(row: usize, column: usize): void {
  store<f64>(row + column, 0.0);
  store<f64>(row + 3 * column, Infinity);
  store<f64>(row + 5 * column, -Infinity);
  store<f64>(row + 8 * column, 0.0);
  store<f64>(row + 10 * column, 0.0);
}

/** Whether the rule calls the excess at maintenance a breach. */
export function breaches(flags: u32, excess: f64, liabilities: f64, required: f64): u8 {
  if ((flags & BREACH_NEEDS_REQUIREMENT) != 0 && !(required > 0.0)) return 0;
  if (excess < 0.0) return 1;
  return (flags & AT_EQUALITY) != 0 && excess == 0.0 && liabilities + required > 0.0 ? 1 : 0;
}

/** The last step of the variant's ladder that `measure` has reached; 0 where it has reached none. */
export function stateOf(variant: usize, measure: f64): u8 {
  let state: u32 = 0;
  const equality = (flagsOf(variant) & AT_EQUALITY) != 0;
  const ladder = ladderOf(variant);
  for (let n: usize = 0, steps = <usize>ladderSteps(variant); n < steps; n++) {
    const below = load<f64>(ladder + (n << 4));
    if (measure < below || (equality && measure == below)) state = load<u32>(ladder + (n << 4), 8);
  }
  return <u8>state;
}

/** A row that a reader who overlooks its status refuses rather than trusts. */
export function refuse(variant: usize, row: usize, column: usize, bytes: usize, n: usize): void {
  for (let c: usize = 0; c < COLUMNS; c++) store<f64>(row + c * column, 0.0);
  withoutInitial(row, column);
  store<f64>(row + 4 * column, Infinity);
  store<f64>(row + 6 * column, -Infinity);
  store<u8>(bytes + n, 1);
  store<u8>(bytes + 2 * n, 1);
  const steps = variant == 0 ? <usize>0 : <usize>ladderSteps(variant);
  store<u8>(bytes + 3 * n, steps == 0 ? 0 : <u8>load<u32>(ladderOf(variant) + ((steps - 1) << 4), 8));
}
