/** Positions that count as weighted base and quote, and settle into the balance of an asset. */
import { ASKS, BIDS, orderOf } from "./extras";
import { extrasOf, priceOf, variantOf } from "./frame";
import {
  ASSETS,
  BASE_LONG,
  BASE_SHORT,
  instrumentCurve,
  instrumentLane,
  instrumentRow,
  LIABILITIES,
  OVERALL,
  UNDERLYING,
} from "./variant";

/**
 * What contract line k settles at a level, in units of its settle asset: the worse of all bids and all asks filled,
 *
 *   n · (n < 0 ? short weight · p_l : long weight · p_a) − orders · (bids: p_l, asks: p_a)        n = base + orders
 *
 * plus `quote`, and × the overall weight where that is positive. Prices are the rule's of the underlying.
 *
 * @param multiplier  units of the underlying in a contract
 * @param counts      whether orders count
 */
export function settledBase(
  frame: usize,
  k: usize,
  instrument: usize,
  level: usize,
  quantity: f64,
  multiplier: f64,
  quote: f64,
  counts: bool,
): f64 {
  const variant = variantOf(frame);
  const row = instrumentRow(variant, instrument);
  const underlying = <usize>load<u32>(instrumentCurve(variant, instrument), UNDERLYING);
  const low = priceOf(frame, underlying, level, ASSETS);
  const high = priceOf(frame, underlying, level, LIABILITIES);
  const long = instrumentLane(row, level, BASE_LONG) * low;
  const short = instrumentLane(row, level, BASE_SHORT) * high;
  const bids = counts ? orderOf(extrasOf(frame), k, BIDS) : 0.0;
  const asks = counts ? orderOf(extrasOf(frame), k, ASKS) : 0.0;
  const bought = (quantity + bids) * multiplier;
  const sold = (quantity - asks) * multiplier;
  const afterBids = bought * (bought < 0.0 ? short : long) - bids * multiplier * high;
  const afterAsks = sold * (sold < 0.0 ? short : long) + asks * multiplier * low;
  const worse = min(afterBids, afterAsks) + quote;
  return worse > 0.0 ? worse * instrumentLane(row, level, OVERALL) : worse;
}
