/**
 * xoshiro256++ over four u64, one number after the other, and splitmix64, whose numbers make such a state of a seed.
 *
 * Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021); Steele, Lea and Flood,
 * "Fast splittable pseudorandom number generators", OOPSLA 2014.
 */
const GOLDEN: u64 = 0x9e3779b97f4a7c15;

/** n numbers of splitmix64 from a seed, as u64 at `out`. */
export function splitmixBits(seed: u64, n: usize, out: usize): void {
  let state = seed;
  for (let i: usize = 0; i < n; i++) {
    state += GOLDEN;
    let z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    store<u64>(out + (i << 3), z ^ (z >> 31));
  }
}

/** Pass over `skip` numbers of the state, then n of them as u64 at `out`. The state, u64[4], goes on from there. */
export function xoshiroBits(state: usize, skip: u64, n: usize, out: usize): void {
  let s0 = load<u64>(state);
  let s1 = load<u64>(state, 8);
  let s2 = load<u64>(state, 16);
  let s3 = load<u64>(state, 24);
  for (let i: u64 = 0, end = skip + <u64>n; i < end; i++) {
    if (i >= skip) store<u64>(out + ((<usize>(i - skip)) << 3), rotl(s0 + s3, 23) + s0);
    const t = s1 << 17;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotl(s3, 45);
  }
  store<u64>(state, s0);
  store<u64>(state, s1, 8);
  store<u64>(state, s2, 16);
  store<u64>(state, s3, 24);
}
