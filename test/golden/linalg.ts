import { choleskyFactor } from "../../src/covariance/factor.js";
import { NotPositiveDefiniteError } from "../../src/errors.js";
import { cholesky, clipEigenvalues, eigenSymmetric } from "../../src/numerics/index.js";
import { numericsOn } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, Comparison } from "./comparison.js";

type Matrix = readonly (readonly number[])[];

/** Whether the product of a lower factor with its transpose is the matrix, within the tolerance that the file states. */
function backward(a: Matrix, l: Matrix): boolean {
  const n = a.length;
  // Relative to the deviations, since the squares of 1e300 overflow.
  const unit = a.map((row, i) => Math.sqrt(row[i] ?? 0));
  let error = 0;
  let norm = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const product = (l[i] ?? []).reduce(
        (sum, value, k) => sum + (value / (unit[i] ?? 0)) * ((l[j]?.[k] ?? 0) / (unit[j] ?? 0)),
        0,
      );
      const given = (a[i]?.[j] ?? 0) / (unit[i] ?? 0) / (unit[j] ?? 0);
      error += (product - given) ** 2;
      norm += given ** 2;
    }
  }
  return Math.sqrt(error) <= tolerance.goldenBackward(n, Math.sqrt(norm));
}

export const checks: Checks = {
  "linalg/eigen_symmetric": (memory, golden) => {
    numericsOn(memory);
    const a = golden.input?.A as unknown as Matrix;
    const n = a.length;
    const found = eigenSymmetric({ memory }, n, Float64Array.from(a.flat()));
    const expected = golden.expected.values as readonly number[];
    const norm = Math.max(...expected.map(Math.abs));
    const gaps = expected.slice(1).map((value, i) => (value - (expected[i] ?? 0)) / norm);
    const given = golden.expected.vectors !== undefined;
    const vectors = {
      field: "vectors",
      expected: golden.expected.vectors,
      actual: a.map((_, i) => Array.from(found.vectors.subarray(i * n, (i + 1) * n))),
      tolerance: () => tolerance.goldenEigenvector(n, Math.min(1, ...gaps)),
    };
    return [
      {
        field: "values",
        expected: golden.expected.values,
        actual: found.values,
        tolerance: () => tolerance.goldenEigenvalue(n, norm),
      },
      ...(given ? [vectors] : []),
    ];
  },

  "linalg/eigen_clip": (memory, golden) => {
    numericsOn(memory);
    const c = golden.input?.C as unknown as Matrix;
    const n = c.length;
    const floor = golden.input?.floor as number;
    const found = clipEigenvalues({ memory }, n, Float64Array.from(c.flat()), { floor });
    const rows = (flat: Float64Array) => c.map((_, i) => Array.from(flat.subarray(i * n, (i + 1) * n)));
    const { clipped, correlation, numNegative } = golden.expected;
    const allowed = () => tolerance.goldenClip;
    return [
      { field: "clipped", expected: clipped, actual: rows(found.matrix), tolerance: allowed },
      { field: "correlation", expected: correlation, actual: rows(found.correlation), tolerance: allowed },
      ...(floor === 0
        ? [{ field: "numNegative", expected: numNegative, actual: found.raised, tolerance: () => 0 }]
        : [{ field: "numNegative", skipped: "we count those below the floor, which is not 0 here" }]),
    ];
  },

  // By the factor of the core and by that of numerics, one beside the other.
  "linalg/cholesky": (memory, golden) => {
    numericsOn(memory);
    const a = golden.input?.A as unknown as Matrix;
    const n = a.length;
    const { ok, L, logdet, failPivot } = golden.expected;
    const found = [choleskyFactor, cholesky].map((factor) => {
      try {
        const { lower, logDeterminant } = factor({ memory }, n, Float64Array.from(a.flat()));
        const rows = a.map((_, i) => Array.from(lower.subarray(i * n, (i + 1) * n)));
        return { ok: backward(a, rows), rows, logDeterminant, pivot: -1 };
      } catch (error) {
        if (!(error instanceof NotPositiveDefiniteError)) throw error;
        return { ok: false, rows: null, logDeterminant: Number.NaN, pivot: error.pivot };
      }
    });
    const compared = (
      field: string,
      expected: unknown,
      key: "ok" | "rows" | "logDeterminant" | "pivot",
      allowed: (expected: number) => number,
    ): Comparison => ({
      field,
      expected: [expected, expected],
      actual: found.map((one) => one[key]),
      tolerance: allowed,
    });
    const exact = () => 0;
    if (ok !== true) {
      return [
        compared("ok", ok, "ok", exact),
        compared("failPivot", failPivot, "pivot", exact),
        { field: "pivotValue", skipped: "the file states no tolerance; what rounding leaves of 0 is not 0" },
      ];
    }
    const largest = Math.max(...(L as unknown as Matrix).flat());
    // Graded matrices, whose condition number says nothing of the factor, have none stated.
    const condition = typeof golden.cond2 === "number" ? golden.cond2 : Number.POSITIVE_INFINITY;
    const forward = tolerance.goldenFactor(n, condition, largest);
    return [
      compared("ok", ok, "ok", exact),
      forward === null
        ? { field: "L", skipped: "the matrix is too ill-conditioned for a forward check, as the file says" }
        : compared("L", L, "rows", () => forward),
      condition === Number.POSITIVE_INFINITY
        ? { field: "logdet", skipped: "the file states no condition number to measure it by" }
        : compared("logdet", logdet, "logDeterminant", tolerance.goldenDeterminant(n, condition)),
    ];
  },
};
