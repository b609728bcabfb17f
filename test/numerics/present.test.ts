import { describe, expect, it } from "vitest";
import { covariance } from "../../src/covariance/covariance.js";
import { ewma } from "../../src/covariance/ewma.js";
import { sample } from "../../src/covariance/sample.js";
import { InsufficientDataError } from "../../src/errors.js";
import {
  clipEigenvalues,
  covariancePresent,
  ewmaPresent,
  pairwise,
  type PresentEstimator,
  tableReturns,
} from "../../src/numerics/index.js";
import { slowCalendar, slowCounts, slowPairwise, slowSkip } from "../reference/present.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

type Table = readonly (readonly number[])[];

/** Observations with a share of gaps. */
function observations(seed: number, rows: number, columns: number, gaps: number, level = 0): Table {
  const uniform = random(seed);
  const sizes = Array.from({ length: columns }, () => 10 ** (4 * uniform() - 4));
  return Array.from({ length: rows }, () => {
    const common = uniform() - 0.5;
    return sizes.map((size) => (uniform() < gaps ? Number.NaN : level + size * (common + uniform() - 0.4)));
  });
}
const tableOf = (x: Table) => ({ rows: x.length, columns: x[0]?.length ?? 0, values: Float64Array.from(x.flat()) });

const ESTIMATORS: readonly {
  readonly name: string;
  readonly made: (lacking: "refuse" | "zero") => PresentEstimator;
  readonly slow: (x: Table) => (number | null)[][];
}[] = [
  { name: "pairwise", made: (lacking) => pairwise({ lacking }), slow: slowPairwise },
  {
    name: "calendar",
    made: (lacking) => ewmaPresent({ decay: 0.94, lacking }),
    slow: (x) => slowCalendar(x, 0.94),
  },
  {
    name: "skip",
    made: (lacking) => ewmaPresent({ halfLife: 5, ages: "skip", lacking }),
    slow: (x) => slowSkip(x, 2 ** (-1 / 5)),
  },
];

const SHAPES = [
  [1, 2, 0.2],
  [2, 2, 0.3],
  [5, 4, 0.5],
  [30, 9, 0.1],
  [40, 70, 0.9],
  [200, 33, 0.3],
  [600, 5, 0.02],
] as const;

