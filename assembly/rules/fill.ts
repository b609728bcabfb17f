/**
 * A pool of an overlay taken apart, so that a fill in one instrument costs what it touches: its lines in that instrument and
 * the balance of its settle asset. Sums are of one level, and the pool's rows stay in its frame until another pool's.
 *
 *   lines     sums of all contract lines; then of each by itself, with what it adds to and takes from its settle asset
 *   weighed   sums of all assets once they are weighed; then of each by itself
 */
import { positionInstruments, positionStarts, startOf } from "../book/book";
import { settleOf } from "../book/market";
import { combined } from "./combine";
import { contractLine } from "./contracts";
import {
  ADDED,
  ASSETS,
  BALANCE,
  bookOf,
  HELD,
  heldAt,
  hold,
  LIABILITIES,
  marketOf,
  OWED,
  rowOf,
  setHolds,
  SUM_BYTES,
  sumOf,
  sumsAt,
  TAKEN,
  touchedAsset,
  touchedCount,
  variantOf,
} from "./frame";
import { average, gather, joinBalance, weighOne } from "./holdings";
import { balanceOf, lineInstrument, lineQuantity, overlayLines, savedLines } from "./overlay";
import { flagsOf, JOINS_BALANCE } from "./variant";

const WEIGHED: usize = SUM_BYTES;
/** A row as it is while an order is tried. */
const KEPT: usize = 2 * SUM_BYTES;
const KEPT_BYTES: usize = TAKEN + 16;
const EACH_LINE: usize = 2 * SUM_BYTES + KEPT_BYTES;
const LINE_BYTES: usize = SUM_BYTES + 16;

/** Bytes for pools of at most so many lines in a market of so many assets. */
export function partsBytes(assets: usize, lines: usize): usize {
  return EACH_LINE + LINE_BYTES * lines + SUM_BYTES * assets;
}
/** Bytes of scratch of `afterFill`. */
export const FILL_BYTES: usize = LINE_BYTES + KEPT_BYTES + SUM_BYTES;

function lineAt(parts: usize, k: usize): usize {
  return parts + EACH_LINE + LINE_BYTES * k;
}
function assetAt(parts: usize, lines: usize, asset: usize): usize {
  return lineAt(parts, lines) + SUM_BYTES * asset;
}

/** to += sign × from, over all sums of a level. */
function accumulate(to: usize, from: usize, level: usize, sign: f64): void {
  for (let at = level << 3; at < SUM_BYTES; at += 16) {
    store<f64>(to + at, load<f64>(to + at) + sign * load<f64>(from + at));
  }
}
/** The same lanes of another place, or zero: by hand, since a call to move 80 bytes costs more than moving them. */
function assign(to: usize, from: usize, level: usize): void {
  for (let at = level << 3; at < SUM_BYTES; at += 16) store<f64>(to + at, load<f64>(from + at));
}
function clear(to: usize, level: usize): void {
  for (let at = level << 3; at < SUM_BYTES; at += 16) store<f64>(to + at, 0.0);
}
/** The lanes of a row that an order may change. */
function keep(to: usize, row: usize): void {
  for (let at: usize = 0; at < KEPT_BYTES; at += 8) store<f64>(to + at, load<f64>(row + at));
}

/** Weigh one asset by itself: its row stays as it is, its sums are in the frame. */
function weighAlone(frame: usize, parts: usize, asset: usize, level: usize): void {
  const row = rowOf(frame, asset);
  keep(parts + KEPT, row);
  clear(sumsAt(frame), level);
  if ((flagsOf(variantOf(frame)) & JOINS_BALANCE) != 0) joinBalance(frame, asset, level);
  weighOne(frame, asset, level, false);
  keep(row, parts + KEPT);
}

/**
 * Take the pool apart that a frame begins with; its excess at `level`.
 *
 * @param lines  how many lines `parts` has room for
 */
