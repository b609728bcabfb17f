import { InvalidInputError } from "../errors.js";
import type { Memory, Owner } from "../memory.js";
import { type Distribution, tailOf } from "../distribution.js";

/** How one number splits over factors or lines. `component` sums to `total`. */
export interface RiskShares {
  readonly total: number;
  /** Euler share: what each part adds at its present size */
  readonly component: Float64Array;
  /** component ÷ total; null where the total is 0 */
  readonly percent: Float64Array | null;
  /** total − total without the part, computed afresh */
  readonly incremental: Float64Array;
}

/** The same by factor, with the change of the total per unit of exposure. */
export interface FactorShares extends RiskShares {
  readonly marginal: Float64Array;
}

/** Weights per factor and line: row l of `values` is line l, and the columns sum to the book. */
export interface LineMatrix {
  readonly lines: number;
  readonly factors: number;
  /** f64[lines * factors], row-major */
  readonly values: Float64Array;
}

export interface ParametricShares {
  readonly deviation: number;
  readonly valueAtRisk: FactorShares;
  readonly expectedShortfall: FactorShares;
}

export interface HistoricalShares {
  readonly valueAtRisk: FactorShares;
  readonly expectedShortfall: FactorShares;
  /** scenarios of the tail, worst first, ties by time; the last one is the VaR's */
  readonly tail: Uint32Array;
  /** their weights in the expected shortfall, which sum to 1 */
  readonly weights: Float64Array;
  /** P&L under every scenario, oldest first */
  readonly pnl: Float64Array;
}

/** What a covariance and a distribution say of lines: see assembly/models/decomposition.ts. Multiples are per deviation. */
export function parametricShares(
  memory: Memory,
  matrix: LineMatrix,
  covariance: Float64Array,
  mean: Float64Array | null,
  multiples: { readonly valueAtRisk: number; readonly expectedShortfall: number },
): ParametricShares {
  const { kernel } = memory;
  const { lines, factors } = matrix;
  return memory.scope(() => {
    const a = memory.copy(matrix.values);
    const c = memory.copy(covariance);
    const mu = mean === null ? 0 : memory.copy(mean);
    const scratch = memory.reserve(kernel.decompositionScratch(lines, factors));
    const total = memory.reserveF64(2);
    const marginal = memory.reserveF64(factors);
    const component = memory.reserveF64(lines);
    const incremental = memory.reserveF64(lines);
    const shares = (k: number): FactorShares => {
      kernel.decomposeParametric(lines, factors, a, mu, c, k, scratch, total, marginal, component, incremental);
      return share(
        memory.f64(total, 1)[0] ?? 0,
        memory.f64(marginal, factors).slice(),
        memory.f64(component, lines).slice(),
        memory.f64(incremental, lines).slice(),
      );
    };
    const valueAtRisk = shares(multiples.valueAtRisk);
    const expectedShortfall = shares(multiples.expectedShortfall);
    return { deviation: memory.f64(total, 2)[1] ?? 0, valueAtRisk, expectedShortfall };
  });
}

/** What observed moves say of lines. `returns` holds f64[factors * scenarios], factor-major, at an address. */
export function historicalShares(
  memory: Memory,
  matrix: LineMatrix,
  returns: number,
  scenarios: number,
  alpha: number,
): HistoricalShares {
  const { kernel } = memory;
  const { lines, factors } = matrix;
  return memory.scope(() => {
    const a = memory.copy(matrix.values);
    const scratch = memory.reserve(
      kernel.decompositionScratch(lines, factors) + kernel.historicalDecompositionScratch(scenarios),
    );
    const total = memory.reserveF64(2);
    const marginal = memory.reserveF64(2 * factors);
    const component = memory.reserveF64(2 * lines);
    const incremental = memory.reserveF64(2 * lines);
    const tailAt = memory.reserve(4 * scenarios);
    const weightAt = memory.reserveF64(scenarios);
    const pnl = memory.reserveF64(scenarios);
    const count = kernel.decomposeHistorical(
      lines,
      factors,
      a,
      scenarios,
      returns,
      alpha,
      scratch,
      total,
      marginal,
      component,
      incremental,
      tailAt,
      weightAt,
      pnl,
    );
    const half = (at: number, length: number, which: number) => memory.f64(at + 8 * length * which, length).slice();
    const [valueAtRisk, expectedShortfall] = [0, 1].map((which) =>
      share(
        memory.f64(total, 2)[which] ?? 0,
        half(marginal, factors, which),
        half(component, lines, which),
        half(incremental, lines, which),
      ),
    ) as [FactorShares, FactorShares];
    return {
      valueAtRisk,
      expectedShortfall,
      tail: memory.u32(tailAt, count).slice(),
      weights: memory.f64(weightAt, count).slice(),
      pnl: memory.f64(pnl, scenarios).slice(),
    };
  });
}

