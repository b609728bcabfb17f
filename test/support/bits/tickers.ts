import { scenarioTicker, varianceTicker } from "../../../src/numerics/index.js";
import { random } from "../random-book.js";
import type { Section } from "./section.js";

/** Tails and variances after each of a few hundred changes, with rebuilds on the way. */
export const section: Section = {
  name: "tickers",
  functions: { scenarioTicker, varianceTicker },
  results: (engine) => {
    const uniform = random(23);
    return [1, 40, 600, 5000].map((scenarios) => {
      const n = 8;
      const returns = Float64Array.from({ length: n * scenarios }, () => uniform() - 0.5);
      const covariance = new Float64Array(n * n);
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) covariance[i * n + j] = i === j ? 2 : 1 / (1 + i + j);
      using tail = scenarioTicker(engine, { scenarios, returns, confidence: 0.975, rebuildEvery: 100 });
      using variance = varianceTicker(engine, { columns: n, covariance, rebuildEvery: 100 });
      const ticks = Array.from({ length: 250 }, () => {
        const [which, change] = [Math.floor(n * uniform()), 100 * (uniform() - 0.5)];
        return [tail.tick(which, change), variance.whatIf(which, change), variance.tick(which, change)];
      });
      return [
        ticks,
        tail.pnl,
        tail.residual,
        tail.driftBound,
        variance.gradient,
        variance.residual,
        variance.driftBound,
      ];
    });
  },
  bits: "a46a1f361b17d1bd",
};
