import type { Fraction } from "./comparison.js";

/** Exact fractions, so that a comparison to the last digit of a 256-bit integer or of 20 decimals adds no error of its own. */

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const POWERS = new Map<number, bigint>();

function power(exponent: number): bigint {
  let found = POWERS.get(exponent);
  if (found === undefined) {
    found = 10n ** BigInt(exponent);
    POWERS.set(exponent, found);
  }
  return found;
}

/** The number that a JSON number, integer, decimal string or fraction is; null where it is none or not finite. */
export function fractionOf(value: unknown): Fraction | null {
  if (typeof value === "bigint") return { numerator: value, denominator: 1n };
  if (typeof value === "number") return Number.isFinite(value) ? ofDouble(value) : null;
  if (typeof value === "string") return ofDecimal(value);
  if (typeof value === "object" && value !== null && "numerator" in value && "denominator" in value) {
    const { numerator, denominator } = value;
    if (typeof numerator === "bigint" && typeof denominator === "bigint" && denominator !== 0n) {
      return denominator > 0n ? { numerator, denominator } : { numerator: -numerator, denominator: -denominator };
    }
  }
  return null;
}

function ofDecimal(text: string): Fraction | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const [, sign, whole = "", part = "", exponent = "0"] = match;
  const scale = Number(exponent) - part.length;
  const digits = BigInt(`${sign}${whole}${part}`);
  return scale >= 0
    ? { numerator: digits * power(scale), denominator: 1n }
    : { numerator: digits, denominator: power(-scale) };
}

/** The exact value of a double: a 53-bit integer times a power of two. */
function ofDouble(value: number): Fraction {
  if (Number.isInteger(value)) return { numerator: BigInt(value), denominator: 1n };
  let mantissa = value;
  let bits = 0;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    bits++;
  }
  return { numerator: BigInt(mantissa), denominator: 1n << BigInt(bits) };
}

export function distance(a: Fraction, b: Fraction): Fraction {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return { numerator: difference < 0n ? -difference : difference, denominator: a.denominator * b.denominator };
}

export function times(a: Fraction, b: Fraction): Fraction {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

export function magnitude(a: Fraction): Fraction {
  return a.numerator < 0n ? { numerator: -a.numerator, denominator: a.denominator } : a;
}

export function atMost(a: Fraction, b: Fraction): boolean {
  return a.numerator * b.denominator <= b.numerator * a.denominator;
}

/** a ÷ b as a double to some 15 digits; Infinity for a > 0 over 0. For printing, never for deciding. */
export function quotient(a: Fraction, b: Fraction): number {
  const numerator = a.numerator * b.denominator;
  const denominator = a.denominator * b.numerator;
  if (numerator === 0n) return 0;
  if (denominator === 0n) return Number.POSITIVE_INFINITY;
  const shift = numerator.toString(16).length - denominator.toString(16).length;
  const digits = 16 - shift;
  const scaled =
    digits > 0 ? (numerator << BigInt(4 * digits)) / denominator : numerator / (denominator << BigInt(-4 * digits));
  return Number(scaled) * 2 ** (-4 * digits);
}
