/**
 * The common case: pools of holdings under rules that sums do, one table row per holding and no branch. Two pools are written
 * at a time, so that every column takes whole vectors. Same numbers as the general path, up to the order of multiplication.
 */
import { holdingQuantities, holdingStarts, slots, startOf } from "../book/book";
import { statusesOf } from "./output";
import { CONTRACTS, NO_VARIANT, shapes, variantNumbers } from "./extras";
import { linedPool } from "./table-contracts";
import { prepareRounded, roundedPool } from "./table-rounded";
import { markRow } from "./table-row";
import { flagsOf, flatTable, HAS_STALE, IS_FLAT, IS_LINED, IS_ROUNDED, notPlain, VARIANT_BYTES } from "./variant";

/** The pools from .. to that the tables do, written as `rulesPools` says; their number. The rest stay NOT_DONE. */
export function tablePools(
  frame: usize,
  book: usize,
  market: usize,
  extras: usize,
  variants: usize,
  from: usize,
  to: usize,
  out: usize,
): usize {
  const n = to - from;
  const column = n << 3;
  const statuses = statusesOf(out, n);
  let done: usize = 0;
  let prepared: usize = 0;
  let p = from;
  while (p < to) {
    const variant = tabled(extras, variants, p);
    const row = out + ((p - from) << 3);
    const bytes = statuses + (p - from);
    if (variant == 0) {
      p++;
      continue;
    }
    if ((flagsOf(variant) & IS_ROUNDED) != 0) {
      if (variant != prepared) prepareRounded(frame, variant);
      prepared = variant;
      done += roundedPool(frame, book, variant, p, row, column, bytes, n);
      p++;
      continue;
    }
    if (hasContracts(extras, p)) {
      done += linedPool(book, market, variant, p, row, column, bytes, n);
      p++;
      continue;
    }
    if (ASC_FEATURE_SIMD) {
      const next = p + 1 < to ? tabled(extras, variants, p + 1) : 0;
      if (next != 0 && (flagsOf(next) & IS_ROUNDED) == 0 && !hasContracts(extras, p + 1)) {
        done += flatPair(book, variant, next, p, row, column, bytes, n);
        p += 2;
        continue;
      }
    }
    done += flatPool(book, variant, p, row, column, bytes, n);
    p++;
  }
  return done;
}

/** The variant of pool p where its table does the whole pool, else 0. */
function tabled(extras: usize, variants: usize, p: usize): usize {
  const number = load<u32>(variantNumbers(extras) + (p << 2));
  if (number == NO_VARIANT) return 0;
  const variant = variants + VARIANT_BYTES * <usize>number;
  const flags = flagsOf(variant);
  if ((flags & (IS_FLAT | IS_ROUNDED | IS_LINED)) == 0 || (flags & HAS_STALE) != 0) return 0;
  return (load<u32>(shapes(extras) + (p << 2)) & notPlain(variant)) == 0 ? variant : 0;
}

function hasContracts(extras: usize, p: usize): bool {
  return (load<u32>(shapes(extras) + (p << 2)) & CONTRACTS) != 0;
}

