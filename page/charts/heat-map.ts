import { h } from "../dom.js";

/** A correlation matrix, f64[n*n] row-major, with the names of its rows. */
export interface Correlation {
  readonly names: readonly string[];
  readonly values: Float64Array;
}

/** Above this many columns the numbers no longer fit their cells and are left to the tooltip. */
const NUMBERED = 10;

/**
 * The matrix as a table of coloured cells: blue moves together, orange moves against. It reads without the colours. A cell
 * leaves out the zero before the point, since room is scarce.
 */
export function heatMap({ names, values }: Correlation): HTMLElement {
  const n = names.length;
  const cell = (row: number, column: number): HTMLElement => {
    const value = values[row * n + column] ?? Number.NaN;
    const text = value.toFixed(2).replace("-", "\u2212");
    const td = h(
      "td",
      {
        class: value < 0 ? "against" : "together",
        title: `${names[row]} and ${names[column]}: ${text}`,
        "data-value": String(value),
      },
      h(
        "span",
        { class: n > NUMBERED ? "hidden" : Math.abs(value) > 0.66 ? "strong" : "" },
        text.replace(/^(\u2212?)0\./, "$1."),
      ),
    );
    td.style.setProperty("--share", `${(100 * Math.min(Math.abs(value), 1)).toFixed(1)}%`);
    return td;
  };
  return h(
    "table",
    { class: "heat" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("td", {}, h("span", { class: "hidden" }, "Correlation")),
        ...names.map((name) => h("th", { scope: "col", title: name }, h("span", {}, name))),
      ),
    ),
    h(
      "tbody",
      {},
      ...names.map((name, row) =>
        h("tr", {}, h("th", { scope: "row", title: name }, name), ...names.map((_, column) => cell(row, column))),
      ),
    ),
  );
}
