import type { Asset, Instrument, SparseRows } from "./market.js";

/** What an asset's price or an instrument's mark is made of: (factor, coefficient) pairs. */
export interface Exposure {
  readonly of: string;
  readonly to: readonly (readonly [string, number])[];
}

/**
 * The risk factors of a market and what they mean for each asset and instrument.
 *
 * By default every asset with a price is one factor under its own id, except that the numeraire does not move, and that
 * a token instance moves with the asset it `is` where that has a price. An exposure overrides this: its `to` may name
 * factors that are no assets (`wstETH/ETH`), and an empty `to` declares the asset riskless. An instrument has the factors
 * of its underlying unless overridden, an option those of its forward. A factor is listed only where something refers to it: those that are assets first,
 * in the order of the assets, then the others in the order of the exposures.
 */
export function factorsOf(
  numeraire: string,
  assets: readonly Asset[],
  instruments: readonly Instrument[],
  forwards: Int32Array,
  index: Float64Array,
  assetIndex: (id: string) => number,
  overrides: ReadonlyMap<string, Exposure>,
): { factors: readonly string[]; assetFactors: SparseRows; instrumentFactors: SparseRows } {
  const hasPrice = (id: string): boolean => id === numeraire || !Number.isNaN(index[assetIndex(id)] ?? Number.NaN);
  const ofAsset = (asset: Asset): Exposure["to"] => {
    const override = overrides.get(asset.id);
    if (override !== undefined) return override.to;
    if (asset.id === numeraire || !hasPrice(asset.id)) return [];
    const base = asset.is === null || !hasPrice(asset.is) ? undefined : assets[assetIndex(asset.is)];
    return base === undefined ? [[asset.id, 1]] : ofAsset(base);
  };
  const assetRows = assets.map(ofAsset);
  const own = (instrument: Instrument | undefined) => overrides.get(instrument?.id ?? "")?.to;
  const instrumentRows = instruments.map(
    (instrument, i) => own(instrument) ?? own(instruments[forwards[i] ?? -1]) ?? assetRows[instrument.underlying] ?? [],
  );

  const used = new Set([...assetRows, ...instrumentRows].flatMap((row) => row.map(([factor]) => factor)));
  const ownAssets = assets.map((asset) => asset.id).filter((id) => used.has(id));
  const factors = [...new Set([...ownAssets, ...used])];
  const position = new Map(factors.map((factor, i) => [factor, i]));
  return {
    factors: Object.freeze(factors),
    assetFactors: sparse(assetRows, position),
    instrumentFactors: sparse(instrumentRows, position),
  };
}

function sparse(rows: readonly Exposure["to"][], position: ReadonlyMap<string, number>): SparseRows {
  const start = new Uint32Array(rows.length + 1);
  for (const [r, row] of rows.entries()) start[r + 1] = (start[r] ?? 0) + row.length;
  const entries = rows.flat();
  return Object.freeze({
    start,
    factor: Uint32Array.from(entries, ([factor]) => position.get(factor) ?? 0),
    coefficient: Float64Array.from(entries, ([, coefficient]) => coefficient),
  });
}
