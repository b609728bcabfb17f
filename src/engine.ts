import type { Change } from "./book/change.js";
import type { PackedBook } from "./book/packed.js";
import { ResidentBook, ResidentMarket, sameThings } from "./book/resident.js";
import { DisposedError, InvalidInputError } from "./errors.js";
import { type Build, type CompiledKernel, compileInlined, compileSource, type KernelSource } from "./kernel.js";
import type { History, Market } from "./market/market.js";
import { MAXIMUM_BYTES, Memory } from "./memory.js";
import type { Explanation, MarginModel, MarginResult } from "./models/model.js";
import { poolRow, type Range, runOf } from "./models/run.js";
import { type WhatIf, whatIf } from "./models/what-if.js";

export interface EngineOptions {
  /** which inlined kernel; default: simd where the environment has it, else scalar. Results are equal to the bit. */
  readonly build?: Build;
  /** upper bound of the kernel's linear memory in bytes; default one page short of 4 GiB */
  readonly maximumBytes?: number;
}

export interface AsyncEngineOptions {
  /** a compiled module, its bytes, a URL or a Response, e.g. of `margrave/kernel.wasm` */
  readonly source: KernelSource;
  readonly maximumBytes?: number;
}

/**
 * An engine: one kernel instance and its memory. Two engines share compiled code and nothing else. Everything is
 * synchronous. After any error the engine works on, its state unchanged.
 *
 * What not every caller needs is a function of its own, which a bundler leaves out where nothing imports it: `liquidation`,
 * `isolated`, `backtest`, `decomposePool` and `reconcile` take a loaded book, `marketCovariance` a loaded market, and
 * `covariance`, `choleskyFactor`, `decomposeParametric`, `decomposeHistorical`, `tails` and the distributions an engine.
 */
export class Engine {
  readonly build: string;
  readonly kernelHash: string;
  readonly memory: Memory;

  /** Use `createEngine` or `createEngineAsync`. */
  constructor(kernel: CompiledKernel, maximumBytes: number) {
    this.build = kernel.build;
    this.kernelHash = kernel.hash;
    this.memory = new Memory(kernel, maximumBytes);
  }

  /**
   * Copy a market, and its price history where a model needs one, into the kernel's memory. Returns a handle; give it back
   * with `dispose()`. Cost: one copy; what models derive from it is computed on first use and kept.
   *
   * @throws InvalidInputError  a row of the history is later than the market's `asOf`: it was not known then
   */
  loadMarket(market: Market, options: { readonly history?: History } = {}): ResidentMarket {
    const times = options.history?.times;
    const newest = times?.[times.length - 1] ?? Number.NEGATIVE_INFINITY;
    if (times !== undefined && newest > market.asOf) {
      const path = `history.times[${times.length - 1}]`;
      const latest = `at or before the market's asOf (${new Date(market.asOf).toISOString()})`;
      throw new InvalidInputError(path, latest, new Date(newest).toISOString(), "Cut the history there");
    }
    return new ResidentMarket(this.memory, market, options.history ?? null);
  }

  /**
   * Make a packed book resident against `market`, which must hold the same assets and instruments in the same order as
   * the market that the book was packed with (prices may differ: reprice and margin again).
   */
  loadBook(book: PackedBook, market: ResidentMarket): ResidentBook {
    if (market.memory !== this.memory) throw new DisposedError("the market");
    const then = book.market;
    if (!sameThings(market.market, then)) {
      throw new InvalidInputError("book", "packed against this market's assets and instruments", `market ${then.hash}`);
    }
    return new ResidentBook(market, book);
  }

  /**
   * Margin every pool of the book, or the rows `range.from` .. `range.to`, under `model`. `range.into` is a result of an
   * earlier call that is no longer needed: its arrays may be overwritten, which saves making new ones. With `range.live` the
   * columns are views of the kernel's memory and cost no copy: read them before the next call into this engine, which
   * overwrites them or, where its memory grows, leaves them empty.
   *
   * @throws what the model refuses: UnsupportedError, InsufficientDataError, InvalidInputError, each with its path
   */
  margin<R extends MarginResult>(
    book: ResidentBook,
    model: MarginModel<R>,
    range: Range & { readonly into?: R; readonly live?: boolean } = {},
  ): R {
    return this.memory.scope(() =>
      model.evaluate(book, { ...runOf(this.own(book), range), into: range.into, live: range.live }),
    );
  }

  /** The terms of each number of one pool; they sum to it. */
  explain(book: ResidentBook, pool: string | number, model: MarginModel): Explanation {
    const index = this.poolIndex(book, pool);
    if (model.explain === undefined) {
      throw new InvalidInputError("model", "one with an attribution (explain)", model.name);
    }
    const explain = model.explain.bind(model);
    return this.memory.scope(() => explain(book, index, runOf(book, { from: index, to: index + 1 })));
  }

  /**
   * One pool before and after a change, each as a book of one. The book, the market and the memory stay as they are.
   *
   * @throws InvalidInputError, UnsupportedError   a change that the pool or the market does not allow, by its path
   * @throws what the model throws
   */
  whatIf<R extends MarginResult>(
    book: ResidentBook,
    pool: string | number,
    change: Change,
    model: MarginModel<R>,
  ): WhatIf<R> {
    const index = this.poolIndex(book, pool);
    return whatIf(book, index, change, model);
  }

  /** Row of a pool by id or index, checked. */
  poolIndex(book: ResidentBook, pool: string | number): number {
    return poolRow(this.own(book), pool);
  }

  /** The book, if its memory is this engine's. */
  private own(book: ResidentBook): ResidentBook {
    if (book.memory !== this.memory) throw new DisposedError("the book");
    return book;
  }
}

/** An engine on the inlined kernel: synchronous, no files, no network. The first in a process also unpacks and compiles it, a few milliseconds. */
export function createEngine(options: EngineOptions = {}): Engine {
  return new Engine(compileInlined(options.build), limit(options.maximumBytes));
}

/** An engine on a kernel that the caller brings, for platforms that forbid compiling inlined bytes. */
export async function createEngineAsync(options: AsyncEngineOptions): Promise<Engine> {
  const maximum = limit(options.maximumBytes);
  return new Engine(await compileSource(options.source), maximum);
}

function limit(maximumBytes: number = MAXIMUM_BYTES): number {
  if (!Number.isFinite(maximumBytes) || maximumBytes < 131072) {
    throw new InvalidInputError("options.maximumBytes", "a number of bytes, at least 131072", maximumBytes);
  }
  return Math.min(maximumBytes, MAXIMUM_BYTES);
}
