import { describe, expect, test } from "vitest";
import { ewma } from "../../src/covariance/ewma.js";
import { fixed } from "../../src/covariance/fixed.js";
import { sample } from "../../src/covariance/sample.js";
import { Engine } from "../../src/engine.js";
import { InsufficientDataError, InvalidInputError, UnsupportedError } from "../../src/errors.js";
import { MAXIMUM_BYTES } from "../../src/memory.js";
import { historical } from "../../src/models/historical.js";
import { STATUSES } from "../../src/models/model.js";
import { parametric } from "../../src/models/parametric.js";
import { reconcile } from "../../src/models/reconcile.js";
import { builds } from "../support/builds.js";
import { type DeskPool, deskBook, deskHistory, deskMarket } from "../support/desk.js";

const BTC = [0.5, -0.25, 0, -0.5, 0.25, -0.125, 0.5, 0, 0.25, -0.25];
const ETH = [0.25, -0.5, 0.125, -0.25, 0.5, 0, -0.125, 0.25, 0, -0.5];
const history = deskHistory({ BTC, ETH });
const hour = { holdingPeriod: "PT1H", lookback: null } as const;
const models = {
  historical: historical({ ...hour, confidence: 0.8 }),
  parametric: parametric({ ...hour, covariance: sample() }),
};

