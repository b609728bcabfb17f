import type { ResidentBook } from "../book/resident.js";
import type { Explanation, Term } from "../models/model.js";
import { Attribution, type Both, type Draft } from "./attribution.js";
import { COLUMNS, composedFrame } from "./composed-frame.js";
import { composedRefusal } from "./composed-refusal.js";
import type { ComposedRule } from "./rule.js";

/**
 * The terms of one pool's equity, eligible value and requirement, from the same kernel functions that make the totals. A
 * liability is a negative term. Terms of a number sum to it, up to the order of summation: what the rule makes of them
 * together, an average weight that is rounded or a combiner that is no sum, is a term of its own.
 *
 * @throws what `composed` throws, whatever the book's `onInvalid`: there are no terms of a number that does not exist
 */
export function explainComposed(
  book: ResidentBook,
  pool: number,
  rules: readonly ComposedRule[],
  single: boolean,
): Explanation {
  const { memory, packed } = book;
  const { kernel, bookAt, marketAt, extrasAt, tables, lines } = composedFrame(book, rules, single);
  const { market } = book.market;
  const [from = 0, to = 0] = lines.contracts.start.subarray(pool, pool + 2);
  const assetSize = kernel.assetRecordBytes();
  const lineSize = kernel.lineRecordBytes();
  const out = memory.reserve(kernel.rulesOutputBytes(1));
  const assetsAt = memory.reserve(assetSize * market.assets.length);
  const linesAt = memory.reserve(lineSize * (to - from));
  const atomsAt = memory.reserveF64(6);
  const scratch = memory.reserve(kernel.rulesScratch(marketAt));
  memory.u8(linesAt, lineSize * (to - from)).fill(0);
  const status = kernel.rulesLines(
    bookAt,
    marketAt,
    extrasAt,
    tables.at,
    pool,
    out,
    assetsAt,
    linesAt,
    atomsAt,
    scratch,
  );
  if (status > 1) throw composedRefusal(book, pool, rules, lines);
  const pairs = (at: number): Both => {
    const [initial = 0, maintenance = 0] = memory.f64(at, 2);
    return [initial, maintenance];
  };
  const row = memory.f64(out, COLUMNS).slice();
  const attribution = new Attribution(
    book,
    pool,
    lines,
    (asset) => {
      const at = (i: number) => pairs(assetsAt + assetSize * asset + 16 * i);
      return {
        held: at(0),
        owed: at(1),
        value: at(2),
        counted: at(3),
        debt: at(4),
        liability: at(5),
        borrowing: at(6),
        apart: at(7),
        orders: at(8),
      };
    },
    (k) => {
      const at = (i: number) => pairs(linesAt + lineSize * (k - from) + 16 * i);
      return { pnl: at(0), joined: at(1), costs: at(2), requirement: at(3) };
    },
  );
  attribution.holdings();
  attribution.contracts();
  attribution.orders();
  const { hasInitial } = attribution.rule;
  const total = (i: number): Both => [row[i] ?? 0, row[i + 1] ?? 0];
  attribution.rest("average weight, rounded", attribution.eligible, total(1));
  attribution.charge("open orders", null, pairs(atomsAt + 32));
  attribution.rest("as the rule combines these", attribution.requirement, total(3));
  const levels = ({ name, group, numbers, workings }: Draft): Term => ({
    name,
    ...(group === null ? {} : { group }),
    initial: hasInitial ? numbers[0] : null,
    maintenance: numbers[1],
    workings,
  });
  return {
    pool: packed.pool(pool).id,
    equity: attribution.equity,
    eligible: attribution.eligible.map(levels),
    requirement: attribution.requirement.map(levels),
  };
}
