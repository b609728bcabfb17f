/**
 * What one call works with, in scratch: where its inputs are, the sums of the pool at hand, and one row per asset. The
 * module keeps no state of its own.
 *
 * A row of an asset, 128 bytes, all zero between pools: f64 pairs (at I, at M) of what is held as collateral, owed, held as
 * a balance of either sign, and reserved by spot orders, of what P&L adds to the balance and takes from it; f64 bids and
 * asks of spot orders that fill; u32 1 where the pool at hand touched the asset.
 */
import { assetLane, assetRow, INDEX, PRICE } from "./variant";

const BOOK: usize = 0;
const MARKET: usize = 4;
const EXTRAS: usize = 8;
const ASSET_MOVES: usize = 12;
const INSTRUMENT_MOVES: usize = 16;
const ROWS: usize = 24;
const TOUCHED: usize = 28;
const STACK: usize = 32;
const VARIANT: usize = 36;
const TOUCHED_COUNT: usize = 40;
const HOLDS: usize = 44;
const LINE_COUNT: usize = 48;
const ASSET_RECORDS: usize = 52;
const LINE_RECORDS: usize = 56;
const FLOOR: usize = 64;
const EQUITY: usize = 72;
const SUMS: usize = 80;

/** Atoms of a combiner, in the order of src/rules/tables.ts; each is a pair of sums. */
export const POSITIONS: usize = 0;
export const BORROWING: usize = 16;
export const ORDERS: usize = 32;
export const NOTIONAL: usize = 48;
export const REWARDS: usize = 64;
export const COLLATERAL: usize = 80;
export const DEBT: usize = 96;
export const ASSETS: usize = 112;
export const LIABILITIES: usize = 128;
/** weighted holdings, before an average weight is taken of them */
export const WEIGHTED: usize = 144;
export const SUM_BYTES: usize = 160;

/** Combiners deeper than this are refused when the rule is compiled. */
const STACK_DEPTH: usize = 64;
/** Where the steps of rules/table-rounded are, and the end of the head. */
const STEPS: usize = 256;
const HEAD: usize = 544;
const ROW: usize = 128;

export const HELD: usize = 0;
export const OWED: usize = 16;
export const BALANCE: usize = 32;
export const RESERVED: usize = 48;
export const ADDED: usize = 64;
export const TAKEN: usize = 80;
export const FILL_BIDS: usize = 96;
export const FILL_ASKS: usize = 104;
const TOUCH: usize = 112;

/**
 * Bytes of an asset's record, f64 pairs (at I, at M): quantity held and owed, value and weighted value of each, borrowing, P&L
 * apart as eligible value, and what spot orders add to it: cash of those that fill, and what those that reserve count.
 */
export const ASSET_RECORD: usize = 144;
export const RECORD_HELD: usize = 0;
export const RECORD_OWED: usize = 16;
export const RECORD_VALUE: usize = 32;
export const RECORD_COUNTED: usize = 48;
export const RECORD_DEBT: usize = 64;
export const RECORD_LIABILITY: usize = 80;
export const RECORD_BORROWING: usize = 96;
export const RECORD_APART: usize = 112;
export const RECORD_ORDERS: usize = 128;
/**
 * Bytes of a contract line's record, f64 pairs: its P&L by itself as eligible value, units of the settle asset that it joins
 * with others, closing costs, requirement.
 */
export const LINE_RECORD: usize = 64;
export const RECORD_PNL: usize = 0;
export const RECORD_JOINED: usize = 16;
export const RECORD_COSTS: usize = 32;
export const RECORD_REQUIREMENT: usize = 48;

/** Bytes of scratch for a market of `assets` assets. */
export function frameBytes(assets: usize): usize {
  return HEAD + (STACK_DEPTH << 3) + (ROW + 4) * assets;
}

