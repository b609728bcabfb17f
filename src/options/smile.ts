import { at, checkOptions, finiteNumber, invalid, oneOf, withDefault } from "../checks.js";
import type { Owner } from "../memory.js";

/** Total variances σ²T of one expiry by log moneyness k = log(strike/forward): a value that a surface is made of. */
export interface Smile {
  readonly name: string;
  /** the log moneyness from and to which it is known; beyond is extrapolation */
  readonly from: number;
  readonly to: number;
  /** σ²T at k, from .. to. @throws InvalidInputError  beyond them */
  totalVariance(k: number): number;
}

/** How a table is read between its strikes: total variance by log moneyness as straight lines, or as a natural cubic spline. */
export type SmileInterpolation = "linear" | "cubic";

/**
 * A smile through quoted volatilities.
 *
 * @param quotes.strikes        ascending, at least one
 * @param quotes.volatilities   above 0, one a strike
 * @param quotes.interpolation  `linear` (default) or `cubic`: a natural spline, which may swing below 0 between quotes and then refuses
 * @throws InvalidInputError    a number that is missing, not finite or out of range, strikes that do not ascend, or a spline that falls
 *                              to 0 between its strikes
 * @see METHODS.md#volatility-surfaces
 */
export function quotedSmile(
  { memory }: Owner,
  quotes: {
    readonly forward: number;
    readonly years: number;
    readonly strikes: ArrayLike<number>;
    readonly volatilities: ArrayLike<number>;
    readonly interpolation?: SmileInterpolation;
  },
): Smile {
  const numbers = (value: unknown, place: Parameters<typeof finiteNumber>[1]): readonly number[] => {
    if (!Array.isArray(value) && !(value instanceof Float64Array)) throw invalid(place, "a list of numbers", value);
    return Array.from(value, (one, i) => finiteNumber(one, at(place, i), { above: 0 }));
  };
  const { forward, years, strikes, volatilities, interpolation } = checkOptions(quotes, "quotedSmile", {
    forward: (value, place) => finiteNumber(value, place, { above: 0 }),
    years: (value, place) => finiteNumber(value, place, { above: 0 }),
    strikes: numbers,
    volatilities: numbers,
    interpolation: withDefault<SmileInterpolation, SmileInterpolation>("linear", oneOf(["linear", "cubic"])),
  });
  if (strikes.length === 0) throw invalid("quotedSmile.strikes", "at least one strike", strikes);
  if (volatilities.length !== strikes.length) {
    throw invalid("quotedSmile.volatilities", `a list of ${strikes.length}`, volatilities);
  }
  for (let i = 1; i < strikes.length; i++) {
    const before = strikes[i - 1] ?? 0;
    if (!((strikes[i] ?? 0) > before)) throw invalid(`quotedSmile.strikes[${i}]`, `above ${before}`, strikes[i]);
  }
  const x = strikes.map((strike, i) => {
    const ratio = strike / forward;
    if (ratio > 0 && ratio < Infinity) return memory.kernel.logarithm(ratio);
    throw invalid(`quotedSmile.strikes[${i}]`, "within the range of numbers of the forward", strike);
  });
  const w = volatilities.map((volatility, i) => {
    const variance = volatility * volatility * years;
    if (variance > 0 && variance < Infinity) return variance;
    throw invalid(`quotedSmile.volatilities[${i}]`, "of a total variance within the range of numbers", volatility);
  });
  for (let i = 1; i < x.length; i++) {
    if ((x[i] ?? 0) > (x[i - 1] ?? 0)) continue;
    throw invalid(`quotedSmile.strikes[${i}]`, "apart from the one before in its logarithm", strikes[i]);
  }
  const bends = interpolation === "cubic" ? splineBends(x, w) : x.map(() => 0);
  const smile = {
    name: `quoted(interpolation=${interpolation})`,
    from: x[0] ?? 0,
    to: x[x.length - 1] ?? 0,
    totalVariance(k: number) {
      const { from, to } = smile;
      return piece(x, w, bends, finiteNumber(k, "k", { min: from, max: to }));
    },
  };
  for (let i = 1; i < x.length; i++) refuseNegative(x, w, bends, i);
  return Object.freeze(smile);
}

/** Second derivatives of the natural cubic spline through points: the tridiagonal system by elimination. */
function splineBends(x: readonly number[], y: readonly number[]): number[] {
  const n = x.length;
  const [ratio, right] = [new Float64Array(n), new Float64Array(n)];
  const get = (list: ArrayLike<number>, i: number) => list[i] ?? 0;
  for (let i = 1; i + 1 < n; i++) {
    const [before, after] = [get(x, i) - get(x, i - 1), get(x, i + 1) - get(x, i)];
    const pivot = 2 * (before + after) - before * get(ratio, i - 1);
    const slopes = (get(y, i + 1) - get(y, i)) / after - (get(y, i) - get(y, i - 1)) / before;
    ratio[i] = after / pivot;
    right[i] = (6 * slopes - before * get(right, i - 1)) / pivot;
  }
  const bends = new Array<number>(n).fill(0);
  for (let i = n - 2; i > 0; i--) bends[i] = get(right, i) - get(ratio, i) * get(bends, i + 1);
  return bends;
}

/** The value at k of the cubic between the points around it, given second derivatives. */
function piece(x: readonly number[], y: readonly number[], bends: readonly number[], k: number): number {
  let low = 0;
  let high = x.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? 0) <= k) low = middle;
    else high = middle;
  }
  return between(x, y, bends, low, high, k);
}

function between(
  x: readonly number[],
  y: readonly number[],
  bends: readonly number[],
  low: number,
  high: number,
  k: number,
): number {
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [x[low], x[high], y[low], y[high]];
  if (low === high || k === x0) return y0;
  if (k === x1) return y1;
  const width = x1 - x0;
  const b = (k - x0) / width;
  const a = 1 - b;
  const [m0 = 0, m1 = 0] = [bends[low], bends[high]];
  return a * y0 + b * y1 + ((a * (a * a - 1) * m0 + b * (b * b - 1) * m1) * width * width) / 6;
}

/** Between points i − 1 and i a cubic must not reach 0: looked at in 64 places. */
function refuseNegative(x: readonly number[], y: readonly number[], bends: readonly number[], i: number): void {
  const [from = 0, to = 0] = [x[i - 1], x[i]];
  for (let j = 1; j < 64; j++) {
    const value = between(x, y, bends, i - 1, i, from + ((to - from) * j) / 64);
    if (!(value > 0)) {
      throw invalid("quotedSmile.interpolation", `"linear" where a spline falls to 0 before strikes[${i}]`, "cubic");
    }
  }
}
