import { checkOptions, finiteNumber, invalid, oneOf, withDefault } from "../checks.js";
import type { CovarianceEstimator } from "./estimator.js";

/** Which weights: see `ewma`. */
export type EwmaForm = "normalised" | "recursive";

const DEFAULT_DECAY = 0.97;

/**
 * Exponentially weighted covariance about zero; a row's weight is `decay` to the power of its age.
 *
 * `normalised` divides by the sum of the weights. `recursive` is the recursion S ← decay·S + (1 − decay)·x·x' seeded with
 * the first row's product, whose weight therefore stays 1/(1 − decay) times what its age would give it.
 *
 * @param options.decay      weight ratio from one row to the next newer one, 0 < decay < 1; default 0.97
 * @param options.halfLife   rows after which a weight has halved, instead of `decay` = 2^(−1/halfLife); > 0
 * @param options.form       default `normalised`
 * @throws InvalidInputError   an option that is unknown or out of range, or both `decay` and `halfLife`
 * @see METHODS.md#exponentially-weighted-covariance
 */
export function ewma(options?: {
  readonly decay?: number;
  readonly halfLife?: number;
  readonly form?: EwmaForm;
}): CovarianceEstimator {
  const checked = checkOptions(options, "ewma", {
    decay: withDefault(null, (value, place) => finiteNumber(value, place, { above: 0, below: 1 })),
    halfLife: withDefault(null, (value, place) => finiteNumber(value, place, { above: 0 })),
    form: withDefault<EwmaForm, EwmaForm>("normalised", oneOf(["normalised", "recursive"])),
  });
  const { form, halfLife } = checked;
  if (checked.decay !== null && halfLife !== null) {
    throw invalid("ewma.halfLife", "absent where decay is given", halfLife, "They are two ways to say the same");
  }
  const given = checked.decay ?? (halfLife === null ? DEFAULT_DECAY : null);
  return {
    name: "ewma",
    key: `ewma(${given === null ? `halfLife=${halfLife}` : `decay=${given}`},form=${form})`,
    minimumRows: 1,
    equivariant: true,
    estimate(memory, { at, rows, columns }, out) {
      const decay = given ?? memory.kernel.exponential(-Math.LN2 / Number(halfLife));
      const scratch = memory.reserve(memory.kernel.ewmaScratch(columns, rows));
      memory.kernel.ewmaCovariance(columns, rows, at, decay, form === "recursive" ? 1 : 0, out, scratch);
      return { mean: null, shrinkage: null, meanCorrelation: null };
    },
  };
}
