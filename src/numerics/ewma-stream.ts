import { checkOptions, finiteNumber, oneOf, withDefault } from "../checks.js";
import type { EwmaForm } from "../covariance/ewma.js";
import { InsufficientDataError, UnsupportedError } from "../errors.js";
import type { Memory, Owner } from "../memory.js";
import { type DecayOptions, decayOf, decayReaders } from "./decay.js";
import { type CovarianceStream, positive, Stream } from "./stream.js";

/** Where the weight of the newest row is above this, everything is scaled down: a power of two, which changes no digit. */
const HEAVY = 2 ** 64;

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
