import { covariance } from "../../../src/index.js";
import { ledoitWolfDiagonal, ledoitWolfSingleFactor, oas, rblw } from "../../../src/numerics/index.js";
import { random } from "../random-book.js";
import type { Section } from "./section.js";

/** The estimators that shrink, over shapes around the ends of vectors and tiles, more columns than rows among them. */
export const section: Section = {
  name: "shrinkage",
  functions: { ledoitWolfDiagonal, ledoitWolfSingleFactor, oas, rblw },
  results: (engine) => {
    const uniform = random(17);
    const estimators = [
      oas(),
      oas({ form: "chen2010" }),
      rblw(),
      ledoitWolfDiagonal(),
      ledoitWolfDiagonal({ divisor: "n" }),
      ledoitWolfSingleFactor(),
      ledoitWolfSingleFactor({ divisor: "n" }),
    ];
    return [1, 2, 3, 4, 5, 7, 8, 9, 17, 33, 70].flatMap((columns) => {
      const rows = 40 + (columns % 3);
      const values = Float64Array.from({ length: rows * columns }, () => 0.02 * (uniform() + uniform() - 1));
      return estimators.map((estimator) => {
        const { matrix, shrinkage } = covariance(engine, { rows, columns, values }, estimator);
        return [matrix, shrinkage];
      });
    });
  },
  bits: "5738f68de41b975e",
};
