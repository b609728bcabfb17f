import { expect, it } from "vitest";
import { matrixProduct } from "../../src/numerics/index.js";
import { pathOf } from "../support/errors.js";
import { onEveryNumericsBuild } from "../support/every-numerics-build.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { near, tolerance } from "../support/tolerance.js";

const engines = numericsBuilds.map(({ memory }) => ({ memory: memory() }));
const numbers = (next: () => number, n: number) => Float64Array.from({ length: n }, () => next() - 0.5);

/** Compare with plain sums, in the order of k. */
function compared(rows: number, depth: number, columns: number, seed: number): void {
  const next = random(seed);
  const [left, right] = [numbers(next, rows * depth), numbers(next, depth * columns)];
  const [out, ...others] = engines.map((engine) => matrixProduct(engine, { rows, depth, columns }, left, right));
  for (const other of others) expect(other).toEqual(out);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let [sum, size] = [0, 0];
      for (let k = 0; k < depth; k++) {
        const term = (left[i * depth + k] ?? 0) * (right[k * columns + j] ?? 0);
        sum += term;
        size += Math.abs(term);
      }
      const allowed = tolerance.reorderedSum(depth) * size;
      near(out?.[i * columns + j] ?? Number.NaN, sum, allowed, `${rows} × ${depth} × ${columns}: ${i}, ${j}`);
    }
  }
}

it("a product is the plain sums, whatever is left over of tiles, blocks and groups", () => {
  const next = random(1);
  for (let seed = 0; seed < 60; seed++) {
    const [rows, depth, columns] = [next(), next(), next()].map((u) => 1 + Math.floor(70 * u)) as [
      number,
      number,
      number,
    ];
    compared(rows, depth, columns, seed);
  }
  for (const depth of [255, 256, 257, 600]) compared(5, depth, 6, depth);
  for (const columns of [95, 96, 97, 200]) compared(9, 3, columns, columns);
});

it("a product of no depth is nothing, weights are those of its terms, and nothing else is written", () => {
  const next = random(2);
  const [m, n, depth] = [5, 6, 7];
  const [a, b, w] = [numbers(next, m * depth), numbers(next, n * depth), numbers(next, depth)];
  const out = onEveryNumericsBuild((memory, kernel) => {
    const [left, right, weight] = [memory.copy(a), memory.copy(b), memory.copy(w)];
    const to = memory.reserveF64(2 * m * n + 8);
    memory.f64(to, 2 * m * n + 8).fill(7);
    const bytes = kernel.gemmScratch(m, n);
    const scratch = memory.reserve(bytes + 64);
    memory.f64(scratch + bytes, 8).fill(7);
    kernel.gemm(m, n, depth, left, depth, right, depth, weight, to, scratch);
    kernel.gemm(m, n, 0, left, depth, right, depth, 0, to + 8 * m * n, scratch);
    expect([...memory.f64(scratch + bytes, 8)]).toEqual(Array(8).fill(7));
    return memory.f64(to, 2 * m * n + 8);
  });
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += (a[i * depth + k] ?? 0) * (w[k] ?? 0) * (b[j * depth + k] ?? 0);
      near(out[i * n + j] ?? Number.NaN, sum, tolerance.reorderedSum(depth), `${i}, ${j}`);
    }
  }
  expect(out.slice(m * n, 2 * m * n)).toEqual(Array(m * n).fill(0));
  expect(out.slice(2 * m * n)).toEqual(Array(8).fill(7));
});

it("a product of what does not fit is refused by path", () => {
  const [engine] = engines;
  if (engine === undefined) throw new Error("no build");
  const shape = { rows: 1, depth: 2, columns: 1 };
  const two = Float64Array.of(1, 2);
  expect(pathOf(() => matrixProduct(engine, { ...shape, depth: 0 }, two, two))).toBe("shape.depth");
  expect(pathOf(() => matrixProduct(engine, shape, Float64Array.of(1), two))).toBe("left");
  expect(pathOf(() => matrixProduct(engine, shape, two, Float64Array.of(1, Number.NaN)))).toBe("right[1]");
  expect(pathOf(() => matrixProduct(engine, shape, Float64Array.of(1e200, 0), Float64Array.of(1e200, 0)))).toBe(
    "right",
  );
  expect([...matrixProduct(engine, shape, two, two)]).toEqual([5]);
});
