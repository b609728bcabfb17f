import type { Readable } from "node:stream";
import Papa from "papaparse";
import { BadInput, count, quoted } from "./bad-input.js";
import { bytesOf, sourceName } from "./source.js";
import { duration, moment, TIME_FORMS, timeOfCell, withoutZone } from "./time-cell.js";

export interface HistoryOptions {
  /** length of a bar in ms; null: the most common gap between rows */
  readonly interval: number | null;
  /** most prices (rows × columns kept) to hold in memory */
  readonly limit: number;
  /** rows later than this, ms since 1970, are counted and left out; default none */
  readonly until?: number;
  /** which columns to keep; default all */
  readonly keep?: (column: string) => boolean;
  /** what `-` reads; default standard input */
  readonly input?: Readable;
  /** called now and then with the number of rows read so far */
  readonly progress?: (rows: number) => void;
}

/** A table of closes as the library's `parseHistory` takes it, without what the closes are in. */
export interface HistoryTable {
  /** f64[rows], ms since 1970, strictly increasing */
  readonly times: Float64Array;
  readonly columns: readonly string[];
  /** f64[columns × rows], column-major; NaN where a cell is empty */
  readonly closes: Float64Array;
  readonly interval: number;
  /** columns of the file that `keep` turned down */
  readonly unused: readonly string[];
  /** what was assumed, each a sentence */
  readonly notes: readonly string[];
}

/** 64 Mi prices: 512 MiB of closes, twice that for a moment while they are turned into columns. */
export const HISTORY_LIMIT = 1 << 26;
/** Longest line: wide enough for a million columns, short enough that a file without line ends cannot fill memory. */
const LINE_LIMIT = 1 << 24;
const BLOCK = 4096;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BINARY = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffd]/;

/**
 * Read price history from CSV, plain or gzip: long (a header of `time,asset,close`) or wide (first column = time, whatever
 * its name; one column of closes per asset). The file is streamed: beyond its prices only one piece of text is held.
 *
 * An empty cell is a gap. Everything else that is not a price above 0, a time out of order, a duplicate, a row of another
 * width and a column without any price is a `BadInput` naming file, line and column.
 */
export async function readHistory(path: string, options: HistoryOptions): Promise<HistoryTable> {
  const name = sourceName(path);
  let table: Wide | Long | null = null;
  for await (const { first, rows } of rowsOf(path, options.input)) {
    let line = first;
    for (const row of rows) {
      if (row.length > 1 || row[0] !== "") {
        if (table === null) table = header(name, row, options);
        else table.add(line, row);
      }
      line++;
    }
    if (table !== null) options.progress?.(table.rows);
  }
  if (table === null) throw new BadInput(name, "", "a CSV file with a header and prices", "an empty file");
  return table.finish();
}

/** The rows of a CSV file in batches, with the line number of the first of each batch. */
async function* rowsOf(
  path: string,
  input?: Readable,
): AsyncGenerator<{ first: number; rows: readonly (readonly string[])[] }> {
  const name = sourceName(path);
  const decoder = new TextDecoder("utf-8");
  let pending = "";
  let line = 1;
  let delimiter: string | null = null;

  const parse = (text: string): readonly (readonly string[])[] => {
    const bad = BINARY.exec(text);
    if (bad !== null) {
      const at = line + text.slice(0, bad.index).split("\n").length - 1;
      throw new BadInput(name, `${at}`, "text in UTF-8", "binary data");
    }
    delimiter ??= Papa.parse<string[]>(text.slice(0, text.indexOf("\n") >>> 0), { preview: 1 }).meta.delimiter;
    // Rows are counted as lines, so line ends are ours to take off and a quoted field may not contain one.
    const { data, errors } = Papa.parse<string[]>(text.includes("\r") ? text.replace(/\r(?=\n|$)/g, "") : text, {
      delimiter,
      newline: "\n",
    });
    const broken = data.findIndex((row) => row.some((cell) => cell.includes("\n") || cell.includes("\r")));
    const quotes = errors[0]?.row;
    if (broken >= 0 || quotes !== undefined) {
      const at = Math.min(broken >= 0 ? broken : Number.POSITIVE_INFINITY, quotes ?? Number.POSITIVE_INFINITY);
      throw new BadInput(name, `${line + at}`, "a row of CSV on one line", "an unclosed quote or a line end in a cell");
    }
    return data;
  };

  for await (const bytes of bytesOf(path, input)) {
    const text = decoder.decode(bytes, { stream: true });
    const end = text.lastIndexOf("\n");
    if (end < 0) {
      pending += text;
      if (BINARY.test(text) || pending.length > LINE_LIMIT) {
        if (!BINARY.test(text))
          throw new BadInput(name, `${line}`, `a line of at most ${LINE_LIMIT} characters`, "more");
        parse(pending);
      }
      continue;
    }
    const rows = parse(pending + text.slice(0, end));
    pending = text.slice(end + 1);
    yield { first: line, rows };
    line += rows.length;
  }
  pending += decoder.decode();
  if (pending !== "") yield { first: line, rows: parse(pending) };
}

