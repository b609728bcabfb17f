import { at, finiteNumber, invalid, record } from "./checks.js";
import { normal, studentTTail, type TailPair, tailOf, unitScale } from "./distribution.js";
import { InsufficientDataError } from "./errors.js";
import type { Memory, Owner } from "./memory.js";

/** A number or an infinity, never NaN. */
function argument(x: number, place: string): number {
  if (typeof x !== "number" || Number.isNaN(x)) throw invalid(place, "a number", x);
  return x;
}

function probability(p: number, place: string): number {
  return finiteNumber(p, place, { min: 0, max: 1 });
}

export interface NormalFunctions {
  /** P(Z ≤ x), relative error 1e-15 in both tails */
  cdf(x: number): number;
  /** P(Z > x), never formed as 1 − cdf */
  survival(x: number): number;
  /** log P(Z ≤ x), also where the probability is too small for a number */
  logCdf(x: number): number;
  pdf(x: number): number;
  /** the x with cdf(x) = p; ±Infinity at 0 and 1 */
  quantile(p: number): number;
}

/** The standard normal distribution. @throws InvalidInputError  an argument is NaN, or a probability outside [0, 1] */
export function normalDistribution({ memory: { kernel } }: Owner): NormalFunctions {
  return {
    cdf: (x) => kernel.normalCdf(argument(x, "x")),
    survival: (x) => kernel.normalSurvival(argument(x, "x")),
    logCdf: (x) => kernel.normalLogCdf(argument(x, "x")),
    pdf: (x) => kernel.normalPdf(argument(x, "x")),
    quantile: (p) => kernel.normalQuantile(probability(p, "p")),
  };
}

export interface StudentTFunctions {
  /** P(T ≤ x), relative error 1e-13 in the lower tail */
  cdf(x: number, degreesOfFreedom: number): number;
  pdf(x: number, degreesOfFreedom: number): number;
  /** the x with cdf(x) = p, relative error 1e-12; ±Infinity at 0 and 1 and where it exceeds the range of f64 */
  quantile(p: number, degreesOfFreedom: number): number;
}

/** Degrees of freedom for which the kernel's accuracy is known. */
const DEGREES = { min: 0.5, max: 1e8 };

/**
 * Student's t distribution of scale 1: its variance is ν/(ν − 2).
 * @throws InvalidInputError  an argument is NaN, a probability outside [0, 1], or ν outside [0.5, 1e8]
 */
export function studentTDistribution({ memory: { kernel } }: Owner): StudentTFunctions {
  const degrees = (nu: number) => finiteNumber(nu, "degreesOfFreedom", DEGREES);
  return {
    cdf: (x, nu) => kernel.studentTCdf(argument(x, "x"), degrees(nu)),
    pdf: (x, nu) => kernel.studentTPdf(argument(x, "x"), degrees(nu)),
    quantile: (p, nu) => kernel.studentTQuantile(probability(p, "p"), degrees(nu)),
  };
}

export interface BinomialFunctions {
  /** P(X = k) */
  mass(k: number, trials: number, p: number): number;
  /** P(X ≤ k) */
  cdf(k: number, trials: number, p: number): number;
  /** P(X ≥ k), never formed as 1 − P(X < k) where that is the longer sum */
  upper(k: number, trials: number, p: number): number;
  /** the smallest k with P(X ≤ k) ≥ level */
  quantile(level: number, trials: number, p: number): number;
}

/**
 * Successes in independent trials of probability 0 < p < 1; relative error 1e-12.
 * @throws InvalidInputError  k or the trials are no whole numbers, fewer than 0, or a probability is out of range
 */
export function binomialFunctions({ kernel }: Memory): BinomialFunctions {
  const checked = (k: number, n: number, p: number): [number, number, number] => [
    finiteNumber(k, "k", { whole: true }),
    finiteNumber(n, "trials", { min: 0, whole: true }),
    finiteNumber(p, "p", { above: 0, below: 1 }),
  ];
  return {
    mass: (k, n, p) => kernel.binomialMass(...checked(k, n, p)),
    cdf: (k, n, p) => kernel.binomialCdf(...checked(k, n, p)),
    upper: (k, n, p) => kernel.binomialUpper(...checked(k, n, p)),
    quantile: (level, n, p) => {
      const [, trials, success] = checked(0, n, p);
      return kernel.binomialQuantile(probability(level, "level"), trials, success);
    },
  };
}

export interface NormalTailOptions {
  /** mean P&L per period, default 0 */
  readonly mean?: number;
  /** standard deviation per period, ≥ 0 */
  readonly deviation: number;
  readonly confidence: number;
  /** periods, default 1: the mean grows with it, the deviation with its root */
  readonly horizon?: number;
}

