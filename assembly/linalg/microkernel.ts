/**
 * A 4 × 4 tile of a matrix product from packed panels:  c[i][j] (+)= sum over k of a[k][i] · b[k][j].
 *
 * @param depth   length of the sums, ≥ 1
 * @param a,b     f64[depth*4] panels of `pack`
 * @param c       top left of the tile; `stride` bytes from row to row
 * @param first   whether the tile is written rather than added to
 *
 * Each element is summed over k in order, in every build. The loop keeps eight two-lane accumulators, which together
 * with its operands is what 128-bit registers hold. It is a function of its own and not unrolled on purpose: engines swap
 * a hot function for its optimised code only between calls, and unrolling by eight halved the speed on V8. The pointers
 * move first, the test comes last, and b is read at offsets that a is not: so V8 11 neither extends a pointer twice nor
 * computes an address beside the loads, which brings the loop from 85 to 98 % of what the units can multiply and add.
 */
export function tile(depth: i32, a: usize, b: usize, c: usize, stride: usize, first: bool): void {
  if (ASC_FEATURE_SIMD) {
    let c00 = f64x2.splat(0);
    let c01 = f64x2.splat(0);
    let c10 = f64x2.splat(0);
    let c11 = f64x2.splat(0);
    let c20 = f64x2.splat(0);
    let c21 = f64x2.splat(0);
    let c30 = f64x2.splat(0);
    let c31 = f64x2.splat(0);
    const last = a + ((<usize>(depth - 1)) << 5);
    a -= 32;
    b -= 64;
    do {
      a += 32;
      b += 32;
      const b0 = v128.load(b, 32);
      const b1 = v128.load(b, 48);
      const a0 = v128.load64_splat(a);
      c00 = f64x2.add(c00, f64x2.mul(a0, b0));
      c01 = f64x2.add(c01, f64x2.mul(a0, b1));
      const a1 = v128.load64_splat(a, 8);
      c10 = f64x2.add(c10, f64x2.mul(a1, b0));
      c11 = f64x2.add(c11, f64x2.mul(a1, b1));
      const a2 = v128.load64_splat(a, 16);
      c20 = f64x2.add(c20, f64x2.mul(a2, b0));
      c21 = f64x2.add(c21, f64x2.mul(a2, b1));
      const a3 = v128.load64_splat(a, 24);
      c30 = f64x2.add(c30, f64x2.mul(a3, b0));
      c31 = f64x2.add(c31, f64x2.mul(a3, b1));
    } while (a != last);
    const row1 = c + stride;
    const row2 = row1 + stride;
    const row3 = row2 + stride;
    if (!first) {
      c00 = f64x2.add(v128.load(c), c00);
      c01 = f64x2.add(v128.load(c, 16), c01);
      c10 = f64x2.add(v128.load(row1), c10);
      c11 = f64x2.add(v128.load(row1, 16), c11);
      c20 = f64x2.add(v128.load(row2), c20);
      c21 = f64x2.add(v128.load(row2, 16), c21);
      c30 = f64x2.add(v128.load(row3), c30);
      c31 = f64x2.add(v128.load(row3, 16), c31);
    }
    v128.store(c, c00);
    v128.store(c, c01, 16);
    v128.store(row1, c10);
    v128.store(row1, c11, 16);
    v128.store(row2, c20);
    v128.store(row2, c21, 16);
    v128.store(row3, c30);
    v128.store(row3, c31, 16);
  } else {
    halfTile(depth, a, b, c, stride, first);
    halfTile(depth, a, b + 16, c + 16, stride, first);
  }
}

/** The left half of a tile without SIMD: eight accumulators, as many as the registers hold beside their operands. */
function halfTile(depth: i32, a: usize, b: usize, c: usize, stride: usize, first: bool): void {
  let c00: f64 = 0;
  let c01: f64 = 0;
  let c10: f64 = 0;
  let c11: f64 = 0;
  let c20: f64 = 0;
  let c21: f64 = 0;
  let c30: f64 = 0;
  let c31: f64 = 0;
  const end = a + ((<usize>depth) << 5);
  while (a < end) {
    const b0 = load<f64>(b);
    const b1 = load<f64>(b, 8);
    const a0 = load<f64>(a);
    c00 += a0 * b0;
    c01 += a0 * b1;
    const a1 = load<f64>(a, 8);
    c10 += a1 * b0;
    c11 += a1 * b1;
    const a2 = load<f64>(a, 16);
    c20 += a2 * b0;
    c21 += a2 * b1;
    const a3 = load<f64>(a, 24);
    c30 += a3 * b0;
    c31 += a3 * b1;
    a += 32;
    b += 32;
  }
  const row1 = c + stride;
  const row2 = row1 + stride;
  const row3 = row2 + stride;
  if (!first) {
    c00 += load<f64>(c);
    c01 += load<f64>(c, 8);
    c10 += load<f64>(row1);
    c11 += load<f64>(row1, 8);
    c20 += load<f64>(row2);
    c21 += load<f64>(row2, 8);
    c30 += load<f64>(row3);
    c31 += load<f64>(row3, 8);
  }
  store<f64>(c, c00);
  store<f64>(c, c01, 8);
  store<f64>(row1, c10);
  store<f64>(row1, c11, 8);
  store<f64>(row2, c20);
  store<f64>(row2, c21, 8);
  store<f64>(row3, c30);
  store<f64>(row3, c31, 8);
}
