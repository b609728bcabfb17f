import { componentBars } from "./charts/component-bars.js";
import { DistributionChart } from "./charts/distribution.js";
import { eigenvalueBars } from "./charts/eigenvalues.js";
import { heatMap } from "./charts/heat-map.js";
import { levels } from "./charts/levels.js";
import { MARKET_FACTOR } from "./desk.js";
import { byId, h } from "./dom.js";
import { type Asked, explainable } from "./explain.js";
import { deviations, figure, money, NONE, percent, ratio } from "./format.js";
import type { Sides } from "./liquidation.js";
import { computed } from "./pools.js";
import type { Report } from "./report.js";
import { termTables } from "./terms.js";

/** The panels of the selected pool. Made once; `show` fills them. */
export class PoolView {
  private readonly canvas = panel("distribution", ".canvas");
  private readonly distribution = new DistributionChart(this.canvas);

  /** @param before  the report of the untouched sample, to say what an edit changed; null where it has no such pool */
  show(report: Report, before: Report | null, explain: (asked: Asked) => void): void {
    const { id, reason } = report.selected;
    byId("pool-title").textContent = `Pool ${id}`;
    byId("pool-reason").textContent = reason === null ? "" : `It has no number under ${report.under}: ${reason}`;
    byId("key-figures").replaceChildren(...keyFigures(report, before, explain));
    this.showDistribution(report);
    showComponents(report);
    showLiquidation(report);
    showCorrelation(report);
    showSpectrum(report);
    panel("terms", ".body").replaceChildren(...termTables(report.terms));
  }

  private showDistribution(report: Report): void {
    const { pnl } = report.distribution;
    const span = `${money(pnl.reduce((a, b) => Math.min(a, b), Infinity))} to ${money(pnl.reduce((a, b) => Math.max(a, b), -Infinity))}`;
    const sentence =
      `${pnl.length} observed moves of one day applied to the pool as it stands, ${span} ${report.numeraire}. ` +
      `At ${percent(report.confidence, false)} confidence the ${report.riskModel} value at risk is ${money(report.valueAtRisk)} ` +
      `and the expected shortfall ${money(report.expectedShortfall)}.`;
    panel("distribution", "p").textContent = sentence;
    this.canvas.setAttribute("aria-label", `Histogram. ${sentence}`);
    this.distribution.show(report.distribution);
  }
}

function panel(id: string, selector: string): HTMLElement {
  const found = byId(id).querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`index.html has no ${selector} in #${id}`);
  return found;
}

function keyFigures(report: Report, before: Report | null, explain: (asked: Asked) => void): readonly HTMLElement[] {
  const row = report.selected;
  const was = before?.selected.id === row.id ? before : null;
  const healthy = "no liability and no requirement";
  const item = (
    key: string,
    title: string,
    value: (of: Report) => number | null,
    show: (value: number) => string,
    infinite?: string,
  ): HTMLElement => {
    const now = value(report);
    const then = was === null ? now : value(was);
    const changed = was !== null && then !== now && then !== null && now !== null && Number.isFinite(then);
    return h(
      "div",
      {},
      h("dt", {}, title),
      h(
        "dd",
        {},
        now === null || (!computed(row) && key !== "equity")
          ? figure(now, show, { "data-key": `selected:${key}` }, infinite)
          : explainable(figure(now, show, { "data-key": `selected:${key}` }, infinite), { pool: row.id, key }, explain),
        h("small", {}, changed ? `was ${show(then)}` : ""),
      ),
    );
  };
  const ifComputed = (value: number | null): number | null => (computed(row) ? value : null);
  return [
    item("equity", `Equity, ${report.numeraire}`, (of) => of.selected.equity, money),
    item("initial", "Initial margin", (of) => ifComputed(of.selected.requirement.initial), money),
    item("maintenance", "Maintenance margin", (of) => ifComputed(of.selected.requirement.maintenance), money),
    item("excess", "Excess", (of) => ifComputed(of.selected.excess.maintenance), money),
    item("health", "Health factor", (of) => of.selected.healthFactor, ratio, healthy),
    item("sigmas", "Distance, σ", (of) => of.selected.sigmas, deviations, "nothing it holds moves"),
    item("valueAtRisk", "Value at risk", (of) => of.valueAtRisk, money),
    item("expectedShortfall", "Expected shortfall", (of) => of.expectedShortfall, money),
  ];
}

function showComponents({ components, riskModel, numeraire }: Report): void {
  panel("components", "p").textContent =
    `${components.of} (${riskModel}) in ${numeraire}, split by what moves and by what is held. ` +
    "A part is what it adds to the total, a negative part offsets; each split sums to the total.";
  panel("components", ".body").replaceChildren(
    componentBars(components.byFactor, "By factor", "component"),
    componentBars(components.byLine, "By line", "line"),
  );
}

function showLiquidation({ liquidation, numeraire }: Report): void {
  const { breached, picked, uniform, beta, probability } = liquidation;
  const sides = ({ fall, rise }: Sides): string =>
    [fall, rise].flatMap((move) => (move === null ? [] : [percent(move)])).join(" or ") || "none";
  panel("liquidation", "p").textContent = breached
    ? "The pool is in breach of its rule now: there is no price left that would liquidate it first."
    : picked
      ? `Price in ${numeraire} at which the pool is liquidated under the rule picked if that factor alone moves (none: no such ` +
        `price from a twentieth of it to tenfold). Everything that is not pegged moving alike: ${sides(uniform)}.`
      : `Price in ${numeraire} at which the pool is liquidated under its rule if that factor alone moves (none: no such price), ` +
        `and the most likely joint move that liquidates it. Everything that is not pegged moving alike: ${sides(uniform)}. ` +
        `${MARKET_FACTOR} moving and the others by their betas: ${sides(beta)}. ` +
        `Chance of a breach within a day: ${probability === null ? NONE : percent(probability, false)}.`;
  panel("liquidation", ".body").replaceChildren(...(breached ? [] : [levels(liquidation.levels)]));
}

function showCorrelation({ correlation }: Report): void {
  const { names, rows, estimator } = correlation;
  panel("correlation", "p").textContent =
    `By ${estimator} from ${rows} returns of ${names.length} factors. Blue: move together. Orange: move against each other.`;
  panel("correlation", ".body").replaceChildren(heatMap(correlation));
}

function showSpectrum({ correlation }: Report): void {
  const { shrinkage, condition, spectrum } = correlation;
  const key = (name: string, value: number, show: (value: number) => string) =>
    figure(value, show, { "data-key": `correlation:${name}` });
  panel("spectrum", "p").replaceChildren(
    "What moves the factors together, the largest first. ",
    ...(condition === null
      ? ["The smallest is not above 0: the matrix has no inverse."]
      : ["Largest to smallest: ", key("condition", condition, ratio), "."]),
    ...(shrinkage === null ? [] : [" Weight of the estimator's target: ", key("shrinkage", shrinkage, share), "."]),
  );
  panel("spectrum", ".body").replaceChildren(eigenvalueBars(spectrum));
}

const share = (value: number): string => percent(value, false);
