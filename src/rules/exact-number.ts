import { divide as round, type WholeDirection } from "./interest.js";

/** An exact number ≥ 0 or of either sign: numerator over denominator. The denominator is > 0; they may have common factors. */
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

/** Without common factors. */
export function reduce({ n, d }: Rational): Rational {
  let [a, b] = [n < 0n ? -n : n, d];
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 1n || a === 0n ? { n, d: n === 0n ? 1n : d } : { n: n / a, d: d / a };
}

/**
 * A rational as an integer of 10^−decimals: `digitsOf({ n: 2n, d: 3n }, 4)` is 6666n. A negative number is rounded by its
 * magnitude, as money on a chain is.
 */
export function digitsOf(value: Rational, decimals: number, direction: WholeDirection = "down"): bigint {
  const scale = 10n ** BigInt(decimals);
  if (value.n < 0n) return -round(-value.n * scale, value.d, direction);
  return round(value.n * scale, value.d, direction);
}
