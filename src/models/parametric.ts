import { describe } from "../book/exposures.js";
import { checkChoice, treatmentOf } from "../book/option-treatment.js";
import type { ResidentBook } from "../book/resident.js";
import { checkOptions, finiteNumber, invalid, oneOf, withDefault } from "../checks.js";
import { isEstimator, type ResidentCovariance, residentCovariance } from "../covariance/covariance.js";
import type { CovarianceEstimator } from "../covariance/estimator.js";
import { ewma } from "../covariance/ewma.js";
import { historyOf } from "../covariance/returns.js";
import { UnsupportedError } from "../errors.js";

import { parametricShares } from "./decomposition.js";
import { type Distribution, isDistribution, normal, tailOf } from "../distribution.js";
import {
  barsOf,
  type FactorRiskOptions,
  type FactorRiskResult,
  FIRST_ORDER,
  factorRiskReaders,
  frameOf,
  historyNotes,
  missingNotes,
  poolExposures,
  riskResult,
  type Universe,
  universeOf,
} from "./factor-risk.js";
import type { MarginModel, Run } from "./model.js";
import { explainRisk, type PoolDecomposition, poolDecomposition } from "./pool-decomposition.js";

export interface ParametricOptions extends FactorRiskOptions {
  /** default `ewma({ decay: 0.97 })` */
  readonly covariance?: CovarianceEstimator;
  /** default `normal()` */
  readonly distribution?: Distribution;
  /** moves that the covariance is estimated of; default `simple` */
  readonly returns?: "simple" | "log";
  /** newest one-bar returns to estimate from; default null: all */
  readonly lookback?: number | null;
}

export interface ParametricResult extends FactorRiskResult {
  /** standard deviation of the P&L over the holding period, numeraire */
  readonly deviation: Float64Array;
  /** how one bar became the holding period: the square root of the number of bars, or null where that is one */
  readonly scaled: "sqrt(h)" | null;
  /** bars in the holding period */
  readonly bars: number;
  /** weight of the shrinkage target in the covariance, null without one */
  readonly shrinkage: number | null;
}

export interface ParametricModel extends MarginModel<ParametricResult> {
  readonly kind: "parametric";
  readonly options: ReturnType<typeof checked>;
  /** VaR and ES of one pool by factor and by line */
  decompose(book: ResidentBook, pool: number): PoolDecomposition;
}

function checked(options: ParametricOptions | undefined) {
  const settings = checkOptions(options, "parametric", {
    ...factorRiskReaders,
    options: treatmentOf(["delta", "deltaGamma"]),
    covariance: withDefault(ewma({ decay: 0.97 }), isEstimator),
    distribution: withDefault(normal(), isDistribution),
    returns: withDefault("simple" as const, oneOf(["simple", "log"] as const)),
    lookback: withDefault(null, (value, place) =>
      value === null ? null : finiteNumber(value, place, { min: 1, whole: true }),
    ),
  });
  checkChoice(settings.options, settings.ignores, "parametric");
  if (settings.options?.kind === "deltaGamma" && settings.distribution.key !== "normal") {
    throw invalid("parametric.distribution", "normal() for options to second order", settings.distribution.key);
  }
  return settings;
}

/**
 * Parametric VaR and expected shortfall over the covariance of the factors' moves, mean zero:
 *
 *   σ = √(h · g'Cg),  VaR = z σ,  ES = e σ,
 *
 * g the pool's first-order exposures, C the covariance over one bar, h the bars in the holding period, z and e the
 * quantile and tail mean of the distribution with deviation 1. The square root of h is exact only for moves without
 * autocorrelation; the result says that it was taken.
 *
 * requirement = max(0, measure × factor) at both levels, backed by equity. The covariance is that of the factors which any
 * pool of the book moves with: dropped rows and a shrinkage intensity depend on that set, and on nothing else of the book.
 *
 * @throws InvalidInputError      an option that is unknown or out of range; on use, a holding period that is not a whole
 *                                number of bars, a history in another unit than the numeraire, a gap that is not dropped
 * @throws InsufficientDataError  on use: fewer returns than `lookback`, a factor without history that is not dropped
 * @throws UnsupportedError       on use: a pool with what no model computes yet; with `onInvalid: "collect"` its status
 * @see METHODS.md#parametric
 */
