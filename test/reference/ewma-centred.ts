/** Weighted covariance about the weighted mean, of rows with the newest last: sums as they stand. */
export function slowCentred(x: readonly (readonly number[])[], decay: number, unbiased: boolean) {
  const n = x[0]?.length ?? 0;
  const w = x.map((_, t) => decay ** (x.length - 1 - t));
  const sum = (of: (t: number) => number) => w.reduce((total, weight, t) => total + weight * of(t), 0);
  const total = sum(() => 1);
  const squares = w.reduce((all, weight) => all + weight * weight, 0);
  const mean = Array.from({ length: n }, (_, i) => sum((t) => x[t]?.[i] ?? 0) / total);
  const centred = (t: number, i: number) => (x[t]?.[i] ?? 0) - (mean[i] ?? 0);
  const factor = unbiased ? total ** 2 / (total ** 2 - squares) : 1;
  const matrix = mean.map((_, i) => mean.map((__, j) => (factor * sum((t) => centred(t, i) * centred(t, j))) / total));
  return { mean, matrix, effectiveRows: total ** 2 / squares };
}
