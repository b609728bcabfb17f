import { describe, expect, test } from "vitest";
import { change, type PoolChange } from "../../src/book/change.js";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { InvalidInputError } from "../../src/errors.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { composed } from "../../src/rules/composed.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import type { Order, OrderColumns } from "../../src/rules/order-columns.js";
import { preTrade } from "../../src/rules/pre-trade.js";
import { pathOf } from "../support/errors.js";
import { random } from "../support/random-book.js";
import { randomComposed } from "../support/random-composed.js";
import { near, tolerance } from "../support/tolerance.js";

const engine = createEngine();
const AS_OF = "2026-11-20T08:00:00Z";

function load(market: object, pools: readonly unknown[], rule: object) {
  const parsed = parseMarket(market);
  const resident = engine.loadMarket(parsed);
  const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] };
  const packed = packBook(accounts, parsed, { onInvalid: "collect" });
  const book = engine.loadBook(packed, resident);
  return {
    book,
    market: parsed,
    packed,
    model: composed(composedRule(rule)),
    [Symbol.dispose]() {
      book.dispose();
      resident.dispose();
    },
  };
}

/** The rule's document, null where the language refuses it. */
function accepted(document: object) {
  try {
    composedRule(document);
    return document;
  } catch (error) {
    if (error instanceof InvalidInputError) return null;
    throw error;
  }
}

describe("orders checked before they are sent", () => {
  test("leave the excess that the pool has after the same trade as a change, under any rule", () => {
    const seen = { holds: 0, fails: 0, reduces: 0, nothingToReduce: 0, noNumber: 0, spot: 0 };
    for (let seed = 1; seed <= 60; seed++) {
      const made = randomComposed(seed, 8);
      const rule = accepted(made.rule);
      if (rule === null) continue;
      using at = load(made.market, made.pools, rule);
      const { book, market, packed, model } = at;
      const next = random(seed);
      const orders = made.pools.flatMap((pool): (Order & { readonly pool: string })[] =>
        Array.from({ length: 4 }, () => {
          const instrument = market.instruments[Math.floor(next() * market.instruments.length)];
          const index = market.instrumentIndex(instrument?.id ?? "");
          const mark = market.marks[index] ?? 1;
          const base = market.prices.index[instrument?.underlying ?? 0] ?? 1;
          const perUnit =
            instrument?.kind === "spot"
              ? base
              : (instrument?.multiplier ?? 1) * (instrument?.payoff === "inverse" ? 1 : mark);
          const quantity = ((next() - 0.5) * 10 ** (1 + 4 * next())) / perUnit;
          const limitPrice = (Number.isNaN(mark) ? base : mark) * (0.95 + 0.1 * next());
          return {
            pool: pool.id,
            instrument: instrument?.id ?? "",
            quantity,
            ...(next() < 0.6 || instrument?.kind === "spot" ? { limitPrice } : {}),
            ...(next() < 0.25 && instrument?.kind !== "spot" ? { reduceOnly: true } : {}),
          };
        }),
      );
      const result = preTrade(book, orders, model);
      const cross = engine.margin(book, model);
      for (const [i, order] of orders.entries()) {
        const { verdict, before, after } = result.order(i);
        const p = packed.poolIndex(order.pool);
        const instrument = market.instruments[market.instrumentIndex(order.instrument)];
        seen[verdict]++;
        if (instrument?.kind === "spot") seen.spot++;
        const size = opposite(packed, p, order);
        const quantity = order.reduceOnly === true ? Math.sign(Number(order.quantity)) * size : Number(order.quantity);
        const ids = [instrument?.underlying ?? 0, instrument?.quote ?? 0].map((a) => market.assets[a]?.id ?? "");
        const what: PoolChange =
          instrument?.kind === "spot"
            ? {
                balances: [
                  { asset: ids[0] ?? "", quantity },
                  { asset: ids[1] ?? "", quantity: -quantity * Number(order.limitPrice) },
                ],
              }
            : {
                positions: [
                  {
                    instrument: order.instrument,
                    quantity,
                    ...(order.limitPrice === undefined ? {} : { entryPrice: order.limitPrice }),
                  },
                ],
              };
        const { after: changed } = engine.whatIf(book, order.pool, change(what), model);
        const level = (columns: { initial: Float64Array | null; maintenance: Float64Array }, row: number) =>
          (columns.initial ?? columns.maintenance)[row] ?? Number.NaN;
        const scale =
          (cross.assets.maintenance[p] ?? 0) + (cross.liabilities.maintenance[p] ?? 0) + Math.abs(after) + 1;
        const allowed = tolerance.preTradeRelative * (Number.isFinite(scale) ? scale : 1);
        near(before, level(cross.excess, p), allowed, `${seed} ${i} before`);
        near(after, level(changed.excess, 0), allowed, `${seed} ${i} after ${JSON.stringify(order)}`);
        const works = verdict === "holds" || verdict === "reduces";
        expect(result.accepted[i]).toBe(works ? 1 : 0);
        if (verdict === "holds") expect(after).toBeGreaterThanOrEqual(0);
        if (verdict === "fails") expect(after).toBeLessThan(0);
        if (verdict === "reduces") expect(size).toBeGreaterThan(0);
      }
    }
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(5);
  });
});

