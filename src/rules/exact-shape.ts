import { add, compare, least, multiply, type Rational, subtract, ZERO } from "./exact-number.js";

/** A weight that is not one number: of the value up to a cap, marginal in tiers. Bounds in the unit of values. */
export interface WeightShape {
  readonly cap: Rational | null;
  /** the last has no bound */
  readonly tiers: readonly { readonly upTo: Rational | null; readonly weight: Rational }[];
}

/** Σ over tiers of the part of min(value, cap) in the tier × its weight. */
export function shaped(value: Rational, { cap, tiers }: WeightShape): Rational {
  const counted = cap === null ? value : least(value, cap);
  let from = ZERO;
  let sum = ZERO;
  for (const { upTo, weight } of tiers) {
    const to = upTo === null ? counted : least(counted, upTo);
    if (compare(to, from) <= 0) break;
    sum = add(sum, multiply(subtract(to, from), weight));
    from = to;
  }
  return sum;
}
