import { DisposedError } from "../errors.js";
import type { History, Market } from "../market/market.js";
import type { Memory, Packed } from "../memory.js";
import type { PackedBook } from "./packed.js";

/**
 * Market data in linear memory. Made by `engine.loadMarket`; lives until `dispose()`. What models derive from it
 * (returns, covariances) is kept with it under a key, so that it is computed once.
 */
export class ResidentMarket {
  readonly memory: Memory;
  readonly history: History | null;
  private current: Market;
  private blocks = new Map<string, number>();
  private derived = new Map<string, { readonly value: unknown; readonly blocks: readonly number[] }>();
  private live = true;

  constructor(memory: Memory, market: Market, history: History | null) {
    this.memory = memory;
    this.current = market;
    this.history = history;
  }

  /** The market as last loaded or repriced. */
  get market(): Market {
    this.check();
    return this.current;
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
   * Something expensive derived from the history or the prices, computed on first use. `build` gets a `keep` that
   * allocates resident bytes which die with the entry.
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
      for (const at of blocks) this.memory.free(at);
      throw error;
    }
  }

  /** Replace the prices: same assets and instruments, other numbers. Derived values with a key starting `price` go. */
  reprice(market: Market): void {
    this.check();
    for (const at of this.blocks.values()) this.memory.free(at);
    this.blocks.clear();
    for (const [key, entry] of this.derived) {
      if (!key.startsWith("price")) continue;
      for (const at of entry.blocks) this.memory.free(at);
      this.derived.delete(key);
    }
    this.current = market;
  }

  /** Give all memory back. Books loaded against this market are unusable afterwards. Idempotent. */
  dispose(): void {
    if (!this.live) return;
    this.live = false;
    for (const at of this.blocks.values()) this.memory.free(at);
    for (const entry of this.derived.values()) for (const at of entry.blocks) this.memory.free(at);
    this.blocks.clear();
    this.derived.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private check(): void {
    if (!this.live) throw new DisposedError("the market");
  }
}

/** A packed book in linear memory. Made by `engine.loadBook`; lives until `dispose()`. */
export class ResidentBook {
  readonly market: ResidentMarket;
  readonly packed: PackedBook;
  private blocks = new Map<string, number>();
  private derived = new Map<string, { readonly value: unknown; readonly blocks: readonly number[] }>();
  private newest = new Map<string, { readonly state: string; readonly value: unknown }>();
  private live = true;

  constructor(market: ResidentMarket, packed: PackedBook) {
    this.market = market;
    this.packed = packed;
  }

  get memory(): Memory {
    return this.market.memory;
  }

  /** A resident copy of `values` under `name`, made on first use and kept until `dispose()`. */
  block(name: string, values: () => Packed): number {
    if (!this.live) throw new DisposedError("the book");
    const known = this.blocks.get(name);
    if (known !== undefined) return known;
    const at = this.memory.keepCopy(values());
    this.blocks.set(name, at);
    return at;
  }

  /** As `ResidentMarket.derive`, for what depends on the book alone or names in `key` what else it depends on. */
  derive<T>(key: string, build: (keep: (bytes: number) => number) => T): T {
    if (!this.live) throw new DisposedError("the book");
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
      for (const at of blocks) this.memory.free(at);
      throw error;
    }
  }

  /**
   * A plain value that depends on more than the book: kept under `name` while `state` stays the same, so that one entry is
   * kept however often prices change.
   */
  latest<T>(name: string, state: string, build: () => T): T {
    if (!this.live) throw new DisposedError("the book");
    const known = this.newest.get(name);
    if (known?.state === state) return known.value as T;
    const value = build();
    this.newest.set(name, { state, value });
    return value;
  }

  /** Give all memory back. Idempotent. */
  dispose(): void {
    if (!this.live) return;
    this.live = false;
    for (const at of this.blocks.values()) this.memory.free(at);
    for (const entry of this.derived.values()) for (const at of entry.blocks) this.memory.free(at);
    this.blocks.clear();
    this.derived.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
