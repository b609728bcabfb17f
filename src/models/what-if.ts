import type { Change } from "../book/change.js";
import type { PackedBook } from "../book/packed.js";
import { ResidentBook } from "../book/resident.js";
import type { MarginModel, MarginResult } from "./model.js";
import { runOf } from "./run.js";

export interface WhatIf<R extends MarginResult> {
  /** the pool alone, a book of one row */
  readonly before: R;
  /** the pool alone after the change */
  readonly after: R;
}

/**
 * One pool before and after a change, each as a book of one. Neither the book nor the market is touched, and no memory is
 * kept but what the model derives of the market.
 *
 * @throws InvalidInputError, UnsupportedError   a change that the pool or the market does not allow, by its path
 * @throws what the model throws
 */
export function whatIf<R extends MarginResult>(
  book: ResidentBook,
  pool: number,
  change: Change,
  model: MarginModel<R>,
): WhatIf<R> {
  const run = runOf(book, { from: pool, to: pool + 1 });
  const { before, after } = change.apply(book.packed, pool);
  const margin = (packed: PackedBook): R => {
    const alone = new ResidentBook(book.market, packed);
    try {
      return book.memory.scope(() => model.evaluate(alone, { ...run, from: 0, to: 1 }));
    } finally {
      alone.dispose();
    }
  };
  return { before: margin(before), after: margin(after) };
}
