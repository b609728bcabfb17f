import { scenarioPnl } from "../linalg/gemv";
import { tailScratch, tailStatistics } from "../stats/tail";
import { tailErrors } from "../stats/tail-errors";

/** Workspace of `simulatedPools` in bytes, for t scenarios. */
export function simulatedScratch(t: i32): usize {
  return ((<usize>t) << 3) + ((tailScratch(t) + 63) & ~63) + 64;
}

/**
 * VaR and ES of pools over simulated moves, as `historicalPools` over observed ones, with their standard errors.
 *
 * @param rows     number of pools
 * @param start    u32[rows + 1]
 * @param slot     u32[start[rows]], row of `moves`
 * @param value    f64[start[rows]]
 * @param t        number of scenarios, ≥ 2
 * @param moves    f64[factors * t], factor-major
 * @param scratch  simulatedScratch(t) bytes
 * @param valueAtRisk, expectedShortfall  f64[rows] out; losses, numeraire
 * @param errors   f64[2*rows] out: of all VaRs, then of all ESs; 0: none wanted
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
  let begin = <usize>load<u32>(start);
  for (let r: usize = 0; r < <usize>rows; r++) {
    const end = <usize>load<u32>(start + ((r + 1) << 2));
    scenarioPnl(t, <i32>(end - begin), slot + (begin << 2), value + (begin << 3), moves, pnl);
    tailStatistics(pnl, t, alpha, work, scratch);
    store<f64>(valueAtRisk + (r << 3), load<f64>(scratch) + 0.0);
    store<f64>(expectedShortfall + (r << 3), load<f64>(scratch, 8) + 0.0);
    if (errors != 0) {
      tailErrors(pnl, t, alpha, work, scratch);
      store<f64>(errors + (r << 3), load<f64>(scratch));
      store<f64>(errors + ((<usize>rows + r) << 3), load<f64>(scratch, 8));
    }
    begin = end;
  }
}
