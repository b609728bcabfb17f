import {
  array,
  at,
  decimal,
  decimalIn,
  duration,
  finiteNumber,
  instant,
  invalid,
  optional,
  type Place,
  record,
  required,
} from "../checks.js";
import { choice } from "./parse-choice.js";
import { amount, fraction, positive, type Read, readUnit } from "./parse-numbers.js";
import { INDEX, readPrice } from "./parse-price.js";
import type { Weight } from "./rule.js";

/** Rising bounds with a value each, the last without an end: what tiers and brackets have in common. */
export interface Steps {
  readonly upTo: readonly number[];
  readonly values: readonly number[];
}

/**
 * A list of [up to, value] of rising bounds above 0, the last of them null. Elements of a pair beyond the second are for
 * `more`, where there is one.
 *
 * @throws InvalidInputError   naming the path, e.g. `assets.BTC.initial[1][0]`: bounds that are unsorted or overlap, an
 *                             open end that is missing or not the last
 */
export function readSteps(
  value: unknown,
  place: Place,
  read: Read<number>,
  more?: (item: unknown, here: Place, steps: Steps) => void,
): Steps {
  const items = array(value, place);
  if (items.length === 0) throw invalid(place, "a number, or a list of at least one [up to, value]", value);
  const upTo: number[] = [];
  const values: number[] = [];
  for (const [i, item] of items.entries()) {
    const here = at(place, i);
    const parts = array(item, here);
    if (parts.length !== 2 && (parts.length !== 3 || more === undefined)) {
      throw invalid(here, "a pair [up to, value]", item);
    }
    const last = i === items.length - 1;
    if (last !== (parts[0] === null)) {
      const expected = last ? "null in the last, which has no end" : "a number in all but the last";
      throw invalid(at(here, 0), expected, parts[0]);
    }
    upTo.push(last ? Infinity : decimal(parts[0], at(here, 0), { above: upTo.at(-1) ?? 0 }));
    values.push(read(parts[1], at(here, 1)));
    if (parts.length === 3) more?.(parts[2], at(here, 2), { upTo, values });
  }
  return { upTo: Object.freeze(upTo), values: Object.freeze(values) };
}

/**
 * Weight of what is held: from 0 to 1.
 *
 * @throws InvalidInputError   naming the path, e.g. `assets.BTC.maintenance.root.of`
 */
export const readAssetWeight: Read<Weight> = choice<Weight>(
  {
    root: (value, place) => readRoot(value, place, readStaticAsset),
    clamp: readClamp,
    ramp: (value, place) => readRamp(value, place, fraction),
    depositScaled: (value, place) => readScaled("depositScaled", value, place, readStaticAsset),
  },
  (value, place) => {
    if (!Array.isArray(value)) return flat(value, place, fraction);
    const { upTo, values } = readSteps(value, place, fraction);
    // One tier without an end is one weight; said so once here, no reader has to.
    if (values.length === 1) return flat(values[0], at(at(place, 0), 1), fraction);
    return Object.freeze({ kind: "tiers", upTo, weight: values });
  },
);

/** Multiplier on what is owed: 0 or more. What is owed has no tiers, and weighs more, not less, as it grows. */
export const readLiabilityWeight: Read<Weight> = choice<Weight>(
  {
    root: (value, place) => readRoot(value, place, readStaticLiability),
    ramp: (value, place) => readRamp(value, place, amount),
    borrowScaled: (value, place) => readScaled("borrowScaled", value, place, readStaticLiability),
  },
  (value, place) => flat(value, place, amount),
);

/** Weights that the market and the time make one number: what another weight may be made of. */
const readStaticAsset: Read<Weight> = choice<Weight>(
  {
    ramp: (value, place) => readRamp(value, place, fraction),
    depositScaled: (value, place) => readScaled("depositScaled", value, place, readStaticAsset),
  },
  (value, place) => flat(value, place, fraction),
);
const readStaticLiability: Read<Weight> = choice<Weight>(
  {
    ramp: (value, place) => readRamp(value, place, amount),
    borrowScaled: (value, place) => readScaled("borrowScaled", value, place, readStaticLiability),
  },
  (value, place) => flat(value, place, amount),
);

function flat(value: unknown, place: Place, read: Read<number>): Weight {
  return Object.freeze({ kind: "flat", weight: read(value, place) });
}

function readRoot(value: unknown, place: Place, of: Read<Weight>): Weight {
  const fields = record(value, place, ["of", "imf", "unit"]);
  return Object.freeze({
    kind: "root",
    of: required(fields, "of", place, of),
    imf: required(fields, "imf", place, amount),
    unit: readUnit(fields, place),
  });
}

function readClamp(value: unknown, place: Place): Weight {
  const fields = record(value, place, ["scale", "slope", "lower", "upper"]);
  const lower = required(fields, "lower", place, fraction);
  return Object.freeze({
    kind: "clamp",
    scale: required(fields, "scale", place, positive),
    slope: required(fields, "slope", place, amount),
    lower,
    upper: required(fields, "upper", place, decimalIn({ min: lower, max: 1 })),
  });
}

function readRamp(value: unknown, place: Place, read: Read<number>): Weight {
  const fields = record(value, place, ["from", "to", "until", "over", "unit"]);
  return Object.freeze({
    kind: "ramp",
    from: required(fields, "from", place, read),
    to: required(fields, "to", place, read),
    until: required(fields, "until", place, instant),
    over: required(fields, "over", place, (over, here) =>
      typeof over === "number" ? finiteNumber(over, here, { above: 0, whole: true }) : duration(over, here),
    ),
    unit: readUnit(fields, place),
  });
}

function readScaled(kind: "depositScaled" | "borrowScaled", value: unknown, place: Place, of: Read<Weight>): Weight {
  const fields = record(value, place, ["of", "start", "price", "unit"]);
  return Object.freeze({
    kind,
    of: required(fields, "of", place, of),
    start: required(fields, "start", place, positive),
    price: optional(fields, "price", place, INDEX, readPrice),
    unit: readUnit(fields, place),
  });
}
