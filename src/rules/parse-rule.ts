import {
  at,
  date,
  duration,
  entries,
  invalid,
  list,
  oneOf,
  optional,
  own,
  type Place,
  record,
  required,
  text,
} from "../checks.js";
import { Feature, type FeatureName } from "../book/packed.js";
import { parseRule } from "../models/rule.js";
import { fromCollateral } from "./from-collateral.js";
import { ruleHash } from "./hash-rule.js";
import { readAssets, readOthers } from "./parse-assets.js";
import { readBalances } from "./parse-balances.js";
import { APART, NO_ORDERS, readInstruments, readOrders, readPnl } from "./parse-instruments.js";
import { LevelReader } from "./parse-levels.js";
import { INDEX_PRICES, readPrices } from "./parse-price.js";
import { EXACT, readLadder, readRequirement, readRounding, SUMS } from "./parse-terms.js";
import { readsOf } from "./reads.js";
import type { Category, ComposedRule, Pair, PnlRule, SidePrices } from "./rule.js";

const KEYS = [
  "schema",
  "id",
  "model",
  "title",
  "effective",
  "source",
  "breach",
  "breachNeeds",
  "maxPriceAge",
  "stale",
  "missing",
  "price",
  "unlisted",
  "ignores",
  "assets",
  "instruments",
  "categories",
  "options",
  "pnl",
  "orders",
  "requirement",
  "rounding",
  "balances",
  "ladder",
  "refuses",
];
const feature = oneOf(Object.keys(Feature) as FeatureName[]);

/**
 * A rule from its document (`margrave/rule/1`), given as parsed JSON or as an object of the same shape: `"model":"composed"`
 * in the rule language, or `"model":"collateral"`, which becomes the composed rule of the same meaning. Every field is
 * checked; unknown keys are errors. Either all entries state an initial level or none does.
 *
 * @throws InvalidInputError   naming the path, e.g. `assets.BTC.initial[1][0]`: a weight outside 0 .. 1, a negative rate,
 *                             tiers or brackets that are unsorted, overlap, jump or do not end in null, an initial rate
 *                             below the maintenance rate, a name that is none of the language's
 */
export function composedRule(document: unknown): ComposedRule {
  if (typeof document === "object" && document !== null && "model" in document && document.model === "collateral") {
    return fromCollateral(parseRule(document));
  }
  const fields = record(document, "", KEYS);
  required(fields, "schema", "", oneOf(["margrave/rule/1"]));
  required(fields, "model", "", oneOf(["composed", "collateral"]));

  const levels = new LevelReader();
  // Entries come first, since the first of them says whether the rule has an initial level: prices are stated last.
  const priceLevels = new LevelReader();
  const price = optional(fields, "price", "", INDEX_PRICES, (value, place) =>
    readPrices(value, place, INDEX_PRICES, priceLevels),
  );
  const pnl = optional(fields, "pnl", "", APART, readPnl);
  const assets = required(fields, "assets", "", (value, place) => readAssets(value, place, price, levels));
  const instruments = optional(fields, "instruments", "", Object.freeze([]), (value, place) =>
    readInstruments(value, place, pnl, levels),
  );
  const categories = optional(fields, "categories", "", new Map<string, Category>(), (value, place) =>
    readCategories(value, place, price, pnl, levels),
  );
  const requirement = optional(fields, "requirement", "", SUMS, (value, place) =>
    levels.both(value, place, (item, here) => readRequirement(item, here, pnl)),
  );
  levels.append(priceLevels);
  const every = [...instruments, ...[...categories.values()].flatMap((category) => category.instruments)];
  const orders = optional(fields, "orders", "", NO_ORDERS, (value, place) => readOrders(value, place, every));
  const rounding = optional(fields, "rounding", "", EXACT, readRounding);
  const balances = optional(fields, "balances", "", null, (value, place) =>
    readBalances(value, place, rounding.amount),
  );
  const options = readOptions(own(fields, "options"), "options");
  if (categories.size > 0 && options.category === null) {
    throw invalid("options.category", "the name of the option that chooses a category, as there are categories", null);
  }
  const handled: Partial<Record<FeatureName, boolean>> = {
    orders: orders.contracts !== "refuse" || orders.spot !== "refuse",
    raw: balances !== null,
  };
  const ignores = optional(fields, "ignores", "", [], (value, place) =>
    list(value, place, (item, here) => {
      const name = feature(item, here);
      if (handled[name] === true) throw invalid(here, "a feature that the rule does not say how to count", name);
      return name;
    }),
  );
  const hasInitial = levels.hasInitial();
  if (!hasInitial) checkWithoutInitial(options, orders, rounding);
  const content = {
    id: required(fields, "id", "", text),
    title: optional(fields, "title", "", null, text),
    effective: optional(fields, "effective", "", null, date),
    source: optional(fields, "source", "", null, text),
    breach: optional(fields, "breach", "", "<", oneOf(["<", "<="])),
    breachNeeds: optional(fields, "breachNeeds", "", "nothing", oneOf(["nothing", "requirement"])),
    hasInitial,
    maxPriceAge: optional(fields, "maxPriceAge", "", null, duration),
    stale: optional(fields, "stale", "", "flag", oneOf(["flag", "zero", "refuse"])),
    missing: optional(fields, "missing", "", "index", oneOf(["index", "zero", "refuse"])),
    price,
    unlisted: optional(fields, "unlisted", "", "refuse", oneOf(["refuse", "zero"])),
    ignores: Object.freeze([...new Set(ignores)]),
    assets,
    instruments,
    categories,
    options,
    pnl,
    orders,
    requirement,
    rounding,
    balances,
    ladder: optional(fields, "ladder", "", null, readLadder),
    refuses: Object.freeze(optional(fields, "refuses", "", [], (value, place) => list(value, place, text))),
  };
  return Object.freeze({ ...content, reads: readsOf(content), hash: ruleHash(content) });
}

