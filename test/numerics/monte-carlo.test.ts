import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixed } from "../../src/covariance/fixed.js";
import { sample } from "../../src/covariance/sample.js";
import { Engine } from "../../src/engine.js";
import { NotPositiveDefiniteError } from "../../src/errors.js";
import { MAXIMUM_BYTES } from "../../src/memory.js";
import { historical } from "../../src/models/historical.js";
import { parametric } from "../../src/models/parametric.js";
import {
  type Copula,
  chiSquareDistribution,
  gaussianCopula,
  historyMargin,
  type Margin,
  monteCarlo,
  monteCarloTail,
  normalMargin,
  type Points,
  philox,
  randomNormal,
  randomUniform,
  type SimulationOptions,
  sampleMargin,
  simulate,
  studentTCopula,
  studentTMargin,
  xoshiro,
} from "../../src/numerics/index.js";
import { sobol } from "../../src/sobol/index.js";
import { normalDistribution, studentTDistribution, tails } from "../../src/stats.js";
import { slowErrors, slowMoves } from "../reference/monte-carlo.js";
import { builds } from "../support/builds.js";
import { deskBook, deskHistory } from "../support/desk.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds, numericsOn } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

/** A correlation of n numbers, well conditioned: of random loadings on two factors and a number of their own. */
function correlationOf(n: number, seed: number): Float64Array {
  const uniform = random(seed);
  const loadings = Array.from({ length: n }, () => [uniform() - 0.5, uniform() - 0.5] as const);
  const product = (i: number, j: number) =>
    (loadings[i]?.[0] ?? 0) * (loadings[j]?.[0] ?? 0) + (loadings[i]?.[1] ?? 0) * (loadings[j]?.[1] ?? 0);
  return Float64Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    return i === j ? 1 : product(i, j) / Math.sqrt((0.2 + product(i, i)) * (0.2 + product(j, j)));
  });
}

const square = (flat: Float64Array, n: number) =>
  Array.from({ length: n }, (_, i) => Array.from(flat.subarray(i * n, (i + 1) * n)));

const copulas: readonly Copula[] = [gaussianCopula(), studentTCopula({ degreesOfFreedom: 4 })];
const margins: readonly Margin[] = [
  normalMargin(),
  studentTMargin({ degreesOfFreedom: 4 }),
  studentTMargin({ degreesOfFreedom: 2.5 }),
  sampleMargin([0.03, -0.01, 0, -0.07, 0.02]),
];

