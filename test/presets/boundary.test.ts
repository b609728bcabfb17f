import { describe, expect, it } from "vitest";
import { parseMarket } from "../../src/market/parse-market.js";
import { type JsonObject, preset, presets } from "../../src/presets/index.js";
import { composedRule } from "../../src/rules/index.js";
import { type PoolDocument, referencePool } from "../reference/composed.js";
import { composedPool } from "../support/composed-book.js";

const everyPrice = { bid: 1, ask: 1, ema: 1, twap: 1, confidence: 0, state: { stable: 1, emaConfidence: 0 } };
const market = parseMarket({
  schema: "margrave/market/1",
  asOf: "2026-11-20T08:00:00Z",
  numeraire: "USD",
  assets: [{ id: "USD" }, { id: "coin" }, { id: "cash" }],
  prices: [
    { of: "coin", in: "USD", index: 1, ...everyPrice },
    { of: "cash", in: "USD", index: 1, ...everyPrice },
    { of: "PERP", mark: 1 },
  ],
  instruments: [
    {
      id: "PERP",
      kind: "perpetual",
      payoff: "linear",
      underlying: "coin",
      quote: "cash",
      settle: "cash",
      multiplier: 1,
    },
  ],
});

const LENDING = [
  "aave-v3",
  "aave-v3-pre-3.7",
  "compound-v3",
  "morpho-blue",
  "euler-v2",
  "kamino",
  "marginfi-v2",
  "folks-xchain",
];
const ONE_LEVEL = ["morpho-blue", "gmx-v2", "folks-xchain"];

/** A rule of the preset in which a coin weighs a half, cash counts in full, and a contract needs a tenth. */
function ruleOf(id: string) {
  const level = (weight: number): JsonObject =>
    ONE_LEVEL.includes(id) ? { maintenance: weight } : { initial: weight, maintenance: weight };
  const weights = { asset: 0.9, liability: 1.1, overall: 1 };
  const contract = id === "mango-v4" ? { weights: { initial: weights, maintenance: weights } } : level(0.1);
  const instruments: JsonObject[] = LENDING.includes(id) ? [] : [{ match: {}, ...contract }];
  const settings = id === "synthetix-v3" ? { minimumReward: 0, maximumReward: 0 } : {};
  return composedRule(
    preset(id, { shipped: false, assets: { coin: level(0.5), cash: level(1) }, instruments, settings }),
  );
}

function breached(id: string, pool: PoolDocument): boolean {
  const rule = ruleOf(id);
  const positions = pool.positions?.map((position, i) => ({ id: `p${i}`, ...position }));
  const result = composedPool(market, { ...pool, ...(positions === undefined ? {} : { positions }) }, rule);
  expect(result.status).toBe("ok");
  expect(referencePool(rule, market, pool).breached).toBe(result.breached);
  return result.breached;
}

describe("where a venue begins to liquidate", () => {
  it.each(presets.map(({ id }) => id))("%s: as it says at an excess of exactly 0, surely below, not above", (id) => {
    const { breach } = ruleOf(id);
    // Worth 1 after its weight, or left after the P&L, against 1 that is owed or required.
    const pool = (spare: number): PoolDocument =>
      LENDING.includes(id)
        ? {
            supplies: [{ asset: "coin", quantity: 2 + 2 * spare, collateral: true }],
            debts: [{ asset: "cash", quantity: 1 }],
          }
        : {
            balances: [{ asset: "cash", quantity: 1 + spare }],
            positions: [{ instrument: "PERP", quantity: 10, entryPrice: 1 }],
          };
    expect(breached(id, pool(0))).toBe(breach === "<=");
    expect(breached(id, pool(-0.25))).toBe(true);
    expect(breached(id, pool(0.25))).toBe(false);
  });

  it.each(presets.map(({ id }) => id))("%s: not for a pool that owes and holds nothing", (id) => {
    expect(breached(id, {})).toBe(false);
    expect(breached(id, { balances: [{ asset: "coin", quantity: 0 }] })).toBe(false);
  });

  it.each(["dydx-v4", "synthetix-v3"])("%s: not for a debt without any requirement", (id) => {
    expect(breached(id, { balances: [{ asset: "cash", quantity: -1 }] })).toBe(false);
  });
});
