/** Parametric VaR and ES and their decomposition, written out. Shares no code with the package. */

/** Sum that does not lose small terms between large ones (Neumaier), so that the oracle is the better of the two. */
export function careful(terms: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const term of terms) {
    const next = sum + term;
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** w'Cw, every product summed carefully. */
export function variance(weights: readonly number[], covariance: readonly (readonly number[])[]): number {
  const terms = weights.flatMap((w, i) => weights.map((v, j) => w * (covariance[i]?.[j] ?? 0) * v));
  return Math.max(0, careful(terms));
}

/** Exponentially weighted covariance with mean zero: newest weight 1, each older one `decay` times the next. */
export function ewmaCovariance(moves: readonly (readonly number[])[], decay: number): number[][] {
  const n = moves[0]?.length ?? 0;
  const weight = Array.from({ length: n }, (_, t) => decay ** (n - 1 - t));
  const total = careful(weight);
  return moves.map((a) => moves.map((b) => careful(weight.map((w, t) => w * (a[t] ?? 0) * (b[t] ?? 0))) / total));
}

export function sampleCovariance(moves: readonly (readonly number[])[], ddof: number): number[][] {
  const n = moves[0]?.length ?? 0;
  const centred = moves.map((a) => {
    const mean = careful(a) / n;
    return a.map((x) => x - mean);
  });
  return centred.map((a) => centred.map((b) => careful(a.map((x, t) => x * (b[t] ?? 0))) / (n - ddof)));
}

/** Risk of weights for a multiple k of the deviation, mean zero. */
export function risk(weights: readonly number[], covariance: readonly (readonly number[])[], k: number): number {
  return k * Math.sqrt(variance(weights, covariance));
}

/** Marginal, component and incremental risk by line; the lines' weights sum to the book's. */
export function decompose(
  lines: readonly (readonly number[])[],
  covariance: readonly (readonly number[])[],
  k: number,
): { total: number; marginal: number[]; component: number[]; incremental: number[] } {
  const n = covariance.length;
  const sum = (some: readonly (readonly number[])[]) =>
    Array.from({ length: n }, (_, i) => careful(some.map((line) => line[i] ?? 0)));
  const weights = sum(lines);
  const total = risk(weights, covariance, k);
  const sigma = total / k;
  const marginal = covariance.map((row) =>
    sigma > 0 ? (k * careful(row.map((c, j) => c * (weights[j] ?? 0)))) / sigma : 0,
  );
  return {
    total,
    marginal,
    component: lines.map((line) => careful(line.map((x, i) => x * (marginal[i] ?? 0)))),
    incremental: lines.map((_, l) => total - risk(sum(lines.filter((__, m) => m !== l)), covariance, k)),
  };
}
