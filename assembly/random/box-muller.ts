import { logarithm } from "../simd/logarithm";
import { logarithmUnitPair } from "../simd/logarithm-pair";
import { sinCosTurn, sinCosTurnPair } from "../simd/turn";
import { uniforms } from "./uniform";

/**
 * Of n u64 at `at`, n even, standard normal numbers in their places: of uniform u and v that follow each other
 *
 *   √(−2 log u) cos 2πv  and  √(−2 log u) sin 2πv.
 *
 * Two pairs at a time, or one: the same operations. Source: Box and Muller, Ann. Math. Stat. 29 (1958).
 */
export function boxMuller(n: usize, at: usize): void {
  uniforms(n, at);
  const end = at + (n << 3);
  if (ASC_FEATURE_SIMD) {
    for (; at + 16 < end; at += 32) {
      const first = v128.load(at);
      const second = v128.load(at, 16);
      const u = v128.shuffle<f64>(first, second, 0, 2);
      sinCosTurnPair(v128.shuffle<f64>(first, second, 1, 3), at + 16, at);
      const radius = f64x2.sqrt(f64x2.mul(f64x2.splat(-2), logarithmUnitPair(u)));
      const sine = f64x2.mul(radius, v128.load(at, 16));
      const cosine = f64x2.mul(radius, v128.load(at));
      v128.store(at, v128.shuffle<f64>(cosine, sine, 0, 2));
      v128.store(at, v128.shuffle<f64>(cosine, sine, 1, 3), 16);
    }
  }
  for (; at < end; at += 16) {
    const radius = sqrt(-2 * logarithm(load<f64>(at)));
    sinCosTurn(load<f64>(at, 8), at + 8, at);
    store<f64>(at, radius * load<f64>(at));
    store<f64>(at, radius * load<f64>(at, 8), 8);
  }
}
