import { createEngine, type Engine, type ResidentBook, STATUSES, type Status, version } from "../index.js";
import { composed, type ComposedModel, type ComposedResult } from "../rules/index.js";
import { BadInput, count, quoted } from "./bad-input.js";
import { asSentence, hasNumber, levelsView } from "./compute.js";
import { termsOf } from "./detail.js";
import { levelsJson, nothing, objectOf } from "./json.js";
import { advised } from "./located.js";
import { facts, title } from "./render.js";
import { asText, withProgress } from "./report.js";
import type { NamedRule } from "./rule-argument.js";
import { readRuleInputs, type RuleInputs, type RulesUnder } from "./rule-inputs.js";
import { type Cell, type Column, money, type Pen, pen, ratio, type Style, table } from "./table.js";
import type { Terminal } from "./terminal.js";
import { moment } from "./time-cell.js";
import type { LevelsView } from "./view.js";

/** One pool under one rule. */
interface UnderRule {
  readonly rule: string;
  readonly status: Status;
  /** the state of the rule's own ladder, or of its comparator where it has none */
  readonly state: string;
  readonly breached: boolean;
  readonly nearBoundary: boolean;
  readonly equity: number;
  readonly eligible: LevelsView;
  readonly requirement: LevelsView;
  readonly excess: LevelsView;
  readonly healthFactor: number;
  /** why there is no number */
  readonly reason: string | null;
}

interface SideBySide {
  readonly inputs: RuleInputs;
  readonly kernel: string;
  readonly pools: readonly { readonly id: string; readonly account: string; readonly under: readonly UnderRule[] }[];
  readonly notes: readonly string[];
}

/** `margrave margin`: what every pool would need under each rule. */
export async function margin(asked: RulesUnder, terminal: Terminal): Promise<void> {
  await withProgress(asked, terminal, async (progress) => {
    const inputs = await readRuleInputs(asked, terminal.input, progress);
    progress.say("margining");
    const made = compute(inputs, asked);
    return asked.json === true ? asText(marginJson(made)) : renderMargin(made, asked.limit, pen(terminal.colour));
  });
}

function compute(inputs: RuleInputs, asked: RulesUnder): SideBySide {
  const engine = createEngine();
  const book = engine.loadBook(inputs.book, engine.loadMarket(inputs.market));
  const rows = rowsOf(inputs, asked.pool);
  const notes = new Set(inputs.notes);
  const pools = rows.map((row) => inputs.book.pool(row));
  const under =
    asked.own === true ? ownRule(inputs, engine, book, rows, notes) : everyRule(inputs, engine, book, rows, notes);
  return {
    inputs,
    kernel: `${engine.build} kernel ${engine.kernelHash}`,
    pools: pools.map(({ id, account }, i) => ({ id, account, under: under[i] ?? [] })),
    notes: [...notes],
  };
}

/** Each pool under every rule. */
function everyRule(
  inputs: RuleInputs,
  engine: Engine,
  book: ResidentBook,
  rows: readonly number[],
  notes: Set<string>,
): readonly (readonly UnderRule[])[] {
  const columns = inputs.rules.map((named) => {
    const model = composed(named.rule);
    const result = engine.margin(book, model);
    for (const note of result.meta.notes) notes.add(asSentence(note));
    return rows.map((row) => underRule(engine, book, model, result, named, row));
  });
  return rows.map((_, i) => columns.flatMap((column) => column[i] ?? []));
}

/** Each pool under the rule that it names. */
function ownRule(
  inputs: RuleInputs,
  engine: Engine,
  book: ResidentBook,
  rows: readonly number[],
  notes: Set<string>,
): readonly (readonly UnderRule[])[] {
  const model = composed(inputs.rules.map(({ rule }) => rule));
  const result = engine.margin(book, model);
  for (const note of result.meta.notes) notes.add(asSentence(note));
  const byId = new Map(inputs.rules.map((named) => [named.rule.id, named]));
  return rows.map((row) => {
    const { rule, path } = inputs.book.pool(row);
    const named = rule === null ? undefined : byId.get(rule);
    return [named === undefined ? unnamed(rule, path) : underRule(engine, book, model, result, named, row)];
  });
}

/** The rows shown: all, or that of the pool asked for. */
export function rowsOf({ book, sources }: RuleInputs, pool: string | undefined): readonly number[] {
  if (pool === undefined) return Array.from({ length: book.poolCount }, (_, row) => row);
  const row = book.poolIndex(pool);
  if (row < 0) throw new BadInput("--pool", "", `the id of a pool in ${sources.accounts}`, quoted(pool));
  return [row];
}

function underRule(
  engine: Engine,
  book: ResidentBook,
  model: ComposedModel,
  result: ComposedResult,
  { rule }: NamedRule,
  row: number,
): UnderRule {
  const status = STATUSES[result.status[row] ?? 0] ?? "unsupported";
  const computed = hasNumber(status);
  const breached = result.breached[row] === 1;
  const excess = levelsView(result.excess, row, rule.hasInitial);
  const below = excess.initial !== null && excess.initial < 0 ? "below initial" : "ok";
  const step = result.states[result.state[row] ?? 0] ?? "ok";
  const standing = breached ? "in breach" : below;
  return {
    rule: rule.id,
    status,
    state: computed ? (step === "ok" ? standing : step) : "refused",
    breached,
    nearBoundary: result.nearBoundary[row] === 1,
    equity: result.equity[row] ?? 0,
    eligible: levelsView(result.eligible, row, rule.hasInitial),
    requirement: levelsView(result.requirement, row, rule.hasInitial),
    excess,
    healthFactor: result.healthFactor[row] ?? 0,
    reason: computed ? null : termsOf(engine, book, row, model).reason,
  };
}

