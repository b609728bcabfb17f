import type { FeatureName } from "../book/packed.js";
import type {
  AssetEntry,
  Category,
  ComposedRule,
  InstrumentEntry,
  NamedPrice,
  Pair,
  PriceChoice,
  Rate,
  SidePrices,
  Weight,
} from "./rule.js";

/** What a rule reads, gathered over its parts. */
class Reads {
  readonly assets = new Set<string>();
  readonly prices = new Set<string>(["index"]);
  readonly states = new Set<string>();
  readonly matches: InstrumentEntry["match"][] = [];

  entries(entries: ReadonlyMap<string, AssetEntry>): void {
    for (const [id, { weight, liability, price, cap, borrow }] of entries) {
      this.assets.add(id);
      if (cap !== null) this.assets.add(cap.asset);
      this.weights(weight);
      this.weights(liability);
      if (price !== null) this.sides(price);
      if (borrow !== null) this.rates(borrow);
    }
  }

  category({ assets, others, instruments }: Category): void {
    this.entries(assets);
    this.instruments(instruments);
    if (others === null) return;
    this.weights(others.weight);
    this.weights(others.liability);
  }

  instruments(entries: readonly InstrumentEntry[]): void {
    for (const { match, rate } of entries) {
      this.matches.push(match);
      if (rate !== null) this.rates(rate);
    }
  }

  sides({ initial, maintenance }: Pair<SidePrices>): void {
    for (const { assets, liabilities } of [initial, maintenance]) {
      this.price(assets);
      this.price(liabilities);
    }
  }

  private price(choice: PriceChoice): void {
    switch (choice.kind) {
      case "named":
        this.named(choice.name);
        break;
      case "min":
      case "max":
      case "median":
        for (const one of choice.of) this.price(one);
        break;
      case "below":
      case "above":
        if (choice.confidence === "confidence") this.prices.add("confidence");
        else this.states.add("emaConfidence");
        this.price(choice.of);
        break;
      case "scaled":
        this.price(choice.of);
        break;
    }
  }

  private named(name: NamedPrice): void {
    if (name === "stable") this.states.add("stable");
    else for (const kind of name === "mid" ? ["bid", "ask"] : [name]) this.prices.add(kind);
  }

  private weights({ initial, maintenance }: Partial<Pair<Weight>>): void {
    for (let weight of [initial, maintenance]) {
      while (weight !== undefined) {
        if (weight.kind === "depositScaled" || weight.kind === "borrowScaled") {
          this.states.add(weight.kind === "depositScaled" ? "deposits" : "borrows");
          this.price(weight.price);
        }
        weight = "of" in weight ? weight.of : undefined;
      }
    }
  }

  private rates({ initial, maintenance }: Pair<Rate>): void {
    for (const rate of [initial, maintenance]) if (rate.kind === "openInterest") this.states.add("openInterest");
  }
}

/**
 * Whether a rule has a pool with a feature counted, by reading or by ignoring it. Orders always are, since it is their
 * instrument that refuses them.
 */
export function readsFeature({ ignores, options, balances }: ComposedRule, feature: FeatureName): boolean {
  if (ignores.includes(feature) || feature === "orders") return true;
  if (feature === "raw") return balances !== null;
  return feature === "poolOptions" && [options.category, options.leverage, options.floor].some((name) => name !== null);
}

/** What of a market and of pools a rule reads. */
export function readsOf(
  rule: Pick<ComposedRule, "assets" | "instruments" | "categories" | "price" | "orders">,
): ComposedRule["reads"] {
  const reads = new Reads();
  reads.sides(rule.price);
  reads.entries(rule.assets);
  reads.instruments(rule.instruments);
  for (const category of rule.categories.values()) reads.category(category);
  return Object.freeze({
    assets: Object.freeze([...reads.assets]),
    prices: Object.freeze([...reads.prices]),
    states: Object.freeze([...reads.states]),
    instruments: Object.freeze(reads.matches),
    orders: rule.orders.contracts !== "refuse" || rule.orders.spot !== "refuse",
  });
}
