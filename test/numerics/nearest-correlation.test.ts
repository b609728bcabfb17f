import { describe, expect, it } from "vitest";
import { cholesky, clipEigenvalues, nearestCorrelation } from "../../src/numerics/index.js";
import { nearestError } from "../reference/symmetric.js";
import { failure, pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { near, tolerance } from "../support/tolerance.js";

type Matrix = readonly (readonly number[])[];

const flat = (a: Matrix) => Float64Array.from(a.flat());
const engines = numericsBuilds.map(({ memory }) => ({ memory: memory() }));
const rowsOf = (a: Float64Array, n: number) =>
  Array.from({ length: n }, (_, i) => Array.from(a.subarray(i * n, (i + 1) * n)));

function matrix(n: number, element: (i: number, j: number) => number): number[][] {
  const lower = Array.from({ length: n }, (_, i) => Array.from({ length: i + 1 }, (__, j) => element(i, j)));
  return lower.map((_, i) => lower.map((__, j) => (i >= j ? lower[i]?.[j] : lower[j]?.[i]) ?? 0));
}

/** The nearest correlation, equal on every build, symmetric and with its diagonal; and how far from the nearest it is. */
function found(a: Matrix, options: { readonly floor?: number } = {}) {
  const n = a.length;
  const [first, ...others] = engines.map((engine) => nearestCorrelation(engine, n, flat(a), options));
  if (first === undefined) throw new Error("no build");
  for (const other of others) expect(other).toEqual(first);
  const x = rowsOf(first.matrix, n);
  for (let i = 0; i < n; i++) {
    expect(x[i]?.[i]).toBe(1);
    for (let j = 0; j < i; j++) expect(x[i]?.[j]).toBe(x[j]?.[i]);
  }
  const apart = Math.sqrt(
    a.flatMap((row, i) => row.map((v, j) => (v - (x[i]?.[j] ?? 0)) ** 2)).reduce((p, q) => p + q),
  );
  near(first.distance, apart, 1e-14 * (1 + apart) * n, "distance");
  return { ...first, x, error: nearestError(a, x, options.floor ?? 0) };
}

describe("nearestCorrelation", () => {
  it("meets the conditions of the nearest for symmetric noise, whatever the order", () => {
    const next = random(1);
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 21, 27, 33]) {
      const a = matrix(n, (i, j) => (i === j ? 1 : 2 * next() - 1));
      const { error, iterations, residual } = found(a);
      expect(error, `order ${n}`).toBeLessThanOrEqual(tolerance.nearestCondition);
      expect(iterations).toBeLessThanOrEqual(12);
      expect(residual).toBeLessThanOrEqual(1e-12);
    }
  });

  it.each([
    ["0.9, and one pair of them at −0.9", 0.9, -0.9],
    ["0.99, and one pair at −0.99", 0.99, -0.99],
    ["0.9999, and one pair at −1", 0.9999, -1],
    ["0.6, and one pair at 1", 0.6, 1],
    ["−0.24, and one pair at 0.99", -0.24, 0.99],
    ["0, and one pair at 1", 0, 1],
  ])("finds that of five correlated by %s", (_, all, pair) => {
    const a = matrix(5, (i, j) => (i === j ? 1 : i === 1 && j === 0 ? pair : all));
    expect(found(a).error).toBeLessThanOrEqual(tolerance.nearestCondition);
  });

  it("finds that of what is far from any correlation", () => {
    const next = random(2);
    const noise = (size: number, own: number) => matrix(6, (i, j) => (i === j ? own : size * (next() - 0.5)));
    const cases: readonly Matrix[] = [noise(30, -100), noise(1, 0), noise(0, 0), noise(1e3, 1e3), noise(1e-9, 1)];
    for (const [index, a] of cases.entries()) {
      const size = Math.max(1, ...a.flat().map(Math.abs));
      expect(found(a).error / size, `case ${index}`).toBeLessThanOrEqual(tolerance.nearestCondition);
    }
    const ones = found(matrix(7, () => 1));
    expect(ones).toMatchObject({ rank: 1, iterations: 0, distance: 0 });
    expect(ones.x.flat().every((x) => x === 1)).toBe(true);
  });

  it("leaves a correlation as it is, whatever its diagonal says", () => {
    const a = matrix(4, (i, j) => (i === j ? 1 : 0.25));
    expect(found(a)).toMatchObject({ x: a, iterations: 0, rank: 4, distance: 0 });
    const doubled = matrix(4, (i, j) => (i === j ? 2 : 0.25));
    expect(found(doubled)).toMatchObject({ x: a, iterations: 0, rank: 4, distance: 2 });
    expect(found([[0.3]])).toMatchObject({ x: [[1]], distance: 0.7 });
  });

  it("keeps eigenvalues above a floor, so that there is a factor, and is nearer than clipping", () => {
    const next = random(3);
    const [engine] = engines;
    if (engine === undefined) throw new Error("no build");
    for (const n of [3, 8, 20]) {
      const a = matrix(n, (i, j) => (i === j ? 1 : 1.6 * next() - 0.8));
      const floored = found(a, { floor: 0.01 });
      expect(floored.error).toBeLessThanOrEqual(tolerance.nearestCondition);
      expect(floored.rank).toBe(n);
      expect(cholesky(engine, n, floored.matrix).jitter).toBe(0);
      const nearest = found(a);
      const clipped = clipEigenvalues(engine, n, flat(a)).correlation;
      const far = Math.sqrt(a.flat().reduce((sum, v, at) => sum + (v - (clipped[at] ?? 0)) ** 2, 0));
      expect(nearest.distance).toBeLessThanOrEqual(far);
      expect(nearest.distance).toBeLessThanOrEqual(floored.distance);
    }
  });

  it("finds that of assets with histories of their own", () => {
    const next = random(4);
    const n = 35;
    const loading = Array.from({ length: n }, () => 0.4 + 0.5 * next());
    const a = matrix(n, (i, j) => (i === j ? 1 : (loading[i] ?? 0) * (loading[j] ?? 0) + 0.4 * (next() - 0.5)));
    const [engine] = engines;
    if (engine === undefined) throw new Error("no build");
    const result = nearestCorrelation(engine, n, flat(a));
    expect(result.iterations).toBeGreaterThan(0);
    expect(result.rank).toBeLessThan(n);
    expect(nearestError(a, rowsOf(result.matrix, n), 0)).toBeLessThanOrEqual(tolerance.nearestCondition);
  });

  it("reads the lower triangle alone", () => {
    const next = random(5);
    const a = matrix(5, (i, j) => (i === j ? 1 : 2 * next() - 1));
    const lower = a.map((row, i) => row.map((x, j) => (j > i ? 99 : x)));
    const [engine] = engines;
    if (engine === undefined) throw new Error("no build");
    expect(nearestCorrelation(engine, 5, flat(lower))).toEqual(nearestCorrelation(engine, 5, flat(a)));
  });

  it("says when the steps allowed do not get there, and refuses by path what is no matrix", () => {
    const next = random(6);
    const a = flat(matrix(9, (i, j) => (i === j ? 1 : 2 * next() - 1)));
    const [engine] = engines;
    if (engine === undefined) throw new Error("no build");
    const short = failure(() => nearestCorrelation(engine, 9, a, { iterations: 1 }));
    expect(short.path).toBe("nearestCorrelation.iterations");
    expect(short.message).toContain("got 1. It was off by 0.");
    const lost = failure(() => nearestCorrelation(engine, 2, Float64Array.of(1, 0, 1e200, 1)));
    expect(lost.path).toBe("nearestCorrelation.iterations");
    expect(pathOf(() => nearestCorrelation(engine, 0, a))).toBe("columns");
    expect(pathOf(() => nearestCorrelation(engine, 2, a))).toBe("matrix");
    expect(pathOf(() => nearestCorrelation(engine, 1, Float64Array.of(Number.NaN)))).toBe("matrix[0]");
    expect(pathOf(() => nearestCorrelation(engine, 9, a, { floor: 1 }))).toBe("nearestCorrelation.floor");
    expect(pathOf(() => nearestCorrelation(engine, 9, a, { tolerance: 0 }))).toBe("nearestCorrelation.tolerance");
    expect(nearestCorrelation(engine, 9, a).residual).toBeLessThanOrEqual(1e-12);
  });
});
