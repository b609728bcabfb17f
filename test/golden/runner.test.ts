import { describe, expect, it } from "vitest";
import { builds } from "../support/builds.js";
import type { Checks, Comparison } from "./comparison.js";
import { checkName, resolved, run } from "./runner.js";

const kernel = builds[0]!;
const within = (tolerance: number) => () => tolerance;

function report(expected: Record<string, number | string | number[] | null>, comparisons: readonly Comparison[]) {
  const checks: Checks = { "t/m": () => comparisons };
  const file = { topic: "t", method: "m", cases: [{ id: "a", input: {}, expected }] };
  return run({ "t/m.json": file, "t/other.json": { topic: "t", method: "other", cases: [] } }, checks, kernel);
}

describe("the golden runner", () => {
  it("passes a number within its tolerance and says how near the limit it was", () => {
    const { files, unchecked } = report({ x: 1 }, [{ field: "x", expected: 1, actual: 1.25, tolerance: within(0.5) }]);
    expect(files[0]).toMatchObject({ run: 1, passed: 1, worst: 0.5, compared: 1, worstAt: "a x" });
    expect(unchecked).toEqual(["t/other.json"]);
  });

  it.each([
    ["a number outside its tolerance", { x: 1 }, 2],
    ["NaN where a number is expected", { x: 1 }, Number.NaN],
    ["nothing where a number is expected", { x: 1 }, undefined],
    ["a number where NaN is expected", { x: "NaN" }, 1],
    ["-Infinity for Infinity", { x: "Infinity" }, Number.NEGATIVE_INFINITY],
    ["a number for null", { x: null }, 0],
    ["an array that is too short", { x: [1, 2] }, [1]],
    ["an array that is too long", { x: [1] }, [1, 2]],
    ["a number for an array", { x: [] }, 1],
    ["another text", { x: "green" }, "red"],
  ] as [string, Record<string, number | string | number[] | null>, unknown][])("fails on %s", (_, expected, actual) => {
    const { files } = report(expected, [{ field: "x", expected: expected.x, actual, tolerance: within(0.5) }]);
    expect(files[0]?.passed).toBe(0);
    expect(files[0]?.failures).toHaveLength(1);
  });

  it.each([
    ["NaN", "NaN", Number.NaN],
    ["Infinity", "Infinity", Number.POSITIVE_INFINITY],
    ["null", null, null],
    ["a text", "green", "green"],
    ["an empty array", [], []],
    ["a typed array", [1, 2], Float64Array.of(1, 2)],
  ])("accepts %s for itself", (_, expected, actual) => {
    const { files } = report({ x: expected }, [{ field: "x", expected, actual, tolerance: within(0) }]);
    expect(files[0]?.failures).toEqual([]);
  });

  it("fails on a field that is neither compared nor named as skipped, and lists the named", () => {
    expect(report({ x: 1 }, []).files[0]?.failures).toEqual(["t/m.json a: x is neither compared nor named as skipped"]);
    expect(report({ x: 1 }, [{ field: "x", skipped: "not ours" }]).files[0]).toMatchObject({
      passed: 1,
      skipped: [{ field: "x", reason: "not ours", cases: 1 }],
    });
  });

  it("asks for each part of a field of which one part is named", () => {
    const checks: Checks = { "t/m": () => [{ field: "x.a", skipped: "not ours" }] };
    const cases = [{ input: {}, expected: { x: { a: 1, b: 2 } } }];
    const { files } = run({ "m.json": { topic: "t", method: "m", cases } }, checks, kernel);
    expect(files[0]?.failures).toEqual(["m.json cases[0]: x.b is neither compared nor named as skipped"]);
  });

  it("fails on a check that throws or leaves resident memory behind", () => {
    const throwing: Checks = {
      "t/m": () => {
        throw new RangeError("no");
      },
    };
    const leaking: Checks = {
      "t/m": (memory) => {
        memory.keep(64);
        return [];
      },
    };
    const file = { topic: "t", method: "m", cases: [{ input: {}, expected: {} }] };
    expect(run({ f: file }, throwing, kernel).files[0]?.failures).toEqual(["f cases[0]: RangeError: no"]);
    expect(run({ f: file }, leaking, kernel).files[0]?.failures[0]).toMatch(/left 128 bytes resident/);
  });

  it("chooses checks by topic and method, and in the systemic folder by file name", () => {
    expect(checkName("any/where.json", { topic: "cov", method: "sample", cases: [] })).toBe("cov/sample");
    expect(checkName("systemic/boundary.json", { note: "", cases: [] })).toBe("systemic/boundary");
    expect(checkName("other/boundary.json", { cases: [] })).toBeNull();
    expect(checkName("systemic/toxic.json", { source: "" })).toBeNull();
  });

  it("replaces inputs that refer to another case", () => {
    const cases = resolved([
      { input: { x: [1], y: 2 }, expected: {} },
      { input: { x: "same x as the previous case", y: 3 }, expected: {} },
      { input: { x: "same x as the previous case", y: "see cases[0]" }, expected: {} },
      { input: { x: "see cases[1].input.y" }, expected: {} },
    ]);
    expect(cases.map(({ input }) => input)).toEqual([{ x: [1], y: 2 }, { x: [1], y: 3 }, { x: [1], y: 2 }, { x: 3 }]);
  });
});