/** Decide between long and wide by the header, and check it. */
function header(name: string, row: readonly string[], options: HistoryOptions): Wide | Long {
  const cells = row.map((cell) => cell.trim());
  const lower = cells.map((cell) => cell.toLowerCase());
  const time = cells[0] ?? "";
  if (!Number.isNaN(timeOfCell(time)))
    throw new BadInput(
      name,
      "1",
      "a header (time and the names of columns)",
      `a row of data beginning ${quoted(time)}`,
    );
  const asset = lower.indexOf("asset");
  const close = lower.indexOf("close");
  if (asset >= 0 && close >= 0) {
    if (cells.length !== 3)
      throw new BadInput(
        name,
        "1",
        "the columns time, asset and close and no other",
        `${count(cells.length, "column")}`,
      );
    return new Long(name, options, { time: 3 - asset - close, asset, close });
  }
  if (cells.length < 2)
    throw new BadInput(name, "1", "a time and at least one column of prices", `the one column ${quoted(time)}`);
  const seen = new Set<string>();
  for (const [at, cell] of cells.entries()) {
    if (at === 0) continue;
    if (cell === "") throw new BadInput(name, `1, column ${at + 1}`, "the name of an asset", "an empty cell");
    if (seen.has(cell)) throw new BadInput(name, `1, column ${at + 1}`, "a name not used before", quoted(cell));
    seen.add(cell);
  }
  return new Wide(name, options, cells);
}

/** What both layouts share: times, the limit, and what is assumed. */
class Reader {
  rows = 0;
  protected later = 0;
  protected readonly name: string;
  protected readonly options: HistoryOptions;
  private zoneAssumed = false;

  constructor(name: string, options: HistoryOptions) {
    this.name = name;
    this.options = options;
  }

  protected time(line: number, cell: string): number {
    const text = cell.trim();
    const time = timeOfCell(text);
    if (Number.isNaN(time)) throw new BadInput(this.name, `${line}`, `${TIME_FORMS} in its time column`, quoted(text));
    if (!this.zoneAssumed && withoutZone(text)) this.zoneAssumed = true;
    return time;
  }

  /** The price in a cell, NaN for an empty one. */
  protected price(line: number, column: string, cell: string): number {
    const text = cell.trim();
    if (text === "") return Number.NaN;
    // Number() also reads "0x1f", "1e3" and "Infinity"; only the second of these is a price.
    const value = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
    throw new BadInput(this.name, `${line}, column ${column}`, "a price above 0 or empty", quoted(text));
  }

  /** Whether a row is later than wanted; counts it if so. */
  protected tooLate(time: number): boolean {
    if (time <= (this.options.until ?? Number.POSITIVE_INFINITY)) return false;
    this.later++;
    return true;
  }

