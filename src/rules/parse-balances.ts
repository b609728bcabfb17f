import { finiteNumber, invalid, oneOf, optional, type Place, record, required } from "../checks.js";
import { choice } from "./parse-choice.js";
import type { BalanceForm, Balances, Interest } from "./rule.js";

const interest = oneOf<Interest>(["none", "linear", "binomial", "taylor", "compounded"]);

/** A whole number ≥ `min` of any size: a JSON number below 2^53, or its digits. */
function whole(min: bigint): (value: unknown, place: Place) => bigint {
  return (value, place) => {
    const digits = typeof value === "string" && /^\d+$/.test(value) && value.length <= 100;
    if (digits || (typeof value === "number" && Number.isSafeInteger(value))) {
      const result = BigInt(value);
      if (result >= min) return result;
    }
    throw invalid(place, `a whole number of at least ${min}, as a string of digits where it is 2^53 or more`, value);
  };
}

const readForm = choice<BalanceForm>(
  {
    index: (value, place) => {
      const fields = record(value, place, ["one"]);
      return Object.freeze({ kind: "index", one: required(fields, "one", place, whole(1n)) });
    },
    shares: (value, place) => {
      const fields = record(value, place, ["virtualShares", "virtualAssets"]);
      return Object.freeze({
        kind: "shares",
        virtualShares: optional(fields, "virtualShares", place, 0n, whole(0n)),
        virtualAssets: optional(fields, "virtualAssets", place, 0n, whole(0n)),
      });
    },
    growth: (value, place) => {
      const fields = record(value, place, ["fractionalBits"]);
      const bits = { min: 0, max: 256, whole: true };
      return Object.freeze({
        kind: "growth",
        fractionalBits: required(fields, "fractionalBits", place, (item, here) => finiteNumber(item, here, bits)),
      });
    },
  },
  (value, place) => {
    throw invalid(place, "an object with one of the keys index, shares, growth", value);
  },
);

/** How raw integers become amounts. */
export function readBalances(value: unknown, place: Place): Balances {
  const fields = record(value, place, ["assets", "liabilities", "interest"]);
  return Object.freeze({
    assets: required(fields, "assets", place, readForm),
    liabilities: required(fields, "liabilities", place, readForm),
    interest: optional(
      fields,
      "interest",
      place,
      Object.freeze({ assets: "none", liabilities: "none" } as const),
      (item, here) => {
        const parts = record(item, here, ["assets", "liabilities"]);
        return Object.freeze({
          assets: optional(parts, "assets", here, "none", interest),
          liabilities: optional(parts, "liabilities", here, "none", interest),
        });
      },
    ),
  });
}
