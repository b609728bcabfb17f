import { type Fields, own } from "../checks.js";
import { type Market, PRICE_KINDS, type PriceKind } from "../market/market.js";
import { add, compare, exactDecimal, multiply, ONE, type Rational, reduce, subtract } from "./exact-number.js";
import type { PriceChoice } from "./rule.js";

type Kinds = Readonly<Partial<Record<PriceKind, Rational>>>;

/** The prices of a market as exact numbers. */
export class ExactPrices {
  private readonly market: Market;
  private readonly known = new Map<number, Kinds>();
  /** entries of `prices` in the market's document, by asset */
  private readonly quotes = new Map<string, Fields>();

  constructor(market: Market) {
    this.market = market;
    const source = market.source;
    const prices = typeof source === "object" && source !== null ? own(source as Fields, "prices") : undefined;
    if (!Array.isArray(prices)) return;
    for (const entry of prices as readonly Fields[]) this.quotes.set(String(own(entry, "of")), entry);
  }

  /**
   * Price of an asset as chosen, in the numeraire; null where the market lacks a kind that the choice reads. The decimals of
   * the market's document count, multiplied exactly along a chain; where the document is not what the market's columns hold,
   * the shortest decimals of those. States and confidence bands are the shortest decimals of their f64.
   *
   * @param orIndex   take the index where a kind is not quoted
   */
  of(asset: number, choice: PriceChoice, orIndex = false): Rational | null {
    switch (choice.kind) {
      case "named":
        return this.named(asset, choice.name) ?? (orIndex ? (this.kindsOf(asset).index ?? null) : null);
      case "scaled":
        return times(this.of(asset, choice.of, orIndex), exactDecimal(choice.factor));
      case "below":
      case "above": {
        const stated =
          choice.confidence === "confidence" ? this.market.confidence[asset] : this.state(asset, "emaConfidence");
        if (stated === undefined) return null;
        const scaled = multiply(exactDecimal(stated), exactDecimal(choice.times));
        const cap = exactDecimal(choice.cap);
        const band = compare(scaled, cap) < 0 ? scaled : cap;
        return times(
          this.of(asset, choice.of, orIndex),
          choice.kind === "above" ? add(ONE, band) : subtract(ONE, band),
        );
      }
      default: {
        const all = choice.of.map((one) => this.of(asset, one, orIndex));
        const known = all.filter((one) => one !== null).sort(compare);
        if (known.length < all.length) return null;
        const [least, most] = [known[0] ?? null, known.at(-1) ?? null];
        if (choice.kind === "min") return least;
        if (choice.kind === "max") return most;
        const [below, above] = [known[(known.length - 1) >> 1], known[known.length >> 1]];
        return below === undefined || above === undefined ? null : half(add(below, above));
      }
    }
  }

  private named(asset: number, name: PriceKind | "mid" | "stable"): Rational | null {
    if (name === "stable") {
      const stable = this.state(asset, "stable");
      return stable === undefined ? null : exactDecimal(stable);
    }
    const kinds = this.kindsOf(asset);
    if (name !== "mid") return kinds[name] ?? null;
    return kinds.bid === undefined || kinds.ask === undefined ? null : half(add(kinds.bid, kinds.ask));
  }

  /** A fact that the market states of an asset, or of the asset that it is. */
  state(asset: number, name: string): number | undefined {
    const { id, is } = this.market.assets[asset] ?? { id: "", is: null };
    return this.market.states.get(id)?.[name] ?? (is === null ? undefined : this.market.states.get(is)?.[name]);
  }

  private kindsOf(asset: number): Kinds {
    const known = this.known.get(asset);
    if (known !== undefined) return known;
    const { id, is } = this.market.assets[asset] ?? { id: "", is: null };
    const kinds: Partial<Record<PriceKind, Rational>> = {};
    // A chain of prices ends, since the market has been parsed: nothing is met twice.
    const quote = this.quotes.get(id);
    const base = quote === undefined && is !== null ? this.market.assetIndex(is) : -1;
    const unit = quote === undefined ? null : this.unitOf(String(own(quote, "in")));
    for (const kind of PRICE_KINDS) {
      const column = this.market.prices[kind][asset];
      if (column === undefined || Number.isNaN(column)) continue;
      const stated = quote === undefined ? undefined : own(quote, kind);
      const written = typeof stated === "number" || typeof stated === "string";
      const agrees = written && unit !== null && Number(stated) * unit.index === column;
      const inherited = base >= 0 && this.market.prices[kind][base] === column ? this.kindsOf(base)[kind] : undefined;
      kinds[kind] = agrees ? reduce(multiply(exactDecimal(stated), unit.exact)) : (inherited ?? exactDecimal(column));
    }
    this.known.set(asset, kinds);
    return kinds;
  }

  /** The index price of what a price is in, as the market multiplied by it and exactly. */
  private unitOf(id: string): { readonly index: number; readonly exact: Rational } | null {
    if (id === this.market.numeraire) return { index: 1, exact: ONE };
    const asset = this.market.assetIndex(id);
    const index = this.market.prices.index[asset];
    const exact = asset < 0 ? undefined : this.kindsOf(asset).index;
    return index === undefined || exact === undefined ? null : { index, exact };
  }
}

function times(price: Rational | null, factor: Rational): Rational | null {
  return price === null ? null : reduce(multiply(price, factor));
}

function half({ n, d }: Rational): Rational {
  return reduce({ n, d: 2n * d });
}
