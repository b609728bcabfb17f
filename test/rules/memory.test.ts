import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine.js";
import { DisposedError, InvalidInputError, OutOfMemoryError, RiskError } from "../../src/errors.js";
import { change, packBook, parseMarket } from "../../src/index.js";
import { preset } from "../../src/presets/index.js";
import {
  amountToHealth,
  type ComposedResult,
  composed,
  composedRule,
  exactAccount,
  liquidationPrices,
  maxBorrow,
  maxPosition,
  maxSwap,
  maxWithdraw,
  preTrade,
} from "../../src/rules/index.js";
import { builds } from "../support/builds.js";
import { composedDocuments, presetRules, rulesEngine } from "../support/composed-workload.js";

const rules = presetRules();
const documents = composedDocuments(rules, 2 * rules.length);
const market = parseMarket(documents.market);
const packed = packBook(documents.accounts, market);
const DRIFT = rules.findIndex(({ id }) => id === "drift-v2");
const AAVE = rules.findIndex(({ id }) => id === "aave-v3");

const state = ({ memory }: Engine) => ({
  mark: memory.kernel.arenaMark(),
  floor: memory.kernel.arenaFloor(),
  kept: memory.kept,
});
const numbers = ({ equity, excess, healthFactor }: ComposedResult) =>
  [equity, excess.maintenance, healthFactor].map((column) => column.join()).join();

/** An engine with the book loaded, and a model of every preset. */
function loaded(kernel: (typeof builds)[number]) {
  const engine = rulesEngine(kernel);
  const resident = engine.loadMarket(market);
  const book = engine.loadBook(packed, resident);
  const model = composed(rules);
  return { engine, resident, book, model };
}

/** `work` many times; the memory is afterwards as it was after the first few, and so is its size. */
function repeat(engine: Engine, times: number, work: (i: number) => void): void {
  for (let i = 0; i < 40; i++) work(i);
  const before = { ...state(engine), size: engine.memory.size };
  for (let i = 0; i < times; i++) work(i);
  expect({ ...state(engine), size: engine.memory.size }).toEqual(before);
}

