import { describe, expect, it } from "vitest";
import { columnMajor, onEveryBuild, place } from "../support/every-build.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

interface Shape {
  readonly n: number;
  readonly rows: number;
  readonly stride: number;
  readonly centred: boolean;
  readonly weighted: boolean;
}

/**
 * Largest error of the kernel's matrix against the plain sums over what is allowed, with the sums of magnitudes as the
 * scale; Infinity where it is not symmetric to the bit.
 */
function compared(seed: number, { n, rows, stride, centred, weighted }: Shape) {
  const next = random(seed);
  const x = Array.from({ length: stride }, () => Array.from({ length: n }, () => next() - 0.5));
  const shift = Array.from({ length: 2 * n }, () => (centred ? next() - 0.5 : 0));
  const weight = Array.from({ length: rows }, () => (weighted ? next() : 1));
  const divisor = 1 + next();
  const out = onEveryBuild((memory) => {
    const { kernel } = memory;
    const at = memory.reserveF64(n * n);
    const scratch = memory.reserve(kernel.syrkScratch(n, weighted));
    const from = place(memory, columnMajor(x));
    const weights = weighted ? place(memory, weight) : 0;
    kernel.syrk(n, rows, from, stride, centred ? place(memory, shift) : 0, weights, divisor, at, scratch);
    return memory.f64(at, n * n);
  });
  const c = x.slice(0, rows).map((row) => row.map((value, i) => value - shift[2 * i]! - shift[2 * i + 1]!));
  let worst = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      let size = 0;
      for (let t = 0; t < rows; t++) {
        const term = weight[t]! * c[t]![i]! * c[t]![j]!;
        sum += term;
        size += Math.abs(term);
      }
      if (out[i * n + j] !== out[j * n + i]) return Number.POSITIVE_INFINITY;
      const error = Math.abs(out[i * n + j]! - sum / divisor);
      worst = Math.max(worst, error / (tolerance.reorderedSum(rows) * (size / divisor)));
    }
  }
  return worst;
}

describe("syrk", () => {
  it("agrees with the plain sums for every number of columns up to 70, whatever is left over in the last tile", () => {
    for (let n = 1; n <= 70; n++) {
      const shape = { n, rows: 1 + ((n * 7) % 37), centred: n % 2 === 0, weighted: n % 3 === 0 };
      expect(compared(n, { ...shape, stride: shape.rows })).toBeLessThanOrEqual(1);
    }
  });

  it.each([255, 256, 257, 511, 513, 700])("agrees across the blocks of %i rows", (rows) => {
    expect(compared(rows, { n: 9, rows, stride: rows + 3, centred: true, weighted: true })).toBeLessThanOrEqual(1);
  });

  it.each([96, 97, 200, 300])("agrees across the groups of %i columns", (n) => {
    expect(compared(n, { n, rows: 20, stride: 20, centred: true, weighted: false })).toBeLessThanOrEqual(1);
  });

  it("agrees for a single row and a single column", () => {
    expect(compared(1, { n: 1, rows: 1, stride: 1, centred: false, weighted: false })).toBeLessThanOrEqual(1);
    expect(compared(2, { n: 1, rows: 1, stride: 5, centred: true, weighted: true })).toBeLessThanOrEqual(1);
  });

  it("writes nothing outside its output and its workspace", () => {
    for (const [n, weighted] of [
      [5, true],
      [6, false],
      [64, true],
    ] as const) {
      onEveryBuild((memory) => {
        const { kernel } = memory;
        const guard = 16;
        const x = place(memory, new Array(n * 300).fill(0.1));
        const weights = weighted ? place(memory, new Array(300).fill(0.5)) : 0;
        const bytes = kernel.syrkScratch(n, weighted);
        const out = memory.reserve(8 * (n * n + guard));
        const scratch = memory.reserve(bytes + 8 * guard);
        memory.f64(out + 8 * n * n, guard).fill(7);
        memory.f64(scratch + bytes, guard).fill(7);
        kernel.syrk(n, 300, x, 300, 0, weights, 1, out, scratch);
        expect(Array.from(memory.f64(out + 8 * n * n, guard))).toEqual(new Array(guard).fill(7));
        expect(Array.from(memory.f64(scratch + bytes, guard))).toEqual(new Array(guard).fill(7));
        return Float64Array.of(0);
      });
    }
  });
});
