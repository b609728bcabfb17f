/**
 * Linear shrinkage of a covariance S, which is there already, towards a target T:  S becomes d·T + (1 − d)·S. What the
 * intensities need beside S is a few totals per row of the observations, so that O(n·rows + n²) is spent.
 */
import { dot } from "../linalg/dot";

/** Two numbers of `scale` that differ by less are one to rounding. */
const ROUNDING: f64 = 16 * f64.EPSILON;

function at(c: usize, n: i32, i: i32, j: i32): usize {
  return c + ((<usize>i * <usize>n + <usize>j) << 3);
}

function traceOf(c: usize, n: i32): f64 {
  let trace: f64 = 0;
  for (let i = 0; i < n; i++) trace += load<f64>(at(c, n, i, i));
  return trace;
}

/** Observation t of a column, centred by its mean, which is kept as two numbers (covariance/centre). */
function centred(column: usize, shift: usize, t: i32): f64 {
  return load<f64>(column + ((<usize>t) << 3)) - load<f64>(shift) - load<f64>(shift, 8);
}

/** x ÷ gamma ÷ m within 0 .. 1, x = pi − rho; 0 where S is its own target to rounding. */
function intensity(x: f64, gamma: f64, divisor: f64, trace: f64): f64 {
  const rounding = ROUNDING * trace;
  return gamma > rounding * rounding ? min<f64>(1, max<f64>(0, x / gamma / divisor)) : 0;
}

/** Forms of the intensity that depends on S alone. */
export const SKLEARN = 0;
export const CHEN_2010 = 1;

/**
 * Oracle approximating shrinkage, towards mean(s_ii)·I, and the Rao-Blackwell Ledoit-Wolf estimator. With a = tr S², b = tr² S
 * and S of divisor `rows`:
 *
 *   form 0   d = (a/n² + b/n²) / ((rows + 1)(a/n² − b/n³))                   scikit-learn's OAS, without the terms in 2/n
 *   form 1   d = ((1 − 2/n) a + b) / ((rows + 1 − 2/n)(a − b/n))             OAS as published, equation 23
 *   form 2   d = ((rows − 2)/rows · a + b) / ((rows + 2)(a − b/n))           Rao-Blackwell Ledoit-Wolf, equation 17
 *
 * at most 1, and 1 where S is its own target to rounding.
 *
 * @param c  f64[n*n], S; becomes the estimate
 * @returns  d
 * Source: Chen, Wiesel, Eldar and Hero, Shrinkage algorithms for MMSE covariance estimation (2010).
 */
export function shrinkOracle(n: i32, rows: i32, form: i32, c: usize): f64 {
  const trace = traceOf(c, n);
  const level = trace / <f64>n;
  // a − b/n as a sum of squares, from which nothing cancels.
  let apart: f64 = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const x = load<f64>(at(c, n, i, j)) - (i == j ? level : 0);
      apart += x * x;
    }
  }
  const squares = dot(c, c, n * n);
  const count = <f64>rows;
  const part = 2 / <f64>n;
  let above = squares + trace * trace;
  let below = (count + 1) * apart;
  if (form == CHEN_2010) {
    above -= part * squares;
    below -= part * apart;
  } else if (form != SKLEARN) {
    above -= (2 / count) * squares;
    below += apart;
  }
  const rounding = ROUNDING * trace;
  const d = apart > rounding * rounding ? min<f64>(1, above / below) : 1;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const own = load<f64>(at(c, n, i, j));
      store<f64>(at(c, n, i, j), i == j ? d * level + (1 - d) * own : (1 - d) * own);
    }
  }
  return d;
}

/**
 * Ledoit-Wolf shrinkage towards the diagonal of S:  pi as in covariance/ledoit-wolf, rho = Σ_i pi_ii, so that
 *
 *   pi − rho = Σ_{i≠j} [ m(y_i² y_j²) − s_ij² ],   gamma = Σ_{i≠j} s_ij²
 *
 * y the centred columns, m(·) the sum over rows by the divisor. Sums over i ≠ j are formed of the columns before each, never as
 * all less the equal ones: a column that is much larger than the others would leave nothing of them.
 *
 * @param x        f64[n][rows], one column after the other; rows ≥ 2
 * @param shift    f64[n][2], the columns' means as two numbers each
 * @param divisor  m, that of S
 * @param c        f64[n*n], S; becomes the estimate
 * @param totals   f64[rows]
 * @returns        d
 * Source: the authors' covDiag, of the family of Honey, I shrunk the sample covariance matrix (2004).
 */
export function shrinkDiagonal(n: i32, rows: i32, x: usize, shift: usize, divisor: f64, c: usize, totals: usize): f64 {
  memory.fill(totals, 0, (<usize>rows) << 3);
  let pairs: f64 = 0;
  let gamma: f64 = 0;
  for (let i = 0; i < n; i++) {
    const column = x + ((<usize>i * <usize>rows) << 3);
    for (let j = 0; j < i; j++) gamma += 2 * load<f64>(at(c, n, i, j)) * load<f64>(at(c, n, i, j));
    for (let t = 0; t < rows; t++) {
      const y = centred(column, shift + ((<usize>i) << 4), t);
      const total = totals + ((<usize>t) << 3);
      pairs += 2 * (y * y) * load<f64>(total);
      store<f64>(total, load<f64>(total) + y * y);
    }
  }
  const d = intensity(pairs / divisor - gamma, gamma, divisor, traceOf(c, n));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i != j) store<f64>(at(c, n, i, j), (1 - d) * load<f64>(at(c, n, i, j)));
    }
  }
  return d;
}

