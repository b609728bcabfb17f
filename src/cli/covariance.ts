import {
  createEngine,
  type Engine,
  InsufficientDataError,
  InvalidInputError,
  marketCovariance,
  parseHistory,
  parseMarket,
  version,
} from "../index.js";
import { covariancePresent, eigenSymmetric, tableReturns } from "../numerics/index.js";
import { BadInput, count } from "./bad-input.js";
import type { AskedEstimator } from "./covariance-estimator.js";
import { RefusedInput } from "./documents.js";
import { type HistoryTable, readHistory } from "./history-csv.js";
import { consecutive } from "./inputs.js";
import { objectOf } from "./json.js";
import { advised } from "./located.js";
import { facts, title } from "./render.js";
import { asText, withProgress } from "./report.js";
import { sourceName } from "./source.js";
import { type Column, type Pen, pen, percent, table } from "./table.js";
import type { Terminal } from "./terminal.js";
import { duration, moment } from "./time-cell.js";

/** What `margrave covariance` is asked. */
export interface CovarianceAsked {
  readonly estimator: AskedEstimator;
  readonly returns: "simple" | "log";
  /** default: `reject` for estimators of complete rows, `keep` for those of rows with gaps */
  readonly gaps?: "reject" | "dropRows" | "keep" | "carry";
  readonly lookback?: number;
  readonly historyRows: "calendar" | "consecutive";
  readonly historyLimit: number;
  readonly limit: number;
  readonly json?: true;
}

interface Prices extends HistoryTable {
  readonly name: string;
  /** when a row really was */
  readonly clock: (time: number) => number;
}

/** A covariance as it is shown. */
interface Shown {
  readonly estimator: string;
  readonly rows: number;
  /** end of the first and of the last return, ms since 1970 */
  readonly from: number;
  readonly to: number;
  readonly dropped: number;
  readonly jumps: number;
  readonly matrix: Float64Array;
  readonly deviations: Float64Array;
  readonly correlation: Float64Array;
  readonly shrinkage: number | null;
  readonly meanCorrelation: number | null;
  readonly effectiveRows: number | null;
  readonly spectrum: { readonly sample: Float64Array; readonly shrunk: Float64Array } | null;
  /** where each element is of rows of its own */
  readonly pairs: {
    readonly completeRows: number;
    readonly fewestRows: number;
    readonly smallestEigenvalue: number;
    readonly indefinite: boolean;
  } | null;
}

interface Computed extends Shown {
  readonly prices: Prices;
  readonly asked: CovarianceAsked;
  readonly kernel: string;
  /** of the covariance, ascending */
  readonly eigenvalues: Float64Array;
  /** largest ÷ smallest eigenvalue; +∞ where the smallest is 0 to rounding or below */
  readonly condition: number;
  readonly notes: readonly string[];
}

/** `margrave covariance`: correlation, eigenvalues and shrinkage of the returns of a file of prices. */
export async function covariance(path: string, asked: CovarianceAsked, terminal: Terminal): Promise<void> {
  await withProgress(asked, terminal, async (progress) => {
    const name = sourceName(path);
    const notes: string[] = [];
    const read = await readHistory(path, {
      interval: null,
      limit: asked.historyLimit,
      input: terminal.input,
      progress: (rows) => progress.say(`reading ${name}: ${count(rows, "row")}`),
    });
    notes.push(...read.notes);
    const times =
      asked.historyRows === "consecutive"
        ? consecutive(read, name, notes)
        : { times: read.times, clock: (time: number) => time };
    progress.say("estimating");
    const computed = compute({ ...read, ...times, name }, asked, notes);
    return asked.json === true ? asText(covarianceJson(computed)) : render(computed, pen(terminal.colour));
  });
}

function compute(prices: Prices, asked: CovarianceAsked, notes: string[]): Computed {
  const engine = createEngine();
  const n = prices.columns.length;
  try {
    const shown =
      asked.estimator.of === "gaps" ? withGaps(engine, prices, asked) : ofCompleteRows(engine, prices, asked);
    const { values: eigenvalues } = eigenSymmetric(engine, n, shown.matrix);
    const [smallest = 0, largest = 0] = [eigenvalues[0], eigenvalues[n - 1]];
    const condition = smallest > n * Number.EPSILON * largest ? largest / smallest : Number.POSITIVE_INFINITY;
    if (shown.dropped > 0) notes.push(`${count(shown.dropped, "row")} without a price of every column left out.`);
    if (shown.jumps > 0) notes.push(`No return was taken over ${count(shown.jumps, "time")} that bars are absent.`);
    if (shown.pairs?.indefinite === true) {
      notes.push("The matrix is indefinite, since each element is of rows of its own; nothing was repaired.");
    }
    return {
      ...shown,
      prices,
      asked,
      kernel: `${engine.build} kernel ${engine.kernelHash}`,
      eigenvalues,
      condition,
      notes,
    };
  } catch (error) {
    if (!(error instanceof InvalidInputError || error instanceof InsufficientDataError)) throw error;
    // What the estimator itself does not take is about an option, not about the file.
    if (/^(ewma|ewmaCentred|ewmaPresent)\b/.test(error.path)) throw error;
    throw new RefusedInput(prices.name, error, advised(error.message));
  }
}

