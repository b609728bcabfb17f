import { breakable, h } from "./dom.js";
import { type Asked, explainable } from "./explain.js";
import { deviations, figure, money, NONE, ratio } from "./format.js";
import type { PoolRow } from "./report.js";

const HEALTH = "no liability and no requirement";

interface Column {
  readonly title: string;
  readonly key: string;
  /** left out where the screen is narrow: the selected pool says it */
  readonly wide?: true;
  readonly cell: (row: PoolRow) => HTMLElement;
}

const amount = (title: string, key: string, value: (row: PoolRow) => number | null, wide?: true): Column => ({
  title,
  key,
  ...(wide === undefined ? {} : { wide }),
  cell: (row) => figure(value(row), money, { "data-key": `${row.id}:${key}` }),
});

const COLUMNS: readonly Column[] = [
  amount("Equity", "equity", (row) => row.equity),
  amount("Eligible", "eligible", (row) => row.eligible.maintenance, true),
  amount("Initial", "initial", (row) => row.requirement.initial, true),
  amount("Maintenance", "maintenance", (row) => row.requirement.maintenance, true),
  amount("Excess", "excess", (row) => row.excess.maintenance),
  {
    title: "Health",
    key: "health",
    cell: (row) => figure(row.healthFactor, ratio, { "data-key": `${row.id}:health` }, HEALTH),
  },
  {
    title: "Distance, σ",
    key: "sigmas",
    cell: (row) => figure(row.sigmas, deviations, { "data-key": `${row.id}:sigmas` }, "nothing it holds moves"),
  },
  { title: "Status", key: "status", cell: status },
];

/** Whether a row holds numbers. */
export const computed = (row: PoolRow): boolean => row.status === "ok" || row.status === "stalePrice";

function status(row: PoolRow): HTMLElement {
  if (!computed(row)) return h("span", { class: "status bad", title: row.reason ?? row.status }, row.status);
  if (row.breached) return h("span", { class: "status bad" }, "breach");
  if (row.status !== "ok") return h("span", { class: "status warn" }, "stale price");
  const short = row.excess.initial !== null && row.excess.initial < 0;
  return h("span", { class: short ? "status warn" : "status" }, short ? "below initial" : "ok");
}

/** A number that can be asked how it came about, and the reason in place of numbers where there is none. */
function shownCell(row: PoolRow, key: string, cell: HTMLElement, explain: (asked: Asked) => void): HTMLElement {
  if (key === "status") return cell;
  if (!computed(row)) return h("span", { class: "none" }, NONE);
  return cell.dataset.value === "null" ? cell : explainable(cell, { pool: row.id, key }, explain, false);
}

/** Rows in the order given, each with a button that selects it. Focus stays on the button that had it. */
export function showPools(
  host: HTMLElement,
  rows: readonly PoolRow[],
  selected: string,
  select: (pool: string) => void,
  explain: (asked: Asked) => void,
): void {
  const focused = host.contains(document.activeElement) ? document.activeElement?.getAttribute("data-pool") : null;
  const body = rows.map((row) => {
    const button = h(
      "button",
      {
        type: "button",
        "data-pool": row.id,
        "aria-pressed": row.id === selected ? "true" : "false",
        onclick: () => select(row.id),
      },
      breakable(row.id),
    );
    return h(
      "tr",
      { class: row.id === selected ? "selected" : null },
      h("th", { scope: "row" }, button, row.venue === "" ? null : h("small", {}, ` ${row.venue}`)),
      ...COLUMNS.map(({ title, key, wide, cell }) =>
        h(
          "td",
          { class: `${key === "status" ? "" : "number"}${wide ? " wide-only" : ""}`, "data-label": title },
          shownCell(row, key, cell(row), explain),
        ),
      ),
    );
  });
  host.replaceChildren(
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, "Pool"),
          ...COLUMNS.map(({ title, key }) =>
            h("th", { scope: "col", class: key === "status" ? null : "number" }, title),
          ),
        ),
      ),
      h("tbody", {}, ...body),
    ),
  );
  if (focused === null || focused === undefined) return;
  for (const button of host.querySelectorAll("button")) if (button.dataset.pool === focused) button.focus();
}
