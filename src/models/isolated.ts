import { linesBook } from "../book/lines.js";
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
export function isolated(whole: ResidentBook, model: MarginModel, range: Range = {}): IsolatedResult {
  const book = whole.with(model.treatment ?? null);
  const run = runOf(book, range);
  const { memory, from, to } = run;
  const cross = memory.scope(() => model.evaluate(book, run));
  const { packed, first } = linesBook(book.packed, from, to);
  const lines = new ResidentBook(book.market, packed, book.options);
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
