import { normal, studentT } from "../../src/distribution.js";
import { decomposeHistorical, decomposeParametric, type FactorShares } from "../../src/models/decomposition.js";
import { tolerance } from "../support/tolerance.js";
import type { Check, Checks, Comparison, GoldenCase, Json } from "./comparison.js";

type Numbers = readonly number[];
type Matrix = readonly Numbers[];
type Allowed = (expected: number, index: readonly number[]) => number;

function field<T>(golden: GoldenCase, name: string): T {
  const value = golden.input?.[name];
  if (value === undefined) throw new TypeError(`${golden.id}: no input.${name}`);
  return value as unknown as T;
}

/** What the file says of its hedged cases. */
const HEDGED = "the file asks for component sums and totals of hedged cases: cancellation is inherent";

/** Shares where the total is 0 are undefined: the files write NaN, the package null. */
function percent(shares: FactorShares): ArrayLike<number> {
  return shares.percent ?? shares.component.map(() => Number.NaN);
}

const parametric: Check = (memory, golden) => {
  const weights = field<Numbers>(golden, "weights");
  const covariance = field<Matrix>(golden, "cov");
  const nu = golden.input?.nu;
  const result = decomposeParametric(
    { memory },
    {
      weights,
      mean: field<Numbers>(golden, "mu"),
      covariance: covariance.flat(),
      confidence: field<number>(golden, "confidence"),
      distribution: typeof nu === "number" ? studentT({ degreesOfFreedom: nu }) : normal(),
    },
  );
  const gross = weights.reduce((sum, w, i) => sum + Math.abs(w) * Math.sqrt(covariance[i]?.[i] ?? 0), 0);
  const hedged = golden.id?.startsWith("hedged") === true;
  const compare = (name: string, actual: FactorShares): Comparison[] => {
    const expected = golden.expected[name] as { readonly [key: string]: Json };
    const allowed: Allowed = hedged ? () => tolerance.hedgedDecomposition * gross : tolerance.decomposition;
    const { total, marginal, component, percent: shares, incrementalRemove } = expected;
    const whole: Comparison[] = [
      { field: `${name}.total`, expected: total, actual: actual.total, tolerance: allowed },
      {
        field: `${name}.incrementalRemove`,
        expected: incrementalRemove,
        actual: actual.incremental,
        tolerance: allowed,
      },
    ];
    if (hedged) {
      const sum = (values: unknown) => Array.from(values as ArrayLike<number>).reduce((x, y) => x + y, 0);
      return [
        ...whole,
        { field: `${name}.component`, expected: sum(component), actual: sum(actual.component), tolerance: allowed },
        { field: `${name}.marginal`, skipped: HEDGED },
        { field: `${name}.percent`, skipped: HEDGED },
      ];
    }
    return [
      ...whole,
      { field: `${name}.marginal`, expected: marginal, actual: actual.marginal, tolerance: allowed },
      { field: `${name}.component`, expected: component, actual: actual.component, tolerance: allowed },
      { field: `${name}.percent`, expected: shares, actual: percent(actual), tolerance: allowed },
    ];
  };
  const { sigmaP } = golden.expected;
  const allowed: Allowed = hedged ? () => tolerance.hedgedDecomposition * gross : tolerance.decomposition;
  return [
    { field: "sigmaP", expected: sigmaP, actual: result.deviation, tolerance: allowed },
    ...compare("VaR", result.valueAtRisk),
    ...compare("ES", result.expectedShortfall),
  ];
};

const historical: Check = (memory, golden) => {
  const { valueAtRisk, expectedShortfall, tail } = decomposeHistorical(
    { memory },
    {
      returns: field<Matrix>(golden, "X").flat(),
      weights: field<Numbers>(golden, "weights"),
      confidence: field<number>(golden, "confidence"),
    },
  );
  const { VaR_step, ES_ru, componentES, componentVaR_scenario, scenarioIndex } = golden.expected;
  const largest = (parts: Json | undefined) => Math.max(...(parts as unknown as Numbers).map(Math.abs));
  const byEs: Allowed = () => tolerance.historicalDecomposition * largest(componentES);
  const byVar: Allowed = () => tolerance.historicalDecomposition * largest(componentVaR_scenario);
  return [
    { field: "VaR_step", expected: VaR_step, actual: valueAtRisk.total, tolerance: byVar },
    { field: "ES_ru", expected: ES_ru, actual: expectedShortfall.total, tolerance: byEs },
    { field: "componentES", expected: componentES, actual: expectedShortfall.component, tolerance: byEs },
    {
      field: "componentVaR_scenario",
      expected: componentVaR_scenario,
      actual: valueAtRisk.component,
      tolerance: byVar,
    },
    { field: "scenarioIndex", expected: scenarioIndex, actual: tail.at(-1), tolerance: () => 0 },
  ];
};

/** Euler decompositions, straight from the weights. */
export const checks: Checks = {
  "decomposition/euler_parametric": parametric,
  "decomposition/euler_historical": historical,
};
