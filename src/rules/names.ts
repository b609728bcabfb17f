import type { Atom, Pair, SidePrices } from "./rule.js";

/** Names of the rule language that code walks over. */

/** The margin levels, initial first, as in the tables of the kernel. */
export const LEVELS = ["initial", "maintenance"] as const satisfies readonly (keyof Pair<unknown>)[];
export type Level = (typeof LEVELS)[number];

/** What is held and what is owed. */
export const SIDES = ["assets", "liabilities"] as const satisfies readonly (keyof SidePrices)[];
export type Side = (typeof SIDES)[number];

/** What a combiner may name, in the order of the sums in assembly/rules/frame.ts. */
export const ATOMS: readonly Atom[] = [
  "positions",
  "borrowing",
  "orders",
  "notional",
  "rewards",
  "collateral",
  "debt",
  "assets",
  "liabilities",
];
