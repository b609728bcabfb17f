import { describe, expect, it } from "vitest";
import { covariance } from "../../src/covariance/covariance.js";
import type { CovarianceEstimator } from "../../src/covariance/estimator.js";
import { ewma } from "../../src/covariance/ewma.js";
import { fixed } from "../../src/covariance/fixed.js";
import { ledoitWolf } from "../../src/covariance/ledoit-wolf.js";
import { sample } from "../../src/covariance/sample.js";
import { InsufficientDataError, InvalidInputError } from "../../src/errors.js";
import * as reference from "../reference/covariance.js";
import { builds, freshMemory } from "../support/builds.js";
import { onEveryBuild } from "../support/every-build.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

type Rows = number[][];

/** Correlated columns of very different scale and level. */
function observations(seed: number, rows: number, columns: number): Rows {
  const next = random(seed);
  const scale = Array.from({ length: columns }, () => 10 ** (4 * next() - 4));
  return Array.from({ length: rows }, () => {
    const common = next() + next() - 1;
    return scale.map((s) => s * (common + next() + next() - 0.7));
  });
}

function table(x: Rows) {
  return { rows: x.length, columns: x[0]?.length ?? 1, values: Float64Array.from(x.flat()) };
}

/** Matrix and info of an estimate, equal to the bit on every build. */
function estimated(x: Rows, estimator: CovarianceEstimator) {
  const n = x[0]!.length;
  const out = onEveryBuild((memory) => {
    const { matrix, mean, shrinkage, meanCorrelation } = covariance({ memory }, table(x), estimator);
    return Float64Array.of(shrinkage ?? -1, meanCorrelation ?? -2, ...(mean ?? []), ...matrix);
  });
  const flat = out.slice(out.length - n * n);
  const matrix = Array.from({ length: n }, (_, i) => flat.slice(i * n, (i + 1) * n));
  return { shrinkage: out[0]!, meanCorrelation: out[1]!, mean: out.slice(2, out.length - n * n), matrix };
}

/** Largest |a − b| ÷ sqrt(b_ii·b_jj). */
function apart(a: Rows, b: Rows): number {
  let worst = 0;
  for (let i = 0; i < b.length; i++) {
    for (let j = 0; j < b.length; j++) {
      const scale = Math.sqrt(b[i]![i]! * b[j]![j]!);
      worst = Math.max(worst, Math.abs(a[i]![j]! - b[i]![j]!) / (scale === 0 ? 1 : scale));
    }
  }
  return worst;
}

const SHAPES = [
  [1, 1],
  [2, 1],
  [2, 3],
  [3, 2],
  [5, 9],
  [30, 4],
  [33, 33],
  [60, 70],
  [257, 12],
  [600, 5],
  [40, 130],
] as const;

