import type { Market } from "../market/market.js";
import type { OptionPosition } from "./packed.js";

/** What a position in an instrument lacks to be computed, as the sentence of an error; null where nothing. */
export function lackOf(market: Market, instrument: number): string | null {
  const found = market.instruments[instrument];
  if (found === undefined) return "an instrument of the market";
  if (found.kind === "spot") return "an instrument that takes positions";
  if (Number.isNaN(market.marks[instrument])) return "an instrument with a mark price";
  if (found.expiry !== null && found.expiry < market.asOf)
    return "an instrument that has not expired by the market's asOf";
  for (const asset of [found.quote, found.settle]) {
    if (!Number.isNaN(market.prices.index[asset])) continue;
    return `an instrument whose quote and settle assets have a price, which ${market.assets[asset]?.id} has not`;
  }
  return null;
}

/** Note a position in an option of a pool. */
export function addOption(options: Map<number, OptionPosition[]>, pool: number, position: OptionPosition): void {
  const known = options.get(pool);
  if (known === undefined) options.set(pool, [position]);
  else known.push(position);
}

/** The positions `from` .. `to` ordered by settle asset, stably; null where they are so already. */
export function orderBySettle(
  market: Market,
  from: number,
  to: number,
  instrument: (position: number) => number,
): number[] | null {
  const settle = (n: number): number => market.instruments[instrument(n)]?.settle ?? 0;
  let ordered = true;
  for (let n = from + 1; n < to && ordered; n++) ordered = settle(n - 1) <= settle(n);
  if (ordered) return null;
  return Array.from({ length: to - from }, (_, i) => from + i).sort((a, b) => settle(a) - settle(b) || a - b);
}
