/** Cornish-Fisher VaR and ES as METHODS.md writes them. Φ⁻¹ and φ come from the caller. Shares no code with the package. */

export interface NormalParts {
  readonly z: number;
  readonly density: (x: number) => number;
}

/** The quantile of the expansion as a polynomial of z. */
export function expansion(z: number, skewness: number, excess: number): number {
  return (
    z + ((z ** 2 - 1) * skewness) / 6 + ((z ** 3 - 3 * z) * excess) / 24 - ((2 * z ** 3 - 5 * z) * skewness ** 2) / 36
  );
}

/** Boudt, Peterson and Croux's integrals of powers against the normal density up to h, by their printed recursion. */
function power(q: number, h: number, density: number, cdf: number): number {
  if (q === 0) return density;
  if (q === 1) return h * density - cdf;
  // I^q = h^q φ(h) + q I^(q−2)
  return h ** q * density + q * power(q - 2, h, density, cdf);
}

/** E, by those integrals; Φ(h) falls out of it, so that any number may stand for it. */
export function edgeworthMean(alpha: number, h: number, density: number, skewness: number, excess: number): number {
  const i = (q: number) => power(q, h, density, 3 * density);
  return (
    (density +
      ((i(4) - 6 * i(2) + 3 * density) * excess) / 24 +
      ((i(3) - 3 * i(1)) * skewness) / 6 +
      ((i(6) - 15 * i(4) + 45 * i(2) - 15 * density) * skewness ** 2) / 72) /
    alpha
  );
}

export function moments(x: readonly number[]) {
  const n = x.length;
  const mean = x.reduce((sum, value) => sum + value, 0) / n;
  const central = (k: number) => x.reduce((sum, value) => sum + (value - mean) ** k, 0) / n;
  const variance = central(2);
  return { mean, variance, third: central(3), fourth: central(4) };
}

/** Whether the expansion never falls, by looking at its slope over a fine grid of z and far out. */
export function risesEverywhere(skewness: number, excess: number): boolean {
  const slope = (z: number) =>
    1 + (z * skewness) / 3 + ((3 * z ** 2 - 3) * excess) / 24 - ((6 * z ** 2 - 5) * skewness ** 2) / 36;
  for (let z = -60; z <= 60; z += 1 / 256) if (slope(z) < 0) return false;
  return true;
}

/**
 * Derivatives by weight of the first four moments of a weighted sum, by the coskewness and cokurtosis matrices that the package
 * does not form: m₂ = w′M₂w, m₃ = w′M₃(w ⊗ w), m₄ = w′M₄(w ⊗ w ⊗ w), central, divisor n.
 */
export function momentDerivatives(rows: readonly (readonly number[])[], weights: readonly number[]) {
  const n = rows.length;
  const p = weights.length;
  const range = Array.from({ length: p }, (_, i) => i);
  const means = range.map((i) => rows.reduce((sum, row) => sum + (row[i] ?? 0), 0) / n);
  const centred = rows.map((row) => row.map((x, i) => x - (means[i] ?? 0)));
  const product = (...columns: readonly number[]) =>
    centred.reduce((sum, row) => sum + columns.reduce((x, i) => x * (row[i] ?? 0), 1), 0) / n;
  const w = (i: number) => weights[i] ?? 0;
  const over = (of: (i: number) => number) => range.reduce((sum, i) => sum + of(i), 0);
  return {
    mean: means,
    second: range.map((i) => 2 * over((j) => w(j) * product(i, j))),
    third: range.map((i) => 3 * over((j) => over((k) => w(j) * w(k) * product(i, j, k)))),
    fourth: range.map((i) => 4 * over((j) => over((k) => over((l) => w(j) * w(k) * w(l) * product(i, j, k, l))))),
  };
}