/** Through the library's own returns, as `report` takes them. */
function ofCompleteRows(engine: Engine, prices: Prices, asked: CovarianceAsked): Shown {
  const { gaps = "reject" } = asked;
  if (gaps === "keep" || gaps === "carry") {
    const able = "reject or dropRows for an estimator of complete rows";
    throw new BadInput("--gaps", "", able, gaps, "pairwise, ewma-calendar and ewma-skip take gaps");
  }
  if (asked.estimator.of !== "complete") throw new TypeError("an estimator of complete rows");
  const estimator = asked.estimator.make();
  const { columns, times, closes, interval } = prices;
  let unit = "prices";
  while (columns.includes(unit)) unit += "'";
  const market = parseMarket({
    schema: "margrave/market/1",
    asOf: new Date(times.at(-1) ?? 0).toISOString(),
    numeraire: unit,
    assets: [unit, ...columns].map((id) => ({ id })),
    prices: columns.map((of) => ({ of, in: unit, index: 1 })),
    instruments: [],
  });
  const history = parseHistory({ times, columns, closes, interval, in: unit });
  const resident = engine.loadMarket(market, { history });
  const { returns, lookback = null } = asked;
  const found = marketCovariance(resident, { factors: columns, estimator, returns, gaps, lookback });
  return {
    ...found,
    from: found.from ?? 0,
    to: found.to ?? 0,
    effectiveRows: found.effectiveRows ?? null,
    spectrum: found.spectrum ?? null,
    pairs: null,
  };
}

/** Each pair of columns over the rows that it has. A bar that is absent for all is a row without prices. */
function withGaps(engine: Engine, prices: Prices, asked: CovarianceAsked): Shown {
  if (asked.estimator.of !== "gaps") throw new TypeError("an estimator of rows with gaps");
  const { gaps = "keep", lookback } = asked;
  if (gaps === "reject" || gaps === "dropRows") {
    throw new BadInput("--gaps", "", "keep or carry for an estimator of rows with gaps", gaps);
  }
  const estimator = asked.estimator.make();
  const { columns, times, closes, interval, name } = prices;
  const n = columns.length;
  // The row of the table at which each row of the file stands.
  const at = new Float64Array(times.length);
  for (let t = 1; t < times.length; t++) {
    const bars = Math.ceil(((times[t] ?? 0) - (times[t - 1] ?? 0)) / interval);
    at[t] = (at[t - 1] ?? 0) + bars;
  }
  const rows = (at.at(-1) ?? 0) + 1;
  if (rows * n > asked.historyLimit) {
    const within = `within the limit of ${count(asked.historyLimit)} prices with the bars that are absent`;
    throw new BadInput(name, "", within, count(rows * n), "raise --history-limit, or take --history-rows consecutive");
  }
  const values = new Float64Array(rows * n).fill(Number.NaN);
  for (let t = 0; t < times.length; t++) {
    for (let i = 0; i < n; i++) values[(at[t] ?? 0) * n + i] = closes[i * times.length + t] ?? Number.NaN;
  }
  const rule = gaps === "carry" ? "carry" : "strict";
  const all = tableReturns(
    engine,
    { rows, columns: n, values, names: columns },
    { returns: asked.returns, gaps: rule },
  );
  if (lookback !== undefined && lookback > all.rows) {
    throw new InsufficientDataError(
      "history",
      lookback,
      all.rows,
      "returns of 1 bar each",
      "Load more history or ask for less of it",
    );
  }
  const kept = lookback ?? all.rows;
  const jumps = at.filter((row, t) => t > 0 && row > all.rows - kept && row - (at[t - 1] ?? 0) > 1).length;
  const newest = { ...all, rows: kept, values: all.values.slice((all.rows - kept) * n) };
  const { counts, completeRows, smallestEigenvalue, indefinite, ...found } = covariancePresent(
    engine,
    newest,
    estimator,
  );
  return {
    ...found,
    // A return that would end at a bar that is absent does not exist: the first is of the first row at or behind its place.
    from: times[at.findIndex((row) => row > all.rows - kept)] ?? 0,
    to: times.at(-1) ?? 0,
    dropped: 0,
    jumps: gaps === "carry" ? 0 : jumps,
    shrinkage: null,
    meanCorrelation: null,
    effectiveRows: null,
    spectrum: null,
    pairs: { completeRows, fewestRows: Math.min(...counts), smallestEigenvalue, indefinite },
  };
}

const iso = (time: number): string => new Date(time).toISOString();

