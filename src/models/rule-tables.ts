import { payoffCode } from "../book/descriptors.js";
import type { OptionTreatment } from "../book/option-treatment.js";
import { Feature, type FeatureName } from "../book/packed.js";
import type { ResidentMarket } from "../book/resident.js";
import { InvalidInputError } from "../errors.js";
import type { Instrument, Market, PriceKind } from "../market/market.js";
import type { AssetRule, InstrumentRule, Rule, Tiers } from "./rule.js";

/** Rules applied to a market's prices, in linear memory. */
export interface RuleTables {
  /** address of the descriptors (assembly/models/rule.ts), one per rule, back to back */
  readonly at: number;
  /** what the rules read otherwise than asked, each a sentence */
  readonly notes: readonly string[];
}

/**
 * Tables of `rules` over the market's prices, made on first use and after each repricing; `options` says what a rate
 * is taken of for options. Call before scratch is reserved.
 *
 * @throws InvalidInputError   where a cap is in an asset that the market does not know or price
 */
export function ruleTables(
  resident: ResidentMarket,
  rules: readonly Rule[],
  options: OptionTreatment | null = null,
): RuleTables {
  return resident.derive(`price/rules/${rules.map((rule) => rule.hash).join("+")}/${options?.key}`, (keep) => {
    const { kernel } = resident.memory;
    const size = kernel.descriptorBytes();
    const at = keep(size * rules.length);
    const notes = new Set(options?.notes);
    const notionals = options?.tables(resident).notionals;
    for (const [i, rule] of rules.entries()) fill(resident, rule, at + size * i, keep, notes, notionals);
    return { at, notes: [...notes] };
  });
}

/** The entry of a rule for an asset: under its own id, else under that of the asset that it is a token of. */
export function assetRule(rule: Rule, market: Market, asset: number): AssetRule | null {
  const { id, is } = market.assets[asset] ?? { id: "", is: null };
  return rule.assets.get(id) ?? (is === null ? undefined : rule.assets.get(is)) ?? null;
}

/** The first entry of a rule that matches an instrument. */
export function instrumentRule(rule: Rule, market: Market, instrument: Instrument): InstrumentRule | null {
  const id = (asset: number) => market.assets[asset]?.id;
  const facts: Readonly<Record<string, string | undefined>> = {
    id: instrument.id,
    kind: instrument.kind,
    payoff: instrument.payoff,
    underlying: id(instrument.underlying),
    quote: id(instrument.quote),
    settle: id(instrument.settle),
  };
  const matches = ({ match }: InstrumentRule) => Object.entries(match).every(([key, value]) => facts[key] === value);
  return rule.instruments.find(matches) ?? null;
}

/** Price of `kind` in the numeraire; the index where that kind is not quoted. */
export function priceOf(market: Market, kind: PriceKind, asset: number): number {
  const quoted = market.prices[kind][asset] ?? Number.NaN;
  return Number.isNaN(quoted) ? (market.prices.index[asset] ?? Number.NaN) : quoted;
}

/** Names of the features that a rule refuses, in the order of their bits. */
export function refusedFeatures(rule: Rule): readonly FeatureName[] {
  return (Object.keys(Feature) as FeatureName[]).filter((name) => !rule.ignores.includes(name));
}

function fill(
  resident: ResidentMarket,
  rule: Rule,
  at: number,
  keep: (bytes: number) => number,
  notes: Set<string>,
  notionals: Float64Array | undefined,
): void {
  const { memory, market } = resident;
  const stay = (values: Float64Array | Uint32Array | Uint8Array): number => {
    const to = keep(values.byteLength);
    memory.write(to, values);
    return to;
  };
  const { curveIndex, curves } = curvesOf(rule, market);
  const curveAt = keep(memory.kernel.descriptorBytes() * curves.length);
  for (const [i, curve] of curves.entries()) {
    const { price, cap, capAsset, initial, maintenance } = curve;
    memory.kernel.curveDescribe(
      curveAt + memory.kernel.descriptorBytes() * i,
      price,
      cap,
      capAsset,
      stay(pairs(initial)),
      initial.upTo.length,
      stay(pairs(maintenance)),
      maintenance.upTo.length,
    );
  }
  const stale = staleness(rule, market);
  memory.kernel.ruleDescribe(
    at,
    stay(weights(rule, market, curveIndex, notes)),
    stay(rates(rule, market, notionals)),
    curves.length > 0 ? stay(curveIndex) : 0,
    curveAt,
    stale === null ? 0 : stay(stale.assets),
    stale === null ? 0 : stay(stale.instruments),
    refusedFeatures(rule).reduce((mask, name) => mask | Feature[name], 0),
    rule.breach === "<=" ? 1 : 0,
  );
}

