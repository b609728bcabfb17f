/** Random bits as numbers: uniform between 0 and 1, and standard normal by inversion. */
import { normalInverses } from "../stats/normal-inverses";

/** 2^−52 */
const UNIT: f64 = 2.220446049250313e-16;

/** (⌊bits ÷ 2^12⌋ + ½) 2^−52: in (0, 1), never an end of it, and 1 − u is such a number where u is. */
export function uniformOf(bits: u64): f64 {
  return (<f64>(bits >> 12) + 0.5) * UNIT;
}

/** Loaded, since a vector constant in the code is rebuilt each time: 2^52, ½, 2^−52. */
const PAIR = memory.data<f64>([4503599627370496, 0.5, 2.220446049250313e-16]);

/** The numbers of n u64 at `at`, each in its place. */
export function uniforms(n: usize, at: usize): void {
  const end = at + (n << 3);
  if (ASC_FEATURE_SIMD) {
    const exponent = v128.load64_splat(PAIR);
    const half = v128.load64_splat(PAIR, 8);
    const unit = v128.load64_splat(PAIR, 16);
    for (; at + 16 <= end; at += 16) {
      // 2^52 | bits is 2^52 + bits as a number: both ways bits are exact.
      const whole = f64x2.sub(v128.or(i64x2.shr_u(v128.load(at), 12), exponent), exponent);
      v128.store(at, f64x2.mul(f64x2.add(whole, half), unit));
    }
  }
  for (; at < end; at += 8) store<f64>(at, uniformOf(load<u64>(at)));
}

/**
 * Φ⁻¹ of the same, |z| ≤ 8.21, relative error 1e-15 (stats/normal).
 *
 * @param scratch  normalInversesScratch() bytes
 */
export function normals(n: usize, at: usize, scratch: usize): void {
  uniforms(n, at);
  normalInverses(n, at, scratch);
}

/** One-based place of the first of n numbers at `at` that is not from 1e-300 up to but not 1, which inversion takes; 0: none. */
export function firstOutside(n: usize, at: usize): usize {
  for (let i: usize = 0; i < n; i++) {
    const u = load<f64>(at + (i << 3));
    if (!(u >= 1e-300 && u < 1)) return i + 1;
  }
  return 0;
}
