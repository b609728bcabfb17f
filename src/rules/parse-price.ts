import { array, invalid, list, oneOf, optional, type Place, record, required } from "../checks.js";
import { PRICE_KINDS } from "../market/market.js";
import { choice } from "./parse-choice.js";
import type { LevelReader } from "./parse-levels.js";
import { amount, fraction, positive, type Read } from "./parse-numbers.js";
import type { NamedPrice, Pair, PriceChoice, SidePrices } from "./rule.js";

const NAMES: readonly NamedPrice[] = [...PRICE_KINDS, "mid", "stable"];
const named = oneOf(NAMES);

/** The index, for either side at either level: what a rule reads that does not say. */
export const INDEX: PriceChoice = Object.freeze({ kind: "named", name: "index" });
const INDEX_SIDES: SidePrices = Object.freeze({ assets: INDEX, liabilities: INDEX });
export const INDEX_PRICES: Pair<SidePrices> = Object.freeze({ initial: INDEX_SIDES, maintenance: INDEX_SIDES });

/**
 * A price choice: a name, or an object that names how it is made: min, max, median, below, above, scaled.
 *
 * @throws InvalidInputError   naming the path: an unknown name, a median of an even number, which has no middle
 */
export const readPrice: Read<PriceChoice> = choice<PriceChoice>(
  {
    min: (value, place) => several("min", value, place),
    max: (value, place) => several("max", value, place),
    median: (value, place) => several("median", value, place),
    below: (value, place) => band("below", value, place),
    above: (value, place) => band("above", value, place),
    scaled: (value, place) => {
      const fields = record(value, place, ["of", "factor"]);
      return Object.freeze({
        kind: "scaled",
        of: required(fields, "of", place, readPrice),
        factor: required(fields, "factor", place, positive),
      });
    },
  },
  (value, place) => Object.freeze({ kind: "named", name: named(value, place) }),
);

function several(kind: "min" | "max" | "median", value: unknown, place: Place): PriceChoice {
  const { length } = array(value, place);
  if (length === 0) throw invalid(place, "at least one price", value);
  if (kind === "median" && length % 2 === 0) throw invalid(place, "an odd number of prices", value);
  return Object.freeze({ kind, of: Object.freeze(list(value, place, readPrice)) });
}

function band(kind: "below" | "above", value: unknown, place: Place): PriceChoice {
  const fields = record(value, place, ["of", "confidence", "times", "cap"]);
  return Object.freeze({
    kind,
    of: required(fields, "of", place, readPrice),
    confidence: optional(fields, "confidence", place, "confidence", oneOf(["confidence", "emaConfidence"])),
    times: optional(fields, "times", place, 1, amount),
    // Above 1 the lower end of the band would be a negative price.
    cap: optional(fields, "cap", place, 1, fraction),
  });
}

/** Prices of the two sides for both levels, or of each level; a side that is not given is `absent`'s. */
export function readPrices(
  value: unknown,
  place: Place,
  absent: Pair<SidePrices>,
  levels: LevelReader,
): Pair<SidePrices> {
  const sides = (item: unknown, here: Place, other: SidePrices): SidePrices => {
    const fields = record(item, here, ["assets", "liabilities"]);
    return Object.freeze({
      assets: optional(fields, "assets", here, other.assets, readPrice),
      liabilities: optional(fields, "liabilities", here, other.liabilities, readPrice),
    });
  };
  const fields = record(value, place, ["assets", "liabilities", "initial", "maintenance"]);
  if (!("initial" in fields) && !("maintenance" in fields)) {
    return Object.freeze({
      initial: sides(fields, place, absent.initial),
      maintenance: sides(fields, place, absent.maintenance),
    });
  }
  const apart = levels.pair(record(value, place, ["initial", "maintenance"]), place, (item, here) => ({ item, here }));
  return Object.freeze({
    initial: sides(apart.initial.item, apart.initial.here, absent.initial),
    maintenance: sides(apart.maintenance.item, apart.maintenance.here, absent.maintenance),
  });
}
