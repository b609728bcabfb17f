/**
 * A composed rule with one of its categories, applied to a market's prices: tables in linear memory behind a descriptor of
 * 192 bytes, descriptors back to back. Everything that market and time decide is folded in when the tables are made
 * (src/rules/tables.ts); what is left depends on the pool.
 *
 *   flat              f64[4 × assets][8]   row 4 × asset + class (book/book), for pools of holdings alone. IS_FLAT: per
 *                                          unit [equity, collateral, asset at I, at M, 0, debt, liability at I, at M].
 *                                          IS_ROUNDED: [equity, 0, price at I, at M, weight at I, at M, 0, 0], the price in
 *                                          units of the value's rounding, the weight in units of its own per one of those
 *   assetRows         f64[assets][16]      [index, cap, counts, exempt, then 6 at I and 6 at M:
 *                                          price as asset, as liability, weight, liability weight, borrow rate, 0]
 *                                          cap: money, +∞ none. counts: 1 where it can be collateral. exempt: of the floor
 *   assetCurves       u32[assets][8]       addresses of curves, 0: the number in the row. [weight I, M, liability I, M,
 *                                          borrow rate I, M, asset that the cap is in, kinds]. kinds: of the two weights
 *                                          in the low byte, of the liability weights in the next, then LENDS
 *   instrumentRows    f64[instruments][20] [8 at I, 8 at M: rate, plus, at least, gain weight, gain cap, weight of a long
 *                                          base, of a short one, overall; then costs, reward, 0, 0]
 *   instrumentCurves  u32[instruments][8]  [rate I, M, gain weight I, M, underlying, notional, how it counts, 0]
 *   lines             f64[instruments][16] what one pass over contract lines reads: notional of a contract (NaN where it is
 *                                          the entry that counts), costs, [rate I, M], [plus I, M], [at least I, M],
 *                                          multiplier, mark, reward, u32 payoff, u32 kind of rate, u32 how it counts, u32
 *                                          status, [share I, M of a rate that is rounded first, NaN: none], 0
 *   slotStatus        u8[4 × assets]       status that a holding of this asset and class gives its pool; above WHERE_HELD only
 *                                          where its quantity is not 0, else OK or, with WHERE_STALE, stale
 *   instrumentStatus  u8[instruments]      the same of a position or order
 *   programs          16 bytes a step      requirement at I and at M (rules/combine)
 *   ladder            16 bytes a step      f64 measure, u32 state
 */
const FLAT: usize = 0;
const ASSET_ROWS: usize = 4;
const ASSET_CURVES: usize = 8;
const INSTRUMENT_ROWS: usize = 12;
const INSTRUMENT_CURVES: usize = 16;
const SLOT_STATUS: usize = 20;
const INSTRUMENT_STATUS: usize = 24;
const FLAGS: usize = 28;
const REFUSED: usize = 32;
const ORDERS: usize = 36;
const PROGRAM: usize = 40;
const PROGRAM_STEPS: usize = 48;
const LADDER: usize = 56;
const LADDER_STEPS: usize = 60;
const DIRECTIONS: usize = 64;
const SCALES: usize = 88;
const EACH: usize = 128;
const NEAR_UNIT: usize = 136;
const NOT_PLAIN: usize = 144;
const LINES: usize = 148;
const NOT_SOLO: usize = 152;

export const VARIANT_BYTES: usize = 192;

export const INITIAL: usize = 0;
export const MAINTENANCE: usize = 1;

