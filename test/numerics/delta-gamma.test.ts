import { describe, expect, it } from "vitest";
import { tailOf } from "../../src/distribution.js";
import { InvalidInputError, NotPositiveDefiniteError } from "../../src/errors.js";
import { type DeltaGammaMethod, deltaGammaTail, modifiedTail } from "../../src/numerics/index.js";
import { normalDistribution, tails } from "../../src/stats.js";
import { invertedCdf, quadraticForm } from "../reference/delta-gamma.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { near, tolerance } from "../support/tolerance.js";

const identity = (n: number) => Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
const diagonal = (values: readonly number[]) => {
  const n = values.length;
  return identity(n).map((one, i) => (one === 1 ? (values[Math.floor(i / n)] ?? 0) : 0));
};

/** A form in its own axes: Σ (b z + ½ λ z²). */
const inAxes = (b: readonly number[], lambda: readonly number[]) => ({
  delta: b,
  gamma: diagonal(lambda),
  covariance: identity(b.length),
});

/** A random form whose axes are not those of its factors. */
function crossed(seed: number, n: number, curve = 1) {
  const uniform = random(seed);
  const noise = () => uniform() + uniform() + uniform() - 1.5;
  const root = Array.from({ length: n }, () => Array.from({ length: n }, () => 0.02 * noise()));
  const covariance = root.flatMap((row) =>
    root.map((other) => row.reduce((sum, x, k) => sum + x * (other[k] ?? 0), 0)),
  );
  const half = Array.from({ length: n }, () => Array.from({ length: n }, () => 400 * curve * noise()));
  const gamma = half.flatMap((row, i) => row.map((x, j) => x + (half[j]?.[i] ?? 0)));
  return { theta: noise(), delta: Array.from({ length: n }, () => 300 * noise()), gamma, covariance };
}

