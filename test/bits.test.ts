import { expect, it } from "vitest";
import { builds } from "./support/builds.js";
import { expectedBits } from "./support/expected-bits.js";
import { workload } from "./support/workload.js";

it.each(builds)(
  "$build: every result of the seeded workload has the bits that every build and engine gives",
  (kernel) => {
    expect(workload(kernel)).toEqual(expectedBits);
  },
);
