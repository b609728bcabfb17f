/**
 * Vectors that move together, in panels of four as `lowerProduct` leaves them: row i of panel p is four numbers at
 * x + p·stride + 32 i.
 */
import { gammaQuantile } from "./incomplete-gamma";
import { normalCdf, normalQuantile } from "./normal";
import { studentTCdf, studentTQuantile } from "./student-t";

/**
 * Rows of uniform numbers, the first n of each into panels f64[panels][n][4] and, where a row has more, the next to `beside`,
 * f64[4*panels]. What is missing to a whole panel is ½.
 */
export function panelsOf(n: i32, numbers: i32, count: i32, rows: usize, out: usize, beside: usize): void {
  const whole = (count + 3) & ~3;
  for (let row = 0; row < whole; row++) {
    const from = rows + ((<usize>row * <usize>numbers) << 3);
    let at = out + <usize>(row >> 2) * ((<usize>n) << 5) + ((<usize>(row & 3)) << 3);
    for (let d = 0; d < n; d++, at += 32) store<f64>(at, row < count ? load<f64>(from + ((<usize>d) << 3)) : 0.5);
    if (numbers > n) store<f64>(beside + ((<usize>row) << 3), row < count ? load<f64>(from + ((<usize>n) << 3)) : 0.5);
  }
}

/** Of n uniform numbers at `at` √(ν/χ²), χ² the quantile of its distribution with ν degrees of freedom, each in its place. */
export function chiFactors(n: i32, at: usize, nu: f64): void {
  for (let end = at + ((<usize>n) << 3); at < end; at += 8) {
    const u = load<f64>(at);
    const half = u < 0.5 ? gammaQuantile(0.5 * nu, u, false) : gammaQuantile(0.5 * nu, 1 - u, true);
    store<f64>(at, sqrt((0.5 * nu) / half));
  }
}

/** Every number of column j of panel p times factor 4p + j. */
export function scaleColumns(n: i32, panels: i32, x: usize, stride: usize, factors: usize): void {
  for (let p = 0; p < panels; p++, x += stride, factors += 32) {
    for (let at = x, end = x + ((<usize>n) << 5); at < end; at += 32) {
      for (let j: usize = 0; j < 32; j += 8) store<f64>(at + j, load<f64>(at + j) * load<f64>(factors + j));
    }
  }
}

/** The smallest probability there is: no quantile of it is infinite. */
const LEAST: f64 = 5e-324;

/** P(X ≤ −|x|) of the normal (ν = 0) or the t distribution that row i has under its copula. */
function tail(x: f64, nu: f64): f64 {
  const p = nu == 0 ? normalCdf(-abs(x)) : studentTCdf(-abs(x), nu);
  return max<f64>(p, LEAST);
}

/** Kinds of a margin: the copula's own distribution, normal, t, a sample in ascending order. */
const OWN: i32 = 0;
const NORMAL: i32 = 1;
const STUDENT: i32 = 2;

/**
 * A row from the distribution under its copula to its margin, times a scale, and out of the panels: out[4p + j].
 *
 * The probability is that of the nearer tail, never 1 less it, so that both tails are as exact. The margins but the sample's are
 * symmetrical.
 *
 * @param count   vectors wanted, at most 4·panels
 * @param x       the row's four numbers in the first panel
 * @param nu      degrees of freedom of the copula; 0: Gaussian
 * @param kind    0: as it is; 1: normal; 2: t with `own` degrees of freedom; 3: the sample's step quantile
 * @param sample  f64[size], ascending
 */
export function margin(
  count: i32,
  x: usize,
  stride: usize,
  nu: f64,
  kind: i32,
  own: f64,
  sample: usize,
  size: i32,
  scale: f64,
  out: usize,
): void {
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    if (kind == OWN) {
      const factor = f64x2.splat(scale);
      for (; i + 4 <= count; i += 4, x += stride, out += 32) {
        v128.store(out, f64x2.mul(factor, v128.load(x)));
        v128.store(out, f64x2.mul(factor, v128.load(x, 16)), 16);
      }
      // What is left of a panel that is not whole.
      x -= <usize>(i >> 2) * stride;
    }
  }
  for (; i < count; i++, out += 8) {
    const value = load<f64>(x + <usize>(i >> 2) * stride + ((<usize>(i & 3)) << 3));
    if (kind == OWN) {
      store<f64>(out, scale * value);
      continue;
    }
    const p = tail(value, nu);
    if (kind == NORMAL || kind == STUDENT) {
      const quantile = kind == NORMAL ? normalQuantile(p) : studentTQuantile(p, own);
      store<f64>(out, scale * (value < 0 ? quantile : -quantile));
      continue;
    }
    // The ⌈size · u⌉-th smallest, u = p or 1 − p.
    const below = value < 0 ? max<f64>(ceil(<f64>size * p) - 1, 0) : <f64>(size - 1) - floor(<f64>size * p);
    store<f64>(out, scale * load<f64>(sample + ((<usize>max<f64>(below, 0)) << 3)));
  }
}

/** out[4p + j] = Σ_i weight[i] x[p][i][j], in the order of i, for whole panels. */
export function weighColumns(n: i32, panels: i32, x: usize, stride: usize, weights: usize, out: usize): void {
  const end = weights + ((<usize>n) << 3);
  for (let p = 0; p < panels; p++, x += stride, out += 32) {
    if (ASC_FEATURE_SIMD) {
      let left = f64x2.splat(0);
      let right = f64x2.splat(0);
      for (let at = x, w = weights; w < end; w += 8, at += 32) {
        const weight = v128.load64_splat(w);
        left = f64x2.add(left, f64x2.mul(weight, v128.load(at)));
        right = f64x2.add(right, f64x2.mul(weight, v128.load(at, 16)));
      }
      v128.store(out, left);
      v128.store(out, right, 16);
    } else {
      memory.fill(out, 0, 32);
      for (let at = x, w = weights; w < end; w += 8, at += 32) {
        const weight = load<f64>(w);
        for (let j: usize = 0; j < 32; j += 8) store<f64>(out + j, load<f64>(out + j) + weight * load<f64>(at + j));
      }
    }
  }
}
