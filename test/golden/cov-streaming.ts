import { type CovarianceStream, covarianceStream } from "../../src/numerics/index.js";
import { numericsOn } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, Json } from "./comparison.js";
import { observations, relative, rows } from "./cov.js";

interface Moments {
  readonly mean: Json;
  readonly cov: Json;
}

/** What a stream has, as the file writes it. */
function momentsOf(stream: CovarianceStream) {
  const { mean, matrix } = stream.covariance();
  return { mean, cov: rows(matrix, stream.columns) };
}

export const checks: Checks = {
  "cov/streaming": (memory, golden) => {
    numericsOn(memory);
    const x = observations(golden);
    const columns = x[0]?.length ?? 0;
    const window = golden.input?.window as number;
    const checkpoints = golden.expected.checkpoints as unknown as readonly (Moments & { readonly afterRows: number })[];
    const rollingLast = golden.expected.rollingLast as unknown as Moments;
    const all = covarianceStream({ memory }, columns);
    const newest = covarianceStream({ memory }, columns, { window });
    const found: unknown[] = [];
    for (const row of x) {
      all.push(row);
      newest.push(row);
      if (checkpoints.some(({ afterRows }) => afterRows === all.rows)) {
        found.push({ afterRows: all.rows, ...momentsOf(all) });
      }
    }
    const last = momentsOf(newest);
    all.dispose();
    newest.dispose();
    return [
      {
        field: "checkpoints",
        expected: checkpoints,
        actual: found,
        // Of a checkpoint its rows, a mean or an element of its covariance, by how deep it stands.
        tolerance: (expected, [k = 0, ...index]) => {
          if (index.length === 0) return tolerance.exact();
          if (index.length === 1) return tolerance.goldenStreamMean(expected);
          return relative(checkpoints[k]?.cov, tolerance.goldenStream)(expected, index);
        },
      },
      {
        field: "rollingLast.mean",
        expected: rollingLast.mean,
        actual: last.mean,
        tolerance: tolerance.goldenStreamMean,
      },
      {
        field: "rollingLast.cov",
        expected: rollingLast.cov,
        actual: last.cov,
        tolerance: relative(rollingLast.cov, tolerance.goldenStream),
      },
    ];
  },
};
