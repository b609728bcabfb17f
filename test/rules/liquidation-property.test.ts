import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { createEngine } from "../../src/engine.js";
import type { Market } from "../../src/market/market.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { preset } from "../../src/presets/index.js";
import { composed } from "../../src/rules/composed.js";
import { liquidationPrices } from "../../src/rules/liquidation-prices.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import type { ComposedRule } from "../../src/rules/rule.js";
import { type ComposedReference, referencePool } from "../reference/composed.js";
import { presetModel, withBook } from "../support/preset-evaluate.js";
import { axiomAccounts, axiomMarket, PRICES, pools, sizeOf } from "../support/preset-laws.js";
import { type Holdings, type PresetRow, presetRows } from "../support/preset-rows.js";
import { type ComposedCase, randomComposed } from "../support/random-composed.js";
import { roundingOf } from "../support/composed-rounding.js";
import { near, tolerance } from "../support/tolerance.js";

const RUNS = 25;
const CASES = 100;
const NODES = 33;
const RANGE = 0.6;
const FACTORS = ["BTC", "ETH"] as const;
const engine = createEngine();

const markets = new Map<string, Market>();

/** The market with one coin's price moved; those of the ladder's nodes are asked for again by every pool. */
function movedMarket(factor: "BTC" | "ETH", move: number): Market {
  const key = `${factor} ${move}`;
  const known = markets.get(key);
  if (known !== undefined) return known;
  const market = parseMarket(axiomMarket({ ...PRICES, [factor]: PRICES[factor] * (1 + move) }));
  if (markets.size < 1000) markets.set(key, market);
  return market;
}

/** The excess of a pool at maintenance where one coin's price has moved, by the slow evaluator: neither solver nor kernel. */
function excessOf(row: PresetRow, rule: ComposedRule, holdings: Holdings) {
  const [pool] = axiomAccounts(row, [holdings]).accounts[0]?.pools ?? [];
  if (pool === undefined) throw new Error("a pool");
  return (factor: "BTC" | "ETH", move: number) =>
    referencePool(rule, movedMarket(factor, move), pool).levels.maintenance.excess;
}

describe.each(presetRows)("liquidation prices under $preset", (row) => {
  it("have an excess of zero with a change of sign, or a jump across zero that they are flagged with; none is missed", () => {
    const rule = composedRule(preset(row.preset, row.parameters(1)));
    let found = 0;
    fc.assert(
      fc.property(pools(row), (holdings) => {
        const excess = excessOf(row, rule, holdings);
        const reported = withBook(engine, row, [holdings], undefined, (book) =>
          liquidationPrices(book, 0, presetModel(row), { factors: FACTORS, nodes: NODES, range: [-RANGE, RANGE] }),
        );
        const size = sizeOf(holdings);
        for (const factor of FACTORS) {
          const {
            levels = [],
            tolerance: zero = 0,
            range,
          } = reported.factors.find((one) => one.factor === factor) ?? {};
          for (const { move, price, breached, jump } of levels) {
            found++;
            expect(price).toBeCloseTo(PRICES[factor] * (1 + move), tolerance.priceDigits);
            const step = tolerance.besideRoot;
            const [below, above] = [excess(factor, move - step), excess(factor, move + step)];
            const allowed = zero + tolerance.rootRelative * size + 4 * row.unit * (6 + holdings.positions.length);
            if (!jump) expect(Math.abs(excess(factor, move))).toBeLessThanOrEqual(allowed);
            const [bad, good] = breached === "below" ? [below, above] : [above, below];
            expect(bad).toBeLessThan(0);
            expect(good).toBeGreaterThan(0);
          }
          const [from = -RANGE, to = RANGE] = range ?? [];
          const nodes = Array.from({ length: NODES }, (_, i) => from + ((to - from) * i) / (NODES - 1));
          for (let i = 1; i < NODES; i++) {
            const [left = 0, right = 0] = [nodes[i - 1], nodes[i]];
            const [a, b] = [excess(factor, left), excess(factor, right)];
            const certain = tolerance.rootRelative * size + 10 * zero;
            if (Math.min(Math.abs(a), Math.abs(b)) <= certain || a < 0 === b < 0) continue;
            expect(levels.some(({ move }) => move >= left && move <= right)).toBe(true);
          }
        }
      }),
      { seed: 20261125, numRuns: RUNS },
    );
    expect(found).toBeGreaterThan(RUNS / 4);
  });
});

