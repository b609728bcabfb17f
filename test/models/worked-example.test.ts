import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { InvalidInputError, UnsupportedError } from "../../src/errors.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { collateral } from "../../src/models/collateral.js";
import { parseRule } from "../../src/models/rule.js";
import { hasModel, modelDocument } from "../support/model-documents.js";
import { tolerance } from "../support/tolerance.js";

type Pools = { accounts: { pools?: Record<string, unknown>[] }[]; links?: unknown; transfers?: unknown };

/** Pool `acme/basis/cross` of the data model's example, alone, without its order and its rule's word on orders. */
function example() {
  const market = parseMarket(modelDocument("market"));
  const accounts = modelDocument("accounts") as unknown as Pools;
  const [, basis] = accounts.accounts;
  const [cross] = basis?.pools ?? [];
  if (basis === undefined || cross === undefined) throw new Error("the example has no second account with a pool");
  const { orders: _orders, ...pool } = cross;
  const { orders: _side, ...rule } = modelDocument("rule");
  return { market, accounts, basis, cross, pool, rule };
}

describe.skipIf(!hasModel)("the worked example of the data model", () => {
  const engine = createEngine();

  it("comes out to every printed digit without its order", () => {
    const { market, accounts, basis, pool, rule } = example();
    basis.pools = [pool];
    const document = { ...accounts, accounts: accounts.accounts.slice(0, 2), links: [], transfers: [], reported: [] };
    const resident = engine.loadMarket(market);
    const book = engine.loadBook(packBook(document, market), resident);
    const model = collateral(parseRule(rule));
    const result = engine.margin(book, model);
    const near = (actual: number | undefined, expected: number) =>
      expect(Math.abs((actual ?? Number.NaN) / expected - 1)).toBeLessThan(tolerance.workedExampleRelative);
    near(result.eligible.initial?.[0], 434235.0488675973);
    near(result.eligible.maintenance[0], 450267.1336420837);
    expect(Math.round(result.requirement.maintenance[0] ?? 0)).toBe(21726);
    const terms = engine.explain(book, "acme/basis/cross", model);
    const term = (name: string) => terms.equity.find((candidate) => candidate.name === name);
    near((term("unsettled p1")?.value ?? 0) / 0.9998, -13200 - 412.5);
    expect(((term("unsettled p2")?.value ?? 0) / 64000).toFixed(7)).toBe("-0.0035805");
    expect(term("interest USDC")?.workings.quantity).toBeCloseTo(-14.84, 2);
    expect(term("balance wstETH@ethereum")?.workings.quantity).toBe(35);
    near(term("locked wstETH@ethereum")?.value, 5 * 1.2183 * 3000);
    book.dispose();
    resident.dispose();
    expect(engine.memory.kept).toBe(0);
  });

  it("is refused by the path of its order until orders are computed", () => {
    const { market, accounts, basis, cross, rule } = example();
    basis.pools = [cross];
    const document = { ...accounts, accounts: accounts.accounts.slice(0, 2), links: [], transfers: [], reported: [] };
    const resident = engine.loadMarket(market);
    const book = engine.loadBook(packBook(document, market), resident);
    expect(() => engine.margin(book, collateral(parseRule(rule)))).toThrow(UnsupportedError);
    expect(() => engine.margin(book, collateral(parseRule(rule)))).toThrow(/accounts\[1\]\.pools\[0\]\.orders/);
    const ignoring = collateral(parseRule({ ...rule, ignores: ["orders"] }));
    expect(engine.margin(book, ignoring).meta.statuses.ok).toBe(1);
    const others = [collateral([parseRule({ ...rule, id: "another" })])];
    for (const other of others) expect(() => engine.margin(book, other)).toThrow(InvalidInputError);
    book.dispose();
    resident.dispose();
  });
});