export interface StudentTTailOptions {
  /** default 0 */
  readonly location?: number;
  /** scale parameter, ≥ 0; give this or the deviation */
  readonly scale?: number;
  /** standard deviation, ≥ 0; needs ν > 2 */
  readonly deviation?: number;
  /** ν > 1, since the expected shortfall is infinite at or below 1 */
  readonly degreesOfFreedom: number;
  readonly confidence: number;
}

/** Definition of a sample quantile: the step function, or one of Hyndman and Fan's nine; 7 is what R and numpy do. */
export type QuantileType = "step" | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

export interface HistoricalTailOptions {
  /** gains positive, at least one, in any order */
  readonly pnl: Float64Array | readonly number[];
  readonly confidence: number;
  /** default "step": the VaR is one of the losses. The expected shortfall does not depend on it. */
  readonly quantile?: QuantileType;
}

/** VaR and expected shortfall as amounts of loss, neither floored at 0. */
export interface TailFunctions {
  /** VaR = −μh + σ√h z, ES = −μh + σ√h φ(z)/α */
  normal(options: NormalTailOptions): TailPair;
  /** VaR = −μ − s t_ν⁻¹(α), ES by `studentT`; s the scale, or deviation · √((ν − 2)/ν) */
  studentT(options: StudentTTailOptions): TailPair;
  /** VaR: the sample quantile; ES: the mean of the worst share α of the sample, its last observation in part */
  historical(options: HistoricalTailOptions): TailPair & { readonly observations: number };
}

/**
 * Tails of one distribution or sample. The confidence c means α = 1 − c as the decimal that was meant.
 * @throws InvalidInputError      a number is not finite or out of range, or an option is unknown
 * @throws InsufficientDataError  an empty sample
 */
export function tails({ memory }: Owner): TailFunctions {
  return {
    normal: (options) => normalTail(memory, options),
    studentT: (options) => locatedTail(memory, options),
    historical: (options) => historicalTail(memory, options),
  };
}

function normalTail({ kernel }: Memory, options: NormalTailOptions): TailPair {
  const place = "tails.normal";
  const { mean = 0, deviation, confidence, horizon = 1 } = options;
  record(options, place, ["mean", "deviation", "confidence", "horizon"]);
  const alpha = tailOf(confidence, at(place, "confidence"));
  const periods = finiteNumber(horizon, at(place, "horizon"), { above: 0 });
  const centre = finiteNumber(mean, at(place, "mean")) * periods;
  const spread = finiteNumber(deviation, at(place, "deviation"), { min: 0 }) * Math.sqrt(periods);
  return located(centre, spread, normal().multiples(kernel, alpha));
}

function locatedTail({ kernel }: Memory, options: StudentTTailOptions): TailPair {
  const place = "tails.studentT";
  record(options, place, ["location", "scale", "deviation", "degreesOfFreedom", "confidence"]);
  const { location = 0, scale, deviation, degreesOfFreedom, confidence } = options;
  if ((scale === undefined) === (deviation === undefined)) {
    throw invalid(at(place, "scale"), "given, or deviation instead, not both", scale);
  }
  const alpha = tailOf(confidence, at(place, "confidence"));
  const above = scale === undefined ? 2 : 1;
  const nu = finiteNumber(degreesOfFreedom, at(place, "degreesOfFreedom"), { above, max: DEGREES.max });
  const spread =
    scale === undefined
      ? finiteNumber(deviation ?? Number.NaN, at(place, "deviation"), { min: 0 }) * unitScale(nu)
      : finiteNumber(scale, at(place, "scale"), { min: 0 });
  return located(finiteNumber(location, at(place, "location")), spread, studentTTail(kernel, nu, alpha));
}

function located(centre: number, spread: number, multiples: TailPair): TailPair {
  return {
    valueAtRisk: spread * multiples.valueAtRisk - centre,
    expectedShortfall: spread * multiples.expectedShortfall - centre,
  };
}

const QUANTILES: readonly unknown[] = ["step", 1, 2, 3, 4, 5, 6, 7, 8, 9];

