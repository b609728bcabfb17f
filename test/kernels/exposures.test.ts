import { describe, expect, it } from "vitest";
import { exposures, usedFactors, values } from "../../src/book/exposures.js";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { equityAfter } from "../reference/exposures.js";
import { builds, freshMemory } from "../support/builds.js";
import { plainMarket, plainPacked, randomBook } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

/** Dense exposures and values of a seeded book, from the kernel of `build`. */
function measured(build: (typeof builds)[number], seed: number) {
  const plain = randomBook(seed, 40);
  const market = plainMarket(plain);
  const memory = freshMemory(build);
  const resident = new ResidentMarket(memory, market, null);
  const book = new ResidentBook(resident, plainPacked(plain, market));
  const out = memory.scope(() => {
    const sparse = exposures(book, 0, plain.pools.length);
    const worth = values(book, 0, plain.pools.length);
    const column = (at: number) => memory.f64(at, plain.pools.length).slice();
    return {
      start: memory.u32(sparse.start, plain.pools.length + 1).slice(),
      factor: memory.u32(sparse.factor, sparse.count).slice(),
      value: memory.f64(sparse.value, sparse.count).slice(),
      assets: column(worth.assets),
      liabilities: column(worth.liabilities),
      equity: column(worth.equity),
    };
  });
  const used = usedFactors(book);
  book.dispose();
  resident.dispose();
  return { plain, market, out, used, kept: memory.kept };
}

describe.each(builds)("exposures on $build", (build) => {
  it("are the derivative of equity with respect to each factor, and touch no factor twice", () => {
    for (let seed = 1; seed <= 25; seed++) {
      const { plain, market, out } = measured(build, seed);
      for (const [p, pool] of plain.pools.entries()) {
        const begin = out.start[p] ?? 0;
        const end = out.start[p + 1] ?? 0;
        const seen = Array.from(out.factor.subarray(begin, end), (f) => market.factors[f] ?? "");
        expect(new Set(seen).size).toBe(seen.length);
        for (const name of market.factors) {
          const at = seen.indexOf(name);
          const exposure = at < 0 ? 0 : (out.value[begin + at] ?? Number.NaN);
          const step = 1e-5;
          const up = equityAfter(plain, pool, { [name]: step });
          const down = equityAfter(plain, pool, { [name]: -step });
          const scale = 1 + pool.holdings.length * 1e5 + pool.positions.length * 1e5;
          expect(Math.abs((up - down) / (2 * step) - exposure) / scale).toBeLessThan(tolerance.centralDifference);
        }
      }
    }
  });

  it("value a pool as assets less liabilities, gains and losses netted per settle asset", () => {
    for (let seed = 1; seed <= 25; seed++) {
      const { plain, out } = measured(build, seed);
      for (const [p, pool] of plain.pools.entries()) {
        const expected = equityAfter(plain, pool, {});
        const gross = (out.assets[p] ?? Number.NaN) + (out.liabilities[p] ?? Number.NaN);
        expect(out.assets[p]).toBeGreaterThanOrEqual(0);
        expect(out.liabilities[p]).toBeGreaterThanOrEqual(0);
        expect(Math.abs((out.equity[p] ?? Number.NaN) - expected)).toBeLessThanOrEqual(
          tolerance.poolSumRelative * (gross + 1e6),
        );
      }
    }
  });

  it("name every factor that a pool touches as used, ascending, and give their memory back", () => {
    const { out, used, kept } = measured(build, 3);
    expect([...used]).toEqual([...new Set(out.factor)].sort((a, b) => a - b).filter((f) => used.includes(f)));
    for (const factor of out.factor) expect(used).toContain(factor);
    expect(kept).toBe(0);
  });
});

it("exposures and values are equal to the bit on every build", () => {
  const [first, ...others] = builds.map((build) => measured(build, 11).out);
  for (const other of others) expect(other).toEqual(first);
});
