/** Below this many numbers the pivot is the median of three; from it on, an order statistic of a sample. */
const SAMPLED: i32 = 4096;
const SAMPLE: i32 = 2048;
/** Up to this many numbers insertion beats partition. */
const SHORT: i32 = 16;

/** Exchange x[i] and x[j]. */
function swap(x: usize, i: i32, j: i32): void {
  const a = x + ((<usize>i) << 3);
  const b = x + ((<usize>j) << 3);
  const kept = load<f64>(a);
  store<f64>(a, load<f64>(b));
  store<f64>(b, kept);
}

/** Sort x: f64[n] ascending by insertion: for short n. */
function insertionSort(x: usize, n: i32): void {
  const end = x + ((<usize>n) << 3);
  for (let i = x + 8; i < end; i += 8) {
    const value = load<f64>(i);
    let j = i;
    while (j > x && load<f64>(j - 8) > value) {
      store<f64>(j, load<f64>(j - 8));
      j -= 8;
    }
    store<f64>(j, value);
  }
}

/**
 * Reorder x: f64[n] so that the numbers below `pivot` come first; how many they are. Where `ties`, also those equal to it.
 * Branch-free: each number is exchanged with the first that stayed, and the boundary moves by the outcome of the test.
 */
function partition(x: usize, n: i32, pivot: f64, ties: bool): i32 {
  let boundary = x;
  const end = x + ((<usize>n) << 3);
  if (ties) {
    for (let at = x; at < end; at += 8) {
      const value = load<f64>(at);
      store<f64>(at, load<f64>(boundary));
      store<f64>(boundary, value);
      boundary += (<usize>(value <= pivot)) << 3;
    }
  } else {
    for (let at = x; at < end; at += 8) {
      const value = load<f64>(at);
      store<f64>(at, load<f64>(boundary));
      store<f64>(boundary, value);
      boundary += (<usize>(value < pivot)) << 3;
    }
  }
  return <i32>((boundary - x) >> 3);
}

/** The middle one of the first, the middle and the last number. */
function medianOfThree(x: usize, n: i32): f64 {
  const a = load<f64>(x);
  const b = load<f64>(x + ((<usize>(n >> 1)) << 3));
  const c = load<f64>(x + ((<usize>(n - 1)) << 3));
  return max(min(a, b), min(max(a, b), c));
}

/**
 * Rank in an even sample of SAMPLE numbers of n, four standard deviations off that of the k-th smallest: above it where k
 * is in the lower half, below it in the upper half, so that the part which is left to search is the short one.
 */
function sampleRank(n: i32, k: i32): i32 {
  const share = <f64>k / <f64>n;
  const margin = 4 * sqrt(<f64>SAMPLE * share * (1 - share)) + 1;
  const rank = <f64>SAMPLE * share + (share <= 0.5 ? margin : -margin);
  return <i32>max<f64>(1, min<f64>(<f64>SAMPLE, ceil(rank)));
}

/** Position of the i-th of SAMPLE numbers spread evenly over n. */
function samplePosition(i: i32, n: i32): i32 {
  return <i32>((<i64>i * n) / SAMPLE);
}

/** A number near the k-th smallest of x, see `sampleRank`. Moves the sample to the front of x. */
function sampledPivot(x: usize, n: i32, k: i32): f64 {
  for (let i = 0; i < SAMPLE; i++) swap(x, i, samplePosition(i, n));
  const rank = sampleRank(n, k);
  selectSmallest(x, SAMPLE, rank);
  return load<f64>(x + ((<usize>(rank - 1)) << 3));
}

/**
 * Reorder x: f64[n] so that its k smallest come first, 1 ≤ k ≤ n, and the largest of those at k − 1: exact selection.
 *
 *   before   | ................................ |
 *   after    | at most x[k−1] | x[k−1] | at least x[k−1] |      each part in no order
 *
 * Quickselect with a branch-free partition; numbers equal to the pivot are set aside, so ties cost nothing. O(n) expected.
 * Source: Hoare, Algorithm 65: Find (1961); Floyd and Rivest, Expected time bounds for selection (1975).
 */
