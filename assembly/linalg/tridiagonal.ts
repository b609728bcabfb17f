import { axpy } from "./axpy";
import { dot } from "./dot";

/**
 * Symmetric matrices by way of their tridiagonal form: Householder reflections to it and implicit QL steps from there. What is
 * turned is kept by rows, so that nothing is read across.
 */

const MOST_STEPS = 60;
/** An element below this, of a matrix scaled to about 1, is nothing to the last bit of an eigenvalue. */
export const NOTHING: f64 = 8.673617379884035e-19; // 2^−60
/** Below this the squares of a row would vanish; beside about 1 it is nothing in any sense. */
const FAINT: f64 = 1e-150;
/** Components that turn together: four two-lane registers, a cache line. */
const STRIP = 8;
/** Turns kept before they are done, times n: with a strip of n rows they fill a first-level cache at n = 250. */
const KEPT = 4;
/** Numbers of workspace per row that reflections and steps need together. */
export const STEP_NUMBERS = 2 * KEPT + 4;

function entry(v: usize, i: i32): f64 {
  return load<f64>(v + ((<usize>i) << 3));
}
function set(v: usize, i: i32, x: f64): void {
  store<f64>(v + ((<usize>i) << 3), x);
}

/** √(x² + y²) of numbers about 1. */
function length(x: f64, y: f64): f64 {
  return sqrt<f64>(x * x + y * y);
}

/** Numbers from row to row of the square that reflections and steps work on: whole strips, and an odd number of cache lines. */
export function strideOf(n: i32): i32 {
  return (((n + STRIP - 1) / STRIP) | 1) * STRIP;
}

/**
 * Householder reflections from the last row up: Q'aQ is tridiagonal, its diagonal d, its subdiagonal e[1] .. e[n − 1]. Row i of `a`
 * becomes the vector u of reflection i, I − u u'/h[i]; where h[i] is 0 there is none.
 *
 * What a reflection changes is left to the pass that forms the product of the next with each row, so that rows are read once.
 */
export function tridiagonal(n: i32, a: usize, d: usize, e: usize, h: usize, work: usize): void {
  const line = (<usize>n) << 3;
  let q = work;
  let image = work + line;
  memory.fill(q, 0, line);
  let u = q;
  for (let i = n - 1; i > 0; i--) {
    const row = a + <usize>i * line;
    pass(i + 1, row, u, q, entry(u, i), entry(q, i), u);
    set(d, i, entry(row, i));
    let norm: f64 = 0;
    for (let k = 0; k < i - 1; k++) norm = max<f64>(norm, abs<f64>(entry(row, k)));
    const last = entry(row, i - 1);
    let own: f64 = 0;
    if (norm > FAINT) {
      own = dot(row, row, i);
      const root = last > 0 ? -sqrt<f64>(own) : sqrt<f64>(own);
      set(e, i, root);
      own -= last * root;
      set(row, i - 1, last - root);
    } else {
      // The row is tridiagonal as it is.
      set(e, i, last);
      memory.fill(row, 0, (<usize>i) << 3);
    }
    set(h, i, own);
    // p = A u / h, K = u'p / 2h, q = p − K u; A −= q u' + u q' with the next.
    for (let j = 0; j < i; j++) {
      const p = pass(i, a + <usize>j * line, u, q, entry(u, j), entry(q, j), row);
      set(image, j, own > 0 ? p / own : 0);
    }
    if (own > 0) axpy(-dot(image, row, i) / (own + own), row, image, i);
    const spent = q;
    q = image;
    image = spent;
    u = row;
  }
  pass(1, a, u, q, entry(u, 0), entry(q, 0), u);
  set(d, 0, load<f64>(a));
  set(e, 0, 0);
}

/**
 * row −= uj·q + qj·u, and what of it then lies along v: the inner product, in four sums, element k in sum k mod 4, joined as
 * (s0 + s2) + (s1 + s3); the last n mod 4 products are added one by one. v may be u.
 */
