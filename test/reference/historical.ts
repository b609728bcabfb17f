/** Historical VaR and ES as METHODS.md defines them, by sorting. Shares no code with the package. */

/** Number of observations in the tail: n(1 − c) with the tail read as a decimal, whole where it is meant to be. */
export function tailMass(n: number, confidence: number): number {
  const alpha = Math.round((1 - confidence) * 1e12) / 1e12;
  const mass = n * alpha;
  const whole = Math.round(mass);
  return Math.abs(mass - whole) <= 1e-9 * Math.max(1, mass) ? whole : mass;
}

/** Scenarios, worst first, ties by time. */
export function worstFirst(pnl: readonly number[]): number[] {
  return pnl.map((_, i) => i).sort((a, b) => (pnl[a] ?? 0) - (pnl[b] ?? 0) || a - b);
}

/** Scenarios of the expected-shortfall tail with weights that sum to 1. */
export function tailWeights(pnl: readonly number[], confidence: number): { scenario: number; weight: number }[] {
  const mass = tailMass(pnl.length, confidence);
  const order = worstFirst(pnl);
  if (mass <= 1) return [{ scenario: order[0] ?? 0, weight: 1 }];
  const whole = Math.floor(mass);
  const tail = order.slice(0, whole).map((scenario) => ({ scenario, weight: 1 / mass }));
  if (mass > whole) tail.push({ scenario: order[whole] ?? 0, weight: (mass - whole) / mass });
  return tail;
}

export function historicalRisk(
  pnl: readonly number[],
  confidence: number,
): { valueAtRisk: number; expectedShortfall: number } {
  const rank = Math.max(1, Math.ceil(tailMass(pnl.length, confidence)));
  const order = worstFirst(pnl);
  let expectedShortfall = 0;
  for (const { scenario, weight } of tailWeights(pnl, confidence)) expectedShortfall -= weight * (pnl[scenario] ?? 0);
  return { valueAtRisk: -(pnl[order[rank - 1] ?? 0] ?? 0), expectedShortfall };
}

/**
 * Relative moves over `bars` bars: closes[column][row]. A move needs every bar on its way, in every column. Disjoint moves
 * are taken back from the newest one.
 */
export function relativeMoves(
  times: ArrayLike<number>,
  interval: number,
  closes: readonly ArrayLike<number>[],
  bars: number,
  options: { overlapping: boolean; log: boolean },
): { start: number[]; moves: number[][] } {
  const start: number[] = [];
  const moves: number[][] = closes.map(() => []);
  for (let t = 0; t + bars < times.length; t++) {
    let complete = true;
    for (let s = t; s <= t + bars; s++) {
      if ((times[s] ?? 0) - (times[t] ?? 0) !== (s - t) * interval) complete = false;
      for (const column of closes) if (Number.isNaN(column[s] ?? Number.NaN)) complete = false;
    }
    if (!complete) continue;
    start.push(t);
    closes.forEach((column, c) => {
      const ratio = (column[t + bars] ?? 0) / (column[t] ?? 1);
      moves[c]?.push(options.log ? Math.log(ratio) : ratio - 1);
    });
  }
  if (options.overlapping || bars === 1) return { start, moves };
  const kept: number[] = [];
  let next = Number.POSITIVE_INFINITY;
  for (let i = start.length - 1; i >= 0; i--) {
    if ((start[i] ?? 0) + bars > next) continue;
    kept.unshift(i);
    next = start[i] ?? 0;
  }
  return {
    start: kept.map((i) => start[i] ?? 0),
    moves: moves.map((column) => kept.map((i) => column[i] ?? 0)),
  };
}
