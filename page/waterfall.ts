import type { Explanation, Term } from "../src/index.js";
import type { Step, Waterfall } from "./explain.js";
import { deviations, money, ratio } from "./format.js";
import type { Report } from "./report.js";

type Level = "initial" | "maintenance";

/** The waterfall of the number `key` of the report's selected pool. */
export function waterfallOf(
  key: string,
  report: Report,
  terms: Explanation,
  workings: (of: Term["workings"]) => string,
): Waterfall {
  const { selected, under } = report;
  const steps = (of: readonly Term[], level: Level, sign: 1 | -1 = 1): readonly Step[] =>
    of
      .map((term) => ({
        name: term.name,
        amount: sign * (level === "initial" ? (term.initial ?? 0) : term.maintenance),
        workings: workings(term.workings),
      }))
      .filter(({ amount }) => amount !== 0);
  const title = (what: string): string => `${what} of ${selected.id}`;
  const amount = (name: string, value: number | null): Waterfall["result"] => ({
    name,
    value: value ?? 0,
    show: money,
  });
  const excess = [...steps(terms.eligible, "maintenance"), ...steps(terms.requirement, "maintenance", -1)];
  switch (key) {
    case "equity":
      return {
        title: title("Equity"),
        meaning: "Everything held less everything owed, at index prices and without weights.",
        steps: terms.equity.map(({ name, value, workings: how }) => ({ name, amount: value, workings: workings(how) })),
        result: amount("Equity", selected.equity),
      };
    case "eligible":
      return {
        title: title("Eligible value"),
        meaning: `What may back the requirement at maintenance under ${under}: holdings after their weights, less what is owed after its own.`,
        steps: steps(terms.eligible, "maintenance"),
        result: amount("Eligible", selected.eligible.maintenance),
      };
    case "initial":
    case "maintenance":
      return {
        title: title(key === "initial" ? "Initial margin" : "Maintenance margin"),
        meaning: `What ${under} requires at the ${key} level.`,
        steps: steps(terms.requirement, key),
        result: amount("Requirement", selected.requirement[key]),
      };
    case "excess":
      return {
        title: title("Excess"),
        meaning: `Eligible value less the requirement, both at maintenance under ${under}. Below 0 the pool is in breach.`,
        steps: excess,
        result: amount("Excess", selected.excess.maintenance),
      };
    case "health":
      return {
        title: title("Health factor"),
        meaning:
          "Weighted assets divided by weighted liabilities and requirement together, at maintenance: 1 is exactly an excess of 0. The terms are those of the excess; the quotient is of their two sides.",
        steps: excess,
        result: { name: "Health factor", value: selected.healthFactor, show: ratio },
      };
    case "sigmas":
      return {
        title: title("Distance to liquidation"),
        meaning:
          "The excess at maintenance divided by the standard deviation of its first-order move over one day. The terms are those of the excess.",
        steps: excess,
        result: { name: "Standard deviations", value: selected.sigmas ?? Number.NaN, show: deviations },
      };
    default: {
      const { of, byFactor } = report.components;
      const chosen = key === "valueAtRisk" ? report.valueAtRisk : report.expectedShortfall;
      const split = (key === "valueAtRisk") === (of === "Value at risk");
      return {
        title: title(key === "valueAtRisk" ? "Value at risk" : "Expected shortfall"),
        meaning: split
          ? `What each factor adds to the ${report.riskModel} measure; the parts sum to it.`
          : "Choose this measure above to see what each factor adds to it.",
        steps: split ? byFactor.parts.map(({ name, value }) => ({ name, amount: value, workings: "" })) : [],
        result: amount(key === "valueAtRisk" ? "Value at risk" : "Expected shortfall", chosen),
      };
    }
  }
}
