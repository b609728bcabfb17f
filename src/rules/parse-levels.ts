import { at, invalid, optional, own, type Place, record, required } from "../checks.js";
import type { Read } from "./parse-numbers.js";
import type { Pair } from "./rule.js";

/**
 * Whether a rule has an initial level. The first entry that may state one decides, and whatever disagrees is an error:
 * an entry without a level that the others have, or one for a level that the rule does not have.
 */
export class LevelReader {
  private readonly stated: { readonly given: boolean; readonly optional: boolean; readonly place: Place }[] = [];

  /** A pair of which `initial` is given where the rule has an initial level, and only there. */
  pair<T>(fields: Readonly<Record<string, unknown>>, place: Place, read: Read<T>): Pair<T> {
    const maintenance = required(fields, "maintenance", place, read);
    const initial = own(fields, "initial");
    const here = at(place, "initial");
    this.stated.push({ given: initial !== undefined, optional: false, place: here });
    return Object.freeze({ initial: initial === undefined ? maintenance : read(initial, here), maintenance });
  }

  /** A pair of which each level may be left out and is then `absent`; `initial` only where the rule has that level. */
  pairOr<T, A>(value: unknown, place: Place, absent: A, read: Read<T>): Pair<T | A> {
    const fields = record(value, place, ["initial", "maintenance"]);
    if (own(fields, "initial") !== undefined) {
      this.stated.push({ given: true, optional: true, place: at(place, "initial") });
    }
    return Object.freeze({
      initial: optional(fields, "initial", place, absent, read),
      maintenance: optional(fields, "maintenance", place, absent, read),
    });
  }

  /** One value for both levels, or a pair of them. */
  both<T>(value: unknown, place: Place, read: Read<T>): Pair<T> {
    if (typeof value === "object" && value !== null && ("initial" in value || "maintenance" in value)) {
      return this.pair(record(value, place, ["initial", "maintenance"]), place, read);
    }
    const one = read(value, place);
    return Object.freeze({ initial: one, maintenance: one });
  }

  /** What another reader was told, after what this one was. */
  append(other: LevelReader): void {
    this.stated.push(...other.stated);
  }

  /**
   * Whether the rule has an initial level.
   *
   * @throws InvalidInputError   naming the first entry that disagrees
   */
  hasInitial(): boolean {
    const result = this.stated.find((one) => !one.optional)?.given ?? true;
    for (const { given, optional: free, place } of this.stated) {
      if (given === result || (free && result)) continue;
      throw invalid(
        place,
        result ? "given, as for the entries before it" : "absent, as for the entries before it",
        given,
      );
    }
    return result;
  }
}
