import { at, checkOptions, finiteNumber, oneOf, type Place, spell, withDefault } from "../checks.js";
import { type TailPair, tailOf } from "../distribution.js";
import { InvalidInputError, NotPositiveDefiniteError } from "../errors.js";
import type { Memory, Owner } from "../memory.js";
import { numbers } from "../models/decomposition.js";
import { tails } from "../stats.js";
import { cornishFisherTail } from "./modified.js";
import { numericsKernel } from "./kernel.js";
import { confidence, list } from "./observations.js";

/**
 * How the tail of the quadratic form is found: by inversion of its moment generating function (`exact`), by Lugannani and Rice's
 * approximation (`saddlepoint`), by four moments (`cornishFisher`) or by two (`normal`). Only `exact` keeps the ES at or above the VaR
 * for certain: where Y has an end near its quantile, as of one factor, that of `saddlepoint` may come out below.
 */
export type DeltaGammaMethod = "exact" | "saddlepoint" | "cornishFisher" | "normal";

export interface DeltaGammaOptions {
  /** P&L that does not depend on the moves, e.g. of time; default 0 */
  readonly theta?: number;
  /** f64[n]: money per unit move of each factor */
  readonly delta: ArrayLike<number>;
  /** f64[n * n], symmetric, row-major: change of each delta per unit move of each factor */
  readonly gamma: ArrayLike<number>;
  /** f64[n * n], symmetric, positive semidefinite: covariance of the moves, which are normal with mean 0 */
  readonly covariance: ArrayLike<number>;
  readonly confidence: number;
  /** default `exact` */
  readonly method?: DeltaGammaMethod;
}

export interface DeltaGammaTail extends TailPair {
  /** cumulants of the P&L, the first four */
  readonly mean: number;
  readonly variance: number;
  readonly thirdCumulant: number;
  readonly fourthCumulant: number;
  /** k3/k2^1.5 and k4/k2²; 0 without variance */
  readonly skewness: number;
  readonly excessKurtosis: number;
  /**
   * `exact`: how far the probability of the VaR is from α, relative, at twice as many nodes; null for the other methods, which
   * are approximations
   */
  readonly error: number | null;
  /** whether Cornish and Fisher's expansion falls nowhere at these moments, whatever the method */
  readonly monotone: boolean;
}

const METHODS = ["exact", "saddlepoint", "cornishFisher", "normal"] as const;

/**
 * VaR and ES of a P&L of second order in normal moves,  Y = θ + δ′x + ½ x′Γx, x ~ N(0, Σ):
 *
 *   L L′ = Σ,   L′ΓL = U Λ U′,   b = U′L′δ,   Y = θ + Σ (b_j z_j + ½ λ_j z_j²)
 *
 * A Σ that is singular is taken as it is; an eigenvalue of it below 0 by no more than rounding is 0.
 *
 * @throws InvalidInputError          lengths that do not fit, a number that is not finite, a matrix that is not symmetric, an
 *                                    option that is unknown; a form whose cumulants are beyond f64, or whose tail `saddlepoint` does
 *                                    not reach
 * @throws NotPositiveDefiniteError   Σ has a negative eigenvalue, by its position among the ascending ones
 * Cost: O(n³), and for `exact` some ten inversions of 100 nodes, 10 ns a node and component.
 * @see METHODS.md#deltagamma
 */
export function deltaGammaTail(engine: Owner, options: DeltaGammaOptions): DeltaGammaTail {
  const place = "deltaGammaTail";
  const { delta, gamma, covariance, theta, method, ...read } = checkOptions(options, place, {
    delta: list,
    gamma: list,
    covariance: list,
    theta: withDefault(0, (value, where) => finiteNumber(value, where)),
    confidence,
    method: withDefault<DeltaGammaMethod, DeltaGammaMethod>("exact", oneOf(METHODS)),
  });
  const alpha = tailOf(read.confidence, at(place, "confidence"));
  const d = numbers(delta, spell(at(place, "delta")), null);
  const n = d.length;
  const g = symmetric(gamma, at(place, "gamma"), n);
  const sigma = symmetric(covariance, at(place, "covariance"), n);
  const { memory } = engine;
  return memory.scope(() => {
    const form = memory.reserveF64(2 * n + 1);
    const out = memory.reserveF64(4);
    // In a unit of the form's own size, a power of two, so that its fourth powers are within f64.
    const unit = intoAxes(memory, theta, d, g, sigma, form);
    const kernel = numericsKernel(memory);
    kernel.quadraticCumulants(n, form, out);
    const [mean = 0, variance = 0, third = 0, fourth = 0] = memory.f64(out, 4);
    const reported = {
      mean: mean * unit,
      variance: variance * unit * unit,
      thirdCumulant: third * unit * unit * unit,
      fourthCumulant: fourth * unit * unit * (unit * unit),
    };
    if (!Object.values(reported).every(Number.isFinite)) {
      throw new InvalidInputError(place, "a form whose cumulants are within f64", reported.fourthCumulant);
    }
    const deviation = Math.sqrt(variance);
    const skewness = deviation > 0 ? third / (variance * deviation) : 0;
    const excessKurtosis = deviation > 0 ? fourth / (variance * variance) : 0;
    const moments = { mean, deviation, skewness, excessKurtosis, confidence: read.confidence };
    const expanded = cornishFisherTail(engine, moments);
    const tail = (): TailPair & { readonly error: number | null } => {
      if (deviation === 0)
        return { valueAtRisk: 0 - mean, expectedShortfall: 0 - mean, error: method === "exact" ? 0 : null };
      if (method === "normal") {
        return { ...tails(engine).normal({ mean, deviation, confidence: read.confidence }), error: null };
      }
      if (method === "cornishFisher") {
        return { valueAtRisk: expanded.valueAtRisk, expectedShortfall: expanded.expectedShortfall, error: null };
      }
      const found =
        method === "exact"
          ? kernel.quadraticTail(n, form, alpha, memory.reserve(kernel.quadraticScratch(n)), out)
          : kernel.quadraticSaddle(n, form, alpha, out);
      if (found === 0) {
        throw new InvalidInputError(place, "a form whose tail is found", `one for which ${method} does not end`);
      }
      const [valueAtRisk = 0, expectedShortfall = 0, error = 0] = memory.f64(out, 3);
      // Beside a mean of more than 1e15 deviations nothing is left of them.
      if (![valueAtRisk, expectedShortfall, error].every(Number.isFinite)) {
        throw new InvalidInputError(place, "a form whose mean leaves digits to its deviation", mean * unit);
      }
      return { valueAtRisk, expectedShortfall, error: method === "exact" ? error : null };
    };
    const { valueAtRisk, expectedShortfall, error } = tail();
    return {
      valueAtRisk: valueAtRisk * unit,
      expectedShortfall: expectedShortfall * unit,
      ...reported,
      skewness,
      excessKurtosis,
      error,
      monotone: expanded.monotone,
    };
  });
}

