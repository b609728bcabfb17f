import { checkOptions, finiteNumber, invalid, oneOf, type Place, record, withDefault } from "../checks.js";
import type { Memory, Owner } from "../memory.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { numericsKernel } from "./kernel.js";
import { word } from "./word.js";

/** A generator of random bits, as a value: what `philox` and `xoshiro` make. */
export interface Generator {
  readonly name: string;
  /** what it was made with, for the account that a result gives of itself */
  readonly parameters: Readonly<Record<string, bigint>>;
  /** Numbers from `from` on, in order: each call writes the next `count` as u64 to `out`. Its state is scratch of the scope. */
  reader(memory: Memory, kernel: NumericsKernel, from: number): (count: number, out: number) => void;
}

/**
 * Philox4x32-10, the generator to take where nothing speaks for another. Number k of stream s under a seed is a function of the
 * three, so that a simulation in parts, in any order and on any number of threads, draws what one in a piece draws.
 *
 * @param options.seed    0 .. 2^64 − 1; default 0
 * @param options.stream  0 .. 2^64 − 1, e.g. one a factor or a worker; default 0
 * @throws InvalidInputError   a seed or stream that is no such number
 * Cost: some 3 ns a number, wherever it stands.
 * @see METHODS.md#random-numbers
 */
export function philox(
  options: { readonly seed?: number | bigint; readonly stream?: number | bigint } = {},
): Generator {
  const { seed, stream } = checkOptions(options, "philox", {
    seed: withDefault(0n, word),
    stream: withDefault(0n, word),
  });
  return Object.freeze({
    name: "philox4x32-10",
    parameters: Object.freeze({ seed, stream }),
    reader(memory: Memory, kernel: NumericsKernel, from: number) {
      const spare = memory.reserve(16);
      let place = BigInt(from);
      return (count: number, out: number) => {
        kernel.philoxBits(seed, stream, place, count, out, spare);
        place += BigInt(count);
      };
    },
  });
}

/**
 * xoshiro256++ from a state that splitmix64 makes of the seed: one number after the other, at a nanosecond each. What stands
 * before the first number wanted is passed over at the same cost.
 *
 * @param options.seed   0 .. 2^64 − 1; default 0
 * @throws InvalidInputError   a seed that is no such number
 * @see METHODS.md#random-numbers
 */
export function xoshiro(options: { readonly seed?: number | bigint } = {}): Generator {
  const { seed } = checkOptions(options, "xoshiro", { seed: withDefault(0n, word) });
  return Object.freeze({
    name: "xoshiro256++",
    parameters: Object.freeze({ seed }),
    reader(memory: Memory, kernel: NumericsKernel, from: number) {
      const state = memory.reserve(32);
      kernel.splitmixBits(seed, 4, state);
      let skip = BigInt(from);
      return (count: number, out: number) => {
        kernel.xoshiroBits(state, skip, count, out);
        skip = 0n;
      };
    },
  });
}

/** Which numbers of a generator are drawn. */
export interface Draws {
  readonly count: number;
  /** the first of them; default 0 */
  readonly from?: number;
}

/** Refuse what is no generator. */
function isGenerator(value: unknown, place: Place): void {
  const given = value as Partial<Generator> | null | undefined;
  if (typeof given?.reader !== "function") throw invalid(place, "a generator such as philox()", value);
}

/** Reads which numbers are drawn, of `most` from `first` on. */
export function drawsOf(draws: Draws, first: number, most: number): { readonly count: number; readonly from: number } {
  const { from, count } = checkOptions(draws, "draws", {
    from: withDefault(first, (value, place) => finiteNumber(value, place, { min: first, max: most, whole: true })),
    count: (value, place) => finiteNumber(value, place, { min: 0, max: most, whole: true }),
  });
  return { from, count: finiteNumber(count, "draws.count", { min: 0, max: most - from, whole: true }) };
}

/** The numbers as the kernel left them, after `turn` has made of the bits what is wanted: of whole pairs where `paired`. */
function drawn(
  { memory }: Owner,
  generator: Generator,
  draws: Draws,
  paired: boolean,
  turn: (kernel: NumericsKernel, count: number, at: number, scratch: number) => void,
): Float64Array {
  const { from, count } = drawsOf(draws, 0, Number.MAX_SAFE_INTEGER);
  isGenerator(generator, "generator");
  const kernel = numericsKernel(memory);
  const before = paired ? from % 2 : 0;
  const all = paired ? before + count + ((before + count) % 2) : count;
  return memory.scope(() => {
    const at = memory.reserveF64(all);
    generator.reader(memory, kernel, from - before)(all, at);
    turn(kernel, all, at, memory.reserve(kernel.normalInversesScratch()));
    return memory.f64(at + 8 * before, count).slice();
  });
}

/** The generator's bits, u64. @throws InvalidInputError  what is no generator, a count or place that is not a whole number */
export function randomBits(engine: Owner, generator: Generator, draws: Draws): BigUint64Array {
  const numbers = drawn(engine, generator, draws, false, () => {});
  return new BigUint64Array(numbers.buffer, 0, numbers.length);
}

/**
 * Uniform numbers in (0, 1): (⌊bits ÷ 2^12⌋ + ½) 2^−52, never 0 or 1, so that any inverse of a distribution takes them.
 *
 * @throws InvalidInputError   what is no generator, or a count or place that is not a whole number
 * @see METHODS.md#random-numbers
 */
export function randomUniform(engine: Owner, generator: Generator, draws: Draws): Float64Array {
  return drawn(engine, generator, draws, false, (kernel, count, at) => kernel.uniforms(count, at));
}

/** How normal numbers are made of uniform ones. */
export type NormalMethod = "inversion" | "boxMuller";

/** Reads a method. */
export const normalMethod = withDefault<NormalMethod, NormalMethod>("inversion", oneOf(["inversion", "boxMuller"]));

/**
 * Normal numbers of `count` u64 at `at`, each in its place; an even number of them for `boxMuller`. `scratch`: normalInversesScratch()
 * bytes.
 */
export function turnNormal(
  kernel: NumericsKernel,
  method: NormalMethod,
  count: number,
  at: number,
  scratch: number,
): void {
  if (method === "boxMuller") kernel.boxMuller(count, at);
  else kernel.normals(count, at, scratch);
}

/**
 * Standard normal numbers.
 *
 * `inversion` (default): Φ⁻¹ of `randomUniform`, one of each, so that number k of both stand for the same draw. |z| is at most
 * 8.21, beyond which is 2.2e-16 of the mass. `boxMuller`: numbers 2i and 2i + 1 of uniform numbers 2i and 2i + 1 together;
 * |z| is at most 8.57. It is no faster here: it is for who compares with what others draw.
 *
 * @throws InvalidInputError   what is no generator, a count or place that is not a whole number, or a method that is none
 * Cost: some 6 ns each.
 * @see METHODS.md#random-numbers
 */
export function randomNormal(
  engine: Owner,
  generator: Generator,
  draws: Draws & { readonly method?: NormalMethod },
): Float64Array {
  record(draws, "draws", ["count", "from", "method"]);
  const { method: given, ...places } = draws;
  const method = normalMethod(given, "draws.method");
  const paired = method === "boxMuller";
  return drawn(engine, generator, places, paired, (kernel, count, at, scratch) =>
    turnNormal(kernel, method, count, at, scratch),
  );
}
