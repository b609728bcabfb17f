import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { composed } from "../../src/rules/composed.js";
import { exactAccount } from "../../src/rules/exact.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { referencePool } from "../reference/composed.js";

const AS_OF = "2026-11-20T08:00:00Z";
const market = parseMarket({
  schema: "margrave/market/1",
  asOf: AS_OF,
  numeraire: "USD",
  assets: [
    { id: "USD" },
    { id: "USDC@ethereum", domain: "ethereum", decimals: 6 },
    { id: "bridged", is: "USDC@ethereum", decimals: 6 },
    { id: "USDC@base", domain: "ethereum", decimals: 6 },
    { id: "USDC@", decimals: 6 },
  ],
  prices: ["USDC@ethereum", "bridged", "USDC@base", "USDC@"].map((of) => ({ of, in: "USD", index: 1 })),
});
const rule = composedRule({
  schema: "margrave/rule/1",
  model: "composed",
  id: "names",
  assets: { USDC: { maintenance: 0.5 } },
});

describe("the entry of an asset", () => {
  it.each<[asset: string, weight: number | null, why: string]>([
    ["USDC@ethereum", 0.5, "its name, where its id is name@domain of its own domain"],
    ["bridged", 0.5, "the name of what it is"],
    ["USDC@base", null, "not a name before another domain"],
    ["USDC@", null, "nor where it has no domain"],
  ])("of %s is found by (%s): %s", (asset, weight) => {
    const pool = { id: "p", supplies: [{ asset, quantity: 100, collateral: true }] };
    const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools: [pool] }] };
    const packed = packBook(accounts, market, { onInvalid: "collect" });
    const engine = createEngine();
    const { status, assets } = engine.margin(engine.loadBook(packed, engine.loadMarket(market)), composed(rule));
    const slow = referencePool(rule, market, pool);
    expect(slow.status).toBe(weight === null ? "unsupported" : "ok");
    expect(status[0] === 0).toBe(weight !== null);
    if (weight === null) {
      expect(() => exactAccount(rule, packed, 0)).toThrow(/not listed|no entry|names/);
      return;
    }
    expect(assets.maintenance[0]).toBe(100 * weight);
    expect(exactAccount(rule, packed, 0).breached).toBe(false);
  });
});
