import { axpy } from "./axpy";
import { NOTHING, reflected, STEP_NUMBERS, stepped, strideOf, tridiagonal } from "./tridiagonal";

/**
 * Eigenvalues and eigenvectors of symmetric matrices: rotations where a matrix is small, Householder reflections to tridiagonal
 * form and implicit QL steps above. The matrix is scaled by a power of two first, so that squares neither overflow nor vanish.
 */

/** Up to this size rotations cost no more, and are the more exact. */
const MOST_ROTATED = 32;
const MOST_SWEEPS = 30;
/** Columns that vectors are written to in one pass: a cache line. */
const COLUMNS = 8;

function at(a: usize, n: i32, i: i32, j: i32): usize {
  return a + ((<usize>i * <usize>n + <usize>j) << 3);
}
function element(a: usize, n: i32, i: i32, j: i32): f64 {
  return load<f64>(at(a, n, i, j));
}
function entry(v: usize, i: i32): f64 {
  return load<f64>(v + ((<usize>i) << 3));
}
function set(v: usize, i: i32, x: f64): void {
  store<f64>(v + ((<usize>i) << 3), x);
}

/** 2^−e of the exponent e of the largest element; 0 where all are 0. */
function scaleOf(n: i32, a: usize): f64 {
  let largest: f64 = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) largest = max<f64>(largest, abs<f64>(element(a, n, i, j)));
  }
  if (largest == 0) return 0;
  const exponent = <i32>(reinterpret<u64>(largest) >> 52) - 1023;
  return reinterpret<f64>((<u64>(1023 - min<i32>(exponent, 1022))) << 52);
}

/** Bytes of workspace that `eigenSymmetric` needs. */
export function eigenScratch(n: i32): usize {
  return (<usize>n * <usize>(strideOf(n) + STEP_NUMBERS)) << 3;
}

/**
 * a = V diag(values) V',  values ascending, V orthogonal. Of each column of V the first of its largest components is positive.
 *
 * @param a        f64[n*n], symmetric and finite; its lower triangle is read, and nothing changed
 * @param values   f64[n], written
 * @param vectors  f64[n*n], written: eigenvector k is column k
 * @param scratch  eigenScratch bytes
 * @returns        1; 0 where the iteration does not end, which no matrix of finite numbers is known to do
 *
 * Backward stable: the values are those of a matrix within a few n ε ‖a‖ of a. About 4/3 n³ operations for the tridiagonal form, as
 * many for its reflections, and 5 n³ for the steps.
 * Sources: Jacobi (1846) with Rutishauser's rotations, Numerische Mathematik 9 (1966); Martin, Reinsch and Wilkinson, tred2,
 * and Bowdler, Martin, Reinsch and Wilkinson, tql2, Numerische Mathematik 11 (1968); Van Zee, van de Geijn and Quintana-Ortí,
 * Restructuring the tridiagonal and bidiagonal QR algorithms for performance (2014), for turns kept and done by strips.
 */
export function eigenSymmetric(n: i32, a: usize, values: usize, vectors: usize, scratch: usize): i32 {
  const scale = scaleOf(n, a);
  const stride = strideOf(n);
  const rotates = n <= MOST_ROTATED;
  const turned = scratch;
  const e = turned + ((<usize>n * <usize>stride) << 3);
  const h = e + ((<usize>n) << 3);
  const work = h + ((<usize>n) << 3);
  if (rotates || scale == 0) {
    memory.fill(turned, 0, (<usize>n * <usize>stride) << 3);
    for (let i = 0; i < n; i++) store<f64>(at(turned, stride, i, i), 1);
  }
  let ended = true;
  if (scale == 0) {
    memory.fill(values, 0, (<usize>n) << 3);
  } else {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const x = element(a, n, i, j) * scale;
        store<f64>(at(vectors, n, i, j), x);
        store<f64>(at(vectors, n, j, i), x);
      }
    }
    if (rotates) {
      ended = rotated(n, vectors, values, turned, stride);
    } else {
      tridiagonal(n, vectors, values, e, h, work);
      reflected(n, vectors, h, turned, stride);
      ended = stepped(n, turned, stride, values, e, work);
    }
    for (let i = 0; i < n; i++) set(values, i, entry(values, i) / scale);
  }
  if (!ended) return 0;
  sorted(n, values, turned, stride, vectors);
  return 1;
}

