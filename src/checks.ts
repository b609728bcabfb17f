import { InvalidInputError } from "./errors.js";
import { parseDate, parseDuration, parseInstant } from "./time.js";

/**
 * Where a value stands in its document. Kept as a chain and spelt only when an error needs it, since a book has more
 * places than faults. A string is a place by itself: `historical` or, for the document's root, the empty string.
 */
export type Place = string | { readonly parent: Place; readonly key: string | number };

/** The place of field `key` or element `key` of what stands at `parent`. */
export function at(parent: Place, key: string | number): Place {
  return { parent, key };
}

/** A place as a path: `accounts[1].pools[0].balances[2].quantity`, `assets["wstETH@ethereum"].initial`. */
export function spell(place: Place): string {
  if (typeof place === "string") return place === "" ? "document" : place;
  const parent = place.parent === "" ? "" : spell(place.parent);
  if (typeof place.key === "number") return `${parent}[${place.key}]`;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(place.key)) return `${parent}[${JSON.stringify(place.key)}]`;
  return parent === "" ? place.key : `${parent}.${place.key}`;
}

/** The error of a value that is not what it must be. */
export function invalid(place: Place, expected: string, actual: unknown, remedy = ""): InvalidInputError {
  return new InvalidInputError(spell(place), expected, actual, remedy);
}

export type Fields = Readonly<Record<string, unknown>>;

/** Keys that reach the prototype of whatever object they are copied into. */
const FORBIDDEN = ["__proto__", "constructor", "prototype"];

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/**
 * An object whose enumerable keys are all its own and among `known`. What a prototype offers besides is not part of the
 * document: read fields with `own`, or directly where it has to be fast and `known` holds no name of Object.prototype.
 */
export function record(value: unknown, place: Place, known: readonly string[]): Fields {
  if (!isRecord(value)) throw invalid(place, "an object", value);
  // for..in over a plain object takes no memory, unlike Object.keys; a book has half a million of them.
  for (const key in value) {
    if (known.includes(key) && Object.hasOwn(value, key)) continue;
    throw invalid(at(place, key), `one of the keys ${known.join(", ")}`, key);
  }
  return value;
}

/** The entries of an object whose keys the document chooses. Keys that reach a prototype are refused. */
export function entries(value: unknown, place: Place): [string, unknown][] {
  if (!isRecord(value)) throw invalid(place, "an object", value);
  const all = Object.entries(value);
  for (const [key] of all) {
    if (FORBIDDEN.includes(key)) throw invalid(at(place, key), "a key that does not reach a prototype", key);
    text(key, at(place, key));
  }
  return all.filter(([, entry]) => entry !== undefined);
}

/** Own field `key`: what stands on a prototype, put there by whoever, is not part of the document. */
export function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** `read(field, place of field)`, or `absent` where there is no such field. */
export function optional<T, A>(
  fields: Fields,
  key: string,
  place: Place,
  absent: A,
  read: (value: unknown, place: Place) => T,
): T | A {
  const value = own(fields, key);
  return value === undefined ? absent : read(value, at(place, key));
}

/** `read(field, place of field)` of a field that must be there. */
export function required<T>(fields: Fields, key: string, place: Place, read: (value: unknown, place: Place) => T): T {
  return read(own(fields, key), at(place, key));
}

export function array(value: unknown, place: Place): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(place, "an array", value);
  return value;
}

/** `read` over the elements of an array. */
export function list<T>(value: unknown, place: Place, read: (value: unknown, place: Place, index: number) => T): T[] {
  return Array.from(array(value, place), (item, index) => read(item, at(place, index), index));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** An id or name: not empty, and without control characters, which could steer the terminal it is printed on. */
export function text(value: unknown, place: Place): string {
  if (typeof value !== "string" || value === "" || CONTROL.test(value)) {
    throw invalid(place, "a string, not empty and without control characters", value);
  }
  return value;
}

export function truth(value: unknown, place: Place): boolean {
  if (typeof value !== "boolean") throw invalid(place, "true or false", value);
  return value;
}

/** A reader of one of the strings `choices`. */
export function oneOf<const T extends string>(choices: readonly T[]): (value: unknown, place: Place) => T {
  return (value, place) => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined)
      throw invalid(place, `one of ${choices.map((one) => JSON.stringify(one)).join(", ")}`, value);
    return found;
  };
}

/** Bounds of a number: `min` ≤ x, `above` < x, x ≤ `max`, x < `below`; `whole` for integers. */
export interface Bounds {
  readonly min?: number;
  readonly above?: number;
  readonly max?: number;
  readonly below?: number;
  readonly whole?: boolean;
}

