import { at, invalid, type Place, spell } from "../checks.js";
import { HoldingKind, type PackedBook } from "../book/packed.js";
import { UnsupportedError } from "../errors.js";
import { grownBy, quotientOf, type RawIntegers } from "./balances.js";
import type { ListName, PoolDocument } from "./exact-documents.js";
import { add, digitsOf, exactDecimal, type Rational, subtract, wholeOf } from "./exact-number.js";
import type { ExactAsset, ExactTables } from "./exact-tables.js";
import type { Side } from "./names.js";
import type { Balances } from "./rule.js";

/**
 * The amount of holding `h` of a book in smallest units of its asset, an exact number; what is owed is negative.
 *
 *   document   raw integers, where the pool's document has them and the rule reads them, rounded as the rule says or left a
 *              quotient; else the quantity as it is written
 *   change     what the book holds more or less than the document states, as a change makes it, to the nearest unit
 *   columns    without a document the shortest decimal of the f64
 *
 * @param place               of the pool; null where the path of an error does not matter
 * @throws InvalidInputError  naming the path: raw integers that do not fit the rule's form, an amount of another sign than the
 *                            quantity, a quantity that is not whole in smallest units
 * @throws UnsupportedError   interest of a loan at a rate of its own, since no contract computes it
 */
export function exactAmount(
  tables: ExactTables,
  book: PackedBook,
  h: number,
  document: PoolDocument,
  asset: ExactAsset,
  place: string | null,
): Rational {
  const kind = book.holdingKind[h] ?? HoldingKind.balance;
  const quantity = book.holdingQuantity[h] ?? 0;
  const name = LISTS[kind] ?? "balances";
  if (kind === HoldingKind.interest) {
    const path = spell(at(place ?? "", name));
    throw new UnsupportedError(path, `a loan of ${asset.id} with interest at a rate of its own has no exact form`);
  }
  const stated = document.stated(h, name, asset.id, place);
  if (stated === null) {
    if (!document.isEmpty) return nearest(quantity, asset);
    return whole(exactDecimal(quantity), asset, place === null ? "" : at(at(place, name), asset.id), quantity);
  }
  const { raw, written, locked, sign, side } = stated;
  const here = place === null ? "" : at(at(place, name), stated.index);
  const apart = locked === null ? null : whole(locked.exact, asset, here, locked.given);
  if (kind === HoldingKind.locked && apart !== null) return plus(apart, stated.change, asset);
  let amount: Rational;
  if (raw !== null && tables.rule.balances !== null) {
    const found = rawAmount(tables, tables.rule.balances, raw, side, asset, place === null ? "" : at(here, "raw"));
    if (kind === HoldingKind.balance ? found.n !== 0n && found.n < 0n !== sign < 0 && sign !== 0 : found.n < 0n) {
      throw invalid(at(here, "raw"), "of the sign of the quantity", found.n);
    }
    amount = kind === HoldingKind.debt ? { n: -found.n, d: found.d } : found;
  } else {
    const units = whole(written.exact, asset, here, written.given);
    amount = kind === HoldingKind.debt ? { n: -units.n, d: units.d } : units;
  }
  if (apart !== null) amount = subtract(amount, apart);
  return plus(amount, stated.change, asset);
}

const LISTS: Readonly<Record<number, ListName>> = {
  [HoldingKind.balance]: "balances",
  [HoldingKind.locked]: "balances",
  [HoldingKind.interest]: "balances",
  [HoldingKind.supply]: "supplies",
  [HoldingKind.idleSupply]: "supplies",
  [HoldingKind.debt]: "debts",
};

/** 1 as a denominator. */
const WHOLE: bigint = 1n;

function rawAmount(
  { rule, market }: ExactTables,
  balances: Balances,
  raw: RawIntegers,
  side: Side,
  asset: ExactAsset,
  place: Place,
): Rational {
  const form = balances[side];
  const direction = rule.rounding.amount[side];
  const growth = asset.growth[side];
  let grown = growth.of(raw.market);
  if (grown === null) {
    const options = { interest: balances.interest[side], asOf: market.asOf };
    grown = growth.keep(raw.market, grownBy(form, raw.market, options, place));
  }
  const quotient = quotientOf(form, raw, grown, direction, place);
  return direction === "none" ? quotient : { n: wholeOf(quotient, direction), d: WHOLE };
}

/** A quantity in units of the asset in smallest units, which must be whole. */
function whole(quantity: Rational, asset: ExactAsset, place: Place, given: unknown): Rational {
  const n = quantity.n * asset.unit;
  if (n % quantity.d === 0n) return { n: n / quantity.d, d: WHOLE };
  throw invalid(at(place, "quantity"), `a decimal of at most ${asset.decimals} places, as ${asset.id} has`, given);
}

/** A quantity in units of the asset in smallest units, to the nearest. */
function nearest(quantity: number, asset: ExactAsset): Rational {
  return { n: digitsOf(exactDecimal(quantity), asset.decimals, "half"), d: WHOLE };
}

function plus(amount: Rational, change: number, asset: ExactAsset): Rational {
  return change === 0 ? amount : add(amount, nearest(change, asset));
}
