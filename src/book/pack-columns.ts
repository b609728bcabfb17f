import { array, at, finiteNumber, invalid, list, optional, own, type Place, record, text } from "../checks.js";
import type { Market } from "../market/market.js";
import { Book, type BookArrays } from "./columns.js";
import { Feature, type OptionPosition, type PackedBook } from "./packed.js";
import { addOption, lackOf, orderBySettle } from "./positions.js";

/**
 * A book as columns, for callers who have arrays. Pool p owns holdings `holdingStart[p]` .. `holdingStart[p + 1]`, and
 * positions likewise. Without `positionStart` there are none.
 */
export interface BookColumns {
  /** ids by pool; by default the row number */
  readonly pools?: readonly string[];
  /** pools + 1 entries, from 0, not decreasing */
  readonly holdingStart: ArrayLike<number>;
  /** indices into `market.assets` */
  readonly holdingAsset: ArrayLike<number>;
  /** in units of the asset; what is owed is negative */
  readonly holdingQuantity: ArrayLike<number>;
  /** `HoldingKind`; by default all balances */
  readonly holdingKind?: ArrayLike<number>;
  readonly positionStart?: ArrayLike<number>;
  /** indices into `market.instruments` */
  readonly positionInstrument?: ArrayLike<number>;
  readonly positionQuantity?: ArrayLike<number>;
  /** by default the mark, so that there is no unrealised P&L */
  readonly positionEntry?: ArrayLike<number>;
  /** in the settle asset; by default 0 */
  readonly positionFunding?: ArrayLike<number>;
}

const COLUMN_KEYS = [
  "pools",
  "holdingStart",
  "holdingAsset",
  "holdingQuantity",
  "holdingKind",
  "positionStart",
  "positionInstrument",
  "positionQuantity",
  "positionEntry",
  "positionFunding",
];
const ROOT = "columns";
const NO_STARTS: ArrayLike<number> = [0];

/** Which sign a holding may have, by `HoldingKind`: balance (either), locked, supply, idleSupply, debt, interest. */
const SIGNS: readonly number[] = [0, 1, 1, 1, -1, -1];

/**
 * A book from columns, checked in one pass of a few nanoseconds per holding. Arrays that have the type of the packed
 * column and need no change are taken as they are, not copied: do not change them afterwards. Positions that are not
 * ordered by settle asset are reordered into copies; positions in options set `features` and go to `options`.
 *
 * @throws InvalidInputError   naming the place, e.g. `columns.holdingQuantity[17]`: lengths that differ, starts that
 *                             decrease, an index out of range, a number that is not finite, a sign that the kind does not
 *                             have, an asset twice in a pool under one kind, an asset or instrument without a price
 */
