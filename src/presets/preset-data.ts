/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The three groups that METHODS.md has a page each of, and the house's own rule. */
export type Family = "money market" | "cross margin with perpetuals" | "centralised" | "house";

/** What is to be known about a preset before it is used. */
export interface PresetInfo {
  readonly id: string;
  readonly title: string;
  readonly family: Family;
  /** ISO date of the parameters shipped, or of the version of the protocol that the structure was read from */
  readonly effective: string;
  /** where structure and parameters come from, with dates where the source has them */
  readonly source: string;
  /** sentences: what the source leaves open and the rule therefore refuses or does not model */
  readonly refuses: readonly string[];
  /** numbers that a user may give under `settings`, with the values they have otherwise */
  readonly settings: Readonly<Record<string, number>>;
}

/**
 * A preset, which is data and nothing else. `structure` is what the venue's rule is made of and stays the preset's own: price
 * choices, roundings, comparator, forms of balances, combiner, ladder. Inside it `{"setting": name}` stands for a number of
 * `settings`. `asset` and `instrument` are fields that an entry has unless it states them itself; `forms` completes a weight or
 * rate of that name, e.g. with the unit that the venue rounds to. `shipped` is the small cited selection of parameters.
 */
export interface PresetData extends PresetInfo {
  readonly structure: JsonObject;
  readonly asset?: JsonObject;
  readonly instrument?: JsonObject;
  readonly forms?: Readonly<Record<string, JsonObject>>;
  readonly shipped?: {
    readonly assets?: Readonly<Record<string, JsonObject>>;
    readonly instruments?: readonly JsonObject[];
    readonly categories?: Readonly<Record<string, JsonObject>>;
  };
}
