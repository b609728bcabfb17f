/**
 * The law of a quadratic form of normal moves by plain inversion of its characteristic function. Shares no code with the
 * package: axes by Cholesky's and Jacobi's methods written out, the integral as an alternating sum of cosines.
 */
export interface Form {
  readonly theta: number;
  readonly delta: readonly number[];
  /** row-major */
  readonly gamma: readonly number[];
  readonly covariance: readonly number[];
}

export interface Axes {
  readonly theta: number;
  readonly b: readonly number[];
  readonly lambda: readonly number[];
  readonly mean: number;
  readonly variance: number;
  readonly third: number;
  readonly fourth: number;
}

function cholesky(a: readonly number[], n: number): number[][] {
  const l = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const at = (i: number, j: number) => l[i]?.[j] ?? 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      (l[i] as number[])[j] = i === j ? Math.sqrt(sum) : sum / at(j, j);
    }
  }
  return l;
}

/** Rotations of every pair until nothing is left off the diagonal; `b` turns along. */
function jacobi(m: number[][], b: number[]): void {
  const n = m.length;
  const at = (i: number, j: number) => m[i]?.[j] ?? 0;
  for (let sweep = 0; sweep < 60; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (at(p, q) === 0) continue;
        const angle = Math.atan2(2 * at(p, q), at(q, q) - at(p, p)) / 2;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const turn = (row: number[]) => {
          const [x, y] = [row[p] ?? 0, row[q] ?? 0];
          row[p] = c * x - s * y;
          row[q] = s * x + c * y;
        };
        for (const row of m) turn(row);
        for (let j = 0; j < n; j++) {
          const [x, y] = [at(p, j), at(q, j)];
          (m[p] as number[])[j] = c * x - s * y;
          (m[q] as number[])[j] = s * x + c * y;
        }
        turn(b);
      }
    }
  }
}

/** θ, b and λ, with the cumulants by traces and forms of the matrices themselves: k_r of (ΓΣ)^r and of δ′Σ(ΓΣ)^(r−2)δ. */
export function quadraticForm({ theta, delta, gamma, covariance }: Form): Axes {
  const n = delta.length;
  const l = cholesky(covariance, n);
  const at = (i: number, j: number) => l[i]?.[j] ?? 0;
  const range = Array.from({ length: n }, (_, i) => i);
  const sum = (of: (i: number) => number) => range.reduce((total, i) => total + of(i), 0);
  const m = range.map((p) => range.map((q) => sum((i) => sum((j) => at(i, p) * (gamma[i * n + j] ?? 0) * at(j, q)))));
  const b = range.map((p) => sum((i) => at(i, p) * (delta[i] ?? 0)));
  const product = range.map((i) =>
    range.map((j) => sum((k) => (gamma[i * n + k] ?? 0) * (covariance[k * n + j] ?? 0))),
  );
  const times = (x: readonly (readonly number[])[]) =>
    range.map((i) => range.map((j) => sum((k) => (x[i]?.[k] ?? 0) * (product[k]?.[j] ?? 0))));
  const trace = (x: readonly (readonly number[])[]) => sum((i) => x[i]?.[i] ?? 0);
  const one = range.map((i) => range.map((j) => (i === j ? 1 : 0)));
  const powers = [one, product, times(product), times(times(product)), times(times(times(product)))] as const;
  const along = range.map((i) => sum((j) => (covariance[i * n + j] ?? 0) * (delta[j] ?? 0)));
  // δ′Σ (ΓΣ)^r δ
  const form = (x: readonly (readonly number[])[]) =>
    sum((i) => sum((j) => (along[i] ?? 0) * (x[i]?.[j] ?? 0) * (delta[j] ?? 0)));
  const mean = theta + trace(powers[1]) / 2;
  const variance = form(powers[0]) + trace(powers[2]) / 2;
  const third = 3 * form(powers[1]) + trace(powers[3]);
  const fourth = 12 * form(powers[2]) + 3 * trace(powers[4]);
  jacobi(m, b);
  return { theta, b, lambda: range.map((i) => m[i]?.[i] ?? 0), mean, variance, third, fourth };
}

/**
 * P(Y ≤ y) = ½ − Σ_k Im[e^(−i t y) E e^(i t Y)] / (π (k + ½)) at t = (k + ½) h: exact but for the mass beyond y ± 2π/h, and for
 * where the sum ends. Source: Davies, Biometrika 60 (1973).
 */
export function invertedCdf({ theta, b, lambda, variance }: Axes, y: number): number {
  const h = (2 * Math.PI) / (80 * Math.sqrt(variance));
  let sum = 0;
  for (let k = 0; k < 100_000; k++) {
    const t = (k + 0.5) * h;
    let [size, turn] = [0, t * (theta - y)];
    for (const [j, x] of b.entries()) {
      // log E e^(itY_j) = −½ b²t²/(1 − iλt) − ½ log(1 − iλt)
      const lt = (lambda[j] ?? 0) * t;
      const norm = 1 + lt * lt;
      size -= (0.5 * (x * t) ** 2) / norm + 0.25 * Math.log(norm);
      turn += 0.5 * Math.atan(lt) - (0.5 * (x * t) ** 2 * lt) / norm;
    }
    if (size < -45) break;
    sum += (Math.exp(size) * Math.sin(turn)) / (Math.PI * (k + 0.5));
  }
  return 0.5 - sum;
}
