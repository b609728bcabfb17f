import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalPoints, philox, randomBits, uniformPoints } from "../../src/numerics/index.js";
import { type Directions, joeKuo, sobol } from "../../src/sobol/index.js";
import { joeKuo21201 } from "../../src/sobol-21201/index.js";
import { normalDistribution } from "../../src/stats.js";
import { coordinate, owen, type Row, unpacked } from "../reference/sobol.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds } from "../support/numerics-builds.js";
import { tolerance } from "../support/tolerance.js";

/** How many primitive polynomials there are of degree 1, 2, ...: Euler's φ(2^s − 1)/s. */
const counts = Array.from({ length: 18 }, (_, i) => {
  const order = 2 ** (i + 1) - 1;
  return primesOf(order).reduce((phi, prime) => (phi / prime) * (prime - 1), order) / (i + 1);
});

function primesOf(n: number): number[] {
  const primes: number[] = [];
  for (let p = 2; n > 1; p++) {
    if (n % p === 0) primes.push(p);
    while (n % p === 0) n /= p;
  }
  return primes;
}

const tables: readonly { readonly table: Directions; readonly rows: readonly (Row | null)[] }[] = [
  { table: joeKuo, rows: [null, ...unpacked(joeKuo.packed, counts.slice(0, 13))] },
  { table: joeKuo21201, rows: [null, ...unpacked(joeKuo21201.packed, counts)] },
];

/** x^power modulo a polynomial over two elements. */
function powerOfX(power: number, { polynomial, degree }: Row): number {
  const times = (a: number, b: number): number => {
    let product = 0;
    for (; b > 0; b >>>= 1) {
      if (b & 1) product ^= a;
      a <<= 1;
      if ((a >>> degree) & 1) a ^= polynomial;
    }
    return product;
  };
  let result = 1;
  for (let base = degree === 1 ? 1 : 2; power > 0; power = Math.floor(power / 2)) {
    if (power % 2 === 1) result = times(result, base);
    base = times(base, base);
  }
  return result;
}

describe("the tables of direction numbers", () => {
  it.each(tables)(
    "$table.name has a polynomial for every dimension, each primitive and none twice",
    ({ table, rows }) => {
      expect(rows.length).toBe(table.dimensions);
      const primes = counts.map((_, i) => primesOf(2 ** (i + 1) - 1));
      let before = 0;
      for (const row of rows) {
        if (row === null) continue;
        const order = 2 ** row.degree - 1;
        // Of the polynomials of degree 1 only x + 1 has its lowest coefficient, and x is 1 modulo it.
        const proper = (prime: number) => row.degree === 1 || powerOfX(order / prime, row) !== 1;
        const primitive = powerOfX(order, row) === 1 && (primes[row.degree - 1] ?? []).every(proper);
        const odd = row.m.every((m, j) => m % 2 === 1 && m < 2 ** (j + 1));
        // Rising through all degrees, so none stands twice.
        if (!primitive || !odd || row.polynomial <= before) throw new Error(`${row.polynomial}: ${row.m}`);
        before = row.polynomial;
      }
    },
  );

  it("begin alike", () => {
    expect(tables[1]?.rows.slice(0, 1111)).toEqual(tables[0]?.rows);
  });
});

