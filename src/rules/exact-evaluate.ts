import { HoldingKind, type PackedBook } from "../book/packed.js";
import { UnsupportedError } from "../errors.js";
import type { ExactAccount, ExactHolding } from "./exact.js";
import { Account, type Counted, LevelSums, scaled } from "./exact-account.js";
import { PoolDocument } from "./exact-documents.js";
import { exactAmount } from "./exact-pool.js";
import { admit } from "./exact-refusal.js";
import { add, type Rational, ZERO } from "./exact-number.js";
import type { ExactAsset, ExactTables } from "./exact-tables.js";

/**
 * The account of pool `pool`, which must be a row of the book.
 *
 * @param place   where the pool stands, for the path of an error; null where a caller asks again if there is one, since the
 *                places cost as much as the account
 */
export function evaluate(table: ExactTables, book: PackedBook, pool: number, place: string | null): ExactAccount {
  const { rule } = table;
  const document = new PoolDocument(book, pool, rule.balances);
  const category = admit(rule, book, pool, document, place);
  const assets = table.variant(category?.id ?? null);
  const { value, weighted } = rule.rounding;
  const maintenance = new LevelSums(null);
  const initial = new LevelSums(table.onePrice ? maintenance : null);
  const held: Counted[] = [];
  let zeroWeight = false;

  const from = book.holdingStart[pool] ?? 0;
  const to = book.holdingStart[pool + 1] ?? 0;
  // Within a list an asset stands once; a balance and a supply or debt of one asset add up before they are valued.
  let mixed = false;
  for (let h = from; h < to; h++) {
    const index = book.holdingAsset[h] ?? 0;
    let asset = assets[index];
    if (asset === undefined) {
      asset = table.make(index, category, place ?? "");
      assets[index] = asset;
    }
    const amount = exactAmount(table, book, h, document, asset, place);
    const form = book.holdingKind[h] ?? HoldingKind.balance;
    const kind = kindOf(form, amount, asset);
    mixed ||= form === HoldingKind.balance;
    const known = mixed && kind !== "idle" ? held.findIndex((one) => one.asset === asset && one.kind === kind) : -1;
    const merged = held[known];
    if (merged === undefined) held.push({ asset, kind, amount: magnitude(amount), value: ZERO });
    else held[known] = { ...merged, amount: add(merged.amount, magnitude(amount)) };
  }

  for (const one of held) {
    const { asset, kind, amount } = one;
    const owed = kind === "debt";
    const side = owed ? "liabilities" : "assets";
    const factors = asset[side];
    if (factors.lack !== null && kind !== "idle" && amount.n !== 0n) {
      throw new UnsupportedError(place ?? "", factors.lack);
    }
    const valueStep = value === null ? "none" : value[side];
    const weightedStep = weighted === null ? "none" : weighted[side];
    const worth = scaled(amount, factors.maintenance.value, valueStep);
    one.value = worth;
    if (kind === "idle") continue;
    (owed ? maintenance.debt : maintenance.collateral).plus(worth.n, worth.d);
    (owed ? maintenance.liabilities : maintenance.weighted).add(worth, factors.maintenance, weightedStep);
    if (rule.hasInitial) {
      const first = table.onePrice ? worth : scaled(amount, factors.initial.value, valueStep);
      if (!table.onePrice) (owed ? initial.debt : initial.collateral).plus(first.n, first.d);
      (owed ? initial.liabilities : initial.weighted).add(first, factors.initial, weightedStep);
    }
    if (!owed && amount.n > 0n && factors[rule.hasInitial ? "initial" : "maintenance"].isZero) zeroWeight = true;
  }
  return new Account(table, { initial, maintenance }, held, zeroWeight);
}

function kindOf(kind: number, amount: Rational, asset: ExactAsset): ExactHolding["kind"] {
  if (kind === HoldingKind.debt || amount.n < 0n) return "debt";
  return kind === HoldingKind.locked || kind === HoldingKind.idleSupply || !asset.isListed ? "idle" : "collateral";
}

function magnitude(amount: Rational): Rational {
  return amount.n < 0n ? { n: -amount.n, d: amount.d } : amount;
}
