import { at, spell } from "../checks.js";
import { Feature, type FeatureName, type PackedBook } from "../book/packed.js";
import { UnsupportedError } from "../errors.js";
import type { PoolDocument } from "./exact-documents.js";
import { readPoolOptions } from "./pool-options.js";
import type { Category, ComposedRule } from "./rule.js";

/**
 * The category that a pool is in under a rule, null for none; refuses a pool with what exact mode cannot express and the
 * rule does not ignore.
 *
 * @throws UnsupportedError   naming the path: positions; orders, links, transfers, option positions; raw integers of a rule
 *                            that does not read them; an option that the rule does not read, or reads as a floor of weights
 */
export function admit(
  rule: ComposedRule,
  book: PackedBook,
  pool: number,
  { fields }: PoolDocument,
  place: string | null,
): Category | null {
  const refused = (path: string, what: string): UnsupportedError =>
    new UnsupportedError(path, `${what} not expressed in exact mode, which has the loan part of a rule`);
  if ((book.positionStart[pool + 1] ?? 0) > (book.positionStart[pool] ?? 0)) {
    throw refused(spell(at(place ?? "", "positions")), "positions are");
  }
  const features = book.features[pool] ?? 0;
  if (features === 0) return null;
  for (const name of Object.keys(Feature) as FeatureName[]) {
    if ((features & Feature[name]) === 0 || name === "poolOptions" || rule.ignores.includes(name)) continue;
    if (name === "raw" && rule.balances !== null) continue;
    throw refused(book.featurePath(pool, name), `${name} are`);
  }
  if ((features & Feature.poolOptions) === 0 || fields === null) return null;
  const { category, floor } = readPoolOptions(fields, place ?? "", rule, book.market);
  if (floor > 0) {
    throw refused(spell(at(at(place ?? "", "options"), rule.options.floor ?? "")), "a floor of weights is");
  }
  return category === null ? null : (rule.categories.get(category) ?? null);
}
