import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { covariance } from "../../src/covariance/covariance.js";
import type { CovarianceEstimator } from "../../src/covariance/estimator.js";
import { ewma } from "../../src/covariance/ewma.js";
import { choleskyFactor } from "../../src/covariance/factor.js";
import { ledoitWolf } from "../../src/covariance/ledoit-wolf.js";
import { sample } from "../../src/covariance/sample.js";
import { createEngine } from "../../src/engine.js";
import { NotPositiveDefiniteError } from "../../src/errors.js";
import { tolerance } from "../support/tolerance.js";
import {
  analyticalNonlinear,
  covariancePresent,
  eigenSymmetric,
  ewmaCentred,
  ewmaPresent,
  ledoitWolfDiagonal,
  ledoitWolfSingleFactor,
  oas,
  pairwise,
  quadraticInverse,
  rblw,
  tableReturns,
} from "../../src/numerics/index.js";

const COINS = "../shared/data/crypto_hourly_close_2021_2025/close_1h_usdt.csv.gz";
const HOUR = 3_600_000;
/** Columns with long gaps, and those that are pegged to something else than coins move with. */
const GAPS = ["LUNA", "FTT", "USDC"];
const PEGGED = ["EUR", "PAXG"];

if (!existsSync(COINS)) console.warn(`NOT TESTED: ${COINS} is missing, so no estimators were compared on real prices`);

const ESTIMATORS: readonly { readonly name: string; readonly estimator: CovarianceEstimator }[] = [
  { name: "sample", estimator: sample() },
  { name: "EWMA 0.97", estimator: ewma({ decay: 0.97 }) },
  { name: "ewmaCentred 0.97", estimator: ewmaCentred({ decay: 0.97 }) },
  { name: "ledoitWolf identity", estimator: ledoitWolf({ target: "identity" }) },
  { name: "ledoitWolf constantCorrelation", estimator: ledoitWolf({ target: "constantCorrelation" }) },
  { name: "ledoitWolfDiagonal", estimator: ledoitWolfDiagonal() },
  { name: "ledoitWolfSingleFactor", estimator: ledoitWolfSingleFactor() },
  { name: "oas", estimator: oas() },
  { name: "rblw", estimator: rblw() },
  { name: "analyticalNonlinear", estimator: analyticalNonlinear() },
  { name: "quadraticInverse", estimator: quadraticInverse() },
];
/** Those that have a factor in every window; the intensity of ledoitWolfSingleFactor may be next to 0. */
const DEFINITE = [
  "ledoitWolf identity",
  "ledoitWolf constantCorrelation",
  "ledoitWolfDiagonal",
  "oas",
  "rblw",
  "analyticalNonlinear",
  "quadraticInverse",
];
/** Rows of a window by columns. */
const RATIOS = [0.5, 1, 1.5, 2, 5, 20];

/** Hours after each window over which its portfolio is held. */
const HELD = 168;

interface Prices {
  readonly times: readonly number[];
  readonly names: readonly string[];
  /** one row per time, NaN where a price is missing */
  readonly rows: readonly (readonly number[])[];
}

function read(): Prices {
  const [header = "", ...lines] = gunzipSync(readFileSync(COINS)).toString("utf8").trim().split("\n");
  const cells = lines.map((line) => line.trim().split(","));
  return {
    times: cells.map(([time = ""]) => Date.parse(`${time.replace(" ", "T")}Z`)),
    names: header.trim().split(",").slice(1),
    rows: cells.map(([, ...fields]) => fields.map((field) => (field === "" ? Number.NaN : Number(field)))),
  };
}

/** Hourly returns of some columns, of hours that all have and that follow the hour before. */
function returnsOf({ times, names, rows }: Prices, left: readonly string[]): number[][] {
  const kept = names.map((name, i) => ({ name, i })).filter(({ name }) => !left.includes(name));
  const made: number[][] = [];
  for (let t = 1; t < rows.length; t++) {
    const [before = [], now = []] = [rows[t - 1], rows[t]];
    const row = kept.map(({ i }) => ((now[i] ?? 0) - (before[i] ?? 0)) / (before[i] ?? 0));
    if ((times[t] ?? 0) - (times[t - 1] ?? 0) === HOUR && row.every(Number.isFinite)) made.push(row);
  }
  return made;
}

