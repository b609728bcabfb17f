import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { type LiquidationResult, liquidation } from "../../src/liquidation/liquidation.js";
import { parseMarket } from "../../src/market/parse-market.js";
import type { Memory } from "../../src/memory.js";
import { parseRule } from "../../src/models/rule.js";
import { collateralReference } from "../reference/collateral.js";
import { builds, freshMemory } from "../support/builds.js";
import { AS_OF, perpetualMarket, plainRule } from "../support/perpetual-market.js";
import { type PlainBook, plainMarket, plainPacked, randomBook } from "../support/random-book.js";
import { type RuleDocument, randomRule } from "../support/random-rule.js";
import { tolerance } from "../support/tolerance.js";

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
const POOLS = 15;

function measured(memory: Memory, plain: PlainBook, document: RuleDocument): LiquidationResult {
  const market = plainMarket(plain);
  const resident = new ResidentMarket(memory, market, null);
  const book = new ResidentBook(resident, { ...plainPacked(plain, market), onInvalid: "collect" });
  const result = liquidation(book, parseRule(document));
  book.dispose();
  resident.dispose();
  return result;
}

/** The reference's excess at maintenance of pool p after moves of the factors. */
function excessOf(plain: PlainBook, document: RuleDocument, p: number, move: Record<string, number>) {
  const pool = plain.pools[p];
  if (pool === undefined) throw new Error(`no pool ${p}`);
  const { levels, scale } = collateralReference(plain, pool, document, move);
  return { excess: levels.maintenance.assets - levels.maintenance.liabilities - levels.maintenance.requirement, scale };
}

describe.each(builds)("liquidation levels on $build", (build) => {
  const memory = freshMemory(build);

  it("are where the reference's excess changes sign, and the first such place", () => {
    let found = 0;
    let none = 0;
    for (const seed of SEEDS) {
      const plain = randomBook(seed, POOLS);
      const document = randomRule(seed, plain);
      const result = measured(memory, plain, document);
      const { factors } = plainMarket(plain);
      const unpegged = factors.filter((name) => name !== "STB" && plain.assets.some(({ id }) => id === name));
      for (const p of plain.pools.keys()) {
        if ((result.status[p] ?? 9) > 1) continue;
        const now = excessOf(plain, document, p, {});
        expect(Math.abs((result.excess[p] ?? Number.NaN) - now.excess)).toBeLessThanOrEqual(
          tolerance.poolSumRelative * (1 + now.scale),
        );
        const view = result.pool(p);
        const searches = view.factors.flatMap(({ factor, down, up }) => [
          { names: [factor], side: -1, move: down?.move ?? null },
          { names: [factor], side: 1, move: up?.move ?? null },
        ]);
        searches.push({ names: unpegged, side: -1, move: view.uniform.fall });
        searches.push({ names: unpegged, side: 1, move: view.uniform.rise });
        for (const { names, side, move } of searches) {
          const at = (t: number) => excessOf(plain, document, p, Object.fromEntries(names.map((name) => [name, t])));
          if (view.breached) {
            expect(move).toBe(null);
            continue;
          }
          // Prices of assets that move more than one for one reach zero before their factor does.
          const steepest = Math.max(
            1,
            ...[...plain.assets, ...plain.instruments].map(({ factors: of }) =>
              names.reduce((sum, name) => sum + (of[name] ?? 0), 0),
            ),
          );
          const end = side < 0 ? -0.999 / steepest : 20;
          if (move === null) {
            none++;
            for (let i = 1; i <= 40; i++) {
              const { excess, scale } = at((end * i) / 40);
              expect(excess).toBeGreaterThanOrEqual(-tolerance.rootRelative * (1 + scale));
            }
            continue;
          }
          found++;
          expect(Math.sign(move)).toBe(side);
          const here = at(move);
          expect(Math.abs(here.excess)).toBeLessThanOrEqual(
            tolerance.rootRelative * (1 + here.scale) * (1 + Math.abs(move)),
          );
          const step = 1e-6 * (1 + Math.abs(move));
          expect(at(move + side * step).excess).toBeLessThanOrEqual(tolerance.rootRelative * (1 + here.scale));
          for (let i = 1; i < 20; i++) {
            const before = at((move * i) / 20);
            expect(before.excess).toBeGreaterThanOrEqual(-tolerance.rootRelative * (1 + before.scale));
          }
        }
      }
    }
    expect(found).toBeGreaterThan(100);
    expect(none).toBeGreaterThan(100);
    expect(memory.kept).toBe(0);
  });
});

it.each(builds)("a fall of everything takes no factor below 0, in whichever row a pool stands, on $build", (build) => {
  const memory = freshMemory(build);
  const rule = parseRule(plainRule({ USD: { maintenance: 1 }, BTC: { maintenance: 0.5 } }));
  /** Falls that take quantity + 32,000 (1 + coefficient · t) to 0. */
  const falls = (coefficient: number, quantities: readonly number[]) => {
    const market = parseMarket({ ...perpetualMarket(64_000), exposures: [{ of: "BTC", to: { BTC: coefficient } }] });
    const pools = quantities.map((quantity, p) => ({
      id: `p${p}`,
      balances: [
        { asset: "USD", quantity },
        { asset: "BTC", quantity: 1 },
      ],
    }));
    const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] };
    const resident = new ResidentMarket(memory, market, null);
    const book = new ResidentBook(resident, packBook(accounts, market));
    const result = liquidation(book, rule);
    const found = pools.map((_, p) => result.pool(p).uniform.fall);
    book.dispose();
    resident.dispose();
    return found;
  };
  expect(falls(1, [100, 100, -31_900, 100, 100])).toEqual([null, null, expect.closeTo(-0.003125, 12), null, null]);
  // A price that moves half as far would be above 0 still where its factor has lost all, at t = −1.5.
  expect(falls(0.5, [-8000, -8000, -31_900, -8000])).toEqual([null, null, expect.closeTo(-0.00625, 12), null]);
});

it("liquidation levels are equal to the bit on every build", () => {
  for (const seed of SEEDS.slice(0, 10)) {
    const plain = randomBook(seed, POOLS);
    const [first, ...others] = builds.map((build) => {
      const { pool: _view, ...columns } = measured(freshMemory(build), plain, randomRule(seed, plain));
      return columns;
    });
    for (const other of others) expect(other).toEqual(first);
  }
});
