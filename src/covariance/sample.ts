import { checkOptions, finiteNumber, withDefault } from "../checks.js";
import type { CovarianceEstimator } from "./estimator.js";

/**
 * Sample covariance about the mean, divided by rows − ddof.
 *
 * @param options.ddof   0: maximum likelihood; 1 (default): unbiased
 * @throws InvalidInputError   an option that is unknown or out of range
 * @see METHODS.md#sample-covariance
 */
export function sample(options?: { readonly ddof?: 0 | 1 }): CovarianceEstimator {
  const { ddof } = checkOptions(options, "sample", {
    ddof: withDefault(1, (value, place) => finiteNumber(value, place, { min: 0, max: 1, whole: true })),
  });
  return {
    name: "sample",
    key: `sample(ddof=${ddof})`,
    minimumRows: ddof + 1,
    equivariant: true,
    estimate(memory, { at, rows, columns }, out) {
      const mean = memory.reserveF64(columns);
      const scratch = memory.reserve(memory.kernel.sampleScratch(columns));
      memory.kernel.sampleCovariance(columns, rows, at, rows - ddof, mean, out, scratch);
      return { mean: memory.f64(mean, columns).slice(), shrinkage: null, meanCorrelation: null };
    },
  };
}
