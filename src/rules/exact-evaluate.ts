import { HoldingKind, type PackedBook } from "../book/packed.js";
import type { ExactAccount } from "./exact.js";
import { Account, type Counted, Level, scaled } from "./exact-account.js";
import { exactAmount, PoolDocument } from "./exact-pool.js";
import { admit } from "./exact-refusal.js";
import type { ExactTables } from "./exact-tables.js";

/**
 * The account of pool `pool`, which must be a row of the book.
 *
 * @param place   where the pool stands, for the path of an error; null where a caller asks again if there is one, since the
 *                places cost as much as the account
 */
export function evaluate(table: ExactTables, book: PackedBook, pool: number, place: string | null): ExactAccount {
  const { rule } = table;
  const document = new PoolDocument(book.source(pool));
  const category = admit(rule, book, pool, document, place);
  const assets = table.variant(category?.id ?? null);
  const { value, weighted } = rule.rounding;
  const maintenance = new Level(null);
  const initial = new Level(table.onePrice ? maintenance : null);
  const held: Counted[] = [];
  let zeroWeight = false;

  const from = book.holdingStart[pool] ?? 0;
  const to = book.holdingStart[pool + 1] ?? 0;
  for (let h = from; h < to; h++) {
    const index = book.holdingAsset[h] ?? 0;
    let asset = assets[index];
    if (asset === undefined) {
      asset = table.make(index, category, place ?? "");
      assets[index] = asset;
    }
    const kind = book.holdingKind[h] ?? HoldingKind.balance;
    const signed = exactAmount(table, book, h, document, asset, place);
    const owed = signed.n < 0n || kind === HoldingKind.debt;
    const side = owed ? "liabilities" : "assets";
    const amount = signed.n < 0n ? { n: -signed.n, d: signed.d } : signed;
    const valueStep = value === null ? "none" : value[side];
    const weightedStep = weighted === null ? "none" : weighted[side];
    const factors = asset[side];

    const worth = scaled(amount, factors.maintenance.value, valueStep);
    if (kind === HoldingKind.locked || kind === HoldingKind.idleSupply) {
      held.push({ asset, kind: "idle", amount, value: worth });
      continue;
    }
    held.push({ asset, kind: owed ? "debt" : "collateral", amount, value: worth });
    (owed ? maintenance.debt : maintenance.collateral).plus(worth.n, worth.d);
    (owed ? maintenance.liabilities : maintenance.weighted).add(worth, factors.maintenance.weight, weightedStep);
    if (rule.hasInitial) {
      const first = table.onePrice ? worth : scaled(amount, factors.initial.value, valueStep);
      if (!table.onePrice) (owed ? initial.debt : initial.collateral).plus(first.n, first.d);
      (owed ? initial.liabilities : initial.weighted).add(first, factors.initial.weight, weightedStep);
    }
    if (!owed && amount.n > 0n && factors[rule.hasInitial ? "initial" : "maintenance"].isZero) zeroWeight = true;
  }
  return new Account(table, { initial, maintenance }, held, zeroWeight);
}
