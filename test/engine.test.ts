import { describe, expect, it } from "vitest";
import { packBook } from "../src/book/pack-book.js";
import { createEngine, createEngineAsync } from "../src/engine.js";
import { DisposedError, EnvironmentError } from "../src/errors.js";
import { parseHistory } from "../src/market/parse-history.js";
import { parseMarket } from "../src/market/parse-market.js";
import { collateral } from "../src/models/collateral.js";
import { historical } from "../src/models/historical.js";
import { parseRule } from "../src/models/rule.js";
import { sample } from "../src/sample.js";
import { version } from "../src/version.js";
import { pathOf } from "./support/errors.js";

const documents = sample();
const market = parseMarket(documents.market);
const history = parseHistory(documents.history);
const packed = packBook(documents.accounts, market);
const rules = documents.rules.map((rule) => parseRule(rule));

function desk() {
  const engine = createEngine();
  const resident = engine.loadMarket(market, { history });
  return { engine, resident, book: engine.loadBook(packed, resident) };
}

describe("an engine", () => {
  it("margins a part of a book as it margins the whole", () => {
    const { engine, book } = desk();
    const model = historical({ lookback: 300 });
    const whole = engine.margin(book, model);
    const parts = [engine.margin(book, model, { to: 5 }), engine.margin(book, model, { from: 5 })];
    expect(parts.flatMap((part) => [...part.expectedShortfall])).toEqual([...whole.expectedShortfall]);
    expect(parts.flatMap((part) => [...part.excess.maintenance])).toEqual([...whole.excess.maintenance]);
    expect(parts[1]).toMatchObject({ from: 5, to: packed.poolCount });
  });

  it.each([
    ["range.from", { from: -1 }],
    ["range.to", { to: packed.poolCount + 1 }],
    ["range.to", { from: 3, to: 2 }],
    ["range.from", { from: 0.5 }],
  ])("refuses the rows %s = %o", (path, range) => {
    const { engine, book } = desk();
    expect(pathOf(() => engine.margin(book, collateral(rules), range))).toBe(path);
  });

  it("refuses history that is later than the market's asOf, which nobody knew then", () => {
    const { engine } = desk();
    const times = documents.history.times.map((time, row, all) => (row === all.length - 1 ? market.asOf + 1 : time));
    const ahead = parseHistory({ ...documents.history, times });
    expect(pathOf(() => engine.loadMarket(market, { history: ahead }))).toBe(`history.times[${times.length - 1}]`);
  });

  it("reads live columns without a copy, equal to the copied ones and overwritten by the next call", () => {
    const { engine, book } = desk();
    const copied = engine.margin(book, collateral(rules));
    const live = engine.margin(book, collateral(rules), { live: true });
    expect([...live.excess.maintenance]).toEqual([...copied.excess.maintenance]);
    expect(live.equity.buffer).toBe(engine.memory.kernel.memory.buffer);
    expect(copied.equity.buffer).not.toBe(live.equity.buffer);
    const again = engine.margin(book, collateral(rules), { into: live });
    expect(again.equity.buffer).not.toBe(engine.memory.kernel.memory.buffer);
  });

  it("overwrites the arrays of a result that is given up", () => {
    const { engine, book } = desk();
    const first = engine.margin(book, collateral(rules));
    const second = engine.margin(book, collateral(rules), { into: first });
    expect(second.equity.buffer).toBe(first.equity.buffer);
  });

  it("refuses handles of another engine and handles that were disposed", () => {
    const { engine, resident, book } = desk();
    const other = createEngine();
    expect(() => other.margin(book, collateral(rules))).toThrow(DisposedError);
    expect(() => other.loadBook(packed, resident)).toThrow(DisposedError);
    book.dispose();
    book.dispose();
    expect(() => engine.margin(book, collateral(rules))).toThrow(DisposedError);
    resident.dispose();
    expect(() => engine.loadBook(packed, resident)).toThrow(DisposedError);
    expect(engine.memory.kept).toBe(0);
  });

  it("margins again after prices have changed, as a fresh engine on these prices does", () => {
    const { engine, resident, book } = desk();
    engine.margin(book, collateral(rules));
    const moved = structuredClone(documents.market) as {
      prices: { index?: number; bid?: number; ask?: number; mark?: number }[];
    };
    for (const price of moved.prices) {
      for (const kind of ["index", "bid", "ask", "mark"] as const) {
        if (price[kind] !== undefined) price[kind] = price[kind] * 0.9;
      }
    }
    const lower = parseMarket(moved);
    resident.reprice(lower);
    const fresh = createEngine();
    const there = fresh.loadMarket(lower, { history });
    const expected = fresh.margin(fresh.loadBook(packBook(documents.accounts, lower), there), collateral(rules));
    expect([...engine.margin(book, collateral(rules)).excess.maintenance]).toEqual([...expected.excess.maintenance]);
  });

  it("refuses to reprice with other assets, and keeps the prices it had", () => {
    const { engine, resident, book } = desk();
    const before = engine.margin(book, collateral(rules)).equity;
    const other = parseMarket({
      schema: "margrave/market/1",
      asOf: "2026-11-20T08:00:00Z",
      numeraire: "USD",
      assets: [{ id: "USD" }],
      prices: [],
    });
    expect(pathOf(() => resident.reprice(other))).toBe("market");
    expect([...engine.margin(book, collateral(rules)).equity]).toEqual([...before]);
  });

  it("runs on a kernel that the caller brings, as a module or as bytes, with equal results", async () => {
    const { engine, book } = desk();
    const expected = [...engine.margin(book, collateral(rules)).healthFactor];
    const { builds } = await import("./support/builds.js");
    for (const { module } of builds.filter(({ build }) => build !== "debug")) {
      const brought = await createEngineAsync({ source: module });
      const there = brought.loadMarket(market, { history });
      const result = brought.margin(brought.loadBook(packed, there), collateral(rules));
      expect([...result.healthFactor]).toEqual(expected);
    }
    await expect(createEngineAsync({ source: new Uint8Array([0, 1, 2]) })).rejects.toThrow(EnvironmentError);
    await expect(createEngineAsync({ source: 7 as never })).rejects.toThrow("options.source");
  });

  it.each([
    ["options.maximumBytes", { maximumBytes: 1 }],
    ["options.maximumBytes", { maximumBytes: Number.NaN }],
    ["options.build", { build: "fast" as never }],
  ])("refuses %s = %o", (path, options) => {
    expect(pathOf(() => createEngine(options))).toBe(path);
  });

  it("says of every result which kernel, book and market it comes from", () => {
    const { engine, book } = desk();
    expect(engine.margin(book, collateral(rules)).meta).toMatchObject({
      version,
      kernel: { hash: engine.kernelHash, build: engine.build },
      model: "collateral",
      market: market.hash,
      book: packed.hash,
      statuses: { ok: packed.poolCount },
    });
  });
});
