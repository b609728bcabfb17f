import { describe, expect, it } from "vitest";
import { choleskyFactor as coreFactor } from "../../src/covariance/factor.js";
import { NotPositiveDefiniteError } from "../../src/errors.js";
import type { Owner } from "../../src/memory.js";
import {
  cholesky,
  choleskyDowndate,
  choleskyUpdate,
  solveSymmetric,
  solveTriangular,
} from "../../src/numerics/index.js";
import { choleskyFactor, product, transposed } from "../reference/linalg.js";
import { hilbert, scaledError } from "../reference/symmetric.js";
import { pathOf } from "../support/errors.js";
import { onEveryNumericsBuild } from "../support/every-numerics-build.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { random } from "../support/random-book.js";
import { near, tolerance } from "../support/tolerance.js";

type Matrix = readonly (readonly number[])[];

const flat = (a: Matrix) => Float64Array.from(a.flat());
const rowsOf = (a: ArrayLike<number>, n: number) =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => a[i * n + j] ?? Number.NaN));
const numbers = (next: () => number, n: number) => Array.from({ length: n }, () => next() - 0.5);

/** A well-conditioned matrix whose upper triangle is there to be passed over. */
function definite(next: () => number, n: number): number[][] {
  const rows = Array.from({ length: n + 5 }, () => numbers(next, n));
  return product(transposed(rows), rows).map((row, i) => row.map((value, j) => value + (i === j ? 0.1 : 0)));
}

const lowerOnly = (a: Matrix) => flat(a.map((row, i) => row.map((x, j) => (j > i ? Number.NaN : x))));

const [engine, ...others] = numericsBuilds.map(({ memory }) => ({ memory: memory() })) as [Owner, ...Owner[]];

/** What `work` makes on every build, which must have the same bits. */
function same(work: (engine: Owner) => Float64Array): number[] {
  const first = work(engine).slice();
  const bits = new BigUint64Array(first.buffer);
  for (const other of others) expect(new BigUint64Array(work(other).slice().buffer)).toEqual(bits);
  return Array.from(first);
}

