import files from "virtual:vectors";
import { describe, expect, it } from "vitest";
import { createEngine } from "../src/engine.js";
import { type Json, type JsonRecord, valueAt } from "./vectors/comparison.js";
import { checks } from "./vectors/registry.js";
import { answer, judge, missesOf, run } from "./vectors/runner.js";
import type { Leaf } from "./vectors/tally.js";

/**
 * A comparison that cannot fail proves nothing. So every value that is compared is moved once, in the first case that has
 * it, by ten tolerances or by its last digit, alone, and the runner must name it. A check never sees what is expected, so
 * one computation of a file serves all its moves; the last move of each file goes through the whole run.
 */
describe.skipIf(files === null)("the vector runner notices when an expected value moves", () => {
  const context = { engine: createEngine() };

  for (const [path, check] of Object.entries(checks)) {
    it(path, () => {
      const document = files?.[path] as Json;
      const answers = answer(document, check, context);
      const { report, leaves } = judge(path, document, answers);
      expect(report.failures).toEqual([]);
      // Fields of one form, whatever the case, its place and the ids in it, are one field.
      const kinds = answers.cases.map(({ at }) => kindOf(valueAt(document, at)));
      const forms = new Map([...leaves].reverse().map((leaf) => [`${kinds[leaf.of]} ${form(leaf, document)}`, leaf]));
      const unnoticed: string[] = [];
      for (const [name, { path: at, of, label, allowed }] of forms) {
        const misses = missesOf(path, move(document, at, allowed), answers, of);
        // What was an empty object moves by a key of its own, which the miss then names.
        if (![" must", " [", ".moved must"].some((end) => misses.some((miss) => miss.includes(`: ${label}${end}`))))
          unnoticed.push(name);
      }
      expect(unnoticed).toEqual([]);
      expect(forms.size).toBeGreaterThan(0);
      const last = leaves.at(-1);
      const whole = run({ [path]: move(document, last?.path ?? [], last?.allowed ?? null) }, checks, context);
      expect(whole.files[0]?.passed).toBe(report.run - 1);
    });
  }

  it("there are checks to try this on", () => {
    expect(Object.keys(checks)).not.toEqual([]);
  });
});

/** What tells cases of one list apart: they may expect different things under one name. */
function kindOf(input: Json | undefined): string {
  const { kind, fn, id } = input as JsonRecord;
  return [kind, fn, id].filter((part) => typeof part === "string").join(" ");
}

/** A path without indices and numeric ids, and the type of what stands there, so that null and a number are two. */
function form({ path, allowed }: Leaf, document: Json): string {
  const value = path.reduce<Json | undefined>((here, key) => (here as JsonRecord)[key], document);
  const type = value === null ? "null" : allowed === null ? typeof value : "number";
  return [...path.map((key) => (/^\d+$/.test(key) ? "*" : key)), type].join(".");
}

/** `document` with the value at `path` moved. */
function move(document: Json, path: readonly string[], allowed: number | null): Json {
  const [key, ...rest] = path;
  if (key === undefined) return moved(document, allowed);
  const part = move((document as JsonRecord)[key] as Json, rest, allowed);
  if (Array.isArray(document)) return (document as Json[]).with(Number(key), part);
  return { ...(document as JsonRecord), [key]: part };
}

function moved(value: Json, allowed: number | null): Json {
  if (value === null) return 0;
  if (typeof value === "boolean") return !value;
  if (Array.isArray(value)) return [0];
  if (typeof value === "object") return { moved: 0 };
  if (allowed === null) return `${value} moved`;
  if (typeof value === "string") return movedText(value, allowed);
  const far = value + 10 * allowed;
  if (far !== value) return far;
  return value === 0 ? Number.MIN_VALUE : value * (1 + 2 ** -49);
}

/** A decimal text moved by ten tolerances, at least by one in its last digit. */
function movedText(text: string, allowed: number): string {
  const [whole = "", part = ""] = text.split(".");
  const units = BigInt(Math.ceil(Math.min(10 * allowed * 10 ** part.length, Number.MAX_VALUE))) || 1n;
  const digits = BigInt(whole + part) + (text.startsWith("-") ? -units : units);
  if (part === "") return digits.toString();
  const padded = (digits < 0n ? -digits : digits).toString().padStart(part.length + 1, "0");
  return `${digits < 0n ? "-" : ""}${padded.slice(0, -part.length)}.${padded.slice(-part.length)}`;
}
