import { at, invalid, type Place, record } from "../checks.js";
import type { Read } from "./parse-numbers.js";

/** Keys and indices above a form: more than any rule needs, and few enough that no reader runs out of stack. */
const DEEPEST = 64;

/**
 * A reader of an object with exactly one key, which names the form and holds its parts: `{"max":[…]}`. What is not an
 * object is left to `plain`.
 *
 * @throws InvalidInputError   naming the path: no key, several, one that is none of `forms`, or forms within forms without end
 */
export function choice<T>(forms: Readonly<Record<string, Read<T>>>, plain: Read<T>): Read<T> {
  const names = Object.keys(forms);
  return (value, place) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return plain(value, place);
    if (depth(place) > DEEPEST) throw invalid(place, `at most ${DEEPEST} keys and indices deep`, value);
    const fields = record(value, place, names);
    const [name, ...more] = Object.keys(fields);
    const read = name === undefined ? undefined : forms[name];
    if (name === undefined || read === undefined || more.length > 0) {
      throw invalid(place, `an object with one of the keys ${names.join(", ")}`, value);
    }
    return read(fields[name], at(place, name));
  };
}

function depth(place: Place): number {
  let steps = 0;
  for (let here = place; typeof here !== "string"; here = here.parent) steps++;
  return steps;
}
