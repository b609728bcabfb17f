import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { parseMarket } from "../../src/market/parse-market.js";
import type { Memory } from "../../src/memory.js";
import { runOf } from "../../src/models/run.js";
import { type ComposedResult, composed } from "../../src/rules/composed.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { preTrade } from "../../src/rules/pre-trade.js";
import { STATUSES } from "../../src/models/model.js";
import { AS_OF, perpetualMarket } from "../support/perpetual-market.js";
import { rulesBuilds } from "../support/rules-builds.js";

/** More coins than one pass over a pool's contract lines has room for. */
const COINS = Array.from({ length: 25 }, (_, i) => `C${i}`);
const priceOf = (i: number) => 2 + i;
const PERPETUAL = perpetualMarket(64_000);
const market = parseMarket({
  ...PERPETUAL,
  assets: [...PERPETUAL.assets, ...COINS.map((id) => ({ id }))],
  prices: [
    ...PERPETUAL.prices,
    ...COINS.flatMap((id, i) => [
      { of: id, in: "USD", index: priceOf(i) },
      { of: `${id}-PERP`, mark: priceOf(i) },
    ]),
  ],
  instruments: [
    ...PERPETUAL.instruments,
    { id: "BTC/USD", kind: "spot", payoff: "linear", underlying: "BTC", quote: "USD", settle: "USD" },
    ...COINS.map((id) => ({
      id: `${id}-PERP`,
      kind: "perpetual",
      payoff: "inverse",
      underlying: id,
      quote: "USD",
      settle: id,
    })),
  ],
});

const rule = (fields: object = {}) => ({
  schema: "margrave/rule/1",
  model: "composed",
  id: "r",
  assets: Object.fromEntries(["USD", "BTC", ...COINS].map((id) => [id, { maintenance: 1 }])),
  instruments: ["BTC", ...COINS].map((underlying) => ({ match: { underlying }, maintenance: 0.1 })),
  ...fields,
});

const money = [{ asset: "USD", quantity: 10_000 }];
const pool = (fields: object) => ({ id: "p", balances: money, ...fields });

/** Run `work` on a book of these pools under rules. */
function on<T>(
  memory: Memory,
  { rules = [rule()], pools, more = {} }: { rules?: readonly object[]; pools: readonly object[]; more?: object },
  work: (book: ResidentBook, model: ReturnType<typeof composed>) => T,
): T {
  const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }], ...more };
  const resident = new ResidentMarket(memory, market, null);
  const book = new ResidentBook(resident, packBook(accounts, market, { onInvalid: "collect" }));
  try {
    const parsed = rules.map((document) => composedRule(document));
    const [only = parsed] = parsed.length === 1 ? parsed : [];
    return memory.scope(() => work(book, composed(only)));
  } finally {
    book.dispose();
    resident.dispose();
  }
}

const rowsOf = (result: ComposedResult) => [...result.status].map((code) => STATUSES[code]);

describe.each(rulesBuilds)("what is rare in a pool ($build)", ({ memory: fresh }) => {
  const memory = fresh();
  const statuses = (given: Parameters<typeof on>[1]) =>
    on(memory, given, (book, model) => rowsOf(model.evaluate(book, runOf(book))));

  it("transfers and links that the rule does not read leave it without a number, and its neighbour with one", () => {
    const pools = [pool({}), pool({ id: "q" }), pool({ id: "s" })];
    const more = { links: [{ from: "p", to: "q", kind: "guarantee" }] };
    expect(statuses({ pools, more })).toEqual(["unsupported", "unsupported", "ok"]);
    expect(statuses({ pools, more, rules: [rule({ ignores: ["links"] })] })).toEqual(["ok", "ok", "ok"]);
  });

  it.each([
    ["of contracts", "BTC-PERP", "contracts"],
    ["of spot", "BTC/USD", "spot"],
  ])("open orders %s under a rule that refuses those alone leave it without a number", (_, instrument, which) => {
    const pools = [pool({ orders: [{ instrument, quantity: 0.01, limitPrice: 60_000 }] }), pool({ id: "q" })];
    const orders = { contracts: "worstSide", spot: "fill" };
    expect(statuses({ pools, rules: [rule({ orders })] })).toEqual(["ok", "ok"]);
    expect(statuses({ pools, rules: [rule({ orders: { ...orders, [which]: "refuse" } })] })).toEqual([
      "unsupported",
      "ok",
    ]);
  });

  it("contracts that settle in more assets than one pass has room for are summed as those that settle in fewer", () => {
    const held = (from: number, to: number) =>
      COINS.slice(from, to).map((id, i) => ({
        instrument: `${id}-PERP`,
        quantity: 10 * (from + i + 1) * ((from + i) % 2 === 0 ? 1 : -1),
        entryPrice: priceOf(from + i) * 1.25,
      }));
    const pools = [
      pool({ positions: held(0, 25) }),
      pool({ id: "q", positions: held(0, 12) }),
      pool({ id: "s", positions: held(12, 25) }),
    ];
    const { equity, requirement, excess } = on(memory, { pools }, (book, model) => model.evaluate(book, runOf(book)));
    const near = (actual: number | undefined, wanted: number) =>
      expect(Math.abs((actual ?? Number.NaN) - wanted)).toBeLessThan(1e-8);
    const sum = (of: ArrayLike<number>) => (of[1] ?? Number.NaN) + (of[2] ?? Number.NaN);
    near(equity[0], sum(equity) - 10_000);
    near(requirement.maintenance[0], sum(requirement.maintenance));
    near(excess.maintenance[0], sum(excess.maintenance) - 10_000);
    // A tenth of 10, 20, .. 250 dollars.
    near(requirement.maintenance[0], 325);
  });

  it("that no rule applies to has no number before a trade either", () => {
    const rules = [rule(), rule({ id: "other" })];
    const pools = [pool({ rule: "zzz" }), pool({ id: "q", rule: "r" })];
    const orders = ["p", "q"].map((at) => ({ pool: at, instrument: "BTC-PERP", quantity: 0.1 }));
    const found = on(memory, { rules, pools }, (book, model) => {
      const result = preTrade(book, orders, model);
      return [0, 1].map((i) => result.order(i));
    });
    expect(found.map(({ status, accepted }) => [status, accepted])).toEqual([
      ["unsupported", false],
      ["ok", true],
    ]);
  });
});