export function packColumns(columns: BookColumns, market: Market): PackedBook {
  const fields = record(columns, ROOT, COLUMN_KEYS);
  const holdingStart = readStarts(own(fields, "holdingStart"), at(ROOT, "holdingStart"));
  const poolCount = holdingStart.length - 1;
  const holdings = holdingStart[poolCount] ?? 0;
  const assets = market.assets.length;
  if (poolCount > 0 && assets === 0) {
    throw invalid("market.assets", "at least one asset where a book has pools", market.assets);
  }
  const holdingAsset = readIndices(own(fields, "holdingAsset"), at(ROOT, "holdingAsset"), holdings, assets);
  const holdingQuantity = readNumbers(own(fields, "holdingQuantity"), at(ROOT, "holdingQuantity"), holdings);
  const holdingKind = optional(fields, "holdingKind", ROOT, null, (value, place) =>
    value instanceof Uint8Array && value.length === holdings
      ? value
      : Uint8Array.from(readIndices(value, place, holdings, SIGNS.length)),
  );
  const kinds = holdingKind ?? new Uint8Array(holdings);
  checkHoldings(market, { holdingStart, holdingAsset, holdingQuantity, holdingKind: kinds });

  const positionStart = readStarts(own(fields, "positionStart") ?? NO_STARTS, at(ROOT, "positionStart"));
  const none = own(fields, "positionStart") === undefined;
  if (!none && positionStart.length !== holdingStart.length) {
    throw invalid(at(ROOT, "positionStart"), lengthOf(holdingStart.length), positionStart);
  }
  const positions = positionStart.at(-1) ?? 0;
  const absent: ArrayLike<number> = new Float64Array(0);
  const read = (key: string): unknown => own(fields, key) ?? (none ? absent : undefined);
  const instrumentPlace = at(ROOT, "positionInstrument");
  const positionInstrument = readIndices(
    read("positionInstrument"),
    instrumentPlace,
    positions,
    market.instruments.length,
  );
  const positionQuantity = readNumbers(read("positionQuantity"), at(ROOT, "positionQuantity"), positions);
  const positionFunding = optional(fields, "positionFunding", ROOT, new Float64Array(positions), (value, place) =>
    readNumbers(value, place, positions),
  );
  for (let n = 0; n < positions; n++) {
    const instrument = positionInstrument[n] as number;
    const lack = market.instruments[instrument]?.kind === "option" ? null : lackOf(market, instrument);
    if (lack !== null) throw invalid(at(instrumentPlace, n), lack, market.instruments[instrument]?.id);
  }
  const positionEntry = optional(
    fields,
    "positionEntry",
    ROOT,
    Float64Array.from(positionInstrument, (instrument) => market.marks[instrument] as number),
    (value, place) => {
      const entries = readNumbers(value, place, positions);
      for (let n = 0; n < positions; n++) finiteNumber(entries[n], at(place, n), { above: 0 });
      return entries;
    },
  );

  const ids = optional(fields, "pools", ROOT, null, (value, place) => readIds(value, place, poolCount));
  const settled = settlePositions(market, {
    positionStart: none ? new Uint32Array(poolCount + 1) : positionStart,
    positionInstrument,
    positionQuantity,
    positionEntry,
    positionFunding,
  });
  const idOf = (p: number): string => ids?.list[p] ?? String(p);
  return new Book(
    market,
    { holdingStart, holdingAsset, holdingKind: kinds, holdingQuantity, ...settled },
    {
      pool: (p) => {
        if (!(Number.isInteger(p) && p >= 0 && p < poolCount))
          throw invalid("pool", `a row from 0 to ${poolCount - 1}`, p);
        return { id: idOf(p), account: idOf(p), venue: null, domain: null, rule: null, path: `${ROOT}.pools[${p}]` };
      },
      identity: (p) => idOf(p),
      poolIndex: (id) => {
        if (ids !== null) return ids.index.get(id) ?? -1;
        return /^(0|[1-9]\d*)$/.test(id) && Number(id) < poolCount ? Number(id) : -1;
      },
      featurePath: (p) => settled.options.get(p)?.[0]?.path ?? ROOT,
      positionId: () => null,
      accounts: () => new Map(Array.from({ length: poolCount }, (_, p) => [idOf(p), { parent: null, tags: {} }])),
      reported: [],
      rejected: [],
      onInvalid: "throw",
    },
  );
}

function lengthOf(count: number): string {
  return `of length ${count}`;
}

/** `value` as something with a length and numbers in it. */
function numeric(value: unknown, place: Place, length: number | null): ArrayLike<number> {
  if (!Array.isArray(value) && !(ArrayBuffer.isView(value) && "length" in value)) {
    throw invalid(place, "an array or typed array of numbers", value);
  }
  const found = value as ArrayLike<number>;
  if (length !== null && found.length !== length) {
    throw invalid(place, lengthOf(length), `length ${found.length}`);
  }
  return found;
}

/** Integers from 0 to below `limit`; a Uint32Array is taken as it is. */
function readIndices(value: unknown, place: Place, length: number | null, limit: number): Uint32Array {
  const given = numeric(value, place, length);
  const bounds = { min: 0, below: limit, whole: true };
  if (given instanceof Uint32Array) {
    for (let i = 0; i < given.length; i++)
      if ((given[i] as number) >= limit) finiteNumber(given[i], at(place, i), bounds);
    return given;
  }
  const copy = new Uint32Array(given.length);
  for (let i = 0; i < copy.length; i++) copy[i] = finiteNumber(given[i], at(place, i), bounds);
  return copy;
}

/** Starts of rows: from 0, not decreasing. */
function readStarts(value: unknown, place: Place): Uint32Array {
  const starts = readIndices(value, place, null, 2 ** 32);
  if (starts[0] !== 0) throw invalid(at(place, 0), "0", starts[0]);
  for (let i = 1; i < starts.length; i++) {
    if ((starts[i] as number) < (starts[i - 1] as number)) {
      throw invalid(at(place, i), `at least the start before it, ${starts[i - 1]}`, starts[i]);
    }
  }
  return starts;
}

/** Finite numbers; a Float64Array is taken as it is unless it holds −0, which would be ambiguous in sign. */
function readNumbers(value: unknown, place: Place, length: number): Float64Array {
  const given = numeric(value, place, length);
  let asGiven = given instanceof Float64Array;
  for (let i = 0; i < length; i++) {
    const x = given[i];
    if (typeof x !== "number" || !Number.isFinite(x)) throw invalid(at(place, i), "a finite number", x);
    if (Object.is(x, -0)) asGiven = false;
  }
  if (asGiven && given instanceof Float64Array) return given;
  return Float64Array.from(given, (x) => x + 0);
}

