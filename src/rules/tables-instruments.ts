import { payoffCode } from "../book/descriptors.js";
import type { Instrument, Market } from "../market/market.js";
import { assetEntry, instrumentEntry } from "./entries.js";
import { LEVELS } from "./names.js";
import { type Known, known, Lack, stateOf } from "./prices.js";
import type { InstrumentEntry, Rate } from "./rule.js";
import { type AssetTables, isOld, STATUS, WHERE_HELD } from "./tables-assets.js";
import { type Curves, isAlike, KINDS, roundedDown } from "./tables-curves.js";
import type { Variant } from "./variants.js";

/** Lanes of an instrument's row and entries of its curves, as in assembly/rules/variant.ts. */
const LANES = 20;
const CURVES = 8;
const LINE = 16;
/** Where the codes of a line stand, in u32: payoff, kind of rate, how it counts, status. */
const CODES = 22;
const NOTIONAL = { mark: 0, index: 1, entry: 2 } as const;
/** How a position counts. */
const REQUIRES = 1;
const WEIGHTS_BASE = 2;

export interface InstrumentTables {
  /** f64[instruments][20] */
  readonly rows: Float64Array;
  /** u32[instruments][8]: curves by number */
  readonly curves: Uint32Array;
  /** u8[instruments] */
  readonly status: Uint8Array;
  /** f64[instruments][16] */
  readonly lines: Float64Array;
  /** whether positions in some instrument count as weighted base and quote */
  readonly weighs: boolean;
}

/** The tables of all instruments of a market, over those of its assets. */
export function instrumentTables(
  variant: Variant,
  market: Market,
  assets: Pick<AssetTables, "slotStatus" | "unpriced">,
  curves: Curves,
): InstrumentTables {
  const count = market.instruments.length;
  const rows = new Float64Array(LANES * count);
  const numbers = new Uint32Array(CURVES * count);
  const status = new Uint8Array(count);
  const lines = new Float64Array(LINE * count);
  const codes = new Uint32Array(lines.buffer);
  let weighs = false;
  for (const [i, instrument] of market.instruments.entries()) {
    const entry = instrument.kind === "spot" ? null : instrumentEntry(variant, market, instrument);
    numbers[CURVES * i + 4] = instrument.underlying;
    const lack = lackOf(variant, market, i, entry, assets);
    status[i] = typeof lack === "number" ? lack : STATUS[lack.status];
    if (entry === null) {
      codes[2 * LINE * i + CODES + 3] = status[i] ?? STATUS.unsupported;
      continue;
    }
    weighs ||= entry.weights !== null;
    for (const [l, level] of LEVELS.entries()) {
      const rate = entry.rate === null ? 0 : staticRate(entry.rate[level], market, i, instrument, entry);
      const gain = entry.gain[level];
      const weights = entry.weights?.[level];
      const lanes = [
        rate instanceof Lack ? Number.NaN : rate,
        entry.plus[level],
        entry.atLeast[level],
        gain.weight,
        entry.gainCap[level],
        weights?.asset ?? 0,
        weights?.liability ?? 0,
        weights?.overall ?? 0,
      ];
      rows.set(lanes, LANES * i + 8 * l);
      if (entry.rate !== null) numbers[CURVES * i + l] = curves.rate(entry.rate[level]);
      numbers[CURVES * i + 2 + l] = curves.gain(gain);
    }
    rows.set([entry.costs, entry.reward], LANES * i + 16);
    numbers[CURVES * i + 5] = NOTIONAL[entry.notional];
    const counts = (entry.rate === null ? 0 : REQUIRES) | (entry.weights === null ? 0 : WEIGHTS_BASE);
    numbers[CURVES * i + 6] = counts;
    const line = LINE * i;
    lines.set(lineRow(market, i, instrument, entry, rows.subarray(LANES * i, LANES * (i + 1))), line);
    codes.set(
      [instrument.payoff === "inverse" ? 1 : 0, pairKind(entry), counts, status[i] ?? STATUS.unsupported],
      2 * line + CODES,
    );
  }
  return { rows, curves: numbers, status, lines, weighs };
}

/** An instrument as a row of `lines`, but its codes: assembly/rules/variant.ts. Products in the kernel's order. */
function lineRow(
  market: Market,
  i: number,
  { payoff, multiplier, underlying, quote }: Instrument,
  entry: InstrumentEntry,
  row: Float64Array,
): readonly number[] {
  const index = (asset: number) => market.prices.index[asset] ?? Number.NaN;
  const mark = market.marks[i] ?? Number.NaN;
  const unit = () => {
    if (payoff === "inverse") return multiplier * index(quote);
    if (entry.notional === "index") return multiplier * index(underlying);
    return entry.notional === "entry" ? Number.NaN : multiplier * mark * index(quote);
  };
  const lane = (place: number) => [row[place] ?? Number.NaN, row[place + 8] ?? Number.NaN];
  const shares = LEVELS.map((level) => (entry.rate?.[level].kind === "share" ? entry.rate[level] : null));
  const rates = lane(0).map((rate, l) => shares[l]?.of ?? rate);
  const of = shares.map((share) => share?.share ?? Number.NaN);
  return [unit(), entry.costs, ...rates, ...lane(1), ...lane(2), multiplier, mark, entry.reward, 0, 0, ...of];
}

