import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEngine } from "../src/engine.js";
import { presets } from "../src/presets/index.js";
import { evaluator } from "./support/preset-evaluate.js";
import { laws } from "./support/preset-laws.js";
import { presetRows } from "./support/preset-rows.js";

const RUNS = 60;
const evaluate = evaluator(createEngine());

it("every preset stands in the table of the axioms", () => {
  expect(presetRows.map((row) => row.preset).sort()).toEqual(presets.map(({ id }) => id).sort());
});

// A9 is of samples and A12 of covariances, which no preset has: test/axioms.test.ts.
describe.each(presetRows)("$preset", (row) => {
  for (const { axiom, sentence, draws, holds } of laws) {
    const excuse = row.excused[axiom];
    if (excuse !== undefined) {
      it(`${axiom} has a counterexample, because ${excuse.reason}`, () => {
        expect(() => holds(evaluate, row, excuse.example)).toThrow(/expected/);
      });
      continue;
    }
    it(`${axiom}: ${sentence}`, () => {
      const [first, ...more] = draws(row);
      if (first === undefined) return holds(evaluate, row, []);
      fc.assert(
        fc.property(first, ...more, (...values: unknown[]) => holds(evaluate, row, values)),
        { seed: 20261125, numRuns: RUNS },
      );
    });
  }
});
