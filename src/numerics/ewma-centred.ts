import { checkOptions, oneOf, withDefault } from "../checks.js";
import type { CovarianceEstimator } from "../covariance/estimator.js";
import { InsufficientDataError } from "../errors.js";
import { type DecayOptions, decayOf, decayReaders } from "./decay.js";
import { numericsKernel } from "./kernel.js";

/** What a weighted sum of products is divided by. */
export type WeightDivisor = "unbiased" | "weights";

/**
 * Exponentially weighted covariance about the weighted mean, newest row last; with w = decay^age:
 *
 *   mean = Σ w x / Σ w,   S = Σ w (x − mean)(x − mean)' / Σ w · (Σ w)² / ((Σ w)² − Σ w²)
 *
 * The estimate says the weighted means and `effectiveRows`, (Σ w)² / Σ w².
 *
 * @param options.decay, options.halfLife   as of `ewma`; default a decay of 0.97
 * @param options.divisor   `unbiased` (default): pandas' `ewm(adjust=True).cov()`; `weights`: without the last factor, its
 *                          `bias=True`
 * @throws InvalidInputError       an option that is unknown or out of range, or both `decay` and `halfLife`
 * @throws InsufficientDataError   when used: fewer than two rows that weigh anything, with `unbiased`
 * Cost: that of `ewma`.
 * @see METHODS.md#ewmacentred
 */
export function ewmaCentred(options?: DecayOptions & { readonly divisor?: WeightDivisor }): CovarianceEstimator {
  const { decay, halfLife, divisor } = checkOptions(options, "ewmaCentred", {
    ...decayReaders,
    divisor: withDefault<WeightDivisor, WeightDivisor>("unbiased", oneOf(["unbiased", "weights"])),
  });
  const given = decayOf("ewmaCentred", decay, halfLife);
  const unbiased = divisor === "unbiased";
  const key = `ewmaCentred(${given.key},divisor=${divisor})`;
  return {
    name: "ewmaCentred",
    key,
    minimumRows: unbiased ? 2 : 1,
    equivariant: true,
    estimate(memory, { at, rows, columns }, out) {
      const { kernel } = memory;
      const numerics = numericsKernel(memory);
      const weight = memory.reserveF64(rows);
      const mean = memory.reserveF64(columns);
      const shift = memory.reserveF64(2 * columns);
      const sums = memory.reserveF64(3);
      const scratch = memory.reserve(kernel.syrkScratch(columns, true));
      const used = numerics.ewmaCentre(columns, rows, at, given.of(memory), weight, mean, shift, sums);
      const [total = 0, squares = 0, pairs = 0] = memory.f64(sums, 3);
      if (unbiased && !(pairs > 0))
        throw new InsufficientDataError("rows", 2, used, `rows that weigh anything for ${key}`);
      const skip = 8 * (rows - used);
      const by = unbiased ? pairs / total : total;
      kernel.syrk(columns, used, at + skip, rows, shift, weight + skip, by, out, scratch);
      return {
        mean: memory.f64(mean, columns).slice(),
        shrinkage: null,
        meanCorrelation: null,
        effectiveRows: (total * total) / squares,
      };
    },
  };
}
