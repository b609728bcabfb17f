import { at, checkOptions, finiteNumber, invalid, list, text } from "../checks.js";
import { Hasher } from "../hash.js";
import { InvalidInputError } from "../errors.js";
import type { CovarianceEstimator } from "./estimator.js";

/** How far c[i][j] and c[j][i] may be apart, relative to the standard deviations: rounding of whoever wrote them down. */
const ASYMMETRY = 1e-9;

/**
 * A covariance that the caller brings, per bar, instead of one estimated from history. Asked for some of its factors, in
 * any order, it gives their part. Its variances must not be negative; it need not be positive definite.
 *
 * @param options.factors   names, one per row of the matrix
 * @param options.matrix    f64[n*n] row-major, or rows of numbers; symmetric to 1e-9 of the standard deviations, of which
 *                          the upper triangle is used
 * @throws InvalidInputError   names that repeat, a matrix of another size, not finite, not symmetric, a variance below 0;
 *                             when used: a factor that it does not have
 */
export function fixed(options: {
  readonly factors: readonly string[];
  readonly matrix: Float64Array | readonly (readonly number[])[];
}): CovarianceEstimator {
  const { factors, matrix } = checkOptions(options, "fixed", {
    factors: (value, place) => list(value, place, text),
    matrix: (value) => value,
  });
  const n = factors.length;
  const position = new Map(factors.map((factor, i) => [factor, i]));
  if (n === 0) throw invalid("fixed.factors", "at least one name", factors);
  if (position.size < n) throw invalid("fixed.factors", "without repetition", factors);
  const values = square(matrix, n);
  return {
    name: "fixed",
    key: `fixed(${new Hasher().text(JSON.stringify(factors)).f64(values).digest()})`,
    minimumRows: 0,
    factors,
    estimate(memory, { names }, out) {
      if (names === null) throw new InvalidInputError("names", "given where the covariance is fixed", names);
      const rows = names.map((name) => position.get(name));
      const unknown = names.filter((_, i) => rows[i] === undefined);
      if (unknown.length > 0) {
        throw new InvalidInputError("fixed.factors", `a list with ${unknown.join(", ")}`, factors);
      }
      const part = rows.flatMap((i) => rows.map((j) => values[Number(i) * n + Number(j)] ?? 0));
      memory.write(out, Float64Array.from(part));
      return { mean: null, shrinkage: null, meanCorrelation: null };
    },
  };
}

/** A checked copy, symmetric to the bit. */
function square(matrix: unknown, n: number): Float64Array {
  const place = "fixed.matrix";
  const flat = matrix instanceof Float64Array;
  if (flat && matrix.length !== n * n) throw invalid(place, `${n * n} numbers`, Array.from(matrix));
  const given = flat ? matrix : list(matrix, place, (row, at) => list(row, at, (value, at) => finiteNumber(value, at)));
  if (given.length !== (flat ? n * n : n)) throw invalid(place, `${n} rows`, given);
  const element = (i: number, j: number): number => {
    const value = flat ? matrix[i * n + j] : (given[i] as readonly number[])[j];
    return finiteNumber(value, at(at(place, i), j));
  };
  const values = new Float64Array(n * n);
  for (let i = 0; i < n; i++) values[i * n + i] = finiteNumber(element(i, i), at(at(place, i), i), { min: 0 });
  for (let i = 0; i < n; i++) {
    if (!flat && (given[i] as readonly number[]).length !== n) throw invalid(at(place, i), `${n} numbers`, given[i]);
    for (let j = i + 1; j < n; j++) {
      const value = element(i, j);
      const scale = Math.sqrt(element(i, i) * element(j, j));
      if (Math.abs(value - element(j, i)) > ASYMMETRY * scale) {
        throw invalid(at(at(place, j), i), `the same as fixed.matrix[${i}][${j}], ${value}`, element(j, i));
      }
      values[i * n + j] = value;
      values[j * n + i] = value;
    }
  }
  return values;
}
