/**
 * Pools of holdings and contract lines without orders, under rules whose weights are numbers and whose rates are numbers or
 * brackets: one pass over the holdings and one over the lines, both levels at once. Same numbers as the general path, up to the
 * order of summation.
 */
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
} from "../book/book";
import { marks, multipliers, payoffs, settles } from "../book/market";
import { unrealised } from "../instruments/linear";
import { brackets } from "./requirement";
import { markRow } from "./table-row";
import {
  ASSETS,
  assetLane,
  assetRow,
  flatTable,
  INDEX,
  INITIAL,
  instrumentCurve,
  LIABILITIES,
  LIABILITY_WEIGHT,
  lineTable,
  MAINTENANCE,
  PRICE,
  RATE_CURVE,
} from "./variant";

const NO_ASSET: usize = 0xffffffff;

/** Pool p; 1 where its row is written, 0 where a number is not finite and the general path is to say why. */
export function linedPool(
  book: usize,
  market: usize,
  variant: usize,
  p: usize,
  row: usize,
  column: usize,
  bytes: usize,
  n: usize,
): usize {
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
  const first = startOf(positionStarts(book), p);
  const last = startOf(positionStarts(book), p + 1);
  let settle: usize = NO_ASSET;
  let net = 0.0;
  let notional = 0.0;
  let initialRequired = 0.0;
  let required = 0.0;
  for (let k = first; k <= last; k++) {
    // One step past the last line, which counts what settles in the last asset.
    const i = k < last ? <usize>load<u32>(positionInstruments(book) + (k << 2)) : 0;
    const asset = k < last ? <usize>load<u32>(settles(market) + (i << 2)) : NO_ASSET;
    if (asset != settle) {
      if (net != 0.0) {
        const lanes = assetRow(variant, settle);
        equity += net * load<f64>(lanes, INDEX);
        if (net > 0.0) {
          initialAssets += net * assetLane(lanes, INITIAL, PRICE + (ASSETS << 3));
          assets += net * assetLane(lanes, MAINTENANCE, PRICE + (ASSETS << 3));
        } else {
          const initialPrice = assetLane(lanes, INITIAL, PRICE + (LIABILITIES << 3));
          initialOwed -= net * initialPrice * assetLane(lanes, INITIAL, LIABILITY_WEIGHT);
          const price = assetLane(lanes, MAINTENANCE, PRICE + (LIABILITIES << 3));
          owed -= net * price * assetLane(lanes, MAINTENANCE, LIABILITY_WEIGHT);
        }
      }
      net = 0.0;
      settle = asset;
      if (k == last) break;
    }
    const quantity = load<f64>(positionQuantities(book) + (k << 3));
    const funding = load<f64>(positionFundings(book) + (k << 3));
    net += funding;
    if (quantity == 0.0) continue;
    const size = quantity * load<f64>(multipliers(market) + (i << 3));
    const entry = load<f64>(positionEntries(book) + (k << 3));
    const payoff = load<u32>(payoffs(market) + (i << 2));
    net += unrealised(payoff, size, entry, load<f64>(marks(market) + (i << 3)));
    const line = lineTable(variant) + (i << 6);
    const own = abs(quantity) * load<f64>(line);
    // An instrument that is refused has neither a unit nor brackets.
    if (own != own) return 0;
    notional += own;
    const costs = own * load<f64>(line, 56);
    initialOwed += costs;
    owed += costs;
    const initialRate = load<f64>(line, 8);
    const rate = load<f64>(line, 16);
    const curves = instrumentCurve(variant, i);
    const initialMoney =
      initialRate == initialRate ? initialRate * own : brackets(load<usize>(curves, RATE_CURVE), own);
    const money = rate == rate ? rate * own : brackets(load<usize>(curves + 4, RATE_CURVE), own);
    initialRequired += max(initialMoney + load<f64>(line, 24), load<f64>(line, 40));
    required += max(money + load<f64>(line, 32), load<f64>(line, 48));
  }
  const initial = initialAssets - initialOwed;
  const eligible = assets - owed;
  const backed = owed + required;
  store<f64>(row, equity);
  store<f64>(row + column, initial);
  store<f64>(row + 2 * column, eligible);
  store<f64>(row + 3 * column, initialRequired);
  store<f64>(row + 4 * column, required);
  store<f64>(row + 5 * column, initial - initialRequired);
  store<f64>(row + 6 * column, eligible - required);
  store<f64>(row + 7 * column, backed == 0.0 ? Infinity : assets / backed);
  store<f64>(row + 8 * column, initialAssets);
  store<f64>(row + 9 * column, assets);
  store<f64>(row + 10 * column, initialOwed);
  store<f64>(row + 11 * column, owed);
  store<f64>(row + 12 * column, collateral);
  store<f64>(row + 13 * column, debt);
  store<f64>(row + 14 * column, notional);
  const all = equity + (collateral + debt) + (assets + backed) + (initialAssets + initialOwed + initialRequired);
  if (all - all != 0.0) return 0;
  markRow(variant, end - begin + last - first, row, column, bytes, n);
  return 1;
}
