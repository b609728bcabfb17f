import { type Actual, type Comparison, isList, type Json, type Tolerance } from "./comparison.js";
import { atMost, distance, fractionOf, magnitude, quotient, times } from "./fraction.js";

/** What became of one file. */
export interface FileReport {
  /** path in the folder, e.g. `aave-v3/random250.json` */
  readonly file: string;
  /** its folder, or the file's own name */
  readonly system: string;
  readonly run: number;
  /** cases of which nothing is compared: what is expected of them is named as skipped */
  readonly left: number;
  readonly passed: number;
  /** values compared */
  readonly compared: number;
  /** largest error relative to the expected value (absolute where that is 0); Infinity where no number came */
  readonly worst: number;
  readonly worstAt: string;
  /** largest error ÷ tolerance; what is compared to the last digit is not part of it */
  readonly worstRatio: number;
  /** fields that are not compared, with the reason and in how many places */
  readonly skipped: readonly { readonly field: string; readonly reason: string; readonly places: number }[];
  /** one sentence per miss */
  readonly failures: readonly string[];
}

/** A leaf of what a file expects, and how far it may be from what we compute. */
export interface Leaf {
  readonly path: readonly string[];
  /** index of the case that compares it */
  readonly of: number;
  /** how a miss of it begins */
  readonly label: string;
  /** least tolerance of the comparisons that name it; null where no number is expected */
  readonly allowed: number | null;
}

/** Counts one file, and says what missed. */
export class Tally {
  private readonly file: string;
  private readonly failures: string[] = [];
  private readonly skipped = new Map<string, { readonly field: string; readonly reason: string; places: number }>();
  private readonly named = new Map<string, Leaf>();
  private ran = 0;
  private left = 0;
  /** values compared before the present case */
  private before = 0;
  private passed = 0;
  private compared = 0;
  private worst = 0;
  private worstAt = "";
  private worstRatio = 0;
  private name = "";
  private missed = false;
  /** which path or consequence is compared */
  private what = "";

  constructor(file: string) {
    this.file = file;
  }

  begin(name: string): void {
    this.name = name;
    this.missed = false;
    this.before = this.compared;
    this.ran++;
  }

  end(): void {
    if (this.missed) return;
    if (this.compared > this.before) this.passed++;
    else this.left++;
  }

  miss(what: string): void {
    this.missed = true;
    this.fail(this.name, what);
  }

  /** A fault of the file, not of one case. */
  fail(where: string, what: string): void {
    this.failures.push(`${this.file}${where === "" ? "" : ` ${where}`}: ${what}`);
  }

  skip(field: readonly string[], reason: string): void {
    // One line for a list of fields: indices and ids are of the case, not of the form.
    const form = field.map((key) => (/^\d+$/.test(key) ? "*" : key)).join(".");
    const known = this.skipped.get(`${form}\0${reason}`);
    if (known === undefined) this.skipped.set(`${form}\0${reason}`, { field: form, reason, places: 1 });
    else known.places++;
  }

  /** Walk a field and what was computed for it down to single values. */
  compare(
    path: readonly string[],
    field: readonly string[],
    expected: Json,
    comparison: Exclude<Comparison, { readonly skipped: string }>,
  ): void {
    const { what, of, covers = false, tolerance = {} } = comparison;
    this.what = what === undefined ? "" : ` [${what}]`;
    const label = field.join(".");
    if (of === undefined) {
      this.walk(path, label, expected, comparison.actual, tolerance);
      return;
    }
    if (covers) this.cover(path, label, expected);
    let follows: Json;
    try {
      follows = of(expected);
    } catch (error) {
      this.miss(
        `${label}${this.what} must be what it can follow from: ${error instanceof Error ? error.message : error}`,
      );
      return;
    }
    this.value(null, label, follows, comparison.actual, tolerance);
  }

  /** Every value of a field that is compared as a whole, to its last digit. */
  private cover(path: readonly string[], label: string, expected: Json): void {
    const parts =
      typeof expected === "object" && expected !== null ? (Object.entries(expected) as [string, Json][]) : [];
    if (parts.length === 0) this.leaf(path, label, fractionOf(expected) === null ? null : 0);
    for (const [key, part] of parts) this.cover([...path, key], label, part);
  }

