/** What of a row is not a sum: its bytes, from the numbers that are written. */
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
