import { at, type Fields, invalid, own, type Place, record } from "../checks.js";

/** 10^18, what a fraction of one is written as on most chains. */
export const WAD = 10n ** 18n;

/** 10^27, what Aave's and Euler's indices and rates write one as. */
export const RAY = 10n ** 27n;

/** 2^256 − 1, what contracts return where a ratio has no denominator. */
export const MAX_UINT256 = 2n ** 256n - 1n;

/** A health factor as contracts return it: null, which is no debt, as 2^256 − 1. */
export function chainHealthFactor(healthFactor: bigint | null): bigint {
  return healthFactor ?? MAX_UINT256;
}

/** a ÷ b rounded towards +∞, for a ≥ 0 and b > 0. */
export function divideUp(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}

/** a ÷ b rounded towards −∞, for b > 0 and a of either sign. */
export function divideFloor(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a < 0n && quotient * b !== a ? quotient - 1n : quotient;
}

/** a ÷ b rounded to the nearest, halves up, for a ≥ 0 and b > 0. */
export function divideHalfUp(a: bigint, b: bigint): bigint {
  return (a + b / 2n) / b;
}

export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function greatest(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** A bigint within bounds. */
export function integer(value: unknown, place: Place, min?: bigint, max?: bigint): bigint {
  if (typeof value === "bigint" && (min === undefined || value >= min) && (max === undefined || value <= max)) {
    return value;
  }
  const low = min === undefined ? "" : ` of at least ${min}`;
  const high = max === undefined ? "" : `${low === "" ? " of" : " and"} at most ${max}`;
  throw invalid(place, `a bigint${low}${high}`, value);
}

/** The unit of an amount with so many decimals, 10^decimals, as a field of an input states them. */
export function unitOf(value: unknown, place: Place): bigint {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255) return 10n ** BigInt(value);
  throw invalid(place, "a whole number from 0 to 255", value);
}

/** Reads the fields of an object of integers; errors have the path `name.field`. */
export class IntegerFields {
  private readonly fields: Fields;
  private readonly place: Place;

  constructor(value: unknown, place: Place, known: readonly string[]) {
    this.fields = record(value, place, known);
    this.place = place;
  }

  of(key: string): unknown {
    return own(this.fields, key);
  }

  at(key: string): Place {
    return at(this.place, key);
  }

  integer(key: string, min?: bigint, max?: bigint): bigint {
    return integer(own(this.fields, key), at(this.place, key), min, max);
  }

  /** An integer that is not negative. */
  natural(key: string): bigint {
    return this.integer(key, 0n);
  }

  positive(key: string): bigint {
    return this.integer(key, 1n);
  }

  unit(key: string): bigint {
    return unitOf(own(this.fields, key), at(this.place, key));
  }
}
