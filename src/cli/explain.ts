import { createEngine, type Explanation, type Term } from "../index.js";
import { byRiskGroup, composed, type GroupTotals } from "../rules/index.js";
import { BadInput } from "./bad-input.js";
import { termsOf } from "./detail.js";
import { describe, rowsOf } from "./margin.js";
import { advised } from "./located.js";
import { facts, title } from "./render.js";
import { asText, withProgress } from "./report.js";
import type { NamedRule } from "./rule-argument.js";
import { readRuleInputs, type RulesUnder } from "./rule-inputs.js";
import { type Cell, type Column, money, type Pen, pen, quantity, table } from "./table.js";
import type { Terminal } from "./terminal.js";
import { moment } from "./time-cell.js";

/** One pool under one rule, term by term, or why there are none. */
interface Explained {
  readonly named: NamedRule;
  readonly explanation: Explanation | null;
  readonly reason: string | null;
}

/** `margrave explain`: the waterfall of one pool's excess under each rule. */
export async function explain(asked: RulesUnder, terminal: Terminal): Promise<void> {
  const { pool } = asked;
  if (pool === undefined) throw new BadInput("--pool", "", "given", "nothing");
  await withProgress(asked, terminal, async (progress) => {
    const inputs = await readRuleInputs(asked, terminal.input, progress);
    const engine = createEngine();
    const book = engine.loadBook(inputs.book, engine.loadMarket(inputs.market));
    const row = rowsOf(inputs, pool)[0] ?? 0;
    const explained = inputs.rules.map(
      (named): Explained => ({ named, ...termsOf(engine, book, row, composed(named.rule)) }),
    );
    if (asked.json === true) {
      return asText({
        schema: "margrave/explain/1",
        sources: inputs.sources,
        asOf: new Date(inputs.market.asOf).toISOString(),
        numeraire: inputs.market.numeraire,
        pool,
        rules: explained.map(({ named, explanation, reason }) => ({
          rule: named.rule.id,
          reason,
          terms: explanation,
          groups: explanation === null ? null : groupsJson(byRiskGroup(explanation)),
        })),
        notes: inputs.notes,
      });
    }
    const ink = pen(terminal.colour);
    const head = facts(
      [
        ["as of", `${moment(inputs.market.asOf)} UTC, amounts in ${inputs.market.numeraire}`],
        ["pool", `${pool} in ${inputs.sources.accounts}`],
      ],
      ink,
    );
    const sections = [head, ...explained.map((one) => renderExplained(one, asked.level, ink))];
    if (inputs.notes.length > 0) {
      sections.push(`${title("Notes", ink)}\n${inputs.notes.map((note) => `- ${note}`).join("\n")}`);
    }
    return `${sections.join("\n\n")}\n`;
  });
}

/** What is eligible, line by line and running, less what is required: down to the excess. */
function renderExplained({ named, explanation, reason }: Explained, level: RulesUnder["level"], ink: Pen): string {
  const head = title(`Under ${describe(named.name, named.rule)}, at ${level}`, ink);
  if (explanation === null) return `${head}\nRefused: ${advised(reason ?? "no reason was given")}.`;
  if (level === "initial" && !named.rule.hasInitial) return `${head}\nThe rule has no initial level.`;
  const columns: readonly Column[] = [
    { title: "term", align: "left" },
    { title: "amount", align: "right" },
    { title: "running", align: "right" },
    { title: "how", align: "left" },
  ];
  let running = 0;
  const step = (term: Term, sign: 1 | -1): readonly (Cell | string)[] | null => {
    const amount = sign * (level === "initial" ? (term.initial ?? 0) : term.maintenance);
    if (amount === 0) return null;
    running += amount;
    return [term.name, money(amount), money(running), workings(term.workings)];
  };
  const sum = (name: string): readonly Cell[] =>
    [name, "", money(running), ""].map((text) => ({ text, style: "bold" }) as const);
  const listed: (readonly (Cell | string)[])[] = [];
  for (const term of explanation.eligible) listed.push(...present(step(term, 1)));
  listed.push(sum("eligible"));
  for (const term of explanation.requirement) listed.push(...present(step(term, -1)));
  listed.push(sum("excess"));
  return `${head}\n${table(columns, listed, ink)}${byGroup(explanation, level, ink)}`;
}

/** The same numbers by risk group, where there are several: an asset with the positions in it. */
function byGroup(explanation: Explanation, level: RulesUnder["level"], ink: Pen): string {
  const groups = [...byRiskGroup(explanation)];
  if (groups.length < 2) return "";
  const columns = ["risk group", "eligible", "required", "excess"].map(
    (text, i): Column => ({ title: text, align: i === 0 ? "left" : "right" }),
  );
  const listed = groups.map(([name, { eligible, requirement }]) => {
    const [counted, required] = [eligible[level] ?? 0, requirement[level] ?? 0];
    return [name === "" ? "of all together" : name, money(counted), money(required), money(counted - required)];
  });
  return `\n\n${table(columns, listed, ink)}`;
}

function groupsJson(groups: ReadonlyMap<string, GroupTotals>): readonly object[] {
  return [...groups].map(([group, totals]) => ({ group: group === "" ? null : group, ...totals }));
}

function present<T>(value: T | null): readonly T[] {
  return value === null ? [] : [value];
}

/** `quantity 10, price 64,000, maintenance weight 0.95`. */
function workings(of: Term["workings"]): string {
  return Object.entries(of)
    .map(([key, value]) => {
      const name = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
      return `${name} ${typeof value === "number" ? quantity(value) : value}`;
    })
    .join(", ");
}
