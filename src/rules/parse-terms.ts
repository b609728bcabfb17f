import {
  array,
  at,
  decimal,
  decimalIn,
  finiteNumber,
  invalid,
  list,
  oneOf,
  optional,
  type Place,
  record,
  required,
  text,
} from "../checks.js";
import { ATOMS } from "./names.js";
import { choice } from "./parse-choice.js";
import type { Read } from "./parse-numbers.js";
import type { Combiner, Direction, Ladder, Pair, Rounding, RoundingStep } from "./rule.js";

const atom = oneOf(ATOMS);

/** The sum of what positions, loans and orders require: the requirement of a rule that does not say. */
const SUM: Combiner = Object.freeze({
  kind: "sum",
  of: Object.freeze(
    (["positions", "borrowing", "orders"] as const).map((name) => Object.freeze({ kind: "atom", name })),
  ),
});
export const SUMS: Pair<Combiner> = Object.freeze({ initial: SUM, maintenance: SUM });

/** Money as a number, an atom, or an expression over them. */
export const readCombiner: Read<Combiner> = choice<Combiner>(
  {
    max: (value, place) => several("max", value, place),
    min: (value, place) => several("min", value, place),
    sum: (value, place) => several("sum", value, place),
    scale: (value, place) => {
      const fields = record(value, place, ["of", "by"]);
      return Object.freeze({
        kind: "scale",
        of: required(fields, "of", place, readCombiner),
        by: required(fields, "by", place, decimal),
      });
    },
    held: (value, place) => Object.freeze({ kind: "held", of: readCombiner(value, place) }),
  },
  (value, place) =>
    typeof value === "number"
      ? Object.freeze({ kind: "number", value: decimal(value, place) })
      : Object.freeze({ kind: "atom", name: atom(value, place) }),
);

function several(kind: "max" | "min" | "sum", value: unknown, place: Place): Combiner {
  if (array(value, place).length === 0) throw invalid(place, "at least one term", value);
  return Object.freeze({ kind, of: Object.freeze(list(value, place, readCombiner)) });
}

const direction = oneOf<Direction>(["down", "up", "half", "none"]);
/** An f64 tells nothing apart below 10^-38 of any amount of money, and bigint units need none finer. */
const places = (value: unknown, place: Place): number => finiteNumber(value, place, { min: 0, max: 38, whole: true });

function readStep(value: unknown, place: Place): RoundingStep {
  const fields = record(value, place, ["decimals", "assets", "liabilities"]);
  return Object.freeze({
    decimals: required(fields, "decimals", place, places),
    assets: optional(fields, "assets", place, "none", direction),
    liabilities: optional(fields, "liabilities", place, "none", direction),
  });
}

/** Assets down and debts up, as every chain of today rounds what is on it. */
const AMOUNT = Object.freeze({ assets: "down", liabilities: "up" } as const);
const AVERAGE = Object.freeze({ initial: null, maintenance: null });
export const EXACT: Rounding = Object.freeze({
  amount: AMOUNT,
  value: null,
  weighted: null,
  requirement: null,
  average: AVERAGE,
});

export function readRounding(value: unknown, place: Place): Rounding {
  const fields = record(value, place, ["amount", "value", "weighted", "requirement", "average"]);
  return Object.freeze({
    amount: optional(fields, "amount", place, AMOUNT, (item, here) => {
      const parts = record(item, here, ["assets", "liabilities"]);
      return Object.freeze({
        assets: optional(parts, "assets", here, AMOUNT.assets, direction),
        liabilities: optional(parts, "liabilities", here, AMOUNT.liabilities, direction),
      });
    }),
    value: optional(fields, "value", place, null, readStep),
    weighted: optional(fields, "weighted", place, null, readStep),
    requirement: optional(fields, "requirement", place, null, (item, here) => {
      const parts = record(item, here, ["decimals", "direction"]);
      return Object.freeze({
        decimals: required(parts, "decimals", here, places),
        direction: required(parts, "direction", here, direction),
      });
    }),
    average: optional(fields, "average", place, AVERAGE, (item, here) => {
      const parts = record(item, here, ["initial", "maintenance"]);
      return Object.freeze({
        initial: optional(parts, "initial", here, null, places),
        maintenance: optional(parts, "maintenance", here, null, places),
      });
    }),
  });
}

/**
 * States of a pool from best to worst.
 *
 * @throws InvalidInputError   naming the path, e.g. `ladder.steps[1][1]`: a step that does not begin below the one before
 */
export function readLadder(value: unknown, place: Place): Ladder {
  const fields = record(value, place, ["of", "steps"]);
  const names = new Set(["ok"]);
  let below = Infinity;
  const steps = required(fields, "steps", place, (item, here) =>
    list(item, here, (step, spot) => {
      const pair = array(step, spot);
      if (pair.length !== 2) throw invalid(spot, "a pair [name, below]", step);
      const name = text(pair[0], at(spot, 0));
      if (names.has(name)) throw invalid(at(spot, 0), 'a name that no step before it has, nor "ok"', name);
      names.add(name);
      const bounds = below === Infinity ? { above: 0 } : { above: 0, below };
      below = decimalIn(bounds)(pair[1], at(spot, 1));
      return Object.freeze({ name, below });
    }),
  );
  if (steps.length === 0) throw invalid(at(place, "steps"), "at least one step", steps);
  return Object.freeze({
    of: required(fields, "of", place, oneOf(["health", "coverage"])),
    steps: Object.freeze(steps),
  });
}
