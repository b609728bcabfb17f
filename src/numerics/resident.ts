import { at, invalid, type Place } from "../checks.js";
import { DisposedError } from "../errors.js";
import type { Memory } from "../memory.js";

/** An object with a block of an engine's memory, until it is disposed. */
export abstract class Resident {
  readonly memory: Memory;
  /** addresses of its parts, each at a multiple of 64 */
  protected readonly parts: readonly number[];
  private live = true;

  /** @param sizes   bytes of the parts */
  constructor(
    memory: Memory,
    private readonly what: string,
    sizes: readonly number[],
  ) {
    this.memory = memory;
    const room = sizes.map((bytes) => 64 * Math.ceil(bytes / 64));
    const block = memory.keep(room.reduce((total, bytes) => total + bytes, 0));
    this.parts = room.map((_, part) => room.slice(0, part).reduce((at, bytes) => at + bytes, block));
  }

  /** Give its memory back. Idempotent; nothing of the object works afterwards. */
  dispose(): void {
    if (!this.live) return;
    this.live = false;
    this.memory.free(this.parts[0] ?? 0);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @throws DisposedError   it was disposed */
  check(): void {
    if (!this.live) throw new DisposedError(this.what);
  }
}

/** Largest magnitude of the numbers; 0 of none. */
export function largestOf(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** Largest difference of two arrays of the same length. */
export function largestDifference(a: Float64Array, b: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] ?? Number.NaN) - (b[i] ?? Number.NaN)));
  return largest;
}

/** Ticks after which an object sums anew what it has updated, unless told otherwise. */
export const REBUILD_EVERY = 4096;

/** What is updated stays below this, so that sums over it stay in the range of f64. */
export const LARGEST = 1e290;

/** A Float64Array of so many numbers. */
export function sizedArray(value: unknown, length: number, place: Place): Float64Array {
  if (value instanceof Float64Array && value.length === length) return value;
  throw invalid(place, `a Float64Array of ${length} numbers`, value);
}

/** A Float64Array of finite numbers. */
export function finiteArray(value: unknown, place: Place): Float64Array {
  if (!(value instanceof Float64Array)) throw invalid(place, "a Float64Array", value);
  const fault = value.findIndex((number) => !Number.isFinite(number));
  if (fault >= 0) throw invalid(at(place, fault), "a finite number", value[fault]);
  return value;
}

/** Check an index on a hot path. @throws InvalidInputError  it is none */
export function indexOf(index: number, place: string, count: number): void {
  if (!(Number.isInteger(index) && index >= 0 && index < count)) {
    throw invalid(place, `a whole number from 0 to ${count - 1}`, index);
  }
}

/** Check a change on a hot path. @throws InvalidInputError  it is not finite */
export function changeOf(change: number): void {
  if (!Number.isFinite(change)) throw invalid("change", "a finite number", change);
}
