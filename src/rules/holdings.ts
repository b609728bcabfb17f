import { poolSlice } from "../book/change.js";
import { HoldingKind, type PackedBook } from "../book/packed.js";
import type { ResidentBook } from "../book/resident.js";
import { invalid } from "../checks.js";
import { collecting, type HoldingDelta, withHoldings } from "./overlay.js";

/** The pool alone with deltas by amount. */
export function holdingsAfter(book: PackedBook, p: number, deltas: (amount: number) => readonly HoldingDelta[]) {
  return (amount: number): PackedBook =>
    amount === 0 ? collecting(poolSlice(book, p)) : withHoldings(book, p, deltas(amount));
}

/** Whether a pool lends: its loans are debts beside its supplies. */
export function lends(book: PackedBook, p: number): boolean {
  const kinds = book.holdingKind.subarray(book.holdingStart[p] ?? 0, book.holdingStart[p + 1] ?? 0);
  return kinds.some(
    (kind) => kind === HoldingKind.supply || kind === HoldingKind.idleSupply || kind === HoldingKind.debt,
  );
}

/** What a pool has of an asset in one list. */
export function held(book: PackedBook, p: number, asset: number, kind: HoldingKind): number {
  let total = 0;
  for (let h = book.holdingStart[p] ?? 0; h < (book.holdingStart[p + 1] ?? 0); h++) {
    if (book.holdingAsset[h] === asset && book.holdingKind[h] === kind) total += book.holdingQuantity[h] ?? 0;
  }
  return total;
}

/** Index of an asset that has a price. */
export function assetOf(book: ResidentBook, id: unknown, path: string): number {
  const { market } = book.market;
  const index = typeof id === "string" ? market.assetIndex(id) : -1;
  if (index < 0) throw invalid(path, "the id of an asset of the market", id);
  if (!(priceOf(book, index) > 0)) throw invalid(path, "an asset with a price", id);
  return index;
}

/** Index price of an asset, numeraire. */
export function priceOf(book: ResidentBook, asset: number): number {
  return book.market.market.prices.index[asset] ?? Number.NaN;
}
