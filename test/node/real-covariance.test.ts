import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ResidentMarket } from "../../src/book/resident.js";
import { marketCovariance } from "../../src/covariance/covariance.js";
import { ewma } from "../../src/covariance/ewma.js";
import { ledoitWolf } from "../../src/covariance/ledoit-wolf.js";
import { residentReturns } from "../../src/covariance/returns.js";
import { sample } from "../../src/covariance/sample.js";
import { parseHistory } from "../../src/market/parse-history.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { ewmaNormalised, ledoitWolf as plainLedoitWolf, sampleCovariance } from "../reference/covariance.js";
import { builds, freshMemory } from "../support/builds.js";
import { near, tolerance } from "../support/tolerance.js";

const COINS = "../shared/data/crypto_hourly_close_2021_2025/close_1h_usdt.csv.gz";
const STOCKS = "../shared/data/equity_daily_us_1990_2022/sp500_20_stocks_close.csv.gz";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

for (const file of [COINS, STOCKS]) {
  if (!existsSync(file)) console.warn(`NOT TESTED: ${file} is missing, so no covariance of real prices was computed`);
}

/** A wide CSV as columns, NaN where a field is empty. */
function wide(file: string): { times: number[]; names: string[]; columns: number[][] } {
  const [header = "", ...lines] = gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n");
  const names = header.trim().split(",").slice(1);
  const columns = names.map(() => new Array<number>(lines.length));
  const times = lines.map((line, t) => {
    const [time = "", ...fields] = line.trim().split(",");
    for (const [c, column] of columns.entries()) column[t] = fields[c] ? Number(fields[c]) : Number.NaN;
    return Date.parse(`${time.replace(" ", "T")}${time.length > 10 ? "Z" : "T00:00:00Z"}`);
  });
  return { times, names, columns };
}

function loaded(
  { times, names, columns }: ReturnType<typeof wide>,
  currency: string,
  interval: number,
  build = builds[0]!,
): ResidentMarket {
  const market = parseMarket({
    schema: "margrave/market/1",
    asOf: "2026-11-20T08:00:00Z",
    numeraire: currency,
    assets: [{ id: currency }, ...names.map((id) => ({ id }))],
    prices: names.map((of) => ({ of, in: currency, index: 1 })),
    instruments: [],
  });
  const closes = Float64Array.from(columns.flat());
  const history = parseHistory({ times, columns: names, closes, interval, in: currency });
  return new ResidentMarket(freshMemory(build), market, history);
}

/** One-bar returns of all columns, row by row, by looking at every pair of bars. */
function plainReturns({ times, columns }: ReturnType<typeof wide>, interval: number) {
  const rows: number[][] = [];
  const ends: number[] = [];
  for (let t = 1; t < times.length; t++) {
    const row = columns.map((column) => (column[t]! - column[t - 1]!) / column[t - 1]!);
    if (times[t]! - times[t - 1]! > interval || row.some(Number.isNaN)) continue;
    rows.push(row);
    ends.push(times[t]!);
  }
  return { rows, ends };
}

/** Symmetric to the bit, and positive definite once a hair is added to the diagonal of the correlations. */
function expectCovariance(
  market: ResidentMarket,
  { matrix, correlation }: { matrix: Float64Array; correlation: Float64Array },
) {
  const n = Math.sqrt(matrix.length);
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) expect(matrix[i * n + j]).toBe(matrix[j * n + i]);
  const { memory } = market;
  const status = memory.scope(() => {
    const raised = correlation.map((value, i) => (i % (n + 1) === 0 ? value + tolerance.semidefinite : value));
    return memory.kernel.cholesky(n, memory.copy(raised));
  });
  expect(status).toBe(0);
}

function expectNear(ours: Float64Array, theirs: readonly (readonly number[])[], allowed: number) {
  const n = theirs.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const scale = Math.sqrt(theirs[i]![i]! * theirs[j]![j]!);
      near(ours[i * n + j]!, theirs[i]![j]!, allowed * scale, `element ${i}, ${j}`);
    }
  }
}

