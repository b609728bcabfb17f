import type { Side } from "./names.js";
import { type Cell, constant, minus, plus, type Quadratic, times, ZERO } from "./pieces.js";
import type { Rate, Weight } from "./rule.js";
import { clamped, discounted, premium, rateBetween } from "./sized.js";
import { dependsOnPrices } from "./terms.js";

/** An amount of an asset, as money at a price of 1 that moves with the asset's; `size` is null where the amount moves. */
export interface Amount {
  readonly money: Quadratic;
  readonly size: number | null;
}

export const NOTHING: Amount = { money: ZERO, size: 0 };

export function together(a: Amount, b: Amount): Amount {
  return { money: plus(a.money, b.money), size: a.size === null || b.size === null ? null : a.size + b.size };
}

export function negative({ money, size }: Amount): Amount {
  return { money: times(money, -1), size: size === null ? null : -size };
}

/** Requirement of a notional; `size` is null where it moves. */
export function required(cell: Cell, rate: Rate, notional: Quadratic, size: number | null): Quadratic {
  switch (rate.kind) {
    case "flat":
      return times(notional, rate.rate);
    case "brackets":
      return marginal(cell, rate.upTo, rate.rate, notional);
    case "share":
      return times(notional, rate.of * rate.share);
    case "openInterest":
      return rate.upper === 0 ? times(notional, rate.base) : cell.unknown();
  }
  if (size === null) return cell.unknown();
  return times(notional, rateOf(rate, size));
}

/** Σ share × length of [0, value] ∩ tier. */
function marginal(cell: Cell, upTo: readonly number[], share: readonly number[], value: Quadratic): Quadratic {
  let total = ZERO;
  let lower = 0;
  for (const [k, bound] of upTo.entries()) {
    if (cell.sign(minus(value, constant(lower))) <= 0) break;
    const part = bound === Number.POSITIVE_INFINITY ? value : cell.lesser(value, constant(bound));
    total = plus(total, times(minus(part, constant(lower)), share[k] ?? 0));
    lower = bound;
  }
  return total;
}

/** Weighted value of a holding; `size` is null where it moves, `moves` says whether its price does. */
export function weighted(
  cell: Cell,
  moves: boolean,
  weight: Weight,
  base: number,
  value: Quadratic,
  size: number | null,
  side: Side,
): Quadratic {
  if (dependsOnPrices(weight) && moves) return cell.unknown();
  if (weight.kind === "tiers") return marginal(cell, weight.upTo, weight.weight, value);
  if (weight.kind !== "clamp" && (weight.kind !== "root" || weight.imf === 0)) return times(value, base);
  if (size === null) return cell.unknown();
  if (weight.kind === "clamp") {
    return times(value, clamped(weight.scale, weight.slope, weight.lower, weight.upper, size));
  }
  return times(value, (side === "assets" ? discounted : premium)(base, weight.imf, weight.unit, size));
}

function rateOf(rate: Extract<Rate, { readonly kind: "affine" | "root" | "rootBetween" }>, size: number): number {
  if (rate.kind === "affine") return rate.base + rate.slope * size;
  if (rate.kind === "root") return premium(rate.rate, rate.imf, rate.unit, size);
  return rateBetween(rate.low, rate.high, rate.imf, rate.unit, size);
}
