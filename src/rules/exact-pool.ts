import { at, type Fields, invalid, own, type Place, spell } from "../checks.js";
import { HoldingKind, type PackedBook } from "../book/packed.js";
import { UnsupportedError } from "../errors.js";
import { accrue, quotientOf, type RawBalance } from "./balances.js";
import { add, digitsOf, exactDecimal, type Rational, subtract, wholeOf } from "./exact-number.js";
import type { ExactAsset, ExactTables } from "./exact-tables.js";
import type { Side } from "./names.js";
import type { Balances } from "./rule.js";

type ListName = "balances" | "supplies" | "debts";

/** The lists of a pool's document, read along its columns. */
export class PoolDocument {
  readonly fields: Fields | null;
  private list: readonly unknown[] = [];
  private name = "";
  private next = 0;

  constructor(source: unknown) {
    this.fields = typeof source === "object" && source !== null ? (source as Fields) : null;
  }

  /** Whether there is no document, as of a pool of columns. */
  get isEmpty(): boolean {
    return this.fields === null;
  }

  /** Where in its list the entry that was last found stands. */
  index = 0;

  /** The entry of a list for an asset; null where the document has none. */
  find(name: ListName, id: string): Fields | null {
    if (this.fields === null) return null;
    if (name !== this.name) {
      const list = own(this.fields, name);
      this.list = Array.isArray(list) ? list : [];
      this.name = name;
      this.next = 0;
    }
    // Columns are in the order of the document, so the first try is right unless the pool has been changed.
    for (let tries = 0; tries < this.list.length; tries++) {
      if (this.next >= this.list.length) this.next = 0;
      this.index = this.next++;
      const entry = this.list[this.index] as Fields;
      if (entry.asset === id) return entry;
    }
    return null;
  }
}

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
  const entry = document.find(name, asset.id);
  if (entry === null) {
    if (!document.isEmpty) return nearest(quantity, asset);
    return whole(exactDecimal(quantity), asset, place === null ? "" : at(at(place, name), asset.id), quantity);
  }
  const here = place === null ? "" : at(at(place, name), document.index);
  const { raw, locked } = entry;
  const given = entry.quantity as number | string;
  const stated = kind === HoldingKind.debt ? 0 - Number(given) : Number(given);
  const apart = locked === undefined ? null : whole(exactDecimal(locked as number | string), asset, here, locked);
  if (kind === HoldingKind.locked && apart !== null) return plus(apart, quantity - Number(locked), asset);
  let amount: Rational;
  if (raw !== undefined && tables.rule.balances !== null) {
    const side = kind === HoldingKind.debt || stated < 0 ? "liabilities" : "assets";
    const found = rawAmount(tables, tables.rule.balances, raw, side, asset, place === null ? "" : at(here, "raw"));
    if (kind === HoldingKind.balance ? found.n !== 0n && found.n < 0n !== stated < 0 && stated !== 0 : found.n < 0n) {
      throw invalid(at(here, "raw"), "of the sign of the quantity", found.n);
    }
    amount = kind === HoldingKind.debt ? { n: -found.n, d: found.d } : found;
  } else {
    const written = whole(exactDecimal(given), asset, here, given);
    amount = kind === HoldingKind.debt ? { n: -written.n, d: written.d } : written;
  }
  if (apart !== null) amount = subtract(amount, apart);
  return plus(amount, quantity - (locked === undefined ? stated : stated - Number(locked)), asset);
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
  raw: unknown,
  side: Side,
  asset: ExactAsset,
  place: Place,
): Rational {
  const form = balances[side];
  const fields = raw as RawBalance;
  const direction = rule.rounding.amount[side];
  const growth = asset.growth[side];
  const options = { interest: balances.interest[side], asOf: market.asOf };
  const grown = growth.of(fields) ?? growth.keep(fields, accrue(form, fields, options, place));
  const quotient = quotientOf(form, fields, grown, direction, place);
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
