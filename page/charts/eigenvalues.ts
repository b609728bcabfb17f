import { deviations, figure, percent } from "../format.js";
import { h } from "../dom.js";

/** Eigenvalues of a correlation matrix, largest first: their sum is the number of its columns. */
export interface Spectrum {
  readonly values: readonly number[];
}

/**
 * One bar an eigenvalue, its share of the total beside it: a table whose middle column is drawn, so that it reads the same
 * without the picture.
 */
export function eigenvalueBars({ values }: Spectrum): HTMLElement {
  const most = Math.max(...values.map(Math.abs), Number.MIN_VALUE);
  const total = values.reduce((sum, value) => sum + value, 0);
  const row = (value: number, index: number): HTMLElement => {
    const bar = h("span", { class: value < 0 ? "bar offset" : "bar", "aria-hidden": "true" });
    bar.style.left = "0%";
    bar.style.width = `${(100 * Math.abs(value)) / most}%`;
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, `${index + 1}`),
      h("td", { class: "track" }, h("span", { class: "rail" }, bar)),
      h("td", { class: "number" }, figure(value, deviations, { "data-key": `eigenvalue:${index + 1}` })),
      h("td", { class: "number share" }, total > 0 ? percent(value / total, false) : ""),
    );
  };
  return h(
    "table",
    { class: "bars" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "col" }, "Eigenvalue"),
        ...["Bar", "Value", "Share"].map((name) => h("th", { scope: "col" }, h("span", { class: "hidden" }, name))),
      ),
    ),
    h("tbody", {}, ...values.map(row)),
  );
}
