import { IntegerFields, WAD } from "./integers.js";
import { YEAR_SECONDS } from "./interest.js";

/** A kinked interest curve. Fractions of 1e18; `low` and `high` are slopes per unit of utilisation. */
export interface KinkedCurve {
  readonly base: bigint;
  readonly low: bigint;
  readonly high: bigint;
  /** utilisation at which the slope changes */
  readonly kink: bigint;
}

/**
 * Utilisation, fraction of 1e18:
 *
 *   u = ⌊borrowed · 1e18 / supplied⌋, 0 where nothing is supplied
 *
 * Not bounded by 1: a pool that pays out of reserves has lent more than it took.
 *
 * @throws InvalidInputError   where an amount is not a bigint or negative
 */
export function utilisation(amounts: { readonly borrowed: bigint; readonly supplied: bigint }): bigint {
  const fields = new IntegerFields(amounts, "utilisation", ["borrowed", "supplied"]);
  const [borrowed, supplied] = [fields.natural("borrowed"), fields.natural("supplied")];
  return supplied === 0n ? 0n : (borrowed * WAD) / supplied;
}

/**
 * Rate of a kinked curve at utilisation u, in the unit of the curve's base and slopes:
 *
 *   u ≤ kink:  base + ⌊low · u / 1e18⌋
 *   else:      base + ⌊low · kink / 1e18⌋ + ⌊high · (u − kink) / 1e18⌋
 *
 * @throws InvalidInputError   where a field is not a bigint or negative
 */
export function kinkedRate(curve: KinkedCurve, utilisation: bigint): bigint {
  const { base, low, high, kink } = readCurve(curve);
  const u = new IntegerFields({ utilisation }, "kinkedRate", ["utilisation"]).natural("utilisation");
  if (u <= kink) return base + (low * u) / WAD;
  return base + (low * kink) / WAD + (high * (u - kink)) / WAD;
}

/**
 * A curve per year as a curve per second, as a chain keeps it: base and slopes ÷ 31,536,000, each rounded down.
 *
 * @throws InvalidInputError   where a field is not a bigint or negative
 */
export function perSecond(curve: KinkedCurve): KinkedCurve {
  const { base, low, high, kink } = readCurve(curve);
  return Object.freeze({ base: base / YEAR_SECONDS, low: low / YEAR_SECONDS, high: high / YEAR_SECONDS, kink });
}

function readCurve(curve: KinkedCurve): KinkedCurve {
  const fields = new IntegerFields(curve, "curve", ["base", "low", "high", "kink"]);
  return {
    base: fields.natural("base"),
    low: fields.natural("low"),
    high: fields.natural("high"),
    kink: fields.natural("kink"),
  };
}
