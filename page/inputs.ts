import { type Documents, type Field, holdingFields, positionFields, priceFields } from "./documents.js";
import { breakable, byId, h } from "./dom.js";

/** Put the inputs of `pool` and of all prices on the page. `changed` runs on every keystroke, after the document has it. */
export function showInputs(documents: Documents, pool: string, changed: (path: string) => void): void {
  const holdings = holdingFields(documents, pool);
  const positions = positionFields(documents, pool);
  const single = (fields: readonly Field[]): readonly (readonly Field[])[] => fields.map((field) => [field]);
  const others = priceFields(documents, ["bid", "ask", "twap", "ema"]);
  byId("holdings").replaceChildren(
    ...(holdings.length === 0 ? [] : [table(["Asset", "Quantity"], single(holdings), changed)]),
    ...(positions.length === 0 ? [] : [table(["Position", "Quantity", "Entry price"], pairs(positions), changed)]),
  );
  byId("prices").replaceChildren(
    table(["Price", "Value"], single(priceFields(documents, ["index", "mark"])), changed),
    ...(others.length === 0
      ? []
      : [h("details", {}, h("summary", {}, "Other quotes"), table(["Price", "Value"], single(others), changed))]),
  );
}

/** Show what stands in the document in every input but the one being typed in. */
export function refreshInputs(documents: Documents): void {
  const fields = new Map(
    priceFields(documents, ["index", "mark", "bid", "ask", "twap", "ema"]).map((field) => [field.path, field]),
  );
  for (const input of byId("prices").querySelectorAll("input")) {
    const field = fields.get(input.dataset.path ?? "");
    if (field !== undefined && input !== document.activeElement) input.value = field.read();
  }
}

/** Mark the input at `path` as the one that is wrong, and all others as right; null: all are right. */
export function markInvalid(path: string | null): void {
  for (const input of byId("inputs").querySelectorAll("input")) {
    const wrong = input.dataset.path === path;
    if (wrong) {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", "problem");
    } else {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
  }
}

function pairs(fields: readonly Field[]): readonly (readonly Field[])[] {
  return fields.flatMap((field, i) => {
    const next = fields[i + 1];
    return i % 2 === 0 && next !== undefined ? [[field, next]] : [];
  });
}

/** One row a field; or, with two fields a row (a position), its name above both, since the names of instruments are long. */
function table(
  titles: readonly string[],
  rows: readonly (readonly Field[])[],
  changed: (path: string) => void,
): HTMLElement {
  const cells = (fields: readonly Field[]): readonly HTMLElement[] =>
    fields.map((field) => h("td", { class: "number" }, input(field, changed)));
  return h(
    "table",
    {},
    h(
      "thead",
      {},
      h("tr", {}, ...titles.map((title, i) => h("th", { scope: "col", class: i > 0 ? "number" : null }, title))),
    ),
    h(
      "tbody",
      {},
      ...rows.flatMap((fields) => {
        const [{ name, kind } = { name: "", kind: "" }, second] = fields;
        if (second === undefined) {
          return [h("tr", {}, h("th", { scope: "row" }, breakable(name), h("small", {}, kind)), ...cells(fields))];
        }
        return [
          h("tr", { class: "name" }, h("th", { scope: "row", colspan: titles.length }, name)),
          h("tr", {}, h("td", {}), ...cells(fields)),
        ];
      }),
    ),
  );
}

/** A text input, not a number input: the browser would hide from us what it cannot read, and the library could not say why. */
function input(field: Field, changed: (path: string) => void): HTMLElement {
  return h("input", {
    inputmode: "decimal",
    spellcheck: "false",
    value: field.read(),
    "data-path": field.path,
    "aria-label": `${field.name}, ${field.kind}`,
    oninput: (event) => {
      if (!(event.target instanceof HTMLInputElement)) return;
      field.write(event.target.value.trim());
      changed(field.path);
    },
  });
}
