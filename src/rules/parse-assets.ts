import { at, entries, type Fields, invalid, optional, own, type Place, record } from "../checks.js";
import type { LevelReader } from "./parse-levels.js";
import { amount } from "./parse-numbers.js";
import { readPrices } from "./parse-price.js";
import { readRate } from "./parse-rates.js";
import { readAssetWeight, readLiabilityWeight } from "./parse-weights.js";
import type { AssetEntry, Category, Pair, Rate, SidePrices, Weight } from "./rule.js";

const KEYS = ["initial", "maintenance", "liability", "price", "cap", "borrow"];
const ONE: Weight = Object.freeze({ kind: "flat", weight: 1 });
const NONE: Rate = Object.freeze({ kind: "flat", rate: 0 });
const ONES: Pair<Weight> = Object.freeze({ initial: ONE, maintenance: ONE });

/**
 * Entries of assets by id; `"*"` is for every asset without one. `price` is the rule's, for a side that an entry's own
 * prices leave out.
 *
 * @throws InvalidInputError   naming the path, e.g. `assets.BTC.cap`
 */
export function readAssets(
  value: unknown,
  place: Place,
  price: Pair<SidePrices>,
  levels: LevelReader,
): ReadonlyMap<string, AssetEntry> {
  return new Map(
    entries(value, place).map(([id, entry]): [string, AssetEntry] => {
      const here = at(place, id);
      const fields = record(entry, here, KEYS);
      return [id, Object.freeze(readAsset(fields, here, price, levels))];
    }),
  );
}

function readAsset(fields: Fields, place: Place, price: Pair<SidePrices>, levels: LevelReader): AssetEntry {
  return {
    weight: levels.pair(fields, place, readAssetWeight),
    liability: optional(fields, "liability", place, ONES, (value, here) =>
      levels.pairOr(value, here, ONE, readLiabilityWeight),
    ),
    price: optional(fields, "price", place, null, (value, here) => readPrices(value, here, price, levels)),
    cap: optional(fields, "cap", place, null, (value, here) => {
      const [entry, ...more] = entries(value, here);
      if (entry === undefined || more.length > 0) throw invalid(here, "one amount by the id of its asset", value);
      return Object.freeze({ asset: entry[0], amount: amount(entry[1], at(here, entry[0])) });
    }),
    borrow: optional(fields, "borrow", place, null, (value, here) => {
      const rates = levels.pairOr(value, here, NONE, readRate);
      checkRates(rates, own(record(value, here, ["initial", "maintenance"]), "initial") !== undefined, here);
      return rates;
    }),
  };
}

/** An initial rate below the maintenance rate is an error where both are one number. */
export function checkRates({ initial, maintenance }: Pair<Rate>, given: boolean, place: Place): void {
  if (!given || initial.kind !== "flat" || maintenance.kind !== "flat" || initial.rate >= maintenance.rate) return;
  throw invalid(at(place, "initial"), `at least the maintenance rate of ${maintenance.rate}`, initial.rate);
}

/** What a category changes of every asset that it has no entry for. */
export function readOthers(value: unknown, place: Place, levels: LevelReader): Category["others"] {
  const fields = record(value, place, ["initial", "maintenance", "liability"]);
  const weights = { initial: own(fields, "initial"), maintenance: own(fields, "maintenance") };
  return Object.freeze({
    weight: given(levels.pairOr(weights, place, null, readAssetWeight)),
    liability: optional(fields, "liability", place, Object.freeze({}), (item, here) =>
      given(levels.pairOr(item, here, null, readLiabilityWeight)),
    ),
  });
}

/** The levels that are given. */
function given({ initial, maintenance }: Pair<Weight | null>): Partial<Pair<Weight>> {
  return Object.freeze({
    ...(initial === null ? {} : { initial }),
    ...(maintenance === null ? {} : { maintenance }),
  });
}
