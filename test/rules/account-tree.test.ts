import { afterAll, describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { isolated } from "../../src/models/isolated.js";
import type { Explanation } from "../../src/models/model.js";
import { reconcile } from "../../src/models/reconcile.js";
import { byAccount, totals } from "../../src/models/totals.js";
import { preset } from "../../src/presets/index.js";
import { byRiskGroup, composed, composedRule } from "../../src/rules/index.js";
import { pathOf } from "../support/errors.js";
import { randomComposed } from "../support/random-composed.js";
import { tolerance } from "../support/tolerance.js";

// A desk with a loan, a cross margin account and one of its own, each under its venue's rule: numbers are worked by hand.
const AS_OF = "2026-11-20T08:00:00Z";
const market = parseMarket({
  schema: "margrave/market/1",
  asOf: AS_OF,
  numeraire: "USD",
  assets: [
    { id: "USD" },
    { id: "BTC" },
    { id: "ETH" },
    { id: "WETH", is: "ETH" },
    { id: "USDC", decimals: 6 },
    { id: "USDC@ethereum", is: "USDC", domain: "ethereum", decimals: 6 },
    { id: "WETH@ethereum", is: "WETH", domain: "ethereum", decimals: 18 },
  ],
  prices: [
    { of: "BTC", in: "USD", index: 64_000 },
    { of: "ETH", in: "USD", index: 3_000 },
    { of: "USDC", in: "USD", index: 1 },
    { of: "BTC-PERP", mark: 64_000 },
    { of: "ETH-PERP", mark: 3_000 },
  ],
  instruments: ["BTC", "ETH"].map((underlying) => ({
    id: `${underlying}-PERP`,
    kind: "perpetual",
    payoff: "linear",
    underlying,
    quote: "USDC",
    settle: "USDC",
    multiplier: 1,
  })),
});
const loan = {
  id: "loan",
  venue: "aave-v3",
  rule: "aave-v3",
  supplies: [{ asset: "WETH@ethereum", quantity: "10", collateral: true }],
  debts: [{ asset: "USDC@ethereum", quantity: "15000" }],
};
const perps = {
  id: "perps",
  venue: "hyperliquid",
  rule: "hyperliquid",
  options: { leverage: 10 },
  balances: [{ asset: "USDC", quantity: "100000" }],
  positions: [
    { id: "long", instrument: "BTC-PERP", quantity: "2", entryPrice: "63000" },
    { id: "short", instrument: "ETH-PERP", quantity: "-10", entryPrice: "2900" },
  ],
};
const accounts = {
  schema: "margrave/accounts/1",
  asOf: AS_OF,
  accounts: [
    { id: "acme" },
    { id: "acme/desk", parent: "acme", pools: [loan, perps] },
    { id: "acme/other", parent: "acme", pools: [{ ...perps, id: "idle", positions: [] }] },
  ],
  reported: [{ pool: "perps", asOf: AS_OF, asset: "USDC", equity: "101000", maintenance: "2200" }],
};
const rules = ["aave-v3", "hyperliquid"].map((id) => composedRule(preset(id)));
const engine = createEngine();
const resident = engine.loadMarket(market);
const book = engine.loadBook(packBook(accounts, market), resident);
const model = composed(rules);
const result = engine.margin(book, model);
afterAll(() => {
  book.dispose();
  resident.dispose();
});

describe("a result of composed rules along the account tree", () => {
  it("adds up to accounts and to the book", () => {
    // loan: 30,000 × 0.83 − 15,000. perps: 100,000 + 2,000 − 1,000; N 128,000 and 30,000 at 1 in 10, 1.25 % and 2 %.
    expect([...result.excess.maintenance]).toEqual([9_900, 101_000 - 1_600 - 600, 100_000]);
    const sums = byAccount(book, result);
    expect([...sums.keys()]).toEqual(["acme", "acme/desk", "acme/other"]);
    expect(sums.get("acme/desk")).toMatchObject({
      pools: 2,
      equity: 15_000 + 101_000,
      requirement: { initial: 15_800, maintenance: 2_200 },
      excess: { maintenance: 9_900 + 98_800 },
    });
    expect(sums.get("acme")).toEqual(totals(book, result));
    expect(sums.get("acme")?.pools).toBe(3);
  });

  it("is put beside what a venue reported", () => {
    expect(reconcile(book, result)).toMatchObject([
      {
        pool: "perps",
        equity: { ours: 101_000, absolute: 0 },
        maintenance: { ours: 2_200, absolute: 0 },
        initial: null,
      },
    ]);
  });

  it("is compared with its lines, each margined alone under the pool's rule", () => {
    const { requirement, shortfall } = isolated(book, model);
    expect([...requirement.saving.maintenance]).toEqual([0, 0, 0]);
    // Alone, the debt lacks all that it is; the long gains 2,000 and needs 1,600; the short lacks its loss and its margin.
    expect([...shortfall.isolated.maintenance]).toEqual([15_000, 1_600, 0]);
    expect([...shortfall.cross.maintenance]).toEqual([0, 0, 0]);
  });

  it("refuses a sum with a pool that the rule refuses, and leaves it out on request", () => {
    const packed = packBook(accounts, market, { onInvalid: "collect" });
    const one = engine.loadBook(packed, resident);
    const refused = engine.margin(one, composed(composedRule(preset("hyperliquid"))));
    expect(pathOf(() => totals(one, refused))).toBe("accounts[1].pools[0]");
    expect(byAccount(one, refused, { skip: true }).get("acme")).toMatchObject({ pools: 2, skipped: 1 });
    one.dispose();
  });
});

describe("risk groups", () => {
  it("are between a pool and its positions: an asset, by what it is, with the positions in it", () => {
    const groups = byRiskGroup(engine.explain(book, "perps", model));
    expect([...groups]).toEqual([
      [
        "USDC",
        {
          equity: 100_000,
          eligible: { initial: 100_000, maintenance: 100_000 },
          requirement: { initial: 0, maintenance: 0 },
        },
      ],
      [
        "BTC",
        {
          equity: 2_000,
          eligible: { initial: 2_000, maintenance: 2_000 },
          requirement: { initial: 12_800, maintenance: 1_600 },
        },
      ],
      [
        "ETH",
        {
          equity: -1_000,
          eligible: { initial: -1_000, maintenance: -1_000 },
          requirement: { initial: 3_000, maintenance: 600 },
        },
      ],
    ]);
    expect([...byRiskGroup(engine.explain(book, "loan", model)).keys()]).toEqual(["ETH", "USDC"]);
  });

  it("sum to the pool's numbers under any rule", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const drawn = randomComposed(seed, 6);
      const facts = engine.loadMarket(parseMarket(drawn.market));
      const document = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "all", pools: drawn.pools }] };
      const loaded = engine.loadBook(packBook(document, facts.market, { onInvalid: "collect" }), facts);
      const random = composed(composedRule(drawn.rule));
      const { excess, equity, status } = engine.margin(loaded, random);
      for (const row of status.keys()) {
        if ((status[row] ?? 0) > 1) continue;
        const explanation = engine.explain(loaded, row, random);
        const groups = [...byRiskGroup(explanation).values()];
        const sum = (of: (group: (typeof groups)[number]) => number) => groups.reduce((s, group) => s + of(group), 0);
        const room = tolerance.axiomRelative * (sizeOf(explanation) + 1);
        expect(Math.abs(sum((group) => group.equity) - (equity[row] ?? 0))).toBeLessThanOrEqual(room);
        const left = sum(({ eligible, requirement }) => eligible.maintenance - requirement.maintenance);
        expect(Math.abs(left - (excess.maintenance[row] ?? 0)), `seed ${seed}`).toBeLessThanOrEqual(room);
      }
      loaded.dispose();
      facts.dispose();
    }
  });
});

/** What was added up, without signs. */
function sizeOf({ eligible, requirement, equity }: Explanation): number {
  const terms = [...eligible, ...requirement].map(({ maintenance }) => maintenance);
  return [...terms, ...equity.map(({ value }) => value)].reduce((sum, x) => sum + Math.abs(x), 0);
}
