/**
 * c0 + c1 x + ... + c(n−1) x^(n−1), even and odd powers summed apart so that two multiplications are under way at once.
 *
 * @param c  f64[n], lowest power first
 * @param n  number of coefficients, even, n ≥ 2; pad with a zero
 */
export function polynomial(c: usize, n: i32, x: f64): f64 {
  const square = x * x;
  let at = c + ((<usize>(n - 2)) << 3);
  let even = load<f64>(at);
  let odd = load<f64>(at, 8);
  while (at > c) {
    at -= 16;
    even = even * square + load<f64>(at);
    odd = odd * square + load<f64>(at, 8);
  }
  return even + x * odd;
}
