import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { STATUSES } from "../../src/models/model.js";
import { composed } from "../../src/rules/composed.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { referencePool } from "../reference/composed.js";
import { randomComposed } from "../support/random-composed.js";
import { near, tolerance } from "../support/tolerance.js";

const SEEDS = Array.from({ length: 300 }, (_, i) => i + 1);
const POOLS = 12;

describe("composed rules", () => {
  it("agree with the slow evaluator on every column of random pools under random rules", () => {
    const engine = createEngine();
    const seen = new Map<string, number>();
    for (const seed of SEEDS) {
      const { market: document, rule: ruleDocument, pools } = randomComposed(seed, POOLS);
      const market = parseMarket(document);
      const rule = composedRule(ruleDocument);
      const { value, weighted, requirement } = rule.rounding;
      const unit = Math.max(
        0,
        ...[value, weighted, requirement].map((step) => (step === null ? 0 : 10 ** -step.decimals)),
      );
      const book = packBook(
        { schema: "margrave/accounts/1", asOf: new Date(market.asOf).toISOString(), accounts: [{ id: "all", pools }] },
        market,
        { onInvalid: "collect" },
      );
      const resident = engine.loadMarket(market);
      const loaded = engine.loadBook(book, resident);
      const result = engine.margin(loaded, composed(rule));
      for (let p = 0; p < book.poolCount; p++) {
        const { id } = book.pool(p);
        const pool = pools.find((one) => one.id === id);
        if (pool === undefined) throw new Error(id);
        const expected = referencePool(rule, market, pool);
        const label = `seed ${seed} ${id}`;
        const status = STATUSES[result.status[p] ?? -1];
        // Where a pool lacks several things, either may be what its status is of.
        const refused = (name: string | undefined) => name === "unsupported" || name === "insufficientData";
        if (!refused(expected.status) || !refused(status)) expect(status, label).toBe(expected.status);
        seen.set(expected.status, (seen.get(expected.status) ?? 0) + 1);
        if (status !== "ok" && status !== "stalePrice") continue;
        const within = tolerance.composed(expected.scale, unit);
        near(result.equity[p] ?? Number.NaN, expected.equity, within, `${label} equity`);
        for (const level of rule.hasInitial ? (["initial", "maintenance"] as const) : (["maintenance"] as const)) {
          for (const name of ["assets", "liabilities", "requirement", "eligible", "excess"] as const) {
            const actual = result[name][level]?.[p] ?? Number.NaN;
            near(actual, expected.levels[level][name], within, `${label} ${level} ${name}`);
          }
        }
        near(result.collateral[p] ?? Number.NaN, expected.levels.maintenance.collateral, within, `${label} collateral`);
        near(result.debt[p] ?? Number.NaN, expected.levels.maintenance.debt, within, `${label} debt`);
        near(result.notional[p] ?? Number.NaN, expected.notional, within, `${label} notional`);
        if (result.nearBoundary[p] === 0) {
          expect(result.breached[p], `${label} breached`).toBe(expected.breached ? 1 : 0);
        }
        expect(result.states[result.state[p] ?? -1], `${label} state`).toBe(expected.state);
      }
      loaded.dispose();
      resident.dispose();
    }
  });
});
