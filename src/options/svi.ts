import { checkOptions, finiteNumber, invalid } from "../checks.js";
import type { Smile } from "./smile.js";

/** Raw parameters of a slice: w(k) = a + b (ρ (k − m) + √((k − m)² + σ²)). */
export interface SviParameters {
  readonly a: number;
  /** ≥ 0 */
  readonly b: number;
  /** −1 .. 1 */
  readonly rho: number;
  readonly m: number;
  /** above 0 */
  readonly sigma: number;
}

/** Whether a slice prices every butterfly at 0 or more, and where it is nearest to not doing so. */
export interface ButterflyCheck {
  readonly free: boolean;
  /** the least of Durrleman's function g, of which the risk-neutral density is a positive multiple, over the range looked at */
  readonly least: number;
  /** log moneyness at which it is */
  readonly at: number;
  /** slopes of total variance far to the left and right, as sizes; above 2 no slice is free of arbitrage (Lee 2004) */
  readonly wings: readonly [number, number];
}

/** A slice of implied total variance by Gatheral's stochastic-volatility-inspired form (2004). */
export interface SviSlice extends Smile {
  readonly parameters: SviParameters;
  readonly butterfly: ButterflyCheck;
}

interface Derivatives {
  readonly w: number;
  readonly slope: number;
  readonly bend: number;
}

function derivatives({ a, b, rho, m, sigma }: SviParameters, k: number): Derivatives {
  const x = k - m;
  const root = Math.sqrt(x * x + sigma * sigma);
  return { w: a + b * (rho * x + root), slope: b * (rho + x / root), bend: (b * sigma * sigma) / (root * root * root) };
}

/** g(k) = (1 − k w′/(2w))² − (w′²/4)(1/w + 1/4) + w″/2. */
function durrleman(parameters: SviParameters, k: number): number {
  const { w, slope, bend } = derivatives(parameters, k);
  const drift = 1 - (k * slope) / (2 * w);
  return drift * drift - ((slope * slope) / 4) * (1 / w + 0.25) + bend / 2;
}

const PLACES = 400;
/** Log moneyness of which the square is a number. */
const MOST = 1e150;

/** The least of g over k = m + σ u/(1 − u²), |u| < 1: 800 places and, around the least of them, trisection. */
function butterflyOf(parameters: SviParameters): ButterflyCheck {
  const { b, rho, m, sigma } = parameters;
  const at = (u: number) => m + (sigma * u) / (1 - u * u);
  const value = (u: number) => durrleman(parameters, at(u));
  let best = 0;
  for (let i = -PLACES; i <= PLACES; i++) {
    const u = i / (PLACES + 1);
    if (value(u) < value(best)) best = u;
  }
  let [low, high] = [Math.max(best - 1 / PLACES, -0.9999), Math.min(best + 1 / PLACES, 0.9999)];
  for (let i = 0; i < 60; i++) {
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3];
    if (value(left) < value(right)) high = right;
    else low = left;
  }
  const middle = (low + high) / 2;
  if (value(middle) < value(best)) best = middle;
  const wings = [b * (1 - rho), b * (1 + rho)] as const;
  return { free: value(best) >= 0 && Math.max(...wings) <= 2, least: value(best), at: at(best), wings };
}

/**
 * A slice by its raw parameters. Arbitrage is reported, not refused: see `butterfly`.
 *
 * @throws InvalidInputError   a number that is missing or not finite, b < 0, |ρ| > 1, σ ≤ 0, or a least total variance
 *                             a + b σ √(1 − ρ²) that is not above 0
 * @see METHODS.md#volatility-surfaces
 */
export function sviSlice(parameters: SviParameters): SviSlice {
  const checked = checkOptions(parameters, "sviSlice", {
    a: (value, place) => finiteNumber(value, place),
    b: (value, place) => finiteNumber(value, place, { min: 0 }),
    rho: (value, place) => finiteNumber(value, place, { min: -1, max: 1 }),
    m: (value, place) => finiteNumber(value, place),
    sigma: (value, place) => finiteNumber(value, place, { above: 0 }),
  });
  const { a, b, rho, sigma } = checked;
  const least = a + b * sigma * Math.sqrt(1 - rho * rho);
  if (!(least > 0)) throw invalid("sviSlice.a", "large enough for a total variance above 0 at every strike", a);
  const butterfly = butterflyOf(checked);
  if (!Number.isFinite(butterfly.least)) {
    throw invalid("sviSlice", "parameters whose density is within the range of numbers", "a density beyond it");
  }
  return Object.freeze({
    name: "svi",
    parameters: Object.freeze(checked),
    from: Number.NEGATIVE_INFINITY,
    to: Number.POSITIVE_INFINITY,
    // The form takes squares of k.
    totalVariance: (k: number) => derivatives(checked, finiteNumber(k, "k", { min: -MOST, max: MOST })).w,
    butterfly,
  });
}