  report(): FileReport {
    const { file, left, passed, compared, worst, worstAt, worstRatio, failures } = this;
    const system = file.split("/")[0]?.replace(/\.json$/, "") ?? file;
    return {
      file,
      system,
      run: this.ran - left,
      left,
      passed,
      compared,
      worst,
      worstAt,
      worstRatio,
      skipped: [...this.skipped.values()],
      failures,
    };
  }

  leaves(): readonly Leaf[] {
    return [...this.named.values()];
  }

  private walk(
    path: readonly string[],
    at: string,
    expected: Json,
    actual: Actual | undefined,
    tolerance: Tolerance,
  ): void {
    if (typeof expected !== "object" || expected === null || Object.keys(expected).length === 0) {
      this.value(path, at, expected, actual, tolerance);
      return;
    }
    if (isList(expected) && (!Array.isArray(actual) || actual.length !== expected.length)) {
      const got = Array.isArray(actual) ? actual.length : spell(actual);
      this.miss(`${at}${this.what} must have ${expected.length} entries, got ${got}`);
    }
    const parts = typeof actual === "object" && actual !== null ? (actual as { readonly [key: string]: Actual }) : {};
    for (const [key, part] of Object.entries(expected) as [string, Json][]) {
      const own = Object.hasOwn(parts, key) ? parts[key] : undefined;
      this.walk([...path, key], `${at}.${key}`, part, own, tolerance);
    }
  }

  private value(
    path: readonly string[] | null,
    at: string,
    expected: Json,
    actual: Actual | undefined,
    tolerance: Tolerance,
  ): void {
    this.compared++;
    const wanted = fractionOf(expected);
    if (wanted === null) {
      // Texts, booleans, null, NaN and empty lists have no tolerance: they agree or they do not.
      this.leaf(path, at, null);
      if (spell(expected) === spell(actual)) return;
      this.worse(at, Number.POSITIVE_INFINITY);
      this.miss(`${at}${this.what} must be ${spell(expected)}, got ${spell(actual)}`);
      return;
    }
    const relative = times(magnitude(wanted), fractionOf(tolerance.relative ?? 0) ?? ZERO);
    const absolute = fractionOf(tolerance.absolute ?? 0) ?? ZERO;
    const allowed = atMost(relative, absolute) ? absolute : relative;
    this.leaf(path, at, quotient(allowed, ONE));
    const got = fractionOf(actual);
    if (got === null) {
      this.worse(at, Number.POSITIVE_INFINITY);
      this.miss(`${at}${this.what} must be ${spell(expected)}, got ${spell(actual)}`);
      return;
    }
    const off = distance(got, wanted);
    this.worse(at, quotient(off, wanted.numerator === 0n ? ONE : magnitude(wanted)));
    if (allowed.numerator > 0n) this.worstRatio = Math.max(this.worstRatio, quotient(off, allowed));
    if (atMost(off, allowed)) return;
    const limit = quotient(allowed, ONE);
    const within = limit === 0 ? "" : ` within ${limit}`;
    this.miss(
      `${at}${this.what} must be ${spell(expected)}${within}, got ${spell(actual)} (off by ${quotient(off, ONE)})`,
    );
  }

  private leaf(path: readonly string[] | null, label: string, allowed: number | null): void {
    if (path === null) return;
    const key = path.join("\0");
    const known = this.named.get(key)?.allowed;
    if (known !== undefined && known !== null && (allowed === null || allowed >= known)) return;
    this.named.set(key, { path, of: this.ran - 1, label, allowed });
  }

  private worse(at: string, error: number): void {
    if (error <= this.worst && this.worstAt !== "") return;
    this.worst = error;
    this.worstAt = `${this.name} ${at}${this.what}`;
  }
}

const ZERO = { numerator: 0n, denominator: 1n };
const ONE = { numerator: 1n, denominator: 1n };

function spell(value: unknown): string {
  if (typeof value === "bigint" || typeof value === "number") return String(value);
  if (typeof value === "string" && /^-?(NaN|Infinity)$/.test(value)) return value;
  const fraction = typeof value === "object" ? fractionOf(value) : null;
  if (fraction !== null) return `${fraction.numerator}/${fraction.denominator}`;
  return JSON.stringify(value) ?? "nothing";
}
