import { covariancePresent, ewmaPresent, hayashiYoshida, pairwise, tableReturns } from "../../../src/numerics/index.js";
import { random } from "../random-book.js";
import type { Section } from "./section.js";

/** Tables a seventh of which is missing, ticks at times of their own, and returns taken over gaps. */
export const section: Section = {
  name: "gaps",
  functions: { covariancePresent, ewmaPresent, hayashiYoshida, pairwise, tableReturns },
  results: (engine) => {
    const uniform = random(31);
    const estimators = [
      pairwise({ lacking: "zero" }),
      ewmaPresent({ decay: 0.97, ages: "calendar", lacking: "zero" }),
      ewmaPresent({ decay: 0.97, ages: "skip", lacking: "zero" }),
    ];
    return [1, 2, 5, 8, 17, 33].flatMap((columns) => {
      const rows = 60;
      const values = Float64Array.from({ length: rows * columns }, () =>
        uniform() < 0.14 ? Number.NaN : uniform() - 0.5,
      );
      const prices = Float64Array.from(values, (value) => 100 + 10 * value);
      const series = Array.from({ length: columns }, () => {
        let time = 0;
        const times = Float64Array.from({ length: 40 }, () => (time += 1 + uniform()));
        return { times, values: Float64Array.from(times, () => 100 + uniform()) };
      });
      return [
        ...estimators.map((estimator) => covariancePresent(engine, { rows, columns, values }, estimator).matrix),
        hayashiYoshida(engine, series).matrix,
        Float64Array.from(
          tableReturns(engine, { rows, columns, values: prices }, { returns: "log", gaps: "carry" }).values,
          (x) => (Number.isNaN(x) ? 0 : x),
        ),
      ];
    });
  },
  bits: "745dc11770ce6cb7",
};
