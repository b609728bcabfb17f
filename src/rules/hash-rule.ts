import { Hasher } from "../hash.js";
import type { ComposedRule } from "./rule.js";

/** 64-bit hash of what a rule says, hexadecimal. The order of keys, of assets and of categories does not matter. */
export function ruleHash(content: Omit<ComposedRule, "reads" | "hash">): string {
  const written = JSON.stringify(content, (_, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    // JSON has no number for it, and null is a value of its own here.
    if (value === Infinity) return "Infinity";
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const entries: [string, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
    return entries.sort(([a], [b]) => (a < b ? -1 : 1));
  });
  return new Hasher().text(written).digest();
}
