import { quadraticForm } from "../linalg/quadratic";

/** From this many exposures on, a row that holds at least half of all factors is multiplied out densely. */
const DENSE_FROM: i32 = 24;

/** Workspace of `parametricPools` and `parametricVariance` in bytes, for n factors. */
export function parametricScratch(n: i32): usize {
  return ((<usize>n) << 3) * 2;
}

/**
 * Variance of one row of sparse exposures: g'Cg over the row's own factors,
 *
 *   Σ_i g_i (C_ii g_i + 2 Σ_{j<i} C_ij g_j).
 *
 * @param count    number of exposures, each to another factor
 * @param slot     u32[count], row of C
 * @param value    f64[count]
 * @param n        factors of C
 * @param c        f64[n * n], symmetric
 * @param scratch  parametricScratch(n) bytes
 * @returns        ≥ 0; rounding below zero (a hedge of perfectly correlated factors) is returned as 0
 *
 * Cost count² / 2; where the row holds most of many factors, n² two lanes at a time.
 */
export function parametricVariance(count: i32, slot: usize, value: usize, n: i32, c: usize, scratch: usize): f64 {
  if (count >= DENSE_FROM && 2 * count >= n) return denseVariance(count, slot, value, n, c, scratch);
  let variance: f64 = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const row = c + ((<usize>load<u32>(slot + (i << 2)) * <usize>n) << 3);
    let covariance: f64 = 0;
    for (let j: usize = 0; j < i; j++) {
      covariance += load<f64>(row + ((<usize>load<u32>(slot + (j << 2))) << 3)) * load<f64>(value + (j << 3));
    }
    const exposure = load<f64>(value + (i << 3));
    const own = load<f64>(row + ((<usize>load<u32>(slot + (i << 2))) << 3)) * exposure;
    variance += exposure * (own + 2 * covariance);
  }
  return max<f64>(0, variance);
}

function denseVariance(count: i32, slot: usize, value: usize, n: i32, c: usize, scratch: usize): f64 {
  const dense = scratch;
  memory.fill(dense, 0, (<usize>n) << 3);
  for (let i: usize = 0; i < <usize>count; i++) {
    store<f64>(dense + ((<usize>load<u32>(slot + (i << 2))) << 3), load<f64>(value + (i << 3)));
  }
  return max<f64>(0, quadraticForm(n, c, dense, scratch + ((<usize>n) << 3)));
}

/**
 * Parametric risk of pools: deviation σ = √(g'Cg), VaR = σ × quantile, ES = σ × tail mean. The mean is taken as zero.
 *
 * @param rows       number of pools
 * @param start      u32[rows + 1]
 * @param slot       u32[start[rows]], row of C (see `mapExposures`)
 * @param value      f64[start[rows]], numeraire per unit relative move
 * @param n          factors of C
 * @param c          f64[n * n]: covariance of the relative moves over one bar
 * @param scale      √h: from one bar to the holding period
 * @param quantile   VaR of the distribution with mean 0 and deviation 1
 * @param tailMean   its expected shortfall
 * @param scratch    parametricScratch(n) bytes
 * @param deviation  f64[rows] out, over the holding period
 * @param valueAtRisk, expectedShortfall  f64[rows] out; losses, numeraire
 */
export function parametricPools(
  rows: i32,
  start: usize,
  slot: usize,
  value: usize,
  n: i32,
  c: usize,
  scale: f64,
  quantile: f64,
  tailMean: f64,
  scratch: usize,
  deviation: usize,
  valueAtRisk: usize,
  expectedShortfall: usize,
): void {
  let begin = <usize>load<u32>(start);
  for (let r: usize = 0; r < <usize>rows; r++) {
    const end = <usize>load<u32>(start + ((r + 1) << 2));
    const variance = parametricVariance(<i32>(end - begin), slot + (begin << 2), value + (begin << 3), n, c, scratch);
    const sigma = sqrt<f64>(variance) * scale;
    store<f64>(deviation + (r << 3), sigma);
    store<f64>(valueAtRisk + (r << 3), sigma * quantile);
    store<f64>(expectedShortfall + (r << 3), sigma * tailMean);
    begin = end;
  }
}
