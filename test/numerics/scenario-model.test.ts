import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine.js";
import { InsufficientDataError, InvalidInputError, UnsupportedError } from "../../src/errors.js";
import { MAXIMUM_BYTES } from "../../src/memory.js";
import { historical } from "../../src/models/historical.js";
import { STATUSES } from "../../src/models/model.js";
import { decomposePool } from "../../src/models/pool-decomposition.js";
import {
  ageWeighted,
  ageWeightedTail,
  kernelSmoothed,
  kernelSmoothedTail,
  modified,
  modifiedTail,
  type ScenarioResult,
} from "../../src/numerics/index.js";
import { builds } from "../support/builds.js";
import { type DeskPool, deskBook, deskHistory } from "../support/desk.js";
import { numericsOn } from "../support/numerics-builds.js";
import { plainMarket, plainPacked, random, randomBook } from "../support/random-book.js";
import { randomHistory } from "../support/random-history.js";
import { near, tolerance } from "../support/tolerance.js";

const uniform = random(31);
const moves = () => Array.from({ length: 60 }, () => Math.round(64 * (uniform() - 0.45)) / 128);
const [BTC, ETH] = [moves(), moves()];
const history = deskHistory({ BTC, ETH });
const hour = { holdingPeriod: "PT1H", lookback: null, confidence: 0.95 } as const;
const models = [
  modified(hour),
  modified({ ...hour, shortfall: "operational" }),
  ageWeighted(hour),
  kernelSmoothed(hour),
];
const KEYS = ["valueAtRisk", "expectedShortfall"] as const;
const magnitude = (values: ArrayLike<number>) => Array.from(values).reduce((sum, x) => sum + Math.abs(x), 0);

