import { exposures } from "../book/exposures.js";
import type { ResidentBook } from "../book/resident.js";
import { type CollateralFrame, frame, ruleList } from "../models/collateral.js";
import type { Rule } from "../models/rule.js";
import { type Range, runOf } from "../models/run.js";
import { betaDirection, type FactorMoves, factorMoves, uniformDirection } from "./moves.js";
import { checkLiquidation, type LiquidationOptions, type LiquidationSettings } from "./options.js";
import { type PoolLiquidation, poolView } from "./view.js";

/** Falls and rises of a direction that take the excess to zero, per pool: relative moves, null where there is none. */
export interface DirectionLevels {
  readonly fall: readonly (number | null)[];
  readonly rise: readonly (number | null)[];
}

/** Over the horizon, to first order in the moves of the factors. Columns over pools. */
export interface LiquidationRisk {
  /** standard deviation of the excess, numeraire */
  readonly deviation: Float64Array;
  /** expected change of the excess, numeraire; 0 without drift */
  readonly mean: Float64Array;
  /** excess ÷ deviation; ±Infinity where nothing of the pool moves */
  readonly distance: Float64Array;
  /** f64[entries]: the most likely of the moves that take the excess to zero, relative, at the horizon's end */
  readonly scenario: Float64Array;
  /** probability that the excess is below zero at the end of the horizon */
  readonly breachAtEnd: Float64Array;
  /** probability that it is at any time before, or at any look where `monitoring` is given; normal moves */
  readonly breachWithin: Float64Array;
  /** mean deficit at the end of the horizon if it is breached there, numeraire; normal moves */
  readonly expectedDeficit: Float64Array;
}

export interface LiquidationResult {
  readonly from: number;
  readonly to: number;
  /** at maintenance, numeraire; −Infinity where there is no number */
  readonly excess: Float64Array;
  readonly status: Uint8Array;
  /** 1 where the rule calls the excess a breach: such a pool has no levels any more */
  readonly breached: Uint8Array;
  /** u32[pools + 1]: entries of pool p are start[p] .. start[p + 1] */
  readonly start: Uint32Array;
  /** u32[entries]: index into the market's factors */
  readonly factor: Uint32Array;
  /** f64[entries]: change of the excess per unit relative move of the factor */
  readonly gradient: Float64Array;
  /**
   * f64[entries]: level of the factor, all else fixed, at which the excess is zero, below and above the present one; 0 where
   * there is none, which no price is. The level of a factor that is not an asset is relative to now, 1
   */
  readonly priceDown: Float64Array;
  readonly priceUp: Float64Array;
  /** every price factor that is not pegged to the numeraire moves alike */
  readonly uniform: DirectionLevels;
  /** the move of `marketFactor`, the others following by their betas; null where none is named */
  readonly beta: DirectionLevels | null;
  /** null without a covariance */
  readonly risk: LiquidationRisk | null;
  readonly notes: readonly string[];
  /** one pool, readable, by id or row of the book */
  pool(pool: string | number): PoolLiquidation;
}

/**
 * What has to happen until a pool is liquidated under its collateral rule: the price of each factor with all else fixed, a
 * fall of everything, and with a covariance the distance in standard deviations, the most likely scenario and the
 * probability of a breach.
 *
 * The excess is that of `collateral` at the moved prices: signs of P&L, tiers and caps included. Prices are exact; distances
 * and probabilities are linear in the moves at the present prices.
 *
 * @throws InvalidInputError, InsufficientDataError, UnsupportedError   see `collateral`, `LiquidationOptions`, and the
 *                             covariance that is asked for
 * @see METHODS.md#liquidation
 */
export function liquidation(
  book: ResidentBook,
  rule: Rule | readonly Rule[],
  options?: LiquidationOptions,
  range: Range = {},
): LiquidationResult {
  const settings = checkLiquidation(options);
  const { rules, single } = ruleList(rule);
  const { from, to } = runOf(book, range);
  return book.memory.scope(() => {
    const moves = factorMoves(book, settings);
    const directions = [uniformDirection(book.market.market)];
    if (moves !== null && settings.marketFactor !== null) {
      directions.push(betaDirection(book, moves, settings.marketFactor));
    }
    const call = frame(book, rules, single, from, to);
    call.compute();
    return levels(book, call, moves, directions, settings, from, to);
  });
}