describe("covariance", () => {
  it.each(SHAPES)("of %i rows and %i columns agrees with plain sums, for every estimator", (rows, columns) => {
    const x = observations(rows * 1000 + columns, rows, columns);
    if (rows > 1) {
      const s = estimated(x, sample());
      expect(apart(s.matrix, reference.sampleCovariance(x, rows - 1))).toBeLessThanOrEqual(tolerance.covariance);
      for (const [i, mean] of reference.means(x).entries()) {
        expect(Math.abs(s.mean[i]! - mean)).toBeLessThanOrEqual(
          tolerance.reorderedSum(rows) * Math.max(...x.map((row) => Math.abs(row[i]!))),
        );
      }
    }
    const biased = estimated(x, sample({ ddof: 0 })).matrix;
    expect(apart(biased, reference.sampleCovariance(x, rows))).toBeLessThanOrEqual(tolerance.covariance);
    const weighted = estimated(x, ewma({ decay: 0.94 })).matrix;
    expect(apart(weighted, reference.ewmaNormalised(x, 0.94))).toBeLessThanOrEqual(tolerance.covariance);
    const recursive = estimated(x, ewma({ decay: 0.9, form: "recursive" })).matrix;
    expect(apart(recursive, reference.ewmaRecursive(x, 0.9))).toBeLessThanOrEqual(tolerance.covariance);
  });

  it.each(SHAPES.filter(([rows, columns]) => rows > 2 && columns > 2))(
    "of %i rows and %i columns shrinks as the double sums say",
    (rows, columns) => {
      const x = observations(rows * 1000 + columns + 1, rows, columns);
      for (const target of ["identity", "constantCorrelation"] as const) {
        for (const divisor of ["n", "n-1"] as const) {
          const ours = estimated(x, ledoitWolf({ target, divisor }));
          const theirs = reference.ledoitWolf(x, target, divisor === "n" ? rows : rows - 1);
          expect(Math.abs(ours.shrinkage - theirs.shrinkage)).toBeLessThanOrEqual(tolerance.shrinkage);
          expect(apart(ours.matrix, theirs.matrix)).toBeLessThanOrEqual(tolerance.shrinkage);
          if (target === "constantCorrelation") {
            expect(Math.abs(ours.meanCorrelation - theirs.meanCorrelation)).toBeLessThanOrEqual(tolerance.shrinkage);
          } else expect(ours.meanCorrelation).toBe(-2);
        }
      }
    },
  );

  it("does not shrink what is its own target", () => {
    const x = observations(5, 50, 2);
    expect(estimated(x, ledoitWolf({ target: "constantCorrelation" })).shrinkage).toBe(0);
    expect(estimated(observations(6, 50, 1), ledoitWolf()).shrinkage).toBe(0);
    expect(
      estimated(
        [
          [1, 1],
          [1, 1],
          [1, 1],
        ],
        ledoitWolf(),
      ),
    ).toMatchObject({
      shrinkage: 0,
      matrix: [
        [0, 0],
        [0, 0],
      ],
    });
  });

  it("leaves a column without variance out of the mean correlation", () => {
    const x = observations(8, 40, 3);
    const without = estimated(x, ledoitWolf({ target: "constantCorrelation" }));
    const withConstant = estimated(
      x.map((row) => [...row, 7]),
      ledoitWolf({ target: "constantCorrelation" }),
    );
    expect(withConstant.meanCorrelation).toBe(without.meanCorrelation);
    expect(withConstant.matrix[3]).toEqual([0, 0, 0, 0]);
  });

  it("is zero for one row about its own mean, with ddof 0", () => {
    expect(estimated([[3, -4]], sample({ ddof: 0 })).matrix).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("gives the oldest rows no say once their weight is gone", () => {
    const x = observations(9, 3000, 3);
    const long = estimated(x, ewma({ decay: 0.5 })).matrix;
    expect(apart(long, reference.ewmaNormalised(x.slice(-300), 0.5))).toBeLessThanOrEqual(tolerance.covariance);
  });

  it("takes a half-life for the decay that halves a weight in that many rows", () => {
    const x = observations(10, 80, 3);
    const byHalfLife = estimated(x, ewma({ halfLife: 20 })).matrix;
    expect(apart(byHalfLife, reference.ewmaNormalised(x, 0.5 ** (1 / 20)))).toBeLessThanOrEqual(tolerance.covariance);
    expect(ewma({ halfLife: 20 }).key).not.toBe(ewma({ halfLife: 21 }).key);
  });

  it("scales with the square of the observations, exactly for powers of two", () => {
    const x = observations(12, 100, 7);
    for (const estimator of [sample(), ewma(), ledoitWolf(), ledoitWolf({ target: "constantCorrelation" })]) {
      const twice = estimated(
        x.map((row) => row.map((value) => 4 * value)),
        estimator,
      ).matrix;
      expect(twice).toEqual(estimated(x, estimator).matrix.map((row) => row.map((value) => 16 * value)));
    }
  });
});

describe("covariance and correlation of degenerate tables", () => {
  const memory = freshMemory(builds[0]!);

  it("correlate a constant column with nothing and say so by its deviation", () => {
    const { correlation, deviations } = covariance(
      { memory },
      table([
        [1, 5],
        [2, 5],
        [4, 5],
      ]),
      sample(),
    );
    expect(Array.from(correlation)).toEqual([1, 0, 0, 0]);
    expect(deviations[1]).toBe(0);
  });

  it("are results with more columns than rows", () => {
    expect(covariance({ memory }, table(observations(3, 4, 20)), sample()).matrix).toHaveLength(400);
  });
});

describe("what covariance refuses", () => {
  const memory = freshMemory(builds[0]!);
  const refusal = (work: () => unknown): { path: string; name: string } => {
    const floor = memory.kernel.arenaMark();
    try {
      work();
    } catch (error) {
      expect(memory.kernel.arenaMark()).toBe(floor);
      if (error instanceof InvalidInputError || error instanceof InsufficientDataError) return error;
    }
    throw new Error("not refused");
  };
  const two = table([
    [1, 2],
    [3, 4],
  ]);

  it.each<[string, () => unknown, string]>([
    ["an unknown option of sample", () => sample({ dof: 1 } as never), "sample.dof"],
    ["a ddof of 2", () => sample({ ddof: 2 as never }), "sample.ddof"],
    ["a decay of 1", () => ewma({ decay: 1 }), "ewma.decay"],
    ["a decay of 0", () => ewma({ decay: 0 }), "ewma.decay"],
    ["a decay that is not a number", () => ewma({ decay: Number.NaN }), "ewma.decay"],
    ["decay and half-life at once", () => ewma({ decay: 0.9, halfLife: 3 }), "ewma.halfLife"],
    ["a half-life of 0", () => ewma({ halfLife: 0 }), "ewma.halfLife"],
    ["an unknown form", () => ewma({ form: "adjusted" as never }), "ewma.form"],
    ["an unknown option of ewma", () => ewma({ lambda: 0.9 } as never), "ewma.lambda"],
    ["an unknown target", () => ledoitWolf({ target: "market" as never }), "ledoitWolf.target"],
    ["an unknown divisor", () => ledoitWolf({ divisor: 1 as never }), "ledoitWolf.divisor"],
    ["a fixed matrix of another size", () => fixed({ factors: ["A", "B"], matrix: [[1, 0]] }), "fixed.matrix"],
    [
      "a fixed matrix with a short row",
      () => fixed({ factors: ["A", "B"], matrix: [[1, 0], [0]] }),
      "fixed.matrix[1][1]",
    ],
    [
      "a fixed matrix that is not symmetric",
      () =>
        fixed({
          factors: ["A", "B"],
          matrix: [
            [1, 0.5],
            [0.4, 1],
          ],
        }),
      "fixed.matrix[1][0]",
    ],
    ["a fixed variance below 0", () => fixed({ factors: ["A"], matrix: [[-1]] }), "fixed.matrix[0][0]"],
    [
      "a fixed matrix with NaN",
      () => fixed({ factors: ["A"], matrix: Float64Array.of(Number.NaN) }),
      "fixed.matrix[0][0]",
    ],
    [
      "factors that repeat",
      () =>
        fixed({
          factors: ["A", "A"],
          matrix: [
            [1, 0],
            [0, 1],
          ],
        }),
      "fixed.factors",
    ],
    [
      "a fixed covariance of columns without names",
      () => covariance({ memory }, two, fixed({ factors: ["A"], matrix: [[1]] })),
      "names",
    ],
    [
      "a factor that the fixed covariance lacks",
      () => covariance({ memory }, { ...two, names: ["A", "B"] }, fixed({ factors: ["A"], matrix: [[1]] })),
      "fixed.factors",
    ],
    ["no rows", () => covariance({ memory }, { rows: 0, columns: 2, values: new Float64Array(0) }, ewma()), "rows"],
    ["one row for an unbiased sample", () => covariance({ memory }, table([[1, 2]]), sample()), "rows"],
    ["one row for shrinkage", () => covariance({ memory }, table([[1, 2]]), ledoitWolf()), "rows"],
    [
      "no columns",
      () => covariance({ memory }, { rows: 2, columns: 0, values: new Float64Array(0) }, sample()),
      "columns",
    ],
    ["a table of another size", () => covariance({ memory }, { ...two, rows: 3 }, sample()), "values"],
    [
      "NaN",
      () =>
        covariance(
          { memory },
          table([
            [1, 2],
            [Number.NaN, 4],
          ]),
          sample(),
        ),
      "values[2]",
    ],
    [
      "Infinity",
      () =>
        covariance(
          { memory },
          table([
            [1, 2],
            [3, Number.NEGATIVE_INFINITY],
          ]),
          sample(),
        ),
      "values[3]",
    ],
    [
      "numbers whose squares overflow",
      () =>
        covariance(
          { memory },
          table([
            [1, 1e200],
            [2, -1e200],
          ]),
          sample(),
        ),
      "columns[1]",
    ],
  ])("%s, by path", (_, work, path) => {
    expect(refusal(work).path).toBe(path);
  });

  it("stays usable afterwards", () => {
    expect(covariance({ memory }, two, sample()).matrix).toEqual(Float64Array.of(2, 2, 2, 2));
  });
});