/** Flags of a variant, as in src/rules/tables.ts. */
export const HAS_INITIAL: u32 = 1;
/** excess 0 is a breach of a pool that owes anything */
export const AT_EQUALITY: u32 = 2;
/** `flat` holds the rule for a pool of holdings */
export const IS_FLAT: u32 = 4;
/** as IS_FLAT, but that values, weighted values or the average weight are rounded */
export const IS_ROUNDED: u32 = 8;
/** some price is stale, which `flat` does not know */
export const HAS_STALE: u32 = 16;
export const JOINS_POSITION: u32 = 32;
export const JOINS_BALANCE: u32 = 64;
/** losses reduce assets instead of being weighted liabilities */
export const LOSSES_OFF_ASSETS: u32 = 128;
/** orders count at maintenance too */
export const ORDERS_AT_BOTH: u32 = 256;
/** the ladder is of eligible ÷ requirement, not of health */
export const LADDER_OF_COVERAGE: u32 = 512;
/** a pool without a requirement at maintenance is never breached */
export const BREACH_NEEDS_REQUIREMENT: u32 = 1024;
/** some price that the rule reads is not quoted and it takes no other: what is not finite lacks data */
export const HAS_MISSING: u32 = 2048;
/** what of a balance and its P&L cancels counts on both sides, at the asset's liability weight or at its asset weight */
export const OVERLAP_LIABILITY: u32 = 4096;
export const OVERLAP_ASSET: u32 = 8192;
/** every weight is one number, nothing that holdings come to is rounded, and the combiners read neither collateral nor debt */
export const PLAIN_HOLDINGS: u32 = 16384;
/** the requirement is positions + borrowing + orders at both levels */
export const PLAIN_SUM: u32 = 32768;

/** Bits of a slot's status: it is only of a holding that is not 0, since that reads a price; the asset's price is stale. */
export const WHERE_HELD: u32 = 16;
export const WHERE_STALE: u32 = 32;

/** How orders count: contracts in the low byte, spot in the next. */
export const ORDERS_REFUSED: u32 = 0;
export const ORDERS_IGNORED: u32 = 1;
export const WORST_SIDE: u32 = 2;
export const SETTLE: u32 = 3;
export const FILL: u32 = 2;
export const RESERVED: u32 = 3;

/** What a notional is taken at. */
export const AT_MARK: u32 = 0;
export const AT_INDEX: u32 = 1;
export const AT_ENTRY: u32 = 2;

/** Rounding steps: which pair of scale and direction. */
export const VALUE: usize = 0;
export const WEIGHTED: usize = 2;
export const REQUIREMENT: usize = 4;
/** Sides within a step. */
export const ASSETS: usize = 0;
export const LIABILITIES: usize = 1;

/** Bytes of a descriptor. */
export function variantBytes(): usize {
  return VARIANT_BYTES;
}

/** Fill the tables of the descriptor at `at`; every pointer must outlive it. */
export function variantTables(
  at: usize,
  flat: usize,
  assetRows: usize,
  assetCurves: usize,
  instrumentRows: usize,
  instrumentCurves: usize,
  slotStatus: usize,
  instrumentStatus: usize,
  lines: usize,
): void {
  store<usize>(at, lines, LINES);
  store<usize>(at, flat, FLAT);
  store<usize>(at, assetRows, ASSET_ROWS);
  store<usize>(at, assetCurves, ASSET_CURVES);
  store<usize>(at, instrumentRows, INSTRUMENT_ROWS);
  store<usize>(at, instrumentCurves, INSTRUMENT_CURVES);
  store<usize>(at, slotStatus, SLOT_STATUS);
  store<usize>(at, instrumentStatus, INSTRUMENT_STATUS);
}

/**
 * Fill what the descriptor at `at` says of pools: flags, refused feature bits, bits of a shape (rules/extras) that the flat
 * table does not do and that one pass does not, orders, money per order, noise unit.
 */
export function variantSwitches(
  at: usize,
  flags: u32,
  refused: u32,
  notPlain: u32,
  notSolo: u32,
  orders: u32,
  each: f64,
  nearUnit: f64,
): void {
  store<u32>(at, notPlain, NOT_PLAIN);
  store<u32>(at, notSolo, NOT_SOLO);
  store<u32>(at, flags, FLAGS);
  store<u32>(at, refused, REFUSED);
  store<u32>(at, orders, ORDERS);
  store<f64>(at, each, EACH);
  store<f64>(at, nearUnit, NEAR_UNIT);
}

