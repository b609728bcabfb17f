import type { ResidentBook } from "../book/resident.js";
import { at, checkOptions, entries, finiteNumber, invalid, list, type Place, withDefault } from "../checks.js";
import { poolSlice } from "../book/change.js";
import type { Market } from "../market/market.js";
import { uniformDirection } from "../liquidation/moves.js";
import type { Status } from "../models/model.js";
import { poolRow } from "../models/run.js";
import type { ComposedModel } from "./composed.js";
import { domain, type Motion, motionOf, moves, multiples } from "./motion.js";
import { type Moved, withMoved } from "./moved.js";
import { collecting, margined, reasonOf, standing } from "./overlay.js";
import { crossingsOf, valueAt } from "./pieces.js";
import { type Crossing, evenly, ladder } from "./roots.js";

/** Where to look for prices, and how finely. */
export interface LiquidationPriceOptions {
  /** factors to look at; default: all that something of the pool moves with */
  readonly factors?: readonly string[];
  /** relative move of each factor per unit of the move, for one search along all of them; default: everything not pegged, 1 */
  readonly direction?: Readonly<Record<string, number>>;
  /** least and greatest relative move to look at; default [−0.6, 0.6] */
  readonly range?: readonly [number, number];
  /** of the ladder where there is no closed form; default 33 */
  readonly nodes?: number;
}

/** A price at which the excess at maintenance passes through zero. */
export interface LiquidationPrice {
  /** of the factor, numeraire; relative to now, 1, for a factor that is not an asset. null along a direction */
  readonly price: number | null;
  /** relative move from the present price */
  readonly move: number;
  /** the side on which the pool is breached: `below` is the price of a long, `above` of a short */
  readonly breached: "below" | "above";
  /** the excess does not pass through zero but jumps across it: rounding, or a step in the rule */
  readonly jump: boolean;
  /** excess at this price, numeraire: zero within `tolerance` unless it jumps */
  readonly excess: number;
}

/** All such prices within a range. */
export interface LiquidationPrices {
  /** null along a direction */
  readonly factor: string | null;
  /** present level; null along a direction */
  readonly price: number | null;
  /** moves that were looked at: the range asked for, or the part of it in which every price stays above zero */
  readonly range: readonly [number, number];
  /**
   * `closed`: every piece of a piecewise linear or quadratic excess solved, so none is missed. `ladder`: every change of
   * sign between the nodes, refined; two within one step of the ladder are not seen. `still`: nothing moves
   */
  readonly method: "closed" | "ladder" | "still";
  readonly evaluations: number;
  /** nodes of the ladder at which the pool has no number, since the rule then needs a price that is not there */
  readonly gaps: number;
  /** numeraire: what counts as zero at the present prices */
  readonly tolerance: number;
  /** ascending */
  readonly levels: readonly LiquidationPrice[];
}

/** The liquidation prices of one pool, or why it has none. */
export interface PoolLiquidationPrices {
  readonly pool: string;
  readonly status: Status;
  /** why there is no number, where there is none */
  readonly reason: string | null;
  /** at maintenance at present prices, numeraire */
  readonly excess: number;
  readonly breached: boolean;
  readonly factors: readonly LiquidationPrices[];
  readonly direction: LiquidationPrices | null;
}

/**
 * Where prices have to go for a pool to be breached: for each factor that something of the pool moves with, all else fixed,
 * and along one direction of all factors, every price within a range at which the excess at maintenance passes through zero.
 * A pool that is short on both sides has two, one that is breached now has those that end the breach.
 *
 * An asset's prices of all kinds move alike by Σ coefficient × move of its factors, its stable price included; marks likewise.
 * Entry prices, quantities, orders and what is owed stay. Where the excess is piecewise linear or quadratic in the move (flat
 * and tiered weights, caps, brackets, P&L of either sign, maxima), each piece is solved:
 *
 *   A(t) − L(t) − R(t) = c0 + c1 t + c2 t²    between the moves at which a tier, cap, bracket, sign or maximum is passed
 *
 * and the solutions are checked against the rule's own evaluation. Otherwise (weights of a size that moves, weights and rates
 * made of prices, rounded averages) the excess is evaluated on a ladder of `nodes`, and every change of sign refined.
 *
 * @throws InvalidInputError   no such pool or factor, or an option out of its range
 * Cost: 3 evaluations of the pool and 2 a level in closed form; `nodes` and at most 20 a level on a ladder.
 * @see METHODS.md#solvers
 */
