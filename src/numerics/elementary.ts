import { at, invalid, type Place } from "../checks.js";
import type { Memory, Owner } from "../memory.js";
import type { NumericsKernel } from "../wasm/numerics-kernel.js";
import { numericsKernel } from "./kernel.js";
import { sizedArray } from "./resident.js";

/** A function of every number of an array: to a new one, or to `into` of the same length, which may be the array itself. */
export type ArrayFunction = (x: Float64Array, into?: Float64Array) => Float64Array;

/** Elementary functions and the normal distribution at every number of an array, with the same bits everywhere. */
export interface ElementaryFunctions {
  /** e^x, within 0.9 ulp; 0 and Infinity beyond the range of f64 */
  readonly exp: ArrayFunction;
  /** e^x − 1, also where x is tiny, within 1.5 ulp */
  readonly expm1: ArrayFunction;
  /** log x for x ≥ 0, within 0.9 ulp; −Infinity at 0 */
  readonly log: ArrayFunction;
  /** log(1 + x) for x ≥ −1, also where x is tiny, within 1 ulp; −Infinity at −1 */
  readonly log1p: ArrayFunction;
  /**
   * x^y, y a number or one for each x, within 0.9 ulp of every result that is a normal number. As IEEE 754: 1 where y is 0 or x
   * is 1, also for infinite y, where ECMAScript has NaN; x below 0 where y is a whole number or infinite.
   */
  pow(x: Float64Array, y: number | Float64Array, into?: Float64Array): Float64Array;
  /** sin 2πu and cos 2πu for finite u, within 0.8 ulp and exact at every quarter */
  sinCosTurn(u: Float64Array): { readonly sine: Float64Array; readonly cosine: Float64Array };
  /** 1 − erf(x), relative error 1e-15 down to the smallest number */
  readonly erfc: ArrayFunction;
  /** density of the standard normal distribution */
  readonly normalPdf: ArrayFunction;
  /** Φ(x) = P(Z ≤ x), relative error 1e-15 in both tails */
  readonly normalCdf: ArrayFunction;
  /** P(Z > x), never formed as 1 − Φ(x) */
  readonly normalSurvival: ArrayFunction;
  /** log Φ(x), also where Φ(x) is too small for a number */
  readonly normalLogCdf: ArrayFunction;
  /** Φ⁻¹(p) for 0 ≤ p ≤ 1, relative error 1e-15; ±Infinity at 0 and 1 */
  readonly normalQuantile: ArrayFunction;
}

/** Numbers that are computed at a time: what they take stays in the nearest cache, and no array is copied as a whole. */
const BLOCK = 4096;

function numbers(value: unknown, place: Place): Float64Array {
  if (!(value instanceof Float64Array)) throw invalid(place, "a Float64Array", value);
  return value;
}

/** Where results go: an array of the same length, which shares no numbers with those read, or all of them in their places. */
function target(into: unknown, length: number, read: readonly Float64Array[]): Float64Array {
  const out = sizedArray(into, length, "into");
  for (const one of read) {
    const apart = out.byteOffset - one.byteOffset;
    if (out.buffer !== one.buffer || apart === 0 || Math.abs(apart) >= 8 * length) continue;
    throw invalid("into", "an array that was read, or one apart from it", "one that overlaps it");
  }
  return out;
}

/** Throw for the first of `count` results at `address` that is NaN: its argument is outside `domain`. */
function refuseNaN(
  kernel: NumericsKernel,
  address: number,
  block: Float64Array,
  from: number,
  name: string,
  domain: string,
): void {
  const fault = kernel.firstNaN(block.length, address) >>> 0;
  if (fault > 0) throw invalid(at(name, from + fault - 1), domain, block[fault - 1]);
}

/** `kernel`, in place on every block of x. It makes NaN of what is outside `domain` and of nothing else. */
function mapped(memory: Memory, kernel: (n: number, x: number, out: number) => void, domain: string): ArrayFunction {
  const numerics = numericsKernel(memory);
  return (x, into = new Float64Array(numbers(x, "x").length)) => {
    const { length } = numbers(x, "x");
    const out = target(into, length, [x]);
    return memory.scope(() => {
      const address = memory.reserveF64(Math.min(length, BLOCK));
      for (let from = 0; from < length; from += BLOCK) {
        const block = x.subarray(from, from + BLOCK);
        memory.write(address, block);
        kernel(block.length, address, address);
        refuseNaN(numerics, address, block, from, "x", domain);
        out.set(memory.f64(address, block.length), from);
      }
      return out;
    });
  };
}

