import { normalPdf, normalQuantile, normalTailRatio } from "./normal";
import { normalPdfPair, normalTailRatioPair } from "./normal-pair";
import { snapped } from "./tail";

/** Newton steps or halvings: a bracket of any width is halved to its last bit in some 2,100. */
const MOST: i32 = 2400;
const ROUNDING: f64 = 1.4210854715202004e-14; // 2^−46

/**
 * Lower tail of a sample smoothed by a normal kernel of deviation h > 0, as losses: with u_i = (q − x_i)/h,
 *
 *   Σ Φ(u_i) = nα,   quantile's loss −q,   tail's mean loss −q + h/(nα) Σ [u_i Φ(u_i) + φ(u_i)]
 *
 * The second is Rockafellar and Uryasev's form of −(1/(nα)) Σ [x_i Φ(u_i) − h φ(u_i)], of positive terms, and never below the
 * first. The equation is solved as Σ_{x_i > x_k} Φ(u_i) − Σ_{x_i ≤ x_k} Φ(−u_i) + #{x_i ≤ x_k} − nα = 0, k = ⌈nα⌉, from which
 * nothing cancels: where nα is whole and h small against the gap behind x_k, q is found by the tails of both sides, and by the
 * middle of the gap where these are below the range of f64. Newton's method, halving where it leaves its bracket or is slow.
 *
 * @param x     f64[n], finite
 * @param low   x_(⌈nα⌉), the order statistic; n·α snapped to a whole number within 1e-9
 * @param high  x_(⌊nα⌋ + 1)
 * @param out   f64[12]: quantile's loss, tail's mean loss, n·α after snapping; the rest is scratch
 * @returns     1; 0 where the iteration does not end, which no finite sample is known to do
 *
 * Cost: some six passes over n, each a normal density and tail an observation; fifty where a gap is wide against h.
 * Source: Scaillet, Nonparametric estimation and sensitivity analysis of expected shortfall, Mathematical Finance 14 (2004).
 */
export function smoothedTail(x: usize, n: i32, h: f64, alpha: f64, low: f64, high: f64, out: usize): i32 {
  const whole = snapped(<f64>n * alpha);
  // No number has all of the mass below it, or none.
  const mass = whole > 0 && whole < <f64>n ? whole : <f64>n * alpha;
  const rank = max<f64>(1, ceil(mass));
  const above = floor(mass) + 1;
  // The k − 1 smallest weigh at most k − 1, so that the others weigh the rest at least; and those up to `high` at most nα.
  let from = low + h * normalQuantile((mass - (rank - 1)) / (<f64>n - rank + 1));
  let to = high + h * normalQuantile(min<f64>(1, mass / above));
  let q = low > from && low < to ? low : from + 0.5 * (to - from);
  let step = to - from;
  for (let turn = 0; ; turn++) {
    if (turn == MOST) return 0;
    const slope = kernelSums(x, n, h, q, low, mass, out);
    const gap = load<f64>(out);
    const newton = slope > 0 ? (h * gap) / slope : Infinity;
    // Between tails that are both below the range of f64 the middle is where they would be equal.
    const side = slope > 0 || gap != 0 ? gap : q - low - (high - q);
    if (side == 0) break;
    if (side < 0) from = q;
    else to = q;
    const next = q - newton;
    // A step must stay inside, and be at most half of the one before.
    const good = next > from && next < to && abs<f64>(newton) <= 0.5 * abs<f64>(step);
    const then = good ? next : from + 0.5 * (to - from);
    // Below this a step is the rounding of the sums.
    if (abs<f64>(newton) <= ROUNDING * h + f64.EPSILON * abs<f64>(q)) {
      if (good) q = next;
      break;
    }
    step = then - q;
    if (then == from || then == to) break;
    q = then;
  }
  kernelSums(x, n, h, q, low, mass, out);
  const loss = 0 - q;
  store<f64>(out, loss);
  store<f64>(out, loss + load<f64>(out, 8) / mass, 8);
  store<f64>(out, mass, 16);
  return 1;
}

/** Sums that are kept of each half of the observations. */
const SUMS: usize = 40;

/**
 * out: the equation of `smoothedTail` at q, and Σ [(q − x) Φ(u) + h φ(u)]. Returns Σ φ(u). Observations of even and of odd place
 * are summed apart, so that two lanes add as one does.
 */
function kernelSums(x: usize, n: i32, h: f64, q: f64, low: f64, mass: f64, out: usize): f64 {
  const end = x + ((<usize>n) << 3);
  const even = out + 16;
  const odd = even + SUMS;
  if (ASC_FEATURE_SIMD) {
    const pairs = x + ((<usize>(n & ~1)) << 3);
    pairSums(x, pairs, h, q, low, even);
    halfSums(pairs, end, h, q, low, even);
  } else {
    memory.fill(even, 0, 2 * SUMS);
    halfSums(x, end, h, q, low, even);
    halfSums(x + 8, end, h, q, low, odd);
  }
  for (let i: usize = 0; i < SUMS; i += 8) store<f64>(even + i, load<f64>(even + i) + load<f64>(odd + i));
  store<f64>(out, load<f64>(even) - load<f64>(even, 8) + (load<f64>(even, 16) - mass));
  store<f64>(out, load<f64>(even, 24), 8);
  return load<f64>(even, 32);
}

