import type { PlainBook, PlainPool } from "../support/random-book.js";

/** Equity of a pool at index prices after each factor moved by `move[factor]`, from the definitions in METHODS.md. */
export function equityAfter(book: PlainBook, pool: PlainPool, move: Readonly<Record<string, number>>): number {
  const scale = (factors: Readonly<Record<string, number>>) =>
    1 + Object.entries(factors).reduce((sum, [name, coefficient]) => sum + coefficient * (move[name] ?? 0), 0);
  const price = (id: string) => {
    const asset = book.assets.find((candidate) => candidate.id === id);
    if (asset === undefined) throw new Error(`no asset ${id}`);
    return asset.index * scale(asset.factors);
  };
  let equity = 0;
  for (const holding of pool.holdings) equity += holding.quantity * price(holding.asset);
  for (const position of pool.positions) {
    const instrument = book.instruments.find((candidate) => candidate.id === position.instrument);
    if (instrument === undefined) throw new Error(`no instrument ${position.instrument}`);
    const mark = instrument.mark * scale(instrument.factors);
    const size = position.quantity * instrument.multiplier;
    const pnl = instrument.payoff === "linear" ? size * (mark - position.entry) : size / position.entry - size / mark;
    equity += (pnl + position.funding) * price(instrument.settle);
  }
  return equity;
}
