/**
 * Pools whose assets each stand in one holding and whose contracts settle in one asset, without spot orders and a floor of
 * their own, under any rule that does not weigh base and quote: both levels at once, the sums in locals. Operations and their
 * order are those of the general path, so the same bits. In a build without vectors the general path does all.
 */
import {
  holdingQuantities,
  holdingStarts,
  IDLE,
  positionInstruments,
  positionStarts,
  slots,
  startOf,
} from "../book/book";
import { settleOf } from "../book/market";
import { NO_ASSET } from "./contracts";
import { MORE, SEVERAL, shapes } from "./extras";
import {
  addBoth,
  ASSETS,
  bookOf,
  bothOf,
  extrasOf,
  indexOf,
  isPaired,
  lineCount,
  marketOf,
  noteLines,
  setEquity,
  stackOf,
  variantOf,
  WEIGHTED,
} from "./frame";
import { average, gatherPlain } from "./holdings";
import { weighHoldings } from "./solo-holdings";
import { soloLines } from "./solo-lines";
import {
  averageScale,
  flagsOf,
  INITIAL,
  IS_SOLO,
  JOINS_BALANCE,
  JOINS_POSITION,
  MAINTENANCE,
  PLAIN_HOLDINGS,
} from "./variant";

/** Whether pool p, which was begun, is such a pool. */
export function isSolo(frame: usize, p: usize): bool {
  if ((flagsOf(variantOf(frame)) & IS_SOLO) == 0 || !isPaired(frame)) return false;
  return (load<u32>(shapes(extrasOf(frame)) + (p << 2)) & (MORE | SEVERAL)) == 0;
}

/** `addUp` of such a pool. O(holdings + lines). */
export function soloPool(frame: usize, p: usize): void {
  const book = bookOf(frame);
  const variant = variantOf(frame);
  const flags = flagsOf(variant);
  const begin = startOf(holdingStarts(book), p);
  const end = startOf(holdingStarts(book), p + 1);
  const plain = (flags & (PLAIN_HOLDINGS | JOINS_BALANCE)) == PLAIN_HOLDINGS;
  if (plain) gatherPlain(frame, p);
  else equityOfHoldings(frame, begin, end);
  const first = startOf(positionStarts(book), p);
  const last = startOf(positionStarts(book), p + 1);
  let settle = NO_ASSET;
  if (first < last) {
    soloLines(frame, first, last, stackOf(frame));
    settle =
      (flags & JOINS_POSITION) != 0
        ? NO_ASSET
        : settleOf(marketOf(frame), load<u32>(positionInstruments(book) + (first << 2)));
  }
  weighHoldings(frame, plain ? end : begin, end, settle, (flags & JOINS_BALANCE) != 0);
  if (averageScale(variant, INITIAL) == 0.0 && averageScale(variant, MAINTENANCE) == 0.0) {
    addBoth(frame, ASSETS, bothOf(frame, WEIGHTED));
  } else {
    average(frame, INITIAL);
    average(frame, MAINTENANCE);
  }
}

function equityOfHoldings(frame: usize, begin: usize, end: usize): void {
  const book = bookOf(frame);
  let equity = 0.0;
  let lines = lineCount(frame);
  for (let h = begin; h < end; h++) {
    const slot = load<u32>(slots(book) + (h << 2));
    equity += load<f64>(holdingQuantities(book) + (h << 3)) * indexOf(frame, <usize>(slot >> 2));
    lines += (slot & 3) == IDLE ? 0 : 1;
  }
  setEquity(frame, equity);
  noteLines(frame, lines);
}
