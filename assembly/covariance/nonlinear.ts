/**
 * Nonlinear shrinkage: the eigenvectors of the sample covariance S with other eigenvalues, each moved by what its neighbours say
 * about the noise in it. Both forms are functions of ratios of eigenvalues, so that money may be counted in anything.
 *
 * p columns, m = rows − 1, c = p/m; of p > m columns the p − m smallest eigenvalues are nothing by their number. An eigenvalue of
 * the others that is 0 to rounding stays 0, and enters those of the rest by the limit of the formulas.
 */
import { exponential } from "../simd/exponential";
import { logarithm, logarithm1p } from "../simd/logarithm";

const PI: f64 = 3.141592653589793;
const ROOT5: f64 = 2.23606797749979;
/** From here on the Hilbert transform is summed in powers of √5/x: the closed form would lose |x|³ ε. */
const FAR: f64 = 12;

function entry(v: usize, i: i32): f64 {
  return load<f64>(v + ((<usize>i) << 3));
}
function set(v: usize, i: i32, x: f64): void {
  store<f64>(v + ((<usize>i) << 3), x);
}

/**
 * Set to 0 what is 0 to rounding: the p − m smallest eigenvalues, and those not above p ε of the largest.
 *
 * @param values   f64[p], ascending; written
 * @param c        f64[p*p], the matrix they are of
 * @returns        0; or one plus the first column that has variance, but less than rounding leaves of the largest eigenvalue
 */
export function spectrumFloor(p: i32, m: i32, values: usize, c: usize): i32 {
  const floor = <f64>p * f64.EPSILON * entry(values, p - 1);
  for (let k = 0; k < p; k++) {
    if (k < p - m || entry(values, k) <= floor) set(values, k, 0);
  }
  for (let i = 0; i < p; i++) {
    const variance = load<f64>(c + ((<usize>i * <usize>(p + 1)) << 3));
    if (variance > 0 && variance <= floor) return i + 1;
  }
  return 0;
}

/** Hilbert transform of the Epanechnikov kernel (3/(4√5))(1 − x²/5)⁺ for x ≥ 0; it is odd. */
function hilbert(x: f64): f64 {
  if (x > FAR) {
    const v = ROOT5 / x;
    const square = v * v;
    let sum: f64 = 0;
    for (let k = 10; k >= 0; k--) sum = sum * square + 1 / <f64>((2 * k + 1) * (2 * k + 3));
    return (-3 / (PI * ROOT5)) * v * sum;
  }
  const apart = ROOT5 - x;
  // At x = √5 the product with the logarithm is 0, and must not be 0 · ∞.
  const log =
    apart >= 0
      ? logarithm(max<f64>(apart, f64.MIN_NORMAL_VALUE) / (ROOT5 + x))
      : logarithm1p((-2 * ROOT5) / (ROOT5 + x));
  return (-3 / (10 * PI)) * x + (((3 / (4 * ROOT5 * PI)) * (apart * (ROOT5 + x))) / 5) * log;
}

/**
 * Analytical nonlinear shrinkage. With x_ij = (λ_i − λ_j)/(h λ_j), h = m^(−1/3), k the Epanechnikov kernel, H its Hilbert
 * transform, f_i = mean_j k(x_ij)/(h λ_j), g_i = mean_j H(x_ij)/(h λ_j) over the min(p, m) largest:
 *
 *   p ≤ m   d_i = λ_i / [(π c λ_i f_i)² + (1 − c − π c λ_i g_i)²]
 *   p > m   d_i = 1 / [π² λ_i (f_i² + g_i²)],   and for the p − m others  d_0 = 1 / [π (p − m)/m · g_0],
 *           g_0 = (1/π) [3/(10h²) + (3/(4√5 h)) (1 − 1/(5h²)) log((1 + √5 h)/(1 − √5 h))] · mean_j 1/λ_j
 *
 * @param m        rows − 1, ≥ 12: below, √5 h ≥ 1
 * @param values   f64[p] of `spectrumFloor`
 * @param out      f64[p], d in the order of the values
 *
 * O(p²), a logarithm each.
 * Source: Ledoit and Wolf, Analytical nonlinear shrinkage of large-dimensional covariance matrices, Annals of Statistics 48(5)
 * (2020).
 */
