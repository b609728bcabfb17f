import { at, finiteNumber, invalid, type Place } from "../checks.js";
import { NotPositiveDefiniteError } from "../errors.js";
import type { Memory } from "../memory.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { type Copula, type Margin, marginCode } from "./copula.js";
import { checkInside, type Points } from "./points.js";
import { type Generator, type NormalMethod, turnNormal } from "./random.js";

/** Where simulated numbers come from: a generator, or points of as many dimensions as a path takes numbers. */
export type Source = Generator | Points;

/** Paths of one batch: their panels stay in the second-level cache. */
const BATCH = 256;

/** Reads a source. */
export function isSource(value: unknown, place: Place): Source {
  const given = value as Partial<Generator & Points> | null | undefined;
  if (typeof given?.reader === "function" || typeof given?.fill === "function") return given as Source;
  throw invalid(place, "a generator such as philox() or points such as sobol({ dimensions })", value);
}

export const isPoints = (source: Source): source is Points => "fill" in source;

/** Uniform numbers that a path takes: one a dimension, and one for the t copula's χ². */
export const numbersOf = (n: number, copula: Copula): number => n + (copula.degreesOfFreedom > 0 ? 1 : 0);

/** Numbers of which n move together, path by path. */
export interface Together {
  readonly n: number;
  /** f64[n*n] in memory, its lower triangle read: a correlation */
  readonly correlation: number;
  readonly copula: Copula;
  readonly source: Source;
  readonly method: NormalMethod;
  /** first path, a multiple of 4 */
  readonly from: number;
  readonly paths: number;
}

/** Lower Cholesky factor of the correlation in scratch, f64[n*n]. @throws NotPositiveDefiniteError  there is none */
function factorOf(memory: Memory, { n, correlation }: Together): number {
  const factor = memory.reserveF64(n * n);
  memory.write(factor, memory.f64(correlation, n * n));
  const pivot = memory.kernel.cholesky(n, factor);
  if (pivot === 0) return factor;
  const value = memory.f64(factor, n * n)[(pivot - 1) * (n + 1)] ?? 0;
  throw new NotPositiveDefiniteError(pivot - 1, value);
}

/**
 * The normal numbers of the paths batch by batch: `each` gets the number of the first of a batch, how many there are, and where:
 * f64[panels][n][4], path 4p + j being column j of panel p; and under a t copula at `chi` the f64[4*panels] by which all of a path
 * are multiplied once they move together.
 *
 * Path k takes the same numbers of its source however many are made at once: of a generator, where a path takes n, those of places
 * 4n⌊k/4⌋ + 4i + (k mod 4), i = 0 .. n − 1; of points, point first + k.
 */
function batches(
  memory: Memory,
  kernel: NumericsKernel,
  { n, copula, source, method, from, paths }: Together,
  each: (first: number, count: number, z: number, chi: number) => void,
): void {
  const numbers = numbersOf(n, copula);
  const panels = BATCH / 4;
  const z = memory.reserveF64(4 * panels * numbers);
  const chi = memory.reserveF64(4 * panels);
  const rows = isPoints(source) ? memory.reserveF64(4 * panels * numbers) : 0;
  const inverse = memory.reserve(kernel.normalInversesScratch());
  const read = isPoints(source) ? null : source.reader(memory, kernel, from * numbers);
  for (let first = from; first < from + paths; first += BATCH) {
    const count = Math.min(BATCH, from + paths - first);
    const used = Math.ceil(count / 4);
    if (isPoints(source)) {
      memory.scope(() => source.fill(memory, kernel, source.first + first, count, rows));
      checkInside(kernel, memory, source, count * numbers, rows);
      kernel.panelsOf(n, numbers, count, rows, z, chi);
      kernel.normalInverses(4 * used * n, z, inverse);
    } else if (numbers === n) {
      read?.(4 * used * n, z);
      turnNormal(kernel, method, 4 * used * n, z, inverse);
    } else {
      for (let p = 0; p < used; p++) {
        read?.(4 * n, z + 32 * n * p);
        read?.(4, chi + 32 * p);
      }
      turnNormal(kernel, method, 4 * used * n, z, inverse);
      kernel.uniforms(4 * used, chi);
    }
    if (numbers > n) kernel.chiFactors(count, chi, copula.degreesOfFreedom);
    each(first, count, z, chi);
  }
}

