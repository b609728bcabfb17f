import type { Market } from "../market/market.js";
import type { Side } from "./names.js";
import type { ComposedRule, NamedPrice, PriceChoice } from "./rule.js";

/** Why a number that a rule reads of a market is not there. */
export class Lack {
  constructor(
    readonly status: "unsupported" | "insufficientData",
    /** what is lacking, as in `deposits of SOL` */
    readonly what: string,
  ) {}
}

/** A number, or why there is none. */
export type Known = number | Lack;

/** Apply `make` to numbers; the first lack among them is the result's. */
export function known(values: readonly Known[], make: (...numbers: number[]) => number): Known {
  const numbers: number[] = [];
  for (const value of values) {
    if (value instanceof Lack) return value;
    numbers.push(value);
  }
  return make(...numbers);
}

/** What a market says of an asset or instrument under a name. */
export function stateOf(market: Market, id: string, name: string): Known {
  return market.states.get(id)?.[name] ?? new Lack("unsupported", `state ${name} of ${id}`);
}

/**
 * The price of an asset that a choice means, in the numeraire. A kind that is not quoted is what the rule's `missing` says:
 * the index, for an asset's side nothing, or a lack. `fallen` hears of each.
 */
export function chosenPrice(
  choice: PriceChoice,
  market: Market,
  asset: number,
  missing: ComposedRule["missing"],
  side: Side,
  fallen?: (kind: NamedPrice) => void,
): Known {
  const of = (inner: PriceChoice) => chosenPrice(inner, market, asset, missing, side, fallen);
  switch (choice.kind) {
    case "named": {
      const price = named(choice.name, market, asset);
      if (!Number.isNaN(price)) return price;
      const id = market.assets[asset]?.id ?? "";
      if (missing === "refuse") return new Lack("insufficientData", `${choice.name} prices of ${id}`);
      fallen?.(choice.name);
      if (missing === "zero" && side === "assets") return 0;
      const index = market.prices.index[asset] ?? Number.NaN;
      return Number.isNaN(index) ? new Lack("insufficientData", `prices of ${id}`) : index;
    }
    case "min":
      return known(choice.of.map(of), Math.min);
    case "max":
      return known(choice.of.map(of), Math.max);
    case "median":
      return known(choice.of.map(of), median);
    case "below":
    case "above": {
      const sign = choice.kind === "below" ? -1 : 1;
      const band = confidenceOf(choice.confidence, market, asset);
      return known([of(choice.of), band], (p = 0, c = 0) => p * (1 + sign * Math.min(choice.times * c, choice.cap)));
    }
    case "scaled":
      return known([of(choice.of)], (p = 0) => p * choice.factor);
  }
}

function named(name: NamedPrice, market: Market, asset: number): number {
  const id = market.assets[asset]?.id ?? "";
  if (id === market.numeraire) return 1;
  const { prices } = market;
  if (name === "stable") return market.states.get(id)?.stable ?? Number.NaN;
  if (name === "mid") return ((prices.bid[asset] ?? Number.NaN) + (prices.ask[asset] ?? Number.NaN)) / 2;
  return prices[name][asset] ?? Number.NaN;
}

function confidenceOf(which: "confidence" | "emaConfidence", market: Market, asset: number): Known {
  const id = market.assets[asset]?.id ?? "";
  if (id === market.numeraire) return 0;
  return which === "confidence" ? (market.confidence[asset] ?? 0) : stateOf(market, id, which);
}

/** The parser admits a median of an odd number of prices only, so that one of them is the middle. */
function median(...values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted[middle] ?? Number.NaN;
}
