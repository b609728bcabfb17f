import { worstFirst } from "./compute.js";
import { renderDetail } from "./render-detail.js";
import { type Cell, type Column, money, type Pen, quantity, ratio, type Style, signed, table } from "./table.js";
import { duration, moment } from "./time-cell.js";
import type { PoolView, Report, RiskMeta, Standing } from "./view.js";
import { count } from "./bad-input.js";

/** A report for a terminal: header, pools worst first, one pool in detail, notes. `limit` is the most pools shown. */
export function renderReport(report: Report, ink: Pen, limit: number): string {
  const sections = [
    renderHeader(report, ink),
    renderPools(report, ink, limit),
    renderRejected(report, ink),
    report.detail === null ? "" : renderDetail(report, report.detail, ink),
    renderNotes(report, ink),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

export function title(text: string, ink: Pen): string {
  return ink.draw(text, "bold");
}

/** Names to the left, what they are to the right. */
export function facts(rows: readonly (readonly [string, string])[], ink: Pen): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${ink.draw(name.padEnd(width), "dim")}  ${text}`).join("\n");
}

function renderHeader(report: Report, ink: Pen): string {
  const { meta, sources, history, risk } = report;
  const rules = meta.rules.map((rule) => rule.id).join(", ");
  const statuses = Object.entries(meta.statuses).filter(([, pools]) => pools > 0);
  const rows: (readonly [string, string])[] = [
    ["as of", `${moment(report.asOf)} UTC, amounts in ${report.numeraire}`],
    ["accounts", `${sources.accounts}: ${count(report.pools.length, "pool")}`],
    ["market", sources.market],
  ];
  if (meta.model === "collateral") rows.push(["model", `collateral under ${rules}`]);
  if (risk !== null) rows.push([meta.model === "collateral" ? "risk" : "model", riskText(risk)]);
  if (history !== null && sources.history !== null) {
    const bars = `${count(history.rows, "bar")} of ${duration(history.interval)}`;
    const span = `${moment(history.first)} to ${moment(history.last)}`;
    rows.push([
      "history",
      `${sources.history}: ${bars}, ${span}, ${count(history.columns, "column")} in ${history.in}`,
    ]);
  }
  const counted = statuses.map(([status, pools]) => `${count(pools)} ${status}`).join(", ");
  rows.push(["status", counted === "" ? "no pools" : counted]);
  const kernel = `${meta.kernel.build} kernel ${meta.kernel.hash}`;
  return `${title(`margrave ${meta.version}`, ink)}${ink.draw(`  ${kernel}`, "dim")}\n${facts(rows, ink)}`;
}

/** A confidence as people say it: 99%, 97.5%. */
function level(confidence: number): string {
  return `${quantity(100 * confidence)}%`;
}

function riskText(risk: RiskMeta): string {
  const { parameters } = risk;
  const estimated = risk.model === "parametric" ? `, ${parameters.covariance}, ${parameters.distribution}` : "";
  return `${risk.model} at ${level(risk.confidence)} over ${risk.holdingPeriod}, ${count(risk.observations, "move")}${estimated}`;
}

const STANDINGS: Readonly<Record<Standing, readonly [string, Style]>> = {
  ok: ["ok", "green"],
  belowInitial: ["below initial", "yellow"],
  inBreach: ["in breach", "red"],
  notComputed: ["", "red"],
};

/** What a pool is called in the column of standings: its status where that is not `ok`. */
export function standingCell(pool: PoolView): Cell {
  const [text, style] = STANDINGS[pool.standing];
  if (pool.standing === "notComputed") return { text: pool.status, style };
  return {
    text: pool.status === "ok" ? text : `${text}, ${pool.status}`,
    style: pool.status === "ok" ? style : "yellow",
  };
}

function renderPools(report: Report, ink: Pen, limit: number): string {
  const { pools } = report;
  if (pools.length === 0) return "The book holds no pools.";
  const right = (text: string): Column => ({ title: text, align: "right" });
  const hasInitial = pools.some((pool) => pool.requirement.initial !== null);
  const hasDistance = pools.some((pool) => pool.liquidation !== null);
  const { risk } = report;
  const columns: Column[] = [
    { title: "pool", align: "left" },
    { title: "standing", align: "left" },
    right("equity"),
    right("eligible"),
    ...(hasInitial ? [right("initial")] : []),
    right("maintenance"),
    right("excess"),
    right("health"),
    ...(hasDistance ? [right("σ to liq."), right("move to liq.")] : []),
    ...(risk === null ? [] : [right("VaR"), right("ES")]),
  ];
  const order = worstFirst(pools);
  const rows = order.slice(0, limit).flatMap((row) => {
    const pool = pools[row];
    return pool === undefined ? [] : [poolCells(pool, { hasInitial, hasDistance, hasRisk: risk !== null })];
  });
  const total = totalCells(report, { hasInitial, hasDistance, hasRisk: risk !== null });
  const lines = [title("Pools, worst first", ink), table(columns, total === null ? rows : [...rows, total], ink)];
  if (order.length > limit) lines.push(ink.draw(`and ${count(order.length - limit, "pool")} more (--limit)`, "dim"));
  if (report.totals === null) {
    const bad = pools.filter((pool) => pool.status !== "ok").length;
    lines.push(
      `No totals: ${count(bad, "pool")} of ${count(pools.length)} ${bad === 1 ? "has" : "have"} a status other than ok.`,
    );
  }
  const basis = hasInitial ? "Eligible, excess and health are at maintenance." : "All at maintenance.";
  const tail = risk === null ? "" : ` VaR and ES are losses over ${risk.holdingPeriod} at ${level(risk.confidence)}.`;
  lines.push(ink.draw(`${basis}${tail}`, "dim"));
  return lines.join("\n");
}

interface Shown {
  readonly hasInitial: boolean;
  readonly hasDistance: boolean;
  readonly hasRisk: boolean;
}

function poolCells(pool: PoolView, shown: Shown): readonly (Cell | string)[] {
  const computed = pool.standing !== "notComputed";
  const amount = (value: number | null): string => (computed ? money(value) : "-");
  const { risk, liquidation } = pool;
  const excess = amount(pool.excess.maintenance);
  return [
    pool.id,
    standingCell(pool),
    amount(pool.equity),
    amount(pool.eligible.maintenance),
    ...(shown.hasInitial ? [amount(pool.requirement.initial)] : []),
    amount(pool.requirement.maintenance),
    pool.standing === "inBreach" ? { text: excess, style: "red" as const } : excess,
    computed ? ratio(pool.healthFactor) : "-",
    ...(shown.hasDistance ? [quantityOf(liquidation?.deviations), moveCell(pool)] : []),
    ...(shown.hasRisk ? [finite(risk?.valueAtRisk), finite(risk?.expectedShortfall)] : []),
  ];
}

/** The nearer of the fall and the rise of all prices that liquidates. */
function moveCell({ liquidation, standing }: PoolView): string {
  if (liquidation === null || standing === "notComputed") return "-";
  if (liquidation.breached) return "there";
  const { fall, rise } = liquidation.uniform;
  const near = fall === null || (rise !== null && rise < -fall) ? rise : fall;
  return near === null ? "none" : signed(near, Math.abs(near) < 10 ? 1 : 0);
}

/** Distances to two decimals: nobody acts on the third. */
function quantityOf(deviations: number | null | undefined): string {
  return deviations == null ? "-" : ratio(Math.round(100 * deviations) / 100).replace(/0$/, "");
}

function finite(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? "-" : money(value);
}

function totalCells({ pools, totals }: Report, shown: Shown): readonly Cell[] | null {
  if (totals === null || pools.length === 1) return null;
  const texts = [
    `all ${count(pools.length, "pool")}`,
    "",
    money(totals.equity),
    money(totals.eligible.maintenance),
    ...(shown.hasInitial ? [money(totals.requirement.initial)] : []),
    money(totals.requirement.maintenance),
    money(totals.excess.maintenance),
  ];
  return texts.map((text) => ({ text, style: "bold" }));
}

function renderRejected({ rejected }: Report, ink: Pen): string {
  if (rejected.length === 0) return "";
  const rows = rejected.map(({ pool, reason }) => [pool, reason]);
  const columns: readonly Column[] = [
    { title: "pool", align: "left" },
    { title: "reason", align: "left" },
  ];
  return `${title("Left out", ink)}\n${table(columns, rows, ink)}`;
}

function renderNotes({ notes }: Report, ink: Pen): string {
  if (notes.length === 0) return "";
  return `${title("Notes", ink)}\n${notes.map((note) => `- ${note}`).join("\n")}`;
}
