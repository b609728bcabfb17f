import { at, type Fields, invalid, list, oneOf, optional, own, type Place, record, required, text } from "../checks.js";
import { checkRates } from "./parse-assets.js";
import type { LevelReader } from "./parse-levels.js";
import { amount, fraction } from "./parse-numbers.js";
import { readGain, readRate } from "./parse-rates.js";
import type { GainWeight, InstrumentEntry, InstrumentMatch, OrdersRule, Pair, PnlRule } from "./rule.js";

const KEYS = [
  "match",
  "initial",
  "maintenance",
  "weights",
  "notional",
  "plus",
  "atLeast",
  "gain",
  "gainCap",
  "costs",
  "reward",
];
const MATCH_KEYS = ["id", "underlying", "quote", "settle", "kind", "payoff"];
const ZEROS = Object.freeze({ initial: 0, maintenance: 0 });
const NO_CAPS = Object.freeze({ initial: Infinity, maintenance: Infinity });
const FULL: GainWeight = Object.freeze({ kind: "flat", weight: 1 });
const FULL_GAINS: Pair<GainWeight> = Object.freeze({ initial: FULL, maintenance: FULL });

/** An instrument entry of two rates and nothing else. */
export const PLAIN_ENTRY = Object.freeze({
  weights: null,
  notional: "mark",
  plus: ZEROS,
  atLeast: ZEROS,
  gain: FULL_GAINS,
  gainCap: NO_CAPS,
  costs: 0,
  reward: 0,
} as const);

/**
 * Entries of instruments, of which the first that matches counts.
 *
 * @throws InvalidInputError   naming the path, e.g. `instruments[0].maintenance`: neither rates nor weights, a gain
 *                             weight or cap where P&L is not taken position by position
 */
export function readInstruments(
  value: unknown,
  place: Place,
  pnl: PnlRule,
  levels: LevelReader,
): readonly InstrumentEntry[] {
  return Object.freeze(list(value, place, (item, here) => readInstrument(item, here, pnl, levels)));
}

function readInstrument(value: unknown, place: Place, pnl: PnlRule, levels: LevelReader): InstrumentEntry {
  const fields = record(value, place, KEYS);
  for (const key of ["gain", "gainCap"]) {
    if (pnl.joins === "position" || own(fields, key) === undefined) continue;
    throw invalid(at(place, key), 'absent unless pnl.joins is "position"', own(fields, key));
  }
  const byLevel = (key: string, absent: Pair<number>): Pair<number> =>
    optional(fields, key, place, absent, (item, here) => levels.pairOr(item, here, absent.maintenance, amount));
  return Object.freeze({
    match: required(fields, "match", place, readMatch),
    ...readTerms(fields, place, levels),
    notional: optional(fields, "notional", place, "mark", oneOf(["mark", "index", "entry"])),
    plus: byLevel("plus", ZEROS),
    atLeast: byLevel("atLeast", ZEROS),
    gain: optional(fields, "gain", place, FULL_GAINS, (item, here) => levels.pairOr(item, here, FULL, readGain)),
    gainCap: byLevel("gainCap", NO_CAPS),
    costs: optional(fields, "costs", place, 0, amount),
    reward: optional(fields, "reward", place, 0, amount),
  });
}

/** How a position counts: by rates of its notional, as weighted base and quote, or both. */
function readTerms(fields: Fields, place: Place, levels: LevelReader): Pick<InstrumentEntry, "rate" | "weights"> {
  const given = own(fields, "initial") !== undefined;
  if (own(fields, "weights") === undefined || given || own(fields, "maintenance") !== undefined) {
    const rate = levels.pair(fields, place, readRate);
    checkRates(rate, given, place);
    return { rate, weights: optional(fields, "weights", place, null, (item, here) => readSides(item, here, levels)) };
  }
  for (const key of ["plus", "atLeast"]) {
    if (own(fields, key) === undefined) continue;
    throw invalid(at(place, key), "absent where there is no rate, and so no requirement", own(fields, key));
  }
  return { rate: null, weights: required(fields, "weights", place, (item, here) => readSides(item, here, levels)) };
}

function readSides(value: unknown, place: Place, levels: LevelReader): InstrumentEntry["weights"] {
  return levels.pair(record(value, place, ["initial", "maintenance"]), place, (level, here) => {
    const parts = record(level, here, ["asset", "liability", "overall"]);
    return Object.freeze({
      asset: required(parts, "asset", here, fraction),
      liability: required(parts, "liability", here, amount),
      overall: optional(parts, "overall", here, 1, fraction),
    });
  });
}

function readMatch(value: unknown, place: Place): InstrumentMatch {
  const fields = record(value, place, MATCH_KEYS);
  const ids: [string, string][] = [];
  for (const key of ["id", "underlying", "quote", "settle"]) {
    const id = optional(fields, key, place, null, text);
    if (id !== null) ids.push([key, id]);
  }
  const kind = optional(fields, "kind", place, null, oneOf(["perpetual", "future", "option"]));
  const payoff = optional(fields, "payoff", place, null, oneOf(["linear", "inverse"]));
  return Object.freeze({
    ...Object.fromEntries(ids),
    ...(kind === null ? {} : { kind }),
    ...(payoff === null ? {} : { payoff }),
  });
}

export const APART: PnlRule = Object.freeze({ joins: "apart", overlap: "net", losses: "liability" });

export function readPnl(value: unknown, place: Place): PnlRule {
  const fields = record(value, place, ["joins", "overlap", "losses"]);
  const joins = required(fields, "joins", place, oneOf(["apart", "position", "balance"]));
  const losses = optional(fields, "losses", place, "liability", oneOf(["liability", "assets"]));
  if (losses === "assets" && joins !== "position") {
    throw invalid(at(place, "losses"), '"liability" unless joins is "position"', losses);
  }
  const overlap = optional(fields, "overlap", place, "net", oneOf(["net", "liability", "asset"]));
  if (overlap !== "net" && joins !== "balance") {
    throw invalid(at(place, "overlap"), '"net" unless joins is "balance"', overlap);
  }
  return Object.freeze({ joins, overlap, losses });
}

export const NO_ORDERS: OrdersRule = Object.freeze({ contracts: "refuse", spot: "refuse", levels: "both", each: 0 });

/** How orders count. `worstSide` is for instruments with rates, `settle` for those with weights. */
export function readOrders(value: unknown, place: Place, instruments: readonly InstrumentEntry[]): OrdersRule {
  const fields = record(value, place, ["contracts", "spot", "levels", "each"]);
  const contracts = optional(fields, "contracts", place, "refuse", oneOf(["refuse", "worstSide", "settle"]));
  const lacking = instruments.some(({ rate, weights }) => (contracts === "settle" ? weights : rate) === null);
  if (contracts !== "refuse" && lacking) {
    const terms = contracts === "settle" ? "weights" : "rates";
    throw invalid(at(place, "contracts"), `"${contracts}" only where all instruments have ${terms}`, contracts);
  }
  return Object.freeze({
    contracts,
    spot: optional(fields, "spot", place, "refuse", oneOf(["refuse", "fill", "reserved"])),
    levels: optional(fields, "levels", place, "both", oneOf(["initial", "both"])),
    each: optional(fields, "each", place, 0, amount),
  });
}
