import { checkOptions, oneOf, withDefault } from "../checks.js";
import type { CovarianceEstimator } from "./estimator.js";

export type ShrinkageTarget = "identity" | "constantCorrelation";
export type ShrinkageDivisor = "n" | "n-1";

/**
 * Sample covariance shrunk towards a target, with the intensity of Ledoit and Wolf; positive definite also with more
 * columns than rows, unless the intensity comes out as 0.
 *
 * @param options.target    `identity` (default): the mean variance on the diagonal, 0 elsewhere; `constantCorrelation`: the
 *                          own variances and everywhere the mean correlation
 * @param options.divisor   what sums over rows are divided by. `n` (default for `identity`) is scikit-learn's LedoitWolf,
 *                          `n-1` (default for `constantCorrelation`) the authors' code since 2020
 * @throws InvalidInputError   an option that is unknown or not one of these
 * @see METHODS.md#ledoit-wolf-shrinkage
 */
export function ledoitWolf(options?: {
  readonly target?: ShrinkageTarget;
  readonly divisor?: ShrinkageDivisor;
}): CovarianceEstimator {
  const checked = checkOptions(options, "ledoitWolf", {
    target: withDefault<ShrinkageTarget, ShrinkageTarget>("identity", oneOf(["identity", "constantCorrelation"])),
    divisor: withDefault(null, oneOf<ShrinkageDivisor>(["n", "n-1"])),
  });
  const { target } = checked;
  const divisor = checked.divisor ?? (target === "identity" ? "n" : "n-1");
  return {
    name: "ledoitWolf",
    key: `ledoitWolf(target=${target},divisor=${divisor})`,
    minimumRows: 2,
    estimate(memory, { at, rows, columns }, out) {
      const { kernel } = memory;
      const mean = memory.reserveF64(columns);
      const result = memory.reserveF64(2);
      const scratch = memory.reserve(kernel.ledoitWolfScratch(columns, rows));
      const constant = target === "constantCorrelation";
      const divide = divisor === "n" ? rows : rows - 1;
      kernel.ledoitWolf(columns, rows, at, constant ? 1 : 0, divide, mean, out, result, scratch);
      const [shrinkage = 0, correlation = 0] = memory.f64(result, 2);
      return {
        mean: memory.f64(mean, columns).slice(),
        shrinkage,
        meanCorrelation: constant ? correlation : null,
      };
    },
  };
}
