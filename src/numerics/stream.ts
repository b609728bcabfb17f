import { at, checkOptions, finiteNumber, invalid, oneOf, withDefault } from "../checks.js";
import type { CovarianceResult } from "../covariance/covariance.js";
import type { EwmaForm } from "../covariance/ewma.js";
import { DisposedError, InsufficientDataError, InvalidInputError, UnsupportedError } from "../errors.js";
import type { Memory, Owner } from "../memory.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { type DecayOptions, decayOf, decayReaders } from "./decay.js";
import { numericsKernel } from "./kernel.js";
import { Resident } from "./resident.js";

/** Vectors that wait to be added to the triangle together: it is then read and written once instead of four times. */
const WAITING = 4;
/** Numbers of a row are at most this, so that sums of their products, weighed, stay finite. */
const LARGEST = 1e120;
/** Where the weight of the newest row is above this, everything is scaled down: a power of two, which changes no digit. */
const HEAVY = 2 ** 64;

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
abstract class Stream extends Resident implements CovarianceStream {
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

/** Sums about the mean, of all rows or of a window. */
class SampleStream extends Stream {
  private removed = 0;

  constructor(
    memory: Memory,
    columns: number,
    key: string,
    private readonly ddof: number,
    private readonly window: number | null,
    private readonly rebuildEvery: number,
  ) {
    super(memory, columns, key, window ?? 0);
  }

  protected take(): void {
    const { memory, columns, window, state } = this;
    if (this.count === 0) memory.write(state.origin, memory.f64(state.row, columns));
    if (window === null) {
      this.step(state.row, 1);
      return;
    }
    const slot = state.ring + 8 * columns * (this.removed % window);
    if (this.count < window) {
      const to = state.ring + 8 * columns * this.count;
      this.step(state.row, 1);
      memory.write(to, memory.f64(state.row, columns));
      return;
    }
    memory.scope(() => {
      // Taken first: where there is no memory for it, nothing has been changed yet.
      const workspace = this.workspace(window);
      this.step(state.row, 1);
      const fallen = this.step(slot, -1);
      memory.write(slot, memory.f64(state.row, columns));
      this.removed++;
      if (fallen || this.removed % this.rebuildEvery === 0) this.rebuild(window, workspace);
    });
  }

  /** The row at `from` enters or leaves; whether so little is left of a column that it is to be summed anew. */
  private step(from: number, sign: 1 | -1): boolean {
    const { columns, state, count } = this;
    const factor = sign > 0 ? count / (count + 1) : -count / (count - 1);
    const d = this.wait(factor);
    const { origin, sums, squares, peak } = state;
    const fallen = this.numerics.momentsStep(columns, from, origin, sums, squares, peak, count, factor, d);
    this.count += sign;
    return fallen === 1;
  }

  /** Scratch of `rebuild`: the rows in order, the same by columns, their means, the sums of products, and the kernel's own. */
  private workspace(window: number): readonly number[] {
    const { memory, columns } = this;
    const table = columns * window;
    return [table, table, columns, columns * columns, memory.kernel.sampleScratch(columns) / 8].map((size) =>
      memory.reserveF64(size),
    );
  }

  /** The window's rows as a batch. */
  private rebuild(window: number, [table = 0, byColumn = 0, mean = 0, full = 0, scratch = 0]: readonly number[]): void {
    const { memory, columns, state } = this;
    const { origin, sums, squares, peak, triangle } = state;
    // In the order in which they came: the oldest stands where the next will.
    const oldest = columns * (this.removed % window);
    const ring = memory.f64(state.ring, columns * window);
    memory.write(table, ring.subarray(oldest));
    memory.write(table + 8 * (ring.length - oldest), ring.subarray(0, oldest));
    memory.kernel.transpose(window, columns, table, byColumn);
    memory.kernel.sampleCovariance(columns, window, byColumn, 1, mean, full, scratch);
    this.numerics.momentsRebuilt(columns, window, table, full, origin, sums, squares, peak, triangle);
    this.waiting = 0;
  }

  protected described() {
    const { memory, columns, numerics, state, count, ddof, key } = this;
    if (count <= ddof) throw new InsufficientDataError("rows", ddof + 1, count, `rows for ${key}`);
    const means = memory.reserveF64(columns);
    numerics.momentsMeans(columns, state.origin, state.sums, count, means);
    return { mean: memory.f64(means, columns).slice(), divisor: count - ddof };
  }

  merge(other: CovarianceStream): void {
    this.check();
    if (!(other instanceof Stream)) throw invalid("other", "a stream of covarianceStream", other);
    other.check();
    if (other.memory !== this.memory) throw new DisposedError("the stream");
    if (other.columns !== this.columns) throw invalid("other.columns", `${this.columns}`, other.columns);
    if (!(other instanceof SampleStream) || other.window !== null || this.window !== null) {
      const what = `${this.key} and ${other.key} cannot be joined`;
      throw new UnsupportedError("merge", what, "Rows that leave or are weighed must be pushed in order");
    }
    if (other.count === 0) return;
    other.flush();
    this.flush();
    if (this.count === 0) {
      this.copy(other);
      return;
    }
    const { numerics, columns, state, count: p } = this;
    const q = other.count;
    const d = this.wait((p * q) / (p + q));
    const { origin, sums, squares, peak, triangle } = state;
    const from = other.state;
    numerics.momentsMerge(
      columns,
      p,
      origin,
      sums,
      squares,
      peak,
      triangle,
      q,
      from.origin,
      from.sums,
      from.squares,
      from.triangle,
      d,
    );
    this.count += q;
  }

