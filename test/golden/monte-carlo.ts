import {
  chiSquareDistribution,
  gaussianCopula,
  monteCarloTail,
  type Points,
  simulate,
  studentTCopula,
  studentTMargin,
  normalMargin,
} from "../../src/numerics/index.js";
import { normalDistribution } from "../../src/stats.js";
import { numericsOn } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, Comparison } from "./comparison.js";

export const checks: Checks = {
  "var/monte_carlo_given_randoms": (memory, golden) => {
    numericsOn(memory);
    const engine = { memory };
    const input = golden.input ?? {};
    const z = input.Z as readonly (readonly number[])[];
    const chi = input.chi2 as readonly number[] | undefined;
    const nu = (input.copulaNu as number | undefined) ?? 0;
    const { cdf } = normalDistribution(engine);
    const squares = chiSquareDistribution(engine);
    // The numbers that the file gives, as the points they are the inverse of.
    const rows = z.map((row, k) => [...row.map(cdf), ...(chi === undefined ? [] : [squares.cdf(chi[k] ?? 0, nu)])]);
    const given: Points = {
      name: "given",
      parameters: {},
      dimensions: rows[0]?.length ?? 0,
      count: rows.length,
      first: 0,
      fill: (of, _, from, count, out) => of.write(out, Float64Array.from(rows.slice(from, from + count).flat())),
    };
    const options = {
      correlation: Float64Array.from((input.corr as readonly (readonly number[])[]).flat()),
      deviations: Float64Array.from(input.vol as readonly number[]),
      copula: chi === undefined ? gaussianCopula() : studentTCopula({ degreesOfFreedom: nu }),
      margins:
        chi === undefined
          ? normalMargin()
          : (input.marginalNu as readonly number[]).map((own) => studentTMargin({ degreesOfFreedom: own })),
      source: given,
      paths: rows.length,
    };
    const weights = Float64Array.from(input.weights as readonly number[]);
    const moves = simulate(engine, options);
    const first = [0, 1, 2].map((k) => weights.reduce((sum, w, i) => sum + w * (moves[i * rows.length + k] ?? 0), 0));
    const comparisons: Comparison[] = [
      { field: "pnlFirst3", expected: golden.expected.pnlFirst3, actual: first, tolerance: tolerance.monteCarlo },
    ];
    for (const field of Object.keys(golden.expected).filter((key) => key.startsWith("c"))) {
      const { VaR_step, ES_ru } = golden.expected[field] as { VaR_step: number; ES_ru: number };
      const found = monteCarloTail(engine, { ...options, weights, confidence: Number(field.slice(1)) });
      comparisons.push(
        { field: `${field}.VaR_step`, expected: VaR_step, actual: found.valueAtRisk, tolerance: tolerance.monteCarlo },
        { field: `${field}.ES_ru`, expected: ES_ru, actual: found.expectedShortfall, tolerance: tolerance.monteCarlo },
      );
    }
    return comparisons;
  },
};
