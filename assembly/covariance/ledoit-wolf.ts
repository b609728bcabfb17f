import { dot } from "../linalg/dot";
import { sampleCovariance, sampleScratch } from "./sample";

/** Bytes of workspace that `ledoitWolf` needs. */
export function ledoitWolfScratch(n: i32, rows: i32): usize {
  return (((<usize>n + 1) & ~1) << 3) + max<usize>(sampleScratch(n), ((<usize>n) << 4) + ((<usize>rows) << 5));
}

/**
 * Linear shrinkage of the sample covariance S towards a target T, with the intensity that minimises the expected squared
 * error:
 *
 *   out = d·T + (1 − d)·S,   d = min(1, max(0, (pi − rho)/gamma/m)),   gamma = sum of (S − T)²
 *   pi = sum over i,j of [ (1/m)·sum over t of (c_i·c_j)² − s_ij² ],   c: centred columns, m: divisor
 *
 * Identity: T = mean(s_ii)·I, rho = 0. Constant correlation: T_ij = r·sqrt(s_ii·s_jj) with r the mean correlation, and
 *   rho = sum over i of pi_ii + r·sum over i≠j of sqrt(s_jj/s_ii)·[ (1/m)·sum over t of c_i³·c_j − s_ii·s_ij ].
 *
 * @param x        f64[n][rows], one column after the other; rows ≥ 2
 * @param target   0: identity, 1: constant correlation
 * @param divisor  m: rows (scikit-learn) or rows − 1 (the authors' code since 2020)
 * @param mean     f64[n], written
 * @param out      f64[n*n], written
 * @param result   f64[2], becomes d and r (0 for the identity target)
 *
 * Where S is its own target to rounding, d is 0. A column without variance takes no part in r.
 * The double sums over assets collapse to sums over rows of a few totals, so that beside S only O(n·rows) is spent.
 * Sources: Ledoit and Wolf, A well-conditioned estimator for large-dimensional covariance matrices (2004); Honey, I
 * shrunk the sample covariance matrix (2004).
 */
export function ledoitWolf(
  n: i32,
  rows: i32,
  x: usize,
  target: i32,
  divisor: f64,
  mean: usize,
  out: usize,
  result: usize,
  scratch: usize,
): void {
  const deviation = scratch;
  const shift = scratch + (((<usize>n + 1) & ~1) << 3);
  const totals = shift + ((<usize>n) << 4);
  sampleCovariance(n, rows, x, divisor, mean, out, shift);
  for (let i = 0; i < n; i++) {
    const variance = load<f64>(out + ((<usize>i * <usize>(n + 1)) << 3));
    store<f64>(deviation + ((<usize>i) << 3), sqrt<f64>(variance));
  }
  rowTotals(n, rows, x, shift, deviation, totals);

  const column = (<usize>rows) << 3;
  const cells = n * n;
  const squares = dot(out, out, cells);
  const pi = dot(totals, totals, rows) / divisor - squares;
  let rho: f64 = 0;
  let r: f64 = 0;
  if (target != 0) {
    r = meanCorrelation(n, out, deviation);
    let own: f64 = 0;
    for (let t = 0; t < rows; t++) own += load<f64>(totals + 3 * column + ((<usize>t) << 3));
    own /= divisor;
    let crossed = dot(totals + column, totals + 2 * column, rows) / divisor;
    for (let i = 0; i < n; i++) {
      const line = out + ((<usize>i * <usize>n) << 3);
      const s = load<f64>(deviation + ((<usize>i) << 3));
      own -= s * s * (s * s);
      crossed -= s * dot(line, deviation, n);
    }
    rho = own + r * (crossed - own);
  }
  const gamma = distance(n, out, deviation, target, r);
  let d: f64 = 0;
  const trace = dot(deviation, deviation, n);
  const rounding = 16 * f64.EPSILON * trace;
  if (gamma > rounding * rounding) d = min<f64>(1, max<f64>(0, (pi - rho) / gamma / divisor));
  shrink(n, out, deviation, target, r, d);
  store<f64>(result, d);
  store<f64>(result, r, 8);
}

