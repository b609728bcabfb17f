import { RiskError } from "../src/index.js";
import { sample } from "../src/sample.js";
import { type Choice, Desk } from "./desk.js";
import { type Documents, follow } from "./documents.js";
import { byId, h } from "./dom.js";
import { estimatorChoices } from "./estimators.js";
import { type Asked, showWaterfall } from "./explain.js";
import { markInvalid, refreshInputs, showInputs } from "./inputs.js";
import { PoolView } from "./pool.js";
import { showPools } from "./pools.js";
import type { Report } from "./report.js";

/**
 * The page: the sample's documents, one engine, and what was last computed. Every input writes into the documents as
 * typed and recomputes everything; where the library refuses, its sentence is shown and the last good numbers stay.
 */
const view = new PoolView();
const desk = new Desk(sample());
let documents: Documents = desk.documents();
let selected: string | null = null;
let report: Report | null = null;
/** the untouched sample under the model chosen, for "was …" */
let before: Report | null = null;
let inputsOf: string | null = null;

function choice(): Choice {
  const data = new FormData(controls());
  return {
    model: String(data.get("model")) as Choice["model"],
    rule: String(data.get("rule")),
    confidence: String(data.get("confidence")).trim(),
    measure: String(data.get("measure")) as Choice["measure"],
    estimator: String(data.get("estimator")),
    pool: selected,
  };
}

function controls(): HTMLFormElement {
  const form = byId("controls");
  if (!(form instanceof HTMLFormElement)) throw new Error("#controls is not a form");
  return form;
}

/** Compute and show; on a refusal show why and leave the numbers alone. */
function recompute(): void {
  try {
    const next = desk.report(documents, choice());
    report = next;
    selected = next.selected.id;
    refuse(null);
    show(next);
  } catch (error) {
    if (!(error instanceof RiskError)) throw error;
    refuse(error);
  }
}

/** The same for a change of model or pool, which also changes what the sample's own numbers are. */
function rechoose(): void {
  try {
    before = desk.report(desk.documents(), choice());
  } catch (error) {
    if (!(error instanceof RiskError)) throw error;
    before = null;
  }
  recompute();
}

/** An input has written `path` into the documents. */
function edited(path: string): void {
  const following = byId("follow");
  if (following instanceof HTMLInputElement && following.checked && follow(documents, desk.documents(), path)) {
    refreshInputs(documents);
  }
  recompute();
}

function show(next: Report): void {
  showPools(
    byId("pools"),
    next.pools,
    next.selected.id,
    (pool) => {
      selected = pool;
      rechoose();
      const section = byId("pool");
      if (section.getBoundingClientRect().top > 0.8 * innerHeight) section.scrollIntoView();
    },
    explain,
  );
  view.show(next, before, explain);
  if (inputsOf !== next.selected.id) {
    inputsOf = next.selected.id;
    showInputs(documents, inputsOf, edited);
  }
  const time = new Date(next.asOf)
    .toISOString()
    .replace("T", " ")
    .replace(/:\d\d\.\d+Z/, " UTC");
  byId("as-of").textContent = `Embedded sample as of ${time}, in ${next.numeraire}, computed in this browser`;
  byId("kernel").replaceChildren(
    "Margrave ",
    h("code", { "data-key": "version" }, next.version),
    " kernel ",
    h("code", { "data-key": "kernel" }, next.kernel.hash),
    " build ",
    h("code", { "data-key": "build" }, next.kernel.build),
    " result bits ",
    h(
      "code",
      { "data-key": "bits", title: "hash of every number above; equal in every browser and in Node" },
      next.bits,
    ),
    ` computed in ${next.milliseconds.toFixed(1)} ms`,
  );
  byId("notes").textContent = next.notes.join(" ");
}

/** How a number came about, of the documents as they stand. */
function explain(asked: Asked): void {
  try {
    showWaterfall(desk.explain(documents, choice(), asked));
  } catch (error) {
    if (!(error instanceof RiskError)) throw error;
    refuse(error);
  }
}

function refuse(error: RiskError | null): void {
  const problem = byId("problem");
  problem.hidden = error === null;
  const path = error !== null && "path" in error ? String(error.path) : null;
  markInvalid(path);
  const confidence = controls().elements.namedItem("confidence");
  if (confidence instanceof HTMLInputElement) {
    if (path?.endsWith(".confidence")) confidence.setAttribute("aria-invalid", "true");
    else confidence.removeAttribute("aria-invalid");
  }
  const kept = h("small", {}, report === null ? "" : "The numbers below are those of the last valid input.");
  problem.replaceChildren(...(error === null ? [] : [h("strong", {}, `${error.name}: `), error.message, kept]));
}

for (const { value, text } of desk.ruleChoices()) byId("rule").append(h("option", { value }, text));
for (const { value, text } of estimatorChoices) byId("estimator").append(h("option", { value }, text));
byId("explain-close").addEventListener("click", () => {
  const dialog = byId("explain");
  if (dialog instanceof HTMLDialogElement) dialog.close();
});
controls().addEventListener("input", rechoose);
controls().addEventListener("submit", (event) => event.preventDefault());
byId("inputs").addEventListener("submit", (event) => event.preventDefault());
byId("reset").addEventListener("click", () => {
  documents = desk.documents();
  inputsOf = null;
  recompute();
});
rechoose();
