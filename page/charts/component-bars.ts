import { figure, money, percent } from "../format.js";
import { breakable, h } from "../dom.js";

/** Parts of a number, in the numeraire; they sum to `total`. A negative part offsets. */
export interface Components {
  readonly total: number;
  readonly parts: readonly { readonly name: string; readonly value: number }[];
}

/**
 * One bar a part about a common zero, largest first, and the sum below: a table whose middle column is drawn, so that it
 * reads the same without the picture.
 *
 * @param heading  what the parts are, e.g. `By factor`
 * @param key      prefix of their data keys
 */
export function componentBars({ total, parts }: Components, heading: string, key: string): HTMLElement {
  const sorted = [...parts].sort((a, b) => b.value - a.value);
  const low = Math.min(0, ...sorted.map((part) => part.value));
  const high = Math.max(0, ...sorted.map((part) => part.value));
  const span = high - low || 1;
  const row = ({ name, value }: Components["parts"][number]): HTMLElement => {
    const bar = h("span", { class: value < 0 ? "bar offset" : "bar", "aria-hidden": "true" });
    bar.style.left = `${(100 * (Math.min(value, 0) - low)) / span}%`;
    bar.style.width = `${(100 * Math.abs(value)) / span}%`;
    const zero = h("span", { class: "zero", "aria-hidden": "true" });
    zero.style.left = `${(-100 * low) / span}%`;
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, breakable(name)),
      h("td", { class: "track" }, h("span", { class: "rail" }, zero, bar)),
      h("td", { class: "number" }, figure(value, money, { "data-key": `${key}:${name}` })),
      h("td", { class: "number share" }, total === 0 ? "" : percent(value / total, false)),
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
        h("th", { scope: "col" }, heading),
        ...["Bar", "Amount", "Share"].map((name) => h("th", { scope: "col" }, h("span", { class: "hidden" }, name))),
      ),
    ),
    h("tbody", {}, ...sorted.map(row)),
    h(
      "tfoot",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "row" }, "Sum"),
        h("td", { class: "track" }),
        h("td", { class: "number" }, figure(total, money, { "data-key": `${key}:sum` })),
        h("td", { class: "number share" }, total === 0 ? "" : percent(1, false)),
      ),
    ),
  );
}
