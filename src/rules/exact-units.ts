import { reduce } from "./exact-number.js";
import type { Level } from "./names.js";
import type { Pair, Rounding, RoundingStep } from "./rule.js";

/** Decimals of values that a rule does not round. */
const UNROUNDED_DECIMALS = 18;

/** Decimals of averages that a rule does not round: basis points, as venues report them. */
const AVERAGE_DECIMALS = 4;

/** An average weight is ⌊weighted · scale / (collateral · unit)⌋ of sums in the units that they are kept in. */
export interface AverageUnits {
  /** whether the rule rounds the average and counts by it */
  readonly rounds: boolean;
  readonly scale: bigint;
  readonly unit: bigint;
}

/** Units of the account's integers, from the rule's rounding. */
export class Units {
  readonly decimals: number;
  readonly weightedDecimals: number;
  /** what a sum is multiplied by to be in units of 10^-decimals: 1 where the rule rounds it to those itself */
  readonly value: bigint;
  readonly weighted: bigint;
  /** what a sum is divided by to be in the numeraire */
  readonly valuePerOne: bigint;
  readonly weightedPerOne: bigint;
  readonly averageDecimals: Pair<number>;
  readonly average: Pair<AverageUnits>;

  constructor({ value, weighted, average }: Rounding) {
    this.decimals = value?.decimals ?? UNROUNDED_DECIMALS;
    this.weightedDecimals = weighted?.decimals ?? this.decimals;
    this.valuePerOne = unitsPerOne(value);
    this.weightedPerOne = unitsPerOne(weighted ?? value);
    this.value = value === null ? 10n ** BigInt(UNROUNDED_DECIMALS) : 1n;
    this.weighted = weighted === null ? this.value : 1n;
    this.averageDecimals = Object.freeze({
      initial: average.initial ?? AVERAGE_DECIMALS,
      maintenance: average.maintenance ?? AVERAGE_DECIMALS,
    });
    const of = (level: Level): AverageUnits => {
      const { n, d } = reduce({
        n: 10n ** BigInt(this.averageDecimals[level]) * this.valuePerOne,
        d: this.weightedPerOne,
      });
      return Object.freeze({ rounds: average[level] !== null, scale: n, unit: d });
    };
    this.average = Object.freeze({ initial: of("initial"), maintenance: of("maintenance") });
  }
}

/** How many units of a rounding step one is; 1 where there is no step. */
export function unitsPerOne(step: RoundingStep | null): bigint {
  return step === null ? 1n : 10n ** BigInt(step.decimals);
}
