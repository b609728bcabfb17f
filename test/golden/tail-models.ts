import { ageWeightedTail, cornishFisherTail, kernelSmoothedTail } from "../../src/numerics/index.js";
import { numericsOn } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, GoldenCase } from "./comparison.js";
import { input } from "./special.js";

function sample(golden: GoldenCase): readonly number[] {
  return golden.input?.x as unknown as readonly number[];
}

/** Tails of samples and of moments, through the public functions of numerics. */
export const checks: Checks = {
  "var/cornish_fisher": (memory, golden) => {
    numericsOn(memory);
    const of = cornishFisherTail(
      { memory },
      {
        mean: input(golden, "mu"),
        deviation: input(golden, "sigma"),
        skewness: input(golden, "skew"),
        excessKurtosis: input(golden, "exKurt"),
        confidence: input(golden, "confidence"),
      },
    );
    const actual: Readonly<Record<string, number | boolean>> = {
      zCF: of.quantile,
      mVaR: of.valueAtRisk,
      mES_boudt: of.edgeworthShortfall,
      mES_boudt_operational: of.operationalShortfall,
      ES_cfIntegral: of.expectedShortfall,
      monotone: of.monotone,
    };
    return Object.entries(actual).map(([field, value]) => ({
      field,
      expected: golden.expected[field],
      actual: value,
      tolerance: tolerance.cornishFisher,
    }));
  },

  "var/brw": (memory, golden) => {
    numericsOn(memory);
    const options = { pnl: sample(golden), decay: input(golden, "lambda"), confidence: input(golden, "confidence") };
    const step = ageWeightedTail({ memory }, options);
    const between = ageWeightedTail({ memory }, { ...options, quantile: "interpolated" });
    const { VaR_step, VaR_interp, ES_weighted, weightNewest, weightOldest } = golden.expected;
    return [
      { field: "VaR_step", expected: VaR_step, actual: step.valueAtRisk, tolerance: tolerance.exact },
      { field: "VaR_interp", expected: VaR_interp, actual: between.valueAtRisk, tolerance: tolerance.ageWeighted },
      { field: "ES_weighted", expected: ES_weighted, actual: step.expectedShortfall, tolerance: tolerance.ageWeighted },
      { field: "weightNewest", expected: weightNewest, actual: step.newest, tolerance: tolerance.ageWeighted },
      { field: "weightOldest", expected: weightOldest, actual: step.oldest, tolerance: tolerance.ageWeighted },
    ];
  },

  "var/kernel": (memory, golden) => {
    numericsOn(memory);
    const given = golden.input?.h;
    const of = (confidence: number) =>
      kernelSmoothedTail(
        { memory },
        { pnl: sample(golden), confidence, bandwidth: typeof given === "number" ? given : null },
      );
    return [
      { field: "h", expected: golden.expected.h, actual: of(0.5).bandwidth, tolerance: tolerance.kernelSmoothed },
      ...[0.95, 0.99].map((confidence) => {
        const { valueAtRisk, expectedShortfall } = of(confidence);
        return {
          field: `c${confidence}`,
          expected: golden.expected[`c${confidence}`],
          actual: { VaR: valueAtRisk, ES: expectedShortfall },
          tolerance: tolerance.kernelSmoothed,
        };
      }),
    ];
  },
};
