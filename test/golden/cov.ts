import { covariance } from "../../src/covariance/covariance.js";
import type { CovarianceEstimator } from "../../src/covariance/estimator.js";
import { ewma } from "../../src/covariance/ewma.js";
import { choleskyFactor } from "../../src/covariance/factor.js";
import { ledoitWolf } from "../../src/covariance/ledoit-wolf.js";
import { sample } from "../../src/covariance/sample.js";
import type { Memory } from "../../src/memory.js";
import {
  eigenSymmetric,
  ewmaCentred,
  ledoitWolfDiagonal,
  ledoitWolfSingleFactor,
  oas,
  rblw,
} from "../../src/numerics/index.js";
import { numericsOn } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, Comparison, GoldenCase, Json } from "./comparison.js";

export type Matrix = readonly (readonly number[])[];

/** The observations of a case as rows of numbers. */
export function observations(golden: GoldenCase): Matrix {
  const x = golden.input?.X;
  if (!Array.isArray(x)) throw new TypeError(`${golden.id}: input.X is not a matrix`);
  return x as Matrix;
}

export function estimate(memory: Memory, x: Matrix, estimator: CovarianceEstimator) {
  const columns = x[0]?.length ?? 0;
  const table = { rows: x.length, columns, values: Float64Array.from(x.flat()) };
  return covariance({ memory }, table, estimator);
}

/** The matrix of an estimate as rows. */
export function matrixOf(memory: Memory, x: Matrix, estimator: CovarianceEstimator): Matrix {
  return rows(estimate(memory, x, estimator).matrix, x[0]?.length ?? 0);
}

export function rows(flat: Float64Array, n: number): Matrix {
  return Array.from({ length: n }, (_, i) => Array.from(flat.subarray(i * n, (i + 1) * n)));
}

/** Tolerance of an element relative to sqrt(s_ii·s_jj) of the expected matrix. */
export function relative(expected: Json | undefined, by: number) {
  const s = expected as unknown as Matrix;
  return (_: number, [i = 0, j = 0]: readonly number[]) => by * Math.sqrt((s[i]?.[i] ?? 0) * (s[j]?.[j] ?? 0));
}

/** Tolerance relative to the largest element of the expected matrix. */
export function relativeToLargest(expected: Json | undefined, by: number) {
  const largest = Math.max(...(expected as unknown as Matrix).flat().map(Math.abs));
  return () => by * largest;
}

function shrunk(memory: Memory, golden: GoldenCase, field: string, estimator: CovarianceEstimator): Comparison[] {
  const found = (field === "" ? golden.expected : golden.expected[field]) as { readonly [key: string]: Json };
  const { shrinkage, matrix } = estimate(memory, observations(golden), estimator);
  const prefix = field === "" ? "" : `${field}.`;
  const matrixTolerance = relativeToLargest(found.cov, tolerance.goldenShrinkage);
  return [
    {
      field: `${prefix}delta`,
      expected: found.delta,
      actual: shrinkage,
      tolerance: () => tolerance.goldenShrinkage,
    },
    {
      field: `${prefix}cov`,
      expected: found.cov,
      actual: rows(matrix, Math.sqrt(matrix.length)),
      tolerance: matrixTolerance,
    },
  ];
}

