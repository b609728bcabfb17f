import { describe } from "../book/exposures.js";
import { checkChoice, type OptionTreatment, treatmentOf } from "../book/option-treatment.js";
import type { ResidentBook } from "../book/resident.js";
import { checkOptions } from "../checks.js";
import { InvalidInputError } from "../errors.js";
import { explainCollateral } from "./collateral-explain.js";
import { refusal } from "./collateral-refusal.js";
import type { MarginModel, MarginResult, Run, Status } from "./model.js";
import { STATUSES } from "./model.js";
import { outputOf } from "./output.js";
import type { Rule } from "./rule.js";
import { ruleTables } from "./rule-tables.js";

export interface CollateralResult extends MarginResult {
  /** u8[pools]: 1 where the rule calls the excess at maintenance a breach, and where there is no number */
  readonly breached: Uint8Array;
}

export interface CollateralOptions {
  /** how options are taken, by `delta` of `margrave/options`; by default pools that hold any are refused */
  readonly options?: OptionTreatment | null;
}

export interface CollateralModel extends MarginModel<CollateralResult> {
  readonly rules: readonly Rule[];
}

/** A rule of any kind, as pools name it. */
interface Named {
  readonly id: string;
}

const NAME = "collateral";
/** Rule number of a pool that names a rule which was not given, as in assembly/models/collateral.ts. */
const NO_RULE = 0xffffffff;

/**
 * Collateral after haircuts against liabilities and instrument requirements.
 *
 *   eligible     = Σ positive × price × weight − Σ |negative| × price × liability weight ± unsettled P&L
 *   requirement  = Σ |quantity| × multiplier × notional price × rate
 *
 * at both levels of the rule; all of it in the numeraire. One rule applies to every pool of the book. Of several, each pool
 * takes the one it names. Where no rule has an initial level, the initial columns are null; where only some have, the rows
 * of the others hold what a row without a number holds, at that level alone.
 *
 * Options count, where `options.options` says how, as unsettled P&L of what they are worth, and their requirement is of what
 * the treatment calls their notional.
 *
 * @throws InvalidInputError   no rule, or two with one id; options treated that a rule ignores; on use, a pool that names none of several
 * @throws UnsupportedError    on use, with `onInvalid: "throw"`: an asset or instrument that the rule does not list, or a
 *                             feature that it does not ignore. With "collect" the row's status says so
 * @see METHODS.md#collateral
 */
export function collateral(rule: Rule | readonly Rule[], options?: CollateralOptions): CollateralModel {
  const { rules, single } = ruleList(rule);
  const { options: treatment } = checkOptions(options, NAME, { options: treatmentOf(["delta"]) });
  for (const { ignores } of rules) checkChoice(treatment, ignores, NAME);
  return {
    name: NAME,
    rules,
    treatment,
    evaluate: (book, run) => evaluate(book.with(treatment), run, rules, single),
    explain: (book, pool) =>
      explainCollateral(book.with(treatment), pool, rules, poolRule(book, rules, single)?.[pool] ?? 0),
  };
}

/** One rule that takes every pool, or several of which each pool takes the one it names: checked. */
export function ruleList<R extends Named>(
  rule: R | readonly R[],
): { readonly rules: readonly R[]; readonly single: boolean } {
  const rules: readonly R[] = isList(rule) ? [...rule] : [rule];
  if (rules.length === 0) throw new InvalidInputError("rules", "at least one rule", rule);
  for (const [i, { id }] of rules.entries()) {
    const other = rules.findIndex((candidate) => candidate.id === id);
    if (other !== i) throw new InvalidInputError(`rules[${i}].id`, `other than that of rules[${other}]`, id);
  }
  return { rules, single: !isList(rule) };
}

/** The rule number of each pool of the book, null where one rule takes all. */
export function poolRule(book: ResidentBook, rules: readonly Named[], single: boolean): Uint32Array | null {
  if (single) return null;
  return book.derive(`pool-rule/${rules.map((rule) => rule.id).join("+")}`, () => {
    const number = new Map(rules.map((rule, i) => [rule.id, i]));
    return Uint32Array.from({ length: book.packed.poolCount }, (_, p) => {
      const { rule } = book.packed.pool(p);
      return rule === null ? NO_RULE : (number.get(rule) ?? NO_RULE);
    });
  });
}

