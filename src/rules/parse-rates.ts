import { decimal, decimalIn, invalid, optional, own, type Place, record, required } from "../checks.js";
import { choice } from "./parse-choice.js";
import { amount, fraction, positive, type Read, readUnit } from "./parse-numbers.js";
import { readSteps, type Steps } from "./parse-weights.js";
import type { GainWeight, Rate } from "./rule.js";

/** How far a published deduction may be from the one that its brackets imply, relative to the greater of the two. */
const DEDUCTION = 1e-9;

/**
 * Requirement as a fraction of a notional.
 *
 * @throws InvalidInputError   naming the path, e.g. `instruments[0].initial[2][2]`: a negative rate, brackets that are
 *                             unsorted, overlap or do not end in null, a published deduction at which the requirement jumps
 */
export const readRate: Read<Rate> = choice<Rate>(
  {
    affine: (value, place) => {
      const fields = record(value, place, ["base", "slope"]);
      return Object.freeze({
        kind: "affine",
        base: required(fields, "base", place, amount),
        slope: required(fields, "slope", place, amount),
      });
    },
    root: (value, place) => {
      const fields = record(value, place, ["rate", "imf", "unit"]);
      return Object.freeze({
        kind: "root",
        rate: required(fields, "rate", place, amount),
        imf: required(fields, "imf", place, amount),
        unit: readUnit(fields, place),
      });
    },
    rootBetween: (value, place) => {
      const fields = record(value, place, ["low", "high", "imf", "unit"]);
      const low = required(fields, "low", place, amount);
      return Object.freeze({
        kind: "rootBetween",
        low,
        high: required(fields, "high", place, decimalIn(low > 0 ? { min: low } : { above: 0 })),
        imf: required(fields, "imf", place, amount),
        unit: required(fields, "unit", place, positive),
      });
    },
    openInterest: (value, place) => {
      const fields = record(value, place, ["base", "lower", "upper", "unit"]);
      const lower = required(fields, "lower", place, amount);
      const none = own(fields, "upper") === 0;
      return Object.freeze({
        kind: "openInterest",
        base: required(fields, "base", place, fraction),
        lower,
        upper: required(fields, "upper", place, none ? amount : decimalIn({ above: lower })),
        unit: readUnit(fields, place),
      });
    },
    share: (value, place) => {
      const fields = record(value, place, ["of", "share"]);
      return Object.freeze({
        kind: "share",
        of: required(fields, "of", place, amount),
        share: required(fields, "share", place, fraction),
      });
    },
  },
  (value, place) => {
    if (!Array.isArray(value)) return Object.freeze({ kind: "flat", rate: amount(value, place) });
    const { upTo, values } = readSteps(value, place, amount, checkDeduction);
    if (values.length === 1) return Object.freeze({ kind: "flat", rate: values[0] ?? 0 });
    return Object.freeze({ kind: "brackets", upTo, rate: values });
  },
);

/** The published deduction of the last bracket read must be c_k = c_{k−1} + floor_k (r_k − r_{k−1}), with c_0 = 0. */
function checkDeduction(value: unknown, place: Place, { upTo, values }: Steps): void {
  const published = decimal(value, place);
  let implied = 0;
  for (let k = 1; k < values.length; k++) implied += (upTo[k - 1] ?? 0) * ((values[k] ?? 0) - (values[k - 1] ?? 0));
  if (Math.abs(published - implied) <= DEDUCTION * Math.max(Math.abs(published), Math.abs(implied))) return;
  throw invalid(place, `${implied}, at which the requirement does not jump`, published);
}

/** Weight of a gain: from 0 to 1. */
export const readGain: Read<GainWeight> = choice<GainWeight>(
  {
    root: (value, place) => {
      const fields = record(value, place, ["weight", "imf", "scale", "unit"]);
      return Object.freeze({
        kind: "root",
        weight: required(fields, "weight", place, fraction),
        imf: required(fields, "imf", place, amount),
        scale: optional(fields, "scale", place, 1, positive),
        unit: readUnit(fields, place),
      });
    },
  },
  (value, place) => Object.freeze({ kind: "flat", weight: fraction(value, place) }),
);
