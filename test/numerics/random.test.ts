import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { philox, randomBits, randomNormal, randomUniform, xoshiro } from "../../src/numerics/index.js";
import { normalDistribution } from "../../src/stats.js";
import { philoxNumber, uniformNumber, xoshiroNumbers } from "../reference/random.js";
import { pathOf } from "../support/errors.js";
import { numericsBuilds, numericsOn } from "../support/numerics-builds.js";

const MOST = 2n ** 64n - 1n;
const word = fc.oneof(fc.bigInt({ min: 0n, max: MOST }), fc.constantFrom(0n, 1n, MOST));

describe.each(numericsBuilds)("random numbers ($build)", ({ memory: fresh }) => {
  const engine = { memory: fresh() };

  it("of Philox are those of its definition, wherever they stand", () => {
    fc.assert(
      fc.property(
        word,
        word,
        fc.integer({ min: 0, max: 2 ** 40 }),
        fc.integer({ min: 0, max: 9 }),
        (seed, stream, from, count) => {
          const expected = Array.from({ length: count }, (_, i) => philoxNumber(seed, stream, BigInt(from + i)));
          expect([...randomBits(engine, philox({ seed, stream }), { from, count })]).toEqual(expected);
        },
      ),
      { seed: 20261130, numRuns: 200 },
    );
  });

  it("of xoshiro are those of its definition, after any that are passed over", () => {
    fc.assert(
      fc.property(word, fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 20 }), (seed, from, count) => {
        const expected = xoshiroNumbers(seed, from + count).slice(from);
        expect([...randomBits(engine, xoshiro({ seed }), { from, count })]).toEqual(expected);
      }),
      { seed: 20261130, numRuns: 200 },
    );
  });

  it("are inverted in blocks to the bits that the quantile gives one by one, in the tails and at their edges too", () => {
    const { quantile } = normalDistribution(engine);
    const kernel = numericsOn(engine.memory);
    const edges = [0.075, 0.925, 0.5, 1e-300, 1.3e-11, 1.4e-11, 1 - 2 ** -53, 0.0749999999, 0.0750000001, 2 ** -53];
    for (const tails of [0, 0.15, 0.5, 1]) {
      for (const count of [0, 1, 3, 4, 5, 7, 8, 255, 256, 257, 260, 511, 512, 1000]) {
        const u = randomUniform(engine, philox({ seed: count }), { count });
        const values = u.map((p, i) =>
          i % 11 === 10 ? (edges[((i / 11) % edges.length) | 0] ?? p) : p < tails ? p * 0.075 : p,
        );
        const found = engine.memory.scope(() => {
          const at = engine.memory.copy(values);
          kernel.normalInverses(count, at, engine.memory.reserve(kernel.normalInversesScratch()));
          return engine.memory.f64(at, count).slice();
        });
        expect([...found]).toEqual([...values].map(quantile));
      }
    }
  });

  it("are inverted where a block lies in the tails from its first to its last", () => {
    const { quantile } = normalDistribution(engine);
    const kernel = numericsOn(engine.memory);
    for (const count of [255, 256, 512, 513, 1024]) {
      const tails = Float64Array.from({ length: count }, (_, i) => {
        const tail = 0.07 * (1 - 2 ** -(2 + (i % 9)));
        return i % 2 === 0 ? tail : 1 - tail;
      });
      const found = engine.memory.scope(() => {
        const at = engine.memory.copy(tails);
        kernel.normalInverses(count, at, engine.memory.reserve(kernel.normalInversesScratch()));
        return engine.memory.f64(at, count).slice();
      });
      expect([...found]).toEqual([...tails].map(quantile));
    }
  });

  it("of Philox are those of its definition where the counter's low word wraps among eight blocks", () => {
    for (const from of [2 ** 33 - 17, 2 ** 33 - 16, 2 ** 33 - 14, 2 ** 33 - 8, 2 ** 33 - 2, 2 ** 33 - 1, 2 ** 33]) {
      const expected = Array.from({ length: 60 }, (_, i) => philoxNumber(5n, 6n, BigInt(from + i)));
      expect([...randomBits(engine, philox({ seed: 5, stream: 6 }), { from, count: 60 })]).toEqual(expected);
    }
  });

  it.each([philox({ seed: 7, stream: 3 }), xoshiro({ seed: 7 })])(
    "drawn in parts are those drawn at once: $name",
    (generator) => {
      const whole = randomNormal(engine, generator, { count: 1001 });
      const parts = [0, 1, 2, 500, 997].flatMap((from, i, all) => [
        ...randomNormal(engine, generator, { from, count: (all[i + 1] ?? 1001) - from }),
      ]);
      expect(parts).toEqual([...whole]);
    },
  );

  it.each([philox({ seed: 1 }), xoshiro({ seed: 1 })])(
    "between 0 and 1 have the bits' value, and are evenly spread: $name",
    (generator) => {
      const count = 200_000;
      const uniforms = randomUniform(engine, generator, { count });
      const bits = randomBits(engine, generator, { count });
      const cells = new Float64Array(256);
      for (const [i, u] of uniforms.entries()) {
        if (u !== uniformNumber(bits[i] ?? 0n)) throw new Error(`${i}: ${u}`);
        const cell = Math.floor(256 * u);
        cells[cell] = (cells[cell] ?? 0) + 1;
      }
      const each = count / 256;
      const chiSquare = cells.reduce((sum, n) => sum + (n - each) ** 2 / each, 0);
      // 255 degrees of freedom: 255 ± 22.6, and the seed is fixed.
      expect(Math.abs(chiSquare - 255)).toBeLessThan(4 * Math.sqrt(510));
    },
  );

  it.each([philox({ seed: 2 }), xoshiro({ seed: 2 })])(
    "that are normal are the quantiles of the uniform ones, with their moments: $name",
    (generator) => {
      const count = 100_000;
      const { quantile } = normalDistribution(engine);
      const normals = randomNormal(engine, generator, { count });
      const uniforms = randomUniform(engine, generator, { count });
      let [sum, squares, fourth] = [0, 0, 0];
      for (const [i, z] of normals.entries()) {
        if (z !== quantile(uniforms[i] ?? 0)) throw new Error(`${i}: ${z}`);
        sum += z;
        squares += z * z;
        fourth += z ** 4;
      }
      const error = 4 / Math.sqrt(count);
      expect(Math.abs(sum / count)).toBeLessThan(error);
      expect(Math.abs(squares / count - 1)).toBeLessThan(error * Math.sqrt(2));
      expect(Math.abs(fourth / count - 3)).toBeLessThan(error * Math.sqrt(96));
    },
  );

  it("of two streams, and of two seeds, have nothing to do with each other", () => {
    const count = 100_000;
    const base = randomNormal(engine, philox({ seed: 1, stream: 1 }), { count });
    for (const other of [philox({ seed: 1, stream: 2 }), philox({ seed: 2, stream: 1 }), xoshiro({ seed: 1 })]) {
      const products = randomNormal(engine, other, { count }).reduce((sum, z, i) => sum + z * (base[i] ?? 0), 0);
      expect(Math.abs(products / count)).toBeLessThan(4 / Math.sqrt(count));
    }
  });

  it("leave no scratch behind, and are empty where none are asked for", () => {
    const before = engine.memory.kernel.arenaMark();
    expect(randomNormal(engine, philox(), { count: 0 })).toEqual(new Float64Array(0));
    randomNormal(engine, xoshiro(), { count: 1000 });
    expect(engine.memory.kernel.arenaMark()).toBe(before);
  });

  it.each<[string, () => unknown, string]>([
    ["a seed below 0", () => philox({ seed: -1 }), "philox.seed"],
    ["a seed beyond 64 bits", () => xoshiro({ seed: 2n ** 64n }), "xoshiro.seed"],
    ["a seed that no number is exactly", () => philox({ seed: 2 ** 53 }), "philox.seed"],
    ["a stream in part", () => philox({ stream: 0.5 }), "philox.stream"],
    ["an option that is none", () => philox({ sed: 1 } as object), "philox.sed"],
    ["a negative count", () => randomBits(engine, philox(), { count: -1 }), "draws.count"],
    ["a place that is not whole", () => randomUniform(engine, philox(), { from: 0.5, count: 1 }), "draws.from"],
    [
      "a place beyond what a number counts",
      () => randomNormal(engine, philox(), { from: 2 ** 53 - 1, count: 2 }),
      "draws.count",
    ],
  ])("refuse %s, and go on", (_, work, path) => {
    expect(pathOf(work)).toBe(path);
    expect(randomBits(engine, philox({ seed: 5 }), { count: 1 })[0]).toBe(philoxNumber(5n, 0n, 0n));
  });
});

it("random numbers are of one kind of bits on every build", () => {
  const made = numericsBuilds.map(({ memory }) => {
    const engine = { memory: memory() };
    return [philox({ seed: 3 }), xoshiro({ seed: 3 })].map((generator) => [
      ...new BigUint64Array(randomNormal(engine, generator, { count: 5000 }).buffer),
    ]);
  });
  for (const other of made.slice(1)) expect(other).toEqual(made[0]);
});
