/**
 * Covariance of two series observed at times of their own: the products of all changes whose intervals share time.
 *
 *   Σ over i, j with (s_{i−1}, s_i] ∩ (t_{j−1}, t_j] of positive length of (a_i − a_{i−1}) (b_j − b_{j−1})
 *
 * @param sTimes,a  f64[m], strictly increasing times, and values
 * @param tTimes,b  f64[n]
 * @param overlaps  f64, becomes the number of products
 * @returns         the sum, not divided by time
 *
 * O(m + n): each step leaves the interval that ends first.
 * Source: Hayashi and Yoshida, On covariance estimation of non-synchronously observed diffusion processes, Bernoulli 11(2) (2005).
 */
export function overlapCovariance(
  m: i32,
  sTimes: usize,
  a: usize,
  n: i32,
  tTimes: usize,
  b: usize,
  overlaps: usize,
): f64 {
  let sum: f64 = 0;
  let count = 0;
  let i = 1;
  let j = 1;
  while (i < m && j < n) {
    const s = (<usize>i) << 3;
    const t = (<usize>j) << 3;
    const endS = load<f64>(sTimes + s);
    const endT = load<f64>(tTimes + t);
    if (max<f64>(load<f64>(sTimes + s - 8), load<f64>(tTimes + t - 8)) < min<f64>(endS, endT)) {
      sum += (load<f64>(a + s) - load<f64>(a + s - 8)) * (load<f64>(b + t) - load<f64>(b + t - 8));
      count++;
    }
    if (endS <= endT) i++;
    if (endT <= endS) j++;
  }
  store<f64>(overlaps, <f64>count);
  return sum;
}
