import { at, invalid, spell } from "../checks.js";
import { Feature, type FeatureName, type PackedBook } from "../book/packed.js";
import { UnsupportedError } from "../errors.js";
import type { PoolDocument } from "./exact-pool.js";
import type { Category, ComposedRule } from "./rule.js";

/**
 * Refuse a pool with what exact mode cannot express and the rule does not ignore.
 *
 * @throws UnsupportedError   naming the path: positions; orders, links, transfers, options; raw integers of a rule that does
 *                            not read them; a pool option that the rule reads as a floor or does not know
 */
export function refuse(
  rule: ComposedRule,
  book: PackedBook,
  pool: number,
  document: PoolDocument,
  place: string | null,
): void {
  const refused = (path: string, what: string): UnsupportedError =>
    new UnsupportedError(path, `${what} not expressed in exact mode, which has the loan part of a rule`);
  if ((book.positionStart[pool + 1] ?? 0) > (book.positionStart[pool] ?? 0)) {
    throw refused(spell(at(place ?? "", "positions")), "positions are");
  }
  const features = book.features[pool] ?? 0;
  if (features === 0) return;
  for (const name of Object.keys(Feature) as FeatureName[]) {
    if ((features & Feature[name]) === 0 || rule.ignores.includes(name)) continue;
    if (name === "raw" && rule.balances !== null) continue;
    if (name === "poolOptions") {
      const { category, leverage, floor } = rule.options;
      const known = (option: string) =>
        [category, leverage, floor].includes(option) || (leverage !== null && option.startsWith(`${leverage}.`));
      const unknown = document.options().find((option) => !known(option));
      if (unknown === undefined) continue;
      throw refused(spell(at(at(place ?? "", "options"), unknown)), `the option ${unknown} is`);
    }
    throw refused(book.featurePath(pool, name), `${name} are`);
  }
  const { floor } = rule.options;
  if (floor !== null && document.option(floor) !== undefined) {
    throw refused(spell(at(at(place ?? "", "options"), floor)), "a floor of weights is");
  }
}

/**
 * The category that a pool names in the rule's option; null where it names none, or 0.
 *
 * @throws InvalidInputError   naming the path: a category that the rule does not have
 */
export function categoryOf(rule: ComposedRule, document: PoolDocument, place: string | null): Category | null {
  const name = rule.options.category;
  if (name === null) return null;
  const stated = document.option(name);
  if (stated === undefined || stated === 0 || stated === "0" || stated === false) return null;
  const category = rule.categories.get(String(stated));
  if (category !== undefined) return category;
  const known = [...rule.categories.keys()].join(", ");
  throw invalid(
    at(at(place ?? "", "options"), name),
    `one of the categories of rule ${rule.id} (${known}), or 0`,
    stated,
  );
}
