import { describe, expect, test } from "vitest";
import { ewma } from "../../src/covariance/ewma.js";
import { ledoitWolf } from "../../src/covariance/ledoit-wolf.js";
import { sample } from "../../src/covariance/sample.js";
import { covariance } from "../../src/covariance/covariance.js";
import type { CovarianceEstimator } from "../../src/covariance/estimator.js";
import { Engine } from "../../src/engine.js";
import { InsufficientDataError, InvalidInputError } from "../../src/errors.js";
import { MAXIMUM_BYTES } from "../../src/memory.js";
import { backtest, type BacktestResult } from "../../src/models/backtest.js";
import { historical } from "../../src/models/historical.js";
import { parametric } from "../../src/models/parametric.js";
import { binomialBelow, likelihoodRatio, rollingHistorical, rollingParametric } from "../reference/backtest.js";
import { relativeMoves } from "../reference/historical.js";
import { linesOfPool, totalExposure } from "../reference/lines.js";
import { builds } from "../support/builds.js";
import { deskBook, deskHistory } from "../support/desk.js";
import { plainMarket, plainPacked, random, randomBook } from "../support/random-book.js";
import { columnsOf, randomHistory } from "../support/random-history.js";
import { tolerance } from "../support/tolerance.js";

const Z99 = 2.3263478740408408;
const ROWS = 160;
const WINDOW = 30;

/** A random book whose first pool is tested, with the moves of all its market's factors. */
function inputs(seed: number) {
  const plain = randomBook(seed, 2);
  const market = plainMarket(plain);
  return {
    market,
    packed: plainPacked(plain, market),
    history: randomHistory(seed, market.factors, ROWS, seed % 2 === 0),
  };
}

/** Tests as METHODS.md defines them: disjoint moves of `bars`, and how many observations had ended before each began. */
function plan(seed: number, bars: number, seenBars: number, log: boolean, factors: readonly string[]) {
  const { history } = inputs(seed);
  const closes = columnsOf(history, factors);
  const moves = relativeMoves(history.times, history.interval, closes, bars, { overlapping: false, log: false });
  const seen = relativeMoves(history.times, history.interval, closes, seenBars, { overlapping: true, log });
  const tests = moves.start.flatMap((start, row) => {
    const known = seen.start.filter((begin) => begin + seenBars <= start).length;
    return known < WINDOW ? [] : [{ row, known }];
  });
  return { moves, seen, tests };
}

const profit = (moves: readonly (readonly number[])[], weights: readonly number[]) =>
  Array.from(moves[0] ?? [], (_, t) => weights.reduce((sum, w, i) => sum + w * (moves[i]?.[t] ?? 0), 0));

const engines = builds.map((build) => new Engine(build, MAXIMUM_BYTES));

/** Backtest on every build, which must agree to the bit; the result of the first. */
function tested(seed: number, model: Parameters<typeof backtest>[1]): BacktestResult {
  const { market, packed, history } = inputs(seed);
  const results = engines.map((engine) => {
    const floor = engine.memory.kept;
    const resident = engine.loadMarket(market, { history });
    const book = engine.loadBook(packed, resident);
    const result = backtest(book, model, { window: WINDOW });
    book.dispose();
    resident.dispose();
    expect(engine.memory.kept).toBe(floor);
    return result;
  });
  const [first, ...others] = results;
  if (first === undefined) throw new Error("no build");
  for (const other of others) expect(other).toEqual(first);
  return first;
}

/** The names of the factors that the book moves with, in the market's order, and the first pool's weights in them. */
function exposures(seed: number) {
  const { market, packed } = inputs(seed);
  const both = [0, 1].map((p) => totalExposure(linesOfPool(market, packed, p)));
  const held = new Set<number>();
  for (let p = 0; p < 2; p++)
    for (const line of linesOfPool(market, packed, p)) for (const f of line.exposure.keys()) held.add(f);
  const used = [...held].sort((a, b) => a - b);
  return {
    names: used.map((f) => market.factors[f] ?? ""),
    weights: both.map((pool) => used.map((f) => pool.get(f) ?? 0)),
  };
}