describe.each(numericsBuilds)("sobol ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it.each(tables)("points are those of the recurrence, wherever they stand: $table.name", ({ table, rows }) => {
    const place = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 3 }), fc.constantFrom(0, 2 ** 31 - 1, 2 ** 32 - 3));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), place, (dimensions, from) => {
        const found = uniformPoints(engine, sobol({ dimensions, directions: table }), { from, count: 3 });
        const expected = Array.from({ length: 3 * dimensions }, (_, i) => {
          const k = BigInt(from + Math.floor(i / dimensions));
          return Number(coordinate(rows[i % dimensions] ?? null, k)) / 2 ** 32;
        });
        expect([...found]).toEqual(expected);
      }),
      { seed: 20261130, numRuns: 25 },
    );
  });

  it("has all 21,201 dimensions, and the last point there is", () => {
    const points = sobol({ dimensions: 21_201, directions: joeKuo21201 });
    const found = uniformPoints(engine, points, { from: 2 ** 32 - 1, count: 1 });
    for (const d of [0, 1110, 1111, 5000, 21_199, 21_200]) {
      expect(found[d]).toBe(Number(coordinate(tables[1]?.rows[d] ?? null, 2n ** 32n - 1n)) / 2 ** 32);
    }
  });

  it("is scrambled by a hash of the seed's own numbers, a place at a time", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.integer({ min: 0, max: 2 ** 20 }),
        (scramble, from) => {
          const found = uniformPoints(engine, sobol({ dimensions: 5, scramble }), { from, count: 2 });
          const seeds = randomBits(engine, philox({ seed: scramble }), { count: 5 });
          const expected = Array.from({ length: 10 }, (_, i) => {
            const plain = coordinate(tables[0]?.rows[i % 5] ?? null, BigInt(from + Math.floor(i / 5)));
            return (Number(owen(plain, BigInt.asUintN(32, seeds[i % 5] ?? 0n))) + 0.5) / 2 ** 32;
          });
          expect([...found]).toEqual(expected);
        },
      ),
      { seed: 20261130, numRuns: 50 },
    );
  });

  it.each([null, 1, 2n ** 63n])(
    "fills every dimension, and the plane of the first two, evenly under scramble %s",
    (scramble) => {
      const dimensions = 40;
      const points = uniformPoints(engine, sobol({ dimensions, scramble }), { count: 1024 });
      for (let d = 0; d < dimensions; d++) {
        const cells = new Set(
          Array.from({ length: 1024 }, (_, k) => Math.floor(1024 * (points[k * dimensions + d] ?? 0))),
        );
        expect(cells.size).toBe(1024);
      }
      // Boxes of 2^-a by 2^-(10-a): one point each, as of a (0, 10, 2)-net.
      for (let a = 0; a <= 10; a++) {
        const boxes = new Set(
          Array.from({ length: 1024 }, (_, k) => {
            const [x = 0, y = 0] = points.subarray(k * dimensions, k * dimensions + 2);
            return Math.floor(x * 2 ** a) * 2 ** 12 + Math.floor(y * 2 ** (10 - a));
          }),
        );
        expect(boxes.size).toBe(1024);
      }
    },
  );

  it("averages a smooth function closer than random numbers do, and its seeds say how close", () => {
    const dimensions = 8;
    const count = 4096;
    const mean = (scramble: number) => {
      const points = uniformPoints(engine, sobol({ dimensions, scramble }), { count });
      let total = 0;
      for (let k = 0; k < count; k++) {
        let product = 1;
        for (let d = 0; d < dimensions; d++) product *= 1 + (points[k * dimensions + d] ?? 0) - 0.5;
        total += product;
      }
      return total / count;
    };
    const means = Array.from({ length: 16 }, (_, seed) => mean(seed));
    const average = means.reduce((a, b) => a + b) / 16;
    const deviation = Math.sqrt(means.reduce((sum, m) => sum + (m - average) ** 2, 0) / 15);
    // The variance of the function is (1 + 1/12)^8 − 1: what random numbers leave of it.
    const random = Math.sqrt(((13 / 12) ** 8 - 1) / count);
    expect(deviation).toBeLessThan(random / 20);
    expect(Math.abs(average - 1)).toBeLessThan(5 * (deviation / 4));
  });

  it("drawn in parts is drawn at once, and its normals are the quantiles of its points", () => {
    for (const points of [sobol({ dimensions: 3 }), sobol({ dimensions: 3, scramble: 9 })]) {
      const from = points.first;
      const whole = normalPoints(engine, points, { count: 100 });
      const parts = [0, 1, 33].flatMap((at, i, all) => [
        ...normalPoints(engine, points, { from: from + at, count: (all[i + 1] ?? 100) - at }),
      ]);
      expect(parts).toEqual([...whole]);
      const { quantile } = normalDistribution(engine);
      expect([...whole]).toEqual([...uniformPoints(engine, points, { from, count: 100 })].map(quantile));
      expect(whole.every((z) => Math.abs(z) <= tolerance.sobolFarthest)).toBe(true);
    }
  });

  it("refuses what it has not, by name, and works on", () => {
    const plain = sobol({ dimensions: 2 });
    expect(pathOf(() => sobol({ dimensions: 0 }))).toBe("sobol.dimensions");
    expect(pathOf(() => sobol({ dimensions: 1112 }))).toBe("sobol.dimensions");
    expect(pathOf(() => sobol({ dimensions: 2, scramble: -1 }))).toBe("sobol.scramble");
    expect(pathOf(() => sobol({ dimensions: 2, directions: {} as Directions }))).toBe("sobol.directions");
    expect(pathOf(() => normalPoints(engine, plain, { from: 0, count: 1 }))).toBe("draws.from");
    expect(pathOf(() => uniformPoints(engine, plain, { from: 2 ** 32, count: 1 }))).toBe("draws.count");
    expect(pathOf(() => uniformPoints(engine, plain, { from: 1.5, count: 1 }))).toBe("draws.from");
    expect(uniformPoints(engine, plain, { from: 2 ** 32, count: 0 }).length).toBe(0);
    expect([...uniformPoints(engine, plain, { count: 2 })]).toEqual([0, 0, 0.5, 0.5]);
  });
});
