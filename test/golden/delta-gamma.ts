import { deltaGammaTail } from "../../src/numerics/index.js";
import { numericsOn } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, Json } from "./comparison.js";

type Matrix = readonly (readonly number[])[];

/** Quadratic forms of normal moves: cumulants, and tails by each method that the file has numbers of. */
export const checks: Checks = {
  "var/delta_gamma": (memory, golden) => {
    numericsOn(memory);
    const input = golden.input as unknown as {
      readonly theta: number;
      readonly delta: readonly number[];
      readonly gamma: Matrix;
      readonly sigma: Matrix;
    };
    const { theta, delta } = input;
    const [gamma, covariance] = [input.gamma.flat(), input.sigma.flat()];
    const form = { theta, delta, gamma, covariance };
    const { expected } = golden;
    const whole = deltaGammaTail({ memory }, { ...form, confidence: 0.99, method: "normal" });
    const cumulants: Readonly<Record<string, number>> = {
      mean: whole.mean,
      variance: whole.variance,
      k3: whole.thirdCumulant,
      k4: whole.fourthCumulant,
      skew: whole.skewness,
      exKurt: whole.excessKurtosis,
    };
    const tails = [0.95, 0.99, 0.999].flatMap((confidence) => {
      const fields = expected[`c${confidence}`] as { readonly [key: string]: Json };
      const by = (method: "normal" | "cornishFisher" | "exact") =>
        deltaGammaTail({ memory }, { ...form, confidence, method });
      const linear = deltaGammaTail({ memory }, { ...form, gamma: gamma.map(() => 0), confidence, method: "normal" });
      const actual = {
        deltaNormalVaR: linear.valueAtRisk,
        dgNormalVaR: by("normal").valueAtRisk,
        cfVaR: by("cornishFisher").valueAtRisk,
        cfMonotone: by("cornishFisher").monotone,
        exactVaR: by("exact").valueAtRisk,
        exactES: by("exact").expectedShortfall,
      };
      return Object.entries(actual).map(([field, value]) => ({
        field: `c${confidence}.${field}`,
        expected: fields[field],
        actual: value,
        tolerance: field.startsWith("exact") ? tolerance.deltaGammaExact : tolerance.deltaGammaExpanded,
      }));
    });
    return [
      ...Object.entries(cumulants).map(([field, value]) => ({
        field,
        expected: expected[field],
        actual: value,
        tolerance: tolerance.cumulants,
      })),
      ...tails,
    ];
  },
};
