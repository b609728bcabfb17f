import { describe, expect, it } from "vitest";
import { covariance } from "../../src/covariance/covariance.js";
import type { CovarianceEstimator } from "../../src/covariance/estimator.js";
import { choleskyFactor } from "../../src/covariance/factor.js";
import { sample } from "../../src/covariance/sample.js";
import { InsufficientDataError } from "../../src/errors.js";
import { analyticalNonlinear, quadraticInverse } from "../../src/numerics/index.js";
import { sampleCovariance } from "../reference/covariance.js";
import { slowEigenvalues } from "../reference/eigen.js";
import { slowAnalytical, slowInverse } from "../reference/nonlinear.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

type Matrix = readonly (readonly number[])[];

const ESTIMATORS: readonly {
  readonly name: string;
  readonly estimator: CovarianceEstimator;
  readonly slow: (values: readonly number[], m: number) => readonly number[];
  readonly rows: number;
}[] = [
  { name: "analytical", estimator: analyticalNonlinear(), slow: slowAnalytical, rows: 13 },
  { name: "quadratic inverse", estimator: quadraticInverse(), slow: slowInverse, rows: 2 },
];

/** Observations with a common factor, columns of different sizes about a level. */
function observations(seed: number, rows: number, columns: number, level = 0): Matrix {
  const uniform = random(seed);
  const noise = () => uniform() + uniform() + uniform() - 1.5;
  const sizes = Array.from({ length: columns }, () => 10 ** (-2 + uniform()));
  return Array.from({ length: rows }, () => {
    const factor = noise();
    return sizes.map((size) => level + size * (factor + noise()));
  });
}

const tableOf = (x: Matrix) => ({ rows: x.length, columns: x[0]?.length ?? 0, values: Float64Array.from(x.flat()) });
const rowsOf = (matrix: Float64Array, n: number) =>
  Array.from({ length: n }, (_, i) => [...matrix.subarray(i * n, (i + 1) * n)]);
const largestOf = (values: Iterable<number>) => Math.max(...Array.from(values, Math.abs));

function expectNear(
  actual: ArrayLike<number>,
  expected: readonly number[],
  allowed: (value: number) => number,
  label = "",
) {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(Math.abs((actual[i] ?? Number.NaN) - value), `${label}${i}`).toBeLessThanOrEqual(allowed(value));
  }
}

