/**
 * The common case: pools of holdings under rules that sums do, one table row per holding and no branch. Same numbers as the
 * general path, up to the order of summation.
 */
import { holdingQuantities, holdingStarts, poolFeatures, positionStarts, slots, startOf } from "../book/book";
import { NO_VARIANT, poolFloor, repeatedBits, REPEATED_BALANCE, spotStarts, variantNumbers } from "./extras";
import { breaches, NEAR, NOT_DONE, OK, stateOf, statusesOf, withoutInitial } from "./output";
import {
  flagsOf,
  flatTable,
  HAS_INITIAL,
  HAS_STALE,
  IS_FLAT,
  JOINS_BALANCE,
  LADDER_OF_COVERAGE,
  VARIANT_BYTES,
} from "./variant";

/** The pools from .. to that the tables do, written as `rulesPools` says; their number. */
export function tablePools(book: usize, extras: usize, variants: usize, from: usize, to: usize, out: usize): usize {
  return 0;
}