describe.each(numericsBuilds)("covariance of columns with gaps ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it.each(ESTIMATORS)("is what plain sums over the rows of each pair give: $name", ({ made, slow }) => {
    for (const [rows, columns, gaps] of SHAPES) {
      const x = observations(rows + columns, rows, columns, gaps);
      const found = covariancePresent(engine, tableOf(x), made("zero"));
      const expected = slow(x);
      const none = new Set(found.lacking.map(([i, j]) => i * columns + j));
      for (let i = 0; i < columns; i++) {
        for (let j = i; j < columns; j++) {
          const value = expected[i]?.[j] ?? null;
          expect(none.has(i * columns + j)).toBe(value === null);
          const scale = Math.max(
            ...x.flatMap((row) => [(row[i] ?? 0) ** 2, (row[j] ?? 0) ** 2]).filter(Number.isFinite),
            0,
          );
          const far = Math.abs((found.matrix[i * columns + j] ?? Number.NaN) - (value ?? 0));
          expect(far).toBeLessThanOrEqual(tolerance.reorderedSum(2 * rows) * scale);
          expect(found.matrix[j * columns + i]).toBe(found.matrix[i * columns + j]);
        }
      }
      expect([...found.counts]).toEqual(slowCounts(x).flat());
      expect(found.completeRows).toBe(x.filter((row) => !row.some(Number.isNaN)).length);
    }
  });

  it("without gaps is the sample covariance, and the exponentially weighted one", () => {
    const x = observations(3, 80, 7, 0);
    for (const [one, other] of [
      [pairwise(), sample()],
      [ewmaPresent({ decay: 0.9 }), ewma({ decay: 0.9 })],
      [ewmaPresent({ decay: 0.9, ages: "skip" }), ewma({ decay: 0.9, form: "recursive" })],
    ] as const) {
      const found = covariancePresent(engine, tableOf(x), one);
      const expected = covariance(engine, tableOf(x), other);
      for (const [k, value] of expected.correlation.entries()) {
        expect(Math.abs((found.correlation[k] ?? Number.NaN) - value)).toBeLessThanOrEqual(tolerance.covariance);
      }
      for (const [k, value] of expected.deviations.entries()) {
        expect(Math.abs((found.deviations[k] ?? 0) / value - 1)).toBeLessThanOrEqual(tolerance.covariance);
      }
      expect([found.indefinite, found.completeRows, found.lacking]).toEqual([false, 80, []]);
    }
  });

  it("says that a matrix is indefinite, leaves it so, and can be repaired on request", () => {
    // Each pair has rows of its own: a and b move together, b and c too, a and c apart.
    const none = Number.NaN;
    const x = [1, -1, 2, -2, 1, -1].flatMap((v) => [
      [v, v, none],
      [none, v, v],
      [v, none, -v],
    ]);
    const found = covariancePresent(engine, tableOf(x), pairwise());
    expect(found.indefinite).toBe(true);
    // 12/5 over 24/11, since the pair has half of the rows.
    expect(found.correlation[1]).toBeCloseTo(1.1, 12);
    expect(found.correlation[2]).toBeCloseTo(-1.1, 12);
    expect(found.smallestEigenvalue).toBeCloseTo(-1.2, 12);
    const { correlation, raised } = clipEigenvalues(engine, 3, found.correlation);
    expect([raised, correlation[0]]).toEqual([1, 1]);
    expect(correlation[1]).toBeCloseTo(0.5, 12);
  });

  it("keeps its digits at prices of 1e8, and is 0 to the bit in a column that does not move", () => {
    const moves = observations(8, 60, 3, 0.2);
    const x = moves.map((row) => [...row.map((value) => 1e8 + value), 7]);
    const rounded = x.map((row) => row.map((value, i) => (i < 3 ? value - 1e8 : value)));
    const [far, near] = [x, rounded].map((one) => covariancePresent(engine, tableOf(one), pairwise()));
    for (const [k, value] of (near?.correlation ?? []).entries()) {
      expect(Math.abs((far?.correlation[k] ?? Number.NaN) - value)).toBeLessThanOrEqual(tolerance.covariance);
    }
    for (let i = 0; i < 4; i++) expect(far?.matrix[4 * i + 3]).toBe(0);
  });

  it("has no gap that is too long: what is before it weighs nothing, and what is after is left", () => {
    const x = [[3, 1], ...Array.from({ length: 3000 }, () => [Number.NaN, Number.NaN]), [2, 5], [Number.NaN, 1]];
    const { matrix } = covariancePresent(engine, tableOf(x), ewmaPresent({ decay: 0.5 }));
    expect([matrix[0], matrix[1], matrix[3]]).toEqual([4, 10, (25 / 2 + 1) / 1.5]);
    const old = [[3, 1], ...Array.from({ length: 3000 }, () => [Number.NaN, 2])];
    expect(covariancePresent(engine, tableOf(old), ewmaPresent({ decay: 0.5 })).matrix[0]).toBe(9);
  });

  it("refuses a pair that has too few rows, naming it, unless 0 is asked for", () => {
    const x = [
      [1, Number.NaN, 3],
      [2, Number.NaN, 5],
      [Number.NaN, 1, 4],
      [Number.NaN, 2, 4],
    ];
    expect(pathOf(() => covariancePresent(engine, tableOf(x), pairwise()))).toBe("columns[0] and columns[1]");
    const named = { ...tableOf(x), names: ["BTC", "FTT", "ETH"] };
    expect(() => covariancePresent(engine, named, ewmaPresent())).toThrow(
      'columns["BTC"] and columns["FTT"] needs at least 1 rows in common, got 0',
    );
    const { matrix, lacking } = covariancePresent(engine, tableOf(x), pairwise({ lacking: "zero" }));
    expect(lacking).toEqual([[0, 1]]);
    expect([matrix[1], matrix[3], matrix[2]]).toEqual([0, 0, 1]);
    const missing = [
      [1, Number.NaN],
      [2, Number.NaN],
    ];
    expect(pathOf(() => covariancePresent(engine, tableOf(missing), pairwise()))).toBe("columns[0] and columns[1]");
    expect(covariancePresent(engine, tableOf(missing), pairwise({ lacking: "zero" })).lacking).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(() =>
      covariancePresent(engine, { ...tableOf([[1]]), rows: 0, values: new Float64Array(0) }, pairwise()),
    ).toThrow(InsufficientDataError);
  });

  it("refuses what is not a table of numbers or an option, and goes on", () => {
    const table = tableOf([
      [1, 2],
      [3, Infinity],
    ]);
    expect(pathOf(() => covariancePresent(engine, table, pairwise()))).toBe("values[3]");
    expect(pathOf(() => covariancePresent(engine, { ...table, rows: 3 }, pairwise()))).toBe("values");
    expect(
      pathOf(() =>
        covariancePresent(
          engine,
          tableOf([
            [1, 1e200],
            [3, -1e200],
          ]),
          pairwise(),
        ),
      ),
    ).toBe("columns[1]");
    expect(pathOf(() => pairwise({ lacking: "drop" } as object))).toBe("pairwise.lacking");
    expect(pathOf(() => ewmaPresent({ ages: "rows" } as object))).toBe("ewmaPresent.ages");
    expect(pathOf(() => ewmaPresent({ decay: 0.5, halfLife: 1 }))).toBe("ewmaPresent.halfLife");
    expect(
      covariancePresent(
        engine,
        tableOf([
          [1, 2],
          [3, 5],
        ]),
        pairwise(),
      ).matrix[1],
    ).toBe(3);
  });
});

