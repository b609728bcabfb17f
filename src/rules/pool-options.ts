import { at, decimal, entries, invalid, own, type Fields, type Place, spell } from "../checks.js";
import { UnsupportedError } from "../errors.js";
import type { Market } from "../market/market.js";
import type { ComposedRule } from "./rule.js";

/** What the options of a pool say under a rule. */
export interface PoolOptions {
  /** id of a category of the rule; null: none */
  readonly category: string | null;
  /** least initial rate, and what weights give up; 0: none */
  readonly floor: number;
  /** least initial rate of every instrument, 1 / leverage; 0: none */
  readonly rate: number;
  /** the same of single instruments, by index */
  readonly rates: ReadonlyMap<number, number>;
}

const NO_RATES: ReadonlyMap<number, number> = new Map();

/**
 * The options of a pool. A category of 0, "0", "" or false is none.
 *
 * @throws UnsupportedError    naming the option: one that the rule does not read, unless it ignores "poolOptions", or a
 *                             category that it does not have
 * @throws InvalidInputError   a leverage that is not above 0 or of an unknown instrument, a negative floor
 */
export function readPoolOptions(pool: Fields, poolPlace: Place, rule: ComposedRule, market: Market): PoolOptions {
  let category: string | null = null;
  let floor = 0;
  let rate = 0;
  let rates: Map<number, number> | null = null;
  const given = own(pool, "options");
  const place = at(poolPlace, "options");
  const { options } = rule;
  for (const [key, value] of given === undefined ? [] : entries(given, place)) {
    const here = at(place, key);
    if (key === options.category) category = categoryOf(value, here, rule);
    else if (key === options.floor) floor = decimal(value, here, { min: 0 });
    else if (key === options.leverage) rate = 1 / decimal(value, here, { above: 0 });
    else if (options.leverage !== null && key.startsWith(`${options.leverage}.`)) {
      const id = key.slice(options.leverage.length + 1);
      const instrument = market.instrumentIndex(id);
      if (instrument < 0) throw invalid(here, "of an instrument of the market", id);
      rates ??= new Map();
      rates.set(instrument, 1 / decimal(value, here, { above: 0 }));
    } else if (!rule.ignores.includes("poolOptions")) {
      const remedy = 'Leave it out, or list "poolOptions" in the rule\'s "ignores"';
      throw new UnsupportedError(spell(here), `rule ${rule.id} does not read the option ${key}`, remedy);
    }
  }
  return { category, floor, rate, rates: rates ?? NO_RATES };
}

function categoryOf(value: unknown, place: Place, rule: ComposedRule): string | null {
  const id = String(value);
  if (value === false || id === "0" || id === "") return null;
  if (rule.categories.has(id)) return id;
  const known = [...rule.categories.keys()].map((one) => JSON.stringify(one)).join(", ");
  const what = `rule ${rule.id} has no category ${JSON.stringify(id)}${known === "" ? "" : `, only ${known}`}`;
  throw new UnsupportedError(spell(place), what, `Give its weights in the rule's "categories"`);
}
