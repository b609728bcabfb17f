import { wideExponentialPair } from "./exponential-pair";
import { MANTISSA } from "./logarithm";
import { polynomialPair } from "./polynomial";
import { ARTANH_REST, ARTANH_TERMS, productRest, rest, wideExponential, wideLogarithm } from "./wide";

/** Beyond it either way x^y is 0, 1 or infinite for every x, since no logarithm but that of 1 is below 1.1e-16. */
const LARGEST_EXPONENT: f64 = 1e20;

/** Whether y is an odd whole number. */
function odd(y: f64): bool {
  return nearest(y) == y && abs(y) < 9007199254740992 && nearest(0.5 * y) != 0.5 * y;
}

/** |x|^y for x neither 0 nor infinite. */
function ofMagnitude(x: f64, y: f64): f64 {
  const exponent = max(min(y, LARGEST_EXPONENT), -LARGEST_EXPONENT);
  const high = wideLogarithm(x, 0);
  const low = rest;
  const product = exponent * high;
  return wideExponential(product, productRest(exponent, high) + exponent * low);
}

/**
 * x^y, within an ulp wherever it is a normal number: e^(y log x) with a logarithm of twice the digits, so that what y log x loses,
 * up to 745 times an ulp, does not show. Powers that are numbers of their own, such as squares of whole numbers, are exact.
 *
 * As IEEE 754: 1 where y is 0 or x is 1; x negative: y whole, its sign by whether y is odd, else NaN; (−1)^±∞ is 1 (which
 * ECMAScript makes NaN, as it does 1^±∞).
 */
export function power(x: f64, y: f64): f64 {
  if (y == 0 || x == 1) return 1;
  if (x != x || y != y) return NaN;
  const magnitude = abs(x);
  const whole = nearest(y) == y;
  if (x < 0 && !whole && magnitude < Infinity) return NaN;
  const value =
    magnitude == 0 || magnitude == Infinity ? ((magnitude == 0) == y > 0 ? 0 : Infinity) : ofMagnitude(magnitude, y);
  // −0 has its sign too.
  return reinterpret<i64>(x) < 0 && odd(y) ? -value : value;
}

/** Loaded: 2^52 + 1023, √2, 1, ⅓ in two parts, 2^27 + 1, ln 2 in two parts, 1e20, and the ends of the numbers that are normal. */
const PAIR = memory.data<f64>([
  4503599627371519, 1.4142135623730951, 1, 0.3333333333333333, 1.850371707708594e-17, 134217729,
  6.9314718036912381649e-1, 1.90821492927058770002e-10, 1e20, 2.2250738585072014e-308, 1.7976931348623157e308,
]);

/** `productRest` in each lane. */
function productRestPair(a: v128, b: v128): v128 {
  const split = v128.load64_splat(PAIR, 40);
  const wideA = f64x2.mul(a, split);
  const highA = f64x2.sub(wideA, f64x2.sub(wideA, a));
  const lowA = f64x2.sub(a, highA);
  const wideB = f64x2.mul(b, split);
  const highB = f64x2.sub(wideB, f64x2.sub(wideB, b));
  const lowB = f64x2.sub(b, highB);
  const high = f64x2.add(f64x2.sub(f64x2.mul(highA, highB), f64x2.mul(a, b)), f64x2.mul(highA, lowB));
  return f64x2.add(f64x2.add(high, f64x2.mul(lowA, highB)), f64x2.mul(lowA, lowB));
}

/** `power` in each lane. Bases that are not positive normal numbers, and exponents that are infinite, go through that. */
export function powerPair(x: v128, y: v128): v128 {
  const largest = v128.load64_splat(PAIR, 80);
  const usual = v128.and(
    v128.and(f64x2.ge(x, v128.load64_splat(PAIR, 72)), f64x2.le(x, largest)),
    f64x2.le(f64x2.abs(y), largest),
  );
  if (!i64x2.all_true(usual)) {
    const first = power(f64x2.extract_lane(x, 0), f64x2.extract_lane(y, 0));
    return f64x2.replace_lane(f64x2.splat(first), 1, power(f64x2.extract_lane(x, 1), f64x2.extract_lane(y, 1)));
  }
  const one = v128.load64_splat(PAIR, 16);
  const field = v128.or(i64x2.shr_u(x, 52), i64x2.splat(0x4330000000000000));
  let m = v128.or(v128.and(x, i64x2.splat(MANTISSA)), one);
  const large = f64x2.gt(m, v128.load64_splat(PAIR, 8));
  const k = f64x2.add(f64x2.sub(field, v128.load64_splat(PAIR)), v128.and(large, one));
  m = v128.bitselect(f64x2.mul(m, f64x2.splat(0.5)), m, large);
  const f = f64x2.sub(m, one);
  const sum = f64x2.add(m, one);
  const s = f64x2.div(f, sum);
  const left = f64x2.sub(f64x2.sub(f, f64x2.mul(s, sum)), productRestPair(s, sum));
  const sRest = f64x2.div(f64x2.sub(left, f64x2.mul(s, f64x2.sub(m, f64x2.sub(sum, one)))), sum);
  const square = f64x2.mul(s, s);
  const twice = f64x2.add(s, s);
  const squareRest = f64x2.add(productRestPair(s, s), f64x2.mul(twice, sRest));
  const third = v128.load64_splat(PAIR, 24);
  const second = f64x2.mul(square, third);
  const secondRest = f64x2.add(
    f64x2.add(productRestPair(square, third), f64x2.mul(square, v128.load64_splat(PAIR, 32))),
    f64x2.mul(squareRest, third),
  );
  const series = f64x2.mul(f64x2.mul(square, square), polynomialPair(ARTANH_REST, ARTANH_TERMS, square));
  const w = f64x2.add(second, series);
  const wRest = f64x2.add(f64x2.add(f64x2.sub(second, w), series), secondRest);
  const product = f64x2.mul(twice, w);
  const high = f64x2.add(twice, product);
  const beyond = f64x2.add(
    f64x2.add(productRestPair(twice, w), f64x2.mul(twice, wRest)),
    f64x2.mul(f64x2.add(sRest, sRest), f64x2.add(one, w)),
  );
  const low = f64x2.add(f64x2.add(f64x2.sub(twice, high), product), beyond);
  const whole = f64x2.mul(k, v128.load64_splat(PAIR, 48));
  const total = f64x2.add(whole, high);
  const beside = f64x2.add(
    f64x2.add(f64x2.sub(whole, total), high),
    f64x2.add(low, f64x2.mul(k, v128.load64_splat(PAIR, 56))),
  );
  const logarithm = f64x2.add(total, beside);
  const logarithmRest = f64x2.add(f64x2.sub(total, logarithm), beside);
  const bound = v128.load64_splat(PAIR, 64);
  const exponent = f64x2.max(f64x2.min(y, bound), f64x2.neg(bound));
  const lost = f64x2.add(productRestPair(exponent, logarithm), f64x2.mul(exponent, logarithmRest));
  return wideExponentialPair(f64x2.mul(exponent, logarithm), lost);
}
