import { covarianceStream, ewmaStream } from "../../../src/numerics/index.js";
import { random } from "../random-book.js";
import type { Section } from "./section.js";

/** Rows that come one at a time: shapes around the pairs of the triangle, windows summed anew at other places than they end, joined streams. */
export const section: Section = {
  name: "streaming",
  functions: { covarianceStream, ewmaStream },
  results: (engine) => {
    const uniform = random(29);
    return [1, 2, 3, 4, 5, 8, 9, 32, 47].flatMap((columns) => {
      const rows = Array.from({ length: 61 }, () =>
        Float64Array.from({ length: columns }, () => 100 + 0.02 * (uniform() + uniform() - 1)),
      );
      const streams = [
        covarianceStream(engine, columns),
        covarianceStream(engine, columns, { ddof: 0, window: 8, rebuildEvery: 5 }),
        covarianceStream(engine, columns, { window: 20, rebuildEvery: 1000 }),
        ewmaStream(engine, columns, { decay: 0.3 }),
        ewmaStream(engine, columns, { halfLife: 10, form: "normalised" }),
      ];
      const found = streams.map((stream) => {
        for (const row of rows) stream.push(row);
        const { matrix, mean } = stream.covariance();
        return [matrix, mean];
      });
      const [first] = streams;
      const other = covarianceStream(engine, columns);
      for (const row of rows.slice(7)) other.push(row.map((value) => 3 * value));
      first?.merge(other);
      const joined = first?.covariance().matrix;
      for (const stream of [...streams, other]) stream.dispose();
      return [...found, joined];
    });
  },
  bits: "bd07322304d63580",
};
