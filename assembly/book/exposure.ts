/**
 * First-order exposures: the derivative of a pool's equity with respect to the relative move of each factor, at index
 * prices, sparse.
 *
 *   holding            q · index · c                          c: coefficients of the asset on its factors
 *   linear position    q m · mark · settle · c(mark)      +   (P&L + funding) · settle · c(settle)
 *   option             q m · slope · settle · c(mark)     +   (worth + funding) · settle · c(settle)
 *   inverse position   q m / mark · settle · c(mark)      +   (P&L + funding) · settle · c(settle)
 *
 * where `settle` is the index of the settle asset. One entry per pool and factor, in the order in which the pool first
 * touches the factors: holdings, then positions. A factor that cancels exactly keeps its entry. Instruments of payoff
 * OTHER have no exposure; the model refuses their pools.
 */
import { markExposure, OPTION, OTHER, unrealised } from "../instruments/linear";
import {
  holdingQuantities,
  holdingStarts,
  positionEntries,
  positionFundings,
  positionInstruments,
  positionQuantities,
  positionStarts,
  slots,
  startOf,
} from "./book";
import {
  assetCoefs,
  assetFactors,
  assetRows,
  factorCount,
  indexPrice,
  indexPrices,
  markCoefs,
  markFactors,
  markOf,
  markRows,
  multiplierOf,
  payoffOf,
  settleOf,
  slopeOf,
} from "./market";

/** Most entries that `bookExposures` can write for these pools. O(holdings + positions). */
export function bookExposuresBound(book: usize, market: usize, from: usize, to: usize): usize {
  const factors = factorCount(market);
  let total: usize = 0;
  for (let p = from; p < to; p++) {
    let entries: usize = 0;
    for (let h = startOf(holdingStarts(book), p), end = startOf(holdingStarts(book), p + 1); h < end; h++) {
      entries += rowLength(assetRows(market), load<u32>(slots(book) + (h << 2)) >> 2);
    }
    for (let k = startOf(positionStarts(book), p), end = startOf(positionStarts(book), p + 1); k < end; k++) {
      const instrument = load<u32>(positionInstruments(book) + (k << 2));
      entries += rowLength(markRows(market), instrument) + rowLength(assetRows(market), settleOf(market, instrument));
    }
    total += min(entries, factors);
  }
  return total;
}

/** Bytes of scratch for `bookExposures`. */
export function bookExposuresScratch(market: usize): usize {
  return factorCount(market) << 2;
}

/**
 * Exposures of the pools from .. to.
 *
 * @param start    u32[to − from + 1]: entries of pool p are start[p − from] .. start[p − from + 1]
 * @param factor   u32[bookExposuresBound]
 * @param value    f64[bookExposuresBound], numeraire per unit relative move
 * @param scratch  bookExposuresScratch bytes, 4-byte aligned
 * @returns        number of entries
 *
 * Cost: O(entries before merging). The order of additions is that of the book.
 */
export function bookExposures(
  book: usize,
  market: usize,
  from: usize,
  to: usize,
  start: usize,
  factor: usize,
  value: usize,
  scratch: usize,
): usize {
  memory.fill(scratch, 0, bookExposuresScratch(market));
  const holdings = holdingStarts(book);
  const positions = positionStarts(book);
  const slot = slots(book);
  const quantity = holdingQuantities(book);
  const index = indexPrices(market);
  const rows = assetRows(market);
  const factors = assetFactors(market);
  const coefs = assetCoefs(market);
  let n: usize = 0;
  for (let p = from; p < to; p++) {
    const first = n;
    store<u32>(start + ((p - from) << 2), <u32>n);
    const end = <usize>load<u32>(holdings + (p << 2), 4);
    for (let h = <usize>load<u32>(holdings + (p << 2)); h < end; h++) {
      const asset = load<u32>(slot + (h << 2)) >> 2;
      const worth = load<f64>(quantity + (h << 3)) * load<f64>(index + ((<usize>asset) << 3));
      // Nearly every asset moves with one factor that the pool has not touched yet: that case without a call.
      const row = rows + ((<usize>asset) << 2);
      const e = <usize>load<u32>(row);
      if (<usize>load<u32>(row, 4) - e == 1) {
        const f = load<u32>(factors + (e << 2));
        const place = scratch + ((<usize>f) << 2);
        if (load<u32>(place) == 0) {
          store<u32>(factor + (n << 2), f);
          store<f64>(value + (n << 3), worth * load<f64>(coefs + (e << 3)));
          n++;
          store<u32>(place, <u32>n);
          continue;
        }
      }
      n = spread(rows, factors, coefs, asset, worth, factor, value, scratch, n);
    }
    for (let k = startOf(positions, p), end = startOf(positions, p + 1); k < end; k++) {
      n = position(book, market, k, factor, value, scratch, n);
    }
    for (let e = first; e < n; e++) store<u32>(scratch + ((<usize>load<u32>(factor + (e << 2))) << 2), 0);
  }
  store<u32>(start + ((to - from) << 2), <u32>n);
  return n;
}

function position(
  book: usize,
  market: usize,
  k: usize,
  factor: usize,
  value: usize,
  scratch: usize,
  count: usize,
): usize {
  const instrument = load<u32>(positionInstruments(book) + (k << 2));
  const payoff = payoffOf(market, instrument);
  if (payoff == OTHER) return count;
  const settle = settleOf(market, instrument);
  const price = indexPrice(market, settle);
  const mark = markOf(market, instrument);
  const size = load<f64>(positionQuantities(book) + (k << 3)) * multiplierOf(market, instrument);
  const moving = markExposure(payoff, size, payoff == OPTION ? slopeOf(market, instrument) : mark, price);
  const pnl = unrealised(payoff, size, load<f64>(positionEntries(book) + (k << 3)), mark);
  const unsettled = (pnl + load<f64>(positionFundings(book) + (k << 3))) * price;
  let n = count;
  n = spread(markRows(market), markFactors(market), markCoefs(market), instrument, moving, factor, value, scratch, n);
  n = spread(assetRows(market), assetFactors(market), assetCoefs(market), settle, unsettled, factor, value, scratch, n);
  return n;
}

function rowLength(rows: usize, row: u32): usize {
  return startOf(rows, <usize>row + 1) - startOf(rows, <usize>row);
}

/** Add `worth` × coefficient to each factor of `row`. scratch[f] is one more than the entry of factor f, 0 where none. */
function spread(
  rows: usize,
  factors: usize,
  coefs: usize,
  row: u32,
  worth: f64,
  factor: usize,
  value: usize,
  scratch: usize,
  count: usize,
): usize {
  let n = count;
  for (let e = startOf(rows, <usize>row), end = startOf(rows, <usize>row + 1); e < end; e++) {
    const f = load<u32>(factors + (e << 2));
    const x = worth * load<f64>(coefs + (e << 3));
    const place = scratch + ((<usize>f) << 2);
    const known = <usize>load<u32>(place);
    if (known != 0) {
      const at = value + ((known - 1) << 3);
      store<f64>(at, load<f64>(at) + x);
    } else {
      store<u32>(factor + (n << 2), f);
      store<f64>(value + (n << 3), x);
      n++;
      store<u32>(place, <u32>n);
    }
  }
  return n;
}
