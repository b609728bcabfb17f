import { at, invalid } from "../checks.js";
import { UnsupportedError } from "../errors.js";
import type { Market } from "../market/market.js";
import { assetEntry } from "./entries.js";
import { exactDecimal, multiply, ONE, type Rational, reduce, ZERO } from "./exact-number.js";
import { ExactPrices } from "./exact-prices.js";
import { Growth } from "./exact-growth.js";
import type { WeightShape } from "./exact-shape.js";
import { Units, unitsPerOne } from "./exact-units.js";
import { exactWeight } from "./exact-weights.js";
import { type Level, LEVELS, type Side } from "./names.js";
import { isOld } from "./tables-assets.js";
import { isNothing } from "./tables-programs.js";
import type { AssetEntry, Category, ComposedRule, Pair, PriceChoice, Weight } from "./rule.js";

/** One side of an asset at one level: what a smallest unit of it is worth, and what that counts. */
export interface SideFactors {
  /** value of one smallest unit, in value units where the rule rounds values, else in the numeraire */
  readonly value: Rational;
  /**
   * weighted value of a value, in weighted units where the rule rounds those. Else over the rule's common denominator of
   * weights where that will do, so that sums stay whole numbers.
   */
  readonly weight: Rational;
  /** what takes the place of `weight` where that is not one number: a cap, tiers */
  readonly shape: WeightShape | null;
  readonly isZero: boolean;
}

/** A side of an asset at both levels. Where a number is lacking, says so in a sentence, and stands for nothing. */
export interface ExactSide extends Pair<SideFactors> {
  readonly lack: string | null;
}

/** One asset under one variant of a rule (the rule itself or a category), as exact numbers. */
export interface ExactAsset {
  readonly id: string;
  /** 10^decimals */
  readonly unit: bigint;
  readonly decimals: number;
  /** whether it can be collateral: an asset that the rule leaves at nothing cannot */
  readonly isListed: boolean;
  readonly assets: ExactSide;
  readonly liabilities: ExactSide;
  /** what raw balances of it have grown by, kept because most accounts of a market state the same */
  readonly growth: { readonly assets: Growth; readonly liabilities: Growth };
}

/** A basis point is the least denominator of weights that are not rounded: contracts that keep sums of them count in bps. */
const BASIS_POINTS = 4;

/**
 * A rule over the exact prices of a market: factors per asset and variant, made when first needed, so that an asset that
 * cannot be expressed refuses only the pools that hold it. What no pool could be computed with is refused here.
 *
 * @throws UnsupportedError   a requirement that is not zero without positions
 */
export class ExactTables {
  readonly rule: ComposedRule;
  readonly market: Market;
  /** denominator of weights where they are not rounded, a power of ten */
  readonly weightScale: bigint;
  readonly units: Units;
  /** whether weighted values are sums of value × weight that are divided by the debt first and by the scale then */
  readonly dividesTwice: boolean;
  /** whether both levels read the same prices, so that one value does for both */
  readonly onePrice: boolean;
  private readonly prices: ExactPrices;
  private readonly variants = new Map<string | null, (ExactAsset | undefined)[]>();

  constructor(rule: ComposedRule, market: Market) {
    this.rule = rule;
    this.market = market;
    this.prices = new ExactPrices(market);
    this.units = new Units(rule.rounding);
    const { value, weighted, average } = rule.rounding;
    this.dividesTwice = value !== null && weighted === null;
    if (!this.dividesTwice && (average.initial !== null || average.maintenance !== null)) {
      throw new UnsupportedError(
        "rounding.average",
        "has an exact form only where values are rounded and weighted ones are not",
      );
    }
    for (const level of LEVELS) {
      if (level === "initial" && !rule.hasInitial) continue;
      if (!isNothing(rule.requirement[level])) {
        throw new UnsupportedError(
          `requirement.${level}`,
          "a requirement that need not be zero without positions has no exact form",
        );
      }
    }
    const prices = [rule.price, ...everyEntry(rule).map((entry) => entry.price)];
    this.onePrice = prices.every((price) => JSON.stringify(price?.initial) === JSON.stringify(price?.maintenance));
    let places = BASIS_POINTS;
    for (const { weight } of everyEntry(rule)) {
      for (const one of [weight.initial, weight.maintenance]) places = Math.max(places, placesOf(one));
    }
    for (const { others } of rule.categories.values()) {
      for (const one of Object.values(others?.weight ?? {})) places = Math.max(places, placesOf(one));
    }
    this.weightScale = 10n ** BigInt(places);
  }

  /** The assets of a variant, by index; undefined where not made yet. `category` null is the rule without one. */
  variant(category: string | null): (ExactAsset | undefined)[] {
    let assets = this.variants.get(category);
    if (assets === undefined) {
      assets = [];
      this.variants.set(category, assets);
    }
    return assets;
  }

  /**
   * Make the factors of an asset under a category.
   *
   * @param path                of the pool that holds it, for errors
   * @throws InvalidInputError  an asset without decimals
   * @throws UnsupportedError   an asset that the rule does not list, or whose price is older than the rule allows
   */
  make(asset: number, category: Category | null, path: string): ExactAsset {
    const { rule, market } = this;
    const { id, decimals } = market.assets[asset] ?? { id: "", decimals: null };
    if (decimals === null) {
      throw invalid(at(at("market.assets", asset), "decimals"), `given, as exact mode counts units of ${id}`, null);
    }
    const entry = assetEntry({ rule, category }, market, asset);
    if (entry === null && rule.unlisted === "refuse") {
      throw new UnsupportedError(path, `rule ${rule.id} does not list the asset ${id}`);
    }
    if (rule.stale === "refuse" && isOld(rule.maxPriceAge, market, asset)) {
      throw new UnsupportedError(path, `the price of ${id} is older than rule ${rule.id} allows`);
    }
    const unit = 10n ** BigInt(decimals);
    return Object.freeze({
      id,
      unit,
      decimals,
      isListed: entry !== null,
      assets: this.side(asset, entry, "assets", unit),
      liabilities: this.side(asset, entry, "liabilities", unit),
      growth: Object.freeze({ assets: new Growth(), liabilities: new Growth() }),
    });
  }

