import { payoffCode } from "../book/descriptors.js";
import { Feature } from "../book/packed.js";
import type { ResidentBook } from "../book/resident.js";
import { InsufficientDataError, InvalidInputError, type RiskError, UnsupportedError } from "../errors.js";
import type { Rule } from "./rule.js";
import { assetRule, instrumentRule, refusedFeatures } from "./rule-tables.js";

/** Why a pool has no number under its rule: the first cause, with its place. `number` is the pool's rule. */
export function refusal(book: ResidentBook, pool: number, rules: readonly Rule[], number: number): RiskError {
  const { packed } = book;
  const { market } = book.market;
  const { path, rule: name } = packed.pool(pool);
  const rule = rules[number];
  if (rule === undefined) {
    const known = rules.map(({ id }) => JSON.stringify(id)).join(", ");
    return new InvalidInputError(`${path}.rule`, `the id of a rule that was given (${known})`, name);
  }
  for (const feature of refusedFeatures(rule)) {
    if (((packed.features[pool] ?? 0) & Feature[feature]) === 0) continue;
    const remedy = `Leave them out, or list "${feature}" in the rule's "ignores"`;
    return new UnsupportedError(
      packed.featurePath(pool, feature),
      book.options?.refusal(packed, pool) ?? `rule ${rule.id} does not handle ${feature}`,
      remedy,
    );
  }
  for (const asset of packed.holdingAsset.subarray(packed.holdingStart[pool], packed.holdingStart[pool + 1])) {
    const id = market.assets[asset]?.id ?? "";
    if (Number.isNaN(market.prices.index[asset])) return missing(path, `prices of ${id}`);
    if (assetRule(rule, market, asset) !== null || rule.unlisted === "zero") continue;
    return unlisted(path, id, rule);
  }
  const start = packed.positionStart[pool] ?? 0;
  for (const [k, index] of packed.positionInstrument.subarray(start, packed.positionStart[pool + 1]).entries()) {
    const instrument = market.instruments[index];
    if (instrument === undefined) continue;
    const place = `${path} position ${packed.positionId(start + k)}`;
    const lack = instrument.option === null ? null : book.options?.lack(book.market, index);
    if (lack) return missing(place, lack);
    if (lack === null && payoffCode(instrument) === "other") {
      return new UnsupportedError(place, `${instrument.id} is not a linear or inverse contract that settles as such`);
    }
    if (instrumentRule(rule, market, instrument) === null) {
      return new UnsupportedError(place, `instrument ${instrument.id} matches no row of rule ${rule.id}`, "Add one");
    }
    if (Number.isNaN(market.marks[index])) return missing(place, `marks of ${instrument.id}`);
    if (assetRule(rule, market, instrument.settle) === null && rule.unlisted === "refuse") {
      return unlisted(place, `${market.assets[instrument.settle]?.id}, in which it settles,`, rule);
    }
    for (const asset of [instrument.quote, instrument.settle]) {
      if (!Number.isNaN(market.prices.index[asset])) continue;
      return missing(place, `prices of ${market.assets[asset]?.id}`);
    }
  }
  return new UnsupportedError(path, "its amounts exceed what a 64-bit float holds");
}

function unlisted(path: string, asset: string, rule: Rule): UnsupportedError {
  return new UnsupportedError(
    path,
    `asset ${asset} is not listed in rule ${rule.id}`,
    'List it, or set "unlisted": "zero"',
  );
}

function missing(path: string, what: string): InsufficientDataError {
  return new InsufficientDataError(path, 1, 0, what);
}