function refused(work: () => unknown): NotPositiveDefiniteError {
  try {
    work();
  } catch (error) {
    if (error instanceof NotPositiveDefiniteError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("cholesky", () => {
  it("goes into an array that is given, which may be the matrix, and leaves it alone where there is an error", () => {
    const next = random(91);
    const a = flat(definite(next, 9));
    const { lower } = cholesky(engine, 9, a);
    const into = new Float64Array(81).fill(7);
    expect(cholesky(engine, 9, a, { into }).lower).toBe(into);
    expect(into).toEqual(lower);
    const itself = a.slice();
    expect(cholesky(engine, 9, itself, { into: itself }).lower).toEqual(lower);
    const kept = into.slice();
    expect(() => cholesky(engine, 9, new Float64Array(81), { into })).toThrow(NotPositiveDefiniteError);
    expect(into).toEqual(kept);
    expect(pathOf(() => cholesky(engine, 9, a, { into: new Float64Array(80) }))).toBe("cholesky.into");
  });

  it("gives the textbook's factor of the lower triangle, for every order up to 70 and beyond a group of panels", () => {
    const next = random(1);
    for (const n of [...Array(71).keys()].slice(1).concat(95, 96, 97, 130)) {
      const a = definite(next, n);
      const l = rowsOf(
        same((one) => cholesky(one, n, lowerOnly(a)).lower),
        n,
      );
      const expected = choleskyFactor(a);
      expect(scaledError(a, product(l, transposed(l)))).toBeLessThanOrEqual(tolerance.backward(n));
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          const allowed = j > i ? 0 : tolerance.factorRelative * Math.sqrt(a[i]?.[i] ?? 0);
          near(l[i]?.[j] ?? Number.NaN, expected[i]?.[j] ?? 0, allowed, `${i}, ${j} of ${n}`);
        }
      }
    }
  });

  it.each([256, 301, 600])("gives the factor of the core and its determinant: order %i", (n) => {
    const next = random(n);
    // Σ x x' of few x, and a diagonal: cheap to make.
    const few = Array.from({ length: 7 }, () => numbers(next, n));
    const a = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return few.reduce((sum, x) => sum + (x[i] ?? 0) * (x[j] ?? 0), i === j ? 0.3 : 0);
    });
    const [ours, theirs] = [cholesky(engine, n, a), coreFactor(engine, n, a)];
    for (let i = 0; i < n * n; i++) near(ours.lower[i] ?? 0, theirs.lower[i] ?? 1, tolerance.factorRelative, `${i}`);
    near(ours.logDeterminant, theirs.logDeterminant, tolerance.logDeterminant(n), "determinant");
    expect(ours.jitter).toBe(0);
  });

  it("passes what the core passes, and names the pivot that it names", () => {
    const next = random(2);
    const scaled = (a: Matrix, by: number) => a.map((row) => row.map((x) => x * by));
    const doubled = Array.from({ length: 60 }, () => numbers(next, 40)).map((row) => [...row, row[17] ?? 0]);
    const cases: readonly Matrix[] = [
      ...[1, 2, 3, 6, 8, 10].map(hilbert),
      scaled(definite(next, 9), 1e-200),
      scaled(definite(next, 9), 1e150),
      definite(next, 12).map((row, i) => row.map((x, j) => x * 10 ** (-(i + j) * 8))),
      product(transposed(doubled), doubled),
      [[0]],
      [[-1]],
      [
        [1, 2],
        [2, 1],
      ],
      [
        [1, 2, 3],
        [2, 4, 6],
        [3, 6, 9],
      ],
      definite(next, 30).map((row, i) => row.map((x, j) => (i === 21 && j === 21 ? -x : x))),
    ];
    const verdict = (work: () => { readonly lower: Float64Array }) => {
      try {
        return { lower: work().lower };
      } catch (error) {
        if (!(error instanceof NotPositiveDefiniteError)) throw error;
        return { pivot: error.pivot };
      }
    };
    for (const [index, a] of cases.entries()) {
      const n = a.length;
      const [ours, theirs] = [cholesky, coreFactor].map((factor) => verdict(() => factor(engine, n, flat(a))));
      expect(ours?.pivot, `case ${index}`).toBe(theirs?.pivot);
      if (ours?.lower === undefined) continue;
      const l = rowsOf(ours.lower, n);
      expect(scaledError(a, product(l, transposed(l))), `case ${index}`).toBeLessThanOrEqual(tolerance.backward(n));
    }
    expect(refused(() => cholesky(engine, 2, Float64Array.of(1, 2, 2, 1)))).toMatchObject({ pivot: 1, value: -3 });
    // Off the diagonal beyond what any variance explains, to the end of the range: still a number.
    const wild = Float64Array.of(1e-300, 0, 0, 1e300, 1, 0, 1e300, 1e300, 1);
    expect(refused(() => cholesky(engine, 3, wild)).value).toBe(Number.NEGATIVE_INFINITY);
  });

  it("climbs the ladder only when told to, and says how much it added", () => {
    const next = random(3);
    const few = Array.from({ length: 4 }, () => numbers(next, 9));
    const singular = product(transposed(few), few);
    const mean = singular.reduce((sum, row, i) => sum + (row[i] ?? 0) / 9, 0);
    expect(refused(() => cholesky(engine, 9, flat(singular))).pivot).toBe(4);
    const { lower, jitter } = cholesky(engine, 9, flat(singular), { jitter: "ladder" });
    expect(jitter / mean).toBeGreaterThan(0.99e-14);
    expect(jitter / mean).toBeLessThan(1e-12);
    const l = rowsOf(lower, 9);
    const raised = singular.map((row, i) => row.map((x, j) => x + (i === j ? jitter : 0)));
    expect(scaledError(raised, product(l, transposed(l)))).toBeLessThanOrEqual(tolerance.backward(9));
    expect(cholesky(engine, 9, flat(definite(next, 9)), { jitter: "ladder" }).jitter).toBe(0);
    // Short of definite by 1e-10 of its mean: the rung above that.
    const short = [
      [1, 1 + 2e-10],
      [1 + 2e-10, 1],
    ];
    expect(cholesky(engine, 2, flat(short), { jitter: "ladder" }).jitter).toBeCloseTo(1e-9, 15);
    const never = refused(() => cholesky(engine, 2, Float64Array.of(1, 2, 2, 1), { jitter: "ladder" }));
    expect(never).toMatchObject({ pivot: 1, value: -3 });
    expect(refused(() => cholesky(engine, 1, Float64Array.of(0), { jitter: "ladder" }))).toMatchObject({ pivot: 0 });
  });

  it("refuses what is no matrix by path, and goes on", () => {
    expect(pathOf(() => cholesky(engine, 0, new Float64Array(0)))).toBe("columns");
    expect(pathOf(() => cholesky(engine, 2, new Float64Array(3)))).toBe("matrix");
    expect(pathOf(() => cholesky(engine, 2, Float64Array.of(1, 0, Number.NaN, 1)))).toBe("matrix[2]");
    expect(pathOf(() => cholesky(engine, 2, Float64Array.of(1, 0, 0, Number.POSITIVE_INFINITY)))).toBe("matrix[3]");
    expect(pathOf(() => cholesky(engine, 1, Float64Array.of(1), { jitter: "yes" as "none" }))).toBe("cholesky.jitter");
    expect([...cholesky(engine, 2, Float64Array.of(4, 2, 2, 5)).lower]).toEqual([2, 0, 1, 2]);
  });

  it("writes its panels, zeros above the diagonal, and nothing outside them, and takes a matrix of nothing", () => {
    const next = random(4);
    for (const n of [0, 1, 5, 8]) {
      onEveryNumericsBuild((memory, kernel) => {
        const bytes = kernel.lowerBytes(n);
        const at = memory.copy(flat(definite(next, n)));
        const lower = memory.reserve(bytes + 64);
        const variances = memory.reserveF64(4);
        memory.f64(lower + bytes, 8).fill(7);
        kernel.packLower(n, 0, n, at, -1, lower);
        expect(kernel.choleskyPanels(n, 0, lower, variances)).toBe(0);
        expect([...memory.f64(lower + bytes, 8)]).toEqual(Array(8).fill(7));
        const anew = memory.reserve(bytes);
        kernel.unpackLower(n, 0, n, lower, at);
        kernel.packLower(n, 0, n, at, 1, anew);
        // Below the last row −0 is as good.
        expect(memory.f64(lower, bytes / 8).map((x) => x + 0)).toEqual(memory.f64(anew, bytes / 8));
        return Float64Array.of(0);
      });
    }
  });
});

