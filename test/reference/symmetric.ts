// Judges of factors and of nearest matrices: each says how far a result is from what defines it. Matrices are arrays of rows.
import { slowEigenvalues } from "./eigen.js";
import { product, transposed } from "./linalg.js";

type Matrix = readonly (readonly number[])[];

/** Largest of |a_ij − b_ij| / √(|a_ii|·|a_jj|), with `floor` for a diagonal that is 0. */
export function scaledError(a: Matrix, b: Matrix, floor = 0): number {
  const scale = a.map((row, i) => Math.sqrt(Math.max(Math.abs(row[i]!), floor)));
  return Math.max(0, ...a.flatMap((row, i) => row.map((x, j) => Math.abs(x - b[i]![j]!) / scale[i]! / scale[j]!)));
}

/** L·D·L', D given by its diagonal. */
export function ldltProduct(l: Matrix, d: readonly number[]): number[][] {
  return product(
    l.map((row) => row.map((x, k) => x * d[k]!)),
    transposed(l),
  );
}

/** 1, 1/2, 1/3 …: Hilbert's matrix. */
export function hilbert(n: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => 1 / (i + j + 1)));
}

/**
 * How far X is from being the nearest matrix to A with ones on its diagonal and no eigenvalue below `floor`, by the conditions that
 * make it that one: there is a y for which S = X − A − Diag(y) has no negative eigenvalue and S·(X − floor·I) = 0. The diagonal of
 * that product gives y.
 */
export function nearestError(a: Matrix, x: Matrix, floor: number): number {
  const n = a.length;
  const free = x.map((row, i) => row.map((value, j) => value - (i === j ? floor : 0)));
  const apart = a.map((row, i) => row.map((value, j) => x[i]![j]! - value));
  const y = product(free, apart).map((row, i) => row[i]! / free[i]![i]!);
  const s = apart.map((row, i) => row.map((value, j) => value - (i === j ? y[i]! : 0)));
  const skew = Math.max(...product(free, s).flat().map(Math.abs));
  const below = (m: Matrix) => Math.max(0, -(slowEigenvalues(m)[0] ?? 0));
  const diagonal = Math.max(...x.map((row, i) => Math.abs(row[i]! - 1)));
  return Math.max(skew, below(s), below(free), diagonal) / n;
}