/** How the rates of the two levels are computed at once, as in assembly/rules/variant.ts. */
function pairKind({ rate }: InstrumentEntry): number {
  if (rate === null) return KINDS.number;
  const { initial, maintenance } = rate;
  const [first, last] = [initial.kind, maintenance.kind];
  const isNumber = (kind: Rate["kind"]) => kind === "flat" || kind === "openInterest";
  if (isNumber(first) && isNumber(last)) return KINDS.number;
  if ([first, last].every((kind) => kind === "share" || isNumber(kind))) return KINDS.share;
  if (first !== last || first === "rootBetween") return KINDS.mixed;
  if (initial.kind === "root" && maintenance.kind === "root") {
    return isAlike(initial, maintenance) ? KINDS.root : KINDS.mixed;
  }
  return first === "brackets" ? KINDS.brackets : KINDS.affine;
}

/** The number that a rate is once the market is known; 0 for a rate of size. */
function staticRate(
  rate: Rate,
  market: Market,
  i: number,
  instrument: Instrument,
  { notional }: InstrumentEntry,
): Known {
  if (rate.kind === "flat") return rate.rate;
  if (rate.kind !== "openInterest") return 0;
  if (rate.upper === 0) return rate.base;
  const index = (asset: number) => market.prices.index[asset] ?? Number.NaN;
  // Money of one unit of the underlying: an inverse contract is worth its size in the quote at any mark.
  const perUnit =
    instrument.payoff === "linear" && notional === "index"
      ? index(instrument.underlying)
      : (market.marks[i] ?? Number.NaN) * index(instrument.quote);
  return known([stateOf(market, instrument.id, "openInterest")], (interest = 0) => {
    const way = Math.min(1, Math.max(0, (interest * perUnit - rate.lower) / (rate.upper - rate.lower)));
    return way === 1 ? 1 : rate.base + roundedDown((1 - rate.base) * way, rate.unit);
  });
}

/** Why a variant refuses positions or orders in an instrument, else the status that they give their pool. */
export function lackOf(
  variant: Variant,
  market: Market,
  i: number,
  entry: InstrumentEntry | null,
  { slotStatus, unpriced }: Pick<AssetTables, "slotStatus" | "unpriced">,
): Lack | number {
  const { rule } = variant;
  const instrument = market.instruments[i];
  if (instrument === undefined) return STATUS.unsupported;
  const { id, underlying, quote, settle } = instrument;
  const name = (asset: number) => market.assets[asset]?.id ?? "";
  const isSpot = instrument.kind === "spot";
  if (!isSpot && payoffCode(instrument) === "other") {
    return new Lack("unsupported", `${id} is not a linear or inverse contract that settles as such`);
  }
  const reads = isSpot ? (rule.orders.spot === "fill" ? [underlying] : [underlying, quote]) : [settle];
  if (entry !== null && (entry.weights !== null || entry.notional === "index")) reads.push(underlying);
  if (!isSpot && entry === null) return new Lack("unsupported", `instrument ${id} matches no row of rule ${rule.id}`);
  for (const asset of entry?.weights === null ? [settle] : reads) {
    if (assetEntry(variant, market, asset) !== null || rule.unlisted === "zero") continue;
    return new Lack("unsupported", `asset ${name(asset)} of ${id} is not listed in rule ${rule.id}`);
  }
  if (!isSpot && Number.isNaN(market.marks[i])) return new Lack("insufficientData", `marks of ${id}`);
  const times = isSpot ? reads : [...reads, quote];
  for (const asset of times) {
    if (Number.isNaN(market.prices.index[asset])) return new Lack("insufficientData", `prices of ${name(asset)}`);
  }
  const limit = rule.maxPriceAge === null ? Number.NaN : market.asOf - rule.maxPriceAge;
  const old =
    (!isSpot && (market.markTimes[i] ?? Number.NaN) < limit) || times.some((a) => isOld(rule.maxPriceAge, market, a));
  if (old && rule.stale === "refuse") return new Lack("insufficientData", `prices of ${id} that are young enough`);
  for (const level of LEVELS) {
    if (entry === null || entry.rate === null) continue;
    const rate = staticRate(entry.rate[level], market, i, instrument, entry);
    if (rate instanceof Lack) return rate;
  }
  if (entry !== null && entry.weights !== null) {
    const lack = unpriced[underlying] ?? null;
    if (lack !== null) return lack;
  }
  for (const asset of isSpot ? reads : []) {
    for (const status of slotStatus.subarray(4 * asset, 4 * asset + 2)) {
      if (status % WHERE_HELD < STATUS.unsupported) continue;
      const lacks = status % WHERE_HELD === STATUS.unsupported ? "unsupported" : "insufficientData";
      return new Lack(lacks, `prices or weights of ${name(asset)}`);
    }
  }
  return old ? STATUS.stalePrice : STATUS.ok;
}
