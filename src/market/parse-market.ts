import {
  array,
  at,
  type Bounds,
  decimal,
  decimalIn,
  duration,
  entries,
  finiteNumber,
  instant,
  invalid,
  list,
  oneOf,
  optional,
  own,
  type Place,
  price,
  record,
  required,
  spell,
  text,
} from "../checks.js";
import { UnsupportedError } from "../errors.js";
import { Hasher } from "../hash.js";
import { type Exposure, factorsOf } from "./factors.js";
import { type Asset, type Instrument, type Market, PRICE_KINDS, type PriceKind } from "./market.js";
import { PriceChains, type Quote } from "./price-chains.js";

const ASSET_KEYS = ["id", "is", "domain", "decimals", "peg"];
const ASSET_PRICE_KEYS = ["of", "in", ...PRICE_KINDS, "confidence", "time", "state"];
const CONTRACT_KEYS = ["of", "mark", "fundingRate", "time", "state"];
const MARK_KEYS = [...CONTRACT_KEYS, "impliedVol", "forward"];
/** Facts of a venue that rules read and that are not negative: with one below 0 a weight would be, too. */
const NOT_NEGATIVE = ["emaConfidence", "deposits", "borrows", "openInterest"];
const INSTRUMENT_KEYS = ["id", "kind", "payoff", "underlying", "quote", "settle", "multiplier", "expiry"];
const OPTION_KEYS = ["strike", "right", "exercise"];

/** Positions by id of a list without duplicates. */
class Index {
  private readonly positions = new Map<string, number>();

  add(id: string, place: Place): void {
    if (this.positions.has(id)) throw invalid(place, "an id that nothing before it has", id);
    this.positions.set(id, this.positions.size);
  }

  get size(): number {
    return this.positions.size;
  }

  of(id: string): number {
    return this.positions.get(id) ?? -1;
  }

  /** A reader of the id of something in the list, as its position. */
  reader(what: string): (value: unknown, place: Place) => number {
    return (value, place) => {
      const position = this.of(text(value, place));
      if (position < 0) throw invalid(place, `the id of ${what} of this market`, value);
      return position;
    };
  }
}

function readAsset(value: unknown, place: Place): Asset {
  const fields = record(value, place, ASSET_KEYS);
  return Object.freeze({
    id: required(fields, "id", place, text),
    is: optional(fields, "is", place, null, text),
    domain: optional(fields, "domain", place, null, text),
    decimals: optional(fields, "decimals", place, null, (n, here) =>
      finiteNumber(n, here, { min: 0, max: 255, whole: true }),
    ),
    peg: optional(fields, "peg", place, null, (peg, here) => {
      const parts = record(peg, here, ["to", "ratio"]);
      return Object.freeze({ to: required(parts, "to", here, text), ratio: required(parts, "ratio", here, price) });
    }),
  });
}

function readInstrument(value: unknown, place: Place, asset: (value: unknown, place: Place) => number): Instrument {
  const fields = record(value, place, [...INSTRUMENT_KEYS, ...OPTION_KEYS]);
  const kind = required(fields, "kind", place, oneOf(["perpetual", "future", "option", "spot"]));
  const dated = kind === "future" || kind === "option";
  if (kind !== "option") record(value, place, INSTRUMENT_KEYS);
  const expiry = optional(fields, "expiry", place, null, instant);
  if (dated === (expiry === null)) {
    throw invalid(at(place, "expiry"), `${dated ? "given" : "absent"} for a ${kind}`, fields.expiry);
  }
  return Object.freeze({
    id: required(fields, "id", place, text),
    kind,
    payoff: required(fields, "payoff", place, oneOf(["linear", "inverse"])),
    underlying: required(fields, "underlying", place, asset),
    quote: required(fields, "quote", place, asset),
    settle: required(fields, "settle", place, asset),
    multiplier: optional(fields, "multiplier", place, 1, price),
    expiry,
    option:
      kind === "option"
        ? Object.freeze({
            strike: required(fields, "strike", place, price),
            right: required(fields, "right", place, oneOf(["call", "put"])),
            exercise: optional(fields, "exercise", place, "european", oneOf(["european", "american"])),
          })
        : null,
  });
}

/**
 * A market from its document (MODEL: `margrave/market/1`), given as parsed JSON or as an object of the same shape. Every
 * field is checked; unknown keys are errors. A price without a time is as of the market.
 *
 * An asset may have no price: then only the pools that hold it cannot be packed.
 *
 * @throws InvalidInputError   naming the path: a price that is not > 0 or later than `asOf`, a duplicate or unknown id, a
 *                             chain of prices that runs in a circle or does not lead to the numeraire
 * @throws UnsupportedError    a price kind of an instrument that no model reads
 */
