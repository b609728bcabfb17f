import { InvalidInputError } from "../errors.js";
import type { PriceKind } from "../market/market.js";
import type { AssetRule, InstrumentRule, Rule, Tiers } from "../models/rule.js";
import { ruleHash } from "./hash-rule.js";
import { APART, NO_ORDERS, PLAIN_ENTRY } from "./parse-instruments.js";
import { EXACT, SUMS } from "./parse-terms.js";
import { readsOf } from "./reads.js";
import type {
  AssetEntry,
  ComposedRule,
  InstrumentEntry,
  OrdersRule,
  Pair,
  PriceChoice,
  SidePrices,
  Weight,
} from "./rule.js";

/**
 * The composed rule that means what a collateral rule means. `"orders":"worst-side"` has open orders of contracts count at
 * the initial level, by the greater of |q + bids| and |q − asks|; where the rule ignores orders they stay ignored.
 *
 * @throws InvalidInputError   `orders` is given and is not "worst-side"
 */
export function fromCollateral(rule: Rule): ComposedRule {
  const sides: SidePrices = Object.freeze({
    assets: named(rule.price.assets),
    liabilities: named(rule.price.liabilities),
  });
  const content = {
    id: rule.id,
    title: null,
    effective: rule.effective,
    source: rule.source,
    breach: rule.breach,
    breachNeeds: "nothing",
    hasInitial: rule.hasInitial,
    maxPriceAge: rule.maxPriceAge,
    stale: "flag",
    missing: "index",
    price: Object.freeze({ initial: sides, maintenance: sides }),
    unlisted: rule.unlisted,
    ignores: rule.ignores,
    assets: new Map([...rule.assets].map(([id, entry]): [string, AssetEntry] => [id, assetEntry(entry)])),
    instruments: Object.freeze(rule.instruments.map(instrumentEntry)),
    categories: new Map(),
    options: Object.freeze({ category: null, leverage: null, floor: null, floorExempt: Object.freeze([]) }),
    pnl: APART,
    orders: ordersOf(rule),
    requirement: SUMS,
    rounding: EXACT,
    balances: null,
    ladder: null,
    refuses: Object.freeze([]),
  } as const;
  return Object.freeze({ ...content, reads: readsOf(content), hash: ruleHash(content) });
}

function ordersOf(rule: Rule): OrdersRule {
  if (rule.orders !== null && rule.orders !== "worst-side") {
    throw new InvalidInputError("orders", 'absent or "worst-side"', rule.orders);
  }
  if (rule.orders === null || rule.ignores.includes("orders")) return NO_ORDERS;
  return Object.freeze({ contracts: "worstSide", spot: "refuse", levels: "initial", each: 0 });
}

function named(name: PriceKind): PriceChoice {
  return Object.freeze({ kind: "named", name });
}

function flat(weight: number): Weight {
  return Object.freeze({ kind: "flat", weight });
}

function weightOf({ upTo, weight }: Tiers): Weight {
  return weight.length === 1 ? flat(weight[0] ?? 0) : Object.freeze({ kind: "tiers", upTo, weight });
}

function pair<T>(initial: T, maintenance: T): Pair<T> {
  return Object.freeze({ initial, maintenance });
}

function assetEntry({ initial, maintenance, liability, cap }: AssetRule): AssetEntry {
  return Object.freeze({
    weight: pair(weightOf(initial ?? maintenance), weightOf(maintenance)),
    liability: pair(flat(liability.initial), flat(liability.maintenance)),
    price: null,
    cap,
    borrow: null,
  });
}

function instrumentEntry({ match, initial, maintenance }: InstrumentRule): InstrumentEntry {
  const rate = (value: number) => Object.freeze({ kind: "flat", rate: value } as const);
  return Object.freeze({ ...PLAIN_ENTRY, match, rate: pair(rate(initial ?? maintenance), rate(maintenance)) });
}
