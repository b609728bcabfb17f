import { describe, expect, test } from "vitest";
import { change } from "../../src/book/change.js";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { composed } from "../../src/rules/composed.js";
import { amountToHealth, type Remedy } from "../../src/rules/health-target.js";
import { maxBorrow, maxPosition, maxSwap, maxWithdraw } from "../../src/rules/limits.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { pathOf } from "../support/errors.js";
import { tolerance } from "../support/tolerance.js";

const engine = createEngine();
const AS_OF = "2026-11-20T08:00:00Z";
const MARKET = parseMarket({
  schema: "margrave/market/1",
  asOf: AS_OF,
  numeraire: "USD",
  assets: [{ id: "USD", decimals: 6 }, { id: "BTC", decimals: 8 }, { id: "ETH" }],
  prices: [
    { of: "BTC", in: "USD", index: 50_000 },
    { of: "ETH", in: "USD", index: 2_500 },
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
  ],
});
const RULE = {
  schema: "margrave/rule/1",
  id: "desk",
  model: "composed",
  assets: {
    USD: { initial: 1, maintenance: 1 },
    BTC: { initial: 0.7, maintenance: 0.8, liability: { initial: 1.2, maintenance: 1.1 } },
  },
  instruments: [{ match: {}, initial: 0.1, maintenance: 0.05 }],
  balances: { assets: { index: { one: "1000" } }, liabilities: { index: { one: "1000" } } },
  rounding: { amount: { assets: "down", liabilities: "up" } },
};

function load(pool: object, rule: object = RULE) {
  const resident = engine.loadMarket(MARKET);
  const accounts = {
    schema: "margrave/accounts/1",
    asOf: AS_OF,
    accounts: [{ id: "a", pools: [{ id: "p", ...pool }] }],
  };
  const book = engine.loadBook(packBook(accounts, MARKET, { onInvalid: "collect" }), resident);
  return {
    book,
    model: composed(composedRule(rule)),
    [Symbol.dispose]() {
      book.dispose();
      resident.dispose();
    },
  };
}

const LOAN = {
  supplies: [{ asset: "BTC", quantity: 1, collateral: true }],
  debts: [{ asset: "USD", quantity: 38_000 }],
};
const solve = (pool: object, target: number, remedy: Remedy, rule: object = RULE) => {
  using at = load(pool, rule);
  return amountToHealth(at.book, "p", target, remedy, at.model);
};

describe("the amount that restores a health factor", () => {
  test("is what repayment of the debt takes: (T L − A) ÷ T", () => {
    const found = solve(LOAN, 1.25, { repay: "USD" });
    expect(found).toMatchObject({ reached: true, method: "line", reason: null });
    expect(found.amount).toBeCloseTo((1.25 * 38_000 - 40_000) / 1.25, tolerance.priceDigits);
    expect(found.before).toBeCloseTo(40_000 / 38_000, tolerance.priceDigits);
    expect(found.after).toBeCloseTo(1.25, tolerance.priceDigits);
    expect(found.after).toBeGreaterThanOrEqual(1.25);
  });

  test("is what a deposit takes, through the tier and cap that it fills", () => {
    const rule = {
      ...RULE,
      assets: {
        ...RULE.assets,
        BTC: {
          initial: 0.7,
          maintenance: [
            [60_000, 0.8],
            [null, 0.4],
          ],
        },
      },
    };
    // 48,000 + 0.4 (50,000 q − 10,000) = 1.5 · 38,000 at 50,000 (1 + q) of BTC
    const found = solve(LOAN, 1.5, { deposit: "BTC" }, rule);
    expect(found.amount).toBeCloseTo((57_000 - 48_000) / 0.4 / 50_000 + 0.2, tolerance.priceDigits);
    expect(found.reached).toBe(true);
  });

  test("is zero where the health is there already", () => {
    expect(solve(LOAN, 1, { repay: "USD" })).toMatchObject({ amount: 0, reached: true });
  });

  test("is none where all that is owed of the asset is not enough", () => {
    const pool = { ...LOAN, debts: [...LOAN.debts, { asset: "BTC", quantity: 1 }] };
    const found = solve(pool, 3, { repay: "USD" });
    expect(found).toMatchObject({ amount: null, reached: false });
    expect(found.after).toBeCloseTo(40_000 / 55_000, tolerance.priceDigits);
    expect(solve(LOAN, 3, { repay: "USD" })).toMatchObject({ reached: true });
  });

  test("is asked for by a target above zero and one remedy that the pool has", () => {
    expect(pathOf(() => solve(LOAN, 0, { repay: "USD" }))).toBe("amountToHealth.target");
    expect(pathOf(() => solve(LOAN, 2, { repay: "BTC" }))).toBe("amountToHealth.remedy.repay");
    expect(pathOf(() => solve(LOAN, 2, { deposit: "XRP" }))).toBe("amountToHealth.remedy.deposit");
    expect(pathOf(() => solve(LOAN, 2, {} as Remedy))).toBe("amountToHealth.remedy");
  });
});

