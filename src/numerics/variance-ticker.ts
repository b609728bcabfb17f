import { checkOptions, finiteNumber, invalid, withDefault } from "../checks.js";
import type { Memory, Owner } from "../memory.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { numericsKernel } from "./kernel.js";
import { changeOf, finiteArray, indexOf, LARGEST, largestOf, REBUILD_EVERY, Resident } from "./resident.js";

export interface VarianceTickerOptions {
  /** number of exposures n, ≥ 1 */
  readonly columns: number;
  /** f64[n*n], symmetric to the bit: covariance of what the exposures are to */
  readonly covariance: Float64Array;
  /** f64[n]: exposures to begin with; default 0 */
  readonly exposures?: Float64Array;
  /** ticks after which variance and gradient are computed anew; default 4,096 */
  readonly rebuildEvery?: number;
}

/** The variance w'Σw of exposures w in an engine's memory, with g = Σw kept beside it. */
export interface VarianceTicker {
  readonly columns: number;
  /** w'Σw as it stands; below 0 by no more than `driftBound`, unless Σ is not positive semidefinite */
  readonly variance: number;
  /** f64[n], a copy of g = Σw: half of what the variance grows by with each exposure */
  readonly gradient: Float64Array;
  /** f64[n], a copy of w */
  readonly exposures: Float64Array;
  /** how far, at most, the variance is from what it is computed anew; 0 after a rebuild */
  readonly driftBound: number;
  /** how far it was at the last rebuild; 0 before the first */
  readonly residual: number;
  /**
   * Add `change` to an exposure: the variance after it. O(n).
   *
   * @throws InvalidInputError   no such exposure, a change that is not finite, or numbers of 1e290 or more; nothing is changed
   * @throws DisposedError       after `dispose()`
   */
  tick(index: number, change: number): number;
  /** What `tick` would give, with nothing changed. O(1). @throws as `tick` does */
  whatIf(index: number, change: number): number;
  /** Compute variance and gradient anew from the exposures: the residual. Happens by itself every `rebuildEvery` ticks. */
  rebuild(): number;
  /** Give its memory back. Idempotent; nothing of the ticker works afterwards. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** What the kernel keeps beside the vectors: see `varianceTick`. */
const STATE = 7;

class Ticker extends Resident implements VarianceTicker {
  readonly columns: number;
  private readonly kernel: NumericsKernel;
  private readonly covariance: number;
  private readonly held: number;
  private readonly slope: number;
  private readonly state: number;
  private value = 0;
  private ticks = 0;
  private measured = 0;

  constructor(
    memory: Memory,
    covariance: Float64Array,
    exposures: Float64Array,
    /** largest |covariance| */
    private readonly largest: number,
    private readonly every: number,
  ) {
    const kernel = numericsKernel(memory);
    const n = exposures.length;
    super(memory, "the variance ticker", [covariance.byteLength, 8 * n, 8 * n, 8 * STATE]);
    this.kernel = kernel;
    this.columns = n;
    [this.covariance = 0, this.held = 0, this.slope = 0, this.state = 0] = this.parts;
    memory.write(this.covariance, covariance);
    memory.write(this.held, exposures);
    this.compute();
  }

  get variance(): number {
    this.check();
    return this.value;
  }

  get gradient(): Float64Array {
    this.check();
    return this.memory.f64(this.slope, this.columns).slice();
  }

  get exposures(): Float64Array {
    this.check();
    return this.memory.f64(this.held, this.columns).slice();
  }

  get driftBound(): number {
    this.check();
    if (this.ticks === 0) return 0;
    const [, gross = 0, , , , drift = Number.NaN] = this.memory.f64(this.state, STATE);
    return drift + this.rounding(gross);
  }

  get residual(): number {
    this.check();
    return this.measured;
  }

  whatIf(index: number, change: number): number {
    this.check();
    indexOf(index, "index", this.columns);
    if (typeof change !== "number") changeOf(change);
    const value = this.kernel.varianceAfter(this.columns, index, change, this.covariance, this.slope, this.state);
    if (Number.isNaN(value)) throw refused(change);
    return value;
  }

