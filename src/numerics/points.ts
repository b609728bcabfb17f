import { finiteNumber, invalid } from "../checks.js";
import { InvalidInputError } from "../errors.js";
import type { Memory, Owner } from "../memory.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { numericsKernel } from "./kernel.js";
import { type Draws, drawsOf } from "./random.js";

/** Points of a cube in a fixed order, as a value: what `sobol` of `margrave/sobol` makes. */
export interface Points {
  readonly name: string;
  /** what it was made with, for the account that a result gives of itself */
  readonly parameters: Readonly<Record<string, number | string | bigint | null>>;
  readonly dimensions: number;
  /** how many points there are */
  readonly count: number;
  /** the first point all of whose coordinates are above 0 */
  readonly first: number;
  /** Write points from .. from + count to `out`, f64[count*dimensions], one row each. Runs in a memory scope. */
  fill(memory: Memory, kernel: NumericsKernel, from: number, count: number, out: number): void;
}

/** Refuse points of a caller's own that no inverse takes. */
export function checkInside(kernel: NumericsKernel, memory: Memory, points: Points, numbers: number, at: number): void {
  const fault = kernel.firstOutside(numbers, at);
  if (fault === 0) return;
  const value = memory.f64(at, numbers)[fault - 1];
  throw new InvalidInputError(`${points.name}[${fault - 1}]`, "a coordinate from 1e-300 up to but not 1", value);
}

/** Refuse what are no points. */
function checkPoints(value: unknown): void {
  const given = value as Partial<Points> | null | undefined;
  if (typeof given?.fill !== "function") throw invalid("points", "points such as sobol({ dimensions })", value);
  finiteNumber(given.dimensions, "points.dimensions", { min: 1, whole: true });
  finiteNumber(given.count, "points.count", { min: 0, whole: true });
  finiteNumber(given.first, "points.first", { min: 0, whole: true });
}

function drawn(
  { memory }: Owner,
  points: Points,
  draws: Draws,
  beginning: "origin" | "first",
  turn: (kernel: NumericsKernel, numbers: number, at: number, memory: Memory) => void,
): Float64Array {
  checkPoints(points);
  const { from, count } = drawsOf(draws, beginning === "first" ? points.first : 0, points.count);
  const kernel = numericsKernel(memory);
  const numbers = count * points.dimensions;
  return memory.scope(() => {
    const at = memory.reserveF64(numbers);
    points.fill(memory, kernel, from, count, at);
    turn(kernel, numbers, at, memory);
    return memory.f64(at, numbers).slice();
  });
}

/**
 * Points from .. from + count as f64[count*dimensions], one row each; `from` is 0 by default.
 *
 * @throws InvalidInputError   a count or place that is not a whole number, or beyond the points there are
 * @see METHODS.md#sobol-points
 */
export function uniformPoints(engine: Owner, points: Points, draws: Draws): Float64Array {
  return drawn(engine, points, draws, "origin", () => {});
}

/**
 * Standard normal numbers: Φ⁻¹ of every coordinate of the points, which begin at `points.first` by default.
 *
 * @throws InvalidInputError   a count or place that is not a whole number, before `points.first`, or beyond the points there are; a
 *                             coordinate of points of one's own that is not inside (0, 1)
 * @see METHODS.md#sobol-points
 */
export function normalPoints(engine: Owner, points: Points, draws: Draws): Float64Array {
  return drawn(engine, points, draws, "first", (kernel, numbers, at, memory) => {
    checkInside(kernel, memory, points, numbers, at);
    kernel.normalInverses(numbers, at, memory.reserve(kernel.normalInversesScratch()));
  });
}
