import { at, finiteNumber, invalid, type Place, spell } from "../checks.js";
import { InsufficientDataError } from "../errors.js";

/** A sample of P&L or returns, gains positive, in the order of time. */
export type Observations = Float64Array | readonly number[];

/** Fourth powers of gains and losses stay within f64. */
export const LARGEST = 1e75;

/** Reads a sample: a packed copy of at least one finite number. */
export function observations(value: unknown, place: Place): Float64Array {
  if (!Array.isArray(value) && !(value instanceof Float64Array)) throw invalid(place, "an array of numbers", value);
  if (value.length === 0) throw new InsufficientDataError(spell(place), 1, 0, "observations");
  const packed = new Float64Array(value.length);
  for (let i = 0; i < packed.length; i++) {
    packed[i] = finiteNumber(value[i], at(place, i), { min: -LARGEST, max: LARGEST });
  }
  return packed;
}

function isList(value: unknown): value is ArrayLike<number> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Reads a list whose length and numbers are looked at later. */
export function list(value: unknown, place: Place): ArrayLike<number> {
  if (isList(value)) return value;
  throw invalid(place, "an array of numbers", value);
}

/** Reads a confidence; `tailOf` makes the tail of it. */
export function confidence(value: unknown, place: Place): number {
  return finiteNumber(value, place, { above: 0, below: 1 });
}
