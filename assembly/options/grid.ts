import { logarithm, logarithm1p } from "../simd/logarithm";
import { logarithmPair } from "../simd/logarithm-pair";
import { amountsValid, discounted, optionGiven } from "./price";

/**
 * Rows of three coefficients, highest power first: numerator and denominator of g(y) = Φ(−y) e^(y²/2) as a quotient of degrees 7
 * and 8, and the polynomial of (e^r − 1 − r)/r². Each is one power ahead of the one before: what stands before the rows is above.
 * The quotient's error is below 2e-17 once times e^(−y²/2), for every y, all coefficients positive (interpolation of 60-digit
 * values in the Chebyshev points of (y − 1.5)/(y + 1.5) on [0, 7]); the polynomial's is 2e-17 of e^r on |r| ≤ ln(2)/2.
 */
const TOP = memory.data<f64>([
  1.6352717922972338e-5, 4.099022624531356e-5, 0.0009612723692614337, 2.510038549551032e-8, 2.7620088445409746e-7,
]);
const ROWS = memory.data<f64>([
  0.0003834931604708206, 0.010563309281895911, 2.7557268459997064e-6, 0.0041977704086607745, 0.07031054323479768,
  2.4801521295954376e-5, 0.027666859330374806, 0.3077744008065887, 0.00019841269863053618, 0.11861249081194306,
  0.9022405169337008, 0.0013888888917213717, 0.33310983978987285, 1.7222192195264414, 0.008333333333330062,
  0.5761358301343683, 1.950156221071602, 0.04166666666662413, 0.5, 1, 0.16666666666666669,
]);
const END: usize = 168;
/** ½, log2(e), ln 2 in two parts, 1.5 · 2^52 + 1023, the least deviation, the farthest distance, the lowest exponent. */
const NUMBERS = memory.data<f64>([
  0.5, 1.4426950408889634, 6.9314718036912381649e-1, 1.90821492927058770002e-10, 6755399441056767, 1e-300, 40, -708,
]);

function pmin(a: f64, b: f64): f64 {
  return b < a ? b : a;
}

function pmax(a: f64, b: f64): f64 {
  return a < b ? b : a;
}

/** One price of `gridRow`, with the operations of one of its lanes. */
function gridOne(
  forward: f64,
  strike: f64,
  distance: f64,
  root: f64,
  volatility: f64,
  sign: f64,
  move: f64,
  logMove: f64,
  scale: f64,
  shift: f64,
): f64 {
  const f = forward * move;
  const s = pmax((volatility * scale + shift) * root, 1e-300);
  const h = (distance + logMove) / s;
  const t = 0.5 * s;
  const d1 = h + t;
  const d2 = h - t;
  const y1 = pmin(abs(d1), 40);
  const y2 = pmin(abs(d2), 40);
  const x = pmax(-0.5 * d1 * d1, -708);
  const k = x * 1.4426950408889634 + 6755399441056767;
  const whole = k - 6755399441056767;
  const r = x - whole * 6.9314718036912381649e-1 - whole * 1.90821492927058770002e-10;
  let p1 = load<f64>(TOP);
  let p2 = p1;
  let q1 = load<f64>(TOP, 8) * y1 + load<f64>(TOP, 16);
  let q2 = load<f64>(TOP, 8) * y2 + load<f64>(TOP, 16);
  let e = load<f64>(TOP, 24) * r + load<f64>(TOP, 32);
  for (let at: usize = 0; at < END; at += 24) {
    const p = load<f64>(ROWS + at);
    const q = load<f64>(ROWS + at, 8);
    p1 = p1 * y1 + p;
    p2 = p2 * y2 + p;
    q1 = q1 * y1 + q;
    q2 = q2 * y2 + q;
    e = e * r + load<f64>(ROWS + at, 16);
  }
  e = e * r + 0.5;
  e = 1 + (r + r * r * e);
  e = e * reinterpret<f64>(reinterpret<u64>(k) << 52) * f;
  const share = e / (q1 * q2);
  const tail1 = p1 * q2 * share;
  const tail2 = p2 * q1 * share;
  const got = sign * d1 > 0 ? f - tail1 : tail1;
  const paid = sign * d2 > 0 ? strike - tail2 : tail2;
  return pmax(0, sign * (got - paid));
}

/**
 * Undiscounted prices by Black (1976) of one option in n scenarios of price and volatility.
 *
 * @param distance   log(forward/strike)
 * @param root       √T
 * @param sign       1 for a call, −1 for a put
 * @param scenarios  f64[4][n]: what the forward is multiplied by, the logarithm of that, what the volatility is multiplied by, and what
 *                   is then added to it; a volatility below 0 is 0
 * @param out        f64[n]
 * One exponential a price, since F φ(d1) = K φ(d2), and one division for both tails. Absolute error ≤ 1e-15 of the larger of forward
 * and strike. Cost: some 9 ns a scenario.
 */
