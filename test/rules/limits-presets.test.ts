import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { preset } from "../../src/presets/index.js";
import { type Limit, maxBorrow, maxPosition, maxWithdraw } from "../../src/rules/limits.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { type PoolDocument, referencePool } from "../reference/composed.js";
import { presetModel, withBook } from "../support/preset-evaluate.js";
import { axiomAccounts, axiomMarket, PRICES, pools, sizeOf } from "../support/preset-laws.js";
import { presetRows } from "../support/preset-rows.js";
import { tolerance } from "../support/tolerance.js";

const RUNS = 25;
const engine = createEngine();
const market = parseMarket(axiomMarket());

type List = "balances" | "supplies" | "debts";

/** The pool with `quantity` more of ETH in one of its lists. */
function withMore(pool: PoolDocument, list: List, quantity: number): PoolDocument {
  const items = pool[list] ?? [];
  const known = items.find(({ asset }) => asset === "ETH");
  const others = items.filter((item) => item !== known);
  return {
    ...pool,
    [list]: [
      ...others,
      { collateral: true, ...known, asset: "ETH", quantity: Number(known?.quantity ?? 0) + quantity },
    ],
  };
}

describe.each(presetRows)("limits under $preset", (row) => {
  const rule = composedRule(preset(row.preset, row.parameters(1)));
  const model = presetModel(row);

  it("are amounts at which the level holds by the slow evaluator, and beyond which it does not", () => {
    let bound = 0;
    const [owed, held] = row.lends ? (["debts", "supplies"] as const) : (["balances", "balances"] as const);
    fc.assert(
      fc.property(pools(row), (holdings) => {
        const [pool] = axiomAccounts(row, [holdings]).accounts[0]?.pools ?? [];
        if (pool === undefined) throw new Error("a pool");
        const tight = (limit: Limit, after: (amount: number) => PoolDocument) => {
          if (limit.binding === "nothing") return;
          const excess = (amount: number) => {
            const { initial, maintenance } = referencePool(rule, market, after(amount)).levels;
            return Math.min(initial.excess, maintenance.excess);
          };
          const amount = limit.amount ?? Number.NaN;
          const size = sizeOf(holdings) + amount * PRICES.ETH;
          const allowed = tolerance.rootRelative * size + 4 * row.unit * (6 + holdings.positions.length);
          if (amount === 0 && limit.excess < 0) {
            expect(excess(0)).toBeLessThanOrEqual(allowed);
            return;
          }
          expect(excess(amount)).toBeGreaterThanOrEqual(-allowed);
          if (limit.binding === "held") return;
          expect(excess(amount * (1 + tolerance.limitStep) + tolerance.limitStep)).toBeLessThan(allowed);
          bound++;
        };
        withBook(engine, row, [holdings], undefined, (book) => {
          const as = row.lends ? "debt" : "balance";
          tight(maxBorrow(book, 0, "ETH", model, { as }), (amount) =>
            withMore(pool, owed, row.lends ? amount : -amount),
          );
          const from = row.lends ? "supply" : "balance";
          tight(maxWithdraw(book, 0, "ETH", model, { from }), (amount) => withMore(pool, held, -amount));
          if (!row.trades || holdings.positions.some(({ on }) => on === "ETH")) return;
          for (const [side, sign] of [
            ["buy", 1],
            ["sell", -1],
          ] as const) {
            tight(maxPosition(book, 0, "ETH-PERP", side, model), (amount) => ({
              ...pool,
              positions: [
                ...pool.positions,
                { instrument: "ETH-PERP", quantity: sign * amount, entryPrice: PRICES.ETH },
              ],
            }));
          }
        });
      }),
      { seed: 20261125, numRuns: RUNS },
    );
    expect(bound).toBeGreaterThan(RUNS / 4);
  });
});
