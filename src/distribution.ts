import { at, finiteNumber, invalid, type Place, record } from "./checks.js";
import type { Kernel } from "./wasm/kernel.js";

/**
 * Tail probability of a confidence, as the decimal that was meant: 1 − 0.95 is 0.05 and not 0.050000000000000044, which
 * would reach for one observation more. A confidence within 5e-13 of 0 or 1 has no such decimal and is refused.
 */
export function tailOf(confidence: number, place: Place): number {
  const decimals = 1e12;
  const tail = Math.round((1 - finiteNumber(confidence, place, { above: 0, below: 1 })) * decimals) / decimals;
  if (tail === 0 || tail === 1) throw invalid(place, "at least 5e-13 away from 0 and 1", confidence);
  return tail;
}

/** VaR and expected shortfall: amounts of loss, or multiples of a deviation. */
export interface TailPair {
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
}

/**
 * The shape of P&L with a mean of zero and a deviation of 1: a value to be passed to `parametric`. A user may write one;
 * there is no registry.
 */
export interface Distribution {
  readonly name: string;
  /** name and parameters: two distributions with the same key give the same multiples */
  readonly key: string;
  /** VaR and expected shortfall as multiples of the deviation, for the tail probability `alpha` */
  multiples(kernel: Kernel, alpha: number): TailPair;
}

/** Normal: VaR = −Φ⁻¹(α), ES = φ(Φ⁻¹(α)) ÷ α. */
export function normal(): Distribution {
  return {
    name: "normal",
    key: "normal",
    multiples(kernel, alpha) {
      const quantile = kernel.normalQuantile(alpha);
      return { valueAtRisk: 0 - quantile, expectedShortfall: kernel.normalPdf(quantile) / alpha };
    },
  };
}

export interface StudentTOptions {
  /** ν > 2, since the deviation is infinite at or below 2; need not be whole. Crypto returns: 3 to 4 */
  readonly degreesOfFreedom: number;
}

/**
 * Student's t scaled to a deviation of 1: with s = √((ν − 2)/ν) and q = t_ν⁻¹(α),
 *
 *   VaR = −s q,   ES = s f_ν(q) (ν + q²) ÷ ((ν − 1) α)
 *
 * @throws InvalidInputError  ν is not above 2
 * Source: McNeil, Frey, Embrechts, Quantitative Risk Management (2015), example 2.15.
 */
export function studentT(options: StudentTOptions): Distribution {
  const fields = record(options, "studentT", ["degreesOfFreedom"]);
  const nu = finiteNumber(fields.degreesOfFreedom, at("studentT", "degreesOfFreedom"), { above: 2 });
  const scale = unitScale(nu);
  return {
    name: "studentT",
    key: `studentT(${nu})`,
    multiples(kernel, alpha) {
      const { valueAtRisk, expectedShortfall } = studentTTail(kernel, nu, alpha);
      return { valueAtRisk: scale * valueAtRisk, expectedShortfall: scale * expectedShortfall };
    },
  };
}

/** Scale parameter of the t distribution with ν > 2 degrees of freedom whose deviation is 1. */
export function unitScale(nu: number): number {
  return Math.sqrt((nu - 2) / nu);
}

/** VaR and expected shortfall of the t distribution of scale 1; the latter is +Infinity where ν ≤ 1. */
export function studentTTail(kernel: Kernel, nu: number, alpha: number): TailPair {
  const quantile = kernel.studentTQuantile(alpha, nu);
  if (nu <= 1) return { valueAtRisk: 0 - quantile, expectedShortfall: Number.POSITIVE_INFINITY };
  const density = kernel.studentTPdf(quantile, nu);
  return {
    valueAtRisk: 0 - quantile,
    expectedShortfall: (density * (nu + quantile * quantile)) / ((nu - 1) * alpha),
  };
}

/** Reads an option that is a distribution. */
export function isDistribution(value: unknown, place: Place): Distribution {
  const given = value as Partial<Distribution> | null | undefined;
  if (typeof given?.multiples !== "function" || typeof given.key !== "string") {
    throw invalid(place, "a distribution such as normal()", value);
  }
  return given as Distribution;
}
