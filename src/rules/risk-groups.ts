import type { Market } from "../market/market.js";
import type { EquityTerm, Explanation, Term } from "../models/model.js";

/** What one risk group adds to the numbers of a pool. */
export interface GroupTotals {
  readonly equity: number;
  readonly eligible: { readonly initial: number | null; readonly maintenance: number };
  readonly requirement: { readonly initial: number | null; readonly maintenance: number };
}

/** The risk group that an asset is in: the asset that it `is`, over any number of steps, else itself. */
export function groupOf(market: Market, asset: number): string {
  let { id = "", is = null } = market.assets[asset] ?? {};
  // A circle of assets that are each other is refused where a market is parsed.
  while (is !== null) ({ id = "", is = null } = market.assets[market.assetIndex(is)] ?? {});
  return id;
}

/**
 * The terms of `engine.explain` added up by risk group: between a pool and its positions. A position's P&L and requirement
 * are in the group of its underlying, a holding in that of its asset. What a rule makes of several groups together (a
 * minimum, an average weight that is rounded, a price per order) is under "", and so are all terms of a model that names no
 * groups: only composed rules do, which a rule of the model `collateral` becomes by `composedRule`. Groups of a number sum to
 * it.
 *
 * Order: that of the first term of each. Cost: O(terms).
 */
export function byRiskGroup(explanation: Explanation): ReadonlyMap<string, GroupTotals> {
  const names = (["eligible", "requirement", "equity"] as const).flatMap((list) =>
    explanation[list].map(({ group = "" }) => group),
  );
  return new Map(
    [...new Set(names)].map((name): [string, GroupTotals] => {
      const own = <T extends Term | EquityTerm>(terms: readonly T[]) =>
        terms.filter(({ group = "" }) => group === name);
      return [
        name,
        {
          equity: own(explanation.equity).reduce((sum, { value }) => sum + value, 0),
          eligible: levels(own(explanation.eligible), explanation),
          requirement: levels(own(explanation.requirement), explanation),
        },
      ];
    }),
  );
}

function levels(terms: readonly Term[], { eligible, requirement }: Explanation): GroupTotals["eligible"] {
  const hasInitial = [...eligible, ...requirement].every(({ initial }) => initial !== null);
  return {
    initial: hasInitial ? terms.reduce((sum, { initial }) => sum + (initial ?? 0), 0) : null,
    maintenance: terms.reduce((sum, { maintenance }) => sum + maintenance, 0),
  };
}
