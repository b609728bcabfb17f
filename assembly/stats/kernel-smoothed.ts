import { normalPdf, normalQuantile, normalTailRatio } from "./normal";
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
 * @param out   f64[3]: quantile's loss, tail's mean loss, n·α after snapping
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

/** out: the equation of `smoothedTail` at q, and Σ [(q − x) Φ(u) + h φ(u)]. Returns Σ φ(u). */
function kernelSums(x: usize, n: i32, h: f64, q: f64, low: f64, mass: f64, out: usize): f64 {
  let beyond: f64 = 0;
  let within: f64 = 0;
  let count: f64 = 0;
  let excess: f64 = 0;
  let density: f64 = 0;
  for (let at = x, end = x + ((<usize>n) << 3); at < end; at += 8) {
    const value = load<f64>(at);
    const away = q - value;
    const u = away / h;
    const phi = normalPdf(u);
    const tail = phi * normalTailRatio(abs<f64>(u));
    density += phi;
    // Of the distance, not of u, which is infinite where h is small enough.
    excess += away * (away > 0 ? 1 - tail : tail) + h * phi;
    if (value > low) {
      beyond += u > 0 ? 1 - tail : tail;
    } else {
      within += u > 0 ? tail : 1 - tail;
      count += 1;
    }
  }
  store<f64>(out, beyond - within + (count - mass));
  store<f64>(out, excess, 8);
  return density;
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