describe.each(numericsBuilds)("returns of a table with gaps ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };
  const none = Number.NaN;
  const prices = tableOf([
    [100, none, 8],
    [none, 50, 4],
    [none, 51, none],
    [103, 51, 2],
  ]);

  it("exist between adjacent prices, or from the last one where that is asked for", () => {
    const strict = tableReturns(engine, prices, { returns: "simple" });
    expect([...strict.values]).toEqual([none, none, -0.5, none, 0.02, none, none, 0, none]);
    expect([strict.rows, strict.columns, strict.missing]).toEqual([3, 3, 6]);
    const carried = tableReturns(engine, prices, { returns: "simple", gaps: "carry" });
    expect([...carried.values]).toEqual([none, none, -0.5, none, 0.02, none, 0.03, 0, -0.5]);
    const log = tableReturns(engine, { ...prices, names: ["a", "b", "c"] }, { gaps: "carry" });
    expect(log.names).toEqual(["a", "b", "c"]);
    expect(log.values[6]).toBeCloseTo(Math.log(1.03), 15);
    expect(covariancePresent(engine, log, ewmaPresent()).counts[8]).toBe(2);
  });

  it("of prices without gaps are the same either way, to the bit", () => {
    const uniform = random(3);
    const whole = { rows: 70, columns: 33, values: Float64Array.from({ length: 2310 }, () => 1 + uniform()) };
    const made = (["strict", "carry"] as const).map((gaps) => tableReturns(engine, whole, { gaps }));
    expect(made[0]).toEqual(made[1]);
    for (let t = 0; t < 69; t++) {
      const [a = 0, b = 0] = [whole.values[33 * t + 5], whole.values[33 * t + 38]];
      expect(Math.abs((made[0]?.values[33 * t + 5] ?? none) - Math.log(b / a))).toBeLessThanOrEqual(
        tolerance.logReturnAbsolute,
      );
    }
  });

  it("refuse a price that is none, and a table of one row", () => {
    const bad = (value: number) =>
      tableOf([
        [1, 2],
        [3, value],
      ]);
    for (const value of [0, -1, Infinity]) expect(pathOf(() => tableReturns(engine, bad(value)))).toBe("values[3]");
    expect(() => tableReturns(engine, tableOf([[1]]))).toThrow(InsufficientDataError);
    expect(pathOf(() => tableReturns(engine, bad(1), { gaps: "fill" } as object))).toBe("tableReturns.gaps");
  });
});

it("covariance of columns with gaps has the same bits on every build", () => {
  const made = numericsBuilds.map(({ memory }) => {
    const engine = { memory: memory() };
    const x = tableOf(observations(6, 90, 21, 0.2));
    return ESTIMATORS.map((one) => [
      ...new BigUint64Array(covariancePresent(engine, x, one.made("zero")).matrix.slice().buffer),
    ]);
  });
  for (const other of made.slice(1)) expect(other).toEqual(made[0]);
});
