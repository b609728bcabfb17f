import { at, checkOptions, finiteNumber, invalid, type Place, withDefault } from "../checks.js";
import { type TailPair, tailOf } from "../distribution.js";
import type { Memory, Owner } from "../memory.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { type Copula, copulaReader, isMargin, type Margin, marginCode, normalMargin } from "./copula.js";
import { numericsKernel } from "./kernel.js";
import { confidence } from "./observations.js";
import { type NormalMethod, normalMethod, philox } from "./random.js";
import { finiteArray, sizedArray } from "./resident.js";
import {
  checkDimensions,
  checkMethod,
  checkPaths,
  isPoints,
  isSource,
  pathCount,
  type Row,
  type Source,
  simulated,
  simulatedSums,
  type Together,
  throughMargin,
} from "./simulation.js";

export interface SimulationOptions {
  /** f64[n*n] row-major, ones on its diagonal, positive definite, its lower triangle read: of the copula's own distribution */
  readonly correlation: Float64Array;
  /** f64[n], ≥ 0; default: ones. Not used for samples. */
  readonly deviations?: Float64Array;
  /** default `gaussianCopula()` */
  readonly copula?: Copula;
  /** one for all, or one each; default `normalMargin()` */
  readonly margins?: Margin | readonly Margin[];
  /** default `philox()` */
  readonly source?: Source;
  /** of a generator's numbers; points are always inverted */
  readonly method?: NormalMethod;
  readonly paths: number;
  /** first path, a multiple of 4; default 0. The same path is the same whatever is simulated with it. */
  readonly from?: number;
}

const anything = (value: unknown) => value;

const readers = {
  deviations: anything,
  margins: anything,
  copula: copulaReader,
  source: withDefault<Source, Source>(philox(), isSource),
  method: normalMethod,
  paths: pathCount,
  from: withDefault(0, (value, place) => {
    const from = finiteNumber(value, place, { min: 0, whole: true });
    if (from % 4 !== 0) throw invalid(place, "a multiple of 4", value);
    return from;
  }),
  correlation: (value: unknown, place: Place) => {
    if (value instanceof Float64Array) return finiteArray(value, place);
    throw invalid(place, "a Float64Array of n × n numbers", value);
  },
};

/** The error of numbers that leave f64. */
function beyond(place: Place): Error {
  return invalid(place, "such that what is simulated stays within the range of numbers", "numbers beyond it");
}

/** An array of n finite numbers. */
function array(value: unknown, place: Place, n: number): Float64Array {
  return finiteArray(sizedArray(value, n, place), place);
}

/** Options as they were read. */
type Read = ReturnType<typeof checkOptions<typeof readers>>;

/** Options of a simulation in memory, as rows for the kernel. */
function begun(memory: Memory, name: string, { correlation, deviations, margins, ...settings }: Read) {
  const n = Math.round(Math.sqrt(correlation.length));
  if (n === 0 || n * n !== correlation.length)
    throw invalid(at(name, "correlation"), "n × n numbers", correlation.length);
  for (let i = 0; i < n; i++) {
    if (correlation[i * (n + 1)] === 1) continue;
    throw invalid(at(at(name, "correlation"), i * (n + 1)), "1, as all of a diagonal are", correlation[i * (n + 1)]);
  }
  const scales = deviations === undefined ? new Float64Array(n).fill(1) : array(deviations, at(name, "deviations"), n);
  const fault = scales.findIndex((one) => one < 0);
  if (fault >= 0) throw invalid(at(at(name, "deviations"), fault), "a number ≥ 0", scales[fault]);
  const all: readonly unknown[] = Array.isArray(margins) ? margins : new Array(n).fill(margins ?? normalMargin());
  if (all.length !== n) throw invalid(at(name, "margins"), `a margin, or ${n} of them`, margins);
  checkDimensions(settings.source, n, settings.copula, at(name, "source"));
  checkPaths(settings, n, at(name, "from"));
  checkMethod(settings.source, settings.method, at(name, "method"));
  const rows = Array.from(all, (one, i): Row => {
    const margin = isMargin(one, at(at(name, "margins"), i));
    if (margin.name === "history") throw invalid(at(at(name, "margins"), i), "normal, t or a sample", margin.key);
    const sample = margin.sample === null ? 0 : memory.copy(margin.sample);
    return { margin, scale: margin.sample === null ? (scales[i] ?? 0) : 1, sample };
  });
  return { n, rows, together: { ...settings, n, correlation: memory.copy(correlation) } };
}

