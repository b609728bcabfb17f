import { checkOptions, finiteNumber, invalid, withDefault } from "../checks.js";
import { DisposedError, InsufficientDataError, UnsupportedError } from "../errors.js";
import type { Memory, Owner } from "../memory.js";
import { type CovarianceStream, positive, Stream } from "./stream.js";

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