const refused = ({ status }: ComposedReference) => status !== "ok" && status !== "stalePrice";

/** The market of a random case with everything of AAA moved: prices of every kind, and marks of its contracts. */
function movedFacts(facts: ComposedCase["market"], move: number): Market {
  const scaled = (fields: Readonly<Record<string, unknown>>, names: readonly string[]) => ({
    ...fields,
    ...Object.fromEntries(
      names.filter((name) => name in fields).map((name) => [name, Number(fields[name]) * (1 + move)]),
    ),
  });
  const prices = (facts.prices as readonly Readonly<Record<string, unknown>>[]).map((price) => {
    const of = String(price.of);
    if (of !== "AAA" && !of.startsWith("AAA-")) return price;
    const state = scaled(price.state as Readonly<Record<string, unknown>>, ["stable"]);
    return { ...scaled(price, ["index", "bid", "ask", "twap", "ema", "mark"]), state };
  });
  return parseMarket({ ...facts, prices });
}

it("liquidation prices under random rules are crossings of zero or flagged jumps, and none is missed", () => {
  const seen = { closed: 0, ladder: 0, still: 0, crossings: 0, jumps: 0 };
  for (let seed = 1; seed <= CASES; seed++) {
    const one = randomComposed(seed, 5);
    const rule = composedRule(one.rule);
    const model = composed(rule);
    const accounts = {
      schema: "margrave/accounts/1",
      asOf: one.market.asOf,
      accounts: [{ id: "a", pools: one.pools }],
    };
    const resident = engine.loadMarket(parseMarket(one.market));
    const book = engine.loadBook(packBook(accounts, resident.market, { onInvalid: "collect" }), resident);
    const markets = new Map<number, Market>();
    const marketAt = (move: number) => {
      const known = markets.get(move) ?? movedFacts(one.market, move);
      markets.set(move, known);
      return known;
    };
    for (const [p, pool] of one.pools.entries()) {
      const at = (move: number) => referencePool(rule, marketAt(move), pool);
      const now = at(0);
      if (refused(now)) continue;
      const label = `seed ${seed} ${pool.id}`;
      const [found] = liquidationPrices(book, p, model, {
        factors: ["AAA"],
        nodes: NODES,
        range: [-RANGE, RANGE],
      }).factors;
      if (found === undefined) throw new Error(label);
      seen[found.method]++;
      const units = roundingOf(rule, now);
      const allowed = (scale: number) => found.tolerance + tolerance.rootRelative * scale + units;
      for (const { move, breached, jump } of found.levels) {
        if (jump) seen.jumps++;
        else seen.crossings++;
        const here = at(move);
        if (!jump) near(here.levels.maintenance.excess, 0, allowed(here.scale), `${label} at ${move}`);
        const step = tolerance.besideRoot;
        const sides = [at(move - step), at(move + step)].map(({ levels }) => levels.maintenance.excess);
        const [bad = 0, good = 0] = breached === "below" ? sides : [...sides].reverse();
        expect(bad, `${label} beside ${move}`).toBeLessThan(units);
        expect(good, `${label} beside ${move}`).toBeGreaterThan(-units);
      }
      const [from, to] = found.range;
      const nodes = Array.from({ length: NODES }, (_, i) => from + ((to - from) * i) / (NODES - 1));
      const values = nodes.map((move) => at(move));
      for (let i = 1; i < NODES; i++) {
        const [left, right] = [values[i - 1], values[i]];
        // Nothing is known beside a price at which the rule has no number.
        if (left === undefined || right === undefined || refused(left) || refused(right)) continue;
        const [a, b] = [left.levels.maintenance.excess, right.levels.maintenance.excess];
        if (Math.min(Math.abs(a), Math.abs(b)) <= 10 * allowed(left.scale) || a < 0 === b < 0) continue;
        const within = found.levels.some(({ move }) => move >= (nodes[i - 1] ?? 0) && move <= (nodes[i] ?? 0));
        expect(within, `${label} between ${nodes[i - 1]} and ${nodes[i]}`).toBe(true);
      }
    }
    book.dispose();
    resident.dispose();
  }
  expect(Math.min(seen.closed, seen.ladder, seen.crossings)).toBeGreaterThan(10);
  expect(seen.jumps).toBeGreaterThan(0);
});
