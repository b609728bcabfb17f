import {
  ageWeighted,
  decomposeAgeWeighted,
  decomposeKernelSmoothed,
  decomposeModified,
  deltaGammaTail,
  kernelSmoothed,
  modified,
} from "../../../src/numerics/index.js";
import { type DeskPool, deskBook, deskHistory } from "../desk.js";
import { random } from "../random-book.js";
import type { Section } from "./section.js";

/** Tails of quadratic forms, and measures of observed moves: of weights, and of random books by pool and by line. */
export const section: Section = {
  name: "scenario-measures",
  functions: {
    ageWeighted,
    decomposeAgeWeighted,
    decomposeKernelSmoothed,
    decomposeModified,
    deltaGammaTail,
    kernelSmoothed,
    modified,
  },
  results: (engine) => {
    const uniform = random(29);
    const forms = [1, 2, 3, 5, 8, 13, 40].flatMap((n) =>
      [0, 0.1, 1].map((curve) => {
        const half = Array.from({ length: n * n }, () => curve * (uniform() - 0.6));
        const gamma = half.map((x, i) => x + (half[(i % n) * n + Math.floor(i / n)] ?? 0));
        const covariance = half.map((_, i) => (i % (n + 1) === 0 ? 0.2 + 0.01 * i : 0.1));
        const delta = Array.from({ length: n }, () => uniform() - 0.5);
        return [0.95, 0.999].map((confidence) =>
          (["exact", "saddlepoint", "cornishFisher", "normal"] as const).map((method) =>
            deltaGammaTail(engine, { delta, gamma, covariance, confidence, method }),
          ),
        );
      }),
    );
    const shares = [1, 3, 8].map((n) => {
      const returns = Float64Array.from({ length: 70 * n }, () => 0.05 * (uniform() + uniform() - 1));
      const weights = Float64Array.from({ length: n }, () => 1000 * (uniform() - 0.4));
      const input = { returns, weights, confidence: 0.975 };
      return [
        decomposeModified(engine, input),
        decomposeModified(engine, { ...input, shortfall: "operational", divisor: "n-1" }),
        decomposeAgeWeighted(engine, { ...input, decay: 0.97, quantile: "interpolated" }),
        decomposeKernelSmoothed(engine, input),
      ];
    });
    const hour = { holdingPeriod: "PT1H", lookback: null, confidence: 0.95 } as const;
    // Dyadic moves, prices and quantities: powers, as random books are made of, differ between engines in their last digit.
    const dyadic = () => Math.round(1024 * (uniform() - 0.5)) / 4096;
    const books = [1, 2, 3, 4].map((count) => {
      const moves = () => Array.from({ length: 90 }, dyadic);
      const history = deskHistory({ BTC: moves(), ETH: moves() });
      const pools = Array.from({ length: count + 2 }, (_, i): [string, DeskPool] => [
        `pool${i}`,
        { balances: { BTC: 16 * dyadic(), ETH: 64 * dyadic(), USD: 128 * dyadic() } },
      ]);
      using desk = deskBook(engine, Object.fromEntries(pools), history);
      return [modified(hour), ageWeighted(hour), kernelSmoothed(hour)].map((model) => {
        const { meta: _, detail: __, ...columns } = engine.margin(desk.book, model);
        return [columns, model.decompose(desk.book, count)];
      });
    });
    return [forms, shares, books];
  },
  bits: "bb1397436e174cf2",
};