/**
 * Per row t, over the columns: sum of c², of c³/s, of s·c and of c⁴; one array of f64[rows] after the other.
 */
function rowTotals(n: i32, rows: i32, x: usize, shift: usize, deviation: usize, totals: usize): void {
  const column = (<usize>rows) << 3;
  memory.fill(totals, 0, 4 * column);
  for (let i = 0; i < n; i++) {
    const from = x + <usize>i * column;
    const high = load<f64>(shift + ((<usize>i) << 4));
    const low = load<f64>(shift + ((<usize>i) << 4), 8);
    const s = load<f64>(deviation + ((<usize>i) << 3));
    if (s == 0) continue;
    for (let t = 0; t < rows; t++) {
      const at = totals + ((<usize>t) << 3);
      const c = load<f64>(from + ((<usize>t) << 3)) - high - low;
      const square = c * c;
      store<f64>(at, load<f64>(at) + square);
      store<f64>(at + column, load<f64>(at + column) + (square * c) / s);
      store<f64>(at + 2 * column, load<f64>(at + 2 * column) + s * c);
      store<f64>(at + 3 * column, load<f64>(at + 3 * column) + square * square);
    }
  }
}

/** Mean correlation of the pairs of columns that both have variance; 0 where there is no such pair. */
function meanCorrelation(n: i32, c: usize, deviation: usize): f64 {
  let total: f64 = 0;
  let pairs = 0;
  for (let i = 0; i < n; i++) {
    const own = load<f64>(deviation + ((<usize>i) << 3));
    if (own == 0) continue;
    for (let j = i + 1; j < n; j++) {
      const other = load<f64>(deviation + ((<usize>j) << 3));
      if (other == 0) continue;
      total += load<f64>(c + ((<usize>i * <usize>n + <usize>j) << 3)) / own / other;
      pairs++;
    }
  }
  return pairs > 0 ? total / <f64>pairs : 0;
}

/** Element i, j ≠ i of the target. */
function targetElement(target: i32, r: f64, deviation: usize, i: i32, j: i32): f64 {
  if (target == 0) return 0;
  return r * load<f64>(deviation + ((<usize>i) << 3)) * load<f64>(deviation + ((<usize>j) << 3));
}

/** Sum of the squared differences of S and the target. */
function distance(n: i32, c: usize, deviation: usize, target: i32, r: f64): f64 {
  let total: f64 = 0;
  const level = dot(deviation, deviation, n) / <f64>n;
  for (let i = 0; i < n; i++) {
    const line = c + ((<usize>i * <usize>n) << 3);
    for (let j = i + 1; j < n; j++) {
      const apart = load<f64>(line + ((<usize>j) << 3)) - targetElement(target, r, deviation, i, j);
      total += 2 * apart * apart;
    }
    if (target == 0) {
      const apart = load<f64>(line + ((<usize>i) << 3)) - level;
      total += apart * apart;
    }
  }
  return total;
}

/** c = d·T + (1 − d)·c */
function shrink(n: i32, c: usize, deviation: usize, target: i32, r: f64, d: f64): void {
  const level = dot(deviation, deviation, n) / <f64>n;
  for (let i = 0; i < n; i++) {
    const own = c + ((<usize>i * <usize>(n + 1)) << 3);
    if (target == 0) store<f64>(own, d * level + (1 - d) * load<f64>(own));
    for (let j = i + 1; j < n; j++) {
      const above = c + ((<usize>i * <usize>n + <usize>j) << 3);
      const value = d * targetElement(target, r, deviation, i, j) + (1 - d) * load<f64>(above);
      store<f64>(above, value);
      store<f64>(c + ((<usize>j * <usize>n + <usize>i) << 3), value);
    }
  }
}
