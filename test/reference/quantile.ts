import { sorted } from "./selection.js";

/** Hyndman and Fan's nine sample quantiles, each written out from its row in their table. Positions count from 1. */
export function quantile(x: readonly number[], p: number, type: number): number {
  const order = sorted(x);
  const n = order.length;
  const at = (position: number): number => order[Math.min(n, Math.max(1, position)) - 1] ?? Number.NaN;
  const settle = (h: number): number => (Math.abs(h - Math.round(h)) <= 1e-9 * Math.max(1, h) ? Math.round(h) : h);
  const between = (h: number): number => {
    const j = Math.floor(settle(h));
    const g = settle(h) - j;
    return (1 - g) * at(j) + g * at(j + 1);
  };
  const np = settle(n * p);
  switch (type) {
    case 1:
      return at(Math.ceil(np));
    case 2:
      return Number.isInteger(np) ? (at(np) + at(np + 1)) / 2 : at(Math.ceil(np));
    case 3: {
      const h = settle(n * p - 0.5);
      return Number.isInteger(h) && h % 2 === 0 ? at(h) : at(Math.floor(h) + 1);
    }
    case 4:
      return between(n * p);
    case 5:
      return between(n * p + 0.5);
    case 6:
      return between((n + 1) * p);
    case 7:
      return between((n - 1) * p + 1);
    case 8:
      return between((n + 1 / 3) * p + 1 / 3);
    case 9:
      return between((n + 0.25) * p + 0.375);
    default:
      throw new RangeError(`no quantile of type ${type}`);
  }
}
