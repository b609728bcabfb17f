import {
  at,
  decimal,
  type Fields,
  invalid,
  list,
  optional,
  own,
  type Place,
  record,
  required,
  spell,
  truth,
} from "../checks.js";
import { HoldingKind, type PackedBook } from "../book/packed.js";
import { UnsupportedError } from "../errors.js";
import type { Market } from "../market/market.js";
import { grownBy, quantityOf, quotientOf, type RawBalance, readRaw } from "./balances.js";
import { wholeOf } from "./exact-number.js";
import type { LineWatch } from "./line-watch.js";
import type { ComposedRule } from "./rule.js";

const LISTS = ["balances", "supplies", "debts"] as const;
const KEYS = ["asset", "quantity", "borrow", "locked", "collateral", "raw"];

/**
 * Write the amounts of a pool's holdings with raw integers to `quantity`, f64 per holding of the book. What a change of the
 * pool added to the quantity that the document states is added to the amount, too.
 *
 * @throws UnsupportedError    the rule has no balances, and does not ignore "raw"; raw integers of a loan with interest to
 *                             be accrued, which they hold already
 * @throws InvalidInputError   naming the path: an asset whose decimals the market does not state, integers that do not fit
 *                             the form of their side, an amount beyond the range of f64 or of another sign than the quantity
 */
export function readPoolAmounts(
  pool: Fields,
  place: Place,
  rule: ComposedRule,
  market: Market,
  packed: PackedBook,
  index: number,
  quantity: Float64Array,
  watch: LineWatch,
): void {
  let next = packed.holdingStart[index] ?? 0;
  for (const name of LISTS) {
    list(own(pool, name) ?? [], at(place, name), (item, here) => {
      const fields = record(item, here, KEYS);
      if (own(fields, "raw") === undefined) return;
      const amount = readAmount(fields, here, name, rule, market, watch);
      const holding = holdingOf(packed, index, next, amount);
      if (holding < 0) throw invalid(at(here, "asset"), "an asset with a price", own(fields, "asset"));
      next = holding + 1;
      const added = (packed.holdingQuantity[holding] ?? 0) - amount.stated;
      quantity[holding] = amount.quantity + added;
    });
  }
}

interface Amount {
  readonly asset: number;
  readonly kind: HoldingKind;
  /** as the document states it and packing took it */
  readonly stated: number;
  readonly quantity: number;
}

function readAmount(
  fields: Fields,
  place: Place,
  name: (typeof LISTS)[number],
  rule: ComposedRule,
  market: Market,
  watch: LineWatch,
): Amount {
  const raw = at(place, "raw");
  const { balances, rounding } = rule;
  if (balances === null) {
    const remedy = 'Leave them out, or list "raw" in the rule\'s "ignores"';
    throw new UnsupportedError(spell(raw), `rule ${rule.id} does not read raw integers`, remedy);
  }
  if (own(fields, "borrow") !== undefined) {
    throw new UnsupportedError(spell(at(place, "borrow")), "interest of a loan whose raw integers hold it already");
  }
  const id = own(fields, "asset");
  const asset = typeof id === "string" ? market.assetIndex(id) : -1;
  const decimals = market.assets[asset]?.decimals ?? null;
  if (decimals === null) throw invalid(at(place, "asset"), "an asset whose decimals the market states", id);
  const stated = required(fields, "quantity", place, decimal);
  const side = name === "debts" || stated < 0 ? "liabilities" : "assets";
  const direction = rounding.amount[side];
  const form = balances[side];
  const integers = readRaw(form, own(fields, "raw") as RawBalance, raw);
  if (integers.market.updatedAt !== null) watch.growth();
  const grown = grownBy(form, integers.market, { interest: balances.interest[side], asOf: market.asOf }, raw);
  const quotient = quotientOf(form, integers, grown, direction, raw);
  const amount = quantityOf(direction === "none" ? quotient : wholeOf(quotient, direction), decimals);
  if (!Number.isFinite(amount)) throw invalid(raw, "an amount within the range of f64", amount);
  // Which side a balance is on is known by its quantity, here and to whoever reads the book's own columns.
  if (amount !== 0 && amount < 0 !== (name === "balances" && stated < 0)) {
    throw invalid(raw, "of the sign of the quantity", amount);
  }
  if (name === "debts") return { asset, kind: HoldingKind.debt, stated: 0 - stated, quantity: 0 - amount };
  if (name === "supplies") {
    const kind = required(fields, "collateral", place, truth) ? HoldingKind.supply : HoldingKind.idleSupply;
    return { asset, kind, stated, quantity: amount };
  }
  const locked = optional(fields, "locked", place, 0, decimal);
  return { asset, kind: HoldingKind.balance, stated: stated - locked, quantity: amount - locked };
}

/** The holding of a pool that an item of its lists became: holdings are in the order of the lists. */
function holdingOf(packed: PackedBook, pool: number, from: number, { asset, kind }: Amount): number {
  const end = packed.holdingStart[pool + 1] ?? 0;
  for (let h = from; h < end; h++) if (packed.holdingAsset[h] === asset && packed.holdingKind[h] === kind) return h;
  return -1;
}
