import type { Market } from "../market/market.js";
import { Lack } from "./prices.js";
import type { AssetEntry, InstrumentEntry, Rate, Weight } from "./rule.js";
import { assetLevel } from "./tables-assets.js";
import { assetEntry, instrumentEntry } from "./entries.js";
import type { Variant } from "./variants.js";

/** What a variant reads of an asset at maintenance, at present prices. */
export interface AssetTerms {
  readonly index: number;
  /** prices of either side */
  readonly assets: number;
  readonly liabilities: number;
  /** null where a holding counts for nothing */
  readonly weight: Weight | null;
  readonly liability: Weight;
  /** the static parts of the weights */
  readonly weightBase: number;
  readonly liabilityBase: number;
  readonly borrow: Rate | null;
  readonly cap: { readonly money: number; readonly asset: number } | null;
}

/** The terms of the assets and instruments of a market under a variant, made as they are asked for. */
export class Terms {
  private readonly assets = new Map<number, AssetTerms>();
  private readonly instruments = new Map<number, InstrumentEntry | null>();

  constructor(
    readonly variant: Variant,
    readonly market: Market,
  ) {}

  asset(index: number): AssetTerms {
    const known = this.assets.get(index);
    if (known !== undefined) return known;
    const made = assetTerms(this.variant, this.market, index);
    this.assets.set(index, made);
    return made;
  }

  instrument(index: number): InstrumentEntry | null {
    const known = this.instruments.get(index);
    if (known !== undefined) return known;
    const instrument = this.market.instruments[index];
    const made = instrument === undefined ? null : instrumentEntry(this.variant, this.market, instrument);
    this.instruments.set(index, made);
    return made;
  }
}

const ONE: Weight = { kind: "flat", weight: 1 };

function assetTerms(variant: Variant, market: Market, asset: number): AssetTerms {
  const entry = assetEntry(variant, market, asset);
  const { price, owed, weight, liability } = assetLevel(variant, market, asset, entry, "maintenance");
  const number = (value: number | Lack) => (value instanceof Lack ? Number.NaN : value);
  return {
    index: market.prices.index[asset] ?? Number.NaN,
    assets: number(price),
    liabilities: number(owed),
    weight: entry?.weight.maintenance ?? null,
    liability: entry?.liability.maintenance ?? ONE,
    weightBase: number(weight),
    liabilityBase: number(liability),
    borrow: entry?.borrow?.maintenance ?? null,
    cap: capOf(entry, market),
  };
}

function capOf(entry: AssetEntry | null, market: Market): AssetTerms["cap"] {
  const cap = entry?.cap ?? null;
  if (cap === null) return null;
  const asset = market.assetIndex(cap.asset);
  return { money: cap.amount * (market.prices.index[asset] ?? Number.NaN), asset };
}

/** Whether a weight is one of the prices' own: scaled by what is deposited or borrowed in money. */
export function dependsOnPrices(weight: Weight): boolean {
  if (weight.kind === "depositScaled" || weight.kind === "borrowScaled") return true;
  return weight.kind === "root" && dependsOnPrices(weight.of);
}

/** Whether a variant has a weight or rate at maintenance that is made of prices, and so moves with them. */
export function movesWithPrices({ rule, category }: Variant): boolean {
  const entries = [...rule.assets.values(), ...(category?.assets.values() ?? [])];
  const weights = [
    ...entries.flatMap(({ weight, liability }) => [weight.maintenance, liability.maintenance]),
    category?.others?.weight.maintenance,
    category?.others?.liability.maintenance,
  ];
  const rates = [...rule.instruments, ...(category?.instruments ?? [])].map(({ rate }) => rate?.maintenance);
  return (
    weights.some((weight) => weight !== undefined && dependsOnPrices(weight)) ||
    rates.some((rate) => rate?.kind === "openInterest" && rate.upper !== 0)
  );
}
