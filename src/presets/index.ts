import { array, date, decimal, invalid, list, oneOf, optional, record, text, truth } from "../checks.js";
import { aaveV3 } from "./aave-v3.js";
import { aaveV3Before37 } from "./aave-v3-pre-3.7.js";
import { binanceCross } from "./binance-cross.js";
import { binanceMultiAsset } from "./binance-multi-asset.js";
import { bybitLinear } from "./bybit-linear.js";
import { assetsOf, categoriesOf, copyOf, instrumentsOf, isObject, withSettings } from "./complete.js";
import { compoundV3 } from "./compound-v3.js";
import { driftV2 } from "./drift-v2.js";
import { dydxV4 } from "./dydx-v4.js";
import { eulerV2 } from "./euler-v2.js";
import { folksXchain } from "./folks-xchain.js";
import { gmxV2 } from "./gmx-v2.js";
import { house } from "./house.js";
import { hyperliquid } from "./hyperliquid.js";
import { kamino } from "./kamino.js";
import { krakenCollateral } from "./kraken-collateral.js";
import { mangoV4 } from "./mango-v4.js";
import { marginfiV2 } from "./marginfi-v2.js";
import { morphoBlue } from "./morpho-blue.js";
import { okxMultiCurrency } from "./okx-multi-currency.js";
import type { JsonObject, PresetData, PresetInfo } from "./preset-data.js";
import { synthetixV3 } from "./synthetix-v3.js";

export type { Family, Json, JsonObject, PresetInfo } from "./preset-data.js";

const ALL: readonly PresetData[] = [
  aaveV3,
  aaveV3Before37,
  compoundV3,
  morphoBlue,
  eulerV2,
  kamino,
  marginfiV2,
  folksXchain,
  mangoV4,
  driftV2,
  dydxV4,
  synthetixV3,
  gmxV2,
  hyperliquid,
  binanceCross,
  binanceMultiAsset,
  okxMultiCurrency,
  krakenCollateral,
  bybitLinear,
  house,
];

/** The rules that come with the package, each dated and with its source. `preset(id)` makes the document of one. */
export const presets: readonly PresetInfo[] = Object.freeze(
  ALL.map(({ id, title, family, effective, source, refuses, settings }) =>
    Object.freeze({
      id,
      title,
      family,
      effective,
      source,
      refuses: Object.freeze([...refuses]),
      settings: Object.freeze({ ...settings }),
    }),
  ),
);

/**
 * What a user may give to a preset. All of it is in the form of rule documents; what is not here (price choices, roundings,
 * comparator, combiner) is the preset's own, and a rule that differs there is a document of one's own.
 */
export interface PresetParameters {
  /** id of the rule, by default that of the preset */
  readonly id?: string;
  readonly title?: string;
  /** ISO date and source of the parameters given, in place of the preset's */
  readonly effective?: string;
  readonly source?: string;
  /** entries by asset: replace shipped ones of the same id; null takes one out */
  readonly assets?: Readonly<Record<string, JsonObject | null>>;
  /** before the shipped ones, so that these count where both match */
  readonly instruments?: readonly JsonObject[];
  readonly categories?: Readonly<Record<string, JsonObject | null>>;
  /** false: without the shipped assets, instruments and categories */
  readonly shipped?: boolean;
  readonly settings?: Readonly<Record<string, number>>;
  /** ISO 8601 duration */
  readonly maxPriceAge?: string;
  readonly unlisted?: "refuse" | "zero";
  readonly ignores?: readonly string[];
}

const KEYS = [
  "id",
  "title",
  "effective",
  "source",
  "assets",
  "instruments",
  "categories",
  "shipped",
  "settings",
  "maxPriceAge",
  "unlisted",
  "ignores",
];

/**
 * The rule document of a preset with the parameters given: plain JSON, a new object at every call, ready for
 * `composedRule`, which checks what is in the entries and names the same paths as stand in `parameters`.
 *
 *   composedRule(preset("aave-v3", { assets: { WETH: { initial: 0.805, maintenance: 0.83 } } }))
 *
 * @throws InvalidInputError   for an id that no preset has, a parameter that is the preset's own or none at all, a setting
 *                             that the preset does not have
 */
export function preset(id: string, parameters: PresetParameters = {}): Record<string, unknown> {
  const data = ALL.find((one) => one.id === id);
  if (data === undefined) throw invalid("preset", `one of ${ALL.map((one) => one.id).join(", ")}`, id);
  const given = record(parameters, "", KEYS);
  const settings = { ...data.settings };
  optional(given, "settings", "", null, (value, place) => {
    const fields = record(value, place, Object.keys(data.settings));
    for (const name of Object.keys(fields)) settings[name] = optional(fields, name, place, 0, decimal);
  });
  const shipped = optional(given, "shipped", "", true, truth) ? (data.shipped ?? {}) : {};
  const instruments = instrumentsOf(
    data,
    shipped.instruments ?? [],
    optional(given, "instruments", "", [], array),
    "instruments",
  );
  const categories = categoriesOf(data, shipped.categories ?? {}, given.categories ?? {}, "categories");
  const ignores = optional(given, "ignores", "", null, (value, place) => list(value, place, text));
  const maxPriceAge = optional(given, "maxPriceAge", "", null, text);
  const unlisted = optional(given, "unlisted", "", null, oneOf(["refuse", "zero"]));
  const document = {
    schema: "margrave/rule/1",
    model: "composed",
    id: optional(given, "id", "", data.id, text),
    title: optional(given, "title", "", data.title, text),
    effective: optional(given, "effective", "", data.effective, date),
    source: optional(given, "source", "", data.source, text),
    ...data.structure,
    ...(maxPriceAge === null ? {} : { maxPriceAge }),
    ...(unlisted === null ? {} : { unlisted }),
    ...(ignores === null ? {} : { ignores }),
    assets: assetsOf(data, shipped.assets ?? {}, given.assets ?? {}, "assets"),
    ...(instruments.length === 0 ? {} : { instruments }),
    ...(Object.keys(categories).length === 0 ? {} : { categories }),
    refuses: [...data.refuses],
  };
  const resolved = withSettings(copyOf(document, ""), settings, "");
  return isObject(resolved) ? { ...resolved } : {};
}
