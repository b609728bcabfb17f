/**
 * The common case of a margin call: pools of holdings under one rule without tiers and caps, nothing stale, no positions.
 * Then there is no requirement, and a pool is one pass over its holdings. Two pools are written at a time, so that every
 * column takes whole vectors. Same numbers, to the bit, as the general kernel in models/collateral.
 */
import { holdingQuantities, holdingStarts, poolFeatures, positionStarts, slots, startOf } from "../book/book";
import { breachAtEquality, hasCurves, hasStale, tableOf } from "./rule";

/** Status of a row that the general kernel must do. */
export const NOT_DONE: u8 = 255;

/** Whether `flatPools` may be used for these pools. O(pools), for the feature bytes. */
export function isFlat(book: usize, rule: usize, from: usize, to: usize): bool {
  if (hasCurves(rule) || hasStale(rule)) return false;
  if (startOf(positionStarts(book), from) != startOf(positionStarts(book), to)) return false;
  let all: u32 = 0;
  for (let p = from; p < to; p++) all |= <u32>load<u8>(poolFeatures(book) + p);
  return all == 0;
}

/**
 * Margin of the pools from .. to; output as for `collateralPools`, but without the counts.
 *
 * @returns  rows whose numbers are not all finite, left with the status NOT_DONE
 */
export function flatPools(book: usize, rule: usize, from: usize, to: usize, out: usize, statuses: usize): usize {
  const n = to - from;
  const column = n << 3;
  const breaches = statuses + n;
  memory.fill(out + 3 * column, 0, 2 * column);
  memory.fill(statuses, 0, n);
  let left: usize = 0;
  let p = from;
  if (ASC_FEATURE_SIMD) {
    const table = tableOf(rule);
    const slot = slots(book);
    const quantity = holdingQuantities(book);
    const starts = holdingStarts(book);
    const zero = f64x2.splat(0.0);
    const infinite = f64x2.splat(Infinity);
    const equality = breachAtEquality(rule);
    let h = startOf(starts, from);
    for (; p + 2 <= to; p += 2) {
      const middle = startOf(starts, p + 1);
      const end = startOf(starts, p + 2);
      let worth = zero;
      let counted = zero;
      for (; h < middle; h++) {
        const entry = table + ((<usize>load<u32>(slot + (h << 2))) << 5);
        const q = v128.load64_splat(quantity + (h << 3));
        worth = f64x2.add(worth, f64x2.mul(q, v128.load(entry)));
        counted = f64x2.add(counted, f64x2.mul(q, v128.load(entry, 16)));
      }
      let worthNext = zero;
      let countedNext = zero;
      for (; h < end; h++) {
        const entry = table + ((<usize>load<u32>(slot + (h << 2))) << 5);
        const q = v128.load64_splat(quantity + (h << 3));
        worthNext = f64x2.add(worthNext, f64x2.mul(q, v128.load(entry)));
        countedNext = f64x2.add(countedNext, f64x2.mul(q, v128.load(entry, 16)));
      }
      const equity = v128.shuffle<f64>(worth, worthNext, 0, 2);
      const initial = v128.shuffle<f64>(worth, worthNext, 1, 3);
      const assets = v128.shuffle<f64>(counted, countedNext, 0, 2);
      const liabilities = v128.shuffle<f64>(counted, countedNext, 1, 3);
      const eligible = f64x2.sub(assets, liabilities);
      const health = v128.bitselect(infinite, f64x2.div(assets, liabilities), f64x2.eq(liabilities, zero));
      const row = out + ((p - from) << 3);
      v128.store(row, equity);
      v128.store(row + column, initial);
      v128.store(row + 2 * column, eligible);
      v128.store(row + 5 * column, initial);
      v128.store(row + 6 * column, eligible);
      v128.store(row + 7 * column, health);
      const breached = equality ? f64x2.le(eligible, zero) : f64x2.lt(eligible, zero);
      const bits = <u32>i64x2.bitmask(breached);
      store<u16>(breaches + (p - from), <u16>((bits & 1) | ((bits & 2) << 7)));
      const all = f64x2.add(f64x2.add(equity, initial), f64x2.add(assets, liabilities));
      if (!i64x2.all_true(f64x2.eq(f64x2.sub(all, all), zero))) {
        store<u8>(statuses + (p - from), NOT_DONE);
        store<u8>(statuses + (p - from), NOT_DONE, 1);
        left += 2;
      }
    }
  }
  for (; p < to; p++) left += flatPool(book, rule, p, out + ((p - from) << 3), column, statuses + (p - from), n);
  return left;
}

/** One pool, in scalars: the whole loop of the scalar build, and the last of an odd number. */
function flatPool(book: usize, rule: usize, p: usize, row: usize, column: usize, status: usize, n: usize): usize {
  const table = tableOf(rule);
  let equity = 0.0;
  let initial = 0.0;
  let assets = 0.0;
  let liabilities = 0.0;
  for (let h = startOf(holdingStarts(book), p), end = startOf(holdingStarts(book), p + 1); h < end; h++) {
    const entry = table + ((<usize>load<u32>(slots(book) + (h << 2))) << 5);
    const q = load<f64>(holdingQuantities(book) + (h << 3));
    equity += q * load<f64>(entry);
    initial += q * load<f64>(entry, 8);
    assets += q * load<f64>(entry, 16);
    liabilities += q * load<f64>(entry, 24);
  }
  const eligible = assets - liabilities;
  store<f64>(row, equity);
  store<f64>(row + column, initial);
  store<f64>(row + 2 * column, eligible);
  store<f64>(row + 5 * column, initial);
  store<f64>(row + 6 * column, eligible);
  store<f64>(row + 7 * column, liabilities == 0.0 ? Infinity : assets / liabilities);
  store<u8>(status + n, eligible < 0.0 || (eligible == 0.0 && breachAtEquality(rule)) ? 1 : 0);
  const all = equity + initial + (assets + liabilities);
  if (all - all == 0.0) return 0;
  store<u8>(status, NOT_DONE);
  return 1;
}