  /** Become what another stream is, which has nothing waiting. */
  private copy(other: SampleStream): void {
    const { memory, state } = this;
    // All up to the ring, which neither has, is alike.
    memory.write(state.origin, memory.f64(other.state.origin, (state.ring - state.origin) / 8));
    this.count = other.count;
  }
}

/** Weighted sums of products about zero. */
class EwmaStream extends Stream {
  /** weight of the newest row, and of all rows together, in a unit that grows */
  private unit = 1;
  private total = 0;

  constructor(
    memory: Memory,
    columns: number,
    key: string,
    private readonly decay: number,
    private readonly form: EwmaForm,
  ) {
    super(memory, columns, key, 0);
  }

  protected take(): void {
    const { memory, columns, state, decay, form } = this;
    if (this.count > 0) this.unit /= decay;
    while (this.unit > HEAVY) {
      this.flush();
      this.unit /= HEAVY;
      this.total /= HEAVY;
      const width = columns + (columns % 2);
      this.numerics.scaleAll(width * width, state.triangle, 1 / HEAVY);
    }
    const weight = form === "recursive" && this.count > 0 ? (1 - decay) * this.unit : this.unit;
    memory.write(this.wait(weight), memory.f64(state.row, columns));
    this.total += weight;
    this.count++;
  }

  protected described() {
    if (this.count === 0) throw new InsufficientDataError("rows", 1, 0, `rows for ${this.key}`);
    return { mean: null, divisor: this.form === "recursive" ? this.unit : this.total };
  }

  merge(_: CovarianceStream): void {
    throw new UnsupportedError(
      "merge",
      `${this.key} cannot be merged`,
      "Rows that are weighed must be pushed in order",
    );
  }
}

const positive = (value: unknown, place: Parameters<typeof finiteNumber>[1]) =>
  finiteNumber(value, place, { min: 1, whole: true });

/**
 * The sample covariance of rows that come one at a time: of all of them, or of the newest `window`. Equal to
 * `covariance(…, sample({ ddof }))` of these rows within the drift that METHODS.md states; a window is summed anew every
 * `rebuildEvery` removals, and where a column's variance has fallen to less than 2^−10 of what it was since.
 *
 * Keeps columns² numbers, and the rows of the window, in the engine's memory until `dispose()`.
 *
 * @param columns                 ≥ 1
 * @param options.ddof            as of `sample`; default 1
 * @param options.window          rows that count, ≥ 2; default null: all
 * @param options.rebuildEvery    ≥ 1; default: `window`
 * @throws InvalidInputError      an option that is unknown or out of range, or `rebuildEvery` without a window
 * @throws OutOfMemoryError       no memory for it
 * @see METHODS.md#streaming
 */
export function covarianceStream(
  { memory }: Owner,
  columns: number,
  options?: { readonly ddof?: 0 | 1; readonly window?: number | null; readonly rebuildEvery?: number },
): CovarianceStream {
  const n = positive(columns, "columns");
  const { ddof, window, rebuildEvery } = checkOptions(options, "covarianceStream", {
    ddof: withDefault(1, (value, place) => finiteNumber(value, place, { min: 0, max: 1, whole: true })),
    window: withDefault(null, (value, place) =>
      value === null ? null : finiteNumber(value, place, { min: 2, whole: true }),
    ),
    rebuildEvery: withDefault(null, positive),
  });
  if (window === null && rebuildEvery !== null) {
    throw invalid("covarianceStream.rebuildEvery", "absent without a window", rebuildEvery);
  }
  const every = rebuildEvery ?? window ?? 1;
  const key =
    window === null
      ? `covarianceStream(ddof=${ddof})`
      : `covarianceStream(ddof=${ddof},window=${window},rebuildEvery=${every})`;
  return new SampleStream(memory, n, key, ddof, window, every);
}

/**
 * The exponentially weighted covariance about zero of rows that come one at a time. Equal to `covariance(…, ewma({ decay,
 * form }))` of all rows within the drift that METHODS.md states. Older rows are not made lighter but newer ones heavier, so that a
 * row costs one multiply-add per element.
 *
 * @param columns                           ≥ 1
 * @param options.decay, options.halfLife   as of `ewma`; default a decay of 0.97; at least 1e-280
 * @param options.form                      default `recursive`: S ← decay·S + (1 − decay)·x·x', seeded with the first row's product
 * @throws InvalidInputError                an option that is unknown or out of range, or both `decay` and `halfLife`
 * @throws OutOfMemoryError                 no memory for it
 * @see METHODS.md#streaming
 */
export function ewmaStream(
  { memory }: Owner,
  columns: number,
  options?: DecayOptions & { readonly form?: EwmaForm },
): CovarianceStream {
  const n = positive(columns, "columns");
  const { decay, halfLife, form } = checkOptions(options, "ewmaStream", {
    ...decayReaders,
    form: withDefault<EwmaForm, EwmaForm>("recursive", oneOf(["normalised", "recursive"])),
  });
  const given = decayOf("ewmaStream", decay, halfLife);
  const ratio = finiteNumber(given.of(memory), halfLife === null ? "ewmaStream.decay" : "ewmaStream.halfLife", {
    min: 1e-280,
  });
  return new EwmaStream(memory, n, `ewmaStream(${given.key},form=${form})`, ratio, form);
}
