import { exponential } from "../simd/exponential";
import { normalCdf } from "../stats/normal";
import { discounted, logRatio, optionValid, timeValue } from "./price";
import { INVERSE_SQRT_2PI } from "./spread";

/** Numbers of a row of `optionGreeks`. */
export const GREEKS: i32 = 15;

/** What became of a row: its greeks; none beyond the price and one-sided means; one beyond the range of f64. */
const OK: i32 = 0;
const KINK: i32 = 1;
const RANGE: i32 = 2;

/** Writes number `g` of row 0 of a table whose numbers are `stride` bytes apart. Returns 0, or RANGE where it is not finite. */
function put(out: usize, stride: usize, g: i32, value: f64): i32 {
  // Adding 0 makes −0 a 0. Only what left the range can have become NaN.
  store<f64>(out + <usize>g * stride, value == value ? value + 0 : Infinity);
  return abs(value) < Infinity ? OK : RANGE;
}

/**
 * Price and greeks of an option: first, second and third order, of the price of `optionPrice`.
 *
 *    0 price        5 rho          ∂V/∂r    10 speed       ∂³V/∂S³
 *    1 delta ∂V/∂S  6 rhoDividend  ∂V/∂q    11 zomma       ∂Γ/∂σ
 *    2 gamma ∂Δ/∂S  7 vanna        ∂Δ/∂σ    12 color       ∂Γ/∂t
 *    3 vega  ∂V/∂σ  8 volga        ∂²V/∂σ²  13 ultima      ∂³V/∂σ³
 *    4 theta ∂V/∂t  9 charm        ∂Δ/∂t    14 strikeDelta ∂V/∂K
 *
 * Per 1.00 of volatility or rate and per year of passing time (t = −T). At σ√T = 0 they are those of the discounted intrinsic value.
 * With `forward` = 1 the underlying is a forward price, `yields` = `rate`, and rho is that of the discount, −T V.
 *
 * @param out     number g of the row at out + g · stride
 * Returns 0; 1 at the kink, σ√T = 0 at the money: first order as the mean of both sides, those of higher order 0, since none exist;
 * 2 where a number is beyond the range of f64, which stands there as an infinity. Never NaN.
 */
export function optionGreeks(
  call: i32,
  spot: f64,
  strike: f64,
  years: f64,
  volatility: f64,
  rate: f64,
  yields: f64,
  forward: i32,
  out: usize,
  stride: usize,
): i32 {
  const sign: f64 = call != 0 ? 1 : -1;
  const underlying = discounted(spot, yields, years);
  const paid = discounted(strike, rate, years);
  const carry = rate - yields;
  const root = sqrt(years);
  const deviation = volatility * root;
  const x = logRatio(spot, strike) + carry * years;
  const kink = deviation == 0 && x == 0;
  const t = 0.5 * deviation;
  // A distance of no deviation is as far as can be.
  const h = deviation == 0 ? (x > 0 ? Infinity : x < 0 ? -Infinity : 0) : x / deviation;
  const d1 = h + t;
  const d2 = h - t;
  const inTheMoney = max<f64>(sign * (underlying - paid), 0);
  const time = deviation == 0 ? 0 : timeValue(min(underlying, paid), abs(h), t);
  const price = min(inTheMoney + time, call != 0 ? underlying : paid);
  const first = sign * normalCdf(sign * d1);
  const second = sign * normalCdf(sign * d2);
  // S e^(−qT) φ(d1) = K e^(−rT) φ(d2), from the smaller exponent; in halves, as in `timeValue`.
  const z = abs(abs(h) - t);
  const half = z < 55 ? exponential(-0.25 * z * z) : 0;
  const density = deviation == 0 ? 0 : INVERSE_SQRT_2PI * half * min(underlying, paid) * half;
  let status = put(out, stride, 0, price);
  status |= put(out, stride, 1, (first * underlying) / spot);
  status |= put(out, stride, 5, forward != 0 ? -years * price : years * paid * second);
  status |= put(out, stride, 6, forward != 0 ? 0 : -years * underlying * first);
  status |= put(out, stride, 14, (-second * paid) / strike);
  let theta = yields * underlying * first - rate * paid * second;
  let charm = (yields * first * underlying) / spot;
  // Where no density is left, all that has it as a factor is 0, whatever the other factors.
  if (density == 0) {
    for (let g = 2; g < GREEKS; g++) if (g < 14 && g != 5 && g != 6) put(out, stride, g, 0);
  } else {
    const product = d1 * d2;
    const vega = density * root;
    const gamma = density / deviation / spot / spot;
    // −∂d1/∂t.
    const drift = carry / deviation - d2 / (years + years);
    theta -= (density * volatility) / (root + root);
    charm -= (density / spot) * drift;
    status |= put(out, stride, 2, gamma);
    status |= put(out, stride, 3, vega);
    status |= put(out, stride, 7, (-density * d2) / (spot * volatility));
    status |= put(out, stride, 8, (vega * product) / volatility);
    status |= put(out, stride, 10, (-gamma / spot) * (d1 / deviation + 1));
    status |= put(out, stride, 11, (gamma / volatility) * (product - 1));
    status |= put(out, stride, 12, gamma * (yields + 0.5 / years + d1 * drift));
    const bent = product * (1 - product) + d1 * d1 + d2 * d2;
    status |= put(out, stride, 13, ((-vega / volatility) * bent) / volatility);
  }
  status |= put(out, stride, 4, theta);
  status |= put(out, stride, 9, charm);
  return status == OK && kink ? KINK : status;
}

/**
 * `optionGreeks` of n options.
 *
 * @param columns   f64[6][n]: spot, strike, years, volatility, rate, yield
 * @param calls     u8[n], 1 for a call
 * @param out       f64[15][n]
 * @param statuses  u8[n]
 * Returns 0, or 1 + the first row that is no option (`optionValid`). Cost: some 150 ns each.
 */
export function optionGreekColumns(
  n: i32,
  columns: usize,
  calls: usize,
  forward: i32,
  out: usize,
  statuses: usize,
): i32 {
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
    const row = out + ((<usize>i) << 3);
    const status = optionGreeks(call, spot, strike, years, volatility, rate, yields, forward, row, stride);
    store<u8>(statuses + <usize>i, <u8>status);
  }
  return 0;
}
