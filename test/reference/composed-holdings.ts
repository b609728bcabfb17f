import type { AssetEntry, PriceChoice, Weight } from "../../src/rules/rule.js";
import type { Level, Side } from "./composed-documents.js";
import { PoolFacts } from "./composed-pool.js";
import { type Put, same } from "./composed-sums.js";
import { chosenPrice, onSide, weighted, weightOf } from "./composed-terms.js";

/** What a pool holds and owes, weighed, and what its spot orders do to that. */
export class PoolHoldings extends PoolFacts {
  /** Quantities on either side, signed balances on the side of their sign. */
  protected sides(signed: ReadonlyMap<number, number>) {
    const held = new Map(this.held);
    const owed = new Map([...this.owed].map(([asset, quantity]) => [asset, -quantity]));
    for (const [asset, quantity] of signed) {
      const side = quantity < 0 ? owed : held;
      side.set(asset, (side.get(asset) ?? 0) + Math.abs(quantity));
    }
    return { held, owed };
  }

  protected assetWeight(
    asset: number,
    quantity: number,
    value: number,
    level: Level,
    entry: AssetEntry | null,
  ): number {
    if (entry === null) return 0;
    const id = this.market.assets[asset]?.id ?? "";
    const single = (w: Weight) => weightOf(w, quantity, "assets", this.market, id, this.scaledPrice(asset));
    const limit = this.limited(id, level) ? (w: number) => Math.min(w, Math.max(0, 1 - this.floor)) : same;
    return weighted(entry.weight[level], value, single, limit);
  }

  protected liabilityValue(asset: number, quantity: number, value: number, level: Level, entry: AssetEntry | null) {
    const id = this.market.assets[asset]?.id ?? "";
    const limit = this.limited(id, level) ? (w: number) => Math.max(w, 1 + this.floor) : same;
    if (entry === null) return value * limit(1);
    const single = (w: Weight) => weightOf(w, quantity, "liabilities", this.market, id, this.scaledPrice(asset));
    return weighted(entry.liability[level], value, single, limit);
  }

  protected liabilityWeight(asset: number, quantity: number, level: Level, entry: AssetEntry | null): number {
    return this.liabilityValue(asset, quantity, 1, level, entry);
  }

  protected limited(id: string, level: Level): boolean {
    return level === "initial" && this.floor > 0 && !this.rule.options.floorExempt.includes(id);
  }

  /** The price that a scaled weight takes of its own asset. */
  protected scaledPrice(asset: number) {
    return (choice: PriceChoice) => chosenPrice(choice, this.market, asset, this.rule.missing, "assets");
  }

  /** What orders are in may end on either side, so that a price which is missing on either is missing. */
  protected readSides(asset: number, level: Level): void {
    for (const side of ["assets", "liabilities"] as const) this.price(asset, level, side, this.entryOf(asset));
  }

  /** Spot orders of each asset: of all bids and all asks filled, the side that leaves less. */
  protected fill(signed: ReadonlyMap<number, number>, level: Level, put: Put) {
    const { rule, market } = this;
    const { held, owed } = this.sides(signed);
    const sizes = new Map<number, { bids: number; asks: number }>();
    for (const { instrument, bids, asks } of this.spot) {
      const { underlying = -1, multiplier = 1 } = market.instruments[instrument] ?? {};
      const known = sizes.get(underlying) ?? { bids: 0, asks: 0 };
      sizes.set(underlying, { bids: known.bids + bids * multiplier, asks: known.asks + asks * multiplier });
    }
    for (const [asset, { bids, asks }] of sizes) {
      if (bids === 0 && asks === 0) continue;
      const entry = this.entryOf(asset);
      this.readSides(asset, level);
      const quantity = (held.get(asset) ?? 0) - (owed.get(asset) ?? 0);
      const after = (order: number) => {
        const amount = quantity + order;
        const side = amount >= 0 ? "assets" : "liabilities";
        const price = this.price(asset, level, side, entry);
        const value = Math.abs(amount) * price;
        const worth =
          side === "assets"
            ? this.assetWeight(asset, amount, value, level, entry)
            : -this.liabilityValue(asset, -amount, value, level, entry);
        const cash = -order * price;
        return { amount, cash, worth: worth + cash };
      };
      const [all, none] = [after(bids), after(-asks)];
      const { amount, cash } = none.worth < all.worth ? none : all;
      held.set(asset, Math.max(0, amount));
      owed.set(asset, Math.max(0, -amount));
      const side = cash > 0 ? "assets" : "liabilities";
      put(`orders ${market.assets[asset]?.id}`, side, onSide(Math.abs(cash), rule.rounding.value, side));
    }
    return { held, owed };
  }

  /** Reserved for spot orders: the lesser of all ending in base or all in quote, against the greatest balance. */
  protected reserved(signed: ReadonlyMap<number, number>, level: Level, put: Put): void {
    const { market } = this;
    const { held, owed } = this.sides(signed);
    const price = (asset: number, side: Side) => this.price(asset, level, side, this.entryOf(asset));
    const ends = this.spot.map(({ instrument, asks, bidValue, bidBest, askBest }) => {
      const { underlying = -1, quote = -1, multiplier = 1 } = market.instruments[instrument] ?? {};
      const money = bidValue * multiplier;
      const base = asks * multiplier;
      // What is reserved buys at most what the highest bid would, and sells for at most what the lowest ask asks.
      const bought =
        money === 0
          ? 0
          : Math.min((money * price(quote, "assets")) / price(underlying, "liabilities"), money / bidBest);
      const sold =
        base === 0 ? 0 : Math.min((base * price(underlying, "assets")) / price(quote, "liabilities"), base * askBest);
      return { instrument, underlying, quote, base: base + bought, money: money + sold };
    });
    const most = new Map<number, number>();
    for (const { underlying, quote, base, money } of ends) {
      if (base !== 0) for (const asset of [underlying, quote]) this.readSides(asset, level);
      most.set(underlying, (most.get(underlying) ?? 0) + base);
      most.set(quote, (most.get(quote) ?? 0) + money);
    }
    for (const { instrument, underlying, quote, base, money } of ends) {
      if (base === 0 || money === 0) continue;
      const effect = (asset: number, amount: number) => {
        const entry = this.entryOf(asset);
        const balance = (held.get(asset) ?? 0) - (owed.get(asset) ?? 0) + (most.get(asset) ?? 0);
        const owns = Math.max(0, Math.min(amount, balance));
        const owes = amount - owns;
        return (
          this.assetWeight(asset, owns, owns * price(asset, "assets"), level, entry) +
          this.liabilityValue(asset, owes, owes * price(asset, "liabilities"), level, entry)
        );
      };
      put(
        `orders ${market.instruments[instrument]?.id}`,
        "assets",
        Math.min(effect(underlying, base), effect(quote, money)),
      );
    }
  }
}
