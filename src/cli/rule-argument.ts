import type { Readable } from "node:stream";
import { preset, presets } from "../presets/index.js";
import { type ComposedRule, composedRule } from "../rules/index.js";
import { BadInput, quoted } from "./bad-input.js";
import { inFile, readDocument } from "./documents.js";
import { sourceName } from "./source.js";

/** A rule and where it came from. */
export interface NamedRule {
  readonly name: string;
  readonly rule: ComposedRule;
}

/** The rule that `--rule` names: a preset by its id, else a file; without the features of a pool that are to be ignored. */
export async function ruleOf(argument: string, ignore: readonly string[], input: Readable): Promise<NamedRule> {
  const known = presets.some(({ id }) => id === argument);
  if (!known && /^[\w-]+$/.test(argument) && argument !== "-") {
    throw new BadInput("--rule", "", "a preset (margrave rules lists them) or a rule file", quoted(argument));
  }
  const name = known ? `preset ${argument}` : sourceName(argument);
  const document = known ? preset(argument) : await readDocument(argument, "rule", input);
  return { name, rule: inFile(name, () => composedRule(ignoring(document, ignore))) };
}

/** What a rule document says of features: it can either count one or ignore it. */
const COUNTED: Readonly<Record<string, string>> = { orders: "orders", raw: "balances" };

/** A rule document that ignores these features of a pool, those included that it says how to count. */
export function ignoring(document: unknown, features: readonly string[]): unknown {
  if (features.length === 0 || typeof document !== "object" || document === null) return document;
  const known = "ignores" in document && Array.isArray(document.ignores) ? document.ignores : [];
  const left = features.flatMap((feature) => COUNTED[feature] ?? []);
  const kept = Object.entries(document).filter(([key]) => !left.includes(key));
  return { ...Object.fromEntries(kept), ignores: [...new Set([...known, ...features])] };
}
