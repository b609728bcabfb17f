/**
 * Uniform numbers in [0, 1), 32 bits each, from a seed: mulberry32 (Tommy Ettinger, 2017, public domain). Good enough for
 * sample data and nothing else.
 */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Nearly normal numbers, mean 0 and deviation 1: twelve uniforms less six (Irwin–Hall). Within ±6, with no logarithm or
 * cosine, so that every engine draws the same ones.
 */
export function normals(seed: number): () => number {
  const uniform = uniforms(seed);
  return () => {
    let sum = -6;
    for (let k = 0; k < 12; k++) sum += uniform();
    return sum;
  };
}
