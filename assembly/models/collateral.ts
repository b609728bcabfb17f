/**
 * Collateral after haircuts against liabilities and instrument requirements, per pool, both levels at once.
 *
 *   eligible     = Σ weighted assets − Σ weighted liabilities
 *   requirement  = Σ |quantity| × rate per unit
 *   excess       = eligible − requirement
 *   health       = weighted assets ÷ (weighted liabilities + requirement), at maintenance; +∞ where that is nothing
 *
 * A pool starts with the flat part: one table row per holding, no branch. Curves (tiers, caps) and positions follow where
 * there are any; where no pool has them, models/collateral-flat does the whole. A row that cannot be computed says so in its status: its requirement is +∞, its eligible value 0.
 */
import {
  COLLATERAL,
  descriptorBytes,
  GAIN,
  holdingQuantities,
  holdingStarts,
  LIABILITY,
  poolFeatures,
  positionEntries,
  positionFundings,
  positionInstruments,
  positionQuantities,
  positionStarts,
  slots,
  startOf,
} from "../book/book";
import { assetCount, marks, multipliers, payoffs, settles } from "../book/market";
import { OTHER, unrealised } from "../instruments/linear";
import { flatPools, isFlat, NOT_DONE } from "./collateral-flat";
import {
  breachAtEquality,
  curveCap,
  curveOf,
  curvePrice,
  hasCurves,
  hasStale,
  INITIAL,
  MAINTENANCE,
  ratesOf,
  refusedFeatures,
  staleAsset,
  staleInstrument,
  tableOf,
  weighted,
} from "./rule";

/** Places in the accumulators of one pool, f64 each. */
const EQUITY: usize = 0;
const ELIGIBLE_INITIAL: usize = 8;
const ASSETS: usize = 16;
const LIABILITIES: usize = 24;
const REQUIREMENT_INITIAL: usize = 32;
const REQUIREMENT: usize = 40;
const ACCUMULATORS: usize = 64;

/** Statuses, as in src/models/model.ts. */
const OK: u32 = 0;
const STALE_PRICE: u32 = 1;
const UNSUPPORTED: u32 = 2;
const INSUFFICIENT_DATA: u32 = 3;
/** Rule number of a pool that names a rule which was not given. */
const NO_RULE: u32 = 0xffffffff;

/** Bytes of scratch for the kernels of this file: accumulators, and one f64 per asset. */
export function collateralScratch(market: usize): usize {
  return ACCUMULATORS + (assetCount(market) << 3);
}

/** Bytes of output for `pools` pools: eight f64 columns, four u32 counts of statuses, two u8 columns. */
export function collateralOutputBytes(pools: usize): usize {
  return 64 * pools + 16 + 2 * pools;
}

/**
 * Margin of the pools from .. to.
 *
 * @param rules     rule descriptors, back to back
 * @param poolRule  u32[pools of the book], which rule each takes; null: all take the first
 * @param out       f64[8][n] equity, eligible initial, eligible maintenance, requirement initial, requirement maintenance,
 *                  excess initial, excess maintenance, health factor; u32[4] pools by status; u8[n] status; u8[n] breached
 * @param scratch   collateralScratch bytes, 16-byte aligned
 * @returns         one-based row within from .. to of the first pool without a number, 0 where all have one
 *
 * Sums run in the order of the book; equity and eligible, assets and liabilities are the two lanes of one vector each.
 * Cost: about four flops a lane and holding.
 */
export function collateralPools(
  book: usize,
  market: usize,
  rules: usize,
  poolRule: usize,
  from: usize,
  to: usize,
  out: usize,
  scratch: usize,
): usize {
  const n = to - from;
  const counts = out + ((n << 3) << 3);
  const statuses = counts + 16;
  memory.fill(scratch, 0, collateralScratch(market));
  memory.fill(counts, 0, 16);
  const flat = poolRule == 0 && isFlat(book, rules, from, to);
  const left = flat ? flatPools(book, rules, from, to, out, statuses) : n;
  if (flat) store<u32>(counts, <u32>(n - left));
  if (left == 0) return 0;
  let first: usize = 0;
  for (let p = from; p < to; p++) {
    const at = statuses + (p - from);
    if (flat && load<u8>(at) != NOT_DONE) continue;
    const number = poolRule != 0 ? load<u32>(poolRule + (p << 2)) : 0;
    const rule = number == NO_RULE ? <usize>0 : rules + <usize>number * descriptorBytes();
    const status = pool(book, market, rule, p, out + ((p - from) << 3), n << 3, at + n, scratch);
    if (status >= UNSUPPORTED && first == 0) first = p - from + 1;
    store<u8>(at, <u8>status);
    store<u32>(counts + ((<usize>status) << 2), load<u32>(counts + ((<usize>status) << 2)) + 1);
  }
  return first;
}

