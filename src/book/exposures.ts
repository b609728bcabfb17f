import { bookDescriptor, marketDescriptor } from "./descriptors.js";
import type { ResidentBook } from "./resident.js";

/** Addresses in scratch: valid until the end of the scope that they were made in. */
export interface Exposures {
  /** u32[to − from + 1]: entries of pool p are start[p − from] .. start[p − from + 1] */
  readonly start: number;
  /** u32[count] */
  readonly factor: number;
  /** f64[count], numeraire per unit relative move of the factor */
  readonly value: number;
  readonly count: number;
}

/**
 * First-order exposures of the pools from .. to, one entry per pool and factor that it touches. What an exposure is stands
 * at the kernel, assembly/book/exposure.ts. Runs in the caller's scope, before which everything resident must be made:
 * `describe(book)`.
 */
export function exposures(book: ResidentBook, from: number, to: number): Exposures {
  const { memory } = book;
  const { kernel } = memory;
  const { bookAt, marketAt } = describe(book);
  const bound = book.latest(
    "exposures-bound",
    `${book.market.market.hash}/${from}/${to}`,
    () => kernel.bookExposuresBound(bookAt, marketAt, from, to) >>> 0,
  );
  const start = memory.reserve(4 * (to - from + 1));
  const factor = memory.reserve(4 * bound);
  const value = memory.reserveF64(bound);
  const scratch = memory.reserve(kernel.bookExposuresScratch(marketAt));
  const count = kernel.bookExposures(bookAt, marketAt, from, to, start, factor, value, scratch);
  return { start, factor, value, count };
}

/** Addresses in scratch of f64[to − from] each, in the numeraire at index prices: see assembly/book/value.ts. */
export function values(
  book: ResidentBook,
  from: number,
  to: number,
): { readonly assets: number; readonly liabilities: number; readonly equity: number } {
  const { memory } = book;
  const { bookAt, marketAt } = describe(book);
  const assets = memory.reserveF64(to - from);
  const liabilities = memory.reserveF64(to - from);
  const equity = memory.reserveF64(to - from);
  memory.kernel.bookValue(bookAt, marketAt, from, to, assets, liabilities, equity);
  return { assets, liabilities, equity };
}

/** Make book and market resident, where they are not yet, and give the addresses of their descriptors. */
export function describe(book: ResidentBook): { readonly bookAt: number; readonly marketAt: number } {
  return { bookAt: bookDescriptor(book), marketAt: marketDescriptor(book.market, book.options) };
}

/**
 * The factors that any pool of the book touches, as indices into `market.factors`, ascending. Computed once per book and
 * market.
 */
export function usedFactors(book: ResidentBook): readonly number[] {
  const market = book.market.market;
  return book.latest("used-factors", market.hash, () => {
    const { packed } = book;
    const used = new Set<number>();
    const add = (rows: typeof market.assetFactors, row: number) => {
      for (const factor of rows.factor.subarray(rows.start[row], rows.start[row + 1])) used.add(factor);
    };
    for (const asset of new Set(packed.holdingAsset)) add(market.assetFactors, asset);
    for (const index of new Set(packed.positionInstrument)) {
      const instrument = market.instruments[index];
      if (instrument === undefined) continue;
      add(market.instrumentFactors, index);
      add(market.assetFactors, instrument.settle);
    }
    return [...used].sort((a, b) => a - b);
  });
}
