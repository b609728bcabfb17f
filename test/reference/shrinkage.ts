/** Shrinkage of the sample covariance as the papers write it: sums over every pair of assets and every row. */
type Matrix = readonly (readonly number[])[];

interface Shrunk {
  readonly matrix: Matrix;
  readonly shrinkage: number;
}

const sum = (count: number, of: (i: number) => number): number => {
  let total = 0;
  for (let i = 0; i < count; i++) total += of(i);
  return total;
};

/** Columns about their means. */
function centred(x: Matrix): Matrix {
  const n = x[0]?.length ?? 0;
  const means = Array.from({ length: n }, (_, i) => sum(x.length, (t) => x[t]?.[i] ?? 0) / x.length);
  return x.map((row) => row.map((value, i) => value - (means[i] ?? 0)));
}

function covarianceOf(y: Matrix, divisor: number): number[][] {
  const n = y[0]?.length ?? 0;
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (__, j) => sum(y.length, (t) => (y[t]?.[i] ?? 0) * (y[t]?.[j] ?? 0)) / divisor),
  );
}

function mixed(s: Matrix, target: (i: number, j: number) => number, shrinkage: number): Shrunk {
  const matrix = s.map((row, i) => row.map((value, j) => shrinkage * target(i, j) + (1 - shrinkage) * value));
  return { matrix, shrinkage };
}

const within = (x: number) => Math.min(1, Math.max(0, x));

/** `form` as in `oas`, and "rblw". */
export function slowOracle(x: Matrix, form: "sklearn" | "chen2010" | "rblw"): Shrunk {
  const [rows, n] = [x.length, x[0]?.length ?? 0];
  const s = covarianceOf(centred(x), rows);
  const trace = sum(n, (i) => s[i]?.[i] ?? 0);
  const a = sum(n, (i) => sum(n, (j) => (s[i]?.[j] ?? 0) ** 2));
  const b = trace ** 2;
  const quotient = {
    sklearn: () => (a / n ** 2 + b / n ** 2) / ((rows + 1) * (a / n ** 2 - b / n ** 3)),
    chen2010: () => ((1 - 2 / n) * a + b) / ((rows + 1 - 2 / n) * (a - b / n)),
    rblw: () => (((rows - 2) / rows) * a + b) / ((rows + 2) * (a - b / n)),
  }[form];
  const d = a - b / n > 1e-12 * a ? within(quotient()) : 1;
  return mixed(s, (i, j) => (i === j ? trace / n : 0), d);
}

/** Towards the diagonal of S, or towards the model whose factor is the mean of the columns. */
export function slowTarget(x: Matrix, target: "diagonal" | "singleFactor", divisor: number): Shrunk {
  const y = centred(x);
  const [rows, n] = [x.length, x[0]?.length ?? 0];
  const s = covarianceOf(y, divisor);
  const at = (i: number, j: number) => s[i]?.[j] ?? 0;
  const f = y.map((row) => row.reduce((total, value) => total + value, 0) / n);
  const m = (of: (row: readonly number[], f: number) => number) =>
    sum(rows, (t) => of(y[t] ?? [], f[t] ?? 0)) / divisor;
  const b = Array.from({ length: n }, (_, i) => m((row, factor) => (row[i] ?? 0) * factor));
  const v = m((_, factor) => factor * factor);
  const modelled = target === "singleFactor" && v > 1e-14 * sum(n, (i) => at(i, i));
  const element = (i: number, j: number) => (i === j ? at(i, i) : modelled ? ((b[i] ?? 0) * (b[j] ?? 0)) / v : 0);
  let [pi, rho, gamma] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const [yi, yj] = [(row: readonly number[]) => row[i] ?? 0, (row: readonly number[]) => row[j] ?? 0];
      const own = m((row) => yi(row) ** 2 * yj(row) ** 2) - at(i, j) ** 2;
      pi += own;
      gamma += (at(i, j) - element(i, j)) ** 2;
      if (i === j) rho += own;
      else if (modelled) {
        const [bi, bj] = [b[i] ?? 0, b[j] ?? 0];
        const one = m((row, factor) => yi(row) ** 2 * yj(row) * factor) - bi * at(i, j);
        const two = m((row, factor) => yi(row) * yj(row) * factor ** 2) - v * at(i, j);
        rho += (2 * one * bj) / v - (two * bi * bj) / v ** 2;
      }
    }
  }
  return mixed(s, element, gamma > 0 ? within((pi - rho) / gamma / divisor) : 0);
}
