import { checkOptions, oneOf, withDefault } from "../checks.js";
import type { CovarianceEstimator, Observations } from "../covariance/estimator.js";
import type { ShrinkageDivisor } from "../covariance/ledoit-wolf.js";
import type { Memory } from "../memory.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { numericsKernel } from "./kernel.js";
import { refuseScale } from "./scale.js";

/** Largest variance whose square is within f64 with room for sums, and whose fourth power is. */
const SQUARES = 1e140;
const FOURTHS = 1e70;

/** The sample covariance in `out`, shrunk there by `shrink`, which gives the weight of the target. */
function shrunk(
  memory: Memory,
  x: Observations,
  out: number,
  divisor: number,
  most: number,
  shrink: (kernel: NumericsKernel, shift: number) => number,
) {
  const { kernel } = memory;
  const { at, rows, columns } = x;
  const numerics = numericsKernel(memory);
  const mean = memory.reserveF64(columns);
  // It begins with the means as two numbers each, which is what columns are centred by.
  const shift = memory.reserve(kernel.sampleScratch(columns));
  kernel.sampleCovariance(columns, rows, at, divisor, mean, out, shift);
  refuseScale(memory, x, out, most);
  const shrinkage = shrink(numerics, shift);
  return { mean: memory.f64(mean, columns).slice(), shrinkage, meanCorrelation: null };
}

/** How `oas` computes its intensity. */
export type OasForm = "sklearn" | "chen2010";

/**
 * Oracle approximating shrinkage: the sample covariance (divisor n) shrunk towards its mean variance on the diagonal, with an
 * intensity made of S alone, for normal observations. Positive definite where S is not 0.
 *
 * @param options.form   `sklearn` (default): scikit-learn's OAS, which leaves out the terms in 2/p of the paper; `chen2010`: as
 *                       published, equation 23
 * @throws InvalidInputError   an option that is unknown or not one of these
 * Cost: the sample covariance, and O(columns²).
 * @see METHODS.md#oas
 */
export function oas(options?: { readonly form?: OasForm }): CovarianceEstimator {
  const { form } = checkOptions(options, "oas", {
    form: withDefault<OasForm, OasForm>("sklearn", oneOf(["sklearn", "chen2010"])),
  });
  return oracle("oas", `oas(form=${form})`, form === "sklearn" ? 0 : 1);
}

/**
 * The Rao-Blackwell Ledoit-Wolf estimator: as `oas`, with the intensity of equation 17 of the same paper.
 *
 * @see METHODS.md#oas
 */
export function rblw(): CovarianceEstimator {
  return oracle("rblw", "rblw()", 2);
}

function oracle(name: string, key: string, form: number): CovarianceEstimator {
  return {
    name,
    key,
    minimumRows: 2,
    estimate: (memory, x, out) =>
      shrunk(memory, x, out, x.rows, SQUARES, (kernel) => kernel.shrinkOracle(x.columns, x.rows, form, out)),
  };
}

/** A Ledoit-Wolf estimator: what its target and intensity need beside S is `scratch` bytes, and what `shrink` does. */
function ledoitWolfTowards(
  name: string,
  options: { readonly divisor?: ShrinkageDivisor } | undefined,
  /** largest variance of which the powers that it takes are within f64 */
  most: number,
  scratchOf: (kernel: NumericsKernel, x: Observations) => number,
  shrink: (
    kernel: NumericsKernel,
    x: Observations,
    shift: number,
    divisor: number,
    out: number,
    scratch: number,
  ) => number,
): CovarianceEstimator {
  const { divisor } = checkOptions(options, name, {
    divisor: withDefault<ShrinkageDivisor, ShrinkageDivisor>("n-1", oneOf(["n", "n-1"])),
  });
  return {
    name,
    key: `${name}(divisor=${divisor})`,
    minimumRows: 2,
    estimate(memory, x, out) {
      const divide = divisor === "n" ? x.rows : x.rows - 1;
      const scratch = memory.reserve(scratchOf(numericsKernel(memory), x));
      return shrunk(memory, x, out, divide, most, (kernel, shift) => shrink(kernel, x, shift, divide, out, scratch));
    },
  };
}

/**
 * Ledoit-Wolf shrinkage towards the diagonal of the sample covariance: variances stay, covariances are scaled down alike.
 *
 * @param options.divisor  `n-1` (default), as the authors' covDiag, or `n`
 * @throws InvalidInputError   an option that is unknown or not one of these
 * Cost: the sample covariance, and O(columns × rows).
 * @see METHODS.md#ledoitwolfdiagonal
 */
export function ledoitWolfDiagonal(options?: { readonly divisor?: ShrinkageDivisor }): CovarianceEstimator {
  return ledoitWolfTowards(
    "ledoitWolfDiagonal",
    options,
    SQUARES,
    (_, { rows }) => 8 * rows,
    (kernel, { at, rows, columns }, shift, divisor, out, scratch) =>
      kernel.shrinkDiagonal(columns, rows, at, shift, divisor, out, scratch),
  );
}

/**
 * Ledoit-Wolf shrinkage towards a single-factor model whose factor is the mean of the columns, as for assets that share a
 * market: variances stay, a covariance goes towards beta × beta × variance of the factor.
 *
 * @param options.divisor  `n-1` (default), as the authors' covMarket, or `n`
 * @throws InvalidInputError   an option that is unknown or not one of these
 * Cost: the sample covariance, and O(columns × rows).
 * @see METHODS.md#ledoitwolfsinglefactor
 */
export function ledoitWolfSingleFactor(options?: { readonly divisor?: ShrinkageDivisor }): CovarianceEstimator {
  return ledoitWolfTowards(
    "ledoitWolfSingleFactor",
    options,
    FOURTHS,
    (kernel, { rows, columns }) => kernel.singleFactorScratch(columns, rows),
    (kernel, { at, rows, columns }, shift, divisor, out, scratch) =>
      kernel.shrinkSingleFactor(columns, rows, at, shift, divisor, out, scratch),
  );
}
