import { describe, expect, it } from "vitest";
import { ResidentMarket } from "../../src/book/resident.js";
import { marketCovariance, residentCovariance } from "../../src/covariance/covariance.js";
import { ewma } from "../../src/covariance/ewma.js";
import { fixed } from "../../src/covariance/fixed.js";
import { ledoitWolf } from "../../src/covariance/ledoit-wolf.js";
import { type ReturnOptions, residentReturns } from "../../src/covariance/returns.js";
import { sample } from "../../src/covariance/sample.js";
import { InsufficientDataError, InvalidInputError } from "../../src/errors.js";
import { parseHistory } from "../../src/market/parse-history.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { sampleCovariance } from "../reference/covariance.js";
import { builds, freshMemory } from "../support/builds.js";
import { random } from "../support/random-book.js";
import { tolerance } from "../support/tolerance.js";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);
const IDS = ["BTC", "ETH", "SOL"];

const market = parseMarket({
  schema: "margrave/market/1",
  asOf: "2026-11-20T08:00:00Z",
  numeraire: "USD",
  assets: [{ id: "USD" }, { id: "USDT", peg: { to: "USD", ratio: 1 } }, ...IDS.map((id) => ({ id })), { id: "OLD" }],
  prices: [...IDS, "OLD", "USDT"].map((of) => ({ of, in: "USD", index: 1 })),
  instruments: [],
});

/** Closes that wander, with the given bars missing for one column or absent for all. */
function history(bars: number, { missing = [], absent = [] }: { missing?: number[]; absent?: number[] } = {}) {
  const next = random(bars);
  const kept = Array.from({ length: bars }, (_, t) => t).filter((t) => !absent.includes(t));
  const columns = IDS.map((_, c) => {
    let price = 100;
    const all = Array.from({ length: bars }, (_, t) => {
      price *= 0.99 + 0.02 * next();
      return c === 1 && missing.includes(t) ? Number.NaN : price;
    });
    return kept.map((t) => all[t] ?? Number.NaN);
  });
  const times = kept.map((t) => START + t * HOUR);
  const closes = Float64Array.from(columns.flat());
  return { columns, times, parsed: parseHistory({ times, columns: IDS, closes, interval: HOUR, in: "USD" }) };
}

function resident(source: ReturnType<typeof history>["parsed"] | null) {
  return new ResidentMarket(freshMemory(builds[0]!), market, source);
}

const factors = IDS.map((id) => market.factorIndex(id));
const options: ReturnOptions = {
  factors,
  returns: "simple",
  bars: 1,
  overlapping: true,
  gaps: "reject",
  lookback: null,
};

function read(loaded: ResidentMarket, changes: Partial<ReturnOptions>) {
  const result = residentReturns(loaded, { ...options, ...changes });
  const count = (changes.factors ?? factors).length;
  const flat = loaded.memory.f64(result.at, count * result.rows);
  const columns = Array.from({ length: count }, (_, j) =>
    Array.from(flat.subarray(j * result.rows, (j + 1) * result.rows)),
  );
  return { ...result, columns };
}