describe.each(numericsBuilds)("simulate ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };
  const normal = normalDistribution(engine);
  const student = studentTDistribution(engine);
  const chiSquare = chiSquareDistribution(engine);

  /** The numbers that each path takes, by the places of METHODS. */
  function pathsOf(n: number, copula: Copula, paths: number, seed: number) {
    const numbers = n + (copula.degreesOfFreedom > 0 ? 1 : 0);
    const count = 4 * Math.ceil(paths / 4) * numbers;
    const z = randomNormal(engine, philox({ seed }), { count });
    const u = randomUniform(engine, philox({ seed }), { count });
    return Array.from({ length: paths }, (_, k) => {
      const place = (i: number) => 4 * numbers * Math.floor(k / 4) + 4 * i + (k % 4);
      const nu = copula.degreesOfFreedom;
      const factor = nu === 0 ? 1 : Math.sqrt(nu / chiSquare.quantile(u[place(n)] ?? 0, nu));
      return { z: Array.from({ length: n }, (_, i) => z[place(i)] ?? 0), factor };
    });
  }

  it.each(copulas)("makes of every path what its definition makes of it, under the $key copula", (copula) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 19 }),
        fc.integer({ min: 2, max: 23 }),
        fc.integer({ min: 0, max: 999 }),
        (n, paths, seed) => {
          const correlation = correlationOf(n, seed);
          const own = Array.from({ length: n }, (_, i) => margins[(seed + i) % margins.length] ?? normalMargin());
          const deviations = Float64Array.from({ length: n }, (_, i) => 0.01 * (i + 1));
          const found = simulate(engine, {
            correlation,
            deviations,
            copula,
            margins: own,
            source: philox({ seed }),
            paths,
          });
          const nu = copula.degreesOfFreedom;
          const expected = slowMoves({
            correlation: square(correlation, n),
            scales: own.map((margin, i) => (margin.sample === null ? (deviations[i] ?? 0) : 1)),
            margins: own.map((margin) => {
              if (margin.sample !== null) return { sample: Array.from(margin.sample) };
              const m = margin.degreesOfFreedom;
              if (margin.name === "normal") return { quantile: normal.quantile };
              return { quantile: (p: number) => Math.sqrt((m - 2) / m) * student.quantile(p, m) };
            }),
            cdf: (x) => (nu === 0 ? normal.cdf(x) : student.cdf(x, nu)),
            paths: pathsOf(n, copula, paths, seed),
          });
          for (let k = 0; k < paths; k++) {
            for (let i = 0; i < n; i++) {
              const [a = Number.NaN, b = Number.NaN] = [found[i * paths + k], expected[k]?.[i]];
              const allowed = tolerance.simulatedMove * Math.max(Math.abs(b), deviations[i] ?? 0);
              if (!(Math.abs(a - b) <= allowed)) throw new Error(`path ${k}, number ${i}: ${a} is not ${b}`);
            }
          }
        },
      ),
      { seed: 20261130, numRuns: 40 },
    );
  });

  it("makes the same path whatever is simulated with it, of generators and of points", () => {
    const correlation = correlationOf(5, 3);
    for (const source of [
      philox({ seed: 5 }),
      xoshiro({ seed: 5 }),
      sobol({ dimensions: 5 }),
      sobol({ dimensions: 5, scramble: 1 }),
    ]) {
      const options = { correlation, source };
      const whole = simulate(engine, { ...options, paths: 1203 });
      const part = simulate(engine, { ...options, paths: 300, from: 800 });
      for (let i = 0; i < 5; i++) {
        expect(part.subarray(i * 300, (i + 1) * 300)).toEqual(whole.subarray(i * 1203 + 800, i * 1203 + 1100));
      }
    }
  });

  it.each([...copulas])(
    "tail is that of the P&L of the numbers, with their errors, under the $key copula",
    (copula) => {
      for (const own of [
        normalMargin(),
        studentTMargin({ degreesOfFreedom: 4 }),
        studentTMargin({ degreesOfFreedom: 6 }),
      ]) {
        for (const paths of [2, 5, 999, 2001]) {
          const n = 7;
          const options: SimulationOptions = {
            correlation: correlationOf(n, 8),
            copula,
            margins: own,
            source: philox({ seed: 8 }),
            paths,
          };
          const weights = Float64Array.from({ length: n }, (_, i) => 100 * (i - 2));
          const moves = simulate(engine, options);
          const pnl = Float64Array.from({ length: paths }, (_, k) =>
            weights.reduce((sum, w, i) => sum + w * (moves[i * paths + k] ?? 0), 0),
          );
          const found = monteCarloTail(engine, { ...options, weights, confidence: 0.95 });
          const expected = tails(engine).historical({ pnl, confidence: 0.95 });
          const errors = slowErrors(Array.from(pnl), 0.05);
          const scale = pnl.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
          const close = (a: number, b: number) =>
            expect(Math.abs(a - b)).toBeLessThanOrEqual(tolerance.simulatedTail * scale);
          close(found.valueAtRisk, expected.valueAtRisk);
          close(found.expectedShortfall, expected.expectedShortfall);
          close(found.standardErrors?.valueAtRisk ?? Number.NaN, errors.valueAtRisk);
          close(found.standardErrors?.expectedShortfall ?? Number.NaN, errors.expectedShortfall);
        }
      }
    },
  );

  it("is off by as much as its standard errors say: of a hundred seeds some sixty-eight within one", () => {
    const weights = Float64Array.of(3, -1, 2);
    const correlation = correlationOf(3, 4);
    const variance = square(correlation, 3).reduce(
      (sum, row, i) => sum + row.reduce((s, c, j) => s + c * (weights[i] ?? 0) * (weights[j] ?? 0), 0),
      0,
    );
    const exact = tails(engine).normal({ deviation: Math.sqrt(variance), confidence: 0.975 });
    const within = { valueAtRisk: 0, expectedShortfall: 0 };
    for (let seed = 0; seed < 100; seed++) {
      const found = monteCarloTail(engine, {
        correlation,
        weights,
        confidence: 0.975,
        source: philox({ seed }),
        paths: 4000,
      });
      for (const measure of ["valueAtRisk", "expectedShortfall"] as const) {
        const off = Math.abs(found[measure] - exact[measure]) / (found.standardErrors?.[measure] ?? 0);
        if (off <= 1) within[measure]++;
        expect(off).toBeLessThan(5);
      }
    }
    for (const measure of ["valueAtRisk", "expectedShortfall"] as const) {
      expect(within[measure]).toBeGreaterThan(54);
      expect(within[measure]).toBeLessThan(82);
    }
  });

  it("gives the same into an array that is there, which an error leaves alone", () => {
    const options = { correlation: Float64Array.of(1, 0.5, 0.5, 1), paths: 37 };
    const into = new Float64Array(74).fill(7);
    expect(() => simulate(engine, { ...options, deviations: Float64Array.of(1e308, 1), into })).toThrow(/deviations/);
    expect(into).toEqual(new Float64Array(74).fill(7));
    expect(simulate(engine, { ...options, into })).toBe(into);
    expect(into).toEqual(simulate(engine, options));
  });

  it("has both methods' numbers, Box and Muller's in pairs wherever they stand", () => {
    const source = philox({ seed: 3 });
    const u = randomUniform(engine, source, { count: 1001 });
    const z = randomNormal(engine, source, { count: 1000, method: "boxMuller" });
    for (let i = 0; i < 1000; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(u[i] ?? 0));
      const angle = 2 * Math.PI * (u[i + 1] ?? 0);
      expect(Math.abs((z[i] ?? 0) - radius * Math.cos(angle))).toBeLessThan(tolerance.boxMuller);
      expect(Math.abs((z[i + 1] ?? 0) - radius * Math.sin(angle))).toBeLessThan(tolerance.boxMuller);
    }
    for (const [from, count] of [
      [0, 1],
      [1, 1],
      [1, 6],
      [2, 5],
      [7, 100],
      [3, 0],
    ] as const) {
      expect(randomNormal(engine, source, { from, count, method: "boxMuller" })).toEqual(z.slice(from, from + count));
    }
    const fast = simulate(engine, { correlation: Float64Array.of(1), source, method: "boxMuller", paths: 8 });
    expect(fast).toEqual(z.slice(0, 8));
  });

  it("refuses what it cannot take, by name, and works on", () => {
    const correlation = Float64Array.of(1, 0.5, 0.5, 1);
    const asked = (change: object) => () => simulate(engine, { correlation, paths: 8, ...change });
    expect(pathOf(asked({ paths: 1 }))).toBe("simulate.paths");
    expect(pathOf(asked({ from: 3 }))).toBe("simulate.from");
    expect(pathOf(asked({ correlation: Float64Array.of(1, 0.5, 0.5, 2) }))).toBe("simulate.correlation[3]");
    expect(pathOf(asked({ correlation: Float64Array.of(1, 2, 3) }))).toBe("simulate.correlation");
    expect(pathOf(asked({ correlation: Float64Array.of(1, Number.NaN, 0.5, 1) }))).toBe("simulate.correlation[1]");
    expect(pathOf(asked({ deviations: Float64Array.of(1, -1) }))).toBe("simulate.deviations[1]");
    expect(pathOf(asked({ margins: [normalMargin()] }))).toBe("simulate.margins");
    expect(pathOf(asked({ margins: historyMargin() }))).toBe("simulate.margins[0]");
    expect(pathOf(asked({ source: {} }))).toBe("simulate.source");
    expect(pathOf(asked({ source: sobol({ dimensions: 3 }) }))).toBe("simulate.source.dimensions");
    expect(pathOf(asked({ source: sobol({ dimensions: 2 }), method: "boxMuller" }))).toBe("simulate.method");
    const own = { name: "own", parameters: {}, dimensions: 2, count: 99, first: 0 };
    const fill: Points["fill"] = (memory, _, __, count, out) => memory.write(out, new Float64Array(2 * count).fill(1));
    expect(pathOf(asked({ source: { ...own, fill } }))).toBe("own[0]");
    expect(pathOf(() => studentTMargin({ degreesOfFreedom: 2 }))).toBe("studentTMargin.degreesOfFreedom");
    expect(pathOf(() => sampleMargin([0, Number.NaN]))).toBe("sampleMargin.sample[1]");
    expect(asked({ correlation: Float64Array.of(1, 1, 1, 1) })).toThrow(NotPositiveDefiniteError);
    expect(pathOf(asked({ into: new Float64Array(15) } as object))).toBe("simulate.into");
    expect(asked({})().length).toBe(16);
  });
});

