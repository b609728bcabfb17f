import { quantile } from "./quantile.js";

/** A smoothed sample's tail as METHODS.md defines it, by halving alone. Φ and φ come from the caller. */
export function kernelSmoothed(
  pnl: readonly number[],
  h: number,
  alpha: number,
  normal: { cdf(x: number): number; pdf(x: number): number },
) {
  const n = pnl.length;
  const order = [...pnl].sort((a, b) => a - b);
  const mass = Math.abs(n * alpha - Math.round(n * alpha)) <= 1e-9 ? Math.round(n * alpha) : n * alpha;
  // Where nα is whole, what the nα smallest leave beyond q against what the others have below it: both may be tiny.
  const below = (q: number) =>
    order.reduce(
      (sum, x, i) => sum + (i < mass && Number.isInteger(mass) ? -normal.cdf((x - q) / h) : normal.cdf((q - x) / h)),
      Number.isInteger(mass) ? 0 : -mass,
    );
  let low = Math.min(...pnl) - 40 * h;
  let high = Math.max(...pnl) + 40 * h;
  for (let turn = 0; turn < 200; turn++) {
    const middle = (low + high) / 2;
    if (below(middle) < 0) low = middle;
    else high = middle;
  }
  const q = (low + high) / 2;
  const mean = pnl.reduce((sum, x) => sum + x * normal.cdf((q - x) / h) - h * normal.pdf((q - x) / h), 0);
  return { quantile: -q, mean: -mean / (n * alpha) };
}

/** Silverman's bandwidth. */
export function silverman(pnl: readonly number[]): number {
  const n = pnl.length;
  if (n < 2) return 0;
  const mean = pnl.reduce((sum, x) => sum + x, 0) / n;
  const sd = Math.sqrt(pnl.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1));
  const iqr = (quantile(pnl, 0.75, 7) - quantile(pnl, 0.25, 7)) / 1.34;
  return (0.9 * (iqr > 0 ? Math.min(sd, iqr) : sd)) / n ** 0.2;
}