describe("residentReturns", () => {
  it("holds the returns of each factor in the order asked for, newest last, with the times they end at", () => {
    const { parsed, columns, times } = history(50);
    const loaded = resident(parsed);
    const order = [factors[2]!, factors[0]!];
    const { columns: ours, rows, times: ends } = read(loaded, { factors: order });
    expect(rows).toBe(49);
    expect(Array.from(ends)).toEqual(times.slice(1));
    expect(ours).toEqual(
      [2, 0].map((c) => columns[c]!.slice(1).map((b, t) => (b - columns[c]![t]!) / columns[c]![t]!)),
    );
  });

  it("spans several bars, overlapping or not, over the newest rows", () => {
    const { parsed, columns } = history(50);
    const loaded = resident(parsed);
    const day = (end: number) => columns.map((c) => (c[end]! - c[end - 24]!) / c[end - 24]!);
    const overlapping = read(loaded, { bars: 24, lookback: 3 });
    expect(overlapping.columns.map((column) => column.at(-3))).toEqual(day(47));
    const apart = read(loaded, { bars: 24, overlapping: false });
    expect(apart.rows).toBe(2);
    expect(apart.columns.map((column) => column[0])).toEqual(day(25));
  });

  it("takes logarithms on request", () => {
    const { parsed, columns } = history(20);
    const { columns: ours } = read(resident(parsed), { returns: "log" });
    for (let t = 1; t < 20; t++) {
      const expected = Math.log(columns[0]![t]! / columns[0]![t - 1]!);
      expect(Math.abs(ours[0]![t - 1]! - expected)).toBeLessThanOrEqual(tolerance.logReturnAbsolute);
    }
  });

  it("is made once per question and given back with the market", () => {
    const loaded = resident(history(50).parsed);
    const first = residentReturns(loaded, options);
    expect(residentReturns(loaded, { ...options })).toBe(first);
    expect(residentReturns(loaded, { ...options, bars: 2 }).at).not.toBe(first.at);
    loaded.dispose();
    expect(loaded.memory.kept).toBe(0);
  });

  it("refuses a missing close that a return needs, by factor and time, and takes less if asked to", () => {
    const loaded = resident(history(50, { missing: [20, 30] }).parsed);
    const refused = thrown(() => residentReturns(loaded, options));
    expect(refused).toBeInstanceOf(InvalidInputError);
    expect(refused.message).toContain('history.closes["ETH"] must be present at 2026-01-01T20:00:00.000Z');
    expect(read(loaded, { lookback: 18 }).rows).toBe(18);
    expect(thrown(() => residentReturns(loaded, { ...options, lookback: 19 })).message).toContain("2026-01-02T06:00");
    expect(read(loaded, { factors: [factors[0]!] }).rows).toBe(49);
    expect(read(loaded, { gaps: "dropRows" })).toMatchObject({ rows: 45, dropped: 4, jumps: 0 });
    expect(loaded.memory.kernel.arenaMark()).toBe(loaded.memory.kernel.arenaFloor());
  });

  it("takes no return over bars that are absent for all, and counts the jumps", () => {
    const { parsed, times } = history(50, { absent: [10, 11, 30] });
    const { rows, jumps, times: ends } = read(resident(parsed), {});
    expect({ rows, jumps }).toEqual({ rows: 44, jumps: 2 });
    expect(Array.from(ends)).not.toContain(times[10]);
  });

  it("names every factor without a column, and asks for a history", () => {
    const loaded = resident(history(10).parsed);
    const all = [...factors, market.factorIndex("OLD"), market.factorIndex("USDT")];
    expect(thrown(() => residentReturns(loaded, { ...options, factors: all })).message).toContain("OLD, USDT");
    expect(thrown(() => residentReturns(resident(null), options)).message).toContain("history must be a price history");
  });

  it("takes a history in something pegged to the numeraire and says so, and no other", () => {
    const source = history(10);
    const closes = Float64Array.from(source.columns.flat());
    const given = { times: source.times, columns: IDS, closes, interval: HOUR };
    expect(read(resident(parseHistory({ ...given, in: "USDT" })), {}).note).toContain("USDT");
    expect(read(resident(source.parsed), {}).note).toBeNull();
    const other = thrown(() => residentReturns(resident(parseHistory({ ...given, in: "EUR" })), options));
    expect((other as InvalidInputError).path).toBe("history.in");
  });

  it("refuses fewer returns than asked for, or none, and keeps nothing", () => {
    const loaded = resident(history(10).parsed);
    for (const changes of [{ lookback: 10 }, { bars: 10 }, { bars: 24, lookback: 1 }]) {
      expect(thrown(() => residentReturns(loaded, { ...options, ...changes }))).toBeInstanceOf(InsufficientDataError);
    }
    expect(loaded.memory.kept).toBe(0);
  });

  it("refuses a column of gaps", () => {
    const { parsed } = history(10);
    const closes = parsed.closes.slice().fill(Number.NaN, 10, 20);
    const refused = thrown(() => residentReturns(resident({ ...parsed, closes }), { ...options, gaps: "dropRows" }));
    expect(refused.message).toBe("history.columns[1] needs at least 1 closes of ETH, got 0");
  });
});