/** One pool: its row of the columns, and at `breached` whether it is. Returns its status. `rule` is 0 where it has none. */
function pool(
  book: usize,
  market: usize,
  rule: usize,
  p: usize,
  row: usize,
  column: usize,
  breached: usize,
  sums: usize,
): u32 {
  let status = UNSUPPORTED;
  if (rule != 0 && (<u32>load<u8>(poolFeatures(book) + p) & refusedFeatures(rule)) == 0) {
    const h = startOf(holdingStarts(book), p);
    const end = startOf(holdingStarts(book), p + 1);
    const k = startOf(positionStarts(book), p);
    const last = startOf(positionStarts(book), p + 1);
    holdings(book, tableOf(rule), h, end, sums);
    store<f64>(sums, 0.0, REQUIREMENT_INITIAL);
    store<f64>(sums, 0.0, REQUIREMENT);
    if (hasCurves(rule)) curves(book, rule, h, end, sums);
    if (k < last) contracts(book, market, rule, k, last, sums);
    status = finish(row, column, sums);
    if (status == OK && hasStale(rule) && readsStale(book, rule, p)) status = STALE_PRICE;
  }
  if (status >= UNSUPPORTED) refuse(row, column);
  const excess = load<f64>(row + 6 * column);
  store<u8>(breached, excess < 0.0 || (excess == 0.0 && breachAtEquality(rule)) ? 1 : 0);
  return status;
}

/** Holdings h .. end through the table: accumulators EQUITY .. LIABILITIES. */
function holdings(book: usize, table: usize, from: usize, end: usize, sums: usize): void {
  const slot = slots(book);
  const quantity = holdingQuantities(book);
  if (ASC_FEATURE_SIMD) {
    let worth = f64x2.splat(0.0);
    let maintenance = f64x2.splat(0.0);
    for (let h = from; h < end; h++) {
      const entry = table + ((<usize>load<u32>(slot + (h << 2))) << 5);
      const q = v128.load64_splat(quantity + (h << 3));
      worth = f64x2.add(worth, f64x2.mul(q, v128.load(entry)));
      maintenance = f64x2.add(maintenance, f64x2.mul(q, v128.load(entry, 16)));
    }
    v128.store(sums, worth);
    v128.store(sums, maintenance, ASSETS);
  } else {
    let equity = 0.0;
    let eligible = 0.0;
    let assets = 0.0;
    let liabilities = 0.0;
    for (let h = from; h < end; h++) {
      const entry = table + ((<usize>load<u32>(slot + (h << 2))) << 5);
      const q = load<f64>(quantity + (h << 3));
      equity += q * load<f64>(entry);
      eligible += q * load<f64>(entry, 8);
      assets += q * load<f64>(entry, 16);
      liabilities += q * load<f64>(entry, 24);
    }
    store<f64>(sums, equity);
    store<f64>(sums, eligible, ELIGIBLE_INITIAL);
    store<f64>(sums, assets, ASSETS);
    store<f64>(sums, liabilities, LIABILITIES);
  }
}

/**
 * Tiered and capped collateral: quantities of one asset are added up first, so that splitting a holding changes nothing.
 * The f64 per asset in scratch are 0 before and after.
 */
function curves(book: usize, rule: usize, from: usize, end: usize, sums: usize): void {
  gather(book, rule, from, end, sums + ACCUMULATORS);
  for (let h = from; h < end; h++) {
    const slot = load<u32>(slots(book) + (h << 2));
    const at = sums + ACCUMULATORS + ((<usize>(slot >> 2)) << 3);
    const quantity = load<f64>(at);
    if ((slot & 3) != COLLATERAL || quantity == 0.0) continue;
    store<f64>(at, 0.0);
    const curve = curveOf(rule, slot >> 2);
    const worth = quantity * curvePrice(curve);
    add(sums, ELIGIBLE_INITIAL, weighted(curve, INITIAL, worth, curveCap(curve)));
    add(sums, ASSETS, weighted(curve, MAINTENANCE, worth, curveCap(curve)));
  }
}

/** held[asset] += collateral quantity, for the assets with a curve. */
export function gather(book: usize, rule: usize, from: usize, end: usize, held: usize): void {
  for (let h = from; h < end; h++) {
    const slot = load<u32>(slots(book) + (h << 2));
    if ((slot & 3) != COLLATERAL || curveOf(rule, slot >> 2) == 0) continue;
    add(held, (<usize>(slot >> 2)) << 3, load<f64>(holdingQuantities(book) + (h << 3)));
  }
}