  protected order(line: number, time: number, previous: number, of = ""): void {
    if (time > previous) return;
    const what = time === previous ? "the same time again" : `a time before it (rows must be sorted by time)`;
    throw new BadInput(this.name, `${line}${of}`, `a time after ${moment(previous)}`, `${what}, ${moment(time)}`);
  }

  protected within(line: number, prices: number): void {
    if (prices <= this.options.limit) return;
    throw new BadInput(
      this.name,
      `${line}`,
      `within the limit of ${count(this.options.limit)} prices`,
      "more",
      "raise --history-limit or leave out rows",
    );
  }

  /** Check the rows as a whole and return the length of a bar: as stated, else the most common gap (the shorter on a tie). */
  protected finished(times: Float64Array, where: (row: number) => string, notes: string[]): number {
    if (times.length < 2)
      throw new BadInput(
        this.name,
        "",
        `at least two rows of prices${this.later > 0 ? ` until ${moment(this.options.until ?? 0)}` : ""}`,
        count(times.length, "row"),
      );
    const gaps = new Map<number, number>();
    for (let r = 1; r < times.length; r++) {
      const gap = (times[r] ?? 0) - (times[r - 1] ?? 0);
      gaps.set(gap, (gaps.get(gap) ?? 0) + 1);
    }
    let interval = this.options.interval;
    if (interval === null) {
      let most = 0;
      for (const [gap, occurrences] of gaps) {
        if (occurrences > most || (occurrences === most && gap < (interval ?? 0))) {
          most = occurrences;
          interval = gap;
        }
      }
      interval ??= 0;
      notes.push(
        `${this.name} does not say how long a bar is; taken as ${duration(interval)}, the gap between ${count(most)} of ${count(times.length - 1)} pairs of rows.`,
      );
    }
    for (let r = 1; r < times.length; r++) {
      const gap = (times[r] ?? 0) - (times[r - 1] ?? 0);
      if (gap < interval)
        throw new BadInput(
          this.name,
          where(r),
          `at least one bar of ${duration(interval)} after the row before`,
          `${duration(gap)}`,
        );
    }
    if (this.later > 0) {
      const until = moment(this.options.until ?? 0);
      notes.push(`${count(this.later, "row")} of ${this.name} after ${until}, the time of valuation, were left out.`);
    }
    if (this.zoneAssumed) notes.push(`Times in ${this.name} name no zone and were taken as UTC.`);
    return interval;
  }

  /** Columns without a single price are refused: a return over them can never exist. */
  protected refuseEmpty(columns: readonly string[], closes: Float64Array, rows: number): void {
    for (const [c, column] of columns.entries()) {
      let r = c * rows;
      while (r < (c + 1) * rows && Number.isNaN(closes[r])) r++;
      if (r === (c + 1) * rows)
        throw new BadInput(this.name, `column ${column}`, "a column with prices", `${count(rows)} empty cells`);
    }
  }
}

/** One row per time, one column per asset. */
class Wide extends Reader {
  private readonly width: number;
  private readonly columns: readonly string[];
  private readonly cells: readonly number[];
  private readonly unused: readonly string[];
  private readonly times: number[] = [];
  private readonly lines: number[] = [];
  private readonly blocks: Float64Array[] = [];
  private last = Number.NEGATIVE_INFINITY;

  constructor(name: string, options: HistoryOptions, header: readonly string[]) {
    super(name, options);
    const keep = options.keep ?? (() => true);
    this.width = header.length;
    this.cells = header.map((_, at) => at).filter((at) => at > 0 && keep(header[at] ?? ""));
    this.columns = this.cells.map((at) => header[at] ?? "");
    this.unused = header.filter((column, at) => at > 0 && !keep(column));
  }

