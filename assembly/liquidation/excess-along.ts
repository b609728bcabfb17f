/**
 * A pool's excess at maintenance as a function of how far prices move along a direction, as models/collateral computes it
 * at the moved prices.
 *
 * A direction gives every factor f a number d[f]. After a move t the price of an asset with coefficients c on the factors
 * is its price × (1 + t Σ c[f] d[f]); marks likewise. `reduce` sorts the lines of a pool by how they depend on t, so that
 * `excessAt` costs what moves rather than what is there:
 *
 *   H(t) = base + slope t                                          holdings with a flat weight
 *        + Σ curves  W(min(v (1 + a t), C (1 + b t)))              tiers and caps
 *        + Σ settle assets  N(t) (1 + s t) × (gain or loss weight by the sign of N)
 *              N(t) = n0 + n1 t − Σ inverse  k ÷ (1 + m t)
 *        − (r0 + r1 t + r2 t²)                                     requirement
 *
 * Between the breaks that `nextBreak` names, H is smooth; without inverse contracts and moving quote assets it is linear.
 */
import {
  COLLATERAL,
  GAIN,
  holdingQuantities,
  holdingStarts,
  LIABILITY,
  positionEntries,
  positionFundings,
  positionInstruments,
  positionQuantities,
  positionStarts,
  slots,
  startOf,
} from "../book/book";
import {
  assetCoefs,
  assetFactors,
  assetRows,
  markCoefs,
  markFactors,
  markOf,
  markRows,
  multiplierOf,
  payoffOf,
  quoteOf,
  settleOf,
} from "../book/market";
import { INVERSE } from "../instruments/linear";
import { gather } from "../models/collateral";
import {
  curveCap,
  curveCapAsset,
  curveOf,
  curvePrice,
  hasCurves,
  MAINTENANCE,
  ratesOf,
  tableOf,
  tierCount,
  tiersOf,
  weighted,
} from "../models/rule";

/** Head of the reduced form: f64 each, but the counts. */
const BASE: usize = 0;
const SLOPE: usize = 8;
const R0: usize = 16;
const R1: usize = 24;
const R2: usize = 32;
const STEEPEST: usize = 40;
const MOST_NEGATIVE: usize = 48;
const CURVE_COUNT: usize = 56;
const GROUP_COUNT: usize = 60;
const DERIVATIVE: usize = 64;
const CURVED: usize = 72;
const LINES: usize = 80;

/** A curve line: value, its coefficient, cap, its coefficient, the curve. */
const CURVE_LINE: usize = 40;
/** A group: n0, n1, s, gain, loss, then how many inverse contracts follow, 16 bytes each: k and m. */
const GROUP: usize = 48;

/** Bytes of the reduced form of a pool with so many lines. */
export function alongBytes(holdings: usize, positions: usize): usize {
  return LINES + CURVE_LINE * holdings + (GROUP + 16) * positions;
}

/** Σ coefficient × direction over the factors of one row. */
function motion(rows: usize, factors: usize, coefs: usize, row: u32, direction: usize): f64 {
  let total = 0.0;
  for (let e = startOf(rows, <usize>row), end = startOf(rows, <usize>row + 1); e < end; e++) {
    total += load<f64>(coefs + (e << 3)) * load<f64>(direction + ((<usize>load<u32>(factors + (e << 2))) << 3));
  }
  return total;
}

/** How an asset's price moves with t; noted, since the domain ends where the first price would reach zero. */
function assetMotion(market: usize, asset: u32, direction: usize, along: usize): f64 {
  return noted(along, motion(assetRows(market), assetFactors(market), assetCoefs(market), asset, direction));
}

function noted(along: usize, moves: f64): f64 {
  store<f64>(along, max(load<f64>(along, STEEPEST), moves), STEEPEST);
  store<f64>(along, min(load<f64>(along, MOST_NEGATIVE), moves), MOST_NEGATIVE);
  return moves;
}

function add(at: usize, x: f64): void {
  store<f64>(at, load<f64>(at) + x);
}

/**
 * Reduce pool p along `direction`.
 *
 * @param direction  f64[factors]
 * @param held       f64[assets], zero; zero again afterwards
 * @param along      alongBytes bytes, 8-byte aligned
 */
