import { exponential } from "../simd/exponential";
import { logarithm, logarithm1p } from "../simd/logarithm";
import { normalQuantile, scaledTail } from "../stats/normal";
import { discounted, logRatio, optionValid } from "./price";
import { INVERSE_SQRT_2PI, spread } from "./spread";

const SQRT_2PI: f64 = 2.5066282746310007;
const LOG_SQRT_2PI: f64 = 0.9189385332046728;
/** Shares below this are compared by logarithms, and a guess is made by them beyond that distance too. */
const TINY: f64 = 1e-260;
const FAR: f64 = 100;

/** What `impliedVolatility` returns where no volatility gives a price: minus the status. */
const BELOW_INTRINSIC: f64 = -3;
const ABOVE_UPPER_BOUND: f64 = -4;
const EXPIRED: f64 = -5;
/** Where the iteration has not ended: no test has seen one that took more than three steps. */
const NO_CONVERGENCE: f64 = -6;
const MOST_STEPS: i32 = 16;

/**
 * The distance y in deviations at which a price is that of a normal model: e^(−y²/2) (1 − y M(y))/y = e^(−r), given r. Within 0.07 %
 * by y = w √(N(w)/D(w)), w = log(1 + e^r), fitted to y from 1e-6 to 55; `per` is what y is per unit of w as both go to 0.
 */
function normalDistance(w: f64): f64 {
  const above = 1 + w * (0.33576849 + w * (0.065374636 + w * 0.0010474014));
  const below = 1 + w * (1.8306209 + w * (0.36141968 + w * (0.037935566 + w * 0.00052471408)));
  return sqrt(above / below);
}

/** The deviation of which an option out of the money is worth this share of the smaller side, nearly. */
function guessLower(distance: f64, share: f64, logShare: f64): f64 {
  let s: f64 = 0;
  let bend: f64 = 1;
  let exponent = -0.5 * distance;
  for (let i = 0; i < 2; i++) {
    // The price that a normal model has, then with what a lognormal one is less for the deviation found.
    const price = (share * SQRT_2PI * exponential(exponent)) / bend;
    const w =
      share > TINY && distance < FAR
        ? logarithm1p(distance / price)
        : logarithm(distance) - logShare - LOG_SQRT_2PI - exponent + logarithm(bend);
    s = w < 1e-9 ? price : distance / (w * normalDistance(w));
    // Too small for a number.
    if (s == 0) break;
    const t = 0.5 * s;
    const y = distance / s;
    exponent = 0.5 * (t * t - distance);
    bend = 1 + (t * t) / (3 + y * (2.5 + y));
  }
  return s;
}

/** The deviation of which an option out of the money lacks `shortfall` of the smaller side, nearly: d1 between two quantiles. */
function guessUpper(distance: f64, shortfall: f64): f64 {
  let weight: f64 = 1;
  let s: f64 = 0;
  for (let i = 0; i < 2; i++) {
    const d1 = max<f64>(-normalQuantile(shortfall / (1 + weight)), 0);
    const t = 0.5 * (d1 + sqrt(d1 * d1 + 2 * distance));
    s = t + t;
    weight = scaledTail(t + distance / s) / scaledTail(d1);
  }
  return s;
}

/**
 * The deviation s = σ√T of which an option out of the money is worth `worth` of the smaller of its discounted underlying and strike,
 * `shortfall` being what is left of that: Householder's method of fourth order in log s, on the logarithm of the price, above the
 * inflection √(2|x|) of that of the shortfall, either of which is known to full precision where it is small.
 */
function deviationOf(distance: f64, worth: f64, shortfall: f64, smaller: f64): f64 {
  const share = worth / smaller;
  const inflection = sqrt(distance + distance);
  const upper = share > 0.35 && share > 0.5 - scaledTail(inflection);
  const logShare = share > TINY && distance < FAR ? 0 : logarithm(worth) - logarithm(smaller);
  const left = shortfall / smaller;
  let s = upper ? guessUpper(distance, left) : guessLower(distance, share, logShare);
  if (s == 0) return 0;
  for (let i = 0; i < MOST_STEPS; i++) {
    if (upper) s = max(s, inflection);
    const t = 0.5 * s;
    const y = distance / s;
    const z = y - t;
    const square = 0.5 * z * z;
    const value = upper ? scaledTail(max<f64>(-z, 0)) + scaledTail(y + t) : spread(y, t);
    const slope = (upper ? -s : s) * (INVERSE_SQRT_2PI / value);
    // The logarithm of a ratio near 1 loses nothing, where the exponential is in range.
    const off =
      share > TINY
        ? logarithm((exponential(-square) * value) / (upper ? left : share))
        : logarithm(value) - square - logShare;
    const newton = -off / slope;
    const second = 1 + y * y - t * t - slope;
    const third = second * second - 2 * (y * y + t * t) - slope * second;
    const below = 1 + newton * (second + newton * third * 0.16666666666666666);
    let step = below > 0.1 ? (newton * (1 + 0.5 * second * newton)) / below : newton;
    step = min<f64>(max<f64>(step, -1), 1);
    // e^step by its Padé quotient, exact to the order of the method.
    s += (s * 12 * step) / (12 - step * (6 - step));
    if (abs(step) < 1e-4) return s;
  }
  return NaN;
}

