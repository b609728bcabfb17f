import { HoldingKind } from "../book/packed.js";
import type { ResidentBook } from "../book/resident.js";
import { finiteNumber, invalid, record } from "../checks.js";
import type { Levels, MarginModel, MarginResult, Status } from "../models/model.js";
import { poolRow } from "../models/run.js";
import { assetOf, held, holdingsAfter, lends, priceOf } from "./holdings.js";
import { type Largest, largest } from "./largest.js";
import { margined, reasonOf, standing } from "./overlay.js";

/** A result that tells weighted assets from weighted liabilities. */
export interface WeighedResult extends MarginResult {
  readonly assets: Levels;
  readonly liabilities: Levels;
}

/** What brings a pool's health factor up: paying back what it owes of an asset, or adding to what it holds. */
export type Remedy = { readonly repay: string } | { readonly deposit: string };

/** What it takes to bring a pool to a health factor, and where that leaves it. */
export interface HealthTarget {
  readonly pool: string;
  readonly status: Status;
  /** why there is no number, where there is none */
  readonly reason: string | null;
  /** units of the asset; 0 where the health is above the target as it is. null without a number, or where none is enough */
  readonly amount: number | null;
  /** health factor now, and after the amount or, where none is enough, after all that is owed is paid */
  readonly before: number;
  readonly after: number;
  readonly reached: boolean;
  readonly method: Largest["method"] | null;
  readonly evaluations: number;
}

/** Part of what a pool adds up that rounding may cost. */
const ROUNDING = 2 ** -44;

/**
 * The least amount that brings the health factor at maintenance to `target`: the zero of
 *
 *   weighted assets − target · (weighted liabilities + requirement)
 *
 * in the amount, which rises with it. Closed form where it is linear, as for flat weights: for a repayment at price p and
 * liability weight w, (target · (L + R) − A) / (target · w p). Checked by evaluating the pool after the amount.
 *
 * @param remedy  `repay` takes from the debt of a lending pool, else from a negative balance, and at most all of it;
 *                `deposit` adds a supply where the pool lends, else a balance
 * @throws InvalidInputError   no such pool or asset, no price of it, or nothing of it owed
 * Cost: 5 to 25 evaluations of the pool.
 * @see METHODS.md#solvers
 */
export function amountToHealth(
  book: ResidentBook,
  pool: string | number,
  target: number,
  remedy: Remedy,
  model: MarginModel<WeighedResult>,
): HealthTarget {
  const row = poolRow(book, pool);
  const { packed } = book;
  const level = finiteNumber(target, "amountToHealth.target", { above: 0 });
  const fields = record(remedy, "amountToHealth.remedy", ["repay", "deposit"]);
  if ((fields.repay === undefined) === (fields.deposit === undefined)) {
    throw invalid("amountToHealth.remedy", "either repay or deposit", remedy);
  }
  const name = "repay" in remedy ? "repay" : "deposit";
  const asset = assetOf(book, fields[name], `amountToHealth.remedy.${name}`);
  const debt = -held(packed, row, asset, HoldingKind.debt);
  const loan = -held(packed, row, asset, HoldingKind.balance);
  const lending = name === "repay" ? debt > 0 : lends(packed, row);
  const owed = lending ? debt : loan;
  if (name === "repay" && !(owed > 0)) {
    throw invalid("amountToHealth.remedy.repay", "an asset that the pool owes", fields[name]);
  }
  const kind = name === "repay" ? (lending ? "debt" : "balance") : lending ? "supply" : "balance";
  const after = holdingsAfter(packed, row, (quantity) => [{ asset, kind: HoldingKind[kind], quantity }]);
  const { id } = packed.pool(row);
  let size = Number.MIN_VALUE;
  const look = (amount: number) => {
    const result = margined(book.market, after(amount), model);
    const assets = result.assets.maintenance[0] ?? 0;
    const backed = (result.liabilities.maintenance[0] ?? 0) + (result.requirement.maintenance[0] ?? 0);
    size = Math.max(size, assets, level * backed);
    return { missing: level * backed - assets, health: result.healthFactor[0] ?? 0, ...standing(result) };
  };
  const now = look(0);
  const common = { pool: id, status: now.status, before: now.health };
  if (!now.known) {
    const reason = reasonOf(book, row, model);
    return { ...common, reason, amount: null, after: now.health, reached: false, method: null, evaluations: 1 };
  }
  if (now.missing <= 0) {
    return { ...common, reason: null, amount: 0, after: now.health, reached: true, method: "line", evaluations: 1 };
  }
  const found = largest((amount) => look(amount).missing, {
    bound: name === "repay" ? owed : Number.POSITIVE_INFINITY,
    guess: now.missing / priceOf(book, asset),
    tolerance: ROUNDING * size,
    nodes: 0,
  });
  // What is missing is nothing at the zero or, where rounding leaves a trace of it, one step beyond.
  const amount = found.at <= 0 ? found.amount : (found.beyond?.at ?? null);
  const last = look(amount ?? found.amount);
  return {
    ...common,
    reason: null,
    amount,
    after: last.health,
    reached: amount !== null,
    method: found.method,
    evaluations: found.evaluations + 2,
  };
}
