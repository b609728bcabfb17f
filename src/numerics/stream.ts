import { at, finiteNumber, invalid } from "../checks.js";
import type { CovarianceResult } from "../covariance/covariance.js";
import { InvalidInputError } from "../errors.js";
import type { Memory } from "../memory.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { numericsKernel } from "./kernel.js";
import { Resident } from "./resident.js";

/** Vectors that wait to be added to the triangle together: it is then read and written once instead of four times. */
const WAITING = 4;
/** Numbers of a row are at most this, so that sums of their products, weighed, stay finite. */
const LARGEST = 1e120;

/** A covariance of rows that come one at a time, in the kernel's memory: what `covarianceStream` and `ewmaStream` make. */
export interface CovarianceStream {
  readonly columns: number;
  /** name and parameters */
  readonly key: string;
  /** rows that it stands on: all, or those of the window. @throws DisposedError  after `dispose()` */
  readonly rows: number;
  /**
   * Take a row. Cost: columns²/2 multiply-adds; in a full window twice that, and the like for summing anew.
   *
   * @throws InvalidInputError   a row of another length, or a number that is not finite or above 1e120; nothing is changed
   */
  push(row: Float64Array | readonly number[]): void;
  /**
   * What the estimator gives for these rows at once, within the drift that METHODS.md states.
   *
   * @throws InsufficientDataError   too few rows
   */
  covariance(): CovarianceResult;
  /**
   * Take the rows of another stream as if they had been pushed here; it keeps its own.
   *
   * @throws UnsupportedError     one of the two has a window or weights
   * @throws InvalidInputError    another number of columns
   * @throws DisposedError        a stream that was disposed or is of another engine
   */
  merge(other: CovarianceStream): void;
  /** Give its memory back. Idempotent; nothing of the stream works afterwards. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Addresses of what a stream keeps, in this order in one block. */
interface State {
  readonly origin: number;
  readonly sums: number;
  readonly squares: number;
  readonly peak: number;
  /** the row that is being taken */
  readonly row: number;
  readonly vectors: number;
  readonly factors: number;
  readonly triangle: number;
  /** f64[window*columns], a ring of rows; of no length without a window */
  readonly ring: number;
}

/** What streams have in common: memory, the row that is taken, the vectors that wait. */
export abstract class Stream extends Resident implements CovarianceStream {
  protected readonly numerics: NumericsKernel;
  protected readonly state: State;
  protected count = 0;
  protected waiting = 0;

  constructor(
    memory: Memory,
    readonly columns: number,
    readonly key: string,
    window: number,
  ) {
    const numerics = numericsKernel(memory);
    const width = columns + (columns % 2);
    const sizes = [
      columns,
      2 * columns,
      columns,
      columns,
      columns,
      WAITING * width,
      WAITING,
      width * width,
      window * columns,
    ];
    super(
      memory,
      "the stream",
      sizes.map((size) => 8 * size),
    );
    this.numerics = numerics;
    const [origin = 0, sums = 0, squares = 0, peak = 0, row = 0, vectors = 0, factors = 0, triangle = 0, ring = 0] =
      this.parts;
    this.state = { origin, sums, squares, peak, row, vectors, factors, triangle, ring };
  }

  get rows(): number {
    this.check();
    return this.count;
  }

  push(row: Float64Array | readonly number[]): void {
    this.check();
    const { memory, columns, state } = this;
    if (!(Array.isArray(row) || row instanceof Float64Array) || row.length !== columns) {
      throw invalid("row", `an array of ${columns} numbers`, row);
    }
    const numbers =
      row instanceof Float64Array ? row : row.map((value: unknown, i) => finiteNumber(value, at("row", i)));
    memory.f64(state.row, columns).set(numbers);
    const fault = this.numerics.firstBeyond(columns, state.row, LARGEST);
    if (fault > 0) {
      throw new InvalidInputError(`row[${fault - 1}]`, `a finite number of at most ${LARGEST}`, row[fault - 1]);
    }
    this.take();
  }

  covariance(): CovarianceResult {
    this.check();
    const { memory, columns, numerics, state } = this;
    this.flush();
    return memory.scope(() => {
      const { mean, divisor } = this.described();
      const out = memory.reserveF64(columns * columns);
      const deviations = memory.reserveF64(columns);
      const correlation = memory.reserveF64(columns * columns);
      numerics.triangleMatrix(columns, state.triangle, divisor, out);
      memory.kernel.correlationOf(columns, out, deviations, correlation);
      return {
        matrix: memory.f64(out, columns * columns).slice(),
        deviations: memory.f64(deviations, columns).slice(),
        correlation: memory.f64(correlation, columns * columns).slice(),
        mean,
        shrinkage: null,
        meanCorrelation: null,
        estimator: this.key,
        rows: this.count,
      };
    });
  }

  abstract merge(other: CovarianceStream): void;

  /** Take the row that stands at `state.row`. */
  protected abstract take(): void;

  /** The means, and what sums of products are divided by. */
  protected abstract described(): { readonly mean: Float64Array | null; readonly divisor: number };

  /** Place of the next vector that waits, with its factor. */
  protected wait(factor: number): number {
    if (this.waiting === WAITING) this.flush();
    const { memory, columns, state } = this;
    memory.f64(state.factors, WAITING)[this.waiting] = factor;
    return state.vectors + 8 * (columns + (columns % 2)) * this.waiting++;
  }

  /** Add what waits to the triangle. */
  protected flush(): void {
    const { columns, state } = this;
    if (this.waiting > 0) this.numerics.rankUpdate(columns, this.waiting, state.vectors, state.factors, state.triangle);
    this.waiting = 0;
  }
}

/** Reads a number of columns or rows. */
export const positive = (value: unknown, place: Parameters<typeof finiteNumber>[1]) =>
  finiteNumber(value, place, { min: 1, whole: true });
