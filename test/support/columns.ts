import type { PackedBook } from "../../src/book/packed.js";

/** The arrays of a book as plain ones, for comparison. */
export function columnsOf(book: PackedBook): Record<string, number[]> {
  const { holdingStart, holdingAsset, holdingKind, holdingQuantity, features } = book;
  const { positionStart, positionInstrument, positionQuantity, positionEntry, positionFunding } = book;
  const all = { holdingStart, holdingAsset, holdingKind, holdingQuantity, positionStart, positionInstrument };
  return Object.fromEntries(
    Object.entries({ ...all, positionQuantity, positionEntry, positionFunding, features }).map(([k, v]) => [k, [...v]]),
  );
}