/** Fill the combiners of the descriptor at `at` and its ladder. */
export function variantPrograms(
  at: usize,
  initial: usize,
  initialSteps: u32,
  maintenance: usize,
  maintenanceSteps: u32,
  ladder: usize,
  ladderSteps: u32,
): void {
  store<usize>(at, initial, PROGRAM);
  store<usize>(at, maintenance, PROGRAM + 4);
  store<u32>(at, initialSteps, PROGRAM_STEPS);
  store<u32>(at, maintenanceSteps, PROGRAM_STEPS + 4);
  store<usize>(at, ladder, LADDER);
  store<u32>(at, ladderSteps, LADDER_STEPS);
}

/**
 * Fill the rounding of the descriptor at `at`: step 0 value, 1 weighted value, 2 requirement; `scale` 0 rounds nothing.
 * The two directions are those of assets and liabilities.
 */
export function variantRounding(at: usize, step: usize, scale: f64, assets: u32, liabilities: u32): void {
  store<f64>(at + (step << 3), scale, SCALES);
  store<u32>(at + (step << 3), assets, DIRECTIONS);
  store<u32>(at + (step << 3), liabilities, DIRECTIONS + 4);
}

/** Fill the scales that average weights are rounded down to, 0: not taken. */
export function variantAverages(at: usize, initial: f64, maintenance: f64): void {
  store<f64>(at, initial, SCALES + 24);
  store<f64>(at, maintenance, SCALES + 32);
}

export function flatTable(variant: usize): usize {
  return load<usize>(variant, FLAT);
}
export function lineRow(variant: usize, instrument: usize): usize {
  return load<usize>(variant, LINES) + (instrument << 7);
}
export function assetRow(variant: usize, asset: usize): usize {
  return load<usize>(variant, ASSET_ROWS) + (asset << 7);
}
export function assetCurve(variant: usize, asset: usize): usize {
  return load<usize>(variant, ASSET_CURVES) + (asset << 5);
}
export function instrumentRow(variant: usize, instrument: usize): usize {
  return load<usize>(variant, INSTRUMENT_ROWS) + 160 * instrument;
}
export function instrumentCurve(variant: usize, instrument: usize): usize {
  return load<usize>(variant, INSTRUMENT_CURVES) + (instrument << 5);
}
export function slotStatus(variant: usize, slot: usize): u32 {
  return <u32>load<u8>(load<usize>(variant, SLOT_STATUS) + slot);
}
export function instrumentStatus(variant: usize, instrument: usize): u32 {
  return <u32>load<u8>(load<usize>(variant, INSTRUMENT_STATUS) + instrument);
}
export function flagsOf(variant: usize): u32 {
  return load<u32>(variant, FLAGS);
}
/** Bits of a shape that a pool of which the flat table does all must not have. */
export function notPlain(variant: usize): u32 {
  return load<u32>(variant, NOT_PLAIN);
}
/** Bits of a shape that a pool which stands in one pass must not have; all where the variant has none such. */
export function notSolo(variant: usize): u32 {
  return load<u32>(variant, NOT_SOLO);
}
export function refusedFeatures(variant: usize): u32 {
  return load<u32>(variant, REFUSED);
}
export function contractOrders(variant: usize): u32 {
  return load<u32>(variant, ORDERS) & 255;
}
export function spotOrders(variant: usize): u32 {
  return load<u32>(variant, ORDERS) >> 8;
}
export function moneyPerOrder(variant: usize): f64 {
  return load<f64>(variant, EACH);
}
export function nearUnit(variant: usize): f64 {
  return load<f64>(variant, NEAR_UNIT);
}
export function programOf(variant: usize, level: usize): usize {
  return load<usize>(variant + (level << 2), PROGRAM);
}
export function programSteps(variant: usize, level: usize): u32 {
  return load<u32>(variant + (level << 2), PROGRAM_STEPS);
}
export function ladderOf(variant: usize): usize {
  return load<usize>(variant, LADDER);
}
export function ladderSteps(variant: usize): u32 {
  return load<u32>(variant, LADDER_STEPS);
}
/** `step` is VALUE, WEIGHTED or REQUIREMENT. */
export function scaleOf(variant: usize, step: usize): f64 {
  return load<f64>(variant + (step << 2), SCALES);
}
export function directionOf(variant: usize, step: usize, side: usize): u32 {
  return load<u32>(variant + ((step + side) << 2), DIRECTIONS);
}
export function averageScale(variant: usize, level: usize): f64 {
  return load<f64>(variant + (level << 3), SCALES + 24);
}

