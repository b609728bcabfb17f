/**
 * A market in linear memory: one descriptor of pointers, so that offsets are known here only. The wrapper copies the
 * arrays once, has the descriptor filled, and passes its address from then on.
 *
 *   index          f64[assets]        numeraire per unit
 *   assetRow       u32[assets + 1]    asset a moves with factors assetFactor[assetRow[a] .. assetRow[a+1]]
 *   assetFactor    u32[entries]       and the coefficients beside them
 *   assetCoef      f64[entries]
 *   payoff         u32[instruments]   LINEAR, INVERSE, OTHER or OPTION (instruments/linear)
 *   quote, settle  u32[instruments]   assets
 *   multiplier     f64[instruments]
 *   mark           f64[instruments]   quote per unit of underlying
 *   markRow, markFactor, markCoef     as for assets: what the mark moves with
 *   slope          f64[instruments]   of an OPTION: change of its price per unit relative move of what the row moves with.
 *                                     Null pointer: no instrument is one
 */
const ASSETS: usize = 0;
const INSTRUMENTS: usize = 4;
const FACTORS: usize = 8;
const INDEX: usize = 12;
const ASSET_ROW: usize = 16;
const ASSET_FACTOR: usize = 20;
const ASSET_COEF: usize = 24;
const PAYOFF: usize = 28;
const QUOTE: usize = 32;
const SETTLE: usize = 36;
const MULTIPLIER: usize = 40;
const MARK: usize = 44;
const MARK_ROW: usize = 48;
const MARK_FACTOR: usize = 52;
const MARK_COEF: usize = 56;
const SLOPE: usize = 60;

/** Fill the descriptor at `at`; every pointer must outlive it. */
export function marketDescribe(
  at: usize,
  assets: usize,
  instruments: usize,
  factors: usize,
  index: usize,
  assetRow: usize,
  assetFactor: usize,
  assetCoef: usize,
  payoff: usize,
  quote: usize,
  settle: usize,
  multiplier: usize,
  mark: usize,
  markRow: usize,
  markFactor: usize,
  markCoef: usize,
  slope: usize,
): void {
  store<usize>(at, assets, ASSETS);
  store<usize>(at, instruments, INSTRUMENTS);
  store<usize>(at, factors, FACTORS);
  store<usize>(at, index, INDEX);
  store<usize>(at, assetRow, ASSET_ROW);
  store<usize>(at, assetFactor, ASSET_FACTOR);
  store<usize>(at, assetCoef, ASSET_COEF);
  store<usize>(at, payoff, PAYOFF);
  store<usize>(at, quote, QUOTE);
  store<usize>(at, settle, SETTLE);
  store<usize>(at, multiplier, MULTIPLIER);
  store<usize>(at, mark, MARK);
  store<usize>(at, markRow, MARK_ROW);
  store<usize>(at, markFactor, MARK_FACTOR);
  store<usize>(at, markCoef, MARK_COEF);
  store<usize>(at, slope, SLOPE);
}

export function assetCount(market: usize): usize {
  return load<usize>(market, ASSETS);
}
export function factorCount(market: usize): usize {
  return load<usize>(market, FACTORS);
}
export function indexPrice(market: usize, asset: u32): f64 {
  return load<f64>(load<usize>(market, INDEX) + ((<usize>asset) << 3));
}
export function payoffOf(market: usize, instrument: u32): u32 {
  return load<u32>(load<usize>(market, PAYOFF) + ((<usize>instrument) << 2));
}
export function quoteOf(market: usize, instrument: u32): u32 {
  return load<u32>(load<usize>(market, QUOTE) + ((<usize>instrument) << 2));
}
export function settleOf(market: usize, instrument: u32): u32 {
  return load<u32>(load<usize>(market, SETTLE) + ((<usize>instrument) << 2));
}
export function multiplierOf(market: usize, instrument: u32): f64 {
  return load<f64>(load<usize>(market, MULTIPLIER) + ((<usize>instrument) << 3));
}
export function markOf(market: usize, instrument: u32): f64 {
  return load<f64>(load<usize>(market, MARK) + ((<usize>instrument) << 3));
}
/** Of an instrument of payoff OPTION. */
export function slopeOf(market: usize, instrument: u32): f64 {
  return load<f64>(load<usize>(market, SLOPE) + ((<usize>instrument) << 3));
}
/** The tables themselves, for loops over many lines: f64 or u32 per asset or instrument. */
export function indexPrices(market: usize): usize {
  return load<usize>(market, INDEX);
}
export function payoffs(market: usize): usize {
  return load<usize>(market, PAYOFF);
}
export function settles(market: usize): usize {
  return load<usize>(market, SETTLE);
}
export function multipliers(market: usize): usize {
  return load<usize>(market, MULTIPLIER);
}
export function marks(market: usize): usize {
  return load<usize>(market, MARK);
}
/** The factor rows of assets: start, factor and coefficient tables. */
export function assetRows(market: usize): usize {
  return load<usize>(market, ASSET_ROW);
}
export function assetFactors(market: usize): usize {
  return load<usize>(market, ASSET_FACTOR);
}
export function assetCoefs(market: usize): usize {
  return load<usize>(market, ASSET_COEF);
}
/** The factor rows of marks. */
export function markRows(market: usize): usize {
  return load<usize>(market, MARK_ROW);
}
export function markFactors(market: usize): usize {
  return load<usize>(market, MARK_FACTOR);
}
export function markCoefs(market: usize): usize {
  return load<usize>(market, MARK_COEF);
}
