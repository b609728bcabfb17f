/**
 * Sobol points: point k of a dimension is the exclusive or of the direction numbers at the one bits of k's Gray code
 * k ^ (k >> 1), so that point k + 1 differs from point k by one of them.
 *
 * Source: Antonov and Saleev (1979); Bratley and Fox, Algorithm 659 (1988).
 */
const UNIT: f64 = 2.3283064365386963e-10; // 2^−32

/** The bits of x in the opposite order. */
function reversed(x: u32): u32 {
  x = ((x >> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return (x >> 16) | (x << 16);
}

/**
 * Owen's nested scrambling by a hash: whether a bit is turned depends on the bits above it and the seed. Every multiplier is
 * even, so that in the reversed word no bit depends on one above it.
 *
 * Source: Burley, Practical Hash-based Owen Scrambling, JCGT 9(4) (2020), after Laine and Karras (2011).
 */
function scrambled(x: u32, seed: u32): u32 {
  x = reversed(x) + seed;
  x ^= x * 0x6c50b47c;
  x ^= x * 0xb82f1e52;
  x ^= x * 0xc7afe638;
  x ^= x * 0x8d22f6e6;
  return reversed(x);
}

/** Bytes of workspace that `sobolPoints` needs. */
export function sobolScratch(dimensions: i32): usize {
  return (<usize>dimensions) << 2;
}

/**
 * Points from .. from + n, one row each.
 *
 * @param directions  u32[32*dimensions]: of every dimension the number of the lowest bit, then of the next, and so on
 * @param from        first point, from + n ≤ 2^32
 * @param seeds       0: value x ÷ 2^32, in [0, 1); else u64[dimensions], of which the low word scrambles its dimension: value
 *                    (x + ½) ÷ 2^32, in (0, 1)
 * @param out         f64[n*dimensions]
 */
export function sobolPoints(
  dimensions: i32,
  directions: usize,
  from: u32,
  n: i32,
  seeds: usize,
  out: usize,
  scratch: usize,
): void {
  const stride = (<usize>dimensions) << 2;
  const end = scratch + stride;
  memory.fill(scratch, 0, stride);
  const gray = from ^ (from >> 1);
  for (let bit = 0; bit < 32; bit++) {
    if ((gray >> bit) & 1) turn(scratch, end, directions + <usize>bit * stride);
  }
  let index = from;
  for (let row = 0; row < n; row++) {
    if (seeds == 0) {
      for (let at = scratch; at < end; at += 4, out += 8) store<f64>(out, <f64>load<u32>(at) * UNIT);
    } else {
      for (let at = scratch, seed = seeds; at < end; at += 4, seed += 8, out += 8) {
        store<f64>(out, (<f64>scrambled(load<u32>(at), load<u32>(seed)) + 0.5) * UNIT);
      }
    }
    // The point behind the last of all has no place; its bit is 32, which is none.
    const bit = ctz(~index);
    if (bit < 32) turn(scratch, end, directions + <usize>bit * stride);
    index++;
  }
}

/** Exclusive or of u32 from `at` to `end` with those at `other`. */
function turn(at: usize, end: usize, other: usize): void {
  for (; at < end; at += 4, other += 4) store<u32>(at, load<u32>(at) ^ load<u32>(other));
}