function covarianceJson(computed: Computed): object {
  const { prices, asked, matrix, correlation, deviations, eigenvalues, condition, spectrum, pairs, notes } = computed;
  const n = prices.columns.length;
  const rowsOf = (values: Float64Array) =>
    Array.from({ length: n }, (_, i) => [...values.subarray(i * n, (i + 1) * n)]);
  return objectOf((number) => ({
    schema: "margrave/covariance/1",
    source: prices.name,
    estimator: computed.estimator,
    returns: asked.returns,
    interval: duration(prices.interval),
    rows: computed.rows,
    from: iso(prices.clock(computed.from)),
    to: iso(prices.clock(computed.to)),
    dropped: computed.dropped,
    jumps: computed.jumps,
    names: prices.columns,
    deviations: [...deviations],
    correlation: rowsOf(correlation),
    covariance: rowsOf(matrix),
    eigenvalues: [...eigenvalues],
    condition: number("condition", condition, "infinite: singular to rounding, or indefinite"),
    shrinkage: number("shrinkage", computed.shrinkage, "the estimator has no target"),
    meanCorrelation: number("meanCorrelation", computed.meanCorrelation, "the target has none"),
    effectiveRows: number("effectiveRows", computed.effectiveRows, "not said by this estimator"),
    spectrum: spectrum === null ? null : { sample: [...spectrum.sample], shrunk: [...spectrum.shrunk] },
    pairs,
    notes,
  }));
}

/** What the estimator did to the sample covariance, in words. */
function shrinkageText({ shrinkage, meanCorrelation, spectrum }: Shown): string {
  if (spectrum !== null) return "each eigenvalue on its own, see below";
  if (shrinkage === null) return "none";
  const target = meanCorrelation === null ? "" : `, whose mean correlation is ${meanCorrelation.toFixed(3)}`;
  return `${percent(shrinkage, 2)} of the target${target}`;
}

function render(computed: Computed, ink: Pen): string {
  const { prices, asked, kernel, eigenvalues, condition, effectiveRows, pairs, spectrum, notes } = computed;
  const n = prices.columns.length;
  const shown = Math.min(n, asked.limit);
  const span = `${moment(prices.clock(computed.from))} to ${moment(prices.clock(computed.to))} UTC`;
  const head = facts(
    [
      ["prices", `${prices.name}: ${count(n, "column")}`],
      ["returns", `${count(computed.rows)} of ${duration(prices.interval)}, ${asked.returns}, ${span}`],
      ["estimator", computed.estimator],
      ["shrinkage", shrinkageText(computed)],
      ...(effectiveRows === null ? [] : [["effective rows", effectiveRows.toFixed(1)] as const]),
      ...(pairs === null
        ? []
        : [
            [
              "rows",
              `${count(pairs.completeRows)} complete, at least ${count(pairs.fewestRows)} of each pair`,
            ] as const,
          ]),
      ["condition", Number.isFinite(condition) ? significant(condition) : "singular to rounding, or indefinite"],
    ],
    ink,
  );
  const sections = [
    `${title(`margrave ${version}`, ink)}${ink.draw(`  ${kernel}`, "dim")}\n${head}`,
    `${title("Correlation, and deviation per return", ink)}\n${correlationTable(computed, shown, ink)}`,
    `${title("Eigenvalues of the covariance, and their share of its trace", ink)}\n${eigenTable(eigenvalues, spectrum, shown, ink)}`,
  ];
  if (shown < n) sections.push(`${count(n - shown, "more column")}: --limit shows more, --json all.`);
  if (notes.length > 0) sections.push(`${title("Notes", ink)}\n${notes.map((note) => `- ${note}`).join("\n")}`);
  return `${sections.join("\n\n")}\n`;
}

const right = (text: string): Column => ({ title: text, align: "right" });
const significant = (value: number): string => Number(value.toPrecision(4)).toString();

function correlationTable({ prices, correlation, deviations }: Computed, shown: number, ink: Pen): string {
  const names = prices.columns.slice(0, shown);
  const n = prices.columns.length;
  const columns = [{ title: "", align: "left" } as const, ...names.map(right), right("deviation")];
  const rows = names.map((name, i) => [
    name,
    ...names.map((_, j) => (correlation[i * n + j] ?? 0).toFixed(2).replace(/^-(0\.00)$/, "$1")),
    percent(deviations[i] ?? 0, 3),
  ]);
  return table(columns, rows, ink);
}

/** Largest first; where each was moved on its own, what it was before. */
function eigenTable(values: Float64Array, spectrum: Shown["spectrum"], shown: number, ink: Pen): string {
  const trace = values.reduce((total, value) => total + value, 0);
  const share = (value: number) => (trace > 0 ? percent(value / trace, 1) : "-");
  const moved = spectrum !== null;
  const columns = [
    right(""),
    ...(moved ? [right("sample")] : []),
    right(moved ? "estimate" : "eigenvalue"),
    right("share"),
  ];
  const before = spectrum?.sample ?? values;
  // Before and after belong together, so that the order is that of the sample's.
  const after = spectrum?.shrunk ?? values;
  const rows = Array.from({ length: shown }, (_, k) => {
    const from = values.length - 1 - k;
    const value = after[from] ?? 0;
    return [`${k + 1}`, ...(moved ? [significant(before[from] ?? 0)] : []), significant(value), share(value)];
  });
  return table(columns, rows, ink);
}
