import {
  createEngine,
  type Engine,
  InsufficientDataError,
  InvalidInputError,
  marketCovariance,
  parseHistory,
  parseMarket,
} from "../index.js";
import { covariancePresent, eigenSymmetric, tableReturns } from "../numerics/index.js";
import { BadInput, count } from "./bad-input.js";
import type { AskedEstimator } from "./covariance-estimator.js";
import { type Computed, covarianceJson, covarianceText, type Prices, type Shown } from "./covariance-report.js";
import { RefusedInput } from "./documents.js";
import { readHistory } from "./history-csv.js";
import { consecutive } from "./inputs.js";
import { advised } from "./located.js";
import { asText, withProgress } from "./report.js";
import { sourceName } from "./source.js";
import { pen } from "./table.js";
import type { Terminal } from "./terminal.js";

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
    return asked.json === true ? asText(covarianceJson(computed)) : covarianceText(computed, pen(terminal.colour));
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
