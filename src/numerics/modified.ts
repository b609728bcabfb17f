import { at, checkOptions, finiteNumber, invalid, oneOf, type Place, withDefault } from "../checks.js";
import { type TailPair, tailOf } from "../distribution.js";
import { InsufficientDataError } from "../errors.js";
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

/**
 * What the expected shortfall beside a modified VaR is: the mean of the Cornish-Fisher quantile over the tail (`integral`), the
 * tail mean of the Edgeworth density beyond that quantile (`edgeworth`: Boudt, Peterson and Croux's modified ES), or the greater
 * of that and the VaR (`operational`: PerformanceAnalytics).
 */
export type ModifiedShortfall = "integral" | "edgeworth" | "operational";

/** In the order of the kernel's forms. */
const SHORTFALLS = ["integral", "edgeworth", "operational"] as const;

/** Divisor of the variance; third and fourth moments are divided by n. */
export type MomentDivisor = "n" | "n-1";

export interface CornishFisherOptions {
  /** default 0 */
  readonly mean?: number;
  /** ≥ 0 */
  readonly deviation: number;
  /** third central moment ÷ deviation³, within ±1e6 */
  readonly skewness: number;
  /** fourth central moment ÷ deviation⁴ − 3, from −3 to 1e12 */
  readonly excessKurtosis: number;
  readonly confidence: number;
}

/** VaR and the expected shortfalls beside it, losses, not floored. `expectedShortfall` is the integral. */
export interface CornishFisherTail extends TailPair {
  /** the standardised quantile h: VaR = −mean − deviation × h */
  readonly quantile: number;
  readonly edgeworthShortfall: number;
  readonly operationalShortfall: number;
  /** whether the expansion is a quantile function at all: it does not fall anywhere (Maillard's domain) */
  readonly monotone: boolean;
}

/**
 * Modified VaR and ES of a distribution by its first four moments, in the fourth-order expansion of Cornish and Fisher.
 *
 * Where `monotone` is false the expansion falls somewhere, and its numbers at some confidence mean nothing: VaR may shrink as the
 * confidence grows, and ES be below it.
 *
 * @throws InvalidInputError   a number that is not finite or out of range, an option that is unknown, or a tail beyond f64
 * @see METHODS.md#modified
 */
export function cornishFisherTail({ memory }: Owner, options: CornishFisherOptions): CornishFisherTail {
  const place = "cornishFisherTail";
  const read = checkOptions(options, place, {
    mean: withDefault(0, finite),
    deviation: (value, where) => finiteNumber(value, where, { min: 0 }),
    skewness: (value, where) => finiteNumber(value, where, { min: -1e6, max: 1e6 }),
    excessKurtosis: (value, where) => finiteNumber(value, where, { min: -3, max: 1e12 }),
    confidence,
  });
  const alpha = tailOf(read.confidence, at(place, "confidence"));
  return memory.scope(() => {
    const out = memory.reserveF64(10);
    numericsKernel(memory).expandedTail(read.skewness, read.excessKurtosis, alpha, out);
    const [quantile = 0, edgeworth = 0, integral = 0, monotone] = memory.f64(out, 4);
    const located = (multiple: number) => read.deviation * multiple - read.mean;
    const valueAtRisk = located(-quantile);
    const edgeworthShortfall = located(edgeworth);
    const expectedShortfall = located(integral);
    if (![valueAtRisk, edgeworthShortfall, expectedShortfall].every(Number.isFinite)) {
      throw invalid(at(place, "deviation"), "such that the tail is within the range of numbers", read.deviation);
    }
    return {
      valueAtRisk,
      expectedShortfall,
      quantile,
      edgeworthShortfall,
      operationalShortfall: Math.max(valueAtRisk, edgeworthShortfall),
      monotone: monotone === 1,
    };
  });
}

function finite(value: unknown, place: Place): number {
  return finiteNumber(value, place);
}

export interface SampleMoments {
  readonly mean: number;
  readonly deviation: number;
  /** third central moment (divisor n) ÷ deviation³; 0 without deviation */
  readonly skewness: number;
  /** fourth central moment (divisor n) ÷ deviation⁴ − 3; 0 without deviation */
  readonly excessKurtosis: number;
}

export interface ModifiedTail extends TailPair, SampleMoments {
  /** as of `cornishFisherTail`; true without deviation */
  readonly monotone: boolean;
}

export interface ModifiedTailOptions {
  /** gains positive, in any order */
  readonly pnl: Observations;
  readonly confidence: number;
  /** default `integral` */
  readonly shortfall?: ModifiedShortfall;
  /** default `n` */
  readonly divisor?: MomentDivisor;
}

/** Readers of the options that say what the measure is. */
export const modifiedReaders = {
  shortfall: withDefault<ModifiedShortfall, ModifiedShortfall>("integral", oneOf(SHORTFALLS)),
  divisor: withDefault<MomentDivisor, MomentDivisor>("n", oneOf(["n", "n-1"])),
};

/**
 * Modified VaR and ES of a sample: `cornishFisherTail` at its mean and central moments.
 *
 * Observations that are all equal have neither skewness nor kurtosis, and VaR and ES are minus their mean.
 *
 * @throws InvalidInputError       a number that is not finite or beyond ±1e75, or an option that is unknown or out of range
 * @throws InsufficientDataError   no observation, or one alone with the divisor n − 1
 * Cost: O(n).
 * @see METHODS.md#modified
 */
