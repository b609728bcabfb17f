import { type Fields, own } from "../checks.js";
import { type Market, PRICE_KINDS, type PriceKind } from "../market/market.js";
import {
  add,
  compare,
  exactDecimal,
  least,
  multiply,
  ONE,
  type Rational,
  reduce,
  subtract,
  ZERO,
} from "./exact-number.js";
import type { Side } from "./names.js";
import type { ComposedRule, NamedPrice, PriceChoice } from "./rule.js";

/** An exact number, or what a market lacks for it. */
export type Exact = Rational | string;

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
   * Price of an asset as chosen, in the numeraire. The decimals of the market's document count, multiplied exactly along a
   * chain; where the document is not what the market's columns hold, the shortest decimals of those. States and confidence
   * bands are the shortest decimals of their f64. A kind that is not quoted is what `missing` says: the index, for assets
   * nothing, or the kind's name as what the market lacks.
   */
  of(asset: number, choice: PriceChoice, missing: ComposedRule["missing"], side: Side): Exact {
    const inner = (one: PriceChoice): Exact => this.of(asset, one, missing, side);
    switch (choice.kind) {
      case "named": {
        const price = this.named(asset, choice.name);
        if (price !== null) return price;
        if (missing === "zero" && side === "assets") return ZERO;
        const index = missing === "refuse" ? undefined : this.kindsOf(asset).index;
        return index ?? `${choice.name} price`;
      }
      case "scaled":
        return mapped([inner(choice.of)], ([price = ZERO]) => multiply(price, exactDecimal(choice.factor)));
      case "below":
      case "above":
        return mapped(
          [inner(choice.of), this.confidence(asset, choice.confidence)],
          ([price = ZERO, stated = ZERO]) => {
            const band = least(multiply(stated, exactDecimal(choice.times)), exactDecimal(choice.cap));
            return multiply(price, choice.kind === "above" ? add(ONE, band) : subtract(ONE, band));
          },
        );
      default:
        return mapped(choice.of.map(inner), (prices) => {
          const sorted = [...prices].sort(compare);
          const place = choice.kind === "min" ? 0 : choice.kind === "max" ? sorted.length - 1 : sorted.length >> 1;
          return sorted[place] ?? ZERO;
        });
    }
  }

  /** A fact that the market states of an asset, or its name as what is lacking. */
  state(asset: number, name: string): Exact {
    const stated = this.market.states.get(this.idOf(asset))?.[name];
    return stated === undefined ? `state ${name}` : exactDecimal(stated);
  }

  private confidence(asset: number, which: "confidence" | "emaConfidence"): Exact {
    if (this.idOf(asset) === this.market.numeraire) return ZERO;
    return which === "confidence" ? exactDecimal(this.market.confidence[asset] ?? 0) : this.state(asset, which);
  }

  private idOf(asset: number): string {
    return this.market.assets[asset]?.id ?? "";
  }

  private named(asset: number, name: NamedPrice): Rational | null {
    if (this.idOf(asset) === this.market.numeraire) return ONE;
    if (name === "stable") {
      const stable = this.state(asset, "stable");
      return typeof stable === "string" ? null : stable;
    }
    const kinds = this.kindsOf(asset);
    if (name !== "mid") return kinds[name] ?? null;
    return kinds.bid === undefined || kinds.ask === undefined ? null : half(add(kinds.bid, kinds.ask));
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

/** `make` of numbers; the first lack among them is the result's. */
export function mapped(values: readonly Exact[], make: (numbers: readonly Rational[]) => Rational): Exact {
  const numbers: Rational[] = [];
  for (const value of values) {
    if (typeof value === "string") return value;
    numbers.push(value);
  }
  return reduce(make(numbers));
}

function half({ n, d }: Rational): Rational {
  return reduce({ n, d: 2n * d });
}