/** What `elementary` makes `pow` of. */
function powers(memory: Memory, kernel: NumericsKernel): ElementaryFunctions["pow"] {
  return (x, y, into = new Float64Array(numbers(x, "x").length)) => {
    const { length } = numbers(x, "x");
    const single = typeof y === "number";
    const exponents = single ? Float64Array.of(y) : sizedArray(y, length, "y");
    const out = target(into, length, single ? [x] : [x, exponents]);
    return memory.scope(() => {
      const [base, exponent] = [memory.reserveF64(Math.min(length, BLOCK)), memory.reserveF64(single ? 1 : BLOCK)];
      for (let from = 0; from < length; from += BLOCK) {
        const block = x.subarray(from, from + BLOCK);
        const beside = single ? exponents : exponents.subarray(from, from + BLOCK);
        memory.write(base, block);
        memory.write(exponent, beside);
        if (single && Number.isNaN(y)) throw invalid("y", "a number", y);
        if (!single) refuseNaN(kernel, exponent, beside, from, "y", "a number");
        // NaN to the power of 0 would be 1.
        refuseNaN(kernel, base, block, from, "x", "a number");
        kernel.powers(block.length, base, exponent, single ? 0 : 8, base);
        refuseNaN(kernel, base, block, from, "x", "at least 0 where y is not a whole number");
        out.set(memory.f64(base, block.length), from);
      }
      return out;
    });
  };
}

/**
 * Elementary functions and the normal distribution at every number of an array, two at a time where the engine has SIMD: equal to
 * the bit on every build and engine, which the host's `Math` is not. `into` gets the results where it is given, up to the block
 * with the fault where one is thrown.
 *
 * @throws InvalidInputError   an argument that is NaN or outside the function's domain, by its place; an array of another length, or
 *                             an `into` that overlaps what is read without being it
 * Cost per number in ns on a core of some 3 GHz, the copies in and out included: exp 4, log 6, Φ 10, Φ⁻¹ 10, pow 19.
 * @see METHODS.md#elementary-functions
 */
export function elementary({ memory }: Owner): ElementaryFunctions {
  const kernel = numericsKernel(memory);
  return {
    exp: mapped(memory, kernel.exponentials, "a number"),
    expm1: mapped(memory, kernel.exponentialsM1, "a number"),
    log: mapped(memory, kernel.logarithms, "a number of at least 0"),
    log1p: mapped(memory, kernel.logarithms1p, "a number of at least -1"),
    pow: powers(memory, kernel),
    sinCosTurn(u) {
      const { length } = numbers(u, "u");
      const [sine, cosine] = [new Float64Array(length), new Float64Array(length)];
      return memory.scope(() => {
        const room = Math.min(length, BLOCK);
        const [turn, s, c] = [memory.reserveF64(room), memory.reserveF64(room), memory.reserveF64(room)];
        for (let from = 0; from < length; from += BLOCK) {
          const block = u.subarray(from, from + BLOCK);
          memory.write(turn, block);
          kernel.sinCosTurns(block.length, turn, s, c);
          refuseNaN(kernel, s, block, from, "u", "a finite number");
          sine.set(memory.f64(s, block.length), from);
          cosine.set(memory.f64(c, block.length), from);
        }
        return { sine, cosine };
      });
    },
    erfc: mapped(memory, kernel.erfcs, "a number"),
    normalPdf: mapped(memory, kernel.normalPdfs, "a number"),
    normalCdf: mapped(memory, kernel.normalCdfs, "a number"),
    normalSurvival: mapped(memory, kernel.normalSurvivals, "a number"),
    normalLogCdf: mapped(memory, kernel.normalLogCdfs, "a number"),
    normalQuantile: mapped(memory, kernel.normalQuantiles, "a number from 0 to 1"),
  };
}
