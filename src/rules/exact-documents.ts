import { at, type Fields, own, type Place } from "../checks.js";
import { HoldingKind, type PackedBook } from "../book/packed.js";
import { type RawBalance, type RawIntegers, type RawMarket, readRaw } from "./balances.js";
import { exactDecimal, type Rational } from "./exact-number.js";
import type { Side } from "./names.js";
import type { BalanceForm, Balances } from "./rule.js";

export type ListName = "balances" | "supplies" | "debts";

/** A decimal of a document, as it was given and as it is. */
interface Written {
  readonly given: number | string;
  readonly exact: Rational;
}

/** What a document says of a holding. */
interface Stated {
  /** where it stands in its list */
  readonly index: number;
  /** −1, 0 or 1 as what it states is; what is owed is negative */
  readonly sign: number;
  readonly side: Side;
  readonly written: Written;
  readonly locked: Written | null;
  /** null where there are none, or the rule does not read them */
  readonly raw: RawIntegers | null;
  /** what the book holds more than it states */
  readonly change: number;
}

/** By the holdings of a book, which never change, and by what a rule reads raw integers as. */
const known = new WeakMap<Float64Array, Map<Balances | null, Documents>>();

/** The documents of a book's holdings, read once each; balances of one market share what they grow by. */
class Documents {
  readonly stated: (Stated | undefined)[] = [];
  private readonly markets = new Map<string, RawMarket>();

  raw(form: BalanceForm, given: unknown, place: Place): RawIntegers {
    const read = readRaw(form, given as RawBalance, place);
    const { start, totalShares, one, rate, updatedAt } = read.market;
    const key = [start, totalShares, one, rate, updatedAt].join();
    const market = this.markets.get(key) ?? read.market;
    this.markets.set(key, market);
    return { ...read, market };
  }
}

function documentsOf(balances: Balances | null, { holdingQuantity }: PackedBook): Documents {
  const byBook = known.get(holdingQuantity) ?? new Map<Balances | null, Documents>();
  known.set(holdingQuantity, byBook);
  const documents = byBook.get(balances) ?? new Documents();
  byBook.set(balances, documents);
  return documents;
}

/** A pool's document, its lists read along the columns of its book. */
export class PoolDocument {
  readonly fields: Fields | null;
  private readonly book: PackedBook;
  private readonly balances: Balances | null;
  private readonly documents: Documents;
  private list: readonly unknown[] = [];
  private name = "";
  private next = 0;
  /** where in its list the entry that was last found stands */
  private index = 0;

  /** @param balances  how the rule reads raw integers; null: not at all */
  constructor(book: PackedBook, pool: number, balances: Balances | null) {
    const source = book.source(pool);
    this.fields = typeof source === "object" && source !== null ? (source as Fields) : null;
    this.book = book;
    this.balances = balances;
    this.documents = documentsOf(balances, book);
  }

  /** Whether there is no document, as of a pool of columns. */
  get isEmpty(): boolean {
    return this.fields === null;
  }

  /**
   * What the document says of holding `h` of the book, in the list `name`; null where it says nothing.
   *
   * @param place               of the pool; null where the path of an error does not matter
   * @throws InvalidInputError  naming the path: raw integers that do not fit the rule's form
   */
  stated(h: number, name: ListName, id: string, place: string | null): Stated | null {
    const { book, balances, documents } = this;
    const read = documents.stated[h];
    if (read !== undefined) return read;
    const entry = this.find(name, id);
    if (entry === null) return null;
    const kind = book.holdingKind[h] ?? HoldingKind.balance;
    const given = entry.quantity as number | string;
    const locked = entry.locked as number | string | undefined;
    const sign = kind === HoldingKind.debt ? 0 - Number(given) : Number(given);
    const isLocked = kind === HoldingKind.locked && locked !== undefined;
    const held = isLocked ? Number(locked) : locked === undefined ? sign : sign - Number(locked);
    const side = kind === HoldingKind.debt || sign < 0 ? "liabilities" : "assets";
    const here = place === null ? "" : at(at(at(place, name), this.index), "raw");
    const stated: Stated = {
      index: this.index,
      sign: Math.sign(sign),
      side,
      written: { given, exact: exactDecimal(given) },
      locked: locked === undefined ? null : { given: locked, exact: exactDecimal(locked) },
      raw:
        entry.raw === undefined || balances === null || isLocked
          ? null
          : documents.raw(balances[side], entry.raw, here),
      change: (book.holdingQuantity[h] ?? 0) - held,
    };
    documents.stated[h] = stated;
    return stated;
  }

  /** The entry of a list for an asset; null where the document has none. */
  private find(name: ListName, id: string): Fields | null {
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
