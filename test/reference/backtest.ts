import { historicalRisk } from "./historical.js";

/** Rolling forecasts and their exceptions, each window looked at by itself. Shares no code with the package. */
export function rollingHistorical(
  x: readonly number[],
  known: readonly number[],
  window: number,
  confidence: number,
): number[] {
  return known.map((end) => historicalRisk(x.slice(end - window, end), confidence).valueAtRisk);
}

/** Deviation of each window times `factor`; `weight` oldest first. */
export function rollingParametric(
  x: readonly number[],
  known: readonly number[],
  weight: readonly number[],
  centred: boolean,
  factor: number,
): number[] {
  return known.map((end) => {
    const seen = x.slice(end - weight.length, end);
    const mean = centred ? seen.reduce((sum, value) => sum + value, 0) / seen.length : 0;
    return factor * Math.sqrt(seen.reduce((sum, value, i) => sum + (weight[i] ?? 0) * (value - mean) ** 2, 0));
  });
}

/** Kupiec's likelihood ratio of `exceptions` in `n` at rate p, with 0 ln 0 = 0. */
export function likelihoodRatio(n: number, exceptions: number, p: number): number {
  const term = (count: number, share: number) => (count === 0 ? 0 : count * Math.log(share));
  const rate = exceptions / n;
  return (
    2 * (term(exceptions, rate) + term(n - exceptions, 1 - rate) - term(exceptions, p) - term(n - exceptions, 1 - p))
  );
}

/** P(X ≤ k) for a binomial, by its recurrence from P(X = 0) in logs. */
export function binomialBelow(k: number, n: number, p: number): number {
  let log = n * Math.log1p(-p);
  let sum = 0;
  for (let i = 0; i <= k; i++) {
    sum += Math.exp(log);
    log += Math.log((n - i) / (i + 1)) + Math.log(p / (1 - p));
  }
  return Math.min(1, sum);
}
