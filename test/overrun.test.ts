import { expect, it } from "vitest";
import { numericsWorkload } from "./support/bits/section.js";
import { builds } from "./support/builds.js";
import { guarded } from "./support/guarded.js";
import { workload } from "./support/workload.js";

it.each(builds)("$build: no kernel writes behind what it was given, over the workloads of bits", (kernel) => {
  const { pieces, broken } = guarded(() => {
    workload(kernel);
    numericsWorkload(kernel);
  });
  expect(pieces).toBeGreaterThan(10_000);
  expect(broken).toBe(0);
});
