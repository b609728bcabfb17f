import { axpy } from "../linalg/axpy";
import { dot } from "../linalg/dot";
import { quadraticForm } from "../linalg/quadratic";
import { tailRows, tailScratch, tailStatistics } from "../stats/tail";

/** Workspace of the decompositions in bytes: `lines` × n weights without one line each, and vectors. */
export function decompositionScratch(lines: i32, n: i32): usize {
  return (<usize>(lines + 3) * <usize>n) << 3;
}

/**
 * Weights of a book without one of its lines, for each line in turn. They are summed from the lines that remain, first
 * to last before the gap plus last to first behind it, and not by subtracting: a line that outweighs the rest by far
 * would leave its rounding error behind.
 *
 * @param lines   number of lines, ≥ 1
 * @param n       number of factors
 * @param a       f64[lines * n] row-major: weight of each line in each factor
 * @param total   f64[n] out: the weights of the whole book
 * @param rest    f64[lines * n] out: row l is the book without line l
 */
function leaveOneOut(lines: i32, n: i32, a: usize, total: usize, rest: usize): void {
  const row = (<usize>n) << 3;
  const last = <usize>(lines - 1);
  memory.fill(rest + last * row, 0, row);
  for (let l = last; l > 0; l--) {
    for (let i: usize = 0; i < row; i += 8) {
      store<f64>(rest + (l - 1) * row + i, load<f64>(rest + l * row + i) + load<f64>(a + l * row + i));
    }
  }
  memory.fill(total, 0, row);
  for (let l: usize = 0; l <= last; l++) {
    axpy(1, total, rest + l * row, n);
    axpy(1, a + l * row, total, n);
  }
}

/**
 * Euler decomposition of parametric risk −w'μ + k σ, σ = √(w'Cw), for one multiple k:
 *
 *   marginal_i  = −μ_i + k (Cw)_i / σ        (−μ_i where σ is 0)
 *   component_l = Σ_i a_li marginal_i         which sum to the total
 *   incremental_l = total − total without line l, computed afresh
 *
 * @param lines        number of lines; lines of the diagonal matrix of the weights give the decomposition by factor
 * @param n            number of factors
 * @param a            f64[lines * n] row-major; the columns sum to the weights w
 * @param mean         f64[n], or 0 for a mean of zero
 * @param c            f64[n * n], symmetric
 * @param k            quantile (VaR) or tail mean (ES) of the distribution with mean 0 and deviation 1
 * @param scratch      decompositionScratch(lines, n) bytes
 * @param total        f64[2] out: the risk, and σ
 * @param marginal     f64[n] out
 * @param component    f64[lines] out
 * @param incremental  f64[lines] out
 *
 * Cost lines · n². Source: Tasche, Capital allocation to business units (2008); Garman, Improving on VaR (1996).
 */
export function decomposeParametric(
  lines: i32,
  n: i32,
  a: usize,
  mean: usize,
  c: usize,
  k: f64,
  scratch: usize,
  total: usize,
  marginal: usize,
  component: usize,
  incremental: usize,
): void {
  const row = (<usize>n) << 3;
  const weights = scratch;
  const product = weights + row;
  const spare = product + row;
  const rest = spare + row;
  leaveOneOut(lines, n, a, weights, rest);
  const sigma = sqrt<f64>(max<f64>(0, quadraticForm(n, c, weights, product)));
  const drift = mean == 0 ? 0 : dot(weights, mean, n);
  const risk = k * sigma - drift;
  store<f64>(total, risk);
  store<f64>(total, sigma, 8);
  for (let i: usize = 0; i < row; i += 8) {
    const slope = sigma > 0 ? (k * load<f64>(product + i)) / sigma : 0;
    store<f64>(marginal + i, slope - (mean == 0 ? 0 : load<f64>(mean + i)));
  }
  for (let l: usize = 0; l < <usize>lines; l++) {
    const without = rest + l * row;
    const left = k * sqrt<f64>(max<f64>(0, quadraticForm(n, c, without, spare)));
    const leftDrift = mean == 0 ? 0 : dot(without, mean, n);
    store<f64>(component + (l << 3), dot(a + l * row, marginal, n));
    store<f64>(incremental + (l << 3), risk - (left - leftDrift));
  }
}

/** Workspace of `decomposeHistorical` beyond `decompositionScratch`, in bytes: a P&L vector and the tail's. */
export function historicalDecompositionScratch(t: i32): usize {
  return ((<usize>t) << 3) + 64 + tailScratch(t);
}