  add(line: number, row: readonly string[]): void {
    if (row.length !== this.width)
      throw new BadInput(this.name, `${line}`, `a row of ${count(this.width, "cell")}`, count(row.length));
    const time = this.time(line, row[0] ?? "");
    this.order(line, time, this.last);
    this.last = time;
    if (this.tooLate(time)) return;
    this.within(line, (this.rows + 1) * Math.max(1, this.columns.length));
    const within = this.rows % BLOCK;
    if (within === 0) this.blocks.push(new Float64Array(BLOCK * this.columns.length));
    const block = this.blocks[this.blocks.length - 1];
    if (block === undefined) return;
    for (let c = 0; c < this.cells.length; c++) {
      block[c * BLOCK + within] = this.price(line, this.columns[c] ?? "", row[this.cells[c] ?? 0] ?? "");
    }
    this.times.push(time);
    this.lines.push(line);
    this.rows++;
  }

  finish(): HistoryTable {
    const { rows, columns } = this;
    const notes: string[] = [];
    const times = Float64Array.from(this.times);
    const interval = this.finished(times, (row) => `${this.lines[row] ?? 0}`, notes);
    const closes = new Float64Array(rows * columns.length);
    for (let b = 0; b < this.blocks.length; b++) {
      const block = this.blocks[b] ?? new Float64Array(0);
      const length = Math.min(BLOCK, rows - b * BLOCK);
      for (let c = 0; c < columns.length; c++) {
        closes.set(block.subarray(c * BLOCK, c * BLOCK + length), c * rows + b * BLOCK);
      }
    }
    this.refuseEmpty(columns, closes, rows);
    return { times, columns, closes, interval, unused: this.unused, notes };
  }
}

interface Series {
  readonly times: number[];
  readonly closes: number[];
  last: number;
}

/** One row per price. Rows of one asset are in order of time; assets may take turns or follow each other. */
class Long extends Reader {
  private readonly at: { readonly time: number; readonly asset: number; readonly close: number };
  private readonly series = new Map<string, Series | null>();
  private kept = 0;

  constructor(name: string, options: HistoryOptions, at: Long["at"]) {
    super(name, options);
    this.at = at;
  }

  add(line: number, row: readonly string[]): void {
    if (row.length !== 3) throw new BadInput(this.name, `${line}`, "a row of 3 cells", count(row.length));
    this.rows++;
    const asset = (row[this.at.asset] ?? "").trim();
    if (asset === "") throw new BadInput(this.name, `${line}, column asset`, "the name of an asset", "an empty cell");
    let series = this.series.get(asset);
    if (series === undefined) {
      series = (this.options.keep ?? (() => true))(asset)
        ? { times: [], closes: [], last: Number.NEGATIVE_INFINITY }
        : null;
      this.series.set(asset, series);
    }
    if (series === null) return;
    const time = this.time(line, row[this.at.time] ?? "");
    this.order(line, time, series.last, `, asset ${asset}`);
    series.last = time;
    if (this.tooLate(time)) return;
    // A row of the long form is held as a time and a close until the table is made.
    this.kept += 2;
    this.within(line, this.kept);
    series.times.push(time);
    series.closes.push(this.price(line, asset, row[this.at.close] ?? ""));
  }

  finish(): HistoryTable {
    const notes: string[] = [];
    const kept = [...this.series].flatMap(([asset, series]) => (series === null ? [] : [{ asset, series }]));
    const times = Float64Array.from(new Set(kept.flatMap(({ series }) => series.times))).sort();
    const interval = this.finished(times, (row) => `the row of ${moment(times[row] ?? 0)}`, notes);
    const rows = times.length;
    this.within(this.rows + 1, rows * kept.length);
    const closes = new Float64Array(rows * kept.length).fill(Number.NaN);
    for (const [c, { series }] of kept.entries()) {
      let row = 0;
      for (let i = 0; i < series.times.length; i++) {
        while ((times[row] ?? Number.POSITIVE_INFINITY) < (series.times[i] ?? 0)) row++;
        closes[c * rows + row] = series.closes[i] ?? Number.NaN;
      }
    }
    const columns = kept.map(({ asset }) => asset);
    this.refuseEmpty(columns, closes, rows);
    const unused = [...this.series].flatMap(([asset, series]) => (series === null ? [asset] : []));
    return { times, columns, closes, interval, unused, notes };
  }
}
