/** One pool line by line: what each asset and contract line comes to, from the same functions that make its numbers. */
import { assetCount } from "../book/market";
import {
  ASSET_RECORD,
  BORROWING,
  frameBytes,
  frameOpen,
  frameRecord,
  LINE_RECORD,
  ORDERS,
  POSITIONS,
  sumOf,
} from "./frame";
import { statusesOf } from "./output";
import { rulesPool } from "./pools";
import { INITIAL, MAINTENANCE } from "./variant";

/** Bytes of an asset's and of a contract line's record. */
export function assetRecordBytes(): usize {
  return ASSET_RECORD;
}
export function lineRecordBytes(): usize {
  return LINE_RECORD;
}

/**
 * Pool p with its attribution.
 *
 * @param out      one row as `rulesPools` writes it
 * @param assets   assetRecordBytes × assets: see rules/frame
 * @param lines    lineRecordBytes × contract lines of p
 * @param atoms    f64[6]: positions, borrowing and money for orders, each at I and at M
 * @param scratch  rulesScratch bytes
 * @returns        the status of the pool; where it has no number, the records hold none
 */
export function rulesLines(
  book: usize,
  market: usize,
  extras: usize,
  variants: usize,
  p: usize,
  out: usize,
  assets: usize,
  lines: usize,
  atoms: usize,
  scratch: usize,
): u32 {
  memory.fill(scratch, 0, frameBytes(assetCount(market)));
  memory.fill(assets, 0, ASSET_RECORD * assetCount(market));
  frameOpen(scratch, book, market, extras, assetCount(market), 0, 0);
  frameRecord(scratch, assets, lines);
  const status = rulesPool(scratch, variants, p, out, 8, statusesOf(out, 1), 1);
  for (let level = INITIAL; level <= MAINTENANCE; level++) {
    const at = atoms + (level << 3);
    store<f64>(at, sumOf(scratch, POSITIONS, level));
    store<f64>(at, sumOf(scratch, BORROWING, level), 16);
    store<f64>(at, sumOf(scratch, ORDERS, level), 32);
  }
  return status;
}
