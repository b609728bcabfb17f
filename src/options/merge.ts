import { Book } from "../book/columns.js";
import { Feature, type OptionPosition, type PackedBook } from "../book/packed.js";
import { faultOf } from "./quotes.js";

/** A position of a merged book: one of the columns, or an option, whose entry is 0 since its premium was paid. */
interface Line {
  /** position in the columns of the book as it was, −1 for an option */
  readonly source: number;
  readonly option: OptionPosition | null;
  readonly instrument: number;
  readonly settle: number;
}

/** The first option of a pool that no treatment can take, with the reason; null where there is none. */
export function refused({ market, options }: PackedBook, pool: number): { path: string; what: string } | null {
  for (const { instrument, path } of options.get(pool) ?? []) {
    const found = market.instruments[instrument];
    const what = found === undefined ? null : faultOf(market, found);
    if (what !== null) return { path, what };
  }
  return null;
}

/**
 * The book with the options of its pools among their positions, behind those of the same settle asset. A pool that has one
 * which no treatment can take keeps all of its own apart, with their bit of `features`. Cost O(positions).
 */
export function merged(book: PackedBook): PackedBook {
  const { market, poolCount } = book;
  const lines: Line[] = [];
  const positionStart = new Uint32Array(poolCount + 1);
  const features = book.features.slice();
  const options = new Map(book.options);
  const settleOf = (instrument: number) => market.instruments[instrument]?.settle ?? 0;
  for (let p = 0; p < poolCount; p++) {
    const own: Line[] = [];
    for (let n = book.positionStart[p] ?? 0; n < (book.positionStart[p + 1] ?? 0); n++) {
      const instrument = book.positionInstrument[n] ?? 0;
      own.push({ source: n, option: null, instrument, settle: settleOf(instrument) });
    }
    if (refused(book, p) === null) {
      for (const option of book.options.get(p) ?? []) {
        own.push({ source: -1, option, instrument: option.instrument, settle: settleOf(option.instrument) });
      }
      features[p] = (features[p] ?? 0) & ~Feature.options;
      options.delete(p);
    }
    for (const line of own.sort((a, b) => a.settle - b.settle)) lines.push(line);
    positionStart[p + 1] = lines.length;
  }
  const column = (of: (line: Line) => number | undefined) => Float64Array.from(lines, (line) => of(line) ?? 0);
  const arrays = {
    holdingStart: book.holdingStart,
    holdingAsset: book.holdingAsset,
    holdingKind: book.holdingKind,
    holdingQuantity: book.holdingQuantity,
    positionStart,
    positionInstrument: Uint32Array.from(lines, ({ instrument }) => instrument),
    positionQuantity: column(({ source, option }) => option?.quantity ?? book.positionQuantity[source]),
    positionEntry: column(({ source, option }) => (option === null ? book.positionEntry[source] : 0)),
    positionFunding: column(({ source, option }) => option?.funding ?? book.positionFunding[source]),
    options,
    features,
  };
  return new Book(market, arrays, {
    pool: (p) => book.pool(p),
    source: (p) => book.source(p),
    identity: (p) => Object.values(book.pool(p)).join("\0"),
    poolIndex: (id) => book.poolIndex(id),
    featurePath: (p, feature) =>
      (feature === "options" ? refused(book, p)?.path : undefined) ?? book.featurePath(p, feature),
    positionId: (n) => {
      const line = lines[n];
      return line === undefined || line.option !== null ? (line?.option?.id ?? null) : book.positionId(line.source);
    },
    accounts: () => book.accounts,
    reported: book.reported,
    rejected: book.rejected,
    onInvalid: book.onInvalid,
  });
}
