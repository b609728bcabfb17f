/** Random numbers by their definitions, on bigints: slow, and nothing of the kernels in them. */
const MASK32 = 2n ** 32n - 1n;
const MASK64 = 2n ** 64n - 1n;

/** Block `block` of a stream of Philox4x32-10: four words of 32 bits. */
function philoxBlock(seed: bigint, stream: bigint, block: bigint): readonly bigint[] {
  let [a, b, c, d] = [block & MASK32, block >> 32n, stream & MASK32, stream >> 32n];
  let [k, l] = [seed & MASK32, seed >> 32n];
  for (let round = 0; round < 10; round++) {
    const [first, second] = [0xd2511f53n * a, 0xcd9e8d57n * c];
    [a, b, c, d] = [(second >> 32n) ^ b ^ k, second & MASK32, (first >> 32n) ^ d ^ l, first & MASK32];
    [k, l] = [(k + 0x9e3779b9n) & MASK32, (l + 0xbb67ae85n) & MASK32];
  }
  return [a, b, c, d];
}

/** Number `place` of a stream. */
export function philoxNumber(seed: bigint, stream: bigint, place: bigint): bigint {
  const [a = 0n, b = 0n, c = 0n, d = 0n] = philoxBlock(seed, stream, place >> 1n);
  return place % 2n === 0n ? a | (b << 32n) : c | (d << 32n);
}

/** The first numbers of xoshiro256++ from a seed. */
export function xoshiroNumbers(seed: bigint, count: number): readonly bigint[] {
  const s = Array.from({ length: 4 }, (_, i) => {
    let z = (seed + BigInt(i + 1) * 0x9e3779b97f4a7c15n) & MASK64;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK64;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK64;
    return z ^ (z >> 31n);
  });
  const turned = (x: bigint, by: bigint) => ((x << by) | (x >> (64n - by))) & MASK64;
  return Array.from({ length: count }, () => {
    const [a = 0n, b = 0n, c = 0n, d = 0n] = s;
    const [third, fourth] = [c ^ a, d ^ b];
    [s[0], s[1], s[2], s[3]] = [a ^ fourth, b ^ third, third ^ ((b << 17n) & MASK64), turned(fourth, 45n)];
    return (turned((a + d) & MASK64, 23n) + a) & MASK64;
  });
}

/** The number in (0, 1) that bits stand for: exact, since it has 53 of them. */
export function uniformNumber(bits: bigint): number {
  return Number(2n * (bits >> 12n) + 1n) / 2 ** 53;
}
