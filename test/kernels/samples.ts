/** Seeded numbers for the kernels' tests. Same numbers on every machine. */

/** Mulberry32: uniform on [0, 1). */
export function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** n uniform numbers on [−1, 1). */
export function uniform(n: number, seed: number): Float64Array {
  const draw = generator(seed);
  return Float64Array.from({ length: n }, () => 2 * draw() - 1);
}

/** A permutation of x. */
export function shuffled(x: Float64Array, seed: number): Float64Array {
  const draw = generator(seed);
  const result = x.slice();
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(draw() * (i + 1));
    const kept = result[i] ?? 0;
    result[i] = result[j] ?? 0;
    result[j] = kept;
  }
  return result;
}

/** Samples of n numbers that selection meets: spread, tied, ordered, constant, zeros of both signs, all magnitudes. */
export function samples(n: number): [string, Float64Array][] {
  const draw = generator(n);
  return [
    ["uniform", uniform(n, 7 * n)],
    ["ties", Float64Array.from({ length: n }, () => Math.floor(draw() * 7) - 3)],
    ["ascending", Float64Array.from({ length: n }, (_, i) => i / n - 0.3)],
    ["descending", Float64Array.from({ length: n }, (_, i) => 0.3 - i / n)],
    ["constant", new Float64Array(n).fill(-0.1)],
    ["zeros", Float64Array.from({ length: n }, () => (draw() < 0.5 ? -0 : 0))],
    ["magnitudes", Float64Array.from({ length: n }, () => (2 * draw() - 1) * 10 ** (40 * draw() - 20))],
  ];
}
