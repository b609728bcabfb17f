import { collateral, type CollateralResult, type MarginModel, type MarginResult, type Rule } from "../src/index.js";
import { preset, presets } from "../src/presets/index.js";
import { composed, type ComposedModel, type ComposedRule, composedRule } from "../src/rules/index.js";

export type Margined = MarginResult & Partial<CollateralResult>;

/** What the picker offers first: the rule that each pool of the sample names. */
export const OWN = "own";

/** The rules of the picker: what stands in the form, and what the reader sees. */
export function ruleChoices(): readonly { readonly value: string; readonly text: string }[] {
  return [
    { value: OWN, text: "each pool's own" },
    ...presets.map(({ id, effective }) => ({ value: id, text: `${id}, ${effective}` })),
  ];
}

/** A rule of the picker as a model. `initial` says of a pool's rule whether it has an initial level. */
export interface Margining {
  readonly model: MarginModel<Margined>;
  readonly composed: ComposedModel | null;
  readonly under: string;
  initial(rule: string | null): boolean;
}

const parsed = new Map<string, ComposedRule>();

export function marginingOf(choice: string, own: readonly Rule[]): Margining {
  if (choice === OWN) {
    return {
      model: collateral(own),
      composed: null,
      under: own.map(({ id }) => id).join(", "),
      initial: (id) => own.find((rule) => rule.id === id)?.hasInitial === true,
    };
  }
  const rule = parsed.get(choice) ?? composedRule(preset(choice));
  parsed.set(choice, rule);
  const under = rule.effective === null ? rule.id : `${rule.id} of ${rule.effective}`;
  const model = composed(rule);
  return { model, composed: model, under, initial: () => rule.hasInitial };
}