/** Set a cleared frame up. `assetMoves`, `instrumentMoves`: f64 multiples of prices and marks, or null. */
export function frameOpen(
  frame: usize,
  book: usize,
  market: usize,
  extras: usize,
  assets: usize,
  assetMoves: usize,
  instrumentMoves: usize,
): void {
  store<usize>(frame, book, BOOK);
  store<usize>(frame, market, MARKET);
  store<usize>(frame, extras, EXTRAS);
  store<usize>(frame, assetMoves, ASSET_MOVES);
  store<usize>(frame, instrumentMoves, INSTRUMENT_MOVES);
  store<usize>(frame, frame + HEAD, STACK);
  store<usize>(frame, frame + HEAD + (STACK_DEPTH << 3), ROWS);
  store<usize>(frame, frame + HEAD + (STACK_DEPTH << 3) + ROW * assets, TOUCHED);
}

/** Keep what each asset and contract line of a pool comes to: cleared records. */
export function frameRecord(frame: usize, assets: usize, lines: usize): void {
  store<usize>(frame, assets, ASSET_RECORDS);
  store<usize>(frame, lines, LINE_RECORDS);
}

/** Zeros. A loop, since a bulk fill of few bytes costs more than all the arithmetic of an asset. */
function clear(at: usize, bytes: usize): void {
  for (const end = at + bytes; at < end; at += 16) {
    if (ASC_FEATURE_SIMD) v128.store(at, i64x2.splat(0));
    else {
      store<u64>(at, 0);
      store<u64>(at, 0, 8);
    }
  }
}

/** Begin a pool under `variant`: its sums are 0. */
export function begin(frame: usize, variant: usize, floor: f64): void {
  store<usize>(frame, variant, VARIANT);
  store<usize>(frame, 0, TOUCHED_COUNT);
  store<u32>(frame, 0, HOLDS);
  store<usize>(frame, 0, LINE_COUNT);
  store<f64>(frame, floor, FLOOR);
  store<f64>(frame, 0.0, EQUITY);
  clear(frame + SUMS, SUM_BYTES);
}

/** End a pool: the rows that it touched are zero again. */
export function end(frame: usize): void {
  const count = load<usize>(frame, TOUCHED_COUNT);
  for (let n: usize = 0; n < count; n++) clear(load<usize>(frame, ROWS) + ROW * touchedAsset(frame, n), ROW);
  store<usize>(frame, 0, TOUCHED_COUNT);
}

/** The row of an asset, which it is noted to have touched. */
export function rowOf(frame: usize, asset: usize): usize {
  const row = load<usize>(frame, ROWS) + ROW * asset;
  if (load<u32>(row, TOUCH) != 0) return row;
  const count = load<usize>(frame, TOUCHED_COUNT);
  store<u32>(row, 1, TOUCH);
  store<u32>(load<usize>(frame, TOUCHED) + (count << 2), <u32>asset);
  store<usize>(frame, count + 1, TOUCHED_COUNT);
  return row;
}
export function touchedCount(frame: usize): usize {
  return load<usize>(frame, TOUCHED_COUNT);
}
/** The n-th asset that the pool touched, in the order of the book. */
export function touchedAsset(frame: usize, n: usize): usize {
  return <usize>load<u32>(load<usize>(frame, TOUCHED) + (n << 2));
}

/** Add to a lane of an asset's row at a level. */
export function hold(row: usize, lane: usize, level: usize, x: f64): void {
  const at = row + lane + (level << 3);
  store<f64>(at, load<f64>(at) + x);
}
export function heldAt(row: usize, lane: usize, level: usize): f64 {
  return load<f64>(row + lane + (level << 3));
}

/** Add to a sum of the pool at a level. */
export function add(frame: usize, atom: usize, level: usize, x: f64): void {
  const at = frame + atom + (level << 3);
  store<f64>(at, load<f64>(at, SUMS) + x, SUMS);
}
export function sumOf(frame: usize, atom: usize, level: usize): f64 {
  return load<f64>(frame + atom + (level << 3), SUMS);
}
export function setSum(frame: usize, atom: usize, level: usize, x: f64): void {
  store<f64>(frame + atom + (level << 3), x, SUMS);
}

/** All sums of the pool at hand, SUM_BYTES bytes. */
export function sumsAt(frame: usize): usize {
  return frame + SUMS;
}

