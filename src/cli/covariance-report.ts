import { version } from "../index.js";
import { count } from "./bad-input.js";
import type { CovarianceAsked } from "./covariance.js";
import type { HistoryTable } from "./history-csv.js";
import { objectOf } from "./json.js";
import { facts, title } from "./render.js";
import { type Column, type Pen, percent, table } from "./table.js";
import { duration, moment } from "./time-cell.js";

/** A file of prices. */
export interface Prices extends HistoryTable {
  readonly name: string;
  /** when a row really was */
  readonly clock: (time: number) => number;
}

/** A covariance as it is shown. */
export interface Shown {
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

/** Everything that `margrave covariance` says. */
export interface Computed extends Shown {
  readonly prices: Prices;
  readonly asked: CovarianceAsked;
  readonly kernel: string;
  /** of the covariance, ascending */
  readonly eigenvalues: Float64Array;
  /** largest ÷ smallest eigenvalue; +∞ where the smallest is 0 to rounding or below */
  readonly condition: number;
  readonly notes: readonly string[];
}

const iso = (time: number): string => new Date(time).toISOString();

/** It as JSON, `margrave/covariance/1`. */
export function covarianceJson(computed: Computed): object {
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

/** It as text. */
export function covarianceText(computed: Computed, ink: Pen): string {
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
