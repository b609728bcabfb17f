import { describe, expect, it } from "vitest";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import type { Memory } from "../../src/memory.js";
import { type CollateralResult, collateral } from "../../src/models/collateral.js";
import { STATUSES } from "../../src/models/model.js";
import { parseRule } from "../../src/models/rule.js";
import { collateralReference } from "../reference/collateral.js";
import { builds, freshMemory } from "../support/builds.js";
import { type PlainBook, plainMarket, plainPacked, randomBook } from "../support/random-book.js";
import { type RuleDocument, randomRule } from "../support/random-rule.js";
import { tolerance } from "../support/tolerance.js";

const meta = { version: "test", kernel: { hash: "", build: "" }, market: "", book: "" };
const SEEDS = Array.from({ length: 60 }, (_, i) => i + 1);
const POOLS = 20;

/** Book and rule of a seed. Every third has neither positions nor tiers, caps and stale prices: the flat kernel's case. */
function seeded(seed: number): { plain: PlainBook; document: RuleDocument } {
  const plain = randomBook(seed, POOLS - (seed % 2));
  const document = randomRule(seed, plain);
  if (seed % 3 > 0) return { plain, document };
  const flat = (weight: RuleDocument["assets"][string]["maintenance"]) =>
    typeof weight === "number" ? weight : (weight[0]?.[1] ?? 0);
  const { maxPriceAge: _age, ...rule } = document;
  const assets = Object.entries(rule.assets).map(([id, { cap: _cap, initial, maintenance, ...entry }]) => [
    id,
    { ...entry, ...(initial === undefined ? {} : { initial: flat(initial) }), maintenance: flat(maintenance) },
  ]);
  return {
    plain: { ...plain, pools: plain.pools.map((pool) => ({ ...pool, positions: [] })) },
    document: { ...rule, assets: Object.fromEntries(assets) },
  };
}

/** Everything the kernel says of a seeded book under a seeded rule, and the terms of the pools that have a number. */
function measured(memory: Memory, plain: PlainBook, document: RuleDocument) {
  const market = plainMarket(plain);
  const resident = new ResidentMarket(memory, market, null);
  const book = new ResidentBook(resident, { ...plainPacked(plain, market), onInvalid: "collect" });
  const model = collateral(parseRule(document));
  const result = memory.scope(() => model.evaluate(book, { memory, from: 0, to: plain.pools.length, meta }));
  const terms = plain.pools.map((_, p) =>
    (result.status[p] ?? 9) > 1
      ? null
      : memory.scope(() => model.explain?.(book, p, { memory, from: p, to: p + 1, meta }) ?? null),
  );
  book.dispose();
  resident.dispose();
  return { result, terms };
}

const columns = (r: CollateralResult) => ({
  equity: r.equity,
  eligible: r.eligible,
  requirement: r.requirement,
  excess: r.excess,
  healthFactor: r.healthFactor,
  status: r.status,
  breached: r.breached,
});

describe.each(builds)("collateral on $build", (build) => {
  const memory = freshMemory(build);

  it(`agrees with the reference on ${SEEDS.length * (POOLS - 0.5)} random pools, and its terms sum to its numbers`, () => {
    const seen = { ok: 0, stalePrice: 0, unsupported: 0 };
    for (const seed of SEEDS) {
      const { plain, document } = seeded(seed);
      const { result, terms } = measured(memory, plain, document);
      for (const [p, pool] of plain.pools.entries()) {
        const expected = collateralReference(plain, pool, document);
        expect(STATUSES[result.status[p] ?? 9]).toBe(expected.status);
        seen[expected.status]++;
        if (expected.status === "unsupported") {
          expect(result.excess.maintenance[p]).toBe(Number.NEGATIVE_INFINITY);
          expect(result.requirement.maintenance[p]).toBe(Number.POSITIVE_INFINITY);
          expect([result.equity[p], result.eligible.maintenance[p], result.healthFactor[p]]).toEqual([0, 0, 0]);
          expect(result.breached[p]).toBe(1);
          continue;
        }
        const within = tolerance.poolSumRelative * (1 + expected.scale);
        const near = (actual: number | undefined, value: number) =>
          expect(Math.abs((actual ?? Number.NaN) - value)).toBeLessThanOrEqual(within);
        near(result.equity[p], expected.equity);
        expect(result.requirement.initial === null).toBe(Object.values(document.assets)[0]?.initial === undefined);
        for (const level of ["initial", "maintenance"] as const) {
          const { assets, liabilities, requirement } = expected.levels[level];
          if (result.requirement[level] === null) continue;
          near(result.eligible[level]?.[p], assets - liabilities);
          near(result.requirement[level]?.[p], requirement);
          near(result.excess[level]?.[p], assets - liabilities - requirement);
          const sum = (list: readonly { readonly [k in typeof level]: number | null }[] | undefined) =>
            list?.reduce((total, term) => total + (term[level] ?? Number.NaN), 0);
          near(sum(terms[p]?.eligible), result.eligible[level]?.[p] ?? Number.NaN);
          near(sum(terms[p]?.requirement), result.requirement[level]?.[p] ?? Number.NaN);
        }
        near(
          terms[p]?.equity.reduce((total, term) => total + term.value, 0),
          result.equity[p] ?? Number.NaN,
        );
        const { assets, liabilities, requirement } = expected.levels.maintenance;
        const backed = liabilities + requirement;
        if (backed === 0) expect(result.healthFactor[p]).toBe(Number.POSITIVE_INFINITY);
        else {
          const factor = result.healthFactor[p] ?? Number.NaN;
          expect(Math.abs(factor * backed - assets)).toBeLessThanOrEqual(within * (1 + factor));
        }
        const excess = result.excess.maintenance[p] ?? Number.NaN;
        expect(result.breached[p]).toBe(excess < 0 || (excess === 0 && document.breach === "<=") ? 1 : 0);
      }
    }
    expect(Math.min(seen.ok, seen.stalePrice, seen.unsupported)).toBeGreaterThan(50);
    expect(memory.kept).toBe(0);
  });

  it("gives the rows of a part of the book as in the whole", () => {
    const plain = randomBook(7, POOLS);
    const market = plainMarket(plain);
    const resident = new ResidentMarket(memory, market, null);
    const book = new ResidentBook(resident, { ...plainPacked(plain, market), onInvalid: "collect" });
    const model = collateral(parseRule(randomRule(7, plain)));
    const rows = (from: number, to: number) => memory.scope(() => model.evaluate(book, { memory, from, to, meta }));
    const whole = rows(0, POOLS);
    const part = rows(5, 12);
    for (const [name, column] of Object.entries(columns(part))) {
      const full = columns(whole)[name as keyof ReturnType<typeof columns>];
      const pairs =
        ArrayBuffer.isView(column) && ArrayBuffer.isView(full)
          ? [[column, full]]
          : Object.keys(column).map((level) => [Reflect.get(column, level), Reflect.get(full, level)]);
      for (const [some, all] of pairs) expect(some).toEqual(all?.subarray(5, 12) ?? null);
    }
    book.dispose();
    resident.dispose();
  });
});

it("collateral is equal to the bit on every build", () => {
  for (const seed of SEEDS.slice(0, 20)) {
    const { plain, document } = seeded(seed);
    const [first, ...others] = builds.map((build) => {
      const { result, terms } = measured(freshMemory(build), plain, document);
      return { ...columns(result), terms };
    });
    for (const other of others) expect(other).toEqual(first);
  }
});
