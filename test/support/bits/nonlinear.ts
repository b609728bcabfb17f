import { covariance } from "../../../src/index.js";
import { analyticalNonlinear, ewmaCentred, quadraticInverse } from "../../../src/numerics/index.js";
import { random } from "../random-book.js";
import type { Section } from "./section.js";

/** Estimators that shrink every eigenvalue apart, with fewer columns than rows, as many, and more; and the centred EWMA. */
export const section: Section = {
  name: "nonlinear",
  functions: { analyticalNonlinear, ewmaCentred, quadraticInverse },
  results: (engine) => {
    const uniform = random(29);
    const estimators = [analyticalNonlinear(), quadraticInverse(), ewmaCentred()];
    return [1, 2, 3, 5, 8, 17, 33, 40, 41, 70].flatMap((columns) => {
      const rows = 40 + (columns % 3);
      const values = Float64Array.from({ length: rows * columns }, () => 0.02 * (uniform() + uniform() - 1));
      return estimators.map((estimator) => covariance(engine, { rows, columns, values }, estimator).matrix);
    });
  },
  bits: "b26edec2aa6dc3e1",
};
