import { afterAll, describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { collateral } from "../../src/models/collateral.js";
import { byAccount, totals } from "../../src/models/totals.js";
import { parseRule } from "../../src/models/rule.js";
import { sample } from "../../src/sample.js";
import { failure } from "../support/errors.js";
import { tolerance } from "../support/tolerance.js";

const documents = sample();
const engine = createEngine();
const market = parseMarket(documents.market);
const resident = engine.loadMarket(market);
const book = engine.loadBook(packBook(documents.accounts, market), resident);
const rules = documents.rules.map((rule) => parseRule(rule));
const result = engine.margin(book, collateral(rules));
afterAll(() => {
  book.dispose();
  resident.dispose();
});

const near = (actual: number, expected: number) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance.axiomRelative * Math.max(1, Math.abs(expected)));

describe("totals", () => {
  it("add every row of the result", () => {
    const sum = totals(book, result);
    expect(sum.pools).toBe(book.packed.poolCount);
    near(
      sum.equity,
      result.equity.reduce((total, value) => total + value, 0),
    );
    near(sum.excess.maintenance, sum.eligible.maintenance - sum.requirement.maintenance);
  });

  it("refuse a row that is not ok, naming its pool, unless told to count or to skip it", () => {
    const status = result.status.slice();
    status[3] = 1;
    const stale = { ...result, status };
    expect(failure(() => totals(book, stale)).message).toContain(book.packed.pool(3).id);
    expect(totals(book, stale, { stale: true }).equity).toBe(totals(book, result).equity);
    expect(totals(book, stale, { skip: true })).toMatchObject({ pools: book.packed.poolCount - 1, skipped: 1 });
    status[3] = 2;
    expect(() => totals(book, stale, { stale: true })).toThrow("unsupported");
  });

  it("have no initial level where the rule of a row has none", () => {
    const initial = result.requirement.initial?.slice() ?? null;
    if (initial !== null) initial[2] = Number.POSITIVE_INFINITY;
    const mixed = { ...result, requirement: { ...result.requirement, initial } };
    const whole = totals(book, result);
    expect(whole.excess.initial).not.toBeNull();
    expect(totals(book, mixed)).toEqual({
      ...whole,
      eligible: { ...whole.eligible, initial: null },
      requirement: { ...whole.requirement, initial: null },
      excess: { ...whole.excess, initial: null },
    });
  });

  it("refuse an option they do not know", () => {
    expect(failure(() => totals(book, result, { all: true } as never)).path).toBe("totals.all");
  });
});

describe("sums by account", () => {
  it("hold in a parent what its own pools and all accounts below it hold", () => {
    const sums = byAccount(book, result);
    for (const [id, sum] of sums) {
      let equity = 0;
      let pools = 0;
      for (let p = 0; p < book.packed.poolCount; p++) {
        const { account } = book.packed.pool(p);
        let at: string | null = account;
        while (at !== null && at !== id) at = book.packed.accounts.get(at)?.parent ?? null;
        if (at === null) continue;
        equity += result.equity[p] ?? Number.NaN;
        pools++;
      }
      expect(sum.pools).toBe(pools);
      near(sum.equity, equity);
    }
  });

  it("add up over the roots to the whole book", () => {
    const roots = [...byAccount(book, result)].filter(([id]) => book.packed.accounts.get(id)?.parent === null);
    near(
      roots.reduce((total, [, sum]) => total + sum.requirement.maintenance, 0),
      totals(book, result).requirement.maintenance,
    );
  });
});