function readIds(
  value: unknown,
  place: Place,
  count: number,
): { readonly list: readonly string[]; readonly index: ReadonlyMap<string, number> } {
  if (array(value, place).length !== count)
    throw invalid(place, lengthOf(count), `length ${array(value, place).length}`);
  const index = new Map<string, number>();
  const ids = list(value, place, (item, here, p) => {
    const id = text(item, here);
    if (index.has(id)) throw invalid(here, "an id that no pool before it has", id);
    index.set(id, p);
    return id;
  });
  return { list: ids, index };
}

/** Every holding has a price, the sign of its kind, and an asset that its pool has not already under that kind. */
function checkHoldings(
  market: Market,
  columns: Pick<BookArrays, "holdingStart" | "holdingAsset" | "holdingQuantity" | "holdingKind">,
): void {
  const { holdingStart, holdingAsset, holdingQuantity, holdingKind } = columns;
  const { index } = market.prices;
  const kinds = SIGNS.length;
  const lastSeen = new Uint32Array(index.length * kinds);
  for (let p = 0; p + 1 < holdingStart.length; p++) {
    for (let i = holdingStart[p] as number; i < (holdingStart[p + 1] as number); i++) {
      const asset = holdingAsset[i] as number;
      const kind = holdingKind[i] as number;
      const quantity = holdingQuantity[i] as number;
      const sign = SIGNS[kind];
      if (sign === undefined)
        throw invalid(at(at(ROOT, "holdingKind"), i), `a holding kind from 0 to ${kinds - 1}`, kind);
      if (sign * quantity < 0) {
        const expected = sign < 0 ? "at most 0 for what is owed" : "at least 0 for a holding of its kind";
        throw invalid(at(at(ROOT, "holdingQuantity"), i), expected, quantity);
      }
      if (Number.isNaN(index[asset])) {
        throw invalid(at(at(ROOT, "holdingAsset"), i), "an asset with a price", market.assets[asset]?.id);
      }
      const slot = asset * kinds + kind;
      if (lastSeen[slot] === p + 1) {
        const expected = "an asset that its pool does not hold under this kind already";
        throw invalid(at(at(ROOT, "holdingAsset"), i), expected, market.assets[asset]?.id);
      }
      lastSeen[slot] = p + 1;
    }
  }
}

type PositionArrays = Pick<
  BookArrays,
  "positionStart" | "positionInstrument" | "positionQuantity" | "positionEntry" | "positionFunding"
>;

/** Options apart, the rest by settle asset within each pool; the arrays as given where that changes nothing. */
function settlePositions(
  market: Market,
  given: PositionArrays,
): PositionArrays & Pick<BookArrays, "features" | "options"> {
  const { positionStart, positionInstrument } = given;
  const poolCount = positionStart.length - 1;
  const features = new Uint8Array(poolCount);
  const options = new Map<number, OptionPosition[]>();
  const isOption = (n: number): boolean => market.instruments[positionInstrument[n] as number]?.kind === "option";
  if (isSettled(market, given)) return { ...given, features, options };

  const rows: number[] = [];
  const starts = new Uint32Array(poolCount + 1);
  for (let p = 0; p < poolCount; p++) {
    const from = positionStart[p] as number;
    const to = positionStart[p + 1] as number;
    for (let n = from; n < to; n++) {
      if (!isOption(n)) continue;
      features[p] = Feature.options;
      addOption(options, p, {
        id: null,
        instrument: positionInstrument[n] as number,
        quantity: given.positionQuantity[n] as number,
        entry: given.positionEntry[n] as number,
        funding: given.positionFunding[n] as number,
        path: `${ROOT}.positionInstrument[${n}]`,
      });
    }
    const inPlace = Array.from({ length: to - from }, (_, i) => from + i);
    const sorted = orderBySettle(market, from, to, (n) => positionInstrument[n] as number) ?? inPlace;
    for (const n of sorted) if (!isOption(n)) rows.push(n);
    starts[p + 1] = rows.length;
  }
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (n) => values[n] as number);
  return {
    positionStart: starts,
    positionInstrument: Uint32Array.from(rows, (n) => positionInstrument[n] as number),
    positionQuantity: pick(given.positionQuantity),
    positionEntry: pick(given.positionEntry),
    positionFunding: pick(given.positionFunding),
    features,
    options,
  };
}

/** Whether no position is an option and all are ordered by settle asset within their pools. */
function isSettled(market: Market, { positionStart, positionInstrument }: PositionArrays): boolean {
  for (let p = 0; p + 1 < positionStart.length; p++) {
    let before = -1;
    for (let n = positionStart[p] as number; n < (positionStart[p + 1] as number); n++) {
      const instrument = market.instruments[positionInstrument[n] as number];
      if (instrument === undefined || instrument.kind === "option" || instrument.settle < before) return false;
      before = instrument.settle;
    }
  }
  return true;
}