/** f64[4 × assets][4]: what one unit of a holding counts, by class. Rows and lanes as in assembly/models/rule.ts. */
function weights(rule: Rule, market: Market, curveIndex: Uint32Array, notes: Set<string>): Float64Array {
  const table = new Float64Array(16 * market.assets.length);
  const fallen: Record<string, number> = {};
  for (const asset of market.assets.keys()) {
    const index = priceOf(market, "index", asset);
    const price = priceOf(market, rule.price.assets, asset);
    const owed = priceOf(market, rule.price.liabilities, asset);
    const entry = assetRule(rule, market, asset);
    // A refused asset turns the pool's sums into NaN, which its status reports: no branch per holding.
    const refused = entry === null && rule.unlisted === "refuse" ? Number.NaN : 0;
    const curved = (curveIndex[asset] ?? 0) > 0;
    const flat = (tiers: Tiers | null) => (curved || entry === null ? refused : price * (tiers?.weight[0] ?? 0));
    const [initial, maintenance] = rule.hasInitial
      ? [entry?.liability.initial ?? 1, entry?.liability.maintenance ?? 1]
      : [0, entry?.liability.maintenance ?? 1];
    const rows = [
      [index, flat(entry?.initial ?? null), flat(entry?.maintenance ?? null), 0],
      [index, owed * initial + refused, 0, refused - owed * maintenance],
      [index, refused, refused, 0],
      [index, refused + (rule.hasInitial ? price : 0), refused + price, refused],
    ];
    for (const [row, lanes] of rows.entries()) table.set(lanes, 16 * asset + 4 * row);
    if (entry === null) continue;
    for (const kind of new Set([rule.price.assets, rule.price.liabilities])) {
      const lacks = Number.isNaN(market.prices[kind][asset] ?? Number.NaN);
      if (lacks && market.assets[asset]?.id !== market.numeraire) fallen[kind] = (fallen[kind] ?? 0) + 1;
    }
  }
  for (const [kind, count] of Object.entries(fallen)) {
    notes.add(`Rule ${rule.id} reads the index of ${count} listed assets that have no ${kind} price.`);
  }
  return table;
}

/** f64[instruments][2]: requirement per unit of |quantity|, initial and maintenance; NaN where the rule has no row. */
function rates(rule: Rule, market: Market, notionals: Float64Array | undefined): Float64Array {
  const table = new Float64Array(2 * market.instruments.length);
  for (const [i, instrument] of market.instruments.entries()) {
    const row = instrumentRule(rule, market, instrument);
    const code = payoffCode(instrument);
    // The notional of an inverse contract is its size in the quote asset; that of a linear one moves with the mark.
    const size = code === "inverse" ? 1 : code === "linear" ? (market.marks[i] ?? Number.NaN) : Number.NaN;
    const notional = instrument.multiplier * size * priceOf(market, "index", instrument.quote);
    const unit = instrument.option === null ? notional : (notionals?.[i] ?? Number.NaN);
    table[2 * i] = row === null ? Number.NaN : unit * (row.initial ?? 0);
    table[2 * i + 1] = row === null ? Number.NaN : unit * row.maintenance;
  }
  return table;
}

interface Curve {
  readonly price: number;
  readonly cap: number;
  readonly capAsset: number;
  readonly initial: Tiers;
  readonly maintenance: Tiers;
}

/** The assets of the market whose weight is not one number, numbered from 1. */
function curvesOf(rule: Rule, market: Market): { curveIndex: Uint32Array; curves: readonly Curve[] } {
  const curveIndex = new Uint32Array(market.assets.length);
  const curves: Curve[] = [];
  for (const asset of market.assets.keys()) {
    const entry = assetRule(rule, market, asset);
    if (entry === null) continue;
    const { initial, maintenance, cap } = entry;
    if (cap === null && maintenance.weight.length === 1 && (initial?.weight.length ?? 1) === 1) continue;
    const capAsset = cap === null ? 0 : market.assetIndex(cap.asset);
    const capPrice = market.prices.index[capAsset] ?? Number.NaN;
    if (cap !== null && Number.isNaN(capPrice)) {
      const path = `rule ${rule.id}: assets.${market.assets[asset]?.id}.cap`;
      throw new InvalidInputError(path, "an amount of an asset that the market prices", cap.asset);
    }
    curves.push({
      price: priceOf(market, rule.price.assets, asset),
      cap: cap === null ? Infinity : cap.amount * capPrice,
      capAsset,
      initial: initial ?? { upTo: [], weight: [] },
      maintenance,
    });
    curveIndex[asset] = curves.length;
  }
  return { curveIndex, curves };
}

function pairs(tiers: Tiers): Float64Array {
  return Float64Array.from(tiers.upTo.flatMap((upTo, i) => [upTo, tiers.weight[i] ?? 0]));
}

/** Which assets and instruments have a price older than the rule allows; null where none has. */
function staleness(rule: Rule, market: Market): { assets: Uint8Array; instruments: Uint8Array } | null {
  const { maxPriceAge } = rule;
  if (maxPriceAge === null) return null;
  const oldest = market.asOf - maxPriceAge;
  // A price without a time is of the market's own time: NaN compares false.
  const assets = Uint8Array.from(market.priceTimes, (time) => (time < oldest ? 1 : 0));
  for (const asset of market.assets.keys()) {
    const cap = assetRule(rule, market, asset)?.cap;
    if (cap && assets[market.assetIndex(cap.asset)] === 1) assets[asset] = 1;
  }
  const old = (i: number) => (market.markTimes[i] ?? Number.NaN) < oldest;
  const instruments = Uint8Array.from(market.instruments, ({ quote, settle, underlying, option }, i) => {
    const forward = market.forwards[i] ?? -1;
    const moves = option !== null && (forward < 0 ? assets[underlying] === 1 : old(forward));
    return old(i) || moves || assets[quote] === 1 || assets[settle] === 1 ? 1 : 0;
  });
  return assets.includes(1) || instruments.includes(1) ? { assets, instruments } : null;
}