describe.each(builds)("the risk models of the $build build", (build) => {
  const engine = new Engine(build, MAXIMUM_BYTES);

  function margin<R extends typeof models.historical | typeof models.parametric>(
    pools: Readonly<Record<string, DeskPool>>,
    model: R,
    from = history,
  ): ReturnType<R["evaluate"]> {
    using desk = deskBook(engine, pools, from);
    return engine.margin(desk.book, model as never) as ReturnType<R["evaluate"]>;
  }

  test("historical: the second worst of ten moves is the VaR at 80 %, the mean of the worst two the ES", () => {
    const result = margin(
      { long: { balances: { BTC: 2 } }, short: { balances: { BTC: -2, USD: 500 } } },
      models.historical,
    );
    // 200 long: moves of −50 % and −25 %. 200 short: +50 % twice.
    expect([...result.valueAtRisk]).toEqual([50, 100]);
    expect([...result.expectedShortfall]).toEqual([75, 100]);
    expect([...result.equity]).toEqual([200, 300]);
    expect([...result.requirement.maintenance]).toEqual([50, 100]);
    expect([...result.excess.maintenance]).toEqual([150, 200]);
    expect([...result.healthFactor]).toEqual([200 / 50, 500 / 300]);
    expect(result.observations).toBe(10);
    expect([...result.times]).toEqual(Array.from(history.times.subarray(1)));
  });

  test("parametric: a covariance of one factor is the variance of its moves, scaled by the square root of time", () => {
    const covariance = fixed({ factors: ["BTC"], matrix: [[0.0004]] });
    const pools = { long: { balances: { BTC: 2 } } };
    const one = margin(pools, parametric({ ...hour, covariance }));
    const four = margin(pools, parametric({ ...hour, covariance, holdingPeriod: "PT4H" }));
    expect(one.deviation[0]).toBe(4);
    expect(four.deviation[0]).toBe(8);
    expect([one.scaled, four.scaled]).toEqual([null, "sqrt(h)"]);
    expect(four.meta.notes.join()).toContain("square root of 4");
    expect((one.valueAtRisk[0] ?? 0) / 4).toBeCloseTo(2.3263478740408408, 14);
  });

  test("give an empty book no rows, and an empty pool zeros, with or without a history", () => {
    for (const model of Object.values(models)) {
      for (const from of [history, null]) {
        using none = deskBook(engine, {}, from);
        expect(engine.margin(none.book, model as typeof models.historical).valueAtRisk.length).toBe(0);
        using empty = deskBook(engine, { empty: {}, cash: { balances: { USD: 5 } } }, from);
        const result = engine.margin(empty.book, model as typeof models.historical);
        for (const column of [result.valueAtRisk, result.expectedShortfall, result.requirement.maintenance]) {
          expect([...column].map((value) => Object.is(value, 0))).toEqual([true, true]);
        }
        expect([...result.healthFactor]).toEqual([Infinity, Infinity]);
        expect([...result.status]).toEqual([0, 0]);
      }
    }
  });

  test("need nothing for a book that is hedged to zero, nor for prices that never moved", () => {
    const hedged = {
      hedged: { balances: { BTC: 3 }, positions: [{ instrument: "BTC-PERP", quantity: -3, entryPrice: 100 }] },
    };
    const still = deskHistory({ BTC: BTC.map(() => 0), ETH });
    for (const model of Object.values(models)) {
      for (const result of [margin(hedged, model), margin({ long: { balances: { BTC: 1 } } }, model, still)]) {
        expect(Object.is(result.valueAtRisk[0], 0), model.name).toBe(true);
        expect(Object.is(result.expectedShortfall[0], 0), model.name).toBe(true);
        expect(result.requirement.maintenance[0]).toBe(0);
      }
    }
  });

  test("floor the requirement at zero and the VaR not: a book that gained in every scenario has a negative one", () => {
    const rising = deskHistory({ BTC: [0.25, 0.5, 0.125] });
    const result = margin({ long: { balances: { BTC: 1 } } }, models.historical, rising);
    expect(result.valueAtRisk[0]).toBe(-12.5);
    expect(result.requirement.maintenance[0]).toBe(0);
  });

  test("take the requirement from the chosen measure and scale it per level", () => {
    const pools = { long: { balances: { BTC: 2 } } };
    const options = {
      ...hour,
      confidence: 0.8,
      measure: "expectedShortfall",
      factors: { initial: 2, maintenance: 1.5 },
    } as const;
    const result = margin(pools, historical(options));
    expect(result.requirement.initial?.[0]).toBe(150);
    expect(result.requirement.maintenance[0]).toBe(112.5);
    expect(result.excess.initial?.[0]).toBe(50);
  });

  test("look at moves over the holding period, overlapping or not, and say which", () => {
    const pools = { long: { balances: { BTC: 1 } } };
    const two = { ...hour, holdingPeriod: "PT2H", confidence: 0.99 } as const;
    const overlapping = margin(pools, historical(two));
    const disjoint = margin(pools, historical({ ...two, overlapping: false }));
    expect(overlapping.observations).toBe(9);
    expect(disjoint.observations).toBe(5);
    expect(overlapping.valueAtRisk[0]).toBe(50);
    expect(disjoint.valueAtRisk[0]).toBe(50);
    expect(overlapping.meta.notes.join()).toContain("9 overlapping moves over 2 bars");
    expect(disjoint.meta.notes.join()).toContain("5 disjoint moves over 2 bars");
  });

  test("refuse a holding period that is not a whole number of bars, naming both", () => {
    for (const model of [historical({ holdingPeriod: "PT90M" }), parametric({ holdingPeriod: "PT90M" })]) {
      const attempt = () => margin({ long: { balances: { BTC: 1 } } }, model as typeof models.historical);
      expect(attempt).toThrow(InvalidInputError);
      expect(attempt).toThrow(/holdingPeriod.*3600 seconds.*PT90M/);
    }
  });

  test("name the factors without history and the pools that hold them, or leave them out on request and say so", () => {
    const pools = { a: { balances: { BTC: 1 } }, b: { balances: { BTC: 1, NEW: 5 } } };
    for (const [name, model] of Object.entries(models)) {
      const attempt = () => margin(pools, model);
      expect(attempt).toThrow(InsufficientDataError);
      expect(attempt).toThrow(/NEW, which pools b move with/);
      const dropping =
        name === "historical" ? historical({ ...hour, missing: "drop" }) : parametric({ ...hour, missing: "drop" });
      const result = margin(pools, dropping as typeof models.historical);
      expect(result.valueAtRisk[1]).toBe(result.valueAtRisk[0]);
      expect(result.equity[1]).toBe(110);
      expect(result.missingFactors).toEqual(["NEW"]);
      expect(result.meta.notes.join()).toContain("exposures to NEW are left out");
    }
  });

  test("fail only the pools that hold a factor without history, where the book collects its faults", () => {
    const pools = { a: { balances: { BTC: 1 } }, b: { balances: { BTC: 1, NEW: 5 } }, c: { balances: { NEW: 1 } } };
    using desk = deskBook(engine, pools, history, "collect");
    for (const model of Object.values(models)) {
      const result = engine.margin(desk.book, model as typeof models.historical);
      expect([...result.status].map((status) => STATUSES[status])).toEqual([
        "ok",
        "insufficientData",
        "insufficientData",
      ]);
      expect(result.valueAtRisk[0]).toBeGreaterThan(0);
      expect([...result.valueAtRisk.subarray(1)]).toEqual([Infinity, Infinity]);
      expect([...result.requirement.maintenance.subarray(1)]).toEqual([Infinity, Infinity]);
      expect([...result.eligible.maintenance.subarray(1)]).toEqual([0, 0]);
      expect([...result.excess.maintenance.subarray(1)]).toEqual([-Infinity, -Infinity]);
      expect([...result.healthFactor.subarray(1)]).toEqual([0, 0]);
      expect([...result.equity]).toEqual([100, 110, 2]);
      expect(result.meta.statuses).toEqual({ ok: 1, stalePrice: 0, unsupported: 0, insufficientData: 2 });
    }
  });

  test("of a book all of whose exposures lack a history fail every pool, or drop everything on request", () => {
    using desk = deskBook(engine, { a: { balances: { NEW: 1 } } }, history, "collect");
    expect([...engine.margin(desk.book, models.historical).status]).toEqual([3]);
    for (const model of [historical({ ...hour, missing: "drop" }), parametric({ ...hour, missing: "drop" })]) {
      const result = engine.margin(desk.book, model as typeof models.historical);
      expect([result.status[0], result.valueAtRisk[0], result.healthFactor[0]]).toEqual([0, 0, Infinity]);
    }
  });

  test("refuse a missing close, or pass its moves over and count them; collected, only its holders fail", () => {
    const gappy = deskHistory({ BTC, ETH }, { gap: ["ETH", 5] });
    const pools = { a: { balances: { BTC: 1 } }, b: { balances: { BTC: 1, ETH: 1 } } };
    for (const name of ["historical", "parametric"] as const) {
      expect(() => margin(pools, models[name], gappy)).toThrow(InvalidInputError);
      expect(() => margin(pools, models[name], gappy)).toThrow(/ETH.*dropRows/);
      const options = { ...hour, gaps: "dropRows" } as const;
      const dropping = name === "historical" ? historical(options) : parametric(options);
      const result = margin(pools, dropping as typeof models.historical, gappy);
      expect([result.observations, result.droppedRows]).toEqual([8, 2]);
      using desk = deskBook(engine, pools, gappy, "collect");
      const collected = engine.margin(desk.book, models[name] as typeof models.historical);
      expect([...collected.status]).toEqual([0, 3]);
      expect(collected.observations).toBe(10);
    }
    // Before the window that is looked at, a gap does not matter.
    using desk = deskBook(engine, pools, gappy, "collect");
    expect([...engine.margin(desk.book, historical({ ...hour, lookback: 4 })).status]).toEqual([0, 0]);
    expect([...engine.margin(desk.book, historical({ ...hour, lookback: 5 })).status]).toEqual([0, 3]);
  });

  test("never take a return over an hour that is absent", () => {
    const absent = deskHistory({ BTC, ETH }, { times: (times) => times.map((t, i) => (i < 5 ? t : t + 3_600_000)) });
    const result = margin({ long: { balances: { BTC: 1 } } }, models.historical, absent);
    expect(result.observations).toBe(9);
    expect(result.meta.notes.join()).toContain("1 jumps");
  });

  test("read a history in USDT as dollars where the market says that it is pegged, and say so", () => {
    const tether = deskHistory({ BTC, ETH }, { in: "USDT" });
    const pools = { long: { balances: { BTC: 1 } } };
    for (const model of Object.values(models)) {
      expect(margin(pools, model, tether).meta.notes.join()).toContain("USDT");
      expect(() => margin(pools, model, deskHistory({ BTC }, { in: "EUR" }))).toThrow(/history.in/);
    }
  });

  test("refuse orders by their place, or ignore them when told to", () => {
    const order = { id: "o1", instrument: "BTC-PERP", quantity: 1, limitPrice: 90, reduceOnly: false };
    const pools = { plain: { balances: { BTC: 1 } }, ordered: { balances: { BTC: 1 }, orders: [order] } };
    for (const [name, model] of Object.entries(models)) {
      expect(() => margin(pools, model)).toThrow(UnsupportedError);
      expect(() => margin(pools, model)).toThrow("accounts[0].pools[1].orders");
      using desk = deskBook(engine, pools, history, "collect");
      expect([...engine.margin(desk.book, model as typeof models.historical).status]).toEqual([0, 2]);
      const told =
        name === "historical"
          ? historical({ ...hour, ignores: ["orders"] })
          : parametric({ ...hour, ignores: ["orders"] });
      const result = margin(pools, told as typeof models.historical);
      expect(result.valueAtRisk[1]).toBe(result.valueAtRisk[0]);
    }
  });

  test("refuse a holding whose price went missing rather than value it at nothing", () => {
    const pools = { odd: { balances: { ETH: 1 } }, even: { balances: { BTC: 1 } } };
    using collected = deskBook(engine, pools, history, "collect");
    using thrown = deskBook(engine, pools, history);
    const market = engine.loadMarket(deskMarket(["ETH"]), { history });
    const book = engine.loadBook(collected.book.packed, market);
    const strict = engine.loadBook(thrown.book.packed, market);
    for (const model of Object.values(models)) {
      const result = engine.margin(book, model as typeof models.historical);
      expect([...result.status]).toEqual([3, 0]);
      expect([...result.equity]).toEqual([0, 100]);
      expect(() => engine.margin(strict, model as typeof models.historical)).toThrow(/pools\[0\].*prices of ETH/);
    }
    for (const handle of [strict, book, market]) handle.dispose();
  });

  test("write into the arrays of an earlier result where these are given up", () => {
    using desk = deskBook(engine, { a: { balances: { BTC: 1 } } }, history);
    for (const model of Object.values(models) as (typeof models.historical)[]) {
      const first = engine.margin(desk.book, model);
      const second = engine.margin(desk.book, model, { into: first });
      expect(second.valueAtRisk.buffer).toBe(first.valueAtRisk.buffer);
      expect(engine.margin(desk.book, model).valueAtRisk.buffer).not.toBe(first.valueAtRisk.buffer);
    }
  });

  test("compute a part of the rows as the whole would", () => {
    const pools = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`p${i}`, { balances: { BTC: i - 4, ETH: i } }]),
    );
    using desk = deskBook(engine, pools, history);
    for (const model of Object.values(models)) {
      const whole = engine.margin(desk.book, model as typeof models.historical);
      const part = engine.margin(desk.book, model as typeof models.historical, { from: 3, to: 7 });
      expect([part.from, part.to]).toEqual([3, 7]);
      for (const column of ["valueAtRisk", "expectedShortfall", "equity", "healthFactor", "status"] as const) {
        expect([...part[column]]).toEqual([...whole[column].subarray(3, 7)]);
      }
    }
  });

  test("ask for as many moves as they were told to look at", () => {
    const attempt = () => margin({ long: { balances: { BTC: 1 } } }, historical({ holdingPeriod: "PT1H" }));
    expect(attempt).toThrow(InsufficientDataError);
    expect(attempt).toThrow(/500 returns.*got 10/);
  });

  test("leave the engine usable and its memory at the floor after a thousand refusals", () => {
    const pools = { a: { balances: { NEW: 1 } } };
    const floor = engine.memory.kept;
    const top = engine.memory.kernel.arenaMark();
    for (let i = 0; i < 500; i++)
      for (const model of Object.values(models)) expect(() => margin(pools, model)).toThrow();
    expect([engine.memory.kept, engine.memory.kernel.arenaMark()]).toEqual([floor, top]);
    expect(margin({ a: { balances: { BTC: 1 } } }, models.historical).valueAtRisk[0]).toBe(25);
  });

  test("reconcile puts ours beside what the venue reported, in its asset", () => {
    const reported = [
      { pool: "a", asOf: "2026-11-20T07:59:00Z", asset: "BTC", equity: "1.5", initial: "0", maintenance: "0.5" },
    ];
    using desk = deskBook(engine, { a: { balances: { BTC: 2 } } }, history, "throw", reported);
    const [row] = reconcile(desk.book, engine.margin(desk.book, models.historical));
    expect(row?.age).toBe(60_000);
    expect(row?.equity).toEqual({ ours: 2, reported: 1.5, absolute: 0.5, relative: 0.5 / 1.5 });
    expect(row?.initial).toEqual({ ours: 0.5, reported: 0, absolute: 0.5, relative: null });
    expect(row?.maintenance).toEqual({ ours: 0.5, reported: 0.5, absolute: 0, relative: 0 });
  });
});