describe("limits of a composed rule", () => {
  test("name the level that binds and are exact where the excess is linear", () => {
    using at = load({ ...LOAN, debts: [{ asset: "USD", quantity: 20_000 }] });
    const loan = maxBorrow(at.book, "p", "USD", at.model);
    expect(loan).toMatchObject({ binding: "initial", method: "line", reason: null, status: "ok" });
    expect(loan.amount).toBeCloseTo(35_000 - 20_000, tolerance.priceDigits);
    expect(maxBorrow(at.book, "p", "BTC", at.model).amount).toBeCloseTo(15_000 / 60_000, tolerance.priceDigits);
    expect(maxWithdraw(at.book, "p", "BTC", at.model).amount).toBeCloseTo(1 - 20_000 / 35_000, tolerance.priceDigits);
  });

  test("are bound by maintenance where the rule has no initial level", () => {
    const assets = { USD: { maintenance: 1 }, BTC: { maintenance: 0.8 } };
    const { rounding, balances, ...rest } = RULE;
    using at = load(LOAN, { ...rest, assets, instruments: [] });
    const loan = maxBorrow(at.book, "p", "USD", at.model);
    expect(loan.binding).toBe("maintenance");
    expect(loan.amount).toBeCloseTo(2_000, tolerance.priceDigits);
  });

  test("of raw integers start from what the integers come to", () => {
    const debts = [{ asset: "USD", quantity: 20_000, raw: { scaled: "20000000000", index: "1100" } }];
    using at = load({ ...LOAN, debts });
    expect(maxBorrow(at.book, "p", "USD", at.model).amount).toBeCloseTo(35_000 - 22_000, tolerance.priceDigits);
  });

  test("of a position take what is closed into account", () => {
    using at = load({
      balances: [{ asset: "USD", quantity: 10_000 }],
      positions: [{ instrument: "BTC-PERP", quantity: -1.5, entryPrice: 50_000 }],
    });
    const buy = maxPosition(at.book, "p", "BTC-PERP", "buy", at.model);
    expect(buy.binding).toBe("initial");
    expect(buy.amount).toBeCloseTo(3.5, tolerance.priceDigits);
    expect(maxPosition(at.book, "p", "BTC-PERP", "sell", at.model).amount).toBeCloseTo(0.5, tolerance.priceDigits);
    // Bought 1,000 above the mark: 10,000 − 1,000 q − 5,000 |q − 1.5| = 0
    const dear = maxPosition(at.book, "p", "BTC-PERP", "buy", at.model, { price: 51_000 });
    expect(dear.amount).toBeCloseTo(17_500 / 6_000, tolerance.priceDigits);
  });

  test("of a swap stop at what is held, unless it may be borrowed", () => {
    using at = load({
      balances: [
        { asset: "BTC", quantity: 1 },
        { asset: "USD", quantity: -30_000 },
      ],
    });
    expect(maxSwap(at.book, "p", "BTC", "USD", at.model)).toMatchObject({ amount: 1, binding: "held", beyond: null });
    const short = maxSwap(at.book, "p", "BTC", "USD", at.model, { borrow: true });
    expect(short.binding).toBe("initial");
    // 20,000 + 50,000 s − 60,000 s = 0 beyond the one that is held
    expect(short.amount).toBeCloseTo(1 + 2, tolerance.priceDigits);
  });

  test("have the reason where the pool has no number", () => {
    using at = load({ balances: [{ asset: "ETH", quantity: 1 }] });
    const none = maxBorrow(at.book, "p", "USD", at.model);
    expect(none).toMatchObject({ amount: null, binding: null, status: "unsupported" });
    expect(none.reason).toContain("ETH");
  });

  test("are refused by path", () => {
    using at = load(LOAN);
    const { book, model } = at;
    expect(pathOf(() => maxBorrow(book, "q", "USD", model))).toBe("pool");
    expect(pathOf(() => maxBorrow(book, "p", "XRP", model))).toBe("maxBorrow.asset");
    expect(pathOf(() => maxWithdraw(book, "p", "XRP", model))).toBe("maxWithdraw.asset");
    expect(pathOf(() => maxPosition(book, "p", "XRP", "buy", model))).toBe("maxPosition.instrument");
    expect(pathOf(() => maxPosition(book, "p", "BTC-PERP", "long" as "buy", model))).toBe("maxPosition.side");
    expect(pathOf(() => maxSwap(book, "p", "USD", "USD", model))).toBe("maxSwap.to");
    expect(pathOf(() => maxSwap(book, "p", "USD", "BTC", model, { price: -1 }))).toBe("maxSwap.price");
  });
});

describe("a change under a composed rule", () => {
  test("keeps orders, options and raw integers of the pool, and leaves the book as it was", () => {
    const debts = [{ asset: "USD", quantity: 20_000, raw: { scaled: "20000000000", index: "1100" } }];
    const rule = { ...RULE, orders: { contracts: "worstSide", spot: "refuse", levels: "initial" } };
    const orders = [{ instrument: "BTC-PERP", quantity: 1, limitPrice: 49_000 }];
    using at = load({ ...LOAN, debts, orders }, rule);
    const { before, after } = engine.whatIf(
      at.book,
      "p",
      change({ balances: [{ asset: "USD", quantity: 500 }] }),
      at.model,
    );
    expect(before.excess.initial?.[0]).toBe(35_000 - 22_000 - 5_000);
    expect(after.excess.initial?.[0]).toBe(35_000 - 22_000 - 5_000 + 500);
    expect(engine.margin(at.book, at.model).excess.initial?.[0]).toBe(8_000);
  });
});