export function modifiedTail({ memory }: Owner, options: ModifiedTailOptions): ModifiedTail {
  const place = "modifiedTail";
  const { pnl, ...read } = checkOptions(options, place, { pnl: observations, confidence, ...modifiedReaders });
  const alpha = tailOf(read.confidence, at(place, "confidence"));
  const measure = modifiedMeasure(read);
  if (pnl.length < measure.minimum) {
    throw new InsufficientDataError(`${place}.pnl`, measure.minimum, pnl.length, "observations");
  }
  return measured(memory, measure, pnl, alpha);
}

/** Modified VaR and ES as a measure of samples. */
export function modifiedMeasure(options: {
  readonly shortfall: ModifiedShortfall;
  readonly divisor: MomentDivisor;
}): Measure<ModifiedTail> {
  const form = SHORTFALLS.indexOf(options.shortfall);
  const lost = options.divisor === "n" ? 0 : 1;
  return {
    minimum: lost + 1,
    weighs: false,
    on(memory, n, alpha) {
      const kernel = numericsKernel(memory);
      const spread = Math.sqrt(n / (n - lost));
      const y = memory.reserveF64(n);
      const out = memory.reserveF64(17);
      const gradient = (pnl: number, to: number): ModifiedTail => {
        kernel.modifiedTail(pnl, n, alpha, spread, form, y, out, to);
        const [
          valueAtRisk = 0,
          expectedShortfall = 0,
          mean = 0,
          deviation = 0,
          skewness = 0,
          excessKurtosis = 0,
          flag,
        ] = memory.f64(out, 7);
        const monotone = flag === 1;
        return { valueAtRisk, expectedShortfall, mean, deviation, skewness, excessKurtosis, monotone };
      };
      return { risk: (pnl) => gradient(pnl, 0), gradient };
    },
  };
}

export interface ModifiedOptions extends ScenarioOptions {
  /** default `integral` */
  readonly shortfall?: ModifiedShortfall;
  /** default `n` */
  readonly divisor?: MomentDivisor;
}

export interface ModifiedResult extends ScenarioResult {
  /** of the P&L, numeraire; these columns are 0 in a row without a number */
  readonly deviation: Float64Array;
  readonly skewness: Float64Array;
  readonly excessKurtosis: Float64Array;
  /** 1 where the expansion does not fall anywhere, 0 where VaR and ES are those of no distribution */
  readonly monotone: Uint8Array;
}

export type ModifiedModel = ScenarioModel<"modified", ReturnType<typeof modelOptions>, ModifiedResult>;

function modelOptions(options: ModifiedOptions | undefined) {
  return checkOptions(options, "modified", { ...scenarioReaders, ...modifiedReaders });
}

/**
 * Modified VaR and ES of pools: `modifiedTail` of the P&L of today's first-order exposures under each relative move that the
 * factors made over the holding period, their mean included. `monotone` says by pool where the expansion holds.
 *
 * It is not coherent: two pools together may need more than apart, a worse scenario may need less, and outside of its domain ES
 * may be below VaR (`shortfall: "operational"` takes the greater).
 *
 * requirement = max(0, measure × factor) at both levels, backed by equity. Moves, options and errors are those of `historical`.
 *
 * @throws InvalidInputError, InsufficientDataError, UnsupportedError   as `historical`
 * Cost per pool: exposures × moves, and four passes over the moves.
 * @see METHODS.md#modified
 */
export function modified(options?: ModifiedOptions): ModifiedModel {
  const settings = modelOptions(options);
  return scenarioModel("modified", settings, modifiedMeasure(settings), (rows) => {
    const column = () => new Float64Array(rows);
    const columns = {
      deviation: column(),
      skewness: column(),
      excessKurtosis: column(),
      monotone: new Uint8Array(rows).fill(1),
    };
    return {
      columns,
      set(row, tail) {
        columns.deviation[row] = tail.deviation;
        columns.skewness[row] = tail.skewness;
        columns.excessKurtosis[row] = tail.excessKurtosis;
        columns.monotone[row] = tail.monotone ? 1 : 0;
      },
    };
  });
}

export interface ModifiedDecompositionInput extends ScenarioDecompositionInput {
  /** default `integral` */
  readonly shortfall?: ModifiedShortfall;
  /** default `n` */
  readonly divisor?: MomentDivisor;
}

/**
 * Modified VaR and ES of a weighted sum, by factor. Marginal shares are by the derivatives of the sum's own moments, dm₂ =
 * 2E[c cᵢ], dm₃ = 3E[c² cᵢ], dm₄ = 4E[c³ cᵢ], each an inner product: no coskewness or cokurtosis matrix is formed.
 *
 * @throws InvalidInputError       lengths that do not fit, a number that is not finite, or an option that is unknown
 * @throws InsufficientDataError   one row with the divisor n − 1
 * Cost: O(factors × rows), and that again a factor for the incremental shares.
 * @see METHODS.md#decomposition
 */
export function decomposeModified({ memory }: Owner, input: ModifiedDecompositionInput): ScenarioShares<ModifiedTail> {
  const place = "decomposeModified";
  const { returns, weights, ...read } = checkOptions(input, place, {
    returns: list,
    weights: list,
    confidence,
    ...modifiedReaders,
  });
  const alpha = tailOf(read.confidence, at(place, "confidence"));
  return decomposed(memory, place, { returns, weights }, modifiedMeasure(read), alpha);
}
