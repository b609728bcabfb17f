import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { composed } from "../../src/rules/composed.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { referencePool } from "../reference/composed.js";
import { AS_OF, perpetualMarket } from "../support/perpetual-market.js";

const market = parseMarket(perpetualMarket(50_000));
const rule = (of: "health" | "coverage") =>
  composedRule({
    schema: "margrave/rule/1",
    model: "composed",
    id: of,
    pnl: { joins: "position", losses: "assets" },
    assets: { USD: { maintenance: 1 } },
    instruments: [{ match: {}, maintenance: 0 }],
    ladder: { of, steps: [["liquidate", 1]] },
  });

describe("a pool that owes nothing and of which nothing is required", () => {
  it.each([
    ["health", -1, true],
    ["coverage", -1, true],
    ["health", 1, false],
    ["coverage", 1, false],
  ] as const)("is breached under a ladder of %s where losses leave %s of its assets: %s", (of, left, breached) => {
    const pool = {
      id: "p",
      balances: [{ asset: "USD", quantity: 100 + left }],
      positions: [{ instrument: "BTC-PERP", quantity: 1, entryPrice: 50_100 }],
    };
    const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools: [pool] }] };
    const engine = createEngine();
    const book = engine.loadBook(packBook(accounts, market), engine.loadMarket(market));
    const result = engine.margin(book, composed(rule(of)));
    const slow = referencePool(rule(of), market, pool);
    expect(result.excess.maintenance[0]).toBe(left);
    expect(result.breached[0] === 1).toBe(breached);
    expect(slow.breached).toBe(breached);
    expect(result.states[result.state[0] ?? 0]).toBe(breached ? "liquidate" : "ok");
    expect(slow.state).toBe(breached ? "liquidate" : "ok");
    expect(result.healthFactor[0]).toBe(breached ? -Number.MAX_VALUE : Number.POSITIVE_INFINITY);
    expect(slow.healthFactor).toBe(result.healthFactor[0]);
  });
});