export function liquidationPrices(
  book: ResidentBook,
  pool: string | number,
  model: ComposedModel,
  options: LiquidationPriceOptions = {},
): PoolLiquidationPrices {
  const row = poolRow(book, pool);
  const { market } = book.market;
  const { factors, direction, range, nodes } = checkOptions(options, "liquidationPrices", {
    factors: withDefault(null, (value, place) => list(value, place, (item, here) => factorOf(market, item, here))),
    direction: withDefault(null, (value, place) => directionOf(market, value, place)),
    range: withDefault([-0.6, 0.6] as const, rangeOf),
    nodes: withDefault(33, (value, place) => finiteNumber(value, place, { min: 2, max: 100_001, whole: true })),
  });
  const result = margined(book.market, collecting(poolSlice(book.packed, row)), model);
  const { status, known, maintenance } = standing(result);
  const common = { pool: book.packed.pool(row).id, status, excess: maintenance, breached: result.breached[0] === 1 };
  if (!known) return { ...common, reason: reasonOf(book, row, model), factors: [], direction: null };
  return withMoved(book, row, model, (moved) => {
    const each = factors ?? [...market.factors.keys()];
    const along = (vector: Float64Array, factor: number | null) => {
      const name = factor === null ? null : (market.factors[factor] ?? null);
      const price = factor === null ? null : presentLevel(market, factor);
      return pricesAlong(moved, motionOf(market, vector), name, price, range, nodes);
    };
    const found = each.map((factor) =>
      along(market.factors.length === 0 ? new Float64Array() : unit(market, factor), factor),
    );
    return {
      ...common,
      reason: null,
      factors: factors === null ? found.filter(({ method }) => method !== "still") : found,
      direction: along(direction ?? uniformDirection(market), null),
    };
  });
}

function unit(market: Market, factor: number): Float64Array {
  const vector = new Float64Array(market.factors.length);
  vector[factor] = 1;
  return vector;
}

function factorOf(market: Market, value: unknown, place: Place): number {
  const index = typeof value === "string" ? market.factorIndex(value) : -1;
  if (index < 0) throw invalid(place, "a factor of the market", value);
  return index;
}

function directionOf(market: Market, value: unknown, place: Place): Float64Array {
  const vector = new Float64Array(market.factors.length);
  for (const [name, move] of entries(value, place)) {
    vector[factorOf(market, name, at(place, name))] = finiteNumber(move, at(place, name));
  }
  return vector;
}

function rangeOf(value: unknown, place: Place): readonly [number, number] {
  const [from, to, ...more] = list(value, place, (item, here) => finiteNumber(item, here));
  if (from === undefined || to === undefined || more.length > 0 || !(from <= 0 && to >= 0 && from < to)) {
    throw invalid(place, "a least and a greatest move, with 0 between them", value);
  }
  return [from, to];
}

/** Present level of a factor: the index of the asset that it is, else 1. */
function presentLevel(market: Market, factor: number): number {
  const price = market.prices.index[market.assetIndex(market.factors[factor] ?? "")] ?? Number.NaN;
  return Number.isNaN(price) ? 1 : price;
}

/** Part of what a pool adds up that rounding may cost. */
const ROUNDING = 2 ** -40;

/**
 * Every price along a motion at which the excess passes through zero.
 *
 * @param price  present level of the factor, null where the motion is of several
 */
function pricesAlong(
  moved: Moved,
  motion: Motion,
  factor: string | null,
  price: number | null,
  range: readonly [number, number],
  nodes: number,
): LiquidationPrices {
  const [from, to] = domain(motion, moved.reach, factor === null ? range[0] : Math.max(range[0], LEAST), range[1]);
  let evaluations = 0;
  const look = (t: number) => {
    evaluations++;
    const { excess, size } = moved.excess(multiples(motion, t));
    return { excess, tolerance: ROUNDING * size + moved.slack };
  };
  const { tolerance } = look(0);
  const common = { factor, price, range: [from, to] as const, tolerance, gaps: 0 };
  if (!moves(motion, moved.reach)) return { ...common, method: "still", evaluations, levels: [] };
  const level = ({ at, falls, jump }: Crossing): LiquidationPrice => ({
    price: price === null ? null : price * (1 + at),
    move: at,
    breached: falls ? "above" : "below",
    jump,
    excess: look(at).excess,
  });

  const pieces = moved.pieces(motion, from, to);
  if (pieces !== null) {
    const agrees = (t: number) => {
      const { excess, tolerance } = look(t);
      return pieces.some(
        (piece) => t >= piece.from && t <= piece.to && close(valueAt(piece.value, t), excess, tolerance),
      );
    };
    const crossings = crossingsOf(pieces, moved.breach, tolerance);
    const levels = crossings.map(level);
    const zero = levels.every(({ excess, jump, move }) => jump || Math.abs(excess) <= look(move).tolerance);
    if (zero && [from, 0, to].every(agrees)) return { ...common, method: "closed", evaluations, levels };
  }
  let last = { at: Number.NaN, tolerance };
  const search = ladder(
    (at) => {
      const { excess, tolerance } = look(at);
      last = { at, tolerance };
      return excess;
    },
    evenly(from, to, nodes),
    moved.breach,
    (at) => (at === last.at ? last.tolerance : tolerance),
  );
  return { ...common, method: "ladder", levels: search.found.map(level), gaps: search.gaps, evaluations };
}

/** The least relative move of a price that is looked at: it stays above zero. */
const LEAST = -1 + 2 ** -20;

function close(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance;
}
