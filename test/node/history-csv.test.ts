import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BadInput } from "../../src/cli/bad-input.js";
import { HISTORY_LIMIT, type HistoryOptions, readHistory } from "../../src/cli/history-csv.js";
import { duration, moment, timeOfCell } from "../../src/cli/time-cell.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "margrave-csv-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(content: string | Uint8Array, options: Partial<HistoryOptions> = {}) {
  const path = join(folder, "prices.csv");
  writeFileSync(path, content);
  return readHistory(path, { interval: null, limit: HISTORY_LIMIT, ...options });
}

async function refusal(content: string | Uint8Array, options: Partial<HistoryOptions> = {}): Promise<string> {
  const outcome = await read(content, options).then(
    () => "was accepted",
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(BadInput);
  return outcome instanceof Error ? outcome.message : String(outcome);
}

const WIDE = "time,BTC,ETH\n2021-01-01 00:00:00,100,10\n2021-01-01 01:00:00,101,\n2021-01-01 02:00:00,102,12\n";

describe("reading price history from CSV", () => {
  it("reads the wide form whatever the first column is called, empty cells being gaps", async () => {
    for (const name of ["time", "open_time", "Date", ""]) {
      const table = await read(WIDE.replace("time", name));
      expect(table.columns).toEqual(["BTC", "ETH"]);
      expect([...table.times]).toEqual([0, 1, 2].map((h) => Date.UTC(2021, 0, 1, h)));
      expect([...table.closes]).toEqual([100, 101, 102, 10, Number.NaN, 12]);
      expect(table.interval).toBe(HOUR);
      expect(table.notes.join(" ")).toMatch(/taken as PT1H.*taken as UTC/);
    }
  });

  it("reads the long form, its assets taking turns or following each other, its columns in any order", async () => {
    const turns = "time,asset,close\n2021-01-01,B,1\n2021-01-01,A,5\n2021-01-02,B,2\n2021-01-03,B,3\n2021-01-03,A,7\n";
    const blocks = "asset,close,time\nB,1,2021-01-01\nB,2,2021-01-02\nB,3,2021-01-03\nA,5,2021-01-01\nA,7,2021-01-03\n";
    for (const text of [turns, blocks]) {
      const table = await read(text);
      expect(table.columns).toEqual(["B", "A"]);
      expect([...table.closes]).toEqual([1, 2, 3, 5, Number.NaN, 7]);
      expect(table.interval).toBe(DAY);
    }
  });

  it("knows gzip by its first bytes, whatever the file is called", async () => {
    expect(await read(gzipSync(WIDE))).toEqual(await read(WIDE));
  });

  it("gives the same table however the bytes are cut", async () => {
    const rows = Array.from(
      { length: 30_000 },
      (_, r) => `${1_600_000_000 + 60 * r},${r + 1},${r % 7 === 3 ? "" : 2 * r + 1}`,
    );
    const table = await read(`t,A,B\r\n${rows.join("\r\n")}`);
    expect(table.times.length).toBe(30_000);
    expect(table.interval).toBe(60_000);
    for (let r = 0; r < 30_000; r++) {
      expect(table.closes[r]).toBe(r + 1);
      expect(table.closes[30_000 + r]).toEqual(r % 7 === 3 ? Number.NaN : 2 * r + 1);
    }
  });

  it("reads semicolons, tabs, quotes, a byte order mark and blank lines", async () => {
    const plain = await read(WIDE);
    for (const text of [WIDE.replaceAll(",", ";"), WIDE.replaceAll(",", "\t"), `\ufeff${WIDE}`, `${WIDE}\n\n`]) {
      expect((await read(text)).closes).toEqual(plain.closes);
    }
    expect((await read(WIDE.replaceAll("100", '"100"'))).closes).toEqual(plain.closes);
  });

  it("keeps only the columns asked for and names the others, without looking at their cells", async () => {
    const table = await read(WIDE.replace("102,12", "102,oops"), { keep: (column) => column === "BTC" });
    expect(table.columns).toEqual(["BTC"]);
    expect(table.unused).toEqual(["ETH"]);
  });

  it("takes the length of a bar as stated, and the most common gap otherwise", async () => {
    const gappy = "t,A\n1000000000,1\n1000003600,2\n1000007200,3\n1000018000,4\n";
    expect((await read(gappy)).interval).toBe(HOUR);
    expect((await read(gappy, { interval: HOUR / 2 })).interval).toBe(HOUR / 2);
    expect((await read(gappy, { interval: HOUR })).notes).toEqual([]);
    expect(await refusal(gappy, { interval: DAY })).toBe(
      "prices.csv:3 must be at least one bar of P1D after the row before, got PT1H",
    );
  });

  it("leaves out rows after the time of valuation, says how many, and still holds them to their order", async () => {
    const until = Date.UTC(2021, 0, 1, 1);
    for (const text of [WIDE, "time,asset,close\n2021-01-01,A,1\n2021-01-01 01:00,A,2\n2021-01-01 02:00,A,-3\n"]) {
      const table = await read(text, { until });
      expect(table.times.length).toBe(2);
      expect(table.notes.join(" ")).toContain("1 row of prices.csv after 2021-01-01 01:00, the time of valuation,");
    }
    expect(await refusal(`${WIDE}2021-01-01 02:00:00,1,1\n`, { until })).toMatch(/^prices\.csv:5 must be a time after/);
    expect(await refusal(WIDE, { until: 0 })).toBe(
      "prices.csv must be at least two rows of prices until 1970-01-01, got 0 rows",
    );
  });

  it.each([
    [
      "a duplicate time",
      "t,A\n2021-01-01,1\n2021-01-01,2\n",
      "prices.csv:3 must be a time after 2021-01-01, got the same time again, 2021-01-01",
    ],
    [
      "times out of order",
      "t,A\n2021-01-02,1\n2021-01-01,2\n",
      "prices.csv:3 must be a time after 2021-01-02, got a time before it (rows must be sorted by time), 2021-01-01",
    ],
    [
      "a duplicate in the long form",
      "time,asset,close\n2021-01-02,A,1\n2021-01-02,B,1\n2021-01-02,A,2\n",
      "prices.csv:4, asset A must be a time after 2021-01-02, got the same time again, 2021-01-02",
    ],
    [
      "a word for a price",
      "t,A,B\n2021-01-01,1,2\n2021-01-02,1,n/a\n",
      'prices.csv:3, column B must be a price above 0 or empty, got "n/a"',
    ],
    ["NaN", "t,A\n2021-01-01,NaN\n", 'prices.csv:2, column A must be a price above 0 or empty, got "NaN"'],
    [
      "infinity",
      "t,A\n2021-01-01,Infinity\n",
      'prices.csv:2, column A must be a price above 0 or empty, got "Infinity"',
    ],
    [
      "a number beyond f64",
      "t,A\n2021-01-01,1e999\n",
      'prices.csv:2, column A must be a price above 0 or empty, got "1e999"',
    ],
    ["zero", "t,A\n2021-01-01,0\n", 'prices.csv:2, column A must be a price above 0 or empty, got "0"'],
    ["minus zero", "t,A\n2021-01-01,-0\n", 'prices.csv:2, column A must be a price above 0 or empty, got "-0"'],
    [
      "a negative price",
      "t,A\n2021-01-01,-3.5\n",
      'prices.csv:2, column A must be a price above 0 or empty, got "-3.5"',
    ],
    ["hexadecimal", "t,A\n2021-01-01,0x10\n", 'prices.csv:2, column A must be a price above 0 or empty, got "0x10"'],
    [
      "a column of gaps",
      "t,A,B\n2021-01-01,1,\n2021-01-02,1,\n",
      "prices.csv: column B must be a column with prices, got 2 empty cells",
    ],
    ["a short row", "t,A,B\n2021-01-01,1\n", "prices.csv:2 must be a row of 3 cells, got 2"],
    ["a long row", "t,A\n2021-01-01,1,2\n", "prices.csv:2 must be a row of 2 cells, got 3"],
    [
      "no header",
      "2021-01-01,1\n2021-01-02,1\n",
      'prices.csv:1 must be a header (time and the names of columns), got a row of data beginning "2021-01-01"',
    ],
    [
      "the same column twice",
      "t,A,A\n2021-01-01,1,2\n",
      'prices.csv:1, column 3 must be a name not used before, got "A"',
    ],
    [
      "a column without a name",
      "t,,A\n2021-01-01,1,2\n",
      "prices.csv:1, column 2 must be the name of an asset, got an empty cell",
    ],
    [
      "a time column alone",
      "t\n2021-01-01\n",
      'prices.csv:1 must be a time and at least one column of prices, got the one column "t"',
    ],
    [
      "a long form with more columns",
      "time,asset,close,volume\n2021-01-01,A,1,2\n",
      "prices.csv:1 must be the columns time, asset and close and no other, got 4 columns",
    ],
    ["no rows", "t,A\n", "prices.csv must be at least two rows of prices, got 0 rows"],
    ["one row", "t,A\n2021-01-01,1\n", "prices.csv must be at least two rows of prices, got 1 row"],
    ["an empty file", "", "prices.csv must be a CSV file with a header and prices, got an empty file"],
    [
      "an unclosed quote",
      't,A\n2021-01-01,"1\n2021-01-02,2\n',
      "prices.csv:2 must be a row of CSV on one line, got an unclosed quote or a line end in a cell",
    ],
    [
      "a date that does not exist",
      "t,A\n2021-02-30,1\n",
      'prices.csv:2 must be a time (2021-01-31, 2021-01-31 13:00:00, ISO 8601, or seconds or milliseconds since 1970) in its time column, got "2021-02-30"',
    ],
  ])("refuses %s", async (_, text, message) => {
    expect(await refusal(text)).toBe(message);
  });

  it("refuses binary data and text that is not UTF-8, with the line", async () => {
    expect(await refusal(Buffer.concat([Buffer.from("t,A\n2021-01-01,"), Buffer.from([0, 1, 2, 10])]))).toBe(
      "prices.csv:2 must be text in UTF-8, got binary data",
    );
    expect(await refusal(Buffer.from("PAR1\x15\x04\x15\x10"))).toBe(
      "prices.csv:1 must be text in UTF-8, got binary data",
    );
    expect(await refusal(Buffer.from([0x74, 0x2c, 0xff, 0xfe, 0x0a]))).toMatch(/^prices\.csv:1 must be text in UTF-8/);
    expect(await refusal(Buffer.from("t,A\n2021-01-01,1\n", "utf16le"))).toMatch(
      /^prices\.csv:1 must be text in UTF-8/,
    );
  });

  it("refuses gzip that is cut short or damaged", async () => {
    const rows = Array.from({ length: 5000 }, (_, r) => `${1_600_000_000 + 60 * r},${Math.sin(r) + 2}`);
    const whole = gzipSync(`t,A\n${rows.join("\n")}\n`);
    expect(await refusal(whole.subarray(0, whole.length >> 1))).toBe(
      "prices.csv must be a complete gzip file, got one that ends early (truncated)",
    );
    expect(await refusal(whole.subarray(0, 5))).toMatch(/complete gzip file/);
    const damaged = Uint8Array.from(whole);
    damaged[damaged.length - 5] = (damaged[damaged.length - 5] ?? 0) ^ 0xff;
    expect(await refusal(damaged)).toMatch(/^prices\.csv must be a sound gzip file, got a damaged one/);
  });

  it("stops at the stated limit of prices, also where a small gzip file holds a large table", async () => {
    const rows = Array.from({ length: 100 }, (_, r) => `${1_600_000_000 + 60 * r},1,2`).join("\n");
    expect((await read(`t,A,B\n${rows}\n`, { limit: 200 })).closes.length).toBe(200);
    expect(await refusal(`t,A,B\n${rows}\n`, { limit: 199 })).toBe(
      "prices.csv:101 must be within the limit of 199 prices, got more; raise --history-limit or leave out rows",
    );
    const long = `time,asset,close\n${Array.from({ length: 100 }, (_, r) => `${1_600_000_000 + 60 * r},A${r},1`).join("\n")}`;
    // Each row names another asset at another time: 100 rows are a table of 10,000.
    expect(await refusal(long, { limit: 9_999 })).toMatch(/within the limit of 9,999 prices/);
  });

  it("refuses a line without end instead of holding all of it", async () => {
    expect(await refusal(gzipSync(`t,${"A".repeat(40_000_000)}`))).toMatch(/a line of at most 16777216 characters/);
  });

  it("says that a file does not exist or is a directory", async () => {
    const options = { interval: null, limit: HISTORY_LIMIT };
    await expect(readHistory(join(folder, "none.csv"), options)).rejects.toThrow(
      /^none\.csv must be a file, got nothing/,
    );
    await expect(readHistory(folder, options)).rejects.toThrow(/must be a file, got a directory/);
  });
});

describe("times in a cell", () => {
  it.each([
    ["2021-01-31", Date.UTC(2021, 0, 31)],
    ["2021-01-31 13:05", Date.UTC(2021, 0, 31, 13, 5)],
    ["2021-01-31 13:05:09", Date.UTC(2021, 0, 31, 13, 5, 9)],
    ["2021-01-31T13:05:09Z", Date.UTC(2021, 0, 31, 13, 5, 9)],
    ["2021-01-31T13:05:09.250Z", Date.UTC(2021, 0, 31, 13, 5, 9, 250)],
    ["2021-01-31 13:05:09 UTC", Date.UTC(2021, 0, 31, 13, 5, 9)],
    ["2021-01-31T13:05:09+02:00", Date.UTC(2021, 0, 31, 11, 5, 9)],
    ["2021-01-31T13:05:09-0530", Date.UTC(2021, 0, 31, 18, 35, 9)],
    ["2024-02-29", Date.UTC(2024, 1, 29)],
    ["1612098309", 1_612_098_309_000],
    ["1612098309000", 1_612_098_309_000],
  ])("reads %s", (cell, time) => expect(timeOfCell(cell)).toBe(time));

  it.each([
    "",
    "yesterday",
    "2021-13-01",
    "2021-00-10",
    "2023-02-29",
    "2021-01-31 24:00",
    "20210131",
    "1612098309000000",
    "31/01/2021",
  ])("does not guess at %j", (cell) => expect(timeOfCell(cell)).toBeNaN());

  it("writes durations and moments as it reads them", () => {
    expect([HOUR, DAY, 90 * 60_000, 1500].map(duration)).toEqual(["PT1H", "P1D", "PT90M", "PT1.5S"]);
    expect([0, 13 * HOUR, 1000].map(moment)).toEqual(["1970-01-01", "1970-01-01 13:00", "1970-01-01 00:00:01"]);
  });
});

const data = new URL("../../../shared/data/", import.meta.url).pathname;

describe("the recorded price files", () => {
  const file = (name: string): string | null => {
    if (existsSync(data + name)) return data + name;
    console.warn(`MISSING ${data}${name}: the test that reads it is skipped`);
    return null;
  };

  it("reads 38 coins × 38,972 hours with their gaps as recorded", async ({ skip }) => {
    const path = file("crypto_hourly_close_2021_2025/close_1h_usdt.csv.gz");
    if (path === null) return skip();
    const table = await readHistory(path, { interval: null, limit: HISTORY_LIMIT });
    expect(table.columns.length).toBe(38);
    expect(table.times.length).toBe(38_972);
    expect(table.interval).toBe(HOUR);
    expect(table.times[0]).toBe(Date.UTC(2021, 0, 1));
    const missing = (column: string) => {
      const c = table.columns.indexOf(column);
      return table.closes.subarray(c * 38_972, (c + 1) * 38_972).filter((x) => Number.isNaN(x)).length;
    };
    expect({ LUNA: missing("LUNA"), FTT: missing("FTT"), USDC: missing("USDC") }).toEqual({
      LUNA: 437,
      FTT: 7466,
      USDC: 3996,
    });
    // Against the file split by hand.
    const lines = gunzipSync(readFileSync(path)).toString().trimEnd().split("\n");
    for (const r of [0, 1, 17_000, 38_971]) {
      const cells = (lines[r + 1] ?? "").split(",").slice(1);
      expect(table.columns.map((_, c) => table.closes[c * 38_972 + r])).toEqual(
        cells.map((cell) => (cell === "" ? Number.NaN : Number(cell))),
      );
    }
  });

  it("reads 20 stocks of 8,313 or so days", async ({ skip }) => {
    const path = file("equity_daily_us_1990_2022/sp500_20_stocks_close.csv.gz");
    if (path === null) return skip();
    const table = await readHistory(path, { interval: null, limit: HISTORY_LIMIT });
    expect(table.columns.length).toBe(20);
    expect(table.interval).toBe(DAY);
    expect(table.closes.every((close) => close > 0)).toBe(true);
    expect([moment(table.times[0] ?? 0), moment(table.times[table.times.length - 1] ?? 0)]).toEqual([
      "1990-01-02",
      "2022-12-28",
    ]);
  });
});
