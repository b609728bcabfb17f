import { describe, expect, it } from "vitest";
import { covariance } from "../../src/covariance/covariance.js";
import { choleskyFactor } from "../../src/covariance/factor.js";
import { ledoitWolf } from "../../src/covariance/ledoit-wolf.js";
import { sample } from "../../src/covariance/sample.js";
import { type InvalidInputError, NotPositiveDefiniteError } from "../../src/errors.js";
import { builds, freshMemory } from "../support/builds.js";
import { random } from "../support/random-book.js";

const memory = freshMemory(builds[0]!);

function thrown(work: () => unknown): unknown {
  const floor = memory.kernel.arenaMark();
  try {
    work();
  } catch (error) {
    expect(memory.kernel.arenaMark()).toBe(floor);
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("choleskyFactor", () => {
  it("gives the lower factor and the logarithm of the determinant", () => {
    const { lower, logDeterminant } = choleskyFactor({ memory }, 2, Float64Array.of(4, 2, 2, 5));
    expect(Array.from(lower)).toEqual([2, 0, 1, 2]);
    expect(logDeterminant).toBeCloseTo(Math.log(16), 14);
  });

  it("refuses a singular covariance by its pivot, which is a result until a factor is asked for", () => {
    const next = random(21);
    const rows = 5;
    const columns = 8;
    const table = { rows, columns, values: Float64Array.from({ length: rows * columns }, () => next() - 0.5) };
    const { matrix } = covariance({ memory }, table, sample());
    const refused = thrown(() => choleskyFactor({ memory }, columns, matrix));
    expect(refused).toBeInstanceOf(NotPositiveDefiniteError);
    // Five rows about their mean span four dimensions, so the fifth asset has nothing left of its own.
    expect((refused as NotPositiveDefiniteError).pivot).toBe(4);
    const { matrix: shrunk } = covariance({ memory }, table, ledoitWolf());
    expect(choleskyFactor({ memory }, columns, shrunk).lower).toHaveLength(64);
  });

  it("says the value of the pivot of an indefinite matrix", () => {
    const refused = thrown(() => choleskyFactor({ memory }, 2, Float64Array.of(1, 2, 2, 1)));
    expect(refused).toMatchObject({ name: "NotPositiveDefiniteError", pivot: 1, value: -3 });
  });

  it("refuses another size and numbers that are not finite, by path", () => {
    const path = (work: () => unknown) => (thrown(work) as InvalidInputError).path;
    expect(path(() => choleskyFactor({ memory }, 2, new Float64Array(3)))).toBe("matrix");
    expect(path(() => choleskyFactor({ memory }, 0, new Float64Array(0)))).toBe("columns");
    expect(path(() => choleskyFactor({ memory }, 2, Float64Array.of(1, 0, Number.NaN, 1)))).toBe("matrix[2]");
  });
});
