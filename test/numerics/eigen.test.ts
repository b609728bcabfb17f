import { describe, expect, it } from "vitest";
import { clipEigenvalues, eigenSymmetric } from "../../src/numerics/index.js";
import { slowEigenvalues } from "../reference/eigen.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

type Matrix = readonly (readonly number[])[];

/** Sizes on both sides of 32, up to which rotations do it. */
const SIZES = [1, 2, 3, 5, 8, 17, 31, 32, 33, 34, 40, 57, 70];

function symmetric(seed: number, n: number): Matrix {
  const uniform = random(seed);
  const half = Array.from({ length: n }, () => Array.from({ length: n }, () => uniform() - 0.5));
  return half.map((row, i) => row.map((value, j) => value + (half[j]?.[i] ?? 0)));
}

const flat = (a: Matrix) => Float64Array.from(a.flat());
const largestOf = (values: Iterable<number>) => Math.max(...Array.from(values, Math.abs));

/** Largest element of |A V − V Λ| and of |V'V − I|. */
function residuals(a: Matrix, values: Float64Array, vectors: Float64Array): readonly [number, number] {
  const n = a.length;
  const v = (i: number, k: number) => vectors[i * n + k] ?? 0;
  let [apart, skew] = [0, 0];
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) {
      let [image, product] = [0, 0];
      for (let j = 0; j < n; j++) {
        image += (a[i]?.[j] ?? 0) * v(j, k);
        product += v(j, i) * v(j, k);
      }
      apart = Math.max(apart, Math.abs(image - (values[k] ?? 0) * v(i, k)));
      skew = Math.max(skew, Math.abs(product - (i === k ? 1 : 0)));
    }
  }
  return [apart, skew];
}

/** Matrices beside their eigenvalues by the reference, which takes its time: once for all builds. */
const known = SIZES.map((n, seed) => {
  const a = symmetric(seed + 1, n);
  return { n, a, expected: slowEigenvalues(a) };
});