export function parseMarket(document: unknown): Market {
  const keys = ["schema", "asOf", "numeraire", "assets", "prices", "instruments", "exposures", "history"];
  const fields = record(document, "", keys);
  required(fields, "schema", "", oneOf(["margrave/market/1"]));
  const asOf = required(fields, "asOf", "", instant);
  const numeraire = required(fields, "numeraire", "", text);

  const assetIndex = new Index();
  const assets = required(fields, "assets", "", (value, place) => list(value, place, readAsset));
  for (const [i, asset] of assets.entries()) assetIndex.add(asset.id, at(at("assets", i), "id"));
  checkReferences(assets, assetIndex, numeraire);

  const instrumentIndex = new Index();
  const asset = assetIndex.reader("an asset");
  const instruments = optional(fields, "instruments", "", [], (value, place) =>
    list(value, place, (item, here) => readInstrument(item, here, asset)),
  );
  for (const [i, instrument] of instruments.entries()) {
    const place = at(at("instruments", i), "id");
    if (assetIndex.of(instrument.id) >= 0) throw invalid(place, "an id that no asset has", instrument.id);
    instrumentIndex.add(instrument.id, place);
  }

  const { quotes, states, ...columns } = readPrices(
    optional(fields, "prices", "", [], array),
    asOf,
    numeraire,
    assetIndex,
    instrumentIndex,
    instruments,
  );
  const chains = new PriceChains(numeraire, asOf, quotes, (id) => assets[assetIndex.of(id)]?.is ?? null);
  const column = (): Float64Array => new Float64Array(assets.length).fill(Number.NaN);
  const prices = { index: column(), bid: column(), ask: column(), twap: column(), ema: column() };
  const priceTimes = column();
  const confidence = new Float64Array(assets.length);
  for (const [i, { id }] of assets.entries()) {
    const priced = chains.of(id, at("assets", i));
    if (priced === null) continue;
    for (const kind of PRICE_KINDS) prices[kind][i] = priced.kinds[kind];
    priceTimes[i] = priced.time;
    confidence[i] = priced.confidence;
  }

  const overrides = new Map<string, Exposure>();
  for (const [i, item] of optional(fields, "exposures", "", [], array).entries()) {
    const exposure = readExposure(item, at("exposures", i), numeraire);
    const place = at(at("exposures", i), "of");
    if (assetIndex.of(exposure.of) < 0 && instrumentIndex.of(exposure.of) < 0) {
      throw invalid(place, "the id of an asset or instrument of this market", exposure.of);
    }
    if (overrides.has(exposure.of)) throw invalid(place, "an id that no exposure before it has", exposure.of);
    overrides.set(exposure.of, exposure);
  }
  const { factors, assetFactors, instrumentFactors } = factorsOf(
    numeraire,
    assets,
    instruments,
    columns.forwards,
    prices.index,
    (id) => assetIndex.of(id),
    overrides,
  );

  const history = optional(fields, "history", "", null, (value, place) => {
    const parts = record(value, place, ["file", "in", "interval"]);
    return Object.freeze({
      file: optional(parts, "file", place, null, text),
      in: required(parts, "in", place, text),
      interval: required(parts, "interval", place, duration),
    });
  });

  const factorIndex = new Map(factors.map((factor, i) => [factor, i]));
  const content = { asOf, numeraire, assets, instruments, factors, history };
  const hasher = new Hasher().text(JSON.stringify({ ...content, states: states.size ? [...states] : undefined }));
  for (const kind of PRICE_KINDS) hasher.f64(prices[kind]);
  const { marks, markTimes, fundingRates, impliedVols, forwards } = columns;
  for (const values of [priceTimes, confidence, marks, markTimes, fundingRates]) hasher.f64(values);
  if (instruments.some(({ option }) => option)) hasher.f64(impliedVols).integers(Uint32Array.from(forwards));
  for (const rows of [assetFactors, instrumentFactors]) {
    hasher.integers(rows.start).integers(rows.factor).f64(rows.coefficient);
  }
  return Object.freeze({
    ...content,
    assets: Object.freeze(assets),
    instruments: Object.freeze(instruments),
    prices: Object.freeze(prices),
    priceTimes,
    confidence,
    states,
    ...columns,
    assetFactors,
    instrumentFactors,
    source: document,
    assetIndex: (id: string) => assetIndex.of(id),
    instrumentIndex: (id: string) => instrumentIndex.of(id),
    factorIndex: (id: string) => factorIndex.get(id) ?? -1,
    hash: hasher.digest(),
  });
}

/** Bounds of a fact of a venue; those that rules do not read are any number. */
function boundsOf(name: string): Bounds {
  return name === "stable" ? { above: 0 } : NOT_NEGATIVE.includes(name) ? { min: 0 } : {};
}

