import { clipEigenvalues, eigenSymmetric } from "../../../src/numerics/index.js";
import { random } from "../random-book.js";
import type { Section } from "./section.js";

/** Eigenvalues by rotations and by steps, and what clipping them leaves, at three scales. */
export const section: Section = {
  name: "eigen",
  functions: { clipEigenvalues, eigenSymmetric },
  results: (engine) => {
    const uniform = random(19);
    return [1, 2, 3, 7, 16, 31, 32, 33, 40, 60, 90].flatMap((n) =>
      [1, 2 ** -700, 1e150].map((scale) => {
        const matrix = Float64Array.from({ length: n * n }, () => scale * (uniform() - 0.5));
        return [eigenSymmetric(engine, n, matrix), clipEigenvalues(engine, n, matrix, { floor: 0.01 * scale })];
      }),
    );
  },
  bits: "9578ccb3ecb86102",
};
