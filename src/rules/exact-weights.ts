import type { Market } from "../market/market.js";
import { compare, divide, exactDecimal, multiply, type Rational, reduce } from "./exact-number.js";
import type { ExactPrices } from "./exact-prices.js";
import type { Weight } from "./rule.js";

/**
 * A static weight as an exact number: flat, ramped in time, scaled by what the venue holds of the asset. Decimals of the rule
 * are taken as their shortest spelling, quotients stay quotients or are rounded down to the weight's unit.
 *
 * null where the weight depends on the holding's size (`tiers`, `root`, `clamp`) or reads a state or price that the market
 * lacks.
 */
export function exactWeight(weight: Weight, asset: number, market: Market, prices: ExactPrices): Rational | null {
  switch (weight.kind) {
    case "flat":
      return exactDecimal(weight.weight);
    case "ramp": {
      const [from, to] = [exactDecimal(weight.from), exactDecimal(weight.to)];
      const left = weight.until - market.asOf;
      if (left <= 0 || compare(from, to) <= 0) return to;
      const fall = { n: from.n * to.d - to.n * from.d, d: from.d * to.d };
      const gone = { n: fall.n * BigInt(left), d: fall.d * BigInt(weight.over) };
      return inUnits({ n: to.n * gone.d + gone.n * to.d, d: to.d * gone.d }, weight.unit);
    }
    case "depositScaled":
    case "borrowScaled": {
      const of = exactWeight(weight.of, asset, market, prices);
      const price = prices.of(asset, weight.price);
      const amount = prices.state(asset, weight.kind === "depositScaled" ? "deposits" : "borrows");
      if (of === null || price === null || amount === undefined) return null;
      const value = multiply(exactDecimal(amount), price);
      const start = exactDecimal(weight.start);
      if (compare(value, start) <= 0) return inUnits(of, weight.unit);
      const scale = weight.kind === "depositScaled" ? divide(start, value) : divide(value, start);
      return inUnits(multiply(of, scale), weight.unit);
    }
    default:
      return null;
  }
}

function inUnits(weight: Rational, unit: number | null): Rational {
  if (unit === null) return reduce(weight);
  const step = exactDecimal(unit);
  return reduce({ n: ((weight.n * step.d) / (weight.d * step.n)) * step.n, d: step.d });
}
