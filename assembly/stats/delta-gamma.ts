import { exponential } from "../simd/exponential";
import { logarithm, logarithm1p } from "../simd/logarithm";
import { normalCdf, normalPdf, normalQuantile } from "./normal";

/**
 * The law of a quadratic form in its own axes,  Y = θ + Σ_j (b_j z_j + ½ λ_j z_j²),  z independent standard normal numbers:
 *
 *   K(s) = log E e^(sY) = θs + Σ [ ½ b² s²/(1 − λs) − ½ log(1 − λs) ]   for 1/λ of the least < s < 1/λ of the greatest
 *
 * `form` is f64[2n + 1]: θ, then b, then λ.
 */
function level(form: usize): f64 {
  return load<f64>(form);
}
function linear(form: usize, j: i32): f64 {
  return load<f64>(form + ((<usize>(1 + j)) << 3));
}
function curve(form: usize, n: i32, j: i32): f64 {
  return load<f64>(form + ((<usize>(1 + n + j)) << 3));
}

/** Nodes of the contour are this far apart, and it leans this much (the tangent of 0.3) to where the integrand decays. */
const STEP: f64 = 0.0625;
const LEAN: f64 = 0.30933624960962325;
/** e^STEP and e^(STEP/2), by which nodes follow each other. */
const GROWTH: f64 = 1.0644944589178593;
const HALF_GROWTH: f64 = 1.031743407499103;
/** The contour keeps this share of a deviation's inverse away from the pole at 0. */
const APART: f64 = 0.05;
/** A term below this share of the sum, and the next two, end the integral. */
const NEGLIGIBLE: f64 = 1e-18;
const MOST_NODES: i32 = 8000;
/** A component that falls by e^−(this ÷ 2) along the imaginary axis before it levels off ends the integral by itself. */
const GAUSSIAN: f64 = 400;
const MOST_TURNS: i32 = 400;
/** Of 1/σ: see `apart`. */
const NEAREST: f64 = 1e-3;
const TWO_PI_HIGH: f64 = 6.283185307179586;
const TWO_PI_LOW: f64 = 2.4492935982947064e-16;

/**
 * Cumulants of the form:
 *
 *   k1 = θ + ½ Σ λ,   k2 = Σ (b² + ½ λ²),   k3 = Σ (3 b² λ + λ³),   k4 = Σ (12 b² λ² + 3 λ⁴)
 *
 * @param out  f64[4]
 */
export function quadraticCumulants(n: i32, form: usize, out: usize): void {
  let k1 = level(form);
  let k2: f64 = 0;
  let k3: f64 = 0;
  let k4: f64 = 0;
  for (let j = 0; j < n; j++) {
    const b = linear(form, j);
    const square = b * b;
    const l = curve(form, n, j);
    const l2 = l * l;
    k1 += 0.5 * l;
    k2 += square + 0.5 * l2;
    k3 += l * (3 * square + l2);
    k4 += l2 * (12 * square + 3 * l2);
  }
  store<f64>(out, k1);
  store<f64>(out, k2, 8);
  store<f64>(out, k3, 16);
  store<f64>(out, k4, 24);
}

/** K′(s). */
function slopeAt(n: i32, form: usize, s: f64): f64 {
  let sum = level(form);
  for (let j = 0; j < n; j++) {
    const b = linear(form, j);
    const l = curve(form, n, j);
    const d = 1 / (1 - l * s);
    sum += b * b * (s * d) * ((1 - 0.5 * (l * s)) * d) + 0.5 * l * d;
  }
  return sum;
}

/** K″(s). */
function curvatureAt(n: i32, form: usize, s: f64): f64 {
  let sum: f64 = 0;
  for (let j = 0; j < n; j++) {
    const b = linear(form, j);
    const l = curve(form, n, j);
    const d = 1 / (1 - l * s);
    sum += b * d * (b * d) * d + 0.5 * (l * d) * (l * d);
  }
  return sum;
}

