import { decimalIn, optional, type Place } from "../checks.js";

/** A reader of one value of a document; throws `InvalidInputError` with its path. */
export type Read<T> = (value: unknown, place: Place) => T;

/** From 0 to 1. */
export const fraction: Read<number> = decimalIn({ min: 0, max: 1 });
/** 0 or more. */
export const amount: Read<number> = decimalIn({ min: 0 });
/** Above 0. */
export const positive: Read<number> = decimalIn({ above: 0 });

/** What rounds a number down to its multiples; absent: nothing does. */
export function readUnit(fields: Readonly<Record<string, unknown>>, place: Place): number | null {
  return optional(fields, "unit", place, null, positive);
}
