import { describe } from "../book/exposures.js";
import { HoldingKind } from "../book/packed.js";
import type { ResidentBook } from "../book/resident.js";
import { poolRule } from "../models/collateral.js";
import type { RulesKernel } from "../wasm/rules-kernel.js";
import { rulesKernel } from "./kernel.js";
import { type LineBlocks, lineBlocks } from "./line-blocks.js";
import { type Lines, linesKey, linesOf } from "./lines.js";
import type { ComposedRule } from "./rule.js";
import { shapesOf } from "./shapes.js";
import { type ComposedTables, composedTables } from "./tables.js";

/** Columns of f64 that the kernel writes a row of, as in assembly/rules/output.ts. */
export const COLUMNS = 15;

/** A book and a set of rules in linear memory: addresses of all that the kernels read. */
export interface ComposedFrame {
  readonly kernel: RulesKernel;
  readonly bookAt: number;
  readonly marketAt: number;
  readonly extrasAt: number;
  readonly tables: ComposedTables;
  readonly lines: Lines;
  readonly blocks: LineBlocks;
}

/**
 * Make resident what a margin call of a book under `rules` needs. `single`: the one rule takes every pool. Call before
 * scratch is reserved.
 */
export function composedFrame(book: ResidentBook, rules: readonly ComposedRule[], single: boolean): ComposedFrame {
  const kernel = rulesKernel(book.memory);
  const tables = composedTables(book.market, rules);
  const numbers = poolRule(book, rules, single);
  const lines = linesOf(book, rules, numbers);
  const blocks = lineBlocks(book, rules, numbers, lines);
  const { marketAt } = describe(book);
  const bookAt = book.derive(`${linesKey(rules, numbers)}/book`, (keep) => keep(kernel.descriptorBytes()));
  const extrasAt = book.derive(`${linesKey(rules, numbers)}/extras`, (keep) => keep(kernel.extrasBytes()));
  const { contracts, spot } = blocks;
  book.memory.kernel.bookDescribe(
    bookAt,
    book.block("holding-start", () => book.packed.holdingStart),
    slotsOf(book, lines, blocks, linesKey(rules, numbers)),
    blocks.quantity,
    contracts.start,
    contracts.instrument,
    contracts.quantity,
    contracts.entry,
    contracts.funding,
    book.block("features", () => book.packed.features),
  );
  kernel.extrasDescribe(
    extrasAt,
    blocks.variant,
    blocks.bad,
    blocks.floor,
    shapesOf(book, lines, linesKey(rules, numbers)),
    book.block("rules/netted", () => netted(book)),
    contracts.bids,
    contracts.asks,
    contracts.bidValue,
    contracts.askValue,
    contracts.orderCount,
    contracts.floor,
  );
  kernel.extrasDescribeSpot(
    extrasAt,
    spot.start,
    spot.instrument,
    spot.bids,
    spot.asks,
    spot.bidValue,
    spot.askValue,
    spot.orderCount,
  );
  return { kernel, bookAt, marketAt, extrasAt, tables, lines, blocks };
}

/** Slots of the holdings by their quantities under the rules: raw integers may say what a quantity does not. */
function slotsOf(book: ResidentBook, lines: Lines, blocks: LineBlocks, key: string): number {
  const { packed, memory } = book;
  const count = lines.quantity.length;
  const own = lines.quantity === packed.holdingQuantity;
  const name = own ? "rules/slots" : `${key}/slots`;
  const slots = book.derive(name, (keep) => ({ at: keep(4 * count), of: { quantity: null as Float64Array | null } }));
  if (slots.of.quantity === lines.quantity) return slots.at;
  memory.scope(() => {
    const asset = memory.copy(packed.holdingAsset);
    const kind = memory.copy(packed.holdingKind);
    memory.kernel.bookSlots(count, asset, kind, blocks.quantity, slots.at);
  });
  slots.of.quantity = lines.quantity;
  return slots.at;
}

/** u8[holdings]: 1 for balances and their interest. */
function netted({ packed }: ResidentBook): Uint8Array {
  return packed.holdingKind.map((kind) => (kind === HoldingKind.balance || kind === HoldingKind.interest ? 1 : 0));
}