describe.each(numericsBuilds)("nonlinear shrinkage ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it.each(ESTIMATORS)("moves the eigenvalues as the paper says: $name", ({ estimator, slow, rows: least }) => {
    for (let seed = 1; seed <= 10; seed++) {
      const [n, p] = [least + ((seed * 7) % 45), 1 + ((seed * 5) % 23)];
      const x = observations(seed, n, p);
      const { spectrum, matrix } = covariance(engine, tableOf(x), estimator);
      const none = Math.max(0, p - (n - 1));
      const values = slowEigenvalues(sampleCovariance(x, n - 1)).map((value, k) => (k < none ? 0 : value));
      const norm = largestOf(values);
      expectNear(spectrum?.sample ?? [], values, () => 2 * tolerance.goldenEigenvalue(p, norm));
      const expected = slow(values, n - 1);
      expectNear(spectrum?.shrunk ?? [], expected, (value) => tolerance.goldenNonlinear * value, `${seed}: `);
      const found = slowEigenvalues(rowsOf(matrix, p));
      expectNear(
        found,
        [...expected].sort((a, b) => a - b),
        () => tolerance.goldenNonlinear * norm,
      );
    }
  });

  it.each(ESTIMATORS)("keeps the eigenvectors, at any size: $name", ({ estimator, slow }) => {
    for (const [n, p] of [
      [40, 33],
      [33, 40],
      [200, 70],
      [20, 64],
      [70, 70],
      [71, 70],
      [600, 12],
    ] as const) {
      const x = observations(n + p, n, p);
      const { spectrum, matrix } = covariance(engine, tableOf(x), estimator);
      const s = covariance(engine, tableOf(x), sample()).matrix;
      expectNear(
        spectrum?.shrunk ?? [],
        slow([...(spectrum?.sample ?? [])], n - 1),
        (v) => tolerance.goldenNonlinear * v,
      );
      const scale = largestOf(spectrum?.sample ?? []) * largestOf(spectrum?.shrunk ?? []);
      for (let i = 0; i < p; i++) {
        for (let j = 0; j < i; j++) {
          let [one, other] = [0, 0];
          for (let k = 0; k < p; k++) {
            one += (s[i * p + k] ?? 0) * (matrix[k * p + j] ?? 0);
            other += (matrix[i * p + k] ?? 0) * (s[k * p + j] ?? 0);
          }
          expect(Math.abs(one - other)).toBeLessThanOrEqual(tolerance.commuting(p) * scale);
          expect(matrix[i * p + j]).toBe(matrix[j * p + i]);
        }
      }
      expect(choleskyFactor(engine, p, matrix).lower.every(Number.isFinite)).toBe(true);
    }
  });

  it.each(ESTIMATORS)("scales with the money to the bit, and does not ask for an order: $name", ({ estimator }) => {
    const x = observations(5, 30, 9);
    const of = (table: Matrix) => covariance(engine, tableOf(table), estimator).matrix;
    const base = of(x);
    expect([...of(x.map((row) => row.map((value) => 1024 * value)))]).toEqual(
      [...base].map((value) => 2 ** 20 * value),
    );
    const turned = of(x.map((row) => [...row].reverse()));
    expectNear([...turned].reverse(), [...base], () => tolerance.goldenNonlinear * largestOf(base));
  });

  it("keeps the trace where it says so", () => {
    for (const [n, p] of [
      [50, 20],
      [20, 50],
      [2, 1],
      [2, 5],
      [3, 2],
    ] as const) {
      const { spectrum } = covariance(engine, tableOf(observations(n, n, p)), quadraticInverse());
      const sum = (of: Iterable<number> = []) => Array.from(of).reduce((total, value) => total + value, 0);
      const trace = sum(spectrum?.sample);
      expect(Math.abs(sum(spectrum?.shrunk) - trace)).toBeLessThanOrEqual(tolerance.reorderedSum(p) * trace);
    }
  });

  it.each(ESTIMATORS)("of prices about 1e8 is that of the moves: $name", ({ estimator }) => {
    const x = observations(6, 40, 6, 1e8);
    const moves = x.map((row) => row.map((value) => value - 1e8));
    const [far, near] = [x, moves].map((table) => covariance(engine, tableOf(table), estimator).matrix);
    expectNear(far ?? [], [...(near ?? [])], () => tolerance.goldenNonlinear * largestOf(near ?? []));
  });

  it.each(ESTIMATORS)("leaves a column that does not move at 0, and moves the others by the limit: $name", (one) => {
    for (const [n, p] of [
      [40, 6],
      [14, 20],
      [60, 40],
    ] as const) {
      const x = observations(9, n, p).map((row) => [...row.slice(0, -1), 7]);
      const { spectrum, matrix } = covariance(engine, tableOf(x), one.estimator);
      for (let i = 0; i < p; i++) expect([matrix[i * p + p - 1], matrix[(p - 1) * p + i]]).toEqual([0, 0]);
      const values = [...(spectrum?.sample ?? [])];
      expect(values[0]).toBe(0);
      const norm = largestOf(values);
      expectNear(
        spectrum?.shrunk ?? [],
        one.slow(values, n - 1),
        (v) => tolerance.goldenNonlinear * (v + tolerance.goldenNonlinear * norm),
      );
    }
  });

  it.each(ESTIMATORS)(
    "of columns that are all constant is nothing, of equal ones is singular: $name",
    ({ estimator }) => {
      const still = covariance(engine, tableOf(Array.from({ length: 14 }, () => [1, 2, 3])), estimator);
      expect([...still.matrix]).toEqual(Array.from({ length: 9 }, () => 0));
      const twice = observations(3, 30, 3).map(([a = 0, b = 0, c = 0]) => [a, b, c, a]);
      const { spectrum, matrix } = covariance(engine, tableOf(twice), estimator);
      expect(spectrum?.shrunk[0]).toBe(0);
      expect(matrix.every(Number.isFinite)).toBe(true);
      const scale = tolerance.goldenNonlinear * largestOf(matrix);
      for (let j = 0; j < 4; j++) expect(Math.abs((matrix[j] ?? 0) - (matrix[12 + j] ?? 0))).toBeLessThanOrEqual(scale);
    },
  );

  it.each(ESTIMATORS)(
    "is nearer to what the observations were drawn from than their sample covariance: $name",
    (one) => {
      const uniform = random(77);
      const p = 30;
      const truth = Array.from({ length: p }, (_, i) => 1 + (i % 5) * 3);
      const x = Array.from({ length: 40 }, () =>
        truth.map(
          (variance) => Math.sqrt(variance) * (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3),
        ),
      );
      const loss = (estimator: CovarianceEstimator) => {
        const { matrix } = covariance(engine, tableOf(x), estimator);
        return matrix.reduce((total, value, k) => {
          const [i, j] = [Math.floor(k / p), k % p];
          return total + (value - (i === j ? (truth[i] ?? 0) : 0)) ** 2;
        }, 0);
      };
      expect(loss(one.estimator)).toBeLessThan(0.4 * loss(sample()));
    },
  );

  it("refuses too few rows, and a column that is lost beside another, and goes on", () => {
    const x = observations(2, 12, 4);
    expect(() => covariance(engine, tableOf(x), analyticalNonlinear())).toThrow(InsufficientDataError);
    expect(() => covariance(engine, tableOf(x.slice(0, 1)), quadraticInverse())).toThrow(InsufficientDataError);
    const apart = observations(2, 20, 3).map(([a = 0, b = 0, c = 0]) => [1e9 * a, b, 1e9 * c]);
    expect(pathOf(() => covariance(engine, tableOf(apart), quadraticInverse()))).toBe("columns[1]");
    const names = ["a", "b", "c"];
    expect(pathOf(() => covariance(engine, { ...tableOf(apart), names }, analyticalNonlinear()))).toBe('columns["b"]');
    const huge = observations(2, 20, 2).map(([a = 0, b = 0]) => [a, 1e200 * b]);
    expect(pathOf(() => covariance(engine, tableOf(huge), quadraticInverse()))).toBe("columns[1]");
    expect(covariance(engine, tableOf(x), quadraticInverse()).matrix.every(Number.isFinite)).toBe(true);
  });
});

it("nonlinear shrinkage has the same bits on every build", () => {
  const made = numericsBuilds.map(({ memory }) => {
    const engine = { memory: memory() };
    return [
      [60, 37],
      [20, 45],
      [40, 8],
    ].flatMap(([n = 0, p = 0]) =>
      ESTIMATORS.map(({ estimator }) => [
        ...new BigUint64Array(covariance(engine, tableOf(observations(6, n, p)), estimator).matrix.slice().buffer),
      ]),
    );
  });
  for (const other of made.slice(1)) expect(other).toEqual(made[0]);
});