/** A symmetric matrix of finite numbers. */
function symmetric(values: ArrayLike<number>, place: Place, n: number): Float64Array {
  const matrix = numbers(values, spell(place), n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const [below, above] = [matrix[i * n + j] ?? 0, matrix[j * n + i] ?? 0];
      if (below !== above) throw new InvalidInputError(spell(at(place, i * n + j)), `${above}, as opposite`, below);
    }
  }
  return matrix;
}

/**
 * Write θ, b and λ of the form in its own axes to `form`, in a unit that makes the greatest of b and λ a number from 1 to 2; what
 * is within n ε of that is rounding, and 0. Returns the unit, a power of two.
 */
function intoAxes(
  memory: Memory,
  theta: number,
  delta: Float64Array,
  gamma: Float64Array,
  covariance: Float64Array,
  form: number,
): number {
  const kernel = numericsKernel(memory);
  const { dot, transpose, firstNonFinite } = memory.kernel;
  const n = delta.length;
  const row = (matrix: number, i: number) => matrix + 8 * n * i;
  const [d, g] = [memory.copy(delta), memory.copy(gamma)];
  const matrix = memory.copy(covariance);
  const [values, vectors, root] = [memory.reserveF64(n), memory.reserveF64(n * n), memory.reserveF64(n * n)];
  const scratch = memory.reserve(kernel.eigenScratch(n));
  const decompose = (what: string): void => {
    if (firstNonFinite(matrix, n * n) !== 0 || kernel.eigenSymmetric(n, matrix, values, vectors, scratch) === 0) {
      throw new InvalidInputError(`deltaGammaTail.${what}`, "of eigenvalues within f64", "a matrix beyond them");
    }
  };
  decompose("covariance");
  transpose(n, n, vectors, root);
  const found = memory.f64(values, n);
  const most = Math.max(Math.abs(found[0] ?? 0), found[n - 1] ?? 0);
  for (let k = 0; k < n; k++) {
    const value = found[k] ?? 0;
    if (value < -n * ROUNDING * most) throw new NotPositiveDefiniteError(k, value, "Repair it with clipEigenvalues");
    const scale = Math.sqrt(Math.max(0, value));
    const axis = memory.f64(row(root, k), n);
    for (let i = 0; i < n; i++) axis[i] = scale * (axis[i] ?? 0);
  }
  // L′ΓL row by row, by way of a row of L′Γ; and L′δ.
  const [middle, tilt] = [memory.reserveF64(n), memory.reserveF64(n)];
  const [product, turned, line] = [memory.f64(matrix, n * n), memory.f64(tilt, n), memory.f64(middle, n)];
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < n; j++) line[j] = dot(row(root, k), row(g, j), n);
    for (let m = 0; m < n; m++) product[k * n + m] = dot(middle, row(root, m), n);
    turned[k] = dot(row(root, k), d, n);
  }
  decompose("gamma");
  transpose(n, n, vectors, root);
  const out = memory.f64(form, 2 * n + 1);
  out[0] = theta;
  for (let j = 0; j < n; j++) {
    out[1 + j] = dot(row(root, j), tilt, n);
    out[1 + n + j] = found[j] ?? 0;
  }
  const parts = out.subarray(1);
  const largest = parts.reduce((size, x) => Math.max(size, Math.abs(x)), 0);
  let scale = 1;
  while (largest * scale >= 2) scale /= 2;
  while (largest > 0 && largest * scale < 1 && scale < LARGEST_SCALE) scale *= 2;
  const least = n * ROUNDING * largest;
  for (let i = 0; i < out.length; i++) {
    const value = out[i] ?? 0;
    out[i] = i > 0 && Math.abs(value) <= least ? 0 : value * scale;
  }
  return 1 / scale;
}

/** Its inverse is a number that is not subnormal. */
const LARGEST_SCALE = 2 ** 1000;
/** Twice the unit of rounding. */
const ROUNDING = 2 ** -51;
