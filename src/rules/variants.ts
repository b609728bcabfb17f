import type { Category, ComposedRule } from "./rule.js";

/** What a pool is computed under: a rule, and the category of it that the pool is in. */
export interface Variant {
  readonly rule: ComposedRule;
  readonly category: Category | null;
}

/** Variant of a pool that names a rule which was not given. */
export const NO_VARIANT = 0xffffffff;

/** All variants of `rules` in order: of each rule itself, then of each of its categories in the order of the document. */
export function variantsOf(rules: readonly ComposedRule[]): readonly Variant[] {
  return rules.flatMap((rule): Variant[] => [
    { rule, category: null },
    ...[...rule.categories.values()].map((category) => ({ rule, category })),
  ]);
}
