/** Places, in bytes, among the zeros above the diagonal of a four by four, of the negative reciprocals of its diagonal. */
export const RECIPROCAL_0: usize = 96;
export const RECIPROCAL_1: usize = 104;
export const RECIPROCAL_2: usize = 112;
export const RECIPROCAL_3: usize = 64;

/**
 * A 4 × 4 tile of a matrix product from packed panels:  c[i][j] (+)= sum over k of a[k][i] · b[k][j].
 *
 * @param depth   length of the sums, ≥ 1
 * @param a,b     f64[depth*4] panels of `pack`
 * @param c       top left of the tile; `stride` bytes from row to row
 * @param first   whether the tile is written rather than added to
 * @param l       0, or a triangle of `solveBlock`, over which the tile is then solved without a way through memory
 *
 * Each element is summed over k in order, in every build. The loop keeps eight two-lane accumulators, which together
 * with its operands is what 128-bit registers hold. It is a function of its own and not unrolled on purpose: engines swap
 * a hot function for its optimised code only between calls, and unrolling by eight halved the speed on V8. The pointers
 * move first, the test comes last, and b is read at offsets that a is not: so V8 11 neither extends a pointer twice nor
 * computes an address beside the loads, which brings the loop from 85 to 98 % of what the units can multiply and add.
 */
export function tile(depth: i32, a: usize, b: usize, c: usize, stride: usize, first: bool, l: usize = 0): void {
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
    if (l != 0) {
      let x = v128.load64_splat(l, RECIPROCAL_0);
      c00 = f64x2.mul(c00, x);
      c01 = f64x2.mul(c01, x);
      x = v128.load64_splat(l, 8);
      c10 = f64x2.add(c10, f64x2.mul(c00, x));
      c11 = f64x2.add(c11, f64x2.mul(c01, x));
      x = v128.load64_splat(l, RECIPROCAL_1);
      c10 = f64x2.mul(c10, x);
      c11 = f64x2.mul(c11, x);
      x = v128.load64_splat(l, 16);
      c20 = f64x2.add(c20, f64x2.mul(c00, x));
      c21 = f64x2.add(c21, f64x2.mul(c01, x));
      x = v128.load64_splat(l, 48);
      c20 = f64x2.add(c20, f64x2.mul(c10, x));
      c21 = f64x2.add(c21, f64x2.mul(c11, x));
      x = v128.load64_splat(l, RECIPROCAL_2);
      c20 = f64x2.mul(c20, x);
      c21 = f64x2.mul(c21, x);
      x = v128.load64_splat(l, 24);
      c30 = f64x2.add(c30, f64x2.mul(c00, x));
      c31 = f64x2.add(c31, f64x2.mul(c01, x));
      x = v128.load64_splat(l, 56);
      c30 = f64x2.add(c30, f64x2.mul(c10, x));
      c31 = f64x2.add(c31, f64x2.mul(c11, x));
      x = v128.load64_splat(l, 88);
      c30 = f64x2.add(c30, f64x2.mul(c20, x));
      c31 = f64x2.add(c31, f64x2.mul(c21, x));
      x = v128.load64_splat(l, RECIPROCAL_3);
      c30 = f64x2.mul(c30, x);
      c31 = f64x2.mul(c31, x);
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
    if (l != 0) solveBlock(c, l);
  }
}

/**
 * X with X·L' = −C, in place: c[k][r], the negative of four rows, over l[k][r], a lower triangle of four with the negative
 * reciprocals of its diagonal in the places above it that are named here; four divisions in turn would wait for each other.
 */
export function solveBlock(c: usize, l: usize): void {
  const r0 = load<f64>(l, RECIPROCAL_0);
  const r1 = load<f64>(l, RECIPROCAL_1);
  const r2 = load<f64>(l, RECIPROCAL_2);
  const r3 = load<f64>(l, RECIPROCAL_3);
  for (const end = c + 32; c < end; c += 8) {
    const x0 = load<f64>(c) * r0;
    store<f64>(c, x0);
    const x1 = (load<f64>(c, 32) + x0 * load<f64>(l, 8)) * r1;
    store<f64>(c, x1, 32);
    const x2 = (load<f64>(c, 64) + x0 * load<f64>(l, 16) + x1 * load<f64>(l, 48)) * r2;
    store<f64>(c, x2, 64);
    const t = load<f64>(c, 96) + x0 * load<f64>(l, 24) + x1 * load<f64>(l, 56) + x2 * load<f64>(l, 88);
    store<f64>(c, t * r3, 96);
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
