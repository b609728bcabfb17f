import { packBook } from "../../src/book/pack-book.js";
import type { ResidentBook } from "../../src/book/resident.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { STATUSES } from "../../src/models/model.js";
import { type ComposedModel, composed } from "../../src/rules/composed.js";
import { liquidationPrices } from "../../src/rules/liquidation-prices.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import { integerAt, type JsonRecord, type VectorContext } from "./comparison.js";

export const NUMERAIRE = "USD";
const AS_OF = "2030-01-01T00:00:00Z";

/** What a case says of a market. */
export interface MarketParts {
  readonly assets: readonly JsonRecord[];
  readonly prices: readonly JsonRecord[];
  readonly instruments?: readonly JsonRecord[];
}

export interface LevelNumbers {
  readonly assets: number;
  readonly liabilities: number;
  readonly requirement: number;
  readonly excess: number;
}

/** What the product says of one pool. The initial level is maintenance where the rule has none. */
export interface PoolNumbers {
  readonly equity: number;
  readonly collateral: number;
  readonly debt: number;
  readonly notional: number;
  readonly healthFactor: number;
  readonly breached: boolean;
  readonly initial: LevelNumbers;
  readonly maintenance: LevelNumbers;
}

/** Pools and a market made resident, under a rule; both are given back when `use` has returned. */
export function withPools<T>(
  { engine }: VectorContext,
  parts: MarketParts,
  rule: unknown,
  pools: readonly JsonRecord[],
  use: (book: ResidentBook, model: ComposedModel) => T,
): T {
  const market = parseMarket({
    schema: "margrave/market/1",
    asOf: AS_OF,
    numeraire: NUMERAIRE,
    assets: [{ id: NUMERAIRE }, ...parts.assets],
    prices: parts.prices,
    instruments: parts.instruments ?? [],
  });
  const accounts = [{ id: "case", pools: pools.map((pool, i) => ({ id: `pool ${i}`, ...pool })) }];
  const packed = packBook({ schema: "margrave/accounts/1", asOf: AS_OF, accounts }, market);
  const model = composed(composedRule(rule));
  const residentMarket = engine.loadMarket(market);
  try {
    const book = engine.loadBook(packed, residentMarket);
    try {
      return use(book, model);
    } finally {
      book.dispose();
    }
  } finally {
    residentMarket.dispose();
  }
}

/** The product on pools under one rule, in order. */
export function poolNumbers(
  context: VectorContext,
  parts: MarketParts,
  rule: unknown,
  pools: readonly JsonRecord[],
): readonly PoolNumbers[] {
  return withPools(context, parts, rule, pools, (book, model) => {
    const result = context.engine.margin(book, model);
    const at = (column: ArrayLike<number>, i: number): number => column[i] ?? Number.NaN;
    return pools.map((_, i) => {
      const status = STATUSES[at(result.status, i)];
      if (status !== "ok") throw new Error(`pool ${i} has the status ${status}`);
      const level = (of: "initial" | "maintenance"): LevelNumbers => {
        const column = (name: "assets" | "liabilities" | "requirement" | "excess") =>
          at(result[name][of] ?? result[name].maintenance, i);
        return {
          assets: column("assets"),
          liabilities: column("liabilities"),
          requirement: column("requirement"),
          excess: column("excess"),
        };
      };
      return {
        equity: at(result.equity, i),
        collateral: at(result.collateral, i),
        debt: at(result.debt, i),
        notional: at(result.notional, i),
        healthFactor: at(result.healthFactor, i),
        breached: at(result.breached, i) === 1,
        initial: level("initial"),
        maintenance: level("maintenance"),
      };
    });
  });
}

/** A price at which a pool is on the edge, and whether it is short of margin below or above it. */
export interface Edge {
  readonly price: number;
  readonly breached: "below" | "above";
}

/** All prices of `factor` from 0 to a million times its present one at which the first pool is on the edge, ascending. */
export function edgesOf(
  context: VectorContext,
  parts: MarketParts,
  rule: unknown,
  pool: JsonRecord,
  factor: string,
): readonly Edge[] {
  return withPools(context, parts, rule, [pool], (book, model) => {
    const found = liquidationPrices(book, 0, model, { factors: [factor], range: [-1, 1e6] });
    if (found.status !== "ok") throw new Error(`the pool has the status ${found.status}`);
    return (found.factors[0]?.levels ?? []).map(({ price, breached }) => ({ price: price ?? Number.NaN, breached }));
  });
}

/** An integer of a case, which a file may hold as a JSON number beyond 2^53: then the double that all who parse it get. */
export function wholeAt(of: JsonRecord, key: string): bigint {
  const value = of[key];
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : integerAt(of, key);
}
