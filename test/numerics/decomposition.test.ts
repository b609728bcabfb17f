import { describe, expect, it } from "vitest";
import { InsufficientDataError, InvalidInputError } from "../../src/errors.js";
import { decomposeHistorical } from "../../src/models/decomposition.js";
import {
  ageWeightedTail,
  decomposeAgeWeighted,
  decomposeKernelSmoothed,
  decomposeModified,
  kernelSmoothedTail,
  modifiedTail,
  type ScenarioDecompositionInput,
  type ScenarioShares,
} from "../../src/numerics/index.js";
import { expansion, momentDerivatives, moments } from "../reference/modified.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { near, tolerance } from "../support/tolerance.js";

type Matrix = readonly (readonly number[])[];
type Engine = Parameters<typeof modifiedTail>[0];

interface Subject {
  readonly name: string;
  /** whether it has derivatives wherever no two observations change places */
  readonly smooth: boolean;
  readonly of: (engine: Engine, input: ScenarioDecompositionInput) => ScenarioShares;
  readonly tail: (
    engine: Engine,
    pnl: readonly number[],
    confidence: number,
  ) => { readonly valueAtRisk: number; readonly expectedShortfall: number };
}

const SUBJECTS: readonly Subject[] = [
  ...(["integral", "edgeworth", "operational"] as const).flatMap((shortfall) =>
    (["n", "n-1"] as const).map((divisor) => ({
      name: `modified, ${shortfall}, ${divisor}`,
      smooth: true,
      of: (engine: Engine, input: ScenarioDecompositionInput) =>
        decomposeModified(engine, { ...input, shortfall, divisor }),
      tail: (engine: Engine, pnl: readonly number[], confidence: number) =>
        modifiedTail(engine, { pnl, confidence, shortfall, divisor }),
    })),
  ),
  ...(["step", "interpolated"] as const).flatMap((quantile) =>
    [0.9, 1].map((decay) => ({
      name: `age-weighted, ${quantile}, ${decay}`,
      smooth: false,
      of: (engine: Engine, input: ScenarioDecompositionInput) =>
        decomposeAgeWeighted(engine, { ...input, decay, quantile }),
      tail: (engine: Engine, pnl: readonly number[], confidence: number) =>
        ageWeightedTail(engine, { pnl, confidence, decay, quantile }),
    })),
  ),
  {
    name: "kernel-smoothed",
    smooth: true,
    of: (engine, input) => decomposeKernelSmoothed(engine, input),
    tail: (engine, pnl, confidence) => kernelSmoothedTail(engine, { pnl, confidence }),
  },
  {
    name: "kernel-smoothed, not at all",
    smooth: false,
    of: (engine, input) => decomposeKernelSmoothed(engine, { ...input, smoothing: 0 }),
    tail: (engine, pnl, confidence) => kernelSmoothedTail(engine, { pnl, confidence, bandwidth: 0 }),
  },
];

/** Moves with a common factor, of different sizes, and weights of both signs. */
function moves(seed: number, n: number, p: number): { readonly rows: Matrix; readonly weights: readonly number[] } {
  const uniform = random(seed);
  const noise = () => uniform() + uniform() + uniform() ** 3 - 1.25;
  const size = Array.from({ length: p }, () => 0.01 * (1 + 3 * uniform()));
  const rows = Array.from({ length: n }, () => {
    const common = noise();
    return size.map((x) => x * (0.6 * common + noise()));
  });
  return { rows, weights: size.map(() => 1000 * (uniform() - 0.3)) };
}

const pnlOf = (rows: Matrix, weights: readonly number[]) =>
  rows.map((row) => row.reduce((sum, x, i) => sum + x * (weights[i] ?? 0), 0));
const magnitude = (values: ArrayLike<number>) => Array.from(values).reduce((sum, x) => sum + Math.abs(x), 0);
const KEYS = ["valueAtRisk", "expectedShortfall"] as const;

