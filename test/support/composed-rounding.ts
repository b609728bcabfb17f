import type { ComposedRule } from "../../src/rules/rule.js";
import type { ComposedReference } from "../reference/composed.js";
import { tolerance } from "./tolerance.js";

/** What rounding on the other side of steps may move the numbers of a pool by: its terms times the coarsest unit of its rule. */
export function roundingOf({ rounding }: ComposedRule, { terms, positions }: ComposedReference): number {
  const units = [rounding.value, rounding.weighted, rounding.requirement].map((step) =>
    step === null ? 0 : 10 ** -step.decimals,
  );
  return tolerance.composedSteps * (2 + terms.length + positions.length) * Math.max(...units);
}