/**
 * Make the paths batch by batch: `each` gets the number of the first of a batch, how many there are, and where: f64[panels][4⌈n/4⌉][4],
 * path 4p + j being column j of panel p, before margins.
 *
 * @throws NotPositiveDefiniteError   the correlation has no factor
 */
export function simulated(
  memory: Memory,
  kernel: NumericsKernel,
  together: Together,
  each: (first: number, count: number, x: number, stride: number) => void,
): void {
  memory.scope(() => {
    const { n, copula } = together;
    const lower = memory.reserve(kernel.lowerBytes(n));
    const stride = 32 * (4 * Math.ceil(n / 4));
    const x = memory.reserve((BATCH / 4) * stride);
    kernel.packLower(n, 0, n, factorOf(memory, together), 1, lower);
    batches(memory, kernel, together, (first, count, z, chi) => {
      const used = Math.ceil(count / 4);
      kernel.lowerProduct(n, lower, used, z, x);
      if (copula.degreesOfFreedom > 0) kernel.scaleColumns(n, used, x, stride, chi);
      each(first, count, x, stride);
    });
  });
}

/**
 * Of each path  Σ_i w_i x_i  before margins, f64[4⌈paths/4⌉] at `out`, without making the x: with x = L·z it is  Σ_k (L'w)_k z_k.
 *
 * @throws NotPositiveDefiniteError   as `simulated`
 * Cost: n products a path, where each x would take n/2 of them.
 */
export function simulatedSums(
  memory: Memory,
  kernel: NumericsKernel,
  together: Together,
  weights: Float64Array,
  out: number,
): void {
  memory.scope(() => {
    const { n, copula, from } = together;
    const factor = factorOf(memory, together);
    const folded = memory.reserveF64(n);
    memory.f64(folded, n).fill(0);
    for (const [i, weight] of weights.entries()) memory.kernel.axpy(weight, factor + 8 * i * n, folded, i + 1);
    batches(memory, kernel, together, (first, count, z, chi) => {
      const used = Math.ceil(count / 4);
      const sums = out + 8 * (first - from);
      kernel.weighColumns(n, used, z, 32 * n, folded, sums);
      if (copula.degreesOfFreedom > 0) kernel.scaleColumns(1, used, sums, 32, chi);
    });
  });
}

/** A margin as the kernel takes it: `scale` of what has deviation 1, or of the sample at `sample`. */
export interface Row {
  readonly margin: Margin;
  readonly scale: number;
  readonly sample: number;
}

/** Write row i of a batch through its margin: `out` gets `count` numbers. */
export function throughMargin(
  kernel: NumericsKernel,
  copula: Copula,
  { margin, scale, sample }: Row,
  i: number,
  count: number,
  x: number,
  stride: number,
  out: number,
): void {
  const { kind, unit } = marginCode(margin, copula);
  const size = margin.sample?.length ?? 0;
  const { degreesOfFreedom: own } = margin;
  kernel.margin(count, x + 32 * i, stride, copula.degreesOfFreedom, kind, own, sample, size, unit * scale, out);
}

/** Reads a number of paths. */
export function pathCount(value: unknown, place: Place): number {
  return finiteNumber(value, place, { min: 2, max: 2 ** 31 - 1, whole: true });
}

/** Refuse points of another number of dimensions than a path takes numbers. */
export function checkDimensions(source: Source, n: number, copula: Copula, place: Place): void {
  if (!isPoints(source) || source.dimensions === numbersOf(n, copula)) return;
  const more = copula.degreesOfFreedom > 0 ? " and one for the copula" : "";
  const expected = `points of ${numbersOf(n, copula)} dimensions, one for each that moves${more}`;
  throw invalid(at(place, "dimensions"), expected, source.dimensions);
}

/** Refuse paths beyond the points there are, or beyond the numbers of a generator whose places are exact. */
export function checkPaths(
  { source, copula, from, paths }: Pick<Together, "source" | "copula" | "from" | "paths">,
  n: number,
  place: Place,
): void {
  const most = isPoints(source)
    ? source.count - source.first
    : Math.floor(Number.MAX_SAFE_INTEGER / numbersOf(n, copula) / 4) * 4;
  if (from + paths > most) throw invalid(place, `at most ${most - paths}, as there are ${most} paths`, from);
}

/** Points are inverted, each coordinate by itself: Box and Muller's method would break their evenness. */
export function checkMethod(source: Source, method: NormalMethod, place: Place): void {
  if (isPoints(source) && method !== "inversion") throw invalid(place, "inversion, for points", method);
}
