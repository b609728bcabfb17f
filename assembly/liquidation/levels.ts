/** Liquidation levels of many pools: per factor with all else fixed, and along given directions. */
import { descriptorBytes, holdingStarts, positionStarts, startOf } from "../book/book";
import { assetCount, factorCount } from "../book/market";
import { breachAtEquality } from "../models/rule";
import { alongBytes, derivative, excessAt, reduce } from "./excess-along";
import { rootAlong } from "./roots";

/** Pools with this status and beyond have no number. */
const UNSUPPORTED: u8 = 2;

/** Bytes of scratch for `liquidationLevels` over the pools from .. to. O(pools). */
export function liquidationScratch(book: usize, market: usize, from: usize, to: usize): usize {
  let holdings: usize = 0;
  let positions: usize = 0;
  for (let p = from; p < to; p++) {
    holdings = max(holdings, startOf(holdingStarts(book), p + 1) - startOf(holdingStarts(book), p));
    positions = max(positions, startOf(positionStarts(book), p + 1) - startOf(positionStarts(book), p));
  }
  return ((factorCount(market) + assetCount(market)) << 3) + alongBytes(holdings, positions);
}

/**
 * Levels of the pools from .. to; row r is pool from + r.
 *
 * @param poolRule    u32[pools of the book], null: all take the first rule
 * @param status      u8[rows]; a row without a number has no levels
 * @param start       u32[rows + 1], factor u32[entries]: the factors of each row, as `bookExposures` gives them
 * @param directions  f64[count][factors]; a factor that a direction leaves at 0 does not move
 * @param excess      f64[rows], written: H at maintenance
 * @param gradient    f64[entries], written: dH per unit relative move of the factor, at no move
 * @param down, up    f64[entries], written: the relative move of the factor that takes H to 0, all else fixed; NaN: none
 * @param fall, rise  f64[count][rows], written: the same along the directions
 * @param scratch     liquidationScratch bytes, 8-byte aligned
 *
 * A pool that is breached already has no levels: what would heal it is not a liquidation price. Cost: O(lines) per factor,
 * direction and step; a linear pool takes a handful of steps.
 */
export function liquidationLevels(
  book: usize,
  market: usize,
  rules: usize,
  poolRule: usize,
  status: usize,
  from: usize,
  to: usize,
  start: usize,
  factor: usize,
  directions: usize,
  count: usize,
  excess: usize,
  gradient: usize,
  down: usize,
  up: usize,
  fall: usize,
  rise: usize,
  scratch: usize,
): void {
  const factors = factorCount(market);
  const held = scratch + (factors << 3);
  const along = held + (assetCount(market) << 3);
  const rows = to - from;
  memory.fill(scratch, 0, along - scratch);
  for (let r: usize = 0; r < rows; r++) {
    const usable = load<u8>(status + r) < UNSUPPORTED;
    const number = poolRule != 0 && usable ? <usize>load<u32>(poolRule + ((from + r) << 2)) : <usize>0;
    const rule = rules + number * descriptorBytes();
    let h = -Infinity;
    if (usable) {
      reduce(book, market, rule, from + r, scratch, held, along);
      h = excessAt(along, 0.0);
    }
    store<f64>(excess + (r << 3), h);
    const safe = h > 0.0 || (h == 0.0 && !breachAtEquality(rule));
    for (let e = startOf(start, r), end = startOf(start, r + 1); e < end; e++) {
      const place = scratch + ((<usize>load<u32>(factor + (e << 2))) << 3);
      let slope = 0.0;
      if (usable) {
        store<f64>(place, 1.0);
        reduce(book, market, rule, from + r, scratch, held, along);
        store<f64>(place, 0.0);
        excessAt(along, 0.0);
        slope = derivative(along);
      }
      store<f64>(gradient + (e << 3), slope);
      store<f64>(down + (e << 3), safe ? rootAlong(along, 1.0, -1.0) : NaN);
      store<f64>(up + (e << 3), safe ? rootAlong(along, 0.0, 1.0) : NaN);
    }
    for (let d: usize = 0; d < count; d++) {
      const direction = directions + ((d * factors) << 3);
      const place = (d * rows + r) << 3;
      if (safe) reduce(book, market, rule, from + r, direction, held, along);
      store<f64>(fall + place, safe ? rootAlong(along, largest(direction, start, factor, r, 1.0), -1.0) : NaN);
      store<f64>(rise + place, safe ? rootAlong(along, largest(direction, start, factor, r, -1.0), 1.0) : NaN);
    }
  }
}

/** Largest of 0 and sign × direction over the factors of row r: no factor may fall by more than all of its value. */
function largest(direction: usize, start: usize, factor: usize, r: usize, sign: f64): f64 {
  let most = 0.0;
  for (let e = startOf(start, r), end = startOf(start, r + 1); e < end; e++) {
    most = max(most, sign * load<f64>(direction + ((<usize>load<u32>(factor + (e << 2))) << 3)));
  }
  return most;
}
