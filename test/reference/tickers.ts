/** What a ticker keeps, computed anew from all changes made so far. Shares no code with the package. */

/** Gain or loss under each scenario: returns[factor][scenario]. */
export function scenarioPnl(returns: readonly (readonly number[])[], exposures: readonly number[]): number[] {
  return (returns[0] ?? []).map((_, t) => exposures.reduce((sum, e, f) => sum + e * (returns[f]?.[t] ?? 0), 0));
}

/** w'Cw and Cw. */
export function quadratic(c: readonly (readonly number[])[], w: readonly number[]) {
  const gradient = c.map((row) => row.reduce((sum, x, j) => sum + x * (w[j] ?? 0), 0));
  return { gradient, variance: gradient.reduce((sum, g, i) => sum + g * (w[i] ?? 0), 0) };
}
