import type { Instrument, Market } from "../market/market.js";
import type { AssetEntry, InstrumentEntry } from "./rule.js";
import type { Variant } from "./variants.js";

/**
 * The entry of a variant for an asset: the category's for its id, its name, what it `is`, or for any; else the rule's in the same
 * order, with what the category says of others. null where there is none.
 */
export function assetEntry({ rule, category }: Variant, market: Market, asset: number): AssetEntry | null {
  const ids = [...namesOf(market, asset), "*"];
  const find = (entries: ReadonlyMap<string, AssetEntry>): AssetEntry | undefined => {
    for (const id of ids) {
      const entry = entries.get(id);
      if (entry !== undefined) return entry;
    }
    return undefined;
  };
  const special = category === null ? undefined : find(category.assets);
  if (special !== undefined) return special;
  const plain = find(rule.assets);
  const others = category?.others ?? null;
  if (plain === undefined || others === null) return plain ?? null;
  return {
    ...plain,
    weight: { ...plain.weight, ...others.weight },
    liability: { ...plain.liability, ...others.liability },
  };
}

/** The id of an asset, its name where the id is `name@domain` of its own domain, then the same of what it is, and so on. */
function namesOf(market: Market, asset: number): readonly string[] {
  const names: string[] = [];
  for (let at = asset; at >= 0; ) {
    const found = market.assets[at];
    if (found === undefined || names.includes(found.id)) break;
    const { id, is, domain } = found;
    names.push(id);
    if (domain !== null && id.endsWith(`@${domain}`)) names.push(id.slice(0, -1 - domain.length));
    at = is === null ? -1 : market.assetIndex(is);
  }
  return names;
}

/** The first entry of a variant that matches an instrument, the category's before the rule's; null where none does. */
export function instrumentEntry(
  { rule, category }: Variant,
  market: Market,
  instrument: Instrument,
): InstrumentEntry | null {
  const id = (asset: number) => market.assets[asset]?.id;
  const facts: Readonly<Record<string, string | undefined>> = {
    id: instrument.id,
    kind: instrument.kind,
    payoff: instrument.payoff,
    underlying: id(instrument.underlying),
    quote: id(instrument.quote),
    settle: id(instrument.settle),
  };
  const matches = ({ match }: InstrumentEntry) => Object.entries(match).every(([key, value]) => facts[key] === value);
  return category?.instruments.find(matches) ?? rule.instruments.find(matches) ?? null;
}
