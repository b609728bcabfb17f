import type { Engine } from "../../src/engine.js";

/** JSON as the vector files hold it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonRecord;
export type JsonRecord = { readonly [key: string]: Json };

/** A fraction of integers, for a product that computes exactly what has no finite decimal. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A value of ours, nested as the expected value is. Numbers in any of four spellings. */
export type Actual =
  | null
  | boolean
  | number
  | bigint
  | string
  | Fraction
  | readonly Actual[]
  | { readonly [key: string]: Actual };

/** Allowed is the greater of `absolute` and `relative` × |expected|; neither: equal to the last digit. */
export interface Tolerance {
  readonly relative?: number;
  readonly absolute?: number;
}

/**
 * One field of a case beside what the product computes. `field` is its path in the case, of keys and indices with dots
 * between (`expected.borrow.collateralValue`, `collaterals.0.expected.balance`) or as a list of them, and must lead into a
 * key that begins with `expected`. A field that the case does not have is passed over, so a check names all that it can
 * compute; a field of the case that no comparison names makes it fail. Several comparisons may name one field (the exact
 * and the fast path).
 *
 * `of` compares what follows from the field instead of the field (that an account is liquidatable from its health factor);
 * such a comparison counts as comparing the field only where it `covers` it (a fraction, whatever its terms). `what` says
 * which path or consequence it is. `whereNull`: why the field is not compared where it is null.
 */
export type Comparison =
  | {
      readonly field: string | readonly string[];
      readonly actual: Actual;
      readonly tolerance?: Tolerance;
      readonly what?: string;
      readonly of?: (expected: Json) => Json;
      readonly covers?: boolean;
      readonly whereNull?: string;
    }
  | { readonly field: string | readonly string[]; readonly skipped: string };

/** One case: where it stands in its document, itself, and the document; all without what is expected. */
export interface VectorCase {
  readonly at: readonly string[];
  readonly input: JsonRecord;
  readonly document: Json;
}

export interface VectorContext {
  /** one engine for all files, whose memory must be back at its floor after each */
  readonly engine: Engine;
}

/** How the cases of one file become documents for the product, and its results comparisons. */
export interface VectorCheck {
  /** the cases of a document, in any number of lists */
  readonly cases: (document: Json) => readonly VectorCase[];
  /** per case, every field that can be computed. Asked again case by case where it throws. */
  readonly answer: (cases: readonly VectorCase[], context: VectorContext) => readonly (readonly Comparison[])[];
}

/** Checks by the path of their file in the folder: `aave-v3/random250.json`. */
export type VectorChecks = Readonly<Record<string, VectorCheck>>;

/** The cases of the list at `path` in `document` (its own list where no path is given); none where there is no such list. */
export function casesIn(document: Json, ...path: readonly string[]): VectorCase[] {
  const found = valueAt(document, path);
  if (found === undefined) return [];
  if (!isList(found)) throw new TypeError(`${spellPath(path)} must be a list of cases`);
  return found.map((input, i) => ({
    at: [...path, String(i)],
    input: recordOf(input, [...path, String(i)]),
    document,
  }));
}

/** `answer` of a check whose cases are computed one by one. */
export function eachCase(
  answer: (one: VectorCase, context: VectorContext) => readonly Comparison[],
): VectorCheck["answer"] {
  return (cases, context) => cases.map((one) => answer(one, context));
}

/** A file of several lists of cases, by name, each computed in its own way. */
export function byList(lists: Readonly<Record<string, VectorCheck["answer"]>>): VectorCheck {
  return {
    cases: (document) => Object.keys(lists).flatMap((name) => casesIn(document, name)),
    answer(cases, context) {
      const answers = new Map<VectorCase, readonly Comparison[]>();
      for (const [name, answer] of Object.entries(lists)) {
        const own = cases.filter(({ at }) => at[0] === name);
        if (own.length === 0) continue;
        const told = answer(own, context);
        for (const [i, one] of own.entries()) answers.set(one, told[i] ?? []);
      }
      return cases.map((one) => answers.get(one) ?? []);
    },
  };
}

export function valueAt(document: Json, path: readonly string[]): Json | undefined {
  let here: Json | undefined = document;
  for (const key of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as JsonRecord)[key];
  }
  return here;
}

export function spellPath(path: readonly string[]): string {
  return path.length === 0 ? "the document" : path.join(".");
}

export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Readers of inputs: a file that is not of the expected form must be told so, not computed as NaN.

export function recordOf(value: Json | undefined, path: readonly string[]): JsonRecord {
  if (!isRecord(value)) throw new TypeError(`${spellPath(path)} must be an object, got ${JSON.stringify(value)}`);
  return value;
}

/** Field `key` of `of`, an object. */
export function objectAt(of: JsonRecord, key: string): JsonRecord {
  return recordOf(of[key], [key]);
}

/** Field `key` of `of`, a list of objects. */
export function objectsAt(of: JsonRecord, key: string): readonly JsonRecord[] {
  const value = of[key];
  if (!isList(value)) throw new TypeError(`${key} must be a list, got ${JSON.stringify(value)}`);
  return value.map((item, i) => recordOf(item, [key, String(i)]));
}

/** Field `key` of `of`, a number as JSON number or decimal string. */
export function numberAt(of: JsonRecord, key: string): number {
  const value = of[key];
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || Number.isNaN(number)) {
    throw new TypeError(`${key} must be a number, got ${JSON.stringify(value)}`);
  }
  return number;
}

/** Field `key` of `of`, an integer of any size. */
export function integerAt(of: JsonRecord, key: string): bigint {
  const value = of[key];
  if (typeof value === "string" && /^-?\d+$/.test(value)) return BigInt(value);
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  throw new TypeError(`${key} must be an integer, got ${JSON.stringify(value)}`);
}

/** Field `key` of `of`, a text. */
export function textAt(of: JsonRecord, key: string): string {
  const value = of[key];
  if (typeof value !== "string") throw new TypeError(`${key} must be a text, got ${JSON.stringify(value)}`);
  return value;
}

/** Field `key` of `of`, true or false. */
export function truthAt(of: JsonRecord, key: string): boolean {
  const value = of[key];
  if (typeof value !== "boolean") throw new TypeError(`${key} must be true or false, got ${JSON.stringify(value)}`);
  return value;
}

/** An integer times 10^−decimals as the decimal string that documents take: exact, whatever its size. */
export function decimalText(integer: bigint, decimals: number): string {
  const digits = (integer < 0n ? -integer : integer).toString().padStart(decimals + 1, "0");
  const sign = integer < 0n ? "-" : "";
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
