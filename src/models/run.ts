import type { ResidentBook } from "../book/resident.js";
import { InvalidInputError } from "../errors.js";
import { version } from "../version.js";
import type { Run } from "./model.js";

/** Rows of a book to compute: from ≤ row < to. For callers that split a book over workers. */
export interface Range {
  readonly from?: number;
  readonly to?: number;
}

/** What a model gets to work with, for the rows `range` of a book; all of them by default. */
export function runOf(book: ResidentBook, range: Range = {}): Run {
  const { memory } = book;
  const count = book.packed.poolCount;
  const from = row(range.from ?? 0, count, "range.from");
  const to = row(range.to ?? count, count, "range.to");
  if (to < from) throw new InvalidInputError("range.to", `at least range.from (${from})`, to);
  const kernel = { hash: memory.hash, build: memory.build };
  return { memory, from, to, meta: { version, kernel, market: book.market.market.hash, book: book.packed.hash } };
}

function row(value: number, count: number, path: string): number {
  if (!Number.isInteger(value) || value < 0 || value > count) {
    throw new InvalidInputError(path, `a whole number from 0 to ${count}`, value);
  }
  return value;
}

/** Row of a pool by id or index. @throws InvalidInputError  there is none in this book */
export function poolRow(book: ResidentBook, pool: string | number): number {
  const index = typeof pool === "string" ? book.packed.poolIndex(pool) : pool;
  if (!Number.isInteger(index) || index < 0 || index >= book.packed.poolCount) {
    throw new InvalidInputError("pool", "the id or row of a pool in this book", pool);
  }
  return index;
}
