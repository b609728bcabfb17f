import { createEngine, type MarginMeta, type Reconciliation, reconcile as compare } from "../index.js";
import { asSentence, mainModel } from "./compute.js";
import { type Inputs, readInputs } from "./inputs.js";
import { objectOf } from "./json.js";
import { inInputs } from "./located.js";
import type { Asked } from "./options.js";
import { facts, title } from "./render.js";
import { asText, withProgress } from "./report.js";
import { type Cell, type Column, money, type Pen, pen, percent, quantity, table } from "./table.js";
import type { Terminal } from "./terminal.js";
import { duration, moment } from "./time-cell.js";

interface Reconciled {
  readonly inputs: Inputs;
  readonly meta: MarginMeta;
  readonly rows: readonly Reconciliation[];
  readonly notes: readonly string[];
}

/** `margrave reconcile`: our numbers beside those that venues reported. */
export async function reconcile(asked: Asked, terminal: Terminal): Promise<void> {
  await withProgress(asked, terminal, async (progress) => {
    const inputs = await readInputs(asked, terminal.input, progress);
    progress.say("margining");
    const reconciled = inInputs(inputs, () => compute(inputs, asked));
    return asked.json === true ? asText(reconcileJson(reconciled)) : renderReconciled(reconciled, pen(terminal.colour));
  });
}

function compute(inputs: Inputs, asked: Asked): Reconciled {
  const engine = createEngine();
  const market = engine.loadMarket(inputs.market, inputs.history === null ? {} : { history: inputs.history });
  const book = engine.loadBook(inputs.book, market);
  const result = engine.margin(book, mainModel(inputs, asked));
  const rows = compare(book, result);
  const notes = [...inputs.notes, ...result.meta.notes.map(asSentence)];
  if (rows.length === 0)
    notes.push(`Nothing is reported in ${inputs.sources.accounts}, so there is nothing to compare.`);
  return { inputs, meta: result.meta, rows, notes };
}

const LEVELS = ["equity", "initial", "maintenance"] as const;

function reconcileJson({ inputs, meta, rows, notes }: Reconciled): object {
  return {
    schema: "margrave/reconcile/1",
    sources: inputs.sources,
    asOf: new Date(inputs.market.asOf).toISOString(),
    numeraire: inputs.market.numeraire,
    meta,
    rows: rows.map((row) => ({
      pool: row.pool,
      asset: row.asset,
      reportedAt: new Date(row.reportedAt).toISOString(),
      ageMilliseconds: row.age,
      ...Object.fromEntries(
        LEVELS.map((level) => {
          const difference = row[level];
          if (difference === null) return [level, null];
          const { relative, ...rest } = difference;
          return [level, objectOf((number) => ({ ...rest, relative: number("relative", relative, "0 is reported") }))];
        }),
      ),
    })),
    notes,
  };
}

function renderReconciled({ inputs, meta, rows, notes }: Reconciled, ink: Pen): string {
  const under = meta.rules.length === 0 ? "" : ` under ${meta.rules.map((rule) => rule.id).join(", ")}`;
  const head = facts(
    [
      ["as of", `${moment(inputs.market.asOf)} UTC`],
      ["accounts", inputs.sources.accounts],
      ["model", `${meta.model}${under}`],
    ],
    ink,
  );
  const sections = [`${title(`margrave ${meta.version}`, ink)}\n${head}`];
  if (rows.length > 0) {
    const right = (text: string): Column => ({ title: text, align: "right" });
    const columns: readonly Column[] = [
      { title: "pool", align: "left" },
      { title: "asset", align: "left" },
      { title: "number", align: "left" },
      right("ours"),
      right("reported"),
      right("difference"),
      right("relative"),
      right("reported before"),
    ];
    sections.push(`${title("Ours beside reported", ink)}\n${table(columns, rows.flatMap(cellsOf), ink)}`);
  }
  if (notes.length > 0) sections.push(`${title("Notes", ink)}\n${notes.map((note) => `- ${note}`).join("\n")}`);
  return `${sections.join("\n\n")}\n`;
}

/** A row per number that the venue reported, the pool named once. Amounts are in the venue's asset: a coin needs digits. */
function cellsOf(row: Reconciliation): readonly (readonly (Cell | string)[])[] {
  const age = row.age < 0 ? `${duration(-row.age)} after` : row.age === 0 ? "same time" : duration(row.age);
  const shown = LEVELS.flatMap((level) => {
    const difference = row[level];
    return difference === null ? [] : [{ level, difference }];
  });
  if (shown.length === 0) return [[row.pool, row.asset, "nothing comparable", "-", "-", "-", "-", age]];
  return shown.map(({ level, difference: { ours, reported, absolute, relative } }, i) => {
    const amount = Math.max(Math.abs(ours), Math.abs(reported)) < 1000 ? quantity : money;
    return [
      i === 0 ? row.pool : "",
      i === 0 ? row.asset : "",
      level,
      amount(ours),
      amount(reported),
      amount(absolute),
      { text: percent(relative, 3), style: relative !== null && Math.abs(relative) > 0.01 ? "yellow" : "plain" },
      i === 0 ? age : "",
    ];
  });
}
