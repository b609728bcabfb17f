import { describe, expect, it } from "vitest";
import { onEveryNumericsBuild } from "../support/every-numerics-build.js";
import { random } from "../support/random-book.js";
import { near, tolerance } from "../support/tolerance.js";

/** A square of which the lower triangle is one, and the rest must not be read. */
function lowerOf(next: () => number, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => (i % n > Math.floor(i / n) ? Number.NaN : next() - 0.5));
}

describe("lowerProduct", () => {
  it("is L times every column, for every order up to 70 and any number of panels", () => {
    const next = random(1);
    for (const n of [...Array(71).keys(), 130]) {
      const panels = n % 5 === 4 ? 27 : n % 5;
      const width = 4 * Math.ceil(n / 4);
      const l = lowerOf(next, n);
      const z = Float64Array.from({ length: 4 * panels * n }, () => next() - 0.5);
      const out = onEveryNumericsBuild((memory, kernel) => {
        const lower = memory.reserve(kernel.lowerBytes(n));
        const guarded = memory.reserveF64(4 * panels * width + 8);
        memory.f64(guarded, 4 * panels * width + 8).fill(7);
        const [from, columns] = [memory.copy(l), memory.copy(z)];
        kernel.packLower(n, 0, n, from, 1, lower);
        kernel.lowerProduct(n, lower, panels, columns, guarded);
        return memory.f64(guarded, 4 * panels * width + 8);
      });
      expect(out.slice(-8)).toEqual(Array(8).fill(7));
      for (let p = 0; p < panels; p++) {
        for (let i = 0; i < width; i++) {
          for (let j = 0; j < 4; j++) {
            let [sum, size] = [0, 0];
            for (let k = 0; i < n && k <= i; k++) {
              const term = (l[i * n + k] ?? 0) * (z[4 * (p * n + k) + j] ?? 0);
              sum += term;
              size += Math.abs(term);
            }
            const found = out[4 * (p * width + i) + j] ?? Number.NaN;
            near(found, sum, tolerance.reorderedSum(n) * size, `order ${n}, panel ${p}, row ${i}, column ${j}`);
          }
        }
      }
    }
  });

  it("writes its panels and nothing behind them", () => {
    for (const n of [1, 4, 6, 13]) {
      onEveryNumericsBuild((memory, kernel) => {
        const bytes = kernel.lowerBytes(n);
        const lower = memory.reserve(bytes + 64);
        memory.f64(lower + bytes, 8).fill(7);
        kernel.packLower(n, 0, n, memory.copy(lowerOf(random(n), n)), 1, lower);
        expect([...memory.f64(lower + bytes, 8)]).toEqual(Array(8).fill(7));
        return Float64Array.of(0);
      });
    }
  });
});