export function gridRow(
  n: i32,
  forward: f64,
  strike: f64,
  distance: f64,
  root: f64,
  volatility: f64,
  sign: f64,
  scenarios: usize,
  out: usize,
): void {
  const stride = (<usize>n) << 3;
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    const w = f64x2.splat(sign);
    const spot = f64x2.splat(forward);
    const x0 = f64x2.splat(distance);
    const k = f64x2.splat(strike);
    const vol = f64x2.splat(volatility);
    const rootT = f64x2.splat(root);
    for (; i + 4 <= n; i += 4) {
      const at = scenarios + ((<usize>i) << 3);
      const fa = f64x2.mul(spot, v128.load(at));
      const fb = f64x2.mul(spot, v128.load(at, 16));
      const scales = at + 2 * stride;
      const shifts = at + 3 * stride;
      const least = v128.load64_splat(NUMBERS, 40);
      const va = f64x2.add(f64x2.mul(vol, v128.load(scales)), v128.load(shifts));
      const vb = f64x2.add(f64x2.mul(vol, v128.load(scales, 16)), v128.load(shifts, 16));
      const sa = f64x2.pmax(f64x2.mul(va, rootT), least);
      const sb = f64x2.pmax(f64x2.mul(vb, rootT), least);
      const ha = f64x2.div(f64x2.add(x0, v128.load(at + stride)), sa);
      const hb = f64x2.div(f64x2.add(x0, v128.load(at + stride, 16)), sb);
      const half = v128.load64_splat(NUMBERS);
      const ta = f64x2.mul(half, sa);
      const tb = f64x2.mul(half, sb);
      const d1a = f64x2.add(ha, ta);
      const d1b = f64x2.add(hb, tb);
      const d2a = f64x2.sub(ha, ta);
      const d2b = f64x2.sub(hb, tb);
      const far = v128.load64_splat(NUMBERS, 48);
      const y1a = f64x2.pmin(f64x2.abs(d1a), far);
      const y1b = f64x2.pmin(f64x2.abs(d1b), far);
      const y2a = f64x2.pmin(f64x2.abs(d2a), far);
      const y2b = f64x2.pmin(f64x2.abs(d2b), far);
      const lowest = v128.load64_splat(NUMBERS, 56);
      const minus = f64x2.neg(half);
      const xa = f64x2.pmax(f64x2.mul(f64x2.mul(minus, d1a), d1a), lowest);
      const xb = f64x2.pmax(f64x2.mul(f64x2.mul(minus, d1b), d1b), lowest);
      const log2e = v128.load64_splat(NUMBERS, 8);
      const magic = v128.load64_splat(NUMBERS, 32);
      const ka = f64x2.add(f64x2.mul(xa, log2e), magic);
      const kb = f64x2.add(f64x2.mul(xb, log2e), magic);
      const na = f64x2.sub(ka, magic);
      const nb = f64x2.sub(kb, magic);
      const high = v128.load64_splat(NUMBERS, 16);
      const low = v128.load64_splat(NUMBERS, 24);
      const ra = f64x2.sub(f64x2.sub(xa, f64x2.mul(na, high)), f64x2.mul(na, low));
      const rb = f64x2.sub(f64x2.sub(xb, f64x2.mul(nb, high)), f64x2.mul(nb, low));
      let p1a = v128.load64_splat(TOP);
      let p1b = p1a;
      let p2a = p1a;
      let p2b = p1a;
      const q8 = v128.load64_splat(TOP, 8);
      const q7 = v128.load64_splat(TOP, 16);
      let q1a = f64x2.add(f64x2.mul(q8, y1a), q7);
      let q1b = f64x2.add(f64x2.mul(q8, y1b), q7);
      let q2a = f64x2.add(f64x2.mul(q8, y2a), q7);
      let q2b = f64x2.add(f64x2.mul(q8, y2b), q7);
      const e9 = v128.load64_splat(TOP, 24);
      const e8 = v128.load64_splat(TOP, 32);
      let ea = f64x2.add(f64x2.mul(e9, ra), e8);
      let eb = f64x2.add(f64x2.mul(e9, rb), e8);
      // Numerators with the exponential's polynomial, then denominators: all at once are more than there are registers.
      for (let row: usize = 0; row < END; row += 24) {
        const p = v128.load64_splat(ROWS + row);
        p1a = f64x2.add(f64x2.mul(p1a, y1a), p);
        p1b = f64x2.add(f64x2.mul(p1b, y1b), p);
        p2a = f64x2.add(f64x2.mul(p2a, y2a), p);
        p2b = f64x2.add(f64x2.mul(p2b, y2b), p);
        const e = v128.load64_splat(ROWS + row, 16);
        ea = f64x2.add(f64x2.mul(ea, ra), e);
        eb = f64x2.add(f64x2.mul(eb, rb), e);
      }
      for (let row: usize = 0; row < END; row += 24) {
        const q = v128.load64_splat(ROWS + row, 8);
        q1a = f64x2.add(f64x2.mul(q1a, y1a), q);
        q1b = f64x2.add(f64x2.mul(q1b, y1b), q);
        q2a = f64x2.add(f64x2.mul(q2a, y2a), q);
        q2b = f64x2.add(f64x2.mul(q2b, y2b), q);
      }
      ea = f64x2.add(f64x2.mul(ea, ra), half);
      eb = f64x2.add(f64x2.mul(eb, rb), half);
      const one = f64x2.splat(1);
      ea = f64x2.add(one, f64x2.add(ra, f64x2.mul(f64x2.mul(ra, ra), ea)));
      eb = f64x2.add(one, f64x2.add(rb, f64x2.mul(f64x2.mul(rb, rb), eb)));
      ea = f64x2.mul(f64x2.mul(ea, i64x2.shl(ka, 52)), fa);
      eb = f64x2.mul(f64x2.mul(eb, i64x2.shl(kb, 52)), fb);
      const sha = f64x2.div(ea, f64x2.mul(q1a, q2a));
      const shb = f64x2.div(eb, f64x2.mul(q1b, q2b));
      const t1a = f64x2.mul(f64x2.mul(p1a, q2a), sha);
      const t1b = f64x2.mul(f64x2.mul(p1b, q2b), shb);
      const t2a = f64x2.mul(f64x2.mul(p2a, q1a), sha);
      const t2b = f64x2.mul(f64x2.mul(p2b, q1b), shb);
      const zero = f64x2.splat(0);
      const gota = v128.bitselect(f64x2.sub(fa, t1a), t1a, f64x2.gt(f64x2.mul(w, d1a), zero));
      const gotb = v128.bitselect(f64x2.sub(fb, t1b), t1b, f64x2.gt(f64x2.mul(w, d1b), zero));
      const paida = v128.bitselect(f64x2.sub(k, t2a), t2a, f64x2.gt(f64x2.mul(w, d2a), zero));
      const paidb = v128.bitselect(f64x2.sub(k, t2b), t2b, f64x2.gt(f64x2.mul(w, d2b), zero));
      const to = out + ((<usize>i) << 3);
      v128.store(to, f64x2.pmax(zero, f64x2.mul(w, f64x2.sub(gota, paida))));
      v128.store(to, f64x2.pmax(zero, f64x2.mul(w, f64x2.sub(gotb, paidb))), 16);
    }
  }
  for (; i < n; i++) {
    const at = scenarios + ((<usize>i) << 3);
    const logMove = load<f64>(at + stride);
    const scale = load<f64>(at + 2 * stride);
    const shift = load<f64>(at + 3 * stride);
    const price = gridOne(forward, strike, distance, root, volatility, sign, load<f64>(at), logMove, scale, shift);
    store<f64>(out + ((<usize>i) << 3), price);
  }
}

