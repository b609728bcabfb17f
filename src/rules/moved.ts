import { poolSlice } from "../book/change.js";
import { type ResidentBook, ResidentMarket } from "../book/resident.js";
import { invalid } from "../checks.js";
import { excessPieces } from "./along.js";
import type { ComposedModel } from "./composed.js";
import { COLUMNS, type ComposedFrame, composedFrame } from "./composed-frame.js";
import { type Motion, movedMarket, type Reach, reachOf } from "./motion.js";
import { margined, collecting } from "./overlay.js";
import type { Piece } from "./pieces.js";
import { poolLines } from "./pool-lines.js";
import { noiseUnit } from "./tables.js";
import { movesWithPrices, Terms } from "./terms.js";
import { NO_VARIANT } from "./variants.js";

/** A pool as a function of prices. */
export interface Moved {
  readonly reach: Reach;
  /** excess at maintenance after prices were multiplied, and what rounding is relative to */
  excess(multiples: Motion): { readonly excess: number; readonly size: number };
  /** the excess along a motion in pieces; null where the rule has no such form */
  pieces(motion: Motion, from: number, to: number): readonly Piece[] | null;
  /** whether the rule calls an excess a breach, of a pool that owes something */
  breach(excess: number): boolean;
  /** money that the rule's rounding may add or take */
  readonly slack: number;
}

/**
 * Give `work` pool `p` of a book as a function of prices. What it evaluates with lives as long as `work` runs.
 *
 * Prices are multiplied in the kernel. Where the rule has a weight or rate at maintenance that is itself made of prices, the
 * market is moved and the rule applied to it anew.
 */
export function withMoved<T>(book: ResidentBook, p: number, model: ComposedModel, work: (moved: Moved) => T): T {
  const { market } = book.market;
  const frame = composedFrame(book, model.rules, model.single);
  const { lines } = frame;
  const variant = lines.variants[lines.variant[p] ?? NO_VARIANT];
  if (variant === undefined) throw invalid("pool", "of a rule that the model has", book.packed.pool(p).rule);
  const terms = new Terms(variant, market);
  const pool = poolLines(lines, book.packed, p);
  const caps = pool.holdings.flatMap(({ asset }) => terms.asset(asset).cap?.asset ?? []);
  const atEquality = variant.rule.breach === "<=";
  const common = {
    reach: reachOf(pool, market, caps),
    pieces: (motion: Motion, from: number, to: number) => excessPieces(terms, pool, motion, from, to),
    breach: (excess: number) => excess < 0 || (atEquality && excess === 0),
    slack: (pool.holdings.length + pool.contracts.length + 2) * noiseUnit(variant.rule),
  };
  if (movesWithPrices(variant)) return work({ ...common, excess: repriced(book, p, model) });
  return book.memory.scope(() => work({ ...common, excess: multiplied(book, p, frame) }));
}

/** The excess by multiples of prices in the kernel. Runs in the caller's scope, whose scratch it keeps. */
function multiplied({ memory, market }: ResidentBook, p: number, frame: ComposedFrame): Moved["excess"] {
  const { kernel, bookAt, marketAt, extrasAt, tables } = frame;
  const assets = memory.reserveF64(market.market.assets.length);
  const instruments = memory.reserveF64(market.market.instruments.length);
  const out = memory.reserve(kernel.rulesOutputBytes(1));
  const scratch = memory.reserve(kernel.rulesScratch(marketAt));
  return (multiples) => {
    memory.write(assets, multiples.assets);
    memory.write(instruments, multiples.instruments);
    kernel.rulesPools(bookAt, marketAt, extrasAt, tables.at, p, p + 1, assets, instruments, out, scratch);
    const row = memory.f64(out, COLUMNS);
    const [requirement = 0, excess = 0, held = 0, owed = 0] = [row[4], row[6], row[9], row[11]];
    return { excess, size: Math.abs(held) + Math.abs(owed) + Math.abs(requirement) };
  };
}

/** The excess by the rule applied to a moved market. */
function repriced(book: ResidentBook, p: number, model: ComposedModel): Moved["excess"] {
  const one = collecting(poolSlice(book.packed, p));
  return (multiples) => {
    const market = new ResidentMarket(book.memory, movedMarket(book.market.market, multiples), null);
    try {
      const result = margined(market, one, model);
      const [held = 0, owed = 0] = [result.assets.maintenance[0], result.liabilities.maintenance[0]];
      const requirement = result.requirement.maintenance[0] ?? 0;
      const excess = result.excess.maintenance[0] ?? Number.NEGATIVE_INFINITY;
      return { excess, size: Math.abs(held) + Math.abs(owed) + Math.abs(requirement) };
    } finally {
      market.dispose();
    }
  };
}
