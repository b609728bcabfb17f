import type { PackedBook } from "../book/packed.js";
import type { ResidentBook } from "../book/resident.js";
import { checkOptions, truth, withDefault } from "../checks.js";
import { RiskError } from "../errors.js";
import { poolRule, ruleList } from "../models/collateral.js";
import { type MarginModel, type MarginResult, type Levels, type Run, STATUSES, type Status } from "../models/model.js";
import { outputOf } from "../models/output.js";
import { explainComposed } from "./composed-explain.js";
import { COLUMNS, composedFrame } from "./composed-frame.js";
import { composedRefusal } from "./composed-refusal.js";
import { type ExactAccount, exactAccount } from "./exact.js";
import type { ComposedRule } from "./rule.js";

const NAME = "composed";

/** What `composed` returns: columns over the pools, in the numeraire. */
export interface ComposedResult extends MarginResult {
  /** weighted assets, and weighted liabilities with losses and closing costs: eligible is their difference */
  readonly assets: Levels;
  readonly liabilities: Levels;
  /** f64[pools], unweighted at maintenance prices: what counts as collateral, and what is owed, rounded as the rule rounds */
  readonly collateral: Float64Array;
  readonly debt: Float64Array;
  /** f64[pools]: notional of the positions */
  readonly notional: Float64Array;
  /** u8[pools]: 1 where the rule calls the excess at maintenance a breach, and where there is no number */
  readonly breached: Uint8Array;
  /** u8[pools]: 1 where the excess at maintenance is within rounding of zero, so that `breached` may differ from the venue's */
  readonly nearBoundary: Uint8Array;
  /** u8[pools]: index into `states` */
  readonly state: Uint8Array;
  /** "ok", then the names of the rules' ladders */
  readonly states: readonly string[];
  /** by row, where the model was asked for it; null for a pool that has no exact form */
  readonly exact: readonly (ExactAccount | null)[] | null;
}

/** A model of composed rules: what `composed` makes, and what solvers of such rules take. */
export interface ComposedModel extends MarginModel<ComposedResult> {
  readonly rules: readonly ComposedRule[];
  /** whether the one rule takes every pool; else each takes the one it names */
  readonly single: boolean;
}

/** What `composed` computes beside the columns. */
export interface ComposedOptions {
  /** whether to give each pool as the venue's integers too: see `exactAccount`. Default false */
  readonly exact?: boolean;
}

/**
 * Margin under composed rules: loans, spot and contracts under any rule of the language.
 *
 *   eligible     = Σ weighted assets − Σ weighted liabilities
 *   excess       = eligible − requirement as the rule combines it
 *   health       = weighted assets ÷ (weighted liabilities + requirement) at maintenance
 *
 * at both levels, in the numeraire, rounded where the rule rounds. One rule applies to every pool of the book. Of several,
 * each pool takes the one it names. A pool's options choose its category, leverage and floor where the rule reads them.
 * Where no rule has an initial level, the initial columns are null; where only some have, the rows of the others hold what
 * a row without a number holds, at that level alone.
 *
 * @throws InvalidInputError   no rule, or two with one id; on use, a pool that names none of several, or orders, options
 *                             and raw integers that are not well formed
 * @throws UnsupportedError, InsufficientDataError   on use, with `onInvalid: "throw"`: what the rule does not list or
 *                             handle, and prices that it needs. With "collect" the row's status says so
 * Cost: tables of rules and market once, O(categories × (assets + instruments)); then a few flops a holding where a rule is
 * sums, a few dozen a holding and contract line otherwise, and about half a microsecond a holding in exact mode, after the first call.
 * @see METHODS.md#composed-rules
 */
export function composed(rule: ComposedRule | readonly ComposedRule[], options: ComposedOptions = {}): ComposedModel {
  const { rules, single } = ruleList(rule);
  const { exact } = checkOptions(options, NAME, { exact: withDefault(false, truth) });
  return {
    name: NAME,
    rules,
    single,
    evaluate(book, run) {
      const result = evaluate(book, run, rules, single);
      return exact ? { ...result, exact: exactAccounts(book, result, rules, single) } : result;
    },
    explain: (book, pool) => explainComposed(book, pool, rules, single),
  };
}

/**
 * The pools of a result as integers. null in a row without a number or with a stale price, and, where the book collects, for
 * a pool that has no exact form.
 */
function exactAccounts(
  book: ResidentBook,
  { from, to, status }: ComposedResult,
  rules: readonly ComposedRule[],
  single: boolean,
): readonly (ExactAccount | null)[] {
  const { market } = book.market;
  // A book stays as it was packed when the market is repriced.
  const packed: PackedBook =
    book.packed.market === market ? book.packed : Object.create(book.packed, { market: { value: market } });
  const numbers = poolRule(book, rules, single);
  return Array.from({ length: to - from }, (_, row) => {
    const rule = rules[numbers?.[from + row] ?? 0];
    if (rule === undefined || status[row] !== 0) return null;
    try {
      return exactAccount(rule, packed, from + row);
    } catch (error) {
      if (error instanceof RiskError && packed.onInvalid === "collect") return null;
      throw error;
    }
  });
}

function evaluate(book: ResidentBook, run: Run, rules: readonly ComposedRule[], single: boolean): ComposedResult {
  const began = performance.now();
  const { from, to, memory } = run;
  const n = to - from;
  const frame = composedFrame(book, rules, single);
  const { kernel, tables, lines } = frame;
  const bytes = kernel.rulesOutputBytes(n);
  const out = memory.reserve(bytes);
  const scratch = memory.reserve(kernel.rulesScratch(frame.marketAt));
  const prepared = performance.now();
  const { bookAt, marketAt, extrasAt } = frame;
  const first = kernel.rulesPools(bookAt, marketAt, extrasAt, tables.at, from, to, 0, 0, out, scratch);
  if (first !== 0 && book.packed.onInvalid !== "collect") throw composedRefusal(book, from + first - 1, rules, lines);
  const computed = performance.now();

  const output = outputOf(run, NAME, out, bytes);
  const column = (i: number) => output.f64(8 * n * i, n);
  const after = 8 * n * COLUMNS;
  const counts = output.u32(after, STATUSES.length);
  const flags = (i: number) => output.u8(after + 16 + n * i, n);
  const initial = rules.some((one) => one.hasInitial);
  const levels = (i: number): Levels => ({ initial: initial ? column(i) : null, maintenance: column(i + 1) });
  return {
    from,
    to,
    equity: column(0),
    eligible: levels(1),
    requirement: levels(3),
    excess: levels(5),
    healthFactor: column(7),
    assets: levels(8),
    liabilities: levels(10),
    collateral: column(12),
    debt: column(13),
    notional: column(14),
    status: flags(0),
    breached: flags(1),
    nearBoundary: flags(2),
    state: flags(3),
    states: tables.states,
    exact: null,
    meta: {
      ...run.meta,
      model: NAME,
      parameters: {},
      rules: rules.map(({ id, hash }) => ({ id, hash })),
      statuses: Object.fromEntries(STATUSES.map((name, i) => [name, counts[i] ?? 0])) as Record<Status, number>,
      notes: lines.notes.length === 0 ? tables.notes : [...tables.notes, ...lines.notes],
      time: { prepare: prepared - began, compute: computed - prepared },
    },
  };
}