describe("a backtest", () => {
  test("states the VaR of the window before each move, and counts the losses beyond it, on every build", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const { names, weights } = exposures(seed);
      if (names.length === 0) continue;
      const bars = seed % 3 === 0 ? 3 : 1;
      const { moves, seen, tests } = plan(seed, bars, bars, false, names);
      const model = historical({ confidence: 0.9, holdingPeriod: `PT${bars}H`, lookback: null, gaps: "dropRows" });
      const result = tested(seed, model);
      expect(result.tests, `seed ${seed}`).toBe(tests.length);
      weights.forEach((w, p) => {
        const x = profit(seen.moves, w);
        const y = profit(moves.moves, w);
        const risk = rollingHistorical(
          x,
          tests.map(({ known }) => known),
          WINDOW,
          0.9,
        );
        const size = tolerance.exposureRelative * w.reduce((sum, value) => sum + Math.abs(value), 0);
        const margin = tests.map(({ row }, i) => -(y[row] ?? 0) - (risk[i] ?? 0));
        // A loss that is the VaR but for rounding may fall on either side.
        const unclear = margin.filter((value) => Math.abs(value) <= size).length;
        const clear = margin.filter((value) => value > size).length;
        const pool = result.pools[p];
        expect(pool?.exceptions).toBeGreaterThanOrEqual(clear);
        expect(pool?.exceptions).toBeLessThanOrEqual(clear + unclear);
        (pool?.dates ?? new Float64Array(0)).forEach((date, i) => {
          const at = result.times.indexOf(date);
          expect(Math.abs((pool?.valueAtRisk[i] ?? 0) - (risk[at] ?? 0))).toBeLessThanOrEqual(size);
          expect(Math.abs((pool?.losses[i] ?? 0) + (y[tests[at]?.row ?? 0] ?? 0))).toBeLessThanOrEqual(size);
        });
      });
    }
  });

  const weightsOf: Record<string, { estimator: CovarianceEstimator; weight: number[]; centred: boolean }> = {
    sample: { estimator: sample(), weight: Array.from({ length: WINDOW }, () => 1 / (WINDOW - 1)), centred: true },
    ewma: {
      estimator: ewma({ decay: 0.9 }),
      weight: Array.from({ length: WINDOW }, (_, t) => (0.9 ** (WINDOW - 1 - t) * 0.1) / (1 - 0.9 ** WINDOW)),
      centred: false,
    },
    recursive: {
      estimator: ewma({ decay: 0.9, form: "recursive" }),
      weight: Array.from({ length: WINDOW }, (_, t) => 0.9 ** (WINDOW - 1 - t) * (t === 0 ? 1 : 0.1)),
      centred: false,
    },
  };

  test.each(Object.keys(weightsOf))("re-estimates %s on each window", (name) => {
    const { estimator, weight, centred } = weightsOf[name] as (typeof weightsOf)[string];
    for (let seed = 1; seed <= 12; seed++) {
      const { names, weights } = exposures(seed);
      if (names.length === 0) continue;
      const bars = seed % 3 === 0 ? 2 : 1;
      const log = seed % 2 === 1;
      const { seen, tests } = plan(seed, bars, 1, log, names);
      const result = tested(
        seed,
        parametric({
          covariance: estimator,
          holdingPeriod: `PT${bars}H`,
          returns: log ? "log" : "simple",
          gaps: "dropRows",
          confidence: 0.99,
        }),
      );
      expect(result.tests).toBe(tests.length);
      weights.forEach((w, p) => {
        const known = tests.map((t) => t.known);
        const risk = rollingParametric(profit(seen.moves, w), known, weight, centred, Z99 * Math.sqrt(bars));
        const size = tolerance.rollingRelative * w.reduce((sum, value) => sum + Math.abs(value), 0);
        (result.pools[p]?.dates ?? new Float64Array(0)).forEach((date, i) => {
          const at = result.times.indexOf(date);
          expect(Math.abs((result.pools[p]?.valueAtRisk[i] ?? 0) - (risk[at] ?? 0))).toBeLessThanOrEqual(size);
        });
      });
    }
  });

  test("estimates a shrunk covariance in full for each window", () => {
    const seed = 6;
    const { names, weights } = exposures(seed);
    const { seen, tests } = plan(seed, 1, 1, false, names);
    const estimator = ledoitWolf({ target: "constantCorrelation" });
    const result = tested(
      seed,
      parametric({ covariance: estimator, holdingPeriod: "PT1H", gaps: "dropRows", confidence: 0.8 }),
    );
    const [engine] = engines;
    if (engine === undefined) throw new Error("no build");
    let compared = 0;
    weights.forEach((w, p) => {
      const size = tolerance.rollingRelative * w.reduce((sum, value) => sum + Math.abs(value), 0);
      (result.pools[p]?.dates ?? new Float64Array(0)).forEach((date, i) => {
        const known = tests[result.times.indexOf(date)]?.known ?? 0;
        const rows = Array.from({ length: WINDOW }, (_, t) =>
          seen.moves.map((column) => column[known - WINDOW + t] ?? 0),
        );
        const table = { rows: WINDOW, columns: names.length, values: Float64Array.from(rows.flat()) };
        const { matrix } = covariance(engine, table, estimator);
        const squared = w.reduce(
          (sum, a, j) => sum + w.reduce((s, b, k) => s + a * b * (matrix[j * w.length + k] ?? 0), 0),
          0,
        );
        const expected = 0.8416212335729143 * Math.sqrt(squared);
        expect(Math.abs((result.pools[p]?.valueAtRisk[i] ?? 0) - expected)).toBeLessThanOrEqual(size);
        compared++;
      });
    });
    expect(compared).toBeGreaterThan(5);
  });

  const next = random(99);
  const BTC = Array.from({ length: 2200 }, () => Math.round((next() + next() - 1) * 512) / 8192);
  const [engine] = engines;
  if (engine === undefined) throw new Error("no build");
  const model = historical({ holdingPeriod: "PT1H", confidence: 0.95, lookback: null });

  test("does not look ahead: what comes after a move changes nothing that was said before it", () => {
    const run = (moves: readonly number[]) => {
      using desk = deskBook(engine, { long: { balances: { BTC: 1 } } }, deskHistory({ BTC: moves }));
      return backtest(desk.book, model, { window: 100 }).pools[0];
    };
    const whole = run(BTC);
    const crash = run(BTC.map((move, t) => (t < 1500 ? move : -0.5 * ((t % 2) + 0.5) * 0.5)));
    const cut = Date.UTC(2026, 0, 1) + 1500 * 3_600_000;
    const untilCut = (dates: Float64Array | undefined) => [...(dates ?? [])].filter((date) => date <= cut);
    expect(untilCut(crash?.dates)).toEqual(untilCut(whole?.dates));
    expect(untilCut(whole?.dates).length).toBeGreaterThan(30);
    expect([...(crash?.valueAtRisk ?? [])].slice(0, untilCut(whole?.dates).length)).toEqual(
      [...(whole?.valueAtRisk ?? [])].slice(0, untilCut(whole?.dates).length),
    );
  });

  test("judges the count by Kupiec's ratio, the traffic light and a band per year", () => {
    using desk = deskBook(
      engine,
      { long: { balances: { BTC: 1 } } },
      deskHistory({ BTC }, { interval: 3 * 3_600_000 }),
    );
    const result = backtest(desk.book, historical({ holdingPeriod: "PT3H", confidence: 0.95, lookback: null }), {
      window: 100,
    });
    const [pool] = result.pools;
    if (pool === undefined) throw new Error("no pool");
    expect([pool.tests, result.tests, result.times.length]).toEqual([2100, 2100, 2100]);
    expect(pool.rate).toBe(pool.exceptions / 2100);
    const ratio = likelihoodRatio(2100, pool.exceptions, 0.05);
    expect(Math.abs(pool.likelihoodRatio - ratio)).toBeLessThanOrEqual(tolerance.likelihoodRatio(2100, 0.05));
    expect(pool.pValue).toBeGreaterThan(0);
    expect(pool.pValue).toBeLessThanOrEqual(1);
    const below = binomialBelow(pool.exceptions, 2100, 0.05);
    expect(pool.zone).toBe(below < 0.95 ? "green" : below < 0.9999 ? "yellow" : "red");
    expect(pool.years.map(({ year }) => year)).toEqual([2026]);
    const [year] = pool.years;
    expect([year?.tests, year?.exceptions]).toEqual([2100, pool.exceptions]);
    expect(binomialBelow(year?.lower ?? 0, 2100, 0.05)).toBeGreaterThanOrEqual(0.025);
    expect(binomialBelow((year?.lower ?? 0) - 1, 2100, 0.05)).toBeLessThan(0.025);
    expect(binomialBelow(year?.upper ?? 0, 2100, 0.05)).toBeGreaterThanOrEqual(0.975);
    expect(binomialBelow((year?.upper ?? 0) - 1, 2100, 0.05)).toBeLessThan(0.975);
  });

  test("puts 250 tests at 99 % into the zones of the Basel table: yellow from 5 exceptions, red from 10", () => {
    // Quiet, then one loss per exception wanted, each larger than all before it.
    const zones = [0, 4, 5, 9, 10].map((wanted) => {
      const moves = Array.from({ length: 350 }, (_, t) => {
        const nth = Math.floor((t - 120) / 20);
        return t >= 120 && (t - 120) % 20 === 0 && nth < wanted ? -0.01 * (nth + 1) : 0.001 + 1e-6 * t;
      });
      using desk = deskBook(engine, { long: { balances: { BTC: 1 } } }, deskHistory({ BTC: moves }));
      const result = backtest(desk.book, historical({ holdingPeriod: "PT1H", confidence: 0.99, lookback: null }), {
        window: 100,
      });
      return [result.pools[0]?.exceptions, result.pools[0]?.zone];
    });
    expect(zones).toEqual([
      [0, "green"],
      [4, "green"],
      [5, "yellow"],
      [9, "yellow"],
      [10, "red"],
    ]);
  });

  test("starts where it is told to, and needs a window of observations before", () => {
    using desk = deskBook(engine, { long: { balances: { BTC: 1 } } }, deskHistory({ BTC }));
    const from = "2026-02-01T00:00:00Z";
    const result = backtest(desk.book, model, { window: 100, from });
    expect(result.times[0]).toBe(Date.parse(from) + 3_600_000);
    expect(() => backtest(desk.book, model, { window: 2200 })).toThrow(InsufficientDataError);
    for (const options of [
      { window: 1 },
      { window: 2.5 },
      { window: 50, from: "yesterday" },
      { window: 50, until: 1 },
    ]) {
      expect(() => backtest(desk.book, model, options as never), JSON.stringify(options)).toThrow(InvalidInputError);
    }
  });

  test("leaves out a pool that cannot be computed and says why, where the book collects its faults", () => {
    const pools = { a: { balances: { BTC: 1 } }, b: { balances: { NEW: 1 } }, c: {} };
    using desk = deskBook(engine, pools, deskHistory({ BTC }), "collect");
    for (const each of [model, parametric({ holdingPeriod: "PT1H" })]) {
      const result = backtest(desk.book, each, { window: 100 });
      expect(result.pools.map(({ status, tests }) => [status, tests])).toEqual([
        ["ok", 2100],
        ["insufficientData", 0],
        ["ok", 2100],
      ]);
      expect(result.pools[2]?.exceptions).toBe(0);
      expect(result.missingFactors).toEqual(["NEW"]);
    }
  });
});