const NONE: LevelsView = { initial: null, maintenance: 0 };

/** A pool that names none of the rules given. */
function unnamed(rule: string | null, path: string): UnderRule {
  return {
    rule: rule ?? "none",
    status: "unsupported",
    state: "refused",
    breached: true,
    nearBoundary: false,
    equity: 0,
    eligible: NONE,
    requirement: NONE,
    excess: NONE,
    healthFactor: 0,
    reason: `${path}.rule must be the id of a rule that was given, got ${rule === null ? "nothing" : quoted(rule)}`,
  };
}

function marginJson({ inputs, pools, notes }: SideBySide): object {
  const { market, rules, sources, book } = inputs;
  return {
    schema: "margrave/margin/1",
    sources,
    asOf: new Date(market.asOf).toISOString(),
    numeraire: market.numeraire,
    rules: rules.map(({ name, rule: { id, hash, effective, source, refuses } }) => ({
      id,
      from: name,
      effective,
      source,
      hash,
      refuses,
    })),
    pools: pools.map(({ id, account, under }) => ({ id, account, rules: under.map(underJson) })),
    rejected: book.rejected,
    notes,
  };
}

function underJson(under: UnderRule): object {
  const { rule, status, state, breached, nearBoundary, reason } = under;
  const lacking = `status ${status}`;
  const value = (number: number): number => (reason === null ? number : Number.NaN);
  return objectOf((number) => {
    const pair = (name: string, levels: LevelsView): object =>
      levelsJson(name, reason === null ? levels : nothing(levels), number, lacking);
    return {
      rule,
      status,
      state,
      breached,
      nearBoundary,
      equity: number("equity", value(under.equity), lacking),
      eligible: pair("eligible", under.eligible),
      requirement: pair("requirement", under.requirement),
      excess: pair("excess", under.excess),
      healthFactor: number(
        "healthFactor",
        value(under.healthFactor),
        reason === null ? "infinite: no liabilities and no requirement" : lacking,
      ),
      reason,
    };
  });
}

const STYLES: Readonly<Record<string, Style>> = { ok: "plain", "below initial": "yellow", refused: "dim" };

/** A row per pool and rule, the pool named once; what rules refuse below, with the reason. */
function renderMargin({ inputs, kernel, pools, notes }: SideBySide, limit: number, ink: Pen): string {
  const { market, sources, rules, book } = inputs;
  const head = facts(
    [
      ["as of", `${moment(market.asOf)} UTC, amounts in ${market.numeraire}`],
      ["accounts", `${sources.accounts}: ${count(book.poolCount, "pool")}`],
      ["market", sources.market],
      ...rules.map(({ name, rule }): [string, string] => ["rule", describe(name, rule)]),
    ],
    ink,
  );
  const right = (text: string): Column => ({ title: text, align: "right" });
  const columns: readonly Column[] = [
    { title: "pool", align: "left" },
    { title: "rule", align: "left" },
    ...["eligible", "required at initial", "at maintenance", "excess at initial", "at maintenance", "health"].map(
      right,
    ),
    { title: "state", align: "left" },
  ];
  const shown = pools.slice(0, limit);
  const rows = shown.flatMap(({ id, under }) => under.map((one, i) => cellsOf(i === 0 ? id : "", one)));
  const sections = [
    `${title(`margrave ${version}`, ink)}${ink.draw(`  ${kernel}`, "dim")}\n${head}`,
    `${title("Pools under each rule", ink)}\n${table(columns, rows, ink)}`,
  ];
  if (shown.length < pools.length) {
    sections.push(`${count(pools.length - shown.length, "more pool")}: --limit shows more, --json all.`);
  }
  const refused = shown.flatMap(({ id, under }) =>
    under.flatMap(({ rule, reason }) => (reason === null ? [] : [`- ${id} under ${rule}: ${advised(reason)}`])),
  );
  if (refused.length > 0) sections.push(`${title("Refused, and why", ink)}\n${refused.join("\n")}`);
  const left = book.rejected.map(({ pool, reason }) => `- ${pool}: ${reason}`);
  if (left.length > 0) sections.push(`${title("Pools that could not be read", ink)}\n${left.join("\n")}`);
  if (notes.length > 0) sections.push(`${title("Notes", ink)}\n${notes.map((note) => `- ${note}`).join("\n")}`);
  return `${sections.join("\n\n")}\n`;
}

/** `house-2026-11 of 2026-11-01 (house.json)`. */
export function describe(name: string, { id, effective }: NamedRule["rule"]): string {
  return `${id}${effective === null ? "" : ` of ${effective}`} (${name})`;
}

function cellsOf(pool: string, under: UnderRule): readonly (Cell | string)[] {
  const { rule, state, breached, reason, nearBoundary } = under;
  const style: Style = breached && reason === null ? "red" : (STYLES[state] ?? "yellow");
  const mark = nearBoundary && reason === null ? `${state} (within rounding)` : state;
  if (reason !== null) return [pool, rule, "-", "-", "-", "-", "-", "-", { text: mark, style }];
  return [
    pool,
    rule,
    money(under.eligible.maintenance),
    money(under.requirement.initial),
    money(under.requirement.maintenance),
    money(under.excess.initial),
    money(under.excess.maintenance),
    { text: ratio(under.healthFactor), style },
    { text: mark, style },
  ];
}