export function analyticalSpectrum(p: i32, m: i32, values: usize, out: usize): void {
  const h = exponential(-logarithm(<f64>m) / 3);
  const first = max<i32>(p - m, 0);
  const kept = <f64>(p - first);
  const c = <f64>p / <f64>m;
  const largest = entry(values, p - 1);
  let inverse: f64 = 0;
  let singular = false;
  for (let i = first; i < p; i++) {
    const own = entry(values, i);
    if (own == 0) {
      singular = true;
      set(out, i, 0);
      continue;
    }
    inverse += largest / own;
    let f: f64 = 0;
    let g: f64 = 0;
    for (let j = first; j < p; j++) {
      const other = entry(values, j);
      if (other == 0) {
        g -= 1 / PI;
        continue;
      }
      const ratio = own / other;
      const x = (own - other) / other / h;
      const size = abs<f64>(x);
      if (size < ROOT5) f += ratio * (3 / (4 * ROOT5)) * (((ROOT5 - size) * (ROOT5 + size)) / 5);
      const transform = hilbert(size);
      g += ratio * ((x < 0 ? -transform : transform) / h);
    }
    f /= h * kept;
    g /= kept;
    const real = PI * c * f;
    const imaginary = 1 - c - PI * c * g;
    set(out, i, own / (first == 0 ? real * real + imaginary * imaginary : PI * PI * (f * f + g * g)));
  }
  if (first == 0) return;
  const wide = ROOT5 * h;
  const log = logarithm((1 + wide) / (1 - wide));
  const level = 3 / (10 * h * h) + (3 / (4 * wide)) * (1 - 1 / (5 * h * h)) * log;
  const none = singular ? 0 : largest / (((<f64>first / <f64>m) * level * inverse) / kept);
  for (let i = 0; i < first; i++) set(out, i, none);
}

/**
 * Quadratic-inverse shrinkage. With r_ij = λ_j/λ_i and h = min(c², 1/c²)^0.35 / p^0.35, over the min(p, m) largest:
 *
 *   t_i = mean_j (1 − r_ij)/((1 − r_ij)² + h²),   u_i = mean_j h/((1 − r_ij)² + h²)
 *   p ≤ m   d_i = λ_i / [(1 − c + c t_i)² + (c u_i)²]
 *   p > m   d_i = λ_i / (t_i² + u_i²),   and for the p − m others  d_0 = 1 / [(c − 1) · mean_j 1/λ_j]
 *
 * then all scaled so that Σ d = Σ λ. Parameters as of `analyticalSpectrum`, m ≥ 1. O(p²).
 * Source: Ledoit and Wolf, Quadratic shrinkage for large covariance matrices, Bernoulli 28(3) (2022).
 */
export function inverseSpectrum(p: i32, m: i32, values: usize, out: usize): void {
  const first = max<i32>(p - m, 0);
  const kept = <f64>(p - first);
  const c = <f64>p / <f64>m;
  const h = exponential(0.35 * (-2 * abs<f64>(logarithm(c)) - logarithm(<f64>p)));
  const largest = entry(values, p - 1);
  let inverse: f64 = 0;
  let singular = false;
  let trace: f64 = 0;
  let total: f64 = 0;
  for (let i = first; i < p; i++) {
    const own = entry(values, i);
    set(out, i, 0);
    if (own == 0) {
      singular = true;
      continue;
    }
    inverse += largest / own;
    trace += own;
    let t: f64 = 0;
    let u: f64 = 0;
    for (let j = first; j < p; j++) {
      const apart = (own - entry(values, j)) / own;
      const below = apart * apart + h * h;
      t += apart / below;
      u += h / below;
    }
    t /= kept;
    u /= kept;
    if (first == 0) {
      t = 1 - c + c * t;
      u *= c;
    }
    const d = own / (t * t + u * u);
    set(out, i, d);
    total += d;
  }
  if (first > 0) {
    const none = singular ? 0 : largest / (((c - 1) * inverse) / kept);
    for (let i = 0; i < first; i++) set(out, i, none);
    total += <f64>first * none;
  }
  if (total == 0) return;
  for (let i = 0; i < p; i++) set(out, i, (entry(out, i) * trace) / total);
}