/** s K′(s) − K(s) ≥ 0, by the terms of each component, from which θ and what cancels between them is gone. */
function legendre(n: i32, form: usize, s: f64): f64 {
  let sum: f64 = 0;
  for (let j = 0; j < n; j++) {
    const b = linear(form, j);
    const x = curve(form, n, j) * s;
    const d = 1 / (1 - x);
    const term = b * s * d;
    sum += 0.5 * term * term;
    // ½ [x/(1 − x) + log(1 − x)] = ½ Σ (1 − 1/k) x^k, k from 2.
    if (abs<f64>(x) < 1e-3) sum += 0.5 * x * x * (0.5 + x * (2.0 / 3 + x * (0.75 + x * (0.8 + x * (5.0 / 6)))));
    else sum += 0.5 * (x * d + logarithm1p(-x));
  }
  return sum;
}

/** End of the domain of K on the side of `sign`: 1/λ of the λ farthest that way, or ± infinity. */
function domainEnd(n: i32, form: usize, sign: f64): f64 {
  let most: f64 = 0;
  for (let j = 0; j < n; j++) most = max<f64>(most, sign * curve(form, n, j));
  return most > 0 ? sign / most : sign * Infinity;
}

/** A step from s towards the end of the domain: twice as far from 0, but no more than half of the way. */
function outward(s: f64, end: f64): f64 {
  return 4 * abs<f64>(s) < abs<f64>(end) ? 2 * s : 0.5 * (s + end);
}

/**
 * Where the form has an end, its value: K′ at infinity, which is where all λ that are not 0 have one sign and no component is
 * normal. `sign` −1 asks for a lower end (all λ > 0), 1 for an upper. Otherwise ± infinity.
 */
function formEnd(n: i32, form: usize, sign: f64): f64 {
  let end = level(form);
  for (let j = 0; j < n; j++) {
    const b = linear(form, j);
    const l = curve(form, n, j);
    if (sign * l > 0 || (l == 0 && b != 0)) return sign * Infinity;
    if (l != 0) end -= 0.5 * ((b / l) * b);
  }
  return end;
}

/**
 * P(Y ≤ y), density and E(y − Y)⁺ by inversion of the moment generating function along a contour that crosses the real axis at
 * c < 0, the saddlepoint K′(c) = y where that is far enough from the pole at 0:
 *
 *   P = −(1/2πi) ∫ e^(K(s) − sy) ds/s,   f = (1/2πi) ∫ e^(K(s) − sy) ds,   E = (1/2πi) ∫ e^(K(s) − sy) ds/s²
 *   s = c + w [i sinh u ± tan(0.3) (cosh u − 1)],   w the distance of c to the nearest singularity
 *
 * which the trapezoidal rule in u integrates with an error that falls exponentially with 1/step. Relative to e^(K(c) − cy) the
 * integrand is that of the form tilted by c: μ = λ/(1 − λc), b̃² = b²/(1 − λc)³,
 *
 *   e^(k τ) Π (1 − μτ)^−½ e^(½ b̃² τ²/(1 − μτ)),   τ = s − c,   k = K′(c) − y − ½ Σ μ
 *
 * so that a probability of 1e-300 has as many digits as one of a half. The contour leans to the side on which
 * e^(−s(y − v)) decays, v = θ − ½ Σ b²/λ the vertex of those components that are not so nearly normal that they end the integral
 * on either side.
 *
 * @param growth  e^step
 * @param step    distance of the nodes in u
 * @param work    f64[3n] of scratch
 * @param out     f64[3]: P, f, E
 *
 * Cost: some 100 nodes, each a complex square root and quotient a component.
 * Sources: Rice, Distribution of quadratic forms in normal random variables, SIAM J. Sci. Stat. Comput. 1 (1980); Weideman and
 * Trefethen, Parabolic and hyperbolic contours for computing the Bromwich integral (2007).
 */
