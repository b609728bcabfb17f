import { describe, expect, it } from "vitest";
import { covariance } from "../../src/covariance/covariance.js";
import type { CovarianceEstimator } from "../../src/covariance/estimator.js";
import { choleskyFactor } from "../../src/covariance/factor.js";
import { InsufficientDataError } from "../../src/errors.js";
import { ledoitWolfDiagonal, ledoitWolfSingleFactor, oas, rblw } from "../../src/numerics/index.js";
import { slowOracle, slowTarget } from "../reference/shrinkage.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

type Matrix = readonly (readonly number[])[];

const ESTIMATORS: readonly {
  readonly name: string;
  readonly estimator: CovarianceEstimator;
  readonly slow: (x: Matrix) => { readonly matrix: Matrix; readonly shrinkage: number };
}[] = [
  { name: "oas", estimator: oas(), slow: (x) => slowOracle(x, "sklearn") },
  { name: "oas as published", estimator: oas({ form: "chen2010" }), slow: (x) => slowOracle(x, "chen2010") },
  { name: "rblw", estimator: rblw(), slow: (x) => slowOracle(x, "rblw") },
  { name: "diagonal", estimator: ledoitWolfDiagonal(), slow: (x) => slowTarget(x, "diagonal", x.length - 1) },
  {
    name: "diagonal by n",
    estimator: ledoitWolfDiagonal({ divisor: "n" }),
    slow: (x) => slowTarget(x, "diagonal", x.length),
  },
  {
    name: "single factor",
    estimator: ledoitWolfSingleFactor(),
    slow: (x) => slowTarget(x, "singleFactor", x.length - 1),
  },
  {
    name: "single factor by n",
    estimator: ledoitWolfSingleFactor({ divisor: "n" }),
    slow: (x) => slowTarget(x, "singleFactor", x.length),
  },
];

/** Observations with a common factor, columns of different sizes. */
function observations(seed: number, rows: number, columns: number): Matrix {
  const uniform = random(seed);
  const noise = () => uniform() + uniform() + uniform() - 1.5;
  const sizes = Array.from({ length: columns }, () => 10 ** (-3 + 3 * uniform()));
  return Array.from({ length: rows }, () => {
    const factor = noise();
    return sizes.map((size) => size * (factor + noise()));
  });
}

const tableOf = (x: Matrix) => ({
  rows: x.length,
  columns: x[0]?.length ?? 0,
  values: Float64Array.from(x.flat()),
});

describe.each(numericsBuilds)("shrinkage ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it.each(ESTIMATORS)("is what the papers write, over every pair of assets: $name", ({ estimator, slow }) => {
    for (let seed = 1; seed <= 40; seed++) {
      const x = observations(seed, 2 + ((seed * 7) % 45), 1 + ((seed * 5) % 23));
      const { matrix, shrinkage } = covariance(engine, tableOf(x), estimator);
      const expected = slow(x);
      const largest = Math.max(...expected.matrix.flat().map(Math.abs));
      expect(Math.abs((shrinkage ?? Number.NaN) - expected.shrinkage)).toBeLessThanOrEqual(tolerance.goldenShrinkage);
      for (const [i, value] of expected.matrix.flat().entries()) {
        expect(Math.abs((matrix[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(tolerance.goldenShrinkage * largest);
      }
    }
  });

  it.each(ESTIMATORS)(
    "is of the same weight whatever money is counted in, and in whatever order: $name",
    ({ estimator }) => {
      const x = observations(5, 30, 9);
      const of = (table: Matrix) => covariance(engine, tableOf(table), estimator);
      const base = of(x);
      const scaled = of(x.map((row) => row.map((value) => 1024 * value)));
      expect(scaled.shrinkage).toBe(base.shrinkage);
      expect([...scaled.matrix]).toEqual([...base.matrix].map((value) => 2 ** 20 * value));
      const turned = of(x.map((row) => [...row].reverse()));
      const far = Math.abs((turned.shrinkage ?? 0) - (base.shrinkage ?? 0));
      expect(far).toBeLessThanOrEqual(tolerance.goldenShrinkage);
    },
  );

  it.each([oas(), rblw(), ledoitWolfDiagonal()])("has a factor with fewer rows than columns: $key", (estimator) => {
    const x = observations(3, 12, 40);
    const { matrix, shrinkage } = covariance(engine, tableOf(x), estimator);
    expect(shrinkage).toBeGreaterThan(0);
    expect(choleskyFactor(engine, 40, matrix)).toBeDefined();
  });

  it.each(ESTIMATORS)("keeps the trace, and of constant columns is nothing: $name", ({ estimator }) => {
    const still = covariance(engine, tableOf(Array.from({ length: 6 }, () => [1, 2, 3])), estimator);
    expect([...still.matrix]).toEqual(Array.from({ length: 9 }, () => 0));
    const x = observations(8, 25, 6).map((row) => [...row, 7]);
    const { matrix } = covariance(engine, tableOf(x), estimator);
    const trace = (of: Matrix) => of.reduce((total, row, i) => total + (row[i] ?? 0), 0);
    const rows = Array.from({ length: 7 }, (_, i) => [...matrix.subarray(7 * i, 7 * i + 7)]);
    const slow = ESTIMATORS.find((one) => one.estimator === estimator)?.slow(x);
    expect(trace(rows)).toBeCloseTo(trace(slow?.matrix ?? []), 12);
    expect(rows.every((row, i) => row.every((value, j) => value === rows[j]?.[i]))).toBe(true);
  });

  it("of a factor that does not move is the diagonal one", () => {
    const x = observations(4, 20, 1).flatMap(([value = 0], t) => [[value, -value, (t % 3) - 1, 1 - (t % 3)]]);
    const [single, diagonal] = [ledoitWolfSingleFactor(), ledoitWolfDiagonal()].map((estimator) =>
      covariance(engine, tableOf(x), estimator),
    );
    expect(single?.shrinkage).toBe(diagonal?.shrinkage);
    expect(single?.matrix).toEqual(diagonal?.matrix);
  });

  it("needs two rows, and options that it knows", () => {
    for (const { estimator } of ESTIMATORS) {
      expect(() => covariance(engine, tableOf([[1, 2]]), estimator)).toThrow(InsufficientDataError);
    }
    expect(pathOf(() => oas({ form: "best" } as object))).toBe("oas.form");
    expect(pathOf(() => ledoitWolfDiagonal({ divisor: 3 } as object))).toBe("ledoitWolfDiagonal.divisor");
    expect(pathOf(() => ledoitWolfSingleFactor({ target: "x" } as object))).toBe("ledoitWolfSingleFactor.target");
  });
});

it("shrinkage has the same bits on every build", () => {
  const made = numericsBuilds.map(({ memory }) => {
    const engine = { memory: memory() };
    const x = tableOf(observations(6, 60, 37));
    return ESTIMATORS.map(({ estimator }) => [
      ...new BigUint64Array(covariance(engine, x, estimator).matrix.slice().buffer),
    ]);
  });
  for (const other of made.slice(1)) expect(other).toEqual(made[0]);
});
