/**
 * Covariance of rows that come one at a time: a triangle of sums of products to which vectors are added with a factor each, and
 * the sums of the columns.
 *
 *   n        number of columns; width: n rounded up to a pair
 *   m        f64[width*width], of which the lower triangle is kept, and of each pair of rows the pairs that hold it
 *   vectors  f64[count][width], 0 behind column n
 */

import { axpy } from "../linalg/axpy";

function widthOf(n: i32): usize {
  return (<usize>n + 1) & ~1;
}

/** One plus the position of the first x[i] whose size is not at most `most`, 0 where there is none. x: f64[n]. */
export function firstBeyond(n: i32, x: usize, most: f64): i32 {
  for (let i = 0; i < n; i++) {
    if (!(abs<f64>(load<f64>(x + ((<usize>i) << 3))) <= most)) return i + 1;
  }
  return 0;
}

/**
 * A row enters or leaves sums about an origin:  d = (x − origin) − (mean before),  sums ± (x − origin),  squares + factor·d².
 *
 * @param x        f64[n]
 * @param origin   f64[n]
 * @param sums     f64[n][2], each as a sum and what rounding took from it
 * @param squares  f64[n], diagonal of the triangle, to the bit what `rankUpdate` makes of it
 * @param peak     f64[n], the largest of it since all was last summed anew
 * @param count    rows before
 * @param factor   count/(count + 1) of a row that enters, −count/(count − 1) of one that leaves
 * @param d        f64[n], written
 * @returns        1 where of a column less than 2^−10 of its peak is left, else 0
 *
 * Sources: Welford (1962); West, Updating mean and variance estimates (1979); Knuth's two-sum.
 */
export function momentsStep(
  n: i32,
  x: usize,
  origin: usize,
  sums: usize,
  squares: usize,
  peak: usize,
  count: f64,
  factor: f64,
  d: usize,
): i32 {
  let fallen = 0;
  for (let i = 0; i < n; i++) {
    const at = (<usize>i) << 3;
    const y = load<f64>(x + at) - load<f64>(origin + at);
    const sum = load<f64>(sums + 2 * at);
    const rest = load<f64>(sums + 2 * at, 8);
    const apart = count > 0 ? y - (sum + rest) / count : 0;
    const change = factor < 0 ? -y : y;
    const total = sum + change;
    const taken = total - sum;
    store<f64>(sums + 2 * at, total);
    store<f64>(sums + 2 * at, rest + (sum - (total - taken) + (change - taken)), 8);
    store<f64>(d + at, apart);
    const square = load<f64>(squares + at) + factor * apart * apart;
    store<f64>(squares + at, square);
    const most = max<f64>(load<f64>(peak + at), square);
    store<f64>(peak + at, most);
    if (square < 0.0009765625 * most) fallen = 1;
  }
  return fallen;
}

/** means[i] = origin + sum/count of `momentsStep`. */
export function momentsMeans(n: i32, origin: usize, sums: usize, count: f64, means: usize): void {
  for (let i = 0; i < n; i++) {
    const at = (<usize>i) << 3;
    const sum = load<f64>(sums + 2 * at) + load<f64>(sums + 2 * at, 8);
    store<f64>(means + at, load<f64>(origin + at) + sum / count);
  }
}

/**
 * Everything anew from what a batch makes of the rows: the origin is the first, the triangle that of `full`.
 *
 * @param x     f64[rows*n] row-major
 * @param full  f64[n*n], sums of products about the means
 */
export function momentsRebuilt(
  n: i32,
  rows: i32,
  x: usize,
  full: usize,
  origin: usize,
  sums: usize,
  squares: usize,
  peak: usize,
  m: usize,
): void {
  const width = widthOf(n);
  const row = (<usize>n) << 3;
  memory.copy(origin, x, row);
  memory.fill(sums, 0, 2 * row);
  for (let t = 0; t < rows; t++) {
    for (let i = 0; i < n; i++) {
      const at = (<usize>i) << 3;
      const y = load<f64>(x + <usize>t * row + at) - load<f64>(origin + at);
      const sum = load<f64>(sums + 2 * at);
      const total = sum + y;
      const taken = total - sum;
      store<f64>(sums + 2 * at, total);
      store<f64>(sums + 2 * at, load<f64>(sums + 2 * at, 8) + (sum - (total - taken) + (y - taken)), 8);
    }
  }
  for (let i = 0; i < n; i++) {
    memory.copy(m + <usize>i * (width << 3), full + <usize>i * row, (<usize>(i + 1)) << 3);
    const own = load<f64>(full + ((<usize>i * <usize>(n + 1)) << 3));
    store<f64>(squares + ((<usize>i) << 3), own);
    store<f64>(peak + ((<usize>i) << 3), own);
  }
}

/**
 * m[i][j] += factors[k]·v_k[i]·v_k[j] for k in order, j ≤ i: each element is what it would be with the vectors one by one, so that
 * it does not matter in which parts they come. n·(n + 1)·count operations.
 */
export function rankUpdate(n: i32, count: i32, vectors: usize, factors: usize, m: usize): void {
  const stride = widthOf(n) << 3;
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    for (let i = 0; i < n; i += 2) {
      addFour(i, vectors + <usize>k * stride, stride, factors + ((<usize>k) << 3), m + <usize>i * stride);
    }
  }
  for (; k < count; k++) {
    for (let i = 0; i < n; i += 2) {
      addOne(i, vectors + <usize>k * stride, stride, load<f64>(factors + ((<usize>k) << 3)), m + <usize>i * stride);
    }
  }
}

