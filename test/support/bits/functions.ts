import {
  betaFunctions,
  binomialDistribution,
  chiSquareDistribution,
  elementary,
  errorFunctions,
  gammaFunctions,
} from "../../../src/numerics/index.js";
import { random } from "../random-book.js";
import type { Section } from "./section.js";

/** Functions of arrays over their whole domains, and special functions of both tails. */
export const section: Section = {
  name: "functions",
  functions: {
    elementary,
    betaFunctions,
    binomialDistribution,
    chiSquareDistribution,
    errorFunctions,
    gammaFunctions,
  },
  results: (engine) => {
    const uniform = random(23);
    const spread = (low: number, high: number) =>
      Float64Array.from({ length: 20_000 }, () => low + (high - low) * uniform());
    const [u, wide, decades] = [spread(0, 1), spread(-750, 750), spread(-300, 300)];
    const functions = elementary(engine);
    const powers = functions.pow(spread(0, 9), decades);
    const sizes = functions.pow(new Float64Array(decades.length).fill(10), decades);
    const turns = functions.sinCosTurn(wide);
    const gamma = gammaFunctions(engine);
    const beta = betaFunctions(engine);
    const chiSquare = chiSquareDistribution(engine);
    const { erf, erfc, erfcx } = errorFunctions(engine);
    const binomial = binomialDistribution(engine);
    const special = Float64Array.from({ length: 2_000 }, (_, i) => {
      const [a, b, x] = [(u[3 * i] ?? 0) * 40, (u[3 * i + 1] ?? 0) * 40, u[3 * i + 2] ?? 0];
      const choices = [
        () => gamma.lower(a, b),
        () => gamma.upper(a, b),
        () => beta.lower(a, b, x),
        () => beta.upper(a, b, x),
        () => gamma.logGamma(a),
        () => gamma.digamma(a),
        () => chiSquare.quantile(x, b),
        () => erf(a / 10) + erfc(a / 10) + erfcx(a / 10),
        () => binomial.cdf(Math.floor(a), 40, x),
      ];
      return choices[i % choices.length]?.() ?? 0;
    });
    return [
      powers,
      sizes,
      turns.sine,
      turns.cosine,
      special,
      functions.exp(wide),
      functions.expm1(wide),
      functions.log(sizes),
      functions.log1p(sizes),
      functions.erfc(spread(-7, 28)),
      ...[functions.normalCdf, functions.normalSurvival, functions.normalLogCdf, functions.normalPdf].map((of) =>
        of(spread(-40, 40)),
      ),
      functions.normalQuantile(u),
      functions.normalQuantile(Float64Array.from(sizes, (p) => Math.min(p, 1))),
    ];
  },
  bits: "23a26703a1273826",
};
