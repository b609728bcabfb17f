import { tailErrors } from "../stats/tail-errors";
import { historicalPools } from "./historical";

/**
 * VaR and ES of pools over simulated moves, as `historicalPools` over observed ones, with their standard errors.
 *
 * @param rows     number of pools
 * @param start    u32[rows + 1]
 * @param slot     u32[start[rows]], row of `moves`
 * @param value    f64[start[rows]]
 * @param t        number of scenarios, ≥ 2
 * @param moves    f64[factors * t], factor-major
 * @param scratch  historicalScratch(t) bytes
 * @param valueAtRisk, expectedShortfall  f64[rows] out; losses, numeraire
 * @param errors   f64[2*rows] out: of all VaRs, then of all ESs
 */
export function simulatedPools(
  rows: i32,
  start: usize,
  slot: usize,
  value: usize,
  t: i32,
  moves: usize,
  alpha: f64,
  scratch: usize,
  valueAtRisk: usize,
  expectedShortfall: usize,
  errors: usize,
): void {
  const pnl = scratch + 64;
  const work = pnl + ((<usize>t) << 3);
  for (let r: usize = 0; r < <usize>rows; r++) {
    const i = r << 3;
    historicalPools(1, start + (r << 2), slot, value, t, moves, alpha, scratch, valueAtRisk + i, expectedShortfall + i);
    tailErrors(pnl, t, alpha, work, scratch);
    store<f64>(errors + i, load<f64>(scratch));
    store<f64>(errors + ((<usize>rows) << 3) + i, load<f64>(scratch, 8));
  }
}