/** Observations of `cov/big500`, by the generator that golden/README.md states. */
function factorPanel(seed: number, n: number, p: number): number[][] {
  let a = seed;
  const uniform = () => {
    a |= 0;
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const sum = () => uniform() + uniform() + uniform() - 1.5;
  const b = Array.from({ length: p }, () => 0.5 + uniform());
  const s = Array.from({ length: p }, () => 0.005 + 0.03 * uniform());
  return Array.from({ length: n }, () => {
    const f = sum();
    return b.map((loading, i) => (s[i] ?? 0) * (loading * f + sum()));
  });
}

function quadratic(memory: Memory, matrix: Float64Array, w: readonly number[]): number {
  return memory.scope(() => {
    const c = memory.copy(matrix);
    const at = memory.copy(Float64Array.from(w));
    return memory.kernel.quadraticForm(w.length, c, at, memory.reserveF64(w.length));
  });
}

/** Returns of one column from the last price, over gaps, null where there is none as the files write it. */
function carried(memory: Memory, prices: readonly (number | null)[]): (number | null)[] {
  const numerics = numericsOn(memory);
  return memory.scope(() => {
    const at = memory.copy(Float64Array.from(prices, (price) => price ?? Number.NaN));
    const out = memory.reserveF64(prices.length);
    numerics.carriedReturns(prices.length, at, 1, out);
    return Array.from(memory.f64(out, prices.length - 1), (value, t) =>
      Number.isNaN(value) && (prices[t + 1] === null || prices.slice(0, t + 1).every((price) => price === null))
        ? null
        : value,
    );
  });
}

/** Returns of one column, null where a price is missing as the files write it. */
function strict(memory: Memory, prices: readonly (number | null)[], kind: 0 | 1): (number | null)[] {
  return memory.scope(() => {
    const at = memory.copy(Float64Array.from(prices, (price) => price ?? Number.NaN));
    const count = Math.max(0, prices.length - 1);
    const out = memory.reserveF64(count);
    memory.kernel.seriesReturns(prices.length, at, 1, kind, out);
    return Array.from(memory.f64(out, count), (value, t) =>
      Number.isNaN(value) && (prices[t] === null || prices[t + 1] === null) ? null : value,
    );
  });
}

const notYet = "not part of this package yet";

export const checks: Checks = {
  "cov/oas": (memory, golden) => {
    numericsOn(memory);
    return [
      ...shrunk(memory, golden, "sklearn", oas()),
      ...shrunk(memory, golden, "chen2010", oas({ form: "chen2010" })),
      ...shrunk(memory, golden, "rblw", rblw()),
    ];
  },

  "cov/lw_diagonal": (memory, golden) => {
    numericsOn(memory);
    return shrunk(memory, golden, "", ledoitWolfDiagonal());
  },

  "cov/lw_single_factor": (memory, golden) => {
    numericsOn(memory);
    return shrunk(memory, golden, "", ledoitWolfSingleFactor());
  },

  "cov/sample": (memory, golden) => {
    const { mean, covUnbiased, covBiased, correlation } = golden.expected;
    const x = observations(golden);
    const unbiased = estimate(memory, x, sample());
    const biased = matrixOf(memory, x, sample({ ddof: 0 }));
    const largest = (i: number) => Math.max(...x.map((row) => Math.abs(row[i] ?? 0)));
    const by = tolerance.goldenSample(golden.id);
    // A correlation that does not exist is 0 here, and the deviation of its column says so.
    const { deviations } = unbiased;
    const existing = rows(unbiased.correlation, deviations.length).map((row, i) =>
      row.map((value, j) => (deviations[i] === 0 || deviations[j] === 0 ? Number.NaN : value)),
    );
    return [
      {
        field: "mean",
        expected: mean,
        actual: unbiased.mean,
        tolerance: (_, [i = 0]) => tolerance.goldenMean * largest(i),
      },
      {
        field: "covUnbiased",
        expected: covUnbiased,
        actual: rows(unbiased.matrix, deviations.length),
        tolerance: relative(covUnbiased, by),
      },
      { field: "covBiased", expected: covBiased, actual: biased, tolerance: relative(covBiased, by) },
      { field: "correlation", expected: correlation, actual: existing, tolerance: () => by },
    ];
  },

  "cov/returns": (memory, golden) => {
    const prices = golden.input?.prices as readonly (number | null)[];
    const { logStrict, simpleStrict, logCarry } = golden.expected;
    return [
      {
        field: "logStrict",
        expected: logStrict,
        actual: strict(memory, prices, 1),
        tolerance: tolerance.goldenReturns,
      },
      {
        field: "simpleStrict",
        expected: simpleStrict,
        actual: strict(memory, prices, 0),
        tolerance: tolerance.goldenReturns,
      },
      { field: "logCarry", expected: logCarry, actual: carried(memory, prices), tolerance: tolerance.goldenReturns },
    ];
  },

  "cov/nist_numacc": (memory, golden) => {
    const given = golden.input?.x as readonly number[] | { first: number; then_alternating: number[]; n: number };
    const x =
      "first" in given
        ? Array.from({ length: given.n }, (_, t) =>
            t === 0 ? given.first : (given.then_alternating[(t - 1) % 2] ?? 0),
          )
        : given;
    const { mean, deviations } = estimate(
      memory,
      x.map((value) => [value]),
      sample(),
    );
    const [ourMean, deviation] = [mean?.[0], deviations[0]];
    const { nistMean, nistSd, meanExactF64, sdExactF64 } = golden.expected;
    const digits = tolerance.nistDigits(golden.id);
    return [
      { field: "nistMean", expected: nistMean, actual: ourMean, tolerance: digits },
      { field: "nistSd", expected: nistSd, actual: deviation, tolerance: digits },
      { field: "meanExactF64", expected: meanExactF64, actual: ourMean, tolerance: tolerance.nistMean },
      { field: "sdExactF64", expected: sdExactF64, actual: deviation, tolerance: tolerance.nistDeviation },
      { field: "lag1autocorrExactF64", skipped: `autocorrelation is ${notYet}` },
    ];
  },

  "cov/lw_identity": (memory, golden) => [
    ...shrunk(memory, golden, "sklearn", ledoitWolf({ target: "identity" })),
    ...shrunk(memory, golden, "authors2021", ledoitWolf({ target: "identity", divisor: "n-1" })),
  ],

  "cov/lw_constant_correlation": (memory, golden) => {
    const estimator = ledoitWolf({ target: "constantCorrelation" });
    return [
      ...shrunk(memory, golden, "", estimator),
      {
        field: "rbar",
        expected: golden.expected.rbar,
        actual: estimate(memory, observations(golden), estimator).meanCorrelation,
        tolerance: () => tolerance.goldenShrinkage,
      },
    ];
  },

  "cov/ewma": (memory, golden) => {
    const decay = golden.input?.lambda as number;
    const { zeroMeanNormalised, recursionSeedFirst, meanWeighted, centredBiased, centredUnbiased, effectiveN } =
      golden.expected;
    const x = observations(golden);
    numericsOn(memory);
    const centred = estimate(memory, x, ewmaCentred({ decay }));
    return [
      {
        field: "zeroMeanNormalised",
        expected: zeroMeanNormalised,
        actual: matrixOf(memory, x, ewma({ decay })),
        tolerance: relative(zeroMeanNormalised, tolerance.goldenEwma),
      },
      {
        field: "recursionSeedFirst",
        expected: recursionSeedFirst,
        actual: matrixOf(memory, x, ewma({ decay, form: "recursive" })),
        tolerance: relative(recursionSeedFirst, tolerance.goldenEwma),
      },
      {
        field: "meanWeighted",
        expected: meanWeighted,
        actual: centred.mean,
        tolerance: (_, [i = 0]) => tolerance.goldenMean * Math.max(...x.map((row) => Math.abs(row[i] ?? 0))),
      },
      {
        field: "centredUnbiased",
        expected: centredUnbiased,
        actual: rows(centred.matrix, centred.deviations.length),
        tolerance: relative(centredUnbiased, tolerance.goldenEwma),
      },
      {
        field: "centredBiased",
        expected: centredBiased,
        actual: matrixOf(memory, x, ewmaCentred({ decay, divisor: "weights" })),
        tolerance: relative(centredBiased, tolerance.goldenEwma),
      },
      {
        field: "effectiveN",
        expected: effectiveN,
        actual: centred.effectiveRows,
        tolerance: tolerance.goldenEffectiveRows,
      },
    ];
  },

  "cov/big500": (memory, golden) => {
    const { seed, n, p } = golden.input as unknown as { seed: number; n: number; p: number };
    const { expected } = golden;
    const x = factorPanel(seed, n, p);
    const w = Array.from({ length: p }, (_, i) => ((i % 2 === 0 ? 1 : -1) * (1 + i)) / p);
    const { matrix, deviations } = estimate(memory, x, sample());
    const shrunken = estimate(memory, x, ledoitWolf({ target: "identity" }));
    numericsOn(memory);
    const { values } = eigenSymmetric({ memory }, p, matrix);
    const entries = expected.covEntries as unknown as readonly { i: number; j: number; v: number }[];
    const compare = (field: string, actual: unknown, allowed: (value: number) => number): Comparison => ({
      field,
      expected: expected[field],
      actual,
      tolerance: allowed,
    });
    return [
      compare("X[0][0]", x[0]?.[0], () => 0),
      compare("X[n-1][p-1]", x[n - 1]?.[p - 1], () => 0),
      compare(
        "sumX",
        x.flat().reduce((total, value) => total + value, 0),
        tolerance.goldenBigSums,
      ),
      {
        field: "covEntries",
        expected: entries,
        actual: entries.map(({ i, j }) => ({ i, j, v: matrix[i * p + j] })),
        tolerance: (_, [k = 0]) => {
          const { i = 0, j = 0 } = entries[k] ?? {};
          return tolerance.goldenBigCovariance * (deviations[i] ?? 0) * (deviations[j] ?? 0);
        },
      },
      compare(
        "trace",
        matrix.reduce((total, value, i) => (i % (p + 1) === 0 ? total + value : total), 0),
        tolerance.goldenBigSums,
      ),
      compare(
        "frob2",
        matrix.reduce((total, value) => total + value * value, 0),
        tolerance.goldenBigSums,
      ),
      compare("portfolioVar", quadratic(memory, matrix, w), tolerance.goldenBigSums),
      compare(
        "ewma094ZeroMeanPortfolioVar",
        quadratic(memory, estimate(memory, x, ewma({ decay: 0.94 })).matrix, w),
        tolerance.goldenBigSums,
      ),
      compare("lwIdentityDelta_sklearn", shrunken.shrinkage, () => tolerance.goldenShrinkage),
      compare("lwPortfolioVar", quadratic(memory, shrunken.matrix, w), tolerance.goldenBigSums),
      compare(
        "lwCholLogDet",
        choleskyFactor({ memory }, p, shrunken.matrix).logDeterminant,
        () => tolerance.goldenLogDeterminant,
      ),
      compare("eigTop5", values.slice(-5).reverse(), tolerance.goldenBigSums),
      compare("rank", values.filter((value) => value > p * Number.EPSILON * (values[p - 1] ?? 0)).length, () => 0),
      compare("oasDelta_sklearn", estimate(memory, x, oas()).shrinkage, () => tolerance.goldenShrinkage),
    ];
  },
};