/** The prices of assets as quoted, and those of instruments by instrument. */
function readPrices(
  items: readonly unknown[],
  asOf: number,
  numeraire: string,
  assetIndex: Index,
  instrumentIndex: Index,
  instruments: readonly Instrument[],
): {
  readonly quotes: ReadonlyMap<string, Quote>;
  readonly states: Market["states"];
  readonly marks: Float64Array;
  readonly markTimes: Float64Array;
  readonly fundingRates: Float64Array;
  readonly impliedVols: Float64Array;
  readonly forwards: Int32Array;
} {
  const quotes = new Map<string, Quote>();
  const states = new Map<string, Readonly<Record<string, number>>>();
  const marks = new Float64Array(instrumentIndex.size).fill(Number.NaN);
  const markTimes = marks.slice();
  const fundingRates = marks.slice();
  const impliedVols = marks.slice();
  const forwards = new Int32Array(marks.length).fill(-1);
  const seen = new Index();
  const time = (value: unknown, place: Place): number => {
    const result = instant(value, place);
    if (result > asOf) throw invalid(place, "at or before the market's asOf", value);
    return result;
  };
  for (const [i, item] of items.entries()) {
    const place = at("prices", i);
    const entry = record(item, place, [...ASSET_PRICE_KEYS, ...MARK_KEYS]);
    const of = required(entry, "of", place, text);
    seen.add(of, at(place, "of"));
    optional(entry, "state", place, null, (value, here) => {
      const facts = entries(value, here).map(([name, fact]) => [name, decimal(fact, at(here, name), boundsOf(name))]);
      return states.set(of, Object.fromEntries(facts));
    });
    const instrument = instrumentIndex.of(of);
    if (instrument >= 0) {
      for (const kind of [...PRICE_KINDS, "confidence"]) {
        if (own(entry, kind) === undefined) continue;
        throw new UnsupportedError(
          spell(at(place, kind)),
          `no model reads the ${kind} of an instrument, only its mark`,
        );
      }
      const isOption = instruments[instrument]?.option !== null;
      record(item, place, isOption ? MARK_KEYS : CONTRACT_KEYS);
      marks[instrument] = optional(entry, "mark", place, Number.NaN, isOption ? decimalIn({ min: 0 }) : price);
      fundingRates[instrument] = optional(entry, "fundingRate", place, Number.NaN, decimal);
      const quoted = optional(entry, "time", place, asOf, time);
      if (!Number.isNaN(marks[instrument])) markTimes[instrument] = quoted;
      impliedVols[instrument] = optional(entry, "impliedVol", place, Number.NaN, decimalIn({ min: 0 }));
      forwards[instrument] = optional(entry, "forward", place, -1, instrumentIndex.reader("an instrument"));
      continue;
    }
    if (assetIndex.of(of) < 0) throw invalid(at(place, "of"), "the id of an asset or instrument of this market", of);
    if (of === numeraire) throw invalid(at(place, "of"), "another asset than the numeraire, whose price is 1", of);
    record(item, place, ASSET_PRICE_KEYS);
    const kinds: Partial<Record<PriceKind, number>> = { index: required(entry, "index", place, price) };
    for (const kind of PRICE_KINDS) {
      const stated = optional(entry, kind, place, null, price);
      if (stated !== null) kinds[kind] = stated;
    }
    quotes.set(of, {
      place,
      in: required(entry, "in", place, text),
      kinds,
      confidence: optional(entry, "confidence", place, 0, decimalIn({ min: 0, below: 1 })),
      time: optional(entry, "time", place, asOf, time),
    });
  }
  return { quotes, states, marks, markTimes, fundingRates, impliedVols, forwards };
}

/** What an asset `is` or is pegged to must be an asset, and not itself by a detour. */
function checkReferences(assets: readonly Asset[], index: Index, numeraire: string): void {
  for (const [i, asset] of assets.entries()) {
    const place = at("assets", i);
    if (asset.peg !== null && asset.peg.to !== numeraire) {
      index.reader("an asset")(asset.peg.to, at(at(place, "peg"), "to"));
    }
    if (asset.peg !== null && asset.peg.to === asset.id) {
      throw invalid(at(at(place, "peg"), "to"), "another asset", asset.peg.to);
    }
    // A walk of more steps than there are assets has met one of them twice.
    let steps = 0;
    for (let here: Asset | undefined = asset; here !== undefined && here.is !== null; steps++) {
      if (steps > assets.length)
        throw invalid(at(place, "is"), "an asset that is not, by a detour, this one", asset.is);
      here = assets[index.reader("an asset")(here.is, at(place, "is"))];
    }
  }
}

function readExposure(value: unknown, place: Place, numeraire: string): Exposure {
  const fields = record(value, place, ["of", "to"]);
  const of = required(fields, "of", place, text);
  const to = required(fields, "to", place, (map, here) =>
    entries(map, here).map(([factor, coefficient]): readonly [string, number] => {
      if (factor === numeraire) throw invalid(at(here, factor), "a factor; the numeraire does not move", factor);
      return [factor, decimal(coefficient, at(here, factor))];
    }),
  );
  return { of, to };
}