describe("residentCovariance and marketCovariance", () => {
  it("agree with plain sums over the returns, with names and what was looked at", () => {
    const { parsed, columns, times } = history(60);
    const loaded = resident(parsed);
    const result = marketCovariance(loaded, { estimator: sample() });
    expect(result).toMatchObject({ names: IDS, missing: ["USDT", "OLD"], rows: 59, dropped: 0, jumps: 0, notes: [] });
    expect([result.from, result.to]).toEqual([times[1], times.at(-1)]);
    const rows = times.slice(1).map((_, t) => columns.map((c) => (c[t + 1]! - c[t]!) / c[t]!));
    const expected = sampleCovariance(rows, 58);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const scale = Math.sqrt(expected[i]![i]! * expected[j]![j]!);
        expect(Math.abs(result.matrix[3 * i + j]! - expected[i]![j]!)).toBeLessThanOrEqual(
          tolerance.covariance * scale,
        );
        const correlation = result.matrix[3 * i + j]! / result.deviations[i]! / result.deviations[j]!;
        expect(Math.abs(result.correlation[3 * i + j]! - correlation)).toBeLessThanOrEqual(tolerance.covariance);
      }
    }
  });

  it("are made once per estimator and question", () => {
    const loaded = resident(history(60).parsed);
    const given = { factors, returns: "simple", gaps: "reject", lookback: null } as const;
    const first = residentCovariance(loaded, { ...given, estimator: ewma({ decay: 0.9 }) });
    expect(residentCovariance(loaded, { ...given, estimator: ewma({ decay: 0.9 }) })).toBe(first);
    expect(residentCovariance(loaded, { ...given, estimator: ewma({ decay: 0.8 }) }).at).not.toBe(first.at);
    expect(residentCovariance(loaded, { ...given, estimator: ledoitWolf() }).info.shrinkage).toBeGreaterThan(0);
    loaded.dispose();
    expect(loaded.memory.kept).toBe(0);
  });

  it("take the part of a fixed covariance in the order asked for, without a history", () => {
    const matrix = [
      [4, 1, 0.5],
      [1, 9, 2],
      [0.5, 2, 16],
    ];
    const estimator = fixed({ factors: ["SOL", "BTC", "DOGE"], matrix });
    const result = marketCovariance(resident(null), { factors: ["BTC", "SOL"], estimator });
    expect(Array.from(result.matrix)).toEqual([9, 1, 1, 4]);
    expect(result).toMatchObject({ rows: 0, from: null, to: null, shrinkage: null });
    const lacking = () => marketCovariance(resident(null), { factors: ["ETH"], estimator });
    expect(thrown(lacking).message).toContain("ETH");
  });

  it("refuse unknown options, factors and things that are no estimator", () => {
    const loaded = resident(history(20).parsed);
    const cases: [unknown, string][] = [
      [{ estimator: sample(), lookbak: 3 }, "marketCovariance.lookbak"],
      [{ estimator: "sample" }, "marketCovariance.estimator"],
      [{}, "marketCovariance.estimator"],
      [{ estimator: sample(), factors: ["XYZ"] }, "marketCovariance.factors[0]"],
      [{ estimator: sample(), factors: [] }, "marketCovariance.factors"],
      [{ estimator: sample(), returns: "arithmetic" }, "marketCovariance.returns"],
      [{ estimator: sample(), gaps: "fill" }, "marketCovariance.gaps"],
      [{ estimator: sample(), lookback: 0 }, "marketCovariance.lookback"],
    ];
    for (const [given, path] of cases) {
      const refused = thrown(() => marketCovariance(loaded, given as Parameters<typeof marketCovariance>[1]));
      expect((refused as InvalidInputError).path).toBe(path);
    }
    expect(loaded.memory.kept).toBe(0);
  });

  it("say which estimator needs more rows", () => {
    const loaded = resident(history(2).parsed);
    const refused = thrown(() => marketCovariance(loaded, { estimator: sample() }));
    expect(refused.message).toBe("rows needs at least 2 rows for sample(ddof=1), got 1");
  });
});

function thrown(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}
