import { at, invalid, type Place, record } from "../checks.js";

type Read<T> = (value: unknown, place: Place) => T;

/**
 * A reader of an object with exactly one key, which names the form and holds its parts: `{"max":[…]}`. What is not an
 * object is left to `plain`.
 */
export function choice<T>(forms: Readonly<Record<string, Read<T>>>, plain: Read<T>): Read<T> {
  const names = Object.keys(forms);
  return (value, place) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return plain(value, place);
    const fields = record(value, place, names);
    const [name, ...more] = Object.keys(fields);
    const read = name === undefined ? undefined : forms[name];
    if (name === undefined || read === undefined || more.length > 0) {
      throw invalid(place, `an object with one of the keys ${names.join(", ")}`, value);
    }
    return read(fields[name], at(place, name));
  };
}
