import { describe, expect, it } from "vitest";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { collateral } from "../../src/models/collateral.js";
import { isolated } from "../../src/models/isolated.js";
import { parseRule } from "../../src/models/rule.js";
import { change } from "../../src/book/change.js";
import { whatIf } from "../../src/models/what-if.js";
import { collateralReference } from "../reference/collateral.js";
import { builds, freshMemory } from "../support/builds.js";
import { plainMarket, plainPacked, randomBook } from "../support/random-book.js";
import { randomRule } from "../support/random-rule.js";
import { tolerance } from "../support/tolerance.js";

const meta = { version: "test", kernel: { hash: "", build: "" }, market: "", book: "" };
const POOLS = 20;

describe.each(builds)("one pool against its parts on $build", (build) => {
  const memory = freshMemory(build);

  function loaded(seed: number) {
    const plain = randomBook(seed, POOLS);
    const document = randomRule(seed, plain);
    const market = plainMarket(plain);
    const resident = new ResidentMarket(memory, market, null);
    const book = new ResidentBook(resident, { ...plainPacked(plain, market), onInvalid: "collect" });
    const dispose = () => {
      book.dispose();
      resident.dispose();
    };
    return { plain, document, book, model: collateral(parseRule(document)), dispose };
  }

  it("isolated margin is that of every holding and position alone, and a common pool never needs more", () => {
    let saved = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const { plain, document, book, model, dispose } = loaded(seed);
      const result = isolated(book, model, { from: 2 });
      for (const [row, pool] of plain.pools.slice(2).entries()) {
        if ((result.status[row] ?? 9) > 1) {
          expect(result.shortfall.isolated.maintenance[row]).toBe(Number.POSITIVE_INFINITY);
          expect(result.shortfall.saving.maintenance[row]).toBe(0);
          continue;
        }
        const alone = [
          ...pool.holdings.map((holding) => ({ ...pool, holdings: [holding], positions: [] })),
          ...pool.positions.map((position) => ({ ...pool, holdings: [], positions: [position] })),
        ].map((part) => collateralReference(plain, part, document));
        const scale = alone.reduce((sum, part) => sum + part.scale, 1);
        const needs = alone.map(({ levels: { maintenance } }) =>
          Math.max(0, maintenance.liabilities + maintenance.requirement - maintenance.assets),
        );
        const expected = needs.reduce((sum, need) => sum + need, 0);
        const { cross, isolated: apart, saving } = result.shortfall;
        expect(Math.abs((apart.maintenance[row] ?? Number.NaN) - expected)).toBeLessThanOrEqual(
          tolerance.poolSumRelative * scale,
        );
        expect(saving.maintenance[row]).toBe((apart.maintenance[row] ?? 0) - (cross.maintenance[row] ?? 0));
        if ((saving.maintenance[row] ?? 0) > 1) saved++;
        const { requirement } = result;
        const difference = (requirement.isolated.maintenance[row] ?? 0) - (requirement.cross.maintenance[row] ?? 0);
        expect(Math.abs(difference)).toBeLessThanOrEqual(tolerance.poolSumRelative * scale);
      }
      dispose();
    }
    expect(saved).toBeGreaterThan(30);
    expect(memory.kept).toBe(0);
  });

  it("a change of a pool shows before and after, and leaves the book and its memory as they were", () => {
    const { plain, document, book, model, dispose } = loaded(3);
    const run = { memory, from: 0, to: POOLS, meta };
    const whole = memory.scope(() => model.evaluate(book, run));
    const p = whole.status.indexOf(0);
    const kept = memory.kept;
    const deposit = change({ balances: [{ asset: "STB", quantity: 1000 }] });
    const { before, after } = whatIf(book, p, deposit, model);
    expect(memory.kept).toBe(kept);
    expect(before.excess.maintenance[0]).toBe(whole.excess.maintenance[p]);
    const pool = plain.pools[p];
    if (pool === undefined) throw new Error("no pool with a number");
    const holdings = [...pool.holdings, { asset: "STB", kind: "balance", quantity: 1000 } as const];
    const { equity, scale } = collateralReference(plain, { ...pool, holdings }, document);
    expect(Math.abs((after.equity[0] ?? Number.NaN) - equity)).toBeLessThanOrEqual(tolerance.poolSumRelative * scale);
    expect(memory.scope(() => model.evaluate(book, run)).excess).toEqual(whole.excess);
    dispose();
    expect(memory.kept).toBe(0);
  });
});