/** Bytes of `scratch` of `shrinkSingleFactor`. */
export function singleFactorScratch(n: i32, rows: i32): usize {
  return (<usize>n + 5 * <usize>rows) << 3;
}

/**
 * Ledoit-Wolf shrinkage towards a single-factor model. The factor is the mean of the columns, f; with b_i = cov(x_i, f) =
 * mean_j s_ij and v = var f:
 *
 *   T_ij = b_i b_j / v, T_ii = s_ii,   gamma = Σ_{i≠j} (s_ij − T_ij)²
 *   pi − rho = Σ_{i≠j} { m(y_i² y_j²) − s_ij² − 2 [ m(y_i² y_j f) − b_i s_ij ] b_j / v
 *                        + [ m(y_i y_j f²) − v s_ij ] b_i b_j / v² }
 *
 * Where the factor does not move, T is the diagonal of S. Sums and parameters as of `shrinkDiagonal`.
 *
 * Source: Ledoit and Wolf, Improved estimation of the covariance matrix of stock returns with an application to portfolio
 * selection (2003), and the authors' covMarket.
 */
export function shrinkSingleFactor(
  n: i32,
  rows: i32,
  x: usize,
  shift: usize,
  divisor: f64,
  c: usize,
  scratch: usize,
): f64 {
  const beta = scratch;
  const factor = scratch + ((<usize>n) << 3);
  const stride = (<usize>rows) << 3;
  memory.fill(factor, 0, 5 * stride);
  let variance: f64 = 0;
  for (let i = 0; i < n; i++) {
    let sum: f64 = 0;
    for (let j = 0; j < n; j++) sum += load<f64>(at(c, n, i, j));
    store<f64>(beta + ((<usize>i) << 3), sum / <f64>n);
    variance += sum / <f64>n;
  }
  variance /= <f64>n;
  const trace = traceOf(c, n);
  const moves = variance > ROUNDING * trace;
  // Per row: f; Σ y² and Σ b y so far; Σ_{i≠j} y_i² b_j y_j and half of Σ_{i≠j} b_i y_i b_j y_j.
  let pairs: f64 = 0;
  let gamma: f64 = 0;
  let squares: f64 = 0;
  let form: f64 = 0;
  for (let i = 0; i < n; i++) {
    const column = x + <usize>i * stride;
    const b = load<f64>(beta + ((<usize>i) << 3));
    for (let j = 0; j < i; j++) {
      const s = load<f64>(at(c, n, i, j));
      const apart = s - element(beta, variance, moves, i, j);
      gamma += 2 * apart * apart;
      squares += 2 * s * s;
      form += 2 * b * s * load<f64>(beta + ((<usize>j) << 3));
    }
    for (let t = 0; t < rows; t++) {
      const y = centred(column, shift + ((<usize>i) << 4), t);
      const to = factor + ((<usize>t) << 3);
      const before = load<f64>(to + stride);
      const weighed = load<f64>(to + 2 * stride);
      pairs += 2 * (y * y) * before;
      store<f64>(to, load<f64>(to) + y / <f64>n);
      store<f64>(to + stride, before + y * y);
      store<f64>(to + 2 * stride, weighed + b * y);
      store<f64>(to + 3 * stride, load<f64>(to + 3 * stride) + (y * y * weighed + b * y * before));
      store<f64>(to + 4 * stride, load<f64>(to + 4 * stride) + b * y * weighed);
    }
  }
  let rest = pairs / divisor - squares;
  if (moves) {
    let crossed: f64 = 0;
    let twice: f64 = 0;
    for (let t = 0; t < rows; t++) {
      const from = factor + ((<usize>t) << 3);
      const f = load<f64>(from);
      crossed += f * load<f64>(from + 3 * stride);
      twice += f * f * (2 * load<f64>(from + 4 * stride));
    }
    rest -= (2 * (crossed / divisor - form)) / variance;
    rest += (twice / divisor - variance * form) / (variance * variance);
  }
  const d = intensity(rest, gamma, divisor, trace);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const value = d * element(beta, variance, moves, i, j) + (1 - d) * load<f64>(at(c, n, i, j));
      store<f64>(at(c, n, i, j), value);
      store<f64>(at(c, n, j, i), value);
    }
  }
  return d;
}

/** Element i, j ≠ i of the single-factor target. */
function element(beta: usize, variance: f64, moves: bool, i: i32, j: i32): f64 {
  if (!moves) return 0;
  return (load<f64>(beta + ((<usize>i) << 3)) * load<f64>(beta + ((<usize>j) << 3))) / variance;
}
