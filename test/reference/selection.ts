/** Selection and tails by sorting everything. */

/** Ascending copy. */
export function sorted(x: Iterable<number>): number[] {
  return [...x].sort((a, b) => a - b);
}

/** n·alpha, or the whole number it was meant to be. */
export function tailMass(n: number, alpha: number): number {
  const mass = n * alpha;
  const whole = Math.round(mass);
  return Math.abs(mass - whole) <= 1e-9 * Math.max(1, mass) ? whole : mass;
}

/** Weights of the tail's observations, worst first, equal ones in the order given. */
export function tailWeights(pnl: readonly number[], alpha: number): { index: number; weight: number }[] {
  const mass = tailMass(pnl.length, alpha);
  const order = pnl.map((value, index) => ({ value, index }));
  order.sort((a, b) => a.value - b.value || a.index - b.index);
  const rows: { index: number; weight: number }[] = [];
  for (let taken = 0; taken < mass; taken++) {
    const row = order[taken];
    if (row === undefined) break;
    rows.push({ index: row.index, weight: Math.min(1, mass - taken) / mass });
  }
  return rows;
}

/** Quantile loss and mean tail loss. */
export function tail(pnl: readonly number[], alpha: number): { valueAtRisk: number; expectedShortfall: number } {
  const rows = tailWeights(pnl, alpha);
  const last = rows.at(-1);
  if (last === undefined) throw new RangeError("an empty tail");
  let shortfall = 0;
  for (const { index, weight } of rows) shortfall -= weight * (pnl[index] ?? 0);
  return { valueAtRisk: -(pnl[last.index] ?? 0), expectedShortfall: shortfall };
}
