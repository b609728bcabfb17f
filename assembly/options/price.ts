import { exponential } from "../simd/exponential";
import { logarithm, logarithm1p } from "../simd/logarithm";
import { scaledTail } from "../stats/normal";
import { spread } from "./spread";

/** Beyond this a rate times a time is refused: its exponential would leave the range of f64. */
const MOST_CARRY: f64 = 700;

/** log(a/b) of positive numbers, with no loss where they are nearly equal and no overflow where they are far apart. */
export function logRatio(a: f64, b: f64): f64 {
  const ratio = a / b;
  if (ratio > 0.75 && ratio < 1.4) return logarithm1p((a - b) / b);
  return ratio > 1e-300 && ratio < 1e300 ? logarithm(ratio) : logarithm(a) - logarithm(b);
}

/** What an amount due after a time is worth at a continuous rate. */
export function discounted(amount: f64, rate: f64, years: f64): f64 {
  return rate == 0 || years == 0 ? amount : amount * exponential(-(rate * years));
}

/** Whether the numbers of an option are each what they must be: underlying and strike > 0, years and volatility ≥ 0, all finite. */
export function optionGiven(spot: f64, strike: f64, years: f64, volatility: f64, rate: f64, yields: f64): bool {
  if (!(spot > 0 && spot < Infinity && strike > 0 && strike < Infinity)) return false;
  if (!(years >= 0 && years < Infinity && volatility >= 0 && volatility < Infinity)) return false;
  if (!(abs(rate - yields) < Infinity)) return false;
  return abs(rate * years) <= MOST_CARRY && abs(yields * years) <= MOST_CARRY;
}

/** Whether discounted amounts are in the range of f64. */
export function amountsValid(underlying: f64, paid: f64): bool {
  return underlying > 0 && underlying < Infinity && paid > 0 && paid < Infinity;
}

/** Whether an option has a price: `optionGiven`, and discounted amounts that are in range. */
export function optionValid(spot: f64, strike: f64, years: f64, volatility: f64, rate: f64, yields: f64): bool {
  if (!optionGiven(spot, strike, years, volatility, rate, yields)) return false;
  return amountsValid(discounted(spot, yields, years), discounted(strike, rate, years));
}

/**
 * Price of an option out of the money, whose discounted underlying and strike have the smaller `smaller`, for y = |x|/s and t = s/2
 * (see `spread`). At t > y the money is kept apart: what it is worth at most, less what it may fall short by.
 */
export function timeValue(smaller: f64, y: f64, t: f64): f64 {
  const z = y - t;
  // Here also for y = ∞, a deviation that is nothing beside the distance.
  if (!(z < 55)) return 0;
  if (z >= 0 || (y < 3 && t < 0.5)) {
    // In halves, so that a price in the range of f64 is right where the exponential alone is not.
    const half = z > 36 ? exponential(-0.25 * z * z) : 1;
    return (z > 36 ? half : exponential(-0.5 * z * z)) * spread(y, t) * smaller * half;
  }
  return smaller * (1 - exponential(-0.5 * z * z) * (scaledTail(-z) + scaledTail(y + t)));
}

/**
 * Price of a European call (`call` = 1) or put (0) by Black and Scholes (1973), Merton (1973) and, with `yields` = `rate`, Black (1976).
 *
 *   call = S e^(−qT) Φ(d1) − K e^(−rT) Φ(d2),  d1,2 = (log(S/K) + (r − q)T)/(σ√T) ± σ√T/2
 *
 * Computed out of the money by `spread`, in the money by parity, so that no digit is lost however far the tail, and at most the
 * discounted underlying of a call or strike of a put; at T = 0 or σ = 0 what
 * the forward is beyond the strike, discounted. Rates continuous, `years` T and `volatility` σ per year. Row: `optionValid`.
 */
export function optionPrice(
  call: i32,
  spot: f64,
  strike: f64,
  years: f64,
  volatility: f64,
  rate: f64,
  yields: f64,
): f64 {
  const underlying = discounted(spot, yields, years);
  const paid = discounted(strike, rate, years);
  const inTheMoney = max<f64>(call != 0 ? underlying - paid : paid - underlying, 0);
  const deviation = volatility * sqrt(years);
  if (deviation == 0) return inTheMoney;
  const distance = abs(logRatio(spot, strike) + (rate - yields) * years);
  const price = inTheMoney + timeValue(min(underlying, paid), distance / deviation, 0.5 * deviation);
  return min(price, call != 0 ? underlying : paid);
}

/**
 * `optionPrice` of n options. Kernel: `price`.
 *
 * @param columns  f64[6][n]: spot, strike, years, volatility, rate, yield
 * @param calls    u8[n], 1 for a call
 * @param out      f64[n]
 * Returns 0, or 1 + the first row that is no option, of which and behind which nothing is written. Cost: some 80 ns each.
 */
export function optionPrices(n: i32, columns: usize, calls: usize, out: usize): i32 {
  const stride = (<usize>n) << 3;
  for (let i = 0; i < n; i++) {
    const at = columns + ((<usize>i) << 3);
    const spot = load<f64>(at);
    const strike = load<f64>(at + stride);
    const years = load<f64>(at + 2 * stride);
    const volatility = load<f64>(at + 3 * stride);
    const rate = load<f64>(at + 4 * stride);
    const yields = load<f64>(at + 5 * stride);
    if (!optionValid(spot, strike, years, volatility, rate, yields)) return i + 1;
    const call = <i32>load<u8>(calls + <usize>i);
    store<f64>(out + ((<usize>i) << 3), optionPrice(call, spot, strike, years, volatility, rate, yields));
  }
  return 0;
}
