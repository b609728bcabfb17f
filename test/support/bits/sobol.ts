import { normalPoints, uniformPoints } from "../../../src/numerics/index.js";
import { sobol } from "../../../src/sobol/index.js";
import type { Section } from "./section.js";

/** Plain and scrambled points, the first and far ones. */
export const section: Section = {
  name: "sobol",
  functions: { sobol, normalPoints, uniformPoints },
  results: (engine) =>
    [null, 5, 2n ** 63n].flatMap((scramble) => [
      normalPoints(engine, sobol({ dimensions: 7, scramble }), { from: 1, count: 3000 }),
      uniformPoints(engine, sobol({ dimensions: 1111, scramble }), { from: 2 ** 32 - 9, count: 9 }),
    ]),
  bits: "246b7805441e6b5a",
};
