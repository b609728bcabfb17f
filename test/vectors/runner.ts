import {
  type Comparison,
  isList,
  isRecord,
  type Json,
  spellPath,
  valueAt,
  type VectorCase,
  type VectorCheck,
  type VectorChecks,
  type VectorContext,
} from "./comparison.js";
import { type FileReport, type Leaf, Tally } from "./tally.js";

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
      left: one.left + (known?.left ?? 0),
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
  let found = 0;
  for (const comparison of comparisons) {
    const field = fieldOf(comparison);
    const path = [...at, ...field];
    const expected = valueAt(document, path);
    if (!field.some((key) => EXPECTED.test(key))) tally.miss(`${field.join(".")} is not an expected field`);
    if (expected === undefined) continue;
    found++;
    if ("skipped" in comparison) tally.skip(field, comparison.skipped);
    else if (expected === null && comparison.whereNull !== undefined) tally.skip(field, comparison.whereNull);
    else tally.compare(path, field, expected, comparison);
  }
  if (found === 0) tally.miss("nothing that is known is expected of it");
}

/** What is expected and no comparison names, by the innermost case that it is in; under null what is in none. */
function unnamedIn(document: Json, answers: Answers): ReadonlyMap<string | null, readonly (readonly string[])[]> {
  const open = new Map(expectations(document, []).map((path) => [path.join("\0"), path]));
  for (const { at, comparisons } of answers.cases) {
    if (typeof comparisons === "string") continue;
    for (const comparison of comparisons) {
      if ("skipped" in comparison || comparison.of === undefined || comparison.covers)
        close(open, [...at, ...fieldOf(comparison)]);
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