export function reduce(
  book: usize,
  market: usize,
  rule: usize,
  p: usize,
  direction: usize,
  held: usize,
  along: usize,
): void {
  memory.fill(along, 0, LINES);
  const from = startOf(holdingStarts(book), p);
  const end = startOf(holdingStarts(book), p + 1);
  if (hasCurves(rule)) gather(book, rule, from, end, held);
  let line = along + LINES;
  for (let h = from; h < end; h++) {
    const slot = load<u32>(slots(book) + (h << 2));
    const moves = assetMotion(market, slot >> 2, direction, along);
    const curve = hasCurves(rule) && (slot & 3) == COLLATERAL ? curveOf(rule, slot >> 2) : <usize>0;
    if (curve == 0) {
      const entry = tableOf(rule) + ((<usize>slot) << 5);
      const worth = load<f64>(holdingQuantities(book) + (h << 3)) * (load<f64>(entry, 16) - load<f64>(entry, 24));
      add(along + BASE, worth);
      add(along + SLOPE, worth * moves);
      continue;
    }
    const total = held + ((<usize>(slot >> 2)) << 3);
    const quantity = load<f64>(total);
    if (quantity == 0.0) continue;
    store<f64>(total, 0.0);
    const cap = curveCap(curve);
    store<f64>(line, quantity * curvePrice(curve));
    store<f64>(line, moves, 8);
    store<f64>(line, cap, 16);
    store<f64>(line, cap < Infinity ? assetMotion(market, curveCapAsset(curve), direction, along) : 0.0, 24);
    store<usize>(line, curve, 32);
    line += CURVE_LINE;
    store<u32>(along, load<u32>(along, CURVE_COUNT) + 1, CURVE_COUNT);
  }
  reduceContracts(book, market, rule, p, direction, along, line);
}

/** Positions of pool p: one group per settle asset at `at`, and the requirement. */
function reduceContracts(
  book: usize,
  market: usize,
  rule: usize,
  p: usize,
  direction: usize,
  along: usize,
  at: usize,
): void {
  const last = startOf(positionStarts(book), p + 1);
  let group = at;
  let inverses: usize = 0;
  let settle: u32 = 0xffffffff;
  for (let k = startOf(positionStarts(book), p); k < last; k++) {
    const instrument = load<u32>(positionInstruments(book) + (k << 2));
    if (settleOf(market, instrument) != settle) {
      if (settle != 0xffffffff) group += GROUP + (inverses << 4);
      settle = settleOf(market, instrument);
      inverses = 0;
      openGroup(market, rule, settle, direction, along, group);
    }
    const quantity = load<f64>(positionQuantities(book) + (k << 3));
    const size = quantity * multiplierOf(market, instrument);
    const entry = load<f64>(positionEntries(book) + (k << 3));
    const mark = markOf(market, instrument);
    const moves = noted(along, motion(markRows(market), markFactors(market), markCoefs(market), instrument, direction));
    const quote = assetMotion(market, quoteOf(market, instrument), direction, along);
    const requirement = abs(quantity) * load<f64>(ratesOf(rule) + ((<usize>instrument) << 4), 8);
    add(along + R0, requirement);
    add(group, load<f64>(positionFundings(book) + (k << 3)));
    if (payoffOf(market, instrument) == INVERSE) {
      add(along + R1, requirement * quote);
      add(group, size / entry);
      const inverse = group + GROUP + (inverses << 4);
      store<f64>(inverse, size / mark);
      store<f64>(inverse, moves, 8);
      inverses++;
      store<u32>(group, <u32>inverses, 40);
      if (moves != 0.0) store<f64>(along, 1.0, CURVED);
    } else {
      add(along + R1, requirement * (moves + quote));
      add(along + R2, requirement * moves * quote);
      add(group, size * (mark - entry));
      add(group + 8, size * mark * moves);
      if (moves * quote != 0.0) store<f64>(along, 1.0, CURVED);
    }
  }
}

/** Start the group of a settle asset: nothing unsettled yet, and what a gain and a loss of one unit count. */
function openGroup(market: usize, rule: usize, settle: u32, direction: usize, along: usize, group: usize): void {
  const entry = tableOf(rule) + ((<usize>settle) << 7);
  memory.fill(group, 0, GROUP);
  store<f64>(group, assetMotion(market, settle, direction, along), 16);
  store<f64>(group, load<f64>(entry + ((<usize>GAIN) << 5), 16), 24);
  store<f64>(group, -load<f64>(entry + ((<usize>LIABILITY) << 5), 24), 32);
  store<u32>(along, load<u32>(along, GROUP_COUNT) + 1, GROUP_COUNT);
}

/** Largest motion of a price with t, at least 0: t > −1 ÷ this keeps every price above zero. */
export function steepest(along: usize): f64 {
  return load<f64>(along, STEEPEST);
}
/** Smallest motion, at most 0: what falls as t rises. */
export function mostNegative(along: usize): f64 {
  return load<f64>(along, MOST_NEGATIVE);
}
/** Whether H is something else than linear between its breaks. */
export function isCurved(along: usize): bool {
  return load<f64>(along, CURVED) != 0.0;
}
/** H′ where `excessAt` was last called; at a break, that of one of the pieces. */
export function derivative(along: usize): f64 {
  return load<f64>(along, DERIVATIVE);
}