describe("solves", () => {
  it("leave no residual but rounding, for one and for several right-hand sides", () => {
    const next = random(5);
    for (const n of [1, 2, 3, 7, 8, 9, 33, 70]) {
      const a = definite(next, n);
      const right = numbers(next, 3 * n);
      const b = Float64Array.from(right);
      const x = same((one) => solveSymmetric(one, n, lowerOnly(a), b));
      const { lower } = cholesky(engine, n, flat(a));
      const noise = lower.map((value, at) => (at % n > Math.floor(at / n) ? 1e9 : value));
      const y = same((one) => solveTriangular(one, n, noise, b));
      const z = same((one) => solveTriangular(one, n, lower, Float64Array.from(y), { transposed: true }));
      expect(z).toEqual(x);
      const l = rowsOf(lower, n);
      for (let m = 0; m < 3; m++) {
        for (let i = 0; i < n; i++) {
          const given = right[m * n + i] ?? 0;
          const sums = [a[i], l[i]].map((row = [], which) => {
            const of = which === 0 ? x : y;
            const terms = row.map((value, k) => value * (of[m * n + k] ?? 0));
            return [terms.reduce((p, q) => p + q, 0), terms.reduce((p, q) => p + Math.abs(q), 0)] as const;
          });
          const [[image, size] = [0, 0], [lowered, less] = [0, 0]] = sums;
          // (3n + 1)·eps·|L|·|L'|·|x|, and |L|·|L'| has a's diagonal.
          const spread =
            Math.sqrt(a[i]?.[i] ?? 0) *
            (x.slice(m * n, m * n + n) as number[]).reduce(
              (sum, value, k) => sum + Math.sqrt(a[k]?.[k] ?? 0) * Math.abs(value),
              0,
            );
          near(image, given, tolerance.solved(n) * Math.max(size, spread), `A x, ${i} of ${n}`);
          near(lowered, given, tolerance.solved(n) * less, `L y, ${i} of ${n}`);
        }
      }
    }
  });

  it("refuse what does not fit by path, and a result beyond the range", () => {
    const one = Float64Array.of(1);
    expect(pathOf(() => solveTriangular(engine, 2, one, one))).toBe("lower");
    const [holed, pair] = [Float64Array.of(1, Number.NaN, Number.NaN, 1), Float64Array.of(1, 1)];
    expect(pathOf(() => solveTriangular(engine, 2, holed, pair))).toBe("lower[2]");
    expect(pathOf(() => solveTriangular(engine, 2, Float64Array.of(1, 0, 0, Number.NaN), pair))).toBe("lower[3]");
    expect(pathOf(() => solveTriangular(engine, 1, Float64Array.of(0), one))).toBe("lower[0]");
    expect(pathOf(() => solveTriangular(engine, 2, Float64Array.of(1, 0, 0, -1), Float64Array.of(1, 1)))).toBe(
      "lower[3]",
    );
    expect(pathOf(() => solveTriangular(engine, 2, Float64Array.of(1, 0, 0, 1), one))).toBe("right");
    expect(pathOf(() => solveTriangular(engine, 1, one, new Float64Array(0)))).toBe("right");
    expect(pathOf(() => solveTriangular(engine, 1, one, Float64Array.of(Number.NaN)))).toBe("right[0]");
    expect(pathOf(() => solveTriangular(engine, 1, Float64Array.of(1e-300), Float64Array.of(1e300)))).toBe("right");
    expect(pathOf(() => solveSymmetric(engine, 1, Float64Array.of(1e-300), Float64Array.of(1e300)))).toBe("right");
    expect(refused(() => solveSymmetric(engine, 1, Float64Array.of(-1), one)).pivot).toBe(0);
    expect([...solveSymmetric(engine, 1, Float64Array.of(4), Float64Array.of(2, 8))]).toEqual([0.5, 2]);
  });
});

