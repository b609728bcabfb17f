import type { Memory } from "../../src/memory.js";
import {
  covariancePresent,
  ewmaPresent,
  hayashiYoshida,
  pairwise,
  type PresentEstimator,
} from "../../src/numerics/index.js";
import { numericsOn } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, Comparison, GoldenCase, Json } from "./comparison.js";
import { type Matrix, rows } from "./cov.js";

/** A matrix as the file writes it: what does not exist is NaN there, and here 0 with its pair named. */
function present(memory: Memory, golden: GoldenCase, estimator: PresentEstimator) {
  const x = golden.input?.X as unknown as readonly (readonly (number | null)[])[];
  const columns = x[0]?.length ?? 0;
  const values = Float64Array.from(x.flat(), (value) => value ?? Number.NaN);
  const found = covariancePresent({ memory }, { rows: x.length, columns, values }, estimator);
  const none = new Set(found.lacking.flatMap(([i, j]) => [i * columns + j, j * columns + i]));
  const matrix = found.matrix.map((value, k) => (none.has(k) ? Number.NaN : value));
  return { ...found, matrix: rows(matrix, columns), counts: rows(found.counts, columns) };
}

/** Relative to the deviations of the expected matrix; of a column without any, which has NaN, nothing is asked. */
function relative(expected: Json | undefined) {
  const s = expected as unknown as Matrix;
  return (_: number, [i = 0, j = 0]: readonly number[]) =>
    tolerance.goldenMissing * Math.sqrt((s[i]?.[i] ?? 0) * (s[j]?.[j] ?? 0));
}

export const checks: Checks = {
  "cov/missing": (memory, golden) => {
    numericsOn(memory);
    const decay = golden.input?.lambda as number;
    const complete = present(memory, golden, pairwise({ lacking: "zero" }));
    const { pairwiseUnbiased, pairCounts, listwiseN, ewmaCalendarDecay, ewmaSkipDecay } = golden.expected;
    const matrix = (field: string, expected: Json | undefined, actual: Matrix): Comparison => ({
      field,
      expected,
      actual,
      tolerance: relative(expected),
    });
    return [
      matrix("pairwiseUnbiased", pairwiseUnbiased, complete.matrix),
      { field: "pairCounts", expected: pairCounts, actual: complete.counts, tolerance: tolerance.exact },
      { field: "listwiseN", expected: listwiseN, actual: complete.completeRows, tolerance: tolerance.exact },
      matrix(
        "ewmaCalendarDecay",
        ewmaCalendarDecay,
        present(memory, golden, ewmaPresent({ decay, lacking: "zero" })).matrix,
      ),
      matrix(
        "ewmaSkipDecay",
        ewmaSkipDecay,
        present(memory, golden, ewmaPresent({ decay, ages: "skip", lacking: "zero" })).matrix,
      ),
    ];
  },

  "cov/hayashi_yoshida": (memory, golden) => {
    numericsOn(memory);
    const { timesA, logA, timesB, logB } = golden.input as unknown as Record<string, readonly number[]>;
    const found = hayashiYoshida({ memory }, [
      { times: timesA ?? [], values: logA ?? [] },
      { times: timesB ?? [], values: logB ?? [] },
    ]);
    const { hy, rvA, rvB, hyCorr, overlapPairs } = golden.expected;
    const compare = (field: string, expected: Json | undefined, actual: number | undefined): Comparison => ({
      field,
      expected,
      actual,
      tolerance: tolerance.goldenAsynchronous,
    });
    return [
      compare("hy", hy, found.matrix[1]),
      compare("rvA", rvA, found.matrix[0]),
      compare("rvB", rvB, found.matrix[3]),
      compare("hyCorr", hyCorr, found.correlation[1]),
      { field: "overlapPairs", expected: overlapPairs, actual: found.counts[1], tolerance: tolerance.exact },
    ];
  },
};
