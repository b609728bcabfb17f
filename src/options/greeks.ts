import type { Owner } from "../memory.js";
import { type Option, type OptionColumns, packOptions, rowOf } from "./columns.js";

/** The kernel's order of what a row of greeks holds. */
const NUMBERS = [
  "price",
  "delta",
  "gamma",
  "vega",
  "theta",
  "rho",
  "rhoDividend",
  "vanna",
  "volga",
  "charm",
  "speed",
  "zomma",
  "color",
  "ultima",
  "strikeDelta",
] as const;

/**
 * Whether an option has the greeks that stand beside it.
 * `kink`: at the money at expiry or without volatility: no derivative exists; of first order the mean of both sides, of higher 0.
 * `range`: one is beyond the range of numbers and stands there as an infinity.
 */
export const GREEK_STATUSES = ["ok", "kink", "range"] as const;
export type GreekStatus = (typeof GREEK_STATUSES)[number];

/** A price and its derivatives. N is a number, or a column of them. */
export interface Greeks<N> {
  readonly price: N;
  /** ∂price/∂underlying: by the spot, or by the forward */
  readonly delta: N;
  /** ∂delta/∂underlying */
  readonly gamma: N;
  /** ∂price/∂volatility, per 1.00 */
  readonly vega: N;
  /** ∂price/∂time as time passes, per year */
  readonly theta: N;
  /** ∂price/∂rate, per 1.00; for a forward the rate only discounts */
  readonly rho: N;
  /** ∂price/∂yield, per 1.00; 0 for a forward */
  readonly rhoDividend: N;
  /** ∂delta/∂volatility */
  readonly vanna: N;
  /** ∂vega/∂volatility */
  readonly volga: N;
  /** ∂delta/∂time as time passes */
  readonly charm: N;
  /** ∂gamma/∂underlying */
  readonly speed: N;
  /** ∂gamma/∂volatility */
  readonly zomma: N;
  /** ∂gamma/∂time as time passes */
  readonly color: N;
  /** ∂volga/∂volatility */
  readonly ultima: N;
  /** ∂price/∂strike */
  readonly strikeDelta: N;
}

export interface OptionGreeks extends Greeks<number> {
  /** which kernel made the numbers */
  readonly kernel: "price";
  readonly status: GreekStatus;
}

export interface OptionGreekColumns extends Greeks<Float64Array> {
  readonly kernel: "price";
  /** u8: places in `GREEK_STATUSES` */
  readonly status: Uint8Array;
}

/** What `read` gives for each number of a row, by its name. */
function named<N>(read: (g: number) => N): Greeks<N> {
  const numbers = NUMBERS.map((name, g) => [name, read(g)]);
  return Object.fromEntries(numbers) as Greeks<N>;
}

/**
 * Price and greeks of an option, of first, second and third order. Vega and rho per 1.00, times per year. Kernel: `price`.
 *
 * @throws InvalidInputError   a number that is missing, not finite or out of range
 * @see METHODS.md#greeks
 */
export function optionGreeks(engine: Owner, option: Option): OptionGreeks {
  const { kernel, call, row } = rowOf(engine, option, "volatility");
  const { memory } = engine;
  return memory.scope(() => {
    const out = memory.reserveF64(NUMBERS.length);
    const status = kernel.optionGreeks(call, ...row, option.forward === undefined ? 0 : 1, out, 8);
    const numbers = memory.f64(out, NUMBERS.length).slice();
    return { kernel: "price", status: GREEK_STATUSES[status] ?? "range", ...named((g) => numbers[g] ?? 0) };
  });
}

/**
 * `optionGreeks` of many options in columns; a column may be one number for all.
 *
 * @throws InvalidInputError   columns of different lengths, or a number that is missing, not finite or out of range
 * Cost: some 150 ns an option.
 */
export function optionGreekColumns({ memory }: Owner, options: OptionColumns): OptionGreekColumns {
  return memory.scope(() => {
    const { kernel, count, columns, calls, fault } = packOptions(memory, options, "volatility");
    const out = memory.reserveF64(NUMBERS.length * count);
    const statuses = memory.reserve(count);
    const forward = options.forward === undefined ? 0 : 1;
    const wrong = kernel.optionGreekColumns(count, columns, calls, forward, out, statuses);
    if (wrong > 0) throw fault(wrong);
    const status = memory.u8(statuses, count).slice();
    return { kernel: "price", status, ...named((g) => memory.f64(out + 8 * g * count, count).slice()) };
  });
}
