import { divideUp, greatest, IntegerFields, integer, least } from "../integers.js";

/**
 * Drift v2 in its own integers: sizes of premiums and of liquidations. Money has 6 decimals, base and sizes 9, weights and
 * margin ratios 4 (10,000 is one), `imf` and fees 6, prices 6. Source: drift-labs/protocol-v2 at 0ae3e3b,
 * programs/drift/src/math/{margin,liquidation}.rs and sdk/src/math/{margin,spotBalance}.ts.
 */

const WEIGHT = 10_000n;
const MILLION = 1_000_000n;
const BASE = 1_000_000_000n;
const DOLLAR = MILLION;
/** What one is written as in roots of sizes. */
const ROOT = 100_000n;

/** Greatest whole number whose square is at most x ≥ 0, by Newton's iteration from above. */
function squareRoot(x: bigint): bigint {
  if (x < 2n) return x;
  let root = 1n << BigInt((x.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + x / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** √(10 size + 1): the root of a size of 9 decimals, in units of 10^−5. */
function sizeRoot(size: bigint): bigint {
  return squareRoot(size * 10n + 1n);
}

export interface DriftSized {
  /** absolute size, 9 decimals */
  readonly size: bigint;
  /** weight or ratio of a small position, 4 decimals */
  readonly weight: bigint;
  /** size factor, 6 decimals; 0 where the size does not matter */
  readonly imf: bigint;
  /** what one is written as in weights, where not 10,000 */
  readonly precision?: bigint;
}

function readSized(input: DriftSized, name: string): Required<DriftSized> {
  const fields = new IntegerFields(input, name, ["size", "weight", "imf", "precision"]);
  return {
    size: fields.natural("size"),
    weight: fields.natural("weight"),
    imf: fields.natural("imf"),
    precision: fields.of("precision") === undefined ? WEIGHT : fields.integer("precision", 1n, ROOT * MILLION),
  };
}

/**
 * Weight of an asset of some size:
 *
 *   min(weight, ⌊1.1e6 · 1e4 / (1e6 + ⌊⌊√(10 size + 1)⌋ · imf / 1e5⌋)⌋)
 *
 * @throws InvalidInputError   naming a field that is not a bigint, or negative
 */
export function driftAssetWeight(input: DriftSized): bigint {
  const { size, weight, imf, precision } = readSized(input, "driftAssetWeight");
  if (imf === 0n) return weight;
  return least(weight, (((MILLION * 11n) / 10n) * precision) / (MILLION + (sizeRoot(size) * imf) / ROOT));
}

/**
 * Weight of a liability, or margin ratio of a position, of some size:
 *
 *   max(weight, weight − ⌊weight / 5⌋ + ⌊⌊√(10 size + 1)⌋ · imf / 1e7⌋)
 *
 * @throws InvalidInputError   naming a field that is not a bigint, or negative
 */
export function driftLiabilityWeight(input: DriftSized): bigint {
  const { size, weight, imf, precision } = readSized(input, "driftLiabilityWeight");
  if (imf === 0n) return weight;
  return greatest(weight, weight - weight / 5n + (sizeRoot(size) * imf) / ((ROOT * MILLION) / precision));
}

export interface DriftCover {
  /** money by which the account falls short */
  readonly shortage: bigint;
  readonly marginRatio: bigint;
  readonly liquidationFee: bigint;
  readonly insuranceFee: bigint;
  readonly oraclePrice: bigint;
  readonly quotePrice: bigint;
}

/**
 * Base to take over so that the margin it frees, less the fees, is the shortage:
 *
 *   ⌊shortage · 1e9 / (⌊⌊oracle · quote / 1e6⌋ · (ratio − fee) / 1e6⌋ − ⌊oracle · insuranceFee / 1e6⌋)⌋,  ratio to 6 decimals
 *
 * null where no size does: the fee takes all that is freed. (The chain then writes 2^64 − 1.)
 *
 * @throws InvalidInputError   naming a field that is not a bigint, or negative
 */
export function driftBaseToCover(input: DriftCover): bigint | null {
  const keys = ["shortage", "marginRatio", "liquidationFee", "insuranceFee", "oraclePrice", "quotePrice"];
  const fields = new IntegerFields(input, "driftBaseToCover", keys);
  const shortage = fields.natural("shortage");
  const ratio = (fields.natural("marginRatio") * MILLION) / WEIGHT;
  const fee = fields.natural("liquidationFee");
  const insurance = fields.natural("insuranceFee");
  const oracle = fields.natural("oraclePrice");
  const quote = fields.natural("quotePrice");
  if (oracle === 0n || ratio <= fee) return null;
  const freed = (((oracle * quote) / MILLION) * (ratio - fee)) / MILLION - (oracle * insurance) / MILLION;
  return freed <= 0n ? null : (shortage * BASE) / freed;
}

export interface DriftTransfer {
  readonly shortage: bigint;
  readonly assetWeight: bigint;
  /** one plus the fee that the liquidator gets on the asset, 6 decimals */
  readonly assetMultiplier: bigint;
  readonly liabilityWeight: bigint;
  /** one less the fee on the liability, 6 decimals */
  readonly liabilityMultiplier: bigint;
  readonly liabilityDecimals: number;
  readonly liabilityPrice: bigint;
  readonly insuranceFee: bigint;
}

/**
 * Liability to take over so that what its weight frees, less the asset that pays for it, is the shortage:
 *
 *   ⌊⌊shortage · 10^max(d − 6, 0) · 1e6 · 1e5 / (price · (l − a) − ⌊price · insuranceFee / 1e6⌋ · l)⌋ / 10^max(6 − d, 0)⌋, at least 1
 *   l = 10 liabilityWeight,  a = ⌊10 assetWeight · assetMultiplier / liabilityMultiplier⌋,  d = liabilityDecimals
 *
 * null where no size does: the asset given away weighs as much as the liability. (The chain then writes 2^128 − 1.)
 *
 * @throws InvalidInputError   naming a field that is not a bigint, or negative
 */
export function driftLiabilityToCover(input: DriftTransfer): bigint | null {
  const fields = new IntegerFields(input, "driftLiabilityToCover", [
    "shortage",
    "assetWeight",
    "assetMultiplier",
    "liabilityWeight",
    "liabilityMultiplier",
    "liabilityDecimals",
    "liabilityPrice",
    "insuranceFee",
  ]);
  const shortage = fields.natural("shortage");
  const assetWeight = fields.natural("assetWeight");
  const liabilityWeight = fields.natural("liabilityWeight");
  const unit = fields.unit("liabilityDecimals");
  const price = fields.positive("liabilityPrice");
  const insurance = (price * fields.natural("insuranceFee")) / MILLION;
  const liability = liabilityWeight * 10n;
  const asset = (assetWeight * 10n * fields.natural("assetMultiplier")) / fields.positive("liabilityMultiplier");
  if (assetWeight >= liabilityWeight || asset >= liability) return null;
  const freed = price * (liability - asset) - insurance * liability;
  if (freed <= 0n) return null;
  const [up, down] = scales(unit, MILLION);
  return greatest(1n, (shortage * up * MILLION * WEIGHT * 10n) / freed / down);
}

export interface DriftExchange {
  readonly assetAmount: bigint;
  readonly assetMultiplier: bigint;
  readonly assetDecimals: number;
  readonly assetPrice: bigint;
  readonly liabilityMultiplier: bigint;
  readonly liabilityDecimals: number;
  readonly liabilityPrice: bigint;
}

const EXCHANGE_KEYS = [
  "assetAmount",
  "assetMultiplier",
  "assetDecimals",
  "assetPrice",
  "liabilityMultiplier",
  "liabilityDecimals",
  "liabilityPrice",
];

function readExchange(fields: IntegerFields) {
  return {
    amount: fields.natural("assetAmount"),
    assetMultiplier: fields.positive("assetMultiplier"),
    assetUnit: fields.unit("assetDecimals"),
    assetPrice: fields.positive("assetPrice"),
    liabilityMultiplier: fields.positive("liabilityMultiplier"),
    liabilityUnit: fields.unit("liabilityDecimals"),
    liabilityPrice: fields.positive("liabilityPrice"),
  };
}

/**
 * Liability that all of an asset pays for, rounded up in each step:
 *
 *   ⌈⌈assetAmount · assetPrice · liabilityMultiplier / (liabilityPrice · assetMultiplier)⌉ · 10^(liability − asset decimals)⌉
 *
 * @throws InvalidInputError   naming a field that is not a bigint or negative, or a price or multiplier of 0
 */
export function driftLiabilityOfAsset(input: DriftExchange): bigint {
  const given = readExchange(new IntegerFields(input, "driftLiabilityOfAsset", EXCHANGE_KEYS));
  const [up, down] = scales(given.liabilityUnit, given.assetUnit);
  const value = given.amount * up * given.assetPrice * given.liabilityMultiplier;
  return divideUp(divideUp(value, given.liabilityPrice * given.assetMultiplier), down);
}

/**
 * Asset that pays for a liability, all of it where less than a dollar's worth would be left:
 *
 *   max(1, ⌊⌊transfer · liabilityPrice · assetMultiplier / (assetPrice · liabilityMultiplier)⌋ · 10^(asset − liability decimals)⌋)
 *
 * @throws InvalidInputError   naming a field that is not a bigint or negative, or a price or multiplier of 0
 */
export function driftAssetForLiability(input: DriftExchange & { readonly transfer: bigint }): bigint {
  const fields = new IntegerFields(input, "driftAssetForLiability", [...EXCHANGE_KEYS, "transfer"]);
  const given = readExchange(fields);
  const transfer = fields.natural("transfer");
  const [up, down] = scales(given.assetUnit, given.liabilityUnit);
  const value = transfer * up * given.liabilityPrice * given.assetMultiplier;
  const asset = greatest(1n, value / (given.assetPrice * given.liabilityMultiplier) / down);
  const left = asset > given.amount ? asset - given.amount : given.amount - asset;
  // A token of few decimals scales the rest up and one of many down: so the program has it, and so it is kept.
  const [times, over] = scales(given.assetUnit, MILLION);
  return (((left * given.assetPrice) / MILLION) * times) / over < DOLLAR ? given.amount : asset;
}

/** What turns amounts of unit `from` into units of `to`: multiply by the first, divide by the second. */
function scales(to: bigint, from: bigint): readonly [bigint, bigint] {
  return to > from ? [to / from, 1n] : [1n, from / to];
}

/**
 * Health that the venue shows, a whole number from 0 to 100:  100 · (1 − requirement / collateral) at maintenance, halves
 * up; 100 where nothing is required, 0 where there is no collateral.
 *
 * @throws InvalidInputError   where an argument is not a bigint
 */
export function driftHealth(collateral: bigint, requirement: bigint): number {
  const total = integer(collateral, "driftHealth.collateral");
  const required = integer(requirement, "driftHealth.requirement", 0n);
  if (required === 0n && total >= 0n) return 100;
  if (total <= 0n || required >= total) return 0;
  return Number((200n * (total - required) + total) / (2n * total));
}
