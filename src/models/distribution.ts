import { finiteNumber, invalid, type Place } from "../checks.js";
import type { Kernel } from "../wasm/kernel.js";

/**
 * Tail probability of a confidence, as the decimal that was meant: 1 − 0.95 is 0.05 and not 0.050000000000000044, which
 * would reach for one observation more.
 */
export function tailOf(confidence: number, place: Place): number {
  const decimals = 1e12;
  return Math.round((1 - finiteNumber(confidence, place, { above: 0, below: 1 })) * decimals) / decimals;
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
  multiples(kernel: Kernel, alpha: number): { readonly valueAtRisk: number; readonly expectedShortfall: number };
}

/** Normal: VaR = −Φ⁻¹(α), ES = φ(Φ⁻¹(α)) ÷ α. */
export function normal(): Distribution {
  return {
    name: "normal",
    key: "normal",
    multiples(kernel, alpha) {
      const quantile = kernel.normalQuantile(alpha);
      return { valueAtRisk: -quantile, expectedShortfall: kernel.normalPdf(quantile) / alpha };
    },
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
