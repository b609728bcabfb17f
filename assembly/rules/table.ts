/**
 * The common case: pools of holdings under rules that sums do, one table row per holding and no branch. Two pools are written
 * at a time, so that every column takes whole vectors. Same numbers as the general path, up to the order of multiplication.
 */
import { holdingQuantities, holdingStarts, slots, startOf } from "../book/book";
import { shapes } from "./extras";
import { COLUMNS } from "./output";
import { loanRow, markRow } from "./table-row";
import { flagsOf, flatTable, HAS_STALE, IS_FLAT, IS_ROUNDED, notPlain, notSolo } from "./variant";

/** The ways of a pool: by its table, in one pass, or part by part, which does any. */
export const BY_PARTS: u32 = 0;
export const FLAT_ROW: u32 = 1;
export const ROUNDED_ROW: u32 = 2;
export const ONE_PASS: u32 = 3;

/** The way of pool p under its variant. */
export function wayOf(extras: usize, variant: usize, p: usize): u32 {
  if (variant == 0) return BY_PARTS;
  const flags = flagsOf(variant);
  const shape = load<u32>(shapes(extras) + (p << 2));
  const tabled = (flags & (IS_FLAT | IS_ROUNDED)) != 0 && (flags & HAS_STALE) == 0;
  if (tabled && (shape & notPlain(variant)) == 0) return (flags & IS_ROUNDED) != 0 ? ROUNDED_ROW : FLAT_ROW;
  return ASC_FEATURE_SIMD && standsAlone(extras, variant, p) ? ONE_PASS : BY_PARTS;
}

/** Whether pool p is one for rules/solo. */
export function standsAlone(extras: usize, variant: usize, p: usize): bool {
  return (load<u32>(shapes(extras) + (p << 2)) & notSolo(variant)) == 0;
}

/**
 * Pools p and q of one variant, a vector of the two per column, by way of 240 bytes of `spare` where their rows are not
 * neighbours; q may be p. Bit 0 of what is returned is set where the row of
 * p is written, bit 1 where that of q is.
 */
export function flatPair(
  book: usize,
  variant: usize,
  p: usize,
  q: usize,
  row: usize,
  other: usize,
  column: usize,
  bytes: usize,
  otherBytes: usize,
  n: usize,
  spare: usize,
): u32 {
  const slot = slots(book);
  const quantity = holdingQuantities(book);
  const starts = holdingStarts(book);
  const zero = f64x2.splat(0.0);
  const infinite = f64x2.splat(Infinity);
  const table = flatTable(variant);
  let h = startOf(starts, p);
  let end = startOf(starts, p + 1);
  const held = end - h;
  let a0 = zero;
  let a1 = zero;
  let a2 = zero;
  let a3 = zero;
  for (; h < end; h++) {
    const entry = table + ((<usize>load<u32>(slot + (h << 2))) << 6);
    const x = v128.load64_splat(quantity + (h << 3));
    a0 = f64x2.add(a0, f64x2.mul(x, v128.load(entry)));
    a1 = f64x2.add(a1, f64x2.mul(x, v128.load(entry, 16)));
    a2 = f64x2.add(a2, f64x2.mul(x, v128.load(entry, 32)));
    a3 = f64x2.add(a3, f64x2.mul(x, v128.load(entry, 48)));
  }
  h = startOf(starts, q);
  end = startOf(starts, q + 1);
  const otherHeld = end - h;
  let b0 = zero;
  let b1 = zero;
  let b2 = zero;
  let b3 = zero;
  for (; h < end; h++) {
    const entry = table + ((<usize>load<u32>(slot + (h << 2))) << 6);
    const x = v128.load64_splat(quantity + (h << 3));
    b0 = f64x2.add(b0, f64x2.mul(x, v128.load(entry)));
    b1 = f64x2.add(b1, f64x2.mul(x, v128.load(entry, 16)));
    b2 = f64x2.add(b2, f64x2.mul(x, v128.load(entry, 32)));
    b3 = f64x2.add(b3, f64x2.mul(x, v128.load(entry, 48)));
  }
  const equity = v128.shuffle<f64>(a0, b0, 0, 2);
  const initialAssets = v128.shuffle<f64>(a1, b1, 0, 2);
  const assets = v128.shuffle<f64>(a1, b1, 1, 3);
  const initialOwed = v128.shuffle<f64>(a3, b3, 0, 2);
  const owed = v128.shuffle<f64>(a3, b3, 1, 3);
  const initial = f64x2.sub(initialAssets, initialOwed);
  const excess = f64x2.sub(assets, owed);
  const neighbours = other == row + 8;
  const to = neighbours ? row : spare;
  const stride = neighbours ? column : 16;
  v128.store(to, equity);
  v128.store(to + stride, initial);
  v128.store(to + 2 * stride, excess);
  v128.store(to + 3 * stride, zero);
  v128.store(to + 4 * stride, zero);
  v128.store(to + 5 * stride, initial);
  v128.store(to + 6 * stride, excess);
  v128.store(to + 7 * stride, v128.bitselect(infinite, f64x2.div(assets, owed), f64x2.eq(owed, zero)));
  v128.store(to + 8 * stride, initialAssets);
  v128.store(to + 9 * stride, assets);
  v128.store(to + 10 * stride, initialOwed);
  v128.store(to + 11 * stride, owed);
  const collateral = v128.shuffle<f64>(a0, b0, 1, 3);
  const debt = v128.shuffle<f64>(a2, b2, 1, 3);
  v128.store(to + 12 * stride, collateral);
  v128.store(to + 13 * stride, debt);
  v128.store(to + 14 * stride, zero);
  const weighted = f64x2.add(f64x2.add(assets, owed), f64x2.add(initialAssets, initialOwed));
  const all = f64x2.add(f64x2.add(equity, f64x2.add(collateral, debt)), weighted);
  const finite = <u32>i64x2.bitmask(f64x2.eq(f64x2.sub(all, all), zero));
  for (let c: usize = 0; !neighbours && c < COLUMNS; c++) {
    store<f64>(row + c * column, load<f64>(spare + (c << 4)));
    store<f64>(other + c * column, load<f64>(spare + (c << 4), 8));
  }
  if ((finite & 1) != 0) markRow(variant, held, row, column, bytes, n);
  if ((finite & 2) != 0) markRow(variant, otherHeld, other, column, otherBytes, n);
  return finite;
}

/** One pool, in scalars: what the scalar build does instead. 1 where its row is written. */
export function flatPool(
  book: usize,
  variant: usize,
  p: usize,
  row: usize,
  column: usize,
  bytes: usize,
  n: usize,
): u32 {
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
  const held = <usize>(end - begin);
  return loanRow(
    variant,
    held,
    row,
    column,
    bytes,
    n,
    equity,
    collateral,
    debt,
    initialAssets,
    assets,
    initialOwed,
    owed,
  );
}
