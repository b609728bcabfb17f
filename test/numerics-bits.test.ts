import { expect, it } from "vitest";
import * as numerics from "../src/numerics/index.js";
import * as options from "../src/options/index.js";
import { expectedSections, numericsWorkload, sections } from "./support/bits/section.js";
import { builds } from "./support/builds.js";

it.each(builds)(
  "$build: more than a million results of numerics have the bits that every build and engine gives",
  (kernel) => {
    const { hashes, numbers } = numericsWorkload(kernel);
    expect(hashes).toEqual(expectedSections);
    expect(numbers).toBeGreaterThanOrEqual(1_000_000);
  },
);

it("every public function of numerics and options is in a section of that workload", () => {
  const covered = new Set(sections.flatMap(({ functions }) => Object.values(functions)));
  expect(covered).not.toContain(undefined);
  const left = Object.entries({ ...numerics, ...options }).filter(
    ([, value]) => typeof value === "function" && !covered.has(value),
  );
  expect(left.map(([name]) => name)).toEqual([]);
});
