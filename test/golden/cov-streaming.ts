import { type CovarianceStream, covarianceStream } from "../../src/numerics/index.js";
import { numericsOn } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, Comparison, Json } from "./comparison.js";
import { type Matrix, observations, rows } from "./cov.js";

interface Moments {
  readonly mean: readonly number[];
  readonly cov: Json;
}

/** What a stream has, beside what it should have. */
function compared(field: string, stream: CovarianceStream, expected: Moments): Comparison[] {
  const { mean, matrix } = stream.covariance();
  const s = expected.cov as unknown as Matrix;
  return [
    { field: `${field}.mean`, expected: expected.mean, actual: mean, tolerance: tolerance.goldenStreamMean },
    {
      field: `${field}.cov`,
      expected: expected.cov,
      actual: rows(matrix, s.length),
      tolerance: (_, [i = 0, j = 0]) => tolerance.goldenStream * Math.sqrt((s[i]?.[i] ?? 0) * (s[j]?.[j] ?? 0)),
    },
  ];
}

export const checks: Checks = {
  "cov/streaming": (memory, golden) => {
    numericsOn(memory);
    const x = observations(golden);
    const columns = x[0]?.length ?? 0;
    const window = golden.input?.window as number;
    const checkpoints = golden.expected.checkpoints as unknown as readonly (Moments & { readonly afterRows: number })[];
    const all = covarianceStream({ memory }, columns);
    const newest = covarianceStream({ memory }, columns, { window });
    const found: Comparison[] = [];
    const after: number[] = [];
    for (const row of x) {
      all.push(row);
      newest.push(row);
      const point = checkpoints.find(({ afterRows }) => afterRows === all.rows);
      if (point === undefined) continue;
      after.push(all.rows);
      found.push(...compared("checkpoints", all, point));
    }
    found.push(
      {
        field: "checkpoints",
        expected: checkpoints.map(({ afterRows }) => afterRows),
        actual: after,
        tolerance: tolerance.exact,
      },
      ...compared("rollingLast", newest, golden.expected.rollingLast as unknown as Moments),
    );
    all.dispose();
    newest.dispose();
    return found;
  },
};
