import { axpy } from "./axpy";

/** Rows of one pass over the columns: the part of the result being summed stays in the first-level cache. */
const BLOCK: i32 = 1024;

/**
 * A sparse vector times a matrix held by columns: gains and losses of exposures under every scenario.
 *
 *   out[t] = sum over j of exposure[j] · returns[factor[j]][t]
 *
 * @param rows      number of scenarios
 * @param k         number of exposures; 0 gives zeros
 * @param factor    u32[k], columns of `returns`; need not be distinct
 * @param exposure  f64[k]
 * @param returns   f64[factors*rows], one factor after the other
 * @param out       f64[rows]
 *
 * Terms are added in the order of `factor`, four columns in one pass over `out`. 2·k·rows operations.
 */
export function scenarioPnl(rows: i32, k: i32, factor: usize, exposure: usize, returns: usize, out: usize): void {
  for (let from = 0; from < rows; from += BLOCK) {
    const count = min(BLOCK, rows - from);
    const y = out + ((<usize>from) << 3);
    const x = returns + ((<usize>from) << 3);
    memory.fill(y, 0, (<usize>count) << 3);
    let j = 0;
    for (; j + 4 <= k; j += 4) addFour(count, rows, factor + ((<usize>j) << 2), exposure + ((<usize>j) << 3), x, y);
    for (; j < k; j++) {
      const column = <usize>load<u32>(factor + ((<usize>j) << 2)) * ((<usize>rows) << 3);
      axpy(load<f64>(exposure + ((<usize>j) << 3)), x + column, y, count);
    }
  }
}

function addFour(n: i32, rows: i32, factor: usize, exposure: usize, x: usize, y: usize): void {
  const stride = (<usize>rows) << 3;
  const x0 = x + <usize>load<u32>(factor) * stride;
  const x1 = x + <usize>load<u32>(factor, 4) * stride;
  const x2 = x + <usize>load<u32>(factor, 8) * stride;
  const x3 = x + <usize>load<u32>(factor, 12) * stride;
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    const a0 = v128.load64_splat(exposure);
    const a1 = v128.load64_splat(exposure, 8);
    const a2 = v128.load64_splat(exposure, 16);
    const a3 = v128.load64_splat(exposure, 24);
    for (; i < (n & ~3); i += 4) {
      const at = (<usize>i) << 3;
      const p0 = x0 + at;
      const p1 = x1 + at;
      const p2 = x2 + at;
      const p3 = x3 + at;
      const q = y + at;
      let s = v128.load(q);
      let t = v128.load(q, 16);
      s = f64x2.add(s, f64x2.mul(a0, v128.load(p0)));
      t = f64x2.add(t, f64x2.mul(a0, v128.load(p0, 16)));
      s = f64x2.add(s, f64x2.mul(a1, v128.load(p1)));
      t = f64x2.add(t, f64x2.mul(a1, v128.load(p1, 16)));
      s = f64x2.add(s, f64x2.mul(a2, v128.load(p2)));
      t = f64x2.add(t, f64x2.mul(a2, v128.load(p2, 16)));
      s = f64x2.add(s, f64x2.mul(a3, v128.load(p3)));
      t = f64x2.add(t, f64x2.mul(a3, v128.load(p3, 16)));
      v128.store(q, s);
      v128.store(q, t, 16);
    }
  }
  const b0 = load<f64>(exposure);
  const b1 = load<f64>(exposure, 8);
  const b2 = load<f64>(exposure, 16);
  const b3 = load<f64>(exposure, 24);
  for (; i < n; i++) {
    const at = (<usize>i) << 3;
    let s = load<f64>(y + at);
    s += b0 * load<f64>(x0 + at);
    s += b1 * load<f64>(x1 + at);
    s += b2 * load<f64>(x2 + at);
    s += b3 * load<f64>(x3 + at);
    store<f64>(y + at, s);
  }
}
