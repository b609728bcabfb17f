import { at, invalid } from "../checks.js";
import { UnsupportedError } from "../errors.js";
import type { Market } from "../market/market.js";
import type { RawBalance } from "./balances.js";
import { exactDecimal, ONE, type Rational, reduce } from "./exact-number.js";
import { ExactPrices } from "./exact-prices.js";
import { Units, unitsPerOne } from "./exact-units.js";
import { exactWeight } from "./exact-weights.js";
import type { AssetEntry, Category, Combiner, ComposedRule, PriceChoice, Weight } from "./rule.js";

/** One side of an asset at one level: what a smallest unit of it is worth, and what that counts. */
export interface SideFactors {
  /** value of one smallest unit, in value units where the rule rounds values, else in the numeraire */
  readonly value: Rational;
  /**
   * weighted value of a value, in weighted units where the rule rounds those. Else over the rule's common denominator of
   * weights where that will do, so that sums stay whole numbers.
   */
  readonly weight: Rational;
  readonly isZero: boolean;
}

/** One asset under one variant of a rule (the rule itself or a category), as exact numbers. */
export interface ExactAsset {
  readonly id: string;
  /** 10^decimals */
  readonly unit: bigint;
  readonly decimals: number;
  readonly assets: { readonly initial: SideFactors; readonly maintenance: SideFactors };
  readonly liabilities: { readonly initial: SideFactors; readonly maintenance: SideFactors };
  /** what raw balances of it have grown by, kept because most accounts of a market state the same */
  readonly growth: { readonly assets: Growth; readonly liabilities: Growth };
}

/** The last growth that was computed, and for which raw integers. */
export class Growth {
  private last: RawBalance = {};
  private grown: bigint | null = null;

  /** What `raw` has grown by, where all that growth depends on is as it was last; else null. */
  of(raw: RawBalance): bigint | null {
    const { last } = this;
    const known =
      raw.index === last.index &&
      raw.updatedAt === last.updatedAt &&
      raw.rate === last.rate &&
      raw.totalAssets === last.totalAssets &&
      raw.one === last.one;
    return known ? this.grown : null;
  }

