import { at, checkOptions, finiteNumber, oneOf, type Place, withDefault } from "../checks.js";
import { type TailPair, tailOf } from "../distribution.js";
import type { Owner } from "../memory.js";
import { numericsKernel } from "./kernel.js";
import { type Measure, measured } from "./measure.js";
import { confidence, list, type Observations, observations } from "./observations.js";
import { type ScenarioModel, type ScenarioOptions, scenarioModel, scenarioReaders } from "./scenario-model.js";
import { decomposed, type ScenarioDecompositionInput, type ScenarioShares } from "./scenario-shares.js";

/** The loss of one observation, or on the line between it and the one before. */
export type AgeWeightedQuantile = "step" | "interpolated";

export interface AgeWeightedTailOptions {
  /** gains positive, newest last */
  readonly pnl: Observations;
  /** weight of an observation ÷ that of the next newer one, 0 < λ ≤ 1; 1 weighs all alike; usual: 0.97 to 0.99 */
  readonly decay: number;
  readonly confidence: number;
  /** default `step`. The expected shortfall does not depend on it. */
  readonly quantile?: AgeWeightedQuantile;
}

export interface AgeWeightedTail extends TailPair {
  /** weight of the newest observation */
  readonly newest: number;
  /** weight of the oldest observation */
  readonly oldest: number;
  /** observations in the tail */
  readonly observations: number;
}

/** Reads a decay. */
export function decay(value: unknown, place: Place): number {
  return finiteNumber(value, place, { above: 0, max: 1 });
}

/** Reads the quantile that the VaR is. */
export const quantile = withDefault<AgeWeightedQuantile, AgeWeightedQuantile>("step", oneOf(["step", "interpolated"]));

/**
 * VaR and ES of a sample whose observations count the less the older they are: weights λ^age, of sum 1.
 *
 * @throws InvalidInputError       a number that is not finite or out of range, or an option that is unknown
 * @throws InsufficientDataError   no observation
 * Cost: an exponential an observation, selection of the tail, and its sorting.
 * @see METHODS.md#ageweighted
 */
export function ageWeightedTail({ memory }: Owner, options: AgeWeightedTailOptions): AgeWeightedTail {
  const place = "ageWeightedTail";
  const { pnl, ...read } = checkOptions(options, place, { pnl: observations, decay, confidence, quantile });
  return measured(memory, ageWeightedMeasure(read), pnl, tailOf(read.confidence, at(place, "confidence")));
}

/** Rows of the tail that are looked at first; doubled until their weights reach it. */
const FIRST_ROWS = 16;

/** Age-weighted VaR and ES as a measure of samples. */
export function ageWeightedMeasure(options: {
  readonly decay: number;
  readonly quantile: AgeWeightedQuantile;
}): Measure<AgeWeightedTail> {
  return {
    minimum: 1,
    weighs: true,
    on(memory, n, alpha) {
      const numerics = numericsKernel(memory);
      const { kernel } = memory;
      const weights = memory.reserveF64(n);
      const rows = memory.reserve(4 * n);
      const equal = memory.reserveF64(n);
      const scratch = memory.reserve(kernel.tailScratch(n));
      const out = memory.reserveF64(4);
      numerics.ageWeights(n, options.decay, weights);
      const [newest = 0, oldest = 0] = [memory.f64(weights, n)[n - 1], memory.f64(weights, n)[0]];

      const risk = (pnl: number): AgeWeightedTail => {
        let count = Math.min(n, Math.max(FIRST_ROWS, Math.ceil(2 * n * alpha)));
        let touched = 0;
        for (; touched === 0; count = Math.min(n, 2 * count)) {
          const found = kernel.tailRows(pnl, n, count / n, scratch, rows, equal);
          touched = numerics.weightedTail(pnl, n, weights, rows, found, alpha, out);
        }
        const [step = 0, expectedShortfall = 0, interpolated = 0] = memory.f64(out, 3);
        const valueAtRisk = options.quantile === "step" ? step : interpolated;
        return { valueAtRisk, expectedShortfall, newest, oldest, observations: touched };
      };

      const gradient = (pnl: number, to: number): AgeWeightedTail => {
        const tail = risk(pnl);
        const last = tail.observations - 1;
        const row = memory.u32(rows, last + 1);
        const weight = memory.f64(weights, n);
        const before = memory.f64(out, 4)[3] ?? 0;
        const [byVar, byEs] = [memory.f64(to, n).fill(0), memory.f64(to + 8 * n, n).fill(0)];
        for (let i = 0; i < last; i++) byEs[row[i] ?? 0] = -(weight[row[i] ?? 0] ?? 0) / alpha;
        const v = row[last] ?? 0;
        byEs[v] = Math.min(0, (before - alpha) / alpha);
        const own = weight[v] ?? 0;
        const share = options.quantile === "step" || last === 0 || own === 0 ? 1 : Math.min(1, (alpha - before) / own);
        if (last > 0) byVar[row[last - 1] ?? 0] = share - 1;
        byVar[v] = -share;
        return tail;
      };
      return { risk, gradient };
    },
  };
}

export interface AgeWeightedOptions extends ScenarioOptions {
  /** weight of a move ÷ that of the next newer one, 0 < λ ≤ 1; default 0.98 */
  readonly decay?: number;
  /** default `step` */
  readonly quantile?: AgeWeightedQuantile;
}

export type AgeWeightedModel = ScenarioModel<"ageWeighted", ReturnType<typeof modelOptions>>;

const DEFAULT_DECAY = 0.98;

function modelOptions(options: AgeWeightedOptions | undefined) {
  return checkOptions(options, "ageWeighted", {
    ...scenarioReaders,
    decay: withDefault(DEFAULT_DECAY, decay),
    quantile,
  });
}

/**
 * Age-weighted historical simulation: `historical` with moves that count the less the older they are.
 *
 * ES is coherent, as `historical`'s; VaR is not sub-additive.
 *
 * @throws InvalidInputError, InsufficientDataError, UnsupportedError   as `historical`
 * Cost per pool: exposures × moves, and selection of the tail.
 * @see METHODS.md#ageweighted
 */
export function ageWeighted(options?: AgeWeightedOptions): AgeWeightedModel {
  const settings = modelOptions(options);
  return scenarioModel("ageWeighted", settings, ageWeightedMeasure(settings), () => ({ columns: {}, set: () => {} }));
}

export interface AgeWeightedDecompositionInput extends ScenarioDecompositionInput {
  readonly decay: number;
  /** default `step` */
  readonly quantile?: AgeWeightedQuantile;
}

/**
 * Age-weighted VaR and ES of a weighted sum, by factor, with the scenarios of the tail. The VaR's shares are those of one
 * scenario, or of two where it is interpolated: noisy.
 *
 * @throws InvalidInputError   lengths that do not fit, a number that is not finite or out of range, or an option that is unknown
 * Cost: O(factors × rows), and that again a factor for the incremental shares.
 * @see METHODS.md#decomposition
 */
export function decomposeAgeWeighted(
  { memory }: Owner,
  input: AgeWeightedDecompositionInput,
): ScenarioShares<AgeWeightedTail> {
  const place = "decomposeAgeWeighted";
  const { returns, weights, ...read } = checkOptions(input, place, {
    returns: list,
    weights: list,
    confidence,
    decay,
    quantile,
  });
  const alpha = tailOf(read.confidence, at(place, "confidence"));
  return decomposed(memory, place, { returns, weights }, ageWeightedMeasure(read), alpha);
}
