import type { Term } from "../index.js";
import { count } from "./bad-input.js";
import { facts, standingCell, title } from "./render.js";
import { type Cell, type Column, money, type Pen, percent, quantity, signed, table } from "./table.js";
import { moment } from "./time-cell.js";
import type { ComponentView, DetailView, Report } from "./view.js";

const left = (text: string): Column => ({ title: text, align: "left" });
const right = (text: string): Column => ({ title: text, align: "right" });

/** Most of the worst days that are shown; --json has all of the tail. */
const WORST_DAYS = 8;

/** One pool: where its numbers come from, where it liquidates, what drives its risk. */
export function renderDetail(report: Report, detail: DetailView, ink: Pen): string {
  const view = report.pools.find((pool) => pool.id === detail.pool);
  const standing = view === undefined ? { text: "" } : standingCell(view);
  const head = `${title(`Pool ${detail.pool}`, ink)}  ${ink.draw(standing.text, standing.style ?? "plain")}`;
  const sections = [
    head,
    detail.terms === null
      ? `It has no number under this model${detail.reason === null ? "." : `: ${detail.reason}.`}`
      : renderTerms(detail.terms, report.meta.model, ink),
    renderLevels(detail, ink),
    renderScenario(detail, report, ink),
    renderComponents("What drives its risk, by factor", "exposure", detail.factors, report, ink),
    renderComponents("By line", "value", detail.lines, report, ink),
    renderWorst(detail, ink),
    renderIsolated(detail, ink),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

type Terms = NonNullable<DetailView["terms"]>;

/** Eligible value and requirement line by line, each with the sum that the table of pools shows. */
function renderTerms(terms: Terms, model: string, ink: Pen): string {
  const hasInitial = [...terms.eligible, ...terms.requirement].some((term) => term.initial !== null);
  // Terms of a risk model are components: there is no product behind each to show.
  const hasWorkings = model === "collateral";
  const columns = [
    left("term"),
    ...(hasWorkings ? [left("how")] : []),
    ...(hasInitial ? [right("initial")] : []),
    right("maintenance"),
  ];
  const row = (term: Term): readonly string[] => [
    term.name,
    ...(hasWorkings ? [workings(term.workings)] : []),
    ...(hasInitial ? [money(term.initial)] : []),
    money(term.maintenance),
  ];
  const sum = (name: string, of: readonly Term[]): readonly Cell[] =>
    [
      name,
      ...(hasWorkings ? [""] : []),
      ...(hasInitial ? [money(of.reduce((total, term) => total + (term.initial ?? 0), 0))] : []),
      money(of.reduce((total, term) => total + term.maintenance, 0)),
    ].map((text) => ({ text, style: "bold" }));
  const counted = (of: readonly Term[]) => of.filter((term) => term.maintenance !== 0 || (term.initial ?? 0) !== 0);
  const rows = [
    ...counted(terms.eligible).map(row),
    sum("eligible", terms.eligible),
    ...counted(terms.requirement).map(row),
    sum("requirement", terms.requirement),
  ];
  return `${title("Where its numbers come from", ink)}\n${table(columns, rows, ink)}`;
}

/** A term's workings in a few words: quantity × price × weight. */
function workings(of: Term["workings"]): string {
  const number = (key: string): string => {
    const value = of[key];
    return typeof value === "number" ? quantity(value) : String(value ?? "");
  };
  const has = (key: string): boolean => of[key] !== undefined;
  const both = (initial: string, maintenance: string): string =>
    has(initial) && of[initial] !== of[maintenance]
      ? `${number(initial)} / ${number(maintenance)}`
      : number(maintenance);
  if (has("maintenanceRate")) {
    const price = has("mark") ? ` × ${number("mark")}` : "";
    return `${number("size")}${price} × ${number("quoteIndex")} × ${both("initialRate", "maintenanceRate")}`;
  }
  if (has("entryPrice")) {
    const funding = of.fundingDue === 0 ? "" : `, funding ${number("fundingDue")}`;
    return `${number("quantity")} from ${number("entryPrice")} to ${number("mark")}${funding} ${number("settle")} × ${number("price")} × ${both("initialWeight", "maintenanceWeight")}`;
  }
  if (has("maintenanceWeight"))
    return `${number("quantity")} × ${number("price")} × ${both("initialWeight", "maintenanceWeight")}`;
  return "";
}

function renderLevels(detail: DetailView, ink: Pen): string {
  if (detail.levels.length === 0) return "";
  const hasUp = detail.levels.some(({ up }) => up !== null);
  const cells = (level: { readonly price: number; readonly move: number } | null): readonly string[] =>
    level === null ? ["none", ""] : [quantity(level.price), signed(level.move)];
  const rows = detail.levels.map(({ factor, price, down, up, movesAlong }) => [
    factor,
    quantity(price),
    ...cells(down),
    ...(hasUp ? cells(up) : []),
    movesAlong.join(", "),
  ]);
  const columns = [
    left("factor"),
    ...["price", "liquidates below", "move"].map(right),
    ...(hasUp ? ["liquidates above", "move"].map(right) : []),
    left("what moves along"),
  ];
  return `${title("Liquidation levels, one factor at a time", ink)}\n${table(columns, rows, ink)}`;
}

function renderScenario(detail: DetailView, report: Report, ink: Pen): string {
  const pool = report.pools.find((row) => row.id === detail.pool);
  const view = pool?.liquidation;
  if (view == null) return "";
  const rows: (readonly [string, string])[] = [];
  const add = (name: string, value: number | null, text: (value: number) => string): void => {
    if (value !== null) rows.push([name, text(value)]);
  };
  const move = (value: number): string => signed(value);
  const period = report.risk?.holdingPeriod ?? "";
  add("all prices alike, down", view.uniform.fall, move);
  add("all prices alike, up", view.uniform.rise, move);
  add(`${report.marketFactor} down, others by beta`, view.beta.fall, move);
  add(`${report.marketFactor} up, others by beta`, view.beta.rise, move);
  add("distance", view.deviations, (value) => `${value.toFixed(2)} standard deviations over ${period}`);
  if (!view.breached) {
    add(`in breach after ${period}`, view.breachAtEnd, probability);
    add(`in breach within ${period}`, view.breachWithin, probability);
  }
  if (detail.scenario !== null && !view.breached) {
    const moving = detail.scenario.filter(({ move: by }) => Math.abs(by) >= 0.0005);
    rows.push(["most likely way", moving.map(({ factor, move: by }) => `${factor} ${signed(by)}`).join(", ")]);
  }
  return rows.length === 0 ? "" : `${title("What liquidates it", ink)}\n${facts(rows, ink)}`;
}

/** A probability as a percentage, without pretending that a small one is none. */
function probability(value: number): string {
  return value > 0 && value < 0.0001 ? "under 0.01%" : percent(value, 2);
}

function renderComponents(
  name: string,
  amount: string,
  parts: readonly ComponentView[],
  report: Report,
  ink: Pen,
): string {
  if (parts.length === 0) return "";
  const sorted = parts
    .filter((part) => part.valueAtRisk !== 0 || part.expectedShortfall !== 0)
    .sort((a, b) => b.expectedShortfall - a.expectedShortfall);
  const still = parts.length - sorted.length;
  const sum = (of: (part: ComponentView) => number): string =>
    money(parts.reduce((total, part) => total + of(part), 0));
  const rows: (readonly (Cell | string)[])[] = sorted.map((part) => [
    part.name,
    money(part.amount),
    money(part.valueAtRisk),
    money(part.expectedShortfall),
    percent(part.share),
    money(part.incremental),
  ]);
  const total = [
    "sum",
    sum((part) => part.amount),
    sum((part) => part.valueAtRisk),
    sum((part) => part.expectedShortfall),
  ];
  rows.push(total.map((text) => ({ text, style: "bold" as const })));
  const columns = [left(""), right(amount), right("VaR"), right("ES"), right("of ES"), right("incremental ES")];
  const model = report.risk === null ? "" : ` (${report.risk.model})`;
  const rest = still === 0 ? "" : `\n${ink.draw(`and ${count(still)} without risk in this history`, "dim")}`;
  return `${title(`${name}${model}`, ink)}\n${table(columns, rows, ink)}${rest}`;
}

function renderWorst(detail: DetailView, ink: Pen): string {
  if (detail.worst.length === 0) return "";
  const rows = detail.worst.slice(0, WORST_DAYS).map((day) => [moment(day.time), money(day.pnl)]);
  const more = detail.worst.length - rows.length;
  const note = more > 0 ? `\n${ink.draw(`and ${more} more in the tail`, "dim")}` : "";
  return `${title("Its worst moves in the history", ink)}\n${table([left("until"), right("P&L")], rows, ink)}${note}`;
}

function renderIsolated(detail: DetailView, ink: Pen): string {
  if (detail.isolated.length === 0) return "";
  const rows = detail.isolated.map(({ measure, level, cross, isolated, saving }) => [
    measure === "valueAtRisk" ? "VaR" : `${measure}, ${level}`,
    money(cross),
    money(isolated),
    money(saving),
  ]);
  const columns = [left(""), right("as one pool"), right("line by line"), right("saving")];
  return `${title("One collateral for all against each line on its own", ink)}\n${table(columns, rows, ink)}`;
}