/** H(t). Every price must be above zero there. */
export function excessAt(along: usize, t: f64): f64 {
  let h = load<f64>(along, BASE) + load<f64>(along, SLOPE) * t;
  let slope = load<f64>(along, SLOPE);
  let line = along + LINES;
  for (let i: u32 = 0, n = load<u32>(along, CURVE_COUNT); i < n; i++, line += CURVE_LINE) {
    const curve = load<usize>(line, 32);
    const worth = load<f64>(line) * (1.0 + load<f64>(line, 8) * t);
    const cap = load<f64>(line, 16) * (1.0 + load<f64>(line, 24) * t);
    const part = worth > cap ? 16 : 0;
    const moves = load<f64>(line + part) * load<f64>(line + part, 8);
    h += weighted(curve, MAINTENANCE, worth, cap);
    slope += moves * weightAt(curve, min(worth, cap));
  }
  for (let i: u32 = 0, n = load<u32>(along, GROUP_COUNT); i < n; i++) {
    const inverses = <usize>load<u32>(line, 40);
    let net = load<f64>(line) + load<f64>(line, 8) * t;
    let moves = load<f64>(line, 8);
    for (let at = line + GROUP, end = at + (inverses << 4); at < end; at += 16) {
      const scale = 1.0 + load<f64>(at, 8) * t;
      net -= load<f64>(at) / scale;
      moves += (load<f64>(at) * load<f64>(at, 8)) / (scale * scale);
    }
    const weight = net < 0.0 ? load<f64>(line, 32) : load<f64>(line, 24);
    const settle = 1.0 + load<f64>(line, 16) * t;
    h += weight * net * settle;
    slope += weight * (moves * settle + net * load<f64>(line, 16));
    line += GROUP + (inverses << 4);
  }
  const r1 = load<f64>(along, R1);
  const r2 = load<f64>(along, R2);
  store<f64>(along, slope - r1 - 2.0 * r2 * t, DERIVATIVE);
  return h - (load<f64>(along, R0) + (r1 + r2 * t) * t);
}

/** Weight of the tier that holds `worth`. */
function weightAt(curve: usize, worth: f64): f64 {
  let tier = tiersOf(curve, MAINTENANCE);
  for (let k = tierCount(curve, MAINTENANCE); k > 0; k--, tier += 16) {
    if (worth <= load<f64>(tier)) return load<f64>(tier, 8);
  }
  return 0.0;
}

/**
 * The break of H nearest to t on the side of `side` (±1), strictly beyond it; ±∞ where there is none. A break is where
 * collateral passes a tier or its cap and where net P&L changes sign. (For a group of inverse contracts that move
 * differently it is only near there, which costs the search a step and no more.)
 */
export function nextBreak(along: usize, t: f64, side: f64): f64 {
  let nearest = side * Infinity;
  let line = along + LINES;
  for (let i: u32 = 0, n = load<u32>(along, CURVE_COUNT); i < n; i++, line += CURVE_LINE) {
    const worth = load<f64>(line);
    const moves = worth * load<f64>(line, 8);
    const cap = load<f64>(line, 16);
    const capMoves = cap < Infinity ? cap * load<f64>(line, 24) : 0.0;
    nearest = closer(nearest, (cap - worth) / (moves - capMoves), t, side);
    let tier = tiersOf(load<usize>(line, 32), MAINTENANCE);
    for (let k = tierCount(load<usize>(line, 32), MAINTENANCE); k > 1; k--, tier += 16) {
      nearest = closer(nearest, (load<f64>(tier) - worth) / moves, t, side);
      nearest = closer(nearest, (load<f64>(tier) - cap) / capMoves, t, side);
    }
  }
  for (let i: u32 = 0, n = load<u32>(along, GROUP_COUNT); i < n; i++) {
    const inverses = <usize>load<u32>(line, 40);
    const n0 = load<f64>(line);
    if (inverses == 0) nearest = closer(nearest, -n0 / load<f64>(line, 8), t, side);
    else {
      let k = 0.0;
      for (let at = line + GROUP, end = at + (inverses << 4); at < end; at += 16) k += load<f64>(at);
      nearest = closer(nearest, (k / n0 - 1.0) / load<f64>(line + GROUP, 8), t, side);
    }
    line += GROUP + (inverses << 4);
  }
  return nearest;
}

/** Of `nearest` and `candidate`, the one nearer to t beyond it; a candidate that is not a number is passed over. */
function closer(nearest: f64, candidate: f64, t: f64, side: f64): f64 {
  return (candidate - t) * side > 0.0 && (nearest - candidate) * side > 0.0 ? candidate : nearest;
}