function law(n: i32, form: usize, y: f64, step: f64, growth: f64, work: usize, out: usize): void {
  const deviation = sqrt<f64>(curvatureAt(n, form, 0));
  const end = domainEnd(n, form, -1);
  let c = max<f64>(-APART / deviation, 0.5 * end);
  if (y < slopeAt(n, form, c)) c = saddlepoint(n, form, y, c, end);
  const width = min<f64>(-c, c - end);
  const lean = leaning(n, form, y, c);
  // What is common to all nodes.
  let pull = level(form) - y;
  let peak = (level(form) - y) * c;
  for (let j = 0; j < n; j++) {
    const at = work + <usize>j * 24;
    const b = linear(form, j);
    const x = curve(form, n, j) * c;
    const d = 1 / (1 - x);
    pull += b * b * (c * d) * ((1 - 0.5 * x) * d);
    peak += 0.5 * (b * c * d * (b * c)) - 0.5 * logarithm1p(-x);
    store<f64>(at, curve(form, n, j) * d);
    store<f64>(at, 0.5 * (b * d * (b * d) * d), 8);
  }
  let probability: f64 = 0;
  let density: f64 = 0;
  let excess: f64 = 0;
  let up: f64 = 1;
  let small = 0;
  for (let k = 0; k < MOST_NODES && small < 3; k++) {
    const down = 1 / up;
    const cosine = 0.5 * (up + down);
    const sine = 0.5 * (up - down);
    integrand(n, work, pull, width * lean * (cosine - 1), width * sine, out);
    // Times dτ/(i w du) = cosh u − i lean sinh u; the node at 0 counts half, since the other half is its conjugate.
    const weight = k == 0 ? 0.5 : 1;
    const re = weight * (load<f64>(out) * cosine + load<f64>(out, 8) * (lean * sine));
    const im = weight * (load<f64>(out, 8) * cosine - load<f64>(out) * (lean * sine));
    const sRe = c + width * lean * (cosine - 1);
    const sIm = width * sine;
    const norm = 1 / (sRe * sRe + sIm * sIm);
    // (re + i im) / −s, and that again.
    const pRe = -(re * sRe + im * sIm) * norm;
    const pIm = -(im * sRe - re * sIm) * norm;
    probability += pRe;
    density += re;
    excess += -(pRe * sRe + pIm * sIm) * norm;
    small = abs<f64>(pRe) + abs<f64>(pIm) <= NEGLIGIBLE * abs<f64>(probability) ? small + 1 : 0;
    up *= growth;
  }
  const scale = (exponential(peak) * step * width) / (0.5 * TWO_PI_HIGH);
  store<f64>(out, max<f64>(0, probability * scale));
  store<f64>(out, density * scale, 8);
  store<f64>(out, max<f64>(0, excess * scale), 16);
}

/** The way a contour through c leans, as the tangent: see `law`. */
function leaning(n: i32, form: usize, y: f64, c: f64): f64 {
  let vertex = level(form);
  for (let j = 0; j < n; j++) {
    const b = linear(form, j);
    const l = curve(form, n, j);
    // b̃²/μ² = b²/(λ² (1 − λc)).
    if (b == 0 || b * b >= GAUSSIAN * (l * l) * (1 - l * c)) continue;
    vertex -= 0.5 * ((b / l) * b);
  }
  return y > vertex ? LEAN : -LEAN;
}

/** The integrand of `law` at τ relative to τ = 0, real and imaginary part to `out`; 0 where it is nothing. */
function integrand(n: i32, work: usize, pull: f64, tRe: f64, tIm: f64, out: usize): void {
  const squareRe = tRe * tRe - tIm * tIm;
  const squareIm = 2 * tRe * tIm;
  let re = pull * tRe;
  let im = pull * tIm;
  let pRe: f64 = 1;
  let pIm: f64 = 0;
  store<f64>(out, 0);
  store<f64>(out, 0, 8);
  for (let j = 0; j < n; j++) {
    const at = work + <usize>j * 24;
    const mu = load<f64>(at);
    const half = load<f64>(at, 8);
    const qRe = 1 - mu * tRe;
    const qIm = -(mu * tIm);
    const square = qRe * qRe + qIm * qIm;
    const by = half / square;
    re += by * (squareRe * qRe + squareIm * qIm);
    im += by * (squareIm * qRe - squareRe * qIm);
    if (mu == 0) continue;
    // The principal root: 1 − λs is negative only on the cuts of the real axis, which the contour keeps off.
    const size = sqrt<f64>(square);
    let rRe = sqrt<f64>(0.5 * (size + abs<f64>(qRe)));
    let rIm = (0.5 * qIm) / rRe;
    if (qRe < 0) {
      const swapped = abs<f64>(rIm);
      rIm = qIm < 0 ? -rRe : rRe;
      rRe = swapped;
    }
    const nextRe = pRe * rRe - pIm * rIm;
    pIm = pRe * rIm + pIm * rRe;
    pRe = nextRe;
    if (!(abs<f64>(pRe) + abs<f64>(pIm) < 1e100)) return;
  }
  if (!(re > -750)) return;
  const norm = exponential(re) / (pRe * pRe + pIm * pIm);
  turned(im, out);
  const cosine = load<f64>(out);
  const sine = load<f64>(out, 8);
  store<f64>(out, norm * (cosine * pRe + sine * pIm));
  store<f64>(out, norm * (sine * pRe - cosine * pIm), 8);
}

