import { centralMoments } from "./moments";
import { normalPdf, normalQuantile } from "./normal";

/** What the tail mean of the expansion is: see `expandedTail`. */
export const INTEGRAL = 0;
export const EDGEWORTH = 1;
export const OPERATIONAL = 2;

/**
 * Lower tail of a distribution of mean 0 and deviation 1 with skewness S and excess kurtosis K, in the fourth-order expansion of
 * Cornish and Fisher, z = Φ⁻¹(α), φ the normal density:
 *
 *   h = z + (z² − 1) S/6 + (z³ − 3z) K/24 − (2z³ − 5z) S²/36                                       the quantile
 *   E = φ(h)/α [1 + S h³/6 + K (h⁴ − 2h² − 1)/24 + S² (h⁶ − 9h⁴ + 9h² + 3)/72]     −E the tail mean of the Edgeworth density
 *   I = φ(z)/α [1 + S z/6 + K (z² − 1)/24 − S² (2z² − 1)/36]                       −I the mean of h over (0, α)
 *   monotone: h′(z) = 1 − K/8 + 5S²/36 + S z/3 + (K/8 − S²/6) z² ≥ 0 for every z
 *
 * E is Boudt, Peterson and Croux's: each integral of z He_n(z) φ(z) up to h is −(He_n(h) + n He_(n−2)(h)) φ(h), so that the sums
 * of powers they print reduce to these.
 *
 * @param out  f64[10]: h, E, I, 1 where monotone and else 0; then dh/dS, dh/dK, dE/dS, dE/dK, dI/dS, dI/dK
 *
 * Sources: Cornish and Fisher (1938); Zangari (1996); Boudt, Peterson and Croux, Journal of Risk 11(2) (2008); Maillard, A user's
 * guide to the Cornish Fisher expansion (2012).
 */
export function expandedTail(skewness: f64, excess: f64, alpha: f64, out: usize): void {
  const z = normalQuantile(alpha);
  const square = z * z;
  const cube = square * z;
  const squared = skewness * skewness;
  const third = (square - 1) / 6;
  const fourth = (cube - 3 * z) / 24;
  const crossed = (2 * cube - 5 * z) / 36;
  const h = z + third * skewness + fourth * excess - crossed * squared;
  const hS = third - 2 * crossed * skewness;
  const curve = excess / 8 - squared / 6;
  const base = 1 - excess / 8 + (5 * squared) / 36;
  const slope = skewness / 3;
  const monotone = curve > 0 ? slope * slope <= 4 * curve * base : curve == 0 && slope == 0 && base >= 0;
  store<f64>(out, h);
  store<f64>(out, monotone ? 1 : 0, 24);
  store<f64>(out, hS, 32);
  store<f64>(out, fourth, 40);
  edgeworth(skewness, excess, alpha, h, hS, fourth, out);

  const weight = normalPdf(z) / alpha;
  store<f64>(
    out,
    weight * (1 + (skewness * z) / 6 + (excess * (square - 1)) / 24 - (squared * (2 * square - 1)) / 36),
    16,
  );
  store<f64>(out, weight * (z / 6 - (skewness * (2 * square - 1)) / 18), 64);
  store<f64>(out, (weight * (square - 1)) / 24, 72);
}

/** E of `expandedTail` and its derivatives along S and K, which move h too: dE/dh = −h times the Edgeworth density / α. */
function edgeworth(skewness: f64, excess: f64, alpha: f64, h: f64, hS: f64, hK: f64, out: usize): void {
  const weight = normalPdf(h) / alpha;
  // Beyond the range of the density powers of h may be beyond that of f64.
  if (weight == 0) {
    memory.fill(out + 8, 0, 8);
    memory.fill(out + 48, 0, 16);
    return;
  }
  const h2 = h * h;
  const h3 = h2 * h;
  const byS = h3 / 6;
  const byK = (h2 * h2 - 2 * h2 - 1) / 24;
  const bySS = (h3 * h3 - 9 * h2 * h2 + 9 * h2 + 3) / 72;
  const density =
    1 +
    (skewness * (h3 - 3 * h)) / 6 +
    (excess * (h2 * h2 - 6 * h2 + 3)) / 24 +
    (skewness * skewness * (h3 * h3 - 15 * h2 * h2 + 45 * h2 - 15)) / 72;
  const byH = -h * weight * density;
  store<f64>(out, weight * (1 + skewness * byS + excess * byK + skewness * skewness * bySS), 8);
  store<f64>(out, weight * (byS + 2 * skewness * bySS) + byH * hS, 48);
  store<f64>(out, weight * byK + byH * hK, 56);
}