/** A margin call in linear memory: addresses of everything it needs and writes. */
export interface CollateralFrame {
  readonly bookAt: number;
  readonly marketAt: number;
  readonly rulesAt: number;
  /** u32[pools of the book], 0 where one rule takes all */
  readonly poolRuleAt: number;
  readonly numbers: Uint32Array | null;
  readonly notes: readonly string[];
  /** the output of `collateralPools` for `rows` pools, in scratch, once `compute` has run */
  readonly out: number;
  readonly bytes: number;
  readonly statusAt: number;
  readonly breachedAt: number;
  compute(): void;
}

/**
 * Make resident what a margin call of the pools from .. to needs, then reserve its output. Call before scratch is reserved.
 * `compute` throws for the first pool that the rule refuses, unless the book collects.
 */
export function frame(
  book: ResidentBook,
  rules: readonly Rule[],
  single: boolean,
  from: number,
  to: number,
): CollateralFrame {
  const { memory } = book;
  const { kernel } = memory;
  const rows = to - from;
  const { bookAt, marketAt } = describe(book);
  const { at: rulesAt, notes } = ruleTables(book.market, rules, book.options);
  const numbers = poolRule(book, rules, single);
  const poolRuleAt =
    numbers === null ? 0 : book.block(`pool-rule/${rules.map(({ id }) => id).join("+")}`, () => numbers);
  const bytes = kernel.collateralOutputBytes(rows);
  const out = memory.reserve(bytes);
  const scratch = memory.reserve(kernel.collateralScratch(marketAt));
  return {
    bookAt,
    marketAt,
    rulesAt,
    poolRuleAt,
    numbers,
    notes,
    out,
    bytes,
    statusAt: out + 64 * rows + 4 * STATUSES.length,
    breachedAt: out + 65 * rows + 4 * STATUSES.length,
    compute() {
      const first = kernel.collateralPools(bookAt, marketAt, rulesAt, poolRuleAt, from, to, out, scratch);
      if (first === 0 || book.packed.onInvalid === "collect") return;
      throw refusal(book, from + first - 1, rules, numbers?.[from + first - 1] ?? 0);
    },
  };
}

function evaluate(book: ResidentBook, run: Run, rules: readonly Rule[], single: boolean): CollateralResult {
  const began = performance.now();
  const { from, to } = run;
  const n = to - from;
  const { out, bytes, notes, numbers, compute } = frame(book, rules, single, from, to);
  const prepared = performance.now();
  compute();
  const computed = performance.now();
  const output = outputOf(run, NAME, out, bytes);
  const column = (i: number) => output.f64(8 * n * i, n);
  const counts = output.u32(64 * n, STATUSES.length);
  const initial = rules.some((rule) => rule.hasInitial);
  const result = {
    from,
    to,
    equity: column(0),
    eligible: { initial: initial ? column(1) : null, maintenance: column(2) },
    requirement: { initial: initial ? column(3) : null, maintenance: column(4) },
    excess: { initial: initial ? column(5) : null, maintenance: column(6) },
    healthFactor: column(7),
    status: output.u8(64 * n + 16, n),
    breached: output.u8(65 * n + 16, n),
    meta: {
      ...run.meta,
      model: NAME,
      parameters: book.options === null ? {} : { options: book.options.key },
      rules: rules.map(({ id, hash }) => ({ id, hash })),
      statuses: Object.fromEntries(STATUSES.map((name, i) => [name, counts[i] ?? 0])) as Record<Status, number>,
      notes,
      time: { prepare: prepared - began, compute: computed - prepared },
    },
  };
  if (initial && numbers !== null) withoutInitial(result, rules, numbers);
  return result;
}

/** Mark the initial level of the pools whose rule has none, in a book where other rules have one. */
function withoutInitial(result: CollateralResult, rules: readonly Rule[], numbers: Uint32Array): void {
  if (rules.every((rule) => rule.hasInitial)) return;
  for (let p = result.from; p < result.to; p++) {
    if (rules[numbers[p] ?? NO_RULE]?.hasInitial !== false) continue;
    const row = p - result.from;
    for (const [levels, value] of [
      [result.eligible, 0],
      [result.requirement, Infinity],
      [result.excess, -Infinity],
    ] as const) {
      if (levels.initial !== null) levels.initial[row] = value;
    }
  }
}

function isList<R>(rule: R | readonly R[]): rule is readonly R[] {
  return Array.isArray(rule);
}
