import {
  array,
  at,
  date,
  decimal,
  decimalIn,
  duration,
  entries,
  invalid,
  list,
  oneOf,
  optional,
  type Place,
  record,
  required,
  text,
} from "../checks.js";
import { Feature, type FeatureName } from "../book/packed.js";
import { Hasher } from "../hash.js";
import type { Instrument, Payoff, PriceKind } from "../market/market.js";
import { PRICE_KINDS } from "../market/market.js";

/** Marginal tiers of value: the part of a value above upTo[i−1] and up to upTo[i] has weight[i]. The last upTo is Infinity. */
export interface Tiers {
  readonly upTo: readonly number[];
  readonly weight: readonly number[];
}

export interface AssetRule {
  /** null where the rule has no initial level */
  readonly initial: Tiers | null;
  readonly maintenance: Tiers;
  /** multiplier on what is owed in the asset; 1 where the rule states none */
  readonly liability: { readonly initial: number; readonly maintenance: number };
  /** value in units of `asset` above which a holding counts for nothing more */
  readonly cap: { readonly asset: string; readonly amount: number } | null;
}

/** Which instruments an instrument rule is for: those that agree with every field given. Assets are given by id. */
export interface InstrumentMatch {
  readonly id?: string;
  readonly underlying?: string;
  readonly quote?: string;
  readonly settle?: string;
  readonly kind?: Instrument["kind"];
  readonly payoff?: Payoff;
}

export interface InstrumentRule {
  readonly match: InstrumentMatch;
  /** fraction of the notional; null where the rule has no initial level */
  readonly initial: number | null;
  readonly maintenance: number;
}

/** A collateral rule: how a venue or house turns holdings and positions into eligible value and requirement. */
export interface Rule {
  readonly id: string;
  readonly effective: string | null;
  readonly source: string | null;
  /** whether an excess of exactly 0 is a breach (`<=`) or not (`<`) */
  readonly breach: "<" | "<=";
  /** ms; older prices give a pool the status `stalePrice`. null: no limit */
  readonly maxPriceAge: number | null;
  readonly price: { readonly assets: PriceKind; readonly liabilities: PriceKind };
  /** what an asset without an entry does to the pool that holds it: refuse it, or count for nothing */
  readonly unlisted: "refuse" | "zero";
  /** features of a pool that the rule leaves out of account instead of refusing the pool */
  readonly ignores: readonly FeatureName[];
  /** how open orders count; null where the rule does not say */
  readonly orders: string | null;
  readonly hasInitial: boolean;
  readonly assets: ReadonlyMap<string, AssetRule>;
  /** the first that matches an instrument is the one that counts */
  readonly instruments: readonly InstrumentRule[];
  /** what of a market the rule reads: an incremental engine needs no more */
  readonly reads: {
    readonly assets: readonly string[];
    readonly kinds: readonly PriceKind[];
    readonly instruments: readonly InstrumentMatch[];
  };
  /** 64-bit hash of everything above, hexadecimal */
  readonly hash: string;
}

const RULE_KEYS = [
  "schema",
  "id",
  "model",
  "effective",
  "source",
  "breach",
  "maxPriceAge",
  "price",
  "unlisted",
  "ignores",
  "orders",
  "assets",
  "instruments",
];

const fraction = decimalIn({ min: 0, max: 1 });
const amount = decimalIn({ min: 0 });
const priceKind = oneOf(PRICE_KINDS);
const feature = oneOf(Object.keys(Feature) as FeatureName[]);

/** A flat weight, or a list of [up to, weight] whose last "up to" is null. */
function readTiers(value: unknown, place: Place): Tiers {
  if (!Array.isArray(value)) return Object.freeze({ upTo: [Infinity], weight: [fraction(value, place)] });
  if (value.length === 0) throw invalid(place, "a weight, or a list of at least one tier", value);
  const upTo: number[] = [];
  const weight: number[] = [];
  for (const [i, tier] of value.entries()) {
    const here = at(place, i);
    const pair = array(tier, here);
    if (pair.length !== 2) throw invalid(here, "a pair [up to, weight]", tier);
    const last = i === value.length - 1;
    if (last !== (pair[0] === null)) {
      throw invalid(
        at(here, 0),
        last ? "null in the last tier, which has no end" : "a number in all tiers but the last",
        pair[0],
      );
    }
    upTo.push(last ? Infinity : decimal(pair[0], at(here, 0), { above: upTo.at(-1) ?? 0 }));
    weight.push(fraction(pair[1], at(here, 1)));
  }
  return Object.freeze({ upTo: Object.freeze(upTo), weight: Object.freeze(weight) });
}

function readAssetRule(value: unknown, place: Place): AssetRule {
  const fields = record(value, place, ["initial", "maintenance", "liability", "cap"]);
  return Object.freeze({
    initial: optional(fields, "initial", place, null, readTiers),
    maintenance: required(fields, "maintenance", place, readTiers),
    liability: optional(fields, "liability", place, { initial: 1, maintenance: 1 }, (liability, here) => {
      const parts = record(liability, here, ["initial", "maintenance"]);
      return Object.freeze({
        initial: optional(parts, "initial", here, 1, amount),
        maintenance: optional(parts, "maintenance", here, 1, amount),
      });
    }),
    cap: optional(fields, "cap", place, null, (cap, here) => {
      const [entry, ...more] = entries(cap, here);
      if (entry === undefined || more.length > 0) throw invalid(here, "one amount by the id of its asset", cap);
      return Object.freeze({ asset: entry[0], amount: amount(entry[1], at(here, entry[0])) });
    }),
  });
}

