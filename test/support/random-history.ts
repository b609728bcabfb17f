import type { History } from "../../src/market/market.js";
import { random } from "./random-book.js";

export const HOUR = 3_600_000;

/**
 * A history of random walks for these columns: correlated, of different size, some in steps so that ties occur. Where
 * `gaps`, one column lacks a few closes and one hour is absent for all.
 */
export function randomHistory(seed: number, columns: readonly string[], rows: number, gaps = false): History {
  const next = random(seed ^ 0x5bd1e995);
  const symmetric = () => next() + next() + next() - 1.5;
  const times = Float64Array.from({ length: rows }, (_, t) => (t + (gaps && t > rows >> 1 ? 1 : 0)) * HOUR);
  const closes = new Float64Array(columns.length * rows);
  const size = columns.map(() => 0.002 + 0.03 * next());
  const stepped = columns.map(() => next() < 0.2);
  const close = columns.map(() => 10 ** (4 * next() - 1));
  for (let t = 0; t < rows; t++) {
    const common = symmetric();
    columns.forEach((_, c) => {
      const move = (size[c] ?? 0) * (0.6 * common + 0.8 * symmetric());
      close[c] = (close[c] ?? 1) * (1 + (stepped[c] ? Math.round(move * 100) / 100 : move));
      closes[c * rows + t] = close[c] ?? 1;
    });
  }
  if (gaps) for (let t = 10; t < 13; t++) closes[t] = Number.NaN;
  return { times, interval: HOUR, columns, closes, in: "USD", hash: `random-${seed}-${rows}-${gaps}` };
}

/** The columns of a history, each by itself. */
export function columnsOf(history: History, names: readonly string[]): Float64Array[] {
  const rows = history.times.length;
  return names.map((name) => {
    const c = history.columns.indexOf(name);
    return history.closes.subarray(c * rows, (c + 1) * rows);
  });
}
