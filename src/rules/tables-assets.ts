import { InvalidInputError } from "../errors.js";
import type { Market } from "../market/market.js";
import { assetEntry } from "./entries.js";
import { type Level, LEVELS } from "./names.js";
import { chosenPrice, type Known, known, Lack, stateOf } from "./prices.js";
import type { AssetEntry, NamedPrice, Weight } from "./rule.js";
import { type Curves, KINDS, roundedDown } from "./tables-curves.js";
import type { Variant } from "./variants.js";

/** Lanes of an asset's row and entries of its curves, as in assembly/rules/variant.ts. */
const LANES = 16;
const CURVES = 8;
/** Beside the kinds of weights: the rule has a requirement on what is owed. */
const LENDS = 1 << 16;

/** Codes of src/models/model.ts. */
export const STATUS = { ok: 0, stalePrice: 1, unsupported: 2, insufficientData: 3 } as const;

export interface AssetTables {
  /** f64[assets][16] */
  readonly rows: Float64Array;
  /** u32[assets][8]: curves by number */
  readonly curves: Uint32Array;
  /** u8[4 × assets] */
  readonly slotStatus: Uint8Array;
  /** what a price of an asset on either side lacks; null: nothing */
  readonly unpriced: readonly (Lack | null)[];
  /** f64[4 × assets][8] */
  readonly flat: Float64Array;
  /** every weight is one number, without caps and requirements on loans */
  readonly plain: boolean;
  readonly stale: boolean;
  readonly missing: boolean;
}

/** What a variant reads of an asset at a level: prices and static weights. A weight of size has its static part here. */
export interface AssetLevel {
  readonly price: Known;
  readonly owed: Known;
  readonly weight: Known;
  readonly liability: Known;
}

/** Prices and static weights of an asset under a variant; `entry` is what `assetEntry` gives. */
export function assetLevel(
  { rule }: Variant,
  market: Market,
  asset: number,
  entry: AssetEntry | null,
  level: Level,
  fallen?: (kind: NamedPrice) => void,
): AssetLevel {
  const { assets, liabilities } = (entry?.price ?? rule.price)[level];
  const id = market.assets[asset]?.id ?? "";
  const staticOf = (weight: Weight): Known => staticWeight(weight, market, asset, id, rule.missing);
  const counts = rule.stale !== "zero" || !isOld(rule.maxPriceAge, market, asset);
  return {
    price: counts ? chosenPrice(assets, market, asset, rule.missing, "assets", fallen) : 0,
    owed: chosenPrice(liabilities, market, asset, rule.missing, "liabilities", fallen),
    weight: entry === null ? 0 : staticOf(entry.weight[level]),
    liability: entry === null ? 1 : staticOf(entry.liability[level]),
  };
}

/** Whether the price of an asset is older than a rule allows. A price without a time is of the market's own time. */
export function isOld(maxPriceAge: number | null, market: Market, asset: number): boolean {
  return maxPriceAge !== null && (market.priceTimes[asset] ?? Number.NaN) < market.asOf - maxPriceAge;
}