function readInstrumentRule(value: unknown, place: Place): InstrumentRule {
  const fields = record(value, place, ["match", "initial", "maintenance"]);
  const match = required(fields, "match", place, (item, here): InstrumentMatch => {
    const parts = record(item, here, ["id", "underlying", "quote", "settle", "kind", "payoff"]);
    const read: [string, string][] = [];
    for (const key of ["id", "underlying", "quote", "settle"]) {
      const id = optional(parts, key, here, null, text);
      if (id !== null) read.push([key, id]);
    }
    const kind = optional(parts, "kind", here, null, oneOf(["perpetual", "future", "option"]));
    const payoff = optional(parts, "payoff", here, null, oneOf(["linear", "inverse"]));
    return Object.freeze({
      ...Object.fromEntries(read),
      ...(kind === null ? {} : { kind }),
      ...(payoff === null ? {} : { payoff }),
    });
  });
  const maintenance = required(fields, "maintenance", place, amount);
  const initial = optional(fields, "initial", place, null, amount);
  if (initial !== null && initial < maintenance) {
    throw invalid(at(place, "initial"), `at least the maintenance rate of ${maintenance}`, initial);
  }
  return Object.freeze({ match, initial, maintenance });
}

/**
 * A collateral rule from its document (MODEL: `margrave/rule/1`), given as parsed JSON or as an object of the same shape.
 * Every field is checked; unknown keys are errors. Either all entries state an initial level or none does.
 *
 * @throws InvalidInputError   naming the path, e.g. `assets.BTC.initial[1][0]`: a weight outside 0 .. 1, tiers that are
 *                             unsorted, overlap or do not end in null, an initial rate below the maintenance rate
 */
export function parseRule(document: unknown): Rule {
  const fields = record(document, "", RULE_KEYS);
  required(fields, "schema", "", oneOf(["margrave/rule/1"]));
  required(fields, "model", "", oneOf(["collateral"]));
  const assets = new Map(
    required(fields, "assets", "", (value, place) =>
      entries(value, place).map(([id, rule]): [string, AssetRule] => [id, readAssetRule(rule, at(place, id))]),
    ),
  );
  const instruments = optional(fields, "instruments", "", [], (value, place) => list(value, place, readInstrumentRule));
  const hasInitial = checkLevels(assets, instruments);

  const price = optional(fields, "price", "", { assets: "index", liabilities: "index" } as const, (value, place) => {
    const parts = record(value, place, ["assets", "liabilities"]);
    return Object.freeze({
      assets: optional(parts, "assets", place, "index", priceKind),
      liabilities: optional(parts, "liabilities", place, "index", priceKind),
    });
  });
  const ignores = optional(fields, "ignores", "", [], (value, place) => list(value, place, feature));
  const content = {
    id: required(fields, "id", "", text),
    effective: optional(fields, "effective", "", null, date),
    source: optional(fields, "source", "", null, text),
    breach: optional(fields, "breach", "", "<", oneOf(["<", "<="])),
    maxPriceAge: optional(fields, "maxPriceAge", "", null, duration),
    price,
    unlisted: optional(fields, "unlisted", "", "refuse", oneOf(["refuse", "zero"])),
    ignores: Object.freeze([...new Set(ignores)]),
    orders: optional(fields, "orders", "", null, text),
    hasInitial,
  };
  const caps = [...assets.values()].flatMap(({ cap }) => (cap === null ? [] : [cap.asset]));
  const sorted = [...assets].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.freeze({
    ...content,
    assets,
    instruments: Object.freeze(instruments),
    reads: Object.freeze({
      assets: Object.freeze([...new Set([...assets.keys(), ...caps])]),
      kinds: Object.freeze([...new Set<PriceKind>(["index", price.assets, price.liabilities])]),
      instruments: Object.freeze(instruments.map(({ match }) => match)),
    }),
    hash: new Hasher().text(JSON.stringify([content, sorted, instruments])).digest(),
  });
}

/** Whether the rule has an initial level: an entry that disagrees with the first one is an error. */
function checkLevels(assets: ReadonlyMap<string, AssetRule>, instruments: readonly InstrumentRule[]): boolean {
  const levels: [boolean, Place][] = [
    ...[...assets].map(([id, rule]): [boolean, Place] => [rule.initial !== null, at(at("assets", id), "initial")]),
    ...instruments.map((rule, i): [boolean, Place] => [rule.initial !== null, at(at("instruments", i), "initial")]),
  ];
  const hasInitial = levels[0]?.[0] ?? true;
  for (const [given, place] of levels) {
    if (given === hasInitial) continue;
    throw invalid(
      place,
      hasInitial ? "given, as for the entries before it" : "absent, as for the entries before it",
      given,
    );
  }
  return hasInitial;
}
