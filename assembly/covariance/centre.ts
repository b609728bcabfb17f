/**
 * Means of columns, each as a sum of two numbers: a provisional mean and the mean of what remains after subtracting it.
 *
 *   high = (sum of x)/n,   low = (sum of (x − high))/n,   mean = high + low
 *
 * Subtracting `high` and then `low` from x centres it to the last bits of the differences, also where the level is 10^16
 * times the spread's square root of eps; sum(x²) − n·mean² is never formed.
 *
 * @param x      f64[n][rows], one column after the other; rows ≥ 1
 * @param shift  f64[2*n], becomes high and low by turns
 * @param mean   f64[n]
 *
 * Source: Chan, Golub and LeVeque, Algorithms for computing the sample variance (1983).
 */
export function columnMeans(n: i32, rows: i32, x: usize, shift: usize, mean: usize): void {
  for (let i = 0; i < n; i++) {
    const column = x + ((<usize>i * <usize>rows) << 3);
    const high = sumOfDifferences(column, rows, 0) / <f64>rows;
    const low = sumOfDifferences(column, rows, high) / <f64>rows;
    store<f64>(shift + ((<usize>i) << 4), high);
    store<f64>(shift + ((<usize>i) << 4), low, 8);
    store<f64>(mean + ((<usize>i) << 3), high + low);
  }
}

/** Sum of x[t] − origin; four running sums, element t in sum t mod 4, joined as (s0+s2) + (s1+s3), then the rest. */
function sumOfDifferences(x: usize, n: i32, origin: f64): f64 {
  const whole = n & ~3;
  let total: f64;
  if (ASC_FEATURE_SIMD) {
    const zero = f64x2.splat(origin);
    let a = f64x2.splat(0);
    let b = f64x2.splat(0);
    for (let t = 0; t < whole; t += 4) {
      const at = x + ((<usize>t) << 3);
      a = f64x2.add(a, f64x2.sub(v128.load(at), zero));
      b = f64x2.add(b, f64x2.sub(v128.load(at, 16), zero));
    }
    const s = f64x2.add(a, b);
    total = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  } else {
    let s0: f64 = 0;
    let s1: f64 = 0;
    let s2: f64 = 0;
    let s3: f64 = 0;
    for (let t = 0; t < whole; t += 4) {
      const at = x + ((<usize>t) << 3);
      s0 += load<f64>(at) - origin;
      s1 += load<f64>(at, 8) - origin;
      s2 += load<f64>(at, 16) - origin;
      s3 += load<f64>(at, 24) - origin;
    }
    total = s0 + s2 + (s1 + s3);
  }
  for (let t = whole; t < n; t++) total += load<f64>(x + ((<usize>t) << 3)) - origin;
  return total;
}

/** One plus the position of the first x[i] that is NaN or infinite, 0 where all are finite. x: f64[n]. */
export function firstNonFinite(x: usize, n: i32): i32 {
  for (let i = 0; i < n; i++) {
    const value = load<f64>(x + ((<usize>i) << 3));
    if (!(value - value == 0)) return i + 1;
  }
  return 0;
}
