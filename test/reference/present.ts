/** Covariances over the rows that both columns have, NaN elsewhere; null where there is none. Sums as they stand. */
type Table = readonly (readonly number[])[];

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Rows, by their place, that have both columns. */
function both(x: Table, i: number, j: number): { t: number; a: number; b: number }[] {
  return x
    .map((row, t) => ({ t, a: row[i] ?? Number.NaN, b: row[j] ?? Number.NaN }))
    .filter(({ a, b }) => !Number.isNaN(a) && !Number.isNaN(b));
}

function each(x: Table, of: (pairs: { t: number; a: number; b: number }[]) => number | null): (number | null)[][] {
  const columns = x[0] ?? [];
  return columns.map((_, i) => columns.map((__, j) => of(both(x, i, j))));
}

export const slowCounts = (x: Table) => each(x, (pairs) => pairs.length);

export const slowPairwise = (x: Table) =>
  each(x, (pairs) => {
    if (pairs.length < 2) return null;
    const a = sum(pairs.map((pair) => pair.a)) / pairs.length;
    const b = sum(pairs.map((pair) => pair.b)) / pairs.length;
    return sum(pairs.map((pair) => (pair.a - a) * (pair.b - b))) / (pairs.length - 1);
  });

/** Ages in rows of the table, counted from the newest row that has both: what is common to all weights cancels. */
export const slowCalendar = (x: Table, decay: number) =>
  each(x, (pairs) => {
    const newest = pairs.at(-1)?.t ?? 0;
    const weights = pairs.map(({ t }) => decay ** (newest - t));
    return pairs.length === 0 ? null : sum(pairs.map(({ a, b }, k) => (weights[k] ?? 0) * a * b)) / sum(weights);
  });

export const slowSkip = (x: Table, decay: number) =>
  each(x, (pairs) =>
    pairs.reduce<number | null>((s, { a, b }) => (s === null ? a * b : decay * s + (1 - decay) * a * b), null),
  );

/** Every pair of intervals of both series, and whether they share time. */
export function slowOverlap(
  s: { readonly times: readonly number[]; readonly values: readonly number[] },
  t: { readonly times: readonly number[]; readonly values: readonly number[] },
): { readonly sum: number; readonly count: number } {
  let [total, count] = [0, 0];
  for (let i = 1; i < s.times.length; i++) {
    for (let j = 1; j < t.times.length; j++) {
      const from = Math.max(s.times[i - 1] ?? 0, t.times[j - 1] ?? 0);
      const to = Math.min(s.times[i] ?? 0, t.times[j] ?? 0);
      if (from >= to) continue;
      total += ((s.values[i] ?? 0) - (s.values[i - 1] ?? 0)) * ((t.values[j] ?? 0) - (t.values[j - 1] ?? 0));
      count++;
    }
  }
  return { sum: total, count };
}
