/** Nonlinear shrinkage of eigenvalues as the papers write it: of inverses, densities and their Hilbert transform. */
const mean = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / values.length;
const ROOT = Math.sqrt(5);

/** (1/π) ∫ k(u)/(u − x) du of the Epanechnikov kernel: in closed form near 0, by Simpson's rule where x is far from all u. */
function transform(x: number): number {
  const k = (u: number) => (3 / (4 * ROOT)) * (1 - (u * u) / 5);
  if (Math.abs(x) < 15) {
    if (Math.abs(x) === ROOT) return (-3 * x) / (10 * Math.PI);
    return (-3 * x) / (10 * Math.PI) + (k(x) / Math.PI) * Math.log(Math.abs((ROOT - x) / (ROOT + x)));
  }
  const panels = 2000;
  let total = 0;
  for (let i = 0; i <= panels; i++) {
    const u = -ROOT + (2 * ROOT * i) / panels;
    total += ((i === 0 || i === panels ? 1 : i % 2 === 1 ? 4 : 2) * k(u)) / (u - x);
  }
  return (total * 2 * ROOT) / panels / 3 / Math.PI;
}

/** The eigenvalues that count, and those that are 0 though they should not be as what 0 is the limit of. */
function counted(values: readonly number[], m: number): readonly number[] {
  const largest = Math.max(...values);
  return values.slice(Math.max(0, values.length - m)).map((value) => (value === 0 ? 1e-25 * largest : value));
}

/** d of eigenvalues in ascending order, m = rows − 1 of them not 0 at most. */
export function slowAnalytical(values: readonly number[], m: number): readonly number[] {
  const p = values.length;
  const lambda = counted(values, m);
  const h = m ** (-1 / 3);
  const c = p / m;
  const moved = lambda.map((own) => {
    const x = lambda.map((other) => (own - other) / (h * other));
    const f = mean(
      x.map((value, j) => (((3 / (4 * ROOT)) * Math.max(1 - value ** 2 / 5, 0)) / h) * (1 / (lambda[j] ?? 0))),
    );
    const g = mean(x.map((value, j) => transform(value) / h / (lambda[j] ?? 0)));
    return p <= m
      ? own / ((Math.PI * c * own * f) ** 2 + (1 - c - Math.PI * c * own * g) ** 2)
      : own / (Math.PI ** 2 * own ** 2 * (f ** 2 + g ** 2));
  });
  const log = Math.log((1 + ROOT * h) / (1 - ROOT * h));
  const level = (3 / (10 * h ** 2) + (3 / (4 * ROOT * h)) * (1 - 1 / (5 * h ** 2)) * log) / Math.PI;
  const none = 1 / (((Math.PI * (p - m)) / m) * level * mean(lambda.map((value) => 1 / value)));
  return [...Array.from({ length: Math.max(0, p - m) }, () => none), ...moved];
}

export function slowInverse(values: readonly number[], m: number): readonly number[] {
  const p = values.length;
  const lambda = counted(values, m);
  const inverse = lambda.map((value) => 1 / value);
  const c = p / m;
  const h = Math.min(c ** 2, 1 / c ** 2) ** 0.35 / p ** 0.35;
  const moved = inverse.map((own) => {
    const theta = mean(inverse.map((other) => (other * (other - own)) / ((other - own) ** 2 + (h * other) ** 2)));
    const conjugate = mean(inverse.map((other) => (h * other ** 2) / ((other - own) ** 2 + (h * other) ** 2)));
    const square = theta ** 2 + conjugate ** 2;
    return p <= m
      ? 1 / ((1 - c) ** 2 * own + 2 * c * (1 - c) * own * theta + c ** 2 * own * square)
      : 1 / (own * square);
  });
  const none = 1 / ((c - 1) * mean(inverse));
  const all = [...Array.from({ length: Math.max(0, p - m) }, () => none), ...moved];
  const sum = (of: readonly number[]) => of.reduce((total, value) => total + value, 0);
  return all.map((value) => (value * sum(lambda)) / sum(all));
}
