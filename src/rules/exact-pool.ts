import { at, type Fields, invalid, own, type Place, spell } from "../checks.js";
import { HoldingKind, type PackedBook } from "../book/packed.js";
import { UnsupportedError } from "../errors.js";
import { accrue, quotientOf, type RawBalance } from "./balances.js";
import { exactDecimal, type Rational, roundQuotient, subtract } from "./exact-number.js";
import type { ExactAsset, ExactTables } from "./exact-tables.js";
import type { Balances } from "./rule.js";

type ListName = "balances" | "supplies" | "debts";

/** The lists of a pool's document, read along its columns. */
export class PoolDocument {
  private readonly fields: Fields | null;
  private list: readonly unknown[] = [];
  private name = "";
  private next = 0;

  constructor(source: unknown) {
    this.fields = typeof source === "object" && source !== null ? (source as Fields) : null;
  }

  option(name: string): unknown {
    const options = this.fields === null ? undefined : own(this.fields, "options");
    return typeof options === "object" && options !== null ? own(options as Fields, name) : undefined;
  }

  /** Names of the options that the pool states. */
  options(): readonly string[] {
    const options = this.fields === null ? undefined : own(this.fields, "options");
    return typeof options === "object" && options !== null ? Object.keys(options) : [];
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

/** 1 as a denominator. */
const WHOLE: bigint = 1n;

/**
 * The amount of holding `h` of a book in smallest units, as an exact number ≥ 0: from raw integers where the document has
 * them and the rule reads them, else from the decimal of the document; where the holding is not what the document says, as
 * after a change, the shortest decimal of the column.
 *
 * @param side                which side of the pool it is on
 * @param place               of the pool; null where the path of an error does not matter
 * @throws InvalidInputError  naming the path: raw integers that do not fit the rule's form; a quantity that is not whole in
 *                            smallest units
 * @throws UnsupportedError   a loan with interest at a rate of its own, since no contract computes it
 */
export function exactAmount(
  tables: ExactTables,
  book: PackedBook,
  h: number,
  document: PoolDocument,
  asset: ExactAsset,
  side: "assets" | "liabilities",
  place: string | null,
): Rational {
  const kind = book.holdingKind[h];
  const quantity = book.holdingQuantity[h] ?? 0;
  const name = LISTS[kind ?? HoldingKind.balance] ?? "balances";
  if (kind === HoldingKind.interest) {
    throw new UnsupportedError(
      spell(at(place ?? "", name)),
      `a loan of ${asset.id} with interest at a rate of its own has no exact form`,
    );
  }
  const entry = document.find(name, asset.id);
  if (entry === null) return whole(exactDecimal(quantity), asset, at(at(place ?? "", name), asset.id), quantity);
  const { quantity: stated, locked = 0, raw } = entry;
  const held = Number(locked);
  const free = kind === HoldingKind.debt ? 0 - Number(stated) : Number(stated) - held;
  const here = place === null ? "" : at(at(place, name), document.index);
  if ((kind === HoldingKind.locked ? held : free) !== quantity) {
    return whole(exactDecimal(quantity), asset, here, quantity);
  }
  if (raw !== undefined && held === 0 && tables.rule.balances !== null) {
    return rawAmount(tables, tables.rule.balances, raw, side, asset, place === null ? "" : at(here, "raw"));
  }
  const apart = exactDecimal(locked as number | string);
  if (kind === HoldingKind.locked) return whole(apart, asset, here, locked);
  const written = exactDecimal(stated as number | string);
  return whole(held === 0 ? written : subtract(written, apart), asset, here, stated);
}

const LISTS: Readonly<Record<number, ListName>> = {
  [HoldingKind.balance]: "balances",
  [HoldingKind.locked]: "balances",
  [HoldingKind.interest]: "balances",
  [HoldingKind.supply]: "supplies",
  [HoldingKind.idleSupply]: "supplies",
  [HoldingKind.debt]: "debts",
};

function rawAmount(
  { rule, market }: ExactTables,
  balances: Balances,
  raw: unknown,
  side: "assets" | "liabilities",
  asset: ExactAsset,
  place: Place,
): Rational {
  const form = balances[side];
  const fields = raw as RawBalance;
  const direction = rule.rounding.amount[side];
  const growth = asset.growth[side];
  const options = { interest: balances.interest[side], asOf: market.asOf };
  const grown = growth.of(fields) ?? growth.keep(fields, accrue(form, fields, options, place));
  const { numerator, denominator } = quotientOf(form, fields, grown, direction, place);
  const magnitude = numerator < 0n ? -numerator : numerator;
  if (direction === "none") return { n: magnitude, d: denominator };
  return { n: roundQuotient(magnitude, denominator, direction), d: WHOLE };
}

/** A quantity in units of the asset as its magnitude in smallest units, which must be whole. */
function whole(quantity: Rational, asset: ExactAsset, place: Place, given: unknown): Rational {
  const n = quantity.n < 0n ? -quantity.n : quantity.n;
  if ((n * asset.unit) % quantity.d === 0n) return { n: (n * asset.unit) / quantity.d, d: WHOLE };
  throw invalid(at(place, "quantity"), `a decimal of at most ${asset.decimals} places, as ${asset.id} has`, given);
}
