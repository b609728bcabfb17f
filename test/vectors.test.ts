import files from "virtual:vectors";
import { describe, expect, it } from "vitest";
import { createEngine } from "../src/engine.js";
import { checks } from "./vectors/registry.js";
import { isLater, run } from "./vectors/runner.js";

describe.skipIf(files === null)("worked cases of venues and protocols", () => {
  const context = { engine: createEngine() };

  for (const path of Object.keys(checks)) {
    it(`${path}: every case agrees with the product`, () => {
      expect(Object.keys(files ?? {})).toContain(path);
      const { files: reports } = run({ [path]: files?.[path] }, checks, context);
      expect(reports.flatMap(({ failures }) => failures)).toEqual([]);
      expect(reports[0]?.compared).toBeGreaterThan(0);
    });
  }

  it("every file of the folder is read by a check, or belongs to later work", () => {
    const paths = Object.keys(files ?? {}).filter((path) => !isLater(path));
    expect(new Set(Object.keys(checks))).toEqual(new Set(paths));
  });
});