function share(
  total: number,
  marginal: Float64Array,
  component: Float64Array,
  incremental: Float64Array,
): FactorShares {
  return {
    total,
    marginal,
    component,
    percent: total === 0 ? null : component.map((part) => part / total),
    incremental,
  };
}

/** The diagonal matrix of weights: one line per factor. */
export function byFactor(weights: ArrayLike<number>): LineMatrix {
  const n = weights.length;
  const values = new Float64Array(n * n);
  for (let i = 0; i < n; i++) values[i * n + i] = weights[i] ?? 0;
  return { lines: n, factors: n, values };
}

export interface ParametricDecompositionInput {
  /** money per unit move of each factor, ≥ 1 of them */
  readonly weights: ArrayLike<number>;
  /** expected move of each factor; default 0 */
  readonly mean?: ArrayLike<number>;
  /** f64[n * n], symmetric, row-major */
  readonly covariance: ArrayLike<number>;
  readonly confidence: number;
  readonly distribution: Distribution;
}

/**
 * Parametric VaR and ES of a weighted sum, by factor: −w'μ + k σ with σ = √(w'Cw).
 *
 * @throws InvalidInputError  lengths that do not fit, a number that is not finite, a matrix that is not symmetric
 * @see METHODS.md#decomposition
 */
export function decomposeParametric({ memory }: Owner, input: ParametricDecompositionInput): ParametricShares {
  const weights = numbers(input.weights, "weights", null);
  const n = weights.length;
  const mean = input.mean === undefined ? null : numbers(input.mean, "mean", n);
  const covariance = numbers(input.covariance, "covariance", n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const [below, above] = [covariance[i * n + j] ?? 0, covariance[j * n + i] ?? 0];
      if (below !== above) throw new InvalidInputError(`covariance[${i * n + j}]`, `${above}, as opposite`, below);
    }
  }
  const alpha = tailOf(input.confidence, "confidence");
  const multiples = input.distribution.multiples(memory.kernel, alpha);
  return parametricShares(memory, byFactor(weights), covariance, mean, multiples);
}

export interface HistoricalDecompositionInput {
  /** f64[scenarios * n], row-major: one row per scenario, oldest first */
  readonly returns: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  readonly confidence: number;
}

/**
 * Historical VaR and ES of a weighted sum, by factor, with the scenarios of the tail.
 *
 * @throws InvalidInputError  lengths that do not fit, or a number that is not finite
 * @see METHODS.md#decomposition
 */
export function decomposeHistorical({ memory }: Owner, input: HistoricalDecompositionInput): HistoricalShares {
  const weights = numbers(input.weights, "weights", null);
  const n = weights.length;
  const rows = input.returns.length / n;
  if (!Number.isInteger(rows) || rows < 1) {
    throw new InvalidInputError("returns", `rows of ${n} numbers, at least one`, `${input.returns.length} numbers`);
  }
  const returns = numbers(input.returns, "returns", rows * n);
  const columns = new Float64Array(rows * n);
  for (let t = 0; t < rows; t++) for (let i = 0; i < n; i++) columns[i * rows + t] = returns[t * n + i] ?? 0;
  const alpha = tailOf(input.confidence, "confidence");
  return memory.scope(() => historicalShares(memory, byFactor(weights), memory.copy(columns), rows, alpha));
}

/** A packed copy of finite numbers, `length` of them, or at least one where that is null. */
export function numbers(values: ArrayLike<number>, path: string, length: number | null): Float64Array {
  if (length === null ? values.length === 0 : values.length !== length) {
    const expected = length === null ? "an array of at least one number" : `an array of ${length} numbers`;
    throw new InvalidInputError(path, expected, `${values.length} numbers`);
  }
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new InvalidInputError(`${path}[${i}]`, "a finite number", values[i]);
  }
  return Float64Array.from(values);
}
