import { Engine } from "../../src/engine.js";
import type { CompiledKernel } from "../../src/kernel.js";
import { MAXIMUM_BYTES } from "../../src/memory.js";
import type { Checks, Comparison, GoldenCase, GoldenContext, GoldenFile, Json } from "./comparison.js";

/** What became of one golden file. */
export interface FileReport {
  /** path in the folder, e.g. `cov/sample.json` */
  readonly file: string;
  /** `topic/method` */
  readonly check: string;
  readonly run: number;
  readonly passed: number;
  /** largest error ÷ tolerance over all compared numbers; Infinity where a tolerance of 0 was missed */
  readonly worst: number;
  /** where the worst is: case and field */
  readonly worstAt: string;
  /** numbers compared */
  readonly compared: number;
  /** fields that are not compared, with the reason and in how many cases */
  readonly skipped: readonly { readonly field: string; readonly reason: string; readonly cases: number }[];
  /** one sentence per miss */
  readonly failures: readonly string[];
}

export interface GoldenReport {
  readonly build: string;
  readonly files: readonly FileReport[];
  /** files for which no check exists */
  readonly unchecked: readonly string[];
}

/** A folder of golden files by path, `/` between the parts. */
export type GoldenFiles = Readonly<Record<string, unknown>>;

/**
 * Run every golden file that has a check on `kernel`. Each file gets a fresh engine, whose memory must be back at its
 * floor after every case. References to cases of other files are looked up in `library`. Pure: reads no files and prints nothing.
 */
export function run(
  files: GoldenFiles,
  checks: Checks,
  kernel: CompiledKernel,
  library: GoldenFiles = files,
): GoldenReport {
  const reports: FileReport[] = [];
  const unchecked: string[] = [];
  for (const [path, document] of Object.entries(files)) {
    const name = checkName(path, document);
    if (name === null || checks[name] === undefined) unchecked.push(path);
    else
      reports.push(
        runFile(path, name, document as GoldenFile, checks, kernel, (reference) => caseNamed(library, reference)),
      );
  }
  return { build: kernel.build, files: reports, unchecked };
}

/** `topic/method` of a golden file, or `systemic/<file name>`; null where the document is not of the schema. */
export function checkName(path: string, document: unknown): string | null {
  if (typeof document !== "object" || document === null) return null;
  const { topic, method, cases } = document as Partial<GoldenFile>;
  if (!Array.isArray(cases)) return null;
  if (typeof topic === "string" && typeof method === "string") return `${topic}/${method}`;
  const [folder, file] = path.split("/").slice(-2);
  return folder === "systemic" && file !== undefined ? `systemic/${file.replace(/\.json$/, "")}` : null;
}

/** The case that a reference names: its file without the ending, a space, its id. */
export function caseNamed(files: GoldenFiles, reference: Json | undefined): GoldenCase {
  const [file, id] = String(reference).split(" ");
  const found = (files[`${file}.json`] as GoldenFile | undefined)?.cases.find((golden) => golden.id === id);
  if (found === undefined) throw new Error(`no case ${String(reference)}`);
  return found;
}