const [BTC, ETH] = [7, 8].map((seed) => {
  const uniform = random(seed);
  return Array.from({ length: 400 }, () => 0.1 * (uniform() + uniform() + uniform() - 1.5));
});
const history = deskHistory({ BTC: BTC ?? [], ETH: ETH ?? [] });
const hour = { holdingPeriod: "PT1H", lookback: null, confidence: 0.975 } as const;

describe.each(builds)("monteCarlo of the $build build", (build) => {
  const engine = new Engine(build, MAXIMUM_BYTES);
  numericsOn(engine.memory);
  const pools = {
    long: { balances: { BTC: 2 } },
    hedged: { balances: { BTC: 2, ETH: -5 } },
    cash: { balances: { USD: 10 } },
  };

  it("tends to the parametric model with a Gaussian copula and normal margins", () => {
    using desk = deskBook(engine, pools, history);
    const exact = engine.margin(desk.book, parametric({ ...hour, covariance: sample() }));
    const found = engine.margin(desk.book, monteCarlo({ ...hour, covariance: sample(), paths: 20_000 }));
    for (const measure of ["valueAtRisk", "expectedShortfall"] as const) {
      for (const [row, error] of (found.standardErrors?.[measure] ?? []).entries()) {
        expect(Math.abs((found[measure][row] ?? 0) - (exact[measure][row] ?? 0))).toBeLessThanOrEqual(4 * error);
      }
    }
    expect(found.valueAtRisk[2]).toBe(0);
    expect(found.observations).toBe(400);
  });

  it("tends to the historical model of one factor with that factor's own returns as its margin", () => {
    using desk = deskBook(engine, { long: pools.long }, history);
    const exact = engine.margin(desk.book, historical(hour));
    const points = sobol({ dimensions: 1 });
    const found = engine.margin(
      desk.book,
      monteCarlo({ ...hour, covariance: sample(), margin: historyMargin(), source: points, paths: 40_000 }),
    );
    expect(found.standardErrors).toBeNull();
    expect(found.valueAtRisk[0]).toBe(exact.valueAtRisk[0]);
    const [es = 0, mean = 0] = [found.expectedShortfall[0], exact.expectedShortfall[0]];
    expect(Math.abs(es - mean)).toBeLessThan(tolerance.simulatedShortfall * mean);
  });

  it("takes as many paths for a tail as it would without what its confidence is off by, up to 1e-9", () => {
    using desk = deskBook(engine, pools, history);
    const tail = (confidence: number) => {
      const model = monteCarlo({ ...hour, covariance: sample(), paths: 1000, confidence });
      const { valueAtRisk, expectedShortfall } = engine.margin(desk.book, model);
      return [...valueAtRisk, ...expectedShortfall];
    };
    for (const off of [-0.5e-9, 0.5e-9]) expect(tail(1 - 0.025 * (1 + off))).toEqual(tail(0.975));
    expect(tail(1 - 0.025 * (1 + 1.5e-9))).not.toEqual(tail(0.975));
  });

  it("has the standard errors of each pool's own P&L, and none where none are asked for", () => {
    using desk = deskBook(engine, pools, history);
    const model = monteCarlo({ ...hour, covariance: sample(), paths: 999 });
    const { standardErrors, expectedShortfall } = engine.margin(desk.book, model);
    for (const row of [0, 1]) {
      const { pnl } = model.decompose(desk.book, row);
      const errors = slowErrors(Array.from(pnl), 0.025);
      for (const measure of ["valueAtRisk", "expectedShortfall"] as const) {
        const off = Math.abs((standardErrors?.[measure][row] ?? Number.NaN) - errors[measure]);
        expect(off).toBeLessThanOrEqual(tolerance.simulatedTail * (expectedShortfall[row] ?? 0));
      }
    }
    expect(engine.margin(desk.book, monteCarlo({ ...hour, standardErrors: false })).standardErrors).toBeNull();
  });

  it("keeps logarithmic moves above the loss of everything", () => {
    const covariance = fixed({ factors: ["BTC"], matrix: [[4]] });
    using desk = deskBook(engine, { long: pools.long }, history);
    const { equity, expectedShortfall } = engine.margin(desk.book, monteCarlo({ ...hour, covariance, returns: "log" }));
    expect(expectedShortfall[0]).toBeGreaterThan(0.9 * (equity[0] ?? 0));
    expect(expectedShortfall[0]).toBeLessThan(equity[0] ?? 0);
  });

  it("takes a pool apart into parts that sum to its numbers", () => {
    using desk = deskBook(engine, pools, history);
    const model = monteCarlo({ ...hour, covariance: sample(), copula: studentTCopula({ degreesOfFreedom: 5 }) });
    const { valueAtRisk, expectedShortfall } = engine.margin(desk.book, model);
    const parts = model.decompose(desk.book, 1);
    expect(parts.model).toBe("monteCarlo");
    for (const { names: _, ...split } of [parts.factors, parts.lines]) {
      const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
      const scale = Math.abs(expectedShortfall[1] ?? 0);
      expect(Math.abs(sum(split.valueAtRisk.component) - (valueAtRisk[1] ?? 0))).toBeLessThan(
        tolerance.simulatedTail * scale,
      );
      expect(Math.abs(sum(split.expectedShortfall.component) - (expectedShortfall[1] ?? 0))).toBeLessThan(
        tolerance.simulatedTail * scale,
      );
    }
    const { requirement } = engine.explain(desk.book, 1, model);
    expect(requirement.length).toBeGreaterThan(0);
  });

  it("refuses points of another number of dimensions when it sees the book's factors, and the engine works on", () => {
    using desk = deskBook(engine, pools, history);
    const wrong = monteCarlo({ ...hour, source: sobol({ dimensions: 3 }) });
    expect(pathOf(() => engine.margin(desk.book, wrong))).toBe("monteCarlo.source.dimensions");
    expect(pathOf(() => monteCarlo({ margin: sampleMargin([1]) }))).toBe("monteCarlo.margin");
    expect(pathOf(() => monteCarlo({ paths: 1.5 }))).toBe("monteCarlo.paths");
    expect(engine.margin(desk.book, monteCarlo(hour)).valueAtRisk[0]).toBeGreaterThan(0);
  });
});
