import type { PackedBook } from "../book/packed.js";
import { InvalidInputError, RiskError } from "../errors.js";
import type { Market } from "../market/market.js";
import { evaluate } from "./exact-evaluate.js";
import type { Rational } from "./exact-number.js";
import { ExactTables } from "./exact-tables.js";
import type { ComposedRule, Pair } from "./rule.js";

/** One holding, at the maintenance level. */
export interface ExactHolding {
  readonly asset: string;
  /** `idle`: a locked balance, or a supply that is not collateral; its weighted value is 0 */
  readonly kind: "collateral" | "idle" | "debt";
  /** in smallest units of the asset */
  readonly amount: bigint;
  /** in units of 10^-decimals of the account */
  readonly value: bigint;
  /** in units of 10^-weightedDecimals; rounded down of collateral and up of debt where the rule does not round it */
  readonly weighted: bigint;
}

/** The sums of an account before any rounding that the rule does not ask for, in the numeraire. */
export interface ExactSums {
  readonly collateral: Pair<Rational>;
  readonly debt: Pair<Rational>;
  readonly weighted: Pair<Rational>;
  readonly liabilities: Pair<Rational>;
  /** of `perHolding`, in its order: amount in smallest units, value and weighted value at maintenance */
  readonly perHolding: readonly {
    readonly amount: Rational;
    readonly value: Rational;
    readonly weighted: Rational;
  }[];
}

/**
 * A pool as the venue's integers. Values are units of 10^-decimals (what the rule rounds values to; 18 where it does not),
 * weighted values units of 10^-weightedDecimals. What the rule leaves unrounded is rounded here, assets down and liabilities
 * up, and exact in `sums`.
 */
export interface ExactAccount {
  readonly decimals: number;
  readonly weightedDecimals: number;
  /** value of what counts as collateral, and of what is owed, at maintenance prices */
  readonly collateral: bigint;
  readonly debt: bigint;
  /** collateral × weight, debt × liability weight; 0 at an initial level that the rule does not have */
  readonly weighted: Pair<bigint>;
  readonly liabilities: Pair<bigint>;
  /** weighted ÷ unweighted collateral, rounded down to 10^-averageDecimals (4, basis points, unless the rule rounds it) */
  readonly averages: Pair<bigint>;
  readonly averageDecimals: Pair<number>;
  /** 18 decimals, as the chain has it; null without liabilities (`chainHealthFactor` makes that 2^256 − 1) */
  readonly healthFactor: bigint | null;
  /** what more may be owed at the level for borrowing, in weighted units, not negative */
  readonly available: bigint;
  /** whether the level for borrowing holds: initial, or maintenance where that is the only one */
  readonly borrowable: boolean;
  /** whether the pool can be liquidated */
  readonly breached: boolean;
  /** whether some collateral has weight 0 for borrowing (Aave: must be withdrawn first) */
  readonly zeroWeightCollateral: boolean;
  readonly perHolding: readonly ExactHolding[];
  readonly sums: ExactSums;
}

const tables = new WeakMap<ComposedRule, WeakMap<Market, ExactTables>>();

function tablesOf(rule: ComposedRule, market: Market): ExactTables {
  let byMarket = tables.get(rule);
  if (byMarket === undefined) {
    byMarket = new WeakMap();
    tables.set(rule, byMarket);
  }
  let known = byMarket.get(market);
  if (known === undefined) {
    known = new ExactTables(rule, market);
    byMarket.set(market, known);
  }
  return known;
}

/**
 * A pool under the loan part of a composed rule, in integers: supplies, debts and balances; weights that are flat, ramped,
 * scaled by deposits or borrows, in tiers or capped, of the rule or a category; prices per level and side; all rounding.
 *
 *   amount     of raw integers as `amountOf`; else the document's decimal, which must be whole in smallest units
 *   price      the market document's decimals as they are written, multiplied exactly along a chain: a contract's price
 *              of 16251423051 with 8 decimals is the string "16251423051e-8"
 *   weight     the rule's numbers as their shortest decimals
 *   value      ⟦amount · price⟧ to 10^-decimals, weighted value ⟦value · weight⟧ to 10^-weightedDecimals, each in the
 *              direction of its side, or exact where the rule has no such step
 *   average    ⌊Σ weighted / Σ collateral⌋ to the rule's decimals; where the rule has one, it counts ⌊Σ collateral · average⌋
 *   health     counted ÷ liabilities, 18 decimals: ⌊counted · 1e18 / liabilities⌋; but where weighted values are sums
 *              of value × weight in units 1/s of 10^-decimals (s = 10,000, or what the rule's weights need), ⌊½(counted · s ·
 *              1e18 / liabilities) / s⌋ with ½ halves up, as Aave's contracts divide
 *   breached   health factor below 1 (breach "<") or at most 1 ("<=", as exact quotients); never without liabilities
 *
 * Equal to the executed contracts of Aave v3.7, Compound v3 and Euler v2, and to Morpho's and Folks' libraries. The first
 * account of a rule and market makes their tables, and the first call of a pool reads the digits of its document; each further
 * one costs about half a microsecond per holding.
 *
 * @throws InvalidInputError   naming the path: no such pool, an asset without decimals, a quantity that is no whole number of
 *                             smallest units, raw integers that do not fit
 * @throws UnsupportedError    what has no exact form here: positions, orders, other features that the rule does not ignore,
 *                             interest at a loan's own rate, weights of kind root and clamp, requirements on loans, a
 *                             requirement that is not 0 without positions, a floor; an unknown category; an asset that the
 *                             rule refuses; a price that is absent or old where the rule refuses that
 */
export function exactAccount(rule: ComposedRule, book: PackedBook, pool: number): ExactAccount {
  const table = tablesOf(rule, book.market);
  if (!Number.isInteger(pool) || pool < 0 || pool >= book.poolCount) {
    throw new InvalidInputError("pool", `a row from 0 to ${book.poolCount - 1}`, pool);
  }
  try {
    return evaluate(table, book, pool, null);
  } catch (error) {
    // Where the pool stands is spelt only for an error: once more, and the same error is thrown with its whole path.
    if (error instanceof RiskError) return evaluate(table, book, pool, book.pool(pool).path);
    throw error;
  }
}
