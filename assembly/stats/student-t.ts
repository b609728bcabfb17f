import { exponential, exponentialM1 } from "../simd/exponential";
import { logarithm, logarithm1p } from "../simd/logarithm";
import { stirlingError } from "./gamma";
import { normalQuantile } from "./normal";

const INVERSE_SQRT_2PI: f64 = 0.3989422804014327;
const EPSILON: f64 = 2.220446049250313e-16;
/** Beyond it t² leaves the range of f64, and t²/nu is all that remains of 1 + t²/nu. */
const HUGE: f64 = 1e150;
/** Logarithm of the largest f64. */
const LARGEST: f64 = 709.782712893384;

/** Γ(a + ½)/(Γ(a) √a) for a > 0: what the density at 0 differs by from the normal one. */
function gammaRatio(a: f64): f64 {
  const next = a + 0.5;
  const exponent = stirlingError(next) - stirlingError(a) + (next * logarithm1p(0.5 / a) - 0.5);
  return sqrt(a / next) * exponential(exponent);
}

/** log(1 + t²/nu) for t ≥ 0. */
function logSpread(t: f64, nu: f64): f64 {
  return t > HUGE ? 2 * logarithm(t) - logarithm(nu) : logarithm1p((t * t) / nu);
}

/** Density at t ≥ 0 given Γ(a + ½)/(Γ(a) √a), a = nu/2. */
function density(t: f64, nu: f64, ratio: f64): f64 {
  return ratio * INVERSE_SQRT_2PI * exponential(-0.5 * (nu + 1) * logSpread(t, nu));
}

/** Whether t ≥ 0 is near enough to 0 for the series of the mass from 0 to t; beyond, the tail is at most 0.35. */
function central(t: f64, nu: f64): bool {
  return t < 1.8 && t * t < 0.6 * (nu + 4);
}

/**
 * ∫₀ᵗ of the density for t ≥ 0 and small: t f(t) Σ terms, each ((nu + 1)/2 + n)/(3/2 + n) y times the one
 * before, y = t²/(nu + t²). All terms are positive.
 */
function massFromZero(t: f64, nu: f64, ratio: f64): f64 {
  const y = (t * t) / (nu + t * t);
  const a = 0.5 * (nu + 1);
  let sum: f64 = 1;
  let term: f64 = 1;
  for (let n: f64 = 0; n < 1000 && term > 0.1 * EPSILON * sum; n += 1) {
    term *= ((a + n) / (1.5 + n)) * y;
    sum += term;
  }
  return t * density(t, nu, ratio) * sum;
}

/**
 * P(T > t) ÷ f(t) for t > 0: (nu + t²)/(nu t) ÷ (1 + k₁z/(1 + k₂z/(1 + ...))), z = nu/t², a = nu/2,
 *
 *   k(2m) = m (a + m − ½)/((a + 2m − 1)(a + 2m)),   k(2m+1) = (m + ½)(a + m)/((a + 2m)(a + 2m + 1))
 *
 * Gauss's fraction of ₂F₁(1, ½; a + 1; −z). Every coefficient is positive, so nothing cancels for any nu; as nu grows it
 * becomes Laplace's fraction of the normal tail. Evaluated by modified Lentz; about 100 terms at t = 1.8, few in the tail.
 */
function tailOverDensity(t: f64, nu: f64): f64 {
  const z = nu / t / t;
  const a = 0.5 * nu;
  let c: f64 = 1;
  let d: f64 = 0;
  let fraction: f64 = 1;
  let m: f64 = 0;
  while (m < 100000) {
    const odd = ((m + 0.5) / (a + 2 * m)) * ((a + m) / (a + 2 * m + 1)) * z;
    m += 1;
    const even = (m / (a + 2 * m - 1)) * ((a + m - 0.5) / (a + 2 * m)) * z;
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    fraction *= c * d;
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    const factor = c * d;
    fraction *= factor;
    if (abs(factor - 1) < EPSILON) break;
  }
  return (1 / t + t / nu) / fraction;
}

/** P(T > t) for t ≥ 0. */
function upperTail(t: f64, nu: f64, ratio: f64): f64 {
  if (central(t, nu)) return 0.5 - massFromZero(t, nu, ratio);
  if (t == Infinity) return 0;
  // In two halves: the density of a fat tail underflows long before the tail does.
  const half = exponential(-0.25 * (nu + 1) * logSpread(t, nu));
  return ratio * INVERSE_SQRT_2PI * half * tailOverDensity(t, nu) * half;
}

