import { describe, expect, it } from "vitest";
import { covariance } from "../../src/covariance/covariance.js";
import { InsufficientDataError } from "../../src/errors.js";
import { ewmaCentred } from "../../src/numerics/index.js";
import { slowCentred } from "../reference/ewma-centred.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

type Matrix = readonly (readonly number[])[];

function observations(seed: number, rows: number, columns: number): Matrix {
  const uniform = random(seed);
  const sizes = Array.from({ length: columns }, () => 10 ** (4 * uniform() - 4));
  return Array.from({ length: rows }, () => {
    const common = uniform() - 0.5;
    return sizes.map((size) => size * (common + uniform() - 0.4));
  });
}
const tableOf = (x: Matrix) => ({ rows: x.length, columns: x[0]?.length ?? 0, values: Float64Array.from(x.flat()) });

describe.each(numericsBuilds)("the centred exponentially weighted covariance ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it.each([0.5, 0.94, 0.999])("is what plain weighted sums give, at decay %s", (decay) => {
    for (const [rows, columns] of [
      [2, 3],
      [3, 1],
      [9, 5],
      [60, 70],
      [200, 33],
      [600, 4],
    ] as const) {
      for (const divisor of ["unbiased", "weights"] as const) {
        const x = observations(rows + columns, rows, columns);
        const found = covariance(engine, tableOf(x), ewmaCentred({ decay, divisor }));
        const expected = slowCentred(x, decay, divisor === "unbiased");
        for (let i = 0; i < columns; i++) {
          for (let j = 0; j < columns; j++) {
            const scale = Math.sqrt((expected.matrix[i]?.[i] ?? 0) * (expected.matrix[j]?.[j] ?? 0));
            const far = Math.abs((found.matrix[i * columns + j] ?? Number.NaN) - (expected.matrix[i]?.[j] ?? 0));
            expect(far).toBeLessThanOrEqual(tolerance.weightedCovariance * scale);
          }
          const largest = Math.max(...x.map((row) => Math.abs(row[i] ?? 0)));
          const apart = Math.abs((found.mean?.[i] ?? Number.NaN) - (expected.mean[i] ?? 0));
          expect(apart).toBeLessThanOrEqual(tolerance.reorderedSum(rows) * largest);
        }
        expect(Math.abs((found.effectiveRows ?? 0) / expected.effectiveRows - 1)).toBeLessThanOrEqual(
          tolerance.goldenEffectiveRows(1),
        );
      }
    }
  });

  it("is 0 to the bit in a constant column, at any level", () => {
    const x = observations(4, 30, 2).map(([a = 0, b = 0]) => [a, 0.1, b, 1e8 + 0.3]);
    const { matrix, mean, deviations } = covariance(engine, tableOf(x), ewmaCentred());
    for (const i of [1, 3]) for (let j = 0; j < 4; j++) expect([matrix[4 * i + j], matrix[4 * j + i]]).toEqual([0, 0]);
    expect([mean?.[1], mean?.[3]]).toEqual([0.1, 1e8 + 0.3]);
    expect(deviations[0]).toBeGreaterThan(0);
  });

  it("takes a half-life for a decay, and reads no row that weighs nothing", () => {
    const x = observations(5, 40, 3);
    const [half, decay] = [ewmaCentred({ halfLife: 1 }), ewmaCentred({ decay: 0.5 })];
    expect(covariance(engine, tableOf(x), half).matrix).toEqual(covariance(engine, tableOf(x), decay).matrix);
    const long = observations(6, 3000, 2);
    const short = long.slice(-964);
    expect(covariance(engine, tableOf(long), decay).matrix).toEqual(covariance(engine, tableOf(short), decay).matrix);
    expect(covariance(engine, tableOf(x), ewmaCentred({ halfLife: 1e300 })).matrix.every(Number.isFinite)).toBe(true);
  });

  it("of one row is nothing by the weights, and refused without bias", () => {
    const x = [[3, -1]];
    expect([...covariance(engine, tableOf(x), ewmaCentred({ divisor: "weights" })).matrix]).toEqual([0, 0, 0, 0]);
    expect(() => covariance(engine, tableOf(x), ewmaCentred())).toThrow(InsufficientDataError);
    const two = tableOf([
      [1, 2],
      [3, 5],
    ]);
    expect(() => covariance(engine, two, ewmaCentred({ decay: 1e-300 }))).toThrow(InsufficientDataError);
    expect(covariance(engine, two, ewmaCentred({ decay: 1e-3 })).matrix[0]).toBeCloseTo(2, 12);
  });

  it("refuses options that it does not know", () => {
    expect(pathOf(() => ewmaCentred({ decay: 1 }))).toBe("ewmaCentred.decay");
    expect(pathOf(() => ewmaCentred({ halfLife: 0 }))).toBe("ewmaCentred.halfLife");
    expect(pathOf(() => ewmaCentred({ decay: 0.9, halfLife: 3 }))).toBe("ewmaCentred.halfLife");
    expect(pathOf(() => ewmaCentred({ divisor: "n" } as object))).toBe("ewmaCentred.divisor");
    expect(pathOf(() => ewmaCentred({ form: "x" } as object))).toBe("ewmaCentred.form");
  });
});

it("the centred exponentially weighted covariance has the same bits on every build", () => {
  const made = numericsBuilds.map(({ memory }) => {
    const x = tableOf(observations(6, 61, 37));
    return [...new BigUint64Array(covariance({ memory: memory() }, x, ewmaCentred()).matrix.slice().buffer)];
  });
  for (const other of made.slice(1)) expect(other).toEqual(made[0]);
});
