/**
 * Philox4x32-10: ten rounds of multiplication and exclusive or turn a counter of 128 bits and a key of 64 into 128 random bits.
 * Every place of every stream is had without those before it, so that results depend neither on batches nor on threads.
 *
 * Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */
const MULTIPLIER_0: u64 = 0xd2511f53;
const MULTIPLIER_1: u64 = 0xcd9e8d57;
/** What each word of the key grows by with every round. */
const WEYL_0: u32 = 0x9e3779b9;
const WEYL_1: u32 = 0xbb67ae85;
const ROUNDS = 10;
/** Loaded where blocks go side by side, whose words leave no register for constants: both multipliers, what both keys grow by. */
const SPLAT = memory.data<u32>([0xd2511f53, 0xcd9e8d57, 0x9e3779b9, 0xbb67ae85]);

/** The four u32 of counter (c0, c1, c2, c3) under key (k0, k1) at `out`. */
export function philoxBlock(c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32, out: usize): void {
  for (let round = 0; round < ROUNDS; round++) {
    const first = MULTIPLIER_0 * <u64>c0;
    const second = MULTIPLIER_1 * <u64>c2;
    c0 = <u32>(second >> 32) ^ c1 ^ k0;
    c1 = <u32>second;
    c2 = <u32>(first >> 32) ^ c3 ^ k1;
    c3 = <u32>first;
    k0 += WEYL_0;
    k1 += WEYL_1;
  }
  store<u32>(out, c0);
  store<u32>(out, c1, 4);
  store<u32>(out, c2, 8);
  store<u32>(out, c3, 12);
}

/**
 * Eight blocks whose counters follow each other, at `out`: as `philoxBlock` of each. Four to a vector, and two of these side by
 * side, since a round waits for its products.
 */
function philoxBlocks(block: u64, stream: u64, key: u64, out: usize): void {
  let c0 = i32x4.add(i32x4.splat(<u32>block), i32x4(0, 1, 2, 3));
  let d0 = i32x4.add(c0, i32x4.splat(4));
  let c1 = i32x4.splat(<u32>(block >> 32));
  let d1 = c1;
  let c2 = i32x4.splat(<u32>stream);
  let d2 = c2;
  let c3 = i32x4.splat(<u32>(stream >> 32));
  let d3 = c3;
  let k0 = i32x4.splat(<u32>key);
  let k1 = i32x4.splat(<u32>(key >> 32));
  for (let round = 0; round < ROUNDS; round++) {
    let low = i64x2.extmul_low_i32x4_u(c0, v128.load32_splat(SPLAT));
    let high = i64x2.extmul_high_i32x4_u(c0, v128.load32_splat(SPLAT));
    const a = v128.shuffle<u32>(low, high, 1, 3, 5, 7);
    const b = v128.shuffle<u32>(low, high, 0, 2, 4, 6);
    low = i64x2.extmul_low_i32x4_u(d0, v128.load32_splat(SPLAT));
    high = i64x2.extmul_high_i32x4_u(d0, v128.load32_splat(SPLAT));
    const e = v128.shuffle<u32>(low, high, 1, 3, 5, 7);
    const f = v128.shuffle<u32>(low, high, 0, 2, 4, 6);
    low = i64x2.extmul_low_i32x4_u(c2, v128.load32_splat(SPLAT, 4));
    high = i64x2.extmul_high_i32x4_u(c2, v128.load32_splat(SPLAT, 4));
    c0 = v128.xor(v128.xor(v128.shuffle<u32>(low, high, 1, 3, 5, 7), c1), k0);
    c1 = v128.shuffle<u32>(low, high, 0, 2, 4, 6);
    c2 = v128.xor(v128.xor(a, c3), k1);
    c3 = b;
    low = i64x2.extmul_low_i32x4_u(d2, v128.load32_splat(SPLAT, 4));
    high = i64x2.extmul_high_i32x4_u(d2, v128.load32_splat(SPLAT, 4));
    d0 = v128.xor(v128.xor(v128.shuffle<u32>(low, high, 1, 3, 5, 7), d1), k0);
    d1 = v128.shuffle<u32>(low, high, 0, 2, 4, 6);
    d2 = v128.xor(v128.xor(e, d3), k1);
    d3 = f;
    k0 = i32x4.add(k0, v128.load32_splat(SPLAT, 8));
    k1 = i32x4.add(k1, v128.load32_splat(SPLAT, 12));
  }
  transposed(c0, c1, c2, c3, out);
  transposed(d0, d1, d2, d3, out + 64);
}

/** Words of one block after those of another. */
function transposed(c0: v128, c1: v128, c2: v128, c3: v128, out: usize): void {
  const first = v128.shuffle<u32>(c0, c1, 0, 4, 1, 5);
  const second = v128.shuffle<u32>(c2, c3, 0, 4, 1, 5);
  const third = v128.shuffle<u32>(c0, c1, 2, 6, 3, 7);
  const fourth = v128.shuffle<u32>(c2, c3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<u64>(first, second, 0, 2));
  v128.store(out, v128.shuffle<u64>(first, second, 1, 3), 16);
  v128.store(out, v128.shuffle<u64>(third, fourth, 0, 2), 32);
  v128.store(out, v128.shuffle<u64>(third, fourth, 1, 3), 48);
}

/**
 * Numbers from .. from + n of a stream, as u64 at `out`. The counter is (block, stream), both of 64 bits, low word first; block
 * b holds the numbers 2b and 2b + 1.
 *
 * @param key    the seed
 * @param spare  16 bytes, for a block of which one number is wanted
 */
export function philoxBits(key: u64, stream: u64, from: u64, n: usize, out: usize, spare: usize): void {
  const end = out + (n << 3);
  let place = from;
  for (let at = out; at < end; ) {
    if (ASC_FEATURE_SIMD) {
      // Eight blocks, unless the low words of their counters wrap among them.
      if ((place & 1) == 0 && at + 128 <= end && <u32>(place >> 1) <= 0xfffffff8) {
        philoxBlocks(place >> 1, stream, key, at);
        at += 128;
        place += 16;
        continue;
      }
    }
    const whole = (place & 1) == 0 && at + 16 <= end;
    const block = place >> 1;
    const to = whole ? at : spare;
    philoxBlock(<u32>block, <u32>(block >> 32), <u32>stream, <u32>(stream >> 32), <u32>key, <u32>(key >> 32), to);
    if (whole) {
      at += 16;
      place += 2;
      continue;
    }
    store<u64>(at, load<u64>(spare + ((<usize>(place & 1)) << 3)));
    at += 8;
    place++;
  }
}
