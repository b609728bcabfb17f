import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { covariance, createEngine, ewma, ledoitWolf, sample as sampleCovariance } from "../../src/index.js";
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
} from "../../src/numerics/index.js";
import { sample } from "../../src/sample.js";
import { buildCli, call, run, scratchFolder } from "../support/cli.js";

let program = "";
const files = scratchFolder();
beforeAll(async () => {
  program = await buildCli();
});
afterAll(() => {
  rmSync(files.path, { recursive: true, force: true });
  rmSync(dirname(program), { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: what was printed has no type until it is looked at
type Free = any;

const { times, columns, closes } = sample().history;
const [rows, n] = [times.length, columns.length];
const close = (t: number, i: number) => Number(closes[i * rows + t]);

/** The sample's history as a wide CSV; cells that `empty` names are gaps, rows that `absent` names are not there. */
function csv(
  empty: (t: number, i: number) => boolean = () => false,
  absent: (t: number) => boolean = () => false,
): string {
  const lines = Array.from({ length: rows }, (_, t) => t)
    .filter((t) => !absent(t))
    .map((t) => {
      const cells = columns.map((_, i) => (empty(t, i) ? "" : close(t, i)));
      return [new Date(times[t] ?? 0).toISOString().slice(0, 10), ...cells].join(",");
    });
  return [["date", ...columns].join(","), ...lines].join("\n");
}

const prices = () => files.put("prices.csv", csv());

async function json(...args: readonly string[]): Promise<Free> {
  const outcome = await call(["covariance", ...args, "--json"]);
  expect(outcome).toMatchObject({ code: 0, err: "" });
  return JSON.parse(outcome.out);
}

/** Standard error of a run that must be refused as bad input, in one sentence and with nothing on standard output. */
async function refusal(...args: readonly string[]): Promise<string> {
  const outcome = await call(["covariance", ...args]);
  expect(outcome).toMatchObject({ code: 2, out: "" });
  expect(outcome.err).toMatch(/^margrave: [^\n]*\n$/);
  return outcome.err.trimEnd().slice("margrave: ".length);
}

/** Simple returns of the sample, row by row. */
const returns = Array.from({ length: rows - 1 }, (_, t) =>
  columns.map((_, i) => (close(t + 1, i) - close(t, i)) / close(t, i)),
);

const COMPLETE = {
  sample: sampleCovariance(),
  ewma: ewma(),
  "ewma:0.9": ewma({ decay: 0.9 }),
  "ewma-recursive:0.9": ewma({ decay: 0.9, form: "recursive" }),
  "ewma-centred:0.99": ewmaCentred({ decay: 0.99 }),
  "ledoit-wolf:identity": ledoitWolf({ target: "identity" }),
  "ledoit-wolf:constant-correlation": ledoitWolf({ target: "constantCorrelation" }),
  "ledoit-wolf:diagonal": ledoitWolfDiagonal(),
  "ledoit-wolf:single-factor": ledoitWolfSingleFactor(),
  oas: oas(),
  "oas:chen2010": oas({ form: "chen2010" }),
  rblw: rblw(),
  "analytical-nonlinear": analyticalNonlinear(),
  "quadratic-inverse": quadraticInverse(),
} as const;

const GAPS = {
  pairwise: pairwise(),
  "ewma-calendar:0.95": ewmaPresent({ decay: 0.95 }),
  "ewma-skip:0.95": ewmaPresent({ decay: 0.95, ages: "skip" }),
} as const;

const rowsOf = (flat: Float64Array) => Array.from({ length: n }, (_, i) => [...flat.subarray(i * n, (i + 1) * n)]);

describe("margrave covariance", () => {
  it("prints correlation, eigenvalues and shrinkage of a file of prices", async () => {
    const { code, out, err } = await run(program, ["covariance", prices(), "--estimator", "ledoit-wolf:diagonal"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const { shrinkage } = covariance(
      createEngine(),
      { rows: rows - 1, columns: n, values: Float64Array.from(returns.flat()) },
      ledoitWolfDiagonal(),
    );
    for (const text of [
      `prices     prices.csv: ${n} columns`,
      `returns    ${rows - 1} of P1D, simple, `,
      "estimator  ledoitWolfDiagonal(divisor=n-1)",
      `shrinkage  ${(100 * Number(shrinkage)).toFixed(2)}% of the target`,
      "Correlation, and deviation per return",
      "Eigenvalues of the covariance, and their share of its trace",
    ]) {
      expect(out).toContain(text);
    }
    expect(out).not.toMatch(/NaN|undefined|null/);
    expect(out.split("\n").filter((line) => /^ *\d+ +[\d.e-]+ +[\d.]+%$/.test(line))).toHaveLength(n);
  });

  it.each(Object.entries(COMPLETE))("prints the library's numbers in full: %s", async (name, estimator) => {
    const printed = await json(prices(), "--estimator", name, "--lookback", "200");
    const values = Float64Array.from(returns.slice(-200).flat());
    const expected = covariance(createEngine(), { rows: 200, columns: n, values }, estimator);
    const { values: eigenvalues } = eigenSymmetric(createEngine(), n, expected.matrix);
    expect(printed).toMatchObject({
      schema: "margrave/covariance/1",
      source: "prices.csv",
      estimator: estimator.key,
      rows: 200,
      names: [...columns],
      covariance: rowsOf(expected.matrix),
      correlation: rowsOf(expected.correlation),
      deviations: [...expected.deviations],
      eigenvalues: [...eigenvalues],
      shrinkage: expected.shrinkage,
      effectiveRows: expected.effectiveRows ?? null,
    });
    expect(printed.spectrum === null).toBe(expected.spectrum === undefined);
    expect(printed.condition).toBe((eigenvalues[n - 1] ?? 0) / (eigenvalues[0] ?? 0));
    const text = await call(["covariance", prices(), "--estimator", name]);
    expect(text).toMatchObject({ code: 0, err: "" });
    expect(text.out).not.toMatch(/NaN|undefined|null/);
  });

  it.each(Object.entries(GAPS))(
    "leaves gaps where they are for an estimator that takes them: %s",
    async (name, estimator) => {
      const empty = (t: number, i: number) => (t + 3 * i) % 17 === 0 || (i === 1 && t > 300 && t < 340);
      const absent = (t: number) => t === 500 || t === 501;
      const path = files.put("gaps.csv", csv(empty, absent));
      const printed = await json(path, "--estimator", name);
      const there = (t: number, i: number) => !empty(t, i) && !absent(t);
      const values = returns.map((row, t) =>
        row.map((value, i) => (there(t, i) && there(t + 1, i) ? value : Number.NaN)),
      );
      const table = { rows: rows - 1, columns: n, values: Float64Array.from(values.flat()) };
      const expected = covariancePresent(createEngine(), table, estimator);
      expect(printed).toMatchObject({
        estimator: estimator.key,
        rows: rows - 1,
        jumps: 1,
        covariance: rowsOf(expected.matrix),
        pairs: {
          completeRows: expected.completeRows,
          fewestRows: Math.min(...expected.counts),
          smallestEigenvalue: expected.smallestEigenvalue,
          indefinite: expected.indefinite,
        },
        shrinkage: null,
        reasons: { shrinkage: "the estimator has no target" },
      });
      const carried = await json(path, "--estimator", name, "--gaps", "carry", "--lookback", "100");
      expect([carried.rows, carried.jumps]).toEqual([100, 0]);
      expect(carried.pairs.fewestRows).toBeGreaterThan(80);
    },
  );

  it("reads the same from standard input, compressed, long and by consecutive rows", async () => {
    const expected = await json(prices());
    const piped = await call(["covariance", "-", "--json"], gzipSync(csv()));
    expect(JSON.parse(piped.out)).toEqual({
      ...expected,
      source: "standard input",
      notes: expected.notes.map((note: string) => note.replace("prices.csv", "standard input")),
    });
    const long = [
      "time,asset,close",
      ...Array.from({ length: rows }, (_, t) =>
        columns.map((name, i) => `${new Date(times[t] ?? 0).toISOString()},${name},${close(t, i)}`),
      ).flat(),
    ].join("\n");
    expect((await json(files.put("long.csv", long))).covariance).toEqual(expected.covariance);
    const weekends = files.put(
      "weekends.csv",
      csv(undefined, (t) => t % 7 > 4),
    );
    const [calendar, consecutive] = await Promise.all(
      ["calendar", "consecutive"].map((what) => json(weekends, "--history-rows", what)),
    );
    expect(consecutive.rows).toBeGreaterThan(calendar.rows);
    expect([calendar.jumps > 100, consecutive.jumps]).toEqual([true, 0]);
  });

  it("takes no return over more time than a bar, for either kind of estimator", async () => {
    // Day and a half between the third row and the fourth.
    const times = ["01T00", "02T00", "03T00", "04T12", "05T12", "06T12", "07T12"].map((day) => `2024-01-${day}:00:00Z`);
    const lines = times.map((time, t) => `${time},${100 + t * t},${50 - t}`);
    const path = files.put("halves.csv", ["time,a,b", ...lines].join("\n"));
    const whole = await json(path, "--estimator", "sample");
    const pairs = await json(path, "--estimator", "pairwise");
    expect([whole.rows, whole.jumps, pairs.pairs.completeRows, pairs.jumps]).toEqual([5, 1, 5, 1]);
    for (const [k, value] of whole.correlation.flat().entries()) {
      expect(pairs.correlation.flat()[k]).toBeCloseTo(value, 12);
    }
    expect([pairs.from, pairs.to]).toEqual([whole.from, whole.to]);
    const newest = await json(path, "--estimator", "pairwise", "--lookback", "4");
    expect([newest.rows, newest.pairs.completeRows, newest.jumps, newest.from]).toEqual([
      4,
      3,
      1,
      "2024-01-04T12:00:00.000Z",
    ]);
  });

  it("says that an estimate is singular, and shows as many columns as are asked for", async () => {
    const { out } = await call(["covariance", prices(), "--estimator", "sample", "--lookback", "4", "--limit", "2"]);
    expect(out).toContain("condition  singular to rounding, or indefinite");
    expect(out).toContain(`${n - 2} more columns: --limit shows more, --json all.`);
    const printed = await json(prices(), "--estimator", "sample", "--lookback", "4");
    expect([printed.condition, printed.reasons.condition]).toEqual([
      null,
      "infinite: singular to rounding, or indefinite",
    ]);
  });

  it("refuses a bad cell by line and column, a gap by column and time", async () => {
    const bad = files.put("bad.csv", csv().replace(/\n([^,]*),[^,]*,/, "\n$1,NA,"));
    expect(await refusal(bad)).toBe(`bad.csv:2, column ${columns[0]} must be a price above 0 or empty, got "NA"`);
    const short = files.put("short.csv", csv().replace(/,[^,]*\n/, "\n"));
    expect(await refusal(short)).toMatch(new RegExp(`^short.csv:2 must be a row of ${n} cells, got ${n + 1}$`));
    const gap = files.put(
      "gap.csv",
      csv((t, i) => t === 40 && i === 2),
    );
    const when = new Date(times[40] ?? 0).toISOString().slice(0, 10);
    expect(await refusal(gap)).toContain(`gap.csv: history.closes["${columns[2]}"] must be present at ${when}`);
    expect((await json(gap, "--gaps", "dropRows")).dropped).toBeGreaterThan(0);
    expect(await refusal("nothing.csv")).toContain("nothing.csv");
    expect(await refusal(files.put("empty.csv", ""))).toContain(
      "empty.csv must be a CSV file with a header and prices",
    );
  });

  it("refuses options that do not fit, naming them", async () => {
    expect(await refusal(prices(), "--estimator", "best")).toContain("It must be one of sample, ledoit-wolf:identity");
    expect(await refusal(prices(), "--estimator", "ewma:2")).toContain(
      "ewma.decay must be a finite number above 0 and below 1",
    );
    expect(await refusal(prices(), "--estimator", "ewma-skip:x")).toContain("It must be a number");
    expect(await refusal(prices(), "--estimator", "constructor")).toContain("It must be one of");
    expect(await refusal(prices(), "--gaps", "carry")).toContain("--gaps must be reject or dropRows");
    expect(await refusal(prices(), "--estimator", "pairwise", "--gaps", "dropRows")).toContain(
      "--gaps must be keep or carry",
    );
    expect(await refusal(prices(), "--lookback", "100000")).toContain(
      "prices.csv: history needs at least 100000 returns",
    );
    expect(await refusal(prices(), "--estimator", "pairwise", "--lookback", "100000")).toContain(
      "needs at least 100000",
    );
    expect(await refusal(prices(), "--estimator", "analytical-nonlinear", "--lookback", "5")).toContain(
      "prices.csv: rows needs at least 13 rows for analyticalNonlinear(), got 5",
    );
    expect(await refusal()).toContain("missing required argument 'prices'");
    const sparse = files.put(
      "sparse.csv",
      csv((t, i) => (i === 0 ? t > 20 : i === 1 && t < 30)),
    );
    expect(await refusal(sparse, "--estimator", "pairwise")).toContain(
      `sparse.csv: columns["${columns[0]}"] and columns["${columns[1]}"] needs at least 2 rows in common, got 0. Leave one out of the file`,
    );
  });
});
