import files from "virtual:golden";
import { describe, expect, it } from "vitest";
import { checks } from "./golden/registry.js";
import { run } from "./golden/runner.js";
import { builds } from "./support/builds.js";

describe.skipIf(files === null)("golden files", () => {
  for (const kernel of builds) {
    it(`${kernel.build}: every case of every file with a check is within its tolerance`, () => {
      const report = run(files ?? {}, checks, kernel);
      expect(report.files.flatMap(({ failures }) => failures)).toEqual([]);
    });
  }

  it("every check has a file", () => {
    const report = run(files ?? {}, checks, builds[0]!);
    expect(new Set(report.files.map(({ check }) => check))).toEqual(new Set(Object.keys(checks)));
  });
});
