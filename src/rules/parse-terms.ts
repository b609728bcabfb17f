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
import type { Combiner, Direction, Ladder, Pair, PnlRule, Rounding, RoundingStep } from "./rule.js";

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
const readCombiner: Read<Combiner> = choice<Combiner>(
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

/** What a combiner can come to, whatever a pool holds. Atoms are ≥ 0, but weighted assets that losses are taken off. */
function rangeOf(node: Combiner, lossesOffAssets: boolean): readonly [number, number] {
  switch (node.kind) {
    case "number":
      return [node.value, node.value];
    case "atom":
      return [node.name === "assets" && lossesOffAssets ? Number.NEGATIVE_INFINITY : 0, Number.POSITIVE_INFINITY];
    case "scale": {
      if (node.by === 0) return [0, 0];
      const [low, high] = rangeOf(node.of, lossesOffAssets);
      return node.by > 0 ? [low * node.by, high * node.by] : [high * node.by, low * node.by];
    }
    case "held": {
      const [low, high] = rangeOf(node.of, lossesOffAssets);
      return [Math.min(0, low), Math.max(0, high)];
    }
    default: {
      const all = node.of.map((one) => rangeOf(one, lossesOffAssets));
      const over = (of: (numbers: readonly number[]) => number): readonly [number, number] => [
        of(all.map(([low]) => low)),
        of(all.map(([, high]) => high)),
      ];
      if (node.kind === "sum") return over((numbers) => numbers.reduce((sum, x) => sum + x, 0));
      return over((numbers) => (node.kind === "max" ? Math.max(...numbers) : Math.min(...numbers)));
    }
  }
}

/** The combiner of a requirement, which is money that a pool must have and never less than none. */
export function readRequirement(value: unknown, place: Place, { losses }: PnlRule): Combiner {
  const combiner = readCombiner(value, place);
  const [low] = rangeOf(combiner, losses === "assets");
  if (low >= 0) return combiner;
  throw invalid(place, 'an expression that is below 0 for no pool: {"max": [0, …]} of what may be', value);
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