function pass(n: i32, row: usize, u: usize, q: usize, uj: f64, qj: f64, v: usize): f64 {
  const whole = n & ~3;
  let total: f64;
  if (ASC_FEATURE_SIMD) {
    const first = f64x2.splat(uj);
    const second = f64x2.splat(qj);
    let left = f64x2.splat(0);
    let right = f64x2.splat(0);
    for (let k = 0; k < whole; k += 4) {
      const to = (<usize>k) << 3;
      const x = f64x2.sub(
        v128.load(row + to),
        f64x2.add(f64x2.mul(first, v128.load(q + to)), f64x2.mul(second, v128.load(u + to))),
      );
      const y = f64x2.sub(
        v128.load(row + to, 16),
        f64x2.add(f64x2.mul(first, v128.load(q + to, 16)), f64x2.mul(second, v128.load(u + to, 16))),
      );
      v128.store(row + to, x);
      v128.store(row + to, y, 16);
      left = f64x2.add(left, f64x2.mul(x, v128.load(v + to)));
      right = f64x2.add(right, f64x2.mul(y, v128.load(v + to, 16)));
    }
    left = f64x2.add(left, right);
    total = f64x2.extract_lane(left, 0) + f64x2.extract_lane(left, 1);
  } else {
    let s0: f64 = 0;
    let s1: f64 = 0;
    let s2: f64 = 0;
    let s3: f64 = 0;
    for (let k = 0; k < whole; k += 4) {
      s0 += changed(row, u, q, uj, qj, k) * entry(v, k);
      s1 += changed(row, u, q, uj, qj, k + 1) * entry(v, k + 1);
      s2 += changed(row, u, q, uj, qj, k + 2) * entry(v, k + 2);
      s3 += changed(row, u, q, uj, qj, k + 3) * entry(v, k + 3);
    }
    total = s0 + s2 + (s1 + s3);
  }
  for (let k = whole; k < n; k++) total += changed(row, u, q, uj, qj, k) * entry(v, k);
  return total;
}

function changed(row: usize, u: usize, q: usize, uj: f64, qj: f64, k: i32): f64 {
  const x = entry(row, k) - (uj * entry(q, k) + qj * entry(u, k));
  set(row, k, x);
  return x;
}

/** The product of the reflections, transposed, into rows of `stride` numbers; what is behind the n-th of a row is 0. */
export function reflected(n: i32, a: usize, h: usize, v: usize, stride: i32): void {
  const line = (<usize>stride) << 3;
  memory.fill(v, 0, <usize>n * line);
  for (let i = 0; i < n; i++) {
    const u = a + ((<usize>i * <usize>n) << 3);
    const own = entry(h, i);
    if (i > 0 && own > 0) {
      for (let j = 0; j < i; j++) {
        const row = v + <usize>j * line;
        axpy(-dot(row, u, i) / own, u, row, i);
      }
    }
    store<f64>(v + <usize>i * (line + 8), 1);
  }
}

/**
 * Implicit QL steps until the subdiagonal is nothing. The rows of v turn along: many steps' turns are kept and then done strip by
 * strip, so that a strip of v stays in the first-level cache.
 */
