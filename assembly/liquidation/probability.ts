/**
 * Probability that an excess H, moving with mean μ and deviation s over the horizon, is breached: at its end, at any time
 * before, or at any of m equidistant looks; and the expected deficit if it is breached at the end.
 */
import { exponential } from "../simd/exponential";
import { normalLogCdf, normalPdf, normalSurvival } from "../stats/normal";
import { studentTCdf } from "../stats/student-t";

/** −ζ(½) ÷ √(2π): how far, in deviations of one step, a barrier that is looked at now and then lies beyond its place. */
const BETWEEN_LOOKS = 0.5825971579390106;

/**
 * Φ(−z), z = (H + μ) ÷ s: breached at the end of the horizon. `nu` > 2: the moves are Student t with so many degrees of
 * freedom and the same deviation, T(−z √(ν ÷ (ν − 2))); 0: normal. 0 or 1 where nothing moves.
 */
export function breachAtEnd(excess: f64, mean: f64, deviation: f64, nu: f64): f64 {
  const end = excess + mean;
  if (deviation == 0.0) return end < 0.0 ? 1.0 : 0.0;
  const z = end / deviation;
  return nu > 0.0 ? studentTCdf(-z * sqrt(nu / (nu - 2.0)), nu) : normalSurvival(z);
}

/**
 * Breached at any time in the horizon, a Brownian motion with drift that starts at H:
 *
 *   Φ((−H − μ) ÷ s) + exp(−2 μ H ÷ s²) Φ((−H + μ) ÷ s)
 *
 * `looks` > 0: looked at so many times only, by the correction of Broadie, Glasserman and Kou (1997) for discrete barriers,
 * H + 0.58 s ÷ √looks; good for many looks (a few percent at five). 1 for H ≤ 0.
 */
export function breachWithin(excess: f64, mean: f64, deviation: f64, looks: f64): f64 {
  if (excess <= 0.0) return 1.0;
  if (deviation == 0.0) return excess + mean < 0.0 ? 1.0 : 0.0;
  const h = looks > 0.0 ? excess + (BETWEEN_LOOKS * deviation) / sqrt(looks) : excess;
  const reflected = normalLogCdf((mean - h) / deviation) - (2.0 * mean * h) / (deviation * deviation);
  return min(1.0, normalSurvival((h + mean) / deviation) + exponential(reflected));
}

/** E[−H at the end | breached at the end] = s φ(z) ÷ Φ(−z) − (H + μ), z = (H + μ) ÷ s; the plain deficit where nothing moves. */
export function expectedDeficit(excess: f64, mean: f64, deviation: f64): f64 {
  const end = excess + mean;
  if (deviation == 0.0) return max(0.0, -end);
  const z = end / deviation;
  const tail = normalSurvival(z);
  // Beyond 38 deviations the probability is no number any more; the tail is then exponential with rate z.
  return tail > 0.0 ? max(0.0, (deviation * normalPdf(z)) / tail - end) : deviation / z;
}

/**
 * The three for many pools.
 *
 * @param excess, mean, deviation   f64[n], over the horizon; an excess of −∞ (a row without a number) is breached for sure
 * @param looks                     times of monitoring in the horizon, 0: continuous
 * @param nu                        degrees of freedom at the end of the horizon, 0: normal
 * @param end, within, deficit      f64[n], written
 */
export function breachProbabilities(
  n: usize,
  excess: usize,
  mean: usize,
  deviation: usize,
  looks: f64,
  nu: f64,
  end: usize,
  within: usize,
  deficit: usize,
): void {
  for (let i: usize = 0; i < n << 3; i += 8) {
    const h = load<f64>(excess + i);
    const m = load<f64>(mean + i);
    const s = load<f64>(deviation + i);
    store<f64>(end + i, breachAtEnd(h, m, s, nu));
    store<f64>(within + i, breachWithin(h, m, s, looks));
    store<f64>(deficit + i, expectedDeficit(h, m, s));
  }
}