/** Rotate every pair in turn until what is off the diagonal of `a` is nothing; the rows of v turn along. */
function rotated(n: i32, a: usize, values: usize, v: usize, stride: i32): bool {
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let turned = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const apart = element(a, n, p, q);
        if (abs<f64>(apart) <= NOTHING) continue;
        turned = true;
        rotate(n, a, v, stride, p, q, apart);
      }
    }
    if (turned) continue;
    for (let i = 0; i < n; i++) set(values, i, element(a, n, i, i));
    return true;
  }
  return false;
}

/** The rotation that makes a[p][q] 0. */
function rotate(n: i32, a: usize, v: usize, stride: i32, p: i32, q: i32, apart: f64): void {
  const first = element(a, n, p, p);
  const second = element(a, n, q, q);
  const ratio = (second - first) / (2 * apart);
  const size = abs<f64>(ratio);
  // For a ratio whose square is beyond f64, its own limit.
  const tangent = (size > 1e150 ? 0.5 / size : 1 / (size + sqrt<f64>(ratio * ratio + 1))) * (ratio < 0 ? -1 : 1);
  const cosine = 1 / sqrt<f64>(tangent * tangent + 1);
  const sine = tangent * cosine;
  const half = sine / (1 + cosine);
  turnPair(n, at(a, n, p, 0), at(a, n, q, 0), sine, half);
  turnPair(n, at(v, stride, p, 0), at(v, stride, q, 0), sine, half);
  store<f64>(at(a, n, p, p), first - tangent * apart);
  store<f64>(at(a, n, q, q), second + tangent * apart);
  store<f64>(at(a, n, p, q), 0);
  store<f64>(at(a, n, q, p), 0);
  for (let i = 0; i < n; i++) {
    store<f64>(at(a, n, i, p), element(a, n, p, i));
    store<f64>(at(a, n, i, q), element(a, n, q, i));
  }
}

/** x −= sine·(y + half·x),  y += sine·(x − half·y), each of what they were. */
function turnPair(n: i32, x: usize, y: usize, sine: f64, half: f64): void {
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    const s = f64x2.splat(sine);
    const t = f64x2.splat(half);
    for (; i < (n & ~1); i += 2) {
      const to = (<usize>i) << 3;
      const u = v128.load(x + to);
      const w = v128.load(y + to);
      v128.store(x + to, f64x2.sub(u, f64x2.mul(s, f64x2.add(w, f64x2.mul(t, u)))));
      v128.store(y + to, f64x2.add(w, f64x2.mul(s, f64x2.sub(u, f64x2.mul(t, w)))));
    }
  }
  for (; i < n; i++) {
    const u = entry(x, i);
    const w = entry(y, i);
    set(x, i, u - sine * (w + half * u));
    set(y, i, w + sine * (u - half * w));
  }
}

/** Values ascending, and each vector, a row of v, to its column; turned so that the first of its largest components is positive. */
function sorted(n: i32, values: usize, v: usize, stride: i32, vectors: usize): void {
  const line = (<usize>stride) << 3;
  const size = (<usize>n) << 3;
  for (let k = 0; k < n; k++) {
    const row = v + <usize>k * line;
    let least = k;
    for (let j = k + 1; j < n; j++) if (entry(values, j) < entry(values, least)) least = j;
    if (least != k) {
      // The vectors' own place is free until they are written.
      const other = v + <usize>least * line;
      memory.copy(vectors, row, size);
      memory.copy(row, other, size);
      memory.copy(other, vectors, size);
      const value = entry(values, k);
      set(values, k, entry(values, least));
      set(values, least, value);
    }
    let largest = 0;
    for (let i = 1; i < n; i++) if (abs<f64>(entry(row, i)) > abs<f64>(entry(row, largest))) largest = i;
    if (entry(row, largest) < 0) axpy(-2, row, row, n);
  }
  for (let first = 0; first < n; first += COLUMNS) {
    const last = min(first + COLUMNS, n);
    for (let i = 0; i < n; i++) {
      for (let k = first; k < last; k++)
        store<f64>(at(vectors, n, i, k), load<f64>(v + <usize>k * line + ((<usize>i) << 3)));
    }
  }
}
