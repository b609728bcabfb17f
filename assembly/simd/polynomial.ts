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

/** The same for two numbers at once, each lane with the operations of `polynomial`. Reached in the simd build only. */
export function polynomialPair(c: usize, n: i32, x: v128): v128 {
  const square = f64x2.mul(x, x);
  let at = c + ((<usize>(n - 2)) << 3);
  let even = v128.load64_splat(at);
  let odd = v128.load64_splat(at, 8);
  while (at > c) {
    at -= 16;
    even = f64x2.add(f64x2.mul(even, square), v128.load64_splat(at));
    odd = f64x2.add(f64x2.mul(odd, square), v128.load64_splat(at, 8));
  }
  return f64x2.add(even, f64x2.mul(x, odd));
}

/** The same with coefficients of its own for each lane, at `c` and `d`. */
export function polynomialLanes(c: usize, d: usize, n: i32, x: v128): v128 {
  const square = f64x2.mul(x, x);
  const beside = d - c;
  let at = c + ((<usize>(n - 2)) << 3);
  let even = v128.load64_lane(at + beside, v128.load64_splat(at), 1);
  let odd = v128.load64_lane(at + beside, v128.load64_splat(at, 8), 1, 8);
  while (at > c) {
    at -= 16;
    even = f64x2.add(f64x2.mul(even, square), v128.load64_lane(at + beside, v128.load64_splat(at), 1));
    odd = f64x2.add(f64x2.mul(odd, square), v128.load64_lane(at + beside, v128.load64_splat(at, 8), 1, 8));
  }
  return f64x2.add(even, f64x2.mul(x, odd));
}