/**
 * Numbers that move together under a copula, each with its own margin.
 *
 * @param options.into   f64[n*paths]: takes the numbers in place of a new array, and is left alone where there is an error
 * @returns f64[n*paths], one number of all paths after another
 * @throws InvalidInputError          an option that is unknown or out of range, an array of another size
 * @throws NotPositiveDefiniteError   the correlation has no Cholesky factor
 * Cost: per path n normal numbers and n²/2 products; a margin that is not the copula's own a cdf and a quantile each.
 * @see METHODS.md#monte-carlo
 */
export function simulate(
  { memory }: Owner,
  options: SimulationOptions & { readonly into?: Float64Array | null },
): Float64Array {
  const { into, ...read } = checkOptions(options, "simulate", { into: anything, ...readers });
  const kernel = numericsKernel(memory);
  return memory.scope(() => {
    const { n, rows, together } = begun(memory, "simulate", read);
    const { paths, from, copula } = together;
    const taken = into === undefined || into === null ? null : sizedArray(into, n * paths, "simulate.into");
    const out = memory.reserveF64(n * paths);
    simulated(memory, kernel, together, (first, count, x, stride) => {
      for (const [i, row] of rows.entries()) {
        throughMargin(kernel, copula, row, i, count, x, stride, out + 8 * (i * paths + first - from));
      }
    });
    if (memory.kernel.firstNonFinite(out, n * paths) > 0) throw beyond("simulate.deviations");
    const found = memory.f64(out, n * paths);
    taken?.set(found);
    return taken ?? found.slice();
  });
}

export interface MonteCarloTail extends TailPair {
  /** standard errors of both; null for points, whose error the spread over several scrambles tells */
  readonly standardErrors: TailPair | null;
  readonly paths: number;
}

/**
 * VaR and ES of Σ weight × number over simulated numbers, without keeping them: see `simulate`. Where every margin is the copula's
 * own, the numbers are not even made: the factor goes into the weights once, and a path costs n products.
 *
 * @param options.weights   f64[n], gains positive
 * @throws as `simulate`
 * @see METHODS.md#monte-carlo
 */
export function monteCarloTail(
  { memory }: Owner,
  options: SimulationOptions & { readonly weights: Float64Array; readonly confidence: number },
): MonteCarloTail {
  const own = { weights: anything, confidence };
  const { weights, ...read } = checkOptions(options, "monteCarloTail", { ...own, ...readers });
  const alpha = tailOf(read.confidence, "monteCarloTail.confidence");
  const kernel = numericsKernel(memory);
  return memory.scope(() => {
    const { n, rows, together } = begun(memory, "monteCarloTail", read);
    const { paths, source } = together;
    const given = array(weights, "monteCarloTail.weights", n);
    const pnl = memory.reserveF64(paths + 4);
    weighed(memory, kernel, together, rows, given, pnl);
    if (memory.kernel.firstNonFinite(pnl, paths) > 0) throw beyond("monteCarloTail.weights");
    const out = memory.reserveF64(4);
    const scratch = memory.reserve(memory.kernel.tailScratch(paths));
    memory.kernel.tailStatistics(pnl, paths, alpha, scratch, out);
    const [valueAtRisk = 0, expectedShortfall = 0] = memory.f64(out, 2);
    if (isPoints(source)) return { valueAtRisk, expectedShortfall, standardErrors: null, paths };
    kernel.tailErrors(pnl, paths, alpha, scratch, out);
    const [ofVaR = 0, ofES = 0] = memory.f64(out, 2);
    const standardErrors = { valueAtRisk: ofVaR, expectedShortfall: ofES };
    return { valueAtRisk, expectedShortfall, standardErrors, paths };
  });
}

/** Σ weight × number of each path at `out`: folded into the factor where all margins are the copula's own, else row by row. */
function weighed(
  memory: Memory,
  kernel: NumericsKernel,
  together: Together,
  rows: readonly Row[],
  weights: Float64Array,
  out: number,
): void {
  const { copula, from } = together;
  const codes = rows.map(({ margin }) => marginCode(margin, copula));
  if (codes.every(({ kind }) => kind === 0)) {
    const scaled = Float64Array.from(weights, (w, i) => w * ((codes[i]?.unit ?? 0) * (rows[i]?.scale ?? 0)));
    simulatedSums(memory, kernel, together, scaled, out);
    return;
  }
  const row = memory.reserveF64(256);
  simulated(memory, kernel, together, (first, count, x, stride) => {
    const sums = out + 8 * (first - from);
    memory.f64(sums, count).fill(0);
    for (const [i, own] of rows.entries()) {
      throughMargin(kernel, copula, own, i, count, x, stride, row);
      memory.kernel.axpy(weights[i] ?? 0, row, sums, count);
    }
  });
}
