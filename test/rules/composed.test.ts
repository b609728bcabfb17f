import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import type { PackedBook } from "../../src/book/packed.js";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { createEngine } from "../../src/engine.js";
import { RiskError } from "../../src/errors.js";
import type { Market } from "../../src/market/market.js";
import { parseMarket } from "../../src/market/parse-market.js";
import type { Memory } from "../../src/memory.js";
import { collateral } from "../../src/models/collateral.js";
import type { MarginModel, MarginResult } from "../../src/models/model.js";
import { parseRule } from "../../src/models/rule.js";
import { runOf } from "../../src/models/run.js";
import { type ComposedResult, composed } from "../../src/rules/composed.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { plainMarket, randomBook } from "../support/random-book.js";
import { randomComposed } from "../support/random-composed.js";
import { randomRule } from "../support/random-rule.js";
import { rulesBuilds } from "../support/rules-builds.js";
import { near, tolerance } from "../support/tolerance.js";

function packed(market: Market, pools: readonly unknown[], onInvalid: "collect" | "throw" = "collect"): PackedBook {
  const asOf = new Date(market.asOf).toISOString();
  return packBook({ schema: "margrave/accounts/1", asOf, accounts: [{ id: "all", pools }] }, market, { onInvalid });
}

/** A case of `randomComposed`, parsed and packed. */
function caseOf(seed: number, pools = 12) {
  const drawn = randomComposed(seed, pools);
  const market = parseMarket(drawn.market);
  const rule = composedRule(drawn.rule);
  return { market, rule, book: packed(market, drawn.pools), pools: drawn.pools };
}

/** A result by evaluation on a memory, all of its scratch given back. */
function evaluated<R extends MarginResult>(memory: Memory, market: Market, book: PackedBook, model: MarginModel<R>): R {
  const resident = new ResidentMarket(memory, market, null);
  const loaded = new ResidentBook(resident, book);
  try {
    return memory.scope(() => model.evaluate(loaded, runOf(loaded)));
  } finally {
    loaded.dispose();
    resident.dispose();
  }
}

/** All columns of a result, one behind the other, by their bits. */
function bits(result: ComposedResult): string {
  const levels = [result.eligible, result.requirement, result.excess, result.assets, result.liabilities];
  const columns = [
    result.equity,
    result.healthFactor,
    result.collateral,
    result.debt,
    result.notional,
    ...levels.flatMap(({ initial, maintenance }) => (initial === null ? [maintenance] : [initial, maintenance])),
  ];
  const numbers = columns.map((column) => new Uint32Array(column.slice().buffer).join());
  const flags = [result.status, result.breached, result.nearBoundary, result.state].map((column) => column.join());
  return [...numbers, ...flags].join("|");
}

