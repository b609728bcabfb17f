import { DisposedError, InvalidInputError } from "../errors.js";
import type { History, Market } from "../market/market.js";
import type { Memory, Packed } from "../memory.js";
import type { OptionTreatment } from "./option-treatment.js";
import type { PackedBook } from "./packed.js";

/** What a handle keeps in linear memory, by name, until it is disposed. */
class Kept {
  readonly memory: Memory;
  private readonly handle: string;
  private readonly blocks = new Map<string, number>();
  private readonly derived = new Map<string, { readonly value: unknown; readonly blocks: readonly number[] }>();
  private live = true;

  constructor(memory: Memory, handle: string) {
    this.memory = memory;
    this.handle = handle;
  }

  /**
   * A resident copy of `values` under `name`, made on first use and kept until `dispose()`. Call outside every scope or
   * before any scratch is reserved.
   */
  block(name: string, values: () => Packed): number {
    this.check();
    const known = this.blocks.get(name);
    if (known !== undefined) return known;
    const at = this.memory.keepCopy(values());
    this.blocks.set(name, at);
    return at;
  }

  /**
   * Something expensive, computed on first use: `key` names all that it depends on beside the handle itself. `build` gets a
   * `keep` that allocates resident bytes which die with the entry.
   */
  derive<T>(key: string, build: (keep: (bytes: number) => number) => T): T {
    this.check();
    const known = this.derived.get(key);
    if (known !== undefined) return known.value as T;
    const blocks: number[] = [];
    try {
      const value = build((bytes) => {
        const at = this.memory.keep(bytes);
        blocks.push(at);
        return at;
      });
      this.derived.set(key, { value, blocks });
      return value;
    } catch (error) {
      this.free(blocks);
      throw error;
    }
  }

  /** Give all memory back. Idempotent; nothing that was made from the handle works afterwards. */
  dispose(): void {
    if (!this.live) return;
    this.live = false;
    this.drop("");
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Give back the copies, and what was derived under keys that begin so. */
  protected drop(prefix: string): void {
    this.free(this.blocks.values());
    this.blocks.clear();
    for (const [key, { blocks }] of this.derived) {
      if (!key.startsWith(prefix)) continue;
      this.free(blocks);
      this.derived.delete(key);
    }
  }

  protected check(): void {
    if (!this.live) throw new DisposedError(this.handle);
  }

  private free(blocks: Iterable<number>): void {
    for (const at of blocks) this.memory.free(at);
  }
}

/**
 * Market data in linear memory. Made by `engine.loadMarket`; lives until `dispose()`. What models derive from it
 * (returns, covariances) is kept with it, so that it is computed once. Books loaded against it die with it.
 */
export class ResidentMarket extends Kept {
  readonly history: History | null;
  private current: Market;

  constructor(memory: Memory, market: Market, history: History | null) {
    super(memory, "the market");
    this.current = market;
    this.history = history;
  }

  /** The market as last loaded or repriced. */
  get market(): Market {
    this.check();
    return this.current;
  }

  /**
   * Replace the prices: same assets and instruments in the same order, other numbers. Derived values with a key that begins
   * with `price` go; those of the history stay.
   *
   * @throws InvalidInputError   other assets or instruments; the market stays as it was
   */
  reprice(market: Market): void {
    this.check();
    if (!sameThings(market, this.current)) {
      throw new InvalidInputError("market", "of the assets and instruments that were loaded", `market ${market.hash}`);
    }
    this.drop("price");
    this.current = market;
  }
}

/** A packed book in linear memory. Made by `engine.loadBook`; lives until `dispose()`. */
export class ResidentBook extends Kept {
  readonly market: ResidentMarket;
  readonly packed: PackedBook;
  /** how the options among its positions are taken; null where none are */
  readonly options: OptionTreatment | null;
  private readonly treated = new Map<string, ResidentBook>();
  private newest = new Map<string, { readonly state: string; readonly value: unknown }>();

  constructor(market: ResidentMarket, packed: PackedBook, options: OptionTreatment | null = null) {
    super(market.memory, "the book");
    this.market = market;
    this.packed = packed;
    this.options = options;
  }

  /** The book with its options taken as a model says, made on first use and disposed with this one; itself without any. */
  with(options: OptionTreatment | null): ResidentBook {
    this.check();
    if (options === null || this.options !== null || this.packed.options.size === 0) return this;
    const known = this.treated.get(options.key);
    if (known !== undefined) return known;
    const book = new ResidentBook(this.market, options.merge(this.packed), options);
    this.treated.set(options.key, book);
    return book;
  }

  override dispose(): void {
    for (const book of this.treated.values()) book.dispose();
    super.dispose();
  }

  /**
   * A plain value that depends on more than the book: kept under `name` while `state` stays the same, so that one entry is
   * kept however often prices change.
   */
  latest<T>(name: string, state: string, build: () => T): T {
    this.check();
    const known = this.newest.get(name);
    if (known?.state === state) return known.value as T;
    const value = build();
    this.newest.set(name, { state, value });
    return value;
  }
}

/** Whether two markets hold the same assets and instruments in the same order. */
export function sameThings(a: Market, b: Market): boolean {
  return a === b || (sameIds(a.assets, b.assets) && sameIds(a.instruments, b.instruments));
}

function sameIds(a: readonly { readonly id: string }[], b: readonly { readonly id: string }[]): boolean {
  return a.length === b.length && a.every((item, i) => item.id === b[i]?.id);
}
