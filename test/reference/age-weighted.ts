/** Age-weighted VaR and ES as METHODS.md defines them, by sorting. Shares no code with the package. */
export function ageWeighted(pnl: readonly number[], decay: number, alpha: number) {
  const n = pnl.length;
  const raw = pnl.map((_, t) => decay ** (n - 1 - t));
  const total = raw.reduce((sum, w) => sum + w, 0);
  const rows = pnl.map((x, t) => ({ x, t, w: (raw[t] ?? 0) / total }));
  rows.sort((a, b) => a.x - b.x || a.t - b.t);
  let reached = 0;
  let mean = 0;
  const weights = new Map<number, number>();
  let previous = rows[0]?.x ?? 0;
  for (const { x, t, w } of rows) {
    const last = reached + w >= alpha - 1e-9 * Math.max(alpha, 1 / n);
    const part = last ? alpha - reached : w;
    mean -= (part * x) / alpha;
    weights.set(t, part / alpha);
    if (last) {
      const share = w > 0 ? Math.min(1, part / w) : 1;
      return { step: -x, mean, interpolated: -(previous + share * (x - previous)), weights, last: t };
    }
    reached += w;
    previous = x;
  }
  throw new Error("the weights do not reach the tail");
}
