import { usedFactors } from "../book/exposures.js";
import type { ResidentBook, ResidentMarket } from "../book/resident.js";
import { duration } from "../checks.js";
import { residentCovariance } from "../covariance/covariance.js";
import { InsufficientDataError, InvalidInputError } from "../errors.js";
import type { Market } from "../market/market.js";
import type { LiquidationSettings } from "./options.js";

/** How the factors of a book move together over the horizon: resident, or null where no covariance is asked for. */
export interface FactorMoves {
  /** indices into `Market.factors`, in the order of the rows of the covariance */
  readonly factors: readonly number[];
  /** f64[n][n] per bar */
  readonly covarianceAt: number;
  readonly bars: number;
  /** looks within the horizon, 0: continuous */
  readonly looks: number;
  /** factors that are taken not to move */
  readonly missing: readonly string[];
  readonly notes: readonly string[];
}

/**
 * @throws InvalidInputError       a horizon that is not a whole number of bars, an unknown factor in `drift` or
 *                                 `marketFactor`, or what the covariance refuses
 * @throws InsufficientDataError   a factor of the book without history, unless `missing: "drop"`
 */
export function factorMoves(book: ResidentBook, settings: LiquidationSettings): FactorMoves | null {
  const { covariance: estimator, returns, gaps, lookback, marketFactor, horizon, monitoring } = settings;
  if (estimator === null) return null;
  const resident = book.market;
  const { market, history } = resident;
  const wanted = new Set(usedFactors(book));
  for (const [path, name] of [
    ...Object.keys(settings.drift).map((name) => [`liquidation.drift.${name}`, name] as const),
    ...(marketFactor === null ? [] : [["liquidation.marketFactor", marketFactor] as const]),
  ]) {
    if (market.factorIndex(name) < 0) throw new InvalidInputError(path, "a factor of the market", name);
  }
  if (marketFactor !== null) wanted.add(market.factorIndex(marketFactor));
  const known = estimator.factors ?? history?.columns ?? [];
  const names = (list: Iterable<number>) => Array.from(list, (factor) => market.factors[factor] ?? "");
  const missing = names(wanted).filter((name) => !known.includes(name));
  if (missing.length > 0 && (settings.missing === "error" || missing.includes(marketFactor ?? ""))) {
    const remedy = 'Name a proxy in the market\'s exposures, or pass missing: "drop" to take them not to move';
    throw new InsufficientDataError("history", 1, 0, `column of closes for each of ${missing.join(", ")}`, remedy);
  }
  const factors = [...wanted].filter((factor) => known.includes(market.factors[factor] ?? "")).sort((a, b) => a - b);
  const { at, note } = residentCovariance(resident, { factors, estimator, returns, gaps, lookback });
  const interval = intervalOf(resident);
  const bars = wholeBars("liquidation.horizon", horizon, interval);
  const looks = monitoring === null ? 0 : duration(horizon, "liquidation.horizon") / duration(monitoring, "");
  const notes = ["distances and probabilities take the excess as linear in the relative moves of the factors"];
  if (bars > 1) notes.push(`the covariance over one bar is scaled by ${bars} to ${horizon}`);
  if (missing.length > 0) notes.push(`${missing.join(", ")} are taken not to move: there is no history of them`);
  if (note !== null) notes.push(note);
  return { factors, covarianceAt: at, bars, looks, missing, notes };
}

function intervalOf({ market, history }: ResidentMarket): number {
  const interval = history?.interval ?? market.history?.interval;
  if (interval !== undefined) return interval;
  const remedy = "Pass a history to loadMarket, or state its interval in the market";
  throw new InvalidInputError("history.interval", "known, since a covariance is per bar", null, remedy);
}

function wholeBars(path: string, horizon: string, interval: number): number {
  const bars = duration(horizon, path) / interval;
  if (Number.isInteger(bars) && bars > 0) return bars;
  throw new InvalidInputError(path, `a whole number of the history's bars of ${interval / 1000} seconds`, horizon);
}

/** Whether an asset is pegged to the numeraire, over any number of steps. */
function isPegged(market: Market, id: string): boolean {
  const seen = new Set<string>();
  for (let at = id; !seen.has(at); ) {
    if (at === market.numeraire) return true;
    seen.add(at);
    const { peg, is } = market.assets[market.assetIndex(at)] ?? { peg: null, is: null };
    at = peg?.to ?? is ?? at;
  }
  return false;
}

/** f64[factors]: 1 for every factor that is the price of an asset which is not pegged to the numeraire, else 0. */
export function uniformDirection(market: Market): Float64Array {
  return Float64Array.from(market.factors, (factor) =>
    market.assetIndex(factor) >= 0 && !isPegged(market, factor) ? 1 : 0,
  );
}

/** f64[factors]: beta of every factor to `marketFactor`, cov ÷ variance; 0 for a factor without history. */
export function betaDirection(book: ResidentBook, moves: FactorMoves, marketFactor: string): Float64Array {
  const { market } = book.market;
  const n = moves.factors.length;
  const row = moves.factors.indexOf(market.factorIndex(marketFactor));
  const matrix = book.memory.f64(moves.covarianceAt, n * n);
  const variance = matrix[row * n + row] ?? 0;
  if (!(variance > 0)) throw new InvalidInputError("liquidation.marketFactor", "a factor that moves", marketFactor);
  const betas = new Float64Array(market.factors.length);
  for (const [i, factor] of moves.factors.entries()) betas[factor] = (matrix[row * n + i] ?? 0) / variance;
  return betas;
}