describe.each(numericsBuilds)("eigenvalues ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it("are those of a slow rotation of the largest element, with orthogonal vectors", () => {
    for (const { n, a, expected } of known) {
      const { values, vectors } = eigenSymmetric(engine, n, flat(a));
      const norm = largestOf(values) || 1;
      for (const [k, value] of expected.entries()) {
        const far = Math.abs((values[k] ?? Number.NaN) - value);
        expect(far, `${n}: ${k}`).toBeLessThanOrEqual(2 * tolerance.goldenEigenvalue(n, norm));
      }
      const [apart, skew] = residuals(a, values, vectors);
      expect(apart).toBeLessThanOrEqual(4 * tolerance.goldenEigenvalue(n, norm));
      expect(skew).toBeLessThanOrEqual(1e-14 * n);
    }
  });

  it.each([64, 65, 72, 73, 128, 200])("have vectors that are orthogonal and belong to them, of order %i", (n) => {
    const a = symmetric(n, n);
    const { values, vectors } = eigenSymmetric(engine, n, flat(a));
    const [apart, skew] = residuals(a, values, vectors);
    expect(apart).toBeLessThanOrEqual(4 * tolerance.goldenEigenvalue(n, largestOf(values)));
    expect(skew).toBeLessThanOrEqual(1e-14 * n);
    expect([...values].every((value, k) => k === 0 || value >= (values[k - 1] ?? 0))).toBe(true);
    const trace = a.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
    const total = values.reduce((sum, value) => sum + value, 0);
    expect(Math.abs(total - trace)).toBeLessThanOrEqual(n * tolerance.goldenEigenvalue(n, largestOf(values)));
  });

  it("of a row whose squares vanish are there all the same", () => {
    for (const n of [8, 40]) {
      const a = symmetric(n, n).map((row, i) =>
        row.map((x, j) => (i === j ? i + 1 : Math.max(i, j) === n - 1 ? 1e-170 * x : x / n)),
      );
      const { values, vectors } = eigenSymmetric(engine, n, flat(a));
      const [apart, skew] = residuals(a, values, vectors);
      expect(apart).toBeLessThanOrEqual(4 * tolerance.goldenEigenvalue(n, n + 1));
      expect(skew).toBeLessThanOrEqual(1e-14 * n);
    }
  });

  it.each([2 ** -1000, 2 ** -664, 2 ** 664, 2 ** 1000])("scale with the matrix to the bit: %s", (scale) => {
    for (const n of [6, 40]) {
      const a = symmetric(n, n);
      const [base, scaled] = [1, scale].map((by) =>
        eigenSymmetric(
          engine,
          n,
          flat(a).map((x) => x * by),
        ),
      );
      expect(scaled?.values).toEqual(base?.values.map((x) => x * scale));
      expect(scaled?.vectors).toEqual(base?.vectors);
    }
  });

  it("of numbers at the end of the range are finite", () => {
    for (const size of [5e-324, 1e-310, 8e307]) {
      for (const n of [3, 36]) {
        const a = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i === j ? size : 0)));
        const { values } = eigenSymmetric(engine, n, flat(a));
        expect([...values]).toEqual(Array.from({ length: n }, () => size));
      }
    }
  });

  it.each([3, 40])("of a diagonal matrix are the diagonal, in order; of nothing they are 0 (%s)", (n) => {
    const diagonal = Array.from({ length: n }, (_, i) => ((7 * i) % n) - 2);
    const a = diagonal.map((x, i) => diagonal.map((_, j) => (i === j ? x : 0)));
    expect([...eigenSymmetric(engine, n, flat(a)).values]).toEqual([...diagonal].sort((x, y) => x - y));
    const none = eigenSymmetric(engine, n, new Float64Array(n * n));
    expect([...none.values].every((value) => value === 0)).toBe(true);
    expect(
      residuals(
        a.map((row) => row.map(() => 0)),
        none.values,
        none.vectors,
      ),
    ).toEqual([0, 0]);
  });

  it("of a matrix that is nearly tridiagonal have vectors that are orthogonal", () => {
    // The reflection of a row whose last element is nearly all of it: the difference that cancels would be taken of two equal.
    const noise = symmetric(11, 40);
    const a = noise.map((row, i) =>
      row.map((value, j) => (i === j ? 2 + i : Math.abs(i - j) === 1 ? 1 : 0) + 1e-9 * value),
    );
    const { values, vectors } = eigenSymmetric(engine, 40, flat(a));
    const [apart, skew] = residuals(a, values, vectors);
    expect(apart).toBeLessThanOrEqual(4 * tolerance.goldenEigenvalue(40, largestOf(values)));
    expect(skew).toBeLessThanOrEqual(40e-14);
  });

  it.each([20, 45])("that are equal have vectors that are orthogonal (%s)", (n) => {
    const a = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i === j ? 1 : 0.5)));
    const { values, vectors } = eigenSymmetric(engine, n, flat(a));
    expect(values[n - 1]).toBeCloseTo(0.5 * (n + 1), 12);
    expect(residuals(a, values, vectors)[1]).toBeLessThanOrEqual(1e-14 * n);
  });

  it("have vectors whose first largest component is positive, and read the lower triangle alone", () => {
    const a = symmetric(3, 7);
    const lower = a.map((row, i) => row.map((value, j) => (j > i ? 99 : value)));
    const { values, vectors } = eigenSymmetric(engine, 7, flat(a));
    expect(eigenSymmetric(engine, 7, flat(lower))).toEqual({ values, vectors });
    for (let k = 0; k < 7; k++) {
      const column = Array.from({ length: 7 }, (_, i) => vectors[7 * i + k] ?? 0);
      const largest = largestOf(column);
      expect(column.find((x) => Math.abs(x) === largest)).toBe(largest);
    }
  });

  it.each([9, 40])("below a floor are raised to it, and those above stay (%s)", (n) => {
    const a = symmetric(n, n);
    const floor = 1;
    const before = eigenSymmetric(engine, n, flat(a)).values;
    expect(before.some((value) => value > 0 && value < floor)).toBe(true);
    const { matrix, correlation, raised } = clipEigenvalues(engine, n, flat(a), { floor });
    expect(raised).toBe(before.filter((value) => value < floor).length);
    const after = eigenSymmetric(engine, n, matrix).values;
    for (const [k, value] of after.entries()) {
      const expected = Math.max(floor, before[k] ?? 0);
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(8 * tolerance.goldenEigenvalue(n, largestOf(before)));
    }
    for (let i = 0; i < n; i++) {
      expect(correlation[i * (n + 1)]).toBe(1);
      for (let j = 0; j < i; j++) {
        expect(correlation[i * n + j]).toBe(correlation[j * n + i]);
        expect(Math.abs(correlation[i * n + j] ?? 2)).toBeLessThan(1);
      }
    }
  });

  it("leave a matrix alone that is above the floor, within rounding", () => {
    const a = [
      [1, 0.5],
      [0.5, 1],
    ];
    const { matrix, correlation, raised } = clipEigenvalues(engine, 2, flat(a));
    expect(raised).toBe(0);
    for (const [i, x] of a.flat().entries()) {
      expect(matrix[i]).toBeCloseTo(x, 14);
      expect(correlation[i]).toBeCloseTo(x, 14);
    }
    expect([...clipEigenvalues(engine, 2, new Float64Array(4)).correlation]).toEqual([1, 0, 0, 1]);
  });

  it("refuse what is no matrix, and go on", () => {
    expect(pathOf(() => eigenSymmetric(engine, 0, new Float64Array(0)))).toBe("columns");
    expect(pathOf(() => eigenSymmetric(engine, 2, new Float64Array(3)))).toBe("matrix");
    expect(pathOf(() => eigenSymmetric(engine, 2, Float64Array.of(1, 0, Number.NaN, 1)))).toBe("matrix[2]");
    expect(pathOf(() => clipEigenvalues(engine, 1, Float64Array.of(1), { floor: -1 }))).toBe("clipEigenvalues.floor");
    expect([...eigenSymmetric(engine, 1, Float64Array.of(-3)).values]).toEqual([-3]);
  });
});

it("eigenvalues have the same bits on every build", () => {
  const made = numericsBuilds.map(({ memory }) => {
    const engine = { memory: memory() };
    return [12, 32, 33, 50, 120].map((n) => {
      const { values, vectors } = eigenSymmetric(engine, n, flat(symmetric(n, n)));
      return [...values, ...vectors];
    });
  });
  for (const other of made.slice(1)) expect(other).toEqual(made[0]);
});