/** cos x and sin x to `out`: x less whole turns, a sixteenth of it by its series, and four doublings. */
function turned(x: f64, out: usize): void {
  const turns = nearest<f64>(x / TWO_PI_HIGH);
  const r = 0.0625 * (x - turns * TWO_PI_HIGH - turns * TWO_PI_LOW);
  const s = r * r;
  // 1 − cos is doubled, not cos, whose last digit is too coarse near 1: v' = 2v (2 − v), sin' = 2 sin (1 − v).
  let v = s * (0.5 - s * (1.0 / 24 - s * (1.0 / 720 - s * (1.0 / 40320 - s * (1.0 / 3628800)))));
  let sine = r * (1 - s * (1.0 / 6 - s * (1.0 / 120 - s * (1.0 / 5040 - s * (1.0 / 362880 - s * (1.0 / 39916800))))));
  for (let k = 0; k < 4; k++) {
    sine = 2 * sine * (1 - v);
    v = 2 * v * (2 - v);
  }
  store<f64>(out, 1 - v);
  store<f64>(out, sine, 8);
}

/** The s with K′(s) = y beyond `from` towards `end`, where K′(from) is above y: doubling outwards, then halving. */
function saddlepoint(n: i32, form: usize, y: f64, from: f64, end: f64): f64 {
  let inner = from;
  let outer = outward(from, end);
  for (let turn = 0; turn < MOST_TURNS && slopeAt(n, form, outer) > y; turn++) {
    inner = outer;
    outer = outward(outer, end);
  }
  for (let turn = 0; turn < 60; turn++) {
    const middle = 0.5 * (inner + outer);
    if (slopeAt(n, form, middle) > y) inner = middle;
    else outer = middle;
  }
  return inner;
}

/** Bytes of scratch of `quadraticTail`. */
export function quadraticScratch(n: i32): usize {
  return (<usize>n * 3 + 8) << 3;
}

/**
 * Lower tail of the form, exact, as losses: q with P(Y ≤ q) = α by Newton's method on log P, halving where that leaves the
 * bracket of Cantelli's inequality k1 − σ √((1 − α)/α) ≤ q ≤ k1 + σ √(α/(1 − α)), cut at the form's own ends; the tail's mean
 * as −q + E(q − Y)⁺/α, never below the quantile's loss.
 *
 * @param form     f64[2n + 1], see above; not without deviation
 * @param scratch  quadraticScratch bytes
 * @param out      f64[3]: quantile's loss, tail's mean loss, |P/α − 1| at twice as many nodes
 * @returns        1; 0 where the iteration does not end
 */
export function quadraticTail(n: i32, form: usize, alpha: f64, scratch: usize, out: usize): i32 {
  const values = scratch;
  const work = scratch + 64;
  quadraticCumulants(n, form, values);
  const mean = load<f64>(values);
  const deviation = sqrt<f64>(load<f64>(values, 8));
  let low = max<f64>(mean - deviation * sqrt<f64>((1 - alpha) / alpha), formEnd(n, form, -1));
  let high = min<f64>(mean + deviation * sqrt<f64>(alpha / (1 - alpha)), formEnd(n, form, 1));
  let q = mean + deviation * normalQuantile(alpha);
  if (!(q > low && q < high)) q = low + 0.5 * (high - low);
  const goal = logarithm(alpha);
  let ended = false;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    law(n, form, q, STEP, GROWTH, work, values);
    const probability = load<f64>(values);
    const density = load<f64>(values, 8);
    if (probability >= alpha) high = q;
    else low = q;
    let next = low + 0.5 * (high - low);
    if (probability > 0 && density > 0) {
      const newton = q - ((logarithm(probability) - goal) * probability) / density;
      if (newton > low && newton < high) next = newton;
    }
    const far = abs<f64>(next - q);
    q = next;
    if (far <= 4 * f64.EPSILON * (abs<f64>(q) + deviation) || next == low || next == high) {
      ended = true;
      break;
    }
  }
  law(n, form, q, 0.5 * STEP, HALF_GROWTH, work, values);
  const loss = 0 - q;
  store<f64>(out, loss);
  store<f64>(out, loss + load<f64>(values, 16) / alpha, 8);
  store<f64>(out, abs<f64>(load<f64>(values) / alpha - 1), 16);
  return ended ? 1 : 0;
}

