import type { JsonObject } from "../../../src/presets/index.js";

/** Margin tables as Hyperliquid's `meta` answers them. */
export interface HyperliquidMeta {
  readonly universe: readonly { readonly name: string; readonly maxLeverage: number; readonly marginTableId: number }[];
  readonly marginTables: readonly (readonly [
    id: number,
    table: { readonly marginTiers: readonly { readonly lowerBound: string; readonly maxLeverage: number }[] },
  ])[];
}

/**
 * An instrument entry per coin. A table id below 50 that is not listed is one tier at that leverage, which must be the
 * coin's own. Maintenance is half the initial rate at the highest leverage of each tier.
 */
export function hyperliquidInstruments({ universe, marginTables }: HyperliquidMeta): JsonObject[] {
  const tables = new Map(marginTables);
  return universe.map(({ name, maxLeverage, marginTableId }) => {
    const tiers = tables.get(marginTableId)?.marginTiers ?? [{ lowerBound: "0", maxLeverage: marginTableId }];
    if (tiers[0]?.maxLeverage !== maxLeverage) throw new Error(`${name} has no margin table`);
    const rates = (share: number) =>
      tiers.map((tier, i) => {
        const next = tiers[i + 1];
        return [next === undefined ? null : Number(next.lowerBound), 1 / (share * tier.maxLeverage)];
      });
    return { match: { underlying: name, kind: "perpetual" }, initial: rates(1), maintenance: rates(2) };
  });
}
