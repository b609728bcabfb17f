import { choleskyFactor, inner } from "./linalg.js";

/** A margin by its quantile of a tail probability p ≤ ½, for a symmetric one; or a sample. */
export type SlowMargin = { readonly quantile: (p: number) => number } | { readonly sample: readonly number[] };

/** What the slow simulation is told: functions of distributions come from elsewhere. */
export interface SlowSimulation {
  readonly correlation: readonly (readonly number[])[];
  readonly margins: readonly SlowMargin[];
  readonly scales: readonly number[];
  /** distribution of what the copula makes before the margins */
  readonly cdf: (x: number) => number;
  /** paths[k]: independent standard normal numbers, and √(ν/χ²) or 1 */
  readonly paths: readonly { readonly z: readonly number[]; readonly factor: number }[];
}

/** moves[k][i], as METHODS.md has it. */
export function slowMoves({ correlation, margins, scales, cdf, paths }: SlowSimulation): number[][] {
  const lower = choleskyFactor(correlation);
  return paths.map(({ z, factor }) =>
    lower.map((row, i) => {
      const x = inner(row, z) * factor;
      const margin = margins[i]!;
      const p = cdf(-Math.abs(x));
      if ("sample" in margin) {
        const sorted = [...margin.sample].sort((a, b) => a - b);
        const u = x < 0 ? p : 1 - p;
        return scales[i]! * sorted[Math.max(0, Math.ceil(sorted.length * u) - 1)]!;
      }
      const q = margin.quantile(p);
      return scales[i]! * (x < 0 ? q : -q);
    }),
  );
}

/** Standard errors of a sample's VaR and ES. */
export function slowErrors(pnl: readonly number[], alpha: number): { valueAtRisk: number; expectedShortfall: number } {
  const n = pnl.length;
  const sorted = [...pnl].sort((a, b) => a - b);
  const nAlpha = n * alpha;
  const k = Math.max(1, Math.ceil(nAlpha - 1e-9 * Math.max(1, nAlpha)));
  const deviation = Math.sqrt(nAlpha * (1 - alpha));
  const high = Math.min(n, k + Math.ceil(deviation));
  const low = Math.max(1, k - Math.ceil(deviation));
  const tail = sorted.slice(0, k);
  const mean = tail.reduce((a, b) => a + b) / k;
  const variance = tail.reduce((sum, x) => sum + (x - mean) ** 2, 0) / k;
  const beyond = tail.reduce((sum, x) => sum + (sorted[k - 1]! - x), 0) / Math.max(nAlpha, 1);
  return {
    valueAtRisk: ((sorted[high - 1]! - sorted[low - 1]!) / Math.max(high - low, 1)) * deviation,
    expectedShortfall: Math.sqrt((variance + (1 - alpha) * beyond ** 2) / Math.max(nAlpha, 1)),
  };
}
