/** The row of a pool of loans: its numbers from its sums, and its bytes from the numbers that are written. */
import { breaches, NEAR, OK, stateOf, withoutInitial } from "./output";
import {
  AT_EQUALITY,
  BREACH_NEEDS_REQUIREMENT,
  flagsOf,
  HAS_INITIAL,
  LADDER_OF_COVERAGE,
  ladderSteps,
  nearUnit,
} from "./variant";

/** The row of a pool without a requirement beside its debt, from its sums; 1, or 0 where a number is not finite. */
export function loanRow(
  variant: usize,
  holdings: usize,
  row: usize,
  column: usize,
  bytes: usize,
  n: usize,
  equity: f64,
  collateral: f64,
  debt: f64,
  initialAssets: f64,
  assets: f64,
  initialOwed: f64,
  owed: f64,
): u32 {
  const initial = initialAssets - initialOwed;
  const excess = assets - owed;
  store<f64>(row, equity);
  store<f64>(row + column, initial);
  store<f64>(row + 2 * column, excess);
  store<f64>(row + 3 * column, 0.0);
  store<f64>(row + 4 * column, 0.0);
  store<f64>(row + 5 * column, initial);
  store<f64>(row + 6 * column, excess);
  store<f64>(row + 7 * column, owed == 0.0 ? Infinity : assets / owed);
  store<f64>(row + 8 * column, initialAssets);
  store<f64>(row + 9 * column, assets);
  store<f64>(row + 10 * column, initialOwed);
  store<f64>(row + 11 * column, owed);
  store<f64>(row + 12 * column, collateral);
  store<f64>(row + 13 * column, debt);
  store<f64>(row + 14 * column, 0.0);
  const all = equity + (collateral + debt) + (assets + owed + (initialAssets + initialOwed));
  if (all - all != 0.0) return 0;
  markRow(variant, holdings, row, column, bytes, n);
  return 1;
}

/** The bytes of a row whose numbers are written, and its initial level where the rule has none. */
export function markRow(variant: usize, holdings: usize, row: usize, column: usize, bytes: usize, n: usize): void {
  const flags = flagsOf(variant);
  const excess = load<f64>(row + 6 * column);
  const assets = load<f64>(row + 9 * column);
  const required = load<f64>(row + 4 * column);
  const backed = load<f64>(row + 11 * column) + required;
  if ((flags & HAS_INITIAL) == 0) withoutInitial(row, column);
  store<u8>(bytes, <u8>OK);
  const plain = (flags & (AT_EQUALITY | BREACH_NEEDS_REQUIREMENT)) == 0;
  store<u8>(bytes + n, plain ? <u8>(excess < 0.0) : breaches(flags, excess, backed - required, required));
  const slack = NEAR * (abs(assets) + backed) + <f64>(holdings + 2) * nearUnit(variant);
  store<u8>(bytes + 2 * n, abs(excess) <= slack && backed != 0.0 ? 1 : 0);
  let state: u8 = 0;
  if (ladderSteps(variant) != 0) {
    const eligible = load<f64>(row + 2 * column);
    const covered = required == 0.0 && eligible >= 0.0 ? Infinity : eligible / required;
    state = stateOf(variant, (flags & LADDER_OF_COVERAGE) != 0 ? covered : load<f64>(row + 7 * column));
  }
  store<u8>(bytes + 3 * n, state);
}
