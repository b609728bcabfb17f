/**
 * Inner product  sum of x[i]·y[i].
 *
 * @param x,y  f64[n]
 *
 * Eight running sums, element i in sum i mod 8, joined as ((s0+s4)+(s2+s6)) + ((s1+s5)+(s3+s7)); the last n mod 8 products
 * are added one by one. Error at most about (n/8 + 4)·eps·sum|x·y|. O(n).
 */
export function dot(x: usize, y: usize, n: i32): f64 {
  const whole = n & ~7;
  let total: f64;
  if (ASC_FEATURE_SIMD) {
    let a = f64x2.splat(0);
    let b = f64x2.splat(0);
    let c = f64x2.splat(0);
    let d = f64x2.splat(0);
    for (let i = 0; i < whole; i += 8) {
      const p = x + ((<usize>i) << 3);
      const q = y + ((<usize>i) << 3);
      a = f64x2.add(a, f64x2.mul(v128.load(p), v128.load(q)));
      b = f64x2.add(b, f64x2.mul(v128.load(p, 16), v128.load(q, 16)));
      c = f64x2.add(c, f64x2.mul(v128.load(p, 32), v128.load(q, 32)));
      d = f64x2.add(d, f64x2.mul(v128.load(p, 48), v128.load(q, 48)));
    }
    const s = f64x2.add(f64x2.add(a, c), f64x2.add(b, d));
    total = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  } else {
    let s0: f64 = 0;
    let s1: f64 = 0;
    let s2: f64 = 0;
    let s3: f64 = 0;
    let s4: f64 = 0;
    let s5: f64 = 0;
    let s6: f64 = 0;
    let s7: f64 = 0;
    for (let i = 0; i < whole; i += 8) {
      const p = x + ((<usize>i) << 3);
      const q = y + ((<usize>i) << 3);
      s0 += load<f64>(p) * load<f64>(q);
      s1 += load<f64>(p, 8) * load<f64>(q, 8);
      s2 += load<f64>(p, 16) * load<f64>(q, 16);
      s3 += load<f64>(p, 24) * load<f64>(q, 24);
      s4 += load<f64>(p, 32) * load<f64>(q, 32);
      s5 += load<f64>(p, 40) * load<f64>(q, 40);
      s6 += load<f64>(p, 48) * load<f64>(q, 48);
      s7 += load<f64>(p, 56) * load<f64>(q, 56);
    }
    total = s0 + s4 + (s2 + s6) + (s1 + s5 + (s3 + s7));
  }
  for (let i = whole; i < n; i++) {
    total += load<f64>(x + ((<usize>i) << 3)) * load<f64>(y + ((<usize>i) << 3));
  }
  return total;
}