/**
 * Lower tail of a sample by its first four moments, as losses: with m, σ, S and K of `centralMoments`, σ times `spread` and S
 * and K of the deviation so scaled,
 *
 *   quantile's loss = −m − σ h,   tail's mean loss = −m + σ I (form 0), −m + σ E (1), or the greater of E's and the first (2)
 *
 * and, where asked for, their derivatives by each observation, which times the observations sum to the losses: both are of
 * degree 1. With y the standardised x they are cubics of y, since
 *
 *   n ∂σ/∂x = y,   n σ ∂S/∂x = 3 (y² − 1 − S y),   n σ ∂(K + 3)/∂x = 4 (y³ − S − (K + 3) y)
 *
 * @param x         f64[n], finite; n ≥ 1
 * @param spread    deviation ÷ that of divisor n: √(n/(n − 1)) for the unbiased variance, 1 for the biased
 * @param form      INTEGRAL, EDGEWORTH or OPERATIONAL
 * @param y         f64[n] of scratch
 * @param out       f64[17]: quantile's loss, tail's mean loss, m, σ, S, K, monotone; the rest is scratch
 * @param gradient  f64[2n], the quantile's and then the tail mean's, or 0
 *
 * Where all observations are equal both are −m. O(n).
 */
export function modifiedTail(
  x: usize,
  n: i32,
  alpha: f64,
  spread: f64,
  form: i32,
  y: usize,
  out: usize,
  gradient: usize,
): void {
  const moments = out + 16;
  const unit = out + 56;
  centralMoments(x, n, y, moments);
  const mean = load<f64>(moments);
  const sigma = load<f64>(moments, 8) * spread;
  const third = load<f64>(moments, 16);
  const fourth = load<f64>(moments, 24);
  const skewness = third / (spread * spread * spread);
  const excess = sigma > 0 ? fourth / (spread * spread * (spread * spread)) - 3 : 0;
  expandedTail(skewness, excess, alpha, unit);
  // −0 of a sample without deviation is 0.
  const quantile = sigma > 0 ? 0 - sigma * load<f64>(unit) - mean : 0 - mean;
  const edgeworthMean = sigma > 0 ? sigma * load<f64>(unit, 8) - mean : 0 - mean;
  const integralMean = sigma > 0 ? sigma * load<f64>(unit, 16) - mean : 0 - mean;
  const asQuantile = form == OPERATIONAL && edgeworthMean < quantile;
  store<f64>(out, quantile);
  store<f64>(out, asQuantile ? quantile : form == INTEGRAL ? integralMean : edgeworthMean, 8);
  store<f64>(out, sigma, 24);
  store<f64>(out, skewness, 32);
  store<f64>(out, excess, 40);
  store<f64>(out, load<f64>(unit, 24), 48);
  if (gradient == 0) return;
  const moves = sigma > 0 ? spread : 0;
  const after = gradient + ((<usize>n) << 3);
  const hS = -load<f64>(unit, 32);
  const hK = -load<f64>(unit, 40);
  differentiate(y, n, moves, third, fourth, 0 - load<f64>(unit), hS, hK, gradient);
  if (asQuantile) {
    memory.copy(after, gradient, (<usize>n) << 3);
  } else {
    const at = form == INTEGRAL ? unit + 16 : unit + 8;
    const slopes = form == INTEGRAL ? unit + 64 : unit + 48;
    differentiate(y, n, moves, third, fourth, load<f64>(at), load<f64>(slopes), load<f64>(slopes, 8), after);
  }
}

/** ∂(−m + σ g(S, K))/∂x of each observation, g with its slopes along S and K; see `modifiedTail`. */
function differentiate(
  y: usize,
  n: i32,
  spread: f64,
  third: f64,
  fourth: f64,
  g: f64,
  gS: f64,
  gK: f64,
  out: usize,
): void {
  const each = spread / <f64>n;
  const alongS = spread > 0 ? (3 * gS) / (spread * spread * spread) : 0;
  const alongK = spread > 0 ? (4 * gK) / (spread * spread * (spread * spread)) : 0;
  const mean = 1 / <f64>n;
  for (let i: usize = 0; i < (<usize>n) << 3; i += 8) {
    const value = load<f64>(y + i);
    const square = value * value;
    const slope =
      g * value + alongS * (square - 1 - third * value) + alongK * (square * value - third - fourth * value);
    store<f64>(out + i, each * slope - mean);
  }
}