export function parametric(options?: ParametricOptions): ParametricModel {
  const settings = checked(options);
  const model: ParametricModel = {
    name: "parametric",
    kind: "parametric",
    options: settings,
    treatment: settings.options,
    evaluate: (book, run) => evaluate(book.with(settings.options), run, settings),
    decompose: (book, pool) => decompose(book.with(settings.options), pool, settings),
    explain: (book, pool) => explainRisk(decompose(book.with(settings.options), pool, settings), settings),
  };
  return model;
}

type Settings = ReturnType<typeof checked>;

interface Prepared {
  readonly universe: Universe;
  readonly bars: number;
  readonly covariance: ResidentCovariance | null;
  readonly notes: readonly string[];
}

/** Everything resident: the covariance of the book's factors. Null where the book moves with none that is known. */
export function prepareParametric(book: ResidentBook, settings: Settings): Prepared {
  const { market } = book;
  const { covariance: estimator, returns, gaps, lookback, holdingPeriod } = settings;
  describe(book);
  const universe = universeOf(book, estimator.factors ?? null, { bars: 1, overlapping: true, lookback, gaps });
  if (universe.factors.length === 0) return { universe, bars: 1, covariance: null, notes: [] };
  const bars = barsOf(holdingPeriod, historyOf(market).interval, "parametric");
  const covariance = residentCovariance(market, { factors: universe.factors, estimator, returns, gaps, lookback });
  const notes = book.options === null ? [FIRST_ORDER] : [FIRST_ORDER, ...book.options.notes];
  if (bars > 1) notes.push(`the deviation over one bar is scaled by the square root of ${bars} to ${holdingPeriod}`);
  notes.push(...historyNotes(covariance, "returns"));
  return { universe, bars, covariance, notes };
}

function multiples({ distribution, confidence }: Settings, { memory }: ResidentBook) {
  const alpha = tailOf(confidence, "parametric.confidence");
  return distribution.multiples(memory.kernel, alpha);
}

function evaluate(book: ResidentBook, run: Run, settings: Settings): ParametricResult {
  const began = performance.now();
  const { memory, from, to } = run;
  const { kernel } = memory;
  const { universe, bars, covariance, notes } = prepareParametric(book, settings);
  const n = universe.factors.length;
  const unit = multiples(settings, book);
  const prepared = performance.now();
  const frame = frameOf(book, universe, settings, from, to);
  kernel.parametricPools(
    frame.rows,
    frame.start,
    frame.slot,
    frame.value,
    n,
    covariance?.at ?? 0,
    Math.sqrt(bars),
    unit.valueAtRisk,
    unit.expectedShortfall,
    memory.reserve(kernel.parametricScratch(n)),
    frame.deviation,
    frame.valueAtRisk,
    frame.expectedShortfall,
  );
  if (covariance !== null) {
    const { confidence } = settings;
    book.options?.normal(book, from, frame, { factors: universe.factors, covariance: covariance.at, bars, confidence });
  }
  const { statuses, ...columns } = riskResult(run, "parametric", frame, settings);
  const computed = performance.now();
  const { covariance: estimator, distribution, ...plain } = settings;
  return {
    from,
    to,
    ...columns,
    scaled: bars > 1 ? "sqrt(h)" : null,
    bars,
    shrinkage: covariance?.info.shrinkage ?? null,
    missingFactors: frame.missing,
    observations: covariance?.rows ?? 0,
    droppedRows: covariance?.dropped ?? 0,
    meta: {
      ...run.meta,
      model: "parametric",
      parameters: {
        ...plain,
        covariance: estimator.key,
        distribution: distribution.key,
        options: settings.options?.key ?? null,
      },
      rules: [],
      statuses,
      notes: [...notes, ...missingNotes(frame, settings)],
      time: { prepare: prepared - began, compute: computed - prepared },
    },
  };
}

function decompose(book: ResidentBook, pool: number, settings: Settings): PoolDecomposition {
  const { memory } = book;
  if (book.options?.kind === "deltaGamma") {
    throw new UnsupportedError("parametric.options", "a VaR to second order has no shares by factor", "Use delta()");
  }
  const { universe, bars, covariance } = prepareParametric(book, settings);
  const parts = poolExposures(book, universe, settings, pool);
  const { slots } = parts;
  const n = universe.factors.length;
  const whole = memory.f64(covariance?.at ?? 0, n * n);
  const own = Float64Array.from(slots.flatMap((i) => slots.map((j) => bars * (whole[i * n + j] ?? 0))));
  const unit = multiples(settings, book);
  return poolDecomposition(book, pool, "parametric", parts, (matrix) =>
    parametricShares(memory, matrix, own, null, unit),
  );
}
