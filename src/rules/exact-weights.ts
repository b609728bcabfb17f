import type { Market } from "../market/market.js";
import { add, compare, divide, exactDecimal, multiply, type Rational, reduce, subtract } from "./exact-number.js";
import { type Exact, type ExactPrices, mapped } from "./exact-prices.js";
import type { ComposedRule, Weight } from "./rule.js";

/**
 * A static weight as an exact number: flat, ramped in time, scaled by what the venue holds of the asset. Decimals of the rule
 * are taken as their shortest spelling, quotients stay quotients or are rounded down to the weight's unit.
 *
 * A weight that depends on the holding's size is named as what is lacking.
 */
export function exactWeight(
  weight: Weight,
  asset: number,
  market: Market,
  prices: ExactPrices,
  missing: ComposedRule["missing"],
): Exact {
  switch (weight.kind) {
    case "flat":
      return exactDecimal(weight.weight);
    case "ramp": {
      const [from, to] = [exactDecimal(weight.from), exactDecimal(weight.to)];
      const left = weight.until - market.asOf;
      if (left <= 0 || compare(from, to) <= 0) return to;
      const above = multiply(subtract(from, to), { n: BigInt(left), d: BigInt(weight.over) });
      return reduce(add(to, inUnits(above, weight.unit)));
    }
    case "depositScaled":
    case "borrowScaled": {
      const deposits = weight.kind === "depositScaled";
      const start = exactDecimal(weight.start);
      const terms = [
        exactWeight(weight.of, asset, market, prices, missing),
        prices.state(asset, deposits ? "deposits" : "borrows"),
        prices.of(asset, weight.price, missing, "assets"),
      ];
      return mapped(terms, ([of = start, amount = start, price = start]) => {
        const value = multiply(amount, price);
        if (compare(value, start) <= 0) return inUnits(of, weight.unit);
        return inUnits(multiply(of, deposits ? divide(start, value) : divide(value, start)), weight.unit);
      });
    }
    default:
      return `an exact form of a weight by size (${weight.kind})`;
  }
}

function inUnits(weight: Rational, unit: number | null): Rational {
  if (unit === null) return weight;
  const step = exactDecimal(unit);
  return { n: ((weight.n * step.d) / (weight.d * step.n)) * step.n, d: step.d };
}
