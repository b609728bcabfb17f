/** Slot of a factor that the estimate or the history does not have. */
const ABSENT: u32 = 0xffffffff;
/** Positions in STATUSES, src/models/model.ts. */
const OK: u8 = 0;
const STALE_PRICE: u8 = 1;
const INSUFFICIENT_DATA: u8 = 3;
const STATUS_COUNT: usize = 4;

/**
 * Rewrite sparse exposures from market factors to slots of an estimate, in place: zero exposures go, and so do exposures
 * to factors without a slot, which are marked in `missing`. Unless they are to be dropped, a row that had one gets the
 * status `insufficientData`; so does a row whose equity is no number, because a price is missing. Within a row the order
 * stays.
 *
 * @param rows     number of rows
 * @param start    u32[rows + 1], rewritten; start[0] = 0
 * @param factor   u32[start[rows]]: market factor in, slot out
 * @param value    f64[start[rows]]: numeraire per unit relative move
 * @param equity   f64[rows]
 * @param slots    u32[market factors]: slot of each factor, 0xffffffff where it has none
 * @param drop     1: rows with an exposure to a factor without a slot keep their status
 * @param status   u8[rows]: index into STATUSES; rows that are not ok stay as they are and lose their exposures
 * @param missing  u8[market factors], cleared by the caller; set to 1 for each factor left out
 *
 * Cost O(entries).
 */
export function mapExposures(
  rows: i32,
  start: usize,
  factor: usize,
  value: usize,
  equity: usize,
  slots: usize,
  drop: i32,
  status: usize,
  missing: usize,
): void {
  let out: usize = 0;
  let begin: usize = 0;
  for (let r: usize = 0; r < <usize>rows; r++) {
    const end = <usize>load<u32>(start + ((r + 1) << 2));
    const first = out;
    const worth = load<f64>(equity + (r << 3));
    if (load<u8>(status + r) == OK && worth - worth != 0) store<u8>(status + r, INSUFFICIENT_DATA);
    const refused = load<u8>(status + r) > STALE_PRICE;
    for (let i = begin; i < end && !refused; i++) {
      const exposure = load<f64>(value + (i << 3));
      if (exposure == 0) continue;
      const market = <usize>load<u32>(factor + (i << 2));
      const slot = load<u32>(slots + (market << 2));
      if (slot == ABSENT) {
        store<u8>(missing + market, 1);
        if (drop == 0) store<u8>(status + r, INSUFFICIENT_DATA);
        continue;
      }
      store<u32>(factor + (out << 2), slot);
      store<f64>(value + (out << 3), exposure);
      out++;
    }
    if (load<u8>(status + r) > STALE_PRICE) out = first;
    begin = end;
    store<u32>(start + ((r + 1) << 2), <u32>out);
  }
}

/** Bytes of the columns of a risk result for this many rows: see `riskColumns`. */
export function riskColumnBytes(rows: i32): usize {
  return <usize>rows * 81 + 4 * STATUS_COUNT;
}

/** Address of column `index` of a risk result at `columns`. */
function columnAt(columns: usize, rows: i32, index: usize): usize {
  return columns + ((<usize>rows * index) << 3);
}

/**
 * The columns that every risk measure has in common, from the measure itself: equity backs the requirement at both levels,
 *
 *   requirement = max(0, measure × factor),  excess = equity − requirement,
 *   health factor = assets ÷ (liabilities + requirement at maintenance), +∞ where the denominator is 0.
 *
 * A row that could not be computed refuses the pool: risk and requirement +∞, eligible 0, excess −∞, health factor 0; its
 * equity is 0 where it is no number.
 *
 * @param rows         number of pools
 * @param columns      riskColumnBytes(rows) bytes: f64[10][rows]: equity, eligible, requirement initial and maintenance,
 *                     excess initial and maintenance, health factor, VaR, ES, deviation; u32[4]: rows by status;
 *                     u8[rows]: status. The caller fills VaR, ES, deviation and status; the others are written.
 * @param tailMean     1: the measure is ES; 0: VaR
 * @param assets       f64[rows]: gross assets, numeraire
 * @param liabilities  f64[rows]: gross liabilities, numeraire, ≥ 0
 * @param equity       f64[rows]: numeraire
 * @param initial      factor of the initial level
 * @param maintenance  factor of the maintenance level
 */
export function riskColumns(
  rows: i32,
  columns: usize,
  tailMean: i32,
  assets: usize,
  liabilities: usize,
  equity: usize,
  initial: f64,
  maintenance: f64,
): void {
  const step = (<usize>rows) << 3;
  const counts = columnAt(columns, rows, 10);
  const status = counts + 4 * STATUS_COUNT;
  const measure = columnAt(columns, rows, 7) + (tailMean != 0 ? step : 0);
  memory.fill(counts, 0, 4 * STATUS_COUNT);
  for (let r: usize = 0; r < <usize>rows; r++) {
    const i = r << 3;
    const state = <usize>load<u8>(status + r);
    store<u32>(counts + (state << 2), load<u32>(counts + (state << 2)) + 1);
    const refused = state > <usize>STALE_PRICE;
    const backing = load<f64>(equity + i);
    const risk = load<f64>(measure + i);
    const initially = refused ? Infinity : max<f64>(0, risk * initial);
    const required = refused ? Infinity : max<f64>(0, risk * maintenance);
    const owed = load<f64>(liabilities + i) + required;
    const health = owed > 0 ? load<f64>(assets + i) / owed : Infinity;
    const at = columns + i;
    store<f64>(at, refused && backing - backing != 0 ? 0 : backing);
    store<f64>(at + step, refused ? 0 : backing);
    store<f64>(at + 2 * step, initially);
    store<f64>(at + 3 * step, required);
    store<f64>(at + 4 * step, refused ? -Infinity : backing - initially);
    store<f64>(at + 5 * step, refused ? -Infinity : backing - required);
    store<f64>(at + 6 * step, refused ? 0 : health);
    if (!refused) continue;
    store<f64>(at + 7 * step, Infinity);
    store<f64>(at + 8 * step, Infinity);
    store<f64>(at + 9 * step, Infinity);
  }
}
