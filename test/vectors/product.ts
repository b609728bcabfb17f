import { packBook } from "../../src/book/pack-book.js";
import { parseMarket } from "../../src/market/parse-market.js";
import { composed } from "../../src/rules/composed.js";
import { type ExactAccount, exactAccount } from "../../src/rules/exact.js";
import { composedRule } from "../../src/rules/parse-rule.js";
import type { JsonRecord, VectorContext } from "./comparison.js";

/** Documents that are made case by case and computed as one book. */
export class VectorBook {
  private readonly assets: JsonRecord[];
  private readonly prices: JsonRecord[] = [];
  private readonly pools: JsonRecord[] = [];

  /** A book in a numeraire, of which the fields besides its id may be given. */
  constructor(numeraire: JsonRecord = {}) {
    this.assets = [{ id: NUMERAIRE, ...numeraire }];
  }

  /** An asset and its prices, in the numeraire unless they are said to be in another asset. */
  asset(asset: JsonRecord & { readonly id: string }, prices: JsonRecord): void {
    this.assets.push(asset);
    this.prices.push({ of: asset.id, in: NUMERAIRE, ...prices });
  }

  /** A lending pool. A supply is collateral unless it says that it is not. */
  pool({ supplies, debts, options = {} }: VectorPool): void {
    this.pools.push({
      id: `pool ${this.pools.length}`,
      options,
      supplies: supplies.map((supply) => ({ collateral: true, ...supply })),
      debts,
    });
  }

  /** What the product makes of the pools under `rule`, in the order that they were added. */
  margin({ engine }: VectorContext, rule: unknown): readonly Row[] {
    const parsed = composedRule(rule);
    const { assets, prices } = this;
    const market = parseMarket({ schema: "margrave/market/1", asOf: AS_OF, numeraire: NUMERAIRE, assets, prices });
    const accounts = [{ id: "all", pools: this.pools }];
    const packed = packBook({ schema: "margrave/accounts/1", asOf: AS_OF, accounts }, market);
    using residentMarket = engine.loadMarket(market);
    using residentBook = engine.loadBook(packed, residentMarket);
    const result = engine.margin(residentBook, composed(parsed));
    // A rule of one level has its only one for both.
    const levels = ({ initial, maintenance }: typeof result.excess, i: number): Row["excess"] => ({
      initial: at(initial ?? maintenance, i),
      maintenance: at(maintenance, i),
    });
    return this.pools.map((_, i) => ({
      equity: at(result.equity, i),
      collateral: at(result.collateral, i),
      debt: at(result.debt, i),
      assets: levels(result.assets, i),
      liabilities: levels(result.liabilities, i),
      excess: levels(result.excess, i),
      healthFactor: at(result.healthFactor, i),
      breached: result.breached[i] === 1,
      nearBoundary: result.nearBoundary[i] === 1,
      exact: () => exactAccount(parsed, packed, i),
    }));
  }
}

function at(column: Float64Array, row: number): number {
  const value = column[row];
  if (value === undefined) throw new RangeError(`no row ${row}`);
  return value;
}

interface VectorPool {
  readonly supplies: readonly JsonRecord[];
  readonly debts: readonly JsonRecord[];
  readonly options?: JsonRecord;
}

export const NUMERAIRE = "USD";
/** Now, in every market that is made of cases: times of a case are kept as distances from it. */
export const NOW = 2_000_000_000;
const AS_OF = new Date(NOW * 1000).toISOString();

interface Levels {
  readonly initial: number;
  readonly maintenance: number;
}

/** One pool of a result. */
export interface Row {
  readonly equity: number;
  readonly collateral: number;
  readonly debt: number;
  readonly assets: Levels;
  readonly liabilities: Levels;
  readonly excess: Levels;
  readonly healthFactor: number;
  readonly breached: boolean;
  /** whether `breached` is within rounding */
  readonly nearBoundary: boolean;
  /** the same in the venue's integers */
  readonly exact: () => ExactAccount;
}

/** A decimal as digits over a power of ten: 0.125 is 125 over 1000. */
export function decimalParts(value: number | string): { readonly digits: string; readonly one: string } {
  const match = /^(\d+)(?:\.(\d+))?(?:e-(\d+))?$/.exec(String(value));
  if (match === null) throw new TypeError(`a decimal of at least 0, got ${JSON.stringify(value)}`);
  const [, whole = "", part = "", exponent = "0"] = match;
  return {
    digits: BigInt(whole + part).toString(),
    one: (10n ** BigInt(part.length + Number(exponent))).toString(),
  };
}
