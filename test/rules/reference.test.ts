import { describe, expect, it } from "vitest";
import { composedRule } from "../../src/rules/parse-rule.js";
import { collateralReference } from "../reference/collateral.js";
import { type ComposedReference, type PoolDocument, referencePool } from "../reference/composed.js";
import { type PlainPool, plainMarket, randomBook } from "../support/random-book.js";
import { randomRule } from "../support/random-rule.js";
import { near, tolerance } from "../support/tolerance.js";

const SEEDS = Array.from({ length: 100 }, (_, i) => i + 1);

/** A plain pool as an accounts document has it; its lists may hold an asset more than once, which sums make one. */
function documentOf({ holdings, positions }: PlainPool): PoolDocument {
  const list = (...kinds: readonly string[]) => holdings.filter(({ kind }) => kinds.includes(kind));
  return {
    balances: [
      ...list("balance", "interest"),
      ...list("locked").map(({ asset, quantity }) => ({ asset, quantity, locked: quantity })),
    ],
    supplies: [
      ...list("supply").map((item) => ({ ...item, collateral: true })),
      ...list("idleSupply").map((item) => ({ ...item, collateral: false })),
    ],
    debts: list("debt").map(({ asset, quantity }) => ({ asset, quantity: -quantity })),
    positions: positions.map(({ instrument, quantity, entry, funding }) => ({
      instrument,
      quantity,
      entryPrice: entry,
      fundingDue: funding,
    })),
  };
}

describe("the evaluator of composed rules", () => {
  it("makes of a collateral rule what the evaluator of collateral rules makes of it", () => {
    const seen: Record<ComposedReference["status"], number> = {
      ok: 0,
      stalePrice: 0,
      unsupported: 0,
      insufficientData: 0,
    };
    for (const seed of SEEDS) {
      const book = randomBook(seed, 20);
      const document = randomRule(seed, book);
      const rule = composedRule(document);
      const market = plainMarket(book);
      for (const pool of book.pools) {
        const plain = collateralReference(book, pool, document);
        const composed = referencePool(rule, market, documentOf(pool));
        expect(composed.status).toBe(plain.status);
        seen[composed.status]++;
        if (plain.status === "unsupported") continue;
        const within = tolerance.poolSumRelative * plain.scale;
        near(composed.equity, plain.equity, within, `${seed} ${pool.id} equity`);
        for (const level of rule.hasInitial ? (["initial", "maintenance"] as const) : (["maintenance"] as const)) {
          for (const name of ["assets", "liabilities", "requirement"] as const) {
            near(
              composed.levels[level][name],
              plain.levels[level][name],
              within,
              `${seed} ${pool.id} ${level} ${name}`,
            );
          }
        }
      }
    }
    expect(Math.min(seen.ok, seen.stalePrice, seen.unsupported)).toBeGreaterThan(100);
  });
});