function describe(bounds: Bounds): string {
  const { min, above, max, below, whole } = bounds;
  const low = min !== undefined ? `at least ${min}` : above !== undefined ? `above ${above}` : "";
  const high = max !== undefined ? `at most ${max}` : below !== undefined ? `below ${below}` : "";
  return [whole ? "a whole number" : "a finite number", [low, high].filter((part) => part !== "").join(" and ")]
    .filter((part) => part !== "")
    .join(" ");
}

/** `value` where it is a finite number within `bounds`; -0 becomes 0. */
export function finiteNumber(value: unknown, place: Place, bounds: Bounds = {}): number {
  const { min = -Infinity, above = -Infinity, max = Infinity, below = Infinity, whole = false } = bounds;
  if (typeof value === "number" && value >= min && value > above && value <= max && value < below) {
    if (!whole || Number.isSafeInteger(value)) return value + 0;
  }
  throw invalid(place, describe(bounds), value);
}

const DECIMAL = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * A number of a document: a JSON number or a decimal string, correctly rounded to f64; -0 becomes 0. A JSON number of
 * 2^53 or more is refused, because every integer there has been rounded by whoever parsed it, and none can tell.
 */
export function decimal(value: unknown, place: Place, bounds?: Bounds): number {
  if (typeof value === "number") {
    if (Number.isFinite(value) && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      throw invalid(place, "a decimal string where it is 2^53 or more", value, "Write it in quotes");
    }
    return finiteNumber(value, place, bounds);
  }
  if (typeof value === "string" && DECIMAL.test(value)) {
    const parsed = Number(value);
    if (Number.isFinite(parsed)) return finiteNumber(parsed, place, bounds);
  }
  throw invalid(place, `${describe(bounds ?? {})}, as a JSON number or a decimal string`, value);
}

/** A reader of numbers within `bounds`. */
export function decimalIn(bounds: Bounds): (value: unknown, place: Place) => number {
  return (value, place) => decimal(value, place, bounds);
}

/** A price: > 0, so neither 0 nor −0. */
export const price = decimalIn({ above: 0 });

/** `parse` of a string, or the error that it is not `expected` where that gives NaN. */
function parsed(value: unknown, place: Place, parse: (value: string) => number, expected: string): number {
  const result = typeof value === "string" ? parse(value) : Number.NaN;
  if (Number.isNaN(result)) throw invalid(place, expected, value);
  return result;
}

/** ms since 1970 of an ISO 8601 time with a zone. */
export function instant(value: unknown, place: Place): number {
  return parsed(value, place, parseInstant, "an ISO 8601 time with a zone, such as 2026-11-20T08:00:00Z");
}

/** ms of an ISO 8601 duration such as `PT1H` or `P1D`. */
export function duration(value: unknown, place: Place): number {
  const expected = "an ISO 8601 duration of weeks, days, hours, minutes or seconds, such as P1D or PT1H";
  return parsed(value, place, parseDuration, expected);
}

/** An ISO 8601 date such as `2026-11-01`, as given. */
export function date(value: unknown, place: Place): string {
  parsed(value, place, parseDate, "a date such as 2026-11-01");
  return String(value);
}

/** Reads one option of a factory; gets `undefined` where the option is not given. */
type Reader<T> = (value: unknown, place: Place) => T;

/** A reader that takes `absent` where nothing is given. */
export function withDefault<T, A>(absent: A, read: Reader<T>): Reader<T | A> {
  return (value, place) => (value === undefined ? absent : read(value, place));
}

/**
 * The options of a model factory, checked: every key known, every value read by its reader. Paths start with the name of
 * the factory: `historical.confidence`.
 *
 *   const { confidence, lookback } = checkOptions(options, "historical", {
 *     confidence: withDefault(0.99, (value, place) => finiteNumber(value, place, { above: 0, below: 1 })),
 *     lookback: withDefault(500, (value, place) => finiteNumber(value, place, { min: 1, whole: true })),
 *   });
 */
export function checkOptions<R extends Readonly<Record<string, Reader<unknown>>>>(
  options: unknown,
  name: string,
  readers: R,
): { [K in keyof R]: ReturnType<R[K]> } {
  const fields = record(options ?? {}, name, Object.keys(readers));
  const read = Object.entries(readers).map(([key, reader]) => [key, required(fields, key, name, reader)]);
  return Object.fromEntries(read) as { [K in keyof R]: ReturnType<R[K]> };
}
