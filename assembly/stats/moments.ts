import { dot } from "../linalg/dot";
import { mean } from "./sum";

/** A deviation of no more than this share of the mean is what rounding leaves of equal numbers. */
const ROUNDING: f64 = 8 * f64.EPSILON;

/**
 * Mean and central moments of x: f64[n], n ≥ 1, all with divisor n:
 *
 *   out = [ m, σ, skewness = Σ y³ / n, kurtosis = Σ y⁴ / n ],   σ² = Σ (x − m)² / n,   y = (x − m) / σ
 *
 * Where all x are equal to rounding, σ and y are 0, the skewness 0 and the kurtosis 3. The mean is subtracted as two numbers, and
 * powers are taken of y, so that neither the level of x nor its size costs digits.
 *
 * @param x    f64[n], finite and below 1e150; differences below 1e-154 have no square in f64, and count as none
 * @param y    f64[n], becomes x standardised; not overlapping x
 * @param out  f64[4]
 */
export function centralMoments(x: usize, n: i32, y: usize, out: usize): void {
  const count = <f64>n;
  const bytes = (<usize>n) << 3;
  const level = mean(x, n);
  for (let i: usize = 0; i < bytes; i += 8) store<f64>(y + i, load<f64>(x + i) - level);
  const rest = mean(y, n);
  for (let i: usize = 0; i < bytes; i += 8) store<f64>(y + i, load<f64>(y + i) - rest);
  const sigma = sqrt<f64>(dot(y, y, n) / count);
  const moves = sigma > ROUNDING * abs<f64>(level);
  let third: f64 = 0;
  let fourth: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 8) {
    const value = moves ? load<f64>(y + i) / sigma : 0;
    const square = value * value;
    store<f64>(y + i, value);
    third += square * value;
    fourth += square * square;
  }
  store<f64>(out, level + rest);
  store<f64>(out, moves ? sigma : 0, 8);
  store<f64>(out, third / count, 16);
  store<f64>(out, moves ? fourth / count : 3, 24);
}
