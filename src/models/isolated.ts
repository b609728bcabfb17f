import { Book } from "../book/columns.js";
import type { PackedBook } from "../book/packed.js";
import { ResidentBook } from "../book/resident.js";
import type { Levels, MarginModel, MarginResult } from "./model.js";
import { type Range, runOf } from "./run.js";

/** One measure of a pool as a whole and line by line. saving = isolated − cross. */
export interface Compared {
  readonly cross: Levels;
  readonly isolated: Levels;
  readonly saving: Levels;
}

export interface IsolatedResult {
  readonly from: number;
  readonly to: number;
  /** what the model requires */
  readonly requirement: Compared;
  /** what is missing, max(0, requirement − eligible): the cash that would have to be brought */
  readonly shortfall: Compared;
  /** u8[pools]: status of the pool as a whole, index into STATUSES */
  readonly status: Uint8Array;
  readonly notes: readonly string[];
}

/**
 * Cross against isolated margin: every pool as it is, and the same pool with each holding and each position margined alone,
 * as if none could back another. A surplus of one line does not count for another; that is the saving of a common pool.
 *
 * The lines are margined as a book of their own by the same model, all at once: any model will do. A row without a number
 * is +Infinity on both sides and saves nothing.
 *
 * @throws InvalidInputError  rows that the book does not have
 * @throws what the model throws
 * @see METHODS.md#isolated
 */
export function isolated(book: ResidentBook, model: MarginModel, range: Range = {}): IsolatedResult {
  const run = runOf(book, range);
  const { memory, from, to } = run;
  const cross = memory.scope(() => model.evaluate(book, run));
  const { packed, first } = linesOfAll(book.packed, from, to);
  const lines = new ResidentBook(book.market, packed);
  try {
    const alone = memory.scope(() => model.evaluate(lines, { ...run, from: 0, to: packed.poolCount }));
    const compare = (measure: (result: MarginResult, level: keyof Levels, row: number) => number): Compared => {
      const column = (level: keyof Levels) => {
        if (cross.requirement[level] === null) return null;
        const whole = new Float64Array(to - from);
        const apart = new Float64Array(to - from);
        const saving = new Float64Array(to - from);
        for (let row = 0; row < to - from; row++) {
          whole[row] = measure(cross, level, row);
          let sum = 0;
          for (let line = first[row] ?? 0; line < (first[row + 1] ?? 0); line++) sum += measure(alone, level, line);
          // What has no number as a whole has none in parts.
          apart[row] = whole[row] === Infinity ? Infinity : sum;
          saving[row] = apart[row] === Infinity ? 0 : sum - (whole[row] ?? 0);
        }
        return { whole, apart, saving };
      };
      const maintenance = column("maintenance");
      const initial = column("initial");
      const levels = (part: "whole" | "apart" | "saving"): Levels => ({
        initial: initial?.[part] ?? null,
        maintenance: maintenance?.[part] ?? new Float64Array(to - from),
      });
      return { cross: levels("whole"), isolated: levels("apart"), saving: levels("saving") };
    };
    return {
      from,
      to,
      requirement: compare((result, level, row) => result.requirement[level]?.[row] ?? 0),
      shortfall: compare((result, level, row) => Math.max(0, -(result.excess[level]?.[row] ?? 0))),
      status: cross.status,
      notes: cross.meta.notes,
    };
  } finally {
    lines.dispose();
  }
}

/** The pools from .. to with a pool per line: first the holdings of a pool, then its positions. */
function linesOfAll(packed: PackedBook, from: number, to: number): { packed: PackedBook; first: Uint32Array } {
  const h0 = packed.holdingStart[from] ?? 0;
  const h1 = packed.holdingStart[to] ?? 0;
  const p0 = packed.positionStart[from] ?? 0;
  const p1 = packed.positionStart[to] ?? 0;
  const count = h1 - h0 + p1 - p0;
  const first = new Uint32Array(to - from + 1);
  const owner = new Uint32Array(count);
  const holdingStart = new Uint32Array(count + 1);
  const positionStart = new Uint32Array(count + 1);
  let line = 0;
  for (let p = from; p < to; p++) {
    first[p - from] = line;
    const holdings = (packed.holdingStart[p + 1] ?? 0) - (packed.holdingStart[p] ?? 0);
    const positions = (packed.positionStart[p + 1] ?? 0) - (packed.positionStart[p] ?? 0);
    for (let i = 0; i < holdings + positions; i++, line++) {
      owner[line] = p;
      holdingStart[line + 1] = (holdingStart[line] ?? 0) + (i < holdings ? 1 : 0);
      positionStart[line + 1] = (positionStart[line] ?? 0) + (i < holdings ? 0 : 1);
    }
  }
  first[to - from] = line;
  const arrays = {
    holdingStart,
    holdingAsset: packed.holdingAsset.subarray(h0, h1),
    holdingKind: packed.holdingKind.subarray(h0, h1),
    holdingQuantity: packed.holdingQuantity.subarray(h0, h1),
    positionStart,
    positionInstrument: packed.positionInstrument.subarray(p0, p1),
    positionQuantity: packed.positionQuantity.subarray(p0, p1),
    positionEntry: packed.positionEntry.subarray(p0, p1),
    positionFunding: packed.positionFunding.subarray(p0, p1),
    // What a pool has beside its lines concerns the pool as a whole, which was margined before.
    features: new Uint8Array(count),
  };
  const pool = (index: number) => packed.pool(owner[index] ?? -1);
  const book = new Book(packed.market, arrays, {
    pool,
    identity: (index) => `${index}\0${Object.values(pool(index)).join("\0")}`,
    poolIndex: () => -1,
    featurePath: (index, feature) => packed.featurePath(owner[index] ?? -1, feature),
    positionId: (position) => packed.positionId(p0 + position),
    accounts: () => packed.accounts,
    reported: [],
    rejected: [],
    onInvalid: packed.onInvalid,
  });
  return { packed: book, first };
}