export function selectSmallest(x: usize, n: i32, k: i32): void {
  let from = x;
  let count = n;
  let rank = k;
  while (count > SHORT) {
    const pivot = count > SAMPLED ? sampledPivot(from, count, rank) : medianOfThree(from, count);
    const below = partition(from, count, pivot, false);
    if (rank <= below) {
      count = below;
      continue;
    }
    const rest = from + ((<usize>below) << 3);
    const equal = partition(rest, count - below, pivot, true);
    if (rank <= below + equal) return;
    from = rest + ((<usize>equal) << 3);
    count -= below + equal;
    rank -= below + equal;
  }
  insertionSort(from, count);
}

/** Sort x: f64[n] ascending. Quicksort with the same partition, the shorter side first: at most log2(n) levels deep. */
export function sortAscending(x: usize, n: i32): void {
  let from = x;
  let count = n;
  while (count > SHORT) {
    const pivot = medianOfThree(from, count);
    const below = partition(from, count, pivot, false);
    const rest = from + ((<usize>below) << 3);
    const upTo = below + partition(rest, count - below, pivot, true);
    const above = from + ((<usize>upTo) << 3);
    if (below < count - upTo) {
      sortAscending(from, below);
      from = above;
      count -= upTo;
    } else {
      sortAscending(above, count - upTo);
      count = below;
    }
  }
  insertionSort(from, count);
}

/** Numbers of one pass of `filter`: those that it comes back to are still in the first-level cache. */
const PASS: i32 = 2048;

/**
 * Copy to `out` the numbers of x: f64[n] that are at most `pivot`, in order; how many they are. `out` holds f64[n].
 *
 * In a tail nearly every block of four holds nothing, but which one does cannot be guessed. So no branch depends on it: the
 * blocks of a pass that hold something are listed first, at the end of its share of `out`, which is read before what is kept
 * gets there.
 */
function filter(x: usize, n: i32, pivot: f64, out: usize): i32 {
  let to = out;
  let from = 0;
  if (ASC_FEATURE_SIMD) {
    const pivots = f64x2.splat(pivot);
    for (; from + 4 <= n; from += PASS) {
      const count = min(PASS, (n - from) & ~3);
      const list = out + ((<usize>from) << 3) + 7 * <usize>count;
      let last = list;
      const end = x + ((<usize>(from + count)) << 3);
      for (let at = x + ((<usize>from) << 3); at < end; at += 32) {
        const first = f64x2.le(v128.load(at), pivots);
        const second = f64x2.le(v128.load(at, 16), pivots);
        store<u32>(last, <u32>at);
        last += (<usize>v128.any_true(v128.or(first, second))) << 2;
      }
      for (let listed = list; listed < last; listed += 4) {
        const block = <usize>load<u32>(listed);
        for (let at = block; at < block + 32; at += 8) {
          const value = load<f64>(at);
          store<f64>(to, value);
          to += (<usize>(value <= pivot)) << 3;
        }
      }
    }
    from = n & ~3;
  }
  for (let at = x + ((<usize>from) << 3), end = x + ((<usize>n) << 3); at < end; at += 8) {
    const value = load<f64>(at);
    store<f64>(to, value);
    to += (<usize>(value <= pivot)) << 3;
  }
  return <i32>((to - out) >> 3);
}

/**
 * The k smallest of x: f64[n] into the front of `out`: f64[n], as `selectSmallest` leaves them; x is not modified.
 *
 * Above 4,096 numbers, and for k up to half of them, one filtering pass keeps only those up to a sampled pivot, a little
 * more than k. Should they be fewer than k, everything is copied and nothing is lost but time.
 */
export function smallestInto(x: usize, n: i32, k: i32, out: usize): void {
  if (n > SAMPLED && k <= n >> 1) {
    // Four neighbours at a time: a quarter of the cache lines.
    for (let i = 0; i < SAMPLE; i++) {
      const position = samplePosition(i & ~3, n) + (i & 3);
      store<f64>(out + ((<usize>i) << 3), load<f64>(x + ((<usize>position) << 3)));
    }
    const rank = sampleRank(n, k);
    selectSmallest(out, SAMPLE, rank);
    const kept = filter(x, n, load<f64>(out + ((<usize>(rank - 1)) << 3)), out);
    if (kept >= k) {
      selectSmallest(out, kept, k);
      return;
    }
  }
  memory.copy(out, x, (<usize>n) << 3);
  selectSmallest(out, n, k);
}
