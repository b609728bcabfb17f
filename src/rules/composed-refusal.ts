import { Feature, type FeatureName } from "../book/packed.js";
import type { ResidentBook } from "../book/resident.js";
import { InsufficientDataError, type RiskError, UnsupportedError } from "../errors.js";
import { assetEntry, instrumentEntry } from "./entries.js";
import type { Lines } from "./lines.js";
import { LEVELS } from "./names.js";
import { Lack } from "./prices.js";
import { readsFeature } from "./reads.js";
import type { ComposedRule } from "./rule.js";
import { assetLevel, assetTables, isOld, STATUS } from "./tables-assets.js";
import { Curves } from "./tables-curves.js";
import { lackOf } from "./tables-instruments.js";
import type { Variant } from "./variants.js";

/** Why a pool has no number under its rule: the first cause, with its place. */
export function composedRefusal(
  book: ResidentBook,
  pool: number,
  rules: readonly ComposedRule[],
  lines: Lines,
): RiskError {
  const known = lines.refusal(pool);
  if (known !== null) return known;
  const { packed } = book;
  const { market } = book.market;
  const { path } = packed.pool(pool);
  const variant = lines.variants[lines.variant[pool] ?? 0];
  if (variant === undefined) return new UnsupportedError(path, `none of ${rules.length} rules applies to it`);
  const { rule } = variant;
  for (const name of Object.keys(Feature) as FeatureName[]) {
    if (((packed.features[pool] ?? 0) & Feature[name]) === 0 || readsFeature(rule, name)) continue;
    const remedy = `Leave them out, or list "${name}" in the rule's "ignores"`;
    return new UnsupportedError(packed.featurePath(pool, name), `rule ${rule.id} does not handle ${name}`, remedy);
  }
  const [firstHolding = 0, lastHolding = 0] = packed.holdingStart.subarray(pool, pool + 2);
  for (let h = firstHolding; h < lastHolding; h++) {
    const lack = lackOfHolding(book, variant, packed.holdingAsset[h] ?? 0, lines.quantity[h] ?? 0);
    if (lack !== null) return error(path, lack);
  }
  const { contracts, spot } = lines;
  const tables = assetTables(variant, market, new Curves(), new Set());
  for (const { start, instrument } of [contracts, spot]) {
    for (const index of instrument.subarray(start[pool], start[pool + 1])) {
      const found = market.instruments[index];
      if (found === undefined) continue;
      const entry = found.kind === "spot" ? null : instrumentEntry(variant, market, found);
      const lack = lackOf(variant, market, index, entry, tables);
      if (lack instanceof Lack) return error(`${path} ${found.id}`, lack);
      const price = lackOfHolding(book, variant, found.settle, 1) ?? lackOfHolding(book, variant, found.settle, -1);
      if (price !== null && found.kind !== "spot") return error(`${path} ${found.id}`, price);
    }
  }
  return new UnsupportedError(path, "its amounts exceed what a 64-bit float holds");
}

/** What a holding of an asset lacks to be counted. */
function lackOfHolding(book: ResidentBook, variant: Variant, asset: number, quantity: number): Lack | null {
  const { market } = book.market;
  const { rule } = variant;
  const id = market.assets[asset]?.id ?? "";
  const entry = assetEntry(variant, market, asset);
  if (entry === null && rule.unlisted === "refuse") {
    return new Lack("unsupported", `asset ${id} is not listed in rule ${rule.id}; list it, or set "unlisted": "zero"`);
  }
  if (Number.isNaN(market.prices.index[asset] ?? Number.NaN)) return new Lack("insufficientData", `prices of ${id}`);
  if (isOld(rule.maxPriceAge, market, asset) && rule.stale === "refuse") {
    return new Lack("insufficientData", `prices of ${id} that are not older than the rule allows`);
  }
  for (const level of LEVELS) {
    if (level === "initial" && !rule.hasInitial) continue;
    const { price, owed, weight, liability } = assetLevel(variant, market, asset, entry, level);
    for (const known of quantity < 0 ? [owed, liability] : [price, weight]) if (known instanceof Lack) return known;
  }
  return null;
}

function error(path: string, { status, what }: Lack): RiskError {
  return STATUS[status] === STATUS.unsupported
    ? new UnsupportedError(path, what)
    : new InsufficientDataError(path, 1, 0, what);
}