/** Positions k .. end: unsettled P&L netted per settle asset, and the requirement of each. Tables are read once. */
function contracts(book: usize, market: usize, rule: usize, from: usize, end: usize, sums: usize): void {
  const instruments = positionInstruments(book);
  const quantities = positionQuantities(book);
  const entries = positionEntries(book);
  const fundings = positionFundings(book);
  const settle = settles(market);
  const payoff = payoffs(market);
  const multiplier = multipliers(market);
  const mark = marks(market);
  const rates = ratesOf(rule);
  let initial = 0.0;
  let requirement = 0.0;
  let k = from;
  while (k < end) {
    const asset = load<u32>(settle + ((<usize>load<u32>(instruments + (k << 2))) << 2));
    let net = 0.0;
    for (; k < end; k++) {
      const i = <usize>load<u32>(instruments + (k << 2));
      if (load<u32>(settle + (i << 2)) != asset) break;
      const quantity = load<f64>(quantities + (k << 3));
      const size = quantity * load<f64>(multiplier + (i << 3));
      const pays = load<u32>(payoff + (i << 2));
      if (pays != OTHER) {
        const pnl = unrealised(pays, size, load<f64>(entries + (k << 3)), load<f64>(mark + (i << 3)));
        net += pnl + load<f64>(fundings + (k << 3));
      }
      initial += abs(quantity) * load<f64>(rates + (i << 4));
      requirement += abs(quantity) * load<f64>(rates + (i << 4), 8);
    }
    const entry = unsettledEntry(rule, asset, net);
    for (let lane: usize = 0; lane < 32; lane += 8) add(sums, lane, net * load<f64>(entry + lane));
  }
  store<f64>(sums, initial, REQUIREMENT_INITIAL);
  store<f64>(sums, requirement, REQUIREMENT);
}

/** Table row that weighs net unsettled P&L in `settle`: a loss is a liability, a gain counts in full. */
export function unsettledEntry(rule: usize, settle: u32, net: f64): usize {
  return tableOf(rule) + ((<usize>((settle << 2) | (net < 0.0 ? LIABILITY : GAIN))) << 5);
}

/** Write the numbers of a pool from its accumulators. Anything that is not finite makes it a row without a number. */
function finish(row: usize, column: usize, sums: usize): u32 {
  const equity = load<f64>(sums, EQUITY);
  const eligibleInitial = load<f64>(sums, ELIGIBLE_INITIAL);
  const assets = load<f64>(sums, ASSETS);
  const liabilities = load<f64>(sums, LIABILITIES);
  const initial = load<f64>(sums, REQUIREMENT_INITIAL);
  const requirement = load<f64>(sums, REQUIREMENT);
  const eligible = assets - liabilities;
  const backed = liabilities + requirement;
  store<f64>(row, equity);
  store<f64>(row + column, eligibleInitial);
  store<f64>(row + 2 * column, eligible);
  store<f64>(row + 3 * column, initial);
  store<f64>(row + 4 * column, requirement);
  store<f64>(row + 5 * column, eligibleInitial - initial);
  store<f64>(row + 6 * column, eligible - requirement);
  store<f64>(row + 7 * column, backed == 0.0 ? Infinity : assets / backed);
  if (!isFinite(equity)) return INSUFFICIENT_DATA;
  const all = eligibleInitial - initial + (assets + backed);
  return all - all == 0.0 ? OK : UNSUPPORTED;
}

/** A row that a reader who overlooks its status refuses rather than trusts. */
function refuse(row: usize, column: usize): void {
  store<f64>(row, 0.0);
  store<f64>(row + column, 0.0);
  store<f64>(row + 2 * column, 0.0);
  store<f64>(row + 3 * column, Infinity);
  store<f64>(row + 4 * column, Infinity);
  store<f64>(row + 5 * column, -Infinity);
  store<f64>(row + 6 * column, -Infinity);
  store<f64>(row + 7 * column, 0.0);
}

/** Whether pool p reads a price that the rule calls stale. */
function readsStale(book: usize, rule: usize, p: usize): bool {
  for (let h = startOf(holdingStarts(book), p), end = startOf(holdingStarts(book), p + 1); h < end; h++) {
    if (staleAsset(rule, load<u32>(slots(book) + (h << 2)) >> 2)) return true;
  }
  for (let k = startOf(positionStarts(book), p), end = startOf(positionStarts(book), p + 1); k < end; k++) {
    if (staleInstrument(rule, load<u32>(positionInstruments(book) + (k << 2)))) return true;
  }
  return false;
}

function add(base: usize, offset: usize, x: f64): void {
  store<f64>(base + offset, load<f64>(base + offset) + x);
}
