import { describe, expect, it } from "vitest";
import { NotPositiveDefiniteError } from "../../src/errors.js";
import { ldlt } from "../../src/numerics/index.js";
import { product, transposed } from "../reference/linalg.js";
import { hilbert, ldltProduct, scaledError } from "../reference/symmetric.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

type Matrix = readonly (readonly number[])[];

const engines = numericsBuilds.map(({ memory }) => ({ memory: memory() }));

/** The factors, with equal bits on every build, and how far they are from the matrix with its rows in their order. */
function factored(a: Matrix, pivoting: "none" | "diagonal") {
  const n = a.length;
  // What is above the diagonal is not read, but must be finite.
  const lower = Float64Array.from(a.flatMap((row, i) => row.map((x, j) => (j > i ? 9e9 : x))));
  const [found, ...others] = engines.map((engine) => ldlt(engine, n, lower, { pivoting }));
  if (found === undefined) throw new Error("no build");
  for (const other of others) expect(other).toEqual(found);
  const l = a.map((_, i) => Array.from(found.lower.subarray(i * n, (i + 1) * n)));
  const order = Array.from(found.order);
  expect([...order].sort((p, q) => p - q)).toEqual(a.map((_, i) => i));
  for (const [i, row] of l.entries()) {
    expect(row[i]).toBe(1);
    expect(row.slice(i + 1).every((x) => x === 0)).toBe(true);
  }
  const inOrder = order.map((i) => order.map((j) => a[i]?.[j] ?? 0));
  const error = scaledError(inOrder, ldltProduct(l, Array.from(found.diagonal)), Number.MIN_VALUE);
  return { ...found, l, order, error };
}