  private side(asset: number, entry: AssetEntry | null, name: Side, unit: bigint): ExactSide {
    const lacks: string[] = [];
    const level = (at: Level): SideFactors => {
      if (at === "initial" && !this.rule.hasInitial) return NO_FACTORS;
      const found = this.level(asset, entry, name, at, unit);
      if (typeof found !== "string") return found;
      lacks.push(found);
      return NO_FACTORS;
    };
    const [initial, maintenance] = [level("initial"), level("maintenance")];
    if (name === "liabilities" && entry?.borrow != null) lacks.push("an exact form of a requirement on loans");
    const id = this.market.assets[asset]?.id ?? "";
    const lack = lacks.length === 0 ? null : `rule ${this.rule.id} and the market lack ${lacks[0]} of ${id}`;
    return Object.freeze({ initial, maintenance, lack });
  }

  private level(asset: number, entry: AssetEntry | null, name: Side, level: Level, unit: bigint): SideFactors | string {
    const { rule, market, prices } = this;
    const { missing } = rule;
    const gone = name === "assets" && rule.stale === "zero" && isOld(rule.maxPriceAge, market, asset);
    const price = gone ? ZERO : prices.of(asset, (entry?.price ?? rule.price)[level][name], missing, name);
    if (typeof price === "string") return price;
    const value = this.valueFactor(price, unit);
    if (entry === null) {
      const none = name === "assets";
      return { value, weight: this.weightFactor(none ? ZERO : ONE, name), shape: null, isZero: none };
    }
    const stated = (name === "assets" ? entry.weight : entry.liability)[level];
    const cap = name === "assets" ? this.cap(entry) : null;
    if (typeof cap === "string") return cap;
    if (stated.kind === "tiers" || cap !== null) {
      const shape = this.shape(asset, stated, cap, name);
      if (typeof shape === "string") return shape;
      return { value, weight: ZERO, shape, isZero: shape.tiers.every(({ weight }) => weight.n === 0n) };
    }
    const weight = exactWeight(stated, asset, market, prices, missing);
    if (typeof weight === "string") return weight;
    return { value, weight: this.weightFactor(weight, name), shape: null, isZero: weight.n === 0n };
  }

  /** Value above which an asset counts for nothing more, in value units; null where there is none. */
  private cap({ cap }: AssetEntry): Rational | string | null {
    if (cap === null) return null;
    const asset = this.market.assetIndex(cap.asset);
    const price = asset < 0 ? `price of ${cap.asset}` : this.prices.of(asset, INDEX, "index", "assets");
    return typeof price === "string" ? price : this.valueFactor(multiply(exactDecimal(cap.amount), price), 1n);
  }

  private shape(asset: number, weight: Weight, cap: Rational | null, name: Side): WeightShape | string {
    if (weight.kind === "tiers") {
      const tiers = weight.upTo.map((upTo, k) => ({
        upTo: upTo === Number.POSITIVE_INFINITY ? null : this.valueFactor(exactDecimal(upTo), 1n),
        weight: this.weightFactor(exactDecimal(weight.weight[k] ?? 0), name),
      }));
      return Object.freeze({ cap, tiers });
    }
    const flat = exactWeight(weight, asset, this.market, this.prices, this.rule.missing);
    if (typeof flat === "string") return flat;
    return Object.freeze({ cap, tiers: [{ upTo: null, weight: this.weightFactor(flat, name) }] });
  }

  private valueFactor(price: Rational, unit: bigint): Rational {
    const step = this.rule.rounding.value;
    return reduce({ n: price.n * unitsPerOne(step), d: price.d * unit });
  }

  private weightFactor(weight: Rational, side: Side): Rational {
    const { value, weighted } = this.rule.rounding;
    if (weighted !== null) return reduce({ n: weight.n * unitsPerOne(weighted), d: weight.d * unitsPerOne(value) });
    const scale = side === "assets" ? this.weightScale : 1n;
    return scale % weight.d === 0n ? { n: weight.n * (scale / weight.d), d: scale } : weight;
  }
}

const INDEX: PriceChoice = Object.freeze({ kind: "named", name: "index" });
const NO_FACTORS: SideFactors = Object.freeze({ value: ZERO, weight: ZERO, shape: null, isZero: true });

function everyEntry(rule: ComposedRule): readonly AssetEntry[] {
  return [rule, ...rule.categories.values()].flatMap(({ assets }) => [...assets.values()]);
}

/** Decimal places of a weight that is a plain decimal; 0 of others, which keep denominators of their own. */
function placesOf(weight: Weight): number {
  if (weight.kind === "tiers") return Math.max(...weight.weight.map(decimals));
  if (weight.kind === "ramp") return Math.max(decimals(weight.to), weight.unit === null ? 0 : decimals(weight.unit));
  return weight.kind === "flat" ? decimals(weight.weight) : 0;
}

function decimals(value: number): number {
  return String(exactDecimal(value).d).length - 1;
}
