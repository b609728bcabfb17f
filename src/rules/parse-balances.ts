import { at, finiteNumber, invalid, oneOf, optional, own, type Place, record, required } from "../checks.js";
import { INTERESTS } from "./balances.js";
import { type Side, SIDES } from "./names.js";
import { choice } from "./parse-choice.js";
import type { BalanceForm, Balances, Interest, Rounding } from "./rule.js";

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
      const fields = record(value, place, ["fractionalBits", "ratio"]);
      const bits = { min: 0, max: 256, whole: true };
      if (own(fields, "fractionalBits") !== undefined && own(fields, "ratio") !== undefined) {
        throw invalid(at(place, "ratio"), "absent beside fractionalBits: a balance grows by one of them", value);
      }
      return Object.freeze({
        kind: "growth",
        fractionalBits: optional(fields, "fractionalBits", place, 0, (item, here) => finiteNumber(item, here, bits)),
        ratio: optional(fields, "ratio", place, null, whole(1n)),
      });
    },
  },
  (value, place) => {
    throw invalid(place, "an object with one of the keys index, shares, growth", value);
  },
);

const STILL = Object.freeze({ assets: "none", liabilities: "none" } as const);

/**
 * How raw integers become amounts.
 *
 * @throws InvalidInputError   naming the path: a kind of interest that the form of its side does not have; a `ratio` to round
 *                             to under a rule that does not round amounts of that side
 */
export function readBalances(value: unknown, place: Place, rounding: Rounding["amount"]): Balances {
  const fields = record(value, place, ["assets", "liabilities", "interest"]);
  const forms = {
    assets: required(fields, "assets", place, readForm),
    liabilities: required(fields, "liabilities", place, readForm),
  };
  const interest = optional(fields, "interest", place, STILL, (item, here) => {
    const parts = record(item, here, ["assets", "liabilities"]);
    const side = (name: Side): Interest =>
      optional(parts, name, here, "none", oneOf<Interest>(["none", ...INTERESTS[forms[name].kind]]));
    return Object.freeze({ assets: side("assets"), liabilities: side("liabilities") });
  });
  for (const side of SIDES) {
    const form = forms[side];
    if (rounding[side] !== "none" || form.kind !== "growth" || form.ratio === null) continue;
    const here = at(at(at(place, side), "growth"), "ratio");
    throw invalid(here, "absent, as the rule does not round amounts of this side", form.ratio);
  }
  return Object.freeze({ ...forms, interest });
}
