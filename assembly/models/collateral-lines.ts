/** The lines of one pool under a collateral rule: what each holding and position adds to each total. */
import {
  COLLATERAL,
  holdingQuantities,
  holdingStarts,
  positionInstruments,
  positionQuantities,
  positionStarts,
  slots,
  startOf,
} from "../book/book";
import { settleOf } from "../book/market";
import { unsettled } from "../book/value";
import { gather, unsettledEntry } from "./collateral";
import { curveCap, curveOf, curvePrice, hasCurves, INITIAL, MAINTENANCE, ratesOf, tableOf, weighted } from "./rule";

/**
 * Contributions of the lines of pool p. Each column sums to the pool's total, up to the order of summation.
 *
 * @param holdings   f64[holdings of p][4]: equity, eligible at initial, weighted asset and liability at maintenance. A
 *                   tiered or capped asset held in several lines shares its value by quantity
 * @param positions  f64[positions of p][6]: the same four of its unsettled P&L, weighed as the net of its settle asset is,
 *                   then its requirement at initial and maintenance
 * @param held       f64[assets], zero; zero again afterwards
 */
export function collateralLines(
  book: usize,
  market: usize,
  rule: usize,
  p: usize,
  holdings: usize,
  positions: usize,
  held: usize,
): void {
  const from = startOf(holdingStarts(book), p);
  const end = startOf(holdingStarts(book), p + 1);
  if (hasCurves(rule)) gather(book, rule, from, end, held);
  for (let h = from; h < end; h++) holding(book, rule, h, holdings + ((h - from) << 5), held);
  for (let h = from; h < end; h++) {
    store<f64>(held + ((<usize>(load<u32>(slots(book) + (h << 2)) >> 2)) << 3), 0.0);
  }
  const begin = startOf(positionStarts(book), p);
  const last = startOf(positionStarts(book), p + 1);
  let k = begin;
  while (k < last) {
    const settle = settleOf(market, load<u32>(positionInstruments(book) + (k << 2)));
    let next = k;
    let net = 0.0;
    for (; next < last; next++) {
      const instrument = load<u32>(positionInstruments(book) + (next << 2));
      if (settleOf(market, instrument) != settle) break;
      net += unsettled(book, market, next, instrument);
    }
    const entry = unsettledEntry(rule, settle, net);
    for (; k < next; k++) position(book, market, rule, k, entry, positions + 48 * (k - begin));
  }
}

function holding(book: usize, rule: usize, h: usize, line: usize, held: usize): void {
  const slot = load<u32>(slots(book) + (h << 2));
  const quantity = load<f64>(holdingQuantities(book) + (h << 3));
  const entry = tableOf(rule) + ((<usize>slot) << 5);
  for (let lane: usize = 0; lane < 32; lane += 8) store<f64>(line + lane, quantity * load<f64>(entry + lane));
  const total = load<f64>(held + ((<usize>(slot >> 2)) << 3));
  if ((slot & 3) != COLLATERAL || !hasCurves(rule) || total == 0.0) return;
  const curve = curveOf(rule, slot >> 2);
  if (curve == 0) return;
  const share = quantity / total;
  const worth = total * curvePrice(curve);
  store<f64>(line, share * weighted(curve, INITIAL, worth, curveCap(curve)), 8);
  store<f64>(line, share * weighted(curve, MAINTENANCE, worth, curveCap(curve)), 16);
}

function position(book: usize, market: usize, rule: usize, k: usize, entry: usize, line: usize): void {
  const instrument = load<u32>(positionInstruments(book) + (k << 2));
  const pnl = unsettled(book, market, k, instrument);
  for (let lane: usize = 0; lane < 32; lane += 8) store<f64>(line + lane, pnl * load<f64>(entry + lane));
  const rate = ratesOf(rule) + ((<usize>instrument) << 4);
  const size = abs(load<f64>(positionQuantities(book) + (k << 3)));
  store<f64>(line, size * load<f64>(rate), 32);
  store<f64>(line, size * load<f64>(rate, 8), 40);
}