/**
 * Euler decomposition of historical risk. The expected shortfall is an average over the tail's scenarios, so its parts are
 * the same average of each line's own loss; the VaR is the loss of one scenario v, and so are its parts:
 *
 *   marginal_i    = −r_iv  (VaR),  −Σ_s weight_s r_is  (ES)
 *   component_l   = Σ_i a_li marginal_i        which sum to the total
 *   incremental_l = total − total without line l, computed afresh
 *
 * @param lines, n, a   as for `decomposeParametric`
 * @param t             number of scenarios
 * @param returns       f64[n * t], factor-major
 * @param alpha         tail, 1 − confidence
 * @param scratch       decompositionScratch(lines, n) + historicalDecompositionScratch(t) bytes
 * @param total         f64[2] out: VaR, ES; so are the next three: first by VaR, then by ES
 * @param marginal      f64[2 * n] out
 * @param component     f64[2 * lines] out
 * @param incremental   f64[2 * lines] out
 * @param tailIndex     u32[t] out: scenarios of the tail, worst first, ties by time; the last one is v
 * @param tailWeight    f64[t] out: their weights, which sum to 1
 * @param pnl           f64[t] out: P&L of the whole book
 * @returns             number of scenarios in the tail
 *
 * Cost lines · n · t. Source: Tasche, Capital allocation to business units (2008).
 */
export function decomposeHistorical(
  lines: i32,
  n: i32,
  a: usize,
  t: i32,
  returns: usize,
  alpha: f64,
  scratch: usize,
  total: usize,
  marginal: usize,
  component: usize,
  incremental: usize,
  tailIndex: usize,
  tailWeight: usize,
  pnl: usize,
): i32 {
  const row = (<usize>n) << 3;
  const column = (<usize>lines) << 3;
  const weights = scratch;
  const rest = weights + row;
  const spare = scratch + decompositionScratch(lines, n);
  const out = spare + ((<usize>t) << 3);
  const work = out + 64;
  leaveOneOut(lines, n, a, weights, rest);
  densePnl(n, weights, t, returns, pnl);
  tailStatistics(pnl, t, alpha, work, out);
  const valueAtRisk = load<f64>(out);
  const shortfall = load<f64>(out, 8);
  store<f64>(total, valueAtRisk);
  store<f64>(total, shortfall, 8);
  const tail = tailRows(pnl, t, alpha, work, tailIndex, tailWeight);
  tailMarginal(n, t, returns, tail, tailIndex, tailWeight, marginal);
  for (let l: usize = 0; l < <usize>lines; l++) {
    const line = a + l * row;
    const at = l << 3;
    store<f64>(component + at, dot(line, marginal, n));
    store<f64>(component + column + at, dot(line, marginal + row, n));
    densePnl(n, rest + l * row, t, returns, spare);
    tailStatistics(spare, t, alpha, work, out);
    store<f64>(incremental + at, valueAtRisk - load<f64>(out));
    store<f64>(incremental + column + at, shortfall - load<f64>(out, 8));
  }
  return tail;
}

/** marginal: f64[2 * n] from the scenarios of the tail: the loss of the last one per factor, then the weighted mean loss. */
function tailMarginal(
  n: i32,
  t: i32,
  returns: usize,
  tail: i32,
  tailIndex: usize,
  tailWeight: usize,
  marginal: usize,
): void {
  const last = (<usize>load<u32>(tailIndex + ((<usize>(tail - 1)) << 2))) << 3;
  for (let i: usize = 0; i < <usize>n; i++) {
    const moves = returns + ((i * <usize>t) << 3);
    let loss: f64 = 0;
    for (let s: usize = 0; s < <usize>tail; s++) {
      loss -= load<f64>(tailWeight + (s << 3)) * load<f64>(moves + ((<usize>load<u32>(tailIndex + (s << 2))) << 3));
    }
    store<f64>(marginal + (i << 3), 0 - load<f64>(moves + last));
    store<f64>(marginal + ((<usize>n + i) << 3), loss);
  }
}

/** P&L of dense weights under every scenario; factors with weight 0 are skipped. */
function densePnl(n: i32, weights: usize, t: i32, returns: usize, pnl: usize): void {
  memory.fill(pnl, 0, (<usize>t) << 3);
  for (let i: usize = 0; i < <usize>n; i++) {
    const weight = load<f64>(weights + (i << 3));
    if (weight != 0) axpy(weight, returns + ((i * <usize>t) << 3), pnl, t);
  }
}