  tick(index: number, change: number): number {
    this.check();
    const { columns, covariance, held, slope, state } = this;
    indexOf(index, "index", columns);
    if (typeof change !== "number") changeOf(change);
    const value = this.kernel.varianceTick(columns, index, change, covariance, held, slope, state);
    if (Number.isNaN(value)) throw refused(change);
    this.value = value;
    if (++this.ticks >= this.every) this.rebuild();
    return this.value;
  }

  rebuild(): number {
    this.check();
    const before = this.value;
    this.compute();
    this.measured = Math.abs(before - this.value);
    return this.measured;
  }

  /** Variance and gradient from the exposures, and what they may be off by to begin with. */
  private compute(): void {
    const { memory, columns, largest } = this;
    this.value = memory.kernel.quadraticForm(columns, this.covariance, this.held, this.slope);
    this.ticks = 0;
    const gross = memory.f64(this.held, columns).reduce((total, exposure) => total + Math.abs(exposure), 0);
    const slope = largestOf(memory.f64(this.slope, columns));
    const off = Number.EPSILON * columns * gross * largest;
    memory
      .f64(this.state, STATE)
      .set([this.value, gross, slope, Math.abs(this.value), off, this.rounding(gross), largest]);
  }

  /** What w'Σw may be off by: half an ulp of the sum of all magnitudes for each sum of n terms, within rows and over them. */
  private rounding(gross: number): number {
    return Number.EPSILON * this.columns * gross * gross * this.largest;
  }
}

/** The error of a change that the kernel refused. */
function refused(change: number): Error {
  changeOf(change);
  return invalid("change", `one that keeps exposures, gradient and variance below ${LARGEST}`, change);
}

/**
 * Keep g = Σw beside the variance v = w'Σw of exposures, so that one more exposure costs a row and not a matrix:
 *
 *   v += d (2 g_i + d Σ_ii),   g += d Σ_i,   w_i += d
 *
 * @throws InvalidInputError   an option that is unknown or out of range, a matrix that is not symmetric or not finite, or a
 *                             variance of 1e290 or more
 * @throws OutOfMemoryError    the matrix does not fit
 * Cost: the matrix is copied once, 8 n² bytes.
 * @see METHODS.md#variance-ticker
 */
export function varianceTicker({ memory }: Owner, options: VarianceTickerOptions): VarianceTicker {
  const name = "varianceTicker";
  const read = checkOptions(options, name, {
    columns: (value, place) => finiteNumber(value, place, { min: 1, whole: true }),
    covariance: (value, place) => finiteArray(value, place),
    exposures: withDefault(null, (value, place) => finiteArray(value, place)),
    rebuildEvery: withDefault(REBUILD_EVERY, (value, place) => finiteNumber(value, place, { min: 1, whole: true })),
  });
  const { columns: n, covariance, rebuildEvery } = read;
  const exposures = read.exposures ?? new Float64Array(n);
  if (covariance.length !== n * n) {
    throw invalid(`${name}.covariance`, `a Float64Array of ${n * n} numbers`, `${covariance.length} numbers`);
  }
  if (exposures.length !== n) {
    throw invalid(`${name}.exposures`, `a Float64Array of ${n} numbers`, `${exposures.length} numbers`);
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      if (covariance[i * n + j] !== covariance[j * n + i]) {
        throw invalid(
          `${name}.covariance[${i * n + j}]`,
          `the same as its mirror image, ${covariance[j * n + i]}`,
          covariance[i * n + j],
        );
      }
    }
  }
  const largest = largestOf(covariance);
  const gross = exposures.reduce((total, exposure) => total + Math.abs(exposure), 0);
  if (!(gross < LARGEST && gross * largest < LARGEST && gross * gross * largest < LARGEST)) {
    throw invalid(`${name}.exposures`, `such that they, gradient and variance stay below ${LARGEST}`, gross);
  }
  return new Ticker(memory, covariance, exposures, largest, rebuildEvery);
}
