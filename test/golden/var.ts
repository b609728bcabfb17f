import { tails } from "../../src/stats.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, GoldenCase, Json } from "./comparison.js";
import { input } from "./special.js";

/** The numbers of a case's input list. */
function numbers(golden: GoldenCase, name: string): number[] {
  const list: Json | undefined = golden.input?.[name];
  if (!Array.isArray(list)) throw new TypeError(`${golden.id}: input.${name} is not a list`);
  return list.map((value) => {
    if (typeof value !== "number") throw new TypeError(`${golden.id}: input.${name} holds ${String(value)}`);
    return value;
  });
}

const convention = "another convention: the mean of whole observations, not of a share of the mass";

/** Tails of one distribution or sample, through the public functions. */
export const checks: Checks = {
  "var/parametric_normal": (memory, golden) => {
    const [mean, deviation] = [input(golden, "mu"), input(golden, "sigma")];
    const [confidence, horizon] = [input(golden, "confidence"), input(golden, "horizon")];
    const { valueAtRisk, expectedShortfall } = tails({ memory }).normal({ mean, deviation, confidence, horizon });
    const allowed = tolerance.parametricNormal(mean, deviation);
    return [
      { field: "VaR", expected: golden.expected.VaR, actual: valueAtRisk, tolerance: allowed },
      { field: "ES", expected: golden.expected.ES, actual: expectedShortfall, tolerance: allowed },
    ];
  },
  "var/parametric_t": (memory, golden) => {
    const [location, s] = [input(golden, "mu"), input(golden, "s")];
    const [degreesOfFreedom, confidence] = [input(golden, "nu"), input(golden, "confidence")];
    const { expected } = golden;
    const { studentT } = tails({ memory });
    const scaled = studentT({ location, scale: s, degreesOfFreedom, confidence });
    const comparisons = [
      {
        field: "VaR_scale",
        expected: expected.VaR_scale,
        actual: scaled.valueAtRisk,
        tolerance: tolerance.parametricT,
      },
      {
        field: "ES_scale",
        expected: expected.ES_scale,
        actual: scaled.expectedShortfall,
        tolerance: tolerance.parametricT,
      },
    ];
    if (expected.VaR_unitVar === undefined) return comparisons;
    const unit = studentT({ location, deviation: s, degreesOfFreedom, confidence });
    return [
      ...comparisons,
      {
        field: "VaR_unitVar",
        expected: expected.VaR_unitVar,
        actual: unit.valueAtRisk,
        tolerance: tolerance.parametricT,
      },
      {
        field: "ES_unitVar",
        expected: expected.ES_unitVar,
        actual: unit.expectedShortfall,
        tolerance: tolerance.parametricT,
      },
    ];
  },
  "var/historical": (memory, golden) => {
    const pnl = numbers(golden, "x");
    const confidence = input(golden, "confidence");
    const { historical } = tails({ memory });
    const types = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
    const quantiles = Object.fromEntries(
      types.map((quantile) => [`type${quantile}`, historical({ pnl, confidence, quantile }).valueAtRisk]),
    );
    const { valueAtRisk, expectedShortfall, observations } = historical({ pnl, confidence });
    const { VaR, VaR_step, ES_ru, nAlpha } = golden.expected;
    return [
      { field: "VaR", expected: VaR, actual: quantiles, tolerance: tolerance.historical },
      { field: "VaR_step", expected: VaR_step, actual: valueAtRisk, tolerance: tolerance.exact },
      { field: "ES_ru", expected: ES_ru, actual: expectedShortfall, tolerance: tolerance.historical },
      { field: "nAlpha", expected: nAlpha, actual: observations, tolerance: tolerance.historical },
      { field: "ES_tailMeanStrict7", skipped: convention },
      { field: "ES_tailMeanInclusive", skipped: convention },
    ];
  },
};