describe("updates of a factor", () => {
  const mixed = (a: Matrix, alpha: number, x: readonly number[], beta: number) =>
    a.map((row, i) => row.map((value, j) => alpha * value + beta * (x[i] ?? 0) * (x[j] ?? 0)));

  it("are the factors of the changed matrix, up, down and as an EWMA, for every order up to 70", () => {
    const next = random(6);
    let earlier = 0;
    for (let n = 1; n <= 70; n++) {
      const a = definite(next, n);
      const x = numbers(next, n);
      const noise = (l: Float64Array) => l.map((value, at) => (at % n > Math.floor(at / n) ? 1e9 : value));
      const lower = noise(cholesky(engine, n, flat(a)).lower);
      const up = same((one) => choleskyUpdate(one, n, lower, Float64Array.from(x)).lower);
      const ewma = { scale: 0.94, weight: 0.06 };
      const decayed = same((one) => choleskyUpdate(one, n, lower, Float64Array.from(x), ewma).lower);
      const half = { scale: 0.5, weight: 0.02 / n };
      const down = same((one) => choleskyDowndate(one, n, lower, Float64Array.from(x), half).lower);
      for (const [found, alpha, beta] of [
        [up, 1, 1],
        [decayed, 0.94, 0.06],
        [down, 0.5, -half.weight],
      ] as const) {
        const expected = choleskyFactor(mixed(a, alpha, x, beta));
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            const allowed = j > i ? 0 : tolerance.factorRelative * Math.sqrt(a[i]?.[i] ?? 0);
            near(found[i * n + j] ?? Number.NaN, expected[i]?.[j] ?? 0, allowed, `${i}, ${j} of ${n}, β = ${beta}`);
          }
        }
      }
      const { lower: back, kept } = choleskyDowndate(engine, n, Float64Array.from(up), Float64Array.from(x));
      // Of each pivot what is left is the square of its diagonal's share.
      const shares = Array.from({ length: n }, (_, i) => ((back[i * n + i] ?? 0) / (up[i * n + i] ?? 0)) ** 2);
      const least = Math.min(...shares);
      near(kept, least, tolerance.factorRelative * least, `least share of ${n}`);
      if (shares.indexOf(least) < n - 1) earlier++;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) {
          const allowed = (tolerance.factorRelative * Math.sqrt(a[i]?.[i] ?? 0)) / kept;
          near(back[i * n + j] ?? Number.NaN, lower[i * n + j] ?? 0, allowed, `back, ${i}, ${j} of ${n}`);
        }
      }
    }
    expect(earlier).toBeGreaterThan(30);
  });

  it("of two hundred rows are the factor of their EWMA", () => {
    const next = random(7);
    const n = 12;
    let a: Matrix = definite(next, n);
    let { lower } = cholesky(engine, n, flat(a)) as { readonly lower: Float64Array };
    for (let t = 0; t < 200; t++) {
      const x = numbers(next, n);
      a = mixed(a, 0.97, x, 0.03);
      lower = choleskyUpdate(engine, n, lower, Float64Array.from(x), { scale: 0.97, weight: 0.03 }).lower;
    }
    const l = rowsOf(lower, n);
    expect(scaledError(a, product(l, transposed(l)))).toBeLessThanOrEqual(200 * tolerance.backward(n));
  });

  it("scale with the matrix at any size, and with nothing change nothing", () => {
    const next = random(8);
    const n = 6;
    const { lower } = cholesky(engine, n, flat(definite(next, n)));
    const x = Float64Array.from(numbers(next, n));
    const base = choleskyUpdate(engine, n, lower, x).lower;
    for (const by of [2 ** -332, 2 ** 498]) {
      const scaled = choleskyUpdate(
        engine,
        n,
        lower.map((l) => l * by),
        x.map((v) => v * by),
      ).lower;
      expect(scaled).toEqual(base.map((l) => l * by));
    }
    expect(choleskyUpdate(engine, n, lower, new Float64Array(n)).lower).toEqual(lower);
    expect(choleskyDowndate(engine, n, lower, new Float64Array(n))).toEqual({ lower, kept: 1 });
  });

  it("name the pivot that has no more to give, and what is left of it", () => {
    const lower = Float64Array.of(2, 0, 1, 3);
    expect(refused(() => choleskyDowndate(engine, 2, lower, Float64Array.of(2, 0)))).toMatchObject({
      pivot: 0,
      value: 0,
    });
    expect(refused(() => choleskyDowndate(engine, 2, lower, Float64Array.of(3, 0)))).toMatchObject({
      pivot: 0,
      value: -5,
    });
    const second = refused(() => choleskyDowndate(engine, 2, lower, Float64Array.of(0, 4)));
    expect(second.pivot).toBe(1);
    expect(second.value).toBeCloseTo(-7, 14);
    expect(second.message).toContain("factorise anew");
    const beyond = refused(() => choleskyDowndate(engine, 1, Float64Array.of(1e-300), Float64Array.of(1e300)));
    expect(beyond.value).toBe(Number.NEGATIVE_INFINITY);
  });

  it("refuse what does not fit by path, and go on", () => {
    const [l, x] = [Float64Array.of(1, 0, 0, 1), Float64Array.of(1, 1)];
    expect(pathOf(() => choleskyUpdate(engine, 2, l, l))).toBe("vector");
    expect(pathOf(() => choleskyUpdate(engine, 2, l, Float64Array.of(1, Number.NaN)))).toBe("vector[1]");
    expect(pathOf(() => choleskyUpdate(engine, 2, Float64Array.of(1, 0, 0, 0), x))).toBe("lower[3]");
    const holed = Float64Array.of(1, Number.NaN, Number.NEGATIVE_INFINITY, 1);
    for (const change of [choleskyUpdate, choleskyDowndate]) {
      expect(pathOf(() => change(engine, 2, holed, Float64Array.of(0, 0)))).toBe("lower[2]");
      expect(pathOf(() => change(engine, 2, holed, x, { weight: 0.1 }))).toBe("lower[2]");
      expect(pathOf(() => change(engine, 2, Float64Array.of(Number.POSITIVE_INFINITY, 0, 0, 1), x))).toBe("lower[0]");
    }
    expect(pathOf(() => choleskyUpdate(engine, 2, l, x, { scale: 0 }))).toBe("choleskyUpdate.scale");
    expect(pathOf(() => choleskyDowndate(engine, 2, l, x, { weight: -1 }))).toBe("choleskyDowndate.weight");
    const huge = Float64Array.of(1.7e308);
    expect(pathOf(() => choleskyUpdate(engine, 1, huge, huge))).toBe("vector");
    expect([...choleskyUpdate(engine, 1, Float64Array.of(3), Float64Array.of(4)).lower]).toEqual([5]);
  });
});