  keep(raw: RawBalance, grown: bigint): bigint {
    this.last = raw;
    this.grown = grown;
    return grown;
  }
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
    for (const level of ["initial", "maintenance"] as const) {
      if (level === "initial" && !rule.hasInitial) continue;
      if (mayRequire(rule.requirement[level])) {
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
   * @throws UnsupportedError   an asset that the rule does not list, a cap, a borrow requirement, a weight that depends on
   *                            size, a price or state that the rule reads and the market lacks
   */
  make(asset: number, category: Category | null, path: string): ExactAsset {
    const { rule, market } = this;
    const { id, decimals } = market.assets[asset] ?? { id: "", decimals: null };
    if (decimals === null) {
      throw invalid(at(at("market.assets", asset), "decimals"), `given, as exact mode counts units of ${id}`, null);
    }
    const entry = this.entryOf(asset, category);
    if (entry === null && rule.unlisted === "refuse") {
      throw new UnsupportedError(path, `rule ${rule.id} does not list the asset ${id}`);
    }
    if (entry !== null && entry.cap !== null) throw new UnsupportedError(path, `the cap of ${id} has no exact form`);
    if (entry !== null && entry.borrow !== null) {
      throw new UnsupportedError(path, `the requirement on borrowed ${id} has no exact form`);
    }
    const unit = 10n ** BigInt(decimals);
    const side = (name: "assets" | "liabilities", level: "initial" | "maintenance"): SideFactors => {
      if (level === "initial" && !rule.hasInitial) return { value: NOTHING, weight: NOTHING, isZero: true };
      const price = this.priceOf(asset, (entry?.price ?? rule.price)[level][name], path);
      const counted = this.weightOf(asset, entry, name, level, path);
      const isZero = counted.n === 0n || (name === "assets" && price === null);
      const weight = isZero ? { n: 0n, d: counted.d } : counted;
      const worth = price ?? this.priceOf(asset, INDEX, path) ?? NOTHING;
      return { value: this.valueFactor(worth, unit), weight: this.weightFactor(weight, name), isZero };
    };
    const both = (name: "assets" | "liabilities") => ({
      initial: side(name, "initial"),
      maintenance: side(name, "maintenance"),
    });
    const [assets, liabilities] = [both("assets"), both("liabilities")];
    return Object.freeze({
      id,
      unit,
      decimals,
      assets,
      liabilities,
      growth: Object.freeze({ assets: new Growth(), liabilities: new Growth() }),
    });
  }

  /** The entry of an asset: of the category, else of the rule with what the category says of all others. */
  private entryOf(asset: number, category: Category | null): AssetEntry | null {
    const { id, is } = this.market.assets[asset] ?? { id: "", is: null };
    const find = (entries: ReadonlyMap<string, AssetEntry>) =>
      entries.get(id) ?? (is === null ? undefined : entries.get(is)) ?? entries.get("*");
    const special = category === null ? undefined : find(category.assets);
    const usual = find(this.rule.assets);
    if (special !== undefined || usual === undefined) return special ?? null;
    const others = category?.others ?? null;
    if (others === null) return usual;
    return {
      ...usual,
      weight: { ...usual.weight, ...others.weight },
      liability: { ...usual.liability, ...others.liability },
    };
  }

  /** null: the market lacks a kind of price that the rule reads, and the rule then gives the asset no weight. */
  private priceOf(asset: number, choice: PriceChoice, path: string): Rational | null {
    const price = this.prices.of(asset, choice);
    if (price !== null) return price;
    const { rule, market } = this;
    const index = rule.missing === "refuse" ? null : this.prices.of(asset, INDEX);
    if (index === null) {
      throw new UnsupportedError(
        path,
        `rule ${rule.id} reads a price of ${market.assets[asset]?.id} that the market lacks`,
      );
    }
    return rule.missing === "index" ? this.prices.of(asset, choice, true) : null;
  }

  private weightOf(
    asset: number,
    entry: AssetEntry | null,
    name: "assets" | "liabilities",
    level: "initial" | "maintenance",
    path: string,
  ): Rational {
    if (entry === null) return name === "assets" ? NOTHING : ONE;
    const weight = (name === "assets" ? entry.weight : entry.liability)[level];
    if (name === "assets" && this.isStale(asset, path)) return NOTHING;
    const exact = exactWeight(weight, asset, this.market, this.prices);
    if (exact !== null) return exact;
    const id = this.market.assets[asset]?.id ?? "";
    throw new UnsupportedError(
      path,
      `the weight of ${id} (${weight.kind}) has no exact form, or reads what the market lacks`,
    );
  }

  private isStale(asset: number, path: string): boolean {
    const { rule, market } = this;
    const age = market.asOf - (market.priceTimes[asset] ?? Number.NaN);
    if (rule.maxPriceAge === null || !(age > rule.maxPriceAge) || rule.stale === "flag") return false;
    if (rule.stale === "zero") return true;
    throw new UnsupportedError(path, `the price of ${market.assets[asset]?.id} is older than rule ${rule.id} allows`);
  }

  private valueFactor(price: Rational, unit: bigint): Rational {
    const step = this.rule.rounding.value;
    return reduce({ n: price.n * unitsPerOne(step), d: price.d * unit });
  }

  private weightFactor(weight: Rational, side: "assets" | "liabilities"): Rational {
    const { value, weighted } = this.rule.rounding;
    if (weighted !== null) return reduce({ n: weight.n * unitsPerOne(weighted), d: weight.d * unitsPerOne(value) });
    const scale = side === "assets" ? this.weightScale : 1n;
    return scale % weight.d === 0n ? { n: weight.n * (scale / weight.d), d: scale } : weight;
  }
}

const INDEX: PriceChoice = Object.freeze({ kind: "named", name: "index" });
const NOTHING: Rational = Object.freeze({ n: 0n, d: 1n });

function everyEntry(rule: ComposedRule): readonly AssetEntry[] {
  return [rule, ...rule.categories.values()].flatMap(({ assets }) => [...assets.values()]);
}

/** Decimal places of a weight that is a plain decimal; 0 of others, which keep denominators of their own. */
function placesOf(weight: Weight): number {
  if (weight.kind === "ramp") return Math.max(decimals(weight.to), weight.unit === null ? 0 : decimals(weight.unit));
  return weight.kind === "flat" ? decimals(weight.weight) : 0;
}

function decimals(value: number): number {
  return String(exactDecimal(value).d).length - 1;
}

/** Whether a combiner can be other than 0 for a pool without positions, orders and borrow requirements. */
function mayRequire(combiner: Combiner): boolean {
  switch (combiner.kind) {
    case "number":
      return combiner.value !== 0;
    case "atom":
      return !["positions", "borrowing", "orders", "notional", "rewards"].includes(combiner.name);
    case "scale":
      return combiner.by !== 0 && mayRequire(combiner.of);
    case "held":
      return false;
    default:
      return combiner.of.some(mayRequire);
  }
}