/** Contracts that an order would close, at most its size. */
function opposite(packed: ReturnType<typeof load>["packed"], p: number, order: Order): number {
  const index = packed.market.instrumentIndex(order.instrument);
  let total = 0;
  for (let n = packed.positionStart[p] ?? 0; n < (packed.positionStart[p + 1] ?? 0); n++) {
    const own = packed.positionQuantity[n] ?? 0;
    if (packed.positionInstrument[n] === index && own * Number(order.quantity) < 0) total += Math.abs(own);
  }
  return Math.min(total, Math.abs(Number(order.quantity)));
}

const MARKET = {
  schema: "margrave/market/1",
  asOf: AS_OF,
  numeraire: "USD",
  assets: [{ id: "USD" }, { id: "BTC" }],
  prices: [
    { of: "BTC", in: "USD", index: 50_000 },
    { of: "BTC-PERP", mark: 50_000 },
  ],
  instruments: [
    {
      id: "BTC-PERP",
      kind: "perpetual",
      payoff: "linear",
      underlying: "BTC",
      quote: "USD",
      settle: "USD",
      multiplier: 1,
    },
    { id: "BTC/USD", kind: "spot", payoff: "linear", underlying: "BTC", quote: "USD", settle: "USD" },
  ],
};
const RULE = {
  schema: "margrave/rule/1",
  id: "desk",
  model: "composed",
  assets: { USD: { initial: 1, maintenance: 1 }, BTC: { initial: 0.7, maintenance: 0.8 } },
  instruments: [{ match: {}, initial: 0.1, maintenance: 0.05 }],
  orders: { contracts: "worstSide", spot: "refuse", levels: "initial" },
};
const POOL = { id: "p", balances: [{ asset: "USD", quantity: 10_000 }] };