/** Pools p and p + 1, a vector of the two per column. */
function flatPair(
  book: usize,
  variant: usize,
  next: usize,
  p: usize,
  row: usize,
  column: usize,
  bytes: usize,
  n: usize,
): usize {
  const slot = slots(book);
  const quantity = holdingQuantities(book);
  const starts = holdingStarts(book);
  const zero = f64x2.splat(0.0);
  const infinite = f64x2.splat(Infinity);
  const begin = startOf(starts, p);
  const middle = startOf(starts, p + 1);
  const end = startOf(starts, p + 2);
  let h = begin;
  let table = flatTable(variant);
  let a0 = zero;
  let a1 = zero;
  let a2 = zero;
  let a3 = zero;
  for (; h < middle; h++) {
    const entry = table + ((<usize>load<u32>(slot + (h << 2))) << 6);
    const q = v128.load64_splat(quantity + (h << 3));
    a0 = f64x2.add(a0, f64x2.mul(q, v128.load(entry)));
    a1 = f64x2.add(a1, f64x2.mul(q, v128.load(entry, 16)));
    a2 = f64x2.add(a2, f64x2.mul(q, v128.load(entry, 32)));
    a3 = f64x2.add(a3, f64x2.mul(q, v128.load(entry, 48)));
  }
  table = flatTable(next);
  let b0 = zero;
  let b1 = zero;
  let b2 = zero;
  let b3 = zero;
  for (; h < end; h++) {
    const entry = table + ((<usize>load<u32>(slot + (h << 2))) << 6);
    const q = v128.load64_splat(quantity + (h << 3));
    b0 = f64x2.add(b0, f64x2.mul(q, v128.load(entry)));
    b1 = f64x2.add(b1, f64x2.mul(q, v128.load(entry, 16)));
    b2 = f64x2.add(b2, f64x2.mul(q, v128.load(entry, 32)));
    b3 = f64x2.add(b3, f64x2.mul(q, v128.load(entry, 48)));
  }
  const equity = v128.shuffle<f64>(a0, b0, 0, 2);
  const initialAssets = v128.shuffle<f64>(a1, b1, 0, 2);
  const assets = v128.shuffle<f64>(a1, b1, 1, 3);
  const initialOwed = v128.shuffle<f64>(a3, b3, 0, 2);
  const owed = v128.shuffle<f64>(a3, b3, 1, 3);
  const initial = f64x2.sub(initialAssets, initialOwed);
  const excess = f64x2.sub(assets, owed);
  v128.store(row, equity);
  v128.store(row + column, initial);
  v128.store(row + 2 * column, excess);
  v128.store(row + 3 * column, zero);
  v128.store(row + 4 * column, zero);
  v128.store(row + 5 * column, initial);
  v128.store(row + 6 * column, excess);
  v128.store(row + 7 * column, v128.bitselect(infinite, f64x2.div(assets, owed), f64x2.eq(owed, zero)));
  v128.store(row + 8 * column, initialAssets);
  v128.store(row + 9 * column, assets);
  v128.store(row + 10 * column, initialOwed);
  v128.store(row + 11 * column, owed);
  const collateral = v128.shuffle<f64>(a0, b0, 1, 3);
  const debt = v128.shuffle<f64>(a2, b2, 1, 3);
  v128.store(row + 12 * column, collateral);
  v128.store(row + 13 * column, debt);
  v128.store(row + 14 * column, zero);
  const weighted = f64x2.add(f64x2.add(assets, owed), f64x2.add(initialAssets, initialOwed));
  const all = f64x2.add(f64x2.add(equity, f64x2.add(collateral, debt)), weighted);
  const finite = <u32>i64x2.bitmask(f64x2.eq(f64x2.sub(all, all), zero));
  let done: usize = 0;
  if ((finite & 1) != 0) done += markRow(variant, middle - begin, row, column, bytes, n);
  if ((finite & 2) != 0) done += markRow(next, end - middle, row + 8, column, bytes + 1, n);
  return done;
}

/** One pool, in scalars: the whole loop of the scalar build. */
function flatPool(book: usize, variant: usize, p: usize, row: usize, column: usize, bytes: usize, n: usize): usize {
  const table = flatTable(variant);
  const begin = startOf(holdingStarts(book), p);
  const end = startOf(holdingStarts(book), p + 1);
  let equity = 0.0;
  let collateral = 0.0;
  let initialAssets = 0.0;
  let assets = 0.0;
  let debt = 0.0;
  let initialOwed = 0.0;
  let owed = 0.0;
  for (let h = begin; h < end; h++) {
    const entry = table + ((<usize>load<u32>(slots(book) + (h << 2))) << 6);
    const q = load<f64>(holdingQuantities(book) + (h << 3));
    equity += q * load<f64>(entry);
    collateral += q * load<f64>(entry, 8);
    initialAssets += q * load<f64>(entry, 16);
    assets += q * load<f64>(entry, 24);
    debt += q * load<f64>(entry, 40);
    initialOwed += q * load<f64>(entry, 48);
    owed += q * load<f64>(entry, 56);
  }
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
  return all - all == 0.0 ? markRow(variant, end - begin, row, column, bytes, n) : 0;
}
