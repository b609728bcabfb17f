import {
  cholesky,
  choleskyDowndate,
  choleskyUpdate,
  ldlt,
  matrixProduct,
  nearestCorrelation,
  solveSymmetric,
  solveTriangular,
} from "../../../src/numerics/index.js";
import { random } from "../random-book.js";
import type { Section } from "./section.js";

/** Factors and what is made of them, products and nearest correlations, on either side of tiles and of groups of panels. */
export const section: Section = {
  name: "matrices",
  functions: {
    cholesky,
    choleskyDowndate,
    choleskyUpdate,
    ldlt,
    matrixProduct,
    nearestCorrelation,
    solveSymmetric,
    solveTriangular,
  },
  results: (engine) => {
    const uniform = random(23);
    const noise = (count: number) => Float64Array.from({ length: count }, () => uniform() - 0.5);
    return [1, 2, 3, 4, 5, 8, 13, 31, 34, 66, 99].map((n) => {
      const x = noise(n);
      const few = [noise(n), noise(n), noise(n)];
      const matrix = Float64Array.from({ length: n * n }, (_, at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        return few.reduce((sum, y) => sum + (y[i] ?? 0) * (y[j] ?? 0), i === j ? 0.3 : 0);
      });
      const singular = matrix.map((value, at) => (at % (n + 1) === 0 ? value - 0.3 : value));
      const rough = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 2 * uniform() - 1));
      const factor = cholesky(engine, n, matrix);
      const change = { scale: 0.94, weight: 0.06 };
      const updated = choleskyUpdate(engine, n, factor.lower, x, change);
      return [
        factor,
        cholesky(engine, n, singular, { jitter: "ladder" }),
        updated,
        choleskyDowndate(engine, n, updated.lower, x, { weight: 0.03 }),
        ldlt(engine, n, matrix),
        ldlt(engine, n, singular, { pivoting: "diagonal" }),
        solveSymmetric(engine, n, matrix, x),
        solveTriangular(engine, n, factor.lower, x, { transposed: true }),
        matrixProduct(engine, { rows: n, depth: n, columns: n }, matrix, rough),
        n > 40 ? null : nearestCorrelation(engine, n, rough, { floor: 0.001 }),
      ];
    });
  },
  bits: "a4322970753973b9",
};