/**
 * Add to `sums` of every other observation from `x` on: Φ(u) of those above `low`; Φ(−u) of the others; their number;
 * (q − x) Φ(u) + h φ(u); φ(u).
 */
function halfSums(x: usize, end: usize, h: f64, q: f64, low: f64, sums: usize): void {
  let beyond = load<f64>(sums);
  let within = load<f64>(sums, 8);
  let count = load<f64>(sums, 16);
  let excess = load<f64>(sums, 24);
  let density = load<f64>(sums, 32);
  for (let at = x; at < end; at += 16) {
    const value = load<f64>(at);
    const away = q - value;
    const u = away / h;
    const phi = normalPdf(u);
    const tail = phi * normalTailRatio(abs<f64>(u));
    const below = away > 0 ? 1 - tail : tail;
    density += phi;
    // Of the distance, not of u, which is infinite where h is small enough.
    excess += away * below + h * phi;
    if (value > low) {
      beyond += below;
    } else {
      within += away > 0 ? tail : 1 - tail;
      count += 1;
    }
  }
  store<f64>(sums, beyond);
  store<f64>(sums, within, 8);
  store<f64>(sums, count, 16);
  store<f64>(sums, excess, 24);
  store<f64>(sums, density, 32);
}

/** `halfSums` of both halves from `x` to `end`, from 0, in two lanes: of even places to `sums`, of odd ones behind them. */
function pairSums(x: usize, end: usize, h: f64, q: f64, low: f64, sums: usize): void {
  const widths = f64x2.splat(h);
  const quantiles = f64x2.splat(q);
  const lows = f64x2.splat(low);
  const one = f64x2.splat(1);
  const zero = f64x2.splat(0);
  let beyond = zero;
  let within = zero;
  let count = zero;
  let excess = zero;
  let density = zero;
  for (let at = x; at < end; at += 16) {
    const value = v128.load(at);
    const away = f64x2.sub(quantiles, value);
    const u = f64x2.div(away, widths);
    const phi = normalPdfPair(u);
    const tail = f64x2.mul(phi, normalTailRatioPair(f64x2.abs(u)));
    const rest = f64x2.sub(one, tail);
    const above = f64x2.gt(away, zero);
    const below = v128.bitselect(rest, tail, above);
    const farther = f64x2.gt(value, lows);
    density = f64x2.add(density, phi);
    excess = f64x2.add(excess, f64x2.add(f64x2.mul(away, below), f64x2.mul(widths, phi)));
    beyond = f64x2.add(beyond, v128.and(below, farther));
    within = f64x2.add(within, v128.andnot(v128.bitselect(tail, rest, above), farther));
    count = f64x2.add(count, v128.andnot(one, farther));
  }
  lanes(sums, beyond);
  lanes(sums + 8, within);
  lanes(sums + 16, count);
  lanes(sums + 24, excess);
  lanes(sums + 32, density);
}

function lanes(to: usize, sum: v128): void {
  store<f64>(to, f64x2.extract_lane(sum, 0));
  store<f64>(to + SUMS, f64x2.extract_lane(sum, 1));
}

/**
 * Derivatives of the losses of `smoothedTail` by each observation, where the bandwidth moves with them: ∂h/∂x_t = b_t.
 *
 *   quantile   −[φ(u_t) + b_t Σ φ(u) u] / Σ φ(u)
 *   mean       [−Φ(u_t) + b_t Σ φ(u)] / (nα)
 *
 * Where the bandwidth is of degree 1 in the observations they times the observations sum to the losses.
 *
 * @param loss       the quantile's loss
 * @param mass       n·α
 * @param bandwidth  f64[n], b
 * @param gradient   f64[2n] out: the quantile's, then the mean's
 * @returns          1; 0 where no observation is within reach of the quantile, so that it has no derivative
 */
export function smoothedGradient(
  x: usize,
  n: i32,
  h: f64,
  loss: f64,
  mass: f64,
  bandwidth: usize,
  gradient: usize,
): i32 {
  const bytes = (<usize>n) << 3;
  const after = gradient + bytes;
  let density: f64 = 0;
  let moment: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 8) {
    const away = 0 - loss - load<f64>(x + i);
    const u = away / h;
    const phi = normalPdf(u);
    const tail = phi * normalTailRatio(abs<f64>(u));
    density += phi;
    moment += (phi * away) / h;
    store<f64>(gradient + i, phi);
    store<f64>(after + i, u > 0 ? 1 - tail : tail);
  }
  if (!(density > 0)) return 0;
  for (let i: usize = 0; i < bytes; i += 8) {
    const b = load<f64>(bandwidth + i);
    store<f64>(gradient + i, 0 - (load<f64>(gradient + i) + b * moment) / density);
    store<f64>(after + i, (b * density - load<f64>(after + i)) / mass);
  }
  return 1;
}
