import { describe, expect, it } from "vitest";
import { packBook } from "../../src/book/pack-book.js";
import { ResidentBook, ResidentMarket } from "../../src/book/resident.js";
import { parseMarket } from "../../src/market/parse-market.js";
import type { Memory } from "../../src/memory.js";
import { STATUSES } from "../../src/models/model.js";
import { type ComposedResult, composed } from "../../src/rules/composed.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import type { ComposedRule } from "../../src/rules/rule.js";
import { type ComposedReference, referencePool } from "../reference/composed.js";
import { LEVELS } from "../reference/composed-documents.js";
import { type ComposedCase, randomComposed } from "../support/random-composed.js";
import { roundingOf } from "../support/composed-rounding.js";
import { rulesBuilds } from "../support/rules-builds.js";
import { near, tolerance } from "../support/tolerance.js";

const SEEDS = Array.from({ length: 250 }, (_, i) => i + 1);
const POOLS = 12;
const meta = { version: "test", kernel: { hash: "", build: "" }, market: "", book: "" };

interface Measured {
  readonly rule: ComposedRule;
  readonly result: ComposedResult;
  readonly bits: string;
}

/** A case through parser, packing, tables and kernel. */
function measured(memory: Memory, { market: facts, rule: document, pools }: ComposedCase): Measured {
  const market = parseMarket(facts);
  const rule = composedRule(document);
  const accounts = { schema: "margrave/accounts/1", asOf: facts.asOf, accounts: [{ id: "a", pools }] };
  const resident = new ResidentMarket(memory, market, null);
  const book = new ResidentBook(resident, packBook(accounts, market, { onInvalid: "collect" }));
  try {
    expect(book.packed.rejected).toEqual([]);
    const run = { memory, from: 0, to: pools.length, meta };
    const result = memory.scope(() => composed(rule).evaluate(book, run));
    return { rule, result, bits: bitsOf(result) };
  } finally {
    book.dispose();
    resident.dispose();
  }
}

/** Every column of a result, digit by digit. */
function bitsOf(result: ComposedResult): string {
  const { equity, healthFactor, collateral, debt, notional, status, breached, nearBoundary, state } = result;
  const pairs = [result.eligible, result.requirement, result.excess, result.assets, result.liabilities];
  const floats = [
    equity,
    healthFactor,
    collateral,
    debt,
    notional,
    ...pairs.flatMap((p) => [p.initial, p.maintenance]),
  ];
  const words = floats.map((column) => (column === null ? "" : new Uint32Array(column.slice().buffer).join()));
  return [...words, ...[status, breached, nearBoundary, state].map((column) => column.join())].join("|");
}

/** What a pool may lack is more than one thing, and then either is its status. */
const refused = (status: string | undefined) => status === "unsupported" || status === "insufficientData";

function compare(
  label: string,
  { rule, result }: Omit<Measured, "bits">,
  p: number,
  expected: ComposedReference,
): void {
  const status = STATUSES[result.status[p] ?? 9];
  if (refused(expected.status) && refused(status)) {
    expect(result.excess.maintenance[p], label).toBe(Number.NEGATIVE_INFINITY);
    expect(result.requirement.maintenance[p], label).toBe(Number.POSITIVE_INFINITY);
    expect([result.equity[p], result.eligible.maintenance[p], result.healthFactor[p]], label).toEqual([0, 0, 0]);
    expect(result.breached[p], label).toBe(1);
    return;
  }
  expect(status, label).toBe(expected.status);
  const within = tolerance.poolSumRelative * expected.scale + roundingOf(rule, expected);
  const check = (name: string, actual: number | undefined, value: number) =>
    near(actual ?? Number.NaN, value, within, `${label} ${name}`);
  check("equity", result.equity[p], expected.equity);
  check("collateral", result.collateral[p], expected.levels.maintenance.collateral);
  check("debt", result.debt[p], expected.levels.maintenance.debt);
  check("notional", result.notional[p], expected.notional);
  for (const level of LEVELS) {
    if (level === "initial" && !rule.hasInitial) continue;
    for (const name of ["assets", "liabilities", "requirement", "eligible", "excess"] as const) {
      check(`${level} ${name}`, result[name][level]?.[p], expected.levels[level][name]);
    }
  }
  const { assets, liabilities, requirement, excess } = expected.levels.maintenance;
  const backed = liabilities + requirement;
  const health = result.healthFactor[p] ?? Number.NaN;
  if (Number.isFinite(expected.healthFactor)) {
    near(
      health,
      expected.healthFactor,
      ((1 + Math.abs(assets / backed)) * within) / Math.abs(backed),
      `${label} health`,
    );
  } else expect(health, label).toBe(expected.healthFactor);
  // Where the kernel says that rounding decides, either answer stands.
  if (result.nearBoundary[p] === 0 || Math.abs(excess) > 2 * within) {
    expect(result.breached[p], `${label} breached`).toBe(expected.breached ? 1 : 0);
    expect(result.states[result.state[p] ?? 99], `${label} state`).toBe(expected.state);
  }
}

