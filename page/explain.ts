import { breakable, byId, h } from "./dom.js";
import { figure, money } from "./format.js";

/** One number of a pool, from its terms to the sum. */
export interface Waterfall {
  readonly title: string;
  /** what the number is, in a sentence */
  readonly meaning: string;
  readonly steps: readonly Step[];
  /** what the steps come to, with the words for it */
  readonly result: { readonly name: string; readonly value: number; readonly show: (value: number) => string };
}

export interface Step {
  readonly name: string;
  readonly amount: number;
  readonly workings: string;
}

/** Which number of which pool. */
export interface Asked {
  readonly pool: string;
  readonly key: string;
}

/** A number that says how it came about when it is asked. In the table of pools the keyboard passes it by. */
export function explainable(
  shown: HTMLElement,
  asked: Asked,
  explain: (asked: Asked) => void,
  tab = true,
): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: "explain",
      "data-explain": `${asked.pool}:${asked.key}`,
      "aria-haspopup": "dialog",
      tabindex: tab ? null : -1,
      onclick: () => explain(asked),
    },
    shown,
  );
}

/** Open the dialog on a number. */
export function showWaterfall({ title, meaning, steps, result }: Waterfall): void {
  const dialog = byId("explain");
  if (!(dialog instanceof HTMLDialogElement)) throw new Error("#explain is not a dialog");
  byId("explain-title").textContent = title;
  let running = 0;
  const rows = steps.map(({ name, amount, workings }) => {
    running += amount;
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, breakable(name), h("small", {}, workings === "" ? "" : ` ${workings}`)),
      h("td", { class: "number" }, figure(amount, money)),
      h("td", { class: "number" }, figure(running, money)),
    );
  });
  const head = ["Term", "Amount", "Running"].map((text, i) =>
    h("th", { scope: "col", class: i === 0 ? null : "number" }, text),
  );
  byId("explain-body").replaceChildren(
    h("p", {}, meaning),
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, ...head)),
      h("tbody", {}, ...rows),
      h(
        "tfoot",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "row" }, result.name),
          h("td", {}, ""),
          h("td", { class: "number" }, figure(result.value, result.show, { "data-explained": "" }, "infinite")),
        ),
      ),
    ),
  );
  if (!dialog.open) dialog.showModal();
}