describe("an order", () => {
  const check = (order: object, pool: object = POOL) => {
    using at = load(MARKET, [pool], RULE);
    return preTrade(at.book, [{ pool: "p", instrument: "BTC-PERP", quantity: 1, ...order }], at.model).order(0);
  };

  test("holds up to what the initial level allows, and fails beyond", () => {
    expect(check({ quantity: 2 })).toEqual({
      accepted: true,
      verdict: "holds",
      before: 10_000,
      after: 0,
      status: "ok",
    });
    expect(check({ quantity: 2.001 })).toMatchObject({ accepted: false, verdict: "fails" });
  });

  test("loses at once what it pays above the mark", () => {
    expect(check({ limitPrice: 51_000 }).after).toBe(10_000 - 1_000 - 5_000);
  });

  test("counts with the open orders of its instrument at their worst", () => {
    const pool = { ...POOL, orders: [{ instrument: "BTC-PERP", quantity: 1, limitPrice: 49_000 }] };
    expect(check({ quantity: 0.5 }, pool)).toMatchObject({ before: 5_000, after: 2_500, verdict: "holds" });
    expect(check({ quantity: -0.5 }, pool)).toMatchObject({ before: 5_000, after: 7_500, verdict: "holds" });
  });

  test("that only reduces is accepted whatever the level says, as far as there is something to reduce", () => {
    const pool = { ...POOL, positions: [{ instrument: "BTC-PERP", quantity: 3, entryPrice: 50_000 }] };
    expect(check({ quantity: -1 }, pool)).toMatchObject({ accepted: true, verdict: "holds", before: -5_000, after: 0 });
    expect(check({ quantity: -0.5, reduceOnly: true }, pool)).toMatchObject({
      accepted: true,
      verdict: "reduces",
      after: -2_500,
    });
    expect(check({ quantity: -5, reduceOnly: true }, pool)).toMatchObject({ verdict: "reduces", after: 10_000 });
    expect(check({ quantity: 1, reduceOnly: true }, pool)).toMatchObject({
      accepted: false,
      verdict: "nothingToReduce",
    });
  });

  test("in spot exchanges balances, at its limit or at the ratio of the index prices", () => {
    expect(check({ instrument: "BTC/USD", quantity: 0.1 }).after).toBe(5_000 + 3_500);
    expect(check({ instrument: "BTC/USD", quantity: 0.1, limitPrice: 40_000 }).after).toBe(6_000 + 3_500);
  });

  test("may come as columns, with the same answers", () => {
    using at = load(MARKET, [POOL], RULE);
    const orders = [2, 2.001, -1].map((quantity) => ({ pool: 0, instrument: "BTC-PERP", quantity }));
    const columns = { pool: [0, 0, 0], instrument: [0, 0, 0], quantity: orders.map(({ quantity }) => quantity) };
    const [a, b] = [preTrade(at.book, orders, at.model), preTrade(at.book, columns, at.model)];
    for (const name of ["accepted", "verdict", "before", "after", "status"] as const) expect(b[name]).toEqual(a[name]);
    expect(preTrade(at.book, [], at.model).accepted.length).toBe(0);
  });

  test("leaves the book as it was", () => {
    using at = load(MARKET, [POOL], RULE);
    const before = engine.margin(at.book, at.model).excess.maintenance.slice();
    preTrade(at.book, [{ pool: "p", instrument: "BTC-PERP", quantity: 5 }], at.model);
    expect(engine.margin(at.book, at.model).excess.maintenance).toEqual(before);
  });

  test("is refused by path", () => {
    const refused = (order: object) => pathOf(() => check(order));
    expect(refused({ pool: "q" })).toBe("orders[0].pool");
    expect(refused({ instrument: "ETH-PERP" })).toBe("orders[0].instrument");
    expect(refused({ quantity: Number.NaN })).toBe("orders[0].quantity");
    expect(refused({ limitPrice: 0 })).toBe("orders[0].limitPrice");
    expect(refused({ price: 1 })).toBe("orders[0].price");
    expect(refused({ instrument: "BTC/USD", reduceOnly: true })).toBe("orders[0].reduceOnly");
    const columns = (over: Partial<OrderColumns>) => {
      using at = load(MARKET, [POOL], RULE);
      return pathOf(() => preTrade(at.book, { pool: [0], instrument: [0], quantity: [1], ...over }, at.model));
    };
    expect(columns({ pool: [1] })).toBe("orders.pool[0]");
    expect(columns({ instrument: [7] })).toBe("orders.instrument[0]");
    expect(columns({ quantity: [Number.POSITIVE_INFINITY] })).toBe("orders.quantity[0]");
    expect(columns({ price: [-1] })).toBe("orders.price[0]");
    expect(columns({ price: [1, 2] })).toBe("orders.price");
    expect(columns({ reduceOnly: [2] })).toBe("orders.reduceOnly[0]");
    expect(columns({ instrument: [1], reduceOnly: [1] })).toBe("orders.reduceOnly[0]");
  });
});