/** Names of the rule language that the cases must draw: every primitive but names that are always there. */
const PRIMITIVES =
  "min max median below above scaled bid ask twap ema mid stable confidence emaConfidence root clamp ramp depositScaled " +
  "borrowScaled cap borrow liability affine rootBetween openInterest share weights overall notional plus atLeast gain " +
  "gainCap costs reward apart position balance net asset liability losses worstSide settle fill reserved refuse initial " +
  "both number held scale sum positions borrowing orders rewards collateral debt assets liabilities amount value weighted " +
  "requirement average index shares growth one two others ladder health coverage breachNeeds zero flag";

/** Every key and every text of a document. */
function words(value: unknown, into: Set<string>): Set<string> {
  if (typeof value === "string") into.add(value);
  if (typeof value === "number") into.add("number");
  if (typeof value !== "object" || value === null) return into;
  for (const [key, item] of Object.entries(value)) words(item, into.add(key));
  return into;
}

it("random rules draw on every primitive of the language", () => {
  const drawn = new Set<string>();
  for (const seed of SEEDS) words(randomComposed(seed, 0).rule, drawn);
  expect(PRIMITIVES.split(" ").filter((name) => !drawn.has(name))).toEqual([]);
});

describe.each(rulesBuilds)("composed rules on $build", ({ build, memory: fresh }) => {
  it(`agree with the slow evaluator on ${SEEDS.length * POOLS} random pools under random rules`, () => {
    const memory = fresh();
    const seen = { ok: 0, stalePrice: 0, unsupported: 0, insufficientData: 0, breached: 0, near: 0 };
    for (const seed of SEEDS) {
      const one = randomComposed(seed, POOLS);
      const actual = measured(memory, one);
      expect(actual.result.excess.initial === null).toBe(!actual.rule.hasInitial);
      const market = parseMarket(one.market);
      for (const [p, pool] of one.pools.entries()) {
        const expected = referencePool(actual.rule, market, pool);
        compare(`${build} seed ${seed} ${pool.id}`, actual, p, expected);
        seen[expected.status]++;
        if (expected.status === "ok" && expected.breached) seen.breached++;
        if (expected.status === "ok" && actual.result.nearBoundary[p] === 1) seen.near++;
      }
    }
    // Most pools must have a number, in all ways, and a boundary that is near must be the exception.
    expect(seen.ok).toBeGreaterThan((SEEDS.length * POOLS) / 3);
    expect(Math.min(seen.stalePrice, seen.unsupported, seen.insufficientData, seen.breached)).toBeGreaterThan(100);
    expect(seen.near).toBeLessThan(seen.ok / 10);
  });
});

