import { type Place, spell } from "../checks.js";
import type { TailPair } from "../distribution.js";
import { InsufficientDataError, InvalidInputError } from "../errors.js";
import type { Memory } from "../memory.js";
import { byFactor, type FactorShares, type LineMatrix, numbers } from "../models/decomposition.js";
import type { Measure } from "./measure.js";
import { LARGEST } from "./observations.js";

/** How VaR and ES of a weighted sum of observed moves split over what is weighted. */
export interface ScenarioShares<T extends TailPair = TailPair> {
  readonly valueAtRisk: FactorShares;
  readonly expectedShortfall: FactorShares;
  /** what is said of the whole beside its shares */
  readonly whole: T;
  /** scenarios of the tail, worst first, ties by time; empty for a measure that does not weigh scenarios */
  readonly tail: Uint32Array;
  /** their weights in the expected shortfall, which sum to 1 */
  readonly weights: Float64Array;
  /** P&L under every scenario, oldest first */
  readonly pnl: Float64Array;
}

/** Observed moves and what they are weighted by. */
export interface ScenarioDecompositionInput {
  /** f64[scenarios * n], row-major: one row per scenario, oldest first */
  readonly returns: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  readonly confidence: number;
}

/** Weights of a whole and of what is left without each line, summed from the lines that remain: nothing is subtracted. */
function leaveOneOut({ lines, factors, values }: LineMatrix): readonly Float64Array[] {
  const rest = Array.from({ length: lines + 1 }, () => new Float64Array(factors));
  const add = (to: Float64Array | undefined, sum: Float64Array) => {
    if (to !== undefined) for (let i = 0; i < factors; i++) to[i] = (to[i] ?? 0) + (sum[i] ?? 0);
  };
  const [before, behind] = [new Float64Array(factors), new Float64Array(factors)];
  for (let l = 0; l < lines; l++) {
    add(rest[l], before);
    add(before, values.subarray(l * factors, (l + 1) * factors));
  }
  add(rest[lines], before);
  for (let l = lines - 1; l >= 0; l--) {
    add(rest[l], behind);
    add(behind, values.subarray(l * factors, (l + 1) * factors));
  }
  return rest;
}

/**
 * Euler decomposition of a measure of degree 1: with g_t its derivative by the P&L of scenario t,
 *
 *   marginal_i = Σ_t g_t r_it,   component_l = Σ_i a_li marginal_i,   incremental_l = total − total without line l, anew
 *
 * @param returns  f64[factors * scenarios], factor-major, at an address
 * Cost: O(lines · factors · scenarios).
 */
export function scenarioShares<T extends TailPair>(
  memory: Memory,
  measure: Measure<T>,
  matrix: LineMatrix,
  returns: number,
  scenarios: number,
  alpha: number,
): ScenarioShares<T> {
  const { kernel } = memory;
  const { lines, factors, values } = matrix;
  return memory.scope(() => {
    const slots = memory.copy(Uint32Array.from({ length: factors }, (_, i) => i));
    const [left, right] = [memory.reserveF64(factors), memory.reserveF64(factors)];
    const pnlAt = memory.reserveF64(scenarios);
    const gradient = memory.reserveF64(2 * scenarios);
    const measured = measure.on(memory, scenarios, alpha);
    const under = (weights: Float64Array): void => {
      memory.write(left, weights);
      kernel.scenarioPnl(scenarios, factors, slots, left, returns, pnlAt);
    };
    const rest = leaveOneOut(matrix);
    under(rest[lines] ?? new Float64Array(factors));
    const whole = measured.gradient(pnlAt, gradient);
    const pnl = memory.f64(pnlAt, scenarios).slice();
    const byEs = memory.f64(gradient + 8 * scenarios, scenarios).slice();
    const without = Array.from({ length: lines }, (_, l): TailPair => {
      under(rest[l] ?? new Float64Array(factors));
      return measured.risk(pnlAt);
    });
    const shares = (key: "valueAtRisk" | "expectedShortfall", slopes: number): FactorShares => {
      const marginal = Float64Array.from({ length: factors }, (_, i) =>
        kernel.dot(slopes, returns + 8 * scenarios * i, scenarios),
      );
      memory.write(right, marginal);
      const component = Float64Array.from({ length: lines }, (_, l) => {
        memory.write(left, values.subarray(l * factors, (l + 1) * factors));
        return kernel.dot(left, right, factors);
      });
      const total = whole[key] + 0;
      return {
        total,
        marginal,
        component,
        percent: total === 0 ? null : component.map((part) => part / total),
        incremental: Float64Array.from(without, (pair) => total - pair[key]),
      };
    };
    const order = measure.weighs
      ? [...byEs.keys()].filter((t) => byEs[t] !== 0).sort((s, t) => (pnl[s] ?? 0) - (pnl[t] ?? 0) || s - t)
      : [];
    return {
      valueAtRisk: shares("valueAtRisk", gradient),
      expectedShortfall: shares("expectedShortfall", gradient + 8 * scenarios),
      whole,
      tail: Uint32Array.from(order),
      weights: Float64Array.from(order, (t) => 0 - (byEs[t] ?? 0)),
      pnl,
    };
  });
}

/** `scenarioShares` by factor of moves that a caller gives, checked. */
export function decomposed<T extends TailPair>(
  memory: Memory,
  place: Place,
  input: Omit<ScenarioDecompositionInput, "confidence">,
  measure: Measure<T>,
  alpha: number,
): ScenarioShares<T> {
  const weights = numbers(input.weights, spell({ parent: place, key: "weights" }), null);
  const n = weights.length;
  const path = spell({ parent: place, key: "returns" });
  const rows = input.returns.length / n;
  if (!Number.isInteger(rows) || rows < 1) {
    throw new InvalidInputError(path, `rows of ${n} numbers, at least one`, `${input.returns.length} numbers`);
  }
  if (rows < measure.minimum) throw new InsufficientDataError(path, measure.minimum, rows, "rows");
  const returns = numbers(input.returns, path, rows * n);
  for (let at = 0; at < returns.length; at++) {
    // Gains and losses whose fourth powers are within f64, whatever is left out of them.
    if (Math.abs(returns[at] ?? 0) * Math.abs(weights[at % n] ?? 0) <= LARGEST / n) continue;
    throw new InvalidInputError(`${path}[${at}]`, `at most ${LARGEST / n} times its weight`, returns[at]);
  }
  return memory.scope(() => {
    const at = memory.copy(returns);
    const columns = memory.reserveF64(rows * n);
    memory.kernel.transpose(rows, n, at, columns);
    return scenarioShares(memory, measure, byFactor(weights), columns, rows, alpha);
  });
}
