import { describe, expect, it } from "vitest";
import { covariance } from "../../src/covariance/covariance.js";
import type { CovarianceEstimator } from "../../src/covariance/estimator.js";
import {
  analyticalNonlinear,
  chiSquareDistribution,
  clipEigenvalues,
  cornishFisherTail,
  decomposeAgeWeighted,
  decomposeKernelSmoothed,
  decomposeModified,
  deltaGammaTail,
  eigenSymmetric,
  gammaFunctions,
  ledoitWolfDiagonal,
  ledoitWolfSingleFactor,
  monteCarloTail,
  oas,
  quadraticInverse,
  rblw,
  simulate,
  tableReturns,
} from "../../src/numerics/index.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";

const HUGE = Float64Array.of(1e308, 1e308, 1e308, 1e308);
const ONE = Float64Array.of(1);
const PRICES = Float64Array.of(1e-308, 1e308);

describe.each(numericsBuilds)("the ends of the range of numbers ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it.each<[string, () => unknown, string]>([
    ["eigenvalues", () => eigenSymmetric(engine, 2, HUGE), "matrix"],
    ["what eigenvalues are raised to", () => clipEigenvalues(engine, 2, HUGE), "matrix"],
    ["a simple return", () => tableReturns(engine, { rows: 2, columns: 1, values: PRICES }), "values[1]"],
    [
      "a return over a gap",
      () =>
        tableReturns(
          engine,
          { rows: 3, columns: 1, values: Float64Array.of(1e-308, Number.NaN, 1e308) },
          { returns: "simple", gaps: "carry" },
        ),
      "values[2]",
    ],
    [
      "what is simulated",
      () => simulate(engine, { correlation: ONE, deviations: Float64Array.of(1e308), paths: 64 }),
      "simulate.deviations",
    ],
    [
      "a simulated gain or loss",
      () => monteCarloTail(engine, { correlation: ONE, paths: 64, weights: Float64Array.of(1e308), confidence: 0.9 }),
      "monteCarloTail.weights",
    ],
    [
      "an expanded tail",
      () => cornishFisherTail(engine, { deviation: 1e308, skewness: -3, excessKurtosis: 9, confidence: 0.99 }),
      "cornishFisherTail.deviation",
    ],
    [
      "a deviation beside its mean",
      () => deltaGammaTail(engine, { theta: 1e300, delta: [1], gamma: [1], covariance: [1], confidence: 0.9 }),
      "deltaGammaTail",
    ],
    [
      "a sum to age",
      () => decomposeAgeWeighted(engine, { returns: [1, 1e308], weights: [1, 2], confidence: 0.9, decay: 0.9 }),
      "decomposeAgeWeighted.returns[1]",
    ],
    [
      "a sum to smooth",
      () => decomposeKernelSmoothed(engine, { returns: [1e308, 1], weights: [1, 2], confidence: 0.9 }),
      "decomposeKernelSmoothed.returns[0]",
    ],
    [
      "fourth powers of a sum",
      () => decomposeModified(engine, { returns: [1, 1e100], weights: [1, 2], confidence: 0.9 }),
      "decomposeModified.returns[1]",
    ],
  ])("end in a typed error, not in an infinity: %s", (_, work, path) => {
    expect(pathOf(work)).toBe(path);
    expect(eigenSymmetric(engine, 1, ONE).values[0]).toBe(1);
  });

  it("leave the tail of a gamma distribution with nothing", () => {
    const { lower, upper } = gammaFunctions(engine);
    for (const shape of [1e-300, 0.5, 2, 100, 1e8]) {
      for (const x of [1e15, 1e280, 1e290, 1e299, 1e301, 1e308, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) {
        expect([lower(shape, x), upper(shape, x)], `${shape} ${x}`).toEqual([1, 0]);
      }
    }
    const { cdf, survival } = chiSquareDistribution(engine);
    expect([cdf(Number.MAX_VALUE, 3), survival(Number.MAX_VALUE, 3)]).toEqual([1, 0]);
  });

  it("do not change an estimate: one of columns in another unit is the same, or refused by its column", () => {
    const uniform = random(17);
    const values = Float64Array.from({ length: 90 }, () => uniform() - 0.5 + 0.2 * uniform() ** 4);
    const table = (unit: number) => ({ rows: 30, columns: 3, values: values.map((value) => value * unit) });
    const estimators: CovarianceEstimator[] = [
      oas(),
      rblw(),
      ledoitWolfDiagonal(),
      ledoitWolfSingleFactor(),
      analyticalNonlinear(),
      quadraticInverse(),
    ];
    for (const estimator of estimators) {
      const { matrix } = covariance(engine, table(1), estimator);
      let refused = 0;
      for (let power = -480; power <= 480; power += 16) {
        const unit = 2 ** power;
        let found: Float64Array;
        try {
          found = covariance(engine, table(unit), estimator).matrix;
        } catch (error) {
          expect(
            pathOf(() => {
              throw error;
            }),
          ).toMatch(/^columns\[[012]\]$/);
          refused++;
          continue;
        }
        expect(found, `${estimator.key} at 2^${power}`).toEqual(matrix.map((value) => value * unit * unit));
      }
      expect(refused, estimator.key).toBeGreaterThan(0);
      expect(refused, estimator.key).toBeLessThan(55);
    }
  });
});
