import { describe, expect, it } from "vitest";
import { Engine } from "../src/engine.js";
import { DisposedError } from "../src/errors.js";
import {
  backtest,
  change,
  collateral,
  decomposePool,
  historical,
  isolated,
  liquidation,
  marketCovariance,
  type Range,
  type ResidentBook,
  reconcile,
  sample,
} from "../src/index.js";
import { MAXIMUM_BYTES } from "../src/memory.js";
import { builds } from "./support/builds.js";
import { deskBook, deskHistory } from "./support/desk.js";
import { failure } from "./support/errors.js";
import { flatRule } from "./support/models.js";

const history = deskHistory({ BTC: [0.5, -0.25, 0, -0.5, 0.25, -0.125], ETH: [0.25, -0.5, 0.125, -0.25, 0.5, 0] });
const pools = { long: { balances: { BTC: 2 } }, short: { balances: { BTC: -2, USD: 500 } } };
const model = historical({ holdingPeriod: "PT1H", lookback: null, confidence: 0.8 });

/** The analyses that compute on a book, each as a call on the rows of a range where it takes one. */
const analyses: Readonly<Record<string, (book: ResidentBook, range?: Range) => unknown>> = {
  liquidation: (book, range) => liquidation(book, flatRule, undefined, range),
  "isolated, a rule": (book, range) => isolated(book, collateral(flatRule), range),
  "isolated, a tail": (book, range) => isolated(book, model, range),
  backtest: (book) => backtest(book, model, { window: 2 }),
  decomposePool: (book) => decomposePool(book, "long", model),
};

describe.each(builds)("analyses beside the engine, $build build", (build) => {
  const engine = new Engine(build, MAXIMUM_BYTES);

  it.each(Object.entries(analyses))(
    "%s gives all scratch back and refuses a book that was given back",
    (_, analyse) => {
      const desk = deskBook(engine, pools, history);
      analyse(desk.book);
      const { kept } = engine.memory;
      const mark = engine.memory.kernel.arenaMark();
      analyse(desk.book);
      expect(engine.memory.kernel.arenaMark()).toBe(mark);
      expect(engine.memory.kept).toBe(kept);
      desk[Symbol.dispose]();
      expect(() => analyse(desk.book)).toThrow(DisposedError);
      expect(engine.memory.kept).toBe(0);
    },
  );

  it.each([
    [{ from: -1 }, "range.from"],
    [{ from: 0.5 }, "range.from"],
    [{ to: 3 }, "range.to"],
    [{ from: 2, to: 1 }, "range.to"],
  ])("rows that the book does not have are refused by whatever takes a range: %j", (range, path) => {
    using desk = deskBook(engine, pools, history);
    const calls = [
      () => liquidation(desk.book, flatRule, undefined, range),
      () => isolated(desk.book, model, range),
      () => engine.margin(desk.book, model, range),
    ];
    for (const call of calls) expect(failure(call)).toMatchObject({ name: "InvalidInputError", path });
  });

  it("a pool that the book does not have is refused by id and by row", () => {
    using desk = deskBook(engine, pools, history);
    for (const pool of ["absent", 2, -1, 0.5, Number.NaN]) {
      const calls = [
        () => decomposePool(desk.book, pool, model),
        () => engine.margin(desk.book, model).detail(pool),
        () => engine.explain(desk.book, pool, model),
        () => engine.poolIndex(desk.book, pool),
      ];
      for (const call of calls) expect(failure(call)).toMatchObject({ name: "InvalidInputError", path: "pool" });
    }
    expect(decomposePool(desk.book, 1, model).pool).toBe("short");
  });

  it("an engine refuses the books and markets of another", () => {
    using desk = deskBook(engine, pools, history);
    const other = new Engine(build, MAXIMUM_BYTES);
    const calls = [
      () => other.margin(desk.book, model),
      () => other.explain(desk.book, 0, model),
      () => other.whatIf(desk.book, 0, change({}), model),
      () => other.poolIndex(desk.book, 0),
      () => other.loadBook(desk.book.packed, desk.book.market),
    ];
    for (const call of calls) expect(call).toThrow(DisposedError);
  });

  it("a market that was given back has no covariance, and its books nothing to compare reports with", () => {
    const desk = deskBook(engine, pools, history);
    const { market } = desk.book;
    const result = engine.margin(desk.book, model);
    expect(marketCovariance(market, { estimator: sample() }).rows).toBe(6);
    desk[Symbol.dispose]();
    expect(() => marketCovariance(market, { estimator: sample() })).toThrow(DisposedError);
    expect(() => reconcile(desk.book, result)).toThrow(DisposedError);
  });
});
