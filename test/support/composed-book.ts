import { packBook } from "../../src/book/pack-book.js";
import type { ResidentBook } from "../../src/book/resident.js";
import { createEngine, type Engine } from "../../src/engine.js";
import type { Market } from "../../src/market/market.js";
import { type Levels, STATUSES } from "../../src/models/model.js";
import { composed, type ComposedModel, type ComposedResult, type ComposedRule } from "../../src/rules/index.js";

let shared: Engine | null = null;

/** What `read` makes of pools under composed rules, computed as one book; nothing of it stays in the engine's memory. */
export function composedBook<T>(
  market: Market,
  pools: readonly object[],
  rules: ComposedRule | readonly ComposedRule[],
  read: (result: ComposedResult, book: ResidentBook, model: ComposedModel) => T,
): T {
  shared ??= createEngine();
  const resident = shared.loadMarket(market);
  const asOf = new Date(market.asOf).toISOString();
  const accounts = [{ id: "all", pools: pools.map((pool, i) => ({ id: `pool ${i}`, ...pool })) }];
  const packed = packBook({ schema: "margrave/accounts/1", asOf, accounts }, market);
  const book = shared.loadBook(packed, resident);
  try {
    const model = composed(rules);
    return read(shared.margin(book, model), book, model);
  } finally {
    book.dispose();
    resident.dispose();
  }
}

/** One pool under one rule, its columns as numbers. */
export function composedPool(market: Market, pool: object, rule: ComposedRule) {
  return composedBook(market, [pool], rule, (result) => {
    const first = (column: ArrayLike<number> | null) => column?.[0] ?? Number.NaN;
    const both = ({ initial, maintenance }: Levels) => ({ initial: first(initial), maintenance: first(maintenance) });
    return {
      status: STATUSES[first(result.status)],
      equity: first(result.equity),
      assets: both(result.assets),
      liabilities: both(result.liabilities),
      eligible: both(result.eligible),
      requirement: both(result.requirement),
      excess: both(result.excess),
      notional: first(result.notional),
      healthFactor: first(result.healthFactor),
      breached: first(result.breached) === 1,
      state: result.states[first(result.state)],
    };
  });
}
