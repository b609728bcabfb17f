import { at, invalid, type Place } from "../checks.js";
import { PRICE_KINDS, type PriceKind } from "./market.js";

/** A price of an asset as quoted, and where it stands. */
export interface Quote {
  readonly place: Place;
  readonly in: string;
  readonly kinds: Readonly<Partial<Record<PriceKind, number>>>;
  readonly confidence: number;
  readonly time: number;
}

export interface Priced {
  readonly kinds: Readonly<Record<PriceKind, number>>;
  readonly time: number;
  readonly confidence: number;
}

/**
 * Prices in the numeraire, by asset. The own kind of a price counts for the first step, the index of what it is in for
 * all further ones. A token instance without a price has that of the asset that it `is`.
 *
 * Age and confidence band of a chain: the oldest time, and the sum of the bands, which is their product to first order.
 */
export class PriceChains {
  private readonly known = new Map<string, Priced | null>();
  private readonly open = new Set<string>();

  constructor(
    private readonly numeraire: string,
    private readonly asOf: number,
    private readonly quotes: ReadonlyMap<string, Quote>,
    private readonly base: (id: string) => string | null,
  ) {}

  /** Price of `id`, or null where it has none. `from` is where the chain came from, for errors. */
  of(id: string, from: Place): Priced | null {
    const done = this.known.get(id);
    if (done !== undefined) return done;
    if (this.open.has(id)) throw invalid(from, `priced in a chain that ends at ${this.numeraire}`, id, "It is a cycle");
    this.open.add(id);
    const result = this.compute(id, from);
    this.open.delete(id);
    this.known.set(id, result);
    return result;
  }

  private compute(id: string, from: Place): Priced | null {
    if (id === this.numeraire) {
      return { kinds: { index: 1, bid: 1, ask: 1, twap: 1, ema: 1 }, time: this.asOf, confidence: 0 };
    }
    const quote = this.quotes.get(id);
    if (quote === undefined) {
      const base = this.base(id);
      return base === null ? null : this.of(base, from);
    }
    const here = at(quote.place, "in");
    const unit = this.of(quote.in, here);
    if (unit === null) {
      throw invalid(here, `${this.numeraire}, or an asset whose own price leads there`, quote.in);
    }
    const kinds = { index: 0, bid: 0, ask: 0, twap: 0, ema: 0 };
    for (const kind of PRICE_KINDS) {
      const stated = quote.kinds[kind];
      kinds[kind] = stated === undefined ? Number.NaN : finiteProduct(stated, unit.kinds.index, at(quote.place, kind));
    }
    return { kinds, time: Math.min(quote.time, unit.time), confidence: quote.confidence + unit.confidence };
  }
}

/** The product of two prices, which must be a positive f64 itself. */
function finiteProduct(own: number, unit: number, place: Place): number {
  const product = own * unit;
  if (product === 0 || product === Infinity) throw invalid(place, "a price representable in the numeraire", own);
  return product;
}
