/**
 * How far a pool is from liquidation when prices move together: to first order in the moves, with the gradient g of its
 * excess H and a covariance Σ of the factors' returns over the horizon.
 *
 *   deviation   σ = √(g′Σg)
 *   distance    H ÷ σ, in standard deviations
 *   scenario    x = −H Σg ÷ σ²      the most likely of all moves that take H to 0; g′x = −H
 *   mean        μ = g′m             with the drift m of the factors over the horizon
 */
import { startOf } from "../book/book";

const NONE: u32 = 0xffffffff;

/**
 * @param rows       pools
 * @param start      u32[rows + 1], factor u32[entries], gradient f64[entries]
 * @param place      u32[factors]: row of a factor in the covariance, 0xffffffff where it is taken not to move
 * @param covariance f64[n][n], of the horizon
 * @param drift      f64[n], expected relative move over the horizon
 * @param excess     f64[rows]
 * @param deviation, mean, distance  f64[rows], written; distance is +∞ or −∞ by the sign of H where nothing moves, 0 at H = 0
 * @param scenario   f64[entries], written; 0 where nothing moves
 *
 * Cost: O(k²) for a pool with k factors.
 */
export function liquidationDistance(
  rows: usize,
  start: usize,
  factor: usize,
  gradient: usize,
  place: usize,
  n: usize,
  covariance: usize,
  drift: usize,
  excess: usize,
  deviation: usize,
  mean: usize,
  distance: usize,
  scenario: usize,
): void {
  for (let r: usize = 0; r < rows; r++) {
    const from = startOf(start, r);
    const end = startOf(start, r + 1);
    let variance = 0.0;
    let expected = 0.0;
    for (let e = from; e < end; e++) {
      const row = load<u32>(place + ((<usize>load<u32>(factor + (e << 2))) << 2));
      let moved = 0.0;
      if (row != NONE) {
        const line = covariance + ((<usize>row * n) << 3);
        for (let other = from; other < end; other++) {
          const column = load<u32>(place + ((<usize>load<u32>(factor + (other << 2))) << 2));
          if (column == NONE) continue;
          moved += load<f64>(line + ((<usize>column) << 3)) * load<f64>(gradient + (other << 3));
        }
        variance += moved * load<f64>(gradient + (e << 3));
        expected += load<f64>(drift + ((<usize>row) << 3)) * load<f64>(gradient + (e << 3));
      }
      store<f64>(scenario + (e << 3), moved);
    }
    const h = load<f64>(excess + (r << 3));
    const moves = variance > 0.0 && isFinite(h);
    const scale = moves ? -h / variance : 0.0;
    for (let e = from; e < end; e++) store<f64>(scenario + (e << 3), load<f64>(scenario + (e << 3)) * scale);
    const sigma = moves ? sqrt(variance) : 0.0;
    store<f64>(deviation + (r << 3), sigma);
    store<f64>(mean + (r << 3), expected);
    store<f64>(distance + (r << 3), moves ? h / sigma : h == 0.0 ? 0.0 : h * Infinity);
  }
}