function refused(a: Matrix, pivoting: "none" | "diagonal"): NotPositiveDefiniteError {
  try {
    factored(a, pivoting);
  } catch (error) {
    if (error instanceof NotPositiveDefiniteError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const numbers = (next: () => number, n: number) => Array.from({ length: n }, () => next() - 0.5);

/** Σ of `rank` squares, whose columns are then taken times `units`. */
function ofRank(next: () => number, n: number, rank: number, units: (i: number) => number = () => 1): number[][] {
  const rows = Array.from({ length: rank }, () => numbers(next, n).map((x, i) => x * units(i)));
  return product(transposed(rows), rows);
}

describe("ldlt", () => {
  it("is the matrix, with and without pivots, for every order up to 70", () => {
    const next = random(1);
    for (const n of [...Array(71).keys()].slice(1).concat(130)) {
      const a = ofRank(next, n, n + 5).map((row, i) => row.map((x, j) => x + (i === j ? 0.1 : 0)));
      for (const pivoting of ["none", "diagonal"] as const) {
        const { error, rank, diagonal, order } = factored(a, pivoting);
        expect(error, `${n}, ${pivoting}`).toBeLessThanOrEqual(tolerance.backward(n));
        expect(rank).toBe(n);
        expect(diagonal.every((d) => d > 0)).toBe(true);
        if (pivoting === "none") expect(order).toEqual(a.map((_, i) => i));
      }
    }
  });

  it("reveals the rank with pivots, in whatever units the columns are", () => {
    const next = random(2);
    for (const n of [3, 8, 20, 45]) {
      for (const rank of [1, 2, Math.floor(n / 2), n - 1]) {
        const seed = Math.floor(next() * 1e9);
        const plain = factored(ofRank(random(seed), n, rank), "diagonal");
        expect(plain.rank, `${rank} of ${n}`).toBe(rank);
        expect(plain.diagonal.indexOf(0)).toBe(rank);
        expect(plain.error).toBeLessThanOrEqual(4 * tolerance.backward(n));
        // Powers of two, so that nothing is rounded on the way.
        const mixed = factored(
          ofRank(random(seed), n, rank, (i) => 2 ** (i % 2 === 0 ? -300 : 200)),
          "diagonal",
        );
        expect(mixed.order).toEqual(plain.order);
        expect(mixed.rank).toBe(rank);
      }
    }
  });

  it("takes the first of equal pivots, and the one that has most left", () => {
    const a = [
      [1, 0.9, 0, 0.5],
      [0.9, 1, 0, 0.5],
      [0, 0, 4, 0],
      [0.5, 0.5, 0, 1],
    ];
    const { order, diagonal } = factored(a, "diagonal");
    expect(order).toEqual([0, 2, 3, 1]);
    expect(diagonal[0]).toBe(1);
    expect(diagonal[1]).toBe(4);
  });

  it("counts the negative eigenvalues of what is indefinite by the signs of D", () => {
    const next = random(3);
    for (const n of [2, 5, 12, 33]) {
      const l = Array.from({ length: n }, (_, i) => numbers(next, n).map((x, j) => (j > i ? 0 : j === i ? 1 : x)));
      const d = Array.from({ length: n }, (_, i) => (i % 3 === 1 ? -1 : 1) * (0.5 + next()));
      const a = ldltProduct(l, d);
      const negative = d.filter((x) => x < 0).length;
      for (const pivoting of ["none", "diagonal"] as const) {
        const { diagonal } = factored(a, pivoting);
        expect(diagonal.filter((x) => x < 0)).toHaveLength(negative);
      }
    }
  });

  it("takes what is singular, ill-conditioned, graded, or at the ends of the range for what it is", () => {
    for (const n of [2, 6, 8]) expect(factored(hilbert(n), "none").error).toBeLessThanOrEqual(tolerance.backward(n));
    for (const pivoting of ["none", "diagonal"] as const) {
      expect(factored([[0]], pivoting)).toMatchObject({ rank: 0, l: [[1]] });
      expect(factored([[-3]], pivoting)).toMatchObject({ rank: 1 });
      const zeroes = factored(
        [
          [0.04, 0, 0.01],
          [0, 0, 0],
          [0.01, 0, 0.09],
        ],
        pivoting,
      );
      expect(zeroes.rank).toBe(2);
      for (const size of [1e-200, 1e150]) {
        const a = ofRank(random(4), 9, 14).map((row) => row.map((x) => x * size));
        expect(factored(a, pivoting).error).toBeLessThanOrEqual(tolerance.backward(9));
      }
      const graded = ofRank(random(5), 12, 20, (i) => 10 ** (-8 * i));
      expect(factored(graded, pivoting).error).toBeLessThanOrEqual(tolerance.backward(12));
      expect(factored(graded, pivoting).rank).toBe(12);
    }
    expect(factored(ofRank(random(6), 5, 2), "none").rank).toBe(2);
  });

  it("names the pivot of which nothing is left where its column has something", () => {
    const crossed = [
      [0, 1],
      [1, 0],
    ];
    expect(refused(crossed, "none")).toMatchObject({ pivot: 0, value: 0 });
    expect(refused(crossed, "none").message).toContain("diagonal");
    expect(refused(crossed, "diagonal")).toMatchObject({ pivot: 0, value: 0 });
    const later = [
      [1, 1, 0],
      [1, 1, 2],
      [0, 2, 5],
    ];
    expect(refused(later, "none")).toMatchObject({ pivot: 1, value: 0 });
    expect(factored(later, "diagonal").diagonal.filter((d) => d < 0)).toHaveLength(1);
  });

  it("refuses what is no matrix by path, and goes on", () => {
    const [engine] = engines;
    if (engine === undefined) throw new Error("no build");
    expect(pathOf(() => ldlt(engine, 0, new Float64Array(0)))).toBe("columns");
    expect(pathOf(() => ldlt(engine, 2, new Float64Array(3)))).toBe("matrix");
    expect(pathOf(() => ldlt(engine, 2, Float64Array.of(1, Number.NaN, 0, 1)))).toBe("matrix[1]");
    expect(pathOf(() => ldlt(engine, 1, Float64Array.of(1), { pivoting: "full" as "none" }))).toBe("ldlt.pivoting");
    expect(pathOf(() => ldlt(engine, 2, Float64Array.of(1e-300, 0, 1e300, 1)))).toBe("matrix");
    expect([...ldlt(engine, 2, Float64Array.of(4, 0, 2, 3)).lower]).toEqual([1, 0, 0.5, 1]);
  });
});