function runFile(
  path: string,
  name: string,
  document: GoldenFile,
  checks: Checks,
  kernel: CompiledKernel,
  lookUp: GoldenContext["seen"],
): FileReport {
  const check = checks[name];
  if (check === undefined) throw new Error(`no check ${name}`);
  const engine = new Engine(kernel, MAXIMUM_BYTES);
  const { memory } = engine;
  const tally = new Tally(path);
  for (const [index, golden] of resolved(document.cases).entries()) {
    const id = golden.id ?? `cases[${index}]`;
    tally.begin(id);
    try {
      const floor = memory.kept;
      const comparisons = memory.scope(() => check(memory, golden, { file: document, engine, seen: lookUp }));
      if (memory.kept !== floor) tally.miss(`left ${memory.kept - floor} bytes resident`);
      tally.covered(golden.expected, comparisons);
      for (const comparison of comparisons) tally.compare(comparison);
    } catch (error) {
      tally.miss(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
    tally.end();
  }
  return tally.report(name);
}

/** The cases with inputs that refer to another case of the file replaced by what they refer to. */
export function resolved(cases: readonly GoldenCase[]): readonly GoldenCase[] {
  const out: GoldenCase[] = [];
  for (const golden of cases) {
    if (golden.input === undefined) {
      out.push(golden);
      continue;
    }
    const input: Record<string, Json> = {};
    for (const [key, value] of Object.entries(golden.input)) input[key] = refer(key, value, out);
    out.push({ ...golden, input });
  }
  return out;
}

function refer(key: string, value: Json, before: readonly GoldenCase[]): Json {
  if (typeof value !== "string") return value;
  const last = before.at(-1)?.input?.[key];
  if (/^same .* as the previous case$/.test(value) && last !== undefined) return last;
  const see = /^see cases\[(\d+)\](?:\.input\.(\w+))?$/.exec(value);
  return see === null ? value : (before[Number(see[1])]?.input?.[see[2] ?? key] ?? value);
}

/** Counts one file. */
class Tally {
  private readonly path: string;
  private readonly failures: string[] = [];
  private readonly skipped = new Map<string, { readonly field: string; readonly reason: string; cases: number }>();
  private ran = 0;
  private passed = 0;
  private compared = 0;
  private worst = 0;
  private worstAt = "";
  private id = "";
  private missed = false;

  constructor(path: string) {
    this.path = path;
  }

  begin(id: string): void {
    this.id = id;
    this.missed = false;
    this.ran++;
  }

  end(): void {
    if (!this.missed) this.passed++;
  }

  miss(what: string): void {
    this.missed = true;
    this.failures.push(`${this.path} ${this.id}: ${what}`);
  }

  /** Every field of `expected` must be named by a comparison, itself or through all of its parts. */
  covered(expected: GoldenCase["expected"], comparisons: readonly Comparison[]): void {
    const named = new Set(comparisons.map(({ field }) => field));
    const missing = (prefix: string, value: Json): string[] => {
      if (named.has(prefix)) return [];
      const parts = isRecord(value) && Object.keys(value).some((key) => touches(named, `${prefix}.${key}`));
      if (!parts) return [prefix];
      return Object.entries(value as Record<string, Json>).flatMap(([key, part]) => missing(`${prefix}.${key}`, part));
    };
    for (const [key, value] of Object.entries(expected)) {
      for (const field of missing(key, value)) this.miss(`${field} is neither compared nor named as skipped`);
    }
  }

  compare(comparison: Comparison): void {
    const { field } = comparison;
    if ("skipped" in comparison) {
      const key = `${field}: ${comparison.skipped}`;
      const known = this.skipped.get(key);
      if (known === undefined) this.skipped.set(key, { field, reason: comparison.skipped, cases: 1 });
      else known.cases++;
      return;
    }
    this.walk(field, comparison.expected, comparison.actual, comparison.tolerance, []);
  }

  report(check: string): FileReport {
    const { path: file, ran: run, passed, worst, worstAt, compared, failures } = this;
    return { file, check, run, passed, worst, worstAt, compared, skipped: [...this.skipped.values()], failures };
  }

  private walk(
    at: string,
    expected: unknown,
    actual: unknown,
    tolerance: (expected: number, index: readonly number[]) => number,
    index: readonly number[],
  ): void {
    if (isList(expected)) {
      if (!isList(actual) || actual.length !== expected.length) {
        this.miss(`${at} must have ${expected.length} entries, got ${isList(actual) ? actual.length : String(actual)}`);
        return;
      }
      if (expected.length === 0) this.compared++;
      for (let i = 0; i < expected.length; i++) {
        this.walk(`${at}[${i}]`, expected[i], actual[i], tolerance, [...index, i]);
      }
      return;
    }
    if (isRecord(expected)) {
      for (const [key, value] of Object.entries(expected)) {
        this.walk(`${at}.${key}`, value, isRecord(actual) ? actual[key] : undefined, tolerance, index);
      }
      return;
    }
    this.compared++;
    const wanted = number(expected);
    if (wanted === null || !Number.isFinite(wanted)) {
      // Texts, booleans, null, NaN and infinities have no tolerance: they agree or they do not.
      if (!Object.is(wanted ?? expected, number(actual) ?? actual)) {
        this.miss(`${at} must be ${String(expected)}, got ${String(actual)}`);
        this.worse(at, Number.POSITIVE_INFINITY);
      }
      return;
    }
    const got = number(actual);
    const allowed = tolerance(wanted, index);
    const error = got === null ? Number.NaN : Math.abs(got - wanted);
    const ratio = error === 0 ? 0 : error / allowed;
    if (ratio <= 1) this.worse(at, ratio);
    else {
      this.worse(at, Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio);
      this.miss(`${at} must be ${wanted} within ${allowed}, got ${String(actual)} (off by ${error})`);
    }
  }

  private worse(at: string, ratio: number): void {
    if (ratio <= this.worst && this.worstAt !== "") return;
    this.worst = ratio;
    this.worstAt = `${this.id} ${at}`;
  }
}

function touches(named: ReadonlySet<string>, prefix: string): boolean {
  for (const name of named) if (name === prefix || name.startsWith(`${prefix}.`)) return true;
  return false;
}

/** A number, also where JSON had to spell it; null for anything else. */
function number(value: unknown): number | null {
  if (typeof value === "number") return value;
  return value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : null;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !isList(value);
}
