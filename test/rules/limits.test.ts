import { describe, expect, test } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { collateral } from "../../src/models/collateral.js";
import { parseRule } from "../../src/models/rule.js";
import { composed } from "../../src/rules/composed.js";
import { type Limit, maxBorrow, maxPosition, maxSwap, maxWithdraw } from "../../src/rules/limits.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { collateralReference } from "../reference/collateral.js";
import { AS_OF, perpetualMarket } from "../support/perpetual-market.js";
import { type PlainBook, type PlainPool, plainMarket, plainPacked, randomBook } from "../support/random-book.js";
import { randomRule } from "../support/random-rule.js";
import { tolerance } from "../support/tolerance.js";

const engine = createEngine();

/** Run `work` over random pools under random rules, with the reference's excess after a change of the pool's holdings. */
function overPools(
  seeds: number,
  work: (at: {
    book: ReturnType<typeof engine.loadBook>;
    pool: number;
    model: ReturnType<typeof collateral>;
    plain: PlainBook;
    excess(deltas: readonly PlainPool["holdings"][number][]): number;
    scale: number;
  }) => void,
) {
  for (let seed = 1; seed <= seeds; seed++) {
    const plain = randomBook(seed, 12);
    const document = randomRule(seed, plain);
    const market = plainMarket(plain);
    const resident = engine.loadMarket(market);
    const packed = { ...plainPacked(plain, market), onInvalid: "collect" as const };
    const book = engine.loadBook(packed, resident);
    const rule = parseRule(document);
    const model = collateral(rule);
    for (const [pool, own] of plain.pools.entries()) {
      const now = collateralReference(plain, own, document);
      if (now.status === "unsupported") continue;
      const excess = (deltas: readonly PlainPool["holdings"][number][]) => {
        const after = collateralReference(plain, { ...own, holdings: together(own.holdings, deltas) }, document);
        const levels = ["maintenance", ...(rule.hasInitial ? ["initial"] : [])] as const;
        return Math.min(
          ...levels.map((level) => {
            const { assets, liabilities, requirement } = after.levels[level as "initial" | "maintenance"];
            return assets - liabilities - requirement;
          }),
        );
      };
      work({ book, pool, model, plain, excess, scale: now.scale });
    }
    book.dispose();
    resident.dispose();
  }
}

/** Holdings with deltas added to the first of the same asset and kind. */
function together(holdings: PlainPool["holdings"], deltas: PlainPool["holdings"]): PlainPool["holdings"] {
  const sums = holdings.map((holding) => ({ ...holding }));
  for (const delta of deltas) {
    const known = sums.find(({ asset, kind }) => asset === delta.asset && kind === delta.kind);
    if (known === undefined) sums.push({ ...delta });
    else known.quantity += delta.quantity;
  }
  return sums;
}

/** A limit holds at its amount and does not beyond, by the reference. */
function tight(limit: Limit, excess: (amount: number) => number, scale: number): void {
  if (limit.binding === "nothing") return;
  const amount = limit.amount ?? Number.NaN;
  const allowed = tolerance.rootRelative * (scale + 1);
  if (limit.excess < 0) {
    expect(amount).toBe(0);
    return;
  }
  expect(excess(amount)).toBeGreaterThanOrEqual(-allowed);
  if (limit.binding === "held") return;
  expect(limit.excess).toBeLessThanOrEqual(Math.max(allowed, limit.tolerance));
  expect(limit.beyond).toBeLessThan(0);
  expect(excess(amount * (1 + tolerance.limitStep))).toBeLessThan(allowed);
}

describe("limits over random books, against a plain reference", () => {
  test("a loan is as large as the level allows, and the next larger one is not", () => {
    let bound = 0;
    overPools(40, ({ book, pool, model, excess, scale }) => {
      for (const as of ["debt", "balance"] as const) {
        const limit = maxBorrow(book, pool, "AAA", model, { as });
        if (limit.status === "unsupported") continue;
        tight(limit, (amount) => excess([{ asset: "AAA", kind: as, quantity: -amount }]), scale);
        if (limit.binding === "initial" || limit.binding === "maintenance") bound++;
      }
    });
    expect(bound).toBeGreaterThan(100);
  });

  test("a withdrawal likewise, and never of more than is held", () => {
    overPools(40, ({ book, pool, model, excess, scale, plain }) => {
      for (const from of ["supply", "balance"] as const) {
        const limit = maxWithdraw(book, pool, "AAA", model, { from });
        if (limit.status === "unsupported") continue;
        const held = (plain.pools[pool]?.holdings ?? [])
          .filter(({ asset, kind }) => asset === "AAA" && kind === from)
          .reduce((sum, { quantity }) => sum + quantity, 0);
        expect(limit.amount).toBeLessThanOrEqual(Math.max(0, held));
        tight(limit, (amount) => excess([{ asset: "AAA", kind: from, quantity: -amount }]), scale);
      }
    });
  });

  test("a swap is the last amount of its ladder that holds, refined", () => {
    overPools(40, ({ book, pool, model, excess, scale }) => {
      const limit = maxSwap(book, pool, "AAA", "BBB", model, { price: 2, list: "balance", borrow: true });
      if (limit.status === "unsupported") return;
      const after = (amount: number) =>
        excess([
          { asset: "AAA", kind: "balance", quantity: -amount },
          { asset: "BBB", kind: "balance", quantity: 2 * amount },
        ]);
      if (limit.binding !== "nothing") tight(limit, after, scale + Math.abs(after(limit.amount ?? 0)));
    });
  });
});

describe("the largest position", () => {
  const market = parseMarket(perpetualMarket(64_000));
  const model = composed(
    composedRule({
      schema: "margrave/rule/1",
      model: "composed",
      id: "r",
      assets: { USD: { initial: 1, maintenance: 1 } },
      instruments: [{ match: { underlying: "BTC" }, initial: 0.1, maintenance: 0.05 }],
    }),
  );
  const holding = (usd: number, btc: number) => {
    const positions = [{ instrument: "BTC-PERP", quantity: btc, entryPrice: 64_000 }];
    const pools = [{ id: "p", balances: [{ asset: "USD", quantity: usd }], positions }];
    const accounts = { schema: "margrave/accounts/1", asOf: AS_OF, accounts: [{ id: "a", pools }] };
    return engine.loadBook(packBook(accounts, market), engine.loadMarket(market));
  };

  test("of a pool that fails as it is begins with what a trade the other way closes", () => {
    // 1,280 of money holds 0.2 BTC: 2 are too many, and 2.2 may be sold.
    const limit = maxPosition(holding(1280, 2), "p", "BTC-PERP", "sell", model);
    expect(limit.amount).toBeCloseTo(2.2, 9);
    expect(limit.binding).toBe("initial");
  });

  test("of such a pool in the same direction is none", () => {
    expect(maxPosition(holding(1280, 2), "p", "BTC-PERP", "buy", model)).toMatchObject({
      amount: 0,
      binding: "initial",
    });
  });
});