describe.each(builds)("models of observed moves in the $build build", (build) => {
  const engine = new Engine(build, MAXIMUM_BYTES);
  numericsOn(engine.memory);

  function margin<R extends ScenarioResult>(
    pools: Readonly<Record<string, DeskPool>>,
    model: { evaluate(...args: never[]): R },
    from: typeof history | null = history,
  ): R {
    using desk = deskBook(engine, pools, from);
    return engine.margin(desk.book, model as never);
  }

  it("measure the P&L of a pool as the functions measure a sample", () => {
    const pools = {
      long: { balances: { BTC: 2, USD: 50 } },
      spread: { balances: { BTC: 1, ETH: -8 } },
      hedge: { balances: { ETH: 3 }, positions: [{ instrument: "BTC-PERP", quantity: -0.3, entryPrice: 90 }] },
    };
    const exposure = [
      [200, 0],
      [100, -80],
      [-30, 30],
    ];
    const [m, a, k] = [modified(hour), ageWeighted({ ...hour, decay: 0.9 }), kernelSmoothed({ ...hour, smoothing: 2 })];
    const results = { modified: margin(pools, m), age: margin(pools, a), kernel: margin(pools, k) };
    for (const [row, [btc = 0, eth = 0]] of exposure.entries()) {
      const pnl = BTC.map((x, t) => btc * x + eth * (ETH[t] ?? 0));
      const confidence = 0.95;
      const base = modifiedTail(engine, { pnl, confidence });
      const width = kernelSmoothedTail(engine, { pnl, confidence }).bandwidth;
      const expected = {
        modified: base,
        age: ageWeightedTail(engine, { pnl, confidence, decay: 0.9 }),
        kernel: kernelSmoothedTail(engine, { pnl, confidence, bandwidth: 2 * width }),
      };
      for (const name of ["modified", "age", "kernel"] as const) {
        for (const key of KEYS) {
          near(results[name][key][row] ?? Number.NaN, expected[name][key], tolerance.modelled * 300, `${name} ${key}`);
        }
      }
      near(results.modified.deviation[row] ?? 0, base.deviation, tolerance.modelled * 300, "deviation");
      near(results.modified.skewness[row] ?? 0, base.skewness, tolerance.modelled * 100, "skewness");
      near(results.modified.excessKurtosis[row] ?? 0, base.excessKurtosis, tolerance.modelled * 100, "kurtosis");
      expect(results.modified.monotone[row]).toBe(base.monotone ? 1 : 0);
      near(results.kernel.bandwidth[row] ?? 0, 2 * width, tolerance.modelled * 300, "bandwidth");
    }
    expect(results.age.requirement.maintenance).toEqual(results.age.valueAtRisk);
    expect([results.age.observations, results.age.bars, results.age.times.length]).toEqual([60, 1, 60]);
    expect(results.kernel.meta).toMatchObject({
      model: "kernelSmoothed",
      parameters: { smoothing: 2, confidence: 0.95 },
    });
  });

  it("are historical to the bit of its VaR without ageing, and in all without smoothing, over random books", () => {
    for (let seed = 1; seed <= 25; seed++) {
      const plain = randomBook(seed, 4);
      const market = plainMarket(plain);
      const resident = engine.loadMarket(market, { history: randomHistory(seed, market.factors, 60) });
      const book = engine.loadBook(plainPacked(plain, market), resident);
      const base = engine.margin(book, historical(hour));
      const rough = engine.margin(book, kernelSmoothed({ ...hour, smoothing: 0 }));
      for (const key of KEYS) expect(rough[key]).toEqual(base[key]);
      expect(rough.requirement).toEqual(base.requirement);
      expect(rough.status).toEqual(base.status);
      const alike = engine.margin(book, ageWeighted({ ...hour, decay: 1 }));
      expect(alike.valueAtRisk).toEqual(base.valueAtRisk);
      for (const [p, value] of base.expectedShortfall.entries()) {
        near(alike.expectedShortfall[p] ?? 0, value, tolerance.modelled * (1 + Math.abs(value)), `${seed} ${p}`);
      }
      for (const model of models) {
        const result = engine.margin(book, model);
        for (let pool = 0; pool < 4; pool++) {
          const parts = decomposePool(book, pool, model);
          expect(parts.model).toBe(model.name);
          for (const key of KEYS) {
            for (const { total, component } of [parts.lines[key], parts.factors[key]]) {
              const sum = component.reduce((x, y) => x + y, 0);
              near(sum, total, tolerance.componentSum * magnitude(component), `${model.name} ${seed} ${pool} ${key}`);
              const slack = tolerance.componentSum * (1 + magnitude(parts.factors.exposure));
              near(total, result[key][pool] ?? Number.NaN, slack, `${model.name} ${seed} ${pool} ${key} total`);
            }
          }
          if (model.name === "ageWeighted" && parts.worst.length > 0) {
            near(
              parts.worst.reduce((sum, { weight }) => sum + weight, 0),
              1,
              tolerance.modelled,
              "weights",
            );
            expect([...parts.worst].sort((x, y) => x.pnl - y.pnl || x.time - y.time)).toEqual(parts.worst);
          } else expect(parts.worst).toEqual([]);
          const explained = engine.explain(book, pool, model);
          const terms = explained.requirement.reduce((sum, term) => sum + term.maintenance, 0);
          const size = 1 + magnitude(explained.requirement.map((term) => term.maintenance));
          near(terms, result.requirement.maintenance[pool] ?? Number.NaN, tolerance.componentSum * size, "explained");
        }
        expect(result.detail(0)).toEqual(decomposePool(book, 0, model));
        // Every other call gives the same bits, in parts too.
        const part = engine.margin(book, model, { from: 1, to: 3 });
        for (const key of KEYS) expect(part[key]).toEqual(result[key].subarray(1, 3));
      }
      book.dispose();
      resident.dispose();
    }
    expect(engine.memory.kept).toBe(0);
  });

  it("give an empty book no rows and an empty pool zeros, with or without a history; hedges and prices at rest too", () => {
    const hedged = { balances: { BTC: 3 }, positions: [{ instrument: "BTC-PERP", quantity: -3, entryPrice: 100 }] };
    const still = deskHistory({ BTC: BTC.map(() => 0), ETH });
    for (const model of models) {
      for (const from of [history, null]) {
        expect(margin({}, model, from).valueAtRisk.length).toBe(0);
        const result = margin({ empty: {}, cash: { balances: { USD: 5 } } }, model, from);
        for (const column of [result.valueAtRisk, result.expectedShortfall, result.requirement.maintenance]) {
          expect([...column].map((value) => Object.is(value, 0))).toEqual([true, true]);
        }
        expect([...result.healthFactor]).toEqual([Infinity, Infinity]);
      }
      for (const result of [margin({ hedged }, model), margin({ long: { balances: { BTC: 1 } } }, model, still)]) {
        expect(Object.is(result.valueAtRisk[0], 0), model.name).toBe(true);
        expect(Object.is(result.expectedShortfall[0], 0), model.name).toBe(true);
      }
    }
  });

  it("refuse a pool that cannot be computed with every column of its own 0, and name what is missing", () => {
    const order = { id: "o", instrument: "BTC-PERP", quantity: 1, limitPrice: 90, reduceOnly: false };
    const pools = {
      odd: { balances: { BTC: 1 }, orders: [order] },
      lacking: { balances: { NEW: 5 } },
      fine: { balances: { BTC: 1 } },
    };
    for (const model of models) {
      using desk = deskBook(engine, pools, history, "collect");
      const result = engine.margin(desk.book, model as (typeof models)[0]);
      expect([...result.status].map((code) => STATUSES[code])).toEqual(["unsupported", "insufficientData", "ok"]);
      expect([...result.valueAtRisk.subarray(0, 2)]).toEqual([Infinity, Infinity]);
      for (const name of ["deviation", "skewness", "excessKurtosis", "monotone", "bandwidth"] as const) {
        const column = (result as unknown as Record<string, Float64Array | undefined>)[name];
        if (column !== undefined) expect([...column.subarray(0, 2)]).toEqual([0, 0]);
      }
      expect(() => margin(pools, model)).toThrow(UnsupportedError);
      expect(() => margin({ lacking: pools.lacking }, model)).toThrow(/NEW, which pools lacking move with/);
    }
  });

  it("name themselves in their errors, and want as many moves as they need", () => {
    expect(() => margin({ a: { balances: { BTC: 1 } } }, ageWeighted({ ...hour, holdingPeriod: "PT90M" }))).toThrow(
      /^ageWeighted\.holdingPeriod/,
    );
    expect(() => modified({ confidence: 2 })).toThrow(/^modified\.confidence/);
    expect(() => modified({ divisor: "n+1" as "n" })).toThrow(/^modified\.divisor/);
    expect(() => ageWeighted({ decay: 2 })).toThrow(/^ageWeighted\.decay/);
    expect(() => kernelSmoothed({ smoothing: Number.NaN })).toThrow(/^kernelSmoothed\.smoothing/);
    expect(() => kernelSmoothed({ bandwidth: 1 } as never)).toThrow(InvalidInputError);
    const one = deskHistory({ BTC: [0.5] });
    const pools = { a: { balances: { BTC: 1 } } };
    expect(margin(pools, modified(hour), one).valueAtRisk[0]).toBe(-50);
    expect(() => margin(pools, modified({ ...hour, divisor: "n-1" }), one)).toThrow(InsufficientDataError);
    expect(() => margin(pools, modified({ ...hour, lookback: 500 }))).toThrow(InsufficientDataError);
  });

  it("look at moves over the holding period and take the requirement from the chosen measure", () => {
    const pools = { long: { balances: { BTC: 2 } } };
    const model = kernelSmoothed({
      ...hour,
      holdingPeriod: "PT2H",
      overlapping: false,
      measure: "expectedShortfall",
      factors: { initial: 2, maintenance: 1.5 },
    });
    const result = margin(pools, model);
    expect([result.bars, result.observations, result.overlapping]).toEqual([2, 30, false]);
    expect(result.meta.notes.join()).toContain("30 disjoint moves over 2 bars");
    expect(result.requirement.maintenance[0]).toBe(1.5 * (result.expectedShortfall[0] ?? 0));
    expect(result.requirement.initial?.[0]).toBe(2 * (result.expectedShortfall[0] ?? 0));
  });

  it("modified: is not coherent, two pools together need more than apart where each seldom moves, but far", () => {
    const rare = (at: number) =>
      Array.from({ length: 60 }, (_, t) => (t === at ? -0.5 : t === at + 9 ? 0.5 : (t % 5) / 128 - 1 / 64));
    const pools = {
      one: { balances: { BTC: 1 } },
      other: { balances: { ETH: 10 } },
      both: { balances: { BTC: 1, ETH: 10 } },
    };
    const far = deskHistory({ BTC: rare(20), ETH: rare(40) });
    const result = margin(pools, modified({ ...hour, confidence: 0.9 }), far);
    const [one = 0, other = 0, both = 0] = result.valueAtRisk;
    expect(both).toBeGreaterThan(Math.max(0, one) + Math.max(0, other));
    expect([...result.monotone]).toContain(0);
  });
});