/** A sum of the pool, `add` and `setSum` at both levels. */
export function bothOf(frame: usize, atom: usize): v128 {
  return v128.load(frame + atom, SUMS);
}
export function addBoth(frame: usize, atom: usize, x: v128): void {
  const at = frame + atom;
  v128.store(at, f64x2.add(v128.load(at, SUMS), x), SUMS);
}

export function setBoth(frame: usize, atom: usize, x: v128): void {
  v128.store(frame + atom, x, SUMS);
}

export function addEquity(frame: usize, x: f64): void {
  store<f64>(frame, load<f64>(frame, EQUITY) + x, EQUITY);
}
export function setEquity(frame: usize, x: f64): void {
  store<f64>(frame, x, EQUITY);
}
export function equityOf(frame: usize): f64 {
  return load<f64>(frame, EQUITY);
}

export function bookOf(frame: usize): usize {
  return load<usize>(frame, BOOK);
}
export function marketOf(frame: usize): usize {
  return load<usize>(frame, MARKET);
}
export function extrasOf(frame: usize): usize {
  return load<usize>(frame, EXTRAS);
}
export function variantOf(frame: usize): usize {
  return load<usize>(frame, VARIANT);
}
export function floorOf(frame: usize): f64 {
  return load<f64>(frame, FLOOR);
}
export function stackOf(frame: usize): usize {
  return load<usize>(frame, STACK);
}
/** 288 bytes for the rounding of a variant by class of holding: see rules/table-rounded. */
export function roundedSteps(frame: usize): usize {
  return frame + STEPS;
}
export function isMoved(frame: usize): bool {
  return (load<usize>(frame, ASSET_MOVES) | load<usize>(frame, INSTRUMENT_MOVES)) != 0;
}
/** Whether the pool has a position. */
export function holdsPosition(frame: usize): bool {
  return load<u32>(frame, HOLDS) != 0;
}
export function setHolds(frame: usize, holds: bool): void {
  store<u32>(frame, holds ? 1 : 0, HOLDS);
}
export function notePosition(frame: usize): void {
  store<u32>(frame, 1, HOLDS);
}
/** Lines whose roundings add up in the pool's numbers. */
export function lineCount(frame: usize): usize {
  return load<usize>(frame, LINE_COUNT);
}
export function noteLines(frame: usize, count: usize): void {
  store<usize>(frame, count, LINE_COUNT);
}
export function noteLine(frame: usize): void {
  store<usize>(frame, lineCount(frame) + 1, LINE_COUNT);
}

/** Multiple of an asset's prices, 1 where none are given. */
export function assetMove(frame: usize, asset: usize): f64 {
  const moves = load<usize>(frame, ASSET_MOVES);
  return moves == 0 ? 1.0 : load<f64>(moves + (asset << 3));
}
/** Multiple of an instrument's mark. */
export function instrumentMove(frame: usize, instrument: usize): f64 {
  const moves = load<usize>(frame, INSTRUMENT_MOVES);
  return moves == 0 ? 1.0 : load<f64>(moves + (instrument << 3));
}

/** Index price of an asset, moved. */
export function indexOf(frame: usize, asset: usize): f64 {
  return load<f64>(assetRow(variantOf(frame), asset), INDEX) * assetMove(frame, asset);
}
/** Price of an asset that the rule reads for a side at a level, moved. */
export function priceOf(frame: usize, asset: usize, level: usize, side: usize): f64 {
  return assetLane(assetRow(variantOf(frame), asset), level, PRICE + (side << 3)) * assetMove(frame, asset);
}

/** Where the record of an asset is kept, 0: nowhere. */
export function assetRecord(frame: usize, asset: usize): usize {
  const records = load<usize>(frame, ASSET_RECORDS);
  return records == 0 ? 0 : records + ASSET_RECORD * asset;
}
/** Where the record of contract line n of the pool is kept, 0: nowhere. */
export function lineRecord(frame: usize, n: usize): usize {
  const records = load<usize>(frame, LINE_RECORDS);
  return records == 0 ? 0 : records + LINE_RECORD * n;
}

/** Add to a lane of a record at a level; a record of 0 is none. */
export function note(record: usize, lane: usize, level: usize, x: f64): void {
  if (record == 0) return;
  const at = record + lane + (level << 3);
  store<f64>(at, load<f64>(at) + x);
}