function historicalTail(memory: Memory, options: HistoricalTailOptions): TailPair & { readonly observations: number } {
  const place = "tails.historical";
  record(options, place, ["pnl", "confidence", "quantile"]);
  const { pnl, confidence, quantile = "step" } = options;
  if (!QUANTILES.includes(quantile))
    throw invalid(at(place, "quantile"), '"step" or a whole number from 1 to 9', quantile);
  const alpha = tailOf(confidence, at(place, "confidence"));
  const values = sample(pnl, at(place, "pnl"));
  const { kernel } = memory;
  return memory.scope(() => {
    const n = values.length;
    const x = memory.copy(values);
    const scratch = memory.reserve(kernel.tailScratch(n));
    const out = memory.reserveF64(3);
    kernel.tailStatistics(x, n, alpha, scratch, out);
    const [step = Number.NaN, expectedShortfall = Number.NaN, observations = Number.NaN] = memory.f64(out, 3);
    const valueAtRisk = quantile === "step" ? step : 0 - kernel.quantileOf(x, n, alpha, quantile, scratch);
    return { valueAtRisk, expectedShortfall, observations };
  });
}

/** A packed copy of at least one finite number. */
function sample(values: Float64Array | readonly number[], place: Parameters<typeof at>[0]): Float64Array {
  if (!Array.isArray(values) && !(values instanceof Float64Array)) throw invalid(place, "an array of numbers", values);
  if (values.length === 0) throw new InsufficientDataError("tails.historical.pnl", 1, 0, "observations");
  const packed = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) packed[i] = finiteNumber(values[i] ?? Number.NaN, at(place, i));
  return packed;
}

export interface KupiecResult {
  /** likelihood ratio, χ² with one degree of freedom if the exceptions have probability p */
  readonly likelihoodRatio: number;
  readonly pValue: number;
}

/**
 * Kupiec's proportion-of-failures test of `exceptions` in `observations` against the probability p of one.
 *
 *   LR = 2 [x log(x/(np)) + (n − x) log((n − x)/(n(1 − p)))],   0 log 0 = 0
 *
 * @throws InvalidInputError  counts are not whole, exceptions exceed observations, or p is outside (0, 1)
 * Source: Kupiec, Techniques for verifying the accuracy of risk measurement models (1995).
 */
export function kupiec(memory: Memory, observations: number, exceptions: number, p: number): KupiecResult {
  const [n, x, probability] = exceptionCounts("kupiec", observations, exceptions, p);
  return memory.scope(() => {
    const out = memory.reserveF64(2);
    memory.kernel.kupiec(n, x, probability, out);
    const [likelihoodRatio = Number.NaN, pValue = Number.NaN] = memory.f64(out, 2);
    return { likelihoodRatio, pValue };
  });
}

export type Zone = "green" | "yellow" | "red";

export interface TrafficLight {
  readonly zone: Zone;
  /** P(X ≤ exceptions) if the exceptions have probability p */
  readonly cumulative: number;
}

/**
 * The Basel zone of a number of exceptions: green below a cumulative probability of 95 %, red from 99.99 %, yellow between.
 * At 250 observations and p = 1 %: yellow from 5, red from 10.
 *
 * @throws InvalidInputError  as `kupiec`
 * Source: Basel Committee, Supervisory framework for the use of backtesting (1996), table 2.
 */
export function trafficLight(memory: Memory, observations: number, exceptions: number, p: number): TrafficLight {
  const [n, x, probability] = exceptionCounts("trafficLight", observations, exceptions, p);
  const cumulative = memory.kernel.binomialCdf(x, n, probability);
  return { zone: cumulative < 0.95 ? "green" : cumulative < 0.9999 ? "yellow" : "red", cumulative };
}

/**
 * The numbers of exceptions that do not speak against p: from the (1 − level)/2 to the (1 + level)/2 quantile of the
 * binomial distribution, both included. At 250 observations, p = 1 % and a level of 95 %: 0 to 6.
 *
 * @throws InvalidInputError  observations are not whole, or p or the level is outside (0, 1)
 */
export function exceptionBand(
  memory: Memory,
  observations: number,
  p: number,
  level = 0.95,
): { readonly low: number; readonly high: number } {
  const [n, , probability] = exceptionCounts("exceptionBand", observations, 0, p);
  const outside = tailOf(level, "exceptionBand.level") / 2;
  return {
    low: memory.kernel.binomialQuantile(outside, n, probability),
    high: memory.kernel.binomialQuantile(1 - outside, n, probability),
  };
}

function exceptionCounts(place: string, observations: number, exceptions: number, p: number): [number, number, number] {
  const n = finiteNumber(observations, at(place, "observations"), { min: 1, whole: true });
  return [
    n,
    finiteNumber(exceptions, at(place, "exceptions"), { min: 0, max: n, whole: true }),
    finiteNumber(p, at(place, "p"), { above: 0, below: 1 }),
  ];
}
