/** What a pool is worth at index prices, before any weight. */
import { OTHER, unrealised } from "../instruments/linear";
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
import { indexPrice, indexPrices, markOf, multiplierOf, payoffOf, settleOf } from "./market";

/**
 * Assets, liabilities and equity of the pools from .. to, in the numeraire.
 *
 *   assets       = Σ positive holdings × index + Σ net unsettled gains per settle asset × index
 *   liabilities  = the same of the negative ones, as a positive amount
 *   equity       = assets − liabilities
 *
 * Unsettled P&L (unrealised + funding due) is netted over the pool's positions in one settle asset before it counts as one
 * or the other. Instruments of payoff OTHER count nothing; the model refuses their pools.
 *
 * @param assets, liabilities, equity  f64[to − from]
 *
 * Cost: O(holdings + positions), summed in the order of the book.
 */
export function bookValue(
  book: usize,
  market: usize,
  from: usize,
  to: usize,
  assets: usize,
  liabilities: usize,
  equity: usize,
): void {
  const holdings = holdingStarts(book);
  const positions = positionStarts(book);
  const slot = slots(book);
  const quantity = holdingQuantities(book);
  const index = indexPrices(market);
  for (let p = from; p < to; p++) {
    let gross = 0.0;
    let owed = 0.0;
    const last = <usize>load<u32>(holdings + (p << 2), 4);
    for (let h = <usize>load<u32>(holdings + (p << 2)); h < last; h++) {
      const asset = <usize>(load<u32>(slot + (h << 2)) >> 2);
      const worth = load<f64>(quantity + (h << 3)) * load<f64>(index + (asset << 3));
      gross += max(worth, 0.0);
      owed -= min(worth, 0.0);
    }
    const end = startOf(positions, p + 1);
    let k = startOf(positions, p);
    while (k < end) {
      const settle = settleOf(market, load<u32>(positionInstruments(book) + (k << 2)));
      let net = 0.0;
      for (; k < end; k++) {
        const instrument = load<u32>(positionInstruments(book) + (k << 2));
        if (settleOf(market, instrument) != settle) break;
        net += unsettled(book, market, k, instrument);
      }
      const worth = net * indexPrice(market, settle);
      gross += max(worth, 0.0);
      owed -= min(worth, 0.0);
    }
    const row = (p - from) << 3;
    store<f64>(assets + row, gross);
    store<f64>(liabilities + row, owed);
    store<f64>(equity + row, gross - owed);
  }
}

/** Unrealised P&L and funding due of position k, in its settle asset; 0 for an instrument of payoff OTHER. */
export function unsettled(book: usize, market: usize, k: usize, instrument: u32): f64 {
  const payoff = payoffOf(market, instrument);
  if (payoff == OTHER) return 0.0;
  const size = load<f64>(positionQuantities(book) + (k << 3)) * multiplierOf(market, instrument);
  const pnl = unrealised(payoff, size, load<f64>(positionEntries(book) + (k << 3)), markOf(market, instrument));
  return pnl + load<f64>(positionFundings(book) + (k << 3));
}