describe.each(numericsBuilds)("delta-gamma VaR ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };
  const normal = normalDistribution(engine);

  it("of one factor has the probability that the roots of its parabola say, out to 1e-10", () => {
    for (const [b, lambda] of [
      [1, 0.5],
      [1, -0.5],
      [0, 1],
      [0, -1],
      [3, 1e-3],
      [3, -1e-3],
      [1e-4, -2],
      [0.1, 2],
    ] as const) {
      for (const confidence of [0.01, 0.5, 0.95, 0.99, 0.9999, 1 - 1e-10]) {
        const tail = deltaGammaTail(engine, { ...inAxes([b], [lambda]), theta: 0.25, confidence });
        const alpha = tailOf(confidence, "confidence");
        const q = -tail.valueAtRisk - 0.25;
        // ½λz² + bz ≤ q between the roots where λ > 0, outside of them where λ < 0.
        const root = Math.sqrt(Math.max(0, b * b + 2 * lambda * q));
        const [low, high] = [(-b - root) / lambda, (-b + root) / lambda].sort((x, y) => x - y) as [number, number];
        const probability = lambda > 0 ? normal.cdf(high) - normal.cdf(low) : normal.cdf(low) + normal.survival(high);
        // Near the vertex the distance of the roots is the root of what is left of a difference.
        const allowed = tolerance.invertedShare + (8 * 2 ** -52 * (b * b + Math.abs(lambda))) / (root * root);
        expect(tail.expectedShortfall).toBeGreaterThanOrEqual(tail.valueAtRisk);
        if (allowed > tolerance.besideRoot) {
          // The quantile and the vertex are one to the last digits of f64.
          near(q, (-b * b) / (2 * lambda), tolerance.invertedTail, `vertex ${b} ${lambda} ${confidence}`);
          continue;
        }
        near(probability / alpha, 1, allowed, `${b} ${lambda} ${confidence}`);
        expect(tail.error).toBeLessThanOrEqual(allowed);
      }
    }
  });

  it("of pairs of opposite squares is Laplace's law, of many equal squares Erlang's", () => {
    for (const confidence of [0.9, 0.99, 0.9999, 1 - 1e-11]) {
      const alpha = tailOf(confidence, "confidence");
      // Half of the squares of two are exponential of mean 1, and their difference is Laplace: P(Y ≤ −x) = ½ e^−x.
      const pairs = deltaGammaTail(engine, { ...inAxes([0, 0, 0, 0], [1, -1, 1, -1]), confidence });
      near(pairs.valueAtRisk, -Math.log(2 * alpha), tolerance.invertedTail * (1 - Math.log(alpha)), "VaR");
      near(pairs.expectedShortfall, 1 - Math.log(2 * alpha), tolerance.invertedTail * (1 - Math.log(alpha)), "ES");
      // −½ Σ of 2k squares: P(Y ≤ −x) = e^−x Σ_{i<k} x^i/i!.
      const k = 20;
      const many = deltaGammaTail(engine, { ...inAxes(Array(2 * k).fill(0), Array(2 * k).fill(-1)), confidence });
      let [term, sum] = [1, 1];
      for (let i = 1; i < k; i++) sum += term *= many.valueAtRisk / i;
      near((Math.exp(-many.valueAtRisk) * sum) / alpha, 1, tolerance.invertedShare * 100, "Erlang");
    }
  });

  it("has the probability that a plain inversion finds, over random forms in other axes", () => {
    for (const [seed, n] of [2, 3, 4, 6, 9, 15, 33, 40].entries()) {
      // A curvature at which plain inversion ends soon: it has to add up a hundred thousand cosines as it is.
      const form = crossed(seed + 1, n, 0.1 / n);
      const axes = quadraticForm(form);
      for (const confidence of [0.05, 0.9, 0.99]) {
        const tail = deltaGammaTail(engine, { ...form, confidence });
        const probability = invertedCdf(axes, -tail.valueAtRisk);
        near(probability, tailOf(confidence, "confidence"), tolerance.plainInversion, `${n} ${confidence}`);
        near(tail.mean, axes.mean, tolerance.cumulants(1) * Math.sqrt(axes.variance) + 1e-12, "mean");
        near(tail.variance, axes.variance, tolerance.cumulants(axes.variance) * n, "variance");
        near(tail.thirdCumulant, axes.third, tolerance.cumulants(axes.variance ** 1.5) * n, "third");
        near(tail.fourthCumulant, axes.fourth, tolerance.cumulants(axes.variance ** 2) * n, "fourth");
        near(tail.skewness, axes.third / axes.variance ** 1.5, tolerance.cumulants(1) * n, "skewness");
        near(tail.excessKurtosis, axes.fourth / axes.variance ** 2, tolerance.cumulants(1) * n, "kurtosis");
      }
    }
  });

  it("is the mean of the tail beyond it, which is the derivative of what is expected below: by quantiles of a grid", () => {
    const form = { ...crossed(9, 5), confidence: 0.95 };
    const steps = 400;
    let mean = 0;
    for (let k = 0; k < steps; k++) {
      // Midpoints in s of α s²: VaR grows like a logarithm at 0.
      const s = (k + 0.5) / steps;
      const level = 1 - Math.round(0.05 * s ** 2 * 1e12) / 1e12;
      mean += (deltaGammaTail(engine, { ...form, confidence: level }).valueAtRisk * 2 * s) / steps;
    }
    const { expectedShortfall } = deltaGammaTail(engine, form);
    near(expectedShortfall / mean, 1, tolerance.quantileGrid, "ES");
  });

  it("without gamma is normal by every method, however many of the factors are one", () => {
    const methods: readonly DeltaGammaMethod[] = ["exact", "saddlepoint", "cornishFisher", "normal"];
    const ones = Array.from({ length: 9 }, () => 0.0004);
    for (const covariance of [ones, diagonal([0.0001, 0.0002, 0])]) {
      const delta = [100, -20, 7];
      const variance = delta.reduce(
        (sum, x, i) => sum + delta.reduce((part, y, j) => part + x * y * (covariance[3 * i + j] ?? 0), 0),
        0,
      );
      for (const confidence of [0.3, 0.95, 0.9999]) {
        const plain = tails(engine).normal({ mean: 2, deviation: Math.sqrt(variance), confidence });
        for (const method of methods) {
          const form = { theta: 2, delta, gamma: Array(9).fill(0), covariance, confidence, method };
          const tail = deltaGammaTail(engine, form);
          near(tail.valueAtRisk, plain.valueAtRisk, tolerance.invertedTail * 20, `${method} ${confidence}`);
          near(tail.expectedShortfall, plain.expectedShortfall, tolerance.invertedTail * 20, `${method} ${confidence}`);
          expect(tail.monotone).toBe(true);
        }
      }
    }
    // And as gamma goes to nothing, it goes there.
    const base = { ...crossed(3, 4, 0), confidence: 0.99 };
    const flat = deltaGammaTail(engine, { ...base, method: "normal" });
    for (const curve of [1e-6, 1e-12, 1e-16]) {
      const tail = deltaGammaTail(engine, { ...crossed(3, 4, curve), confidence: 0.99 });
      near(tail.valueAtRisk, flat.valueAtRisk, 100 * curve + tolerance.invertedTail * 20, `${curve}`);
    }
  });

  it("moves with theta, scales with money, and does not care in which unit a factor moves", () => {
    for (let seed = 1; seed <= 12; seed++) {
      const n = 1 + (seed % 5);
      const form = crossed(seed, n);
      for (const method of ["exact", "saddlepoint"] as const) {
        const of = (change: Partial<typeof form>) =>
          deltaGammaTail(engine, { ...form, ...change, confidence: 0.99, method });
        const base = of({});
        const size = Math.abs(form.theta) + Math.sqrt(base.variance);
        const allowed = tolerance.invertedTail * 100 * size;
        near(of({ theta: form.theta + 5 }).valueAtRisk, base.valueAtRisk - 5, allowed, "shifted");
        const scaled = of({
          theta: 64 * form.theta,
          delta: form.delta.map((x) => 64 * x),
          gamma: form.gamma.map((x) => 64 * x),
        });
        near(scaled.valueAtRisk, 64 * base.valueAtRisk, 64 * allowed, "scaled");
        near(scaled.expectedShortfall, 64 * base.expectedShortfall, 64 * allowed, "scaled");
        const unit = Array.from({ length: n }, (_, i) => 2 ** (3 * i - 4));
        const by = (i: number) => (unit[Math.floor(i / n)] ?? 1) * (unit[i % n] ?? 1);
        const other = of({
          delta: form.delta.map((x, i) => x / (unit[i] ?? 1)),
          gamma: form.gamma.map((x, i) => x / by(i)),
          covariance: form.covariance.map((x, i) => x * by(i)),
        });
        near(other.valueAtRisk, base.valueAtRisk, allowed * 1000, "in other units");
        near(other.expectedShortfall, base.expectedShortfall, allowed * 1000, "in other units");
      }
    }
  });

  it("is the same to the bit in any unit of money that is a power of two, however small or large", () => {
    for (const unit of [2 ** -240, 2 ** -100, 2 ** 240]) {
      for (const method of ["exact", "saddlepoint", "cornishFisher"] as const) {
        const form = { ...crossed(8, 4), confidence: 0.99, method };
        const base = deltaGammaTail(engine, form);
        const other = deltaGammaTail(engine, {
          ...form,
          theta: unit * form.theta,
          delta: form.delta.map((x) => unit * x),
          gamma: form.gamma.map((x) => unit * x),
        });
        expect(other).toEqual({
          ...base,
          valueAtRisk: unit * base.valueAtRisk,
          expectedShortfall: unit * base.expectedShortfall,
          mean: unit * base.mean,
          variance: unit * unit * base.variance,
          thirdCumulant: unit * unit * unit * base.thirdCumulant,
          fourthCumulant: unit * unit * (unit * unit) * base.fourthCumulant,
        });
      }
    }
  });

  it("by saddlepoint is within some per cent of a deviation, within a thousandth where the curvature is slight", () => {
    for (const [curve, allowed] of [
      [1, tolerance.saddlepoint],
      [0.1, tolerance.saddlepointSlight],
    ] as const) {
      for (const n of [1, 2, 3, 12, 40]) {
        for (let seed = 1; seed <= 5; seed++) {
          const form = crossed(seed, n, curve / n);
          for (const confidence of [0.2, 0.5, 0.95, 0.99, 0.999]) {
            const exact = deltaGammaTail(engine, { ...form, confidence });
            const other = deltaGammaTail(engine, { ...form, confidence, method: "saddlepoint" });
            const size = allowed * Math.sqrt(exact.variance);
            near(other.valueAtRisk, exact.valueAtRisk, size, `VaR ${n} ${seed} ${confidence}`);
            near(other.expectedShortfall, exact.expectedShortfall, size, `ES ${n} ${seed} ${confidence}`);
            expect(other.error).toBeNull();
          }
        }
      }
    }
  });

  it("of Y = −5000 u² at a confidence of 1 % is 0.785, where the moments say thousands and that they do not hold", () => {
    const form = { ...inAxes([0], [-10_000]), confidence: 0.01 };
    const z = normal.quantile(0.505);
    const exact = deltaGammaTail(engine, form);
    near(exact.valueAtRisk, 5000 * z * z, tolerance.invertedTail * 7071, "VaR");
    expect(exact.valueAtRisk.toFixed(3)).toBe("0.785");
    const expanded = deltaGammaTail(engine, { ...form, method: "cornishFisher" });
    expect(Math.abs(expanded.valueAtRisk)).toBeGreaterThan(1000);
    expect(expanded.monotone).toBe(false);
  });

  it("is found for long, short and mixed gamma without delta, for hedges that cancel, and for nothing at all", () => {
    for (const lambda of [
      [1, 2, 3],
      [-1, -2, -3],
      [-1, 1e-3, 2],
      [1, -1, 0],
      [1e-12, -1, 0],
    ]) {
      for (const confidence of [0.01, 0.5, 0.99, 0.99999]) {
        for (const b of [
          [0, 0, 0],
          [1e-9, 0, 1e-9],
          [0, 0, 1e-7],
        ]) {
          const tail = deltaGammaTail(engine, { ...inAxes(b, lambda), confidence });
          const text = `${lambda} ${b} ${confidence}`;
          expect(tail.valueAtRisk, text).toSatisfy(Number.isFinite);
          expect(tail.expectedShortfall, text).toBeGreaterThanOrEqual(tail.valueAtRisk);
          expect(tail.error, text).toBeLessThanOrEqual(tolerance.invertedShare * 100);
        }
      }
    }
    const nothing = deltaGammaTail(engine, {
      theta: -3,
      delta: [0, 0],
      gamma: [0, 0, 0, 0],
      covariance: [1, 0, 0, 1],
      confidence: 0.99,
    });
    expect(nothing).toMatchObject({ valueAtRisk: 3, expectedShortfall: 3, variance: 0, error: 0, monotone: true });
    const still = deltaGammaTail(engine, {
      delta: [5],
      gamma: [7],
      covariance: [0],
      confidence: 0.99,
      method: "saddlepoint",
    });
    expect(still).toMatchObject({ valueAtRisk: 0, expectedShortfall: 0 });
    const hedge = deltaGammaTail(engine, {
      delta: [1e9, -1e9],
      gamma: [1e9, -1e9, -1e9, 1e9],
      covariance: [0.0004, 0.0004, 0.0004, 0.0004],
      confidence: 0.99,
    });
    near(hedge.valueAtRisk, 0, 1e9 * 0.02 * 1e-7, "hedge");
  });

  it("agrees with the moments of a sample of it as far as a sample can", () => {
    const uniform = random(77);
    const draws = Array.from({ length: 20_000 }, () => {
      const z = normal.quantile((uniform() * 4294967295 + 0.5) / 4294967296);
      return 2 * z - 0.5 * z * z;
    });
    const sampled = modifiedTail(engine, { pnl: draws, confidence: 0.99 });
    const exact = deltaGammaTail(engine, { ...inAxes([2], [-1]), confidence: 0.99 });
    near(sampled.mean, exact.mean, 0.1, "mean");
    near(sampled.skewness, exact.skewness, 0.1, "skewness");
    near(tails(engine).historical({ pnl: draws, confidence: 0.99 }).valueAtRisk / exact.valueAtRisk, 1, 0.05, "VaR");
  });

  it("refuses what it cannot use by its path, and works on", () => {
    const base = { delta: [1, 2], gamma: [1, 0, 0, 1], covariance: [1, 0, 0, 1], confidence: 0.99 };
    for (const [path, change] of [
      ["deltaGammaTail.delta", { delta: [] }],
      ["deltaGammaTail.delta[1]", { delta: [1, Number.NaN] }],
      ["deltaGammaTail.gamma", { gamma: [1] }],
      ["deltaGammaTail.gamma[2]", { gamma: [1, 0, 0.5, 1] }],
      ["deltaGammaTail.covariance[2]", { covariance: [1, 0, 0.5, 1] }],
      ["deltaGammaTail.covariance[0]", { covariance: [Number.POSITIVE_INFINITY, 0, 0, 1] }],
      ["deltaGammaTail.theta", { theta: Number.NaN }],
      ["deltaGammaTail.confidence", { confidence: 1 }],
      ["deltaGammaTail.method", { method: "monteCarlo" as DeltaGammaMethod }],
      ["deltaGammaTail.sigma", { sigma: [1] }],
      ["deltaGammaTail", { delta: [1e200, 0] }],
      ["deltaGammaTail.gamma", { gamma: [1e308, 0, 0, 1], covariance: [1e10, 0, 0, 1] }],
    ] as const) {
      expect(pathOf(() => deltaGammaTail(engine, { ...base, ...change }))).toBe(path);
    }
    const indefinite = () => deltaGammaTail(engine, { ...base, covariance: [1, 2, 2, 1] });
    expect(indefinite).toThrow(NotPositiveDefiniteError);
    expect(indefinite).toThrow(/pivot 0 is -1/);
    expect(() => deltaGammaTail(engine, { ...base, confidence: 1 - 1e-14 })).toThrow(InvalidInputError);
    expect(engine.memory.kernel.arenaMark()).toBe(engine.memory.kernel.arenaFloor());
  });
});