describe.each(builds)("$build: the memory of composed rules", (kernel) => {
  it("is as it was after thousands of margin calls and explanations, and after their book is given back", () => {
    const { engine, resident, book, model } = loaded(kernel);
    const empty = state(rulesEngine(kernel));
    const first = numbers(engine.margin(book, model));
    repeat(engine, 2_000, (i) => {
      const from = i % packed.poolCount;
      engine.margin(book, model, { from, to: packed.poolCount });
      engine.explain(book, from, model);
    });
    const into = engine.margin(book, model);
    repeat(engine, 1_000, () => engine.margin(book, model, { into, live: true }));
    expect(numbers(engine.margin(book, model))).toBe(first);
    book.dispose();
    resident.dispose();
    expect(state(engine)).toEqual(empty);
  });

  it("is as it was after solvers, pre-trade checks and what-if changes", () => {
    const { engine, book, model } = loaded(kernel);
    const changed = change({ balances: [{ asset: "USD", quantity: -10 }] });
    repeat(engine, 40, (i) => {
      const p = i % packed.poolCount;
      liquidationPrices(book, p, model, { nodes: 5 });
      maxBorrow(book, p, "USD", model);
      maxWithdraw(book, p, "BTC", model);
      maxSwap(book, p, "BTC", "ETH", model);
      amountToHealth(book, p, 2, { deposit: "BTC" }, model);
      engine.whatIf(book, DRIFT, changed, model);
      maxPosition(book, DRIFT, "BTC-PERP", "sell", model);
    });
    repeat(engine, 2_000, (i) => {
      preTrade(
        book,
        [{ pool: i % 2 === 0 ? DRIFT : DRIFT + rules.length, instrument: "ETH-PERP", quantity: i }],
        model,
      );
    });
  });

  it("is as it was after thousands of errors, after each of which the engine works on", () => {
    const { engine, resident, book, model } = loaded(kernel);
    const assets = { ETH: { initial: 0.4, maintenance: 0.5 } };
    const small = composed(composedRule(preset("aave-v3", { shipped: false, assets })));
    const strict = engine.loadBook(packBook(documents.accounts, market, { onInvalid: "throw" }), resident);
    const lending = rules[AAVE];
    if (lending === undefined) throw new Error("no such preset");
    const first = numbers(engine.margin(book, model));
    const failing: readonly (() => unknown)[] = [
      () => engine.margin(strict, small),
      () => engine.margin(book, composed([lending])),
      () => engine.explain(book, DRIFT, small),
      () => engine.margin(book, model, { from: 3, to: 1 }),
      () => liquidationPrices(book, 0, model, { factors: ["DOGE"] }),
      () => liquidationPrices(book, "nobody", model),
      () => maxBorrow(book, AAVE, "DOGE", model),
      () => maxPosition(book, DRIFT, "DOGE-PERP", "buy", model),
      () => amountToHealth(book, AAVE, 0, { repay: "USD" }, model),
      () => preTrade(book, [{ pool: DRIFT, instrument: "BTC-PERP", quantity: 1, limitPrice: -1 }], model),
      () => engine.whatIf(book, DRIFT, change({ positions: [{ instrument: "DOGE-PERP", quantity: 1 }] }), model),
      () => exactAccount(lending, packed, DRIFT),
      () => composedRule({ ...preset("house"), breach: "!" }),
    ];
    const thrown = new Set<number>();
    repeat(engine, 2_600, (i) => {
      const which = i % failing.length;
      try {
        failing[which]?.();
      } catch (error) {
        expect(error).toBeInstanceOf(RiskError);
        thrown.add(which);
      }
      if (i % 100 === 0) expect(numbers(engine.margin(book, model))).toBe(first);
    });
    expect([...thrown].sort((a, b) => a - b)).toEqual([...failing.keys()]);
  });

  it("gives back what the tables of a rule take, with the market that they were made against", () => {
    const engine = rulesEngine(kernel);
    const before = state(engine);
    for (let i = 0; i < 100; i++) {
      const resident = engine.loadMarket(market);
      const book = engine.loadBook(packed, resident);
      engine.margin(book, composed(rules));
      engine.margin(book, composed(rules.slice(0, 1 + (i % rules.length))), { from: 0, to: 1 });
      if (i % 2 === 0) book.dispose();
      resident.dispose();
      book.dispose();
      expect(state(engine)).toEqual(before);
    }
  });

  it("is refused beyond the engine's limit, wherever in a margin call that is met, and what fits works on", () => {
    const two = rules.slice(AAVE, AAVE + 1);
    const one = { ...documents, accounts: composedDocuments(two, 1).accounts };
    const tiny = packBook(one.accounts, market);
    let refused = 0;
    let computed = 0;
    const many = packBook(composedDocuments(rules, 1_500).accounts, market);
    const floor = rulesEngine(kernel).memory.size;
    for (let limit = floor; limit < floor + 60 * 65_536 && computed < 3; limit += 65_536) {
      const engine = rulesEngine(kernel, limit);
      const resident = engine.loadMarket(market);
      const before = state(engine);
      try {
        const large = engine.loadBook(many, resident);
        try {
          engine.margin(large, composed(rules));
          computed++;
        } finally {
          large.dispose();
        }
      } catch (error) {
        expect(error).toBeInstanceOf(OutOfMemoryError);
        refused++;
      }
      resident.dispose();
      expect(state(engine).mark).toBe(state(engine).floor);
      expect(state(engine).kept).toBeLessThanOrEqual(before.kept);
      const again = engine.loadMarket(market);
      const book = engine.loadBook(tiny, again);
      const result = engine.margin(book, composed(two));
      expect(result.meta.statuses.ok).toBe(1);
    }
    expect(refused).toBeGreaterThan(0);
    expect(computed).toBeGreaterThan(0);
  });

  it("is not read through a handle that was given back", () => {
    const { engine, resident, book, model } = loaded(kernel);
    engine.margin(book, model);
    book.dispose();
    for (const use of [
      () => engine.margin(book, model),
      () => engine.explain(book, 0, model),
      () => preTrade(book, [{ pool: DRIFT, instrument: "BTC-PERP", quantity: 1 }], model),
    ]) {
      expect(use).toThrow(DisposedError);
    }
    expect(() => composed([])).toThrow(InvalidInputError);
    resident.dispose();
    expect(state(engine)).toEqual(state(rulesEngine(kernel)));
  });
});
