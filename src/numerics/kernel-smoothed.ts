import { at, checkOptions, finiteNumber, invalid, type Place, withDefault } from "../checks.js";
import { type TailPair, tailOf } from "../distribution.js";
import type { Owner } from "../memory.js";
import { numericsKernel } from "./kernel.js";
import { type Measure, measured } from "./measure.js";
import { confidence, list, type Observations, observations } from "./observations.js";
import {
  type ScenarioModel,
  type ScenarioOptions,
  type ScenarioResult,
  scenarioModel,
  scenarioReaders,
} from "./scenario-model.js";
import { decomposed, type ScenarioDecompositionInput, type ScenarioShares } from "./scenario-shares.js";

export interface KernelSmoothedTailOptions {
  /** gains positive, in any order */
  readonly pnl: Observations;
  readonly confidence: number;
  /** deviation of the kernel in the unit of the P&L, ≥ 0; 0 does not smooth. Default null: Silverman's rule */
  readonly bandwidth?: number | null;
}

export interface KernelSmoothedTail extends TailPair {
  /** what the sample was smoothed by; 0: not at all */
  readonly bandwidth: number;
}

/**
 * VaR and ES of a sample smoothed by a normal kernel: the tail of the density whose every observation is a normal of that
 * deviation.
 *
 * Silverman's rule is 0.9 min(s, IQR/1.34) n^(−1/5), s by n − 1 and the quartiles of type 7, s alone where the quartiles are
 * equal: R's bw.nrd0. A sample without deviation is not smoothed.
 *
 * @throws InvalidInputError       a number that is not finite or out of range, or an option that is unknown
 * @throws InsufficientDataError   no observation
 * Cost: some six passes over the sample, a normal density and tail an observation each.
 * @see METHODS.md#kernelsmoothed
 */
export function kernelSmoothedTail({ memory }: Owner, options: KernelSmoothedTailOptions): KernelSmoothedTail {
  const place = "kernelSmoothedTail";
  const read = checkOptions(options, place, { pnl: observations, confidence, bandwidth });
  const measure = kernelMeasure(read.bandwidth === null ? { times: 1 } : { fixed: read.bandwidth });
  return measured(memory, measure, read.pnl, tailOf(read.confidence, at(place, "confidence")));
}

function bandwidth(value: unknown, place: Place): number | null {
  return value === undefined || value === null ? null : finiteNumber(value, place, { min: 0 });
}

/** Bandwidth as a multiple of Silverman's, which moves with the sample, or one that is given. */
export type Bandwidth = { readonly times: number } | { readonly fixed: number };

/** IQR of a normal distribution in deviations, and the factor and power of n of Silverman's rule. */
const IQR_PER_DEVIATION = 1.34;
const SILVERMAN = 0.9;
const POWER = -0.2;

