import type { NormalMoves, OptionFrame } from "../book/option-treatment.js";
import type { ResidentBook } from "../book/resident.js";
import { InvalidInputError, UnsupportedError } from "../errors.js";
import type { SparseRows } from "../market/market.js";
import { type DeltaGammaMethod, deltaGammaTail } from "../numerics/index.js";
import type { NormalTail, OptionTerm } from "./treatment.js";

/** P&L of a pool to second order: exposure'x + ½ x' curvature x under moves x of some factors. */
export interface QuadraticPool {
  /** row of the frame */
  readonly row: number;
  /** slots of the factors */
  readonly slots: readonly number[];
  readonly exposure: Float64Array;
  /** f64[slots²], symmetric */
  readonly curvature: Float64Array;
}

/**
 * The rows of a frame that hold options, to second order: what `deltaGamma` says of each option, added up,
 *
 *   curvature = Σ q m s [ F² ∂²a/∂F² c c' + F ∂a/∂F (c d' + d c') ],  c the factors of the forward, d those of the settle asset
 *
 * beside the frame's exposures. Factors without a slot are left out, as to first order. Cost O(positions × factors²) a pool.
 */
export function quadraticPools(
  book: ResidentBook,
  from: number,
  frame: OptionFrame,
  { factors }: NormalMoves,
  terms: ReadonlyMap<number, OptionTerm>,
): readonly QuadraticPool[] {
  const { memory, packed } = book;
  const { market } = book.market;
  const slotOf = new Map(factors.map((factor, slot) => [factor, slot]));
  const start = memory.u32(frame.start, frame.rows + 1);
  const entries = start[frame.rows] ?? 0;
  const slot = memory.u32(frame.slot, entries);
  const value = memory.f64(frame.value, entries);
  const row = (rows: SparseRows, index: number): readonly (readonly [number, number])[] => {
    const found: [number, number][] = [];
    for (let e = rows.start[index] ?? 0; e < (rows.start[index + 1] ?? 0); e++) {
      const at = slotOf.get(rows.factor[e] ?? -1);
      if (at !== undefined) found.push([at, rows.coefficient[e] ?? 0]);
    }
    return found;
  };
  const pools: QuadraticPool[] = [];
  for (let r = 0; r < frame.rows; r++) {
    const exposures = new Map<number, number>();
    for (let e = start[r] ?? 0; e < (start[r + 1] ?? 0); e++) exposures.set(slot[e] ?? 0, value[e] ?? 0);
    const bends: { readonly i: number; readonly j: number; readonly by: number }[] = [];
    for (let k = packed.positionStart[from + r] ?? 0; k < (packed.positionStart[from + r + 1] ?? 0); k++) {
      const term = terms.get(packed.positionInstrument[k] ?? -1);
      if (term === undefined) continue;
      const size = (packed.positionQuantity[k] ?? 0) * term.multiplier * term.price;
      const forward = row(market.instrumentFactors, term.instrument);
      const settle = row(market.assetFactors, term.settle);
      for (const [i, c] of forward) {
        for (const [j, other] of forward) bends.push({ i, j, by: size * term.curvature * c * other });
        for (const [j, d] of settle) {
          bends.push({ i, j, by: size * term.slope * c * d }, { i: j, j: i, by: size * term.slope * c * d });
        }
      }
    }
    // What does not bend is what it is to first order. (A row without a number gets none whatever is written here.)
    if (bends.every(({ by }) => by === 0)) continue;
    const slots = [...new Set([...exposures.keys(), ...bends.map(({ i }) => i)])].sort((a, b) => a - b);
    const place = new Map(slots.map((s, i) => [s, i]));
    const exposure = Float64Array.from(slots, (s) => exposures.get(s) ?? 0);
    const curvature = new Float64Array(slots.length * slots.length);
    for (const { i, j, by } of bends) {
      const at = (place.get(i) ?? 0) * slots.length + (place.get(j) ?? 0);
      curvature[at] = (curvature[at] ?? 0) + by;
    }
    pools.push({ row: r, slots, exposure, curvature });
  }
  return pools;
}

/**
 * Deviation, VaR and ES of the rows with options to second order in normal moves, by `deltaGammaTail` of `margrave/numerics`.
 *
 * @throws UnsupportedError           a pool whose form has no tail within f64, by its path
 * @throws NotPositiveDefiniteError   the covariance has a negative eigenvalue
 */
export function normalTails(method: DeltaGammaMethod): NormalTail {
  return (book, from, frame, moves, terms) => {
    const { memory } = book;
    const n = moves.factors.length;
    for (const { row, slots, exposure, curvature } of quadraticPools(book, from, frame, moves, terms)) {
      const whole = memory.f64(moves.covariance, n * n);
      const covariance = Float64Array.from(
        slots.flatMap((i) => slots.map((j) => moves.bars * (whole[i * n + j] ?? 0))),
      );
      const form = { delta: exposure, gamma: curvature, covariance, confidence: moves.confidence, method };
      const { variance, valueAtRisk, expectedShortfall } = tailOf(book, from + row, form);
      for (const [column, value] of [
        [frame.deviation, Math.sqrt(variance)],
        [frame.valueAtRisk, valueAtRisk],
        [frame.expectedShortfall, expectedShortfall],
      ] as const) {
        memory.f64(column + 8 * row, 1)[0] = value;
      }
    }
  };
}

function tailOf({ memory, packed }: ResidentBook, pool: number, form: Parameters<typeof deltaGammaTail>[1]) {
  try {
    return deltaGammaTail({ memory }, form);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new UnsupportedError(packed.pool(pool).path, `its P&L to second order has no tail: ${error.message}`);
  }
}
