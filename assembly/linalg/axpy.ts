/**
 * y += a·x, element by element, so that the order of evaluation cannot matter.
 *
 * @param x,y  f64[n], not overlapping unless equal
 */
export function axpy(a: f64, x: usize, y: usize, n: i32): void {
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    const factor = f64x2.splat(a);
    for (; i < (n & ~3); i += 4) {
      const from = x + ((<usize>i) << 3);
      const at = y + ((<usize>i) << 3);
      v128.store(at, f64x2.add(v128.load(at), f64x2.mul(factor, v128.load(from))));
      v128.store(at, f64x2.add(v128.load(at, 16), f64x2.mul(factor, v128.load(from, 16))), 16);
    }
  }
  for (; i < n; i++) {
    const at = (<usize>i) << 3;
    store<f64>(y + at, load<f64>(y + at) + a * load<f64>(x + at));
  }
}