describe.each(numericsBuilds)("decomposition of measures of observed moves ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it.each(SUBJECTS)(
    "has components that sum to the total, and shares lost exactly without the part: $name",
    (subject) => {
      for (const [seed, [n, p]] of [
        [2, 1],
        [3, 2],
        [8, 3],
        [33, 5],
        [70, 4],
        [120, 12],
        [257, 2],
      ].entries() as Iterable<[number, [number, number]]>) {
        const { rows, weights } = moves(seed + 1, n, p);
        for (const confidence of [0.5, 0.95, 0.995]) {
          const shares = subject.of(engine, { returns: rows.flat(), weights, confidence });
          const whole = subject.tail(engine, pnlOf(rows, weights), confidence);
          const gross = magnitude(weights) * 0.04;
          for (const key of KEYS) {
            const { total, component, marginal, percent, incremental } = shares[key];
            const label = `${key} ${n}x${p} ${confidence}`;
            near(total, whole[key], tolerance.sharedTotal * gross, label);
            const sum = component.reduce((x, y) => x + y, 0);
            near(sum, total, tolerance.componentSum * magnitude(component), `${label} sum`);
            for (const [i, weight] of weights.entries()) {
              near(component[i] ?? 0, weight * (marginal[i] ?? 0), tolerance.sharedTotal * gross, `${label} component`);
              near(
                percent?.[i] ?? 0,
                (component[i] ?? 0) / total,
                tolerance.sharedTotal * Math.abs(percent?.[i] ?? 0),
                label,
              );
              const rest = weights.map((w, j) => (i === j ? 0 : w));
              const without = subject.tail(engine, pnlOf(rows, rest), confidence)[key];
              near(incremental[i] ?? 0, total - without, tolerance.sharedTotal * gross, `${label} incremental`);
            }
          }
        }
      }
    },
  );

  it.each(SUBJECTS.filter(({ smooth }) => smooth))("has the derivatives that differences give: $name", (subject) => {
    const { rows, weights } = moves(5, 60, 4);
    for (const confidence of [0.9, 0.975]) {
      const shares = subject.of(engine, { returns: rows.flat(), weights, confidence });
      for (const key of KEYS) {
        for (const i of weights.keys()) {
          const step = 1e-4;
          const at = (by: number) =>
            subject.tail(
              engine,
              pnlOf(
                rows,
                weights.map((w, j) => (i === j ? w + by : w)),
              ),
              confidence,
            )[key];
          const slope = (at(step) - at(-step)) / (2 * step);
          near(shares[key].marginal[i] ?? 0, slope, tolerance.differenceSlope, `${subject.name} ${key} ${i}`);
        }
      }
    }
  });

  it("of a modified VaR is what coskewness and cokurtosis matrices give", () => {
    for (const [seed, p] of [1, 2, 3, 5].entries()) {
      const { rows, weights } = moves(seed + 20, 40, p);
      const { valueAtRisk } = decomposeModified(engine, { returns: rows.flat(), weights, confidence: 0.99 });
      const { mean, second, third, fourth } = momentDerivatives(rows, weights);
      const m = moments(pnlOf(rows, weights));
      const sd = Math.sqrt(m.variance);
      const [s, k] = [m.third / sd ** 3, m.fourth / sd ** 4 - 3];
      const z = -2.3263478740408408;
      const h = expansion(z, s, k);
      for (const i of weights.keys()) {
        const dSd = (second[i] ?? 0) / (2 * sd);
        const dS = (third[i] ?? 0) / sd ** 3 - (3 * s * dSd) / sd;
        const dK = (fourth[i] ?? 0) / sd ** 4 - (4 * (k + 3) * dSd) / sd;
        const dH = ((z ** 2 - 1) / 6 - ((2 * z ** 3 - 5 * z) * s) / 18) * dS + ((z ** 3 - 3 * z) / 24) * dK;
        near(valueAtRisk.marginal[i] ?? 0, -(mean[i] ?? 0) - dSd * h - sd * dH, tolerance.coskewness, `${p} ${i}`);
      }
    }
  });

  it("is the historical one where all weigh alike, and where nothing is smoothed", () => {
    for (let seed = 1; seed <= 12; seed++) {
      const { rows, weights } = moves(seed, 5 + seed * 9, 1 + (seed % 4));
      const tied = rows.map((row) => row.map((x) => Math.round(64 * x) / 64));
      for (const returns of [rows.flat(), tied.flat()]) {
        for (const confidence of [0.9, 0.99]) {
          const plain = decomposeHistorical(engine, { returns, weights, confidence });
          const alike = decomposeAgeWeighted(engine, { returns, weights, confidence, decay: 1 });
          const rough = decomposeKernelSmoothed(engine, { returns, weights, confidence, smoothing: 0 });
          expect(alike.tail).toEqual(plain.tail);
          expect(alike.pnl).toEqual(plain.pnl);
          for (const shares of [alike, rough]) {
            for (const key of KEYS) {
              const size = tolerance.sharedTotal * magnitude(weights);
              near(shares[key].total, plain[key].total, size, key);
              for (const part of ["marginal", "component", "incremental"] as const) {
                for (const [i, value] of plain[key][part].entries()) near(shares[key][part][i] ?? 0, value, size, part);
              }
            }
          }
          near(
            alike.weights.reduce((sum, x) => sum + x, 0),
            1,
            tolerance.sharedTotal,
            "weights",
          );
        }
      }
    }
  });

  it("of zero weights, hedges to nothing and moves that never were has no NaN", () => {
    const { rows } = moves(4, 30, 3);
    const twins = rows.map(([x = 0]) => [x, x]);
    const still = rows.map(() => [0, 0]);
    for (const { of, name } of SUBJECTS) {
      const zero = of(engine, { returns: rows.flat(), weights: [0, 0, 0], confidence: 0.99 });
      const hedged = of(engine, { returns: twins.flat(), weights: [1e6, -1e6], confidence: 0.99 });
      const calm = of(engine, { returns: still.flat(), weights: [3, 4], confidence: 0.99 });
      for (const shares of [zero, hedged, calm]) {
        for (const key of KEYS) {
          expect(shares[key].total, name).toBe(0);
          expect(shares[key].percent, name).toBeNull();
          const { marginal, component, incremental } = shares[key];
          for (const value of [...marginal, ...component, ...incremental])
            expect(value, name).toSatisfy(Number.isFinite);
        }
      }
      expect([...zero.valueAtRisk.incremental], name).toEqual([0, 0, 0]);
      const sum = hedged.valueAtRisk.component.reduce((x, y) => x + y, 0);
      near(sum, 0, tolerance.componentSum * magnitude(hedged.valueAtRisk.component), name);
    }
  });

  it("of a hedge that outweighs the rest by far leaves no rounding error in what remains without it", () => {
    const returns = [-1, -1, 1, 1, -1, 1, 0, 0];
    const { valueAtRisk } = decomposeAgeWeighted(engine, { returns, weights: [1e16, 3], decay: 1, confidence: 0.75 });
    // 10^16 + 3 is a number of even units: three rounds to four.
    expect(valueAtRisk.total - (valueAtRisk.incremental[0] ?? 0)).toBe(4);
  });

  it("is of degree 1: four times the weights have four times the components and the same slopes", () => {
    const { rows, weights } = moves(6, 50, 4);
    for (const { of, name } of SUBJECTS) {
      const base = of(engine, { returns: rows.flat(), weights, confidence: 0.95 });
      const more = of(engine, { returns: rows.flat(), weights: weights.map((w) => 4 * w), confidence: 0.95 });
      for (const key of KEYS) {
        for (const [i, value] of base[key].component.entries()) {
          near(more[key].component[i] ?? 0, 4 * value, tolerance.scaledShares * magnitude(base[key].component), name);
          near(more[key].marginal[i] ?? 0, base[key].marginal[i] ?? 0, tolerance.scaledShares, name);
        }
      }
    }
  });

  it("is refused for lengths that do not fit and numbers that are not finite, by the path", () => {
    const base = { returns: [1, 2, 3, 4], weights: [1, 2], confidence: 0.9 };
    for (const [path, change] of [
      ["decomposeModified.weights", { weights: [] }],
      ["decomposeModified.weights[1]", { weights: [1, Number.NaN] }],
      ["decomposeModified.returns", { returns: [1, 2, 3] }],
      ["decomposeModified.returns[2]", { returns: [1, 2, Number.POSITIVE_INFINITY, 4] }],
      ["decomposeModified.confidence", { confidence: 2 }],
      ["decomposeModified.decay", { decay: 0.9 }],
    ] as const) {
      const attempt = () => decomposeModified(engine, { ...base, ...change });
      expect(attempt, path).toThrow(InvalidInputError);
      expect(attempt, path).toThrow(path);
    }
    expect(() => decomposeAgeWeighted(engine, { ...base, decay: 0 })).toThrow("decomposeAgeWeighted.decay");
    expect(() => decomposeKernelSmoothed(engine, { ...base, smoothing: -1 })).toThrow(
      "decomposeKernelSmoothed.smoothing",
    );
    const one = { returns: [1, 2], weights: [1, 2], confidence: 0.9 };
    expect(() => decomposeModified(engine, { ...one, divisor: "n-1" })).toThrow(InsufficientDataError);
    expect(engine.memory.kernel.arenaMark()).toBe(engine.memory.kernel.arenaFloor());
  });
});