describe.skipIf(!existsSync(COINS))("38 coins, hourly, 2021 to 2025", () => {
  const data = wide(COINS);
  const market = loaded(data, "USDT", HOUR);
  const all = market.market.factors.map((_, i) => i);
  const GAP = { from: Date.parse("2022-05-13T00:00:00Z"), to: Date.parse("2022-05-31T06:00:00Z") };

  it("are all there", () => {
    expect([data.names.length, data.times.length]).toEqual([38, 38_972]);
  });

  it("never yield a return over the gap between the old LUNA and the new", () => {
    const luna = data.names.indexOf("LUNA");
    for (const bars of [1, 24]) {
      for (const factors of [[market.market.factorIndex("LUNA")], all]) {
        const { times, rows, at } = residentReturns(market, {
          factors,
          returns: "simple",
          bars,
          overlapping: true,
          gaps: "dropRows",
          lookback: null,
        });
        expect(rows).toBeGreaterThan(20_000);
        const over = Array.from(times).filter((end) => end >= GAP.to && end - bars * HOUR <= GAP.from);
        expect(over).toEqual([]);
        expect(Array.from(times).filter((end) => end > GAP.from && end < GAP.to)).toEqual([]);
        const largest = Math.max(...market.memory.f64(at + 8 * rows * (factors.length === 1 ? 0 : luna), rows));
        expect(largest).toBeLessThan(tolerance.largestLunaReturn);
      }
    }
  });

  it("are refused with gaps, naming the first missing coin and hour", () => {
    const first = data.times.findIndex((_, t) => data.columns.some((column) => Number.isNaN(column[t]!)));
    const coin = data.names.find((_, c) => Number.isNaN(data.columns[c]![first]!));
    const hour = new Date(data.times[first]!).toISOString();
    const refuse = () => marketCovariance(market, { estimator: sample() });
    expect(refuse).toThrow(`history.closes["${coin}"] must be present at ${hour}`);
  });

  it("have the covariance that plain sums over the complete rows give, for every estimator", () => {
    const { rows, ends } = plainReturns(data, HOUR);
    const result = marketCovariance(market, { estimator: sample(), gaps: "dropRows" });
    expect(result.names).toEqual(data.names);
    expect([result.rows, result.to]).toEqual([rows.length, ends.at(-1)]);
    expect(result.jumps).toBe(data.times.filter((time, t) => t > 0 && time - data.times[t - 1]! > HOUR).length);
    expect(result.rows + result.dropped + result.jumps).toBe(data.times.length - 1);
    expectNear(result.matrix, sampleCovariance(rows, rows.length - 1), tolerance.longCovariance);
    expectCovariance(market, result);
    const weighted = marketCovariance(market, { estimator: ewma({ decay: 0.97 }), gaps: "dropRows" });
    expectNear(weighted.matrix, ewmaNormalised(rows.slice(-2000), 0.97), tolerance.covariance);
    expectCovariance(market, weighted);
    const shrunk = marketCovariance(market, { estimator: ledoitWolf(), gaps: "dropRows", lookback: 300 });
    const expected = plainLedoitWolf(rows.slice(-300), "identity", 300);
    expect(Math.abs((shrunk.shrinkage ?? -1) - expected.shrinkage)).toBeLessThanOrEqual(tolerance.shrinkage);
    expectNear(shrunk.matrix, expected.matrix, tolerance.shrinkage);
    expectCovariance(market, shrunk);
  });

  it("have the same covariance to the bit on every build", () => {
    const hashes = builds.map((build) => {
      const own = loaded(data, "USDT", HOUR, build);
      const { matrix } = marketCovariance(own, { estimator: sample(), gaps: "dropRows", returns: "log" });
      return new Uint32Array(matrix.buffer).join();
    });
    expect(new Set(hashes).size).toBe(1);
  });
});

describe.skipIf(!existsSync(STOCKS))("20 stocks, daily, 1990 to 2022", () => {
  const sessions = wide(STOCKS);

  it("yield no return over a weekend when a bar is a day of the calendar", () => {
    const market = loaded(sessions, "USD", DAY);
    const result = marketCovariance(market, { estimator: sample() });
    expect(result.rows + result.jumps).toBe(sessions.times.length - 1);
    expect(result.jumps).toBeGreaterThan(1_600);
  });

  it("have the covariance that plain sums give when a bar is a session", () => {
    const numbered = { ...sessions, times: sessions.times.map((_, t) => t * DAY) };
    const market = loaded(numbered, "USD", DAY);
    const { rows } = plainReturns(numbered, DAY);
    for (const [estimator, expected] of [
      [sample(), sampleCovariance(rows, rows.length - 1)],
      [ewma({ decay: 0.94 }), ewmaNormalised(rows.slice(-1000), 0.94)],
    ] as const) {
      const result = marketCovariance(market, { estimator });
      expect(result.rows).toBe(8_313 - 1);
      expectNear(result.matrix, expected, tolerance.longCovariance);
      expectCovariance(market, result);
    }
  });
});