it("composed rules give the same bits on every build", () => {
  const memories = rulesBuilds.map(({ memory }) => memory());
  for (const seed of SEEDS) {
    const one = randomComposed(seed, POOLS);
    const [first, ...others] = memories.map((memory) => measured(memory, one).bits);
    for (const bits of others) expect(bits === first, `seed ${seed}`).toBe(true);
  }
});

it("of several rules each pool takes the one that it names, in any part of a book", () => {
  const [first] = rulesBuilds;
  if (first === undefined) throw new Error("a build");
  const memory = first.memory();
  for (const seed of SEEDS.slice(0, 80)) {
    const { market: facts, rules: documents, pools } = randomComposed(seed, POOLS, 3);
    const market = parseMarket(facts);
    const rules = documents.map((document) => composedRule(document));
    const named = pools.map((pool, p) => ({ ...pool, rule: rules[p % rules.length]?.id ?? "" }));
    const accounts = { schema: "margrave/accounts/1", asOf: facts.asOf, accounts: [{ id: "a", pools: named }] };
    const resident = new ResidentMarket(memory, market, null);
    const book = new ResidentBook(resident, packBook(accounts, market, { onInvalid: "collect" }));
    const [from, to] = [seed % 3, POOLS - (seed % 2)];
    const result = memory.scope(() => composed(rules).evaluate(book, { memory, from, to, meta }));
    expect(result.excess.initial === null).toBe(rules.every((rule) => !rule.hasInitial));
    for (let p = from; p < to; p++) {
      const [rule, pool] = [rules[p % rules.length], pools[p]];
      if (rule === undefined || pool === undefined) throw new Error("a rule and a pool");
      const row = p - from;
      compare(`seed ${seed} ${pool.id}`, { rule, result }, row, referencePool(rule, market, pool));
      if (rule.hasInitial || result.excess.initial === null) continue;
      expect(result.excess.initial[row]).toBe(Number.NEGATIVE_INFINITY);
      expect([result.eligible.initial?.[row], result.requirement.initial?.[row]]).toEqual([
        0,
        Number.POSITIVE_INFINITY,
      ]);
    }
    book.dispose();
    resident.dispose();
  }
});

it("the terms that explain a pool sum to its numbers, whatever the rule", () => {
  const [first] = rulesBuilds;
  if (first === undefined) throw new Error("a build");
  const memory = first.memory();
  let explained = 0;
  for (const seed of SEEDS.slice(0, 150)) {
    const { market: facts, rule: document, pools } = randomComposed(seed, POOLS);
    const market = parseMarket(facts);
    const rule = composedRule(document);
    const accounts = { schema: "margrave/accounts/1", asOf: facts.asOf, accounts: [{ id: "a", pools }] };
    const resident = new ResidentMarket(memory, market, null);
    const book = new ResidentBook(resident, packBook(accounts, market, { onInvalid: "collect" }));
    const model = composed(rule);
    const result = memory.scope(() => model.evaluate(book, { memory, from: 0, to: pools.length, meta }));
    for (const [p, pool] of pools.entries()) {
      if ((result.status[p] ?? 9) > 1) continue;
      const terms = memory.scope(() => model.explain?.(book, p, { memory, from: p, to: p + 1, meta }));
      if (terms === undefined) throw new Error("a model with an attribution");
      const expected = referencePool(rule, market, pool);
      const within = tolerance.poolSumRelative * expected.scale + roundingOf(rule, expected);
      const label = `seed ${seed} ${pool.id}`;
      near(
        terms.equity.reduce((sum, { value }) => sum + value, 0),
        expected.equity,
        within,
        `${label} equity`,
      );
      for (const name of ["eligible", "requirement"] as const) {
        for (const level of rule.hasInitial ? LEVELS : (["maintenance"] as const)) {
          const sum = terms[name].reduce((total, term) => total + (term[level] ?? 0), 0);
          near(sum, expected.levels[level][name], within, `${label} ${level} ${name}`);
        }
      }
      explained++;
    }
    book.dispose();
    resident.dispose();
  }
  expect(explained).toBeGreaterThan(400);
});
