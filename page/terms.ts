import { breakable, h } from "./dom.js";
import { figure, money } from "./format.js";
import type { TermTable } from "./report.js";

/** Each number of the pool, taken apart, behind a summary. The first is open, and then what the reader left open. */
export function termTables(tables: readonly TermTable[]): readonly HTMLElement[] {
  const drawn = [...document.querySelectorAll<HTMLDetailsElement>("#terms details")];
  return tables.map(({ title, terms }, index) => {
    const open = drawn.find((details) => details.dataset.title === title)?.open ?? index === 0;
    const two = terms.some((term) => term.initial !== null);
    const sum = (level: "initial" | "maintenance"): number =>
      terms.reduce((total, term) => total + (term[level] ?? 0), 0);
    const cell = (value: number | null): HTMLElement => h("td", { class: "number" }, figure(value, money));
    return h(
      "details",
      { "data-title": title, open },
      h("summary", {}, `${title}: ${terms.length} ${terms.length === 1 ? "term" : "terms"}`),
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            h("th", { scope: "col" }, "Term"),
            ...(two ? [h("th", { scope: "col", class: "number" }, "Initial")] : []),
            h("th", { scope: "col", class: "number" }, two ? "Maintenance" : "Amount"),
          ),
        ),
        h(
          "tbody",
          {},
          ...terms.map(({ name, initial, maintenance, workings }) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, breakable(name), h("small", {}, workings === "" ? "" : ` ${workings}`)),
              ...(two ? [cell(initial)] : []),
              cell(maintenance),
            ),
          ),
        ),
        h(
          "tfoot",
          {},
          h(
            "tr",
            {},
            h("th", { scope: "row" }, "Sum"),
            ...(two ? [cell(sum("initial"))] : []),
            cell(sum("maintenance")),
          ),
        ),
      ),
    );
  });
}
