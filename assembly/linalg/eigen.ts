/**
 * Eigenvalues and eigenvectors of symmetric matrices: rotations where a matrix is small, Householder reflections to tridiagonal
 * form and implicit QL steps above. The matrix is scaled by a power of two first, so that squares neither overflow nor vanish.
 */

/** Up to this size rotations cost no more, and are the more exact. */
const MOST_ROTATED = 32;
const MOST_SWEEPS = 30;
const MOST_STEPS = 60;
/** An element below this, of a matrix scaled to about 1, is nothing to the last bit of an eigenvalue. */
const NOTHING: f64 = 8.673617379884035e-19; // 2^−60

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

/** √(x² + y²) of numbers about 1. */
function length(x: f64, y: f64): f64 {
  return sqrt<f64>(x * x + y * y);
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
  return (<usize>n * <usize>n + <usize>n) << 3;
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
 * Backward stable: the values are those of a matrix within a few n ε ‖a‖ of a. O(n³).
 * Sources: Jacobi (1846) with Rutishauser's rotations, Numerische Mathematik 9 (1966); Martin, Reinsch and Wilkinson, tred2,
 * and Bowdler, Martin, Reinsch and Wilkinson, tql2, Numerische Mathematik 11 (1968).
 */
export function eigenSymmetric(n: i32, a: usize, values: usize, vectors: usize, scratch: usize): i32 {
  const scale = scaleOf(n, a);
  memory.fill(vectors, 0, (<usize>n * <usize>n) << 3);
  for (let i = 0; i < n; i++) {
    set(values, i, 0);
    store<f64>(at(vectors, n, i, i), 1);
  }
  if (scale == 0) return 1;
  const rotates = n <= MOST_ROTATED;
  const to = rotates ? scratch : vectors;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const x = element(a, n, i, j) * scale;
      store<f64>(at(to, n, i, j), x);
      store<f64>(at(to, n, j, i), x);
    }
  }
  let ended = false;
  if (rotates) {
    ended = rotated(n, scratch, values, vectors);
  } else {
    tridiagonal(n, vectors, values, scratch);
    ended = stepped(n, vectors, values, scratch);
  }
  if (!ended) return 0;
  for (let i = 0; i < n; i++) set(values, i, entry(values, i) / scale);
  sorted(n, values, vectors);
  return 1;
}

/** Rotate every pair in turn until what is off the diagonal of `a` is nothing. */
function rotated(n: i32, a: usize, values: usize, vectors: usize): bool {
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let turned = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const apart = element(a, n, p, q);
        if (abs<f64>(apart) <= NOTHING) continue;
        turned = true;
        rotate(n, a, vectors, p, q, apart);
      }
    }
    if (turned) continue;
    for (let i = 0; i < n; i++) set(values, i, element(a, n, i, i));
    return true;
  }
  return false;
}

/** The rotation that makes a[p][q] 0. */
function rotate(n: i32, a: usize, vectors: usize, p: i32, q: i32, apart: f64): void {
  const ratio = (element(a, n, q, q) - element(a, n, p, p)) / (2 * apart);
  const size = abs<f64>(ratio);
  // For a ratio whose square is beyond f64, its own limit.
  const tangent = (size > 1e150 ? 0.5 / size : 1 / (size + sqrt<f64>(ratio * ratio + 1))) * (ratio < 0 ? -1 : 1);
  const cosine = 1 / sqrt<f64>(tangent * tangent + 1);
  const sine = tangent * cosine;
  const half = sine / (1 + cosine);
  store<f64>(at(a, n, p, p), element(a, n, p, p) - tangent * apart);
  store<f64>(at(a, n, q, q), element(a, n, q, q) + tangent * apart);
  store<f64>(at(a, n, p, q), 0);
  store<f64>(at(a, n, q, p), 0);
  for (let i = 0; i < n; i++) {
    if (i != p && i != q) {
      const x = element(a, n, i, p);
      const y = element(a, n, i, q);
      const turnedX = x - sine * (y + half * x);
      const turnedY = y + sine * (x - half * y);
      store<f64>(at(a, n, i, p), turnedX);
      store<f64>(at(a, n, p, i), turnedX);
      store<f64>(at(a, n, i, q), turnedY);
      store<f64>(at(a, n, q, i), turnedY);
    }
    const x = element(vectors, n, i, p);
    const y = element(vectors, n, i, q);
    store<f64>(at(vectors, n, i, p), x - sine * (y + half * x));
    store<f64>(at(vectors, n, i, q), y + sine * (x - half * y));
  }
}

/**
 * Householder reflections from the last row up: v, the matrix, becomes Q with Q' v Q tridiagonal, whose diagonal is d and whose
 * subdiagonal is e[1] .. e[n − 1].
 */