/** Kernel-smoothed VaR and ES as a measure of samples; of degree 1 where the bandwidth is a multiple of Silverman's. */
export function kernelMeasure(width: Bandwidth): Measure<KernelSmoothedTail> {
  return {
    minimum: 1,
    weighs: false,
    on(memory, n, alpha) {
      const numerics = numericsKernel(memory);
      const { kernel } = memory;
      const scratch = memory.reserve(kernel.tailScratch(n));
      const y = memory.reserveF64(n);
      const rows = memory.reserve(4 * n);
      const weights = memory.reserveF64(n);
      const out = memory.reserveF64(12);
      const scale = "times" in width ? width.times * SILVERMAN * kernel.exponential(POWER * kernel.logarithm(n)) : 0;

      /** Sample deviation and the quartiles' distance in deviations. */
      const spreads = (pnl: number) => {
        numerics.centralMoments(pnl, n, y, out);
        const sd = n > 1 ? (memory.f64(out, 2)[1] ?? 0) * Math.sqrt(n / (n - 1)) : 0;
        const quartile = (p: number) => kernel.quantileOf(pnl, n, p, 7, scratch);
        const iqr = (quartile(0.75) - quartile(0.25)) / IQR_PER_DEVIATION;
        return { sd, iqr, byQuartiles: iqr > 0 && iqr < sd };
      };
      const widthOf = (pnl: number): number => {
        if ("fixed" in width) return width.fixed;
        if (scale === 0) return 0;
        const { sd, iqr, byQuartiles } = spreads(pnl);
        return scale * (byQuartiles ? iqr : sd);
      };
      /** The k-th smallest. */
      const ranked = (pnl: number, k: number) => kernel.quantileOf(pnl, n, k / n, 1, scratch);

      const risk = (pnl: number): KernelSmoothedTail => {
        const h = widthOf(pnl);
        if (h === 0) {
          kernel.tailStatistics(pnl, n, alpha, scratch, out);
        } else {
          const whole = wholeMass(n * alpha);
          const mass = whole > 0 && whole < n ? whole : n * alpha;
          const low = ranked(pnl, Math.max(1, Math.ceil(mass)));
          const high = ranked(pnl, Math.min(n, Math.floor(mass) + 1));
          if (numerics.smoothedTail(pnl, n, h, alpha, low, high, out) === 0) {
            throw invalid(
              "pnl",
              "a sample whose smoothed quantile the iteration finds",
              "one for which it did not end",
            );
          }
        }
        const [valueAtRisk = 0, expectedShortfall = 0] = memory.f64(out, 2);
        return { valueAtRisk, expectedShortfall, bandwidth: h };
      };

      const gradient = (pnl: number, to: number): KernelSmoothedTail => {
        const tail = risk(pnl);
        const mass = memory.f64(out, 3)[2] ?? 0;
        const smooth = tail.bandwidth > 0 && alongSample(pnl, tail, mass, to);
        if (!smooth) historicalGradient(pnl, to);
        return tail;
      };
      const alongSample = (pnl: number, tail: KernelSmoothedTail, mass: number, to: number): boolean => {
        bandwidthGradient(pnl);
        return numerics.smoothedGradient(pnl, n, tail.bandwidth, tail.valueAtRisk, mass, y, to) === 1;
      };
      /** ∂h/∂x of each observation, at `y`. */
      const bandwidthGradient = (pnl: number): void => {
        const { sd, byQuartiles } = spreads(pnl);
        const slopes = memory.f64(y, n);
        if ("fixed" in width || sd === 0) {
          slopes.fill(0);
        } else if (byQuartiles) {
          slopes.fill(0);
          addQuantile(pnl, 0.75, scale / IQR_PER_DEVIATION);
          addQuantile(pnl, 0.25, -scale / IQR_PER_DEVIATION);
        } else {
          // ∂s/∂x = (x − m)/((n − 1) s), and y holds (x − m) by the deviation of divisor n.
          const each = (scale * Math.sqrt(n / (n - 1))) / n;
          for (let t = 0; t < n; t++) slopes[t] = each * (slopes[t] ?? 0);
        }
      };
      /** Add `factor` × the derivative of the quantile of type 7 to the slopes at `y`. */
      const addQuantile = (pnl: number, p: number, factor: number): void => {
        const position = wholeMass((n - 1) * p);
        const j = Math.floor(position);
        const count = kernel.tailRows(pnl, n, Math.min(n, j + 2) / n, scratch, rows, weights);
        const order = memory.u32(rows, count);
        const slopes = memory.f64(y, n);
        const add = (rank: number, share: number) => {
          const row = order[rank] ?? 0;
          slopes[row] = (slopes[row] ?? 0) + share;
        };
        add(j, factor * (1 - (position - j)));
        if (position > j) add(j + 1, factor * (position - j));
      };
      /** The scenarios of the tail, the last of them the VaR's, each with its weight. */
      const historicalGradient = (pnl: number, to: number): void => {
        const count = kernel.tailRows(pnl, n, alpha, scratch, rows, weights);
        const [order, share] = [memory.u32(rows, count), memory.f64(weights, count)];
        const [byVar, byEs] = [memory.f64(to, n).fill(0), memory.f64(to + 8 * n, n).fill(0)];
        for (let i = 0; i < count; i++) byEs[order[i] ?? 0] = -(share[i] ?? 0);
        byVar[order[count - 1] ?? 0] = -1;
      };
      return { risk, gradient };
    },
  };
}