/**
 * Scenarios made ready in place.
 *
 * @param table  f64[4][n]: relative moves of the price in, 1 + move out; anything in, log(1 + move) out; what the volatility is
 *               multiplied by, and what is added to it then
 * Returns 0, or 1 + the first number of the table that is not what it must be: a move above −1, a factor ≥ 0, all finite.
 */
export function gridScenarios(n: i32, table: usize): i32 {
  const stride = (<usize>n) << 3;
  for (let i = 0; i < n; i++) {
    const at = table + ((<usize>i) << 3);
    const move = load<f64>(at);
    if (!(move > -1 && move < Infinity)) return i + 1;
    const scale = load<f64>(at + 2 * stride);
    if (!(scale >= 0 && scale < Infinity)) return 2 * n + i + 1;
    if (!(abs(load<f64>(at + 3 * stride)) < Infinity)) return 3 * n + i + 1;
    store<f64>(at, 1 + move);
    store<f64>(at + stride, logarithm1p(move));
  }
  return 0;
}

/**
 * Prices of n options in each of m scenarios (`gridRow`). Kernel: `grid`.
 *
 * @param columns    f64[6][n]: spot, strike, years, volatility, rate, yield
 * @param calls      u8[n], 1 for a call
 * @param scenarios  f64[4][m] of `gridScenarios`
 * @param out        f64[n][m]
 * Returns 0, or 1 + the first row that is no option (`optionValid`). A scenario multiplies the spot, and so every forward of it.
 */
export function gridPrices(n: i32, columns: usize, calls: usize, m: i32, scenarios: usize, out: usize): i32 {
  if (m == 0) return 0;
  const width = (<usize>m) << 3;
  // Each row's distance stands where its first price will.
  gridDistances(n, columns, out, width);
  for (let i = 0; i < n; i++) {
    const row = out + <usize>i * width;
    if (!gridOption(n, i, columns, calls, load<f64>(row), m, scenarios, row)) return i + 1;
  }
  return 0;
}