describe("the factories", () => {
  test("refuse an option that is unknown or out of range, by its path", () => {
    for (const [path, options] of [
      ["confidence", { confidence: 0 }],
      ["confidence", { confidence: 1 }],
      ["confidence", { confidence: 1.5 }],
      ["confidence", { confidence: Number.NaN }],
      ["lookback", { lookback: 0 }],
      ["lookback", { lookback: 2.5 }],
      ["holdingPeriod", { holdingPeriod: "1D" }],
      ["gaps", { gaps: "carry" }],
      ["measure", { measure: "var" }],
      ["factors.initial", { factors: { initial: 0.5, maintenance: 1 } }],
      ["factors.maintenance", { factors: { initial: 1, maintenance: -1 } }],
      ["missing", { missing: "ignore" }],
      ["ignores[0]", { ignores: ["everything"] }],
      ["horizon", { horizon: 1 }],
    ] as const) {
      for (const [name, make] of [
        ["historical", historical],
        ["parametric", parametric],
      ] as const) {
        const attempt = () => make(options as never);
        expect(attempt, path).toThrow(InvalidInputError);
        expect(attempt).toThrow(`${name}.${path}`);
      }
    }
    expect(() => historical({ overlapping: 1 } as never)).toThrow("historical.overlapping");
    expect(() => parametric({ covariance: "ewma" } as never)).toThrow("parametric.covariance");
    expect(() => parametric({ returns: "relative" } as never)).toThrow("parametric.returns");
  });

  test("take their defaults from nowhere else than the documents", () => {
    expect(historical().options).toMatchObject({
      confidence: 0.99,
      lookback: 500,
      holdingPeriod: "P1D",
      measure: "valueAtRisk",
    });
    expect(parametric().options.covariance.key).toBe(ewma({ decay: 0.97 }).key);
  });
});