/** A count, or the whole number that it is within 1e-9 of, as the kernel snaps it. */
function wholeMass(count: number): number {
  const whole = Math.round(count);
  return Math.abs(count - whole) <= 1e-9 * Math.max(1, Math.abs(count)) ? whole : count;
}

export interface KernelSmoothedOptions extends ScenarioOptions {
  /** bandwidth of each pool ÷ Silverman's for its P&L, ≥ 0; default 1; 0 does not smooth */
  readonly smoothing?: number;
}

export interface KernelSmoothedResult extends ScenarioResult {
  /** of each pool, numeraire; 0 in a row without a number */
  readonly bandwidth: Float64Array;
}

export type KernelSmoothedModel = ScenarioModel<
  "kernelSmoothed",
  ReturnType<typeof modelOptions>,
  KernelSmoothedResult
>;

const smoothing = withDefault(1, (value: unknown, place: Place) => finiteNumber(value, place, { min: 0 }));

function modelOptions(options: KernelSmoothedOptions | undefined) {
  return checkOptions(options, "kernelSmoothed", { ...scenarioReaders, smoothing });
}

/**
 * Kernel-smoothed historical simulation: `historical` with the P&L of each pool smoothed by a normal kernel whose bandwidth
 * goes with the pool's own P&L, so that k copies of a pool need k times as much. Its VaR has shares that are not those of one
 * scenario alone.
 *
 * Neither VaR nor ES is sub-additive for certain: the bandwidth of a sum is that of neither part.
 *
 * @throws InvalidInputError, InsufficientDataError, UnsupportedError   as `historical`
 * Cost per pool: exposures × moves, and some six passes of a normal density and tail a move.
 * @see METHODS.md#kernelsmoothed
 */
export function kernelSmoothed(options?: KernelSmoothedOptions): KernelSmoothedModel {
  const settings = modelOptions(options);
  return scenarioModel("kernelSmoothed", settings, kernelMeasure({ times: settings.smoothing }), (rows) => {
    const columns = { bandwidth: new Float64Array(rows) };
    return {
      columns,
      set(row, tail) {
        columns.bandwidth[row] = tail.bandwidth;
      },
    };
  });
}

export interface KernelSmoothedDecompositionInput extends ScenarioDecompositionInput {
  /** bandwidth ÷ Silverman's for the weighted sum; default 1; 0 does not smooth */
  readonly smoothing?: number;
}

/**
 * Kernel-smoothed VaR and ES of a weighted sum, by factor. The VaR's shares are averages over all scenarios with weights φ(u),
 * and what the bandwidth adds by moving with the sum, so that they sum to it.
 *
 * @throws InvalidInputError   lengths that do not fit, a number that is not finite or out of range, or an option that is unknown
 * Cost: O(factors × rows), and that again a factor for the incremental shares, with some six passes of a normal density and tail a row.
 * @see METHODS.md#decomposition
 */
export function decomposeKernelSmoothed(
  { memory }: Owner,
  input: KernelSmoothedDecompositionInput,
): ScenarioShares<KernelSmoothedTail> {
  const place = "decomposeKernelSmoothed";
  const { returns, weights, ...read } = checkOptions(input, place, {
    returns: list,
    weights: list,
    confidence,
    smoothing,
  });
  const alpha = tailOf(read.confidence, at(place, "confidence"));
  return decomposed(memory, place, { returns, weights }, kernelMeasure({ times: read.smoothing }), alpha);
}