export function takeApart(frame: usize, parts: usize, lines: usize, p: usize, level: usize): f64 {
  const book = bookOf(frame);
  gather(frame, p);
  memory.fill(parts, 0, 2 * SUM_BYTES);
  for (let k: usize = 0, count = startOf(positionStarts(book), p + 1); k < count; k++) {
    const settle = <usize>settleOf(marketOf(frame), load<u32>(positionInstruments(book) + (k << 2)));
    const row = rowOf(frame, settle);
    const added = heldAt(row, ADDED, level);
    const taken = heldAt(row, TAKEN, level);
    const at = lineAt(parts, k);
    lineAlone(frame, row, k, level, at);
    accumulate(parts, at, level, 1.0);
    hold(row, ADDED, level, added);
    hold(row, TAKEN, level, taken);
  }
  for (let n: usize = 0; n < touchedCount(frame); n++) {
    const asset = touchedAsset(frame, n);
    weighAlone(frame, parts, asset, level);
    assign(assetAt(parts, lines, asset), sumsAt(frame), level);
    accumulate(parts + WEIGHED, sumsAt(frame), level, 1.0);
  }
  assign(sumsAt(frame), parts, level);
  accumulate(sumsAt(frame), parts + WEIGHED, level, 1.0);
  return excessOf(frame, level);
}

/** Contract line k by itself, into `at`; the row of its settle asset then holds what it adds and takes, and nothing else. */
function lineAlone(frame: usize, row: usize, k: usize, level: usize, at: usize): void {
  store<f64>(row + ADDED + (level << 3), 0.0);
  store<f64>(row + TAKEN + (level << 3), 0.0);
  clear(sumsAt(frame), level);
  contractLine(frame, k, level, level, 0);
  assign(at, sumsAt(frame), level);
  store<f64>(at + SUM_BYTES, heldAt(row, ADDED, level));
  store<f64>(at + SUM_BYTES, heldAt(row, TAKEN, level), 8);
}

function excessOf(frame: usize, level: usize): f64 {
  average(frame, level);
  return sumOf(frame, ASSETS, level) - sumOf(frame, LIABILITIES, level) - combined(frame, level);
}

/**
 * Excess at `level` of a pool taken apart, once its overlay was traded in `instrument`.
 *
 * @param balance  free balance of the settle asset before the trade
 * @param spare    FILL_BYTES of scratch
 */
export function afterFill(
  frame: usize,
  parts: usize,
  lines: usize,
  overlay: usize,
  level: usize,
  instrument: u32,
  balance: f64,
  spare: usize,
): f64 {
  const settle = settleOf(marketOf(frame), instrument);
  const known = touchedCount(frame);
  const row = rowOf(frame, <usize>settle);
  const before = assetAt(parts, lines, <usize>settle);
  if (touchedCount(frame) != known) clear(before, level);
  const own = spare + LINE_BYTES;
  const total = own + KEPT_BYTES;
  keep(own, row);
  assign(total, parts, level);
  let added = heldAt(row, ADDED, level);
  let taken = heldAt(row, TAKEN, level);
  let holds = false;
  const count = overlayLines(overlay);
  for (let k: usize = 0; k < count; k++) {
    if (lineQuantity(overlay, k) != 0.0) holds = true;
    if (lineInstrument(overlay, k) != instrument) continue;
    if (k < savedLines(overlay)) {
      accumulate(total, lineAt(parts, k), level, -1.0);
      added -= load<f64>(lineAt(parts, k) + SUM_BYTES);
      taken -= load<f64>(lineAt(parts, k) + SUM_BYTES, 8);
    }
    lineAlone(frame, row, k, level, spare);
    accumulate(total, spare, level, 1.0);
    added += load<f64>(spare + SUM_BYTES);
    taken += load<f64>(spare + SUM_BYTES, 8);
  }
  keep(row, own);
  store<f64>(row + ADDED + (level << 3), max(added, 0.0));
  store<f64>(row + TAKEN + (level << 3), max(taken, 0.0));
  const after = balanceOf(overlay, settle);
  if ((flagsOf(variantOf(frame)) & JOINS_BALANCE) != 0) {
    hold(row, BALANCE, level, after - balance);
  } else {
    hold(row, HELD, level, max(after, 0.0) - max(balance, 0.0));
    hold(row, OWED, level, max(-after, 0.0) - max(-balance, 0.0));
  }
  setHolds(frame, holds);
  weighAlone(frame, parts, <usize>settle, level);
  accumulate(total, parts + WEIGHED, level, 1.0);
  accumulate(total, before, level, -1.0);
  accumulate(total, sumsAt(frame), level, 1.0);
  assign(sumsAt(frame), total, level);
  const left = excessOf(frame, level);
  keep(row, own);
  return left;
}
