import files from "virtual:golden";
import { describe, expect, it } from "vitest";
import { Engine } from "../src/engine.js";
import { MAXIMUM_BYTES } from "../src/memory.js";
import type { GoldenCase, GoldenFile, Json } from "./golden/comparison.js";
import { checks } from "./golden/registry.js";
import { caseNamed, checkName, resolved, run } from "./golden/runner.js";
import { builds } from "./support/builds.js";

const kernel = builds[0]!;

/**
 * A golden test that cannot fail proves nothing: a check may compare a number with itself, or not at all. So every field
 * that is compared is moved once, by ten tolerances, in the first case that has it, and the runner must name it.
 */
describe.skipIf(files === null)("the golden runner notices when an expected field moves by ten tolerances", () => {
  for (const [path, document] of Object.entries(files ?? {})) {
    const name = checkName(path, document);
    const check = name === null ? undefined : checks[name];
    if (check === undefined) continue;
    it(path, () => {
      const file = document as GoldenFile;
      const seen = new Set<string>();
      const unnoticed: string[] = [];
      const engine = new Engine(kernel, MAXIMUM_BYTES);
      const context = { file, engine, seen: (reference?: Json) => caseNamed(files ?? {}, reference) };
      for (const golden of resolved(file.cases)) {
        const comparisons = engine.memory.scope(() => check(engine.memory, golden, context));
        const fresh = comparisons.filter((comparison) => !("skipped" in comparison) && !seen.has(comparison.field));
        if (fresh.length === 0) continue;
        let moved = golden;
        for (const comparison of fresh) {
          seen.add(comparison.field);
          if (!("skipped" in comparison)) moved = move(moved, comparison.field, comparison.tolerance);
        }
        const { failures = [] } =
          run({ [path]: { ...file, cases: [moved] } }, checks, kernel, files ?? {}).files[0] ?? {};
        for (const { field } of fresh) {
          // A sentence per miss, beginning with the field: `x[3].y must be ...`.
          const told = failures.some((failure) => failure.includes(`: ${field}`));
          if (!told) unnoticed.push(`${golden.id}: ${field}`);
        }
      }
      expect(unnoticed).toEqual([]);
      expect(seen.size).toBeGreaterThan(0);
    });
  }
});

it("there are checks to try this on", () => {
  expect(Object.keys(checks)).not.toEqual([]);
});

type Tolerance = (expected: number, index: readonly number[]) => number;

/** The case with the last number (else text) of a field of `expected` moved. */
function move(golden: GoldenCase, field: string, tolerance: Tolerance): GoldenCase {
  return { ...golden, expected: moveIn(golden.expected, field, tolerance) as GoldenCase["expected"] };
}

/** Keys may contain dots, so the longest key that the field starts with is taken. */
function moveIn(value: { readonly [key: string]: Json }, field: string, tolerance: Tolerance): Json {
  const keys = Object.keys(value).filter((key) => field === key || field.startsWith(`${key}.`));
  const key = keys.sort((a, b) => b.length - a.length)[0];
  const part = key === undefined ? undefined : value[key];
  if (key === undefined || part === undefined) throw new Error(`expected has no field ${field}`);
  if (field === key) return { ...value, [key]: moveLast(part, tolerance, []) };
  return { ...value, [key]: moveIn(part as { readonly [key: string]: Json }, field.slice(key.length + 1), tolerance) };
}

function moveLast(value: Json, tolerance: Tolerance, index: readonly number[]): Json {
  if (Array.isArray(value)) {
    if (value.length === 0) return [0];
    return value.with(-1, moveLast(value.at(-1) as Json, tolerance, [...index, value.length - 1]));
  }
  if (typeof value === "object" && value !== null) {
    const [key, last] = Object.entries(value).at(-1) ?? ["moved", 0];
    return { ...value, [key]: moveLast(last, tolerance, index) };
  }
  if (typeof value === "string") return value === "NaN" || value.endsWith("Infinity") ? 0 : `${value} moved`;
  if (typeof value === "boolean") return !value;
  if (value === null) return 0;
  const by = 10 * tolerance(value as number, index);
  const moved = (value as number) + (Number.isFinite(by) ? by : 1);
  // A tolerance of 0 or below the spacing of doubles: the next double but a few.
  return moved !== value ? moved : value === 0 ? Number.MIN_VALUE : (value as number) * (1 + 2 ** -49);
}
