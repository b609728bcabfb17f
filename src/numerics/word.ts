import { invalid, type Place } from "../checks.js";

const MOST = 2n ** 64n - 1n;

/** A seed or stream: a bigint of 64 bits, or a whole number that is one exactly. */
export function word(value: unknown, place: Place): bigint {
  const number = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof number === "bigint" && number >= 0n && number <= MOST) return number;
  throw invalid(place, "a whole number from 0 to 2^64 − 1, as a bigint above 2^53", value);
}