export function stepped(n: i32, v: usize, stride: i32, d: usize, e: usize, turns: usize): bool {
  for (let i = 1; i < n; i++) set(e, i - 1, entry(e, i));
  set(e, n - 1, 0);
  const full = turns + ((<usize>(n * KEPT)) << 4);
  let kept = turns;
  for (let l = 0; l < n; l++) {
    for (let step = 0; ; step++) {
      let m = l;
      while (m < n - 1) {
        const size = abs<f64>(entry(d, m)) + abs<f64>(entry(d, m + 1));
        const below = abs<f64>(entry(e, m));
        if (below <= f64.EPSILON * size || below <= NOTHING) break;
        m++;
      }
      if (m == l) break;
      if (step == MOST_STEPS) return false;
      if (kept + ((<usize>(m - l + 1)) << 4) > full) {
        turnRows(v, stride, turns, kept);
        kept = turns;
      }
      let g = (entry(d, l + 1) - entry(d, l)) / (2 * entry(e, l));
      let r = length(g, 1);
      g = entry(d, m) - entry(d, l) + entry(e, l) / (g + (g < 0 ? -r : r));
      let sine: f64 = 1;
      let cosine: f64 = 1;
      let p: f64 = 0;
      let i = m - 1;
      const begin = kept;
      kept += 16;
      for (; i >= l; i--) {
        const f = sine * entry(e, i);
        const b = cosine * entry(e, i);
        r = length(f, g);
        set(e, i + 1, r);
        if (r == 0) {
          set(d, i + 1, entry(d, i + 1) - p);
          set(e, m, 0);
          break;
        }
        sine = f / r;
        cosine = g / r;
        g = entry(d, i + 1) - p;
        r = (entry(d, i) - g) * sine + 2 * cosine * b;
        p = sine * r;
        set(d, i + 1, g + p);
        g = cosine * r - b;
        store<f64>(kept, sine);
        store<f64>(kept, cosine, 8);
        kept += 16;
      }
      store<i32>(begin, m);
      store<i32>(begin, m - 1 - i, 4);
      if (r == 0 && i >= l) continue;
      set(d, l, entry(d, l) - p);
      set(e, l, g);
      set(e, m, 0);
    }
  }
  turnRows(v, stride, turns, kept);
  return true;
}

/** The turns kept, on every strip of v. */
function turnRows(v: usize, stride: i32, turns: usize, end: usize): void {
  for (let k = 0; k < stride; k += STRIP) turnStrip(v + ((<usize>k) << 3), (<usize>stride) << 3, turns, end);
}

/** A run of turns is the row that it begins at and their number, then sine and cosine of each with the row above. */
function turnStrip(v: usize, line: usize, turns: usize, end: usize): void {
  while (turns < end) {
    let row = v + <usize>load<i32>(turns) * line;
    const last = turns + ((<usize>load<i32>(turns, 4)) << 4);
    if (ASC_FEATURE_SIMD) {
      let x0 = v128.load(row);
      let x1 = v128.load(row, 16);
      let x2 = v128.load(row, 32);
      let x3 = v128.load(row, 48);
      while (turns < last) {
        turns += 16;
        const s = v128.load64_splat(turns);
        const c = v128.load64_splat(turns, 8);
        const above = row - line;
        const y0 = v128.load(above);
        const y1 = v128.load(above, 16);
        const y2 = v128.load(above, 32);
        const y3 = v128.load(above, 48);
        v128.store(row, f64x2.add(f64x2.mul(s, y0), f64x2.mul(c, x0)));
        v128.store(row, f64x2.add(f64x2.mul(s, y1), f64x2.mul(c, x1)), 16);
        v128.store(row, f64x2.add(f64x2.mul(s, y2), f64x2.mul(c, x2)), 32);
        v128.store(row, f64x2.add(f64x2.mul(s, y3), f64x2.mul(c, x3)), 48);
        x0 = f64x2.sub(f64x2.mul(c, y0), f64x2.mul(s, x0));
        x1 = f64x2.sub(f64x2.mul(c, y1), f64x2.mul(s, x1));
        x2 = f64x2.sub(f64x2.mul(c, y2), f64x2.mul(s, x2));
        x3 = f64x2.sub(f64x2.mul(c, y3), f64x2.mul(s, x3));
        row = above;
      }
      v128.store(row, x0);
      v128.store(row, x1, 16);
      v128.store(row, x2, 32);
      v128.store(row, x3, 48);
    } else {
      while (turns < last) {
        turns += 16;
        const s = load<f64>(turns);
        const c = load<f64>(turns, 8);
        const above = row - line;
        for (let k = 0; k < STRIP; k++) {
          const x = entry(row, k);
          const y = entry(above, k);
          set(row, k, s * y + c * x);
          set(above, k, c * y - s * x);
        }
        row = above;
      }
    }
    turns += 16;
  }
}
