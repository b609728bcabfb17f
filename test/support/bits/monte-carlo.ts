import {
  gaussianCopula,
  historyMargin,
  monteCarlo,
  monteCarloTail,
  normalMargin,
  philox,
  sampleMargin,
  simulate,
  studentTCopula,
  studentTMargin,
  xoshiro,
} from "../../../src/numerics/index.js";
import { sobol } from "../../../src/sobol/index.js";
import { deskBook, deskHistory } from "../desk.js";
import { random } from "../random-book.js";
import type { Section } from "./section.js";

/** Paths under both copulas and every margin, of generators and points, and the model over a small book. */
export const section: Section = {
  name: "monte-carlo",
  functions: {
    gaussianCopula,
    historyMargin,
    monteCarlo,
    monteCarloTail,
    normalMargin,
    sampleMargin,
    simulate,
    studentTCopula,
    studentTMargin,
  },
  results: (engine) => {
    const n = 5;
    const correlation = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0.25));
    const margins = [
      normalMargin(),
      studentTMargin({ degreesOfFreedom: 4 }),
      studentTMargin({ degreesOfFreedom: 3 }),
      sampleMargin([-0.1, 0.05, 0, 0.02, 0.01]),
      normalMargin(),
    ];
    const weights = Float64Array.of(1, -2, 3, 0.5, -0.25);
    const simulations = [gaussianCopula(), studentTCopula({ degreesOfFreedom: 4 })].flatMap((copula) => {
      const dimensions = copula.degreesOfFreedom === 0 ? n : n + 1;
      const sources = [philox({ seed: 3 }), xoshiro({ seed: 3 }), sobol({ dimensions, scramble: 3 })];
      return sources.flatMap((source) => {
        const options = { correlation, copula, source, paths: 300 };
        const method = source.name === "sobol" ? ("inversion" as const) : ("boxMuller" as const);
        return [
          simulate(engine, { ...options, margins }),
          monteCarloTail(engine, { ...options, method, weights, confidence: 0.975 }),
          monteCarloTail(engine, { ...options, margins, weights, confidence: 0.975 }),
        ];
      });
    });
    const uniform = random(41);
    const moves = () => Array.from({ length: 100 }, () => Math.round(1024 * (uniform() - 0.5)) / 8192);
    const history = deskHistory({ BTC: moves(), ETH: moves() });
    using desk = deskBook(engine, { a: { balances: { BTC: 2, ETH: -3 } }, b: { balances: { ETH: 4 } } }, history);
    const model = monteCarlo({
      holdingPeriod: "PT4H",
      lookback: null,
      paths: 1000,
      margin: historyMargin(),
      returns: "log",
    });
    const { valueAtRisk, expectedShortfall, standardErrors } = engine.margin(desk.book, model);
    return [...simulations, valueAtRisk, expectedShortfall, standardErrors];
  },
  bits: "095ec3567ea58e09",
};