function levels(
  book: ResidentBook,
  call: CollateralFrame,
  moves: FactorMoves | null,
  directions: readonly Float64Array[],
  settings: LiquidationSettings,
  from: number,
  to: number,
): LiquidationResult {
  const { memory } = book;
  const { kernel } = memory;
  const { market } = book.market;
  const rows = to - from;
  const { bookAt, marketAt } = call;
  const { start: startAt, factor: factorAt, count } = exposures(book, from, to);
  const directionAt = memory.reserveF64(directions.length * market.factors.length);
  for (const [d, direction] of directions.entries()) memory.write(directionAt + d * direction.byteLength, direction);
  const excessAt = memory.reserveF64(rows);
  const [gradientAt, downAt, upAt] = [memory.reserveF64(count), memory.reserveF64(count), memory.reserveF64(count)];
  const [fallAt, riseAt] = [memory.reserveF64(directions.length * rows), memory.reserveF64(directions.length * rows)];
  const scratch = memory.reserve(kernel.liquidationScratch(bookAt, marketAt, from, to));
  kernel.liquidationLevels(
    bookAt,
    marketAt,
    call.rulesAt,
    call.poolRuleAt,
    call.statusAt,
    from,
    to,
    startAt,
    factorAt,
    directionAt,
    directions.length,
    excessAt,
    gradientAt,
    downAt,
    upAt,
    fallAt,
    riseAt,
    scratch,
  );
  const risk =
    moves === null ? null : riskOf(book, moves, settings, rows, { startAt, factorAt, count, gradientAt, excessAt });

  const present = Float64Array.from(market.factors, (name) => {
    const price = market.prices.index[market.assetIndex(name)] ?? Number.NaN;
    return Number.isNaN(price) ? 1 : price;
  });
  const factor = memory.u32(factorAt, count).slice();
  const prices = (at: number) =>
    memory.f64(at, count).map((move, e) => (Number.isNaN(move) ? 0 : (present[factor[e] ?? 0] ?? 0) * (1 + move)));
  const along = (at: number, d: number) =>
    Array.from(memory.f64(at + 8 * d * rows, rows), (move) => (Number.isNaN(move) ? null : move));
  const result = {
    from,
    to,
    excess: memory.f64(excessAt, rows).slice(),
    status: memory.u8(call.statusAt, rows).slice(),
    breached: memory.u8(call.breachedAt, rows).slice(),
    start: memory.u32(startAt, rows + 1).slice(),
    factor,
    gradient: memory.f64(gradientAt, count).slice(),
    priceDown: prices(downAt),
    priceUp: prices(upAt),
    uniform: { fall: along(fallAt, 0), rise: along(riseAt, 0) },
    beta: directions.length > 1 ? { fall: along(fallAt, 1), rise: along(riseAt, 1) } : null,
    risk,
    notes: [...call.notes, ...(moves?.notes ?? [])],
  };
  const { packed } = book;
  return { ...result, pool: (pool) => poolView(packed, market, present, result, pool) };
}

function riskOf(
  book: ResidentBook,
  moves: FactorMoves,
  settings: LiquidationSettings,
  rows: number,
  at: { startAt: number; factorAt: number; count: number; gradientAt: number; excessAt: number },
): LiquidationRisk {
  const { memory } = book;
  const { kernel } = memory;
  const { factors } = book.market.market;
  const n = moves.factors.length;
  const place = new Uint32Array(factors.length).fill(0xffffffff);
  for (const [row, factor] of moves.factors.entries()) place[factor] = row;
  const placeAt = memory.copy(place);
  const drift = moves.factors.map((factor) => moves.bars * (settings.drift[factors[factor] ?? ""] ?? 0));
  const driftAt = memory.copy(Float64Array.from(drift));
  const covarianceAt = memory.reserveF64(n * n);
  const [deviationAt, meanAt, distanceAt] = [memory.reserveF64(rows), memory.reserveF64(rows), memory.reserveF64(rows)];
  const [endAt, withinAt, deficitAt] = [memory.reserveF64(rows), memory.reserveF64(rows), memory.reserveF64(rows)];
  const scenarioAt = memory.reserveF64(at.count);
  const perBar = memory.f64(moves.covarianceAt, n * n);
  memory.f64(covarianceAt, n * n).set(perBar.map((value) => value * moves.bars));
  kernel.liquidationDistance(
    rows,
    at.startAt,
    at.factorAt,
    at.gradientAt,
    placeAt,
    n,
    covarianceAt,
    driftAt,
    at.excessAt,
    deviationAt,
    meanAt,
    distanceAt,
    scenarioAt,
  );
  const nu = settings.degreesOfFreedom ?? 0;
  kernel.breachProbabilities(rows, at.excessAt, meanAt, deviationAt, moves.looks, nu, endAt, withinAt, deficitAt);
  const column = (address: number) => memory.f64(address, rows).slice();
  return {
    deviation: column(deviationAt),
    mean: column(meanAt),
    distance: column(distanceAt),
    scenario: memory.f64(scenarioAt, at.count).slice(),
    breachAtEnd: column(endAt),
    breachWithin: column(withinAt),
    expectedDeficit: column(deficitAt),
  };
}
