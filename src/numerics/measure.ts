import type { TailPair } from "../distribution.js";
import type { Memory } from "../memory.js";

/**
 * A VaR and an ES of a sample, of degree 1 in its observations: what models of observed moves are made of. Made for a tail and
 * a number of observations, of scratch that lives as long as the scope it was made in.
 */
export interface Measured<T extends TailPair = TailPair> {
  /** of the f64[n] at `pnl` */
  risk(pnl: number): T;
  /**
   * The same, and its derivatives by each observation at `out`: f64[2n], VaR and then ES. Times the observations they sum to
   * VaR and ES.
   */
  gradient(pnl: number, out: number): T;
}

export interface Measure<T extends TailPair = TailPair> {
  /** observations that it needs */
  readonly minimum: number;
  /** whether minus the derivatives of the ES are weights of the scenarios, ≥ 0 and of sum 1 */
  readonly weighs: boolean;
  on(memory: Memory, n: number, alpha: number): Measured<T>;
}

/** A measure of one sample. */
export function measured<T extends TailPair>(memory: Memory, measure: Measure<T>, pnl: Float64Array, alpha: number): T {
  return memory.scope(() => measure.on(memory, pnl.length, alpha).risk(memory.copy(pnl)));
}
