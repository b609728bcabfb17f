import type { PackedBook } from "./book/packed.js";
import { ResidentBook, ResidentMarket } from "./book/resident.js";
import {
  type CovarianceResult,
  covariance,
  marketCovariance,
  type NamedCovariance,
  type ObservationTable,
} from "./covariance/covariance.js";
import type { CovarianceEstimator } from "./covariance/estimator.js";
import { type CholeskyFactor, choleskyFactor } from "./covariance/factor.js";
import { DisposedError, InvalidInputError } from "./errors.js";
import {
  type Build,
  type CompiledKernel,
  compileInlined,
  compileSource,
  instantiate,
  type KernelSource,
} from "./kernel.js";
import type { History, Market } from "./market/market.js";
import { MAXIMUM_BYTES, Memory } from "./memory.js";
import { type BacktestOptions, type BacktestResult, backtest } from "./models/backtest.js";
import {
  decomposeHistorical,
  decomposeParametric,
  type HistoricalDecompositionInput,
  type HistoricalShares,
  type ParametricDecompositionInput,
  type ParametricShares,
} from "./models/decomposition.js";
import type { HistoricalModel } from "./models/historical.js";
import type { ParametricModel } from "./models/parametric.js";
import type { PoolDecomposition } from "./models/pool-decomposition.js";
import { type Reconciliation, reconcile } from "./models/reconcile.js";
import type { Explanation, MarginModel, MarginResult, Run } from "./models/model.js";
import {
  type NormalFunctions,
  normalFunctions,
  type StudentTFunctions,
  studentTFunctions,
  type TailFunctions,
  tailFunctions,
} from "./stats.js";
import type { PoolChange } from "./book/change.js";
import { type LiquidationResult, liquidation } from "./liquidation/liquidation.js";
import type { LiquidationOptions } from "./liquidation/options.js";
import { type IsolatedResult, isolated } from "./models/isolated.js";
import type { Rule } from "./models/rule.js";
import { type WhatIf, whatIf } from "./models/what-if.js";
import { version } from "./version.js";

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

/** Rows of a book to compute: from ≤ row < to. For callers that split a book over workers. */
export interface Range {
  readonly from?: number;
  readonly to?: number;
}

/**
 * An engine: one kernel instance and its memory. Two engines share compiled code and nothing else. Everything is
 * synchronous. After any error the engine works on, its state unchanged.
 */
export class Engine {
  readonly build: string;
  readonly kernelHash: string;
  readonly memory: Memory;
  /** standard normal distribution */
  readonly normal: NormalFunctions;
  /** standard Student-t distribution with real degrees of freedom */
  readonly studentT: StudentTFunctions;
  /** VaR and expected shortfall of one distribution or sample, without a book */
  readonly tail: TailFunctions;

  /** Use `createEngine` or `createEngineAsync`. */
  constructor(kernel: CompiledKernel, maximumBytes: number) {
    this.build = kernel.build;
    this.kernelHash = kernel.hash;
    this.memory = new Memory(instantiate(kernel), maximumBytes);
    this.normal = normalFunctions(this.memory);
    this.studentT = studentTFunctions(this.memory);
    this.tail = tailFunctions(this.memory);
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
    const now = market.market;
    const then = book.market;
    if (now !== then && !(sameIds(now.assets, then.assets) && sameIds(now.instruments, then.instruments))) {
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
      model.evaluate(book, { ...this.run(book, range), into: range.into, live: range.live }),
    );
  }

  /** The terms of each number of one pool; they sum to it. */
  explain(book: ResidentBook, pool: string | number, model: MarginModel): Explanation {
    const index = this.poolIndex(book, pool);
    if (model.explain === undefined) {
      throw new InvalidInputError("model", "one with an attribution (explain)", model.name);
    }
    const explain = model.explain.bind(model);
    return this.memory.scope(() => explain(book, index, this.run(book, { from: index, to: index + 1 })));
  }

  /**
   * Covariance of a table of observations, row-major, one row per date.
   *
   * @throws InsufficientDataError  fewer rows than the estimator needs
   * @see METHODS.md#covariance
   */
  covariance(table: ObservationTable, estimator: CovarianceEstimator): CovarianceResult {
    return covariance(this.memory, table, estimator);
  }

