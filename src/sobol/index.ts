/** `margrave/sobol`: points that fill a cube evenly, for `uniformPoints` and `normalPoints` of `margrave/numerics`. */
import { checkOptions, finiteNumber, invalid, type Place, withDefault } from "../checks.js";
import type { Memory } from "../memory.js";
import type { Points } from "../numerics/points.js";
import { word } from "../numerics/word.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { type Directions, directionNumbers } from "./directions.js";
import { packed } from "./joe-kuo.js";

export type { Directions } from "./directions.js";

/** Those of Joe and Kuo for 1,111 dimensions: all whose polynomial is of degree 13 or less. */
export const joeKuo: Directions = Object.freeze({ name: "new-joe-kuo-6.1111", dimensions: 1111, packed });

const POINTS = 2 ** 32;

/** Decoded once a table and number of dimensions. */
const decoded = new WeakMap<Directions, Map<number, Uint32Array>>();

function directionsOf(table: Directions, dimensions: number): Uint32Array {
  const known = decoded.get(table) ?? new Map<number, Uint32Array>();
  decoded.set(table, known);
  const numbers = known.get(dimensions) ?? directionNumbers(table, dimensions);
  known.set(dimensions, numbers);
  return numbers;
}

function isDirections(value: unknown, place: Place): Directions {
  const given = value as Partial<Directions> | null;
  const known = typeof given?.packed === "string" && typeof given.name === "string";
  // Base 64 in whole bytes, which is all that is asked of numbers of one's own: their bits are the caller's.
  if (known && Number.isSafeInteger(given.dimensions) && /^[A-Za-z0-9+/]*={0,2}$/.test(given.packed ?? "")) {
    return given as Directions;
  }
  throw invalid(place, "joeKuo, or joeKuo21201 of margrave/sobol-21201", value);
}

/**
 * Sobol points of 32 bits in the order of the Gray code: any 2^m of them from a multiple of 2^m on fill every dimension evenly.
 * Point 0 is the origin, which no inverse of a distribution takes: begin at 1, or scramble.
 *
 * @param options.dimensions   1 .. 1,111, or up to 21,201 with `directions: joeKuo21201` of `margrave/sobol-21201`
 * @param options.scramble     a seed, 0 .. 2^64 − 1: Owen's scrambling by a hash. The points fill the cube as evenly, each is
 *                             uniform in (0, 1), and the spread of a mean over several seeds is its error. Default: none
 * @param options.directions   default `joeKuo`
 * @throws InvalidInputError   an option that is none of these
 * Cost: some nanoseconds a coordinate; the first use of a table decodes the dimensions wanted.
 * @see METHODS.md#sobol-points
 */
export function sobol(options: {
  readonly dimensions: number;
  readonly scramble?: number | bigint | null;
  readonly directions?: Directions;
}): Points {
  const { dimensions, scramble, directions } = checkOptions(options, "sobol", {
    dimensions: (value, place) => finiteNumber(value, place, { min: 1, whole: true }),
    scramble: withDefault(null, (value, place) => (value === null ? null : word(value, place))),
    directions: withDefault(joeKuo, isDirections),
  });
  if (dimensions > directions.dimensions) {
    const most = `at most ${directions.dimensions}, which is what ${directions.name} has`;
    throw invalid("sobol.dimensions", most, dimensions);
  }
  return Object.freeze({
    name: "sobol",
    parameters: Object.freeze({ dimensions, directions: directions.name, scramble }),
    dimensions,
    count: POINTS,
    first: scramble === null ? 1 : 0,
    fill(memory: Memory, kernel: NumericsKernel, from: number, count: number, out: number) {
      const numbers = memory.copy(directionsOf(directions, dimensions));
      const scratch = memory.reserve(kernel.sobolScratch(dimensions));
      let seeds = 0;
      if (scramble !== null) {
        seeds = memory.reserve(8 * dimensions);
        kernel.philoxBits(scramble, 0n, 0n, dimensions, seeds, memory.reserve(16));
      }
      kernel.sobolPoints(dimensions, numbers, from, count, seeds, out, scratch);
    },
  });
}
