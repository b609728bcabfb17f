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

/** The rule that `--rule` names: a preset by its id, else a file. */
export async function ruleOf(argument: string, input: Readable): Promise<NamedRule> {
  const known = presets.some(({ id }) => id === argument);
  if (!known && /^[\w-]+$/.test(argument) && argument !== "-") {
    throw new BadInput("--rule", "", "a preset (margrave rules lists them) or a rule file", quoted(argument));
  }
  const name = known ? `preset ${argument}` : sourceName(argument);
  const document = known ? preset(argument) : await readDocument(argument, "rule", input);
  return { name, rule: inFile(name, () => composedRule(document)) };
}