/** Density of Student's t at x, scale 1, nu > 0 degrees of freedom (any real): relative error 1e-13. */
export function studentTPdf(x: f64, nu: f64): f64 {
  return abs(x) == Infinity ? 0 : density(abs(x), nu, gammaRatio(0.5 * nu));
}

/**
 * P(T ≤ x), T Student's t of scale 1 with nu > 0 degrees of freedom (any real): relative error 1e-13 in the lower tail, as
 * far down as numbers go.
 */
export function studentTCdf(x: f64, nu: f64): f64 {
  const tail = upperTail(abs(x), nu, gammaRatio(0.5 * nu));
  return x < 0 ? tail : 1 - tail;
}

/**
 * The t with P(T ≤ t) = p, scale 1, nu > 0: relative error 1e-12 for nu in [0.5, 1e8] and p from 1e-300; −Infinity at 0,
 * +Infinity at 1 and where the quantile has no f64, NaN outside [0, 1].
 *
 * Near the median Newton's method on the mass from 0 to t, which is concave: from the tangent at 0 it rises to the root.
 * In the tail Newton's method on log P against log t, concave too: after one step it is beyond the root and comes down. It
 * starts from Wallace's normal approximation, or from the power law of the tail where that is nearer.
 * Source of the start: Wallace, Bounds on normal approximations to Student's and the chi-square distributions (1959).
 */
export function studentTQuantile(p: f64, nu: f64): f64 {
  if (!(p > 0 && p < 1)) return p == 0 ? -Infinity : p == 1 ? Infinity : NaN;
  if (p == 0.5) return 0;
  const ratio = gammaRatio(0.5 * nu);
  const lower = p < 0.5;
  const tail = lower ? p : 1 - p;
  const t = tail > 0.3 ? centralQuantile(0.5 - tail, nu, ratio) : tailQuantile(tail, nu, ratio);
  return lower ? -t : t;
}

/** The t with mass `mass` between 0 and t. */
function centralQuantile(mass: f64, nu: f64, ratio: f64): f64 {
  let t = mass / density(0, nu, ratio);
  for (let i = 0; i < 30; i++) {
    const step = (mass - massFromZero(t, nu, ratio)) / density(t, nu, ratio);
    t += step;
    if (abs(step) <= 2 * EPSILON * t) break;
  }
  return t;
}

/** The t with P(T > t) = tail ≤ 0.3. */
function tailQuantile(tail: f64, nu: f64, ratio: f64): f64 {
  // P(T > t) < C nu^((nu−1)/2) t^−nu: solved for log t, an upper bound that is exact in the far tail.
  const logDensity = logarithm(ratio * INVERSE_SQRT_2PI);
  const bound = (logDensity + 0.5 * (nu - 1) * logarithm(nu) - logarithm(tail)) / nu;
  const z = (normalQuantile(tail) * (8 * nu + 3)) / (8 * nu + 1);
  const wallace = 0.5 * (logarithm(nu) + logarithm(exponentialM1(min<f64>(700, (z * z) / nu))));
  let s = min(bound, wallace);
  if (bound > LARGEST) return Infinity; // where the power law reaches that far, it is exact
  for (let i = 0; i < 60; i++) {
    const t = exponential(s);
    let step: f64;
    if (central(t, nu)) {
      const value = upperTail(t, nu, ratio);
      step = (logarithm(value / tail) * value) / (t * density(t, nu, ratio));
    } else {
      // The density may underflow where its logarithm does not.
      const over = tailOverDensity(t, nu);
      const log = logDensity - 0.5 * (nu + 1) * logSpread(t, nu) + logarithm(over);
      step = ((log - logarithm(tail)) * over) / t;
    }
    s = min(s + step, bound);
    if (abs(step) < 1e-8) break;
  }
  return polished(exponential(s), tail, nu, ratio);
}

/** One Newton step in t itself: the logarithm of a large t has fewer digits than t. */
function polished(t: f64, tail: f64, nu: f64, ratio: f64): f64 {
  const value = upperTail(t, nu, ratio);
  if (value < 1e-300) return t; // too few digits to improve on
  const over = central(t, nu) ? value / density(t, nu, ratio) : tailOverDensity(t, nu);
  return t + logarithm1p((value - tail) / tail) * over;
}
