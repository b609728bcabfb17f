import { entries, invalid, own, type Place, record, at } from "../checks.js";
import type { Json, JsonObject, PresetData } from "./preset-data.js";

export function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A copy of `value` that shares nothing with it; what JSON cannot hold is refused. */
export function copyOf(value: unknown, place: Place): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item, i) => copyOf(item, at(place, i)));
  if (typeof value !== "object") throw invalid(place, "what JSON can hold", value);
  return Object.fromEntries(entries(value, place).map(([key, item]) => [key, copyOf(item, at(place, key))]));
}

/**
 * `value` with every `{"setting": name}` replaced by the number of that name.
 *
 * @throws InvalidInputError   naming the path: a setting that the preset does not have
 */
export function withSettings(value: Json, settings: Readonly<Record<string, number>>, place: Place): Json {
  if (Array.isArray(value)) return value.map((item: Json, i) => withSettings(item, settings, at(place, i)));
  if (!isObject(value)) return value;
  const name = own(value, "setting");
  if (typeof name !== "string") {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, withSettings(item, settings, at(place, key))]),
    );
  }
  const number = Object.hasOwn(settings, name) ? settings[name] : undefined;
  if (number !== undefined) return number;
  throw invalid(at(place, "setting"), `one of the preset's settings (${Object.keys(settings).join(", ")})`, name);
}

/** `value` with the fields of `forms[key]` that what stands under `key`, at any depth, leaves out. */
function withForms(value: Json, forms: Readonly<Record<string, JsonObject>>): Json {
  if (Array.isArray(value)) return value.map((item: Json) => withForms(item, forms));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const inner = withForms(item, forms);
      const form = Object.hasOwn(forms, key) ? forms[key] : undefined;
      return [key, form !== undefined && isObject(inner) ? { ...form, ...inner } : inner];
    }),
  );
}

/** An entry of a user, completed by the preset's fields and forms; a field given as null is left out. */
function completed(value: unknown, place: Place, fields: JsonObject, forms: PresetData["forms"]): JsonObject {
  const given = copyOf(value, place);
  if (!isObject(given)) throw invalid(place, "an object", value);
  const whole = withForms({ ...fields, ...given }, forms ?? {});
  return Object.fromEntries(Object.entries(whole ?? {}).filter(([, item]) => item !== null));
}

/** Asset entries by id, completed: those shipped, then the user's; an id given as null is left out. */
export function assetsOf(
  data: PresetData,
  shipped: Readonly<Record<string, JsonObject>>,
  given: unknown,
  place: Place,
): JsonObject {
  const all = new Map<string, unknown>(Object.entries(shipped));
  for (const [id, entry] of entries(given, place)) all.set(id, entry);
  return Object.fromEntries(
    [...all]
      .filter(([, entry]) => entry !== null)
      .map(([id, entry]) => [id, completed(entry, at(place, id), data.asset ?? {}, data.forms)]),
  );
}

/** Instrument entries, completed: the user's first, because the first that matches counts. */
export function instrumentsOf(
  data: PresetData,
  shipped: readonly JsonObject[],
  given: readonly unknown[],
  place: Place,
): JsonObject[] {
  return [...given, ...shipped].map((entry, i) => completed(entry, at(place, i), data.instrument ?? {}, data.forms));
}

/** Categories by id, their assets and instruments completed: those shipped, then the user's. */
export function categoriesOf(
  data: PresetData,
  shipped: Readonly<Record<string, JsonObject>>,
  given: unknown,
  place: Place,
): JsonObject {
  const all = new Map<string, unknown>(Object.entries(shipped));
  for (const [id, entry] of entries(given, place)) all.set(id, entry);
  return Object.fromEntries(
    [...all]
      .filter(([, entry]) => entry !== null)
      .map(([id, entry]) => {
        const here = at(place, id);
        const { assets, instruments, ...others } = record(entry, here, ["assets", "others", "instruments"]);
        const listed = instruments === undefined ? [] : instruments;
        if (!Array.isArray(listed)) throw invalid(at(here, "instruments"), "an array", instruments);
        return [
          id,
          {
            ...Object.fromEntries(Object.entries(others).map(([key, item]) => [key, copyOf(item, at(here, key))])),
            assets: assetsOf(data, {}, assets ?? {}, at(here, "assets")),
            ...(listed.length === 0 ? {} : { instruments: instrumentsOf(data, [], listed, at(here, "instruments")) }),
          },
        ];
      }),
  );
}
