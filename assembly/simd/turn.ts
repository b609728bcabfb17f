/**
 * Sine and cosine of a turn: sin 2πu and cos 2πu, exact at every quarter, where a product with 2π rounded would not be. What
 * Box and Muller's method and Fourier integrals take.
 */
import { polynomial, polynomialPair } from "./polynomial";

/** 2π in two parts; the first has 26 significant bits, so that its product with 26 others is exact. */
const TWO_PI_HIGH: f64 = 6.283185243606567;
const TWO_PI_LOW: f64 = 6.357301909411278e-8;
/** What leaves the upper 26 bits of a number's mantissa. */
const UPPER: u64 = 0xfffffffff8000000;

/** −(2π)³/3!, (2π)⁵/5!, ...: sin 2πr = 2πr + r³ (...), exact to 1e-19 of it on |r| ≤ 1/8. */
const SINE = memory.data<f64>([
  -41.34170224039976, 81.60524927607506, -76.70585975306139, 42.058693944897655, -15.09464257682299, 3.819952584848282,
  -0.7181223017785006, 0.10422916220813984,
]);
/** −(2π)²/2!, (2π)⁴/4!, ...: cos 2πr = 1 + r² (...), exact to 2e-18. */
const COSINE = memory.data<f64>([
  -19.739208802178716, 64.9393940226683, -85.45681720669373, 60.24464137187666, -26.4262567833744, 7.903536371318469,
  -1.714390711088672, 0.28200596845579123,
]);
const TERMS: i32 = 8;

/**
 * sin 2πu to `sine` and cos 2πu to `cosine`, within 0.8 ulp, for any finite u; a result of 0 is +0. NaN for what is not finite.
 *
 * u less its nearest whole number, then less the nearest quarter k/4: both exact. Then a Taylor series on |r| ≤ 1/8, the sine's
 * or the cosine's by k.
 */
export function sinCosTurn(u: f64, sine: usize, cosine: usize): void {
  const part = u - nearest(u);
  const k = nearest(4 * part);
  const r = part - 0.25 * k;
  const square = r * r;
  const high = reinterpret<f64>(reinterpret<u64>(r) & UPPER);
  const low = (r - high) * TWO_PI_HIGH + r * TWO_PI_LOW;
  const s = high * TWO_PI_HIGH + (low + r * (square * polynomial(SINE, TERMS, square)));
  const c = 1 + square * polynomial(COSINE, TERMS, square);
  const swapped = abs(k) == 1;
  // k is −2, ..., 2: the sine changes its sign at −1 and ±2, the cosine at 1 and ±2.
  const a = swapped ? c : s;
  const b = swapped ? s : c;
  const half = abs(k) == 2;
  store<f64>(sine, (half || k == -1 ? -a : a) + 0);
  store<f64>(cosine, (half || k == 1 ? -b : b) + 0);
}

/** Loaded, since a vector constant in the code is rebuilt each time: ¼, 4, 2π in two parts, 1 and 1.5 · 2^52. */
const PAIR = memory.data<f64>([0.25, 4, 6.283185243606567, 6.357301909411278e-8, 1, 6755399441055744]);

/** `sinCosTurn` in each lane, to 16 bytes at `sine` and at `cosine`; reached in the simd build only. */
export function sinCosTurnPair(u: v128, sine: usize, cosine: usize): void {
  const quarter = v128.load64_splat(PAIR);
  const part = f64x2.sub(u, f64x2.nearest(u));
  const k = f64x2.nearest(f64x2.mul(v128.load64_splat(PAIR, 8), part));
  const r = f64x2.sub(part, f64x2.mul(quarter, k));
  const square = f64x2.mul(r, r);
  const high = v128.and(r, i64x2.splat(UPPER));
  const low = f64x2.add(
    f64x2.mul(f64x2.sub(r, high), v128.load64_splat(PAIR, 16)),
    f64x2.mul(r, v128.load64_splat(PAIR, 24)),
  );
  const curve = f64x2.mul(r, f64x2.mul(square, polynomialPair(SINE, TERMS, square)));
  const s = f64x2.add(f64x2.mul(high, v128.load64_splat(PAIR, 16)), f64x2.add(low, curve));
  const c = f64x2.add(v128.load64_splat(PAIR, 32), f64x2.mul(square, polynomialPair(COSINE, TERMS, square)));
  // The low bits of 1.5 · 2^52 + k are k modulo 4: the lowest swaps, the next is the sine's sign, that of k + 1 the cosine's.
  const bits = f64x2.add(k, v128.load64_splat(PAIR, 40));
  const swapped = i64x2.shr_s(i64x2.shl(bits, 63), 63);
  const sign = i64x2.shl(i64x2.shr_u(bits, 1), 63);
  const beside = i64x2.shl(i64x2.shr_u(i64x2.add(bits, i64x2.splat(1)), 1), 63);
  const zero = f64x2.splat(0);
  v128.store(sine, f64x2.add(v128.xor(v128.bitselect(c, s, swapped), sign), zero));
  v128.store(cosine, f64x2.add(v128.xor(v128.bitselect(s, c, swapped), beside), zero));
}