/** The tables of all assets of a market. `curves` takes the weights that depend on size, `notes` what is read otherwise. */
export function assetTables(variant: Variant, market: Market, curves: Curves, notes: Set<string>): AssetTables {
  const { rule } = variant;
  const count = market.assets.length;
  const tables = {
    rows: new Float64Array(LANES * count),
    curves: new Uint32Array(CURVES * count),
    slotStatus: new Uint8Array(4 * count),
    flat: new Float64Array(32 * count),
  };
  const unpriced: (Lack | null)[] = [];
  const fallen = new Map<string, number>();
  let plain = true;
  let stale = false;
  let missing = false;
  for (const asset of market.assets.keys()) {
    const index = market.prices.index[asset] ?? Number.NaN;
    const entry = assetEntry(variant, market, asset);
    const heard = new Set<NamedPrice>();
    const levels = LEVELS.map((level) => {
      const read = rule.hasInitial || level === "maintenance" ? level : "maintenance";
      return assetLevel(variant, market, asset, entry, read, entry === null ? undefined : (kind) => heard.add(kind));
    });
    if (!Number.isNaN(index)) for (const kind of heard) fallen.set(kind, (fallen.get(kind) ?? 0) + 1);
    const exempt = rule.options.floorExempt.includes(market.assets[asset]?.id ?? "") ? 1 : 0;
    tables.rows.set([index, capOf(variant, market, asset, entry), entry === null ? 0 : 1, exempt], LANES * asset);
    for (const [l, level] of levels.entries()) {
      const { price, owed, weight, liability } = level;
      const rate = entry?.borrow?.[LEVELS[l] ?? "maintenance"] ?? null;
      const at = LANES * asset + 4 + 6 * l;
      const flat = rate?.kind === "flat" ? rate.rate : 0;
      tables.rows.set([number(price), number(owed), number(weight), number(liability), flat], at);
      if (rate !== null) {
        const shape = curves.rate(rate);
        tables.curves[CURVES * asset + 4 + l] = shape;
        plain &&= shape === 0 && flat === 0;
        tables.curves[CURVES * asset + 7] = LENDS;
      }
      missing ||= [price, owed].some((x) => x instanceof Lack && x.status === "insufficientData");
    }
    if (entry !== null) {
      const sides = [
        curves.weights(
          entry.weight,
          levels.map(({ weight }) => number(weight)),
        ),
        curves.weights(
          entry.liability,
          levels.map(({ liability }) => number(liability)),
        ),
      ];
      for (const [s, { kind, first, last }] of sides.entries()) {
        tables.curves.set([first, last], CURVES * asset + 2 * s);
        tables.curves[CURVES * asset + 7] = (tables.curves[CURVES * asset + 7] ?? 0) | (kind << (8 * s));
        plain &&= kind === KINDS.number;
      }
      plain &&= entry.cap === null;
    }
    if (entry?.cap != null) tables.curves[CURVES * asset + 6] = market.assetIndex(entry.cap.asset);
    const status = slotStatuses(variant, market, asset, entry, levels);
    tables.slotStatus.set(status, 4 * asset);
    unpriced.push(firstLack(levels.flatMap(({ price, owed }) => [price, owed])));
    stale ||= status[2] === STATUS.stalePrice;
    flatRows(tables, asset, rule.hasInitial);
  }
  for (const [kind, assets] of fallen) {
    const instead = rule.missing === "zero" ? "gives no weight to" : "reads the index of";
    notes.add(
      `Rule ${rule.id} ${instead} ${assets === 1 ? "1 listed asset that has" : `${assets} listed assets that have`} no ${kind} price.`,
    );
  }
  return { ...tables, unpriced, plain, stale, missing };
}

function firstLack(values: readonly Known[]): Lack | null {
  for (const value of values) if (value instanceof Lack) return value;
  return null;
}

function number(value: Known): number {
  return value instanceof Lack ? Number.NaN : value;
}

/** Money above which a holding counts for nothing more; +∞ where there is no cap. */
function capOf({ rule }: Variant, market: Market, asset: number, entry: AssetEntry | null): number {
  const cap = entry?.cap ?? null;
  if (cap === null) return Number.POSITIVE_INFINITY;
  const index = market.prices.index[market.assetIndex(cap.asset)] ?? Number.NaN;
  if (!Number.isNaN(index)) return cap.amount * index;
  const path = `rule ${rule.id}: assets.${market.assets[asset]?.id}.cap`;
  throw new InvalidInputError(path, "an amount of an asset that the market prices", cap.asset);
}

/** The static part of a weight: of a weight of size, what its function starts from. */
function staticWeight(
  weight: Weight,
  market: Market,
  asset: number,
  id: string,
  missing: Variant["rule"]["missing"],
): Known {
  const of = (inner: Weight): Known => staticWeight(inner, market, asset, id, missing);
  switch (weight.kind) {
    case "flat":
      return weight.weight;
    case "tiers":
    case "clamp":
      return 0;
    case "root":
      return of(weight.of);
    case "ramp": {
      const left = weight.until - market.asOf;
      if (left <= 0 || weight.from <= weight.to) return weight.to;
      return weight.to + roundedDown(((weight.from - weight.to) * left) / weight.over, weight.unit);
    }
    case "depositScaled":
    case "borrowScaled": {
      const deposits = weight.kind === "depositScaled";
      const amount = stateOf(market, id, deposits ? "deposits" : "borrows");
      const price = chosenPrice(weight.price, market, asset, missing, "assets");
      return known([of(weight.of), amount, price], (w = 0, a = 0, p = 0) => {
        const worth = a * p;
        const scale = worth <= weight.start ? 1 : deposits ? weight.start / worth : worth / weight.start;
        return roundedDown(w * scale, weight.unit);
      });
    }
  }
}

