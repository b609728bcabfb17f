import type {
  Actual,
  Comparison,
  Json,
  Tolerance,
  VectorCase,
  VectorCheck,
  VectorChecks,
  VectorContext,
} from "./comparison.js";
import { isList, isRecord, spellPath, valueAt } from "./comparison.js";
import { atMost, distance, fractionOf, magnitude, quotient, times } from "./fraction.js";

/** What became of one file. */
export interface FileReport {
  /** path in the folder, e.g. `aave-v3/random250.json` */
  readonly file: string;
  /** its folder, or the file's own name */
  readonly system: string;
  readonly run: number;
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

export interface VectorReport {
  readonly files: readonly FileReport[];
  /** files of later work, which are not run */
  readonly later: readonly string[];
}

/** A folder of vector files by path, `/` between the parts; a file that is not JSON is the error that says so. */
export type VectorFiles = Readonly<Record<string, unknown>>;

/** What a check said about one file. The computing half of a run, apart so that expectations can be varied over it. */
export interface Answers {
  readonly cases: readonly { readonly at: readonly string[]; readonly comparisons: readonly Comparison[] | string }[];
  /** why the file could not be read */
  readonly fault: string | null;
}

/** A leaf of what a file expects, and how far it may be from what we compute. */
export interface Leaf {
  readonly path: readonly string[];
  /** index of the case that compares it */
  readonly of: number;
  /** least tolerance of the comparisons that name it; null where no number is expected */
  readonly allowed: number | null;
}

const EXPECTED = /^expected/;

/** Folders and files whose models are not of the linear world. */
export function isLater(path: string): boolean {
  return /^(derive-|portfolio-margin-clean\/|sensitivity)/.test(path);
}

/**
 * Run every file of a folder. Pure: reads no files and prints nothing. What is not named by `checks` and not of later
 * work is a failure, so that nothing is passed over in silence.
 */
export function run(files: VectorFiles, checks: VectorChecks, context: VectorContext): VectorReport {
  const paths = Object.keys(files);
  return {
    files: paths.filter((path) => !isLater(path)).map((path) => runFile(path, files[path], checks[path], context)),
    later: paths.filter(isLater),
  };
}

/** The files of a report added up by system. */
export function bySystem(report: VectorReport): readonly Omit<FileReport, "file" | "skipped" | "failures">[] {
  const systems = new Map<string, Omit<FileReport, "file" | "skipped" | "failures">>();
  for (const { file, skipped, failures, ...one } of report.files) {
    const known = systems.get(one.system);
    const worse = known === undefined || one.worst > known.worst ? one : known;
    systems.set(one.system, {
      system: one.system,
      run: one.run + (known?.run ?? 0),
      passed: one.passed + (known?.passed ?? 0),
      compared: one.compared + (known?.compared ?? 0),
      worst: worse.worst,
      worstAt: worse === one ? `${file} ${one.worstAt}` : worse.worstAt,
      worstRatio: Math.max(one.worstRatio, known?.worstRatio ?? 0),
    });
  }
  return [...systems.values()];
}

function runFile(path: string, document: unknown, check: VectorCheck | undefined, context: VectorContext): FileReport {
  const fault = document instanceof Error ? document.message : check === undefined ? "no check reads this file" : null;
  if (fault !== null || check === undefined) return judge(path, null, { cases: [], fault: fault ?? "" }).report;
  return judge(path, document as Json, answer(document as Json, check, context)).report;
}

/** Let a check compute a document, of which it sees everything but what is expected. */
export function answer(document: Json, check: VectorCheck, context: VectorContext): Answers {
  const { memory } = context.engine;
  const floor = memory.kept;
  const attempt = <T>(work: () => T): T | Error => {
    try {
      return work();
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  };
  const cases = attempt(() => check.cases(withoutExpected(document)));
  if (cases instanceof Error) return { cases: [], fault: cases.message };
  const told = (part: readonly VectorCase[]): readonly (readonly Comparison[])[] | Error => {
    const got = attempt(() => check.answer(part, context));
    if (got instanceof Error || got.length === part.length) return got;
    return new Error(`the check answered ${got.length} of ${part.length} cases`);
  };
  const all = told(cases);
  const answered = cases.map((one, i) => {
    // Where the cases together fail, each by itself says which it is.
    const alone = all instanceof Error ? told([one]) : [all[i] ?? []];
    return {
      at: one.at,
      comparisons: alone instanceof Error ? `${alone.name}: ${alone.message}` : (alone[0] ?? []),
    };
  });
  const fault = memory.kept === floor ? null : `left ${memory.kept - floor} bytes in the engine`;
  return { cases: answered, fault };
}

/** Compare what a file expects with the answers. `leaves`: every value that was compared. */
export function judge(
  file: string,
  document: Json,
  answers: Answers,
): { readonly report: FileReport; readonly leaves: readonly Leaf[] } {
  const tally = new Tally(file);
  if (answers.fault !== null) tally.fail("", answers.fault);
  else if (answers.cases.length === 0) tally.fail("", "holds no case");
  const unnamed = unnamedIn(document, answers);
  for (const { at, comparisons } of answers.cases) {
    tally.begin(nameOf(document, at));
    if (typeof comparisons === "string") tally.miss(comparisons);
    else {
      compareCase(tally, document, at, comparisons);
      for (const path of unnamed.get(at.join("\0")) ?? []) {
        tally.miss(`${path.slice(at.length).join(".")} is neither compared nor named as skipped`);
      }
    }
    tally.end();
  }
  for (const path of unnamed.get(null) ?? []) tally.fail(path.join("."), "belongs to no case");
  return { report: tally.report(), leaves: tally.leaves() };
}

/** The misses of case `index` alone, of what its comparisons name. */
export function missesOf(file: string, document: Json, answers: Answers, index: number): readonly string[] {
  const one = answers.cases[index];
  if (one === undefined || typeof one.comparisons === "string") throw new RangeError(`no answers to case ${index}`);
  const tally = new Tally(file);
  tally.begin(nameOf(document, one.at));
  compareCase(tally, document, one.at, one.comparisons);
  return tally.report().failures;
}

function compareCase(tally: Tally, document: Json, at: readonly string[], comparisons: readonly Comparison[]): void {
  for (const comparison of comparisons) {
    const field = fieldOf(comparison);
    const path = [...at, ...field];
    const expected = valueAt(document, path);
    if (!field.some((key) => EXPECTED.test(key))) tally.miss(`${field.join(".")} is not an expected field`);
    if (expected === undefined) continue;
    if ("skipped" in comparison) tally.skip(field, comparison.skipped);
    else tally.compare(path, field, expected, comparison);
  }
}

/** What is expected and no comparison names, by the innermost case that it is in; under null what is in none. */
function unnamedIn(document: Json, answers: Answers): ReadonlyMap<string | null, readonly (readonly string[])[]> {
  const open = new Map(expectations(document, []).map((path) => [path.join("\0"), path]));
  for (const { at, comparisons } of answers.cases) {
    if (typeof comparisons === "string") continue;
    for (const comparison of comparisons) {
      if ("skipped" in comparison || comparison.of === undefined) close(open, [...at, ...fieldOf(comparison)]);
    }
  }
  return byCase(open.values(), answers);
}

function fieldOf({ field }: Comparison): readonly string[] {
  return typeof field === "string" ? field.split(".") : field;
}

/** Paths by the innermost case that they are in; under null those in none. */
function byCase(
  paths: Iterable<readonly string[]>,
  answers: Answers,
): ReadonlyMap<string | null, readonly (readonly string[])[]> {
  const cases = new Set(answers.cases.map(({ at }) => at.join("\0")));
  const found = new Map<string | null, (readonly string[])[]>();
  for (const path of paths) {
    let depth = path.length;
    while (depth >= 0 && !cases.has(path.slice(0, depth).join("\0"))) depth--;
    const key = depth < 0 ? null : path.slice(0, depth).join("\0");
    found.set(key, [...(found.get(key) ?? []), path]);
  }
  return found;
}

/** Paths of the leaves below every key that begins with `expected`; an empty list or object is one. */
function expectations(value: Json, path: readonly string[], inside = false): (readonly string[])[] {
  if (typeof value === "object" && value !== null) {
    const parts = Object.entries(value) as [string, Json][];
    if (parts.length > 0) {
      return parts.flatMap(([key, part]) =>
        expectations(part, [...path, key], inside || (!isList(value) && EXPECTED.test(key))),
      );
    }
  }
  return inside ? [path] : [];
}

function withoutExpected(value: Json): Json {
  if (isList(value)) return value.map(withoutExpected);
  if (!isRecord(value)) return value;
  const kept: Record<string, Json> = {};
  for (const [key, part] of Object.entries(value)) if (!EXPECTED.test(key)) kept[key] = withoutExpected(part);
  return kept;
}

function close(open: Map<string, readonly string[]>, path: readonly string[]): void {
  const prefix = path.join("\0");
  if (open.delete(prefix)) return;
  for (const key of open.keys()) if (key.startsWith(`${prefix}\0`)) open.delete(key);
}

/** A case by where it stands, and its own name where it has one. */
function nameOf(document: Json, at: readonly string[]): string {
  const input = valueAt(document, at);
  const own = isRecord(input) ? (input.name ?? input.id ?? input.kind) : undefined;
  return own === undefined || own === null ? spellPath(at) : `${spellPath(at)} (${String(own)})`;
}

/** Counts one file. */
class Tally {
  private readonly file: string;
  private readonly failures: string[] = [];
  private readonly skipped = new Map<string, { readonly field: string; readonly reason: string; places: number }>();
  private readonly named = new Map<string, Leaf>();
  private ran = 0;
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
    this.ran++;
  }

  end(): void {
    if (!this.missed) this.passed++;
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
    const { what, of, tolerance = {} } = comparison;
    this.what = what === undefined ? "" : ` [${what}]`;
    const label = field.join(".");
    if (of === undefined) this.walk(path, label, expected, comparison.actual, tolerance);
    else this.value(null, label, of(expected), comparison.actual, tolerance);
  }

  report(): FileReport {
    const { file, ran: run, passed, compared, worst, worstAt, worstRatio, failures } = this;
    const system = file.split("/")[0]?.replace(/\.json$/, "") ?? file;
    return {
      file,
      system,
      run,
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
      this.leaf(path, null);
      if (spell(expected) === spell(actual)) return;
      this.worse(at, Number.POSITIVE_INFINITY);
      this.miss(`${at}${this.what} must be ${spell(expected)}, got ${spell(actual)}`);
      return;
    }
    const relative = times(magnitude(wanted), fractionOf(tolerance.relative ?? 0) ?? ZERO);
    const absolute = fractionOf(tolerance.absolute ?? 0) ?? ZERO;
    const allowed = atMost(relative, absolute) ? absolute : relative;
    this.leaf(path, quotient(allowed, ONE));
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

  private leaf(path: readonly string[] | null, allowed: number | null): void {
    if (path === null) return;
    const key = path.join("\0");
    const known = this.named.get(key)?.allowed;
    if (known !== undefined && known !== null && (allowed === null || allowed >= known)) return;
    this.named.set(key, { path, of: this.ran - 1, allowed });
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
