import { describe, expect, it } from "vitest";
import { choleskyFactor, inner, product, transposed } from "../reference/linalg.js";
import { onEveryBuild, place } from "../support/every-build.js";
import { random } from "../support/random-book.js";
import { near, tolerance } from "../support/tolerance.js";

const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 255, 1023, 1024, 1025, 2050];

function numbers(next: () => number, n: number): number[] {
  return Array.from({ length: n }, () => 2 * next() - 1);
}

/** A well-conditioned symmetric matrix. */
function definite(next: () => number, n: number): number[][] {
  const rows = Array.from({ length: n + 5 }, () => numbers(next, n));
  return product(transposed(rows), rows).map((row, i) => row.map((value, j) => value + (i === j ? 0.1 : 0)));
}

describe("dot and axpy", () => {
  it("agree with plain loops at every length around the lane widths", () => {
    const next = random(1);
    for (const n of LENGTHS) {
      const x = numbers(next, n);
      const y = numbers(next, n);
      const [dot = Number.NaN] = onEveryBuild((memory) =>
        Float64Array.of(memory.kernel.dot(place(memory, x), place(memory, y), n)),
      );
      const size = inner(x.map(Math.abs), y.map(Math.abs));
      expect(Math.abs(dot - inner(x, y))).toBeLessThanOrEqual(tolerance.reorderedSum(n) * size);
      const sum = onEveryBuild((memory) => {
        const at = place(memory, y);
        memory.kernel.axpy(0.3, place(memory, x), at, n);
        return memory.f64(at, n);
      });
      expect(sum).toEqual(y.map((value, i) => value + 0.3 * x[i]!));
    }
  });
});

describe("scenarioPnl", () => {
  it("adds exposure times return in the order of the factors, for every number of factors and scenarios", () => {
    const next = random(2);
    for (const rows of LENGTHS.slice(1)) {
      const factors = 11;
      const returns = numbers(next, factors * rows);
      for (const k of [0, 1, 3, 4, 5, 8, 9, 13]) {
        const factor = Array.from({ length: k }, () => Math.floor(next() * factors));
        const exposure = numbers(next, k);
        const out = onEveryBuild((memory) => {
          const at = memory.reserveF64(rows);
          const which = memory.copy(Uint32Array.from(factor));
          memory.kernel.scenarioPnl(rows, k, which, place(memory, exposure), place(memory, returns), at);
          return memory.f64(at, rows);
        });
        const expected = Array.from({ length: rows }, (_, t) =>
          factor.reduce((total, f, j) => total + exposure[j]! * returns[f * rows + t]!, 0),
        );
        expect(out).toEqual(expected);
      }
    }
  });
});

describe("transpose", () => {
  it("moves every element, for any shape", () => {
    const next = random(3);
    for (const [rows, columns] of [
      [1, 1],
      [3, 17],
      [17, 3],
      [16, 16],
      [50, 33],
    ] as const) {
      const values = numbers(next, rows * columns);
      const out = onEveryBuild((memory) => {
        const at = memory.reserveF64(rows * columns);
        memory.kernel.transpose(rows, columns, place(memory, values), at);
        return memory.f64(at, rows * columns);
      });
      expect(out).toEqual(
        Array.from({ length: rows * columns }, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]),
      );
    }
  });
});

describe("quadraticForm", () => {
  it("gives w'Cw and leaves Cw behind", () => {
    const next = random(4);
    for (let n = 1; n <= 70; n++) {
      const c = definite(next, n);
      const w = numbers(next, n);
      const out = onEveryBuild((memory) => {
        const g = memory.reserveF64(n + 1);
        const value = memory.kernel.quadraticForm(n, place(memory, c.flat()), place(memory, w), g);
        memory.f64(g, n + 1)[n] = value;
        return memory.f64(g, n + 1);
      });
      const g = c.map((row) => inner(row, w));
      const size = inner(
        c.map((row) => inner(row.map(Math.abs), w.map(Math.abs))),
        w.map(Math.abs),
      );
      expect(Math.abs(out[n]! - inner(g, w))).toBeLessThanOrEqual(tolerance.reorderedSum(2 * n) * size);
      for (let i = 0; i < n; i++) {
        near(
          out[i]!,
          g[i]!,
          tolerance.reorderedSum(n) * inner(c[i]!.map(Math.abs), w.map(Math.abs)),
          `row ${i} of ${n}`,
        );
      }
    }
  });
});