/**
 * log(forward/strike) of n options, to `step` bytes apart; of what is no option, any number. The rounding of the quotient is within
 * what the grid may be off.
 */
function gridDistances(n: i32, columns: usize, out: usize, step: usize): void {
  const stride = (<usize>n) << 3;
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    for (; i + 2 <= n; i += 2) {
      const at = columns + ((<usize>i) << 3);
      const years = v128.load(at + 2 * stride);
      const carry = f64x2.mul(f64x2.sub(v128.load(at + 4 * stride), v128.load(at + 5 * stride)), years);
      const log = logarithmPair(f64x2.div(v128.load(at), v128.load(at + stride)));
      const distance = f64x2.add(log, carry);
      const to = out + <usize>i * step;
      v128.store64_lane(to, distance, 0);
      v128.store64_lane(to + step, distance, 1);
    }
  }
  for (; i < n; i++) {
    const at = columns + ((<usize>i) << 3);
    const carry = (load<f64>(at + 4 * stride) - load<f64>(at + 5 * stride)) * load<f64>(at + 2 * stride);
    store<f64>(out + <usize>i * step, logarithm(load<f64>(at) / load<f64>(at + stride)) + carry);
  }
}

/** One row of `gridPrices`, given its distance. False where it is no option. */
function gridOption(
  n: i32,
  i: i32,
  columns: usize,
  calls: usize,
  distance: f64,
  m: i32,
  scenarios: usize,
  out: usize,
): bool {
  const stride = (<usize>n) << 3;
  const at = columns + ((<usize>i) << 3);
  const spot = load<f64>(at);
  const strike = load<f64>(at + stride);
  const years = load<f64>(at + 2 * stride);
  const volatility = load<f64>(at + 3 * stride);
  const rate = load<f64>(at + 4 * stride);
  const yields = load<f64>(at + 5 * stride);
  if (!optionGiven(spot, strike, years, volatility, rate, yields)) return false;
  const underlying = discounted(spot, yields, years);
  const paid = discounted(strike, rate, years);
  if (!amountsValid(underlying, paid)) return false;
  const sign: f64 = load<u8>(calls + <usize>i) != 0 ? 1 : -1;
  gridRow(m, underlying, paid, distance, sqrt(years), volatility, sign, scenarios, out);
  return true;
}

/** Bytes of scratch that `gridPnl` needs for n options and m scenarios. */
export function gridPnlScratch(n: i32, m: i32): usize {
  return (<usize>n + <usize>m + 5) << 3;
}

/**
 * Profit and loss of positions in n options in each of m scenarios: Σ weight × (price in the scenario − price now), both by `gridRow`,
 * so that a scenario in which nothing moves is exactly 0. Kernel: `grid`.
 *
 * @param columns    f64[6][n], `calls` u8[n], `scenarios` f64[4][m]: as of `gridPrices`
 * @param weights    f64[n]: position × multiplier
 * @param coin       1: each price in the coin that it is of, price/spot, spots being the scenario's and today's
 * @param scratch    `gridPnlScratch(n, m)` bytes
 * @param out        f64[m], added to
 * Returns 0, or 1 + the first row that is no option, of which and behind which nothing is added.
 */
export function gridPnl(
  n: i32,
  columns: usize,
  calls: usize,
  weights: usize,
  m: i32,
  scenarios: usize,
  coin: i32,
  scratch: usize,
  out: usize,
): i32 {
  const row = scratch + ((<usize>n) << 3);
  gridDistances(n, columns, scratch, 8);
  // The scenario of today: nothing moves.
  const now = row + ((<usize>m) << 3);
  store<f64>(now, 1);
  store<f64>(now, 0, 8);
  store<f64>(now, 1, 16);
  store<f64>(now, 0, 24);
  for (let i = 0; i < n; i++) {
    const distance = load<f64>(scratch + ((<usize>i) << 3));
    if (!gridOption(n, i, columns, calls, distance, m, scenarios, row)) return i + 1;
    gridOption(n, i, columns, calls, distance, 1, now, now + 32);
    const spot = coin != 0 ? load<f64>(columns + ((<usize>i) << 3)) : 1;
    const weight = load<f64>(weights + ((<usize>i) << 3));
    const base = load<f64>(now, 32) / spot;
    for (let j = 0; j < m; j++) {
      const at = (<usize>j) << 3;
      const then = coin != 0 ? spot * load<f64>(scenarios + at) : 1;
      store<f64>(out + at, load<f64>(out + at) + weight * (load<f64>(row + at) / then - base));
    }
  }
  return 0;
}
