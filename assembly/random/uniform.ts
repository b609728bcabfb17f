/** Random bits as numbers: uniform between 0 and 1, and standard normal by inversion. */
import { normalQuantiles } from "../stats/normals";

/** 2^−52 */
const UNIT: f64 = 2.220446049250313e-16;

/** (⌊bits ÷ 2^12⌋ + ½) 2^−52: in (0, 1), never an end of it, and 1 − u is such a number where u is. */
export function uniformOf(bits: u64): f64 {
  return (<f64>(bits >> 12) + 0.5) * UNIT;
}

/** The numbers of n u64 at `at`, each in its place. */
export function uniforms(n: usize, at: usize): void {
  for (let end = at + (n << 3); at < end; at += 8) store<f64>(at, uniformOf(load<u64>(at)));
}

/** Φ⁻¹ of the same, |z| ≤ 8.21, relative error 1e-15 (stats/normal). */
export function normals(n: usize, at: usize): void {
  uniforms(n, at);
  normalQuantiles(n, at, at);
}
