import { smallestInto, sortAscending } from "./select";
import { snapped } from "./tail";

/**
 * Standard errors of `tailStatistics` over independent observations:
 *
 *   quantile   (x₍ₕ₎ − x₍ₗ₎)/(h − l) · √(nα(1 − α)),  h, l = k ± ⌈√(nα(1 − α))⌉ within 1 .. n: the order statistics one deviation of
 *              the number of observations below the quantile to either side
 *   tail mean  √((s² + (1 − α)(ES − VaR)²)/(nα)), s² the variance of the k worst
 *
 * @param x        f64[n], finite, not modified; n ≥ 2
 * @param scratch  tailScratch(n) bytes
 * @param out      f64[2]
 *
 * Source: of the first David and Nagaraja, Order Statistics (2003), section 7.1; Manistre and Hancock, Variance of the CTE
 * estimator, North American Actuarial Journal 9 (2005).
 */
export function tailErrors(x: usize, n: i32, alpha: f64, scratch: usize, out: usize): void {
  const nAlpha = snapped(<f64>n * alpha);
  const k = min(n, max<i32>(1, <i32>ceil(nAlpha)));
  const deviation = sqrt(<f64>n * alpha * (1 - alpha));
  const away = <i32>ceil(deviation);
  const high = min(n, k + away);
  const low = max<i32>(1, k - away);
  smallestInto(x, n, high, scratch);
  sortAscending(scratch, high);
  const upper = load<f64>(scratch + ((<usize>(high - 1)) << 3));
  const lower = load<f64>(scratch + ((<usize>(low - 1)) << 3));
  store<f64>(out, ((upper - lower) / <f64>max<i32>(high - low, 1)) * deviation);
  const quantile = load<f64>(scratch + ((<usize>(k - 1)) << 3));
  let sum: f64 = 0;
  let squares: f64 = 0;
  for (let i = 0; i < k; i++) {
    const excess = quantile - load<f64>(scratch + ((<usize>i) << 3));
    sum += excess;
    squares += excess * excess;
  }
  const mean = sum / <f64>k;
  const variance = max<f64>(0, squares / <f64>k - mean * mean);
  const beyond = sum / max<f64>(nAlpha, 1);
  store<f64>(out, sqrt((variance + (1 - alpha) * beyond * beyond) / max<f64>(nAlpha, 1)), 8);
}