/** Four vectors to rows i and i + 1, i even, whose lower parts end in the same pair. */
function addFour(i: i32, v: usize, stride: usize, factors: usize, row: usize): void {
  const at = (<usize>i) << 3;
  const v1 = v + stride;
  const v2 = v1 + stride;
  const v3 = v2 + stride;
  const f0 = load<f64>(factors);
  const f1 = load<f64>(factors, 8);
  const f2 = load<f64>(factors, 16);
  const f3 = load<f64>(factors, 24);
  const end = at + 16;
  if (ASC_FEATURE_SIMD) {
    const a0 = f64x2.splat(f0 * load<f64>(v + at));
    const a1 = f64x2.splat(f1 * load<f64>(v1 + at));
    const a2 = f64x2.splat(f2 * load<f64>(v2 + at));
    const a3 = f64x2.splat(f3 * load<f64>(v3 + at));
    const b0 = f64x2.splat(f0 * load<f64>(v + at, 8));
    const b1 = f64x2.splat(f1 * load<f64>(v1 + at, 8));
    const b2 = f64x2.splat(f2 * load<f64>(v2 + at, 8));
    const b3 = f64x2.splat(f3 * load<f64>(v3 + at, 8));
    const below = row + stride;
    for (let j: usize = 0; j < end; j += 16) {
      let p = v128.load(row + j);
      let q = v128.load(below + j);
      let x = v128.load(v + j);
      p = f64x2.add(p, f64x2.mul(a0, x));
      q = f64x2.add(q, f64x2.mul(b0, x));
      x = v128.load(v1 + j);
      p = f64x2.add(p, f64x2.mul(a1, x));
      q = f64x2.add(q, f64x2.mul(b1, x));
      x = v128.load(v2 + j);
      p = f64x2.add(p, f64x2.mul(a2, x));
      q = f64x2.add(q, f64x2.mul(b2, x));
      x = v128.load(v3 + j);
      p = f64x2.add(p, f64x2.mul(a3, x));
      q = f64x2.add(q, f64x2.mul(b3, x));
      v128.store(row + j, p);
      v128.store(below + j, q);
    }
  } else {
    for (let r: usize = 0; r < 2; r++) {
      const own = at + (r << 3);
      const a0 = f0 * load<f64>(v + own);
      const a1 = f1 * load<f64>(v1 + own);
      const a2 = f2 * load<f64>(v2 + own);
      const a3 = f3 * load<f64>(v3 + own);
      const to = row + r * stride;
      for (let j: usize = 0; j < end; j += 8) {
        let p = load<f64>(to + j);
        p += a0 * load<f64>(v + j);
        p += a1 * load<f64>(v1 + j);
        p += a2 * load<f64>(v2 + j);
        p += a3 * load<f64>(v3 + j);
        store<f64>(to + j, p);
      }
    }
  }
}

/** One vector to rows i and i + 1. */
function addOne(i: i32, v: usize, stride: usize, factor: f64, row: usize): void {
  const at = (<usize>i) << 3;
  axpy(factor * load<f64>(v + at), v, row, i + 2);
  axpy(factor * load<f64>(v + at, 8), v, row + stride, i + 2);
}

/** Both triangles of m ÷ divisor. out: f64[n*n]. */
export function triangleMatrix(n: i32, m: usize, divisor: f64, out: usize): void {
  const width = widthOf(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = load<f64>(m + ((<usize>i * width + <usize>j) << 3)) / divisor;
      store<f64>(out + ((<usize>i * <usize>n + <usize>j) << 3), value);
      store<f64>(out + ((<usize>j * <usize>n + <usize>i) << 3), value);
    }
  }
}

/** x *= factor. x: f64[n]. */
export function scaleAll(n: i32, x: usize, factor: f64): void {
  for (let i = 0; i < n; i++) {
    const at = x + ((<usize>i) << 3);
    store<f64>(at, load<f64>(at) * factor);
  }
}

/**
 * One set of moments into another. What is not in the triangles yet is d, the difference of the means, with the factor p·q/(p + q).
 *
 * @param p, q           rows of the two
 * @param origin .. m    of the one that takes, as of `momentsStep`
 * @param origin2 .. m2  of the other, which stays
 * @param d              f64[n], written
 *
 * Source: Chan, Golub and LeVeque, Updating formulae and a pairwise algorithm for computing sample variances (1979).
 */
export function momentsMerge(
  n: i32,
  p: f64,
  origin: usize,
  sums: usize,
  squares: usize,
  peak: usize,
  m: usize,
  q: f64,
  origin2: usize,
  sums2: usize,
  squares2: usize,
  m2: usize,
  d: usize,
): void {
  const factor = (p * q) / (p + q);
  for (let i = 0; i < n; i++) {
    const at = (<usize>i) << 3;
    const between = load<f64>(origin2 + at) - load<f64>(origin + at);
    const sum = load<f64>(sums + 2 * at);
    const rest = load<f64>(sums + 2 * at, 8);
    const other = load<f64>(sums2 + 2 * at) + load<f64>(sums2 + 2 * at, 8);
    const apart = between + other / q - (sum + rest) / p;
    const change = other + q * between;
    const total = sum + change;
    const taken = total - sum;
    store<f64>(sums + 2 * at, total);
    store<f64>(sums + 2 * at, rest + (sum - (total - taken) + (change - taken)), 8);
    store<f64>(d + at, apart);
    const square = load<f64>(squares + at) + load<f64>(squares2 + at) + factor * apart * apart;
    store<f64>(squares + at, square);
    store<f64>(peak + at, square);
  }
  const width = widthOf(n);
  axpy(1, m2, m, <i32>(width * width));
}
