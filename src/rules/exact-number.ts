import { divide as round, type WholeDirection } from "./interest.js";

/** An exact number of either sign: numerator over a denominator > 0. They may have common factors. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

export const ZERO: Rational = Object.freeze({ n: 0n, d: 1n });
export const ONE: Rational = Object.freeze({ n: 1n, d: 1n });

/**
 * The number that a decimal of a document is: a string as it is written, an f64 as the shortest decimal that rounds to it
 * (ECMAScript `String`). "16251423051e-8" is 162.51423051. The text must be a decimal, which the document's checks see to.
 */
export function exactDecimal(value: number | string): Rational {
  const text = String(value);
  const e = text.search(/[eE]/);
  const mantissa = e < 0 ? text : text.slice(0, e);
  const point = mantissa.indexOf(".");
  const digits = point < 0 ? mantissa : mantissa.slice(0, point) + mantissa.slice(point + 1);
  const places = (point < 0 ? 0 : mantissa.length - point - 1) - (e < 0 ? 0 : Number(text.slice(e + 1)));
  return places > 0
    ? { n: BigInt(digits), d: 10n ** BigInt(places) }
    : { n: BigInt(digits) * 10n ** BigInt(-places), d: 1n };
}

export function add(a: Rational, b: Rational): Rational {
  return a.d === b.d ? { n: a.n + b.n, d: a.d } : { n: a.n * b.d + b.n * a.d, d: a.d * b.d };
}

export function subtract(a: Rational, b: Rational): Rational {
  return add(a, { n: -b.n, d: b.d });
}

export function multiply(a: Rational, b: Rational): Rational {
  return { n: a.n * b.n, d: a.d * b.d };
}

/** a ÷ b for b > 0. */
export function divide(a: Rational, b: Rational): Rational {
  return { n: a.n * b.d, d: a.d * b.n };
}

/** −1, 0 or 1 as a is below, at or above b. */
export function compare(a: Rational, b: Rational): -1 | 0 | 1 {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The lesser of two. */
export function least(a: Rational, b: Rational): Rational {
  return compare(a, b) < 0 ? a : b;
}

/** Without common factors. */
export function reduce({ n, d }: Rational): Rational {
  let [a, b] = [n < 0n ? -n : n, d];
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 1n || a === 0n ? { n, d: n === 0n ? 1n : d } : { n: n / a, d: d / a };
}

/** 2^53: whole numbers up to it are doubles. */
const SIGNIFICAND = 2n ** 53n;

/** The exponent of the unit of the smallest doubles: 2^−1074 is the least of them. */
const LEAST_EXPONENT = -1074;

/** The f64 nearest to a rational, of two that are equally near the one with an even last bit; ±Infinity beyond the range. */
export function nearestNumber({ n, d }: Rational): number {
  if (n < 0n) return -nearestNumber({ n: -n, d });
  let exponent = Math.max(bits(n) - bits(d) - 53, LEAST_EXPONENT);
  const numerator = exponent < 0 ? n << BigInt(-exponent) : n;
  let denominator = exponent < 0 ? d : d << BigInt(exponent);
  if (numerator / denominator >= SIGNIFICAND) {
    denominator *= 2n;
    exponent++;
  }
  const below = numerator / denominator;
  const twice = 2n * (numerator - below * denominator);
  const nearest = twice > denominator || (twice === denominator && below % 2n === 1n) ? below + 1n : below;
  if (exponent >= 0) return Number(nearest << BigInt(exponent));
  // In two steps, since 2^1074 is beyond the range; both are exact.
  const half = BigInt(-exponent) >> 1n;
  return Number(nearest) / Number(1n << half) / Number(1n << (BigInt(-exponent) - half));
}

function bits(n: bigint): number {
  return n.toString(2).length;
}

/**
 * A rational as an integer of 10^−decimals: `digitsOf({ n: 2n, d: 3n }, 4)` is 6666n. A negative number is rounded by its
 * magnitude, as money on a chain is.
 */
export function digitsOf({ n, d }: Rational, decimals: number, direction: WholeDirection = "down"): bigint {
  return wholeOf({ n: n * 10n ** BigInt(decimals), d }, direction);
}

/** A rational as a whole number, a negative one rounded by its magnitude. */
export function wholeOf({ n, d }: Rational, direction: WholeDirection): bigint {
  return n < 0n ? -round(-n, d, direction) : round(n, d, direction);
}
