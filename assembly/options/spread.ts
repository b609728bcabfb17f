import { exponential } from "../simd/exponential";
import { polynomial } from "../simd/polynomial";
import { scaledTail } from "../stats/normal";

export const INVERSE_SQRT_2PI: f64 = 0.3989422804014327;

/**
 * 1 − y M(y) on [0, 3], M(y) = Φ(−y)/φ(y) Mills' ratio, as a quotient of polynomials of degrees 7 and 9, relative error 4e-18.
 * Every coefficient is positive. Fitted to 60-digit values of erfc by interpolation in the Chebyshev points of [0, 3.02].
 */
const FIRST_ABOVE = memory.data<f64>([
  1, 0.8709380555101324, 0.408806795330331, 0.1214291204864476, 0.024213462171151365, 0.0031968916784678885,
  0.0002580748029692466, 9.8518532471144e-6,
]);
const FIRST_BELOW = memory.data<f64>([
  1, 2.1242521928256335, 2.0711620998221263, 1.2196507366980132, 0.47950119215003373, 0.13100035105244828,
  0.02498460981282418, 0.0032266224059942033, 0.0002580682652420657, 9.851973575022004e-6,
]);

/** −1/k and 1/(2k + 1) for k = 1 .. 11. */
const INVERSES = memory.data<f64>([
  -1, 0.3333333333333333, -0.5, 0.2, -0.3333333333333333, 0.14285714285714285, -0.25, 0.1111111111111111, -0.2,
  0.09090909090909091, -0.16666666666666666, 0.07692307692307693, -0.14285714285714285, 0.06666666666666667, -0.125,
  0.058823529411764705, -0.1111111111111111, 0.05263157894736842, -0.1, 0.047619047619047616, -0.09090909090909091,
  0.043478260869565216,
]);
const INVERSES_END: usize = 176;

/** Below both the moments of a short time are summed, beyond the first those of a long distance. */
const NEAR: f64 = 3;
const SHORT: f64 = 0.5;

/**
 * (M(y − t) − M(y + t)) / √2π for y ≥ 0 and t > 0 without loss where the two are nearly equal, for y − t > −38.
 *
 * y = |x|/s and t = s/2 for a forward log moneyness x and a total deviation s: e^(−(y − t)²/2) times this is the price of an
 * option out of the money, as a share of the smaller of its discounted underlying and strike (Jäckel, Let's Be Rational, 2015,
 * writes it by erfcx). Relative error below 1e-15.
 */
export function spread(y: f64, t: f64): f64 {
  if (y < NEAR) {
    if (t < SHORT) return shortSpread(y, t);
  } else if (t < 0.3 * y) {
    return farSpread(y, t);
  }
  const z = t - y;
  if (z <= 0) return scaledTail(-z) - scaledTail(y + t);
  return exponential(0.5 * z * z) - scaledTail(z) - scaledTail(y + t);
}

/**
 * e^(t²/2) (2t/√2π) Σ (−t²/2)^k/k! λ_k(y), λ_k = ∫₀¹ w^2k e^(−(y²/2)(1/w² − 1)) dw = (1 − y² λ_(k−1))/(2k + 1), λ_0 = 1 − y M(y):
 * vega as a function of the deviation, integrated term by term. What the recurrence loses is weighted by t²/2 ≤ 1/8.
 */
function shortSpread(y: f64, t: f64): f64 {
  const square = y * y;
  const half = 0.5 * t * t;
  let moment = polynomial(FIRST_ABOVE, 8, y) / polynomial(FIRST_BELOW, 10, y);
  let sum = moment;
  let term: f64 = 1;
  for (let at: usize = 0; at < INVERSES_END && abs(term) > 1e-18; at += 16) {
    term *= half * load<f64>(INVERSES + at);
    moment = (1 - square * moment) * load<f64>(INVERSES + at, 8);
    sum += term * moment;
  }
  return exponential(half) * (2 * t * INVERSE_SQRT_2PI) * sum;
}

/**
 * The odd moments of e^(−yu − u²/2): M(y − t) − M(y + t) = 2 Σ t^(2k+1)/(2k+1)! ∫₀^∞ u^(2k+1) e^(−yu − u²/2) du. With a_n = y a_(n+1)
 * + (n + 1) a_(n+2), run downwards (the moments are its minimal solution, Laplace's continued fraction), the sum is
 * 2t (a_2 + t² a_4 + t⁴ a_6 + …)/a_0. Every term is positive.
 */
function farSpread(y: f64, t: f64): f64 {
  const square = t * t;
  // Terms that leave out less than 3e-17, by trial against 60 digits.
  let n: f64 = y < 4 ? 46 : y < 6 ? 34 : square > 0.01 * y * y ? 32 : y < 10 ? 22 : 18;
  // a_n/a_(n+1) for a large n.
  let upper: f64 = 1;
  let a = 0.5 * (y + sqrt(y * y + 4 * n + 2));
  let sum: f64 = 0;
  while (n > 0) {
    sum = a + square * sum;
    const odd = y * a + n * upper;
    const even = y * odd + (n - 1) * a;
    upper = odd;
    a = even;
    n -= 2;
  }
  return (2 * t * INVERSE_SQRT_2PI * sum) / a;
}
