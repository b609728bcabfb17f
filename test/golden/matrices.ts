import {
  choleskyDowndate,
  choleskyUpdate,
  clipEigenvalues,
  eigenSymmetric,
  ldlt,
  nearestCorrelation,
} from "../../src/numerics/index.js";
import { numericsOn } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";
import type { Checks, Comparison, GoldenCase } from "./comparison.js";

type Matrix = readonly (readonly number[])[];

const flat = (a: Matrix) => Float64Array.from(a.flat());
const rows = (a: Float64Array, n: number) =>
  Array.from({ length: n }, (_, i) => Array.from(a.subarray(i * n, (i + 1) * n)));
const matrixOf = (golden: GoldenCase, key: string) => golden.input?.[key] as unknown as Matrix;
const largestOf = (a: Matrix) => Math.max(...a.flat().map(Math.abs));

/** Elements above the diagonal, row by row. */
const upper = (a: Float64Array, n: number) => rows(a, n).flatMap((row, i) => row.slice(i + 1));

export const checks: Checks = {
  "linalg/chol_rank1": (memory, golden) => {
    numericsOn(memory);
    const lower = matrixOf(golden, "L");
    const n = lower.length;
    const { alpha, beta, x } = golden.input as unknown as { alpha: number; beta: number; x: readonly number[] };
    const change = beta < 0 ? choleskyDowndate : choleskyUpdate;
    const options = { scale: alpha, weight: Math.abs(beta) };
    const found = change({ memory }, n, flat(lower), Float64Array.from(x), options);
    const allowed = tolerance.goldenRankOne(largestOf(golden.expected.L as unknown as Matrix));
    return [{ field: "L", expected: golden.expected.L, actual: rows(found.lower, n), tolerance: () => allowed }];
  },

  "linalg/ldlt": (memory, golden) => {
    numericsOn(memory);
    const a = matrixOf(golden, "A");
    const n = a.length;
    const found = ldlt({ memory }, n, flat(a));
    const l = rows(found.lower, n);
    const deviation = a.map((row, i) => Math.sqrt(Math.abs(row[i] ?? 0)) || 1);
    const scaled = (i: number, j: number) => (deviation[i] ?? 1) / (deviation[j] ?? 1);
    const unit = a.map((row, i) => row.map((value, j) => value / (deviation[i] ?? 1) / (deviation[j] ?? 1)));
    const { values } = eigenSymmetric({ memory }, n, flat(unit));
    const sizes = Array.from(values, Math.abs);
    const allowed = tolerance.goldenLdlt(n, Math.max(...sizes) / Math.min(...sizes));
    let [apart, norm] = [0, 0];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let product = 0;
        for (let k = 0; k < n; k++) {
          const d = (found.diagonal[k] ?? 0) / (deviation[k] ?? 1) ** 2;
          product += (l[i]?.[k] ?? 0) * scaled(k, i) * d * ((l[j]?.[k] ?? 0) * scaled(k, j));
        }
        apart += (product - (unit[i]?.[j] ?? 0)) ** 2;
        norm += (unit[i]?.[j] ?? 0) ** 2;
      }
    }
    const backward = Math.sqrt(apart) <= tolerance.goldenLdltBackward(n, Math.sqrt(norm));
    const { ok, L, D } = golden.expected;
    return [
      { field: "ok", expected: ok, actual: backward, tolerance: () => 0 },
      {
        field: "L",
        expected: L,
        actual: l,
        tolerance: (_, [i, j]) => allowed * scaled(i ?? 0, j ?? 0),
      },
      {
        field: "D",
        expected: D,
        actual: found.diagonal,
        tolerance: (_, [j]) => allowed * (deviation[j ?? 0] ?? 1) ** 2,
      },
    ];
  },

  "linalg/nearest_correlation": (memory, golden) => {
    numericsOn(memory);
    const a = matrixOf(golden, "A");
    const n = a.length;
    const found = nearestCorrelation({ memory }, n, flat(a));
    const { X, frobDistance, rank } = golden.expected;
    const allowed = () => tolerance.goldenNearest;
    return [
      { field: "X", expected: X, actual: rows(found.matrix, n), tolerance: allowed },
      { field: "frobDistance", expected: frobDistance, actual: found.distance, tolerance: allowed },
      { field: "rank", expected: rank, actual: found.rank, tolerance: () => 0 },
    ];
  },

  "published/matrices": (memory, golden, { seen }) => {
    numericsOn(memory);
    const source = seen(golden.input?.see);
    const { expected } = golden;
    const printed = () => Number(expected.tol);
    const a = matrixOf(source, source.input?.C === undefined ? "A" : "C");
    const n = a.length;
    const values = (): Float64Array => eigenSymmetric({ memory }, n, flat(a)).values;
    const largest = Math.max(...a.map((row) => row.reduce((sum, x) => sum + Math.abs(x), 0)));
    const eigenvalue = () => tolerance.goldenEigenvalue(n, largest);
    const compared = (field: string, actual: unknown, allowed: () => number): Comparison => ({
      field,
      expected: expected[field],
      actual,
      tolerance: allowed,
    });
    const held: Comparison = { field: "tol", skipped: "the tolerance that upper is held to" };
    switch (golden.id) {
      case "rosser8_eigs":
        return [compared("values", values(), eigenvalue)];
      case "wilkinson21_top": {
        const top = values().slice(-2).reverse();
        return [compared("values", top, eigenvalue), compared("published", top[0], () => tolerance.publishedWilkinson)];
      }
      case "quantlib_badcorr3":
        return [compared("upper", upper(clipEigenvalues({ memory }, n, flat(a)).correlation, n), printed), held];
      default: {
        const { matrix, distance } = nearestCorrelation({ memory }, n, flat(a));
        const far = expected.frobDistance === undefined ? [] : [compared("frobDistance", distance, printed)];
        return [compared("upper", upper(matrix, n), printed), ...far, held];
      }
    }
  },
};
