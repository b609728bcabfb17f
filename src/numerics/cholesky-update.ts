import { checkOptions, finiteNumber, withDefault } from "../checks.js";
import { numbersIn } from "../covariance/factor.js";
import { InvalidInputError, NotPositiveDefiniteError } from "../errors.js";
import type { Owner } from "../memory.js";
import { numericsKernel } from "./kernel.js";
import { blamed, checkFactor, orderOf, panelsOf, unpacked } from "./panels.js";

/** What a factor becomes. */
export interface RankOne {
  /** α: what the matrix is taken times, > 0; default 1 */
  readonly scale?: number;
  /** β: what x·x' is taken times, > 0; default 1 */
  readonly weight?: number;
}

function rankOne(
  { memory }: Owner,
  name: string,
  columns: number,
  lower: Float64Array,
  vector: Float64Array,
  options: RankOne | undefined,
): { readonly lower: Float64Array; readonly kept: number } {
  const positive = withDefault(1, (value, place) => finiteNumber(value, place, { above: 0 }));
  const { scale, weight } = checkOptions(options, name, { scale: positive, weight: positive });
  const n = orderOf(columns);
  const kernel = numericsKernel(memory);
  const down = name === "choleskyDowndate";
  return memory.scope(() => {
    checkFactor(n, lower);
    const v = numbersIn(memory, n, vector, "vector");
    const panels = panelsOf(memory, kernel, n, lower, 1);
    const kept = memory.reserveF64(1);
    const scratch = memory.reserve(kernel.rankOneScratch(n));
    const root = Math.sqrt(weight);
    memory.f64(v, n).set(vector.map((x) => root * x));
    const status = kernel.rankOne(n, panels, v, Math.sqrt(scale), down ? 1 : 0, kept, scratch);
    const share = memory.f64(kept, 1)[0] ?? 0;
    if (status > 0 || memory.kernel.firstNonFinite(panels, kernel.lowerBytes(n) / 8) > 0) {
      blamed(memory, n, lower, "lower");
      if (status > 0)
        throw new NotPositiveDefiniteError(status - 1, share, "More is taken away than there is; factorise anew");
      throw new InvalidInputError("vector", "such that the factor is within the range of numbers", "one beyond it");
    }
    return { lower: unpacked(memory, kernel, n, panels), kept: share };
  });
}

/**
 * Cholesky factor of  α·A + β·x·x'  from that of A, by rotations: of an EWMA covariance with α = λ and β = 1 − λ, say.
 *
 * @param columns          order n, ≥ 1
 * @param lower            f64[n*n]: the factor of A; what is above its diagonal is not read
 * @param vector           f64[n]: x
 * @param options.scale    α > 0; default 1
 * @param options.weight   β > 0; default 1
 * @throws InvalidInputError   another size, a number that is not finite, a diagonal that is not positive, or a result out of range
 * Cost: 3n² operations.
 * @see METHODS.md#updates-of-a-factor-choleskyupdate
 */
export function choleskyUpdate(
  engine: Owner,
  columns: number,
  lower: Float64Array,
  vector: Float64Array,
  options?: RankOne,
): { readonly lower: Float64Array } {
  const { lower: updated } = rankOne(engine, "choleskyUpdate", columns, lower, vector, options);
  return { lower: updated };
}

export interface Downdated {
  readonly lower: Float64Array;
  /** least share that a pivot keeps, 0 .. 1: digits are lost as it gets small; below 2e-8 factorise anew */
  readonly kept: number;
}

/**
 * Cholesky factor of  α·A − β·x·x'  from that of A, by hyperbolic rotations.
 *
 * @param options   as of `choleskyUpdate`
 * @throws InvalidInputError          as `choleskyUpdate`
 * @throws NotPositiveDefiniteError   naming the first pivot that keeps no more than n·eps of itself, and what is left of it
 * Cost: 3n² operations.
 * @see METHODS.md#updates-of-a-factor-choleskyupdate
 */
export function choleskyDowndate(
  engine: Owner,
  columns: number,
  lower: Float64Array,
  vector: Float64Array,
  options?: RankOne,
): Downdated {
  return rankOne(engine, "choleskyDowndate", columns, lower, vector, options);
}