/**
 * The volatility at which `optionPrice` is `price`.
 *
 * The time value is the price less the intrinsic value as two numbers, so that only the price's own rounding counts.
 * Returns σ ≥ 0, 0 at the discounted intrinsic value and ∞ at the upper bound (the discounted underlying of a call, strike of a put);
 * −3 below the intrinsic value, −4 above the upper bound, −5 at expiry, where no price has one.
 * Relative error: a few ε (1 + price/(σ vega)). Row: `optionValid`. Source of the form: Jäckel, Let's Be Rational (2015); own guesses.
 */
export function impliedVolatility(
  call: i32,
  spot: f64,
  strike: f64,
  years: f64,
  price: f64,
  rate: f64,
  yields: f64,
): f64 {
  const underlying = discounted(spot, yields, years);
  const paid = discounted(strike, rate, years);
  const most = call != 0 ? underlying : paid;
  const other = call != 0 ? paid : underlying;
  let worth = price;
  if (most > other) {
    // most − other = high + low exactly, and so is price − high (Knuth).
    const high = most - other;
    const back = high - most;
    const low = most - (high - back) - (other + back);
    const rest = price - high;
    const again = rest - price;
    worth = rest + (price - (rest - again) - (high + again) - low);
  }
  if (worth < 0) return BELOW_INTRINSIC;
  if (years == 0) return EXPIRED;
  if (worth == 0) return 0;
  const shortfall = most - price;
  if (shortfall <= 0) return shortfall == 0 ? Infinity : ABOVE_UPPER_BOUND;
  const apart = abs(logRatio(spot, strike) + (rate - yields) * years);
  // What is nearer than any deviation of a price in range is at the money.
  const distance = apart < 1e-290 ? 0 : apart;
  const deviation = deviationOf(distance, worth, shortfall, min(underlying, paid));
  return deviation == deviation ? deviation / sqrt(years) : NO_CONVERGENCE;
}

/** 0 where there is a volatility, 1 at the intrinsic value (σ = 0), 2 at the upper bound (σ = ∞), else why there is none. */
export function impliedStatus(volatility: f64): i32 {
  if (volatility > 0) return volatility == Infinity ? 2 : 0;
  return volatility == 0 ? 1 : <i32>-volatility;
}

/**
 * `impliedVolatility` of n options.
 *
 * @param columns   f64[6][n]: spot, strike, years, price, rate, yield
 * @param calls     u8[n], 1 for a call
 * @param out       f64[n]: volatilities, 0 where there is none
 * @param statuses  u8[n]: `impliedStatus`
 * Returns 0, or 1 + the first row that is no option. Cost: some 400 ns each.
 */
export function impliedVolatilities(n: i32, columns: usize, calls: usize, out: usize, statuses: usize): i32 {
  const stride = (<usize>n) << 3;
  for (let i = 0; i < n; i++) {
    const at = columns + ((<usize>i) << 3);
    const spot = load<f64>(at);
    const strike = load<f64>(at + stride);
    const years = load<f64>(at + 2 * stride);
    const price = load<f64>(at + 3 * stride);
    const rate = load<f64>(at + 4 * stride);
    const yields = load<f64>(at + 5 * stride);
    if (!(abs(price) < Infinity) || !optionValid(spot, strike, years, 0, rate, yields)) return i + 1;
    const call = <i32>load<u8>(calls + <usize>i);
    const volatility = impliedVolatility(call, spot, strike, years, price, rate, yields);
    store<f64>(out + ((<usize>i) << 3), max<f64>(volatility, 0));
    store<u8>(statuses + <usize>i, <u8>impliedStatus(volatility));
  }
  return 0;
}
