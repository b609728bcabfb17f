import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { InvalidInputError } from "../../src/errors.js";
import { parseMarket } from "../../src/market/parse-market.js";
import type { Memory } from "../../src/memory.js";
import { STATUSES } from "../../src/models/model.js";
import { runOf } from "../../src/models/run.js";
import { type ComposedResult, composed } from "../../src/rules/composed.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import type { ComposedRule } from "../../src/rules/rule.js";
import { randomComposed } from "../support/random-composed.js";
import { rulesBuilds } from "../support/rules-builds.js";

/** Rules of loans by numbers alone, rounded differently: what tables do. */
function loanRules(assets: readonly string[]): readonly object[] {
  const step = (assets: string, liabilities: string) => ({ decimals: 2, assets, liabilities });
  const roundings = [{}, { value: step("down", "up") }, { value: step("up", "half"), weighted: step("down", "up") }];
  return roundings.map((rounding, i) => ({
    schema: "margrave/rule/1",
    model: "composed",
    id: `loans-${i}`,
    unlisted: "zero",
    assets: Object.fromEntries(
      assets.map((id, a) => [id, { initial: 0.5 + 0.1 * i + 0.01 * a, maintenance: 0.6 + 0.1 * i + 0.01 * a }]),
    ),
    rounding,
    ignores: ["orders", "raw", "poolOptions"],
  }));
}

/** Pools that each name one of several rules, the rules, and how many name each. */
function mixed(seed: number, pools: number) {
  const made = randomComposed(seed, pools, 4);
  const ids = ["USD", "STB", "AAA", "BBB"].filter((id) =>
    (made.market.assets as readonly { readonly id: string }[]).some((asset) => asset.id === id),
  );
  const rules = [...made.rules, ...loanRules(ids)].map(composedRule);
  let draw = seed;
  const next = (count: number) => {
    draw = (draw * 48_271) % 2_147_483_647;
    return draw % count;
  };
  const naming = made.pools.map((pool) => {
    const r = next(rules.length);
    // Positions would be refused where a rule has loans alone, and then no table were met.
    const { positions, ...loan } = pool;
    return { ...(r < made.rules.length ? { ...loan, positions } : loan), rule: rules[r]?.id };
  });
  const market = parseMarket(made.market);
  const accounts = { schema: "margrave/accounts/1", asOf: made.market.asOf, accounts: [{ id: "a", pools: naming }] };
  return { market, rules, book: packBook(accounts, market, { onInvalid: "collect" }) };
}

/** Every number and flag of a row; a state by its name, since rules together have more of them. */
function rowOf(result: ComposedResult, row: number): readonly unknown[] {
  const { equity, eligible, requirement, excess, healthFactor, assets, liabilities, collateral, debt, notional } =
    result;
  const levels = [eligible, requirement, excess, assets, liabilities];
  return [
    ...[equity, healthFactor, collateral, debt, notional].map((column) => column[row]),
    ...levels.map(({ maintenance }) => maintenance[row]),
    // A rule without the level has no column by itself, and the refusal beside others.
    ...levels.map(({ initial }) => initial?.[row]),
    ...[result.status, result.breached, result.nearBoundary].map((column) => column[row]),
    result.states[result.state[row] ?? 0],
  ];
}

function evaluated(
  memory: Memory,
  { market, book }: ReturnType<typeof mixed>,
  rules: ComposedRule | readonly ComposedRule[],
) {
  const resident = new ResidentMarket(memory, market, null);
  const loaded = new ResidentBook(resident, book);
  try {
    const model = composed(rules);
    const whole = memory.scope(() => model.evaluate(loaded, runOf(loaded)));
    return { whole, part: memory.scope(() => model.evaluate(loaded, runOf(loaded, { from: 3, to: 5 }))) };
  } finally {
    loaded.dispose();
    resident.dispose();
  }
}

describe.each(rulesBuilds)("pools under many rules ($build)", ({ memory: fresh }) => {
  const memory = fresh();

  it("have the bits that each has under its own alone, in whatever order they stand", () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= 40; seed++) {
      let drawn: ReturnType<typeof mixed>;
      try {
        drawn = mixed(seed, seed === 1 ? 1100 : 40);
      } catch (error) {
        if (error instanceof InvalidInputError) continue;
        throw error;
      }
      const { rules, book } = drawn;
      const { whole, part } = evaluated(memory, drawn, rules);
      const alone = new Map(rules.map((rule) => [rule.id, evaluated(memory, drawn, rule).whole]));
      const counts = STATUSES.map(() => 0);
      for (let p = 0; p < book.poolCount; p++) {
        const { rule = "" } = book.pool(p);
        const own = alone.get(rule ?? "");
        if (own === undefined) throw new Error(`no rule ${rule}`);
        const [here, there] = [rowOf(whole, p), rowOf(own, p)];
        // Where the rule has no initial level, only the row beside others has columns of it.
        const same = here.map((value, i) => (there[i] === undefined ? undefined : value));
        expect(same, `seed ${seed} pool ${p} under ${rule}`).toEqual(there);
        const status = whole.status[p] ?? 0;
        counts[status] = (counts[status] ?? 0) + 1;
        if (status === 0) seen.set(rule?.split("-")[0] ?? "", (seen.get(rule?.split("-")[0] ?? "") ?? 0) + 1);
      }
      expect(STATUSES.map((name) => whole.meta.statuses[name])).toEqual(counts);
      expect([0, 1].map((row) => rowOf(part, row))).toEqual([3, 4].map((row) => rowOf(whole, row)));
    }
    expect(seen.get("loans")).toBeGreaterThan(500);
    expect(seen.get("rule")).toBeGreaterThan(200);
  });
});