/** Lanes of an asset's row; those of a level are at `levelLane`. */
export const INDEX: usize = 0;
export const CAP: usize = 8;
export const COUNTS: usize = 16;
export const EXEMPT: usize = 24;
const ASSET_LEVELS: usize = 32;
const ASSET_LEVEL: usize = 48;
export const PRICE: usize = 0;
export const WEIGHT: usize = 16;
export const LIABILITY_WEIGHT: usize = 24;
export const BORROW_RATE: usize = 32;

/** Lane `lane` of an asset's row at a level; PRICE + 8 × side is the price of a side. */
export function assetLane(row: usize, level: usize, lane: usize): f64 {
  return load<f64>(row + ASSET_LEVELS + level * ASSET_LEVEL + lane);
}

/** A lane at both levels. */
export function assetPair(row: usize, lane: usize): v128 {
  const at = row + ASSET_LEVELS + lane;
  return v128.load64_lane(at + ASSET_LEVEL, v128.load64_zero(at), 1);
}

/** Curves of an asset: pairs of addresses, one per level. */
export const WEIGHT_CURVE: usize = 0;
export const LIABILITY_CURVE: usize = 8;
export const BORROW_CURVE: usize = 16;
export const CAP_ASSET: usize = 24;
export const KINDS: usize = 28;
/** among the kinds: a requirement on what is owed */
export const LENDS: u32 = 65536;

/** Lanes of an instrument's row at a level. */
export const RATE: usize = 0;
export const PLUS: usize = 8;
export const AT_LEAST: usize = 16;
export const GAIN_WEIGHT: usize = 24;
export const GAIN_CAP: usize = 32;
export const BASE_LONG: usize = 40;
export const BASE_SHORT: usize = 48;
export const OVERALL: usize = 56;
/** and those of none. */
export const COSTS: usize = 128;
export const REWARD: usize = 136;

export function instrumentLane(row: usize, level: usize, lane: usize): f64 {
  return load<f64>(row + (level << 6) + lane);
}

export function instrumentPair(row: usize, lane: usize): v128 {
  return v128.load64_lane(row + lane + 64, v128.load64_zero(row + lane), 1);
}

/** Lanes of a row of `lines`, and bytes of one as a shift. */
export const LINE_COSTS: usize = 8;
export const LINE_RATE: usize = 16;
export const LINE_PLUS: usize = 32;
export const LINE_LEAST: usize = 48;
export const LINE_MULTIPLIER: usize = 64;
export const LINE_MARK: usize = 72;
export const LINE_REWARD: usize = 80;
export const LINE_PAYOFF: usize = 88;
export const LINE_KIND: usize = 92;
export const LINE_COUNTS: usize = 96;
export const LINE_STATUS: usize = 100;
export const LINE_SHARE: usize = 104;
/** Kinds at the two levels: numbers; that of curves that both have, rounded alike, or SHARE where one has it; any others. */
export const NUMBERS: u32 = 0;
export const MIXED: u32 = 255;

/** What an instrument's curves hold: two pairs of addresses, then numbers. */
export const RATE_CURVE: usize = 0;
export const GAIN_CURVE: usize = 8;
export const UNDERLYING: usize = 16;
export const NOTIONAL_AT: usize = 20;
export const COUNTS_AS: usize = 24;
/** COUNTS_AS: has a requirement, counts as weighted base and quote. */
export const REQUIRES: u32 = 1;
export const WEIGHTS_BASE: u32 = 2;