  /** Covariance of the returns of a market's history, with names, correlations and what was dropped. */
  marketCovariance(market: ResidentMarket, options: Parameters<typeof marketCovariance>[1]): NamedCovariance {
    return marketCovariance(market, options);
  }

  /** Cholesky factor of a covariance, f64[columns*columns]; throws NotPositiveDefiniteError where there is none. */
  choleskyFactor(columns: number, matrix: Float64Array): CholeskyFactor {
    return choleskyFactor(this.memory, columns, matrix);
  }

  /** Splits of a VaR and an ES over given weights, without a book. */
  readonly decompose = {
    /** Of weights over a covariance: totals, marginal, component and incremental shares. See METHODS.md#decomposition. */
    parametric: (input: ParametricDecompositionInput): ParametricShares => decomposeParametric(this.memory, input),
    /** Of weights over observed returns: component ES and the scenario shares of VaR. See METHODS.md#decomposition. */
    historical: (input: HistoricalDecompositionInput): HistoricalShares => decomposeHistorical(this.memory, input),
  };

  /** VaR and ES of one pool by factor and by line; components sum to the totals. */
  decomposePool(
    book: ResidentBook,
    pool: string | number,
    model: HistoricalModel | ParametricModel,
  ): PoolDecomposition {
    const index = this.poolIndex(book, pool);
    if (book.memory !== this.memory) throw new DisposedError("the book");
    return this.memory.scope(() => model.decompose(book, index));
  }

  /** Rolling one-step-ahead VaR of today's exposures against what each move would have made of them: see `backtest`. */
  backtest(book: ResidentBook, model: HistoricalModel | ParametricModel, options: BacktestOptions): BacktestResult {
    if (book.memory !== this.memory) throw new DisposedError("the book");
    return this.memory.scope(() => backtest(book, model, options));
  }

  /** What venues reported of the pools in `result`, beside ours. Reports enter no computation. */
  reconcile(book: ResidentBook, result: MarginResult): readonly Reconciliation[] {
    return reconcile(book, result);
  }

  /**
   * What has to happen until each pool is liquidated under its rule: prices, falls, distance and probability.
   *
   * @throws what `collateral` throws, and what the covariance throws that is asked for
   * @see METHODS.md#liquidation
   */
  liquidation(
    book: ResidentBook,
    rule: Rule | readonly Rule[],
    options?: LiquidationOptions,
    range: Range = {},
  ): LiquidationResult {
    const { from, to } = this.run(book, range);
    return liquidation(book, rule, options, { from, to });
  }

  /**
   * Every pool as it is against each of its holdings and positions margined alone, under any model.
   *
   * @throws what the model throws
   * @see METHODS.md#isolated
   */
  isolated(book: ResidentBook, model: MarginModel, range: Range = {}): IsolatedResult {
    return isolated(book, model, this.run(book, range));
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
    change: PoolChange,
    model: MarginModel<R>,
  ): WhatIf<R> {
    const index = this.poolIndex(book, pool);
    return whatIf(book, index, change, model, this.run(book, { from: index, to: index + 1 }));
  }

  /** Row of a pool by id or index, checked. */
  poolIndex(book: ResidentBook, pool: string | number): number {
    const index = typeof pool === "string" ? book.packed.poolIndex(pool) : pool;
    if (!Number.isInteger(index) || index < 0 || index >= book.packed.poolCount) {
      throw new InvalidInputError("pool", "the id or row of a pool in this book", pool);
    }
    return index;
  }

  private run(book: ResidentBook, range: Range): Run {
    if (book.memory !== this.memory) throw new DisposedError("the book");
    const count = book.packed.poolCount;
    const from = row(range.from ?? 0, count, "range.from");
    const to = row(range.to ?? count, count, "range.to");
    if (to < from) throw new InvalidInputError("range.to", `at least range.from (${from})`, to);
    return {
      memory: this.memory,
      from,
      to,
      meta: {
        version,
        kernel: { hash: this.kernelHash, build: this.build },
        market: book.market.market.hash,
        book: book.packed.hash,
      },
    };
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

function row(value: number, count: number, path: string): number {
  if (!Number.isInteger(value) || value < 0 || value > count) {
    throw new InvalidInputError(path, `a whole number from 0 to ${count}`, value);
  }
  return value;
}

function sameIds(a: readonly { readonly id: string }[], b: readonly { readonly id: string }[]): boolean {
  return a.length === b.length && a.every((item, i) => item.id === b[i]?.id);
}
