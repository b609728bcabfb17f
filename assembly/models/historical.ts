import { scenarioPnl } from "../linalg/gemv";
import { tailScratch, tailStatistics } from "../stats/tail";

/** Workspace of `historicalPools` in bytes, for t scenarios: the P&L vector, the tail's and three results. */
export function historicalScratch(t: i32): usize {
  return ((<usize>t) << 3) + ((tailScratch(t) + 63) & ~63) + 64;
}

/**
 * Historical risk of pools: VaR and ES of the P&L under each observed move, exact, by selection (see `tailStatistics`).
 *
 * @param rows     number of pools
 * @param start    u32[rows + 1]
 * @param slot     u32[start[rows]], row of `returns` (see `mapExposures`)
 * @param value    f64[start[rows]]
 * @param t        number of scenarios, ≥ 1
 * @param returns  f64[factors * t], factor-major
 * @param alpha    tail, 1 − confidence
 * @param scratch  historicalScratch(t) bytes, in which the last pool's P&L is left 64 bytes on
 * @param valueAtRisk, expectedShortfall  f64[rows] out; losses, numeraire
 *
 * Cost per pool: exposures × t two lanes at a time, then one pass of selection.
 */
export function historicalPools(
  rows: i32,
  start: usize,
  slot: usize,
  value: usize,
  t: i32,
  returns: usize,
  alpha: f64,
  scratch: usize,
  valueAtRisk: usize,
  expectedShortfall: usize,
): void {
  const out = scratch;
  const pnl = out + 64;
  const work = pnl + ((<usize>t) << 3);
  let begin = <usize>load<u32>(start);
  for (let r: usize = 0; r < <usize>rows; r++) {
    const end = <usize>load<u32>(start + ((r + 1) << 2));
    scenarioPnl(t, <i32>(end - begin), slot + (begin << 2), value + (begin << 3), returns, pnl);
    tailStatistics(pnl, t, alpha, work, out);
    // Adding zero turns the −0 of a book without exposure into 0.
    store<f64>(valueAtRisk + (r << 3), load<f64>(out) + 0.0);
    store<f64>(expectedShortfall + (r << 3), load<f64>(out, 8) + 0.0);
    begin = end;
  }
}
