import { checkOptions, finiteNumber, withDefault } from "../checks.js";
import type { Memory, Owner } from "../memory.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { numericsKernel } from "./kernel.js";
import { word } from "./word.js";

/** A generator of random bits, as a value: what `philox` and `xoshiro` make. */
export interface Generator {
  readonly name: string;
  /** what it was made with, for the account that a result gives of itself */
  readonly parameters: Readonly<Record<string, bigint>>;
  /** Write numbers from .. from + count of the generator as u64 to `out`, 8 × count bytes of scratch. */
  fill(memory: Memory, kernel: NumericsKernel, from: number, count: number, out: number): void;
}

/**
 * Philox4x32-10, the generator to take where nothing speaks for another. Number k of stream s under a seed is a function of the
 * three, so that a simulation in parts, in any order and on any number of threads, draws what one in a piece draws.
 *
 * @param options.seed    0 .. 2^64 − 1; default 0
 * @param options.stream  0 .. 2^64 − 1, e.g. one a factor or a worker; default 0
 * @throws InvalidInputError   a seed or stream that is no such number
 * Cost: some 10 ns a pair of numbers, wherever they stand.
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
    fill(memory: Memory, kernel: NumericsKernel, from: number, count: number, out: number) {
      kernel.philoxBits(seed, stream, BigInt(from), count, out, memory.reserve(16));
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
    fill(memory: Memory, kernel: NumericsKernel, from: number, count: number, out: number) {
      const state = memory.reserve(32);
      kernel.splitmixBits(seed, 4, state);
      kernel.xoshiroBits(state, BigInt(from), count, out);
    },
  });
}

/** Which numbers of a generator are drawn. */
export interface Draws {
  readonly count: number;
  /** the first of them; default 0 */
  readonly from?: number;
}

/** The numbers as the kernel left them, after `turn` has made of the bits what is wanted. */
function drawn(
  { memory }: Owner,
  generator: Generator,
  draws: Draws,
  turn: (kernel: NumericsKernel, count: number, at: number) => void,
): Float64Array {
  const count = finiteNumber(draws.count, "count", { min: 0, whole: true });
  const from = finiteNumber(draws.from ?? 0, "from", { min: 0, max: Number.MAX_SAFE_INTEGER - count, whole: true });
  const kernel = numericsKernel(memory);
  return memory.scope(() => {
    const at = memory.reserveF64(count);
    generator.fill(memory, kernel, from, count, at);
    turn(kernel, count, at);
    return memory.f64(at, count).slice();
  });
}

/** The generator's bits, u64. @throws InvalidInputError  a count or place that is not a whole number */
export function randomBits(engine: Owner, generator: Generator, draws: Draws): BigUint64Array {
  const numbers = drawn(engine, generator, draws, () => {});
  return new BigUint64Array(numbers.buffer, 0, numbers.length);
}

/**
 * Uniform numbers in (0, 1): (⌊bits ÷ 2^12⌋ + ½) 2^−52, never 0 or 1, so that any inverse of a distribution takes them.
 *
 * @throws InvalidInputError   a count or place that is not a whole number
 * @see METHODS.md#random-numbers
 */
export function randomUniform(engine: Owner, generator: Generator, draws: Draws): Float64Array {
  return drawn(engine, generator, draws, (kernel, count, at) => kernel.uniforms(count, at));
}

/**
 * Standard normal numbers: Φ⁻¹ of `randomUniform`, one of each, so that number k of both stand for the same draw. |z| is at
 * most 8.21, beyond which is 2.2e-16 of the mass.
 *
 * @throws InvalidInputError   a count or place that is not a whole number
 * Cost: some 30 ns each.
 * @see METHODS.md#random-numbers
 */
export function randomNormal(engine: Owner, generator: Generator, draws: Draws): Float64Array {
  return drawn(engine, generator, draws, (kernel, count, at) => kernel.normals(count, at));
}
