import {
  decomposeModified,
  type ModifiedShortfall,
  modifiedTail,
  type ScenarioShares,
} from "../../src/numerics/index.js";
import { tails } from "../../src/stats.js";
import { numericsOn } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, Comparison, Json } from "./comparison.js";

type Numbers = readonly number[];
type Matrix = readonly Numbers[];
type Fields = { readonly [key: string]: Json };

const largest = (values: Json | undefined) => Math.max(...(values as unknown as Numbers).map(Math.abs));

const STRICT = "another convention: the mean of whole observations strictly below the interpolated quantile";

/** Modified VaR and ES by asset, and PerformanceAnalytics' tables of them. */
export const checks: Checks = {
  "decomposition/euler_modified": (memory, golden) => {
    numericsOn(memory);
    const { X, weights, confidence } = golden.input as unknown as {
      readonly X: Matrix;
      readonly weights: Numbers;
      readonly confidence: number;
    };
    const by = (shortfall: ModifiedShortfall) =>
      decomposeModified({ memory }, { returns: X.flat(), weights, confidence, shortfall });
    const [integral, edgeworth] = [by("integral"), by("edgeworth")];
    const compare = (field: string, shares: ScenarioShares["valueAtRisk"]): Comparison[] => {
      const expected = golden.expected[field] as Fields;
      const allowed = () => tolerance.modifiedDecomposition * largest(expected.component);
      return [
        { field: `${field}.total`, expected: expected.total, actual: shares.total, tolerance: allowed },
        {
          field: `${field}.marginal`,
          expected: expected.marginal,
          actual: shares.marginal,
          tolerance: () => tolerance.modifiedDecomposition * largest(expected.marginal),
        },
        { field: `${field}.component`, expected: expected.component, actual: shares.component, tolerance: allowed },
      ];
    };
    const { mean, deviation, skewness, excessKurtosis } = integral.whole;
    return [
      ...compare("mVaR", integral.valueAtRisk),
      ...compare("mES_boudt", edgeworth.expectedShortfall),
      ...compare("ES_cfIntegral", integral.expectedShortfall),
      {
        field: "moments",
        expected: golden.expected.moments,
        actual: { mean, sd_biased: deviation, skew: skewness, exKurt: excessKurtosis },
        tolerance: (expected) => tolerance.modifiedDecomposition * Math.max(1, Math.abs(expected)),
      },
    ];
  },

  "published/performanceanalytics_edhec": (memory, golden) => {
    numericsOn(memory);
    const { X } = golden.input as unknown as { readonly X: Matrix };
    const assets = (X[0] ?? []).map((_, i) => X.map((row) => row[i] ?? Number.NaN));
    const by = (confidence: number, shortfall: ModifiedShortfall) =>
      assets.map((pnl) => modifiedTail({ memory }, { pnl, confidence, shortfall }));
    const operational = by(0.95, "operational");
    const { normal, historical } = tails({ memory });
    const gaussian = operational.map(({ mean, deviation }) => normal({ mean, deviation, confidence: 0.95 }));
    const high = by(0.99, "operational");
    const actual: Readonly<Record<string, readonly number[]>> = {
      gVaR95: gaussian.map((tail) => tail.valueAtRisk),
      mVaR95: operational.map((tail) => tail.valueAtRisk),
      hVaR95: assets.map((pnl) => historical({ pnl, confidence: 0.95, quantile: 7 }).valueAtRisk),
      gES95: gaussian.map((tail) => tail.expectedShortfall),
      mES95: operational.map((tail) => tail.expectedShortfall),
      mVaR99: high.map((tail) => tail.valueAtRisk),
      mES99operational: high.map((tail) => tail.expectedShortfall),
    };
    const full = golden.expected.fullPrecision as Fields;
    const published = golden.expected.publishedPA4dp as Fields;
    const weights = assets.map(() => 1 / assets.length);
    const { expectedShortfall } = decomposeModified(
      { memory },
      { returns: X.flat(), weights, confidence: 0.95, shortfall: "operational", divisor: "n-1" },
    );
    const parts = golden.expected.componentMES95_equalWeights as Fields;
    const name = "componentMES95_equalWeights";
    return [
      ...Object.entries(actual).flatMap(([field, values]) => [
        {
          field: `fullPrecision.${field}`,
          expected: full[field],
          actual: values,
          tolerance: tolerance.performanceAnalytics,
        },
        {
          field: `publishedPA4dp.${field}`,
          expected: published[field],
          actual: values,
          tolerance: () => tolerance.publishedReturns,
        },
      ]),
      { field: "fullPrecision.hES95", skipped: STRICT },
      { field: "publishedPA4dp.hES95", skipped: STRICT },
      {
        field: `${name}.total`,
        expected: parts.total,
        actual: expectedShortfall.total,
        tolerance: tolerance.performanceAnalytics,
      },
      {
        field: `${name}.component`,
        expected: parts.component,
        actual: expectedShortfall.component,
        tolerance: () => tolerance.modifiedDecomposition * largest(parts.component),
      },
      {
        field: `${name}.publishedTotal`,
        expected: parts.publishedTotal,
        actual: expectedShortfall.total,
        tolerance: () => tolerance.publishedReturns,
      },
      {
        field: `${name}.published`,
        expected: parts.published,
        actual: expectedShortfall.component,
        tolerance: () => tolerance.publishedReturns,
      },
    ];
  },
};