/** Terms of the initial level alone say nothing in a rule that has none. */
function checkWithoutInitial(
  options: ComposedRule["options"],
  orders: ComposedRule["orders"],
  { average }: ComposedRule["rounding"],
): void {
  const absent = "absent, as the rule has no initial level";
  if (options.leverage !== null) throw invalid("options.leverage", absent, options.leverage);
  if (options.floor !== null) throw invalid("options.floor", absent, options.floor);
  if (average.initial !== null) throw invalid("rounding.average.initial", absent, average.initial);
  if (orders.levels === "initial")
    throw invalid("orders.levels", '"both", as the rule has no initial level', "initial");
}

function readCategories(
  value: unknown,
  place: Place,
  price: Pair<SidePrices>,
  pnl: PnlRule,
  levels: LevelReader,
): ReadonlyMap<string, Category> {
  return new Map(
    entries(value, place).map(([id, item]): [string, Category] => {
      const here = at(place, id);
      if (id === "0") throw invalid(here, "another name: an option of 0 says that a pool is in no category", id);
      const fields = record(item, here, ["assets", "others", "instruments"]);
      return [
        id,
        Object.freeze({
          id,
          assets: optional(fields, "assets", here, new Map(), (list, spot) => readAssets(list, spot, price, levels)),
          others: optional(fields, "others", here, null, (others, spot) => readOthers(others, spot, levels)),
          instruments: optional(fields, "instruments", here, Object.freeze([]), (list, spot) =>
            readInstruments(list, spot, pnl, levels),
          ),
        }),
      ];
    }),
  );
}

/** Names of the pool options that the rule reads, which must be apart. */
function readOptions(value: unknown, place: Place): ComposedRule["options"] {
  const fields = value === undefined ? {} : record(value, place, ["category", "leverage", "floor", "floorExempt"]);
  const names = new Set<string>();
  const name = (item: unknown, here: Place): string => {
    const given = text(item, here);
    if (names.has(given)) throw invalid(here, "an option that does nothing else", given);
    names.add(given);
    return given;
  };
  const category = optional(fields, "category", place, null, name);
  const leverage = optional(fields, "leverage", place, null, name);
  const floor = optional(fields, "floor", place, null, name);
  const floorExempt = optional(fields, "floorExempt", place, [], (item, here) => list(item, here, text));
  if (floor === null && floorExempt.length > 0) {
    throw invalid(at(place, "floorExempt"), "absent where no option is a floor", floorExempt);
  }
  return Object.freeze({ category, leverage, floor, floorExempt: Object.freeze(floorExempt) });
}
