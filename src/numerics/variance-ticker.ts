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

class Ticker extends Resident implements VarianceTicker {
  readonly columns: number;
  private readonly kernel: NumericsKernel;
  private readonly held: Float64Array;
  private value = 0;
  /** sum of |w|; at least the largest |g|; at least |v| */
  private gross = 0;
  private slope = 0;
  private size = 0;
  private ticks = 0;
  private slopeDrift = 0;
  private drift = 0;
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
    super(memory, "the variance ticker", [covariance.byteLength, 8 * n]);
    this.kernel = kernel;
    this.columns = n;
    this.held = exposures.slice();
    memory.write(this.parts[0] ?? 0, covariance);
    this.compute();
  }

  get variance(): number {
    this.check();
    return this.value;
  }

  get gradient(): Float64Array {
    this.check();
    return this.memory.f64(this.parts[1] ?? 0, this.columns).slice();
  }

  get exposures(): Float64Array {
    this.check();
    return this.held.slice();
  }

  get driftBound(): number {
    this.check();
    return this.ticks === 0 ? 0 : this.drift + this.rounding();
  }

  get residual(): number {
    this.check();
    return this.measured;
  }

  whatIf(index: number, change: number): number {
    this.check();
    this.grown(index, change);
    const [c = 0, g = 0] = this.parts;
    return this.kernel.varianceAfter(this.columns, index, change, c, g, this.value);
  }

  tick(index: number, change: number): number {
    this.check();
    const by = this.grown(index, change);
    const { held, kernel, columns, largest } = this;
    const [c = 0, g = 0] = this.parts;
    const step = Math.abs(change);
    const turn = step * largest;
    this.value = kernel.varianceTick(columns, index, change, c, g, this.value);
    const before = held[index] ?? 0;
    const after = before + change;
    held[index] = after;
    this.gross += Math.abs(after) - Math.abs(before);
    const slope = Math.min(this.slope + turn, this.gross * largest);
    const size = Math.min(this.size + by, this.gross * this.gross * largest);
    // Half an ulp of each result, of three in what is added and of the variance, and twice what the gradient is off already;
    // and of the exposure, from which a later computation begins.
    const ulp = Number.EPSILON / 2;
    const rounded = ulp * Math.abs(after);
    this.drift += 2 * step * this.slopeDrift + ulp * (3 * by + size) + rounded * (2 * slope + rounded * largest);
    this.slopeDrift += ulp * (turn + slope) + rounded * largest;
    this.slope = slope;
    this.size = size;
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

  /** By how much, at most, the variance changes. @throws InvalidInputError  no such exposure, or a change that is too large */
  private grown(index: number, change: number): number {
    indexOf(index, "index", this.columns);
    changeOf(change);
    const step = Math.abs(change);
    const by = step * (2 * this.slope + step * this.largest);
    if (!(this.size + by < LARGEST && this.gross + step < LARGEST && this.slope + step * this.largest < LARGEST)) {
      throw invalid("change", `one that keeps exposures, gradient and variance below ${LARGEST}`, change);
    }
    return by;
  }

  /** Variance and gradient from the exposures. */
  private compute(): void {
    const { memory, held, columns } = this;
    const [c = 0, g = 0] = this.parts;
    this.value = memory.scope(() => memory.kernel.quadraticForm(columns, c, memory.copy(held), g));
    this.gross = held.reduce((total, exposure) => total + Math.abs(exposure), 0);
    this.slope = largestOf(memory.f64(g, columns));
    this.size = Math.abs(this.value);
    this.ticks = 0;
    this.slopeDrift = Number.EPSILON * columns * this.gross * this.largest;
    this.drift = this.rounding();
  }

  /** What w'Σw may be off by: half an ulp of the sum of all magnitudes for each sum of n terms, within rows and over them. */
  private rounding(): number {
    return Number.EPSILON * this.columns * this.gross * this.gross * this.largest;
  }
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