describe("cholesky", () => {
  const factorised = (a: readonly (readonly number[])[]) => {
    const n = a.length;
    const out = onEveryBuild((memory) => {
      const at = memory.reserveF64(n * n + 1);
      memory.write(at, Float64Array.from(a.flat()));
      const status = memory.kernel.cholesky(n, at);
      memory.f64(at, n * n + 1)[n * n] = status;
      return memory.f64(at, n * n + 1);
    });
    return { status: out[n * n]!, l: a.map((_, i) => out.slice(i * n, (i + 1) * n)) };
  };

  it("gives a lower factor with a positive diagonal whose product is the matrix", () => {
    const next = random(5);
    for (const n of [1, 2, 3, 4, 5, 8, 9, 16, 31, 70, 130]) {
      const a = definite(next, n);
      const { status, l } = factorised(a);
      expect(status).toBe(0);
      const expected = choleskyFactor(a);
      const back = product(l, transposed(l));
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          const scale = Math.sqrt(a[i]![i]! * a[j]![j]!);
          near(back[i]![j]!, a[i]![j]!, tolerance.backward(n) * scale, `product ${i}, ${j} of ${n}`);
          const allowed = j > i ? 0 : tolerance.factorRelative * Math.sqrt(a[i]![i]!);
          near(l[i]![j]!, expected[i]![j]!, allowed, `factor ${i}, ${j} of ${n}`);
        }
      }
    }
  });

  it("takes the logarithm of the determinant", () => {
    const next = random(6);
    for (const n of [1, 2, 3, 7, 20, 65]) {
      const a = definite(next, n);
      const [logarithm = Number.NaN] = onEveryBuild((memory) => {
        const l = place(memory, a.flat());
        memory.kernel.cholesky(n, l);
        return Float64Array.of(memory.kernel.logDeterminant(n, l));
      });
      const determinant = choleskyFactor(a).reduce((total, row, i) => total + 2 * Math.log(row[i]!), 0);
      expect(Math.abs(logarithm - determinant)).toBeLessThanOrEqual(tolerance.logDeterminant(n));
    }
  });

  it("names the first pivot that is not positive, and leaves its value there", () => {
    const singular = factorised([
      [1, 2, 3],
      [2, 4, 6],
      [3, 6, 9],
    ]);
    expect(singular.status).toBe(2);
    expect(singular.l[1]![1]).toBe(0);
    const indefinite = factorised([
      [1, 0.9, 0.7],
      [0.9, 1, 0.3],
      [0.7, 0.3, 1],
    ]);
    expect(indefinite.status).toBe(3);
    expect(indefinite.l[2]![2]).toBeCloseTo(-0.06315789473684212, 12);
    expect(factorised([[0]]).status).toBe(1);
    expect(factorised([[Number.NaN]]).status).toBe(1);
  });

  it("finds two equal columns singular whatever their units", () => {
    const next = random(7);
    for (const unit of [1e-100, 1, 1e100]) {
      const rows = Array.from({ length: 40 }, () => numbers(next, 6)).map((row) => [...row, row[2]!]);
      const a = product(transposed(rows), rows).map((row, i) =>
        row.map((v, j) => v * (i === 0 ? unit : 1) * (j === 0 ? unit : 1)),
      );
      expect(factorised(a).status).toBe(7);
    }
  });

  it("takes variances of very different size for what they are", () => {
    expect(
      factorised([
        [1e16, 0.05, 5000],
        [0.05, 1e-18, 5e-14],
        [5000, 5e-14, 1e-8],
      ]).status,
    ).toBe(0);
  });
});