function tridiagonal(n: i32, v: usize, d: usize, e: usize): void {
  for (let i = n - 1; i > 0; i--) {
    let norm: f64 = 0;
    for (let k = 0; k < i - 1; k++) norm = max<f64>(norm, abs<f64>(element(v, n, i, k)));
    const last = element(v, n, i, i - 1);
    if (norm == 0) {
      // The row is tridiagonal as it is.
      set(e, i, last);
      set(d, i, 0);
      continue;
    }
    let h: f64 = 0;
    for (let k = 0; k < i; k++) h += element(v, n, i, k) * element(v, n, i, k);
    const root = last > 0 ? -sqrt<f64>(h) : sqrt<f64>(h);
    set(e, i, root);
    h -= last * root;
    store<f64>(at(v, n, i, i - 1), last - root);
    // p = A u / h into e, K = u'p / 2h, q = p − K u, A −= q u' + u q'.
    let inner: f64 = 0;
    for (let j = 0; j < i; j++) {
      store<f64>(at(v, n, j, i), element(v, n, i, j) / h);
      let g: f64 = 0;
      for (let k = 0; k <= j; k++) g += element(v, n, j, k) * element(v, n, i, k);
      for (let k = j + 1; k < i; k++) g += element(v, n, k, j) * element(v, n, i, k);
      set(e, j, g / h);
      inner += (g / h) * element(v, n, i, j);
    }
    const share = inner / (h + h);
    for (let j = 0; j < i; j++) {
      const u = element(v, n, i, j);
      const q = entry(e, j) - share * u;
      set(e, j, q);
      for (let k = 0; k <= j; k++) {
        store<f64>(at(v, n, j, k), element(v, n, j, k) - (u * entry(e, k) + q * element(v, n, i, k)));
      }
    }
    set(d, i, h);
  }
  set(d, 0, 0);
  set(e, 0, 0);
  // The product of the reflections.
  for (let i = 0; i < n; i++) {
    if (entry(d, i) != 0) {
      for (let j = 0; j < i; j++) {
        let g: f64 = 0;
        for (let k = 0; k < i; k++) g += element(v, n, i, k) * element(v, n, k, j);
        for (let k = 0; k < i; k++) store<f64>(at(v, n, k, j), element(v, n, k, j) - g * element(v, n, k, i));
      }
    }
    set(d, i, element(v, n, i, i));
    store<f64>(at(v, n, i, i), 1);
    for (let j = 0; j < i; j++) {
      store<f64>(at(v, n, j, i), 0);
      store<f64>(at(v, n, i, j), 0);
    }
  }
}

/** Implicit QL steps until the subdiagonal is nothing; the columns of v turn along. */
function stepped(n: i32, v: usize, d: usize, e: usize): bool {
  for (let i = 1; i < n; i++) set(e, i - 1, entry(e, i));
  set(e, n - 1, 0);
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
      let g = (entry(d, l + 1) - entry(d, l)) / (2 * entry(e, l));
      let r = length(g, 1);
      g = entry(d, m) - entry(d, l) + entry(e, l) / (g + (g < 0 ? -r : r));
      let sine: f64 = 1;
      let cosine: f64 = 1;
      let p: f64 = 0;
      let i = m - 1;
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
        for (let k = 0; k < n; k++) {
          const x = element(v, n, k, i + 1);
          const y = element(v, n, k, i);
          store<f64>(at(v, n, k, i + 1), sine * y + cosine * x);
          store<f64>(at(v, n, k, i), cosine * y - sine * x);
        }
      }
      if (r == 0 && i >= l) continue;
      set(d, l, entry(d, l) - p);
      set(e, l, g);
      set(e, m, 0);
    }
  }
  return true;
}

/** Values ascending, their vectors with them; each vector turned so that the first of its largest components is positive. */
function sorted(n: i32, values: usize, vectors: usize): void {
  for (let k = 0; k < n; k++) {
    let least = k;
    for (let j = k + 1; j < n; j++) if (entry(values, j) < entry(values, least)) least = j;
    if (least != k) {
      const value = entry(values, k);
      set(values, k, entry(values, least));
      set(values, least, value);
      for (let i = 0; i < n; i++) {
        const x = element(vectors, n, i, k);
        store<f64>(at(vectors, n, i, k), element(vectors, n, i, least));
        store<f64>(at(vectors, n, i, least), x);
      }
    }
    let largest = 0;
    for (let i = 1; i < n; i++) {
      if (abs<f64>(element(vectors, n, i, k)) > abs<f64>(element(vectors, n, largest, k))) largest = i;
    }
    if (element(vectors, n, largest, k) >= 0) continue;
    for (let i = 0; i < n; i++) store<f64>(at(vectors, n, i, k), -element(vectors, n, i, k));
  }
}

/** out = V diag(values) V', symmetric to the bit. */
export function eigenProduct(n: i32, values: usize, vectors: usize, out: usize): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum: f64 = 0;
      for (let k = 0; k < n; k++) sum += entry(values, k) * element(vectors, n, i, k) * element(vectors, n, j, k);
      store<f64>(at(out, n, i, j), sum);
      store<f64>(at(out, n, j, i), sum);
    }
  }
}

/**
 * Values below a floor raised to it; their number. What V diag(values) V' then is, is the nearest such matrix in the Frobenius
 * norm.
 */
export function eigenFloor(n: i32, values: usize, floor: f64): i32 {
  let raised = 0;
  for (let k = 0; k < n; k++) {
    if (entry(values, k) >= floor) continue;
    set(values, k, floor);
    raised++;
  }
  return raised;
}

/** c with ones on its diagonal: c[i][j] / √(c[i][i] c[j][j]); a row of a diagonal of 0 as it is, but for its own 1. */
export function unitDiagonal(n: i32, c: usize, deviations: usize): void {
  for (let i = 0; i < n; i++) set(deviations, i, sqrt<f64>(max<f64>(element(c, n, i, i), 0)));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const by = entry(deviations, i) * entry(deviations, j);
      const x = by > 0 ? element(c, n, i, j) / by : 0;
      store<f64>(at(c, n, i, j), x);
      store<f64>(at(c, n, j, i), x);
    }
    store<f64>(at(c, n, i, i), 1);
  }
}