/** Bits of assembly/rules/variant.ts: a status that a holding gives only where its quantity is not 0. */
export const WHERE_HELD = 16;
const WHERE_STALE = 32;

/** Statuses that holdings of an asset give their pool, by class: collateral, liability, idle; the last is never held. */
function slotStatuses(
  { rule }: Variant,
  market: Market,
  asset: number,
  entry: AssetEntry | null,
  levels: readonly AssetLevel[],
): readonly number[] {
  if (entry === null && rule.unlisted === "refuse") return [2, 2, 2, 2];
  if (Number.isNaN(market.prices.index[asset] ?? Number.NaN)) return [3, 3, 3, 3];
  const cap = entry?.cap ?? null;
  const old =
    isOld(rule.maxPriceAge, market, asset) ||
    (cap !== null && isOld(rule.maxPriceAge, market, market.assetIndex(cap.asset)));
  if (old && rule.stale === "refuse") return [3, 3, 3, 3];
  const fresh = old ? STATUS.stalePrice : STATUS.ok;
  const worst = (values: readonly Known[]) => {
    const lack = firstLack(values);
    return lack !== null ? WHERE_HELD + (old ? WHERE_STALE : 0) + STATUS[lack.status] : fresh;
  };
  return [
    entry === null ? fresh : worst(levels.flatMap(({ price, weight }) => [price, weight])),
    worst(levels.flatMap(({ owed, liability }) => [owed, liability])),
    fresh,
    fresh,
  ];
}

/** Rows of the flat table from those of the asset: what one unit of a holding adds to each sum. */
function flatRows(
  { rows, slotStatus, flat }: Pick<AssetTables, "rows" | "slotStatus" | "flat">,
  asset: number,
  hasInitial: boolean,
): void {
  const row = (lane: number) => rows[LANES * asset + lane] ?? Number.NaN;
  const at = (lane: number) => row(lane + 6);
  const own = hasInitial ? 1 : 0;
  const counts = row(2);
  const collateral = counts === 0 ? [0, 0, 0] : [at(4), own && row(4) * row(6), at(4) * at(6)];
  const lanes = [
    [...collateral, 0, 0, 0, 0],
    [0, 0, 0, 0, -at(5), own && -row(5) * row(7), -at(5) * at(7)],
    [0, 0, 0, 0, 0, 0, 0],
  ];
  for (const [slot, numbers] of lanes.entries()) {
    // What has no number turns the pool's sums into NaN, which its status then explains: no branch per holding.
    const refused = (slotStatus[4 * asset + slot] ?? 0) >= STATUS.unsupported;
    flat.set([refused ? Number.NaN : row(0), ...numbers], 32 * asset + 8 * slot);
  }
}

/**
 * Rows of the flat table for a rule that rounds: index, prices and weights at I and M, by class. `value` and `weighted` are
 * units in one: prices are in units of the value, weights in units of the weighted value per unit of the value.
 */
export function roundedRows(
  { rows, slotStatus }: Pick<AssetTables, "rows" | "slotStatus">,
  value: number,
  weighted: number,
): Float64Array {
  const table = new Float64Array(2 * rows.length);
  for (let asset = 0; asset < rows.length / LANES; asset++) {
    const row = (lane: number) => rows[LANES * asset + lane] ?? Number.NaN;
    const counts = row(2);
    const sides = [
      counts === 0 ? [0, 0, 0, 0] : [row(4), row(10), row(6), row(12)],
      [row(5), row(11), row(7), row(13)],
      [0, 0, 0, 0],
    ];
    for (const [slot, lanes] of sides.entries()) {
      const refused = (slotStatus[4 * asset + slot] ?? 0) >= STATUS.unsupported;
      const [p = 0, q = 0, v = 0, w = 0] = lanes;
      const units = [p * value, q * value, (v * weighted) / value, (w * weighted) / value];
      table.set([refused ? Number.NaN : row(0), 0, ...units], 32 * asset + 8 * slot);
    }
  }
  return table;
}