describe("composed rules", () => {
  it("give the same bits on every build, and the memory back", () => {
    const memories = rulesBuilds.map(({ memory }) => memory());
    for (let seed = 1; seed <= 120; seed++) {
      const { market, rule, book } = caseOf(seed);
      const results = memories.map((memory) => {
        const before = [memory.kernel.arenaMark(), memory.kept];
        const result = evaluated(memory, market, book, composed(rule));
        expect([memory.kernel.arenaMark(), memory.kept]).toEqual(before);
        return bits(result);
      });
      for (const result of results) expect(result === results[0], `seed ${seed}`).toBe(true);
    }
  });

  it("make of a collateral rule what the model of collateral rules makes of it", () => {
    const engine = createEngine();
    for (let seed = 1; seed <= 60; seed++) {
      const plain = randomBook(seed, 20);
      const document = randomRule(seed, plain);
      const market = plainMarket(plain);
      const rule = { ...document };
      const pools = plain.pools.map(({ id, holdings, positions }) => ({
        id,
        balances: mergedBalances(holdings.filter(({ kind }) => kind === "balance" || kind === "interest")),
        supplies: holdings
          .filter(({ kind }) => kind === "supply" || kind === "idleSupply")
          .map(({ asset, quantity, kind }) => ({ asset, quantity, collateral: kind === "supply" })),
        debts: holdings
          .filter(({ kind }) => kind === "debt")
          .map(({ asset, quantity }) => ({ asset, quantity: -quantity })),
        positions: positions.map(({ instrument, quantity, entry, funding }) => ({
          instrument,
          quantity,
          entryPrice: entry,
          fundingDue: funding,
        })),
      }));
      const book = packed(market, unique(pools));
      const expected = evaluated(engine.memory, market, book, collateral(parseRule(rule)));
      const actual = evaluated(engine.memory, market, book, composed(composedRule(rule)));
      expect([...actual.status], `seed ${seed}`).toEqual([...expected.status]);
      for (let p = 0; p < book.poolCount; p++) {
        // A pool that owes nothing is breached by a collateral rule of "<=" at an excess of 0, and by no composed rule.
        if (actual.nearBoundary[p] === 0 && actual.excess.maintenance[p] !== 0) {
          expect(actual.breached[p], `seed ${seed} ${p}`).toBe(expected.breached[p]);
        }
        const scale = Math.abs(actual.assets.maintenance[p] ?? 0) + Math.abs(actual.liabilities.maintenance[p] ?? 0);
        const within = tolerance.axiomRelative * (scale + Math.abs(actual.equity[p] ?? 0) + 1);
        const columns = ["eligible", "requirement", "excess"] as const;
        for (const name of columns) {
          for (const level of ["initial", "maintenance"] as const) {
            const [a, b] = [actual[name][level]?.[p], expected[name][level]?.[p]];
            expect(a === undefined).toBe(b === undefined);
            if (a !== undefined && b !== undefined) near(a, b, within, `seed ${seed} ${p} ${name} ${level}`);
          }
        }
        near(actual.equity[p] ?? 0, expected.equity[p] ?? 1, within, `seed ${seed} ${p} equity`);
      }
    }
  });

  it("explain every number by terms that sum to it", () => {
    const engine = createEngine();
    for (let seed = 1; seed <= 150; seed++) {
      const { market, rule, book } = caseOf(seed);
      const resident = engine.loadMarket(market);
      const loaded = engine.loadBook(book, resident);
      const model = composed(rule);
      const result = engine.margin(loaded, model);
      for (let p = 0; p < book.poolCount; p++) {
        if ((result.status[p] ?? 2) > 1) {
          expect(() => engine.explain(loaded, p, model)).toThrow(RiskError);
          continue;
        }
        const { equity, eligible, requirement } = engine.explain(loaded, p, model);
        const check = (terms: readonly number[], total: number, name: string) => {
          const scale = terms.reduce((sum, x) => sum + Math.abs(x), Math.abs(total));
          const sum = terms.reduce((s, x) => s + x, 0);
          near(sum, total, tolerance.axiomRelative * (scale + 1), `seed ${seed} ${book.pool(p).id} ${name}`);
        };
        check(
          equity.map(({ value }) => value),
          result.equity[p] ?? Number.NaN,
          "equity",
        );
        for (const level of rule.hasInitial ? (["initial", "maintenance"] as const) : (["maintenance"] as const)) {
          const of = (terms: typeof eligible) => terms.map((term) => term[level] ?? Number.NaN);
          check(of(eligible), result.eligible[level]?.[p] ?? Number.NaN, `eligible ${level}`);
          check(of(requirement), result.requirement[level]?.[p] ?? Number.NaN, `requirement ${level}`);
          const named = eligible.filter(({ name }) => name === "average weight, rounded");
          if (rule.rounding.average[level] === null) for (const term of named) expect(term[level]).toBe(0);
        }
      }
      loaded.dispose();
      resident.dispose();
    }
  });

  it("throw for the first pool that they refuse, naming where it stands", () => {
    const engine = createEngine();
    let thrown = 0;
    for (let seed = 1; seed <= 80; seed++) {
      const { market, rule, book, pools } = caseOf(seed);
      const status = evaluated(engine.memory, market, book, composed(rule)).status;
      const first = status.findIndex((code) => code > 1);
      const strict = packed(market, pools, "throw");
      const run = () => evaluated(engine.memory, market, strict, composed(rule));
      if (first < 0) expect(run).not.toThrow();
      else {
        expect(run).toThrow(RiskError);
        expect(run).toThrow(`pools[${first}]`);
        thrown++;
      }
    }
    expect(thrown).toBeGreaterThan(20);
  });

  it("take of several rules the one that each pool names, with the numbers of each by itself", () => {
    const engine = createEngine();
    for (let seed = 1; seed <= 40; seed++) {
      const { market, rule, pools } = caseOf(seed);
      const other = caseOf(seed + 1000).rule;
      const named = pools.map((pool, p) => ({ ...pool, rule: p % 2 === 0 ? rule.id : "none" }));
      const both = evaluated(engine.memory, market, packed(market, named), composed([rule, other]));
      const alone = evaluated(engine.memory, market, packed(market, pools), composed(rule));
      for (let p = 0; p < pools.length; p++) {
        if (p % 2 === 1) expect(both.status[p]).toBe(2);
        else {
          expect(both.status[p]).toBe(alone.status[p]);
          expect(both.excess.maintenance[p]).toBe(alone.excess.maintenance[p]);
          expect(both.states[both.state[p] ?? -1]).toBe(alone.states[alone.state[p] ?? -1]);
        }
      }
    }
  });
});

type Line = { readonly asset: string; readonly quantity: number };

/** Balances of one asset as one, since a document has each once. */
function mergedBalances(lines: readonly Line[]): Line[] {
  const sums = new Map<string, number>();
  for (const { asset, quantity } of lines) sums.set(asset, (sums.get(asset) ?? 0) + quantity);
  return [...sums].map(([asset, quantity]) => ({ asset, quantity }));
}

/** Pools without an asset twice in a list. */
function unique<P extends { readonly supplies: readonly Line[]; readonly debts: readonly Line[] }>(
  pools: readonly P[],
): readonly P[] {
  const once = (lines: readonly Line[]) =>
    lines.filter(({ asset }, i) => lines.findIndex((other) => other.asset === asset) === i);
  return pools.map((pool) => ({ ...pool, supplies: once(pool.supplies), debts: once(pool.debts) }));
}
