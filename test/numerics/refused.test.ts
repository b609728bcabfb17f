import { describe, expect, it } from "vitest";
import { covariance } from "../../src/covariance/covariance.js";
import { sample } from "../../src/covariance/sample.js";
import {
  ageWeightedTail,
  type Copula,
  covariancePresent,
  decomposeAgeWeighted,
  decomposeKernelSmoothed,
  decomposeModified,
  deltaGammaTail,
  elementary,
  ewmaPresent,
  gaussianCopula,
  kernelSmoothedTail,
  type Margin,
  matrixProduct,
  modifiedTail,
  monteCarloTail,
  normalPoints,
  pairwise,
  philox,
  type Points,
  type PresentEstimator,
  randomBits,
  randomNormal,
  sampleMargin,
  simulate,
  studentTCopula,
  studentTMargin,
  tableReturns,
  uniformPoints,
  varianceTicker,
} from "../../src/numerics/index.js";
import { sobol } from "../../src/sobol/index.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";

/** What a program without types may hand over. */
const none = undefined as never;
const as = <T>(value: unknown): T => value as T;

const TABLE = { rows: 3, columns: 2, values: Float64Array.of(1, 2, 3, 5, 4, 7) };
const ONE = Float64Array.of(1);

describe.each(numericsBuilds)("what no function takes ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it.each<[string, () => unknown, string]>([
    ["an empty sample", () => modifiedTail(engine, { pnl: [], confidence: 0.9 }), "modifiedTail.pnl"],
    [
      "an empty sample that ages",
      () => ageWeightedTail(engine, { pnl: [], confidence: 0.9, decay: 0.9 }),
      "ageWeightedTail.pnl",
    ],
    [
      "an empty sample to smooth",
      () => kernelSmoothedTail(engine, { pnl: [], confidence: 0.9 }),
      "kernelSmoothedTail.pnl",
    ],
    ["nothing to age", () => decomposeAgeWeighted(engine, none), "decomposeAgeWeighted.returns"],
    ["nothing to smooth", () => decomposeKernelSmoothed(engine, none), "decomposeKernelSmoothed.returns"],
    ["nothing to split", () => decomposeModified(engine, none), "decomposeModified.returns"],
    [
      "no weights",
      () => decomposeModified(engine, { returns: ONE, weights: none, confidence: 0.9 }),
      "decomposeModified.weights",
    ],
    ["no form", () => deltaGammaTail(engine, none), "deltaGammaTail.delta"],
    [
      "no gamma",
      () => deltaGammaTail(engine, { delta: [1], gamma: none, covariance: [1], confidence: 0.9 }),
      "deltaGammaTail.gamma",
    ],
    ["no shape", () => matrixProduct(engine, none, ONE, ONE), "shape.rows"],
    ["a misspelt shape", () => matrixProduct(engine, as({ rows: 1, depth: 1, cols: 1 }), ONE, ONE), "shape.cols"],
    ["no generator", () => randomBits(engine, none, { count: 1 }), "generator"],
    ["points for a generator", () => randomBits(engine, as(sobol({ dimensions: 1 })), { count: 1 }), "generator"],
    ["no draws", () => randomBits(engine, philox(), none), "draws.count"],
    ["misspelt draws", () => randomNormal(engine, philox(), as({ count: 1, form: 3 })), "draws.form"],
    ["misspelt places", () => randomBits(engine, philox(), as({ count: 1, form: 3 })), "draws.form"],
    ["a generator for points", () => uniformPoints(engine, as(philox()), { count: 1 }), "points"],
    [
      "points without dimensions",
      () => normalPoints(engine, { ...sobol({ dimensions: 1 }), dimensions: Number.NaN } as Points, { count: 1 }),
      "points.dimensions",
    ],
    ["no simulation", () => simulate(engine, none), "simulate.paths"],
    ["no weights of one", () => monteCarloTail(engine, none), "monteCarloTail.confidence"],
    [
      "a margin for a copula",
      () =>
        simulate(engine, { correlation: ONE, paths: 4, copula: as<Copula>(studentTMargin({ degreesOfFreedom: 4 })) }),
      "simulate.copula",
    ],
    [
      "a copula for a margin",
      () =>
        simulate(engine, { correlation: ONE, paths: 4, margins: as<Margin>(studentTCopula({ degreesOfFreedom: 4 })) }),
      "simulate.margins[0]",
    ],
    [
      "a margin without its sample",
      () => simulate(engine, { correlation: ONE, paths: 4, margins: { ...sampleMargin([1]), sample: null } }),
      "simulate.margins[0]",
    ],
    [
      "margins that are not there",
      () => simulate(engine, { correlation: Float64Array.of(1, 0, 0, 1), paths: 4, margins: new Array(2) }),
      "simulate.margins[0]",
    ],
    [
      "paths beyond the points there are",
      () =>
        simulate(engine, {
          correlation: ONE,
          paths: 8,
          from: 2 ** 32 - 4,
          source: sobol({ dimensions: 1, scramble: 1 }),
        }),
      "simulate.from",
    ],
    [
      "paths beyond the places that are exact",
      () => simulate(engine, { correlation: Float64Array.of(1, 0, 0, 1), paths: 8, from: 2 ** 52 }),
      "simulate.from",
    ],
    [
      "direction numbers in no base 64",
      () => sobol({ dimensions: 1, directions: { name: "own", dimensions: 1, packed: "!!!" } }),
      "sobol.directions",
    ],
    [
      "direction numbers for no number of dimensions",
      () => sobol({ dimensions: 1, directions: { name: "own", dimensions: Number.NaN, packed: "" } }),
      "sobol.directions",
    ],
    ["no table", () => covariancePresent(engine, none, pairwise()), "table"],
    ["no prices", () => tableReturns(engine, none), "table"],
    ["no estimator of gaps", () => covariancePresent(engine, TABLE, none), "estimator"],
    [
      "an estimator of complete rows",
      () => covariancePresent(engine, TABLE, as<PresentEstimator>(sample())),
      "estimator",
    ],
    ["an estimator of gaps for complete rows", () => covariance(engine, TABLE, as(pairwise())), "estimator"],
    ["another of them", () => covariance(engine, TABLE, as(ewmaPresent())), "estimator"],
    ["names of other columns", () => covariancePresent(engine, { ...TABLE, names: ["a"] }, pairwise()), "names"],
  ])("is refused by its place, typed: %s", (_, work, path) => {
    const { kept } = engine.memory;
    expect(pathOf(work)).toBe(path);
    expect(engine.memory.kept).toBe(kept);
    expect(covariancePresent(engine, TABLE, pairwise()).counts[0]).toBe(3);
  });

  it("is a change of an exposure that is text or null, which a number could be made of", () => {
    const ticker = varianceTicker(engine, { columns: 1, covariance: ONE, exposures: ONE });
    for (const change of ["5", null, true, 3n]) {
      expect(pathOf(() => ticker.whatIf(0, change as never))).toBe("change");
      expect(pathOf(() => ticker.tick(0, change as never))).toBe("change");
    }
    expect(ticker.variance).toBe(1);
    ticker.dispose();
  });

  it("is a place for results that overlaps what is still to be read", () => {
    const { exp, pow } = elementary(engine);
    const whole = new Float64Array(5000).fill(0.5);
    const [x, later] = [whole.subarray(0, 4999), whole.subarray(1)];
    expect(pathOf(() => exp(x, later))).toBe("into");
    expect(pathOf(() => exp(later, x))).toBe("into");
    expect(pathOf(() => pow(new Float64Array(4999), x, later))).toBe("into");
    expect(exp(x.subarray(0, 2), x.subarray(2, 4))[1]).toBe(exp(Float64Array.of(0.5))[0]);
    expect(pow(x, x, x)[4998]).toBe(pow(Float64Array.of(0.5), 0.5)[0]);
  });

  it("is not made of a value that someone changed: copulas and margins are frozen, as generators are", () => {
    for (const value of [gaussianCopula(), studentTMargin({ degreesOfFreedom: 4 }), sampleMargin([1]), philox()]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
  });
});