/** Weights of the portfolio of least variance, Σ⁻¹1 over its sum, by the lower factor of Σ. */
function leastVariance(lower: Float64Array, n: number): Float64Array {
  const w = new Float64Array(n).fill(1);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) w[i] = (w[i] ?? 0) - (lower[i * n + j] ?? 0) * (w[j] ?? 0);
    w[i] = (w[i] ?? 0) / (lower[i * (n + 1)] ?? 0);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) w[i] = (w[i] ?? 0) - (lower[j * n + i] ?? 0) * (w[j] ?? 0);
    w[i] = (w[i] ?? 0) / (lower[i * (n + 1)] ?? 0);
  }
  const total = w.reduce((sum, value) => sum + value, 0);
  return w.map((value) => value / total);
}

interface Outcome {
  readonly windows: number;
  /** windows whose estimate has a factor */
  readonly definite: number;
  /** median condition number over these */
  readonly condition: number;
  /** deviation of the portfolio of least variance over the hours after, per year; null where a window has none */
  readonly volatility: number | null;
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** What an estimator is worth over windows of n rows. */
function outcome(
  x: readonly (readonly number[])[],
  starts: readonly number[],
  n: number,
  estimator: CovarianceEstimator,
): Outcome {
  const p = x[0]?.length ?? 0;
  const conditions: number[] = [];
  const gains: number[] = [];
  for (const end of starts) {
    const values = Float64Array.from(x.slice(end - n, end).flat());
    const { matrix } = covariance(engine, { rows: n, columns: p, values }, estimator);
    try {
      const { lower } = choleskyFactor(engine, p, matrix);
      const { values: spectrum } = eigenSymmetric(engine, p, matrix);
      conditions.push((spectrum[p - 1] ?? Number.NaN) / (spectrum[0] ?? Number.NaN));
      const w = leastVariance(lower, p);
      for (const row of x.slice(end, end + HELD))
        gains.push(row.reduce((sum, value, i) => sum + value * (w[i] ?? 0), 0));
    } catch (error) {
      if (!(error instanceof NotPositiveDefiniteError)) throw error;
    }
  }
  const mean = gains.reduce((sum, value) => sum + value, 0) / gains.length;
  const variance = gains.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (gains.length - 1);
  return {
    windows: starts.length,
    definite: conditions.length,
    condition: median(conditions),
    volatility: conditions.length === starts.length ? Math.sqrt(variance * 365 * 24) : null,
  };
}

const engine = createEngine();

describe.skipIf(!existsSync(COINS))("estimators on hourly closes of coins, 2021 to 2025", () => {
  const prices = existsSync(COINS) ? read() : { times: [], names: [], rows: [] };

  it("beat the sample covariance where there are few rows a column, the linear ones most of all", () => {
    const x = returnsOf(prices, [...GAPS, ...PEGGED]);
    const p = x[0]?.length ?? 0;
    const ends: number[] = [];
    for (let end = 20 * p; end + HELD <= x.length; end += 3 * HELD) ends.push(end);
    expect([p, x.length > 38_000, ends.length > 50]).toEqual([33, true, true]);
    const made = new Map(
      ESTIMATORS.map(({ name, estimator }) => [
        name,
        RATIOS.map((ratio) => outcome(x, ends, Math.round(ratio * p), estimator)),
      ]),
    );
    console.log(tableOf(made, `${p} coins, ${ends.length} windows, each held for ${HELD} hours`));

    const of = (name: string, ratio: number) => {
      const found = made.get(name)?.[RATIOS.indexOf(ratio)];
      if (found === undefined) throw new Error(`${name} at ${ratio}`);
      return found;
    };
    const volatility = (name: string, ratio: number) => of(name, ratio).volatility ?? Number.POSITIVE_INFINITY;
    for (const { name } of ESTIMATORS) {
      const always = RATIOS.every((ratio) => of(name, ratio).definite === ends.length);
      if (DEFINITE.includes(name)) expect(always, name).toBe(true);
    }
    expect([of("sample", 0.5).definite, of("EWMA 0.97", 0.5).definite]).toEqual([0, 0]);
    for (const name of DEFINITE) {
      expect(volatility(name, 1.5), name).toBeLessThan(0.9 * volatility("sample", 1.5));
      for (const ratio of [1.5, 2]) {
        expect(of(name, ratio).condition).toBeLessThan(0.5 * of("sample", ratio).condition);
      }
      // With many rows there is little left to gain.
      expect(Math.abs(volatility(name, 20) / volatility("sample", 20) - 1)).toBeLessThan(0.03);
    }
    // What METHODS.md warns of: as many rows as columns are the worst that these can be given.
    for (const name of ["analyticalNonlinear", "quadraticInverse"]) {
      expect(volatility(name, 1)).toBeGreaterThan(1.3 * volatility("ledoitWolfDiagonal", 1));
    }
  });

  it("take the coins with gaps as they are, each pair over the hours that it has", () => {
    const { times, names, rows } = prices;
    // An hour that is absent for all is a row without prices, so that no return is taken over it.
    const none = names.map(() => Number.NaN);
    const hours = rows.flatMap((row, t) =>
      (times[t] ?? 0) - (times[t - 1] ?? times[t] ?? 0) > HOUR ? [none, row] : [row],
    );
    const table = { rows: hours.length, columns: names.length, values: Float64Array.from(hours.flat()), names };
    const returns = tableReturns(engine, table, { returns: "simple" });
    for (const estimator of [pairwise(), ewmaPresent({ decay: 0.99 }), ewmaPresent({ decay: 0.99, ages: "skip" })]) {
      const found = covariancePresent(engine, returns, estimator);
      const smallest = found.smallestEigenvalue.toPrecision(3);
      console.log(
        `${estimator.key}: ${found.completeRows} of ${found.rows} rows complete, smallest eigenvalue ${smallest}`,
      );
      expect([found.lacking, found.deviations.every((value) => value > 0)]).toEqual([[], true]);
      const [luna, btc] = [names.indexOf("LUNA"), names.indexOf("BTC")];
      expect(found.counts[btc * names.length + btc]).toBe(
        returnsOf(
          prices,
          names.filter((name) => name !== "BTC"),
        ).length,
      );
      const both = returnsOf(
        prices,
        names.filter((name) => name !== "BTC" && name !== "LUNA"),
      );
      expect(found.counts[luna * names.length + btc]).toBe(both.length);
      // Each is worth at least the rows that all have.
      expect(Math.min(...found.counts)).toBeGreaterThanOrEqual(found.completeRows);
    }
    const pairs = covariancePresent(engine, returns, pairwise());
    expect(pairs.indefinite).toBe(false);
    const [btc, eth] = [names.indexOf("BTC"), names.indexOf("ETH")];
    const own = returnsOf(
      prices,
      names.filter((name) => name !== "BTC" && name !== "ETH"),
    );
    const { correlation } = covariance(
      engine,
      { rows: own.length, columns: 2, values: Float64Array.from(own.flat()) },
      sample(),
    );
    const far = Math.abs((pairs.correlation[btc * names.length + eth] ?? Number.NaN) - (correlation[1] ?? 0));
    expect(far).toBeLessThanOrEqual(tolerance.longCovariance);
  });
});

/** What was found, a row an estimator: deviation a year, and the condition number of the estimate. */
function tableOf(made: ReadonlyMap<string, readonly Outcome[]>, title: string): string {
  const width = Math.max(...ESTIMATORS.map(({ name }) => name.length));
  const head = RATIOS.map((ratio) => `n/p ${ratio}`.padStart(22)).join("");
  const lines = [...made].map(([name, outcomes]) => {
    const cells = outcomes.map(({ volatility, condition, definite, windows }) => {
      const shown =
        volatility === null
          ? `${windows - definite} of ${windows} singular`
          : `${(100 * volatility).toFixed(1)} %, ${condition.toPrecision(2)}`;
      return shown.padStart(22);
    });
    return name.padEnd(width) + cells.join("");
  });
  return [
    `${title}: volatility a year of the portfolio of least variance, condition number`,
    " ".repeat(width) + head,
    ...lines,
  ].join("\n");
}
