import { finiteNumber } from "../checks.js";
import { InvalidInputError } from "../errors.js";
import type { Memory } from "../memory.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { sizedArray } from "./resident.js";

/** Reads the order of a matrix. */
export const orderOf = (columns: number): number => finiteNumber(columns, "columns", { min: 1, whole: true });

/** Rows that go in or out at a time, so that no square passes through memory beside the panels. */
const ROWS = 16;

/** The lower triangle of a matrix, times `sign`, in panels in scratch. */
export function panelsOf(
  memory: Memory,
  kernel: NumericsKernel,
  n: number,
  matrix: Float64Array,
  sign: number,
): number {
  const lower = memory.reserve(kernel.lowerBytes(n));
  packInto(memory, kernel, n, matrix, sign, lower);
  return lower;
}

/** The same where there is room for the panels. */
export function packInto(
  memory: Memory,
  kernel: NumericsKernel,
  n: number,
  matrix: Float64Array,
  sign: number,
  lower: number,
): void {
  memory.scope(() => {
    const rows = memory.reserveF64(n * Math.min(ROWS, n));
    for (let top = 0; top < n; top += ROWS) {
      const count = Math.min(ROWS, n - top);
      memory.write(rows, matrix.subarray(n * top, n * (top + count)));
      kernel.packLower(n, top, count, rows, sign, lower);
    }
  });
}

/** The triangle in panels at `lower` as a square, f64[n*n]. */
export function unpacked(
  memory: Memory,
  kernel: NumericsKernel,
  n: number,
  lower: number,
  into: Float64Array = new Float64Array(n * n),
): Float64Array {
  return memory.scope(() => {
    const rows = memory.reserveF64(n * Math.min(ROWS, n));
    for (let top = 0; top < n; top += ROWS) {
      const count = Math.min(ROWS, n - top);
      kernel.unpackLower(n, top, count, lower, rows);
      into.set(memory.f64(rows, n * count), n * top);
    }
    return into;
  });
}

/**
 * Refuse a triangle for a number of it that is not finite. What is not spreads to what is computed of it, so that this need be asked
 * only where that failed.
 */
export function blamed(memory: Memory, n: number, matrix: Float64Array, name: string): void {
  for (let i = 0; i < n; i++) {
    const row = matrix.subarray(n * i, n * i + i + 1);
    const fault = memory.scope(() => memory.kernel.firstNonFinite(memory.copy(row), i + 1));
    if (fault > 0) throw new InvalidInputError(`${name}[${n * i + fault - 1}]`, "a finite number", row[fault - 1]);
  }
}

/** Refuse what is no factor: another size, or a diagonal that is not positive. */
export function checkFactor(n: number, lower: Float64Array): void {
  sizedArray(lower, n * n, "lower");
  for (let i = 0; i < n; i++) {
    const place = i * (n + 1);
    if (!((lower[place] ?? 0) > 0)) {
      throw new InvalidInputError(`lower[${place}]`, "above 0, on the diagonal of a factor", lower[place]);
    }
  }
}