/** s, or where it is nearer to 0 than a thousandth of 1/σ, that: corrections are smooth there, and differences lose their digits. */
function apart(s: f64, k2: f64): f64 {
  const least = NEAREST / sqrt<f64>(k2);
  return abs<f64>(s) >= least ? s : s < 0 ? -least : least;
}

/** r of the saddlepoint s: √(2 (s K′ − K)) with the sign of s. */
function signedRoot(n: i32, form: usize, s: f64): f64 {
  const size = sqrt<f64>(2 * legendre(n, form, s));
  return s < 0 ? -size : size;
}

/**
 * P(Y ≤ K′(s)) in Lugannani and Rice's approximation: Φ(r) + φ(r) (1/r − 1/v), v = s √K″.
 */
function lugannaniRice(n: i32, form: usize, s: f64, k2: f64): f64 {
  const r = signedRoot(n, form, s);
  const t = apart(s, k2);
  const correction = 1 / signedRoot(n, form, t) - 1 / (t * sqrt<f64>(curvatureAt(n, form, t)));
  return normalCdf(r) + normalPdf(r) * correction;
}

/**
 * Lower tail of the form by saddlepoint, as losses: s with Lugannani and Rice's probability α, by halving, q = K′(s), and the
 * tail's mean as −q + E(q − Y)⁺/α of the same order,
 *
 *   E(q − Y)⁺ = (q − k1) [Φ(r) + φ(r)/r] + φ(r) [1/(s² √K″) − (q − k1)/r³]
 *
 * which comes of ∫ e^(K − sq) ds/s² as Lugannani and Rice's does of ∫ e^(K − sq) ds/s: with ½t² − rt = K(s) − sq the integrand's
 * double pole at 0 is taken out, and what is left at the saddlepoint.
 *
 * @param out  f64[4]: quantile's loss, tail's mean loss, and room
 * @returns    1; 0 where the approximation does not reach α
 *
 * Cost O(n), some 150 times. Sources: Lugannani and Rice, Adv. Appl. Prob. 12 (1980); Martin, Risk 19(12) (2006),
 * whose form is that without the second bracket.
 */
export function quadraticSaddle(n: i32, form: usize, alpha: f64, out: usize): i32 {
  quadraticCumulants(n, form, out);
  const k1 = load<f64>(out);
  const k2 = load<f64>(out, 8);
  const sign: f64 = lugannaniRice(n, form, 0, k2) > alpha ? -1 : 1;
  const end = domainEnd(n, form, sign);
  let inner: f64 = 0;
  let outer = sign * min<f64>(1 / sqrt<f64>(k2), 0.5 * abs<f64>(end));
  let turn = 0;
  while (sign * (lugannaniRice(n, form, outer, k2) - alpha) < 0) {
    if (++turn == MOST_TURNS) return 0;
    inner = outer;
    outer = outward(outer, end);
  }
  for (let halving = 0; halving < 100; halving++) {
    const middle = 0.5 * (inner + outer);
    if (sign * (lugannaniRice(n, form, middle, k2) - alpha) < 0) inner = middle;
    else outer = middle;
  }
  const r = signedRoot(n, form, inner);
  const q = slopeAt(n, form, inner);
  const s = apart(inner, k2);
  const root = signedRoot(n, form, s);
  const beyond = (slopeAt(n, form, s) - k1) / root;
  const correction = 1 / (s * s * sqrt<f64>(curvatureAt(n, form, s))) - beyond / (root * root);
  const excess = (q - k1) * normalCdf(r) + normalPdf(r) * (beyond + correction);
  store<f64>(out, 0 - q);
  store<f64>(out, excess / alpha - q, 8);
  return 1;
}
