import { type PlainBook, random } from "./random-book.js";

/** A rule document as it stands in JSON, typed so that references can read it without the parser. */
export interface RuleDocument {
  schema: "margrave/rule/1";
  id: string;
  model: "collateral";
  breach: "<" | "<=";
  maxPriceAge?: string;
  price: { assets: "index" | "bid"; liabilities: "index" | "ask" };
  unlisted: "refuse" | "zero";
  assets: Record<
    string,
    {
      initial?: number | [number | null, number][];
      maintenance: number | [number | null, number][];
      liability?: { initial?: number; maintenance: number };
      cap?: Record<string, number>;
    }
  >;
  instruments: { match: Record<string, string>; initial?: number; maintenance: number }[];
}

/**
 * A usual rule for the assets of a random book: weights fall with size, liabilities weigh at least as much as assets. Some
 * assets are tiered, some capped (in the numeraire or in another asset), some unlisted; some rules have no initial level.
 */
export function randomRule(seed: number, book: PlainBook, id = `rule-${seed}`): RuleDocument {
  const next = random(seed ^ 0x5eed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  const initial = next() < 0.8;
  const weight = (top: number): number | [number | null, number][] => {
    if (next() < 0.55) return top * (1 - 0.2 * next());
    const tiers: [number | null, number][] = [];
    let upTo = 0;
    let share = top;
    for (let k = Math.floor(next() * 3); k >= 0; k--) {
      upTo += 20_000 * next() + 1;
      share *= 1 - 0.3 * next();
      tiers.push([upTo, share]);
    }
    tiers.push([null, share * next()]);
    return tiers;
  };
  const assets: RuleDocument["assets"] = {};
  for (const { id: asset } of book.assets) {
    if (next() < 0.03) continue;
    const liability = 1 + 0.1 * next();
    assets[asset] = {
      ...(initial ? { initial: weight(0.9) } : {}),
      maintenance: weight(0.95),
      ...(next() < 0.5
        ? { liability: { ...(initial ? { initial: liability + 0.05 } : {}), maintenance: liability } }
        : {}),
      ...(next() < 0.25 ? { cap: { [pick(["USD", "STB", asset])]: 10 ** (1 + 4 * next()) } } : {}),
    };
  }
  const instruments = book.instruments.flatMap(({ id: instrument }) => {
    if (next() < 0.03) return [];
    const maintenance = 0.01 + 0.05 * next();
    return [{ match: { id: instrument }, ...(initial ? { initial: 2 * maintenance } : {}), maintenance }];
  });
  return {
    schema: "margrave/rule/1",
    id,
    model: "collateral",
    breach: pick(["<", "<="]),
    ...(next() < 0.5 ? { maxPriceAge: "PT1H" } : {}),
    price: { assets: pick(["index", "bid"]), liabilities: pick(["index", "ask"]) },
    unlisted: next() < 0.5 ? "zero" : "refuse",
    assets,
    instruments,
  };
}
