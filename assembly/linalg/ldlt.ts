import { dot } from "./dot";

/** What rounding may leave of an element that is 0, in units of n·eps of its row's and column's scale. */
const NEGLIGIBLE: f64 = 4;

function at(a: usize, n: i32, i: i32, j: i32): usize {
  return a + ((<usize>i * <usize>n + <usize>j) << 3);
}
function entry(x: usize, i: i32): f64 {
  return load<f64>(x + ((<usize>i) << 3));
}
function swap(x: usize, y: usize): void {
  const kept = load<f64>(x);
  store<f64>(x, load<f64>(y));
  store<f64>(y, kept);
}

/** Bytes of workspace that `ldlt` needs. */
export function ldltScratch(n: i32): usize {
  return (3 * <usize>n) << 3;
}

/**
 * A = P'·L·D·L'·P,  L lower triangular with ones on its diagonal, D diagonal, in place.
 *
 * @param a       f64[n*n], symmetric; only its lower triangle is read. Becomes L with zeros above the diagonal
 * @param pivots  1: of what is left the diagonal element is taken next that is largest beside what it was; 0: as they come
 * @param order   i32[n], written: row i of L is row order[i] of A
 * @param d       f64[n], written: the diagonal of D
 * @returns       0, or k where pivot k (one-based) is nothing and its column is not: then no such factors exist, and the rest is
 *                undefined
 *
 * A pivot is nothing where it is at most n·eps of the diagonal element that it is left of, as in `cholesky`, whatever the units of the
 * columns; D is then 0 and the column of L that of the identity. With `pivots` all that are left are nothing together, so that
 * the rank is the number of elements of D that are not 0. Column by column, inner products over contiguous rows. n³/3 operations.
 * Source: Higham, Accuracy and Stability of Numerical Algorithms (2002), sections 10.3 and 11.1.
 */
export function ldlt(n: i32, a: usize, pivots: i32, order: usize, d: usize, scratch: usize): i32 {
  const scale = scratch;
  const left = scratch + ((<usize>n) << 3);
  const weighted = left + ((<usize>n) << 3);
  let largest: f64 = 0;
  for (let i = 0; i < n; i++) {
    const own = load<f64>(at(a, n, i, i));
    store<i32>(order + ((<usize>i) << 2), i);
    store<f64>(scale + ((<usize>i) << 3), abs<f64>(own));
    store<f64>(left + ((<usize>i) << 3), own);
    largest = max<f64>(largest, abs<f64>(own));
  }
  const least = <f64>n * f64.EPSILON;
  for (let j = 0; j < n; j++) {
    if (pivots != 0) {
      const next = strongest(n, j, left, scale, largest);
      if (next != j) exchange(n, a, j, next, order, left, scale);
    }
    const row = at(a, n, j, 0);
    for (let k = 0; k < j; k++) store<f64>(weighted + ((<usize>k) << 3), entry(row, k) * entry(d, k));
    const pivot = entry(left, j);
    const none = abs<f64>(pivot) <= least * entry(scale, j);
    const bound = NEGLIGIBLE * least * sqrt<f64>(entry(scale, j));
    store<f64>(d + ((<usize>j) << 3), none ? 0 : pivot);
    store<f64>(row + ((<usize>j) << 3), 1);
    for (let i = j + 1; i < n; i++) {
      const place = at(a, n, i, j);
      const rest = load<f64>(place) - dot(at(a, n, i, 0), weighted, j);
      if (none) {
        if (!(abs<f64>(rest) <= bound * sqrt<f64>(entry(scale, i)))) return j + 1;
        store<f64>(place, 0);
      } else {
        const l = rest / pivot;
        store<f64>(place, l);
        store<f64>(left + ((<usize>i) << 3), entry(left, i) - rest * l);
      }
    }
    memory.fill(row + ((<usize>(j + 1)) << 3), 0, (<usize>(n - 1 - j)) << 3);
  }
  return 0;
}

/** Which of j .. n − 1 has most left of its scale; the first of equals. One whose scale is 0 is measured by the largest. */
function strongest(n: i32, j: i32, left: usize, scale: usize, largest: f64): i32 {
  let best = j;
  let most: f64 = -1;
  for (let i = j; i < n; i++) {
    const rest = abs<f64>(entry(left, i));
    const own = entry(scale, i) > 0 ? entry(scale, i) : largest;
    const share = rest > 0 ? rest / own : 0;
    if (share > most) {
      most = share;
      best = i;
    }
  }
  return best;
}

/** Rows and columns j and p > j of what is left change places, and the rows of L so far. */
function exchange(n: i32, a: usize, j: i32, p: i32, order: usize, left: usize, scale: usize): void {
  for (let k = 0; k < j; k++) swap(at(a, n, j, k), at(a, n, p, k));
  for (let i = j + 1; i < p; i++) swap(at(a, n, i, j), at(a, n, p, i));
  for (let i = p + 1; i < n; i++) swap(at(a, n, i, j), at(a, n, i, p));
  swap(left + ((<usize>j) << 3), left + ((<usize>p) << 3));
  swap(scale + ((<usize>j) << 3), scale + ((<usize>p) << 3));
  const first = order + ((<usize>j) << 2);
  const second = order + ((<usize>p) << 2);
  const kept = load<i32>(first);
  store<i32>(first, load<i32>(second));
  store<i32>(second, kept);
}
